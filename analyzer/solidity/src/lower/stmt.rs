//! Statements.

use pactward_ir::{AbortKind, OpKind, Outcome, Place, Root, Type, UnaryOp};

use super::assign::Parts;
use super::denote::Den;
use super::{Exit, Loop, Lowerer, MAX_STATEMENTS};
use crate::syntax::{Ast, Catch, ExprId, ExprKind, LocalSpec, Location, Stmt, StmtKind};
use crate::syntax::{ParamSpec, TypeExpr};

impl Lowerer<'_> {
    pub(super) fn statements(&mut self, ast: &Ast, statements: &[Stmt]) {
        for statement in statements {
            self.statement(ast, statement);
        }
    }

    fn statement(&mut self, ast: &Ast, statement: &Stmt) {
        self.statements += 1;
        if self.statements >= MAX_STATEMENTS {
            if self.statements == MAX_STATEMENTS {
                self.b.unknown("too much code", Vec::new());
            }
            return;
        }
        let before = self.b.source();
        self.b.at_statement(statement.span);
        self.statement_kind(ast, statement);
        self.b.set_source(before);
    }

    fn statement_kind(&mut self, ast: &Ast, statement: &Stmt) {
        match &statement.kind {
            StmtKind::Block { body, unchecked } => {
                let outer = self.frame.unchecked;
                self.frame.unchecked |= unchecked;
                self.scoped(|l| l.statements(ast, body));
                self.frame.unchecked = outer;
            }
            StmtKind::Expr(expr) => self.expression_statement(ast, *expr),
            StmtKind::Declare {
                locals,
                tuple,
                value,
            } => self.declaration(ast, locals, *tuple, *value),
            StmtKind::If { arms, otherwise } => {
                let join = self.b.new_block();
                for (at, (cond, body)) in arms.iter().enumerate() {
                    let then = self.b.new_block();
                    let last = at + 1 == arms.len() && otherwise.is_none();
                    let next = if last { join } else { self.b.new_block() };
                    self.branch_on(ast, *cond, then, next);
                    self.b.switch_to(then);
                    self.scoped(|l| l.statement(ast, body));
                    self.b.jump(join);
                    self.b.switch_to(next);
                }
                if let Some(otherwise) = otherwise {
                    self.scoped(|l| l.statement(ast, otherwise));
                    self.b.jump(join);
                    self.b.switch_to(join);
                }
            }
            StmtKind::For {
                start,
                cond,
                step,
                body,
            } => self.scoped(|l| l.for_loop(ast, start.as_deref(), *cond, *step, body)),
            StmtKind::While { cond, body } => {
                let head = self.b.new_block();
                self.b.jump(head);
                self.b.switch_to(head);
                let (inside, end) = (self.b.new_block(), self.b.new_block());
                self.branch_on(ast, *cond, inside, end);
                self.b.switch_to(inside);
                self.in_loop(Loop { next: head, end }, |l| l.statement(ast, body));
                self.b.jump(head);
                self.b.switch_to(end);
            }
            StmtKind::DoWhile { body, cond } => {
                let (inside, check, end) =
                    (self.b.new_block(), self.b.new_block(), self.b.new_block());
                self.b.jump(inside);
                self.b.switch_to(inside);
                self.in_loop(Loop { next: check, end }, |l| l.statement(ast, body));
                self.b.jump(check);
                self.b.switch_to(check);
                self.branch_on(ast, *cond, inside, end);
                self.b.switch_to(end);
            }
            StmtKind::Continue => {
                if let Some(at) = self.frame.loops.last() {
                    self.b.jump(at.next);
                }
            }
            StmtKind::Break => {
                if let Some(at) = self.frame.loops.last() {
                    self.b.jump(at.end);
                }
            }
            StmtKind::Try {
                call,
                returns,
                body,
                catches,
            } => self.try_statement(ast, *call, returns, body, catches),
            StmtKind::Return(value) => self.return_statement(ast, *value),
            StmtKind::Emit(call) => self.emit_statement(ast, *call),
            StmtKind::Throw => self.b.abort(AbortKind::Revert, Vec::new()),
            StmtKind::Placeholder => {
                if self.frame.next_layer > 0 {
                    self.run_layer(self.frame.next_layer);
                }
            }
            StmtKind::Assembly(block) => self.assembly(block),
            StmtKind::Error => {
                self.b.unknown("syntax", Vec::new());
            }
        }
    }

    /// Runs `lower` in a scope of its own. Before 0.5 locals live to the end of the function.
    fn scoped(&mut self, lower: impl FnOnce(&mut Self)) {
        let visible = self.frame.locals.len();
        lower(self);
        if !self.frame.version.is_before_5() {
            self.frame.locals.truncate(visible);
        }
    }

    fn in_loop(&mut self, at: Loop, lower: impl FnOnce(&mut Self)) {
        self.frame.loops.push(at);
        self.scoped(lower);
        self.frame.loops.pop();
    }

    /// An assignment or step whose value nobody uses yields no reads for it.
    fn expression_statement(&mut self, ast: &Ast, expr: ExprId) {
        let den = self.denote(ast, expr);
        // A name alone reads nothing worth knowing; the values of calls are there already.
        if let Den::Unresolved(_) | Den::Member { .. } | Den::Memory { .. } = den {
            self.at(ast.get(expr).span, |l| l.read(den));
        }
    }

    fn declaration(
        &mut self,
        ast: &Ast,
        locals: &[Option<LocalSpec>],
        tuple: bool,
        value: Option<ExprId>,
    ) {
        let source = value.map(|v| self.denote(ast, v));
        if !tuple {
            if let Some(Some(spec)) = locals.first() {
                self.declare_local(spec, source);
            }
            return;
        }
        let Some(source) = source else {
            for spec in locals.iter().flatten() {
                self.declare_local(spec, None);
            }
            return;
        };
        // All components are read before the first is declared.
        let parts = self.parts(source);
        let parts = match parts {
            Parts::Known(parts) => Parts::Known(
                parts
                    .into_iter()
                    .map(|p| p.map(|p| self.settle(p)))
                    .collect(),
            ),
            value @ Parts::Value(_) => value,
        };
        for (at, spec) in locals.iter().enumerate() {
            if let Some(spec) = spec {
                let part = self.part(&parts, at);
                self.declare_local(spec, Some(part));
            }
        }
    }

    fn declare_local(&mut self, spec: &LocalSpec, source: Option<Den>) {
        let mut ty = self.resolve(&spec.ty);
        let inferred = spec.ty == TypeExpr::Infer;
        if inferred && let Some(source) = &source {
            ty = self.den_type(source);
        }
        let is_composite = matches!(ty, Type::Array(..) | Type::Struct(_));
        let implicit = spec.location == Location::Implicit
            && is_composite
            && self.frame.version.is_before_5()
            && (!inferred || matches!(source, Some(Den::State(..))));
        let storage = spec.location == Location::Storage || matches!(ty, Type::Map(..)) || implicit;
        match source {
            Some(source) if storage => {
                let value = match source {
                    Den::State(place, ty) => self.reference(place, ty),
                    other => self.read(other),
                };
                let local = self.declare(spec.name.clone(), ty, true);
                self.b.set(local.id, value);
            }
            Some(source) => {
                let value = self.read(source);
                if inferred && ty == Type::Unknown {
                    ty = self.b.ty(value).clone();
                }
                let value = self.coerce(value, &ty);
                let local = self.declare(spec.name.clone(), ty, false);
                self.b.set(local.id, value);
            }
            None if storage => {
                // A pointer that was not set points at the first slot.
                let slot = self.b.int(0, Type::UINT256);
                let place = Place {
                    root: Root::Slot(slot),
                    path: Vec::new(),
                };
                let value = self.reference(place, ty.clone());
                let local = self.declare(spec.name.clone(), ty, true);
                self.b.set(local.id, value);
            }
            None => {
                let zero = self.zero(&ty);
                let local = self.declare(spec.name.clone(), ty, false);
                self.b.set(local.id, zero);
            }
        }
    }

    fn for_loop(
        &mut self,
        ast: &Ast,
        start: Option<&Stmt>,
        cond: Option<ExprId>,
        step: Option<ExprId>,
        body: &Stmt,
    ) {
        if let Some(start) = start {
            self.statement(ast, start);
        }
        let head = self.b.new_block();
        self.b.jump(head);
        self.b.switch_to(head);
        let (inside, next, end) = (self.b.new_block(), self.b.new_block(), self.b.new_block());
        match cond {
            Some(cond) => self.branch_on(ast, cond, inside, end),
            None => self.b.jump(inside),
        }
        self.b.switch_to(inside);
        self.in_loop(Loop { next, end }, |l| l.statement(ast, body));
        self.b.jump(next);
        self.b.switch_to(next);
        if let Some(step) = step {
            self.expression_statement(ast, step);
        }
        self.b.jump(head);
        self.b.switch_to(end);
    }

    fn return_statement(&mut self, ast: &Ast, value: Option<ExprId>) {
        if let Some(value) = value {
            let source = self.denote(ast, value);
            let results = self.frame.results.clone();
            match results.as_slice() {
                [] => {
                    self.read(source);
                }
                [only] => {
                    let target = Den::Local(only.clone());
                    self.assign(target, source);
                }
                all => {
                    let targets = all.iter().map(|r| Some(Den::Local(r.clone()))).collect();
                    let source = self.settle(source);
                    self.assign(Den::Tuple(targets), source);
                }
            }
        }
        self.leave();
    }

    fn emit_statement(&mut self, ast: &Ast, call: ExprId) {
        let (topic, args) = match &ast.get(call).kind {
            ExprKind::Call(callee, args) => {
                let name = match &ast.get(*callee).kind {
                    ExprKind::Name(name) | ExprKind::Member(_, name) => name.clone(),
                    _ => pactward_ir::Name::default(),
                };
                let params = match self.denote(ast, *callee) {
                    Den::Signature { id, .. } => &self.p.signatures[id as usize].params[..],
                    _ => &[],
                };
                let arguments = self.arguments(ast, args);
                (name, self.pass_all(arguments, params))
            }
            _ => (pactward_ir::Name::default(), vec![self.value(ast, call)]),
        };
        self.at(ast.get(call).span, |l| {
            l.b.emit(OpKind::Emit { topic, args }, Type::Unit)
        });
    }

    /// `try` is a branch on the failure of its call: the call yields a result instead of
    /// aborting.
    fn try_statement(
        &mut self,
        ast: &Ast,
        call: ExprId,
        returns: &[ParamSpec],
        body: &[Stmt],
        catches: &[Catch],
    ) {
        self.trying = true;
        let result = self.value(ast, call);
        self.trying = false;
        let (good, bad, join) = (self.b.new_block(), self.b.new_block(), self.b.new_block());
        let failed = self.b.emit(
            OpKind::Unary {
                op: UnaryOp::IsErr,
                value: result,
            },
            Type::Bool,
        );
        self.b.branch(failed, bad, good);
        self.b.switch_to(good);
        self.scoped(|l| {
            l.bind_payload(result, "ok", returns);
            l.statements(ast, body);
        });
        self.b.jump(join);
        self.b.switch_to(bad);
        let mut caught_all = false;
        for clause in catches {
            let is_typed = !clause.name.is_empty();
            let next = is_typed.then(|| {
                let cond = self.b.emit(
                    OpKind::IsVariant {
                        value: result,
                        variant: clause.name.clone(),
                    },
                    Type::Bool,
                );
                let (inside, next) = (self.b.new_block(), self.b.new_block());
                self.b.branch(cond, inside, next);
                self.b.switch_to(inside);
                next
            });
            self.scoped(|l| {
                l.bind_payload(result, &clause.name, &clause.params);
                l.statements(ast, &clause.body);
            });
            self.b.jump(join);
            match next {
                Some(next) => self.b.switch_to(next),
                None => caught_all = true,
            }
        }
        if !caught_all {
            self.b.abort(AbortKind::Revert, Vec::new());
        }
        self.b.switch_to(join);
    }

    /// Declares what a clause of `try` receives.
    fn bind_payload(&mut self, result: pactward_ir::OpId, variant: &str, params: &[ParamSpec]) {
        for (index, param) in params.iter().enumerate() {
            let ty = self.resolve(&param.ty);
            let value = self.b.emit(
                OpKind::Payload {
                    value: result,
                    variant: variant.into(),
                    index: index as u32,
                },
                ty.clone(),
            );
            let local = self.declare(param.name.clone(), ty, false);
            self.b.set(local.id, value);
        }
    }

    /// Leaves the function or modifier.
    pub(super) fn leave(&mut self) {
        match self.frame.exit {
            Exit::Function => {
                let results = self.frame.results.clone();
                let values = results.iter().map(|r| self.b.get(r.id)).collect();
                self.b.ret(values, Outcome::Ok);
            }
            Exit::Join(block) => {
                let block = block.unwrap_or_else(|| self.b.new_block());
                self.frame.exit = Exit::Join(Some(block));
                self.b.jump(block);
            }
        }
    }
}
