//! Places in files as lines and columns.

use std::cell::OnceCell;

use pactward_base::{FileId, LineIndex, Location, PositionEncoding, Span, Workspace};

/// Line indexes of the files that a report speaks about, each made when it is first needed.
pub(crate) struct Places<'a> {
    pub(crate) workspace: &'a Workspace,
    indexes: Vec<OnceCell<LineIndex>>,
}

/// One-based line and column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Point {
    pub(crate) line: u32,
    pub(crate) column: u32,
}

impl<'a> Places<'a> {
    pub(crate) fn new(workspace: &'a Workspace) -> Self {
        Self {
            workspace,
            indexes: workspace.files.iter().map(|_| OnceCell::new()).collect(),
        }
    }

    pub(crate) fn path(&self, file: FileId) -> &'a str {
        &self.workspace.file(file).path
    }

    pub(crate) fn text(&self, file: FileId) -> &'a str {
        &self.workspace.file(file).text
    }

    pub(crate) fn index(&self, file: FileId) -> &LineIndex {
        self.indexes[file.0 as usize].get_or_init(|| LineIndex::new(self.text(file)))
    }

    pub(crate) fn start(&self, at: Location, encoding: PositionEncoding) -> Point {
        self.point(at.file, at.span.start, encoding)
    }

    pub(crate) fn end(&self, at: Location, encoding: PositionEncoding) -> Point {
        self.point(at.file, at.span.end, encoding)
    }

    fn point(&self, file: FileId, offset: u32, encoding: PositionEncoding) -> Point {
        let at = self.index(file).position(self.text(file), offset, encoding);
        Point {
            line: at.line + 1,
            column: at.column + 1,
        }
    }

    /// The part of a place that lies on its first line, at least one character where there is one.
    pub(crate) fn first_line(&self, at: Location) -> Span {
        let text = self.text(at.file);
        let start = floor(text, at.span.start);
        let index = self.index(at.file);
        let line = index.line_span(index.line_of(start), text);
        let line_end = line.start + line.of(text).trim_end().len() as u32;
        let end = floor(text, at.span.end.min(line_end));
        if end > start {
            return Span::new(start, end);
        }
        let rest = Span::new(start, line.end).of(text);
        let one = rest.chars().next().map_or(0, char::len_utf8) as u32;
        Span::new(start, start + one)
    }
}

/// The closest offset at or before this one that lies in the text and not inside a character.
fn floor(text: &str, offset: u32) -> u32 {
    let mut offset = (offset as usize).min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset as u32
}
