//! Definitions that lead around in circles, or whose combinations multiply.

use std::fmt::Write as _;

use crate::case::Case;

#[test]
fn cycles_of_bases_imports_and_definitions() {
    let solidity = "
        import './b.sol'; import './a.sol'; import './c/../a.sol'; import '../a.sol';
        contract A is B { function f() public virtual override(A, B) { super.f(); g(); } modifier m() { _; this.f(); _; } }
        contract S is S { function f() m external { f(); } modifier m() m { _; } }
        contract D is D, A, B, D {}
        library L { using L for *; using {h} for uint global; function h(uint x) internal returns (uint) { return x.h(); } }
        struct T { T[] next; U other; } struct U { T other; } type X is X;
        uint constant P = Q; uint constant Q = P; enum E { E }
        interface I is J {} interface J is I {}
    ";
    Case::new()
        .file("a.sol", solidity)
        .file(
            "b.sol",
            "import './a.sol'; contract B is A { function g() public { f(); } }",
        )
        .survives();
    let go = "package main\nimport m \"example.com/m\"\ntype A struct { B; *A }\ntype B struct { A }\ntype C C\ntype D = E\ntype E = D\ntype I interface { J }\ntype J interface { I }\nvar x = y\nvar y = x\nfunc (a A) f() { a.g(); m.F() }\nfunc (b B) g() { b.f(); b.x.y.z() }\nfunc r() { r(); func() { r() }() }\ntype G[T G[T]] struct { v T }\n";
    Case::new()
        .file(
            "go.mod",
            "module example.com/m\nreplace example.com/m => ./\nreplace example.com/n => ../\n",
        )
        .file("main.go", go)
        .file(
            "vendor/example.com/m/x.go",
            "package m\nimport m \"example.com/m\"\nfunc F() { m.F() }\n",
        )
        .survives();
    let rust = "mod a; mod lib; mod main; pub use crate::a::*; pub use self::b as b; use b as c; use c as b;\n#[path = \"lib.rs\"] mod again;\ntype X = Y; type Y = X; struct S(Box<S>, T); struct T(S);\nimpl S { fn f(&self) { self.g() } fn g(&self) { self.f(); f() } }\nfn f() { f(); || f(); }\ntrait P: Q {} trait Q: P {}\nimpl<T: P> Q for T {} const K: u8 = K;\n";
    Case::new()
        .file("Cargo.toml", "[package]\nname = \"x\"\n[dependencies]\nx = { path = \".\" }\ny = { path = \"..\" }\n[workspace]\nmembers = [\".\", \"..\", \"*\"]\n")
        .file("src/lib.rs", rust)
        .file("src/a.rs", "pub use super::*; pub use crate::again::*; mod a; pub mod b { pub use super::*; }")
        .file("src/a/a.rs", "pub use super::super::a::a::*;")
        .survives();
}

#[test]
fn long_lines_of_bases() {
    let mut chain =
        String::from("contract C0 { uint x; function f() public virtual { x = 1; } }\n");
    for i in 1..150 {
        let _ = writeln!(
            chain,
            "contract C{i} is C{} {{ function f() public virtual override {{ super.f(); msg.sender.call(\"\"); }} }}",
            i - 1
        );
    }
    Case::new().file("chain.sol", chain).survives();

    let mut wide = String::new();
    let mut bases = Vec::new();
    for i in 0..400 {
        let _ = writeln!(
            wide,
            "contract B{i} {{ uint x{i}; function f{i}() public {{ x{i} = 1; }} }}"
        );
        bases.push(format!("B{i}"));
    }
    let _ = writeln!(wide, "contract All is {} {{}}", bases.join(", "));
    Case::new().file("wide.sol", wide).survives();

    let mut diamonds = String::from("contract L0 {} contract R0 {}\n");
    for i in 1..60 {
        let p = i - 1;
        let _ = writeln!(
            diamonds,
            "contract L{i} is L{p}, R{p} {{}} contract R{i} is R{p}, L{p} {{}}"
        );
    }
    Case::new().file("diamonds.sol", diamonds).survives();
}

#[test]
fn ways_that_multiply() {
    let mut text =
        String::from("pragma solidity ^0.8.0;\ncontract C { mapping(uint => uint) m; address t;\n");
    for i in 0..120 {
        let _ = writeln!(
            text,
            "function f{i}(uint a) public {{ if (a > {i}) {{ f{}(a); }} else {{ f{}(a + 1); }} t.call(\"\"); m[a] = {i}; }}",
            i + 1,
            i + 1
        );
    }
    text.push_str("function f120(uint a) public { f0(a); }\nfunction g(uint a) external {\n");
    for i in 0..400 {
        let _ = writeln!(text, "if (m[{i}] > a) {{ t.call(\"\"); m[{i}] = a; }}");
    }
    text.push_str("}\n modifier w() { _; _; }\nfunction h() w w w w w w w w w w w w w w w w w w w w external { t.call(\"\"); m[1] = 2; }\n}\n");
    Case::new().file("ways.sol", text).survives();

    let mut go =
        String::from("package main\nimport \"github.com/hyperledger/fabric-chaincode-go/shim\"\n");
    for i in 0..120 {
        let _ = writeln!(
            go,
            "func f{i}(stub shim.ChaincodeStubInterface, a int) {{ if a > {i} {{ f{}(stub, a) }} else {{ f{}(stub, a) }}; stub.InvokeChaincode(\"x\", nil, \"\"); stub.PutState(\"k\", nil) }}",
            (i + 1) % 120,
            (i + 2) % 120
        );
    }
    let mut rust = String::new();
    for i in 0..120 {
        let _ = writeln!(
            rust,
            "fn f{i}(ctx: &impl SimContext, a: u64) {{ match a {{ 0 => f{}(ctx, a), _ => f{}(ctx, a) }}; ctx.call_contract(\"x\", \"y\", EasyCodec::new()); ctx.put_state(\"k\", \"f\", b\"v\"); }}",
            (i + 1) % 120,
            (i + 2) % 120
        );
    }
    Case::new()
        .file("b/f.go", go)
        .file("c/src/lib.rs", rust)
        .survives();
}
