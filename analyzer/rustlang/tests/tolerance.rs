//! Any text is read: half-typed code, mutated code, very long and very deep code.

mod common;

use common::linked;

/// Code with most constructs of the language, so that mutations reach most of the lowering.
const SAMPLE: &str = r#"
use cosmwasm_std::{ensure, entry_point, DepsMut, Env, MessageInfo, Response, StdError, StdResult, Uint128};
use cw_storage_plus::{Item, Map};
pub const CONFIG: Item<Config> = Item::new("config");
pub const BALANCES: Map<(&str, u64), Uint128> = Map::new("balances");
static LIMIT: u64 = 10 * 2;
#[derive(Clone)]
pub struct Config { owner: String, limit: Option<u64>, tags: Vec<(String, u8)> }
pub enum Msg { A { x: u64, y: Option<String> }, B(u64, Vec<u8>), C }
trait Shape { fn area(&self) -> u64; fn twice(&self) -> u64 { self.area() * 2 } }
struct Square(u64);
impl Shape for Square { fn area(&self) -> u64 { self.0.pow(2) } }
fn total<T: Shape>(items: &[T]) -> u64 { items.iter().map(|i| i.twice()).fold(0, |a, b| a + b) }
#[entry_point]
pub fn execute(mut deps: DepsMut, env: Env, info: MessageInfo, msg: Msg) -> StdResult<Response> {
    let Config { owner, limit, .. } = CONFIG.load(deps.storage)?;
    let count = 'outer: loop {
        for (i, c) in owner.chars().enumerate() {
            if c == 'x' && i > 3 { break 'outer i; } else if matches!(c, 'a'..='f' | 'z') { continue; }
            while let Some(n) = limit.filter(|n| *n > 1) { let _ = n as u8; break; }
        }
        break 0;
    };
    let Some(limit) = limit else { return Err(StdError::generic_err(format!("{count} {owner}"))) };
    ensure!(info.sender.as_str() == owner, StdError::generic_err("no"));
    let bump = |old: Option<Uint128>| -> StdResult<_> { Ok(old.unwrap_or_default().checked_add(Uint128::new(1))?) };
    match msg {
        Msg::A { x, y: Some(name) } if x < limit => { BALANCES.update(deps.storage, (&name, x), bump)?; }
        Msg::A { x: 1 | 2, .. } => {}
        Msg::B(n, [first, .., last]) => { BALANCES.update(deps.storage, ("b", n + u64::from(*first & last)), bump)?; }
        other @ (Msg::C | Msg::B(..)) => drop(other),
        _ => return Err(StdError::generic_err("bad")),
    }
    let mut config = CONFIG.load(deps.storage)?;
    config.tags[0].1 += 1;
    config.tags.iter_mut().for_each(|t| t.1 = 0);
    let squares = vec![Square(2); 3];
    config.limit = Some(total(&squares)).map(|t| t + unsafe { LIMIT });
    let names: Result<Vec<_>, StdError> = config.tags.iter().map(|(n, _)| deps.api.addr_validate(n)).collect();
    let r = async { names?.len().checked_sub(1).ok_or(StdError::generic_err("")) };
    CONFIG.save(deps.storage, &Config { owner: info.sender.to_string(), ..config })?;
    let _ = (!true, -1i64, env.block.height..=5, &mut deps, [1u8; 4][0], r);
    Ok(Response::new().add_attributes(vec![("a", "b")]))
}
"#;

/// A small generator, so that a failure repeats.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit.max(1) as u64) as usize
    }
}

/// Lowers on a stack of the size that a worker thread has.
fn on_small_stack(text: String) {
    let run = move || {
        linked(&[("t.rs", &text)]).lower_all();
    };
    std::thread::Builder::new()
        .stack_size(2 << 20)
        .spawn(run)
        .unwrap()
        .join()
        .unwrap();
}

#[test]
fn the_sample_is_understood() {
    let linked = linked(&[("t.rs", SAMPLE)]);
    assert_eq!(linked.lower_all(), 4);
    let text = linked.sir("t.rs:execute");
    assert!(!text.contains("= unknown"), "{text}");
    assert!(!text.contains("= extern"), "{text}");
}

#[test]
fn mutated_code_stays_well_formed() {
    let pieces = [
        "{",
        "}",
        "(",
        ")",
        "|x|",
        "match x {",
        "=> ",
        "?",
        ".await",
        "if let Some(x) = ",
        "!",
        "&mut ",
        "ensure!(",
        ";",
        ",",
        "::<",
        ">",
        "self",
        "loop {",
        "break",
        "return ",
        "..",
        "@ ",
        "'a: ",
        "vec![",
        "r#\"",
        "\"",
        "'",
        "/*",
        "*/",
        "//",
        "#[",
        "]",
        "async move {",
        "é",
        "macro_rules! m { ($a:expr) => { $a } }",
    ];
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    for _ in 0..400 {
        let mut text: Vec<char> = SAMPLE.chars().collect();
        for _ in 0..=random.below(4) {
            let at = random.below(text.len());
            match random.below(4) {
                0 => {
                    let end = (at + random.below(40)).min(text.len());
                    text.drain(at..end);
                }
                1 => {
                    let piece = pieces[random.below(pieces.len())];
                    text.splice(at..at, piece.chars());
                }
                2 => {
                    let end = (at + random.below(60)).min(text.len());
                    let copy: Vec<char> = text[at..end].to_vec();
                    let to = random.below(text.len());
                    text.splice(to..to, copy);
                }
                _ => {
                    let other = random.below(text.len());
                    text.swap(at, other);
                }
            }
        }
        let text: String = text.into_iter().collect();
        linked(&[("t.rs", &text)]).lower_all();
    }
}

#[test]
fn every_prefix_of_a_file_is_read() {
    for end in (0..SAMPLE.len()).step_by(37) {
        if let Some(text) = SAMPLE.get(..end) {
            linked(&[("t.rs", text)]).lower_all();
        }
    }
}

#[test]
fn long_chains_do_not_overflow_the_stack() {
    let n = 20_000;
    let chains = [
        format!("a{}", "+a".repeat(n)),
        format!("a{}", " && a".repeat(n)),
        format!("a{}", " || f(a)".repeat(n)),
        format!("a{}", ".b()".repeat(n)),
        format!("a{}", ".b".repeat(n)),
        format!("a{}", "?".repeat(n)),
        format!("a{}", "[0]".repeat(n)),
        format!("a{}", " as u8".repeat(n)),
        format!("{}a", "!".repeat(n)),
        format!("{}a", "-".repeat(n)),
        format!("{}a", "& ".repeat(n)),
        format!("{}a", "*".repeat(n)),
        format!("{}a", "|x| ".repeat(n)),
        format!("{}a", "return ".repeat(n)),
        format!("{}a", "a = ".repeat(n)),
        format!("{}a", "..".repeat(n)),
        format!("a{}", "::a".repeat(n)),
        format!("match a {{ {}1 => 1 }}", "1 | ".repeat(n)),
        format!("match a {{ {}x => 1 }}", "&".repeat(n)),
        format!("if let {}x = a {{}}", "x @ ".repeat(n)),
        format!("if a {{}} {}", "else if a {}".repeat(n)),
        format!("if let Some(x) = a {} {{}}", "&& let Some(x) = a".repeat(n)),
        format!("a{}", ".ok_or(1)?".repeat(n / 4)),
        format!("a{}", ".map(|x| x)".repeat(n / 4)),
        format!("let x: {}u8{} = a; x", "V<".repeat(n), ">".repeat(n)),
        format!("let x: {}u8 = a; x", "&".repeat(n)),
    ];
    for chain in chains {
        let head: String = chain.chars().take(24).collect();
        let text = format!("fn f(a: u8, f: u8) -> bool {{ {chain} }}");
        let start = std::time::Instant::now();
        on_small_stack(text);
        assert!(start.elapsed().as_secs() < 20, "{head} takes too long");
    }
}

#[test]
fn deep_nesting_does_not_overflow_the_stack() {
    let n = 250;
    let nests = [
        ("(", ")"),
        ("{", "}"),
        ("[", "]"),
        ("f(", ")"),
        ("a.b(", ")"),
        ("if a {", "}"),
        ("match a { _ => {", "}}"),
        ("loop {", "}"),
        ("|| {", "}"),
        ("a.map(|x| ", ")"),
        ("vec![", "]"),
        ("ensure!(a, ", ")"),
        ("S { x: ", "}"),
        ("Some(", ")?"),
        ("async {", "}"),
        ("unsafe {", "}"),
        ("matches!(a, ", ")"),
        ("for x in {", "} {}"),
        ("while {", "} {}"),
        ("if let Some(x) = {", "} {}"),
    ];
    for (open, close) in nests {
        let text = format!(
            "fn f(a: Option<u8>) -> Option<u8> {{ {}a{} }}",
            open.repeat(n),
            close.repeat(n)
        );
        on_small_stack(text);
    }
    for text in [
        format!(
            "fn f(a: u8) {{ match a {{ {}x{} => 1 }} }}",
            "Some(".repeat(n),
            ")".repeat(n)
        ),
        format!("{}fn f() {{}}{}", "mod m {".repeat(n), "}".repeat(n)),
        format!("use {}a{};", "a::{".repeat(n), "}".repeat(n)),
        format!("{}{}", "fn f() {".repeat(n), "}".repeat(n)),
    ] {
        on_small_stack(text);
    }
}

#[test]
fn cyclic_imports_and_types_end() {
    let text = "
        use a::*; use b::*; pub mod a { pub use super::b::*; pub use super::a::*; }
        pub mod b { pub use super::a::*; pub use crate::*; pub use c as d; pub use d as c; }
        type A = B; type B = A; type V<T> = W<T>; type W<T> = V<V<T>>;
        struct S { a: Box<S>, b: A, c: V<u8> } trait T: U {} trait U: T {}
        const X: u8 = Y; const Y: u8 = X;
        fn f(s: S, t: &dyn T) -> u8 { s.a.a.a.missing(); t.gone(); undefined::path(); c::d(); X }
        mod gone;
    ";
    let linked = linked(&[("t.rs", text)]);
    assert_eq!(linked.lower_all(), 1);
    assert_eq!(
        linked.program.unresolved(),
        [("t.rs".into(), "gone".into())]
    );
}

#[test]
fn a_mistake_leaves_other_functions_analysed() {
    let text = "
        use chainmaker_contract_sdk_rust::sim_context::*;
        fn broken( { let x = ; if
        #[no_mangle]
        pub extern \"C\" fn save() {
            let ctx = &mut get_sim_context();
            ctx.put_state_from_key(\"k\", b\"v\");
        }
    ";
    let linked = linked(&[("t.rs", text)]);
    assert!(
        linked.units().contains("entry \"save\""),
        "{}",
        linked.units()
    );
    assert!(linked.sir("t.rs:save").contains("state-write place=world"));
}

#[test]
fn declarations_stay_equal_while_a_body_is_edited() {
    let edited = SAMPLE.replace("Some(total(&squares))", "Some(total(&squares) + 12345)");
    assert_ne!(SAMPLE, edited);
    let outline = |text: &str| {
        let text = std::sync::Arc::from(text);
        let parsed = pactward_syntax::parse(pactward_base::Language::Rust, text);
        pactward_rustlang::outline("t.rs", &std::sync::Arc::new(parsed))
    };
    let (before, after) = (outline(SAMPLE), outline(&edited));
    assert_eq!(before.decls, after.decls);
    let changed = before.bodies.iter().zip(&after.bodies);
    let changed: Vec<_> = changed.filter(|(a, b)| a != b).map(|(a, _)| &a.0).collect();
    assert_eq!(changed, ["t.rs:execute"]);
    let shifted = outline(&format!("// a comment\n{SAMPLE}"));
    assert_eq!(before.decls, shifted.decls);
    assert_eq!(before.bodies, shifted.bodies);
}
