//! Fields and methods of types, promoted ones included.

use pactward_ir::{Name, Type};
use pactward_models::{ApiFn, ApiValue};

use crate::decls::{TypeDecl, TypeExpr};
use crate::program::{Ref, go_models};
use crate::types::{Types, argument_of};

/// Most types that are looked into for one member.
const MAX_VISITED: usize = 64;

/// A field or method that a selector names.
pub(crate) struct Member {
    /// Embedded fields that lead to it, with their types.
    pub(crate) path: Vec<(Name, Type)>,
    /// The type that has it.
    pub(crate) owner: Type,
    pub(crate) kind: MemberKind,
}

pub(crate) enum MemberKind {
    Field(Type),
    Method(Ref),
    /// Method of an interface of the workspace, with what it yields.
    Interface(Type),
    Model(&'static ApiFn),
    ModelField(&'static ApiValue),
}

impl Types<'_> {
    /// The member of a type that is nearest in the tree of embedded types.
    pub(crate) fn member(&self, ty: &Type, name: &str, home: u32) -> Option<Member> {
        let mut level = vec![(ty.pointee().clone(), Vec::new())];
        let mut visited: Vec<Type> = Vec::new();
        while !level.is_empty() {
            let mut next = Vec::new();
            for (ty, path) in level {
                if visited.contains(&ty) || visited.len() >= MAX_VISITED {
                    continue;
                }
                if let Some(kind) = self.own_member(&ty, name, home) {
                    let owner = ty;
                    return Some(Member { path, owner, kind });
                }
                for (field, embedded) in self.embedded(&ty, home) {
                    let mut path: Vec<(Name, Type)> = path.clone();
                    let inner = embedded.pointee().clone();
                    if !field.is_empty() {
                        path.push((field, embedded));
                    }
                    next.push((inner, path));
                }
                visited.push(ty);
            }
            level = next;
        }
        None
    }

    fn own_member(&self, ty: &Type, name: &str, home: u32) -> Option<MemberKind> {
        if *ty == Type::Error {
            return go_models().function("error", name).map(MemberKind::Model);
        }
        let (Type::Struct(unique) | Type::Named(unique, _)) = ty else {
            return None;
        };
        if let Some(method) = self.program.method(unique, name) {
            return Some(MemberKind::Method(method));
        }
        let Some((decl, file)) = self.decl(ty) else {
            let models = go_models();
            let function = models.function(unique, name).map(MemberKind::Model);
            return function.or_else(|| models.value(unique, name).map(MemberKind::ModelField));
        };
        let file = if file == u32::MAX { home } else { file };
        match &decl.body {
            TypeExpr::Struct(fields) => {
                let field = fields.iter().find(|f| f.name == name)?;
                Some(MemberKind::Field(self.part(ty, decl, &field.ty, file)))
            }
            TypeExpr::Interface(interface) => {
                let (_, signature) = interface.methods.iter().find(|(n, _)| n == name)?;
                let args = arguments(ty);
                let scope =
                    |n: &str| argument_of(decl, args, n).or_else(|| self.local_named(n, file));
                Some(MemberKind::Interface(self.results(file, signature, &scope)))
            }
            _ => None,
        }
    }

    /// Types whose members are promoted. Those of structs come with their field's name; named
    /// types that are defined by another struct have that struct's fields.
    fn embedded(&self, ty: &Type, home: u32) -> Vec<(Name, Type)> {
        let Some((decl, file)) = self.decl(ty) else {
            return Vec::new();
        };
        let file = if file == u32::MAX { home } else { file };
        match &decl.body {
            TypeExpr::Struct(fields) => fields
                .iter()
                .filter(|f| f.embedded)
                .map(|f| (f.name.clone(), self.part(ty, decl, &f.ty, file)))
                .collect(),
            TypeExpr::Interface(interface) => interface
                .embeds
                .iter()
                .map(|e| (Name::default(), self.part(ty, decl, e, file)))
                .collect(),
            TypeExpr::Name(_) | TypeExpr::Qualified(..) | TypeExpr::Generic(..) => {
                vec![(Name::default(), self.part(ty, decl, &decl.body, file))]
            }
            _ => Vec::new(),
        }
    }

    /// Resolves a type inside a declaration, with the arguments of a generic type put in.
    fn part(&self, ty: &Type, decl: &TypeDecl, part: &TypeExpr, file: u32) -> Type {
        let args = arguments(ty);
        let scope = |n: &str| argument_of(decl, args, n).or_else(|| self.local_named(n, file));
        self.resolve(file, part, &scope)
    }

    /// A type declared in the function at hand, or an anonymous one.
    fn local_named(&self, name: &str, file: u32) -> Option<Type> {
        let decl = self.locals.get(name)?;
        Some(self.declared(name.into(), file, decl, 0))
    }

    /// Fields of a struct in order, with their types; none if it is no struct of the workspace.
    pub(crate) fn fields(&self, ty: &Type, home: u32) -> Option<Vec<(Name, Type)>> {
        let ty = self.underlying(ty.pointee(), home);
        let (decl, file) = self.decl(&ty)?;
        let file = if file == u32::MAX { home } else { file };
        match &decl.body {
            TypeExpr::Struct(fields) => Some(
                fields
                    .iter()
                    .map(|f| (f.name.clone(), self.part(&ty, decl, &f.ty, file)))
                    .collect(),
            ),
            _ => None,
        }
    }
}

fn arguments(ty: &Type) -> &[Type] {
    match ty {
        Type::Named(_, args) => args,
        _ => &[],
    }
}
