//! Edits by meaning.

use std::sync::Arc;

use pactward_base::{Platform, Span};
use pactward_ir::{BodyEdit, Name, OpRef, SemanticEdit, SourceMap};
use pactward_syntax::edits::{mentions, move_before};
use pactward_syntax::{Body, Node, children};

use crate::program::Program;

/// Gives text and source map of a definition.
pub type Definitions<'d> = &'d dyn Fn(&Name) -> Option<(Body, Arc<SourceMap>)>;

pub(crate) fn render(
    program: &Program,
    edit: &SemanticEdit,
    definition: Definitions<'_>,
) -> Option<Vec<BodyEdit>> {
    match edit {
        SemanticEdit::MoveBefore { ops, before } => reorder(program, ops, before, definition),
        // A lock needs a state variable of its own, which every platform declares elsewhere.
        SemanticEdit::AddLock { .. } => None,
    }
}

/// Moves statements up. Refuses statements that are no plain neighbours of one block, that use
/// what is declared or set in between, that change what is used in between, and moves past a way
/// out of the block after which the effects stay.
fn reorder(
    program: &Program,
    ops: &[OpRef],
    before: &OpRef,
    definition: Definitions<'_>,
) -> Option<Vec<BodyEdit>> {
    let (body, map) = definition(&before.function)?;
    let target = map.op(before.op);
    if target.body != 0 {
        return None;
    }
    let mut spans = Vec::new();
    for op in ops {
        let source = map.op(op.op);
        if op.function != before.function || source.body != 0 {
            return None;
        }
        spans.push(source.statement);
    }
    spans.sort_unstable();
    spans.dedup();
    let block = block_with(&body, target.statement)?;
    let position = |span: Span| block.iter().position(|s| body.relative(*s) == span);
    let first = position(target.statement)?;
    let mut moved = Vec::new();
    for span in &spans {
        moved.push(position(*span).filter(|at| *at > first)?);
    }
    moved.last()?;
    let info = program.functions.get(&before.function)?;
    let platform = program.crate_of(info.module)?.platform;
    let drops_on_error = matches!(platform, Some(Platform::Cosmwasm | Platform::Ink));
    let text = body.text();
    let text_of = |node: Node<'_>| body.relative(node).of(text);
    for at in &moved {
        let statement = block[*at];
        if statement.kind() != "expression_statement" {
            return None;
        }
        let changes = changed_names(&body, statement);
        for (other, passed) in block.iter().enumerate().take(*at).skip(first) {
            if moved.contains(&other) {
                continue;
            }
            let passed_text = text_of(*passed);
            let uses_moved = changes.iter().any(|name| mentions(passed_text, name));
            let sets = changed_names(&body, *passed);
            let used_by_moved = sets.iter().any(|name| mentions(text_of(statement), name));
            let leaves = ["return", "break", "continue"]
                .iter()
                .any(|word| mentions(passed_text, word))
                || (passed_text.contains('?') && !drops_on_error);
            if uses_moved || used_by_moved || leaves || calls_function(&body, *passed) {
                return None;
            }
        }
    }
    let edits = move_before(text, &spans, target.statement)?;
    let edits = edits.into_iter().map(|(span, text)| BodyEdit {
        body: before.function.clone(),
        span,
        text,
    });
    Some(edits.collect())
}

/// The statements of the block that has one with this span.
fn block_with(body: &Body, span: Span) -> Option<Vec<Node<'_>>> {
    let mut stack = vec![body.node()];
    while let Some(node) = stack.pop() {
        if !body.relative(node).contains(span) {
            continue;
        }
        let inner: Vec<_> = children(node).collect();
        if node.kind() == "block" && inner.iter().any(|n| body.relative(*n) == span) {
            return Some(inner);
        }
        stack.extend(inner);
    }
    None
}

/// Names that a statement declares or assigns to, anywhere in it.
fn changed_names(body: &Body, statement: Node<'_>) -> Vec<String> {
    let mut names = Vec::new();
    let mut stack = vec![statement];
    while let Some(node) = stack.pop() {
        let changed = match node.kind() {
            "let_declaration" | "let_condition" => node.child_by_field_name("pattern"),
            "assignment_expression" | "compound_assignment_expr" => {
                node.child_by_field_name("left")
            }
            "reference_expression" if children(node).any(|c| c.kind() == "mutable_specifier") => {
                node.child_by_field_name("value")
            }
            _ => None,
        };
        if let Some(changed) = changed {
            identifiers(body, changed, &mut names);
        }
        stack.extend(children(node));
    }
    names
}

fn identifiers(body: &Body, node: Node<'_>, names: &mut Vec<String>) {
    let mut stack = vec![node];
    while let Some(node) = stack.pop() {
        if matches!(node.kind(), "identifier" | "shorthand_field_identifier") {
            names.push(body.relative(node).of(body.text()).to_owned());
        }
        stack.extend(children(node));
    }
}

/// Whether a statement calls a function by its plain name, which may read what is moved.
fn calls_function(body: &Body, statement: Node<'_>) -> bool {
    let mut stack = vec![statement];
    while let Some(node) = stack.pop() {
        if node.kind() == "call_expression"
            && let Some(function) = node.child_by_field_name("function")
            && function.kind() == "identifier"
            && body
                .relative(function)
                .of(body.text())
                .starts_with(char::is_lowercase)
        {
            return true;
        }
        stack.extend(children(node));
    }
    false
}
