//! Names as expressions: variables, constants, functions, members of packages.

use pactward_ir::{Const, Name, OpKind, Place, ReadKind, Root, Type};
use pactward_models::emit_value;
use pactward_syntax::Node;

use super::Lowering;
use super::expr::natural_type;
use super::frame::Binding;
use super::value::Val;
use crate::program::{ImportTarget, Item, Ref, go_models};
use crate::types::function_type;

impl<'a> Lowering<'a> {
    pub(super) fn identifier(&mut self, node: Node<'a>) -> Val {
        let name = self.text(node);
        match self.f.lookup(name).cloned() {
            Some(Binding::Local(local)) => return self.read_local(&local),
            Some(Binding::Const(Some(value), ty)) => return self.constant(value, ty),
            Some(Binding::Const(None, ty)) => return self.pure(name, vec![], ty),
            Some(Binding::Type(_)) => return self.unknown("type", vec![]),
            None => {}
        }
        for package in self.program.bare_models(self.file) {
            if let Some(row) = go_models().value(package, name) {
                let id = emit_value(&mut self.f.b, row, None);
                let mut value = Val::new(id, row.ty.clone());
                value.known.constant = row.int.map(|i| Const::Int(i.into()));
                return value;
            }
        }
        match self.program.bare_item(self.file, name) {
            Some(item) => self.item_value(item, name),
            None if name == "_" => self.unknown("blank", vec![]),
            None => self.unknown(Name::from(format!("undefined {name}")), vec![]),
        }
    }

    fn item_value(&mut self, item: Item, name: &str) -> Val {
        match item {
            Item::Const(at) => self.package_constant(at, name),
            Item::Var(at) => {
                let ty = self.types().var_type(at);
                let place = self.global(at, name);
                let is_sentinel = ty == Type::Error
                    && matches!(self.program.var(at).init, crate::decls::Init::Call(..));
                let value = self.read_global(place, ty);
                value.with_outcome(is_sentinel.then_some(pactward_ir::Outcome::Err))
            }
            Item::Func(at) => self.function_value(at, vec![]),
            Item::Type(_) => self.unknown("type", vec![]),
        }
    }

    fn package_constant(&mut self, at: Ref, name: &str) -> Val {
        let decl = self.program.const_decl(at);
        let declared = decl
            .ty
            .as_ref()
            .map(|ty| self.types().resolve(at.file, ty, &crate::types::no_scope));
        if let Some(value) = self.program.const_value(at) {
            let ty = declared.unwrap_or_else(|| natural_type(&value));
            self.constant(value, ty)
        } else {
            let name = self.program.item_name(at, name);
            let ty = declared.unwrap_or_else(|| match &*decl.value {
                crate::decls::ConstExpr::Qualified(package, name) => {
                    self.types().value_type(at.file, Some(package), name)
                }
                _ => Type::Unknown,
            });
            self.pure(name, vec![], ty)
        }
    }

    /// A function used as a value; a method with its receiver.
    pub(super) fn function_value(&mut self, at: Ref, captures: Vec<Val>) -> Val {
        let func = self.program.func(at);
        let scope = |n: &str| {
            let generic = func.type_params.iter().any(|p| p.name == n);
            generic.then_some(Type::Unknown)
        };
        let result = self.types().results(at.file, &func.signature, &scope);
        let kind = OpKind::Closure {
            function: func.key.clone(),
            captures: captures.into_iter().map(|c| c.id).collect(),
        };
        self.emit(kind, function_type(result))
    }

    pub(super) fn global(&self, at: Ref, name: &str) -> Place {
        Place {
            root: Root::Global(self.program.item_name(at, name)),
            path: Vec::new(),
        }
    }

    pub(super) fn read_global(&mut self, place: Place, ty: Type) -> Val {
        let kind = OpKind::StateRead {
            place,
            kind: ReadKind::Get,
        };
        self.emit(kind, ty)
    }

    /// The package that an operand names, if it is no variable.
    pub(super) fn package_of(&self, operand: Node<'a>) -> Option<ImportTarget> {
        if operand.kind() != "identifier" && operand.kind() != "package_identifier" {
            return None;
        }
        let name = self.text(operand);
        if self.f.lookup(name).is_some() {
            return None;
        }
        self.program.file(self.file).imports.get(name).cloned()
    }

    pub(super) fn package_member(&mut self, target: &ImportTarget, name: &str) -> Val {
        match target {
            ImportTarget::Package(package) => match self.program.item(*package, name) {
                Some(item) => self.item_value(item, name),
                None => self.unknown(Name::from(format!("undefined {name}")), vec![]),
            },
            ImportTarget::Model(package) => {
                if let Some(row) = go_models().value(package, name) {
                    let id = emit_value(&mut self.f.b, row, None);
                    let mut value = Val::new(id, row.ty.clone());
                    value.known.constant = row.int.map(|i| Const::Int(i.into()));
                    if name == "SuccessResponse" {
                        value.known.outcome = Some(pactward_ir::Outcome::Ok);
                    }
                    value
                } else {
                    let row = go_models().function(package, name);
                    let ty = row.map_or(Type::Unknown, |r| function_type(r.returns.clone()));
                    self.pure(format!("{package}.{name}"), vec![], ty)
                }
            }
            ImportTarget::Foreign(path) => {
                self.pure(format!("{path}.{name}"), vec![], Type::Unknown)
            }
        }
    }
}
