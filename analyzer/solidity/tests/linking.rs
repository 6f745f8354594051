//! Names across files, units, and what an edit leaves equal.

mod support;

use std::sync::Arc;

use expect_test::{Expect, expect};
use pactward_base::{Language, Layout, Remapping, SmolStr};
use pactward_ir::print_unit;
use pactward_solidity::{link, outline};
use pactward_syntax::parse;
use support::{Project, SAMPLES};

fn bases(project: &Project, unit: &str) -> Vec<String> {
    project
        .unit(unit)
        .bases
        .iter()
        .map(ToString::to_string)
        .collect()
}

fn unit(text: &str, name: &str, expected: &Expect) {
    let project = Project::of(text);
    let printed = print_unit(project.unit(&format!("A.sol:{name}")));
    expected.assert_eq(&printed.replace("A.sol:", ""));
}

#[test]
fn imports_of_every_form_bring_their_names() {
    let project = Project::new(&[
        ("src/a/Base.sol", "contract Base {} contract Other {}"),
        (
            "src/Plain.sol",
            "import \"./a/Base.sol\"; contract P is Base {}",
        ),
        (
            "src/Again.sol",
            "import './Plain.sol'; contract Q is Base, P {}",
        ),
        (
            "src/Named.sol",
            "import {Base as B, Other} from \"./a/Base.sol\"; contract N is B, Other {}",
        ),
        (
            "src/Star.sol",
            "import * as X from \"./a/Base.sol\"; contract S is X.Base {}",
        ),
        (
            "src/As.sol",
            "import \"./a/Base.sol\" as Y; contract T is Y.Other {}",
        ),
        (
            "src/Far.sol",
            "import {B} from \"./Named.sol\"; contract F is B {}",
        ),
        (
            "src/One.sol",
            "import Base from \"./a/Base.sol\"; contract O is Base {}",
        ),
        (
            "src/Hidden.sol",
            "import {Other} from \"./a/Base.sol\"; contract H is Base {}",
        ),
    ]);
    let base = "src/a/Base.sol:Base";
    assert_eq!(
        bases(&project, "src/Plain.sol:P"),
        ["src/Plain.sol:P", base]
    );
    assert_eq!(
        bases(&project, "src/Again.sol:Q"),
        ["src/Again.sol:Q", "src/Plain.sol:P", base]
    );
    assert_eq!(
        bases(&project, "src/Named.sol:N"),
        ["src/Named.sol:N", "src/a/Base.sol:Other", base]
    );
    assert_eq!(bases(&project, "src/Star.sol:S"), ["src/Star.sol:S", base]);
    assert_eq!(
        bases(&project, "src/As.sol:T"),
        ["src/As.sol:T", "src/a/Base.sol:Other"]
    );
    assert_eq!(bases(&project, "src/Far.sol:F"), ["src/Far.sol:F", base]);
    assert_eq!(bases(&project, "src/One.sol:O"), ["src/One.sol:O", base]);
    let hidden = project.unit("src/Hidden.sol:H");
    assert_eq!(
        hidden.bases.len(),
        1,
        "a name that was not imported is not visible"
    );
    assert_eq!(hidden.fact("missing-base"), Some("Base"));
    assert!(project.program.unresolved().is_empty());
}

#[test]
fn imports_follow_libraries_and_remappings_and_misses_are_told_once() {
    let layout = Layout {
        remappings: vec![Remapping {
            context: SmolStr::default(),
            prefix: "@oz/".into(),
            target: "lib/oz/contracts/".into(),
        }],
        solidity_libraries: vec!["node_modules".into()],
        ..Layout::default()
    };
    let project = Project::with_layout(
        &[
            ("lib/oz/contracts/Own.sol", "contract Own {}"),
            ("node_modules/@x/T.sol", "contract T {}"),
            (
                "src/A.sol",
                "import \"@oz/Own.sol\"; import \"@x/T.sol\"; import \"./No.sol\"; import {Z} from \"./No.sol\"; \
                 contract A is Own, T, Z {}",
            ),
        ],
        &layout,
    );
    assert_eq!(
        bases(&project, "src/A.sol:A"),
        [
            "src/A.sol:A",
            "node_modules/@x/T.sol:T",
            "lib/oz/contracts/Own.sol:Own"
        ]
    );
    let missing = project.program.unresolved();
    assert_eq!(missing, [("src/A.sol".into(), "./No.sol".into())]);
}

#[test]
fn import_and_inheritance_cycles_end() {
    let project = Project::new(&[
        (
            "A.sol",
            "import \"./B.sol\"; import {X} from \"./B.sol\"; contract A is B {}",
        ),
        (
            "B.sol",
            "import \"./A.sol\"; import {X} from \"./A.sol\"; contract B is A, X {}",
        ),
    ]);
    assert_eq!(
        bases(&project, "A.sol:A").len() + bases(&project, "B.sol:B").len(),
        3
    );
    let own = Project::of("contract A is A { function f() external {} }");
    assert_eq!(own.unit("A.sol:A").entries.len(), 1);
}

#[test]
fn the_unit_of_a_contract() {
    unit(
        "pragma solidity ^0.8.0;
        interface I { function a(uint x) external; function v() external view returns (uint); }
        abstract contract B is I {
            uint256 internal first = 1;
            bool private lock;
            function a(uint256 x) public virtual {}
            function hidden() internal {}
            function own() private {}
            fallback() external payable virtual {}
        }
        contract C is B {
            uint256 public constant override v = 3;
            address immutable who = msg.sender;
            uint8 transient t;
            mapping(address => uint256) public sums;
            enum E { X }
            struct S { uint256 a; }
            constructor(uint256 p) payable {}
            function a(uint256 x) public override { super.a(x); }
            function b(I i, E e, S calldata s, uint256[2][] calldata l) external pure returns (uint256) {}
            fallback() external payable override {}
            receive() external payable {}
        }",
        "C",
        &expect![[r#"
            unit "C" kind=contract language=solidity platform=evm
              bases=["C", "B", "I"] {
              fact "pragma" "^0.8.0"
              state "B.first" : uint256 kind=mutable visibility=internal initial=int 1
              state "B.lock" : bool kind=mutable visibility=private initial=-
              state "C.v" : uint256 kind=constant visibility=public initial=int 3
              state "C.who" : address kind=immutable visibility=internal initial=-
              state "C.t" : uint8 kind=transient visibility=internal initial=-
              state "C.sums" : map<address, uint256> kind=mutable visibility=public initial=-
              entry "constructor" function="C.constructor(uint256)" kind=constructor mutability=payable dispatcher=-
              entry "a" function="C.a(uint256)" kind=function mutability=mutable dispatcher=-
              entry "b" function="C.b(I,E,S,uint256[2][])" kind=function mutability=pure dispatcher=-
              entry "fallback" function="C.fallback()" kind=fallback mutability=payable dispatcher=-
              entry "receive" function="C.receive()" kind=receive mutability=payable dispatcher=-
              entry "v" function="C.v()" kind=getter mutability=view dispatcher=-
              entry "sums" function="C.sums(address)" kind=getter mutability=view dispatcher=-
              dispatch "a(uint256)" ["C.a(uint256)", "B.a(uint256)"]
              dispatch "b(address,uint8,(uint256),uint256[2][])" ["C.b(I,E,S,uint256[2][])"]
              dispatch "fallback()" ["C.fallback()", "B.fallback()"]
              dispatch "hidden()" ["B.hidden()"]
              dispatch "receive()" ["C.receive()"]
              dispatch "sums(address)" ["C.sums(address)"]
              dispatch "v()" ["C.v()"]
              function "C.constructor(uint256)"
              function "C.a(uint256)"
              function "C.b(I,E,S,uint256[2][])"
              function "C.fallback()"
              function "C.receive()"
              function "C.v()"
              function "C.sums(address)"
              function "B.a(uint256)"
              function "B.hidden()"
              function "B.own()"
              function "B.fallback()"
            }
        "#]],
    );
}

#[test]
fn kinds_of_units() {
    let project = Project::of(
        "interface I {} library L { function f() external {} } abstract contract B {} contract C {} \
         function free() {} uint256 constant N = 1;",
    );
    let kinds: Vec<String> = project
        .program
        .units()
        .iter()
        .map(|u| format!("{} {}", u.name, u.kind.as_str()))
        .collect();
    assert_eq!(
        kinds,
        [
            "A.sol free",
            "A.sol:B abstract",
            "A.sol:C contract",
            "A.sol:I interface",
            "A.sol:L library"
        ]
    );
    assert_eq!(project.unit("A.sol").state[0].name, "A.sol:N");
}

#[test]
fn overridden_modifiers_give_the_heir_a_function_of_its_own() {
    let project = Project::of(
        "contract B { uint x; modifier m() virtual { _; } function f() external m { x = 1; } }
         contract D is B { modifier m() override { require(x == 0); _; } }
         contract E is D {}",
    );
    for unit in ["A.sol:D", "A.sol:E"] {
        let implementations = project.unit(unit).implementations("f()");
        assert_eq!(implementations, ["A.sol:D.f()", "A.sol:B.f()"]);
    }
    assert!(project.sir("D.f()").contains("abort revert"));
    assert!(!project.sir("B.f()").contains("abort revert"));
    let lowered = project.lowered("A.sol:D.f()");
    assert!(lowered.map.bodies.contains(&"A.sol:B.f()".into()));
}

#[test]
fn using_directives_attach_functions() {
    let project = Project::of(
        "pragma solidity ^0.8.0;
        struct P { uint256 x; }
        using {move_, neg as -} for P global;
        function move_(P memory p) pure {}
        function neg(P memory p) pure returns (P memory) { return p; }
        library L { function a(uint256 x) internal {} function a(address x) internal {} }
        library Any { function any(bytes32 b) internal {} }
        library Arr { function sum(uint256[] storage l) internal {} }
        contract B { using L for *; }
        contract C is B {
            using Any for bytes32; using Arr for uint256[]; uint256[] list;
            function f(uint256 x, address y, bytes32 z, P memory p) external {
                x.a(); y.a(); z.any(); list.sum(); p.move_();
            }
        }",
    );
    let sir = project.sir("C.f(uint256,address,bytes32,P)");
    for callee in [
        "L.a(uint256)",
        "L.a(address)",
        "Any.any(bytes32)",
        "Arr.sum(uint256[])",
        "move_(P)",
    ] {
        assert!(
            sir.contains(&format!("callee=function \"{callee}\"")),
            "{callee}: {sir}"
        );
    }
    assert!(sir.contains("storage-ref place=var \"C.list\""));
}

#[test]
fn the_pragma_decides_the_dialect() {
    let text = |pragma: &str| {
        format!(
            "{pragma} interface I {{ function v() external view returns (uint); }}
             contract A {{ function A(uint x) public {{}} function f(I i, uint a) public returns (uint) {{ return i.v() + a; }} }}"
        )
    };
    let old = Project::of(&text("pragma solidity ^0.4.0;"));
    assert!(old.sir("A.f(I,uint256)").contains("is_static=false"));
    assert!(old.sir("A.f(I,uint256)").contains("mode=wrapping"));
    old.sir("A.constructor(uint256)");
    let wide = Project::of(&text("pragma solidity >=0.5.0 <0.9.0;"));
    assert!(wide.sir("A.f(I,uint256)").contains("is_static=true"));
    assert!(wide.sir("A.f(I,uint256)").contains("mode=wrapping"));
    wide.sir("A.A(uint256)");
    let new = Project::of(&text("pragma solidity 0.8.19;"));
    assert!(new.sir("A.f(I,uint256)").contains("mode=checked"));
}

#[test]
fn contracts_before_0_6_are_abstract_without_saying_so() {
    let kind = |pragma: &str| {
        let text = format!(
            "pragma solidity {pragma}; contract A {{ uint[] l; function f() public; function g() public returns (uint) {{ return l.push(1) - 1; }} }} \
             contract B is A {{ function f() public {{}} }}"
        );
        let project = Project::of(&text);
        (
            project.unit("A.sol:A").kind.as_str(),
            project.unit("A.sol:B").kind.as_str(),
        )
    };
    assert_eq!(kind("^0.5.0"), ("abstract", "contract"));
    assert_eq!(kind("^0.6.0"), ("contract", "contract"));
}

#[test]
fn calls_with_other_arguments_go_to_a_missing_base() {
    let sir = |bases: &str| {
        let text = format!(
            "contract A {bases} {{ function fail(string memory s) internal {{}} function f() external {{ fail(); }} }}"
        );
        Project::of(&text).sir("A.f()")
    };
    assert!(sir("is Missing").contains("extern name=\"fail\""));
    assert!(sir("").contains("callee=virtual \"fail(string)\""));
}

#[test]
fn the_order_of_files_does_not_matter() {
    let files: Vec<(SmolStr, _)> = SAMPLES
        .iter()
        .enumerate()
        .map(|(at, text)| {
            let path = format!("{at}.sol");
            let parsed = Arc::new(parse(Language::Solidity, (*text).into()));
            let decls = outline(&path, &parsed).decls;
            (SmolStr::from(path), decls)
        })
        .collect();
    let mut reversed = files.clone();
    reversed.reverse();
    let layout = Layout::default();
    assert_eq!(link(&files, &layout), link(&reversed, &layout));
}

#[test]
fn editing_one_body_leaves_declarations_and_other_bodies_equal() {
    let before =
        "contract A { uint x = 1; function f() public { x = 1; } function g() public { x = 2; } }";
    let after = "contract A { uint x = 1; function f() public { x = 1; x = 5 + } function g() public { x = 2; } }";
    let outline_of =
        |text: &str| outline("A.sol", &Arc::new(parse(Language::Solidity, text.into())));
    let (old, new) = (outline_of(before), outline_of(after));
    assert_eq!(old.decls, new.decls);
    let changed: Vec<_> = old
        .bodies
        .iter()
        .zip(&new.bodies)
        .filter(|(a, b)| a != b)
        .map(|((name, _), _)| name.as_str())
        .collect();
    assert_eq!(changed, ["A.sol:A.f()"]);
    let other = outline_of(&before.replace("uint x = 1", "uint x = 2"));
    assert_ne!(
        old.decls, other.decls,
        "a literal initial value is part of the unit"
    );
}

#[test]
fn definitions_that_are_written_twice_are_lowered_twice() {
    let project = Project::of("contract A { function f() public {} function f() public {} }");
    project.sir("A.f()");
    project.sir("A.f()~2");
}
