//! Takes hints out of a labelled file: comments are blanked and the name is replaced, while every
//! line keeps its number.

use std::ffi::OsStr;
use std::path::Path;

/// The languages whose comments can be blanked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Syntax {
    Solidity,
    Go,
    Rust,
}

impl Syntax {
    /// The syntax of a file, from the ending of its name.
    pub(crate) fn of(path: &Path) -> Option<Self> {
        match path.extension().and_then(OsStr::to_str)? {
            "sol" => Some(Self::Solidity),
            "go" => Some(Self::Go),
            "rs" => Some(Self::Rust),
            _ => None,
        }
    }
}

/// Replaces comments by blanks. Compiler directives of Go, such as `//export name`, are code and
/// stay.
pub(crate) fn blank_comments(text: &[u8], syntax: Syntax) -> Vec<u8> {
    let mut out = text.to_vec();
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        let rest = &text[at..];
        let length = match byte {
            b'/' if rest.starts_with(b"//") => {
                let length = line_length(rest);
                if !(syntax == Syntax::Go && is_directive(rest)) {
                    blank(&mut out[at..at + length]);
                }
                length
            }
            b'/' if rest.starts_with(b"/*") => {
                let length = block_length(rest, syntax == Syntax::Rust);
                blank(&mut out[at..at + length]);
                length
            }
            b'`' if syntax == Syntax::Go => 1 + until(&rest[1..], b"`"),
            b'r' if syntax == Syntax::Rust => raw_string_length(rest).unwrap_or(1),
            b'\'' if syntax == Syntax::Rust => char_length(rest),
            b'"' | b'\'' => quoted_length(rest, byte),
            _ => 1,
        };
        at += length;
    }
    out
}

fn blank(bytes: &mut [u8]) {
    for byte in bytes {
        if *byte != b'\n' && *byte != b'\r' {
            *byte = b' ';
        }
    }
}

fn line_length(rest: &[u8]) -> usize {
    rest.iter().position(|&b| b == b'\n').unwrap_or(rest.len())
}

fn is_directive(rest: &[u8]) -> bool {
    rest.starts_with(b"//export ") || rest.starts_with(b"//go:")
}

fn block_length(rest: &[u8], nested: bool) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while at < rest.len() {
        if rest[at..].starts_with(b"/*") && (nested || depth == 0) {
            depth += 1;
            at += 2;
        } else if rest[at..].starts_with(b"*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    rest.len()
}

/// Length up to and including `end`, or of everything when it does not come.
fn until(rest: &[u8], end: &[u8]) -> usize {
    rest.windows(end.len())
        .position(|window| window == end)
        .map_or(rest.len(), |at| at + end.len())
}

/// A literal in quotes; it ends at the line's end when it is not closed.
fn quoted_length(rest: &[u8], quote: u8) -> usize {
    let mut at = 1;
    while let Some(&byte) = rest.get(at) {
        match byte {
            b'\\' => at += 2,
            b'\n' => return at,
            _ if byte == quote => return at + 1,
            _ => at += 1,
        }
    }
    rest.len()
}

/// `r"…"` and `r#"…"#`; nothing when the letter belongs to a name.
fn raw_string_length(rest: &[u8]) -> Option<usize> {
    let hashes = rest[1..].iter().take_while(|&&b| b == b'#').count();
    let open = 1 + hashes;
    if rest.get(open) != Some(&b'"') {
        return None;
    }
    let mut end = vec![b'"'];
    end.resize(1 + hashes, b'#');
    Some(open + 1 + until(&rest[open + 1..], &end))
}

/// A character of Rust, or the quote of a lifetime.
fn char_length(rest: &[u8]) -> usize {
    if rest.get(1) == Some(&b'\\') {
        return quoted_length(rest, b'\'');
    }
    let closed = rest.iter().skip(2).take(4).position(|&b| b == b'\'');
    match closed {
        Some(at) if rest[1..2 + at].iter().skip(1).all(|b| !b.is_ascii()) => at + 3,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blanked(text: &str, syntax: Syntax) -> String {
        String::from_utf8(blank_comments(text.as_bytes(), syntax)).expect("text stays text")
    }

    #[test]
    fn comments_go_and_lines_stay() {
        assert_eq!(
            blanked("a; // bug\nb; /* here\n and */ c;\n", Syntax::Solidity),
            "a;       \nb;        \n        c;\n"
        );
    }

    #[test]
    fn quoted_slashes_are_no_comment() {
        let text = "s = \"http://x\"; t = '/*'; u = \"\\\"//\";";
        assert_eq!(blanked(text, Syntax::Solidity), text);
        assert_eq!(blanked("`// raw`", Syntax::Go), "`// raw`");
        assert_eq!(
            blanked("r#\"// \" raw\"#", Syntax::Rust),
            "r#\"// \" raw\"#"
        );
    }

    #[test]
    fn rust_lifetimes_and_characters() {
        assert_eq!(
            blanked("fn f<'a>(x: &'a str) {} // x", Syntax::Rust).trim_end(),
            "fn f<'a>(x: &'a str) {}"
        );
        assert_eq!(blanked("'\"' // x", Syntax::Rust).trim_end(), "'\"'");
        assert_eq!(blanked("'\\'' // x", Syntax::Rust).trim_end(), "'\\''");
        assert_eq!(
            blanked("/* a /* b */ c */ d", Syntax::Rust).trim_start(),
            "d"
        );
    }

    #[test]
    fn go_directives_are_code() {
        assert_eq!(blanked("//export save\n", Syntax::Go), "//export save\n");
        assert_eq!(blanked("// export save\n", Syntax::Go).trim(), "");
    }

    #[test]
    fn any_bytes_keep_their_length() {
        for text in [
            &b"/*"[..],
            b"\"\\",
            b"'",
            b"r#",
            b"/",
            b"\xff//\xff",
            b"r#\"",
        ] {
            for syntax in [Syntax::Solidity, Syntax::Go, Syntax::Rust] {
                assert_eq!(blank_comments(text, syntax).len(), text.len());
            }
        }
    }
}
