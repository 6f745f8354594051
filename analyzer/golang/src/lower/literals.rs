//! Composite literals.

use num_traits::ToPrimitive;
use pactward_ir::{AggregateKind, Const, Name, OpKind, Outcome, Type};
use pactward_syntax::{Node, children};

use super::Lowering;
use super::conditions::success_status;
use super::value::Val;

impl<'a> Lowering<'a> {
    /// `T{…}`.
    pub(super) fn composite(&mut self, node: Node<'a>) -> Val {
        let parts = ["type", "body"].map(|f| node.child_by_field_name(f));
        let [Some(ty), Some(body)] = parts else {
            return self.opaque("literal", node);
        };
        let ty = self.type_of_node(ty);
        self.literal_value(&ty, body)
    }

    fn literal_value(&mut self, ty: &Type, body: Node<'a>) -> Val {
        if !self.enter() {
            self.leave();
            return self.opaque("too deep", body);
        }
        // The type of an element may be left out, pointers included.
        let inner = ty.pointee().clone();
        let value = match self.underlying(&inner) {
            Type::Array(..) | Type::Bytes(_) => self.array_literal(ty, &inner, body),
            Type::Map(..) => self.map_literal(ty, &inner, body),
            _ => self.struct_literal(ty, &inner, body),
        };
        self.leave();
        value
    }

    /// The value of an element, which may be a literal without its type.
    fn element_value(&mut self, element: Node<'a>, ty: &Type) -> Val {
        let inner = if element.kind() == "literal_element" {
            children(element).next().unwrap_or(element)
        } else {
            element
        };
        if inner.kind() == "literal_value" {
            return self.literal_value(ty, inner);
        }
        let value = self.expr_of(inner, Some(ty));
        self.adapt(value, ty)
    }

    fn struct_literal(&mut self, ty: &Type, inner: &Type, body: Node<'a>) -> Val {
        let fields = self.types().fields(inner, self.file);
        let (mut names, mut values) = (Vec::new(), Vec::new());
        for (at, element) in children(body).enumerate() {
            if element.kind() == "keyed_element" {
                let parts = ["key", "value"].map(|f| element.child_by_field_name(f));
                let [Some(key), Some(value)] = parts else {
                    continue;
                };
                let name = Name::from(self.text(key));
                let field_ty = self.field_type(inner, fields.as_deref(), &name);
                values.push(self.element_value(value, &field_ty));
                names.push(name);
            } else {
                let field = fields.as_ref().and_then(|f| f.get(at)).cloned();
                let (name, field_ty) =
                    field.unwrap_or_else(|| (Name::from(at.to_string()), Type::Unknown));
                values.push(self.element_value(element, &field_ty));
                names.push(name);
            }
        }
        let outcome = response_outcome(inner, &names, &values);
        let kind = OpKind::Aggregate {
            kind: AggregateKind::Struct,
            names,
            parts: values.iter().map(|v| v.id).collect(),
        };
        self.emit(kind, ty.clone()).with_outcome(outcome)
    }

    fn field_type(&self, ty: &Type, fields: Option<&[(Name, Type)]>, name: &str) -> Type {
        if let Some(fields) = fields {
            let field = fields.iter().find(|(n, _)| n == name);
            return field.map(|(_, t)| t.clone()).unwrap_or_default();
        }
        let member = self.types().member(ty, name, self.file);
        match member.map(|m| m.kind) {
            Some(crate::members::MemberKind::ModelField(row)) => row.ty.clone(),
            _ => Type::Unknown,
        }
    }

    fn array_literal(&mut self, ty: &Type, inner: &Type, body: Node<'a>) -> Val {
        let (element_ty, _) = self.types().element(inner, self.file);
        let mut values = Vec::new();
        for element in children(body) {
            let value = if element.kind() == "keyed_element" {
                element.child_by_field_name("value")
            } else {
                Some(element)
            };
            if let Some(value) = value {
                values.push(self.element_value(value, &element_ty));
            }
        }
        let head = values.first().and_then(|v| v.text().cloned());
        let kind = OpKind::Aggregate {
            kind: AggregateKind::Array,
            names: Vec::new(),
            parts: values.iter().map(|v| v.id).collect(),
        };
        let mut value = self.emit(kind, ty.clone());
        value.known.head = head;
        value
    }

    /// A map: names are its keys where all are constant texts, else keys and values alternate.
    fn map_literal(&mut self, ty: &Type, inner: &Type, body: Node<'a>) -> Val {
        let (value_ty, key_ty) = self.types().element(inner, self.file);
        let mut pairs = Vec::new();
        for element in children(body).filter(|e| e.kind() == "keyed_element") {
            let parts = ["key", "value"].map(|f| element.child_by_field_name(f));
            if let [Some(key), Some(value)] = parts {
                let key = self.element_value(key, &key_ty);
                pairs.push((key, self.element_value(value, &value_ty)));
            }
        }
        let names: Option<Vec<Name>> = pairs.iter().map(|(k, _)| k.text().cloned()).collect();
        let (names, parts) = match names {
            Some(names) => (names, pairs.iter().map(|(_, v)| v.id).collect()),
            None => (
                Vec::new(),
                pairs.iter().flat_map(|(k, v)| [k.id, v.id]).collect(),
            ),
        };
        let kind = OpKind::Aggregate {
            kind: AggregateKind::Map,
            names,
            parts,
        };
        self.emit(kind, ty.clone())
    }
}

/// What a response built by hand tells by its status.
fn response_outcome(ty: &Type, names: &[Name], values: &[Val]) -> Option<Outcome> {
    let ok = success_status(ty)?;
    let status = names.iter().position(|n| n == "Status" || n == "0");
    let Some(status) = status else {
        return Some(Outcome::Ok);
    };
    let Some(Const::Int(status)) = values.get(status)?.constant() else {
        return None;
    };
    let limit = if ok.to_i64() == Some(0) { 1 } else { 400 };
    Some(if status < &limit.into() {
        Outcome::Ok
    } else {
        Outcome::Err
    })
}
