//! A small workspace in memory.

#![allow(dead_code, reason = "each test file uses a part of this")]

use std::sync::Arc;

use pactward_base::{Language, Layout, SmolStr};
use pactward_ir::{Function, Lowered, Name, Unit, print_function, verify};
use pactward_solidity::{Decls, Program, link, lower, outline};
use pactward_syntax::{Body, Outline, parse};

pub(crate) const SAMPLES: &[&str] = &[
    include_str!("../samples/old.sol"),
    include_str!("../samples/modern.sol"),
    include_str!("../samples/broken.sol"),
];

pub(crate) struct Project {
    pub(crate) outlines: Vec<(SmolStr, Outline<Decls>)>,
    pub(crate) program: Program,
}

impl Project {
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        Self::with_layout(files, &Layout::default())
    }

    /// One file, `A.sol`.
    pub(crate) fn of(text: &str) -> Self {
        Self::new(&[("A.sol", text)])
    }

    pub(crate) fn with_layout(files: &[(&str, &str)], layout: &Layout) -> Self {
        let outlines: Vec<(SmolStr, Outline<Decls>)> = files
            .iter()
            .map(|(path, text)| {
                let parsed = Arc::new(parse(Language::Solidity, (*text).into()));
                (SmolStr::new(path), outline(path, &parsed))
            })
            .collect();
        let decls: Vec<_> = outlines
            .iter()
            .map(|(path, o)| (path.clone(), o.decls.clone()))
            .collect();
        Self {
            program: link(&decls, layout),
            outlines,
        }
    }

    pub(crate) fn body(&self, name: &Name) -> Option<Body> {
        self.outlines
            .iter()
            .find_map(|(_, o)| o.body(name).cloned())
    }

    pub(crate) fn lowered(&self, name: &str) -> Lowered {
        lower(&self.program, &name.into(), &|n| self.body(n))
            .unwrap_or_else(|| panic!("{name} cannot be lowered"))
    }

    pub(crate) fn function(&self, name: &str) -> Arc<Function> {
        self.lowered(name).function
    }

    /// Printed ops of a function of `A.sol`, without file names.
    pub(crate) fn sir(&self, name: &str) -> String {
        let function = self.function(&format!("A.sol:{name}"));
        assert_eq!(verify(&function), Vec::<String>::new());
        print_function(&function).replace("A.sol:", "")
    }

    pub(crate) fn unit(&self, name: &str) -> &Unit {
        self.program
            .units()
            .iter()
            .find(|u| u.name == name)
            .unwrap_or_else(|| panic!("no unit {name}"))
    }
}
