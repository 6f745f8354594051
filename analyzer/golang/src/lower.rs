//! From one definition's tree to SIR.

mod assign;
mod builtins;
mod call;
mod closure;
mod conditions;
mod control;
mod conversion;
mod defers;
mod expr;
mod facts;
mod frame;
mod generics;
mod globals;
mod literals;
mod names;
mod outcomes;
mod perform;
mod place;
mod row;
mod select;
mod stmt;
mod switches;
mod value;

use std::sync::Arc;

use pactward_ir::{
    Function, FunctionKind, LowerStats, Lowered, Mutability, Name, OpKind, OpSource, Outcome,
    SourceMap, Type, Visibility,
};
use pactward_syntax::{Body, Node, children};

use crate::decls::{FuncDecl, ParamDecl, Signature, is_exported};
use crate::program::{Program, Ref};
use crate::types::{LocalTypes, Types, argument_of};

use frame::{Binding, Frame, ResultVar};
use value::Val;

/// Deepest nesting of statements and expressions that is lowered. Code that people write nests a
/// tenth as deep, and a level takes some kilobytes of stack.
const MAX_DEPTH: u32 = 100;

/// Text of definitions by name.
pub(crate) type Bodies<'a> = &'a dyn Fn(&Name) -> Option<Body>;

/// See [`crate::lower`].
pub(crate) fn lower(program: &Program, name: &Name, bodies: Bodies<'_>) -> Option<Lowered> {
    if let Some(at) = program.funcs.get(name) {
        let body = bodies(name)?;
        return Some(function(program, *at, &body, bodies));
    }
    let at = program.initialisers.get(name)?;
    let body = bodies(name)?;
    Some(initialiser(program, *at, name, &body, bodies))
}

fn function(program: &Program, at: Ref, body: &Body, bodies: Bodies<'_>) -> Lowered {
    let func = program.func(at);
    let visibility = if func.export.is_some() {
        Visibility::External
    } else if func.is_exported() {
        Visibility::Public
    } else {
        Visibility::Internal
    };
    let kind = FunctionKind::Function;
    let frame = Frame::new(func.key.clone(), kind, visibility, Mutability::Mutable);
    let mut lowering = Lowering::new(program, at.file, &func.key, body, bodies, frame);
    lowering.type_parameters(func);
    let node = body.node();
    lowering.f.b.at_statement(body.relative(node));
    let block = node.child_by_field_name("body");
    if let Some(block) = block {
        lowering.find_shared(block);
    }
    lowering.receiver(func);
    lowering.parameters(&func.signature);
    if let Some(block) = block {
        lowering.function_body(block);
    }
    lowering.finish()
}

/// The initialiser of package variables, which writes them.
fn initialiser(
    program: &Program,
    at: Ref,
    name: &Name,
    body: &Body,
    bodies: Bodies<'_>,
) -> Lowered {
    let visibility = if is_exported(&program.var(at).name) {
        Visibility::Public
    } else {
        Visibility::Internal
    };
    let kind = FunctionKind::Initialiser;
    let frame = Frame::new(name.clone(), kind, visibility, Mutability::Mutable);
    let mut lowering = Lowering::new(program, at.file, name, body, bodies, frame);
    let node = body.node();
    lowering.f.b.at_statement(body.relative(node));
    lowering.package_variables(node);
    lowering.finish()
}

/// State of the lowering of one definition.
struct Lowering<'a> {
    program: &'a Program,
    bodies: Bodies<'a>,
    body: &'a Body,
    /// Definition whose text spans are relative to.
    root: Name,
    file: u32,
    locals: LocalTypes,
    /// Function or closure under construction.
    f: Frame<'a>,
    closures: Vec<(Arc<Function>, Arc<SourceMap>)>,
    closure_count: u32,
    type_count: u32,
    stats: LowerStats,
    depth: u32,
}

impl<'a> Lowering<'a> {
    fn new(
        program: &'a Program,
        file: u32,
        root: &Name,
        body: &'a Body,
        bodies: Bodies<'a>,
        frame: Frame<'a>,
    ) -> Self {
        Self {
            program,
            bodies,
            body,
            root: root.clone(),
            file,
            locals: LocalTypes::default(),
            f: frame,
            closures: Vec::new(),
            closure_count: 0,
            type_count: 0,
            stats: LowerStats::default(),
            depth: 0,
        }
    }

    fn finish(self) -> Lowered {
        let (function, map) = self.f.b.finish();
        let mut closures = self.closures;
        closures.sort_by(|(a, _), (b, _)| a.name.cmp(&b.name));
        Lowered {
            function: Arc::new(function),
            map: Arc::new(map),
            closures,
            stats: self.stats,
        }
    }

    // Signature.

    fn type_parameters(&mut self, func: &FuncDecl) {
        for param in &func.type_params {
            let ty = self.constraint(&param.ty);
            self.f.bind(param.name.clone(), Binding::Type(ty));
        }
        let Some(receiver) = &func.receiver else {
            return;
        };
        let owner = crate::link::receiver_type(self.program, self.file, func);
        let declared = owner.and_then(|o| self.program.types.get(&o).copied());
        for (index, name) in receiver.params.iter().enumerate() {
            let constraint = declared
                .and_then(|at| self.program.type_decl(at).params.get(index))
                .map(|p| p.ty.clone());
            let ty = constraint.map_or(Type::Unknown, |c| self.constraint(&c));
            self.f.bind(name.clone(), Binding::Type(ty));
        }
    }

    fn receiver(&mut self, func: &FuncDecl) {
        let Some(receiver) = &func.receiver else {
            return;
        };
        let owner = crate::link::receiver_type(self.program, self.file, func);
        let ty = owner
            .clone()
            .and_then(|name| {
                let at = *self.program.types.get(&name)?;
                let decl = self.program.type_decl(at);
                let ty = self.types().declared(name, at.file, decl, 0);
                Some(match ty {
                    Type::Named(name, _) if !decl.params.is_empty() => {
                        let args = decl.params.iter().enumerate().map(|(i, _)| {
                            let param = receiver.params.get(i);
                            param.and_then(|p| self.f.type_named(p)).unwrap_or_default()
                        });
                        Type::Named(name, args.collect())
                    }
                    ty => ty,
                })
            })
            .unwrap_or_default();
        let ty = if receiver.pointer {
            Type::Pointer(Arc::new(ty))
        } else {
            ty
        };
        self.parameter(receiver.name.clone(), ty);
        let is_contract = owner.is_some_and(|o| self.program.contract_types.contains(&o));
        if is_contract {
            self.f.mark_contract(&receiver.name);
        }
    }

    fn parameters(&mut self, signature: &Signature) {
        for param in &signature.params {
            let ty = self.resolve(&param.ty);
            self.parameter(param.name.clone(), ty);
        }
        self.results(&signature.results);
    }

    fn parameter(&mut self, name: Name, ty: Type) {
        let erased = self.erase(&ty);
        let id = self.f.b.param(name.clone(), erased);
        if !name.is_empty() && name != "_" {
            self.declare(name, Val::new(id, ty));
        }
    }

    fn results(&mut self, results: &[ParamDecl]) {
        let mut erased = Vec::new();
        for result in results {
            let ty = self.resolve(&result.ty);
            erased.push(self.erase(&ty));
            let local = if result.name.is_empty() {
                None
            } else {
                let zero = self.zero(&ty);
                Some(self.declare(result.name.clone(), zero))
            };
            self.f.results.push(ResultVar { ty, local });
        }
        self.f.b.set_returns(erased);
    }

    fn function_body(&mut self, block: Node<'a>) {
        self.block(block);
        if self.f.b.is_open() {
            self.at_end_of(block);
            let named = self.f.results.iter().any(|r| r.local.is_some());
            let missing = !named && !self.f.results.is_empty();
            if missing {
                // Only code without an end that returns comes here, such as half-typed code.
                self.f.b.ret(Vec::new(), Outcome::Unknown);
            } else {
                self.return_values(None);
            }
        }
    }

    /// Stamps what follows with the closing brace of a block.
    fn at_end_of(&mut self, block: Node<'a>) {
        let span = self.body.relative(block);
        let end = pactward_base::Span::new(span.end.saturating_sub(1), span.end);
        self.f.b.at_statement(end);
    }

    // Types.

    fn types(&self) -> Types<'_> {
        Types {
            program: self.program,
            locals: &self.locals,
        }
    }

    fn resolve(&self, expr: &crate::decls::TypeExpr) -> Type {
        let scope = |name: &str| self.type_in_scope(name);
        self.types().resolve(self.file, expr, &scope)
    }

    fn type_in_scope(&self, name: &str) -> Option<Type> {
        if let Some(ty) = self.f.type_named(name) {
            return Some(ty);
        }
        let decl = self.locals.get(name)?;
        let args: Vec<Type> = decl
            .params
            .iter()
            .filter_map(|p| argument_of(decl, &[], &p.name))
            .collect();
        match self.types().declared(name.into(), self.file, decl, 0) {
            Type::Named(name, _) => Some(Type::Named(name, args)),
            ty => Some(ty),
        }
    }

    fn erase(&self, ty: &Type) -> Type {
        self.types().erase(ty, self.file)
    }

    fn underlying(&self, ty: &Type) -> Type {
        self.types().underlying(ty, self.file)
    }

    // Ops.

    fn text(&self, node: Node<'_>) -> &'a str {
        self.body.parsed().text_of(node)
    }

    fn emit(&mut self, kind: OpKind, ty: Type) -> Val {
        let erased = self.erase(&ty);
        let id = self.f.b.emit(kind, erased);
        Val::new(id, ty)
    }

    fn pure(&mut self, name: impl Into<Name>, args: Vec<Val>, ty: Type) -> Val {
        let args = args.into_iter().map(|a| a.id).collect();
        let name = name.into();
        self.emit(OpKind::Pure { name, args }, ty)
    }

    fn unknown(&mut self, what: impl Into<Name>, args: Vec<Val>) -> Val {
        let args = args.into_iter().map(|a| a.id).collect();
        let what = what.into();
        self.emit(OpKind::Unknown { what, args }, Type::Unknown)
    }

    /// Stamps ops with a node's span until the returned source is set again.
    fn at(&mut self, node: Node<'_>) -> OpSource {
        let span = self.body.relative(node);
        self.f.b.at(span)
    }

    /// Enters a level of nesting; false if there are too many.
    fn enter(&mut self) -> bool {
        self.depth += 1;
        self.depth <= MAX_DEPTH
    }

    fn leave(&mut self) {
        self.depth -= 1;
    }

    /// The values of what cannot be lowered: names inside still count as used.
    fn opaque(&mut self, what: &'static str, node: Node<'a>) -> Val {
        let mut used = Vec::new();
        let mut stack = vec![node];
        let mut budget = 200;
        while let Some(node) = stack.pop() {
            budget -= 1;
            if budget == 0 {
                break;
            }
            if node.kind() == "identifier"
                && let Some(value) = self.local_value(self.text(node))
            {
                used.push(value);
                continue;
            }
            stack.extend(children(node));
        }
        self.unknown(what, used)
    }
}
