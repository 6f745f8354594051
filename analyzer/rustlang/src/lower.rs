//! From a function's tree to SIR.

mod bind;
mod block;
mod call;
mod closure;
mod construct;
mod control;
mod expr;
mod form;
mod item;
mod iterate;
mod loops;
mod macros;
mod matching;
mod message;
mod method;
mod mutate;
mod names;
mod operator;
mod place;
mod wrapper;

use std::sync::Arc;

use pactward_ir::{
    Builder, Const, Function, FunctionKind, LocalId, LowerStats, Lowered, Mutability, Name, OpId,
    OpKind, SourceMap, Type, Visibility,
};
use pactward_syntax::Body;
use rustc_hash::FxHashMap;

use crate::api;
use crate::decls::{SelfKind, TypeExpr};
use crate::expand::expand;
use crate::program::{FnInfo, ModuleId, Program};
use crate::resolve::TypeScope;
use crate::source::{Reading, Syn, Trees};

use control::{Answered, Frame, LoopFrame, Path};
use message::{Known, Message};
use names::Names;
use place::{Binding, PlaceRef};

/// Expressions inside expressions that are lowered. Chains of operators and calls do not count:
/// they are lowered in a loop.
const MAX_DEPTH: u32 = 90;
/// Most ops of a function. Closures are lowered where they are called, so a text could ask for
/// more than its own length.
const MAX_OPS: usize = 16_000;
/// Closures inside closures that are lowered where they are called.
const MAX_INLINE: usize = 6;

pub(crate) fn lower(
    program: &Program,
    name: &Name,
    body: &dyn Fn(&Name) -> Option<Body>,
) -> Option<Lowered> {
    let info = program.functions.get(name).filter(|f| f.has_body)?;
    let text = body(name)?;
    let krate = program.crate_of(info.module);
    let trees = Trees::new(&text, &|name, args| {
        let rules = krate.and_then(|k| k.macro_rules.get(name));
        match rules.and_then(|rules| expand(rules, args)) {
            Some(text) => Reading::Expanded(text),
            None => Reading::Args(macros::form_of(name)),
        }
    });
    let root = trees.of_body(text.node());
    let mut lowerer = Lowerer::new(program, info, &trees);
    lowerer.function(root);
    let (function, map) = lowerer.b.finish();
    Some(Lowered {
        function: Arc::new(function),
        map: Arc::new(map),
        closures: lowerer.closures,
        stats: lowerer.stats,
    })
}

pub(crate) struct Lowerer<'t> {
    program: &'t Program,
    trees: &'t Trees,
    info: &'t FnInfo,
    module: ModuleId,
    b: Builder,
    names: Names<'t>,
    frames: Vec<Frame>,
    loops: Vec<LoopFrame>,
    path: Path,
    depth: u32,
    ops: usize,
    /// Closures being lowered in place.
    inlined: usize,
    closures: Vec<(Arc<Function>, Arc<SourceMap>)>,
    stats: LowerStats,
    /// What is known of values beyond their type: messages, call builders.
    known: FxHashMap<OpId, Known>,
    /// Values that are mutable borrows of a part of a place.
    borrowed: FxHashMap<OpId, PlaceRef>,
    /// Variables that hold lists of messages: those known of their first value.
    local_messages: FxHashMap<LocalId, Vec<Message>>,
    closure_count: usize,
    /// Counts the calls that move a cursor.
    cursor: Option<LocalId>,
}

impl<'t> Lowerer<'t> {
    fn new(program: &'t Program, info: &'t FnInfo, trees: &'t Trees) -> Self {
        let visibility = if info.attrs.has_arg("ink", "message") || info.attrs.has("no_mangle") {
            Visibility::External
        } else if info.is_public {
            Visibility::Public
        } else {
            Visibility::Private
        };
        let mutability = match info.self_kind {
            _ if info.attrs.has_arg("ink", "payable") => Mutability::Payable,
            SelfKind::Ref if info.attrs.has_arg("ink", "message") => Mutability::View,
            _ => Mutability::Mutable,
        };
        Self {
            program,
            trees,
            info,
            module: info.module,
            b: Builder::new(
                info.name.clone(),
                FunctionKind::Function,
                visibility,
                mutability,
            ),
            names: Names::default(),
            frames: Vec::new(),
            loops: Vec::new(),
            path: Path {
                live: true,
                answered: Answered::No,
            },
            depth: 0,
            ops: 0,
            inlined: 0,
            closures: Vec::new(),
            stats: LowerStats::default(),
            known: FxHashMap::default(),
            borrowed: FxHashMap::default(),
            local_messages: FxHashMap::default(),
            closure_count: 0,
            cursor: None,
        }
    }

    fn function(&mut self, root: Syn<'t>) {
        let returns = self.info.returns.clone();
        if returns != Type::Unit {
            self.b.set_returns(vec![returns.clone()]);
        }
        self.b.at_statement(root.span());
        self.frames.push(Frame::Function {
            returns: returns.clone(),
        });
        self.self_parameter();
        let written: Vec<Syn<'t>> = root
            .field("parameters")
            .map_or(Vec::new(), Syn::kids)
            .into_iter()
            .filter(|p| p.kind() != "self_parameter")
            .filter(|p| p.field("pattern").is_none_or(|p| p.text() != "self"))
            .collect();
        for (at, (name, ty)) in self.info.params.iter().enumerate() {
            let value = self.b.param(name.clone(), ty.clone());
            let Some(param) = written.get(at) else {
                continue;
            };
            let Some(pattern) = param.field("pattern") else {
                continue;
            };
            let is_mutable = self.info.mutable_params.get(at) == Some(&true)
                || param.kid_of_kind("mutable_specifier").is_some();
            let is_plain = pattern.kind() == "identifier";
            if is_plain && is_mutable && !self.is_handle(ty) {
                self.bind_variable(name, value);
            } else {
                self.bind_pattern(pattern, value, false);
            }
        }
        self.modifiers();
        let Some(body) = root.field("body") else {
            return;
        };
        let mut dest = control::Dest::Exit;
        self.block(body, &mut dest, &returns);
    }

    /// Guards that attributes put before the body: `#[modifiers(only_owner)]`.
    fn modifiers(&mut self) {
        for name in self.info.attrs.args_of("modifiers") {
            let row = api::tables().function("modifier", &name);
            let kind = match row.map(|r| &r.effect) {
                Some(pactward_models::Effect::Guard(kind)) => *kind,
                _ => pactward_ir::GuardKind::Other,
            };
            let args = Vec::new();
            self.emit(OpKind::Guard { kind, name, args }, Type::Bool);
        }
    }

    fn self_parameter(&mut self) {
        let (Some(ty), true) = (
            self.info.self_type.clone(),
            self.info.self_kind != SelfKind::None,
        ) else {
            return;
        };
        if let Some(info) = self.program.type_info(&ty)
            && info.holds_storage
        {
            let name = info.name.clone();
            if self.is_singleton(&name) {
                self.names.push("self", Binding::Storage(name, ty.clone()));
                return;
            }
            let value = self.b.param("self", ty.clone());
            let place = pactward_ir::Place {
                root: pactward_ir::Root::Ref(value),
                path: Vec::new(),
            };
            self.names.push("self", Binding::Place(place, ty));
            return;
        }
        let value = self.b.param("self", ty);
        if self.info.self_kind == SelfKind::RefMut {
            self.bind_variable("self", value);
        } else {
            self.names.push("self", Binding::Value(value));
        }
    }

    /// Whether the fields of the struct are state variables of their own: the storage of an ink!
    /// contract, or a struct of CosmWasm handles, of which a contract has one.
    fn is_singleton(&self, name: &str) -> bool {
        let Some(info) = self.program.types.get(name) else {
            return false;
        };
        match &info.kind {
            crate::program::TypeKind::Struct(fields) => {
                info.attrs.has_arg("ink", "storage")
                    || fields.list.iter().any(|(field, _)| {
                        self.program
                            .handles
                            .contains_key(&Name::from(format!("{name}.{field}")))
                    })
            }
            _ => false,
        }
    }

    // Names.

    fn lookup(&self, name: &str) -> Option<&Binding<'t>> {
        self.names.get(name)
    }

    /// Binds a name to a variable that may change.
    fn bind_variable(&mut self, name: &str, value: OpId) {
        let ty = self.b.ty(value).clone();
        let local = self.b.local(ty);
        self.b.set(local, value);
        if let Some(Known::Messages(messages)) = self.known.get(&value) {
            self.local_messages.insert(local, messages.clone());
        }
        self.names.push(name, Binding::Local(local));
    }

    // Types.

    fn scope(&self) -> TypeScope<'_> {
        TypeScope {
            module: self.module,
            generics: &self.info.generics,
            self_type: self.info.self_type.as_ref(),
            placeholders: false,
        }
    }

    fn resolve_type(&self, expr: &TypeExpr) -> Type {
        self.program.type_of(self.scope(), expr)
    }

    /// The type that a node writes.
    fn type_at(&self, node: Syn<'t>) -> Type {
        self.resolve_type(&node.type_expr())
    }

    /// Whether values of the type stand for places in state.
    fn is_handle(&self, ty: &Type) -> bool {
        api::is_storage(ty)
            || self
                .program
                .type_info(ty)
                .is_some_and(|info| info.holds_storage)
    }

    // Ops.

    fn emit(&mut self, kind: OpKind, ty: Type) -> OpId {
        self.ops += 1;
        self.b.emit(kind, ty)
    }

    fn pure(&mut self, name: impl Into<Name>, args: Vec<OpId>, ty: Type) -> OpId {
        self.emit(
            OpKind::Pure {
                name: name.into(),
                args,
            },
            ty,
        )
    }

    fn payload(&mut self, value: OpId, variant: &str, index: u32, ty: Type) -> OpId {
        self.emit(
            OpKind::Payload {
                value,
                variant: variant.into(),
                index,
            },
            ty,
        )
    }

    fn constant(&mut self, value: Const, ty: Type) -> OpId {
        self.emit(OpKind::Const { value }, ty)
    }

    fn unit(&mut self) -> OpId {
        self.constant(Const::Nil, Type::Unit)
    }

    fn none(&mut self, inner: Type) -> OpId {
        self.constant(Const::Nil, Type::Option(inner.into()))
    }

    fn unknown(&mut self, what: &str, args: Vec<OpId>) -> OpId {
        self.emit(
            OpKind::Unknown {
                what: what.into(),
                args,
            },
            Type::Unknown,
        )
    }

    /// Whether more may be emitted.
    fn has_room(&self) -> bool {
        self.ops < MAX_OPS
    }

    /// The constant string behind a value.
    fn text_of(&self, value: OpId) -> Option<Name> {
        match &self.b.op(value).kind {
            OpKind::Const {
                value: Const::Str(text),
            } => Some(text.clone()),
            _ => None,
        }
    }
}
