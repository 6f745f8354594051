//! Text edits that every language shares: moving whole statements.

use pactward_base::Span;

/// Moves statements of a text, in order, before another statement that precedes them: the
/// replacements that do so. A statement that has its lines for itself moves with its lines and
/// the comment behind it; one that shares a line moves alone. None if the spans overlap, are not
/// in order, or do not lie in the text.
///
/// Whether the statements are neighbours in one block and whether moving them keeps the meaning
/// is for the caller to know.
pub fn move_before(text: &str, moved: &[Span], before: Span) -> Option<Vec<(Span, String)>> {
    let mut last = before;
    for span in moved {
        if span.start < last.end || text.get(span.start as usize..span.end as usize).is_none() {
            return None;
        }
        last = *span;
    }
    text.get(before.start as usize..before.end as usize)?;
    let target = line_start(text, before.start);
    let target_is_free = is_blank(text.get(target as usize..before.start as usize)?);
    let indentation = if target_is_free {
        text.get(target as usize..before.start as usize)?
    } else {
        ""
    };
    let mut edits = Vec::new();
    let mut inserted = String::new();
    for span in moved {
        let taken = lines_of(text, *span);
        let whole_lines = taken != *span;
        if target_is_free && whole_lines {
            inserted.push_str(taken.of(text));
            if !inserted.ends_with('\n') {
                inserted.push('\n');
            }
        } else if target_is_free {
            inserted.push_str(indentation);
            inserted.push_str(span.of(text));
            inserted.push_str(newline(text));
        } else {
            inserted.push_str(span.of(text));
            inserted.push(' ');
        }
        let removed = if whole_lines {
            taken
        } else {
            with_blank_before(text, *span)
        };
        edits.push((removed, String::new()));
    }
    let at = if target_is_free { target } else { before.start };
    edits.insert(0, (Span::new(at, at), inserted));
    Some(edits)
}

/// Whether a text contains a word, not as part of a longer one.
pub fn mentions(text: &str, word: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
    let mut from = 0;
    while let Some(at) = text.get(from..).and_then(|rest| rest.find(word)) {
        let start = from + at;
        let end = start + word.len();
        let before = text[..start].chars().next_back().is_some_and(is_part);
        let after = text[end..].chars().next().is_some_and(is_part);
        if !before && !after {
            return true;
        }
        from = end.max(start + 1);
    }
    false
}

/// The blank text between the start of a position's line and the position's first other
/// character.
pub fn indentation(text: &str, offset: u32) -> &str {
    let start = line_start(text, offset) as usize;
    let line = text.get(start..).unwrap_or("");
    let length = line.find(|c| c != ' ' && c != '\t').unwrap_or(line.len());
    &line[..length]
}

/// The line end that a text uses.
pub fn newline(text: &str) -> &'static str {
    if text.contains("\r\n") { "\r\n" } else { "\n" }
}

fn line_start(text: &str, offset: u32) -> u32 {
    let before = text.get(..offset as usize).unwrap_or("");
    before.rfind('\n').map_or(0, |at| at as u32 + 1)
}

fn is_blank(text: &str) -> bool {
    text.bytes().all(|b| matches!(b, b' ' | b'\t'))
}

/// The lines of a statement with the last line end, if nothing but a comment shares them; else
/// the statement itself.
fn lines_of(text: &str, span: Span) -> Span {
    let start = line_start(text, span.start);
    let free_before = is_blank(Span::new(start, span.start).of(text)) && start > 0;
    let rest = text.get(span.end as usize..).unwrap_or("");
    let Some(length) = rest.find('\n') else {
        return span;
    };
    let behind = rest[..length].trim();
    let one_comment = behind.starts_with("/*") && behind.find("*/") == Some(behind.len() - 2);
    let free_behind = behind.is_empty() || behind.starts_with("//") || one_comment;
    if free_before && free_behind {
        Span::new(start, span.end + length as u32 + 1)
    } else {
        span
    }
}

/// A statement with the blanks before it on its line.
fn with_blank_before(text: &str, span: Span) -> Span {
    let before = text.get(..span.start as usize).unwrap_or("");
    let kept = before.trim_end_matches([' ', '\t']);
    Span::new(kept.len() as u32, span.end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn apply(text: &str, mut edits: Vec<(Span, String)>) -> String {
        edits.sort_by_key(|(span, _)| span.start);
        let mut out = text.to_owned();
        for (span, new) in edits.into_iter().rev() {
            out.replace_range(span.start as usize..span.end as usize, &new);
        }
        out
    }

    fn span_of(text: &str, part: &str) -> Span {
        let start = text.find(part).unwrap();
        Span::new(start as u32, (start + part.len()) as u32)
    }

    fn moved(text: &str, parts: &[&str], before: &str) -> Option<String> {
        let spans: Vec<_> = parts.iter().map(|p| span_of(text, p)).collect();
        Some(apply(
            text,
            move_before(text, &spans, span_of(text, before))?,
        ))
    }

    #[test]
    fn whole_lines_move_with_their_indentation_and_comment() {
        let text = "{\n    call();\n    check();\n    a = 1; // one\n    b = 2;\n}\n";
        assert_eq!(
            moved(text, &["a = 1;", "b = 2;"], "call();").unwrap(),
            "{\n    a = 1; // one\n    b = 2;\n    call();\n    check();\n}\n"
        );
    }

    #[test]
    fn statements_that_share_a_line_move_alone() {
        assert_eq!(
            moved("{ call(); a = 1; b(); }", &["a = 1;"], "call();").unwrap(),
            "{ a = 1; call(); b(); }"
        );
        assert_eq!(
            moved(
                "{\n  call();\n  x(); a = 1; b();\n}",
                &["a = 1;"],
                "call();"
            )
            .unwrap(),
            "{\n  a = 1;\n  call();\n  x(); b();\n}"
        );
    }

    #[test]
    fn impossible_moves_are_refused() {
        assert_eq!(moved("a; b;", &["a;"], "b;"), None);
        assert_eq!(moved("a; b; c;", &["c;", "b;"], "a;"), None);
        assert_eq!(move_before("a;", &[Span::new(7, 9)], Span::new(0, 2)), None);
    }

    #[test]
    fn words_are_found_whole() {
        assert!(mentions("x = ok;", "ok"));
        assert!(!mentions("x = okay + _ok;", "ok"));
        assert!(mentions("okay ok", "ok"));
    }
}
