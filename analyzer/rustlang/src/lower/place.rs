//! Places: variables, fields, elements, state. References are not told from what they point to.

use pactward_ir::{
    LocalId, Name, OpId, OpKind, Place, Proj, ReadKind, Root, SmolStr, Type, WriteKind,
};

use super::Lowerer;
use super::control::Val;
use crate::api;
use crate::source::Syn;

/// What a name stands for.
#[derive(Debug, Clone)]
pub(super) enum Binding<'t> {
    /// A value that does not change.
    Value(OpId),
    /// A variable.
    Local(LocalId),
    /// A reference to a place.
    Alias(PlaceRef),
    /// A place in state.
    Place(Place, Type),
    /// A struct whose fields are state variables.
    Storage(Name, Type),
    /// A closure, lowered where it is called; names declared before it are in its scope.
    Closure(Syn<'t>, usize),
}

/// One step from a variable into its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    Field(SmolStr),
    Index(OpId),
}

/// Something that can be read and assigned to.
#[derive(Debug, Clone)]
pub(super) enum PlaceRef {
    Local {
        local: LocalId,
        path: Vec<(Step, Type)>,
    },
    State(Place, Type),
    Storage(Name, Type),
    /// Part of a value that has no variable, such as what a pattern bound by reference.
    Value {
        base: OpId,
        path: Vec<(Step, Type)>,
    },
}

impl PlaceRef {
    pub(super) fn ty(&self, lowerer: &Lowerer<'_>) -> Type {
        match self {
            Self::Local { local, path } => match path.last() {
                Some((_, ty)) => ty.clone(),
                None => lowerer.b.local_ty(*local).clone(),
            },
            Self::Value { base, path } => match path.last() {
                Some((_, ty)) => ty.clone(),
                None => lowerer.b.ty(*base).clone(),
            },
            Self::State(_, ty) | Self::Storage(_, ty) => ty.clone(),
        }
    }
}

impl<'t> Lowerer<'t> {
    /// What an identifier stands for, if it is a local name.
    pub(super) fn name(&self, name: &str) -> Option<PlaceRef> {
        Some(match self.lookup(name)? {
            Binding::Value(value) => PlaceRef::Value {
                base: *value,
                path: Vec::new(),
            },
            Binding::Local(local) => PlaceRef::Local {
                local: *local,
                path: Vec::new(),
            },
            Binding::Alias(place) => place.clone(),
            Binding::Place(place, ty) => PlaceRef::State(place.clone(), ty.clone()),
            Binding::Storage(name, ty) => PlaceRef::Storage(name.clone(), ty.clone()),
            Binding::Closure(..) => return None,
        })
    }

    /// A field of a place.
    pub(super) fn field_of_place(&mut self, place: PlaceRef, field: &str) -> Val {
        let outer = place.ty(self);
        if let Some(row) = api::field(&outer, field).filter(|row| api::is_storage(&row.ty)) {
            // A handle in a struct of a library: one state variable, whoever holds the struct.
            let place = Place::var(format!("{}.{field}", row.on));
            return Val::Place(PlaceRef::State(place, row.ty.clone()));
        }
        self.stats.receivers += 1;
        self.stats.receivers_typed += u32::from(outer.is_known());
        match place {
            PlaceRef::Storage(name, ty) => {
                let var = Name::from(format!("{name}.{field}"));
                let field_ty = self.program.field_type(&ty, field).unwrap_or_default();
                let place = match self.program.handles.get(&var) {
                    Some(handle) => Place::var(handle.var.clone()),
                    None => Place::var(var),
                };
                Val::Place(PlaceRef::State(place, field_ty))
            }
            PlaceRef::State(place, ty) => {
                let field_ty = self.field_type(&ty, field);
                Val::Place(PlaceRef::State(place.field(field), field_ty))
            }
            PlaceRef::Local { local, mut path } => {
                if let Some(row) = api::field(&outer, field) {
                    let value = self.read(&PlaceRef::Local { local, path });
                    return Val::Op(self.row_value(row, value));
                }
                let ty = self.field_type(&outer, field);
                path.push((Step::Field(field.into()), ty));
                Val::Place(PlaceRef::Local { local, path })
            }
            PlaceRef::Value { base, mut path } => {
                if let Some(row) = api::field(&outer, field) {
                    let value = self.read(&PlaceRef::Value { base, path });
                    return Val::Op(self.row_value(row, value));
                }
                let ty = self.field_type(&outer, field);
                path.push((Step::Field(field.into()), ty));
                Val::Place(PlaceRef::Value { base, path })
            }
        }
    }

    fn row_value(&mut self, row: &'static pactward_models::ApiValue, base: OpId) -> OpId {
        self.ops += 1;
        pactward_models::emit_value(&mut self.b, row, Some(base))
    }

    /// Type of a field of a value: declared, component of a tuple, or field row.
    pub(super) fn field_type(&self, ty: &Type, field: &str) -> Type {
        if let Some(found) = self.program.field_type(ty, field) {
            return found;
        }
        if let Some(row) = api::field(ty, field) {
            return row.ty.clone();
        }
        match (ty, field.parse::<usize>()) {
            (Type::Tuple(items), Ok(at)) => items.get(at).cloned().unwrap_or_default(),
            _ => Type::Unknown,
        }
    }

    /// The value of a field.
    pub(super) fn field_of_value(&mut self, base: OpId, field: &str) -> OpId {
        let place = PlaceRef::Value {
            base,
            path: Vec::new(),
        };
        let value = self.field_of_place(place, field);
        self.force(value)
    }

    /// An element of a place.
    pub(super) fn index_of_place(&mut self, place: PlaceRef, key: OpId) -> PlaceRef {
        let item = match place.ty(self) {
            Type::Array(item, _) => (*item).clone(),
            Type::Bytes(_) => crate::literal::uint(8),
            Type::Map(_, value) => (*value).clone(),
            Type::Named(_, args) => args.last().cloned().unwrap_or_default(),
            _ => Type::Unknown,
        };
        match place {
            PlaceRef::State(place, _) => PlaceRef::State(place.index(key), item),
            PlaceRef::Local { local, mut path } => {
                path.push((Step::Index(key), item));
                PlaceRef::Local { local, path }
            }
            PlaceRef::Value { base, mut path } => {
                path.push((Step::Index(key), item));
                PlaceRef::Value { base, path }
            }
            PlaceRef::Storage(name, ty) => PlaceRef::Storage(name, ty),
        }
    }

    pub(super) fn read(&mut self, place: &PlaceRef) -> OpId {
        match place {
            PlaceRef::Local { local, path } => {
                let base = self.b.get(*local);
                self.ops += 1;
                self.walk(base, path)
            }
            PlaceRef::Value { base, path } => self.walk(*base, path),
            PlaceRef::State(place, ty) => self.read_state(place, ty),
            PlaceRef::Storage(name, ty) => {
                let kind = OpKind::StorageRef {
                    place: Place::var(name.clone()),
                };
                self.emit(kind, ty.clone())
            }
        }
    }

    fn read_state(&mut self, place: &Place, ty: &Type) -> OpId {
        if self.is_handle(ty) {
            if let (Root::Ref(value), true) = (&place.root, place.path.is_empty()) {
                return *value;
            }
            let place = place.clone();
            return self.emit(OpKind::StorageRef { place }, ty.clone());
        }
        let kind = OpKind::StateRead {
            place: place.clone(),
            kind: ReadKind::Get,
        };
        self.emit(kind, ty.clone())
    }

    fn walk(&mut self, mut base: OpId, path: &[(Step, Type)]) -> OpId {
        for (step, ty) in path {
            let is_tuple = matches!(self.b.ty(base), Type::Tuple(_));
            let kind = match step {
                Step::Field(name) => match name.parse() {
                    Ok(index) if is_tuple => OpKind::Extract { value: base, index },
                    _ => OpKind::Field {
                        base,
                        name: name.clone(),
                    },
                },
                Step::Index(key) => OpKind::Index { base, key: *key },
            };
            base = self.emit(kind, ty.clone());
        }
        base
    }

    /// Assigns to a place. A variable of which a part changes gets the changed whole as its value.
    pub(super) fn write(&mut self, place: &PlaceRef, value: OpId) {
        match place {
            PlaceRef::Local { local, path } => {
                let whole = if path.is_empty() {
                    value
                } else {
                    let base = self.b.get(*local);
                    self.with(base, path, value)
                };
                let ty = self.b.ty(whole).clone();
                if ty.is_known() && !self.b.local_ty(*local).is_known() {
                    self.b.set_local_ty(*local, ty);
                }
                self.b.set(*local, whole);
            }
            PlaceRef::State(place, ty) => {
                if self.is_handle(ty) {
                    return;
                }
                let kind = OpKind::StateWrite {
                    place: place.clone(),
                    kind: WriteKind::Set,
                    value: Some(value),
                };
                self.emit(kind, Type::Unit);
            }
            PlaceRef::Storage(..) => {}
            PlaceRef::Value { base, path } => {
                let path = path
                    .iter()
                    .map(|(step, _)| match step {
                        Step::Field(name) => Proj::Field(name.clone()),
                        Step::Index(key) => Proj::Index(*key),
                    })
                    .collect();
                let base = *base;
                self.emit(OpKind::Store { base, path, value }, Type::Unit);
                self.write_back(base, value);
            }
        }
    }

    /// The value with one part replaced: `with.field` and `with[]` ops, innermost first.
    fn with(&mut self, base: OpId, path: &[(Step, Type)], value: OpId) -> OpId {
        let mut wholes = vec![base];
        for at in 0..path.len().saturating_sub(1) {
            let inner = self.walk(wholes[at], &path[at..=at]);
            wholes.push(inner);
        }
        let mut new = value;
        for ((step, _), whole) in path.iter().zip(&wholes).rev() {
            let ty = self.b.ty(*whole).clone();
            new = match step {
                Step::Field(name) => self.pure(format!("with.{name}"), vec![*whole, new], ty),
                Step::Index(key) => self.pure("with[]", vec![*whole, *key, new], ty),
            };
        }
        new
    }

    /// The place that an expression denotes; a value counts as one of its own.
    pub(super) fn place(&mut self, node: Syn<'t>) -> PlaceRef {
        let value = self.eval(node, &Type::Unknown);
        self.as_place(value)
    }
}
