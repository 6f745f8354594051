//! Any text ends in verified SIR: half-typed code, deep nesting, long chains, random damage.

mod support;

use std::fmt::Write;

use support::Workspace;

/// Lowers text as a whole file; every function must be well formed.
fn check(text: &str) -> usize {
    Workspace::new(&[("a.go", text)]).functions().0.len()
}

fn in_function(body: &str) -> String {
    format!(
        "package p\nfunc f(a int, s string, p *T, g func(int) int) (int, error) {{\n{body}\n}}\n"
    )
}

#[test]
fn deep_nesting_ends_in_unknown_ops() {
    let nested =
        |open: &str, close: &str| format!("{}{}{}", open.repeat(250), "a", close.repeat(250));
    for (open, close) in [("(", ")"), ("g(", ")"), ("[]int{", "}"), ("a[", "]")] {
        check(&in_function(&format!("x := {}", nested(open, close))));
    }
    check(&in_function(&format!(
        "{}{}",
        "{\n".repeat(250),
        "}\n".repeat(250)
    )));
    check(&in_function(&format!(
        "{}{}",
        "if a > 0 {\n".repeat(250),
        "}\n".repeat(250)
    )));
    check(&in_function(&format!(
        "{}{}",
        "for range s { switch { case a > 1:\n".repeat(120),
        "} }\n".repeat(120)
    )));
    check(&in_function(&format!(
        "h := {}1{}",
        "func() int { return ".repeat(120),
        "}".repeat(120)
    )));
    check(&format!(
        "package p\ntype T {}int\n",
        "map[string]struct{ x ".repeat(120)
    ));
}

#[test]
fn long_chains_are_lowered_without_recursion() {
    // Dominators of one join of very many branches are what takes time in the latter.
    let (count, branches) = (20_000, 2_000);
    for operator in ["+", "&&", "||", "==", "<<"] {
        check(&in_function(&format!(
            "return a{}",
            format!(" {operator} a").repeat(count)
        )));
        check(&in_function(&format!(
            "if a{} {{ return 1, nil }}",
            format!(" {operator} g(a)").repeat(branches)
        )));
    }
    check(&in_function(&format!("return s{}", " + s".repeat(count))));
    check(&in_function(&format!("x := {}a", "!".repeat(count))));
    check(&in_function(&format!("x := {}a", "- ".repeat(count))));
    check(&in_function(&format!("x := {}p", "*".repeat(count))));
    check(&in_function(&format!("{}p = nil", "*".repeat(count))));
    check(&in_function(&format!("x := p{}", ".next".repeat(count))));
    check(&in_function(&format!("p{} = 1", ".next".repeat(count))));
    check(&in_function(&format!("p{}", ".next()".repeat(count))));
    check(&in_function(&format!("x := p{}", "[0]".repeat(count))));
    check(&in_function(&format!("x := p{}", ".(T)".repeat(count))));
    check(&in_function(&"l: ".repeat(count)));
    check(&in_function(&format!(
        "if a == 0 {{}}{}",
        " else if a == 1 { a = 2 }".repeat(branches)
    )));
    check(&format!("package p\ntype T {}int\n", "[]".repeat(count)));
    check(&format!("package p\ntype T {}int\n", "*".repeat(count)));
    check(&format!("package p\nvar x = 1{}\n", " + 1".repeat(count)));
    check(&format!(
        "package p\nconst x = 1{}\n",
        " << 9".repeat(count)
    ));
}

#[test]
fn circles_of_declarations_end() {
    check(
        "package p\nconst a = b\nconst b = a\ntype A B\ntype B A\ntype C = D\ntype D = C\ntype S struct { S; *S; T }\ntype T struct { S }\ntype I interface { I; J }\ntype J interface { I }\nvar v = w\nvar w = v\nfunc f(s S, i I, a A, c C) { s.x(); i.y(); a.z(); c.z(); s.S.S.S.x() }\n",
    );
    let mut text = "package p\n".to_owned();
    for i in 0..2_000 {
        let next = i + 1;
        let _ = write!(
            text,
            "const c{i} = c{next} + c{next}\ntype T{i} map[T{next}]T{next}\ntype A{i} = map[A{next}]A{next}\n"
        );
    }
    text.push_str("func f(a T0, b A0) int { return c0 + len(a) + len(b) }\n");
    check(&text);
}

#[test]
fn many_deferred_calls_and_returns_stay_small() {
    let body = format!(
        "{}{}",
        "if a > 0 { defer g(a) }\n".repeat(500),
        "if a > 1 { return a, nil }\n".repeat(500)
    );
    let workspace = Workspace::new(&[("a.go", &in_function(&body))]);
    let ops: usize = workspace.functions().0.iter().map(|f| f.ops.len()).sum();
    assert!(ops < 40_000, "{ops}");
}

#[test]
fn half_typed_code_leaves_the_other_functions() {
    let good = "func good(a int) int { return a + 1 }\n";
    for broken in [
        "func bad(",
        "func bad() { x := ",
        "func bad() { if x { ",
        "func bad() { return foo(1, ",
        "func (s *S) ",
        "func bad() { for i := 0; i < ; i++ { } }",
        "func bad() { s := \"open }",
        "func bad() { switch x { case ",
        "type S struct { a ",
        "var x = map[string]int{ \"a\": ",
        "func bad() { }}}",
    ] {
        for text in [
            format!("package p\n{broken}\n\n{good}"),
            format!("package p\n{good}\n{broken}\n"),
        ] {
            let workspace = Workspace::new(&[("a.go", &text)]);
            let (functions, _) = workspace.functions();
            let found = functions.iter().find(|f| f.name == "a.go:good");
            let found = found.unwrap_or_else(|| panic!("lost in\n{text}"));
            assert_eq!(found.blocks.len(), 1, "{text}");
        }
    }
}

/// A small generator, so that failures repeat.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % below.max(1) as u64) as usize
    }
}

const TEXT: &str = include_str!("robustness.go.txt");

#[test]
fn damaged_code_is_lowered() {
    let mut dice = Dice(0x2545_f491_4f6c_dd1d);
    let tokens: Vec<&str> = TEXT
        .split_inclusive(|c: char| !c.is_alphanumeric())
        .collect();
    for round in 0..200 {
        let mut text: Vec<&str> = tokens.clone();
        for _ in 0..=dice.roll(12) {
            let at = dice.roll(text.len());
            match dice.roll(4) {
                0 => {
                    text.remove(at);
                }
                1 => text.insert(at, tokens[dice.roll(tokens.len())]),
                2 => text[at] = tokens[dice.roll(tokens.len())],
                _ => {
                    let end = (at + dice.roll(40)).min(text.len());
                    text.drain(at..end);
                }
            }
        }
        let text = text.concat();
        let result = std::panic::catch_unwind(|| {
            Workspace::of_bytes(text.as_bytes()).map(|w| w.functions().0.len())
        });
        assert!(result.is_ok(), "round {round}:\n{text}");
    }
}

#[test]
fn damaged_bytes_are_lowered() {
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    for round in 0..200 {
        let mut bytes = TEXT.as_bytes().to_vec();
        for _ in 0..=dice.roll(20) {
            let at = dice.roll(bytes.len());
            match dice.roll(3) {
                0 => bytes[at] = dice.roll(256) as u8,
                1 => {
                    bytes.remove(at);
                }
                _ => bytes.insert(at, b"{}()[]\"`'\n;.,:="[dice.roll(15)]),
            }
        }
        let result =
            std::panic::catch_unwind(|| Workspace::of_bytes(&bytes).map(|w| w.functions().0.len()));
        assert!(
            result.is_ok(),
            "round {round}:\n{}",
            String::from_utf8_lossy(&bytes)
        );
    }
}
