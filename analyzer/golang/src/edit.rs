//! From edits by meaning to text.

use std::sync::Arc;

use pactward_base::Span;
use pactward_ir::{BodyEdit, Function, Name, OpRef, Outcome, SemanticEdit, SourceMap, Terminator};
use pactward_syntax::edits::{mentions, move_before};
use pactward_syntax::{Body, Node, children};

use crate::lower;
use crate::program::Program;

/// Gives text and source map of a lowered definition.
pub type Definitions<'a> = &'a dyn Fn(&Name) -> Option<(Body, Arc<SourceMap>)>;

/// See [`crate::render_edit`]. Go has no lock that survives a transaction, so none is added.
pub(crate) fn render(
    program: &Program,
    edit: &SemanticEdit,
    definition: Definitions<'_>,
) -> Option<Vec<BodyEdit>> {
    match edit {
        SemanticEdit::MoveBefore { ops, before } => reorder(program, ops, before, definition),
        SemanticEdit::AddLock { .. } => None,
    }
}

/// Moves statements before another one of their list, each with the check of its result. Refuses
/// what uses names that are set in between, and moves past a way out that keeps the transaction.
fn reorder(
    program: &Program,
    ops: &[OpRef],
    before: &OpRef,
    definition: Definitions<'_>,
) -> Option<Vec<BodyEdit>> {
    let (_, map) = definition(&before.function)?;
    let target = map.op(before.op);
    let name = map.bodies.get(target.body as usize)?.clone();
    let (body, _) = definition(&name)?;
    let mut written = Vec::new();
    for op in ops {
        let source = map.op(op.op);
        if op.function != before.function || source.body != target.body {
            return None;
        }
        written.push(source.statement);
    }
    let lowered = lower::lower(program, &name, &|n| definition(n).map(|(body, _)| body))?;
    let is_closure = before.function != name;
    let (function, map) = if is_closure {
        lowered
            .closures
            .into_iter()
            .find(|(f, _)| f.name == before.function)?
    } else {
        (lowered.function, lowered.map)
    };
    let code = Code {
        body: &body,
        function: &function,
        map: &map,
    };
    let (list, first, chosen) = code.common_list(target.statement, &written)?;
    let moved = code.with_checks(&list, &chosen);
    code.allows(&list, first, &moved)?;
    let spans: Vec<Span> = moved.iter().map(|at| code.span(list[*at])).collect();
    let edits = move_before(body.text(), &spans, code.span(list[first]))?;
    let edits = edits.into_iter().map(|(span, text)| BodyEdit {
        body: name.clone(),
        span,
        text,
    });
    Some(edits.collect())
}

struct Code<'c> {
    body: &'c Body,
    function: &'c Function,
    map: &'c SourceMap,
}

impl<'c> Code<'c> {
    fn span(&self, node: Node<'_>) -> Span {
        self.body.relative(node)
    }

    fn text(&self, node: Node<'_>) -> &'c str {
        self.body.parsed().text_of(node)
    }

    /// The innermost statement list that has the target and, behind it, every written statement
    /// among its own: its statements, the target's index and those of the written ones.
    fn common_list(
        &self,
        target: Span,
        written: &[Span],
    ) -> Option<(Vec<Node<'c>>, usize, Vec<usize>)> {
        let mut lists: Vec<Vec<Node<'c>>> = Vec::new();
        let mut at = self.body.node();
        loop {
            let inner: Vec<Node<'c>> = children(at).collect();
            if at.kind() == "statement_list" {
                lists.push(inner.clone());
            }
            let next = inner.into_iter().find(|c| self.span(*c).contains(target));
            match next {
                Some(next) if self.span(next) != target || next.kind() == "statement_list" => {
                    at = next;
                }
                _ => break,
            }
        }
        lists.into_iter().rev().find_map(|list| {
            let index_of = |span: Span| list.iter().position(|s| self.span(*s).contains(span));
            let first = index_of(target)?;
            let mut chosen = Vec::new();
            for span in written {
                chosen.push(index_of(*span).filter(|at| *at > first)?);
            }
            chosen.sort_unstable();
            chosen.dedup();
            (!chosen.is_empty()).then_some((list, first, chosen))
        })
    }

    /// Adds the statement behind each chosen one that checks what the chosen one sets.
    fn with_checks(&self, list: &[Node<'c>], chosen: &[usize]) -> Vec<usize> {
        let mut moved = chosen.to_vec();
        for at in chosen {
            let names = self.names_set(list[*at]);
            if let Some(next) = list.get(at + 1)
                && next.kind() == "if_statement"
                && next
                    .child_by_field_name("condition")
                    .is_some_and(|c| names.iter().any(|n| mentions(self.text(c), n)))
            {
                moved.push(at + 1);
            }
        }
        moved.sort_unstable();
        moved.dedup();
        moved
    }

    fn allows(&self, list: &[Node<'c>], first: usize, moved: &[usize]) -> Option<()> {
        let end = *moved.last()?;
        for at in moved {
            let statement = list[*at];
            if !matches!(
                statement.kind(),
                "expression_statement"
                    | "assignment_statement"
                    | "short_var_declaration"
                    | "if_statement"
            ) || self.may_leave(statement)
            {
                return None;
            }
        }
        for (at, passed) in list.iter().enumerate().take(end).skip(first) {
            if moved.contains(&at) {
                continue;
            }
            if self.may_leave(*passed) {
                return None;
            }
            let sets = self.names_set(*passed);
            for later in moved.iter().filter(|m| **m > at) {
                let statement = list[*later];
                let own = self.names_set(statement);
                let needs_own = own.iter().any(|n| mentions(self.text(*passed), n));
                let sets_needed = sets.iter().any(|n| mentions(self.text(statement), n));
                if needs_own || sets_needed {
                    return None;
                }
            }
        }
        Some(())
    }

    /// Whether a statement can end its list other than by failing the transaction.
    fn may_leave(&self, statement: Node<'_>) -> bool {
        let span = self.span(statement);
        let returns = self.function.iter_blocks().any(|(id, block)| {
            matches!(&block.end, Terminator::Return { outcome, .. } if *outcome != Outcome::Err)
                && span.contains(self.map.end(id).statement)
        });
        returns
            || contains_kind(
                statement,
                &[
                    "break_statement",
                    "continue_statement",
                    "goto_statement",
                    "labeled_statement",
                    "defer_statement",
                ],
            )
    }

    /// Names outside a statement that it declares or assigns.
    fn names_set(&self, statement: Node<'_>) -> Vec<&'c str> {
        let mut names = Vec::new();
        let mut stack = vec![(statement, true)];
        while let Some((node, is_outer)) = stack.pop() {
            let left = match node.kind() {
                "short_var_declaration" if !is_outer => None,
                "short_var_declaration" | "assignment_statement" => {
                    node.child_by_field_name("left")
                }
                "inc_statement" | "dec_statement" => Some(node),
                "var_spec" if is_outer => Some(node),
                _ => None,
            };
            for target in left.into_iter().flat_map(children) {
                names.extend(self.root_name(target));
            }
            let stays = is_outer && matches!(node.kind(), "var_declaration" | "var_spec_list");
            stack.extend(children(node).map(|c| (c, stays)));
        }
        names
    }

    fn root_name(&self, mut node: Node<'_>) -> Option<&'c str> {
        loop {
            match node.kind() {
                "identifier" => return Some(self.text(node)).filter(|n| *n != "_"),
                "selector_expression" | "index_expression" | "unary_expression" => {
                    node = node.child_by_field_name("operand")?;
                }
                "parenthesized_expression" => node = children(node).next()?,
                _ => return None,
            }
        }
    }
}

fn contains_kind(node: Node<'_>, kinds: &[&str]) -> bool {
    let mut stack = vec![node];
    while let Some(node) = stack.pop() {
        if kinds.contains(&node.kind()) {
            return true;
        }
        stack.extend(children(node));
    }
    false
}
