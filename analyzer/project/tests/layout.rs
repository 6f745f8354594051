//! Imports are followed as the build tools of each language would, and no further.

mod support;

use std::collections::BTreeMap;

use support::{Tree, files};

/// Every import of the workspace leads to the file that was loaded for it.
fn resolves(project: &pactward_project::Project, importer: &str, import: &str) -> Option<String> {
    let candidates = project
        .workspace
        .layout
        .solidity_candidates(importer, import);
    let found = candidates
        .into_iter()
        .find(|c| project.workspace.find(c).is_some());
    found.map(|c| c.to_string())
}

#[test]
fn node_modules_are_searched_upwards_and_lazily() {
    let tree = Tree::new(&[
        ("package.json", "{}"),
        (
            "packages/a/contracts/A.sol",
            "import '@oz/T.sol'; import {B} from 'b/B.sol';",
        ),
        ("packages/a/node_modules/b/B.sol", "import './C.sol';"),
        ("packages/a/node_modules/b/C.sol", "import '@oz/U.sol';"),
        ("packages/a/node_modules/b/Unused.sol", ""),
        ("node_modules/@oz/T.sol", ""),
        ("node_modules/@oz/U.sol", ""),
        ("node_modules/@oz/Unused.sol", ""),
    ]);
    let project = tree.open(&["packages"]);
    assert_eq!(
        files(&project),
        [
            "node_modules/@oz/T.sol dependency",
            "node_modules/@oz/U.sol dependency",
            "packages/a/contracts/A.sol source",
            "packages/a/node_modules/b/B.sol dependency",
            "packages/a/node_modules/b/C.sol dependency",
        ]
    );
    let at = |importer, import| resolves(&project, importer, import);
    let a = "packages/a/contracts/A.sol";
    assert_eq!(
        at(a, "@oz/T.sol").as_deref(),
        Some("node_modules/@oz/T.sol")
    );
    assert_eq!(
        at(a, "b/B.sol").as_deref(),
        Some("packages/a/node_modules/b/B.sol")
    );
    assert_eq!(at(a, "@oz/None.sol"), None);
}

#[test]
fn foundry_libraries_and_remappings() {
    let tree = Tree::new(&[
        (
            "foundry.toml",
            "[profile.default]\nlibs = [\"lib\", \"dependencies\"]\nremappings = [\"@own/=src/own/\", \"src/old:@v/=lib/v1/\"]\n",
        ),
        ("remappings.txt", "@map/=lib/mapped/contracts/\n"),
        (
            "src/A.sol",
            "import '@own/O.sol'; import '@map/M.sol'; import 'solmate/tokens/T.sol'; import 'ds-test/test.sol'; import '@openzeppelin/contracts/X.sol'; import 'src/B.sol'; import 'soldeer/S.sol'; import 'forge-std/src/F.sol'; import '@scoped/P.sol';",
        ),
        ("src/B.sol", ""),
        ("src/own/O.sol", ""),
        ("src/old/Old.sol", "import '@v/V.sol';"),
        ("lib/mapped/contracts/M.sol", ""),
        ("lib/v1/V.sol", ""),
        ("lib/solmate/src/tokens/T.sol", "import '../utils/U.sol';"),
        ("lib/solmate/src/utils/U.sol", ""),
        ("lib/solmate/lib/ds-test/src/test.sol", ""),
        ("lib/forge-std/src/F.sol", ""),
        (
            "lib/oz/remappings.txt",
            "@openzeppelin/contracts/=contracts/\n",
        ),
        ("lib/oz/contracts/X.sol", ""),
        (
            "lib/scoped/contracts/package.json",
            "{\"name\": \"@scoped\"}",
        ),
        ("lib/scoped/contracts/P.sol", ""),
        ("dependencies/soldeer/S.sol", ""),
        ("lib/solmate/src/Unused.sol", ""),
    ]);
    let project = tree.open(&["src"]);
    let dependencies: Vec<_> = files(&project)
        .into_iter()
        .filter_map(|f| Some(f.strip_suffix(" dependency")?.to_owned()))
        .collect();
    assert_eq!(
        dependencies,
        [
            "dependencies/soldeer/S.sol",
            "lib/forge-std/src/F.sol",
            "lib/mapped/contracts/M.sol",
            "lib/oz/contracts/X.sol",
            "lib/scoped/contracts/P.sol",
            "lib/solmate/lib/ds-test/src/test.sol",
            "lib/solmate/src/tokens/T.sol",
            "lib/solmate/src/utils/U.sol",
            "lib/v1/V.sol",
        ]
    );
    let old = resolves(&project, "src/old/Old.sol", "@v/V.sol");
    assert_eq!(old.as_deref(), Some("lib/v1/V.sol"));
    assert_eq!(resolves(&project, "src/A.sol", "@v/V.sol"), None);
}

#[test]
fn import_cycles_end() {
    let tree = Tree::new(&[
        ("A.sol", "import './B.sol';"),
        ("B.sol", "import './A.sol'; import './B.sol';"),
    ]);
    assert_eq!(
        files(&tree.open(&["A.sol"])),
        ["A.sol source", "B.sol dependency"]
    );
}

#[test]
fn an_import_never_reads_beyond_source_files() {
    let tree = Tree::new(&[
        ("p/.git/HEAD", ""),
        (
            "p/A.sol",
            "import '../secret.txt'; import '/etc/passwd'; import 'etc/passwd';",
        ),
        ("secret.txt", "x"),
    ]);
    let project = tree.open(&["p"]);
    assert_eq!(files(&project), ["A.sol source"]);
    assert!(project.skipped.is_empty());
}

#[test]
fn go_packages_replacements_and_vendor() {
    let tree = Tree::new(&[
        (
            "cc/go.mod",
            "module example.org/cc\n\nrequire example.org/shared v0.0.0\nreplace example.org/shared => ../shared\n",
        ),
        (
            "cc/main.go",
            "package main\nimport (\n\t\"fmt\"\n\t\"example.org/cc/model\"\n\t\"example.org/shared/keys\"\n\t\"github.com/x/sdk/shim\"\n)\n",
        ),
        ("cc/helper.go", "package main"),
        ("cc/main_test.go", "package main"),
        ("cc/model/model.go", "package model"),
        ("cc/model/model_test.go", "package model"),
        ("cc/unused/unused.go", "package unused"),
        (
            "cc/vendor/github.com/x/sdk/shim/shim.go",
            "package shim\nimport (\"github.com/x/sdk/proto\"; \"google.golang.org/grpc\")",
        ),
        ("cc/vendor/github.com/x/sdk/proto/p.go", "package proto"),
        ("cc/vendor/google.golang.org/grpc/grpc.go", "package grpc"),
        ("shared/go.mod", "module example.org/shared"),
        (
            "shared/keys/keys.go",
            "package keys\nimport \"example.org/shared/base\"",
        ),
        ("shared/base/base.go", "package base"),
    ]);
    let project = tree.open(&["cc/main.go"]);
    assert_eq!(
        files(&project),
        [
            "cc/helper.go dependency",
            "cc/main.go source",
            "cc/model/model.go dependency",
            "cc/vendor/github.com/x/sdk/proto/p.go dependency",
            "cc/vendor/github.com/x/sdk/shim/shim.go dependency",
            "shared/base/base.go dependency",
            "shared/keys/keys.go dependency",
        ]
    );
    let modules: BTreeMap<_, _> = project
        .workspace
        .layout
        .go_modules
        .iter()
        .map(|m| (m.dir.as_str(), m))
        .collect();
    let cc = modules["cc"];
    assert_eq!(cc.path, "example.org/cc");
    assert_eq!(cc.replaces["example.org/shared"], "shared");
    assert_eq!(
        cc.replaces["github.com/x/sdk/shim"],
        "cc/vendor/github.com/x/sdk/shim"
    );
    assert_eq!(modules["shared"].path, "example.org/shared");
}

#[test]
fn go_workspaces() {
    let tree = Tree::new(&[
        ("go.work", "go 1.21\nuse (\n\t./a\n\t./b\n)\n"),
        ("a/go.mod", "module x.org/a"),
        ("a/a.go", "package a\nimport \"x.org/b/deep\""),
        ("b/go.mod", "module x.org/b"),
        ("b/deep/d.go", "package deep"),
    ]);
    assert_eq!(
        files(&tree.open(&["a"])),
        ["a/a.go source", "b/deep/d.go dependency"]
    );
}

#[test]
fn rust_modules_members_and_path_dependencies() {
    let tree = Tree::new(&[
        (
            "Cargo.toml",
            "[workspace]\nmembers = [\"a\"]\n[workspace.dependencies]\nmy-base = { path = \"base\" }\n[profile.release]\noverflow-checks = true\n",
        ),
        (
            "a/Cargo.toml",
            "[package]\nname = \"contract-a\"\n[dependencies]\nmy-base = { workspace = true }\nstd2 = { package = \"cosmwasm-std\", version = \"2\" }\n[dependencies.other]\npath = \"../other\"\n",
        ),
        ("a/src/lib.rs", "mod state; mod msg { mod inner; }"),
        ("a/src/state.rs", "mod deep;"),
        ("a/src/state/deep.rs", ""),
        ("a/src/msg/inner.rs", ""),
        ("a/src/orphan.rs", ""),
        (
            "base/Cargo.toml",
            "[package]\nname = \"my-base\"\n[lib]\nname = \"base2\"\npath = \"root.rs\"",
        ),
        ("base/root.rs", "#[path = \"odd.rs\"] mod odd;"),
        ("base/odd.rs", ""),
        ("base/unused.rs", ""),
        ("other/Cargo.toml", "[package]\nname = \"other\""),
        ("other/src/lib.rs", ""),
    ]);
    let project = tree.open(&["a/src/state.rs"]);
    assert_eq!(
        files(&project),
        [
            "a/src/lib.rs dependency",
            "a/src/msg/inner.rs dependency",
            "a/src/state.rs source",
            "a/src/state/deep.rs dependency",
            "base/odd.rs dependency",
            "base/root.rs dependency",
            "other/src/lib.rs dependency",
        ]
    );
    let crates = &project.workspace.layout.rust_crates;
    let a = crates.iter().find(|c| c.dir == "a").unwrap();
    assert_eq!(
        (a.name.as_str(), a.root.as_str()),
        ("contract_a", "a/src/lib.rs")
    );
    assert!(a.overflow_checks);
    assert_eq!(a.dependencies["std2"], "cosmwasm-std");
    assert_eq!(a.local_dependencies["my_base"], "base");
    assert_eq!(a.local_dependencies["other"], "other");
    let base = crates.iter().find(|c| c.dir == "base").unwrap();
    assert_eq!(
        (base.name.as_str(), base.root.as_str()),
        ("base2", "base/root.rs")
    );
}
