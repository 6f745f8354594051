//! The stages of the analysis as text, for a person who looks into it.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use pactward_base::{Language, LineIndex, SmolStr};
use pactward_ir::{Name, print_function, print_unit};
use pactward_syntax::Node as SyntaxNode;

use crate::inputs::{Db, Definition, Scope, SourceFile, Sources};
use crate::lowering::lower;
use crate::program::{definition_files, program, units};
use crate::source::{outline, parsed};
use crate::summaries::{place_in, summary_in};

/// The syntax tree of a file, a node per line with its line and column, and the text of leaves.
pub(crate) fn tree(db: &dyn Db, file: SourceFile) -> String {
    let parsed = parsed(db, file);
    let mut out = String::new();
    let mut cursor = parsed.root().walk();
    let mut depth = 0usize;
    loop {
        let node = cursor.node();
        if node.is_named() || node.is_missing() {
            let name = cursor
                .field_name()
                .map(|f| format!("{f}: "))
                .unwrap_or_default();
            let at = node.start_position();
            let _ = write!(out, "{:1$}", "", depth * 2);
            let _ = write!(
                out,
                "{name}{} {}:{}",
                shown_kind(node),
                at.row + 1,
                at.column + 1
            );
            if node.named_child_count() == 0 {
                let _ = write!(out, " {:?}", parsed.text_of(node));
            }
            out.push('\n');
        }
        if cursor.goto_first_child() {
            depth += 1;
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return out;
            }
            depth -= 1;
        }
    }
}

fn shown_kind(node: SyntaxNode<'_>) -> String {
    if node.is_missing() {
        format!("missing {}", node.kind())
    } else {
        node.kind().to_owned()
    }
}

/// The declarations of a file and its definitions with their lines.
pub(crate) fn file_outline(db: &dyn Db, file: SourceFile) -> String {
    let outline = &outline(db, file).0;
    let index = LineIndex::new(file.text(db));
    let mut out = outline.decls.describe();
    out.push('\n');
    for (import, _) in &outline.imports {
        let _ = writeln!(out, "import {import:?}");
    }
    for (name, body) in &outline.bodies {
        let end = body.start() + body.text().len() as u32;
        let (first, last) = (index.line_of(body.start()) + 1, index.line_of(end) + 1);
        let _ = writeln!(out, "lines {first}-{last}: {name}");
    }
    out
}

/// Units and functions that a selector names: a file, a unit, a function, or everything in scope
/// without one.
struct Selected {
    units: BTreeSet<Name>,
    functions: BTreeSet<Name>,
}

fn select(db: &dyn Db, language: Language, selector: Option<&str>, scope: Scope) -> Selected {
    let files = definition_files(db, language);
    let all = units(db, language);
    let mut selected = Selected {
        units: BTreeSet::new(),
        functions: BTreeSet::new(),
    };
    for (name, _) in program(db, language).0.definitions() {
        let Some(file) = files.get(name) else {
            continue;
        };
        let is_named = match selector {
            None => scope.includes(file.role(db)),
            Some(text) => file.path(db) == text || name == text,
        };
        if is_named {
            selected.functions.insert(name.clone());
        }
    }
    for unit in all.values() {
        let is_named = match selector {
            Some(text) if unit.name == text => {
                selected.functions.extend(unit.functions.iter().cloned());
                true
            }
            Some(text) => unit
                .name
                .strip_prefix(text)
                .is_some_and(|rest| rest.starts_with(':')),
            None => unit
                .functions
                .iter()
                .any(|f| selected.functions.contains(f)),
        };
        if is_named {
            selected.units.insert(unit.name.clone());
        }
    }
    selected
}

/// The SIR of what a selector names: a path, a unit, a function, or everything in scope.
pub(crate) fn sir(db: &dyn Db, selector: Option<&str>) -> String {
    let scope = Sources::get(db).scope(db);
    let mut out = String::new();
    for &language in Language::ALL {
        let selected = select(db, language, selector, scope);
        for name in &selected.units {
            if let Some(unit) = units(db, language).get(name) {
                out.push_str(&print_unit(unit));
                out.push('\n');
            }
        }
        for name in &selected.functions {
            let definition = Definition::new(db, language, name.clone());
            if let Some(lowered) = &lower(db, definition).lowered {
                let closures = lowered.closures.iter().map(|(f, _)| f);
                for function in std::iter::once(&lowered.function).chain(closures) {
                    out.push_str(&print_function(function));
                    out.push('\n');
                }
            }
        }
    }
    out
}

/// The summaries of what a selector names, in each unit that makes its own.
pub(crate) fn summaries(db: &dyn Db, selector: Option<&str>) -> String {
    let scope = Sources::get(db).scope(db);
    let mut out = String::new();
    for &language in Language::ALL {
        let selected = select(db, language, selector, scope);
        for unit in units(db, language).values() {
            for function in &unit.functions {
                let place = place_in(db, language, &unit.name, function);
                let is_made_here = place.unit == unit.name;
                if !is_made_here || !selected.functions.contains(function) {
                    continue;
                }
                if let Some(summary) = summary_in(db, language, &unit.name, function) {
                    let _ = writeln!(out, "{function} in {}", unit.name);
                    let _ = writeln!(out, "{}", summary.describe());
                }
            }
        }
    }
    out
}

/// Names that a selector may be: paths, units and definitions.
pub(crate) fn selectors(db: &dyn Db) -> Vec<SmolStr> {
    let mut all: BTreeSet<SmolStr> = BTreeSet::new();
    for file in Sources::get(db).files(db).iter() {
        all.insert(file.path(db).clone());
    }
    for &language in Language::ALL {
        all.extend(units(db, language).keys().cloned());
        all.extend(
            program(db, language)
                .0
                .definitions()
                .iter()
                .map(|(n, _)| n.clone()),
        );
    }
    all.into_iter().collect()
}
