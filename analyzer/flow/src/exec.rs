//! Runs a function symbolically: blocks in reverse post-order, each with a bounded set of states
//! that are joined where control flow meets. A loop is run at most [`MAX_ROUNDS`] times.

use std::collections::BTreeMap;

use pactward_ir::{
    AbortKind, BlockId, Cfg, Function, Name, OpId, OpRef, Outcome, Terminator, Type, Unit,
};
use rustc_hash::FxHashMap;

use crate::loc::LocStep;
use crate::logic::excludes;
use crate::loops::Loops;
use crate::reduce;
use crate::reentry::load;
use crate::trace::{At, Event, Step, Summary, Trace};
use crate::{Expr, Loc};

/// Times that a loop's body is entered: the second round sees what the first left behind.
pub(crate) const MAX_ROUNDS: u8 = 2;
/// Most states that are kept per block, and most traces per function.
pub(crate) const MAX_STATES: usize = 24;
/// Most events of a trace; later ones are dropped.
const MAX_STEPS: usize = 160;
/// Most block visits per function: a bound on time, far above what contracts need.
const MAX_VISITS: usize = 6_000;

/// Gives the summaries of the functions that are called.
pub trait Oracle {
    fn summary(&self, callee: &Name) -> Option<std::sync::Arc<Summary>>;
}

/// One way to have come to a point.
#[derive(Debug, Clone, Default)]
pub(crate) struct State {
    pub(crate) values: FxHashMap<OpId, Expr>,
    pub(crate) steps: Vec<Step>,
    /// Calls that have left the unit so far and in which others may have changed the state.
    pub(crate) epoch: u16,
    /// Writes into values in memory: base, path, value; the last one wins.
    pub(crate) memory: Vec<(Expr, Vec<LocStep>, Expr)>,
    /// How the calls of this way ended, where the callee says it.
    pub(crate) outcomes: FxHashMap<OpId, Outcome>,
    /// Rounds of the loops around, by header.
    rounds: Vec<(BlockId, u8)>,
    /// Block that control came from.
    from: Option<BlockId>,
}

impl State {
    pub(crate) fn push(&mut self, event: Event, at: At) {
        if self.steps.len() < MAX_STEPS {
            self.steps.push(Step { event, at });
        }
    }

    pub(crate) fn value(&self, id: OpId) -> Expr {
        self.values.get(&id).cloned().unwrap_or(Expr::Unknown)
    }

    /// The value that was stored into memory under a path of a value.
    pub(crate) fn in_memory(&self, base: &Expr, path: &[LocStep]) -> Option<Expr> {
        let found = self
            .memory
            .iter()
            .rev()
            .find(|(b, p, _)| b == base && p == path);
        found.map(|(_, _, value)| value.clone())
    }

    /// The value that a phi takes.
    pub(crate) fn phi(&self, args: &[(BlockId, OpId)]) -> Expr {
        let chosen = args.iter().find(|(block, _)| Some(*block) == self.from);
        chosen.map_or(Expr::Unknown, |(_, value)| self.value(*value))
    }

    fn rounds_of(&self, header: BlockId) -> u8 {
        self.rounds
            .iter()
            .find(|(h, _)| *h == header)
            .map_or(0, |(_, n)| *n)
    }

    fn enter_round(&mut self, header: BlockId) {
        match self.rounds.iter_mut().find(|(h, _)| *h == header) {
            Some((_, n)) => *n += 1,
            None => self.rounds.push((header, 1)),
        }
    }

    /// The value of a location here: what was written last, or what it was when others last had
    /// the chance to change it.
    pub(crate) fn load(&self, loc: &Loc, otherwise: Expr) -> Expr {
        load(&self.steps, loc, self.epoch, otherwise)
    }
}

pub(crate) struct Exec<'a> {
    pub(crate) unit: &'a Unit,
    pub(crate) function: &'a Function,
    pub(crate) oracle: &'a dyn Oracle,
    pub(crate) is_partial: bool,
    loops: Loops,
    cfg: Cfg,
}

/// The summary of a function of a unit.
pub fn summarise(unit: &Unit, function: &Function, oracle: &dyn Oracle) -> Summary {
    let cfg = Cfg::new(function);
    let loops = Loops::new(function, &cfg);
    let exec = Exec {
        unit,
        function,
        oracle,
        is_partial: false,
        loops,
        cfg,
    };
    exec.run()
}

impl Exec<'_> {
    fn run(mut self) -> Summary {
        if self.function.blocks.is_empty() {
            return Summary::default();
        }
        let position: FxHashMap<BlockId, usize> = self
            .cfg
            .order()
            .iter()
            .enumerate()
            .map(|(i, b)| (*b, i))
            .collect();
        let mut waiting: BTreeMap<usize, Vec<State>> = BTreeMap::new();
        waiting.insert(0, vec![State::default()]);
        let mut done: Vec<Trace> = Vec::new();
        let mut visits = 0;
        while let Some((at, mut states)) = waiting.pop_first() {
            let block = self.cfg.order()[at];
            self.is_partial |= reduce::states(&mut states, self.function);
            for state in states {
                visits += 1;
                if visits > MAX_VISITS {
                    self.is_partial = true;
                    break;
                }
                for mut state in self.run_block(block, state) {
                    for (target, branch) in self.leave(block, &mut state, &mut done) {
                        waiting.entry(position[&target]).or_default().push(branch);
                    }
                }
            }
            if done.len() > 4 * MAX_STATES {
                self.is_partial |= reduce::traces(&mut done);
            }
        }
        self.is_partial |= reduce::traces(&mut done);
        Summary {
            traces: done,
            is_partial: self.is_partial,
        }
    }

    /// The states after a block's ops; a call of a function with several ways makes several.
    fn run_block(&mut self, block: BlockId, state: State) -> Vec<State> {
        let mut states = vec![state];
        let function = self.function;
        for &id in &function.block(block).ops {
            let mut next = Vec::with_capacity(states.len());
            for state in states {
                self.step(state, id, &mut next);
            }
            if next.len() > MAX_STATES {
                self.is_partial |= reduce::states(&mut next, function);
            }
            states = next;
        }
        states
    }

    /// Follows a block's terminator: yields the blocks that may run next, or notes an end.
    fn leave(
        &mut self,
        block: BlockId,
        state: &mut State,
        done: &mut Vec<Trace>,
    ) -> Vec<(BlockId, State)> {
        match &self.function.block(block).end {
            Terminator::Jump(target) => {
                self.go(block, *target, state.clone()).into_iter().collect()
            }
            Terminator::Branch {
                cond,
                then,
                otherwise,
            } => {
                let value = state.value(*cond);
                let at = At::new(&self.function.name, *cond);
                let mut next = Vec::new();
                for (target, holds) in [(*then, value.clone()), (*otherwise, value.negate())] {
                    if holds.truth() == Some(false) || contradicts(state, &holds) {
                        continue;
                    }
                    let mut branch = state.clone();
                    if holds.truth().is_none() && !is_known(state, &holds) {
                        branch.push(Event::Check(holds), at.clone());
                    }
                    next.extend(self.go(block, target, branch));
                }
                next
            }
            Terminator::Return { values, outcome } => {
                let returns = values.iter().map(|v| state.value(*v)).collect();
                let handed_on = values.last().and_then(|v| state.outcomes.get(v)).copied();
                let outcome = match outcome {
                    Outcome::Unknown => handed_on.unwrap_or(Outcome::Unknown),
                    known => *known,
                };
                let mut trace = Trace {
                    steps: std::mem::take(&mut state.steps),
                    returns,
                    outcome,
                };
                self.settle_outcome(&mut trace);
                done.push(trace);
                Vec::new()
            }
            Terminator::Abort {
                kind: AbortKind::Halt,
                ..
            } => {
                let steps = std::mem::take(&mut state.steps);
                done.push(Trace {
                    steps,
                    returns: Vec::new(),
                    outcome: Outcome::Ok,
                });
                Vec::new()
            }
            Terminator::Abort { .. } => Vec::new(),
        }
    }

    /// Makes the error result of a trace say what its outcome says, and the other way round.
    fn settle_outcome(&self, trace: &mut Trace) {
        let Some(last) = trace.returns.last_mut() else {
            return;
        };
        if trace.outcome == Outcome::Unknown {
            match &*last {
                Expr::Failure => trace.outcome = Outcome::Err,
                value if value.is_zero() => trace.outcome = Outcome::Ok,
                _ => {}
            }
        }
        let is_error = matches!(
            self.function.returns.last(),
            Some(Type::Error | Type::Result(_))
        );
        if is_error && trace.outcome == Outcome::Err {
            *last = Expr::Failure;
        }
    }

    fn go(&self, from: BlockId, target: BlockId, mut state: State) -> Option<(BlockId, State)> {
        if self.loops.is_back_edge(from, target) {
            if state.rounds_of(target) >= MAX_ROUNDS {
                return None;
            }
            state.enter_round(target);
        } else if self.loops.is_entered(from, target) {
            state.rounds.retain(|(h, _)| *h != target);
        }
        // A loop that ran its rounds is only left.
        if self
            .loops
            .is_exhausted(from, target, state.rounds_of(from), MAX_ROUNDS)
        {
            return None;
        }
        state.from = Some(from);
        Some((target, state))
    }

    pub(crate) fn op_ref(&self, id: OpId) -> OpRef {
        OpRef {
            function: self.function.name.clone(),
            op: id,
        }
    }
}

fn is_known(state: &State, holds: &Expr) -> bool {
    !mentions_value(holds)
        && state
            .steps
            .iter()
            .any(|s| matches!(&s.event, Event::Check(c) if c == holds))
}

/// Whether a condition's opposite is already known to hold.
pub(crate) fn contradicts(state: &State, holds: &Expr) -> bool {
    if mentions_value(holds) {
        return false;
    }
    let opposite = holds.negate();
    state.steps.iter().any(|s| match &s.event {
        Event::Check(c) => *c == opposite || excludes(c, holds),
        _ => false,
    })
}

/// Values known by their op only may differ between two rounds of a loop.
fn mentions_value(value: &Expr) -> bool {
    value.any(&mut |e| match e {
        Expr::Value(..) | Expr::Unknown => true,
        // Whether a cursor has more changes from round to round.
        Expr::Apply(name, _) => {
            name.contains("has-next") || name.contains("range-more") || name.ends_with("HasNext")
        }
        _ => false,
    })
}
