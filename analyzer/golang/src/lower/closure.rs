//! Function literals: functions of their own that get what they capture as first parameters.

use std::sync::Arc;

use pactward_ir::{FunctionKind, Mutability, Name, OpKind, OpSource, Visibility};
use pactward_syntax::{Node, children};
use rustc_hash::FxHashSet;

use super::Lowering;
use super::frame::{Binding, Frame, Literal, Local};
use super::value::Val;
use crate::reader::Reader;
use crate::types::function_type;

/// Names that a literal uses from around it: variables, and constants and types.
struct Free {
    variables: Vec<(Name, Local)>,
    others: Vec<(Name, Binding)>,
}

impl<'a> Lowering<'a> {
    /// Lowers a function literal to a function of its own.
    pub(super) fn closure(&mut self, node: Node<'a>) -> Literal {
        self.closure_count += 1;
        let function = Name::from(format!("{}#{}", self.root, self.closure_count));
        let Free {
            variables: captures,
            others: inherited,
        } = self.free_names(node);
        let kind = FunctionKind::Closure;
        let mut frame = Frame::new(
            function.clone(),
            kind,
            Visibility::Private,
            Mutability::Mutable,
        );
        let body = frame.b.body(&self.root.clone());
        frame.b.set_source(OpSource {
            body,
            ..OpSource::default()
        });
        for (name, binding) in inherited {
            frame.bind(name, binding);
        }
        frame.shared.clone_from(&self.f.shared);
        let outer = std::mem::replace(&mut self.f, frame);
        self.f.b.at_statement(self.body.relative(node));
        for (name, local) in &captures {
            self.captured(name.clone(), local);
        }
        let mut reader = Reader::new(self.body.parsed(), function.clone());
        let signature = reader.signature(node);
        self.adopt(reader.hoisted);
        self.f.push_scope();
        self.parameters(&signature);
        if let Some(block) = node.child_by_field_name("body") {
            self.function_body(block);
        }
        let result = {
            let scope = |n: &str| self.type_in_scope(n);
            self.types().results(self.file, &signature, &scope)
        };
        let frame = std::mem::replace(&mut self.f, outer);
        let (lowered, map) = frame.b.finish();
        self.closures.push((Arc::new(lowered), Arc::new(map)));
        Literal {
            function,
            captures: captures.into_iter().map(|(name, _)| name).collect(),
            result,
        }
    }

    /// A captured variable arrives as a parameter; a shared one as its cell.
    fn captured(&mut self, name: Name, local: &Local) {
        let erased = self.erase(&local.ty);
        let id = self.f.b.param(name.clone(), erased.clone());
        let variable = self.f.b.local(erased);
        self.f.b.set(variable, id);
        self.f.bind(
            name,
            Binding::Local(Local {
                id: variable,
                ty: local.ty.clone(),
                shared: local.shared,
                is_contract: local.is_contract,
            }),
        );
    }

    /// The literal as a value, with variables as they are here.
    pub(super) fn closure_value(&mut self, literal: &Literal) -> Val {
        let captures = self.capture_values(literal);
        let kind = OpKind::Closure {
            function: literal.function.clone(),
            captures,
        };
        self.emit(kind, function_type(literal.result.clone()))
    }

    pub(super) fn capture_values(&mut self, literal: &Literal) -> Vec<pactward_ir::OpId> {
        let mut values = Vec::new();
        for name in &literal.captures {
            if let Some(Binding::Local(local)) = self.f.lookup(name) {
                let id = local.id;
                values.push(self.f.b.get(id));
            }
        }
        values
    }

    /// Names that a literal uses from around it: variables, and constants and types.
    fn free_names(&self, node: Node<'a>) -> Free {
        let (mut variables, mut others) = (Vec::new(), Vec::new());
        let mut seen: FxHashSet<&str> = FxHashSet::default();
        let mut stack = vec![node];
        while let Some(node) = stack.pop() {
            if matches!(node.kind(), "identifier" | "type_identifier") {
                let name = self.text(node);
                if seen.insert(name) {
                    match self.f.lookup(name) {
                        Some(Binding::Local(local)) => variables.push((name.into(), local.clone())),
                        Some(other) => others.push((name.into(), other.clone())),
                        None => {}
                    }
                }
            }
            let mut inner: Vec<_> = children(node).collect();
            inner.reverse();
            stack.extend(inner);
        }
        Free { variables, others }
    }

    /// Finds variables that closures write: those share a cell with the function around them.
    pub(super) fn find_shared(&mut self, body: Node<'a>) {
        let mut stack = vec![body];
        while let Some(node) = stack.pop() {
            if node.kind() == "func_literal" {
                let found = self.written_from_outside(node);
                self.f.shared.extend(found);
                continue;
            }
            stack.extend(children(node));
        }
    }

    /// Names that a literal assigns without declaring them.
    fn written_from_outside(&self, literal: Node<'a>) -> FxHashSet<Name> {
        let (mut written, mut declared) = (FxHashSet::default(), FxHashSet::default());
        let mut stack = vec![literal];
        while let Some(node) = stack.pop() {
            let field = |name| node.child_by_field_name(name);
            match node.kind() {
                // What runs after a panic does not run where the function returns.
                "if_statement" if self.asks_for_panic(node) => {
                    stack.extend(field("alternative"));
                    continue;
                }
                "assignment_statement" => {
                    if let Some(left) = field("left") {
                        self.add_names(left, &mut written);
                    }
                }
                "inc_statement" | "dec_statement" => self.add_names(node, &mut written),
                "short_var_declaration" | "range_clause" => {
                    if let Some(left) = field("left") {
                        self.add_names(left, &mut declared);
                    }
                }
                "parameter_declaration" | "var_spec" => {
                    let mut cursor = node.walk();
                    for name in node.children_by_field_name("name", &mut cursor) {
                        declared.insert(Name::from(self.text(name)));
                    }
                }
                _ => {}
            }
            stack.extend(children(node));
        }
        written.retain(|name| !declared.contains(name));
        written
    }

    /// Whether an `if` runs only if `recover` yields something.
    fn asks_for_panic(&self, node: Node<'a>) -> bool {
        let text = |field| node.child_by_field_name(field).map_or("", |n| self.text(n));
        let (initializer, condition) = (text("initializer"), text("condition"));
        condition.contains("!= nil")
            && (initializer.contains("recover()") || condition.contains("recover()"))
    }

    fn add_names(&self, list: Node<'a>, into: &mut FxHashSet<Name>) {
        for node in children(list) {
            if node.kind() == "identifier" {
                into.insert(Name::from(self.text(node)));
            }
        }
    }
}
