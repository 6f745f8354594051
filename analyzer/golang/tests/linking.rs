//! Packages, imports and declarations.

mod support;

use std::collections::BTreeMap;
use std::sync::Arc;

use expect_test::expect;
use pactward_base::{GoModule, Language, Layout};
use pactward_syntax::parse;
use support::Workspace;

const MAIN: &str = r#"
package main

import (
	"example.com/app/util"
	"example.com/lib"
	other "example.com/vendored/pkg"
	. "example.com/app/dots"
	"github.com/nobody/knows"
)

func run() int {
	knows.Nothing()
	return util.One() + lib.Two() + other.Three() + Four()
}
"#;

#[test]
fn imports_lead_through_modules_replacements_and_vendor() {
    let layout = Layout {
        go_modules: vec![
            GoModule {
                dir: "app".into(),
                path: "example.com/app".into(),
                replaces: BTreeMap::from([("example.com/lib".into(), "shared/lib".into())]),
                requires: BTreeMap::new(),
            },
            GoModule {
                dir: "elsewhere".into(),
                path: "example.com/elsewhere".into(),
                ..GoModule::default()
            },
        ],
        ..Layout::default()
    };
    let workspace = Workspace::with_layout(
        &[
            ("app/main.go", MAIN),
            (
                "app/util/a.go",
                "package util\nfunc One() int { return 1 }\n",
            ),
            (
                "app/dots/a.go",
                "package dots\nfunc Four() int { return 4 }\n",
            ),
            (
                "shared/lib/a.go",
                "package lib\nfunc Two() int { return 2 }\n",
            ),
            (
                "app/vendor/example.com/vendored/pkg/a.go",
                "package vendored\nfunc Three() int { return 3 }\n",
            ),
        ],
        &layout,
    );
    expect![[r#"
        fn "app/main.go:run" kind=function visibility=internal mutability=mutable
          params=[] returns=[int64] {
        b0:
          %0: unknown = extern name="github.com/nobody/knows.Nothing" args=[]
          %1: int64 = call callee=function "app/util/a.go:One" args=[]
          %2: int64 = call callee=function "shared/lib/a.go:Two" args=[]
          %3: int64 = binary op=add left=%1 right=%2 mode=wrapping
          %4: int64 = call callee=function "app/vendor/example.com/vendored/pkg/a.go:Three" args=[]
          %5: int64 = binary op=add left=%3 right=%4 mode=wrapping
          %6: int64 = call callee=function "app/dots/a.go:Four" args=[]
          %7: int64 = binary op=add left=%5 right=%6 mode=wrapping
          return ok [%7]
        }
    "#]]
    .assert_eq(&workspace.sir(&["main.go:run"]));
    assert_eq!(
        workspace.program.unresolved(),
        [("app/main.go".into(), "github.com/nobody/knows".into())]
    );
}

#[test]
fn imports_without_a_module_file_lead_to_the_directory_of_their_name() {
    let workspace = Workspace::new(&[
        (
            "cc/main.go",
            "package main\nimport \"mycontract/utils\"\nfunc run() int { return utils.One() }\n",
        ),
        (
            "cc/utils/a.go",
            "package utils\nfunc One() int { return 1 }\n",
        ),
    ]);
    let text = workspace.sir(&["main.go:run"]);
    assert!(
        text.contains("call callee=function \"cc/utils/a.go:One\""),
        "{text}"
    );
}

fn contract(name: &str, method: &str) -> String {
    format!(
        "package main\nimport \"chainmaker.org/chainmaker/contract-sdk-go/v2/pb/protogo\"\nimport \"chainmaker.org/chainmaker/contract-sdk-go/v2/sdk\"\ntype {name} struct{{}}\nfunc (c *{name}) InitContract() protogo.Response {{ return sdk.Success(nil) }}\nfunc (c *{name}) InvokeContract(method string) protogo.Response {{\n\tif method == \"{method}\" {{\n\t\treturn c.{method}()\n\t}}\n\treturn sdk.Error(\"\")\n}}\nfunc (c *{name}) {method}() protogo.Response {{ return sdk.Success([]byte(shared)) }}\nfunc main() {{}}\n"
    )
}

#[test]
fn files_that_declare_the_same_are_contracts_of_their_own() {
    let (first, second) = (contract("C", "pay"), contract("C", "take"));
    let workspace = Workspace::new(&[
        ("flat/a.go", &first),
        ("flat/b.go", &second),
        ("flat/shared.go", "package main\nconst shared = \"s\"\n"),
    ]);
    expect![[r"
        flat/a.go contract chainmaker-docker-go
          init InitContract = flat/a.go:C.InitContract
          function pay = flat/a.go:C.pay via flat/a.go:C.InvokeContract
        flat/b.go contract chainmaker-docker-go
          init InitContract = flat/b.go:C.InitContract
          function take = flat/b.go:C.take via flat/b.go:C.InvokeContract
    "]]
    .assert_eq(&workspace.entries());
    let text = workspace.sir(&["C.take"]);
    assert!(text.contains("const value=str \"s\""), "{text}");
}

#[test]
fn tests_are_apart_and_see_what_they_test() {
    let workspace = Workspace::new(&[
        (
            "p/a.go",
            "package p\ntype T struct{ n int }\nfunc (t *T) get() int { return t.n }\n",
        ),
        (
            "p/a_test.go",
            "package p\nfunc check(t *T) int { return t.get() }\n",
        ),
        (
            "p/b_test.go",
            "package p_test\nimport \"p\"\nfunc look(t *p.T) {}\n",
        ),
    ]);
    let text = workspace.sir(&["check", "look"]);
    expect![[r#"
        fn "p/a_test.go:check" kind=function visibility=internal mutability=mutable
          params=[("t", pointer<struct "p:T">)] returns=[int64] {
        b0:
          %0: pointer<struct "p:T"> = param index=0
          %1: int64 = call callee=function "p/a.go:T.get" args=[%0]
          return ok [%1]
        }
        fn "p/b_test.go:look" kind=function visibility=internal mutability=mutable
          params=[("t", pointer<struct "p:T">)] returns=[] {
        b0:
          %0: pointer<struct "p:T"> = param index=0
          return ok []
        }
    "#]]
    .assert_eq(&text);
}

#[test]
fn declarations_stay_while_a_body_is_edited() {
    let decls = |text: &str| {
        let parsed = Arc::new(parse(Language::Go, text.into()));
        pactward_golang::outline("a.go", &parsed).decls
    };
    let before = contract("C", "pay");
    let edited = before.replace(
        "sdk.Success([]byte(shared))",
        "sdk.Error(\"changed\" + \"much\")",
    );
    let moved = format!("// A comment.\n\n{before}");
    assert_eq!(decls(&before), decls(&edited));
    assert_eq!(decls(&before), decls(&moved));
    assert_ne!(decls(&before), decls(&before.replace("pay", "give")));
}

#[test]
fn the_order_of_files_does_not_matter() {
    let files = [
        (
            "b/b.go",
            "package b\ntype I interface{ M() int }\nvar V I\n",
        ),
        (
            "a/a.go",
            "package a\ntype T struct{}\nfunc (T) M() int { return 1 }\n",
        ),
        (
            "c/c.go",
            "package c\nimport \"x/b\"\nfunc f() int { return b.V.M() }\n",
        ),
    ];
    let link = |order: [usize; 3]| {
        let decls: Vec<_> = order
            .iter()
            .map(|i| {
                let (path, text) = files[*i];
                let parsed = Arc::new(parse(Language::Go, text.into()));
                (path.into(), pactward_golang::outline(path, &parsed).decls)
            })
            .collect();
        pactward_golang::link(&decls, &Layout::default())
    };
    assert_eq!(link([0, 1, 2]), link([2, 1, 0]));
    let text = Workspace::new(&files).sir(&["c.go:f"]);
    assert!(text.contains("one-of [\"a/a.go:T.M\"]"), "{text}");
}

#[test]
fn contracts_are_recognised_under_every_import_path() {
    for (shim, peer) in [
        (
            "hyperledger/fabric/core/chaincode/shim",
            "hyperledger/fabric/protos/peer",
        ),
        (
            "hyperledger/fabric-chaincode-go/shim",
            "hyperledger/fabric-protos-go/peer",
        ),
        (
            "hyperledger/fabric-chaincode-go/v2/shim",
            "hyperledger/fabric-protos-go-apiv2/peer",
        ),
    ] {
        let text = format!(
            "package main\nimport (\n\t\"github.com/{shim}\"\n\tpb \"github.com/{peer}\"\n)\ntype C struct{{}}\nfunc (c *C) Init(stub shim.ChaincodeStubInterface) pb.Response {{ return shim.Success(nil) }}\nfunc (c *C) Invoke(stub shim.ChaincodeStubInterface) pb.Response {{ return shim.Success(nil) }}\n"
        );
        let entries = Workspace::new(&[("cc/a.go", &text)]).entries();
        assert!(
            entries.starts_with("cc contract fabric\n  init Init"),
            "{entries}"
        );
    }
    for version in ["", "/v2"] {
        let text = format!(
            "package main\nimport \"github.com/hyperledger/fabric-contract-api-go{version}/contractapi\"\ntype Context struct {{ contractapi.TransactionContext }}\ntype Base struct {{ contractapi.Contract }}\ntype C struct {{ Base }}\nfunc (b *Base) Shared(ctx *Context) error {{ return nil }}\nfunc (c *C) Own(ctx contractapi.TransactionContextInterface, n int) error {{ return nil }}\nfunc (c *C) hidden(ctx contractapi.TransactionContextInterface) error {{ return nil }}\nfunc (c *C) Helper(n int) int {{ return n }}\n"
        );
        let entries = Workspace::new(&[("cc/a.go", &text)]).entries();
        assert_eq!(
            entries,
            "cc contract fabric\n  function Own = cc/a.go:C.Own\n  function Shared = cc/a.go:Base.Shared\n"
        );
    }
}
