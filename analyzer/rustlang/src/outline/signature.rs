//! Paths, types, parameters and generics as written.

use pactward_syntax::{Node, has_token, span_of};
use smol_str::SmolStr;

use super::children;
use crate::decls::{Generics, SelfKind, TypeExpr};

/// Nesting of a type that is read; deeper parts are left to inference.
const MAX_TYPE_DEPTH: u32 = 48;

fn text<'p>(source: &'p str, node: Node<'_>) -> &'p str {
    span_of(node).of(source)
}

/// Segments of a path without type arguments; empty if the node is no path.
pub(super) fn path_of(source: &str, node: Node<'_>) -> Vec<SmolStr> {
    let mut segments = Vec::new();
    let mut at = Some(node);
    while let Some(node) = at {
        at = None;
        match node.kind() {
            "scoped_identifier" | "scoped_type_identifier" => {
                if let Some(name) = node.child_by_field_name("name") {
                    segments.push(SmolStr::new(text(source, name)));
                }
                at = node.child_by_field_name("path");
            }
            "generic_type" | "generic_type_with_turbofish" => {
                at = node.child_by_field_name("type");
            }
            "generic_function" => at = node.child_by_field_name("function"),
            "reference_type" => at = node.child_by_field_name("type"),
            "bracketed_type" => at = node.named_child(0),
            "qualified_type" => at = node.child_by_field_name("type"),
            "identifier" | "type_identifier" | "primitive_type" | "self" | "super" | "crate"
            | "field_identifier" => segments.push(SmolStr::new(text(source, node))),
            _ => return Vec::new(),
        }
    }
    segments.reverse();
    segments
}

pub(crate) fn type_expr(source: &str, node: Node<'_>) -> TypeExpr {
    Types { source }.read(node, 0)
}

/// The traits of a `trait_bounds` node.
pub(super) fn bounds(source: &str, node: Node<'_>) -> Vec<TypeExpr> {
    Types { source }.bounds(node, 0)
}

struct Types<'p> {
    source: &'p str,
}

impl Types<'_> {
    fn field(&self, node: Node<'_>, name: &str, depth: u32) -> TypeExpr {
        node.child_by_field_name(name)
            .map_or(TypeExpr::Infer, |n| self.read(n, depth + 1))
    }

    fn read(&self, node: Node<'_>, depth: u32) -> TypeExpr {
        if depth > MAX_TYPE_DEPTH {
            return TypeExpr::Infer;
        }
        match node.kind() {
            "reference_type" | "pointer_type" => TypeExpr::Ref {
                mutable: children(node)
                    .iter()
                    .any(|c| c.kind() == "mutable_specifier"),
                inner: Box::new(self.field(node, "type", depth)),
            },
            "unit_type" => TypeExpr::Tuple(Vec::new()),
            "tuple_type" => TypeExpr::Tuple(
                children(node)
                    .into_iter()
                    .map(|c| self.read(c, depth + 1))
                    .collect(),
            ),
            "array_type" => {
                let length = node
                    .child_by_field_name("length")
                    .and_then(|n| text(self.source, n).replace('_', "").parse().ok());
                TypeExpr::Array(Box::new(self.field(node, "element", depth)), length)
            }
            "never_type" => TypeExpr::Never,
            "function_type" => {
                let result = match node.child_by_field_name("return_type") {
                    Some(ty) => self.read(ty, depth + 1),
                    None => TypeExpr::Tuple(Vec::new()),
                };
                TypeExpr::Function(Box::new(result))
            }
            "dynamic_type" | "abstract_type" => {
                let inner = node.child_by_field_name("trait");
                TypeExpr::Bounds(inner.map_or(Vec::new(), |n| self.bounds(n, depth + 1)))
            }
            "bounded_type" => TypeExpr::Bounds(self.bounds(node, depth + 1)),
            "generic_type" | "generic_type_with_turbofish" => {
                let path = path_of(self.source, node);
                let args = node
                    .child_by_field_name("type_arguments")
                    .map_or(Vec::new(), |args| self.arguments(args, depth));
                TypeExpr::Path(path, args)
            }
            "scoped_type_identifier" | "scoped_identifier" => self.scoped(node, depth),
            "macro_invocation" => self.macro_type(node),
            "higher_ranked_trait_bound" => self.field(node, "type", depth),
            _ => {
                let path = path_of(self.source, node);
                if path.is_empty() {
                    TypeExpr::Infer
                } else {
                    TypeExpr::Path(path, Vec::new())
                }
            }
        }
    }

    /// `contract_ref!(Trait)` is the reference type that is generated for the trait.
    fn macro_type(&self, node: Node<'_>) -> TypeExpr {
        let is_reference = node
            .child_by_field_name("macro")
            .is_some_and(|m| text(self.source, m).ends_with("contract_ref"));
        let tokens = children(node)
            .into_iter()
            .find(|c| c.kind() == "token_tree");
        let (true, Some(tokens)) = (is_reference, tokens) else {
            return TypeExpr::Infer;
        };
        let inner = text(self.source, tokens).trim_matches(['(', ')', '[', ']', '{', '}']);
        let first = inner.split([',', '<']).next().unwrap_or("").trim();
        let mut path: Vec<SmolStr> = first.split("::").map(|s| s.trim().into()).collect();
        if let Some(last) = path.last_mut() {
            *last = SmolStr::from(format!("{last}Ref"));
        }
        TypeExpr::Path(path, Vec::new())
    }

    /// A path, or `<T as Trait>::Name`.
    fn scoped(&self, node: Node<'_>, depth: u32) -> TypeExpr {
        let qualified = node
            .child_by_field_name("path")
            .filter(|p| p.kind() == "bracketed_type")
            .and_then(|p| p.named_child(0))
            .filter(|q| q.kind() == "qualified_type");
        if let (Some(qualified), Some(name)) = (qualified, node.child_by_field_name("name")) {
            let base = self.field(qualified, "type", depth);
            return TypeExpr::Projection(Box::new(base), text(self.source, name).into());
        }
        TypeExpr::Path(path_of(self.source, node), Vec::new())
    }

    fn arguments(&self, args: Node<'_>, depth: u32) -> Vec<TypeExpr> {
        children(args)
            .into_iter()
            .filter(|a| !matches!(a.kind(), "lifetime" | "trait_bounds" | "type_binding"))
            .map(|a| self.read(a, depth + 1))
            .collect()
    }

    fn bounds(&self, node: Node<'_>, depth: u32) -> Vec<TypeExpr> {
        match node.kind() {
            "trait_bounds" | "bounded_type" => children(node)
                .into_iter()
                .filter(|c| !matches!(c.kind(), "lifetime" | "use_bounds"))
                .flat_map(|c| {
                    if depth > MAX_TYPE_DEPTH {
                        Vec::new()
                    } else {
                        self.bounds(c, depth + 1)
                    }
                })
                .collect(),
            "removed_trait_bound" => Vec::new(),
            _ => vec![self.read(node, depth + 1)],
        }
    }
}

/// Type parameters of an item with the bounds of its `where` clause.
pub(super) fn generics(source: &str, item: Node<'_>) -> Generics {
    let mut generics = Generics::new();
    if let Some(list) = item.child_by_field_name("type_parameters") {
        for parameter in children(list) {
            let Some(name) = parameter.child_by_field_name("name") else {
                continue;
            };
            if parameter.kind() == "type_parameter" {
                let bounds = parameter
                    .child_by_field_name("bounds")
                    .map_or(Vec::new(), |b| bounds(source, b));
                generics.push((text(source, name).into(), bounds));
            }
        }
    }
    let clause = children(item)
        .into_iter()
        .find(|c| c.kind() == "where_clause");
    for predicate in clause.map_or(Vec::new(), children) {
        let left = predicate.child_by_field_name("left");
        let right = predicate.child_by_field_name("bounds");
        if let (Some(left), Some(right)) = (left, right)
            && let Some(entry) = generics
                .iter_mut()
                .find(|(name, _)| name == text(source, left))
        {
            entry.1.extend(bounds(source, right));
        }
    }
    generics
}

/// How `self` is taken, and the other parameters.
pub(super) fn parameters(source: &str, list: Node<'_>) -> (SelfKind, Vec<(SmolStr, TypeExpr)>) {
    let mut self_kind = SelfKind::None;
    let mut params = Vec::new();
    for node in children(list) {
        match node.kind() {
            "self_parameter" => {
                let by_ref = has_token(node, "&");
                let mutable = children(node)
                    .iter()
                    .any(|c| c.kind() == "mutable_specifier");
                self_kind = match (by_ref, mutable) {
                    (true, true) => SelfKind::RefMut,
                    (true, false) => SelfKind::Ref,
                    (false, _) => SelfKind::Value,
                };
            }
            "parameter" => {
                let pattern = node.child_by_field_name("pattern");
                let ty = node
                    .child_by_field_name("type")
                    .map_or(TypeExpr::Infer, |ty| type_expr(source, ty));
                let name = pattern.map_or("_", |p| match p.kind() {
                    "identifier" | "self" => text(source, p),
                    "mut_pattern" => children(p)
                        .into_iter()
                        .find(|c| c.kind() == "identifier")
                        .map_or("_", |c| text(source, c)),
                    _ => "_",
                });
                if name == "self" {
                    self_kind = if ty.is_mutable_ref() {
                        SelfKind::RefMut
                    } else {
                        SelfKind::Value
                    };
                } else {
                    params.push((name.into(), ty));
                }
            }
            "attribute_item" | "variadic_parameter" => {}
            _ => params.push(("_".into(), type_expr(source, node))),
        }
    }
    (self_kind, params)
}
