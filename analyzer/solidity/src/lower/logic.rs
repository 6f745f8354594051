//! Operators, conditions and short circuit.

use pactward_ir::{ArithMode, BinaryOp, BlockId, OpId, Place, Root, Type};

use super::Lowerer;
use super::denote::{Den, is_reference};
use crate::program::Symbol;
use crate::syntax::{Args, Ast, ExprId, ExprKind, PrefixOp};

impl Lowerer<'_> {
    /// A binary expression. Its left operands are walked in a loop: generated code chains
    /// thousands of them.
    pub(super) fn binary(&mut self, ast: &Ast, id: ExprId) -> OpId {
        let ExprKind::Binary(op, ..) = ast.get(id).kind else {
            return self.value(ast, id);
        };
        if matches!(op, BinaryOp::And | BinaryOp::Or) {
            return self.short_circuit(ast, id);
        }
        let mut rights = Vec::new();
        let mut at = id;
        while let ExprKind::Binary(op, left, right) = ast.get(at).kind
            && !matches!(op, BinaryOp::And | BinaryOp::Or)
        {
            rights.push((op, right, ast.get(at).span));
            at = left;
        }
        let mut value = self.value(ast, at);
        for (op, right, span) in rights.into_iter().rev() {
            let right = self.value(ast, right);
            value = self.at(span, |l| l.apply(op, value, right));
        }
        value
    }

    /// A binary operator on values.
    pub(super) fn apply(&mut self, op: BinaryOp, left: OpId, right: OpId) -> OpId {
        let left_ty = self.b.ty(left).clone();
        let right_ty = self.b.ty(right).clone();
        let for_left = self.user_operator(symbol(op), &left_ty, &[left, right]);
        if let Some(result) = for_left {
            return result;
        }
        let shift = matches!(op, BinaryOp::Shl | BinaryOp::Shr | BinaryOp::Pow);
        let ty = if shift || (self.is_literal(right) && !self.is_literal(left)) {
            left_ty
        } else if self.is_literal(left) {
            right_ty
        } else {
            wider(left_ty, right_ty)
        };
        if !shift {
            self.coerce(left, &ty);
            self.coerce(right, &ty);
        }
        if op.is_comparison() {
            return self.b.compare(op, left, right);
        }
        let mode = match op {
            BinaryOp::Shl => ArithMode::Wrapping,
            _ if op.is_arithmetic() => self.mode(),
            _ => ArithMode::None,
        };
        self.b.binary(op, left, right, mode, ty)
    }

    /// The call of a function that defines an operator for a type.
    pub(super) fn user_operator(&mut self, op: &str, ty: &Type, args: &[OpId]) -> Option<OpId> {
        if !matches!(ty, Type::Named(..)) {
            return None;
        }
        let id = self.p.operator(self.frame.scope, ty, op, args.len())?;
        Some(self.call_function(id, args.to_vec()))
    }

    /// `a && b && …` or `a || b || …`: one op where the later operands have no effect and
    /// cannot abort, else a branch.
    fn short_circuit(&mut self, ast: &Ast, id: ExprId) -> OpId {
        let (op, operands) = operands(ast, id);
        if operands[1..].iter().all(|o| self.is_plain(ast, *o)) {
            let mut value = self.condition(ast, operands[0]);
            for operand in &operands[1..] {
                let right = self.condition(ast, *operand);
                value = self.b.binary(op, value, right, ArithMode::None, Type::Bool);
            }
            return value;
        }
        let result = self.b.local(Type::Bool);
        let (yes, no, join) = (self.b.new_block(), self.b.new_block(), self.b.new_block());
        self.branch_on(ast, id, yes, no);
        for (block, outcome) in [(yes, true), (no, false)] {
            self.b.switch_to(block);
            let value = self.b.bool(outcome);
            self.b.set(result, value);
            self.b.jump(join);
        }
        self.b.switch_to(join);
        self.b.get(result)
    }

    /// Continues in `yes` if a condition holds, else in `no`.
    pub(super) fn branch_on(&mut self, ast: &Ast, id: ExprId, yes: BlockId, no: BlockId) {
        match &ast.get(id).kind {
            ExprKind::Tuple(parts) => {
                if let [Some(only)] = parts.as_slice() {
                    return self.branch_on(ast, *only, yes, no);
                }
            }
            ExprKind::Prefix(PrefixOp::Not, inner) => {
                // `if (!c)` reads best as a branch on the negated value; only a condition that
                // is a branch itself is turned round.
                if let ExprKind::Binary(BinaryOp::And | BinaryOp::Or, ..) =
                    ast.get(peel(ast, *inner)).kind
                    && !self.is_plain(ast, *inner)
                {
                    return self.branch_on(ast, *inner, no, yes);
                }
            }
            ExprKind::Binary(BinaryOp::And | BinaryOp::Or, ..) => {
                return self.branch_on_all(ast, id, yes, no);
            }
            _ => {}
        }
        let cond = self.condition(ast, id);
        self.at(ast.get(id).span, |l| l.b.branch(cond, yes, no));
    }

    fn branch_on_all(&mut self, ast: &Ast, id: ExprId, yes: BlockId, no: BlockId) {
        let (op, operands) = operands(ast, id);
        let mut at = 0;
        while at < operands.len() {
            // A run of operands without effects is one value.
            let mut end = at + 1;
            while end < operands.len() && self.is_plain(ast, operands[end]) {
                end += 1;
            }
            let next = if end == operands.len() {
                None
            } else {
                Some(self.b.new_block())
            };
            let (on_true, on_false) = match op {
                BinaryOp::And => (next.unwrap_or(yes), no),
                _ => (yes, next.unwrap_or(no)),
            };
            if end == at + 1 {
                self.branch_on(ast, operands[at], on_true, on_false);
            } else {
                let mut value = self.condition(ast, operands[at]);
                for operand in &operands[at + 1..end] {
                    let right = self.condition(ast, *operand);
                    value = self.b.binary(op, value, right, ArithMode::None, Type::Bool);
                }
                self.b.branch(value, on_true, on_false);
            }
            if let Some(next) = next {
                self.b.switch_to(next);
            }
            at = end;
        }
    }

    pub(super) fn ternary(&mut self, ast: &Ast, cond: ExprId, yes: ExprId, no: ExprId) -> Den {
        let (then, otherwise, join) = (self.b.new_block(), self.b.new_block(), self.b.new_block());
        self.branch_on(ast, cond, then, otherwise);
        let mut result = None;
        for (block, arm) in [(then, yes), (otherwise, no)] {
            self.b.switch_to(block);
            let den = self.denote(ast, arm);
            let ty = self.den_type(&den);
            let first = result.clone();
            // Storage stays a reference, so that the choice can be written through.
            let wants_reference = first.as_ref().is_none_or(|(_, _, storage)| *storage);
            let (value, storage) = match den {
                Den::State(place, ty) if is_reference(&ty) && wants_reference => {
                    (self.reference(place, ty), true)
                }
                other => (self.read(other), false),
            };
            let (local, ty, storage) = first.unwrap_or_else(|| {
                let ty = if ty == Type::Unknown {
                    self.b.ty(value).clone()
                } else {
                    ty
                };
                (self.b.local(ty.clone()), ty, storage)
            });
            self.coerce(value, &ty);
            self.b.set(local, value);
            self.b.jump(join);
            result = Some((local, ty, storage));
        }
        self.b.switch_to(join);
        let Some((local, ty, storage)) = result else {
            return Den::Nothing;
        };
        let value = self.b.get(local);
        if storage {
            let place = Place {
                root: Root::Ref(value),
                path: Vec::new(),
            };
            return Den::State(place, ty);
        }
        Den::Value(value)
    }

    /// Whether evaluating an expression has no effect and cannot abort.
    fn is_plain(&self, ast: &Ast, id: ExprId) -> bool {
        let plain = |id: &ExprId| self.is_plain(ast, *id);
        match &ast.get(id).kind {
            ExprKind::Name(_)
            | ExprKind::Number(_)
            | ExprKind::Address(_)
            | ExprKind::Text(_)
            | ExprKind::Hex(_)
            | ExprKind::Bool(_)
            | ExprKind::TypeOf(_)
            | ExprKind::Type(_) => true,
            ExprKind::Member(base, _) => plain(base),
            ExprKind::Index(base, Some(key)) => {
                matches!(self.quiet_type(ast, *base), Type::Map(..)) && plain(base) && plain(key)
            }
            ExprKind::Prefix(PrefixOp::Not | PrefixOp::BitNot, inner) => plain(inner),
            ExprKind::Binary(op, left, right) => {
                let aborts = match op {
                    BinaryOp::Div | BinaryOp::Rem => true,
                    BinaryOp::Add | BinaryOp::Sub | BinaryOp::Mul | BinaryOp::Pow => {
                        self.mode() == ArithMode::Checked
                    }
                    _ => false,
                };
                // The left spine may be long; it is not worth a walk.
                let nested = matches!(
                    ast.get(*left).kind,
                    ExprKind::Binary(BinaryOp::Add | BinaryOp::BitOr | BinaryOp::BitAnd, ..)
                );
                !aborts && !nested && plain(left) && plain(right)
            }
            ExprKind::Tuple(parts) => match parts.as_slice() {
                [Some(only)] => plain(only),
                _ => false,
            },
            ExprKind::Call(callee, Args::Positional(args)) => {
                self.is_plain_callee(ast, *callee) && args.iter().all(plain)
            }
            _ => false,
        }
    }

    /// Conversions and hashing.
    fn is_plain_callee(&self, ast: &Ast, callee: ExprId) -> bool {
        match &ast.get(callee).kind {
            ExprKind::Type(_) => true,
            ExprKind::Name(name) => match name.as_str() {
                "keccak256" | "sha3" => true,
                name => matches!(
                    self.p.lookup(self.frame.scope, name).first(),
                    Some(Symbol::Contract(_))
                ),
            },
            ExprKind::Member(base, name) => {
                name.starts_with("encode")
                    && matches!(&ast.get(*base).kind, ExprKind::Name(n) if n == "abi")
            }
            _ => false,
        }
    }

    /// Type of a simple expression, found without lowering it.
    pub(super) fn quiet_type(&self, ast: &Ast, id: ExprId) -> Type {
        match &ast.get(id).kind {
            ExprKind::Name(name) => {
                if let Some(local) = self.find_local(name) {
                    return local.ty.clone();
                }
                let found = self.p.lookup(self.frame.scope, name);
                let var = found.iter().find_map(|s| match s {
                    Symbol::Var(id) => Some(self.p.vars[*id as usize].ty.clone()),
                    _ => None,
                });
                var.unwrap_or_default()
            }
            ExprKind::Member(base, name) => {
                let base = self.quiet_type(ast, *base);
                self.p
                    .struct_field(&base, name)
                    .cloned()
                    .unwrap_or_default()
            }
            ExprKind::Index(base, Some(_)) => {
                super::denote::element_of(&self.quiet_type(ast, *base)).0
            }
            ExprKind::Tuple(parts) => match parts.as_slice() {
                [Some(only)] => self.quiet_type(ast, *only),
                _ => Type::Unknown,
            },
            _ => Type::Unknown,
        }
    }
}

/// The operands of a chain of one logical operator, in order.
fn operands(ast: &Ast, id: ExprId) -> (BinaryOp, Vec<ExprId>) {
    let mut all = Vec::new();
    let mut at = id;
    let ExprKind::Binary(op, ..) = ast.get(id).kind else {
        return (BinaryOp::And, vec![id]);
    };
    while let ExprKind::Binary(next, left, right) = ast.get(at).kind
        && next == op
    {
        all.push(right);
        at = left;
    }
    all.push(at);
    all.reverse();
    (op, all)
}

/// An expression without the parentheses around it.
pub(super) fn peel(ast: &Ast, mut id: ExprId) -> ExprId {
    while let ExprKind::Tuple(parts) = &ast.get(id).kind
        && let [Some(only)] = parts.as_slice()
    {
        id = *only;
    }
    id
}

fn wider(left: Type, right: Type) -> Type {
    match (&left, &right) {
        (Type::Int { bits: a, .. }, Type::Int { bits: b, .. }) if b > a => right,
        (Type::Unknown, _) => right,
        _ => left,
    }
}

fn symbol(op: BinaryOp) -> &'static str {
    match op {
        BinaryOp::Add => "+",
        BinaryOp::Sub => "-",
        BinaryOp::Mul => "*",
        BinaryOp::Div => "/",
        BinaryOp::Rem => "%",
        BinaryOp::BitAnd => "&",
        BinaryOp::BitOr => "|",
        BinaryOp::BitXor => "^",
        BinaryOp::Eq => "==",
        BinaryOp::Ne => "!=",
        BinaryOp::Lt => "<",
        BinaryOp::Le => "<=",
        BinaryOp::Gt => ">",
        BinaryOp::Ge => ">=",
        _ => "",
    }
}
