//! Files that nobody should have written: every run ends, with a message and in bounded time.

use std::time::{Duration, Instant};

use crate::support::{BANK, Place};

/// Checks the directory and expects a normal end.
fn ends(place: &Place) -> crate::support::Ended {
    let start = Instant::now();
    let ended = place.run(&["check", "--format", "concise"]);
    assert!(ended.code < 2, "{ended:?}");
    assert!(!ended.err.contains("internal error"), "{}", ended.err);
    assert!(start.elapsed() < Duration::from_mins(1), "it took too long");
    ended
}

#[test]
fn unusable_files_are_skipped_and_told() {
    let place = Place::new(&[("Bank.sol", BANK)]);
    place.write("nul.sol", b"contract A {\0}");
    place.write("random.go", [0xff, 0xfe, 0xfd].repeat(100));
    place.write("large.rs", vec![b' '; 50 << 20]);
    place.write("deep.sol", "(".repeat(20_000));
    let ended = ends(&place);
    assert_eq!(ended.code, 1, "the other file is checked");
    for (path, why) in [
        ("nul.sol", "binary"),
        ("random.go", "binary"),
        ("large.rs", "larger than"),
        ("deep.sol", "nest deeper"),
    ] {
        let line = ended.err.lines().find(|line| line.contains(path));
        assert!(
            line.is_some_and(|line| line.contains(why)),
            "{path}: {}",
            ended.err
        );
        let named = place.run(&["check", path]);
        assert_eq!(named.code, 2, "{path}");
        assert!(named.err.contains(why), "{path}: {}", named.err);
    }
}

#[test]
fn broken_code_leaves_the_rest_checked() {
    let broken = BANK.replace(
        "function deposit() external payable {",
        "function deposit( { {{ ",
    );
    let place = Place::new(&[("Broken.sol", &broken), ("Bank.sol", BANK)]);
    let ended = ends(&place);
    assert_eq!(ended.code, 1);
    assert!(ended.out.contains("Bank.sol:7:23"), "{}", ended.out);
    assert!(ended.err.contains("Broken.sol:"), "{}", ended.err);
}

#[test]
fn long_chains_of_operators() {
    let chain = vec!["a"; 20_000].join("+");
    let calls = (0..3_000).fold(String::new(), |calls, i| {
        let next = i + 1;
        calls + &format!("function f{i}(uint a) internal returns (uint) {{ return f{next}(a); }}\n")
    });
    let place = Place::new(&[
        (
            "Chain.sol",
            &format!(
                "contract C {{ function f(uint a) external returns (uint) {{ return {chain}; }} }}"
            ),
        ),
        (
            "Calls.sol",
            &format!(
                "contract D {{ {calls} function f3000(uint a) internal returns (uint) {{ return f0(a); }} }}"
            ),
        ),
        (
            "chain.go",
            &format!("package main\nfunc f(a int) int {{ return {chain} }}\n"),
        ),
        (
            "src/lib.rs",
            &format!("pub fn f(a: u64) -> u64 {{ {chain} }}\n"),
        ),
    ]);
    ends(&place);
}

#[test]
fn circles_of_inheritance_and_imports() {
    let place = Place::new(&[
        (
            "A.sol",
            "import \"./B.sol\"; contract A is B { function f() public virtual override { super.f(); } }",
        ),
        (
            "B.sol",
            "import \"./A.sol\"; contract B is A { function f() public virtual override { super.f(); } }",
        ),
        ("Self.sol", "import \"./Self.sol\"; contract S is S {}"),
        ("go.mod", "module example.com/a\n"),
        (
            "a/a.go",
            "package a\nimport \"example.com/a/b\"\ntype T struct { b.T }\nfunc F() { b.F() }\n",
        ),
        (
            "b/b.go",
            "package b\nimport \"example.com/a/a\"\ntype T struct { a.T }\nfunc F() { a.F() }\n",
        ),
        ("src/lib.rs", "mod x; use x::*; pub fn f() { g() }"),
        (
            "src/x.rs",
            "use super::*; pub use super::x::*; pub fn g() { f() }",
        ),
    ]);
    ends(&place);
}

#[cfg(unix)]
#[test]
fn links_and_pipes() {
    let place = Place::new(&[("Bank.sol", BANK), ("sub/Other.sol", BANK)]);
    let link = |to: &str, at: &str| std::os::unix::fs::symlink(to, place.path().join(at)).unwrap();
    link("..", "sub/up");
    link("loop.sol", "loop.sol");
    link("nowhere.sol", "dangling.sol");
    let pipe = place.path().join("pipe.sol");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.is_ok_and(|status| status.success()), "mkfifo is there");
    let ended = ends(&place);
    assert_eq!(ended.out.lines().count(), 2, "{}", ended.out);
    let named = place.run(&["check", "pipe.sol"]);
    assert_eq!(named.code, 2, "{}", named.err);
}

#[test]
fn text_from_files_does_not_steer_the_terminal() {
    let odd = BANK
        .replace("withdraw", "with\u{1b}[31mdraw")
        .replace("amount", "am\u{202e}ount");
    let place = Place::new(&[("Odd.sol", &odd), ("Bank.sol", BANK)]);
    for format in ["text", "concise"] {
        let ended = place.run(&["check", "--format", format]);
        let shown = format!("{}{}", ended.out, ended.err);
        assert!(!shown.contains('\u{1b}'), "{shown}");
    }
}
