//! Items of a module: functions, types, traits, impls, constants, imports.

use pactward_base::{SmolStr, Span};
use pactward_ir::Const;
use pactward_syntax::{Body, Node, child_of_kind, has_token, span_of};

use super::signature::{self, path_of, type_expr};
use super::{MAX_DEPTH, Reader, children, dispatch, is_test_only, push_attribute};
use crate::decls::{
    Attrs, ConstDecl, ConstExpr, Fields, FnDecl, ImplDecl, ModuleDecl, SelfKind, TraitDecl,
    TypeDecl, TypeDeclKind, TypeExpr, UseDecl,
};
use crate::literal;

impl Reader<'_> {
    /// Items of a file, a module body or a block. `scope` is the prefix of unique names.
    pub(super) fn items(&mut self, parent: Node<'_>, module: usize, scope: &str, depth: u32) {
        if depth > MAX_DEPTH {
            return;
        }
        let mut attrs = Attrs::default();
        for node in children(parent) {
            match node.kind() {
                "attribute_item" => {
                    push_attribute(self.text(node), &mut attrs);
                    continue;
                }
                "inner_attribute_item" => {
                    push_attribute(self.text(node), &mut self.modules[module].attrs);
                    continue;
                }
                // Items inside a region that is no code are still items.
                "ERROR" => self.items(node, module, scope, depth + 1),
                _ => self.item(node, std::mem::take(&mut attrs), module, scope, depth),
            }
            attrs.0.clear();
        }
    }

    fn item(&mut self, node: Node<'_>, attrs: Attrs, module: usize, scope: &str, depth: u32) {
        if is_test_only(&attrs) {
            if node.kind() == "mod_item"
                && node.child_by_field_name("body").is_none()
                && let Some(name) = node.child_by_field_name("name")
            {
                let name = self.text(name).into();
                let path = path_attribute(&attrs);
                self.modules[module].test_modules.push((name, path));
            }
            return;
        }
        match node.kind() {
            "mod_item" => self.module(node, attrs, module, scope, depth),
            "use_declaration" => {
                if let Some(argument) = node.child_by_field_name("argument") {
                    let written = SmolStr::new(self.text(argument));
                    self.imports.push((written.clone(), span_of(argument)));
                    self.written = written;
                    self.import(argument, &[], module, 0);
                }
            }
            "extern_crate_declaration" => {
                let name = node.child_by_field_name("name").map(|n| self.text(n));
                let alias = node.child_by_field_name("alias").map(|n| self.text(n));
                if let (Some(name), Some(alias)) = (name, alias) {
                    self.modules[module].uses.push(UseDecl {
                        path: vec![name.into()],
                        name: Some(alias.into()),
                        written: name.into(),
                    });
                }
            }
            "function_item" => {
                if let Some(function) = self.function(node, attrs, module, scope, depth) {
                    self.modules[module].functions.push(function);
                }
            }
            "struct_item" | "union_item" | "enum_item" | "type_item" => {
                self.type_item(node, attrs, module, scope);
            }
            "trait_item" => self.trait_item(node, attrs, module, scope, depth),
            "impl_item" => self.impl_item(node, module, scope, depth),
            "const_item" | "static_item" => {
                if let Some(constant) = self.constant(node, scope) {
                    self.modules[module].consts.push(constant);
                }
            }
            "macro_definition" => self.macro_definition(node, module),
            "macro_invocation" => self.macro_call(node, module),
            "expression_statement" => {
                if let Some(inner) = child_of_kind(node, "macro_invocation") {
                    self.macro_call(inner, module);
                }
            }
            _ => {}
        }
    }

    fn module(&mut self, node: Node<'_>, attrs: Attrs, parent: usize, scope: &str, depth: u32) {
        let Some(name) = node.child_by_field_name("name").map(|n| self.text(n)) else {
            return;
        };
        let Some(body) = node.child_by_field_name("body") else {
            let path = path_attribute(&attrs);
            self.imports.push((name.into(), span_of(node)));
            self.modules[parent].file_modules.push((name.into(), path));
            return;
        };
        self.modules.push(ModuleDecl {
            name: name.into(),
            parent: Some(parent),
            attrs,
            ..ModuleDecl::default()
        });
        let module = self.modules.len() - 1;
        self.items(body, module, &format!("{scope}{name}::"), depth + 1);
    }

    /// Adds what one use tree brings in.
    fn import(&mut self, tree: Node<'_>, prefix: &[SmolStr], module: usize, depth: u32) {
        if depth > MAX_DEPTH {
            return;
        }
        let joined =
            |path: Vec<SmolStr>| -> Vec<SmolStr> { prefix.iter().cloned().chain(path).collect() };
        match tree.kind() {
            "use_as_clause" => {
                let path = tree.child_by_field_name("path");
                let alias = tree.child_by_field_name("alias");
                if let (Some(path), Some(alias)) = (path, alias) {
                    let path = joined(path_of(&self.parsed.text, path));
                    let name = SmolStr::new(self.text(alias));
                    self.push_use(module, path, Some(name));
                }
            }
            "use_list" => {
                for item in children(tree) {
                    self.import(item, prefix, module, depth + 1);
                }
            }
            "scoped_use_list" => {
                let path = tree.child_by_field_name("path");
                let prefix = joined(path.map_or(Vec::new(), |p| path_of(&self.parsed.text, p)));
                if let Some(list) = tree.child_by_field_name("list") {
                    self.import(list, &prefix, module, depth + 1);
                }
            }
            "use_wildcard" => {
                let path = children(tree)
                    .first()
                    .map(|p| path_of(&self.parsed.text, *p));
                let path = joined(path.unwrap_or_default());
                self.push_use(module, path, None);
            }
            "self" => {
                let name = prefix.last().cloned();
                self.push_use(module, prefix.to_vec(), name);
            }
            _ => {
                let path = joined(path_of(&self.parsed.text, tree));
                let name = path.last().cloned();
                self.push_use(module, path, name);
            }
        }
    }

    fn push_use(&mut self, module: usize, path: Vec<SmolStr>, name: Option<SmolStr>) {
        if !path.is_empty() {
            let written = self.written.clone();
            let decl = UseDecl {
                path,
                name,
                written,
            };
            self.modules[module].uses.push(decl);
        }
    }

    pub(super) fn function(
        &mut self,
        node: Node<'_>,
        attrs: Attrs,
        module: usize,
        scope: &str,
        depth: u32,
    ) -> Option<FnDecl> {
        let name = self.text(node.child_by_field_name("name")?);
        let unique = self.unique(scope, name);
        let (self_kind, params) = match node.child_by_field_name("parameters") {
            Some(list) => signature::parameters(&self.parsed.text, list),
            None => (SelfKind::None, Vec::new()),
        };
        let returns = node
            .child_by_field_name("return_type")
            .map(|ty| type_expr(&self.parsed.text, ty));
        let body = node.child_by_field_name("body");
        if let Some(body) = body {
            let whole = Body::new(self.parsed.clone(), span_of(node));
            self.bodies.push((unique.clone(), whole));
            self.inner_items(body, module, &format!("{scope}{name}::"), depth + 1);
        }
        let is_extern = child_of_kind(node, "function_modifiers")
            .is_some_and(|m| child_of_kind(m, "extern_modifier").is_some());
        let arms = body.map_or(Vec::new(), |body| {
            dispatch::arms(self.parsed, &attrs, &params, body)
        });
        let handle_key = match (&returns, body) {
            (Some(ty), Some(body)) => dispatch::handle_key(self.parsed, ty, body),
            _ => None,
        };
        Some(FnDecl {
            name: name.into(),
            unique,
            generics: signature::generics(&self.parsed.text, node),
            attrs,
            self_kind,
            params,
            returns,
            is_public: child_of_kind(node, "visibility_modifier").is_some(),
            is_extern,
            has_body: body.is_some(),
            arms,
            handle_key,
        })
    }

    /// Items declared directly inside a function's block. They join the module, which is where
    /// names are looked up; their unique names say the function.
    fn inner_items(&mut self, block: Node<'_>, module: usize, scope: &str, depth: u32) {
        if depth > MAX_DEPTH {
            return;
        }
        for node in children(block) {
            if matches!(
                node.kind(),
                "function_item"
                    | "struct_item"
                    | "enum_item"
                    | "const_item"
                    | "static_item"
                    | "use_declaration"
                    | "impl_item"
                    | "type_item"
                    | "trait_item"
                    | "macro_definition"
            ) {
                self.item(node, Attrs::default(), module, scope, depth);
            }
        }
    }

    fn type_item(&mut self, node: Node<'_>, attrs: Attrs, module: usize, scope: &str) {
        let Some(name) = node.child_by_field_name("name").map(|n| self.text(n)) else {
            return;
        };
        let kind = match node.kind() {
            "type_item" => match node.child_by_field_name("type") {
                Some(ty) => TypeDeclKind::Alias(type_expr(&self.parsed.text, ty)),
                None => return,
            },
            "enum_item" => TypeDeclKind::Enum(self.variants(node)),
            _ => TypeDeclKind::Struct(self.fields(node)),
        };
        let decl = TypeDecl {
            name: name.into(),
            unique: self.unique(scope, name),
            generics: signature::generics(&self.parsed.text, node),
            attrs,
            kind,
        };
        self.modules[module].types.push(decl);
    }

    fn variants(&self, item: Node<'_>) -> Vec<(SmolStr, Fields)> {
        let Some(body) = item.child_by_field_name("body") else {
            return Vec::new();
        };
        children(body)
            .into_iter()
            .filter(|n| n.kind() == "enum_variant")
            .filter_map(|variant| {
                let name = variant.child_by_field_name("name")?;
                Some((self.text(name).into(), self.fields(variant)))
            })
            .collect()
    }

    /// Fields of a struct or variant.
    fn fields(&self, item: Node<'_>) -> Fields {
        let Some(body) = item.child_by_field_name("body") else {
            return Fields::default();
        };
        let mut list = Vec::new();
        let named = body.kind() == "field_declaration_list";
        for node in children(body) {
            if named {
                let name = node.child_by_field_name("name");
                let ty = node.child_by_field_name("type");
                if let (Some(name), Some(ty)) = (name, ty) {
                    list.push((self.text(name).into(), type_expr(&self.parsed.text, ty)));
                }
            } else if !matches!(node.kind(), "attribute_item" | "visibility_modifier") {
                let name = SmolStr::from(list.len().to_string());
                list.push((name, type_expr(&self.parsed.text, node)));
            }
        }
        Fields { named, list }
    }

    fn trait_item(&mut self, node: Node<'_>, attrs: Attrs, module: usize, scope: &str, depth: u32) {
        let Some(name) = node.child_by_field_name("name").map(|n| self.text(n)) else {
            return;
        };
        let unique = self.unique(scope, name);
        let inner = format!("{scope}{name}::");
        let (functions, ..) = self.members(node, module, &inner, depth);
        let supertraits = node
            .child_by_field_name("bounds")
            .map_or(Vec::new(), |b| signature::bounds(&self.parsed.text, b));
        let decl = TraitDecl {
            name: name.into(),
            unique,
            generics: signature::generics(&self.parsed.text, node),
            attrs,
            supertraits,
            functions,
        };
        self.modules[module].traits.push(decl);
    }

    fn impl_item(&mut self, node: Node<'_>, module: usize, scope: &str, depth: u32) {
        let Some(ty) = node.child_by_field_name("type") else {
            return;
        };
        let of_trait = node.child_by_field_name("trait");
        let compact = |n: Node<'_>| -> String {
            let text = self.text(n);
            text.chars()
                .filter(|c| !c.is_whitespace())
                .take(120)
                .collect()
        };
        let inner = match of_trait {
            Some(of) => format!("{scope}<{} as {}>::", compact(ty), compact(of)),
            None => match path_of(&self.parsed.text, ty).last() {
                Some(name) => format!("{scope}{name}::"),
                None => format!("{scope}<{}>::", compact(ty)),
            },
        };
        let ty = type_expr(&self.parsed.text, ty);
        let of_trait = of_trait.map(|of| type_expr(&self.parsed.text, of));
        let (functions, consts, types) = self.members(node, module, &inner, depth);
        let decl = ImplDecl {
            generics: signature::generics(&self.parsed.text, node),
            ty,
            of_trait,
            functions,
            consts,
            types,
        };
        self.modules[module].impls.push(decl);
    }

    /// Functions, constants and types of an impl or trait.
    fn members(
        &mut self,
        item: Node<'_>,
        module: usize,
        scope: &str,
        depth: u32,
    ) -> (Vec<FnDecl>, Vec<ConstDecl>, Vec<(SmolStr, TypeExpr)>) {
        let (mut functions, mut consts, mut types) = (Vec::new(), Vec::new(), Vec::new());
        let Some(body) = item.child_by_field_name("body") else {
            return (functions, consts, types);
        };
        let mut attrs = Attrs::default();
        for node in children(body) {
            if node.kind() == "attribute_item" {
                push_attribute(self.text(node), &mut attrs);
                continue;
            }
            let attrs = std::mem::take(&mut attrs);
            if is_test_only(&attrs) {
                continue;
            }
            match node.kind() {
                "function_item" | "function_signature_item" => {
                    functions.extend(self.function(node, attrs, module, scope, depth));
                }
                "const_item" => consts.extend(self.constant(node, scope)),
                "type_item" => {
                    let name = node.child_by_field_name("name");
                    let ty = node.child_by_field_name("type");
                    if let (Some(name), Some(ty)) = (name, ty) {
                        types.push((self.text(name).into(), type_expr(&self.parsed.text, ty)));
                    }
                }
                _ => {}
            }
        }
        (functions, consts, types)
    }

    fn constant(&mut self, node: Node<'_>, scope: &str) -> Option<ConstDecl> {
        let name = self.text(node.child_by_field_name("name")?);
        let ty = node
            .child_by_field_name("type")
            .map_or(TypeExpr::Infer, |ty| type_expr(&self.parsed.text, ty));
        let value = node
            .child_by_field_name("value")
            .map_or(ConstExpr::Other, |v| const_expr(self.parsed, v, 0));
        Some(ConstDecl {
            name: name.into(),
            unique: self.unique(scope, name),
            ty,
            value,
            is_static: node.kind() == "static_item",
        })
    }

    fn macro_call(&mut self, node: Node<'_>, module: usize) {
        let name = node
            .child_by_field_name("macro")
            .and_then(|m| path_of(&self.parsed.text, m).last().cloned());
        let args = child_of_kind(node, "token_tree").map(|t| self.text(t));
        if let (Some(name), Some(args)) = (name, args) {
            let args = args.get(1..args.len().saturating_sub(1)).unwrap_or("");
            let short: String = args.trim().chars().take(200).collect();
            self.modules[module].macro_calls.push((name, short.into()));
        }
    }

    fn macro_definition(&mut self, node: Node<'_>, module: usize) {
        let Some(name) = node.child_by_field_name("name").map(|n| self.text(n)) else {
            return;
        };
        let rules = children(node)
            .into_iter()
            .filter(|n| n.kind() == "macro_rule")
            .filter_map(|rule| {
                let left = rule.child_by_field_name("left")?;
                let right = rule.child_by_field_name("right")?;
                Some((self.text(left).into(), self.text(right).into()))
            })
            .collect();
        self.modules[module].macro_rules.push((name.into(), rules));
    }
}

/// The path that a `#[path]` attribute gives.
fn path_attribute(attrs: &Attrs) -> Option<SmolStr> {
    let path = attrs.0.iter().find_map(|a| a.strip_prefix("path="))?;
    Some(path.trim_matches('"').into())
}

/// The value of a constant as far as it is used: literals, paths, calls of paths.
pub(super) fn const_expr(
    parsed: &pactward_syntax::Parsed,
    node: Node<'_>,
    depth: u32,
) -> ConstExpr {
    if depth > 8 {
        return ConstExpr::Other;
    }
    match node.kind() {
        "reference_expression" | "parenthesized_expression" | "type_cast_expression" => {
            let inner = node
                .child_by_field_name("value")
                .or_else(|| node.named_child(0));
            inner.map_or(ConstExpr::Other, |n| const_expr(parsed, n, depth + 1))
        }
        "identifier" | "scoped_identifier" => ConstExpr::Path(path_of(&parsed.text, node)),
        "call_expression" => {
            let function = node.child_by_field_name("function");
            let Some(function) = function else {
                return ConstExpr::Other;
            };
            if function.kind() == "field_expression" {
                // `b"key".as_slice()`, `"key".as_bytes()`: the receiver is the value.
                let receiver = function.child_by_field_name("value");
                return receiver.map_or(ConstExpr::Other, |n| const_expr(parsed, n, depth + 1));
            }
            let path = path_of(&parsed.text, function);
            if path.is_empty() {
                return ConstExpr::Other;
            }
            let args = node
                .child_by_field_name("arguments")
                .map_or(Vec::new(), |args| {
                    children(args)
                        .into_iter()
                        .map(|a| const_expr(parsed, a, depth + 1))
                        .collect()
                });
            ConstExpr::Call(path, args)
        }
        "unary_expression" if has_token(node, "-") => {
            let inner = node.named_child(0);
            match inner.map(|n| const_expr(parsed, n, depth + 1)) {
                Some(ConstExpr::Literal(Const::Int(value))) => {
                    ConstExpr::Literal(Const::Int(-value))
                }
                _ => ConstExpr::Other,
            }
        }
        _ => {
            let span: Span = span_of(node);
            match literal::value(node.kind(), span.of(&parsed.text)) {
                Some((value, _)) => ConstExpr::Literal(value),
                None => ConstExpr::Other,
            }
        }
    }
}
