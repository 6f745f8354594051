//! From a tree to declarations and bodies.

use std::sync::Arc;

use pactward_base::{SmolStr, Span};
use pactward_ir::Name;
use pactward_syntax::{
    Body, Node, Outline, Parsed, children, children_of_kind, is_comment, span_of,
};
use rustc_hash::FxHashMap;

use crate::decls::{
    ConstDecl, ConstExpr, Decls, FuncDecl, Import, Init, Receiver, TypeDecl, TypeExpr, VarDecl,
};
use crate::dispatch;
use crate::literal;
use crate::reader::Reader;
use crate::recovery;

/// See [`crate::outline`].
pub(crate) fn outline(path: &str, parsed: &Arc<Parsed>) -> Outline<Decls> {
    let mut walk = Walk {
        path,
        decls: Decls::default(),
        bodies: Vec::new(),
        imports: Vec::new(),
        keys: FxHashMap::default(),
    };
    for part in recovery::parts(parsed) {
        walk.file(&part);
    }
    walk.decls.uses_sim_context = parsed.text.contains("NewSimContext(");
    walk.bodies.sort_by(|(a, _), (b, _)| a.cmp(b));
    Outline {
        decls: Arc::new(walk.decls),
        bodies: walk.bodies,
        problems: Vec::new(),
        imports: walk.imports,
    }
}

struct Walk<'p> {
    path: &'p str,
    decls: Decls,
    bodies: Vec<(Name, Body)>,
    imports: Vec<(SmolStr, Span)>,
    /// How often a name was declared, to keep unique names unique.
    keys: FxHashMap<Name, u32>,
}

impl Walk<'_> {
    fn file(&mut self, parsed: &Arc<Parsed>) {
        let mut stack = vec![parsed.root()];
        while let Some(node) = stack.pop() {
            let mut cursor = node.walk();
            let mut export = None;
            let mut nested = Vec::new();
            for child in node.named_children(&mut cursor) {
                if is_comment(child) {
                    export = export_directive(parsed.text_of(child)).or(export);
                    continue;
                }
                match child.kind() {
                    "package_clause" => self.package(child, parsed),
                    "import_declaration" => self.import_declaration(child, parsed),
                    "function_declaration" => self.function(child, export.take(), parsed),
                    "method_declaration" => self.function(child, None, parsed),
                    "type_declaration" => self.type_declaration(child, parsed),
                    "var_declaration" => self.var_declaration(child, parsed),
                    "const_declaration" => self.const_declaration(child, parsed),
                    // The parser wraps declarations around a mistake in an error node.
                    "ERROR" => nested.push(child),
                    _ => {}
                }
                export = None;
            }
            stack.extend(nested.into_iter().rev());
        }
    }

    fn key(&mut self, name: &str) -> Name {
        let key = Name::from(format!("{}:{name}", self.path));
        let count = self.keys.entry(key.clone()).or_default();
        *count += 1;
        if *count == 1 {
            key
        } else {
            Name::from(format!("{key}@{count}"))
        }
    }

    fn package(&mut self, node: Node<'_>, parsed: &Parsed) {
        if self.decls.package.is_empty()
            && let Some(name) = children(node).next()
        {
            self.decls.package = parsed.text_of(name).into();
        }
    }

    fn import_declaration(&mut self, node: Node<'_>, parsed: &Parsed) {
        let lists = children_of_kind(node, "import_spec_list");
        let specs = children_of_kind(node, "import_spec")
            .chain(lists.flat_map(|l| children_of_kind(l, "import_spec")));
        for spec in specs {
            let Some(path_node) = spec.child_by_field_name("path") else {
                continue;
            };
            let path = literal::string(path_node, parsed);
            self.imports.push((path.clone(), span_of(path_node)));
            let name = spec.child_by_field_name("name");
            self.decls.imports.push(Import {
                name: name.map(|n| parsed.text_of(n).into()),
                path,
            });
        }
    }

    fn function(&mut self, node: Node<'_>, export: Option<Name>, parsed: &Arc<Parsed>) {
        let Some(name_node) = node.child_by_field_name("name") else {
            return;
        };
        let name = Name::from(parsed.text_of(name_node));
        if name.is_empty() {
            return;
        }
        let mut reader = Reader::new(parsed, name.clone());
        let receiver = node
            .child_by_field_name("receiver")
            .map(|list| receiver(list, &mut reader));
        let qualified = match &receiver {
            Some(receiver) => Name::from(format!("{}.{name}", receiver.ty)),
            None => name.clone(),
        };
        reader.prefix = qualified.clone();
        let signature = reader.signature(node);
        let type_params = reader.type_params(node.child_by_field_name("type_parameters"));
        self.decls.types.append(&mut reader.hoisted);
        let body = node.child_by_field_name("body");
        let key = self.key(&qualified);
        let own = receiver.as_ref().map(|r| r.name.clone());
        let dispatch = body
            .map(|b| dispatch::dispatch(b, parsed, &signature, own.as_deref()))
            .unwrap_or_default();
        if body.is_some() {
            self.bodies
                .push((key.clone(), Body::new(parsed.clone(), span_of(node))));
        }
        self.decls.funcs.push(FuncDecl {
            key,
            name,
            receiver,
            type_params,
            signature,
            export,
            has_body: body.is_some(),
            dispatch,
        });
    }

    fn type_declaration(&mut self, node: Node<'_>, parsed: &Parsed) {
        for spec in children(node) {
            let alias = match spec.kind() {
                "type_spec" => false,
                "type_alias" => true,
                _ => continue,
            };
            let fields = ["name", "type"].map(|f| spec.child_by_field_name(f));
            let [Some(name), Some(body)] = fields else {
                continue;
            };
            let name = Name::from(parsed.text_of(name));
            let mut reader = Reader::new(parsed, name.clone());
            let params = reader.type_params(spec.child_by_field_name("type_parameters"));
            let body = reader.type_body(body);
            self.decls.types.append(&mut reader.hoisted);
            self.decls.types.push(TypeDecl {
                name,
                params,
                alias,
                body,
            });
        }
    }

    fn var_declaration(&mut self, node: Node<'_>, parsed: &Arc<Parsed>) {
        let lists = children_of_kind(node, "var_spec_list");
        let specs = children_of_kind(node, "var_spec")
            .chain(lists.flat_map(|l| children_of_kind(l, "var_spec")));
        for spec in specs {
            self.var_spec(spec, parsed);
        }
    }

    fn var_spec(&mut self, spec: Node<'_>, parsed: &Arc<Parsed>) {
        let mut cursor = spec.walk();
        let names: Vec<Name> = spec
            .children_by_field_name("name", &mut cursor)
            .filter(Node::is_named)
            .map(|n| parsed.text_of(n).into())
            .collect();
        let Some(first) = names.iter().find(|n| *n != "_").cloned() else {
            return;
        };
        let mut reader = Reader::new(parsed, first.clone());
        let ty = spec.child_by_field_name("type").map(|t| reader.ty(t));
        let values: Vec<Node<'_>> = spec
            .child_by_field_name("value")
            .map(|list| children(list).collect())
            .unwrap_or_default();
        let key = if values.iter().any(|v| runs_code(*v)) {
            let key = self.key(&first);
            self.bodies
                .push((key.clone(), Body::new(parsed.clone(), span_of(spec))));
            key
        } else {
            Name::default()
        };
        let shared = values.len() == 1 && names.len() > 1;
        for (at, name) in names.into_iter().enumerate() {
            let value = values.get(if shared { 0 } else { at }).copied();
            let init = value.map(|v| init(v, &mut reader)).unwrap_or_default();
            let table = value
                .map(|v| dispatch::table(v, parsed, None))
                .unwrap_or_default();
            self.decls.vars.push(VarDecl {
                key: key.clone(),
                name,
                ty: ty.clone(),
                init,
                part: shared.then_some(at as u32),
                table,
            });
        }
        self.decls.types.append(&mut reader.hoisted);
    }

    fn const_declaration(&mut self, node: Node<'_>, parsed: &Parsed) {
        let mut reader = Reader::new(parsed, "const".into());
        self.decls.consts.extend(constants(node, &mut reader));
        self.decls.types.append(&mut reader.hoisted);
    }
}

/// The constants of a declaration; a line without a value repeats the one before.
pub(crate) fn constants(node: Node<'_>, reader: &mut Reader<'_>) -> Vec<ConstDecl> {
    let mut found = Vec::new();
    let mut repeated: (Option<TypeExpr>, Vec<Arc<ConstExpr>>) = (None, Vec::new());
    for (iota, spec) in children_of_kind(node, "const_spec").enumerate() {
        if let Some(values) = spec.child_by_field_name("value") {
            let ty = spec.child_by_field_name("type").map(|t| reader.ty(t));
            let values = children(values).map(|v| Arc::new(reader.constant(v)));
            repeated = (ty, values.collect());
        }
        let mut cursor = spec.walk();
        let names = spec
            .children_by_field_name("name", &mut cursor)
            .filter(Node::is_named);
        for (at, name) in names.enumerate() {
            let value = repeated.1.get(at).cloned();
            found.push(ConstDecl {
                name: reader.text(name).into(),
                ty: repeated.0.clone(),
                value: value.unwrap_or_else(|| Arc::new(ConstExpr::Unknown)),
                iota: iota as u32,
            });
        }
    }
    found
}

/// The name that `//export name` or `//go:wasmexport name` gives the function below it.
fn export_directive(comment: &str) -> Option<Name> {
    let rest = comment
        .strip_prefix("//export ")
        .or_else(|| comment.strip_prefix("//go:wasmexport "))?;
    rest.split_whitespace().next().map(Name::from)
}

fn receiver(list: Node<'_>, reader: &mut Reader<'_>) -> Receiver {
    let (params, _) = reader.params(list);
    let mut receiver = Receiver {
        name: Name::default(),
        ty: Name::new_static("_"),
        pointer: false,
        params: Vec::new(),
    };
    let Some(param) = params.into_iter().next() else {
        return receiver;
    };
    receiver.name = param.name;
    let mut ty = &param.ty;
    loop {
        match ty {
            TypeExpr::Pointer(inner) => {
                receiver.pointer = true;
                ty = inner;
            }
            TypeExpr::Generic(inner, args) => {
                let names = args.iter().map(|a| match a {
                    TypeExpr::Name(name) => name.clone(),
                    _ => Name::default(),
                });
                receiver.params = names.collect();
                ty = inner;
            }
            TypeExpr::Name(name) => {
                receiver.ty = name.clone();
                return receiver;
            }
            _ => return receiver,
        }
    }
}

/// Whether an initialiser is worth a definition of its own: it calls something or holds functions.
fn runs_code(value: Node<'_>) -> bool {
    let mut stack = vec![value];
    while let Some(node) = stack.pop() {
        if matches!(node.kind(), "call_expression" | "func_literal") {
            return true;
        }
        stack.extend(children(node));
    }
    false
}

/// What an initialiser tells about the variable's type.
fn init(value: Node<'_>, reader: &mut Reader<'_>) -> Init {
    let field = |name| value.child_by_field_name(name);
    match value.kind() {
        "int_literal"
        | "rune_literal"
        | "interpreted_string_literal"
        | "raw_string_literal"
        | "true"
        | "false" => Init::Value(reader.constant(value)),
        "float_literal" => Init::Float,
        "composite_literal" | "type_conversion_expression" => match field("type") {
            Some(ty) => Init::Typed(reader.ty(ty)),
            None => Init::None,
        },
        "func_literal" => Init::Typed(TypeExpr::Func(Arc::new(reader.signature(value)))),
        "unary_expression" => {
            let is_address = field("operator").is_some_and(|o| reader.text(o) == "&");
            match field("operand") {
                Some(operand) if is_address && operand.kind() == "composite_literal" => {
                    match operand.child_by_field_name("type") {
                        Some(ty) => Init::Typed(TypeExpr::Pointer(Arc::new(reader.ty(ty)))),
                        None => Init::None,
                    }
                }
                _ => Init::None,
            }
        }
        "identifier" => Init::Name(None, reader.text(value).into()),
        "selector_expression" => match reader.constant(value) {
            ConstExpr::Qualified(package, name) => Init::Name(Some(package), name),
            _ => Init::None,
        },
        "call_expression" => call_init(value, reader),
        _ => Init::None,
    }
}

fn call_init(call: Node<'_>, reader: &mut Reader<'_>) -> Init {
    let Some(function) = call.child_by_field_name("function") else {
        return Init::None;
    };
    let first = call
        .child_by_field_name("arguments")
        .and_then(|a| children(a).next());
    match (function.kind(), reader.text(function)) {
        ("identifier", "make") => match first {
            Some(ty) => Init::Typed(reader.ty(ty)),
            None => Init::None,
        },
        ("identifier", "new") => match first {
            Some(ty) => Init::Typed(TypeExpr::Pointer(Arc::new(reader.ty(ty)))),
            None => Init::None,
        },
        ("identifier", name) => Init::Call(None, name.into()),
        ("selector_expression", _) => {
            let parts = ["operand", "field"].map(|f| function.child_by_field_name(f));
            match parts {
                [Some(package), Some(name)] if package.kind() == "identifier" => {
                    Init::Call(Some(reader.text(package).into()), reader.text(name).into())
                }
                _ => Init::None,
            }
        }
        _ => Init::None,
    }
}
