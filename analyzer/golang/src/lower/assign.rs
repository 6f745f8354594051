//! Assignments and short declarations.

use pactward_ir::{Const, Name, OpKind, Type};
use pactward_syntax::{Node, children};

use super::Lowering;
use super::value::Val;

impl<'a> Lowering<'a> {
    /// Values of an expression list for a number of targets: one call may yield them all.
    pub(super) fn value_list(
        &mut self,
        list: Node<'a>,
        wanted: usize,
        ty: Option<&Type>,
    ) -> Vec<Val> {
        let nodes: Vec<Node<'a>> = if list.kind() == "expression_list" {
            children(list).collect()
        } else {
            vec![list]
        };
        match nodes.as_slice() {
            [only] if wanted > 1 => self.several(*only, wanted),
            _ => nodes
                .into_iter()
                .map(|node| self.expr_of(node, ty))
                .collect(),
        }
    }

    pub(super) fn short_declaration(&mut self, node: Node<'a>) {
        let parts = ["left", "right"].map(|f| node.child_by_field_name(f));
        let [Some(left), Some(right)] = parts else {
            return;
        };
        let targets: Vec<Node<'a>> = children(left).collect();
        let values = self.value_list(right, targets.len(), None);
        let mut values = values.into_iter();
        for target in targets {
            let value = match values.next() {
                Some(value) => value,
                None => self.unknown("missing value", vec![]),
            };
            let name = Name::from(self.text(target));
            if target.kind() != "identifier" {
                self.assign(target, value);
            } else if let Some(local) = self.f.declared_here(&name) {
                self.write_local(&local, value);
            } else if name != "_" {
                self.declare(name, value);
            }
        }
    }

    pub(super) fn assignment(&mut self, node: Node<'a>) {
        let parts = ["left", "operator", "right"].map(|f| node.child_by_field_name(f));
        let [Some(left), Some(operator), Some(right)] = parts else {
            return;
        };
        let targets: Vec<Node<'a>> = children(left).collect();
        let operator = self.text(operator).trim_end_matches('=');
        if !operator.is_empty() {
            if let Some(target) = targets.first() {
                let left = self.expr(*target);
                let ty = left.ty.clone();
                let value = match children(right).next() {
                    Some(right) => self.expr_of(right, Some(&ty)),
                    None => self.unknown("missing value", vec![]),
                };
                let result = self.combine(operator, left, value);
                self.assign(*target, result);
            }
            return;
        }
        let expected = match targets.as_slice() {
            [only] => self.type_of_target(*only),
            _ => None,
        };
        let values = self.value_list(right, targets.len(), expected.as_ref());
        for (target, value) in targets.into_iter().zip(values) {
            self.assign(target, value);
        }
    }

    fn combine(&mut self, operator: &str, left: Val, right: Val) -> Val {
        if operator == "+" && self.underlying(&left.ty) == Type::Str {
            let ty = left.ty.clone();
            let kind = OpKind::Key {
                kind: pactward_ir::KeyKind::Concat,
                parts: vec![left.id, right.id],
            };
            return self.emit(kind, ty);
        }
        self.apply(operator, left, right)
    }

    /// `x++` and `x--`.
    pub(super) fn step(&mut self, node: Node<'a>, operator: &str) {
        let Some(target) = children(node).next() else {
            return;
        };
        let value = self.expr(target);
        let one = self.constant(Const::Int(1.into()), value.ty.clone());
        let result = self.apply(operator, value, one);
        self.assign(target, result);
    }

    /// Type of a plain variable that is assigned to.
    fn type_of_target(&self, node: Node<'a>) -> Option<Type> {
        match self.f.lookup(self.text(node)) {
            Some(super::frame::Binding::Local(local)) if node.kind() == "identifier" => {
                Some(local.ty.clone())
            }
            _ => None,
        }
    }

    /// A value as the type of what it is assigned to: constants and nil take it.
    pub(super) fn adapt(&mut self, mut value: Val, ty: &Type) -> Val {
        if ty.is_known() && (value.constant().is_some() || !value.ty.is_known()) {
            value.ty = ty.clone();
            if value.constant().is_some() {
                let erased = self.erase(ty);
                let is_own = matches!(self.f.b.op(value.id).kind, OpKind::Const { .. });
                if is_own && erased.is_known() {
                    self.f.b.set_ty(value.id, erased);
                }
            }
        }
        value
    }
}
