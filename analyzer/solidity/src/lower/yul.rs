//! Inline assembly, lowered to the same ops as the language around it.

mod builtins;
mod memory;

use pactward_base::{Language, SmolStr, Span};
use pactward_ir::{BinaryOp, BlockId, Const, OpId, OpKind, Place, Root, Type};
use pactward_models::models;
use rustc_hash::FxHashSet;

use super::denote::{Den, How};
use super::{Local, Loop, Lowerer, MAX_STATEMENTS};
use crate::program::Symbol;
use crate::syntax::{YulExpr, YulExprKind, YulFunction, YulStmt, YulStmtKind};
use memory::Memory;

/// Calls of assembly functions are inlined this deep; deeper ones are recursion.
const MAX_INLINED: usize = 8;

/// What is known while a piece of assembly is lowered.
pub(super) struct Assembly<'a> {
    functions: Vec<&'a YulFunction>,
    /// Functions that are being inlined, with the block that `leave` leads to.
    inlined: Vec<(&'a str, BlockId)>,
    /// Variables that are assigned anywhere: the others keep what they were declared with.
    assigned: FxHashSet<&'a str>,
    memory: Memory,
}

impl Lowerer<'_> {
    pub(super) fn assembly(&mut self, block: &[YulStmt]) {
        let mut cx = Assembly {
            functions: Vec::new(),
            inlined: Vec::new(),
            assigned: FxHashSet::default(),
            memory: Memory::default(),
        };
        collect_assigned(block, &mut cx.assigned);
        self.yul_block(&mut cx, block);
    }

    fn yul_block<'a>(&mut self, cx: &mut Assembly<'a>, block: &'a [YulStmt]) {
        let visible = self.frame.locals.len();
        self.yul_statements(cx, block);
        self.frame.locals.truncate(visible);
    }

    /// The statements of a block; what they declare stays visible.
    fn yul_statements<'a>(&mut self, cx: &mut Assembly<'a>, block: &'a [YulStmt]) {
        let known = cx.functions.len();
        for statement in block {
            if let YulStmtKind::Function(function) = &statement.kind {
                cx.functions.push(function);
            }
        }
        for statement in block {
            self.statements += 1;
            if self.statements > MAX_STATEMENTS {
                return;
            }
            let before = self.b.source();
            self.yul_at(statement.span, true);
            self.yul_statement(cx, statement);
            self.b.set_source(before);
        }
        cx.functions.truncate(known);
    }

    fn yul_at(&mut self, span: Span, statement: bool) {
        if statement {
            self.b.at_statement(span);
        } else {
            self.b.at(span);
        }
    }

    fn yul_statement<'a>(&mut self, cx: &mut Assembly<'a>, statement: &'a YulStmt) {
        match &statement.kind {
            YulStmtKind::Block(block) => self.yul_block(cx, block),
            YulStmtKind::Let(names, value) => {
                let values = match value {
                    Some(value) => self.yul_values(cx, value, names.len()),
                    None => Vec::new(),
                };
                for (at, name) in names.iter().enumerate() {
                    let value = values
                        .get(at)
                        .copied()
                        .unwrap_or_else(|| self.b.int(0, Type::UINT256));
                    self.yul_declare(cx, name, value);
                }
            }
            YulStmtKind::Assign(names, value) => {
                let values = self.yul_values(cx, value, names.len());
                for (name, value) in names.iter().zip(values) {
                    self.yul_assign(name, value);
                }
            }
            YulStmtKind::Expr(expr) => {
                self.yul_values(cx, expr, 0);
            }
            YulStmtKind::If(cond, body) => {
                let cond = self.yul_condition(cx, cond);
                let (inside, join) = (self.b.new_block(), self.b.new_block());
                self.b.branch(cond, inside, join);
                self.b.switch_to(inside);
                cx.memory.forget();
                self.yul_block(cx, body);
                cx.memory.forget();
                self.b.jump(join);
                self.b.switch_to(join);
            }
            YulStmtKind::For {
                start,
                cond,
                step,
                body,
            } => self.yul_for(cx, start, cond, step, body),
            YulStmtKind::Switch { on, cases, default } => {
                self.yul_switch(cx, on, cases, default.as_deref());
            }
            YulStmtKind::Function(_) => {}
            YulStmtKind::Leave => {
                if let Some((_, exit)) = cx.inlined.last() {
                    self.b.jump(*exit);
                }
            }
            YulStmtKind::Break => {
                if let Some(at) = self.frame.loops.last() {
                    self.b.jump(at.end);
                }
            }
            YulStmtKind::Continue => {
                if let Some(at) = self.frame.loops.last() {
                    self.b.jump(at.next);
                }
            }
            YulStmtKind::Error => {
                self.b.unknown("syntax", Vec::new());
            }
        }
    }

    fn yul_for<'a>(
        &mut self,
        cx: &mut Assembly<'a>,
        start: &'a [YulStmt],
        cond: &'a YulExpr,
        step: &'a [YulStmt],
        body: &'a [YulStmt],
    ) {
        let visible = self.frame.locals.len();
        self.yul_statements(cx, start);
        cx.memory.forget();
        let head = self.b.new_block();
        self.b.jump(head);
        self.b.switch_to(head);
        let (inside, next, end) = (self.b.new_block(), self.b.new_block(), self.b.new_block());
        let cond = self.yul_condition(cx, cond);
        self.b.branch(cond, inside, end);
        self.b.switch_to(inside);
        self.frame.loops.push(Loop { next, end });
        self.yul_block(cx, body);
        self.frame.loops.pop();
        cx.memory.forget();
        self.b.jump(next);
        self.b.switch_to(next);
        self.yul_block(cx, step);
        self.b.jump(head);
        self.b.switch_to(end);
        cx.memory.forget();
        self.frame.locals.truncate(visible);
    }

    fn yul_switch<'a>(
        &mut self,
        cx: &mut Assembly<'a>,
        on: &'a YulExpr,
        cases: &'a [(YulExpr, Vec<YulStmt>)],
        default: Option<&'a [YulStmt]>,
    ) {
        let on = self.yul_value(cx, on);
        let join = self.b.new_block();
        for (value, body) in cases {
            let value = self.yul_value(cx, value);
            // `case 0` and `case 1` of a truth value are its two sides.
            let matches = match (self.b.ty(on), self.yul_constant(value)) {
                (Type::Bool, Some(n)) if n == 0.into() => self.b.not(on),
                (Type::Bool, Some(n)) if n == 1.into() => on,
                _ => self.b.compare(BinaryOp::Eq, on, value),
            };
            let (inside, next) = (self.b.new_block(), self.b.new_block());
            self.b.branch(matches, inside, next);
            self.b.switch_to(inside);
            cx.memory.forget();
            self.yul_block(cx, body);
            self.b.jump(join);
            self.b.switch_to(next);
        }
        cx.memory.forget();
        if let Some(default) = default {
            self.yul_block(cx, default);
            cx.memory.forget();
        }
        self.b.jump(join);
        self.b.switch_to(join);
    }

    fn yul_declare(&mut self, cx: &Assembly<'_>, name: &SmolStr, value: OpId) {
        let ty = self.b.ty(value).clone();
        // The slot of a variable stays known under another name.
        let alias = match &self.b.op(value).kind {
            OpKind::StorageRef { place } if !cx.assigned.contains(name.as_str()) => {
                Some(place.clone())
            }
            _ => None,
        };
        let local = self.declare(name.clone(), ty, false);
        if let Some(last) = self.frame.locals.last_mut() {
            last.slot = alias;
        }
        self.b.set(local.id, value);
    }

    fn yul_assign(&mut self, name: &str, value: OpId) {
        if let Some(local) = self.find_local(name).cloned() {
            self.b.set(local.id, value);
            return;
        }
        if let Some((base, suffix)) = suffixed(name)
            && let Some(local) = self.find_local(base).cloned()
        {
            let kind = if suffix == "slot" {
                OpKind::StorageRef {
                    place: self.place_at(value),
                }
            } else {
                // Parts of a calldata slice.
                let before = self.b.get(local.id);
                OpKind::Pure {
                    name: SmolStr::new(format!("calldata {suffix}")),
                    args: vec![before, value],
                }
            };
            let value = self.b.emit(kind, local.ty.clone());
            self.b.set(local.id, value);
            return;
        }
        self.b
            .unknown(SmolStr::new(format!("undeclared {name}")), vec![value]);
    }

    /// The place in storage that a slot number means.
    fn place_at(&self, slot: OpId) -> Place {
        match &self.b.op(slot).kind {
            OpKind::StorageRef { place } => place.clone(),
            _ => Place {
                root: Root::Slot(slot),
                path: Vec::new(),
            },
        }
    }

    fn yul_condition<'a>(&mut self, cx: &mut Assembly<'a>, expr: &'a YulExpr) -> OpId {
        let value = self.yul_value(cx, expr);
        self.truth(value)
    }

    /// A word as a truth value.
    fn truth(&mut self, value: OpId) -> OpId {
        if *self.b.ty(value) == Type::Bool {
            return value;
        }
        if let Some(n) = self.yul_constant(value) {
            return self.b.bool(n != 0.into());
        }
        let zero = self.b.int(0, Type::UINT256);
        self.b.compare(BinaryOp::Ne, value, zero)
    }

    fn yul_constant(&self, value: OpId) -> Option<num_bigint::BigInt> {
        match &self.b.op(value).kind {
            OpKind::Const {
                value: Const::Int(n),
            } => Some(n.clone()),
            _ => None,
        }
    }

    fn yul_value<'a>(&mut self, cx: &mut Assembly<'a>, expr: &'a YulExpr) -> OpId {
        let values = self.yul_values(cx, expr, 1);
        values.first().copied().unwrap_or_else(|| self.b.nil())
    }

    /// The values of an expression; calls of functions have any number.
    fn yul_values<'a>(
        &mut self,
        cx: &mut Assembly<'a>,
        expr: &'a YulExpr,
        wanted: usize,
    ) -> Vec<OpId> {
        let before = self.b.source();
        self.yul_at(expr.span, false);
        let values = match &expr.kind {
            YulExprKind::Name(name) => vec![self.yul_name(name)],
            YulExprKind::Number(value) => vec![self.b.int(value.clone(), Type::UINT256)],
            YulExprKind::Text(text) => vec![self.b.string(text.clone())],
            YulExprKind::Bool(value) => vec![self.b.bool(*value)],
            YulExprKind::Call(name, args) => self.yul_call(cx, name, args, wanted),
            YulExprKind::Error => vec![self.b.unknown("syntax", Vec::new())],
        };
        self.b.set_source(before);
        values
    }

    fn yul_name(&mut self, name: &SmolStr) -> OpId {
        if let Some(local) = self.find_local(name).cloned() {
            return match local.slot {
                Some(place) => self.b.emit(OpKind::StorageRef { place }, local.ty),
                None => self.b.get(local.id),
            };
        }
        if let Some((base, suffix)) = suffixed(name)
            && let Some(value) = self.yul_suffixed(base, suffix)
        {
            return value;
        }
        let found = self.p.lookup(self.frame.scope, name);
        match self.symbols(&found, &How::Virtual) {
            Some(den @ (Den::Value(_) | Den::State(..))) => self.read(den),
            // Before 0.5 builtins without arguments needed no parentheses.
            _ if models(Language::Solidity).function("yul", name).is_some() => {
                self.model_call("yul", name, Vec::new())
            }
            _ => self
                .b
                .unknown(SmolStr::new(format!("undeclared {name}")), Vec::new()),
        }
    }

    /// `x.slot`, `x.offset`, `x.length`, `f.selector`, `f.address`.
    fn yul_suffixed(&mut self, base: &str, suffix: &str) -> Option<OpId> {
        if let Some(local) = self.find_local(base).cloned() {
            let value = self.b.get(local.id);
            return Some(match suffix {
                "slot" => {
                    let place = Place {
                        root: Root::Ref(value),
                        path: Vec::new(),
                    };
                    self.b.emit(OpKind::StorageRef { place }, local.ty)
                }
                "offset" if local.storage => self.b.int(0, Type::UINT256),
                "length" => self.b.emit(OpKind::Length { value }, Type::UINT256),
                _ => {
                    let kind = OpKind::Pure {
                        name: SmolStr::new(format!("calldata {suffix}")),
                        args: vec![value],
                    };
                    self.b.emit(kind, Type::UINT256)
                }
            });
        }
        let found = self.p.lookup(self.frame.scope, base);
        let var = found.iter().find_map(|s| match s {
            Symbol::Var(id) => Some(*id),
            _ => None,
        })?;
        Some(match suffix {
            "slot" => {
                let var = &self.p.vars[var as usize];
                let place = Place::var(var.id.clone());
                self.b.emit(OpKind::StorageRef { place }, var.ty.clone())
            }
            _ => self.b.int(0, Type::UINT256),
        })
    }

    fn yul_call<'a>(
        &mut self,
        cx: &mut Assembly<'a>,
        name: &'a SmolStr,
        args: &'a [YulExpr],
        wanted: usize,
    ) -> Vec<OpId> {
        let function = cx.functions.iter().rev().find(|f| f.name == *name).copied();
        if let Some(function) = function {
            let mut values = Vec::new();
            for arg in args {
                values.push(self.yul_value(cx, arg));
            }
            return self.yul_inline(cx, function, values);
        }
        let result = self.yul_builtin(cx, name, args);
        if wanted > 1 {
            return (0..wanted)
                .map(|at| self.extract(result, at as u32, Type::UINT256))
                .collect();
        }
        vec![result]
    }

    /// Lowers the body of an assembly function where it is called.
    fn yul_inline<'a>(
        &mut self,
        cx: &mut Assembly<'a>,
        function: &'a YulFunction,
        args: Vec<OpId>,
    ) -> Vec<OpId> {
        let recursive = cx.inlined.iter().any(|(name, _)| function.name == *name);
        if recursive || cx.inlined.len() >= MAX_INLINED || self.statements > MAX_STATEMENTS {
            let name = SmolStr::new(format!("assembly {}", function.name));
            let all = self.b.emit(OpKind::Extern { name, args }, Type::Unknown);
            let returns = function.returns.len() as u32;
            return match returns {
                0 | 1 => vec![all],
                _ => (0..returns)
                    .map(|at| self.extract(all, at, Type::UINT256))
                    .collect(),
            };
        }
        // The function sees nothing of what is around it.
        let locals = std::mem::take(&mut self.frame.locals);
        let loops = std::mem::take(&mut self.frame.loops);
        for (name, value) in function.params.iter().zip(args) {
            let ty = self.b.ty(value).clone();
            let local = self.declare(name.clone(), ty, false);
            self.b.set(local.id, value);
        }
        let mut results: Vec<Local> = Vec::new();
        for name in &function.returns {
            let zero = self.b.int(0, Type::UINT256);
            let local = self.declare(name.clone(), Type::UINT256, false);
            self.b.set(local.id, zero);
            results.push(local);
        }
        let exit = self.b.new_block();
        cx.inlined.push((&function.name, exit));
        cx.memory.forget();
        self.yul_block(cx, &function.body);
        cx.memory.forget();
        cx.inlined.pop();
        self.b.jump(exit);
        self.b.switch_to(exit);
        let values = results.iter().map(|r| self.b.get(r.id)).collect();
        self.frame.locals = locals;
        self.frame.loops = loops;
        values
    }
}

/// `x.slot` and, as before 0.7, `x_slot`.
fn suffixed(name: &str) -> Option<(&str, &str)> {
    if let Some((base, suffix)) = name.split_once('.') {
        return Some((base, suffix));
    }
    let base = name.strip_suffix("_slot").map(|b| (b, "slot"));
    base.or_else(|| name.strip_suffix("_offset").map(|b| (b, "offset")))
}

/// Names that are assigned somewhere in a block.
fn collect_assigned<'a>(block: &'a [YulStmt], assigned: &mut FxHashSet<&'a str>) {
    for statement in block {
        match &statement.kind {
            YulStmtKind::Block(body) | YulStmtKind::If(_, body) => collect_assigned(body, assigned),
            YulStmtKind::Assign(names, _) => assigned.extend(names.iter().map(SmolStr::as_str)),
            YulStmtKind::For {
                start, step, body, ..
            } => {
                for part in [start, step, body] {
                    collect_assigned(part, assigned);
                }
            }
            YulStmtKind::Switch { cases, default, .. } => {
                for (_, body) in cases {
                    collect_assigned(body, assigned);
                }
                if let Some(body) = default {
                    collect_assigned(body, assigned);
                }
            }
            YulStmtKind::Function(function) => collect_assigned(&function.body, assigned),
            _ => {}
        }
    }
}
