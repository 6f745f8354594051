//! Input that cannot be used: what, where, how to mend it, and exit code 2.

use crate::support::{BANK, Place};

/// Runs, expects exit code 2 and nothing on standard output, and yields standard error.
fn refused(place: &Place, args: &[&str]) -> String {
    let ended = place.run(args);
    assert_eq!(
        (ended.code, ended.out.as_str()),
        (2, ""),
        "{args:?}: {}",
        ended.err
    );
    assert!(ended.err.starts_with("error: "), "{args:?}: {}", ended.err);
    ended.err
}

#[test]
fn mistakes_on_the_command_line() {
    let place = Place::new(&[("Bank.sol", BANK)]);
    let cases: &[(&[&str], &[&str])] = &[
        (
            &["check", "--frmat", "json"],
            &["no option `--frmat`", "did you mean `--format`?"],
        ),
        (&["chek"], &["no command `chek`", "did you mean `check`?"]),
        (
            &["check", "--format", "xml"],
            &[
                "`xml` is no value for `--format",
                "text, concise, json, sarif",
            ],
        ),
        (
            &["check", "--fail-on", "hgh"],
            &[
                "`hgh` is no value",
                "critical, high, medium, low, info, never",
            ],
        ),
        (&["check", "--diff", "--fix"], &["cannot be used together"]),
        (
            &["check", "--select", "state-after-cal"],
            &[
                "no rule or category is called `state-after-cal`",
                "did you mean `state-after-call`?",
            ],
        ),
        (
            &["check", "nowhere.sol"],
            &[
                "nowhere.sol: no such file or directory",
                "check the spelling",
            ],
        ),
        (
            &["check", "-"],
            &["standard input has no file name", "--stdin-filename"],
        ),
        (
            &["check", "-", "--stdin-filename", "Bank"],
            &["names no language", "--stdin-filename"],
        ),
        (
            &["check", "-", "--stdin-filename", "B.sol", "--fix"],
            &["cannot change standard input", "--diff"],
        ),
        (
            &["check", "--stdin-filename", "B.sol"],
            &["`-` is not among the paths", "add `-`"],
        ),
        (
            &["check", "--config", "other.toml"],
            &["other.toml: no such file"],
        ),
        (
            &["explain", "reentrancy-bug"],
            &["no rule is called `reentrancy-bug`"],
        ),
        (&["explain", "lost-updat"], &["did you mean `lost-update`?"]),
        (
            &["dump", "sir", "--name", "Bank.sol:Bnk"],
            &["called `Bank.sol:Bnk`", "did you mean `Bank.sol:Bank`?"],
        ),
        (&["dump"], &["no command"]),
        (&[], &["no command"]),
    ];
    for (args, expected) in cases {
        let err = refused(&place, args);
        for part in *expected {
            assert!(err.contains(part), "{args:?} lacks {part:?}: {err}");
        }
    }
}

#[test]
fn mistakes_are_told_in_chinese() {
    let place = Place::new(&[("Bank.sol", BANK)]);
    let ended = place.run(&["check", "nowhere.sol", "--lang", "zh"]);
    assert_eq!(ended.code, 2);
    assert_eq!(
        ended.err,
        "错误: nowhere.sol：文件或目录不存在\n  帮助: 请检查拼写，或给出存在的路径\n"
    );
    let ended = place.run(&["check", "--lang=zh", "--frmat"]);
    assert!(ended.err.contains("没有选项 `--frmat`"), "{}", ended.err);
    let mut command = place.command(&["check", "nowhere.sol"]);
    let output = command.env("LC_ALL", "zh_CN.UTF-8").output().unwrap();
    assert!(
        String::from_utf8(output.stderr)
            .unwrap()
            .starts_with("错误")
    );
}

#[test]
fn output_that_cannot_be_written_is_told_before_the_work() {
    let place = Place::new(&[]);
    std::fs::create_dir(place.path().join("dir")).unwrap();
    for target in ["dir", "missing/report.txt", "/proc/report.txt"] {
        // The path does not exist either: the output is looked at first.
        let err = refused(&place, &["check", "nowhere.sol", "--output", target]);
        assert!(
            err.contains(&format!("{target}: cannot be written")),
            "{err}"
        );
        assert!(err.contains("help: "), "{err}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told() {
    let place = Place::new(&[("Bank.sol", BANK)]);
    let full = std::fs::OpenOptions::new()
        .write(true)
        .open("/dev/full")
        .unwrap();
    let output = place.command(&["check"]).stdout(full).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(
        String::from_utf8(output.stderr)
            .unwrap()
            .contains("cannot write the result")
    );
    let ended = place.run(&["check", "--output", "/dev/full"]);
    assert_eq!(ended.code, 2, "{}", ended.err);
}

#[test]
fn a_mistaken_configuration_is_told_with_its_place() {
    let place = Place::new(&[("Bank.sol", BANK)]);
    place.write(
        "pactward.toml",
        "preview = true\nselect = [\"state-after-cal\"]\n",
    );
    let err = refused(&place, &["check"]);
    assert!(err.contains("pactward.toml:2:"), "{err}");
    let chinese = place.run(&["check", "--lang", "zh"]).err;
    assert!(chinese.contains("没有名为"), "{chinese}");
    assert!(err.contains("state-after-call"), "{err}");
}

#[test]
fn a_place_without_contracts_is_no_clean_result() {
    let place = Place::new(&[("notes.txt", "hello")]);
    assert!(refused(&place, &["check"]).contains("no Solidity, Go or Rust file"));
    assert!(refused(&place, &["check", "notes.txt"]).contains("notes.txt: cannot be checked"));
}
