//! Patterns: tests and the names they bind.

use pactward_ir::{ArithMode, BinaryOp, Const, LocalId, OpId, OpKind, SmolStr, Type, UnaryOp};

use super::block::plain_name;
use super::control::Join;
use super::place::Binding;
use super::{Lowerer, MAX_DEPTH};
use crate::api;
use crate::literal;
use crate::program::{Def, Space};
use crate::source::Syn;

impl<'t> Lowerer<'t> {
    /// Binds the names of a pattern that always matches.
    pub(super) fn bind_pattern(&mut self, pattern: Syn<'t>, value: OpId, is_mutable: bool) {
        if is_mutable && let Some(name) = plain_name(pattern) {
            self.bind_variable(name, value);
            return;
        }
        self.test(pattern, value, None);
    }

    /// Goes on where the value matches, with names bound; else to `fail`. Without `fail` the
    /// pattern is taken to match.
    pub(super) fn test(&mut self, pattern: Syn<'t>, value: OpId, fail: Option<&mut Join>) {
        if self.depth >= MAX_DEPTH {
            return;
        }
        self.depth += 1;
        self.test_kind(pattern, value, fail);
        self.depth -= 1;
    }

    fn test_kind(&mut self, pattern: Syn<'t>, value: OpId, mut fail: Option<&mut Join>) {
        match pattern.kind() {
            "identifier" | "shorthand_field_identifier" => {
                self.test_identifier(pattern, value, fail);
            }
            "mut_pattern" => {
                if let Some(name) = plain_name(pattern) {
                    self.bind_variable(name, value);
                } else if let Some(inner) = pattern.patterns().into_iter().next_back() {
                    self.test(inner, value, fail);
                }
            }
            "ref_pattern" | "reference_pattern" | "match_pattern" => {
                let inner = pattern
                    .patterns()
                    .into_iter()
                    .find(|k| k.kind() != "mutable_specifier");
                if let Some(inner) = inner {
                    self.test(inner, value, fail);
                }
            }
            "captured_pattern" => {
                for kid in pattern.patterns() {
                    self.test(kid, value, fail.as_deref_mut());
                }
            }
            "tuple_pattern" => {
                let ty = self.b.ty(value).clone();
                let positions = positions(&pattern.patterns(), tuple_length(&ty));
                for (kid, index) in positions {
                    let item = match &ty {
                        Type::Tuple(items) => {
                            items.get(index as usize).cloned().unwrap_or_default()
                        }
                        _ => Type::Unknown,
                    };
                    let part = self.emit(OpKind::Extract { value, index }, item);
                    self.inherit_part(part, value);
                    self.test(kid, part, fail.as_deref_mut());
                }
            }
            "tuple_struct_pattern" => self.test_tuple_struct(pattern, value, fail),
            "struct_pattern" => self.test_struct(pattern, value, fail),
            "or_pattern" => self.test_alternatives(pattern, value, fail),
            "slice_pattern" => self.test_slice(pattern, value, fail),
            "range_pattern" => {
                let Some(fail) = fail else { return };
                for (field, op) in [("left", BinaryOp::Ge), ("right", BinaryOp::Le)] {
                    if let Some(bound) = pattern.field(field) {
                        let ty = self.b.ty(value).clone();
                        let bound = self.value(bound, &ty);
                        let cond = self.compare(op, value, bound);
                        self.require_into(cond, fail);
                    }
                }
            }
            "scoped_identifier" | "generic_pattern" | "const_block" | "macro_invocation" => {
                if let (Some(fail), Some(cond)) = (fail, self.simple_test(pattern, value)) {
                    self.require_into(cond, fail);
                }
            }
            "_" | "remaining_field_pattern" => {}
            _ => {
                if let (Some(fail), Some(cond)) = (fail, self.simple_test(pattern, value)) {
                    self.require_into(cond, fail);
                }
            }
        }
    }

    fn compare(&mut self, op: BinaryOp, left: OpId, right: OpId) -> OpId {
        let kind = OpKind::Binary {
            op,
            left,
            right,
            mode: ArithMode::None,
        };
        self.emit(kind, Type::Bool)
    }

    fn test_identifier(&mut self, pattern: Syn<'t>, value: OpId, fail: Option<&mut Join>) {
        if let Some(name) = plain_name(pattern) {
            if name != "_" {
                self.names.push(name, Binding::Value(value));
            }
            return;
        }
        let text = pattern.text();
        let is_known = text == "None"
            || self
                .program
                .resolve(self.module, &[text.into()], Space::Values)
                .is_some();
        if !is_known {
            self.names.push(text, Binding::Value(value));
        } else if let (Some(fail), Some(cond)) = (fail, self.simple_test(pattern, value)) {
            self.require_into(cond, fail);
        }
    }

    /// The test of a pattern that binds nothing, as one value; none for other patterns.
    fn simple_test(&mut self, pattern: Syn<'t>, value: OpId) -> Option<OpId> {
        if let Some((constant, mut ty)) = literal::value(pattern.kind(), pattern.text()) {
            if !ty.is_known() {
                ty = self.b.ty(value).clone();
            }
            let constant = self.constant(constant, ty);
            return Some(self.compare(BinaryOp::Eq, value, constant));
        }
        match pattern.kind() {
            "identifier" | "scoped_identifier" => {
                let path = pattern.path();
                if path.last()?.as_str() == "None" {
                    return Some(self.is_none(value));
                }
                if path.len() == 1 && plain_name(pattern).is_some() {
                    return None;
                }
                let def = self.resolve_value(&path);
                let ty = self.b.ty(value).clone();
                let constant = if let Some(def) = def {
                    let found = self.item_value(&def, &path, &ty);
                    self.force(found)
                } else {
                    let name = variant_constant(&path);
                    self.constant(Const::Str(name), ty)
                };
                Some(self.compare(BinaryOp::Eq, value, constant))
            }
            "tuple_struct_pattern" | "struct_pattern" => {
                let path = pattern.field("type")?.path();
                let binds = pattern.patterns().into_iter().skip(1).any(|k| {
                    !matches!(k.kind(), "_" | "remaining_field_pattern") && k.text() != "_"
                });
                if binds {
                    return None;
                }
                let variant = path.last()?.clone();
                Some(self.is_variant(value, &variant))
            }
            "reference_pattern" => {
                let inner = pattern.patterns().into_iter().next_back()?;
                if inner.kind() == "reference_pattern" {
                    return None;
                }
                self.simple_test(inner, value)
            }
            _ => None,
        }
    }

    fn is_none(&mut self, value: OpId) -> OpId {
        let kind = OpKind::Unary {
            op: UnaryOp::IsNone,
            value,
        };
        self.emit(kind, Type::Bool)
    }

    fn is_variant(&mut self, value: OpId, variant: &str) -> OpId {
        let unary = |op| OpKind::Unary { op, value };
        let kind = match variant {
            "Err" => unary(UnaryOp::IsErr),
            "None" => unary(UnaryOp::IsNone),
            _ => OpKind::IsVariant {
                value,
                variant: variant.into(),
            },
        };
        self.emit(kind, Type::Bool)
    }

    /// Goes on where the value is the variant. `Ok` and `Some` are told by their opposites.
    fn require_variant(&mut self, value: OpId, variant: &str, fail: &mut Join) {
        let opposite = match variant {
            "Ok" => Some(UnaryOp::IsErr),
            "Some" => Some(UnaryOp::IsNone),
            _ => None,
        };
        let Some(op) = opposite else {
            let cond = self.is_variant(value, variant);
            self.require_into(cond, fail);
            return;
        };
        let cond = self.emit(OpKind::Unary { op, value }, Type::Bool);
        if !self.path.live {
            return;
        }
        let (bad, good) = self.fork(cond);
        self.go_on(bad);
        self.arrive(fail, None);
        self.go_on(good);
    }

    fn test_tuple_struct(&mut self, pattern: Syn<'t>, value: OpId, mut fail: Option<&mut Join>) {
        let Some(ty) = pattern.field("type") else {
            return;
        };
        let path = ty.path();
        let kids: Vec<Syn<'t>> = pattern.patterns().into_iter().skip(1).collect();
        let Some(variant) = path.last().cloned() else {
            return;
        };
        let value_ty = self.b.ty(value).clone();
        if let Some(Def::Type(name)) = self.resolve_value(&path) {
            // A tuple struct: its fields are `0`, `1`, ….
            let ty = Type::Struct(name);
            let positions = positions(&kids, None);
            for (kid, index) in positions {
                let field = index.to_string();
                let item = self.field_type(&ty, &field);
                let kind = OpKind::Field {
                    base: value,
                    name: field.into(),
                };
                let part = self.emit(kind, item);
                self.test(kid, part, fail.as_deref_mut());
            }
            return;
        }
        if let Some(fail) = fail.as_deref_mut() {
            self.require_variant(value, &variant, fail);
        }
        let fields = self.program.variant(&value_ty, &variant);
        let length = fields.as_ref().map(|f| f.list.len());
        for (kid, index) in positions(&kids, length) {
            let item = match (variant.as_str(), &value_ty, &fields) {
                ("Ok" | "Some", Type::Result(inner) | Type::Option(inner), _) => (**inner).clone(),
                ("Err", ..) => Type::Error,
                (_, _, Some(fields)) => fields
                    .list
                    .get(index as usize)
                    .map(|(_, ty)| ty.clone())
                    .unwrap_or_default(),
                _ => Type::Unknown,
            };
            let part = self.payload(value, &variant, index, item);
            self.inherit_part(part, value);
            self.test(kid, part, fail.as_deref_mut());
        }
    }

    fn test_struct(&mut self, pattern: Syn<'t>, value: OpId, mut fail: Option<&mut Join>) {
        let Some(ty) = pattern.field("type") else {
            return;
        };
        let path = ty.path();
        let value_ty = self.b.ty(value).clone();
        let variant = match self.resolve_value(&path) {
            Some(Def::Variant(_, variant)) => Some(variant),
            Some(Def::External(full)) => {
                let path = api::ApiPath::new(&full);
                (path.rest.len() > 1).then(|| path.rest[path.rest.len() - 1].clone())
            }
            Some(_) => None,
            // An enum that is not known: `Msg::Transfer { … }`.
            None if path.len() > 1 && path[path.len() - 2].starts_with(char::is_uppercase) => {
                path.last().cloned()
            }
            None => None,
        };
        let Some(variant) = variant else {
            for (name, inner) in field_patterns(pattern) {
                let part = self.field_of_value(value, &name);
                self.inherit_part(part, value);
                self.test_field(inner, &name, part, fail.as_deref_mut());
            }
            return;
        };
        if let Some(fail) = fail.as_deref_mut() {
            self.require_variant(value, &variant, fail);
        }
        let listed = field_patterns(pattern);
        if listed.is_empty() {
            return;
        }
        let fields = self.program.variant(&value_ty, &variant);
        let base = self.payload(value, &variant, 0, Type::Unknown);
        for (name, inner) in listed {
            let ty = fields
                .as_ref()
                .and_then(|f| Some(f.list.get(f.position(&name)?)?.1.clone()))
                .unwrap_or_default();
            let kind = OpKind::Field {
                base,
                name: name.clone(),
            };
            let part = self.emit(kind, ty);
            self.inherit_part(part, value);
            self.test_field(inner, &name, part, fail.as_deref_mut());
        }
    }

    fn test_field(
        &mut self,
        inner: FieldPattern<'t>,
        name: &SmolStr,
        part: OpId,
        fail: Option<&mut Join>,
    ) {
        match inner {
            FieldPattern::Shorthand { is_mutable: true } => self.bind_variable(name, part),
            FieldPattern::Shorthand { is_mutable: false } => {
                self.names.push(name.clone(), Binding::Value(part));
            }
            FieldPattern::Pattern(inner) => self.test(inner, part, fail),
        }
    }

    /// `a | b | …`: names that the alternatives bind become variables.
    fn test_alternatives(&mut self, pattern: Syn<'t>, value: OpId, fail: Option<&mut Join>) {
        let mut parts = Vec::new();
        let mut at = pattern;
        while at.kind() == "or_pattern" {
            let mut kids = at.patterns();
            if kids.len() < 2 {
                break;
            }
            let first = kids.remove(0);
            parts.extend(kids.into_iter().rev());
            at = first;
        }
        parts.push(at);
        parts.reverse();
        let mut tests = Vec::new();
        if fail.is_some() && parts.iter().all(|p| is_simple(*p)) {
            for part in &parts {
                if self.has_room() {
                    tests.extend(self.simple_test(*part, value));
                }
            }
            if !self.has_room() {
                return;
            }
            if tests.len() == parts.len()
                && let (Some(fail), Some(first)) = (fail, tests.first().copied())
            {
                let cond = tests[1..]
                    .iter()
                    .fold(first, |acc, t| self.binary(BinaryOp::Or, acc, *t));
                self.require_into(cond, fail);
            }
            return;
        }
        let mut pass = Join::default();
        let mut variables: Vec<(SmolStr, LocalId)> = Vec::new();
        let mark = self.names.len();
        let count = parts.len();
        let mut fail = fail;
        for (index, part) in parts.into_iter().enumerate() {
            if !self.has_room() {
                break;
            }
            let mut next = Join::default();
            if index + 1 < count {
                self.test(part, value, Some(&mut next));
            } else {
                self.test(part, value, fail.as_deref_mut());
            }
            let bound = self.names.split_off(mark);
            for (name, binding) in bound {
                let Binding::Value(bound) = binding else {
                    continue;
                };
                let known = variables.iter().find(|(n, _)| *n == name).map(|v| v.1);
                let local = known.unwrap_or_else(|| {
                    let local = self.b.local(self.b.ty(bound).clone());
                    variables.push((name, local));
                    local
                });
                self.b.set(local, bound);
            }
            self.arrive(&mut pass, None);
            self.enter(&next);
        }
        self.enter(&pass);
        for (name, local) in variables {
            self.names.push(name, Binding::Local(local));
        }
    }

    fn test_slice(&mut self, pattern: Syn<'t>, value: OpId, mut fail: Option<&mut Join>) {
        let kids = pattern.patterns();
        let has_rest = kids
            .iter()
            .any(|k| k.kind() == "remaining_field_pattern" || k.kind() == "captured_pattern");
        let fixed = kids
            .iter()
            .filter(|k| k.kind() != "remaining_field_pattern");
        let count = fixed.count();
        if let Some(fail) = fail.as_deref_mut() {
            let size = Type::Int {
                bits: 32,
                signed: false,
            };
            let length = self.emit(OpKind::Length { value }, size.clone());
            let expected = self.b.int(count as u64, size);
            let op = if has_rest { BinaryOp::Ge } else { BinaryOp::Eq };
            let cond = self.compare(op, length, expected);
            self.require_into(cond, fail);
        }
        let item = super::loops::element_type(self.b.ty(value));
        for (kid, index) in positions(&kids, None) {
            let key = self.b.int(index, crate::literal::uint(32));
            let part = self.emit(OpKind::Index { base: value, key }, item.clone());
            self.test(kid, part, fail.as_deref_mut());
        }
    }
}

#[derive(Clone, Copy)]
enum FieldPattern<'t> {
    Shorthand { is_mutable: bool },
    Pattern(Syn<'t>),
}

fn field_patterns(pattern: Syn<'_>) -> Vec<(SmolStr, FieldPattern<'_>)> {
    pattern
        .kids()
        .into_iter()
        .filter(|k| k.kind() == "field_pattern")
        .filter_map(|field| {
            let name = SmolStr::new(field.field("name")?.text());
            let inner = match field.field("pattern") {
                Some(inner) => FieldPattern::Pattern(inner),
                None => FieldPattern::Shorthand {
                    is_mutable: field.kid_of_kind("mutable_specifier").is_some(),
                },
            };
            Some((name, inner))
        })
        .collect()
}

/// Whether the pattern may bind nothing; decided by its outer shape.
fn is_simple(pattern: Syn<'_>) -> bool {
    match pattern.kind() {
        "identifier" => plain_name(pattern).is_none(),
        "scoped_identifier" | "integer_literal" | "string_literal" | "char_literal"
        | "boolean_literal" | "negative_literal" => true,
        "tuple_struct_pattern" | "struct_pattern" => {
            let mut parts = pattern.patterns().into_iter().skip(1);
            parts.all(|k| k.kind() == "remaining_field_pattern" || k.text() == "_")
        }
        _ => false,
    }
}

/// Sub-patterns with the component each one looks at; those after `..` count from the end.
fn positions<'t>(kids: &[Syn<'t>], length: Option<usize>) -> Vec<(Syn<'t>, u32)> {
    let rest = kids
        .iter()
        .position(|k| k.kind() == "remaining_field_pattern");
    let mut found = Vec::new();
    for (at, kid) in kids.iter().enumerate() {
        let index = match rest {
            Some(rest) if at == rest => continue,
            Some(rest) if at > rest => match length {
                Some(length) => length.saturating_sub(kids.len() - at),
                None => at - 1,
            },
            _ => at,
        };
        found.push((*kid, index as u32));
    }
    found
}

fn tuple_length(ty: &Type) -> Option<usize> {
    match ty {
        Type::Tuple(items) => Some(items.len()),
        _ => None,
    }
}

/// How a variant without fields is written as a constant: `Status::Open`.
pub(super) fn variant_constant(path: &[SmolStr]) -> SmolStr {
    match path {
        [.., ty, variant] => format!("{ty}::{variant}").into(),
        [only] => only.clone(),
        [] => SmolStr::default(),
    }
}
