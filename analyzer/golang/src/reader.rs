//! From tree nodes to declarations: types, signatures and constant expressions as written.

use std::sync::Arc;

use pactward_ir::Name;
use pactward_syntax::{Node, Parsed, children, children_of_kind, has_token};

use crate::decls::{ConstExpr, FieldDecl, InterfaceDecl, ParamDecl, Signature, TypeDecl, TypeExpr};
use crate::literal;

/// Deepest nesting of types and constant expressions that is read.
const MAX_DEPTH: u32 = 48;

/// Reads types; anonymous structs and interfaces become declarations named after `prefix`.
pub(crate) struct Reader<'t> {
    pub(crate) parsed: &'t Parsed,
    pub(crate) prefix: Name,
    /// Declarations of anonymous types met so far.
    pub(crate) hoisted: Vec<TypeDecl>,
    depth: u32,
}

impl<'t> Reader<'t> {
    pub(crate) fn new(parsed: &'t Parsed, prefix: Name) -> Self {
        Self {
            parsed,
            prefix,
            hoisted: Vec::new(),
            depth: 0,
        }
    }

    pub(crate) fn text(&self, node: Node<'_>) -> &'t str {
        self.parsed.text_of(node)
    }

    /// A type as written.
    pub(crate) fn ty(&mut self, node: Node<'_>) -> TypeExpr {
        if self.depth >= MAX_DEPTH {
            return TypeExpr::Unknown;
        }
        self.depth += 1;
        let ty = match node.kind() {
            "struct_type" | "interface_type" => self.anonymous(node),
            _ => self.named_type(node),
        };
        self.depth -= 1;
        ty
    }

    /// The right side of a type declaration, where structs and interfaces stand by themselves.
    pub(crate) fn type_body(&mut self, node: Node<'_>) -> TypeExpr {
        match node.kind() {
            "struct_type" => self.structure(node),
            "interface_type" => TypeExpr::Interface(self.interface(node)),
            _ => self.ty(node),
        }
    }

    fn named_type(&mut self, node: Node<'_>) -> TypeExpr {
        let field = |name| node.child_by_field_name(name);
        match node.kind() {
            "type_identifier" | "identifier" => TypeExpr::Name(self.text(node).into()),
            "qualified_type" => match (field("package"), field("name")) {
                (Some(package), Some(name)) => {
                    TypeExpr::Qualified(self.text(package).into(), self.text(name).into())
                }
                _ => TypeExpr::Unknown,
            },
            "selector_expression" => match (field("operand"), field("field")) {
                (Some(package), Some(name)) => {
                    TypeExpr::Qualified(self.text(package).into(), self.text(name).into())
                }
                _ => TypeExpr::Unknown,
            },
            "pointer_type" => TypeExpr::Pointer(Arc::new(self.only_child(node))),
            "unary_expression" => TypeExpr::Pointer(Arc::new(self.of(field("operand")))),
            "parenthesized_type"
            | "parenthesized_expression"
            | "negated_type"
            | "type_elem"
            | "type_constraint" => self.only_child(node),
            "slice_type" | "implicit_length_array_type" => {
                TypeExpr::Slice(Arc::new(self.of(field("element"))))
            }
            "array_type" => {
                let length = field("length")
                    .and_then(|l| literal::integer(self.text(l)))
                    .and_then(|l| u64::try_from(l).ok());
                TypeExpr::Array(Arc::new(self.of(field("element"))), length)
            }
            "map_type" => TypeExpr::Map(
                Arc::new(self.of(field("key"))),
                Arc::new(self.of(field("value"))),
            ),
            "channel_type" => TypeExpr::Chan(Arc::new(self.of(field("value")))),
            "function_type" => TypeExpr::Func(Arc::new(self.signature(node))),
            "generic_type" | "type_instantiation_expression" => {
                let base = Arc::new(self.of(field("type")));
                let args = match field("type_arguments") {
                    Some(args) => children(args).map(|a| self.ty(a)).collect(),
                    None => children(node).skip(1).map(|a| self.ty(a)).collect(),
                };
                TypeExpr::Generic(base, args)
            }
            _ => TypeExpr::Unknown,
        }
    }

    fn of(&mut self, node: Option<Node<'_>>) -> TypeExpr {
        node.map_or(TypeExpr::Unknown, |n| self.ty(n))
    }

    /// The type of a node with one part; a union of several is not one type.
    fn only_child(&mut self, node: Node<'_>) -> TypeExpr {
        let mut parts = children(node);
        match (parts.next(), parts.next()) {
            (Some(only), None) => self.ty(only),
            _ => TypeExpr::Unknown,
        }
    }

    fn anonymous(&mut self, node: Node<'_>) -> TypeExpr {
        let body = self.type_body(node);
        match &body {
            TypeExpr::Struct(fields) if fields.is_empty() => {}
            TypeExpr::Interface(i) if i.methods.is_empty() && i.embeds.is_empty() => {
                return TypeExpr::Name("any".into());
            }
            _ => {}
        }
        let name = Name::from(format!("{}#{}", self.prefix, self.hoisted.len() + 1));
        self.hoisted.push(TypeDecl {
            name: name.clone(),
            params: Vec::new(),
            alias: false,
            body,
        });
        TypeExpr::Name(name)
    }

    fn structure(&mut self, node: Node<'_>) -> TypeExpr {
        let mut fields = Vec::new();
        let lists = children_of_kind(node, "field_declaration_list");
        for declaration in lists.flat_map(|l| children_of_kind(l, "field_declaration")) {
            let Some(ty_node) = declaration.child_by_field_name("type") else {
                continue;
            };
            let ty = self.ty(ty_node);
            let mut cursor = declaration.walk();
            let names: Vec<_> = declaration
                .children_by_field_name("name", &mut cursor)
                .filter(Node::is_named)
                .collect();
            if names.is_empty() {
                let ty = if has_token(declaration, "*") {
                    TypeExpr::Pointer(Arc::new(ty))
                } else {
                    ty
                };
                fields.push(FieldDecl {
                    name: embedded_name(&ty),
                    ty,
                    embedded: true,
                });
            } else {
                fields.extend(names.into_iter().map(|n| FieldDecl {
                    name: self.parsed.text_of(n).into(),
                    ty: ty.clone(),
                    embedded: false,
                }));
            }
        }
        TypeExpr::Struct(fields)
    }

    fn interface(&mut self, node: Node<'_>) -> InterfaceDecl {
        let mut found = InterfaceDecl::default();
        for element in children(node) {
            match element.kind() {
                "method_elem" => {
                    if let Some(name) = element.child_by_field_name("name") {
                        let signature = self.signature(element);
                        found.methods.push((self.text(name).into(), signature));
                    }
                }
                "type_elem" => {
                    let ty = self.ty(element);
                    if ty != TypeExpr::Unknown {
                        found.embeds.push(ty);
                    }
                }
                _ => {}
            }
        }
        found
    }

    /// Parameters and results of a function, method or function type.
    pub(crate) fn signature(&mut self, node: Node<'_>) -> Signature {
        let mut signature = Signature::default();
        if let Some(list) = node.child_by_field_name("parameters") {
            (signature.params, signature.variadic) = self.params(list);
        }
        if let Some(result) = node.child_by_field_name("result") {
            signature.results = if result.kind() == "parameter_list" {
                self.params(result).0
            } else {
                vec![ParamDecl {
                    name: Name::default(),
                    ty: self.ty(result),
                }]
            };
        }
        signature
    }

    /// Parameters of a list, and whether the last is variadic.
    pub(crate) fn params(&mut self, list: Node<'_>) -> (Vec<ParamDecl>, bool) {
        let mut params = Vec::new();
        let mut variadic = false;
        for declaration in children(list) {
            let kind = declaration.kind();
            if kind != "parameter_declaration" && kind != "variadic_parameter_declaration" {
                continue;
            }
            let mut ty = self.of(declaration.child_by_field_name("type"));
            if kind == "variadic_parameter_declaration" {
                variadic = true;
                ty = TypeExpr::Slice(Arc::new(ty));
            }
            self.push_named(declaration, &ty, &mut params);
        }
        (params, variadic)
    }

    /// Type parameters with their constraints.
    pub(crate) fn type_params(&mut self, list: Option<Node<'_>>) -> Vec<ParamDecl> {
        let mut params = Vec::new();
        for declaration in list
            .into_iter()
            .flat_map(|l| children_of_kind(l, "type_parameter_declaration"))
        {
            let constraint = self.of(declaration.child_by_field_name("type"));
            self.push_named(declaration, &constraint, &mut params);
        }
        params
    }

    fn push_named(&self, declaration: Node<'_>, ty: &TypeExpr, params: &mut Vec<ParamDecl>) {
        let before = params.len();
        let mut cursor = declaration.walk();
        for name in declaration.children_by_field_name("name", &mut cursor) {
            if name.is_named() {
                params.push(ParamDecl {
                    name: self.text(name).into(),
                    ty: ty.clone(),
                });
            }
        }
        if params.len() == before {
            params.push(ParamDecl {
                name: Name::default(),
                ty: ty.clone(),
            });
        }
    }

    /// A constant expression.
    pub(crate) fn constant(&mut self, node: Node<'_>) -> ConstExpr {
        if self.depth >= MAX_DEPTH {
            return ConstExpr::Unknown;
        }
        self.depth += 1;
        let value = self.constant_inner(node);
        self.depth -= 1;
        value
    }

    fn constant_inner(&mut self, node: Node<'_>) -> ConstExpr {
        let field = |name| node.child_by_field_name(name);
        match node.kind() {
            "int_literal" => {
                literal::integer(self.text(node)).map_or(ConstExpr::Unknown, ConstExpr::Int)
            }
            "rune_literal" => {
                literal::rune(self.text(node)).map_or(ConstExpr::Unknown, ConstExpr::Int)
            }
            "interpreted_string_literal" | "raw_string_literal" => {
                ConstExpr::Text(literal::string(node, self.parsed))
            }
            "true" => ConstExpr::Bool(true),
            "false" => ConstExpr::Bool(false),
            "iota" => ConstExpr::Iota,
            "identifier" => ConstExpr::Name(self.text(node).into()),
            "selector_expression" => match (field("operand"), field("field")) {
                (Some(package), Some(name)) if package.kind() == "identifier" => {
                    ConstExpr::Qualified(self.text(package).into(), self.text(name).into())
                }
                _ => ConstExpr::Unknown,
            },
            "parenthesized_expression" => match children(node).next() {
                Some(inner) => self.constant(inner),
                None => ConstExpr::Unknown,
            },
            "unary_expression" => match (field("operator"), field("operand")) {
                (Some(operator), Some(operand)) => {
                    let operator = self.text(operator).chars().next().unwrap_or('+');
                    ConstExpr::Unary(operator, Arc::new(self.constant(operand)))
                }
                _ => ConstExpr::Unknown,
            },
            "binary_expression" => match (field("left"), field("operator"), field("right")) {
                (Some(left), Some(operator), Some(right)) => {
                    let operator = self.text(operator).into();
                    let left = Arc::new(self.constant(left));
                    ConstExpr::Binary(operator, left, Arc::new(self.constant(right)))
                }
                _ => ConstExpr::Unknown,
            },
            "call_expression" => {
                let argument = field("arguments").and_then(|a| children(a).next());
                match (field("function"), argument) {
                    (Some(function), Some(argument)) => {
                        let ty = self.ty(function);
                        ConstExpr::Convert(ty, Arc::new(self.constant(argument)))
                    }
                    _ => ConstExpr::Unknown,
                }
            }
            "type_conversion_expression" => match (field("type"), field("operand")) {
                (Some(ty), Some(operand)) => {
                    let ty = self.ty(ty);
                    ConstExpr::Convert(ty, Arc::new(self.constant(operand)))
                }
                _ => ConstExpr::Unknown,
            },
            _ => ConstExpr::Unknown,
        }
    }
}

/// The field name that embedding a type gives.
fn embedded_name(ty: &TypeExpr) -> Name {
    match ty {
        TypeExpr::Name(name) | TypeExpr::Qualified(_, name) => name.clone(),
        TypeExpr::Pointer(inner) | TypeExpr::Generic(inner, _) => embedded_name(inner),
        _ => Name::default(),
    }
}
