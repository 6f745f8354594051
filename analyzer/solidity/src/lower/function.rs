//! Functions with the modifiers around them, and getters.

use std::rc::Rc;

use pactward_ir::{BinaryOp, FunctionKind, Name, OpId, OpKind, Outcome, Place, ReadKind, Type};

use super::denote::Den;
use super::{Exit, Frame, Local, Lowerer};
use crate::program::{ParamInfo, Scope, Symbol, VarInfo};
use crate::syntax::{
    Ast, FunctionForm, FunctionHeader, Invocation, Stmt, parse_function, parse_modifier,
};

/// A definition that runs in turn: a modifier around what follows, or the function itself.
pub(super) enum Layer {
    /// A modifier and the number of its invocation in the function's head.
    Modifier {
        id: u32,
        invocation: usize,
    },
    /// A modifier that is not found.
    Missing {
        invocation: usize,
    },
    Function(FunctionLayer),
}

pub(super) struct FunctionLayer {
    name: Name,
    /// Taken while the function's code is lowered.
    frame: Option<Frame>,
    code: Rc<(Ast, FunctionHeader, Vec<Stmt>)>,
}

pub(super) fn kind_of(form: FunctionForm) -> FunctionKind {
    match form {
        FunctionForm::Function => FunctionKind::Function,
        FunctionForm::Constructor => FunctionKind::Constructor,
        FunctionForm::Receive => FunctionKind::Receive,
        FunctionForm::Fallback => FunctionKind::Fallback,
    }
}

impl Lowerer<'_> {
    pub(super) fn function(&mut self, id: u32) {
        let function = &self.p.functions[id as usize];
        let params = self.declare_params(&function.params);
        if function.form == FunctionForm::Constructor
            && let Some(contract) = function.contract
        {
            self.deploy(contract, Some(params));
            return;
        }
        self.declare_results(&function.returns);
        let text = self.text(&function.text);
        let code = Rc::new(parse_function(text.as_ref().map_or("", |b| b.text())));
        let results = self.frame.results.clone();
        let modifiers = Scope {
            contract: function.contract,
            ..self.frame.scope
        };
        self.run_layers(&function.text, &code, modifiers);
        self.return_results(&results);
    }

    /// Makes the function's parameters, which are locals that have a value.
    pub(super) fn declare_params(&mut self, params: &[ParamInfo]) -> Vec<OpId> {
        let mut values = Vec::new();
        for param in params {
            let value = self.b.param(param.name.clone(), param.ty.clone());
            let local = self.declare(param.name.clone(), param.ty.clone(), param.storage);
            self.b.set(local.id, value);
            values.push(value);
        }
        values
    }

    fn declare_results(&mut self, returns: &[ParamInfo]) {
        self.b
            .set_returns(returns.iter().map(|r| r.ty.clone()).collect());
        for result in returns {
            let local = self.declare(result.name.clone(), result.ty.clone(), result.storage);
            self.frame.results.push(local);
        }
    }

    pub(super) fn return_results(&mut self, results: &[Local]) {
        if !self.b.is_open() {
            return;
        }
        let values = results.iter().map(|r| self.b.get(r.id)).collect();
        self.b.ret(values, Outcome::Ok);
    }

    /// Lowers a function's code inside its modifiers, which are looked up in a scope of their
    /// own, in the current frame.
    pub(super) fn run_layers(
        &mut self,
        name: &Name,
        code: &Rc<(Ast, FunctionHeader, Vec<Stmt>)>,
        modifiers: Scope,
    ) {
        let before = std::mem::take(&mut self.layers);
        let scope = self.frame.scope;
        for (invocation, written) in code.1.invocations.iter().enumerate() {
            let layer = self.modifier_layer(invocation, &written.path, modifiers);
            self.layers.extend(layer);
        }
        let mut frame = std::mem::replace(&mut self.frame, Frame::new(self.p, scope));
        if !self.layers.is_empty() {
            frame.exit = Exit::Join(None);
        }
        self.layers.push(Layer::Function(FunctionLayer {
            name: name.clone(),
            frame: Some(frame),
            code: code.clone(),
        }));
        self.run_layer(0);
        self.layers = before;
    }

    /// The modifier that a path means; nothing for base constructors, which run elsewhere.
    fn modifier_layer(&self, invocation: usize, path: &str, scope: Scope) -> Option<Layer> {
        let found = self.p.lookup_path(scope, path);
        let mut known = false;
        for symbol in found {
            match symbol {
                Symbol::Modifier(id) if self.p.modifiers[id as usize].has_body => {
                    return Some(Layer::Modifier { id, invocation });
                }
                Symbol::Modifier(_) | Symbol::Contract(_) => known = true,
                _ => {}
            }
        }
        (!known).then_some(Layer::Missing { invocation })
    }

    /// Values of the arguments of a modifier or base constructor.
    pub(super) fn invocation_args(
        &mut self,
        ast: &Ast,
        invocation: &Invocation,
        params: &[ParamInfo],
    ) -> Vec<OpId> {
        let mut values = Vec::new();
        for (at, expr) in invocation.args.values().into_iter().enumerate() {
            let den = self.denote(ast, expr);
            values.push(self.pass(den, params.get(at)));
        }
        values
    }

    /// Runs a layer of the function; what follows the last one is nothing.
    pub(super) fn run_layer(&mut self, at: usize) {
        match self.layers.get_mut(at) {
            None => {}
            Some(Layer::Modifier { id, invocation }) => {
                let (id, invocation) = (*id, *invocation);
                self.run_modifier(id, invocation, at + 1);
            }
            Some(Layer::Missing { invocation }) => {
                let invocation = *invocation;
                self.in_function(|l, code| {
                    let written = &code.1.invocations[invocation];
                    l.at(written.span, |l| {
                        let args = l.invocation_args(&code.0, written, &[]);
                        let name = written.path.clone();
                        l.b.emit(OpKind::Extern { name, args }, Type::Unit);
                    });
                });
                self.run_layer(at + 1);
            }
            Some(Layer::Function(_)) => self.in_function(|l, code| {
                let visible = l.frame.locals.len();
                if let Exit::Join(_) = l.frame.exit {
                    l.frame.exit = Exit::Join(None);
                }
                l.statements(&code.0, &code.2);
                l.join_exit();
                l.frame.locals.truncate(visible);
            }),
        }
    }

    /// Runs `lower` in the frame of the function that the modifiers stand around.
    fn in_function(&mut self, lower: impl FnOnce(&mut Self, &(Ast, FunctionHeader, Vec<Stmt>))) {
        let Some(Layer::Function(layer)) = self.layers.last_mut() else {
            return;
        };
        let (name, code) = (layer.name.clone(), layer.code.clone());
        let Some(frame) = layer.frame.take() else {
            return;
        };
        let outer = std::mem::replace(&mut self.frame, frame);
        let source = self.enter_body(&name);
        lower(self, &code);
        self.b.set_source(source);
        let frame = std::mem::replace(&mut self.frame, outer);
        if let Some(Layer::Function(layer)) = self.layers.last_mut() {
            layer.frame = Some(frame);
        }
    }

    fn run_modifier(&mut self, id: u32, invocation: usize, next_layer: usize) {
        let modifier = &self.p.modifiers[id as usize];
        let Some(text) = self.text(&modifier.id) else {
            return self.run_layer(next_layer);
        };
        let (ast, body) = parse_modifier(text.text());
        let mut args = Vec::new();
        self.in_function(|l, code| {
            let written = &code.1.invocations[invocation];
            args = l.at(written.span, |l| {
                l.invocation_args(&code.0, written, &modifier.params)
            });
        });
        // Names inside the modifier are looked up where it stands.
        let scope = Scope {
            file: self.p.contracts[modifier.contract as usize].file,
            contract: Some(modifier.contract),
        };
        let mut frame = Frame::new(self.p, scope);
        frame.exit = Exit::Join(None);
        frame.next_layer = next_layer;
        let outer = std::mem::replace(&mut self.frame, frame);
        let source = self.enter_body(&modifier.id);
        for (param, value) in modifier.params.iter().zip(args) {
            let local = self.declare(param.name.clone(), param.ty.clone(), param.storage);
            self.b.set(local.id, value);
        }
        self.statements(&ast, &body);
        self.join_exit();
        self.b.set_source(source);
        self.frame = outer;
    }

    /// Continues where the `return`s of the current frame lead.
    fn join_exit(&mut self) {
        if let Exit::Join(Some(block)) = self.frame.exit {
            self.b.jump(block);
            self.b.switch_to(block);
        }
    }

    /// The getter of a public state variable: one read, or one per field of a struct.
    pub(super) fn getter(&mut self, var: &VarInfo) {
        let name = self.b.name().clone();
        self.enter_body(&name);
        let (params, returns) = self.p.getter_signature(var);
        let keys = self.declare_params(&params);
        self.b
            .set_returns(returns.iter().map(|r| r.ty.clone()).collect());
        let mut place = Place::var(var.id.clone());
        let mut ty = &var.ty;
        for key in keys {
            if let Type::Array(inner, length) = ty {
                self.check_bound(&place, *length, key);
                ty = inner;
            } else if let Type::Map(_, inner) = ty {
                ty = inner;
            }
            place = place.index(key);
        }
        let is_struct = returns.first().is_some_and(|r| !r.name.is_empty());
        let mut values = Vec::new();
        for result in &returns {
            let place = if is_struct {
                place.clone().field(result.name.clone())
            } else {
                place.clone()
            };
            let den = if keys_of(&place) == 0 {
                self.var_read(var)
            } else {
                Den::State(place, result.ty.clone())
            };
            values.push(self.read(den));
        }
        self.b.ret(values, Outcome::Ok);
    }

    /// Array getters abort out of bounds.
    fn check_bound(&mut self, place: &Place, length: Option<u64>, key: OpId) {
        let length = match length {
            Some(n) => self.b.int(n, Type::UINT256),
            None => self.b.emit(
                OpKind::StateRead {
                    place: place.clone(),
                    kind: ReadKind::Length,
                },
                Type::UINT256,
            ),
        };
        let inside = self.b.compare(BinaryOp::Lt, key, length);
        self.b
            .require(inside, pactward_ir::AbortKind::Panic, Vec::new());
    }
}

fn keys_of(place: &Place) -> usize {
    place.path.len()
}
