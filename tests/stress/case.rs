//! Folders of hostile files, and a run of the program over them.

use std::ffi::OsStr;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// Far more than any of these inputs needs on a slow machine, far less than a hang.
const LIMIT: Duration = Duration::from_mins(1);

/// Resident memory that none of these inputs may need.
const MOST_KILOBYTES: u64 = 2 << 20;

/// A folder of hostile files.
pub(crate) struct Case {
    folder: TempDir,
}

impl Case {
    pub(crate) fn new() -> Self {
        Self {
            folder: tempfile::tempdir().expect("a temporary folder"),
        }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn file(self, name: &str, text: impl AsRef<[u8]>) -> Self {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, text).expect("a file");
        self
    }

    /// Checks the whole folder and gives what the program said on standard error.
    pub(crate) fn survives(&self) -> String {
        survives(self.path(), &[self.path().as_os_str()], None)
    }

    /// Checks the folder, and expects that the file is named as not analysed.
    pub(crate) fn survives_naming(&self, name: &str) {
        let said = self.survives();
        assert!(said.contains(name), "nothing is said of {name}: {said}");
    }
}

pub(crate) fn survives(folder: &Path, paths: &[&OsStr], input: Option<&[u8]>) -> String {
    let output = run(folder, paths, input);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    match output.status.code() {
        Some(0..=2) => (),
        Some(code) => panic!("exit code {code}: {said}"),
        None => panic!("ended by a signal: {said}"),
    }
    assert!(!said.contains("internal error"), "{said}");
    assert!(!said.contains("panicked"), "{said}");
    said
}

/// Runs `pactward check`, and ends it when it does not end itself.
fn run(folder: &Path, paths: &[&OsStr], input: Option<&[u8]>) -> Output {
    let start = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_pactward"))
        .args([
            "check",
            "--format",
            "concise",
            "--lang",
            "en",
            "--no-config",
        ])
        .args(paths)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    let input = input.unwrap_or_default().to_vec();
    thread::spawn(move || {
        // The program may end without reading everything.
        let _ = stdin.write_all(&input);
    });
    let id = child.id();
    let waiter = thread::spawn(move || child.wait_with_output());
    while !waiter.is_finished() {
        let kilobytes = peak_kilobytes(id);
        if start.elapsed() > LIMIT || kilobytes > MOST_KILOBYTES {
            let _ = Command::new("kill").args(["-9", &id.to_string()]).status();
            panic!("{:?} and {kilobytes} kB with {paths:?}", start.elapsed());
        }
        thread::sleep(Duration::from_millis(5));
    }
    let output = waiter.join().expect("the waiting thread");
    output.expect("the program ends")
}

/// The most memory that a process has used so far, where the system tells it.
fn peak_kilobytes(id: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok())
        .unwrap_or_default()
}
