//! Closures. Where a closure's call is in sight it is lowered there, so that a check inside it
//! guards what follows; else it becomes a function of its own with its captures as parameters.

use std::sync::Arc;

use pactward_ir::{
    Builder, FunctionKind, Mutability, Name, OpId, OpKind, SmolStr, Type, Visibility,
};

use super::call::Arg;
use super::control::{Answered, Dest, Frame, Join, Path, Val, Wrap};
use super::matching::kind_of_result;
use super::place::{Binding, PlaceRef};
use super::{Lowerer, MAX_INLINE};
use crate::source::Syn;

/// Nodes of a closure that are searched for captured names.
const MAX_NODES: usize = 20_000;

impl<'t> Lowerer<'t> {
    /// Calls what an argument denotes: a closure, a function's path, a value.
    pub(super) fn call_arg(
        &mut self,
        callee: Option<Arg<'t>>,
        args: &[OpId],
        wrap: Option<Wrap>,
    ) -> Val {
        match callee {
            Some(Arg::Node(node)) => {
                if node.kind() == "closure_expression" {
                    let mark = self.names.len();
                    return self.inline_closure(node, mark, args, wrap);
                }
                let args: Vec<Arg<'t>> = args.iter().map(|a| Arg::Value(*a)).collect();
                let path = node.path();
                if path.is_empty() {
                    let callee = self.value(node, &Type::Unknown);
                    return Val::Op(self.call_value(callee, &args));
                }
                let want = match wrap {
                    Some(Wrap::Result) => Type::Result(Type::Unknown.into()),
                    Some(Wrap::Option) => Type::Option(Type::Unknown.into()),
                    None => Type::Unknown,
                };
                self.call_path(node, &path, &args, &want)
            }
            Some(Arg::Value(callee)) => {
                let args: Vec<Arg<'t>> = args.iter().map(|a| Arg::Value(*a)).collect();
                Val::Op(self.call_value(callee, &args))
            }
            None => Val::Unit,
        }
    }

    /// Lowers a closure's body here. `mark` is the number of names that it can see.
    pub(super) fn inline_closure(
        &mut self,
        closure: Syn<'t>,
        mark: usize,
        args: &[OpId],
        wrap: Option<Wrap>,
    ) -> Val {
        if self.inlined >= MAX_INLINE || !self.has_room() {
            let callee = self.closure_value_in(closure, mark);
            let args: Vec<Arg<'t>> = args.iter().map(|a| Arg::Value(*a)).collect();
            return Val::Op(self.call_value(callee, &args));
        }
        self.inlined += 1;
        let mark = mark.min(self.names.len());
        let hidden = self.names.split_off(mark);
        self.bind_closure_params(closure, args);
        let declared = closure.field("return_type").map(|ty| self.type_at(ty));
        let declared = declared.unwrap_or_default();
        let body = closure.field("body");
        let wrap = Wrap::of(&declared)
            .or(wrap)
            .or_else(|| body.and_then(|b| kind_of_result(b, &Type::Unknown)));
        let dest = match wrap {
            Some(wrap) => Dest::Split {
                wrap,
                good: Join::default(),
                bad: Join::default(),
            },
            None => Dest::Join(Join::default()),
        };
        self.frames.push(Frame::Inline { dest });
        let loops = std::mem::take(&mut self.loops);
        if let Some(body) = body {
            self.run(body, &mut Dest::Exit, &declared);
        }
        self.loops = loops;
        let value = match self.frames.pop() {
            Some(Frame::Inline { dest }) => self.collected(dest),
            _ => Val::Unit,
        };
        self.names.truncate(mark);
        self.names.extend(hidden);
        self.inlined -= 1;
        value
    }

    fn bind_closure_params(&mut self, closure: Syn<'t>, args: &[OpId]) {
        let params = closure
            .field("parameters")
            .map_or(Vec::new(), Syn::patterns);
        for (at, param) in params.into_iter().enumerate() {
            let value = match args.get(at) {
                Some(value) => *value,
                None => self.unknown("parameter", Vec::new()),
            };
            let (pattern, ty) = typed_parameter(param);
            let ty = ty.map(|ty| self.type_at(ty)).unwrap_or_default();
            if let (Type::Struct(name), Some(pattern)) = (&ty, pattern)
                && self.is_singleton(name)
                && let Some(plain) = super::block::plain_name(pattern)
            {
                let binding = Binding::Storage(name.clone(), ty.clone());
                self.names.push(plain, binding);
                continue;
            }
            if ty.is_known() && !self.b.ty(value).is_known() {
                self.b.set_ty(value, ty);
            }
            if let Some(pattern) = pattern {
                let is_mutable = param.kid_of_kind("mutable_specifier").is_some();
                self.bind_pattern(pattern, value, is_mutable && param.kind() == "parameter");
            }
        }
    }

    /// The value of a closure written here.
    pub(super) fn closure_value(&mut self, closure: Syn<'t>) -> OpId {
        let mark = self.names.len();
        self.closure_value_in(closure, mark)
    }

    pub(super) fn closure_value_in(&mut self, closure: Syn<'t>, mark: usize) -> OpId {
        if self.inlined > MAX_INLINE + 8 || !self.has_room() {
            return self.unknown("closure", Vec::new());
        }
        let number = self.closure_count + 1;
        self.closure_count = number;
        let name = Name::from(format!("{}#{number}", self.info.name));
        let mark = mark.min(self.names.len());
        let hidden = self.names.split_off(mark);
        let used = self.captured(closure);
        let mut captures = Vec::new();
        let mut params: Vec<(SmolStr, Type)> = Vec::new();
        let mut fixed: Vec<(SmolStr, Binding<'t>)> = Vec::new();
        for (name, binding) in used {
            match binding {
                Binding::Closure(inner, _) => {
                    fixed.push((name, Binding::Closure(inner, usize::MAX)));
                }
                Binding::Storage(..) => fixed.push((name, binding)),
                Binding::Place(ref place, _)
                    if matches!(place.root, pactward_ir::Root::Var(_)) && place.path.is_empty() =>
                {
                    fixed.push((name, binding));
                }
                _ => {
                    let place = self.name(&name).unwrap_or(PlaceRef::Value {
                        base: OpId(0),
                        path: Vec::new(),
                    });
                    let ty = place.ty(self);
                    captures.push(self.read(&place));
                    params.push((name, ty));
                }
            }
        }
        self.lower_apart(closure, &name, &params, fixed);
        self.names.truncate(mark);
        self.names.extend(hidden);
        let kind = OpKind::Closure {
            function: name,
            captures,
        };
        self.emit(kind, Type::Function)
    }

    /// Lowers the closure as a function of its own.
    fn lower_apart(
        &mut self,
        closure: Syn<'t>,
        name: &Name,
        captures: &[(SmolStr, Type)],
        fixed: Vec<(SmolStr, Binding<'t>)>,
    ) {
        let mut inner = Builder::new(
            name.clone(),
            FunctionKind::Closure,
            Visibility::Private,
            Mutability::Mutable,
        );
        let body = inner.body(&self.info.name);
        inner.set_source(pactward_ir::OpSource {
            body,
            span: closure.span(),
            statement: closure.span(),
        });
        let outer = std::mem::replace(&mut self.b, inner);
        let names = std::mem::replace(&mut self.names, fixed.into());
        let loops = std::mem::take(&mut self.loops);
        let known = std::mem::take(&mut self.known);
        let borrowed = std::mem::take(&mut self.borrowed);
        let pushed = std::mem::take(&mut self.local_messages);
        let cursor = self.cursor.take();
        let path = self.path;
        self.path = Path {
            live: true,
            answered: Answered::No,
        };
        for (name, ty) in captures {
            let value = self.b.param(name.clone(), ty.clone());
            self.bind_variable(name, value);
        }
        let mut args = Vec::new();
        let params = closure
            .field("parameters")
            .map_or(Vec::new(), Syn::patterns);
        for (at, param) in params.into_iter().enumerate() {
            let (pattern, ty) = typed_parameter(param);
            let ty = ty.map(|ty| self.type_at(ty)).unwrap_or_default();
            let name = pattern
                .and_then(super::block::plain_name)
                .map_or_else(|| format!("_{at}"), str::to_owned);
            args.push(self.b.param(name, ty));
        }
        self.bind_closure_params(closure, &args);
        let returns = closure.field("return_type").map(|ty| self.type_at(ty));
        let body = closure.field("body");
        let returns =
            returns.unwrap_or_else(
                || match body.and_then(|b| kind_of_result(b, &Type::Unknown)) {
                    Some(Wrap::Result) => Type::Result(Type::Unknown.into()),
                    Some(Wrap::Option) => Type::Option(Type::Unknown.into()),
                    None => Type::Unknown,
                },
            );
        if returns.is_known() && returns != Type::Unit {
            self.b.set_returns(vec![returns.clone()]);
        }
        let frames = std::mem::replace(
            &mut self.frames,
            vec![Frame::Function {
                returns: returns.clone(),
            }],
        );
        self.inlined += 1;
        if let Some(body) = body {
            self.run(body, &mut Dest::Exit, &returns);
        }
        self.inlined -= 1;
        self.frames = frames;
        self.loops = loops;
        self.names = names;
        self.known = known;
        self.borrowed = borrowed;
        self.local_messages = pushed;
        self.cursor = cursor;
        self.path = path;
        let inner = std::mem::replace(&mut self.b, outer);
        let (function, map) = inner.finish();
        self.closures.push((Arc::new(function), Arc::new(map)));
    }

    /// Names of the surrounding function that a closure uses, in order of their declaration.
    fn captured(&self, closure: Syn<'t>) -> Vec<(SmolStr, Binding<'t>)> {
        let mut used: Vec<usize> = Vec::new();
        let mut stack: Vec<Syn<'t>> = closure.field("body").into_iter().collect();
        let mut seen = 0;
        while let Some(node) = stack.pop() {
            seen += 1;
            if seen > MAX_NODES {
                break;
            }
            if matches!(node.kind(), "identifier" | "self") {
                used.extend(self.names.position(node.text()));
            }
            if node.kind() == "macro_invocation" {
                if let Some((args, _)) = self.trees.arguments(node) {
                    stack.push(args);
                }
                continue;
            }
            stack.extend(node.kids());
        }
        used.sort_unstable();
        used.dedup();
        used.into_iter()
            .filter_map(|at| self.names.at(at).cloned())
            .collect()
    }
}

/// Pattern and type of a closure's parameter.
fn typed_parameter(param: Syn<'_>) -> (Option<Syn<'_>>, Option<Syn<'_>>) {
    if param.kind() == "parameter" {
        (param.field("pattern"), param.field("type"))
    } else {
        (Some(param), None)
    }
}
