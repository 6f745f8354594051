//! Texts to programs, for tests.

#![allow(dead_code, reason = "each test file uses its own part")]

use std::collections::BTreeMap;
use std::sync::Arc;

use pactward_base::{Language, Layout, RustCrate, SmolStr};
use pactward_ir::{Lowered, Name, print_function, print_unit, verify};
use pactward_rustlang::{Program, link, lower, outline};
use pactward_syntax::{Body, parse};

pub(crate) struct Linked {
    pub(crate) program: Program,
    pub(crate) bodies: BTreeMap<Name, Body>,
}

pub(crate) fn linked(files: &[(&str, &str)]) -> Linked {
    with_layout(files, &Layout::default())
}

pub(crate) fn with_layout(files: &[(&str, &str)], layout: &Layout) -> Linked {
    let mut bodies = BTreeMap::new();
    let mut decls = Vec::new();
    for (path, text) in files {
        let parsed = Arc::new(parse(Language::Rust, Arc::from(*text)));
        let outline = outline(path, &parsed);
        bodies.extend(outline.bodies);
        decls.push((SmolStr::new(path), outline.decls));
    }
    Linked {
        program: link(&decls, layout),
        bodies,
    }
}

pub(crate) fn krate(dir: &str, name: &str, dependencies: &[(&str, &str)]) -> RustCrate {
    RustCrate {
        dir: dir.into(),
        name: name.into(),
        root: format!("{dir}/src/lib.rs").into(),
        local_dependencies: dependencies
            .iter()
            .map(|(name, dir)| (SmolStr::new(name), SmolStr::new(dir)))
            .collect(),
        ..RustCrate::default()
    }
}

impl Linked {
    pub(crate) fn lower(&self, name: &str) -> Lowered {
        let name = Name::new(name);
        lower(&self.program, &name, &|n| self.bodies.get(n).cloned())
            .unwrap_or_else(|| panic!("{name} cannot be lowered"))
    }

    /// SIR text of a function and its closures, verified.
    pub(crate) fn sir(&self, name: &str) -> String {
        let lowered = self.lower(name);
        let mut text = String::new();
        for function in std::iter::once(&lowered.function)
            .chain(lowered.closures.iter().map(|(function, _)| function))
        {
            assert_eq!(verify(function), Vec::<String>::new(), "{}", function.name);
            text.push_str(&print_function(function));
        }
        text
    }

    pub(crate) fn units(&self) -> String {
        self.program.units().iter().map(|u| print_unit(u)).collect()
    }

    /// Lowers everything and verifies it.
    pub(crate) fn lower_all(&self) -> usize {
        let mut count = 0;
        for (name, _) in self.program.definitions() {
            self.sir(name);
            count += 1;
        }
        count
    }
}
