//! One face for the three front ends, which have the same functions over types of their own.

use std::sync::Arc;

use pactward_base::{Language, Layout, SmolStr, Span};
use pactward_ir::{BodyEdit, Lowered, Name, SemanticEdit, SourceMap, Unit};
use pactward_syntax::{Body, OutlineProblem, Parsed};

/// An outline of any language. Equality is left out on purpose: bodies are equal by text and
/// would hide that they have moved.
#[derive(Debug)]
pub(crate) struct FileOutline {
    pub(crate) decls: Decls,
    pub(crate) bodies: Vec<(SmolStr, Body)>,
    pub(crate) problems: Vec<OutlineProblem>,
    pub(crate) imports: Vec<(SmolStr, Span)>,
}

impl FileOutline {
    /// The body of a definition.
    pub(crate) fn body(&self, name: &str) -> Option<&Body> {
        let at = self.bodies.binary_search_by(|(n, _)| n.as_str().cmp(name));
        at.ok().map(|at| &self.bodies[at].1)
    }
}

/// Generates the enums over the front ends' types and the functions that select among them.
macro_rules! front_ends {
    ($($language:ident = $front_end:ident),+) => {
        /// Declarations of a file of any language.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub(crate) enum Decls { $($language(Arc<$front_end::Decls>)),+ }

        impl Decls {
            /// The declarations of an empty file.
            pub(crate) fn empty(language: Language) -> Self {
                match language { $(Language::$language => Self::$language(Arc::default())),+ }
            }

            /// The declarations as text, for a person who looks into the analysis.
            pub(crate) fn describe(&self) -> String {
                match self { $(Self::$language(decls) => format!("{decls:#?}")),+ }
            }
        }

        /// The linked program of any language.
        #[derive(Debug, PartialEq, Eq)]
        pub(crate) enum Program { $($language($front_end::Program)),+ }

        impl Program {
            /// The program of no files.
            pub(crate) fn empty(language: Language) -> Self {
                match language {
                    $(Language::$language => Self::$language($front_end::Program::default())),+
                }
            }

            /// Resolves names over all files of one language; declarations of another are
            /// left out.
            pub(crate) fn link(
                language: Language,
                files: &[(SmolStr, Decls)],
                layout: &Layout,
            ) -> Self {
                match language {
                    $(Language::$language => {
                        let own: Vec<_> = files
                            .iter()
                            .filter_map(|(path, decls)| match decls {
                                Decls::$language(decls) => Some((path.clone(), Arc::clone(decls))),
                                #[allow(unreachable_patterns, reason = "the enum may have one member")]
                                _ => None,
                            })
                            .collect();
                        Self::$language($front_end::link(&own, layout))
                    }),+
                }
            }

            pub(crate) fn units(&self) -> &[Arc<Unit>] {
                match self { $(Self::$language(program) => program.units()),+ }
            }

            pub(crate) fn definitions(&self) -> &[(Name, SmolStr)] {
                match self { $(Self::$language(program) => program.definitions()),+ }
            }

            pub(crate) fn unresolved(&self) -> &[(SmolStr, SmolStr)] {
                match self { $(Self::$language(program) => program.unresolved()),+ }
            }

            pub(crate) fn lower(
                &self,
                name: &Name,
                body: &dyn Fn(&Name) -> Option<Body>,
            ) -> Option<Lowered> {
                match self { $(Self::$language(program) => $front_end::lower(program, name, body)),+ }
            }

            pub(crate) fn render_edit(
                &self,
                edit: &SemanticEdit,
                definition: &dyn Fn(&Name) -> Option<(Body, Arc<SourceMap>)>,
            ) -> Option<Vec<BodyEdit>> {
                match self {
                    $(Self::$language(program) => $front_end::render_edit(program, edit, definition)),+
                }
            }
        }

        /// The outline of one file.
        pub(crate) fn outline(path: &str, parsed: &Arc<Parsed>) -> FileOutline {
            match parsed.language {
                $(Language::$language => {
                    let outline = $front_end::outline(path, parsed);
                    FileOutline {
                        decls: Decls::$language(outline.decls),
                        bodies: outline.bodies,
                        problems: outline.problems,
                        imports: outline.imports,
                    }
                }),+
            }
        }
    };
}

front_ends! {
    Solidity = pactward_solidity,
    Go = pactward_golang,
    Rust = pactward_rustlang
}
