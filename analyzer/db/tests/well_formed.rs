//! Every function that the front ends make is well formed, and its text says all of it.

mod support;

use std::path::Path;

use pactward_db::{Analysis, Scope};
use pactward_ir::{parse_functions, parse_unit, print_function, print_unit, verify};
use support::{fixtures, workspace};

fn check(dir: &Path) {
    let mut analysis = Analysis::new(&[]);
    analysis.set_workspace(&workspace(dir));
    analysis.set_scope(Scope {
        tests: true,
        dependencies: true,
    });
    let functions = analysis.functions();
    assert!(!functions.is_empty());
    for function in functions {
        let errors = verify(&function);
        let text = print_function(&function);
        assert!(errors.is_empty(), "{errors:#?}\n{text}");
        let parsed = parse_functions(&text).unwrap_or_else(|e| panic!("{e:?}\n{text}"));
        assert_eq!(parsed[..], [(*function).clone()], "{text}");
    }
    for unit in analysis.units() {
        let text = print_unit(&unit);
        let parsed = parse_unit(&text).unwrap_or_else(|e| panic!("{e:?}\n{text}"));
        assert_eq!(parsed, *unit, "{text}");
    }
    let problems = analysis.problems();
    let broken: Vec<_> = problems
        .iter()
        .filter(|p| p.kind == pactward_base::ProblemKind::Internal)
        .collect();
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn fixtures_in_three_languages() {
    check(&fixtures());
}

/// The same on a large library, whose directory is given in `PACTWARD_OPENZEPPELIN`.
#[test]
fn openzeppelin() {
    if let Some(dir) = std::env::var_os("PACTWARD_OPENZEPPELIN") {
        check(Path::new(&dir));
    }
}
