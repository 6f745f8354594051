//! Sub-messages: the chain runs them after the entry returned and then runs the contract's reply
//! entry. Entry, sub-message and reply together are one way with a call in the middle.

use std::sync::Arc;

use pactward_ir::{CallerKind, EnvKind, ExtKind, Name, OpId};

use crate::trace::{Event, ExternalCall, Step, Trace};
use crate::{Expr, Loc};

/// Function name under which the reply's own parameters go.
const REPLY: &str = "#reply";

impl Trace {
    /// The way that runs this entry, then the sub-message added at `call_at`, then a way of the
    /// reply entry. Yields it with the position of the call, which others can act in.
    pub fn then_reply(&self, call_at: usize, reply: &Self) -> Option<(Self, usize)> {
        let Event::Call(call) = &self.steps.get(call_at)?.event else {
            return None;
        };
        let is_message = |s: &&Step| match &s.event {
            Event::Call(c) => matches!(c.kind, ExtKind::Message | ExtKind::Submessage),
            _ => false,
        };
        let mut steps: Vec<_> = self
            .steps
            .iter()
            .filter(|s| !is_message(s))
            .cloned()
            .collect();
        let at = steps.len();
        let call = ExternalCall {
            kind: ExtKind::Contract,
            ..(**call).clone()
        };
        steps.push(Step {
            event: Event::Call(Arc::new(call)),
            at: self.steps[call_at].at.clone(),
        });
        for step in &reply.steps {
            steps.push(Step {
                event: later(&step.event),
                at: step.at.clone(),
            });
        }
        let returns = reply.returns.iter().map(later_value).collect();
        Some((
            Self {
                steps,
                returns,
                outcome: reply.outcome,
            },
            at,
        ))
    }
}

/// An event of the reply, seen after the sub-message.
fn later(event: &Event) -> Event {
    let list = |args: &[Expr]| args.iter().map(later_value).collect();
    match event {
        Event::Check(cond) => Event::Check(later_value(cond)),
        Event::Guard(kind, name, args) => Event::Guard(*kind, name.clone(), list(args)),
        Event::Read(loc, epoch) => Event::Read(later_loc(loc), epoch.saturating_add(1)),
        Event::Write(loc, kind, value) => Event::Write(later_loc(loc), *kind, later_value(value)),
        Event::Move(asset, to, amount) => Event::Move(
            asset.clone(),
            later_value(to),
            amount.as_ref().map(later_value),
        ),
        Event::Emit(topic, args) => Event::Emit(topic.clone(), list(args)),
        Event::Extern(name, args) => Event::Extern(name.clone(), list(args)),
        other => other.clone(),
    }
}

fn later_value(value: &Expr) -> Expr {
    let renamed = |at: u32| Expr::Value(Name::new_static(REPLY), OpId(at));
    // Keys first, so that the location is not met again once it is later.
    match value {
        Expr::State(loc, epoch) => Expr::State(Arc::new(later_loc(loc)), epoch.saturating_add(1)),
        _ => value.substitute(&|e| match e {
            Expr::State(loc, epoch) => Some(Expr::State(
                Arc::new(later_loc(loc)),
                epoch.saturating_add(1),
            )),
            Expr::Param(at) => Some(renamed(*at)),
            Expr::Caller(CallerKind::Sender) => Some(Expr::Env(EnvKind::SelfAddress)),
            _ => None,
        }),
    }
}

fn later_loc(loc: &Loc) -> Loc {
    loc.substitute(&|e| match e {
        Expr::State(..) => Some(later_value(e)),
        Expr::Param(at) => Some(Expr::Value(Name::new_static(REPLY), OpId(*at))),
        Expr::Caller(CallerKind::Sender) => Some(Expr::Env(EnvKind::SelfAddress)),
        _ => None,
    })
}
