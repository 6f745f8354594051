//! Reading one file without ever blocking or filling the memory.

use std::fmt;
use std::fs::{File, Metadata};
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use pactward_syntax::{MAX_FILE_BYTES, MAX_NESTING, Refusal, decode};

/// Why a file or directory is not analysed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum SkipReason {
    /// Named by a person, but no Solidity, Go or Rust file.
    UnknownLanguage,
    TooLarge,
    Binary,
    TooDeep,
    /// A pipe, socket or device.
    NotAFile,
    /// A symbolic link that leads nowhere or to itself.
    BrokenLink,
    /// A symbolic link to a directory that is not among the named ones.
    LinkedDirectory,
    /// What the operating system said.
    Unreadable(String),
}

impl fmt::Display for SkipReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownLanguage => f.write_str("no Solidity, Go or Rust file"),
            Self::TooLarge => write!(f, "larger than {} MB", MAX_FILE_BYTES >> 20),
            Self::Binary => f.write_str("binary, no text"),
            Self::TooDeep => write!(f, "brackets nest deeper than {MAX_NESTING}"),
            Self::NotAFile => f.write_str("a pipe, socket or device, no file"),
            Self::BrokenLink => f.write_str("a symbolic link that leads nowhere"),
            Self::LinkedDirectory => {
                f.write_str("a symbolic link to another directory; name it to have it checked")
            }
            Self::Unreadable(what) => write!(f, "unreadable: {what}"),
        }
    }
}

/// The text of a file.
pub(crate) fn read(path: &Path) -> Result<Arc<str>, SkipReason> {
    let meta = std::fs::metadata(path).map_err(|e| {
        let looped = path.is_symlink();
        if looped && e.kind() != std::io::ErrorKind::PermissionDenied {
            SkipReason::BrokenLink
        } else {
            unreadable(&e)
        }
    })?;
    // Opening a pipe would wait for its other end.
    if !meta.is_file() {
        return Err(SkipReason::NotAFile);
    }
    text_of(&bytes_of(path, &meta)?)
}

/// Decodes bytes from whatever source.
pub(crate) fn text_of(bytes: &[u8]) -> Result<Arc<str>, SkipReason> {
    match decode(bytes) {
        Ok(decoded) => Ok(Arc::from(decoded.text)),
        Err(Refusal::TooLarge) => Err(SkipReason::TooLarge),
        Err(Refusal::Binary) => Err(SkipReason::Binary),
        Err(Refusal::TooDeep) => Err(SkipReason::TooDeep),
    }
}

fn bytes_of(path: &Path, meta: &Metadata) -> Result<Vec<u8>, SkipReason> {
    if meta.len() > MAX_FILE_BYTES as u64 {
        return Err(SkipReason::TooLarge);
    }
    let file = File::open(path).map_err(|e| unreadable(&e))?;
    let mut bytes = Vec::with_capacity(meta.len() as usize + 1);
    // A file may grow while it is read; one byte more than allowed is enough to tell.
    file.take(MAX_FILE_BYTES as u64 + 1)
        .read_to_end(&mut bytes)
        .map_err(|e| unreadable(&e))?;
    Ok(bytes)
}

fn unreadable(error: &std::io::Error) -> SkipReason {
    // The number that the standard library appends says nothing to a reader.
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or_default();
    SkipReason::Unreadable(text.to_lowercase())
}
