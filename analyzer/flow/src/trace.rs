//! Summaries: the ways a function can run to its end, as sequences of effects.

use std::fmt::Write as _;
use std::sync::Arc;

use pactward_ir::{ExtKind, GuardKind, Name, OpId, OpRef, Outcome, WriteKind};

use crate::{Expr, Loc};

/// Where an event happens: the op, and the calls inside the unit that led there, outermost first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct At {
    pub op: OpRef,
    pub via: Arc<[OpRef]>,
}

impl At {
    pub(crate) fn new(function: &Name, op: OpId) -> Self {
        let op = OpRef {
            function: function.clone(),
            op,
        };
        Self {
            op,
            via: Arc::from([]),
        }
    }

    /// The same place seen from a caller.
    pub(crate) fn below(&self, call: &OpRef) -> Self {
        let via = std::iter::once(call.clone()).chain(self.via.iter().cloned());
        Self {
            op: self.op.clone(),
            via: via.collect(),
        }
    }

    /// The op and the call sites around it, innermost first.
    pub fn sites(&self) -> impl Iterator<Item = &OpRef> {
        std::iter::once(&self.op).chain(self.via.iter().rev())
    }
}

/// Gas that a call passes on, as far as re-entry is concerned.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GasLimit {
    All,
    /// 2,300: too little to call back.
    Stipend,
    Value(Expr),
}

/// A call that leaves the unit.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ExternalCall {
    pub kind: ExtKind,
    pub target: Expr,
    /// Type through which it is called, and method, as far as known.
    pub interface: Name,
    pub method: Name,
    pub args: Vec<Expr>,
    pub value: Option<Expr>,
    pub gas: GasLimit,
    pub is_static: bool,
    pub options: Vec<(Name, Expr)>,
}

/// What happens.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Event {
    /// From here on the condition holds.
    Check(Expr),
    /// An opaque guard was passed.
    Guard(GuardKind, Name, Vec<Expr>),
    /// State is read; the value is `Expr::State` of the location and epoch unless the function
    /// wrote it before.
    Read(Loc, u16),
    Write(Loc, WriteKind, Expr),
    Call(Arc<ExternalCall>),
    /// Assets move without code of the receiver running at this point: asset, receiver, amount.
    Move(Name, Expr, Option<Expr>),
    Emit(Name, Vec<Expr>),
    /// The platform is answered; `true` for an error.
    Answer(bool),
    /// Change of code or end of the contract.
    Upgrade(Name, Vec<Expr>),
    /// A function outside the workspace that is known by name only.
    Extern(Name, Vec<Expr>),
}

impl Event {
    /// Whether the event changes something or leaves the unit.
    pub fn is_effect(&self) -> bool {
        !matches!(
            self,
            Self::Check(_) | Self::Read(..) | Self::Extern(..) | Self::Answer(false)
        )
    }

    /// The values that the event uses.
    pub fn values(&self) -> Vec<&Expr> {
        match self {
            Self::Check(cond) => vec![cond],
            Self::Guard(_, _, args)
            | Self::Emit(_, args)
            | Self::Upgrade(_, args)
            | Self::Extern(_, args) => args.iter().collect(),
            Self::Write(_, _, value) => vec![value],
            Self::Call(call) => {
                let more = call.value.iter().chain(call.options.iter().map(|(_, v)| v));
                std::iter::once(&call.target)
                    .chain(&call.args)
                    .chain(more)
                    .collect()
            }
            Self::Move(_, to, amount) => std::iter::once(to).chain(amount).collect(),
            Self::Read(..) | Self::Answer(_) => Vec::new(),
        }
    }
}

/// An event and its place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Step {
    pub event: Event,
    pub at: At,
}

/// One way to run a function to an end that does not abort.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Trace {
    pub steps: Vec<Step>,
    pub returns: Vec<Expr>,
    pub outcome: Outcome,
}

impl Trace {
    /// Whether the platform keeps the trace's effects.
    pub fn commits(&self) -> bool {
        // An error that was answered stands, whatever is answered later.
        let failed = self.steps.iter().any(|s| s.event == Event::Answer(true));
        self.outcome != Outcome::Err && !failed
    }

    /// Positions of the calls that leave the unit.
    pub fn calls(&self) -> impl Iterator<Item = (usize, &Arc<ExternalCall>, &At)> {
        self.steps
            .iter()
            .enumerate()
            .filter_map(|(i, s)| match &s.event {
                Event::Call(call) => Some((i, call, &s.at)),
                _ => None,
            })
    }
}

/// Everything that a function can do in one unit, in terms of its parameters, its caller and the
/// state in which it began.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Summary {
    pub traces: Vec<Trace>,
    /// Some ways were left out or joined because there are too many.
    pub is_partial: bool,
}

impl Summary {
    /// What stands for a function of a call cycle before it was looked at: it does not return.
    /// Each round of a cycle adds the ways that recurse once more; the third round is the last.
    pub fn unvisited() -> Self {
        Self::default()
    }

    /// The value after `round` rounds of a cycle: `new`, or `last` once it must come to rest.
    #[must_use]
    pub fn join_round(last: &Self, new: Self, round: u32) -> Self {
        if round > 2 { last.clone() } else { new }
    }

    /// The summary as text, for `dump`.
    pub fn describe(&self) -> String {
        let mut out = String::new();
        for (at, trace) in self.traces.iter().enumerate() {
            let _ = writeln!(out, "  way {at}:");
            for step in &trace.steps {
                let _ = writeln!(out, "    {}", describe(&step.event));
            }
            let returns: Vec<_> = trace.returns.iter().map(ToString::to_string).collect();
            let _ = writeln!(
                out,
                "    return {} ({})",
                returns.join(", "),
                trace.outcome.as_str()
            );
        }
        if self.is_partial {
            out.push_str("  more ways were left out\n");
        }
        out
    }
}

fn describe(event: &Event) -> String {
    let list = |args: &[Expr]| {
        args.iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join(", ")
    };
    match event {
        Event::Check(cond) => format!("check {cond}"),
        Event::Guard(kind, name, args) => format!("guard {} {name}({})", kind.as_str(), list(args)),
        Event::Read(loc, epoch) => format!("read {loc} after {epoch} calls"),
        Event::Write(loc, kind, value) => format!("write {loc} {} {value}", kind.as_str()),
        Event::Call(call) => {
            let value = call
                .value
                .as_ref()
                .map(|v| format!(" value {v}"))
                .unwrap_or_default();
            let gas = match &call.gas {
                GasLimit::All => String::new(),
                GasLimit::Stipend => " gas 2300".to_owned(),
                GasLimit::Value(v) => format!(" gas {v}"),
            };
            let fixed = if call.is_static { " static" } else { "" };
            format!(
                "call {}{fixed} {} {}.{}({}){value}{gas}",
                call.kind.as_str(),
                call.target,
                call.interface,
                call.method,
                list(&call.args),
            )
        }
        Event::Move(asset, to, amount) => {
            let amount = amount.as_ref().map(ToString::to_string).unwrap_or_default();
            format!("move {asset} {amount} to {to}")
        }
        Event::Emit(topic, args) => format!("emit {topic}({})", list(args)),
        Event::Answer(is_error) => {
            format!("answer {}", if *is_error { "error" } else { "ok" })
        }
        Event::Upgrade(what, args) => format!("upgrade {what}({})", list(args)),
        Event::Extern(name, args) => format!("extern {name}({})", list(args)),
    }
}
