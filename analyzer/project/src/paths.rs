//! Paths as text. While files are searched, a path is the text below the root of the file system
//! with `/` separators and no `.` or `..`; the workspace root is cut off at the end, when it is
//! known how far imports reach.

use std::fmt::Write;
use std::path::{Component, Path, PathBuf};

/// The text form of an absolute path. Bytes that are no UTF-8 are shown as `\xNN`.
pub(crate) fn to_text(path: &Path) -> String {
    let mut parts: Vec<String> = Vec::new();
    for component in path.components() {
        match component {
            Component::Normal(part) => parts.push(name_text(part)),
            Component::Prefix(prefix) => parts.push(name_text(prefix.as_os_str())),
            Component::ParentDir => {
                parts.pop();
            }
            Component::RootDir | Component::CurDir => {}
        }
    }
    parts.join("/")
}

/// The absolute path of a text form, for names that are UTF-8.
pub(crate) fn to_disk(text: &str) -> PathBuf {
    if cfg!(windows) {
        PathBuf::from(text)
    } else {
        PathBuf::from(format!("/{text}"))
    }
}

fn name_text(name: &std::ffi::OsStr) -> String {
    let mut text = String::new();
    for chunk in name.as_encoded_bytes().utf8_chunks() {
        text.push_str(chunk.valid());
        for byte in chunk.invalid() {
            let _ = write!(text, "\\x{byte:02x}");
        }
    }
    text
}

/// The longest directory that contains both directories.
pub(crate) fn common<'p>(a: &'p str, b: &str) -> &'p str {
    let mut end = 0;
    let (mut xs, mut ys) = (a.split('/'), b.split('/'));
    while let (Some(x), Some(y)) = (xs.next(), ys.next()) {
        if x != y {
            break;
        }
        end += x.len() + usize::from(end > 0);
    }
    &a[..end]
}

/// What remains of a path below a directory; nothing when it is not below it.
pub(crate) fn below<'p>(dir: &str, path: &'p str) -> Option<&'p str> {
    if dir.is_empty() {
        return Some(path);
    }
    let rest = path.strip_prefix(dir)?;
    if rest.is_empty() {
        return Some(rest);
    }
    rest.strip_prefix('/')
}

/// A directory and all directories above it, closest first, "" last.
pub(crate) fn ancestors(dir: &str) -> impl Iterator<Item = &str> {
    let mut next = Some(dir);
    std::iter::from_fn(move || {
        let here = next?;
        next = (!here.is_empty()).then(|| pactward_base::parent_dir(here));
        Some(here)
    })
}

/// A person's path made absolute. Links in its directory are resolved, so that relative imports
/// mean the same directory for everyone; a link to a file keeps its name.
pub(crate) fn absolute(path: &Path) -> PathBuf {
    let full = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    if full.is_dir() {
        return full.canonicalize().unwrap_or(full);
    }
    match (full.parent(), full.file_name()) {
        (Some(dir), Some(name)) => match dir.canonicalize() {
            Ok(dir) => dir.join(name),
            Err(_) => full,
        },
        _ => full,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directories_relate() {
        assert_eq!(common("a/b/c", "a/b/d"), "a/b");
        assert_eq!(common("a/bc", "a/bd"), "a");
        assert_eq!(common("a", "b"), "");
        assert_eq!(common("", "b"), "");
        assert_eq!(below("a", "a/b"), Some("b"));
        assert_eq!(below("a", "ab"), None);
        assert_eq!(below("a", "a"), Some(""));
        assert_eq!(below("", "a"), Some("a"));
        assert_eq!(ancestors("a/b").collect::<Vec<_>>(), ["a/b", "a", ""]);
    }

    #[cfg(unix)]
    #[test]
    fn names_that_are_no_text_stay_distinct() {
        use std::os::unix::ffi::OsStrExt;
        let odd = std::ffi::OsStr::from_bytes(b"/a/x\xff.sol");
        assert_eq!(to_text(Path::new(odd)), "a/x\\xff.sol");
        assert_eq!(to_text(Path::new("/a/./b/../c.sol")), "a/c.sol");
        assert_eq!(to_disk("a/c.sol"), Path::new("/a/c.sol"));
    }
}
