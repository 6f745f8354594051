//! Whatever the text, lowering ends, and what it yields is well formed.

mod support;

use pactward_ir::{OpKind, parse_functions, print_function, verify};
use support::{Project, SAMPLES};

/// Lowers everything in a text and checks each function.
fn check(text: &str) -> usize {
    let project = Project::of(text);
    let mut count = 0;
    for (name, path) in project.program.definitions() {
        assert_eq!(path, "A.sol");
        let lowered = project.lowered(name);
        let errors = verify(&lowered.function);
        assert!(errors.is_empty(), "{name}: {errors:?}\n{text}");
        assert_eq!(lowered.map.ops.len(), lowered.function.ops.len());
        assert_eq!(lowered.map.ends.len(), lowered.function.blocks.len());
        count += 1;
    }
    count
}

#[test]
fn samples_are_well_formed_and_their_text_reads_back() {
    for text in SAMPLES {
        let project = Project::of(text);
        for (name, _) in project.program.definitions() {
            let function = project.function(name);
            let printed = print_function(&function);
            assert_eq!(parse_functions(&printed).unwrap(), [(*function).clone()]);
        }
    }
}

#[test]
fn only_the_broken_sample_has_unknown_ops() {
    for (text, expected) in SAMPLES.iter().zip([0, 0, 4]) {
        let project = Project::of(text);
        let unknown: usize = project
            .program
            .definitions()
            .iter()
            .map(|(name, _)| {
                let function = project.function(name);
                let is_unknown =
                    |kind: &OpKind| usize::from(matches!(kind, OpKind::Unknown { .. }));
                function
                    .iter_ops()
                    .map(|(_, op)| is_unknown(&op.kind))
                    .sum::<usize>()
            })
            .sum();
        assert_eq!(unknown, expected);
    }
}

#[test]
fn a_half_typed_function_costs_itself_only() {
    for broken in [
        "function bad() external { a.",
        "function bad() external { if (x ==",
        "function bad(uint a, public {",
        "function bad() external { msg.sender.call{value: ",
        "function bad() external returns (",
        "function bad",
        "function bad() external { x = \"open",
        "function bad() external { assembly { let a := ",
        "uint",
        "mapping(address =>",
        "event Bad(",
        "modifier bad() { _",
        "error Bad(uint",
        "struct Bad { uint a;",
        "using X for",
    ] {
        let text = format!(
            "contract A {{\n uint x;\n function before() external {{ x = 1; }}\n {broken}\n \
             function later() external {{ x = 2; }}\n}}\ncontract B {{ function other() external {{}} }}"
        );
        let project = Project::of(&text);
        for name in ["A.before()", "A.later()"] {
            let known = project.program.definitions();
            assert!(
                known.iter().any(|(n, _)| *n == format!("A.sol:{name}")),
                "{broken}"
            );
            let sir = project.sir(name);
            assert!(sir.contains("state-write"), "{broken}: {sir}");
        }
        project.sir("B.other()");
        let entries = &project.unit("A.sol:A").entries;
        assert!(entries.iter().any(|e| e.name == "later"), "{broken}");
    }
}

#[test]
fn long_chains_and_deep_nesting_end() {
    let sum = vec!["a"; 20_000].join(" + ");
    let all = vec!["a > 0"; 20_000].join(" && ");
    let members = vec!["f()"; 20_000].join(".");
    let not = "!".repeat(20_000);
    let deep = format!("{}a{}", "(".repeat(20_000), ")".repeat(20_000));
    let assigned = "a = ".repeat(20_000);
    let ternary = "a > 0 ? 1 : ".repeat(20_000);
    let index = "[0]".repeat(20_000);
    let types = format!(
        "{}uint{}",
        "mapping(uint => ".repeat(20_000),
        ")".repeat(20_000)
    );
    let bodies = [
        format!("r = {sum};"),
        format!("require({all});"),
        format!("if ({all}) r = 1;"),
        format!("r = {members};"),
        format!("if ({not}b) r = 1;"),
        format!("r = {deep};"),
        format!("{assigned}1;"),
        format!("r = {ternary}2;"),
        format!("r = m{index};"),
        format!("{}r = 1;{}", "{".repeat(20_000), "}".repeat(20_000)),
        format!("{} r = 1;", "if (a > 0)".repeat(20_000)),
        format!("{} r = 1;", "if (a > 0) r = 2; else ".repeat(20_000)),
        format!(
            "assembly {{ r := {}1{} }}",
            "add(1, ".repeat(20_000),
            ")".repeat(20_000)
        ),
        format!(
            "assembly {{ {} {} }}",
            "{".repeat(20_000),
            "}".repeat(20_000)
        ),
        format!("{types} x;"),
    ];
    for body in bodies {
        let text = format!(
            "pragma solidity ^0.7.0; contract A {{ function f(uint a, bool b) public returns (uint r) {{ {body} }} }}"
        );
        check(&text);
    }
    let usings = format!("contract A {{ {types} x; function f() external {{}} }}");
    check(&usings);
    check(&format!(
        "contract A {{ {} }}",
        "function f() external {} ".repeat(5_000)
    ));
    let structs: Vec<String> = (0..60)
        .map(|i| format!("struct S{i} {{ S{} a; S{} b; S{i} c; }}", i + 1, i + 1))
        .collect();
    check(&format!(
        "{} contract A {{ function f(S0 memory s) external {{}} }}",
        structs.join(" ")
    ));
    check(&"contract A is A, B {} contract B is A {} ".repeat(300));
}

#[test]
fn modifiers_that_multiply_code_are_cut() {
    let names: Vec<String> = (0..20).map(|i| format!("m{i}")).collect();
    let modifiers: Vec<String> = names
        .iter()
        .map(|m| format!("modifier {m}() {{ _; _; }}"))
        .collect();
    let modifiers = modifiers.join(" ");
    let text = format!(
        "contract A {{ uint x; {modifiers} function f() external {} {{ x = 1; }} }}",
        names.join(" ")
    );
    let project = Project::of(&text);
    let function = project.function("A.sol:A.f()");
    assert!(function.ops.len() < 100_000);
    assert!(
        function
            .iter_ops()
            .any(|(_, op)| matches!(op.kind, OpKind::Unknown { .. }))
    );
}

#[test]
fn assembly_recursion_ends() {
    let text = "contract A { function f() external returns (uint r) { assembly { \
                function a(n) -> x { x := b(n) } function b(n) -> x, y { x := a(n) } \
                r := a(1) let p, q := b(2) } } }";
    assert_eq!(check(text), 1);
}

/// A small generator of repeatable pseudo-random numbers.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit.max(1) as u64) as usize
    }
}

#[test]
fn mutated_samples_never_panic() {
    let fragments = [
        "{",
        "}",
        "(",
        ")",
        ";",
        ",",
        ".",
        "[",
        "]",
        "function ",
        "contract A {",
        "_;",
        "if (",
        "return ",
        "assembly {",
        "}}",
        "uint ",
        "x = ",
        "\"",
        "/*",
        "//",
        "=",
        ":=",
        "{value: 1}",
        "守",
        "modifier m() {",
        "unchecked {",
        "for (;;) ",
        "try ",
        " catch {",
        "new ",
        "is A, B",
        "using A for *;",
        "import \"A.sol\";",
        "\u{0}",
        "0x",
        "1e999",
        "super.f()",
        "delete ",
    ];
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    for text in SAMPLES {
        for _ in 0..150 {
            let mut chars: Vec<char> = text.chars().collect();
            for _ in 0..=random.below(6) {
                let at = random.below(chars.len());
                match random.below(4) {
                    0 => {
                        let end = (at + random.below(40)).min(chars.len());
                        chars.drain(at..end);
                    }
                    1 => {
                        let fragment = fragments[random.below(fragments.len())];
                        chars.splice(at..at, fragment.chars());
                    }
                    2 => chars.truncate(at.max(1)),
                    _ => {
                        let other = random.below(chars.len());
                        chars.swap(at, other);
                    }
                }
                if chars.is_empty() {
                    chars.push('{');
                }
            }
            check(&chars.into_iter().collect::<String>());
        }
    }
}

#[test]
fn random_bytes_never_panic() {
    let mut random = Random(42);
    for _ in 0..200 {
        let bytes: Vec<u8> = (0..random.below(300))
            .map(|_| random.below(256) as u8)
            .collect();
        check(&String::from_utf8_lossy(&bytes));
    }
}
