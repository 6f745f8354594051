//! What a front end learns from one file alone.

use std::sync::Arc;

use pactward_base::{ProblemKind, SmolStr, Span};

use crate::Body;

/// The outline of a file. `decls` holds names, types and signatures, neither positions nor text
/// of bodies: it stays equal while a body is edited, so that only that body is lowered again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outline<D> {
    pub decls: Arc<D>,
    /// Text of each definition that can be lowered, sorted by its unique name.
    pub bodies: Vec<(SmolStr, Body)>,
    /// What a person should know about the text beside syntax errors, with spans of the file.
    pub problems: Vec<OutlineProblem>,
    /// Imports as written, with their spans in the file.
    pub imports: Vec<(SmolStr, Span)>,
}

/// See [`Outline::problems`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutlineProblem {
    pub kind: ProblemKind,
    pub span: Span,
    pub subject: SmolStr,
}

impl<D> Outline<D> {
    /// The body of a definition.
    pub fn body(&self, name: &str) -> Option<&Body> {
        let at = self
            .bodies
            .binary_search_by(|(n, _)| n.as_str().cmp(name))
            .ok()?;
        Some(&self.bodies[at].1)
    }
}
