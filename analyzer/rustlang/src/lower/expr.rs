//! Expressions.

use pactward_ir::{Const, OpId, OpKind, SmolStr, Type};

use super::control::{Dest, Frame, Join, LoopFrame, Val, Wrap};
use super::place::{Binding, PlaceRef};
use super::{Lowerer, MAX_DEPTH};
use crate::literal;
use crate::program::{Def, Space};
use crate::source::Syn;

/// A step of a chain of postfix operators.
enum Link<'t> {
    Method(Syn<'t>),
    Field(Syn<'t>),
    Index(Syn<'t>),
    Try,
}

impl<'t> Lowerer<'t> {
    /// The value of an expression. `want` is the type that the context gives, if any.
    pub(super) fn value(&mut self, node: Syn<'t>, want: &Type) -> OpId {
        let value = self.eval(node, want);
        let op = self.force(value);
        if want.is_known() && !self.b.ty(op).is_known() {
            self.b.set_ty(op, want.clone());
        }
        op
    }

    /// Runs an expression whose value goes to `dest`: branches deliver from each side.
    pub(super) fn run(&mut self, node: Syn<'t>, dest: &mut Dest, want: &Type) {
        if self.depth >= MAX_DEPTH || !self.has_room() {
            let value = self.unknown("too deep", Vec::new());
            self.deliver(Val::Op(value), dest);
            return;
        }
        self.depth += 1;
        match node.kind() {
            "block" => self.labelled_block(node, dest, want),
            "unsafe_block" | "async_block" | "const_block" | "gen_block" => {
                let inner = node
                    .kid_of_kind("block")
                    .or_else(|| node.field("body"))
                    .unwrap_or(node);
                self.block(inner, dest, want);
            }
            "if_expression" => self.if_expression(node, dest, want),
            "match_expression" => self.match_expression(node, dest, want),
            "parenthesized_expression" => match node.first_kid() {
                Some(inner) => self.run(inner, dest, want),
                None => self.deliver_unit(dest),
            },
            _ => {
                let value = self.eval(node, want);
                self.deliver(value, dest);
            }
        }
        self.depth -= 1;
    }

    /// The value of an expression as it is found: a place, a checked result, or an op.
    pub(super) fn eval(&mut self, node: Syn<'t>, want: &Type) -> Val {
        if self.depth >= MAX_DEPTH || !self.has_room() {
            return Val::Op(self.unknown("too deep", Vec::new()));
        }
        self.depth += 1;
        let outer = self.b.at(node.span());
        let value = self.chain(node, want);
        self.b.set_source(outer);
        self.depth -= 1;
        value
    }

    /// A chain of calls, fields, indices and `?`, evaluated from its start in a loop.
    fn chain(&mut self, node: Syn<'t>, want: &Type) -> Val {
        let mut links = Vec::new();
        let mut at = node;
        loop {
            let next = match at.kind() {
                "call_expression" => match method_of(at) {
                    Some(function) => {
                        links.push((at, Link::Method(at)));
                        function.field("value")
                    }
                    None => None,
                },
                "field_expression" => {
                    links.push((at, Link::Field(at)));
                    at.field("value")
                }
                "index_expression" => {
                    links.push((at, Link::Index(at)));
                    at.first_kid()
                }
                "try_expression" => {
                    links.push((at, Link::Try));
                    at.first_kid()
                }
                "await_expression" | "parenthesized_expression" => at.first_kid(),
                "reference_expression" => at.field("value"),
                _ => None,
            };
            match next {
                Some(inner) => at = inner,
                None => break,
            }
        }
        let is_chain = !links.is_empty();
        let mut value = self.start(at, if is_chain { &Type::Unknown } else { want });
        let count = links.len();
        for (index, (whole, link)) in links.into_iter().rev().enumerate() {
            let last = index + 1 == count;
            let want = if last { want } else { &Type::Unknown };
            self.b.at(whole.span());
            value = match link {
                Link::Method(call) => self.method_call(call, value, want),
                Link::Field(node) => {
                    let field = node.field("field").map_or("", Syn::text);
                    let place = self.as_place(value);
                    self.field_of_place(place, field)
                }
                Link::Index(node) => {
                    let key = node.kids().get(1).copied();
                    let place = self.as_place(value);
                    let want = match place.ty(self) {
                        Type::Array(..) | Type::Bytes(_) => literal::uint(32),
                        _ => Type::Unknown,
                    };
                    let key = match key {
                        Some(key) => self.value(key, &want),
                        None => self.unit(),
                    };
                    Val::Place(self.index_of_place(place, key))
                }
                Link::Try => self.question_mark(value),
            };
            if !self.has_room() {
                break;
            }
        }
        value
    }

    pub(super) fn as_place(&mut self, value: Val) -> PlaceRef {
        match value {
            Val::Place(place) => place,
            value => PlaceRef::Value {
                base: self.force(value),
                path: Vec::new(),
            },
        }
    }

    /// `value?`: goes on with what is good, leaves the function with what is bad.
    fn question_mark(&mut self, value: Val) -> Val {
        let mut split = self.split(value, None);
        if let Some(bad) = split.bad.take() {
            self.go_on(bad.point);
            let value = match split.wrap {
                // The error is converted on its way; it is an error of the function then.
                Wrap::Result => bad.value,
                Wrap::Option => self.none(Type::Unknown),
            };
            let value = self.bad(value, split.wrap);
            self.leave(value);
        }
        Val::Op(self.follow(split.good))
    }

    /// An expression that is no chain.
    fn start(&mut self, node: Syn<'t>, want: &Type) -> Val {
        if let Some((value, ty)) = literal::value(node.kind(), node.text()) {
            let ty = match (&ty, want) {
                (Type::Unknown, Type::Int { .. } | Type::Float) => want.clone(),
                _ => ty,
            };
            return Val::Op(self.constant(value, ty));
        }
        match node.kind() {
            "identifier" | "self" | "scoped_identifier" | "generic_function" | "crate"
            | "super" | "type_identifier" | "metavariable" => self.path_value(node, want),
            "block" | "unsafe_block" | "async_block" | "const_block" | "gen_block"
            | "if_expression" | "match_expression" => self.branching(node, want),
            "call_expression" => self.call(node, want),
            "macro_invocation" => self.macro_call(node, want),
            "struct_expression" => self.struct_expression(node, want),
            "tuple_expression" => Val::Op(self.tuple(node, want)),
            "array_expression" => Val::Op(self.array(node, want)),
            "binary_expression" => Val::Op(self.binary_chain(node, want)),
            "unary_expression" => self.unary(node, want),
            "type_cast_expression" => Val::Op(self.cast(node)),
            "range_expression" => Val::Op(self.range(node)),
            "closure_expression" => Val::Op(self.closure_value(node)),
            "assignment_expression" => {
                self.assignment(node);
                Val::Unit
            }
            "compound_assignment_expr" => {
                self.compound_assignment(node);
                Val::Unit
            }
            "return_expression" => {
                let returns = self.frame_type();
                match node.first_kid() {
                    Some(inner) => {
                        let mut dest = Dest::Exit;
                        self.run(inner, &mut dest, &returns);
                    }
                    None => self.deliver_unit(&mut Dest::Exit),
                }
                self.stop();
                Val::Unit
            }
            "break_expression" => {
                self.break_expression(node);
                Val::Unit
            }
            "continue_expression" => {
                self.continue_expression(node);
                Val::Unit
            }
            "while_expression" => {
                self.while_expression(node);
                Val::Unit
            }
            "loop_expression" => Val::Op(self.loop_expression(node)),
            "for_expression" => {
                self.for_expression(node);
                Val::Unit
            }
            "let_condition" | "let_chain" => {
                let scope = self.names.len();
                let value = self.condition_value(node);
                self.names.truncate(scope);
                Val::Op(value)
            }
            "try_block" => self.try_block(node, want),
            "expression_statement" => match node.first_kid() {
                Some(inner) => self.eval(inner, want),
                None => Val::Unit,
            },
            kind => {
                let mut parts = Vec::new();
                for kid in node.kids() {
                    if super::block::is_expression(kid.kind()) {
                        parts.push(self.value(kid, &Type::Unknown));
                    }
                }
                Val::Op(self.unknown(kind, parts))
            }
        }
    }

    /// `try { … }`: `?` inside leaves the block only.
    fn try_block(&mut self, node: Syn<'t>, want: &Type) -> Val {
        let Some(inner) = node.kid_of_kind("block") else {
            return Val::Unit;
        };
        self.frames.push(Frame::Inline {
            dest: Dest::Split {
                wrap: Wrap::Result,
                good: Join::default(),
                bad: Join::default(),
            },
        });
        let mut dest = Dest::Join(Join::default());
        self.block(inner, &mut dest, want);
        let value = self.collected(dest);
        let op = self.force(value);
        if self.path.live {
            let good = self.good(op, Wrap::Result);
            self.leave(good);
        }
        match self.frames.pop() {
            Some(Frame::Inline { dest }) => self.collected(dest),
            _ => Val::Unit,
        }
    }

    /// The type that the innermost frame's result has, if it is known.
    pub(super) fn frame_type(&self) -> Type {
        match self.frames.last() {
            Some(Frame::Function { returns }) => returns.clone(),
            _ => Type::Unknown,
        }
    }

    fn assignment(&mut self, node: Syn<'t>) {
        let (Some(left), Some(right)) = (node.field("left"), node.field("right")) else {
            return;
        };
        match left.kind() {
            "tuple_expression" | "array_expression" => {
                let value = self.value(right, &Type::Unknown);
                for (at, part) in left.kids().into_iter().enumerate() {
                    let item = self.emit(
                        OpKind::Extract {
                            value,
                            index: at as u32,
                        },
                        Type::Unknown,
                    );
                    let place = self.place(part);
                    self.write(&place, item);
                }
            }
            _ if left.text() == "_" => {
                self.value(right, &Type::Unknown);
            }
            _ => {
                let place = self.place(left);
                let ty = place.ty(self);
                let value = self.value(right, &ty);
                self.write(&place, value);
            }
        }
    }

    fn break_expression(&mut self, node: Syn<'t>) {
        let kids = node.kids();
        let label = kids.iter().find(|k| k.kind() == "label").map(|l| l.text());
        let value = kids
            .iter()
            .find(|k| k.kind() != "label")
            .map(|k| self.value(*k, &Type::Unknown));
        if let Some(at) = self.loop_at(label) {
            let mut exit = std::mem::take(&mut self.loops[at].exit);
            self.arrive(&mut exit, value);
            self.loops[at].exit = exit;
        }
        self.stop();
    }

    fn continue_expression(&mut self, node: Syn<'t>) {
        let label = node.kid_of_kind("label").map(Syn::text);
        if let Some(at) = self.loop_at(label)
            && let Some(head) = self.loops[at].head
            && self.path.live
        {
            self.b.jump(head);
        }
        self.stop();
    }

    fn loop_at(&self, label: Option<&str>) -> Option<usize> {
        self.loops.iter().rposition(|l: &LoopFrame| match label {
            Some(label) => l.label.as_deref() == Some(label),
            None => l.head.is_some(),
        })
    }

    /// A name or path as a value.
    fn path_value(&mut self, node: Syn<'t>, want: &Type) -> Val {
        let path = node.path();
        if let [only] = path.as_slice() {
            match self.lookup(only) {
                Some(Binding::Closure(closure, mark)) => {
                    let (closure, mark) = (*closure, *mark);
                    return Val::Op(self.closure_value_in(closure, mark));
                }
                Some(_) => {
                    if let Some(place) = self.name(only) {
                        return Val::Place(place);
                    }
                }
                None => {}
            }
            if only == "None" {
                let ty = match want {
                    Type::Option(_) => want.clone(),
                    _ => Type::Option(Type::Unknown.into()),
                };
                let nothing = self.constant(Const::Nil, ty);
                return self.bad(nothing, Wrap::Option);
            }
        }
        if let Some(def) = self.resolve_value(&path) {
            self.item_value(&def, &path, want)
        } else {
            let name = path.join("::");
            Val::Op(self.emit(
                OpKind::Extern {
                    name: name.into(),
                    args: Vec::new(),
                },
                want.clone(),
            ))
        }
    }

    /// What a path means as a value; `Self` is the type of the impl.
    pub(super) fn resolve_value(&self, path: &[SmolStr]) -> Option<Def> {
        if let [first, rest @ ..] = path
            && first == "Self"
        {
            return self.resolve_in_self(rest);
        }
        self.program.resolve(self.module, path, Space::Values)
    }

    fn resolve_in_self(&self, rest: &[SmolStr]) -> Option<Def> {
        let ty = self.info.self_type.as_ref()?;
        let name = crate::api::key_of(ty);
        match rest {
            [] => Some(Def::Type(name)),
            [item] => {
                let is_variant = self.program.variant(ty, item).is_some();
                Some(if is_variant {
                    Def::Variant(name, item.clone())
                } else {
                    Def::Associated(name, item.clone())
                })
            }
            _ => None,
        }
    }
}

/// The `receiver.method` of a method call.
pub(super) fn method_of(call: Syn<'_>) -> Option<Syn<'_>> {
    let function = call.field("function")?;
    let function = match function.kind() {
        "generic_function" => function.field("function")?,
        _ => function,
    };
    (function.kind() == "field_expression").then_some(function)
}
