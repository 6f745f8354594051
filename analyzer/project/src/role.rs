//! What the names of files and directories say: tests, dependencies, build output.

use std::path::Path;

use pactward_base::{FileRole, Language};

/// Directories of tests and what belongs to them, in every language.
const TEST_DIRS: &[&str] = &["test", "tests", "mock", "mocks", "testdata", "certora"];

/// Whether a file, by its path below the directory that a person named, belongs to tests. What
/// the person named is checked whatever it is called, so names above do not count.
pub(crate) fn role_of(below: &str, language: Language) -> FileRole {
    let (dirs, name) = below.rsplit_once('/').unwrap_or(("", below));
    let in_test_dir = dirs.split('/').any(|dir| {
        let dir = dir.to_ascii_lowercase();
        TEST_DIRS.contains(&dir.as_str())
            || (language == Language::Solidity && matches!(dir.as_str(), "script" | "scripts"))
            || (language == Language::Rust && dir == "benches")
    });
    let test_name = match language {
        Language::Solidity => name.ends_with(".t.sol") || name.ends_with(".s.sol"),
        Language::Go => name.ends_with("_test.go"),
        Language::Rust => matches!(name, "test.rs" | "tests.rs"),
    };
    // The only part of a path that a person named is its file name.
    if in_test_dir || (test_name && !below.is_empty()) {
        FileRole::Test
    } else {
        FileRole::Source
    }
}

/// Whether a directory met while walking holds dependencies or build output. Names that people
/// also use for their own code count only beside the manifest that gives them this meaning.
pub(crate) fn is_foreign(dir: &Path) -> bool {
    let Some(name) = dir.file_name().and_then(|n| n.to_str()) else {
        return false;
    };
    let beside = |names: &[&str]| {
        let parent = dir.parent().unwrap_or(dir);
        names.iter().any(|n| parent.join(n).exists())
    };
    match name {
        "node_modules" => true,
        "lib" => beside(&["foundry.toml", ".gitmodules"]),
        "vendor" => beside(&["go.mod"]) || dir.join("modules.txt").exists(),
        "target" => beside(&["Cargo.toml"]) || dir.join("CACHEDIR.TAG").exists(),
        "out" | "artifacts" | "cache" | "build" | "coverage" | "typechain" | "typechain-types" => {
            beside(&[
                "foundry.toml",
                "hardhat.config.js",
                "hardhat.config.ts",
                "hardhat.config.cjs",
                "hardhat.config.mjs",
                "truffle-config.js",
            ])
        }
        // `cargo vendor` leaves its seal in every package, wherever the directory is.
        _ => dir.join(".cargo-checksum.json").exists(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_are_told_by_where_they_lie() {
        let of = |path: &str| role_of(path, Language::of_path(path).unwrap());
        for test in [
            "test/A.sol",
            "src/mocks/A.sol",
            "A.t.sol",
            "script/Deploy.s.sol",
            "x/contract_test.go",
            "tests/it.rs",
            "src/tests.rs",
            "contracts/Mocks/A.sol",
        ] {
            assert_eq!(of(test), FileRole::Test, "{test}");
        }
        for source in [
            "src/A.sol",
            "contest/A.sol",
            "Test.sol",
            "scripts/main.go",
            "src/testing.rs",
        ] {
            assert_eq!(of(source), FileRole::Source, "{source}");
        }
    }
}
