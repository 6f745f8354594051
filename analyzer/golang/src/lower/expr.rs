//! Expressions.

use pactward_ir::{BinaryOp, Const, Name, OpKind, Type, UnaryOp};
use pactward_models::emit_value;
use pactward_syntax::{Node, children};

use super::Lowering;
use super::frame::Binding;
use super::value::Val;
use crate::literal;
use crate::members::MemberKind;
use crate::program::{ImportTarget, Item, go_models};
use crate::types::{INT, RUNE, any, basic, function_type};

impl<'a> Lowering<'a> {
    /// The value of an expression.
    pub(super) fn expr(&mut self, node: Node<'a>) -> Val {
        self.expr_of(node, None)
    }

    /// The value of an expression where a type is expected, which literals without one take.
    pub(super) fn expr_of(&mut self, node: Node<'a>, expected: Option<&Type>) -> Val {
        if !self.enter() {
            self.leave();
            return self.opaque("too deep", node);
        }
        let outer = self.at(node);
        let value = self.expr_inner(node, expected);
        self.f.b.set_source(outer);
        self.leave();
        value
    }

    fn expr_inner(&mut self, node: Node<'a>, expected: Option<&Type>) -> Val {
        let field = |name| node.child_by_field_name(name);
        match node.kind() {
            "identifier" => self.identifier(node),
            "nil" => self.constant(Const::Nil, expected.cloned().unwrap_or_default()),
            "true" => self.constant(Const::Bool(true), Type::Bool),
            "false" => self.constant(Const::Bool(false), Type::Bool),
            "iota" => self.unknown("iota", vec![]),
            "int_literal" => match literal::integer(self.text(node)) {
                Some(value) => self.constant(Const::Int(value), INT),
                None => self.unknown("number", vec![]),
            },
            "rune_literal" => match literal::rune(self.text(node)) {
                Some(value) => self.constant(Const::Int(value), RUNE),
                None => self.unknown("rune", vec![]),
            },
            "float_literal" | "imaginary_literal" => {
                let text = Name::from(self.text(node));
                let mut value = self.constant(Const::Str(text), Type::Float);
                value.known.constant = None;
                value
            }
            "interpreted_string_literal" | "raw_string_literal" => {
                let text = literal::string(node, self.body.parsed());
                self.constant(Const::Str(text), Type::Str)
            }
            "parenthesized_expression" => match children(node).next() {
                Some(inner) => self.expr_of(inner, expected),
                None => self.unknown("missing", vec![]),
            },
            "unary_expression" => self.unary(node, expected),
            "binary_expression" => self.binary_chain(node),
            "selector_expression" => self.selector(node),
            "index_expression" => self.index(node),
            "slice_expression" => self.slice(node),
            "call_expression" => self.single(node),
            "type_conversion_expression" => {
                if let Some(values) = self.generic_call(node) {
                    return self.first(values);
                }
                match (field("type"), field("operand")) {
                    (Some(ty), Some(operand)) => {
                        let ty = self.type_of_node(ty);
                        self.conversion(&ty, operand)
                    }
                    _ => self.unknown("conversion", vec![]),
                }
            }
            "type_assertion_expression" => {
                let parts = self.assertion(node, false);
                self.first(parts)
            }
            "composite_literal" => self.composite(node),
            "func_literal" => {
                let literal = self.closure(node);
                self.closure_value(&literal)
            }
            "type_instantiation_expression" => match field("type") {
                Some(base) => self.expr(base),
                None => self.unknown("instantiation", vec![]),
            },
            // Type names stand as arguments of builtins and as operands of method expressions.
            "type_identifier" => self.identifier(node),
            _ => self.opaque("expression", node),
        }
    }

    pub(super) fn constant(&mut self, value: Const, ty: Type) -> Val {
        let mut val = self.emit(
            OpKind::Const {
                value: value.clone(),
            },
            ty,
        );
        if value == Const::Nil {
            val.known.outcome = Some(pactward_ir::Outcome::Ok);
        }
        val.known.constant = Some(value);
        val
    }

    /// The first of a call's results, or an empty value.
    pub(super) fn first(&mut self, values: Vec<Val>) -> Val {
        match values.into_iter().next() {
            Some(value) => value,
            None => self.constant(Const::Nil, Type::Unit),
        }
    }

    /// The zero value of a type.
    pub(super) fn zero(&mut self, ty: &Type) -> Val {
        let value = match self.underlying(ty) {
            Type::Int { .. } => Const::Int(0.into()),
            Type::Bool => Const::Bool(false),
            Type::Str => Const::Str(Name::default()),
            Type::Struct(_) => return self.empty_struct(ty),
            Type::Named(name, _) if name == "protogo.Response" || name == "peer.Response" => {
                return self.empty_struct(ty);
            }
            _ => Const::Nil,
        };
        self.constant(value, ty.clone())
    }

    fn empty_struct(&mut self, ty: &Type) -> Val {
        let kind = OpKind::Aggregate {
            kind: pactward_ir::AggregateKind::Struct,
            names: Vec::new(),
            parts: Vec::new(),
        };
        self.emit(kind, ty.clone())
    }

    // Operators.

    fn unary(&mut self, node: Node<'a>, expected: Option<&Type>) -> Val {
        let parts = ["operator", "operand"].map(|f| node.child_by_field_name(f));
        let [Some(operator), Some(operand)] = parts else {
            return self.unknown("operator", vec![]);
        };
        match self.text(operator) {
            "&" => {
                let inner = match expected {
                    Some(Type::Pointer(inner)) => Some(&**inner),
                    _ => None,
                };
                let value = self.expr_of(operand, inner);
                let ty = Type::Pointer(std::sync::Arc::new(value.ty.clone()));
                Self::retype(value, ty)
            }
            "*" => {
                let value = self.expr(operand);
                let ty = match self.underlying(&value.ty) {
                    Type::Pointer(inner) => (*inner).clone(),
                    _ => Type::Unknown,
                };
                Self::retype(value, ty)
            }
            "<-" => {
                let channel = self.expr(operand);
                self.receive(&channel)
            }
            operator => {
                let value = self.expr_of(operand, expected);
                if let Some(known) = value.constant()
                    && let Some(folded) = operator
                        .chars()
                        .next()
                        .and_then(|o| crate::consts::unary(o, known))
                {
                    return self.constant(folded, value.ty);
                }
                let op = match operator {
                    "!" => UnaryOp::Not,
                    "-" => UnaryOp::Neg,
                    "^" => UnaryOp::BitNot,
                    _ => return value,
                };
                let ty = value.ty.clone();
                let kind = OpKind::Unary {
                    op,
                    value: value.id,
                };
                self.emit(kind, ty)
            }
        }
    }

    /// The same value seen as another type: taking an address or following a pointer leaves the
    /// value what it is.
    pub(super) fn retype(mut value: Val, ty: Type) -> Val {
        value.ty = ty;
        value
    }

    // Members and elements.

    fn selector(&mut self, node: Node<'a>) -> Val {
        let parts = ["operand", "field"].map(|f| node.child_by_field_name(f));
        let [Some(operand), Some(field)] = parts else {
            return self.opaque("selector", node);
        };
        let name = self.text(field);
        if let Some(target) = self.package_of(operand) {
            return self.package_member(&target, name);
        }
        if let Some((place, ty)) = self.global_place(node) {
            return self.read_global(place, ty);
        }
        if let Some(ty) = self.named_type(operand) {
            return self.method_expression(&ty, name);
        }
        let base = self.expr(operand);
        self.member_value(base, name)
    }

    /// `T.Method`: the method as a function of its receiver.
    fn method_expression(&mut self, ty: &Type, name: &str) -> Val {
        match self.types().member(ty, name, self.file).map(|m| m.kind) {
            Some(MemberKind::Method(at)) => self.function_value(at, vec![]),
            _ => self.unknown("method expression", vec![]),
        }
    }

    /// Counts a selection on a value.
    pub(super) fn count_receiver(&mut self, ty: &Type) {
        self.stats.receivers += 1;
        if ty.is_known() {
            self.stats.receivers_typed += 1;
        }
    }

    /// A field or method of a value.
    pub(super) fn member_value(&mut self, base: Val, name: &str) -> Val {
        self.count_receiver(&base.ty);
        let member = self.types().member(&base.ty, name, self.file);
        let Some(member) = member else {
            let kind = OpKind::Field {
                base: base.id,
                name: name.into(),
            };
            return self.emit(kind, Type::Unknown);
        };
        let base = self.embedded(base, member.path);
        match member.kind {
            MemberKind::Field(ty) => self.field(&base, name, ty),
            MemberKind::ModelField(row) => {
                let id = emit_value(&mut self.f.b, row, Some(base.id));
                Val::new(id, row.ty.clone())
            }
            MemberKind::Method(at) => self.function_value(at, vec![base]),
            MemberKind::Interface(result) => {
                self.pure(format!("method {name}"), vec![base], function_type(result))
            }
            MemberKind::Model(row) => self.pure(
                format!("{}.{name}", row.on),
                vec![base],
                function_type(row.returns.clone()),
            ),
        }
    }

    /// Follows embedded fields.
    pub(super) fn embedded(&mut self, base: Val, path: Vec<(Name, Type)>) -> Val {
        path.into_iter()
            .fold(base, |base, (name, ty)| self.field(&base, &name, ty))
    }

    pub(super) fn field(&mut self, base: &Val, name: &str, ty: Type) -> Val {
        let kind = OpKind::Field {
            base: base.id,
            name: name.into(),
        };
        self.emit(kind, ty)
    }

    fn index(&mut self, node: Node<'a>) -> Val {
        let parts = ["operand", "index"].map(|f| node.child_by_field_name(f));
        let [Some(operand), Some(index)] = parts else {
            return self.opaque("index", node);
        };
        if self.is_function_name(operand) {
            return self.expr(operand);
        }
        if let Some((place, ty)) = self.global_place(node) {
            return self.read_global(place, ty);
        }
        let base = self.expr(operand);
        let (element, key_ty) = self.types().element(&base.ty, self.file);
        let key = self.expr_of(index, Some(&key_ty));
        let kind = OpKind::Index {
            base: base.id,
            key: key.id,
        };
        self.emit(kind, element)
    }

    /// An index with a second result that tells whether the key is there.
    pub(super) fn index_with_presence(&mut self, node: Node<'a>) -> Vec<Val> {
        let value = self.expr(node);
        let id = value.id;
        let present = self.emit(
            OpKind::Pure {
                name: Name::new_static("has-key"),
                args: match &self.f.b.op(id).kind {
                    OpKind::Index { base, key } => vec![*base, *key],
                    _ => vec![id],
                },
            },
            Type::Bool,
        );
        vec![value, present]
    }

    fn slice(&mut self, node: Node<'a>) -> Val {
        let Some(operand) = node.child_by_field_name("operand") else {
            return self.opaque("slice", node);
        };
        let base = self.expr(operand);
        let ty = match self.underlying(base.ty.pointee()) {
            Type::Array(item, _) => Type::Array(item, None),
            Type::Bytes(_) => Type::Bytes(None),
            _ => base.ty.clone(),
        };
        let mut args = vec![base];
        for bound in ["start", "end", "capacity"] {
            match node.child_by_field_name(bound) {
                Some(bound) => args.push(self.expr(bound)),
                None if bound == "capacity" => {}
                None => args.push(self.constant(Const::Nil, INT)),
            }
        }
        self.pure("slice", args, ty)
    }

    /// A value received from a channel: which one depends on the scheduler.
    pub(super) fn receive(&mut self, channel: &Val) -> Val {
        let (element, _) = self.types().element(&channel.ty, self.file);
        let kind = OpKind::Nondet {
            kind: pactward_ir::NondetKind::Goroutine,
            args: vec![channel.id],
        };
        self.emit(kind, element)
    }

    /// A call used as one value.
    fn single(&mut self, node: Node<'a>) -> Val {
        let values = self.call(node);
        self.first(values)
    }

    /// The values of an expression where several are wanted: results of a call, or a value and
    /// whether it was there.
    pub(super) fn several(&mut self, node: Node<'a>, wanted: usize) -> Vec<Val> {
        let mut inner = node;
        while inner.kind() == "parenthesized_expression" {
            match children(inner).next() {
                Some(next) => inner = next,
                None => break,
            }
        }
        let outer = self.at(inner);
        let mut values = match inner.kind() {
            "call_expression" if self.enter() => {
                let values = self.call(inner);
                self.leave();
                values
            }
            "call_expression" => {
                self.leave();
                vec![self.opaque("too deep", inner)]
            }
            "type_conversion_expression" => match self.generic_call(inner) {
                Some(values) => values,
                None => vec![self.expr(inner)],
            },
            "type_assertion_expression" if wanted == 2 => self.assertion(inner, true),
            "index_expression" if wanted == 2 => self.index_with_presence(inner),
            "unary_expression" if wanted == 2 => {
                let value = self.expr(inner);
                let ok = self.pure("channel-open", vec![value.clone()], Type::Bool);
                vec![value, ok]
            }
            _ => vec![self.expr(inner)],
        };
        if values.len() == 1 && wanted > 1 {
            values = self.extract(&values[0].clone(), wanted);
        }
        self.f.b.set_source(outer);
        values
    }

    /// Components of a tuple value.
    pub(super) fn extract(&mut self, tuple: &Val, wanted: usize) -> Vec<Val> {
        let types = match &tuple.ty {
            Type::Tuple(types) => types.clone(),
            _ => Vec::new(),
        };
        (0..wanted.max(types.len()))
            .map(|index| {
                let ty = types.get(index).cloned().unwrap_or_default();
                let kind = OpKind::Extract {
                    value: tuple.id,
                    index: index as u32,
                };
                self.emit(kind, ty)
            })
            .collect()
    }

    /// Whether a node names a function, so that an index on it instantiates a generic one.
    pub(super) fn is_function_name(&self, node: Node<'a>) -> bool {
        match node.kind() {
            "identifier" => {
                let name = self.text(node);
                self.f.lookup(name).is_none()
                    && matches!(
                        self.program.bare_item(self.file, name),
                        Some(Item::Func(_) | Item::Type(_))
                    )
            }
            "selector_expression" => {
                let parts = ["operand", "field"].map(|f| node.child_by_field_name(f));
                let [Some(operand), Some(field)] = parts else {
                    return false;
                };
                match self.package_of(operand) {
                    Some(ImportTarget::Package(package)) => matches!(
                        self.program.item(package, self.text(field)),
                        Some(Item::Func(_) | Item::Type(_))
                    ),
                    _ => false,
                }
            }
            _ => false,
        }
    }

    // Types as expressions.

    /// The type that a node names, if it names one.
    pub(super) fn named_type(&self, node: Node<'a>) -> Option<Type> {
        match node.kind() {
            "identifier" | "type_identifier" => {
                let name = self.text(node);
                match self.f.lookup(name) {
                    Some(Binding::Type(ty)) => return Some(ty.clone()),
                    Some(_) => return None,
                    None => {}
                }
                let is_model = self
                    .program
                    .bare_models(self.file)
                    .any(|package| go_models().ty(&format!("{package}.{name}")).is_some());
                match self.program.bare_item(self.file, name) {
                    _ if is_model => {}
                    Some(Item::Type(_)) => {}
                    Some(_) => return None,
                    None if name == "any" => return Some(any()),
                    None => return basic(name),
                }
                Some(self.resolve(&crate::decls::TypeExpr::Name(name.into())))
            }
            "selector_expression" | "qualified_type" => {
                let (operand, field) = if node.kind() == "qualified_type" {
                    ("package", "name")
                } else {
                    ("operand", "field")
                };
                let operand = node.child_by_field_name(operand)?;
                let name = Name::from(self.text(node.child_by_field_name(field)?));
                let is_type = match self.package_of(operand)? {
                    ImportTarget::Package(package) => {
                        matches!(self.program.item(package, &name), Some(Item::Type(_)))
                    }
                    ImportTarget::Model(package) => {
                        go_models().ty(&format!("{package}.{name}")).is_some()
                    }
                    ImportTarget::Foreign(_) => false,
                };
                let package = Name::from(self.text(operand));
                let expr = crate::decls::TypeExpr::Qualified(package, name);
                is_type.then(|| self.resolve(&expr))
            }
            _ => None,
        }
    }
}

/// The type of a constant that is declared without one.
pub(super) fn natural_type(value: &Const) -> Type {
    match value {
        Const::Int(_) => INT,
        Const::Bool(_) => Type::Bool,
        Const::Str(_) => Type::Str,
        Const::Bytes(_) => Type::Bytes(None),
        Const::Nil => Type::Unknown,
    }
}

/// The comparison or arithmetic op of an operator.
pub(super) fn binary_op(operator: &str) -> Option<BinaryOp> {
    Some(match operator {
        "+" => BinaryOp::Add,
        "-" => BinaryOp::Sub,
        "*" => BinaryOp::Mul,
        "/" => BinaryOp::Div,
        "%" => BinaryOp::Rem,
        "&" | "&^" => BinaryOp::BitAnd,
        "|" => BinaryOp::BitOr,
        "^" => BinaryOp::BitXor,
        "<<" => BinaryOp::Shl,
        ">>" => BinaryOp::Shr,
        "==" => BinaryOp::Eq,
        "!=" => BinaryOp::Ne,
        "<" => BinaryOp::Lt,
        "<=" => BinaryOp::Le,
        ">" => BinaryOp::Gt,
        ">=" => BinaryOp::Ge,
        _ => return None,
    })
}
