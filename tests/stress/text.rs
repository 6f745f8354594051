//! Text that is long, deep, cut off or no code at all.

use std::ffi::OsStr;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use crate::case::Case;

/// Length of the long chains and the depth of the deep nests.
const MANY: usize = 20_000;

fn solidity(body: &str) -> String {
    format!(
        "pragma solidity ^0.8.0;\ncontract C {{\n uint a;\n function f(uint b) external returns (uint) {{\n{body}\n }}\n}}\n"
    )
}

fn go(body: &str) -> String {
    format!("package main\n\nfunc f(a int) int {{\n{body}\n}}\n")
}

fn rust(body: &str) -> String {
    format!("pub fn f(a: u64) -> u64 {{\n{body}\n}}\n")
}

/// The same body in three languages.
fn everywhere(body: &str) -> Case {
    Case::new()
        .file("a/f.sol", solidity(body))
        .file("b/f.go", go(body))
        .file("c/src/lib.rs", rust(body))
}

#[test]
fn fifty_megabytes_are_skipped_with_a_word() {
    let line = b"contract C { function f() external {} }\n";
    Case::new()
        .file("big.sol", line.repeat(50_000_000 / line.len()))
        .survives_naming("big.sol");
}

#[test]
fn four_megabytes_are_analysed() {
    let mut text = String::from("pragma solidity ^0.8.0;\n");
    for i in 0..20_000 {
        let _ = writeln!(
            text,
            "contract C{i} {{ mapping(address => uint) m; function f{i}(uint b) external {{ m[msg.sender] += b; }} }}"
        );
    }
    assert!(text.len() < 4 << 20);
    Case::new().file("many.sol", text).survives();
}

#[test]
fn nested_brackets() {
    for (open, close) in [("(", ")"), ("[", "]"), ("{", "}")] {
        let closed = format!("{}a{}", open.repeat(MANY), close.repeat(MANY));
        everywhere(&format!("return {closed};")).survives_naming("f.sol");
        everywhere(&open.repeat(MANY)).survives();
        everywhere(&close.repeat(MANY)).survives();
    }
}

#[test]
fn brackets_as_deep_as_is_analysed() {
    let depth = 240;
    let nest = format!("{}a{}", "(".repeat(depth), ")".repeat(depth));
    everywhere(&format!("return {nest};")).survives();
    let blocks = format!("{}a = 1;{}", "{".repeat(depth), "}".repeat(depth));
    everywhere(&blocks).survives();
    let calls = format!("{}a{}", "f(".repeat(depth), ")".repeat(depth));
    everywhere(&format!("return {calls};")).survives();
}

#[test]
fn operator_chains() {
    for operator in [
        "+", "-", "*", "**", "&&", "||", "<<", "==", ",", ".", "=", "?a:",
    ] {
        let chain = vec!["a"; MANY].join(operator);
        everywhere(&format!("return {chain};")).survives();
    }
}

#[test]
fn prefix_chains() {
    for operator in [
        "!", "- ", "~", "& ", "* ", "++", "delete ", "new ", "return ", "&mut ", "<-",
    ] {
        everywhere(&format!("return {}a;", operator.repeat(MANY))).survives();
    }
}

#[test]
fn postfix_chains() {
    for suffix in [
        "[0]",
        ".f(a)",
        "()",
        "++",
        "{value: 1}(\"\")",
        "?",
        ".await",
        " as u64",
        "::<u8>::f",
    ] {
        everywhere(&format!("return a{};", suffix.repeat(MANY))).survives();
    }
}

#[test]
fn statement_chains() {
    let ifs = format!("{} {{}}", "if (a == 1) {} else ".repeat(MANY));
    everywhere(&ifs).survives();
    let opened = "if a == 1 { ".repeat(MANY);
    everywhere(&opened).survives();
    everywhere(&"a = a + 1;\n".repeat(MANY)).survives();
    everywhere(&"for ".repeat(MANY)).survives();
    everywhere(&"unchecked assembly try catch match func fn |x| ".repeat(MANY / 10)).survives();
}

#[test]
fn type_chains() {
    Case::new()
        .file("a/f.sol", format!("contract C {{ uint{} x; function f(uint{} memory y) external {{}} }}", "[]".repeat(MANY), "[2]".repeat(MANY)))
        .file("b/f.go", format!("package main\nvar x {}int\nvar y {}int\nvar z {}int\nfunc f() {{ x, y = nil, nil }}\n", "[]".repeat(MANY), "*".repeat(MANY), "chan ".repeat(MANY)))
        .file("c/src/lib.rs", format!("pub fn f(x: {}u8, y: {}u8{}) {{}}\n", "&".repeat(MANY), "Vec<".repeat(MANY), ">".repeat(MANY)))
        .survives();
}

#[test]
fn literals_without_end() {
    for start in [
        "\"",
        "'",
        "/*",
        "/* /* ",
        "`",
        "r#\"",
        "b'",
        "0x",
        "1e",
        "hex\"",
        "unicode\"",
        "\"\\",
    ] {
        everywhere(&format!("{start}{}", "x".repeat(1 << 20))).survives();
    }
    everywhere(&"/*".repeat(MANY)).survives();
    everywhere(&format!("a = {};", "9".repeat(1 << 20))).survives();
    everywhere(&format!("{} = 1;", "n".repeat(1 << 20))).survives();
}

#[test]
fn bytes_that_are_no_text() {
    let case = Case::new()
        .file("nul.sol", b"contract C { \0 }")
        .file(
            "latin.sol",
            b"contract C { string s = \"caf\xe9\"; function f() external {} }",
        )
        .file("bom.go", b"\xef\xbb\xbfpackage main\nfunc f() {}\n")
        .file(
            "utf16.rs",
            "fn f() {}"
                .encode_utf16()
                .flat_map(u16::to_le_bytes)
                .collect::<Vec<u8>>(),
        )
        .file(
            "cr.sol",
            b"contract C {\rfunction f() external {\r\n}\r}\x0b\x0c\x1a",
        )
        .file(
            "odd.sol",
            "contract \u{202e}C { uint \u{200b}é; function f() external { é = 1; } }\u{feff}",
        )
        .file("empty.sol", b"")
        .file("empty.go", b"")
        .file("empty.rs", b"");
    case.survives_naming("nul.sol");
}

#[test]
fn random_bytes_and_random_tokens() {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let mut case = Case::new();
    let tokens = [
        "contract",
        "function",
        "modifier",
        "_;",
        "is",
        "{",
        "}",
        "(",
        ")",
        "[",
        "]",
        ";",
        ",",
        ".",
        "=",
        "=>",
        "mapping",
        "uint",
        "assembly",
        "let",
        "if",
        "for",
        "while",
        "return",
        "try",
        "catch",
        "func",
        "package main",
        "type",
        "struct",
        "interface",
        "range",
        ":=",
        "go",
        "defer",
        "select",
        "case",
        "switch",
        "map[string]int",
        "chan",
        "fn",
        "impl",
        "trait",
        "match",
        "mod",
        "use",
        "pub",
        "enum",
        "|",
        "&",
        "'a",
        "::",
        "#[entry_point]",
        "#![x]",
        "macro_rules!",
        "\"s\"",
        "'c'",
        "0x1",
        "1e9",
        "x",
        "y",
        "msg.sender",
        ".call{value: x}(\"\")",
        "\n",
    ];
    for i in 0..60 {
        let bytes: Vec<u8> = (0..4096)
            .map(|_| random.next() as u8)
            .filter(|&b| b != 0)
            .collect();
        let soup: Vec<&str> = (0..1500)
            .map(|_| tokens[random.below(tokens.len())])
            .collect();
        let soup = soup.join(" ");
        for ending in ["sol", "go", "rs"] {
            case = case
                .file(&format!("bytes{i}.{ending}"), &bytes)
                .file(&format!("soup{i}.{ending}"), &soup);
        }
    }
    case.survives();
}

#[test]
fn broken_copies_of_real_contracts() {
    let mut random = Random(42);
    let mut case = Case::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/demo");
    for (number, path) in sources(&folder).iter().enumerate() {
        let text = fs::read(path).expect("a fixture");
        let ending = path.extension().and_then(OsStr::to_str).expect("an ending");
        for round in 0..6 {
            let mut broken = text.clone();
            for _ in 0..=round * 3 {
                let at = random.below(broken.len());
                let until = (at + random.below(40)).min(broken.len());
                match random.below(4) {
                    0 => drop(broken.drain(at..until)),
                    1 => broken.truncate(at.max(1)),
                    2 => broken[at] = b"(){}[];,.\"'/*"[random.below(13)],
                    _ => {
                        let piece = broken[at..until].to_vec();
                        broken.splice(at..at, piece);
                    }
                }
                if broken.is_empty() {
                    broken.push(b'x');
                }
            }
            case = case.file(&format!("f{number}/r{round}.{ending}"), broken);
        }
    }
    case.survives();
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("the fixtures") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if ["sol", "go", "rs"]
            .iter()
            .any(|e| path.extension() == Some(OsStr::new(e)))
        {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// A small generator whose numbers are the same in every run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }
}
