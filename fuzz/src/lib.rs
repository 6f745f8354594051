//! What the fuzz targets do with their bytes. From the repository root:
//!
//! ```text
//! cargo install cargo-fuzz
//! cargo +nightly fuzz run solidity -- -max_total_time=300
//! ```
//!
//! The targets are `solidity`, `golang`, `rustlang` and `sir`.

use std::sync::Arc;

use pactward_ir::{Function, parse_functions, print_function, verify};

/// Drives one front end over a file: bytes → text → tree → outline → program → every definition.
/// All SIR that comes out must be well formed and survive printing and parsing.
#[macro_export]
macro_rules! front_end {
    ($bytes:expr, $language:expr, $path:expr, $front_end:ident) => {{
        use std::sync::Arc;
        let Ok(decoded) = pactward_syntax::decode($bytes) else {
            return;
        };
        let parsed = Arc::new(pactward_syntax::parse($language, Arc::from(decoded.text)));
        let outline = $front_end::outline($path, &parsed);
        let files = [($path.into(), outline.decls.clone())];
        let program = $front_end::link(&files, &pactward_base::Layout::default());
        for (name, _) in program.definitions() {
            let body = |name: &pactward_ir::Name| outline.body(name).cloned();
            if let Some(lowered) = $front_end::lower(&program, name, &body) {
                $crate::sound(&lowered.function);
                for (closure, _) in &lowered.closures {
                    $crate::sound(closure);
                }
            }
        }
    }};
}

/// A function that a front end made is well formed, and its text says all of it.
pub fn sound(function: &Arc<Function>) {
    let faults = verify(function);
    assert!(
        faults.is_empty(),
        "{}\n{faults:#?}",
        print_function(function)
    );
    round_trip(function);
}

/// Printing and parsing give the same function again.
pub fn round_trip(function: &Function) {
    let text = print_function(function);
    match parse_functions(&text) {
        Ok(again) => assert_eq!([function.clone()], again.as_slice(), "{text}"),
        Err(error) => panic!("{error:?}\n{text}"),
    }
}
