//! Reading and writing variables and places in memory.

use pactward_ir::{AggregateKind, Name, OpKind, Place, Proj, Type, WriteKind};
use pactward_syntax::{Node, children};

use super::Lowering;
use super::frame::{Binding, Local};
use super::value::{Known, Val};
use crate::members::MemberKind;
use crate::program::Item;

/// Largest struct that is written out when a field of it changes.
const MAX_FIELDS: usize = 24;

/// Field of the cell that a shared variable lives in.
const CELL: &str = "*";

impl<'a> Lowering<'a> {
    /// The cell of a variable that closures write.
    pub(super) fn cell(&mut self, value: Val) -> Val {
        let kind = OpKind::Aggregate {
            kind: AggregateKind::Struct,
            names: vec![Name::new_static(CELL)],
            parts: vec![value.id],
        };
        self.emit(kind, Type::Pointer(std::sync::Arc::new(value.ty)))
    }

    pub(super) fn read_local(&mut self, local: &Local) -> Val {
        let id = self.f.b.get(local.id);
        if local.shared {
            let cell = Val::new(id, local.ty.clone());
            return self.field(&cell, CELL, local.ty.clone());
        }
        Val {
            id,
            ty: local.ty.clone(),
            known: self.f.facts.get(local.id),
        }
    }

    pub(super) fn write_local(&mut self, local: &Local, value: Val) {
        let value = self.adapt(value, &local.ty);
        if local.shared {
            let cell = self.f.b.get(local.id);
            self.store(cell, vec![Proj::Field(Name::new_static(CELL))], &value);
            return;
        }
        self.f.b.set(local.id, value.id);
        self.f.facts.note(local.id, &value);
    }

    pub(super) fn store(&mut self, base: pactward_ir::OpId, path: Vec<Proj>, value: &Val) {
        let kind = OpKind::Store {
            base,
            path,
            value: value.id,
        };
        self.emit(kind, Type::Unit);
    }

    pub(super) fn write_global(&mut self, place: Place, value: &Val) {
        let kind = OpKind::StateWrite {
            place,
            kind: WriteKind::Set,
            value: Some(value.id),
        };
        self.emit(kind, Type::Unit);
    }

    /// Assigns to what a node names.
    pub(super) fn assign(&mut self, target: Node<'a>, value: Val) {
        if !self.enter() {
            self.leave();
            self.opaque("too deep", target);
            return;
        }
        let outer = self.at(target);
        self.assign_inner(target, value);
        self.f.b.set_source(outer);
        self.leave();
    }

    fn assign_inner(&mut self, target: Node<'a>, value: Val) {
        match target.kind() {
            "identifier" => {
                let name = self.text(target);
                if name == "_" {
                    return;
                }
                match self.f.lookup(name).cloned() {
                    Some(Binding::Local(local)) => self.write_local(&local, value),
                    Some(_) => {}
                    None => {
                        if let Some(Item::Var(at)) = self.program.bare_item(self.file, name) {
                            let place = self.global(at, name);
                            self.write_global(place, &value);
                        } else {
                            let what = Name::from(format!("undefined {name}"));
                            self.unknown(what, vec![value]);
                        }
                    }
                }
            }
            "parenthesized_expression" => {
                if let Some(inner) = children(target).next() {
                    self.assign(inner, value);
                }
            }
            _ => {
                if let Some((place, _)) = self.global_place(target) {
                    self.write_global(place, &value);
                    return;
                }
                let (base, path) = self.memory(target);
                let root = self.root_local(target);
                self.store(base.id, path.clone(), &value);
                if let Some(local) = root {
                    self.update(&local, &base, &path, &value);
                }
            }
        }
    }

    /// Writes a part of a value that an expression names.
    pub(super) fn store_part(
        &mut self,
        node: Option<Node<'a>>,
        base: &Val,
        path: &[Proj],
        value: &Val,
    ) {
        self.store(base.id, path.to_vec(), value);
        if let Some(node) = node
            && node.kind() == "identifier"
            && let Some(local) = self.root_local(node)
        {
            self.update(&local, base, path, value);
        }
    }

    /// The variable that a path of fields and elements starts at, if only this function writes it.
    fn root_local(&self, target: Node<'a>) -> Option<Local> {
        let mut at = target;
        while at.kind() != "identifier" {
            at = match at.kind() {
                "selector_expression" | "index_expression" | "unary_expression" => {
                    at.child_by_field_name("operand")?
                }
                "parenthesized_expression" => children(at).next()?,
                _ => return None,
            };
        }
        match self.f.lookup(self.text(at))? {
            Binding::Local(local) if !local.shared => Some(local.clone()),
            _ => None,
        }
    }

    /// Gives a variable the value that it has once a part of it is written, so that what is
    /// computed from the whole depends on the part: a struct with the field replaced where its
    /// fields are known, else an unspecified function of what goes in.
    fn update(&mut self, local: &Local, base: &Val, path: &[Proj], value: &Val) {
        let updated = match path {
            [Proj::Field(name)] => self.with_field(base, name, value),
            _ => None,
        };
        let updated = if let Some(updated) = updated {
            updated
        } else {
            let mut args = vec![base.id];
            args.extend(path.iter().filter_map(|p| match p {
                Proj::Index(key) => Some(*key),
                _ => None,
            }));
            args.push(value.id);
            let name = Name::new_static("with");
            let updated = self.emit(OpKind::Pure { name, args }, local.ty.clone());
            // Elements of the new value are found as they are found in the old one.
            self.store(updated.id, path.to_vec(), value);
            updated
        };
        self.f.b.set(local.id, updated.id);
        self.f.facts.forget(local.id);
    }

    fn with_field(&mut self, base: &Val, field: &str, value: &Val) -> Option<Val> {
        let fields = self.types().fields(&base.ty, self.file)?;
        if fields.len() > MAX_FIELDS || !fields.iter().any(|(n, _)| n == field) {
            return None;
        }
        let (mut names, mut parts) = (Vec::new(), Vec::new());
        for (name, ty) in fields {
            let part = if name == field {
                value.id
            } else {
                self.field(base, &name, ty).id
            };
            names.push(name);
            parts.push(part);
        }
        let kind = OpKind::Aggregate {
            kind: AggregateKind::Struct,
            names,
            parts,
        };
        Some(self.emit(kind, base.ty.clone()))
    }

    /// Variables whose address a call gets may hold anything that follows from the call.
    pub(super) fn touch(&mut self, nodes: &[Option<Node<'a>>], result: pactward_ir::OpId) {
        for node in nodes.iter().flatten() {
            let Some(operand) = address_of(*node) else {
                continue;
            };
            if operand.kind() != "identifier" {
                continue;
            }
            let Some(Binding::Local(local)) = self.f.lookup(self.text(operand)).cloned() else {
                continue;
            };
            let before = self.read_local(&local);
            let kind = OpKind::Pure {
                name: Name::new_static("through-pointer"),
                args: vec![result, before.id],
            };
            let after = self.emit(kind, local.ty.clone());
            self.write_local(&local, after);
        }
    }

    /// Base value and path of a place in memory.
    pub(super) fn memory(&mut self, target: Node<'a>) -> (Val, Vec<Proj>) {
        let mut steps = Vec::new();
        let mut at = target;
        while steps.len() < super::MAX_DEPTH as usize {
            let field = |name| at.child_by_field_name(name);
            match at.kind() {
                "selector_expression" => match (field("operand"), field("field")) {
                    (Some(operand), Some(name)) if self.package_of(operand).is_none() => {
                        steps.push(Step::Field(name));
                        at = operand;
                    }
                    _ => break,
                },
                "index_expression" => match (field("operand"), field("index")) {
                    (Some(operand), Some(index)) => {
                        steps.push(Step::Index(index));
                        at = operand;
                    }
                    _ => break,
                },
                "unary_expression" => match (field("operator"), field("operand")) {
                    (Some(operator), Some(operand)) if self.text(operator) == "*" => {
                        steps.push(Step::Deref);
                        at = operand;
                    }
                    _ => break,
                },
                "parenthesized_expression" => match children(at).next() {
                    Some(inner) => at = inner,
                    None => break,
                },
                _ => break,
            }
        }
        let base = self.expr(at);
        let mut ty = base.ty.clone();
        let mut path = Vec::new();
        while let Some(step) = steps.pop() {
            match step {
                Step::Field(field) => {
                    let name = Name::from(self.text(field));
                    self.count_receiver(&ty);
                    let member = self.types().member(&ty, &name, self.file);
                    ty = Type::Unknown;
                    if let Some(member) = member {
                        path.extend(member.path.into_iter().map(|(n, _)| Proj::Field(n)));
                        ty = match member.kind {
                            MemberKind::Field(ty) => ty,
                            MemberKind::ModelField(row) => row.ty.clone(),
                            _ => Type::Unknown,
                        };
                    }
                    path.push(Proj::Field(name));
                }
                Step::Index(index) => {
                    let (element, key_ty) = self.types().element(&ty, self.file);
                    let key = self.expr_of(index, Some(&key_ty));
                    path.push(Proj::Index(key.id));
                    ty = element;
                }
                Step::Deref => ty = ty.pointee().clone(),
            }
        }
        (base, path)
    }

    /// Stores a value through the pointer, slice or map that an argument is: into the variable it
    /// points to, and into what it points to.
    pub(super) fn store_through(&mut self, node: Option<Node<'a>>, pointer: &Val, value: Val) {
        let Some(node) = node else {
            self.store(pointer.id, Vec::new(), &value);
            return;
        };
        let operand = address_of(node);
        let target = operand.unwrap_or(node);
        if target.kind() == "identifier"
            && let Some(Binding::Local(local)) = self.f.lookup(self.text(target)).cloned()
        {
            let mut stored = value.clone();
            stored.ty = local.ty.clone();
            stored.known = Known::default();
            let erased = self.erase(&local.ty);
            if erased.is_known() && operand.is_none() {
                self.f.b.set_ty(stored.id, erased);
            }
            self.write_local(&local, stored);
            if operand.is_none() {
                self.store(pointer.id, Vec::new(), &value);
            }
            return;
        }
        match operand {
            Some(_) => self.assign(target, value),
            None => self.store(pointer.id, Vec::new(), &value),
        }
    }
}

enum Step<'a> {
    Field(Node<'a>),
    Index(Node<'a>),
    Deref,
}

/// The operand of `&x`.
pub(super) fn address_of(mut node: Node<'_>) -> Option<Node<'_>> {
    while node.kind() == "parenthesized_expression" {
        node = children(node).next()?;
    }
    let is_address =
        node.kind() == "unary_expression" && node.child_by_field_name("operator")?.kind() == "&";
    if is_address {
        node.child_by_field_name("operand")
    } else {
        None
    }
}
