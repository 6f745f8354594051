//! Files and folders that are not what they seem, standard input, build and configuration files.

use std::ffi::OsStr;
use std::process::Command;

use crate::case::{Case, survives};

#[test]
fn standard_input_of_any_kind() {
    let case = Case::new();
    let dash = OsStr::new("-");
    let name = OsStr::new("--stdin-filename=x.sol");
    for input in [
        &b""[..],
        b"\0\0",
        b"contract C {",
        &vec![b'('; 1 << 20],
        &vec![b'x'; 50 << 20],
    ] {
        survives(case.path(), &[dash, name], Some(input));
        survives(case.path(), &[dash], Some(input));
    }
}

#[test]
fn build_files_of_any_kind() {
    for (name, text) in [
        (
            "foundry.toml",
            "remappings = [\"=\", \"a=\", \"=b\", \"a=a/a\", 1, \"../=../\"]\n[profile.default]\nsrc = 3\nlibs = \"..\"",
        ),
        ("foundry.toml", "= = ="),
        ("remappings.txt", "a=b\na=a\n=\n@/=/\n../../=../../\n\u{0}"),
        ("go.mod", "module\nreplace => \nreplace a => /\nrequire ("),
        ("Cargo.toml", "[package\n"),
        (
            "Cargo.toml",
            "[workspace]\nmembers = [\"/\", \"../../..\", \"**/**/**\"]",
        ),
        ("package.json", "{\"name\": [[[[["),
        ("hardhat.config.js", "module.exports = {{{{"),
    ] {
        Case::new()
            .file(name, text)
            .file(
                "src/c.sol",
                "import 'a/b.sol'; import '@/x.sol'; contract C {}",
            )
            .file("main.go", "package main\nimport \"a/b\"\n")
            .file("src/lib.rs", "mod a;")
            .survives();
    }
}

#[test]
fn configuration_of_any_kind() {
    for text in [
        "",
        "= =",
        "select = 3",
        "[[[[[",
        "exclude = [\"[\", \"**/**\", \"{a,b\"]",
        "\u{0}",
    ] {
        let case = Case::new()
            .file("pactward.toml", text)
            .file("c.sol", "contract C {}");
        let output = Command::new(env!("CARGO_BIN_EXE_pactward"))
            .args(["check", "--lang", "en"])
            .arg(case.path())
            .output()
            .expect("the program runs");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(
            matches!(output.status.code(), Some(0 | 2)),
            "{text:?}: {said}"
        );
        assert!(!said.contains("internal error"), "{text:?}: {said}");
    }
}

#[cfg(unix)]
mod unix {
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::os::unix::net::UnixListener;

    use std::ffi::OsStr;
    use std::fs;
    use std::process::Command;

    use crate::case::{Case, survives};

    const CONTRACT: &str = "contract C { function f() external {} }\n";

    #[test]
    fn links_that_lead_around_or_nowhere() {
        let case = Case::new().file("a/c.sol", CONTRACT);
        symlink(case.path(), case.path().join("a/up")).expect("a link");
        symlink(case.path().join("a"), case.path().join("b")).expect("a link");
        symlink("self.sol", case.path().join("self.sol")).expect("a link");
        symlink("nowhere.sol", case.path().join("dangling.sol")).expect("a link");
        symlink("/dev/zero", case.path().join("zero.sol")).expect("a link");
        case.survives();
        let zero = case.path().join("zero.sol");
        survives(case.path(), &[zero.as_os_str()], None);
        let around = case.path().join("a/up/a/up/a/up");
        survives(case.path(), &[around.as_os_str()], None);
    }

    #[test]
    fn pipes_and_sockets_are_not_waited_for() {
        let case = Case::new().file("c.sol", CONTRACT);
        let pipe = case.path().join("pipe.sol");
        let made = Command::new("mkfifo").arg(&pipe).status().expect("mkfifo");
        assert!(made.success());
        let _socket = UnixListener::bind(case.path().join("s.sol")).expect("a socket");
        case.survives();
        let said = survives(case.path(), &[pipe.as_os_str()], None);
        assert!(said.contains("pipe.sol"), "{said}");
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let case = Case::new()
            .file("secret.sol", CONTRACT)
            .file("shut/c.sol", CONTRACT);
        let lock = |name: &str, mode: u32| {
            let path = case.path().join(name);
            fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("a mode");
        };
        lock("secret.sol", 0o000);
        lock("shut", 0o000);
        let said = case.survives();
        let unreadable = fs::read(case.path().join("secret.sol")).is_err();
        lock("shut", 0o755);
        // The superuser reads everything.
        assert!(!unreadable || said.contains("secret.sol"), "{said}");
    }

    #[test]
    fn names_of_all_kinds() {
        let case = Case::new()
            .file("dir.sol/dir.go/c.rs", "fn f() {}")
            .file("-.sol", CONTRACT)
            .file("--help.sol", CONTRACT)
            .file("a b\tc\n\u{1b}[31m.sol", CONTRACT)
            .file(&format!("{}.sol", "l".repeat(250)), CONTRACT)
            .file(".hidden.sol", CONTRACT)
            .file("UPPER.SOL", CONTRACT);
        let odd = case.path().join(OsStr::from_bytes(b"\xff\xfe.sol"));
        fs::write(odd, CONTRACT).expect("a file");
        let said = case.survives();
        assert!(
            !said.contains('\u{1b}'),
            "a file name reached the terminal raw: {said:?}"
        );
    }

    #[test]
    fn folders_in_folders() {
        let mut deep = String::new();
        for _ in 0..400 {
            deep.push_str("d/");
        }
        Case::new()
            .file(&format!("{deep}c.sol"), CONTRACT)
            .survives();
    }
}
