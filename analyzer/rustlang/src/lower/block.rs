//! Blocks and statements.

use pactward_ir::{AbortKind, Type};

use super::Lowerer;
use super::control::{Dest, Join, LoopFrame, Val};
use super::place::{Binding, PlaceRef};
use crate::source::Syn;

impl<'t> Lowerer<'t> {
    /// A block whose last expression goes to `dest`.
    pub(super) fn block(&mut self, node: Syn<'t>, dest: &mut Dest, want: &Type) {
        let scope = self.names.len();
        let outer = self.b.source();
        let kids: Vec<Syn<'t>> = node
            .kids()
            .into_iter()
            .filter(|k| k.kind() != "label" && !is_item(k.kind()))
            .collect();
        let mut has_value = false;
        for (at, kid) in kids.iter().enumerate() {
            self.b.at_statement(kid.span());
            let is_last = at + 1 == kids.len();
            if is_last && yields(*kid) {
                has_value = true;
                let inner = if kid.kind() == "expression_statement" {
                    kid.first_kid().unwrap_or(*kid)
                } else {
                    *kid
                };
                self.run(inner, dest, want);
            } else {
                self.statement(*kid);
            }
        }
        self.names.truncate(scope);
        self.b.set_source(outer);
        if !has_value {
            self.deliver_unit(dest);
        }
    }

    pub(super) fn statement(&mut self, node: Syn<'t>) {
        match node.kind() {
            "let_declaration" => self.let_statement(node),
            "empty_statement" => {}
            "expression_statement" => {
                for kid in node.kids() {
                    self.run(kid, &mut Dest::Ignore, &Type::Unknown);
                }
            }
            "ERROR" => {
                let mut parts = Vec::new();
                for kid in node.kids() {
                    if is_expression(kid.kind()) {
                        parts.push(self.value(kid, &Type::Unknown));
                    } else if kid.kind() == "let_declaration" {
                        self.statement(kid);
                    }
                }
                self.unknown("syntax error", parts);
            }
            _ => self.run(node, &mut Dest::Ignore, &Type::Unknown),
        }
    }

    fn let_statement(&mut self, node: Syn<'t>) {
        let Some(pattern) = node.field("pattern") else {
            return;
        };
        let declared = node.field("type").map(|ty| self.type_at(ty));
        let declared = declared.unwrap_or_default();
        let is_mutable = node.kid_of_kind("mutable_specifier").is_some();
        let Some(value) = node.field("value") else {
            // Declared now, set later.
            let local = self.b.local(declared);
            if let Some(name) = plain_name(pattern) {
                self.names.push(name, Binding::Local(local));
            }
            return;
        };
        if value.kind() == "closure_expression"
            && let Some(name) = plain_name(pattern)
        {
            let mark = self.names.len();
            self.names.push(name, Binding::Closure(value, mark));
            return;
        }
        if let Some(alternative) = node.field("alternative") {
            self.let_else(pattern, value, alternative, &declared);
            return;
        }
        let found = self.eval(value, &declared);
        if let Some(name) = plain_name(pattern)
            && let Some(binding) = self.alias(value, &found, is_mutable)
        {
            self.names.push(name, binding);
            return;
        }
        let op = self.force(found);
        if declared.is_known() && !self.b.ty(op).is_known() {
            self.b.set_ty(op, declared);
        }
        self.bind_pattern(pattern, op, is_mutable);
    }

    /// The binding of a name to a reference or to storage, which is no copy of the value.
    fn alias(&self, value: Syn<'t>, found: &Val, is_mutable: bool) -> Option<Binding<'t>> {
        let Val::Place(place) = found else {
            return None;
        };
        let is_reference = value.kind() == "reference_expression";
        let is_mutable_reference = is_reference && value.kid_of_kind("mutable_specifier").is_some();
        match place {
            PlaceRef::State(place, ty) if self.is_handle(ty) || is_mutable_reference => {
                Some(Binding::Place(place.clone(), ty.clone()))
            }
            PlaceRef::Storage(name, ty) => Some(Binding::Storage(name.clone(), ty.clone())),
            place if is_mutable_reference && !is_mutable => Some(Binding::Alias(place.clone())),
            _ => None,
        }
    }

    /// `let pattern = value else { … }`.
    fn let_else(&mut self, pattern: Syn<'t>, value: Syn<'t>, otherwise: Syn<'t>, want: &Type) {
        let mut fail = Join::default();
        self.test_expression(pattern, value, want, &mut fail);
        let passed = self.here();
        let bound = self.names.len();
        self.enter(&fail);
        self.block(otherwise, &mut Dest::Ignore, &Type::Unknown);
        self.diverged();
        self.names.truncate(bound);
        self.go_on(passed);
    }

    /// Ends a way that the language says is never left; text with errors may leave it.
    pub(super) fn diverged(&mut self) {
        if self.path.live {
            self.b.abort(AbortKind::Panic, Vec::new());
            self.stop();
        }
    }

    /// `'label: { … }`, `unsafe { … }`, plain blocks.
    pub(super) fn labelled_block(&mut self, node: Syn<'t>, dest: &mut Dest, want: &Type) {
        let Some(label) = node.kid_of_kind("label") else {
            self.block(node, dest, want);
            return;
        };
        self.loops.push(LoopFrame {
            label: Some(label.text().into()),
            head: None,
            exit: Join::default(),
        });
        let mut inner = Dest::Join(Join::default());
        self.block(node, &mut inner, want);
        let value = self.collected(inner);
        let value = self.force(value);
        if let Some(mut frame) = self.loops.pop() {
            self.arrive(&mut frame.exit, Some(value));
            let value = self.enter_value(&frame.exit);
            self.deliver(Val::Op(value), dest);
        }
    }
}

/// The name of an identifier pattern.
pub(super) fn plain_name(pattern: Syn<'_>) -> Option<&str> {
    match pattern.kind() {
        "identifier"
            if pattern
                .text()
                .starts_with(|c: char| c.is_lowercase() || c == '_') =>
        {
            Some(pattern.text())
        }
        "mut_pattern" => pattern
            .kids()
            .into_iter()
            .find(|k| k.kind() == "identifier")
            .map(Syn::text),
        _ => None,
    }
}

fn is_item(kind: &str) -> bool {
    matches!(
        kind,
        "function_item"
            | "struct_item"
            | "enum_item"
            | "impl_item"
            | "trait_item"
            | "use_declaration"
            | "const_item"
            | "static_item"
            | "type_item"
            | "mod_item"
            | "macro_definition"
            | "extern_crate_declaration"
            | "foreign_mod_item"
            | "union_item"
    )
}

/// Whether the last child of a block is the block's value: an expression without semicolon.
fn yields(node: Syn<'_>) -> bool {
    match node.kind() {
        "expression_statement" => !node.has_token(";"),
        kind => is_expression(kind),
    }
}

pub(super) fn is_expression(kind: &str) -> bool {
    kind.ends_with("_expression")
        || kind.ends_with("_literal")
        || matches!(
            kind,
            "identifier"
                | "scoped_identifier"
                | "self"
                | "block"
                | "unsafe_block"
                | "async_block"
                | "try_block"
                | "const_block"
                | "macro_invocation"
                | "generic_function"
                | "compound_assignment_expr"
                | "metavariable"
        )
}
