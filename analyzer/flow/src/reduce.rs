//! Bounds on the number of ways: states and traces that do the same are joined, and of too many
//! those with the most to tell are kept.

use std::collections::BTreeMap;

use pactward_ir::{Function, Outcome};

use crate::Expr;
use crate::exec::{MAX_STATES, State};
use crate::trace::{Event, Step, Trace};

/// States up to this number are kept apart even if they differ in conditions only.
const KEEP_APART: usize = 8;

/// The same for the ways of functions without effects, which callers multiply.
const KEEP_PURE_APART: usize = 4;

/// Joins and drops until at most [`MAX_STATES`] are left. Says whether something was lost.
pub(crate) fn states(states: &mut Vec<State>, function: &Function) -> bool {
    if states.len() <= KEEP_APART {
        return false;
    }
    let all = std::mem::take(states);
    let mut groups: BTreeMap<Vec<Step>, State> = BTreeMap::new();
    for state in all {
        let key = effects(&state.steps);
        match groups.remove(&key) {
            Some(known) => groups.insert(key, join(known, &state, function)),
            None => groups.insert(key, state),
        };
    }
    *states = groups.into_values().collect();
    if states.len() > MAX_STATES {
        states.sort_by_key(|s| std::cmp::Reverse(weight(&s.steps)));
        states.truncate(MAX_STATES);
    }
    true
}

/// The same for finished ways.
pub(crate) fn traces(traces: &mut Vec<Trace>) -> bool {
    traces.sort();
    traces.dedup();
    let is_pure = traces
        .iter()
        .all(|t| !t.steps.iter().any(|s| s.event.is_effect()));
    if traces.len() <= if is_pure { KEEP_PURE_APART } else { KEEP_APART } {
        return false;
    }
    let all = std::mem::take(traces);
    let mut groups: BTreeMap<(Vec<Step>, Vec<bool>, Outcome), Trace> = BTreeMap::new();
    for trace in all {
        let shape = trace
            .returns
            .iter()
            .map(|r| matches!(r, Expr::Failure))
            .collect();
        let key = (effects(&trace.steps), shape, trace.outcome);
        match groups.get_mut(&key) {
            Some(known) => {
                known.steps = join_steps(&known.steps, &trace.steps);
                for (a, b) in known.returns.iter_mut().zip(trace.returns) {
                    *a = a.either(&b);
                }
            }
            None => {
                groups.insert(key, trace);
            }
        }
    }
    *traces = groups.into_values().collect();
    if traces.len() > MAX_STATES {
        traces.sort_by_key(|t| std::cmp::Reverse(weight(&t.steps)));
        traces.truncate(MAX_STATES);
        traces.sort();
    }
    true
}

fn effects(steps: &[Step]) -> Vec<Step> {
    steps
        .iter()
        .filter(|s| s.event.is_effect())
        .cloned()
        .collect()
}

/// How much there is to tell of a way: writes after calls first, then calls, then writes.
fn weight(steps: &[Step]) -> (usize, usize, usize) {
    let first_call = steps.iter().position(|s| matches!(s.event, Event::Call(_)));
    let writes = |steps: &[Step]| {
        steps
            .iter()
            .filter(|s| matches!(s.event, Event::Write(..)))
            .count()
    };
    let after = first_call.map_or(0, |at| writes(&steps[at..]));
    let calls = steps
        .iter()
        .filter(|s| matches!(s.event, Event::Call(_)))
        .count();
    (after, calls, writes(steps))
}

fn join(mut a: State, b: &State, function: &Function) -> State {
    a.steps = join_steps(&a.steps, &b.steps);
    a.values.iter_mut().for_each(|(op, value)| {
        *value = match b.values.get(op) {
            Some(other) => value.either(other),
            None => Expr::Value(function.name.clone(), *op),
        };
    });
    a.memory.retain(|entry| b.memory.contains(entry));
    a
}

/// Steps of two ways with the same effects: conditions and reads that both have, in order.
fn join_steps(a: &[Step], b: &[Step]) -> Vec<Step> {
    a.iter()
        .filter(|step| step.event.is_effect() || b.contains(step))
        .cloned()
        .collect()
}
