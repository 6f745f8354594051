//! Byte ranges in a file and their translation to lines and columns.

use serde::{Deserialize, Serialize};

/// A half-open range of byte offsets `start..end` in one file.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
pub struct Span {
    pub start: u32,
    pub end: u32,
}

impl Span {
    /// The range `start..end`; an inverted pair becomes empty at `start`.
    pub fn new(start: u32, end: u32) -> Self {
        Self {
            start,
            end: end.max(start),
        }
    }

    /// The same range moved by `base` bytes, as from a body to its file.
    #[must_use]
    pub fn offset(self, base: u32) -> Self {
        Self {
            start: self.start.saturating_add(base),
            end: self.end.saturating_add(base),
        }
    }

    /// The smallest range that holds both.
    #[must_use]
    pub fn cover(self, other: Self) -> Self {
        Self {
            start: self.start.min(other.start),
            end: self.end.max(other.end),
        }
    }

    pub fn contains(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    pub fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }

    pub fn len(self) -> usize {
        (self.end - self.start) as usize
    }

    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// The text of this range; empty when the range does not fit the text.
    pub fn of(self, text: &str) -> &str {
        text.get(self.start as usize..self.end as usize)
            .unwrap_or("")
    }
}

/// The unit in which a client counts columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PositionEncoding {
    Utf8,
    Utf16,
    Utf32,
}

/// A zero-based line and a zero-based column in some [`PositionEncoding`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LineColumn {
    pub line: u32,
    pub column: u32,
}

/// Starts of all lines of a text. Lines end at `\n`; a preceding `\r` belongs to the line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineIndex {
    starts: Vec<u32>,
}

impl LineIndex {
    pub fn new(text: &str) -> Self {
        let ends = text.bytes().enumerate().filter(|(_, b)| *b == b'\n');
        let starts = std::iter::once(0)
            .chain(ends.map(|(i, _)| i as u32 + 1))
            .collect();
        Self { starts }
    }

    /// Number of lines; a text that ends in a newline has an empty last line.
    pub fn lines(&self) -> u32 {
        self.starts.len() as u32
    }

    /// Zero-based line that holds the byte offset.
    pub fn line_of(&self, offset: u32) -> u32 {
        self.starts.partition_point(|s| *s <= offset) as u32 - 1
    }

    /// Byte range of a zero-based line including its line end.
    pub fn line_span(&self, line: u32, text: &str) -> Span {
        let at = |l: u32| {
            self.starts
                .get(l as usize)
                .copied()
                .unwrap_or(text.len() as u32)
        };
        Span::new(at(line), at(line + 1))
    }

    /// Line and column of a byte offset, counted in `encoding`. An offset past the end or inside
    /// a character counts as the nearest boundary before it.
    pub fn position(&self, text: &str, offset: u32, encoding: PositionEncoding) -> LineColumn {
        let mut end = (offset as usize).min(text.len());
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let line = self.line_of(end as u32);
        let before = &text[self.starts[line as usize] as usize..end];
        let column = match encoding {
            PositionEncoding::Utf8 => before.len(),
            PositionEncoding::Utf16 => before.encode_utf16().count(),
            PositionEncoding::Utf32 => before.chars().count(),
        };
        LineColumn {
            line,
            column: column as u32,
        }
    }

    /// Byte offset of a line and column; clamps to the end of the line.
    pub fn offset(&self, text: &str, at: LineColumn, encoding: PositionEncoding) -> u32 {
        let span = self.line_span(at.line, text);
        let line = span.of(text).trim_end_matches(['\n', '\r']);
        let mut units = 0;
        for (i, c) in line.char_indices() {
            if units >= at.column {
                return span.start + i as u32;
            }
            units += match encoding {
                PositionEncoding::Utf8 => c.len_utf8() as u32,
                PositionEncoding::Utf16 => c.len_utf16() as u32,
                PositionEncoding::Utf32 => 1,
            };
        }
        span.start + line.len() as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_follow_the_encoding() {
        let text = "a\r\n守🦀约\n";
        let index = LineIndex::new(text);
        let offset = text.find('约').unwrap() as u32;
        let column = |e| index.position(text, offset, e);
        assert_eq!(
            column(PositionEncoding::Utf8),
            LineColumn { line: 1, column: 7 }
        );
        assert_eq!(
            column(PositionEncoding::Utf16),
            LineColumn { line: 1, column: 3 }
        );
        assert_eq!(
            column(PositionEncoding::Utf32),
            LineColumn { line: 1, column: 2 }
        );
        for e in [
            PositionEncoding::Utf8,
            PositionEncoding::Utf16,
            PositionEncoding::Utf32,
        ] {
            assert_eq!(index.offset(text, column(e), e), offset);
        }
        assert_eq!(index.lines(), 3);
        assert_eq!(index.line_span(0, text).of(text), "a\r\n");
    }

    #[test]
    fn offsets_outside_the_text_are_clamped() {
        let index = LineIndex::new("ab");
        let at = index.position("ab", 99, PositionEncoding::Utf8);
        assert_eq!(at, LineColumn { line: 0, column: 2 });
        let far = LineColumn { line: 7, column: 7 };
        assert_eq!(index.offset("ab", far, PositionEncoding::Utf16), 2);
    }
}
