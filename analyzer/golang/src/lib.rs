//! The Go front end: syntax tree → outline (names, types, signatures) → program (resolved over all
//! files) → SIR per definition.
//!
//! Every function here is total: text that is not understood becomes an unknown op, an import
//! that leads nowhere becomes an unknown type.

use std::sync::Arc;

use pactward_base::{Layout, SmolStr};
use pactward_ir::{BodyEdit, Lowered, Name, SemanticEdit, SourceMap, Unit};
use pactward_syntax::{Body, Outline, Parsed};

/// Declarations of one file: names, types and signatures, without positions or bodies.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Decls {}

/// All files of the language with names resolved: what lowering needs beside a body. Equal
/// declarations make an equal program.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Program {}

/// The outline of one file. `path` is the file's path in the workspace and the first part of the
/// unique names of what it defines.
pub fn outline(_path: &str, _parsed: &Arc<Parsed>) -> Outline<Decls> {
    Outline {
        decls: Arc::default(),
        bodies: Vec::new(),
        problems: Vec::new(),
        imports: Vec::new(),
    }
}

/// Resolves imports, bases and types over all files. The order of `files` does not matter.
pub fn link(_files: &[(SmolStr, Arc<Decls>)], _layout: &Layout) -> Program {
    Program::default()
}

impl Program {
    /// What is deployed: contracts, packages, crates; also interfaces, libraries and abstract
    /// contracts, each with its kind.
    pub fn units(&self) -> &[Arc<Unit>] {
        &[]
    }

    /// Every definition that can be lowered, with the path of the file that holds its text.
    pub fn definitions(&self) -> &[(Name, SmolStr)] {
        &[]
    }

    /// Imports that lead to no file: path of the importing file and the import as written.
    pub fn unresolved(&self) -> &[(SmolStr, SmolStr)] {
        &[]
    }
}

/// Lowers one definition. `body` gives the text of this and of other definitions (modifiers,
/// initialisers), asked for only when needed.
pub fn lower(
    _program: &Program,
    _name: &Name,
    _body: &dyn Fn(&Name) -> Option<Body>,
) -> Option<Lowered> {
    None
}

/// The text of an edit by meaning, or nothing where it cannot be made without changing more than
/// it says. `definition` gives text and source map of a lowered definition.
pub fn render_edit(
    _program: &Program,
    _edit: &SemanticEdit,
    _definition: &dyn Fn(&Name) -> Option<(Body, Arc<SourceMap>)>,
) -> Option<Vec<BodyEdit>> {
    None
}
