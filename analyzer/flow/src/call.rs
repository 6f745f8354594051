//! Calls inside the unit: the ways of the callee are spliced into the caller's.

use std::sync::Arc;

use pactward_ir::{Callee, Name, OpId, Unit};

use crate::exec::{Exec, State, contradicts};
use crate::expr::Binding;
use crate::trace::{At, Event, ExternalCall, GasLimit, Step, Trace};
use crate::{Expr, Loc};

/// The functions that a call of the unit may run.
pub fn resolve(unit: &Unit, callee: &Callee) -> Vec<Name> {
    match callee {
        Callee::Function(name) => vec![name.clone()],
        Callee::Virtual(selector) => unit
            .implementations(selector)
            .iter()
            .take(1)
            .cloned()
            .collect(),
        Callee::Super(selector, base) => super_of(unit, selector, base).into_iter().collect(),
        Callee::OneOf(names) => names.clone(),
        Callee::Value(_) => Vec::new(),
    }
}

/// The implementation of a selector that follows `base` in the unit's linearisation.
fn super_of(unit: &Unit, selector: &str, base: &str) -> Option<Name> {
    let place = |contract: &str| unit.bases.iter().position(|b| b == contract);
    let from = place(base)?;
    unit.implementations(selector)
        .iter()
        .find(|name| {
            contract_of(name)
                .and_then(place)
                .is_some_and(|at| at > from)
        })
        .cloned()
}

/// `src/Bank.sol:Bank` of `src/Bank.sol:Bank.withdraw(uint256)`.
fn contract_of(function: &str) -> Option<&str> {
    let head = function.split('(').next()?;
    let (file, rest) = head.rsplit_once(':')?;
    let name = rest.split('.').next()?;
    function.get(..file.len() + 1 + name.len())
}

impl Exec<'_> {
    /// Runs a call; pushes a state per way of each callee.
    pub(crate) fn call(
        &mut self,
        mut state: State,
        id: OpId,
        callee: &Callee,
        mut args: Vec<Expr>,
        next: &mut Vec<State>,
    ) {
        let mut names = resolve(self.unit, callee);
        if let Callee::Value(value) = callee
            && let Expr::Apply(name, captures) = state.value(*value)
            && let Some(function) = name.strip_prefix("closure:")
        {
            names.push(function.into());
            args = captures.iter().cloned().chain(args).collect();
        }
        let summaries: Vec<_> = names
            .iter()
            .filter_map(|n| self.oracle.summary(n))
            .collect();
        if summaries.is_empty() {
            let name = names.pop().unwrap_or_else(|| "function value".into());
            let opaque = Expr::Value(self.function.name.clone(), id);
            let value = match args.as_slice() {
                [] => opaque,
                args => Expr::apply(format!("extern {name}"), args.to_vec(), opaque),
            };
            state.push(Event::Extern(name, args), At::new(&self.function.name, id));
            state.values.insert(id, value);
            next.push(state);
            return;
        }
        for summary in summaries {
            self.is_partial |= summary.is_partial;
            for trace in &summary.traces {
                next.extend(self.splice(&state, id, &args, trace));
            }
        }
    }

    /// The state after one way of a callee, or nothing if that way is closed here.
    fn splice(&self, before: &State, id: OpId, args: &[Expr], trace: &Trace) -> Option<State> {
        let base = before.epoch;
        let otherwise = Expr::Value(self.function.name.clone(), id);
        let lookup = |loc: Loc, epoch: u16| match epoch {
            0 => before.load(&loc, otherwise.clone()),
            later => Expr::state(loc, base.saturating_add(later), otherwise.clone()),
        };
        let binding = Binding {
            args,
            caller: &self.function.name,
            site: id,
            state: &lookup,
        };
        let here = self.op_ref(id);
        let mut state = before.clone();
        for step in &trace.steps {
            let event = bind_event(&step.event, &binding, base);
            if let Event::Check(cond) = &event {
                match cond.truth() {
                    Some(true) => continue,
                    Some(false) => return None,
                    None if contradicts(&state, cond) => return None,
                    None => {}
                }
            }
            if let Event::Call(call) = &event {
                state.epoch = state
                    .epoch
                    .saturating_add(u16::from(call.lets_others_act()));
            }
            state.push(event, step.at.below(&here));
        }
        let mut returns: Vec<_> = trace.returns.iter().map(|r| r.bind(&binding)).collect();
        let value = match returns.len() {
            0 => otherwise,
            1 => returns.swap_remove(0),
            _ => Expr::apply("tuple", returns, otherwise),
        };
        state.values.insert(id, value);
        state.outcomes.insert(id, trace.outcome);
        Some(state)
    }
}

fn bind_event(event: &Event, binding: &Binding<'_>, base: u16) -> Event {
    let bind = |e: &Expr| e.bind(binding);
    let list = |args: &[Expr]| args.iter().map(bind).collect();
    match event {
        Event::Check(cond) => Event::Check(bind(cond)),
        Event::Guard(kind, name, args) => Event::Guard(*kind, name.clone(), list(args)),
        Event::Read(loc, epoch) => Event::Read(loc.bind(binding), base.saturating_add(*epoch)),
        Event::Write(loc, kind, value) => Event::Write(loc.bind(binding), *kind, bind(value)),
        Event::Call(call) => Event::Call(Arc::new(ExternalCall {
            target: bind(&call.target),
            args: list(&call.args),
            value: call.value.as_ref().map(bind),
            gas: match &call.gas {
                GasLimit::Value(limit) => GasLimit::Value(bind(limit)),
                other => other.clone(),
            },
            options: call
                .options
                .iter()
                .map(|(n, v)| (n.clone(), bind(v)))
                .collect(),
            ..(**call).clone()
        })),
        Event::Move(asset, to, amount) => {
            Event::Move(asset.clone(), bind(to), amount.as_ref().map(bind))
        }
        Event::Emit(topic, args) => Event::Emit(topic.clone(), list(args)),
        Event::Answer(is_error) => Event::Answer(*is_error),
        Event::Upgrade(what, args) => Event::Upgrade(what.clone(), list(args)),
        Event::Extern(name, args) => Event::Extern(name.clone(), list(args)),
    }
}

impl Step {
    /// Whether the step is a call in which others can change the unit's state.
    pub fn lets_others_act(&self) -> bool {
        matches!(&self.event, Event::Call(call) if call.lets_others_act())
    }
}
