//! Where the result goes.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, IsTerminal, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::failure::Failure;
use crate::say::Say;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// A target that was found writable before the work began.
pub(crate) enum Output {
    Stdout,
    /// A regular file: it is written beside its place and moved there at the end, so that no one
    /// sees half of it.
    File(PathBuf, NamedTempFile),
    /// A device or pipe.
    Stream(PathBuf, File),
}

impl Output {
    /// Opens the target.
    pub(crate) fn open(path: Option<&Path>, say: Say) -> Result<Self, Failure> {
        let Some(path) = path else {
            return Ok(Self::Stdout);
        };
        open_file(path).map_err(|e| unwritable(path, &e, say))
    }

    pub(crate) fn is_terminal(&self) -> bool {
        matches!(self, Self::Stdout) && std::io::stdout().is_terminal()
    }

    /// Writes the whole result. A reader that has gone away is no failure: it has seen what it
    /// wanted.
    pub(crate) fn write(self, text: &str, say: Say) -> Result<(), Failure> {
        match self {
            Self::Stdout => {
                let mut stdout = std::io::stdout().lock();
                let written = stdout
                    .write_all(text.as_bytes())
                    .and_then(|()| stdout.flush());
                match written {
                    Err(e) if e.kind() != ErrorKind::BrokenPipe => {
                        let message = say.text("write-failed", &[("why", &e.to_string())]);
                        Err(Failure::new(message).help(say.plain("write-failed-help")))
                    }
                    _ => Ok(()),
                }
            }
            Self::File(path, mut file) => {
                let written = file.write_all(text.as_bytes()).and_then(|()| file.flush());
                written
                    .and_then(|()| file.persist(&path).map(|_| ()).map_err(|e| e.error))
                    .map_err(|e| unwritable(&path, &e, say))
            }
            Self::Stream(path, mut file) => match file.write_all(text.as_bytes()) {
                Err(e) if e.kind() != ErrorKind::BrokenPipe => Err(unwritable(&path, &e, say)),
                _ => Ok(()),
            },
        }
    }
}

fn open_file(path: &Path) -> std::io::Result<Output> {
    let target = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    match std::fs::metadata(&target) {
        Ok(meta) if meta.is_file() => {
            OpenOptions::new().append(true).open(&target)?;
            let file = beside(&target)?;
            file.as_file().set_permissions(meta.permissions())?;
            Ok(Output::File(target, file))
        }
        Ok(_) => {
            let file = OpenOptions::new().write(true).open(&target)?;
            Ok(Output::Stream(target, file))
        }
        Err(_) => {
            let file = beside(&target)?;
            set_usual_permissions(file.as_file())?;
            Ok(Output::File(target, file))
        }
    }
}

/// A temporary file in the directory of the target, so that moving it there is one step.
fn beside(target: &Path) -> std::io::Result<NamedTempFile> {
    if target.file_name().is_none() {
        return Err(std::io::Error::from(ErrorKind::IsADirectory));
    }
    let dir = target.parent().filter(|d| !d.as_os_str().is_empty());
    tempfile::Builder::new()
        .prefix(".pactward-")
        .tempfile_in(dir.unwrap_or(Path::new(".")))
}

/// Temporary files are private; a report is for whoever may read its directory.
#[cfg(unix)]
fn set_usual_permissions(file: &File) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(std::fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn set_usual_permissions(_file: &File) -> std::io::Result<()> {
    Ok(())
}

fn unwritable(path: &Path, error: &std::io::Error, say: Say) -> Failure {
    let args = [
        ("path", path.display().to_string()),
        ("why", error.to_string()),
    ];
    let args: Vec<_> = args.iter().map(|(n, v)| (*n, v.as_str())).collect();
    Failure::new(say.text("unwritable-output", &args)).help(say.plain("unwritable-output-help"))
}

/// Replaces the text of a file in one step. The file must still hold the original text, so that
/// nothing is lost that was not seen; a byte order mark before it stays.
pub(crate) fn replace(path: &Path, original: &str, text: &str) -> std::io::Result<()> {
    let bytes = std::fs::read(path)?;
    let (mark, body) = match bytes.strip_prefix(BYTE_ORDER_MARK) {
        Some(body) => (BYTE_ORDER_MARK, body),
        None => (&b""[..], &bytes[..]),
    };
    if body != original.as_bytes() {
        return Err(std::io::Error::from(ErrorKind::InvalidData));
    }
    match open_file(path)? {
        Output::File(target, mut file) => {
            file.write_all(mark)?;
            file.write_all(text.as_bytes())?;
            file.flush()?;
            file.persist(target).map(|_| ()).map_err(|e| e.error)
        }
        _ => Err(std::io::Error::from(ErrorKind::InvalidInput)),
    }
}
