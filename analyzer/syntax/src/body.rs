//! The text of one definition, the unit of incremental work.

use std::fmt;
use std::sync::Arc;

use pactward_base::Span;

use crate::{Node, Parsed, span_of};

/// A definition in its file. Two bodies are equal when their text is equal, wherever they stand,
/// so an edit elsewhere in the file leaves what was computed from a body valid. Whoever reads
/// positions from a body must make them relative to [`Body::start`].
#[derive(Clone)]
pub struct Body {
    parsed: Arc<Parsed>,
    span: Span,
}

impl Body {
    /// The definition whose node covers exactly `span`.
    pub fn new(parsed: Arc<Parsed>, span: Span) -> Self {
        Self { parsed, span }
    }

    pub fn text(&self) -> &str {
        self.span.of(&self.parsed.text)
    }

    pub fn parsed(&self) -> &Parsed {
        &self.parsed
    }

    /// Offset in the file that spans are made relative to.
    pub fn start(&self) -> u32 {
        self.span.start
    }

    /// The outermost named node that covers the definition.
    pub fn node(&self) -> Node<'_> {
        let root = self.parsed.root();
        let (start, end) = (self.span.start as usize, self.span.end as usize);
        let mut node = root
            .named_descendant_for_byte_range(start, end)
            .unwrap_or(root);
        while let Some(parent) = node.parent()
            && span_of(parent) == self.span
            && parent.parent().is_some()
        {
            node = parent;
        }
        node
    }

    /// Span of a node of this body, relative to its start.
    pub fn relative(&self, node: Node<'_>) -> Span {
        let span = span_of(node);
        let start = self.span.start;
        Span::new(
            span.start.saturating_sub(start),
            span.end.saturating_sub(start),
        )
    }
}

impl PartialEq for Body {
    fn eq(&self, other: &Self) -> bool {
        self.text() == other.text()
    }
}

impl Eq for Body {}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Body").field(&self.text()).finish()
    }
}
