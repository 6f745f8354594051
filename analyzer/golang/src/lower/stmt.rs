//! Statements.

use pactward_ir::{Name, Outcome, Type};
use pactward_syntax::{Node, children, children_of_kind};

use super::Lowering;
use super::frame::Binding;
use super::value::Val;
use crate::consts;
use crate::decls::TypeDecl;
use crate::outline::constants;
use crate::reader::Reader;

impl<'a> Lowering<'a> {
    /// A block with a scope of its own.
    pub(super) fn block(&mut self, block: Node<'a>) {
        self.f.push_scope();
        self.statements(block);
        self.f.pop_scope();
    }

    /// The statements below a block, statement list or error node, in order.
    pub(super) fn statements(&mut self, list: Node<'a>) {
        for node in children(list) {
            match node.kind() {
                "statement_list" => self.statements(node),
                _ => self.statement(node),
            }
        }
    }

    pub(super) fn statement(&mut self, node: Node<'a>) {
        if !self.enter() {
            self.leave();
            self.opaque("too deep", node);
            return;
        }
        let outer = self.f.b.source();
        self.f.b.at_statement(self.body.relative(node));
        self.statement_inner(node);
        self.f.b.set_source(outer);
        self.leave();
    }

    fn statement_inner(&mut self, node: Node<'a>) {
        match node.kind() {
            "expression_statement" => {
                if let Some(inner) = children(node).next() {
                    self.effect(inner);
                }
            }
            "short_var_declaration" => self.short_declaration(node),
            "assignment_statement" => self.assignment(node),
            "inc_statement" => self.step(node, "+"),
            "dec_statement" => self.step(node, "-"),
            "var_declaration" => self.var_declaration(node),
            "const_declaration" => self.const_declaration(node),
            "type_declaration" => self.type_declaration(node),
            "return_statement" => self.return_statement(node),
            "if_statement" => self.if_statement(node),
            "for_statement" => self.for_statement(node),
            "expression_switch_statement" => self.expression_switch(node),
            "type_switch_statement" => self.type_switch(node),
            "select_statement" => self.select_statement(node),
            "labeled_statement" => self.labeled_statement(node),
            "break_statement"
            | "continue_statement"
            | "goto_statement"
            | "fallthrough_statement" => self.jump_statement(node),
            "block" => self.block(node),
            "go_statement" => self.go_statement(node),
            "defer_statement" => self.defer_statement(node),
            "send_statement" => self.send_statement(node),
            "empty_statement" => {}
            // What stands around a mistake: statements and expressions in it are lowered as they
            // stand, so that calls in half-typed code are seen.
            "ERROR" => {
                self.unknown("syntax error", vec![]);
                self.statements(node);
            }
            "expression_list" => self.statements(node),
            kind if is_expression(kind) => self.effect(node),
            _ => {}
        }
    }

    /// An expression for its effect.
    fn effect(&mut self, node: Node<'a>) {
        if node.kind() == "call_expression" {
            let outer = self.at(node);
            self.call(node);
            self.f.b.set_source(outer);
        } else {
            self.expr(node);
        }
    }

    // Declarations.

    fn var_declaration(&mut self, node: Node<'a>) {
        let lists = children_of_kind(node, "var_spec_list");
        let specs: Vec<Node<'a>> = children_of_kind(node, "var_spec")
            .chain(lists.flat_map(|l| children_of_kind(l, "var_spec")))
            .collect();
        for spec in specs {
            self.f.b.at_statement(self.body.relative(spec));
            let (names, values) = self.var_spec(spec);
            for (name, value) in names.into_iter().zip(values) {
                self.declare(name, value);
            }
        }
    }

    /// Names of a variable declaration and their values.
    fn var_spec(&mut self, spec: Node<'a>) -> (Vec<Name>, Vec<Val>) {
        let mut cursor = spec.walk();
        let names: Vec<Name> = spec
            .children_by_field_name("name", &mut cursor)
            .filter(Node::is_named)
            .map(|n| Name::from(self.text(n)))
            .collect();
        let ty = spec
            .child_by_field_name("type")
            .map(|t| self.type_of_node(t));
        let mut values = match spec.child_by_field_name("value") {
            Some(list) => self.value_list(list, names.len(), ty.as_ref()),
            None => Vec::new(),
        };
        if let Some(ty) = &ty {
            values = values.into_iter().map(|v| self.adapt(v, ty)).collect();
        }
        while values.len() < names.len() {
            let zero = self.zero(&ty.clone().unwrap_or_default());
            values.push(zero);
        }
        (names, values)
    }

    /// Writes package variables from their declaration.
    pub(super) fn package_variables(&mut self, spec: Node<'a>) {
        let (names, values) = self.var_spec(spec);
        for (name, value) in names.into_iter().zip(values) {
            if name != "_"
                && let Some(crate::program::Item::Var(at)) =
                    self.program.bare_item(self.file, &name)
            {
                let place = self.global(at, &name);
                self.write_global(place, &value);
            }
        }
        self.f.b.ret(Vec::new(), Outcome::Ok);
    }

    fn const_declaration(&mut self, node: Node<'a>) {
        let prefix = self.anonymous_prefix();
        let mut reader = Reader::new(self.body.parsed(), prefix);
        let found = constants(node, &mut reader);
        self.adopt(reader.hoisted);
        for constant in found {
            let value = consts::evaluate(&constant.value, constant.iota, &mut |package, name| {
                if package.is_none()
                    && let Some(binding) = self.f.lookup(name)
                {
                    return match binding {
                        Binding::Const(value, _) => value.clone(),
                        _ => None,
                    };
                }
                self.program.named_constant(self.file, package, name)
            });
            let ty = match (&constant.ty, &value) {
                (Some(ty), _) => self.resolve(ty),
                (None, Some(value)) => super::expr::natural_type(value),
                (None, None) => Type::Unknown,
            };
            self.f.bind(constant.name, Binding::Const(value, ty));
        }
    }

    fn type_declaration(&mut self, node: Node<'a>) {
        for spec in children(node) {
            let alias = match spec.kind() {
                "type_spec" => false,
                "type_alias" => true,
                _ => continue,
            };
            let parts = ["name", "type"].map(|f| spec.child_by_field_name(f));
            let [Some(name_node), Some(body)] = parts else {
                continue;
            };
            let name = Name::from(self.text(name_node));
            let prefix = self.anonymous_prefix();
            let mut reader = Reader::new(self.body.parsed(), prefix.clone());
            let params = reader.type_params(spec.child_by_field_name("type_parameters"));
            let body = reader.type_body(body);
            self.adopt(reader.hoisted);
            let unique = Name::from(format!("{prefix}.{name}"));
            let decl = TypeDecl {
                name: unique.clone(),
                params,
                alias,
                body,
            };
            // The name is bound first, so that a type can hold pointers to itself.
            let ty = self.types().declared(unique.clone(), self.file, &decl, 0);
            self.f.bind(name.clone(), Binding::Type(ty));
            let decl = self.qualify(decl);
            self.locals.insert(unique.clone(), decl);
            let ty = match self.locals.get(&unique) {
                Some(decl) if decl.alias => self.resolve(&decl.body.clone()),
                Some(decl) => self.types().declared(unique, self.file, decl, 0),
                None => Type::Unknown,
            };
            self.f.bind(name, Binding::Type(ty));
        }
    }

    /// Replaces names of a function's own types by their unique names, since fields are looked up
    /// outside the scope.
    fn qualify(&self, mut decl: TypeDecl) -> TypeDecl {
        if let crate::decls::TypeExpr::Struct(fields) = &mut decl.body {
            for field in fields {
                qualify_expr(&mut field.ty, &|name| match self.f.lookup(name)? {
                    Binding::Type(Type::Struct(unique) | Type::Named(unique, _)) => {
                        self.is_local_type(unique).then(|| unique.clone())
                    }
                    _ => None,
                });
            }
        }
        decl
    }

    fn is_local_type(&self, unique: &str) -> bool {
        unique.starts_with(self.root.as_str())
    }

    /// Prefix of unique names of types declared in this function.
    fn anonymous_prefix(&mut self) -> Name {
        self.type_count += 1;
        Name::from(format!("{}${}", self.root, self.type_count))
    }

    pub(super) fn adopt(&mut self, hoisted: Vec<TypeDecl>) {
        for decl in hoisted {
            let decl = self.qualify(decl);
            self.locals.insert(decl.name.clone(), decl);
        }
    }

    /// The type that a node spells.
    pub(super) fn type_of_node(&mut self, node: Node<'a>) -> Type {
        let prefix = self.anonymous_prefix();
        let mut reader = Reader::new(self.body.parsed(), prefix);
        let expr = reader.ty(node);
        let hoisted = std::mem::take(&mut reader.hoisted);
        if hoisted.is_empty() {
            self.type_count -= 1;
        } else {
            self.adopt(hoisted);
        }
        self.resolve(&expr)
    }

    // Returns.

    fn return_statement(&mut self, node: Node<'a>) {
        let list = children(node).find(|c| c.kind() == "expression_list");
        match list {
            None => self.return_values(None),
            Some(list) => {
                let types: Vec<Type> = self.f.results.iter().map(|r| r.ty.clone()).collect();
                let values = self.result_list(list, &types);
                self.return_values(Some(values));
            }
        }
    }

    fn result_list(&mut self, list: Node<'a>, types: &[Type]) -> Vec<Val> {
        let nodes: Vec<Node<'a>> = children(list).collect();
        if let [only] = nodes.as_slice()
            && types.len() > 1
        {
            return self.several(*only, types.len());
        }
        let mut values = Vec::new();
        for (at, node) in nodes.into_iter().enumerate() {
            let mut value = self.expr_of(node, types.get(at));
            if types.get(at) == Some(&Type::Error) && self.is_concrete(&value.ty) {
                // A value of a concrete type is an error that is not nil.
                value.known.outcome = Some(Outcome::Err);
            }
            values.push(match types.get(at) {
                Some(ty) => self.adapt(value, ty),
                None => value,
            });
        }
        values
    }

    /// Whether a type is one that an interface hides.
    fn is_concrete(&self, ty: &Type) -> bool {
        match ty.pointee() {
            Type::Struct(_) => true,
            Type::Named(..) => self.types().decl(ty.pointee()).is_some_and(|(decl, _)| {
                !matches!(decl.body, crate::decls::TypeExpr::Interface(_))
            }),
            _ => false,
        }
    }

    /// Returns values, or named results as they are now.
    pub(super) fn return_values(&mut self, values: Option<Vec<Val>>) {
        let named = self.f.results.iter().any(|r| r.local.is_some());
        if named && let Some(values) = &values {
            self.store_results(values);
        }
        let outcome_before = values.as_deref().map(|v| self.outcome_of(v));
        self.run_deferred();
        let values = match values {
            Some(values) if !named || self.f.defers.is_empty() => values,
            _ => self.load_results(),
        };
        let outcome = match outcome_before {
            Some(outcome) if self.f.defers.is_empty() || !named => outcome,
            _ => self.outcome_of(&values),
        };
        self.f
            .b
            .ret(values.into_iter().map(|v| v.id).collect(), outcome);
    }

    fn store_results(&mut self, values: &[Val]) {
        for at in 0..self.f.results.len() {
            let local = self.f.results[at].local.clone();
            if let (Some(local), Some(value)) = (local, values.get(at)) {
                self.write_local(&local, value.clone());
            }
        }
    }

    fn load_results(&mut self) -> Vec<Val> {
        let locals: Vec<_> = self
            .f
            .results
            .iter()
            .filter_map(|r| r.local.clone())
            .collect();
        locals.iter().map(|l| self.read_local(l)).collect()
    }

    /// Whether a return with these values tells success.
    fn outcome_of(&self, values: &[Val]) -> Outcome {
        let is_error = |ty: &Type| *ty == Type::Error;
        let is_response = |ty: &Type| super::conditions::success_status(ty).is_some();
        let results = &self.f.results;
        let at = results
            .iter()
            .rposition(|r| is_error(&r.ty))
            .or_else(|| results.iter().rposition(|r| is_response(&r.ty)));
        match at {
            Some(at) => match values.get(at) {
                Some(value) => value.known.outcome.unwrap_or(Outcome::Unknown),
                None => Outcome::Unknown,
            },
            None => self.f.facts.answered_outcome(),
        }
    }
}

fn is_expression(kind: &str) -> bool {
    kind.ends_with("_expression")
        || kind.ends_with("_literal")
        || matches!(kind, "identifier" | "nil" | "true" | "false")
}

fn qualify_expr(expr: &mut crate::decls::TypeExpr, name_of: &dyn Fn(&str) -> Option<Name>) {
    use crate::decls::TypeExpr;
    use std::sync::Arc;
    match expr {
        TypeExpr::Name(name) => {
            if let Some(unique) = name_of(name) {
                *name = unique;
            }
        }
        TypeExpr::Pointer(inner)
        | TypeExpr::Slice(inner)
        | TypeExpr::Array(inner, _)
        | TypeExpr::Chan(inner) => qualify_expr(Arc::make_mut(inner), name_of),
        TypeExpr::Map(key, value) => {
            qualify_expr(Arc::make_mut(key), name_of);
            qualify_expr(Arc::make_mut(value), name_of);
        }
        _ => {}
    }
}
