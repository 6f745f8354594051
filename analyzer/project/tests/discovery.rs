//! Which files are found, in which role, and what is skipped and why.

mod support;

use pactward_base::Severity;
use pactward_policy::{FailOn, Scope};
use pactward_project::{ProjectError, Request, open};
use support::{Tree, files, skipped};

#[test]
fn a_folder_of_mixed_languages() {
    let tree = Tree::new(&[
        ("A.sol", "contract A {}"),
        ("B.t.sol", "contract B {}"),
        ("go/contract.go", "package main"),
        ("go/contract_test.go", "package main"),
        ("rust/src/lib.rs", "fn a() {}"),
        ("rust/tests/it.rs", "fn t() {}"),
        ("notes.md", "# no code"),
    ]);
    let project = tree.open(&["."]);
    assert_eq!(
        files(&project),
        [
            "A.sol source",
            "B.t.sol test",
            "go/contract.go source",
            "go/contract_test.go test",
            "rust/src/lib.rs source",
            "rust/tests/it.rs test",
        ]
    );
    assert_eq!(project.root, tree.root());
    assert_eq!(project.disk[0], tree.path("A.sol"));
    assert!(project.skipped.is_empty());
}

#[test]
fn ignore_files_hidden_and_foreign_directories_are_heeded() {
    let tree = Tree::new(&[
        (".gitignore", "generated/\n/local.sol\n"),
        (".hidden/H.sol", "contract H {}"),
        ("foundry.toml", ""),
        ("generated/G.sol", "contract G {}"),
        ("local.sol", "contract L {}"),
        ("lib/dep/src/D.sol", "contract D {}"),
        ("node_modules/x/X.sol", "contract X {}"),
        ("out/O.sol", "contract O {}"),
        ("src/S.sol", "contract S {}"),
        ("src/lib/Own.sol", "library Own {}"),
        ("src/vendor/Own.sol", "library Own {}"),
        ("go/go.mod", "module m"),
        ("go/vendor/v/v.go", "package v"),
        ("rust/Cargo.toml", "[package]\nname = \"r\""),
        ("rust/target/debug/t.rs", "fn t() {}"),
    ]);
    assert_eq!(
        files(&tree.open(&["."])),
        [
            "src/S.sol source",
            "src/lib/Own.sol source",
            "src/vendor/Own.sol source"
        ]
    );
}

#[test]
fn what_a_person_names_is_source_whatever_it_is_called() {
    let tree = Tree::new(&[
        (".git/HEAD", ""),
        (".gitignore", "node_modules\ngenerated/**\n"),
        ("node_modules/x/X.sol", "contract X {}"),
        ("node_modules/x/test/T.sol", "contract T {}"),
        ("generated/G.sol", "contract G {}"),
        ("test/A.sol", "contract A {}"),
        ("src/B_test.go", "package b"),
    ]);
    assert_eq!(
        files(&tree.open(&["node_modules/x"])),
        [
            "node_modules/x/X.sol source",
            "node_modules/x/test/T.sol test"
        ]
    );
    assert_eq!(
        files(&tree.open(&["generated"])),
        ["generated/G.sol source"]
    );
    assert_eq!(files(&tree.open(&["test"])), ["test/A.sol source"]);
    assert_eq!(
        files(&tree.open(&["src/B_test.go", ".", "test/A.sol"])),
        ["src/B_test.go source", "test/A.sol source"]
    );
}

#[test]
fn a_folder_of_nothing_but_tests_is_checked() {
    let tree = Tree::new(&[("p/tests/A.sol", ""), ("p/mocks/B.sol", ""), ("S.sol", "")]);
    let all = files(&tree.open(&["p"]));
    assert_eq!(all, ["mocks/B.sol source", "tests/A.sol source"]);
    let all = files(&tree.open(&["."]));
    assert_eq!(
        all,
        ["S.sol source", "p/mocks/B.sol test", "p/tests/A.sol test"]
    );
}

#[test]
fn the_root_is_found_upwards() {
    let tree = Tree::new(&[
        (".git/HEAD", ""),
        ("a/foundry.toml", ""),
        ("a/src/deep/A.sol", "contract A {}"),
    ]);
    let project = tree.open(&["a/src/deep"]);
    assert_eq!(files(&project), ["a/src/deep/A.sol source"]);

    let tree = Tree::new(&[
        ("Cargo.toml", "[workspace]\nmembers = [\"a\"]"),
        ("a/Cargo.toml", "[package]\nname = \"a\""),
        ("a/src/lib.rs", ""),
        ("b/B.sol", ""),
    ]);
    assert_eq!(files(&tree.open(&["a/src"])), ["a/src/lib.rs source"]);
    let both = tree.open(&["a/src", "b"]);
    assert_eq!(files(&both), ["a/src/lib.rs source", "b/B.sol source"]);

    let bare = Tree::new(&[("x/A.sol", ""), ("y/B.sol", "")]);
    assert_eq!(files(&bare.open(&["x"])), ["A.sol source"]);
    assert_eq!(
        files(&bare.open(&["x", "y/B.sol"])),
        ["x/A.sol source", "y/B.sol source"]
    );
}

#[test]
fn imports_outside_widen_the_root() {
    let tree = Tree::new(&[
        ("x/A.sol", "import \"../y/B.sol\";"),
        ("y/B.sol", "contract B {}"),
    ]);
    let project = tree.open(&["x"]);
    assert_eq!(files(&project), ["x/A.sol source", "y/B.sol dependency"]);
    assert_eq!(project.root, tree.root());
}

#[test]
fn the_configuration_is_found_and_heeded() {
    let tree = Tree::new(&[
        ("pactward.toml", "exclude = [\"gen\"]\nfail-on = \"high\"\n"),
        ("p/.git/HEAD", ""),
        ("p/src/A.sol", "import \"./gen/G.sol\";"),
        ("p/src/gen/G.sol", "contract G {}"),
        ("p/src/gen/H.sol", "contract H {}"),
    ]);
    let project = tree.open(&["p/src"]);
    assert_eq!(project.config.fail_on, Some(FailOn::At(Severity::High)));
    assert_eq!(project.scope, Scope::Above("p/".into()));
    // What is excluded is not checked; what the checked code imports still gives it meaning.
    assert_eq!(
        files(&project),
        ["src/A.sol source", "src/gen/G.sol dependency"]
    );

    let request = Request {
        paths: vec![tree.path("p/src")],
        no_config: true,
        ..Request::default()
    };
    assert_eq!(open(&request).unwrap().workspace.files.len(), 3);
}

#[test]
fn bad_requests_are_errors() {
    let tree = Tree::new(&[("A.sol", ""), ("pactward.toml", "fail-on = 1\n")]);
    let missing = Request {
        paths: vec![tree.path("nope")],
        ..Request::default()
    };
    let error = open(&missing).unwrap_err();
    assert!(matches!(error, ProjectError::Missing(_)));
    assert!(
        error
            .to_string()
            .contains("nope: no such file or directory\n  help: ")
    );
    let bad_config = Request {
        paths: vec![tree.root()],
        ..Request::default()
    };
    let error = open(&bad_config).unwrap_err().to_string();
    assert!(
        error.contains("pactward.toml:1:11: `fail-on` must be a string, not integer"),
        "{error}"
    );
    let no_config = Request {
        config: Some(tree.path("other.toml")),
        ..Request::default()
    };
    assert!(matches!(open(&no_config), Err(ProjectError::Missing(_))));
}

#[test]
fn overlays_stand_in_for_files() {
    let tree = Tree::new(&[("B.sol", "contract Old {}"), ("go.mod", "module m")]);
    let request = Request {
        paths: vec![tree.path("New.sol")],
        overlays: vec![
            (tree.path("New.sol"), b"import './B.sol';".to_vec()),
            (tree.path("B.sol"), b"contract Unsaved {}".to_vec()),
        ],
        ..Request::default()
    };
    let project = open(&request).unwrap();
    assert_eq!(files(&project), ["B.sol dependency", "New.sol source"]);
    assert_eq!(&*project.workspace.files[0].text, "contract Unsaved {}");
}

#[test]
fn what_is_no_text_is_skipped_with_a_reason() {
    let tree = Tree::new(&[("A.sol", "contract A {}"), ("README.md", "text")]);
    tree.write("Binary.sol", b"\0\x01");
    tree.write("Large.go", &vec![b' '; pactward_syntax::MAX_FILE_BYTES + 1]);
    tree.write(
        "deep.rs",
        "(".repeat(pactward_syntax::MAX_NESTING + 1).as_bytes(),
    );
    let project = tree.open(&[".", "README.md"]);
    assert_eq!(files(&project), ["A.sol source"]);
    assert_eq!(
        skipped(&project),
        [
            "Binary.sol: binary, no text",
            "Large.go: larger than 4 MB",
            "README.md: no Solidity, Go or Rust file",
            "deep.rs: brackets nest deeper than 256",
        ]
    );
}

#[cfg(unix)]
mod unix {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use support::link;

    #[test]
    fn links_pipes_and_sockets_neither_loop_nor_block() {
        let elsewhere = Tree::new(&[("E.sol", "contract E {}")]);
        let tree = Tree::new(&[
            ("src/A.sol", "contract A {}"),
            ("data/real.txt", "contract R {}"),
        ]);
        link(tree.root(), &tree.path("src/loop"));
        link(tree.path("src"), &tree.path("again"));
        link(elsewhere.root(), &tree.path("out-of-here"));
        link("self.sol", &tree.path("self.sol"));
        link("nowhere.sol", &tree.path("broken.sol"));
        link("data/real.txt", &tree.path("Linked.sol"));
        let made = std::process::Command::new("mkfifo")
            .arg(tree.path("pipe.sol"))
            .status()
            .unwrap();
        assert!(made.success());
        let _socket = std::os::unix::net::UnixListener::bind(tree.path("socket.go")).unwrap();
        let project = tree.open(&["."]);
        assert_eq!(files(&project), ["Linked.sol source", "src/A.sol source"]);
        let expected = [
            "broken.sol: a symbolic link that leads nowhere",
            "out-of-here: a symbolic link to another directory; name it to have it checked",
            "pipe.sol: a pipe, socket or device, no file",
            "self.sol: a symbolic link that leads nowhere",
            "socket.go: a pipe, socket or device, no file",
        ];
        assert_eq!(skipped(&project), expected);
        assert_eq!(skipped(&tree.open(&["pipe.sol"])), [expected[2]]);
        assert_eq!(files(&tree.open(&["out-of-here"])), ["E.sol source"]);
    }

    #[test]
    fn an_import_of_a_pipe_does_not_block() {
        let tree = Tree::new(&[("A.sol", "import './pipe.sol'; import './d.sol';")]);
        std::fs::create_dir(tree.path("d.sol")).unwrap();
        let made = std::process::Command::new("mkfifo")
            .arg(tree.path("pipe.sol"))
            .status()
            .unwrap();
        assert!(made.success());
        assert_eq!(files(&tree.open(&["A.sol"])), ["A.sol source"]);
    }

    #[test]
    fn unreadable_files_and_directories_are_skipped() {
        let tree = Tree::new(&[("A.sol", ""), ("B.sol", ""), ("d/C.sol", "")]);
        let close = |path: &str, mode| {
            let permissions = std::fs::Permissions::from_mode(mode);
            std::fs::set_permissions(tree.path(path), permissions).unwrap();
        };
        close("B.sol", 0);
        close("d", 0);
        // The superuser reads everything.
        let privileged = std::fs::read(tree.path("B.sol")).is_ok();
        let project = tree.open(&["."]);
        close("d", 0o755);
        if privileged {
            assert_eq!(project.workspace.files.len(), 3);
        } else {
            assert_eq!(files(&project), ["A.sol source"]);
            assert_eq!(
                skipped(&project),
                [
                    "B.sol: unreadable: permission denied",
                    "d: unreadable: permission denied"
                ]
            );
        }
    }

    #[test]
    fn names_that_are_no_text_are_read() {
        let tree = Tree::new(&[]);
        let name = OsStr::from_bytes(b"x\xff.sol");
        std::fs::write(tree.root().join(name), "contract X {}").unwrap();
        let project = tree.open(&["."]);
        assert_eq!(files(&project), ["x\\xff.sol source"]);
        assert_eq!(project.disk[0], tree.root().join(name));
    }
}
