//! A workspace in memory, lowered and verified.

#![allow(dead_code, reason = "each test file uses a part of it")]

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;

use pactward_base::{Language, Layout, SmolStr};
use pactward_golang::{Decls, Program};
use pactward_ir::{Function, LowerStats, Lowered, Unit, print_function, verify};
use pactward_syntax::{Body, Outline, decode, parse};

pub(crate) struct Workspace {
    pub(crate) outlines: BTreeMap<SmolStr, Outline<Decls>>,
    pub(crate) program: Program,
}

impl Workspace {
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        Self::with_layout(files, &Layout::default())
    }

    pub(crate) fn with_layout(files: &[(&str, &str)], layout: &Layout) -> Self {
        let outlines: BTreeMap<SmolStr, Outline<Decls>> = files
            .iter()
            .map(|(path, text)| {
                let parsed = Arc::new(parse(Language::Go, (*text).into()));
                ((*path).into(), pactward_golang::outline(path, &parsed))
            })
            .collect();
        let decls: Vec<_> = outlines
            .iter()
            .map(|(path, outline)| (path.clone(), outline.decls.clone()))
            .collect();
        let program = pactward_golang::link(&decls, layout);
        Self { outlines, program }
    }

    /// One file of text that the decoder accepts.
    pub(crate) fn of_bytes(bytes: &[u8]) -> Option<Self> {
        let decoded = decode(bytes).ok()?;
        Some(Self::new(&[("a.go", &decoded.text)]))
    }

    pub(crate) fn body(&self, name: &str) -> Option<Body> {
        let mut outlines = self.outlines.values();
        outlines.find_map(|o| o.body(name)).cloned()
    }

    pub(crate) fn lower(&self, name: &str) -> Lowered {
        pactward_golang::lower(&self.program, &name.into(), &|n| self.body(n))
            .unwrap_or_else(|| panic!("`{name}` is not lowered"))
    }

    /// Every function with its closures; all are checked by the verifier.
    pub(crate) fn functions(&self) -> (Vec<Arc<Function>>, LowerStats) {
        let mut functions = Vec::new();
        let mut stats = LowerStats::default();
        for (name, _) in self.program.definitions() {
            let lowered = self.lower(name);
            stats += lowered.stats;
            functions.push(lowered.function);
            functions.extend(lowered.closures.into_iter().map(|(f, _)| f));
        }
        for function in &functions {
            let errors = verify(function);
            assert!(
                errors.is_empty(),
                "{errors:?}\n{}",
                print_function(function)
            );
        }
        (functions, stats)
    }

    /// The SIR of functions whose name ends with one of these.
    pub(crate) fn sir(&self, names: &[&str]) -> String {
        let (functions, _) = self.functions();
        let shown = functions
            .iter()
            .filter(|f| names.iter().any(|n| f.name.ends_with(n)));
        shown.map(|f| print_function(f)).collect()
    }

    pub(crate) fn entries(&self) -> String {
        let mut out = String::new();
        for unit in self.program.units() {
            let _ = writeln!(
                out,
                "{} {} {}",
                unit.name,
                unit.kind.as_str(),
                unit.platform
            );
            write_entries(unit, &mut out);
        }
        out
    }
}

fn write_entries(unit: &Unit, out: &mut String) {
    for entry in &unit.entries {
        let _ = write!(
            out,
            "  {} {} = {}",
            entry.kind.as_str(),
            entry.name,
            entry.function
        );
        match &entry.dispatcher {
            Some(dispatcher) => {
                let _ = writeln!(out, " via {dispatcher}");
            }
            None => out.push('\n'),
        }
    }
}

/// Functions of a package `p` with a body each, so that tests show only what they are about.
pub(crate) fn sir_of(body: &str) -> String {
    let text = format!("package p\n{body}\n");
    Workspace::new(&[("p/a.go", &text)]).sir(&[""])
}
