//! Deployment: initial values and constructors of the whole inheritance line in one function.
//!
//! The constructor of a base runs with arguments that the most derived contract decides, so it
//! is woven into each deriving contract's constructor like a modifier.

use std::rc::Rc;

use pactward_ir::{OpId, OpKind, Outcome, Place, StateKind, WriteKind};
use rustc_hash::FxHashMap;

use super::{Exit, Frame, Lowerer};
use crate::program::{Scope, Symbol};
use crate::syntax::{Ast, FunctionHeader, Stmt, parse_bases, parse_function, parse_variable};

/// A constructor of the line with its parameters bound.
struct Prepared {
    function: u32,
    frame: Frame,
    code: Rc<(Ast, FunctionHeader, Vec<Stmt>)>,
}

impl Lowerer<'_> {
    /// Lowers the deployment of a contract. `params` are the values of its own constructor's
    /// parameters, none if it has no constructor.
    pub(super) fn deploy(&mut self, contract: u32, params: Option<Vec<OpId>>) {
        let line = self.p.contracts[contract as usize].line.clone();
        let mut args: FxHashMap<u32, Vec<OpId>> = FxHashMap::default();
        if let Some(params) = params {
            args.insert(contract, params);
        }
        // Arguments are known from the most derived contract down, code runs the other way.
        let mut prepared: FxHashMap<u32, Prepared> = FxHashMap::default();
        for base in &line {
            self.base_arguments(*base, &mut args);
            let Some(ready) = self.prepare(*base, &args) else {
                continue;
            };
            prepared.insert(*base, self.header_arguments(ready, &mut args));
        }
        for base in line.iter().rev() {
            self.initialise(*base);
            if let Some(ready) = prepared.remove(base) {
                let name = self.p.functions[ready.function as usize].id.clone();
                let outer = std::mem::replace(&mut self.frame, ready.frame);
                let modifiers = self.frame.scope;
                self.run_layers(&name, &ready.code, modifiers);
                self.frame = outer;
            }
        }
        if self.b.is_open() {
            self.b.ret(Vec::new(), Outcome::Ok);
        }
    }

    /// The frame of a contract's constructor; none without a constructor, or when nobody gave it
    /// the arguments it needs, as in an abstract contract.
    fn prepare(&mut self, contract: u32, args: &FxHashMap<u32, Vec<OpId>>) -> Option<Prepared> {
        let id = self.p.contracts[contract as usize].constructor?;
        let function = &self.p.functions[id as usize];
        let empty = Vec::new();
        let values = args.get(&contract).unwrap_or(&empty);
        if !function.has_body || values.len() < function.params.len() {
            return None;
        }
        let text = self.text(&function.id)?;
        let mut frame = Frame::new(self.p, function.scope());
        frame.exit = Exit::Join(None);
        let outer = std::mem::replace(&mut self.frame, frame);
        for (param, value) in function.params.iter().zip(values) {
            let local = self.declare(param.name.clone(), param.ty.clone(), param.storage);
            self.b.set(local.id, *value);
        }
        Some(Prepared {
            function: id,
            frame: std::mem::replace(&mut self.frame, outer),
            code: Rc::new(parse_function(text.text())),
        })
    }

    /// Evaluates the arguments for bases in a constructor's head.
    fn header_arguments(
        &mut self,
        mut ready: Prepared,
        args: &mut FxHashMap<u32, Vec<OpId>>,
    ) -> Prepared {
        let name = self.p.functions[ready.function as usize].id.clone();
        let outer = std::mem::replace(&mut self.frame, ready.frame);
        let source = self.enter_body(&name);
        for invocation in &ready.code.1.invocations {
            let found = self.p.lookup_path(self.frame.scope, &invocation.path);
            let base = found.iter().find_map(|s| match s {
                Symbol::Contract(id) => Some(*id),
                _ => None,
            });
            let Some(base) = base else { continue };
            let params = self.constructor_params(base);
            let values = self.at(invocation.span, |l| {
                l.invocation_args(&ready.code.0, invocation, &params)
            });
            args.entry(base).or_insert(values);
        }
        self.b.set_source(source);
        ready.frame = std::mem::replace(&mut self.frame, outer);
        ready
    }

    /// Evaluates the arguments that a contract's inheritance list gives its bases.
    fn base_arguments(&mut self, contract: u32, args: &mut FxHashMap<u32, Vec<OpId>>) {
        let info = &self.p.contracts[contract as usize];
        let scope = Scope {
            file: info.file,
            contract: Some(contract),
        };
        for (base, name) in &info.bases {
            let Some(name) = name else { continue };
            let Some(text) = self.text(name) else {
                continue;
            };
            let (ast, invocation) = parse_bases(text.text());
            let params = self.constructor_params(*base);
            let outer = std::mem::replace(&mut self.frame, Frame::new(self.p, scope));
            let source = self.enter_body(name);
            let values = self.at(invocation.span, |l| {
                l.invocation_args(&ast, &invocation, &params)
            });
            self.b.set_source(source);
            self.frame = outer;
            args.entry(*base).or_insert(values);
        }
    }

    fn constructor_params(&self, contract: u32) -> Vec<crate::program::ParamInfo> {
        self.p.contracts[contract as usize]
            .constructor
            .map(|id| self.p.functions[id as usize].params.clone())
            .unwrap_or_default()
    }

    /// Writes the initial values of a contract's own variables.
    fn initialise(&mut self, contract: u32) {
        let info = &self.p.contracts[contract as usize];
        let mut vars: Vec<u32> = info
            .own
            .values()
            .flatten()
            .filter_map(|s| match s {
                Symbol::Var(id) => Some(*id),
                _ => None,
            })
            .collect();
        vars.sort_unstable();
        let scope = Scope {
            file: info.file,
            contract: Some(contract),
        };
        for id in vars {
            let var = &self.p.vars[id as usize];
            if !var.has_value || var.kind == StateKind::Constant {
                continue;
            }
            let Some(text) = self.text(&var.id) else {
                continue;
            };
            let (ast, value) = parse_variable(text.text());
            let Some(value) = value else { continue };
            let outer = std::mem::replace(&mut self.frame, Frame::new(self.p, scope));
            let source = self.enter_body(&var.id);
            let whole = pactward_base::Span::new(0, text.text().len() as u32);
            self.b.at_statement(whole);
            let value = self.value_as(&ast, value, &var.ty);
            self.b.emit(
                OpKind::StateWrite {
                    place: Place::var(var.id.clone()),
                    kind: WriteKind::Set,
                    value: Some(value),
                },
                pactward_ir::Type::Unit,
            );
            self.b.set_source(source);
            self.frame = outer;
        }
    }
}
