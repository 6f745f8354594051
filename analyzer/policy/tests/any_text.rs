//! Any text is answered, never with a panic.

use std::sync::Arc;

use pactward_base::Language;
use pactward_policy::{Config, Globs, suppressions};
use proptest::prelude::*;

/// Text with many pieces that mean something here.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("pactward-allow(".to_owned()),
        Just("state-after-call".to_owned()),
        Just("): reason".to_owned()),
        Just("// ".to_owned()),
        Just("/* ".to_owned()),
        Just("*/".to_owned()),
        Just("\n".to_owned()),
        Just("#[a]".to_owned()),
        Just("fn f() {".to_owned()),
        Just("function f() {".to_owned()),
        Just("}".to_owned()),
        Just("[[overrides]]\n".to_owned()),
        Just("select = [\"a\"]\n".to_owned()),
        Just("守".to_owned()),
        ".{0,4}",
    ];
    proptest::collection::vec(piece, 0..24).prop_map(|all| all.concat())
}

proptest! {
    #[test]
    fn suppressions_lie_in_the_text(text in pieces()) {
        for language in Language::ALL {
            let parsed = pactward_syntax::parse(*language, Arc::from(text.as_str()));
            for found in suppressions(&parsed) {
                prop_assert!(found.comment.end as usize <= text.len());
                prop_assert!(found.covers.end as usize <= text.len());
                let told = found.comment.of(&text);
                prop_assert!(told.contains("pactward-allow"), "{told:?}");
            }
        }
    }

    #[test]
    fn configuration_is_read_or_refused(text in pieces()) {
        if let Err(problems) = Config::parse("pactward.toml", &text) {
            prop_assert!(!problems.is_empty());
            for problem in problems {
                prop_assert!(problem.place.is_some());
            }
        }
    }

    #[test]
    fn patterns_are_read_or_refused(pattern in "[a-z*?\\[\\]{}!/.,\\\\-]{0,12}", path in "[a-z/.]{0,12}") {
        if let Ok(globs) = Globs::new(vec![pattern]) {
            let _ = globs.matches(&path);
        }
    }
}
