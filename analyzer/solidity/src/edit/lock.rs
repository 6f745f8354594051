//! Making functions exclude each other's re-entry by a lock modifier.

use pactward_base::{SmolStr, Span};
use pactward_ir::{BodyEdit, Mutability, Name, Type};
use pactward_syntax::Body;
use pactward_syntax::edits::{indentation, newline};

use super::Definitions;
use crate::program::{FunctionInfo, Lowerable, Program, Scope, Symbol};
use crate::syntax::{
    Args, Ast, ContractKind, ExprId, ExprKind, FunctionForm, Stmt, StmtKind, parse_function,
    parse_modifier,
};

/// Puts a lock modifier on functions: one that the contracts have, or a new one in the contract
/// that all of them derive from. Refuses functions that cannot hold a lock (view functions,
/// constructors, libraries) and functions without a common contract.
pub(super) fn render(
    program: &Program,
    names: &[Name],
    definition: Definitions<'_>,
) -> Option<Vec<BodyEdit>> {
    let mut functions: Vec<&FunctionInfo> = Vec::new();
    for name in names {
        let Some(Lowerable::Function(id)) = program.lowerable.get(name) else {
            return None;
        };
        let function = &program.functions[*id as usize];
        let may_lock = matches!(
            function.mutability,
            Mutability::Mutable | Mutability::Payable
        ) && function.form != FunctionForm::Constructor;
        if !may_lock {
            return None;
        }
        functions.push(function);
    }
    let homes: Vec<u32> = functions.iter().filter_map(|f| f.contract).collect();
    if homes.len() != functions.len() {
        return None;
    }
    let inherits = |home: &u32, base: u32| program.contracts[*home as usize].line.contains(&base);
    let home = homes
        .iter()
        .copied()
        .find(|base| homes.iter().all(|h| inherits(h, *base)))?;
    let is_contract = matches!(
        program.contracts[home as usize].kind,
        ContractKind::Contract | ContractKind::Abstract
    );
    if !is_contract {
        return None;
    }
    let mut edits = Vec::new();
    let modifier = if let Some(name) = existing_lock(program, home, definition) {
        name
    } else {
        let host = functions.iter().find(|f| f.contract == Some(home))?;
        let (body, _) = definition(&host.id)?;
        let names = NewLock::new(program, home);
        edits.push(names.declaration(&host.id, &body));
        names.modifier
    };
    for function in functions {
        let (body, _) = definition(&function.id)?;
        edits.extend(invocation(&function.id, &body, &modifier));
    }
    Some(edits)
}

/// The edit that adds a modifier to a function's head; none if it has it already.
fn invocation(name: &Name, body: &Body, modifier: &str) -> Option<BodyEdit> {
    let (_, header, _) = parse_function(body.text());
    if header.invocations.iter().any(|i| i.path == modifier) {
        return None;
    }
    // The lock comes first, so that no other modifier runs outside of it.
    let (at, text) = match header.invocations.first() {
        Some(first) => (first.span.start, format!("{modifier} ")),
        None => (header.attributes_end, format!(" {modifier}")),
    };
    Some(BodyEdit {
        body: name.clone(),
        span: Span::new(at, at),
        text,
    })
}

/// Names of a new lock that clash with nothing in the contract, its bases and its heirs.
struct NewLock {
    variable: String,
    modifier: String,
}

impl NewLock {
    fn new(program: &Program, home: u32) -> Self {
        let scope = Scope {
            file: program.contracts[home as usize].file,
            contract: Some(home),
        };
        let is_free = |name: &str| {
            let heirs = program.contracts.iter().filter(|c| c.line.contains(&home));
            program.lookup(scope, name).is_empty()
                && heirs.into_iter().all(|c| {
                    c.line
                        .iter()
                        .all(|base| !program.contracts[*base as usize].own.contains_key(name))
                })
        };
        let free = |name: &str| {
            let numbered = (2..).map(|n| format!("{name}{n}"));
            let mut names = std::iter::once(name.to_owned()).chain(numbered);
            names.find(|n| is_free(n)).unwrap_or_default()
        };
        Self {
            variable: free("_locked"),
            modifier: free("nonReentrant"),
        }
    }

    /// The edit that declares the lock behind a function of the contract.
    fn declaration(&self, host: &Name, body: &Body) -> BodyEdit {
        let Self { variable, modifier } = self;
        let text = &body.parsed().text;
        let outer = indentation(text, body.start());
        let inner = if outer.contains('\t') {
            format!("{outer}\t")
        } else {
            format!("{outer}    ")
        };
        let lines = [
            String::new(),
            String::new(),
            format!("{outer}bool private {variable};"),
            String::new(),
            format!("{outer}modifier {modifier}() {{"),
            format!("{inner}require(!{variable}, \"reentrant call\");"),
            format!("{inner}{variable} = true;"),
            format!("{inner}_;"),
            format!("{inner}{variable} = false;"),
            format!("{outer}}}"),
        ];
        let end = body.text().len() as u32;
        BodyEdit {
            body: host.clone(),
            span: Span::new(end, end),
            text: lines.join(newline(text)),
        }
    }
}

/// A modifier of the contract that works as a lock: it demands that a variable does not have a
/// value, sets that value, runs the function, and sets another value.
fn existing_lock(program: &Program, home: u32, definition: Definitions<'_>) -> Option<String> {
    for base in &program.contracts[home as usize].line {
        let own = &program.contracts[*base as usize].own;
        let mut modifiers: Vec<(&SmolStr, u32)> = own
            .iter()
            .flat_map(|(name, symbols)| symbols.iter().map(move |s| (name, s)))
            .filter_map(|(name, symbol)| match symbol {
                Symbol::Modifier(id) => Some((name, *id)),
                _ => None,
            })
            .collect();
        modifiers.sort_unstable();
        for (name, id) in modifiers {
            let modifier = &program.modifiers[id as usize];
            if !modifier.params.is_empty() || !modifier.has_body {
                continue;
            }
            let Some((body, _)) = definition(&modifier.id) else {
                continue;
            };
            let scope = Scope {
                file: program.contracts[*base as usize].file,
                contract: Some(*base),
            };
            if is_lock(program, scope, body.text(), definition) {
                return Some(name.to_string());
            }
        }
    }
    None
}

/// What a lock does, in order.
enum Step {
    /// Continues only if a condition on these variables holds.
    Check(Vec<SmolStr>),
    Set(SmolStr, String),
    Body,
    Other,
}

fn is_lock(program: &Program, scope: Scope, text: &str, definition: Definitions<'_>) -> bool {
    let (ast, body) = parse_modifier(text);
    let mut steps = Vec::new();
    collect(
        program,
        scope,
        (&ast, text),
        &body,
        definition,
        2,
        &mut steps,
    );
    let Some(middle) = steps.iter().position(|s| matches!(s, Step::Body)) else {
        return false;
    };
    let (before, after) = steps.split_at(middle);
    before.iter().enumerate().any(|(at, step)| {
        let Step::Set(variable, locked) = step else {
            return false;
        };
        let is_state = program.lookup(scope, variable).iter().any(|s| match s {
            Symbol::Var(id) => matches!(
                program.vars[*id as usize].ty,
                Type::Bool | Type::Int { .. } | Type::Bytes(Some(_))
            ),
            _ => false,
        });
        let checked = before[..at]
            .iter()
            .any(|s| matches!(s, Step::Check(names) if names.contains(variable)));
        let freed = after
            .iter()
            .any(|s| matches!(s, Step::Set(v, free) if v == variable && free != locked));
        is_state && checked && freed
    })
}

/// Steps of a modifier's statements; functions without arguments that it calls are looked into.
fn collect(
    program: &Program,
    scope: Scope,
    (ast, text): (&Ast, &str),
    statements: &[Stmt],
    definition: Definitions<'_>,
    depth: u32,
    steps: &mut Vec<Step>,
) {
    for statement in statements {
        let step = match &statement.kind {
            StmtKind::Placeholder => Step::Body,
            StmtKind::If {
                arms,
                otherwise: None,
            } => match arms.as_slice() {
                [(cond, body)] if aborts(ast, body) => Step::Check(names_in(ast, *cond)),
                _ => Step::Other,
            },
            StmtKind::Expr(expr) => match &ast.get(*expr).kind {
                ExprKind::Assign(None, left, right) => match &ast.get(*left).kind {
                    ExprKind::Name(name) => {
                        Step::Set(name.clone(), ast.get(*right).span.of(text).to_owned())
                    }
                    _ => Step::Other,
                },
                ExprKind::Call(callee, Args::Positional(args)) => {
                    let ExprKind::Name(name) = &ast.get(*callee).kind else {
                        continue;
                    };
                    match args.as_slice() {
                        [cond, ..] if matches!(name.as_str(), "require" | "assert") => {
                            Step::Check(names_in(ast, *cond))
                        }
                        [] if depth > 0 => {
                            let found = program.lookup(scope, name);
                            let function = found.iter().find_map(|s| match s {
                                Symbol::Function(id) => Some(&program.functions[*id as usize]),
                                _ => None,
                            });
                            if let Some((body, _)) = function.and_then(|f| definition(&f.id)) {
                                let (ast, _, inner) = parse_function(body.text());
                                let code = (&ast, body.text());
                                collect(program, scope, code, &inner, definition, depth - 1, steps);
                            }
                            continue;
                        }
                        _ => Step::Other,
                    }
                }
                _ => Step::Other,
            },
            _ => Step::Other,
        };
        steps.push(step);
    }
}

fn aborts(ast: &Ast, statement: &Stmt) -> bool {
    match &statement.kind {
        StmtKind::Throw => true,
        StmtKind::Expr(expr) => match &ast.get(*expr).kind {
            ExprKind::Call(callee, _) => {
                matches!(&ast.get(*callee).kind, ExprKind::Name(n) if n == "revert")
            }
            _ => false,
        },
        StmtKind::Block { body, .. } => body.last().is_some_and(|s| aborts(ast, s)),
        _ => false,
    }
}

/// Names in a condition.
fn names_in(ast: &Ast, expr: ExprId) -> Vec<SmolStr> {
    let names = ast.walk(expr).filter_map(|e| match &e.kind {
        ExprKind::Name(name) => Some(name.clone()),
        _ => None,
    });
    names.collect()
}
