//! Moving statements before another statement of their block.

use pactward_base::{Language, SmolStr, Span};
use pactward_ir::{BodyEdit, OpRef};
use pactward_models::models;
use pactward_syntax::edits::{mentions, move_before};

use super::Definitions;
use crate::syntax::{Ast, ExprId, ExprKind, PrefixOp, Stmt, StmtKind, parse_function};

/// Refuses statements that are no plain neighbours of one block, that use what is declared or
/// set in between, that write what is read in between, and moves past a way out of the block.
pub(super) fn render(
    ops: &[OpRef],
    before: &OpRef,
    definition: Definitions<'_>,
) -> Option<Vec<BodyEdit>> {
    let (body, map) = definition(&before.function)?;
    let target = map.op(before.op);
    let mut spans = Vec::new();
    for op in ops {
        let source = map.op(op.op);
        if op.function != before.function || source.body != target.body {
            return None;
        }
        spans.push(source.statement);
    }
    spans.sort_unstable();
    spans.dedup();
    let name = map.bodies.get(target.body as usize)?.clone();
    let body = if target.body == 0 {
        body
    } else {
        definition(&name)?.0
    };
    let text = body.text();
    let (ast, _, statements) = parse_function(text);
    let block = block_with(&statements, target.statement)?;
    let position = |span: Span| block.iter().position(|s| s.span == span);
    let first = position(target.statement)?;
    let mut moved = Vec::new();
    for span in &spans {
        moved.push(position(*span).filter(|at| *at > first)?);
    }
    let last = *moved.last()?;
    let code = Code { ast: &ast, text };
    for at in &moved {
        let statement = &block[*at];
        let writes = code.plain(statement)?;
        for (other, passed) in block.iter().enumerate().take(last).skip(first) {
            if other >= *at || moved.contains(&other) {
                continue;
            }
            let passed_text = passed.span.of(text);
            let uses_moved = writes.iter().any(|w| mentions(passed_text, w));
            let sets = code.names_set(passed);
            let moved_text = statement.span.of(text);
            let used_by_moved = sets.iter().any(|s| mentions(moved_text, s));
            let hidden = !writes.is_empty() && code.calls_inside(passed);
            if uses_moved || used_by_moved || hidden || code.leaves(passed) {
                return None;
            }
        }
    }
    let edits = move_before(text, &spans, target.statement)?;
    let edits = edits.into_iter().map(|(span, text)| BodyEdit {
        body: name.clone(),
        span,
        text,
    });
    Some(edits.collect())
}

/// The block that has a statement with this span among its own.
fn block_with(statements: &[Stmt], span: Span) -> Option<&[Stmt]> {
    if statements.iter().any(|s| s.span == span) {
        return Some(statements);
    }
    let around = statements.iter().find(|s| s.span.contains(span))?;
    block_in(around, span)
}

fn block_in(statement: &Stmt, span: Span) -> Option<&[Stmt]> {
    match &statement.kind {
        StmtKind::Block { body, .. } => block_with(body, span),
        StmtKind::If { arms, otherwise } => {
            let bodies = arms.iter().map(|(_, body)| body);
            let mut bodies = bodies.chain(otherwise.as_deref());
            bodies.find_map(|body| block_in(body, span))
        }
        StmtKind::For { body, .. }
        | StmtKind::While { body, .. }
        | StmtKind::DoWhile { body, .. } => block_in(body, span),
        StmtKind::Try { body, catches, .. } => {
            let mut blocks = std::iter::once(body).chain(catches.iter().map(|c| &c.body));
            blocks.find_map(|body| block_with(body, span))
        }
        _ => None,
    }
}

struct Code<'c> {
    ast: &'c Ast,
    text: &'c str,
}

impl Code<'_> {
    /// Names that a statement writes, if it is one that can be moved: an expression, an event.
    fn plain(&self, statement: &Stmt) -> Option<Vec<SmolStr>> {
        match &statement.kind {
            StmtKind::Expr(expr) => {
                let mut names = Vec::new();
                self.written(*expr, &mut names);
                Some(names)
            }
            StmtKind::Emit(_) => Some(Vec::new()),
            _ => None,
        }
    }

    /// Variables that an expression assigns at its top.
    fn written(&self, expr: ExprId, names: &mut Vec<SmolStr>) {
        match &self.ast.get(expr).kind {
            ExprKind::Assign(_, left, right) => {
                self.root(*left, names);
                self.written(*right, names);
            }
            ExprKind::Prefix(PrefixOp::Delete | PrefixOp::Step(_), operand)
            | ExprKind::Postfix(_, operand) => self.root(*operand, names),
            ExprKind::Call(callee, _) => {
                if let ExprKind::Member(base, method) = &self.ast.get(*callee).kind
                    && matches!(method.as_str(), "push" | "pop")
                {
                    self.root(*base, names);
                }
            }
            _ => {}
        }
    }

    fn root(&self, expr: ExprId, names: &mut Vec<SmolStr>) {
        match &self.ast.get(expr).kind {
            ExprKind::Name(name) => names.push(name.clone()),
            ExprKind::Member(base, _) | ExprKind::Index(base, _) => self.root(*base, names),
            ExprKind::Tuple(parts) => parts.iter().flatten().for_each(|p| self.root(*p, names)),
            _ => {}
        }
    }

    /// Names that a statement declares or assigns at its top.
    fn names_set(&self, statement: &Stmt) -> Vec<SmolStr> {
        match &statement.kind {
            StmtKind::Declare { locals, .. } => {
                locals.iter().flatten().map(|l| l.name.clone()).collect()
            }
            StmtKind::Expr(expr) => {
                let mut names = Vec::new();
                self.written(*expr, &mut names);
                names
            }
            _ => Vec::new(),
        }
    }

    /// Whether a statement calls a function of the contract, which may read what is written.
    fn calls_inside(&self, statement: &Stmt) -> bool {
        let expr = match &statement.kind {
            StmtKind::Expr(expr) | StmtKind::Emit(expr) => Some(*expr),
            StmtKind::Declare { value, .. } => *value,
            StmtKind::If { arms, .. } => arms.first().map(|(cond, _)| *cond),
            _ => None,
        };
        let is_inside = |name: &str| {
            name.starts_with(|c: char| c.is_lowercase() || c == '_')
                && models(Language::Solidity)
                    .function("global", name)
                    .is_none()
                && !matches!(name, "require" | "assert" | "revert" | "payable")
        };
        expr.is_some_and(|expr| {
            self.ast.walk(expr).any(|e| match &e.kind {
                ExprKind::Call(callee, _) => match &self.ast.get(*callee).kind {
                    ExprKind::Name(name) => is_inside(name),
                    _ => false,
                },
                _ => false,
            })
        })
    }

    /// Whether a statement may leave its block other than by aborting, or hides what it does.
    fn leaves(&self, statement: &Stmt) -> bool {
        !matches!(
            statement.kind,
            StmtKind::Expr(_) | StmtKind::Declare { .. } | StmtKind::Emit(_)
        ) && ["return", "break", "continue", "assembly", "_"]
            .iter()
            .any(|word| mentions(statement.span.of(self.text), word))
    }
}
