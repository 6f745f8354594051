//! Trees of a file that does not parse as a whole.
//!
//! A brace or parenthesis that is missing while code is typed makes the parser take the
//! declarations behind it for a part of the one before. Declarations start at the first column in
//! formatted code, so a file with mistakes is cut there: the broken declarations get trees of
//! their own, the others share one. What a tree leaves out is blank in its text, so that offsets
//! are those of the file.

use std::sync::Arc;

use pactward_base::Span;
use pactward_syntax::{Parsed, parse};

/// Broken declarations that get a tree each; further ones share one.
const MAX_SINGLE: usize = 8;

/// The trees to read a file's declarations from.
pub(crate) fn parts(parsed: &Arc<Parsed>) -> Vec<Arc<Parsed>> {
    if !parsed.root().has_error() {
        return vec![parsed.clone()];
    }
    let text = &parsed.text;
    let pieces = pieces(text);
    let (broken, sound): (Vec<Span>, Vec<Span>) = pieces
        .iter()
        .partition(|piece| is_broken(piece.of(text), parsed));
    if broken.is_empty() || pieces.len() < 2 {
        return vec![parsed.clone()];
    }
    let single = broken.len().min(MAX_SINGLE);
    let mut parts = vec![only(text, &sound, "", parsed)];
    parts.extend(broken[..single].iter().map(|piece| {
        let missing = missing_brackets(piece.of(text));
        only(text, &[*piece], &missing, parsed)
    }));
    if broken.len() > single {
        parts.push(only(text, &broken[single..], "", parsed));
    }
    parts
}

fn is_broken(piece: &str, parsed: &Parsed) -> bool {
    parse(parsed.language, piece.into()).root().has_error()
}

/// The brackets that a piece leaves open, closed in order.
fn missing_brackets(piece: &str) -> String {
    let mut open: Vec<u8> = Vec::new();
    let mut inside = Inside::Code;
    for line in piece.split_inclusive('\n') {
        inside = inside.after_brackets(line, &mut open);
    }
    open.iter().rev().map(|b| char::from(*b)).collect()
}

/// The tree of some pieces with the rest of the text blanked and an end added.
fn only(text: &str, pieces: &[Span], end: &str, parsed: &Parsed) -> Arc<Parsed> {
    let mut kept = String::with_capacity(text.len());
    for piece in pieces {
        let gap = Span::new(kept.len() as u32, piece.start);
        kept.extend(
            gap.of(text)
                .bytes()
                .map(|b| if b == b'\n' { '\n' } else { ' ' }),
        );
        kept.push_str(piece.of(text));
    }
    kept.push_str(end);
    Arc::new(parse(parsed.language, kept.into()))
}

/// Cuts a text before each line that starts a declaration, its comment included.
fn pieces(text: &str) -> Vec<Span> {
    let mut starts = vec![0];
    let mut comment: Option<usize> = None;
    let mut inside = Inside::Code;
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        if inside == Inside::Code {
            if starts_declaration(line) {
                let start = comment.unwrap_or(offset);
                if start > 0 {
                    starts.push(start);
                }
            }
            comment = if line.starts_with("//") {
                comment.or(Some(offset))
            } else {
                None
            };
        }
        inside = inside.after(line);
        offset += line.len();
    }
    starts.push(text.len());
    starts
        .windows(2)
        .filter(|w| w[0] < w[1])
        .map(|w| Span::new(w[0] as u32, w[1] as u32))
        .collect()
}

fn starts_declaration(line: &str) -> bool {
    [
        "func ", "func(", "type ", "var ", "const ", "import ", "package ",
    ]
    .iter()
    .any(|word| line.starts_with(word))
}

/// Text that spans lines and is no code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Inside {
    Code,
    RawString,
    Comment,
}

impl Inside {
    /// The state at the end of a line.
    fn after(self, line: &str) -> Self {
        self.after_brackets(line, &mut Vec::new())
    }

    /// The same, noting the closing bracket of each one that is open.
    fn after_brackets(self, line: &str, open: &mut Vec<u8>) -> Self {
        let bytes = line.as_bytes();
        let (mut state, mut at) = (self, 0);
        while at < bytes.len() {
            let two = bytes.get(at..at + 2).unwrap_or(b"");
            match state {
                Self::RawString if bytes[at] == b'`' => state = Self::Code,
                Self::Comment if two == b"*/" => {
                    state = Self::Code;
                    at += 1;
                }
                Self::Code if two == b"//" => return state,
                Self::Code if two == b"/*" => {
                    state = Self::Comment;
                    at += 1;
                }
                Self::Code if bytes[at] == b'`' => state = Self::RawString,
                Self::Code if matches!(bytes[at], b'"' | b'\'') => {
                    let quote = bytes[at];
                    at += 1;
                    while at < bytes.len() && bytes[at] != quote {
                        at += usize::from(bytes[at] == b'\\') + 1;
                    }
                }
                Self::Code => match bytes[at] {
                    b'{' => open.push(b'}'),
                    b'(' => open.push(b')'),
                    b'[' => open.push(b']'),
                    close @ (b'}' | b')' | b']') => {
                        // A bracket closes what stands open inside it.
                        if let Some(index) = open.iter().rposition(|o| *o == close) {
                            open.truncate(index);
                        }
                    }
                    _ => {}
                },
                _ => {}
            }
            at += 1;
        }
        state
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_before_declarations() {
        let text = "package a\n\n// F does.\nfunc F() {\n}\nvar s = `\nfunc no() {`\n/*\nfunc no()\n*/\ntype T int\n";
        let found: Vec<&str> = pieces(text).into_iter().map(|p| p.of(text)).collect();
        assert_eq!(found.concat(), text);
        let heads: Vec<&str> = found.iter().map(|p| p.lines().next().unwrap()).collect();
        assert_eq!(
            heads,
            ["package a", "// F does.", "var s = `", "type T int"]
        );
    }

    #[test]
    fn open_brackets_are_closed() {
        assert_eq!(missing_brackets("func f() { g(a[1], \"(\" // {\n"), ")}");
        assert_eq!(missing_brackets("func f() { g( }\n"), "");
    }
}
