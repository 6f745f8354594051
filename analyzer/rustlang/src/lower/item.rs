//! Names and paths of items that are not called: constants, functions as values, variants.

use pactward_ir::{AggregateKind, Const, Name, OpId, OpKind, Place, SmolStr, Type};

use super::Lowerer;
use super::bind::variant_constant;
use super::control::Val;
use super::place::PlaceRef;
use crate::api::{self, ApiPath};
use crate::decls::TypeExpr;
use crate::literal::primitive;
use crate::program::Def;

impl Lowerer<'_> {
    /// A name or path that is not called.
    pub(super) fn item_value(&mut self, def: &Def, path: &[SmolStr], want: &Type) -> Val {
        match def {
            Def::Const(name) => self.const_value(name),
            Def::Function(name) => Val::Op(self.function_value(name)),
            Def::Variant(ty, variant) => {
                let own = Type::Enum(ty.clone());
                let is_plain = self
                    .program
                    .variant(&own, variant)
                    .is_none_or(|f| f.list.is_empty());
                let last = ty.rsplit(':').next().unwrap_or(ty);
                let name = SmolStr::from(format!("{last}::{variant}"));
                Val::Op(if is_plain {
                    self.constant(Const::Str(name), own)
                } else {
                    self.pure(name, Vec::new(), Type::Function)
                })
            }
            Def::Type(name) => {
                let kind = OpKind::Aggregate {
                    kind: AggregateKind::Struct,
                    names: Vec::new(),
                    parts: Vec::new(),
                };
                Val::Op(self.emit(kind, Type::Struct(name.clone())))
            }
            Def::Associated(..) => {
                let Some((item, owner)) = path.split_last() else {
                    return Val::Unit;
                };
                let ty = self.resolve_type(&TypeExpr::Path(owner.to_vec(), Vec::new()));
                let key = (api::key_of(&ty), item.clone());
                if let Some(name) = self.program.associated_consts.get(&key) {
                    let name = name.clone();
                    return self.const_value(&name);
                }
                if let Some(function) = self.program.method(&ty, item).first().cloned() {
                    return Val::Op(self.function_value(&function));
                }
                self.external_value(&key.0, item, path, want)
            }
            Def::External(full) => {
                let ty = full.first().and_then(|first| primitive(first));
                if let (Some(ty), [_, item]) = (&ty, full.as_slice()) {
                    return self.external_value(&api::key_of(ty), item, path, ty);
                }
                let api_path = ApiPath::new(full);
                match api_path.rest.as_slice() {
                    [only] => {
                        let package = api_path.package.clone();
                        self.external_value(&package, only, path, want)
                    }
                    [.., item] => {
                        let owner = api_path.owner();
                        self.external_value(&owner, item, path, want)
                    }
                    [] => Val::Op(self.pure(path.join("::"), Vec::new(), Type::Unknown)),
                }
            }
            Def::Module(_) | Def::Trait(_) | Def::Reference(_) => {
                Val::Op(self.pure(path.join("::"), Vec::new(), Type::Unknown))
            }
        }
    }

    fn const_value(&mut self, name: &Name) -> Val {
        if let Some(handle) = self.program.handles.get(name) {
            let place = Place::var(handle.var.clone());
            return Val::Place(PlaceRef::State(place, handle.ty.clone()));
        }
        let Some(info) = self.program.consts.get(name) else {
            return Val::Unit;
        };
        let ty = info.ty.clone();
        if info.is_static {
            let place = Place {
                root: pactward_ir::Root::Global(name.clone()),
                path: Vec::new(),
            };
            return Val::Place(PlaceRef::State(place, ty));
        }
        match &info.literal {
            Some(value) => {
                let value = value.clone();
                Val::Op(self.constant(value, ty))
            }
            None => Val::Op(self.pure(name.clone(), Vec::new(), ty)),
        }
    }

    fn function_value(&mut self, name: &Name) -> OpId {
        let kind = OpKind::Closure {
            function: name.clone(),
            captures: Vec::new(),
        };
        self.emit(kind, Type::Function)
    }

    fn external_value(&mut self, owner: &str, item: &str, path: &[SmolStr], want: &Type) -> Val {
        if let Some(row) = api::tables().value(owner, item) {
            if api::is_storage(&row.ty) {
                let place = Place::var(api::join(owner, item));
                return Val::Place(PlaceRef::State(place, row.ty.clone()));
            }
            self.ops += 1;
            let op = pactward_models::emit_value(&mut self.b, row, None);
            if !row.ty.is_known() && want.is_known() {
                self.b.set_ty(op, want.clone());
            }
            return Val::Op(op);
        }
        let is_variant = item.starts_with(char::is_uppercase)
            && item.chars().any(char::is_lowercase)
            && owner.contains("::");
        if is_variant {
            let ty = api::named(owner.into(), Vec::new());
            let name = variant_constant(path);
            return Val::Op(self.constant(Const::Str(name), ty));
        }
        if let Some(row) = api::tables().function(owner, item) {
            let _ = row;
            return Val::Op(self.pure(path.join("::"), Vec::new(), Type::Function));
        }
        Val::Op(self.pure(path.join("::"), Vec::new(), want.clone()))
    }
}
