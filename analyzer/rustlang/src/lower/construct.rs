//! Structs, variants, tuples, arrays.

use pactward_ir::{AggregateKind, Name, OpId, OpKind, Place, SmolStr, Type, WriteKind};

use super::Lowerer;
use super::call::Arg;
use super::control::Val;
use super::message::Known;
use crate::api::{self, ApiPath};
use crate::program::{Def, FieldTypes, Space};
use crate::source::Syn;

/// Fields of a struct expression: names, values, and the base that gives the others.
struct Parts {
    names: Vec<Name>,
    values: Vec<OpId>,
    base: Option<OpId>,
}

impl<'t> Lowerer<'t> {
    pub(super) fn tuple(&mut self, node: Syn<'t>, want: &Type) -> OpId {
        let wanted = match want {
            Type::Tuple(items) => items.clone(),
            _ => Vec::new(),
        };
        let mut parts = Vec::new();
        for (at, kid) in node.kids().into_iter().enumerate() {
            let want = wanted.get(at).cloned().unwrap_or_default();
            parts.push(self.value(kid, &want));
        }
        self.tuple_of(parts)
    }

    pub(super) fn tuple_of(&mut self, parts: Vec<OpId>) -> OpId {
        let ty = Type::Tuple(parts.iter().map(|p| self.b.ty(*p).clone()).collect());
        let kind = OpKind::Aggregate {
            kind: AggregateKind::Tuple,
            names: Vec::new(),
            parts,
        };
        self.emit(kind, ty)
    }

    /// `[a, b]` and `[a; n]`.
    pub(super) fn array(&mut self, node: Syn<'t>, want: &Type) -> OpId {
        let item = super::loops::element_type(want);
        let length = node.field("length");
        let mut parts = Vec::new();
        for kid in node.kids() {
            if length.is_some_and(|l| l.node.id() == kid.node.id()) {
                continue;
            }
            parts.push(self.value(kid, &item));
        }
        let item = parts
            .iter()
            .map(|p| self.b.ty(*p).clone())
            .find(Type::is_known)
            .unwrap_or(item);
        let ty = api::array(item, None);
        if let Some(length) = length {
            let length = self.value(length, &crate::literal::uint(32));
            parts.push(length);
            return self.pure("repeat", parts, ty);
        }
        self.array_of(parts, ty)
    }

    pub(super) fn array_of(&mut self, parts: Vec<OpId>, ty: Type) -> OpId {
        let known = self.messages_of_all(&parts);
        let kind = OpKind::Aggregate {
            kind: AggregateKind::Array,
            names: Vec::new(),
            parts,
        };
        let op = self.emit(kind, ty);
        if let Some(known) = known {
            self.known.insert(op, Known::Messages(known));
        }
        op
    }

    pub(super) fn tuple_struct(&mut self, name: &Name, args: &[Arg<'t>]) -> OpId {
        let ty = Type::Struct(name.clone());
        let mut names = Vec::new();
        let mut parts = Vec::new();
        for (at, arg) in args.iter().enumerate() {
            let field = SmolStr::from(at.to_string());
            let want = self.field_type(&ty, &field);
            parts.push(self.arg(*arg, &want));
            names.push(field);
        }
        let kind = OpKind::Aggregate {
            kind: AggregateKind::Struct,
            names,
            parts,
        };
        self.emit(kind, ty)
    }

    /// `Enum::Variant(…)` of the workspace.
    pub(super) fn variant_call(
        &mut self,
        ty: &Name,
        variant: &SmolStr,
        path: &[SmolStr],
        args: &[Arg<'t>],
        want: &Type,
    ) -> OpId {
        let own = match want {
            Type::Named(name, _) if name == ty => want.clone(),
            _ => Type::Enum(ty.clone()),
        };
        let fields = self.program.variant(&own, variant).unwrap_or_default();
        let mut parts = Vec::new();
        for (at, arg) in args.iter().enumerate() {
            let want = fields.list.get(at).map(|(_, ty)| ty.clone());
            parts.push(self.arg(*arg, &want.unwrap_or_default()));
        }
        self.variant_of(path, parts, own)
    }

    fn variant_of(&mut self, path: &[SmolStr], parts: Vec<OpId>, ty: Type) -> OpId {
        let name = super::bind::variant_constant(path);
        let known = match parts.as_slice() {
            [only] => self.known.get(only).cloned(),
            _ => None,
        };
        let op = self.pure(name, parts, ty);
        if let Some(known) = known {
            self.known.insert(op, known);
        }
        op
    }

    /// A tuple struct or variant of an SDK.
    pub(super) fn external_variant(
        &mut self,
        path: &ApiPath,
        args: &[Arg<'t>],
        want: &Type,
    ) -> OpId {
        let parts = self.args(args);
        let ty = refined_head(api::named(path.owner(), Vec::new()), want);
        if let [only] = path.rest.as_slice() {
            // A wrapper such as `Decimal(…)` or a tuple struct.
            let name = only.clone();
            return self.variant_of(&[name], parts, ty);
        }
        let rest = path.rest.clone();
        self.variant_of(&rest, parts, ty)
    }

    pub(super) fn struct_expression(&mut self, node: Syn<'t>, want: &Type) -> Val {
        let Some(name) = node.field("name") else {
            return Val::Unit;
        };
        let path = name.path();
        let def = match path.as_slice() {
            [first, ..] if first == "Self" => self.resolve_value(&path),
            _ => self
                .program
                .resolve(self.module, &path, Space::Values)
                .filter(|d| matches!(d, Def::Variant(..)))
                .or_else(|| self.program.resolve(self.module, &path, Space::Types)),
        };
        match def {
            Some(Def::Variant(ty, variant)) => {
                let own = Type::Enum(ty.clone());
                let fields = self.program.variant(&own, &variant).unwrap_or_default();
                let parts = self.parts(node, &fields);
                let short = ty.rsplit(':').next().unwrap_or(&ty).to_owned();
                Val::Op(self.named_variant(&[short.into(), variant], parts, own))
            }
            Some(Def::External(full)) => {
                let api_path = ApiPath::new(&full);
                if api_path.rest.len() > 1 {
                    return Val::Op(self.external_struct_variant(node, &api_path));
                }
                let ty = self.type_at(name);
                let ty = refined_head(ty, want);
                Val::Op(self.plain_struct(node, ty))
            }
            _ => {
                let ty = self.type_at(name);
                let ty = match (&ty, want) {
                    (Type::Unknown, _) => want.clone(),
                    (Type::Struct(a), Type::Named(b, _)) if a == b => want.clone(),
                    _ => ty,
                };
                if let Type::Struct(name) = &ty
                    && self.is_singleton(name)
                    && self
                        .program
                        .types
                        .get(name)
                        .is_some_and(|t| t.attrs.has_arg("ink", "storage"))
                {
                    let name = name.clone();
                    return self.storage_struct(node, &name, &ty);
                }
                if !ty.is_known() && path.len() > 1 {
                    let parts = self.parts(node, &FieldTypes::default());
                    return Val::Op(self.named_variant(&path, parts, ty));
                }
                Val::Op(self.plain_struct(node, ty))
            }
        }
    }

    fn plain_struct(&mut self, node: Syn<'t>, ty: Type) -> OpId {
        let fields = FieldTypes {
            named: true,
            list: self.declared_fields(node, &ty),
        };
        let Parts {
            mut names,
            mut values,
            base,
        } = self.parts(node, &fields);
        if let Some(base) = base {
            if let Some(info) = self.program.type_info(&ty)
                && let crate::program::TypeKind::Struct(all) = &info.kind
            {
                for (field, field_ty) in all.list.clone() {
                    if !names.contains(&field) {
                        let kind = OpKind::Field {
                            base,
                            name: field.clone(),
                        };
                        values.push(self.emit(kind, field_ty));
                        names.push(field);
                    }
                }
            } else {
                names.push("..".into());
                values.push(base);
            }
        }
        let owner = api::key_of(&ty);
        let known = self.struct_message(&owner, &names, &values);
        let kind = OpKind::Aggregate {
            kind: AggregateKind::Struct,
            names,
            parts: values,
        };
        let op = self.emit(kind, ty);
        if let Some(known) = known {
            self.known.insert(op, known);
        }
        op
    }

    fn declared_fields(&self, node: Syn<'t>, ty: &Type) -> Vec<(SmolStr, Type)> {
        initializers(node)
            .into_iter()
            .filter_map(|init| init.name())
            .map(|name| {
                let field = self.field_type(ty, &name);
                (name, field)
            })
            .collect()
    }

    /// A variant with named fields: its payload is a struct.
    fn named_variant(&mut self, path: &[SmolStr], parts: Parts, ty: Type) -> OpId {
        let kind = OpKind::Aggregate {
            kind: AggregateKind::Struct,
            names: parts.names,
            parts: parts.values,
        };
        let payload = self.emit(kind, Type::Unknown);
        let name = super::bind::variant_constant(path);
        self.pure(name, vec![payload], ty)
    }

    fn external_struct_variant(&mut self, node: Syn<'t>, path: &ApiPath) -> OpId {
        let ty = api::named(path.owner(), Vec::new());
        let parts = self.parts(node, &FieldTypes::default());
        let owner = path.owner();
        let variant = path.rest.last().cloned().unwrap_or_default();
        let known = self.variant_message(&owner, &variant, &parts.names, &parts.values);
        let rest = path.rest.clone();
        let op = self.named_variant(&rest, parts, ty);
        if let Some(known) = known {
            self.known.insert(op, known);
        }
        op
    }

    /// The storage struct of an ink! contract: each field is written to its state variable.
    fn storage_struct(&mut self, node: Syn<'t>, name: &Name, ty: &Type) -> Val {
        let fields = FieldTypes {
            named: true,
            list: self.declared_fields(node, ty),
        };
        let parts = self.parts(node, &fields);
        for (field, value) in parts.names.iter().zip(parts.values) {
            let is_handle = self.is_handle(self.b.ty(value));
            if !is_handle {
                let kind = OpKind::StateWrite {
                    place: Place::var(format!("{name}.{field}")),
                    kind: WriteKind::Set,
                    value: Some(value),
                };
                self.emit(kind, Type::Unit);
            }
        }
        let place = Place::var(name.clone());
        Val::Op(self.emit(OpKind::StorageRef { place }, ty.clone()))
    }

    fn parts(&mut self, node: Syn<'t>, fields: &FieldTypes) -> Parts {
        let mut parts = Parts {
            names: Vec::new(),
            values: Vec::new(),
            base: None,
        };
        for init in initializers(node) {
            match init {
                Initializer::Field(name, value) => {
                    let want = fields
                        .position(&name)
                        .and_then(|at| fields.list.get(at))
                        .map(|(_, ty)| ty.clone());
                    let value = self.value(value, &want.unwrap_or_default());
                    parts.names.push(name);
                    parts.values.push(value);
                }
                Initializer::Base(value) => {
                    parts.base = Some(self.value(value, &Type::Unknown));
                }
            }
        }
        parts
    }
}

enum Initializer<'t> {
    Field(SmolStr, Syn<'t>),
    Base(Syn<'t>),
}

impl Initializer<'_> {
    fn name(&self) -> Option<SmolStr> {
        match self {
            Self::Field(name, _) => Some(name.clone()),
            Self::Base(_) => None,
        }
    }
}

fn initializers(node: Syn<'_>) -> Vec<Initializer<'_>> {
    let list = node.field("body").map_or(Vec::new(), Syn::kids);
    list.into_iter()
        .filter_map(|init| match init.kind() {
            "field_initializer" => {
                let name = init.field("field")?.text();
                Some(Initializer::Field(name.into(), init.field("value")?))
            }
            "shorthand_field_initializer" => {
                let name = init.first_kid()?;
                Some(Initializer::Field(name.text().into(), name))
            }
            "base_field_initializer" => Some(Initializer::Base(init.first_kid()?)),
            _ => None,
        })
        .collect()
}

fn refined_head(ty: Type, want: &Type) -> Type {
    match (&ty, want) {
        (Type::Named(a, args), Type::Named(b, _)) if a == b && args.is_empty() => want.clone(),
        _ => ty,
    }
}
