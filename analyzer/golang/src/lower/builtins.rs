//! Builtin functions.

use pactward_ir::{AbortKind, AggregateKind, Const, Name, OpKind, Proj, Type};
use pactward_syntax::{Node, children};

use super::Lowering;
use super::call::{Prepared, What};
use super::value::Val;
use crate::types::{INT, any};

const BUILTINS: [&str; 18] = [
    "append", "cap", "clear", "close", "complex", "copy", "delete", "imag", "len", "make", "max",
    "min", "new", "panic", "print", "println", "real", "recover",
];

pub(super) fn is_builtin(name: &str) -> bool {
    BUILTINS.contains(&name)
}

impl<'a> Lowering<'a> {
    /// A call of a builtin; those that take types are evaluated at once.
    pub(super) fn builtin(&mut self, name: &str, arguments: Option<Node<'a>>) -> Prepared<'a> {
        let mut prepared = Prepared {
            what: What::Builtin(name.into()),
            receiver: None,
            receiver_node: None,
            args: Vec::new(),
            nodes: Vec::new(),
            result: Type::Unknown,
        };
        if name == "make" || name == "new" {
            let value = self.allocate(name, arguments);
            prepared.what = What::Done(vec![value]);
            return prepared;
        }
        if name == "delete"
            && let Some(list) = arguments
            && self.delete_from_global(list)
        {
            prepared.what = What::Done(Vec::new());
            return prepared;
        }
        let spread =
            arguments.is_some_and(|list| children(list).any(|a| a.kind() == "variadic_argument"));
        if name == "append" && spread {
            prepared.what = What::Builtin(Name::new_static("append..."));
        }
        let expected = match (name, arguments.and_then(|l| children(l).next())) {
            ("append", Some(first)) => {
                let slice = self.expr(first);
                let (element, _) = self.types().element(&slice.ty, self.file);
                let rest: Vec<Node<'a>> = arguments
                    .map(|l| children(l).skip(1).collect())
                    .unwrap_or_default();
                prepared.args.push(slice);
                prepared.nodes.push(Some(first));
                for node in rest {
                    let inner = if node.kind() == "variadic_argument" {
                        children(node).next().unwrap_or(node)
                    } else {
                        node
                    };
                    let value = self.expr_of(inner, Some(&element));
                    prepared.args.push(value);
                    prepared.nodes.push(Some(inner));
                }
                return prepared;
            }
            _ => Vec::new(),
        };
        (prepared.args, prepared.nodes) = self.arguments(arguments, &expected, false);
        prepared
    }

    fn allocate(&mut self, name: &str, arguments: Option<Node<'a>>) -> Val {
        let mut given = arguments.map(children).into_iter().flatten();
        let ty = match given.next() {
            Some(node) => self.type_of_node(node),
            None => Type::Unknown,
        };
        let sizes: Vec<Val> = given.map(|n| self.expr(n)).collect();
        if name == "new" {
            let pointer = Type::Pointer(std::sync::Arc::new(ty.clone()));
            let kind = OpKind::Aggregate {
                kind: AggregateKind::Struct,
                names: Vec::new(),
                parts: Vec::new(),
            };
            return self.emit(kind, pointer);
        }
        match self.underlying(&ty) {
            Type::Map(..) => {
                let kind = OpKind::Aggregate {
                    kind: AggregateKind::Map,
                    names: Vec::new(),
                    parts: Vec::new(),
                };
                self.emit(kind, ty)
            }
            _ => self.pure("make", sizes, ty),
        }
    }

    pub(super) fn perform_builtin(&mut self, name: &str, call: Prepared<'a>) -> Vec<Val> {
        let mut args = call.args;
        let first = args.first().cloned();
        match (name, first) {
            ("len", Some(value)) => {
                if let Some(text) = value.text() {
                    let length = text.len();
                    return vec![self.constant(Const::Int(length.into()), INT)];
                }
                vec![self.emit(OpKind::Length { value: value.id }, INT)]
            }
            ("cap", Some(_)) => vec![self.pure("cap", args, INT)],
            ("append" | "append...", Some(slice)) => vec![self.append(name, &slice, args)],
            ("copy", Some(target)) => {
                let count = self.pure("copy", args.clone(), INT);
                if let Some(source) = args.get(1).cloned() {
                    let node = call.nodes.first().copied().flatten();
                    self.store_part(node, &target, &[Proj::Any], &source);
                }
                vec![count]
            }
            ("delete", Some(map)) => {
                if let Some(key) = args.get(1) {
                    let path = vec![Proj::Index(key.id)];
                    let nil = self.constant(Const::Nil, Type::Unknown);
                    let node = call.nodes.first().copied().flatten();
                    self.store_part(node, &map, &path, &nil);
                }
                Vec::new()
            }
            ("panic", _) => {
                let args = args.iter().map(|a| a.id).collect();
                self.f.b.abort(AbortKind::Panic, args);
                Vec::new()
            }
            // Deferred calls are written where the function returns, and there nothing panicked.
            ("recover", _) => vec![self.constant(Const::Nil, any())],
            ("print" | "println", _) => {
                let args = args.iter().map(|a| a.id).collect();
                self.emit(OpKind::Log { args }, Type::Unit);
                Vec::new()
            }
            ("min" | "max", Some(value)) => {
                let ty = value.ty.clone();
                vec![self.pure(name, args, ty)]
            }
            ("clear", Some(value)) => {
                let nil = self.constant(Const::Nil, Type::Unknown);
                self.store(value.id, vec![Proj::Any], &nil);
                Vec::new()
            }
            ("close", Some(_)) => {
                self.pure("close", std::mem::take(&mut args), Type::Unit);
                Vec::new()
            }
            _ => vec![self.pure(name, args, Type::Float)],
        }
    }

    /// The slice with elements added: known as an array of all where it starts empty.
    fn append(&mut self, name: &str, slice: &Val, args: Vec<Val>) -> Val {
        let ty = if slice.ty.is_known() {
            slice.ty.clone()
        } else {
            match args.get(1) {
                Some(value) if name == "append..." => value.ty.clone(),
                Some(value) => crate::types::slice_of(value.ty.clone()),
                None => Type::Unknown,
            }
        };
        let head = slice.known.head.clone();
        let mut value = self.pure("append", args, ty);
        value.known.head = head;
        value
    }

    /// Deletes from a package variable; false if the map is none.
    fn delete_from_global(&mut self, list: Node<'a>) -> bool {
        let mut given = children(list);
        let (Some(map), Some(key)) = (given.next(), given.next()) else {
            return false;
        };
        let Some((place, ty)) = self.global_place(map) else {
            return false;
        };
        let (_, key_ty) = self.types().element(&ty, self.file);
        let key = self.expr_of(key, Some(&key_ty));
        let kind = OpKind::StateWrite {
            place: place.index(key.id),
            kind: pactward_ir::WriteKind::Delete,
            value: None,
        };
        self.emit(kind, Type::Unit);
        true
    }
}
