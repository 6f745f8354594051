//! The two facts about bodies that units are made of: which function handles which message, and
//! under which key a function opens storage. Both are kept as declarations.

use pactward_syntax::{Node, Parsed, child_of_kind, span_of};
use smol_str::SmolStr;

use super::children;
use super::items::const_expr;
use super::signature::path_of;
use crate::decls::{Attrs, ConstExpr, DispatchArm, TypeExpr};

/// Nesting of blocks and calls around the call that an arm consists of.
const MAX_DEPTH: u32 = 16;

/// Arms of the `match` over a message parameter, for entry points and for functions that get the
/// contract's dependencies as their first parameter.
pub(super) fn arms(
    parsed: &Parsed,
    attrs: &Attrs,
    params: &[(SmolStr, TypeExpr)],
    body: Node<'_>,
) -> Vec<DispatchArm> {
    let is_entry = attrs.has("entry_point") || attrs.has("cosmwasm_std::entry_point");
    let takes_deps = params.first().is_some_and(|(_, ty)| {
        matches!(
            ty.last_segment().map(SmolStr::as_str),
            Some("DepsMut" | "Deps" | "Extern")
        )
    });
    if !is_entry && !takes_deps {
        return Vec::new();
    }
    let Some(found) = find_match(parsed, params, body, 0) else {
        return Vec::new();
    };
    let Some(block) = found.child_by_field_name("body") else {
        return Vec::new();
    };
    let mut arms = Vec::new();
    for arm in children(block) {
        let pattern = arm.child_by_field_name("pattern");
        let value = arm.child_by_field_name("value");
        let (Some(pattern), Some(value)) = (pattern, value) else {
            continue;
        };
        let callee = called(parsed, value, 0);
        for variant in variants(parsed, pattern, 0) {
            let callee = callee.clone();
            arms.push(DispatchArm { variant, callee });
        }
    }
    arms
}

/// The match that the body ends in, if its subject is a parameter.
fn find_match<'t>(
    parsed: &Parsed,
    params: &[(SmolStr, TypeExpr)],
    node: Node<'t>,
    depth: u32,
) -> Option<Node<'t>> {
    if depth > MAX_DEPTH {
        return None;
    }
    match node.kind() {
        "match_expression" => {
            let mut subject = node.child_by_field_name("value")?;
            while matches!(
                subject.kind(),
                "reference_expression" | "unary_expression" | "parenthesized_expression"
            ) {
                subject = subject
                    .child_by_field_name("value")
                    .or_else(|| subject.named_child(0))?;
            }
            let name = span_of(subject).of(&parsed.text);
            params.iter().any(|(p, _)| p == name).then_some(node)
        }
        "block" => {
            let last = children(node).into_iter().next_back()?;
            find_match(parsed, params, last, depth + 1)
        }
        "expression_statement" | "return_expression" | "try_expression" => {
            find_match(parsed, params, node.named_child(0)?, depth + 1)
        }
        "call_expression" => {
            // `Ok(match msg { … }?)`
            let args = node.child_by_field_name("arguments")?;
            let only = args.named_child(0)?;
            find_match(parsed, params, only, depth + 1)
        }
        _ => None,
    }
}

/// Variant names that a pattern tests.
fn variants(parsed: &Parsed, pattern: Node<'_>, depth: u32) -> Vec<SmolStr> {
    if depth > MAX_DEPTH {
        return Vec::new();
    }
    match pattern.kind() {
        "match_pattern" | "or_pattern" | "reference_pattern" => children(pattern)
            .into_iter()
            .flat_map(|p| variants(parsed, p, depth + 1))
            .collect(),
        "struct_pattern" | "tuple_struct_pattern" => pattern
            .child_by_field_name("type")
            .and_then(|ty| path_of(&parsed.text, ty).last().cloned())
            .into_iter()
            .collect(),
        "scoped_identifier" | "identifier" => path_of(&parsed.text, pattern)
            .last()
            .filter(|name| name.starts_with(char::is_uppercase))
            .cloned()
            .into_iter()
            .collect(),
        _ => Vec::new(),
    }
}

/// Path of the function whose result the expression yields, perhaps wrapped.
fn called(parsed: &Parsed, value: Node<'_>, depth: u32) -> Option<Vec<SmolStr>> {
    if depth > MAX_DEPTH {
        return None;
    }
    match value.kind() {
        "block" => {
            let last = children(value).into_iter().next_back()?;
            called(parsed, last, depth + 1)
        }
        "expression_statement"
        | "try_expression"
        | "return_expression"
        | "parenthesized_expression" => called(parsed, value.named_child(0)?, depth + 1),
        "call_expression" => {
            let function = value.child_by_field_name("function")?;
            if function.kind() == "field_expression" {
                let receiver = function.child_by_field_name("value")?;
                if receiver.kind() == "self" {
                    let name = function.child_by_field_name("field")?;
                    let name = SmolStr::new(span_of(name).of(&parsed.text));
                    return Some(vec!["self".into(), name]);
                }
                // `f(…).map_err(…)`
                return called(parsed, receiver, depth + 1);
            }
            let path = path_of(&parsed.text, function);
            let wraps = matches!(
                path.last().map(SmolStr::as_str),
                Some("Ok" | "to_binary" | "to_json_binary" | "Some" | "Box" | "from")
            );
            if wraps {
                let args = value.child_by_field_name("arguments")?;
                return called(parsed, children(args).into_iter().next()?, depth + 1);
            }
            (!path.is_empty()).then_some(path)
        }
        "reference_expression" => called(parsed, value.child_by_field_name("value")?, depth + 1),
        _ => None,
    }
}

/// First constant argument of the call that a function with a one-word result type ends in.
pub(super) fn handle_key(parsed: &Parsed, returns: &TypeExpr, body: Node<'_>) -> Option<ConstExpr> {
    let is_handle = returns
        .last_segment()
        .is_some_and(|name| crate::api::is_storage_name(name));
    if !is_handle {
        return None;
    }
    let last = children(body).into_iter().next_back()?;
    let last = if last.kind() == "expression_statement" {
        last.named_child(0)?
    } else {
        last
    };
    let args = if last.kind() == "call_expression" {
        last.child_by_field_name("arguments")
    } else {
        child_of_kind(last, "arguments")
    }?;
    children(args)
        .into_iter()
        .map(|arg| const_expr(parsed, arg, 0))
        .find(|value| match value {
            ConstExpr::Literal(_) => true,
            ConstExpr::Path(path) => path.last().is_some_and(|p| {
                p.chars()
                    .all(|c| c.is_ascii_uppercase() || c == '_' || c.is_ascii_digit())
            }),
            _ => false,
        })
}
