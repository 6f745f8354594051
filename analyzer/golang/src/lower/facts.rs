//! What is known about variables at a point of the code.

use std::collections::BTreeMap;

use pactward_ir::{LocalId, Outcome};

use super::value::{Known, Val};

/// Most variables that facts are kept for, so that copies at branches stay cheap.
const MAX_FACTS: usize = 48;

/// Facts that hold on every path to here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Facts {
    locals: BTreeMap<LocalId, Known>,
    answered: Answered,
}

/// What a TinyGo contract has told its host so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Answered {
    #[default]
    Nothing,
    Ok,
    Err,
    /// It depends on the path.
    Mixed,
}

impl Facts {
    pub(super) fn get(&self, local: LocalId) -> Known {
        self.locals.get(&local).cloned().unwrap_or_default()
    }

    /// Takes over what is known about a value that was assigned.
    pub(super) fn note(&mut self, local: LocalId, value: &Val) {
        self.set(local, value.known.clone());
    }

    pub(super) fn set_outcome(&mut self, local: LocalId, outcome: Outcome) {
        let mut known = self.get(local);
        known.outcome = Some(outcome);
        self.set(local, known);
    }

    fn set(&mut self, local: LocalId, known: Known) {
        if known.is_empty() {
            self.locals.remove(&local);
            return;
        }
        self.locals.insert(local, known);
        if self.locals.len() > MAX_FACTS {
            self.locals.pop_first();
        }
    }

    pub(super) fn forget(&mut self, local: LocalId) {
        self.locals.remove(&local);
    }

    /// Forgets everything about variables: a place that is reached from code not yet seen.
    pub(super) fn forget_all(&mut self) {
        self.locals.clear();
    }

    /// An error answer stays, whatever is answered after it.
    pub(super) fn answer(&mut self, is_error: bool) {
        self.answered = match (is_error, self.answered) {
            (true, _) | (_, Answered::Err) => Answered::Err,
            (false, Answered::Mixed) => Answered::Mixed,
            (false, _) => Answered::Ok,
        };
    }

    /// The outcome of a return by what was answered before.
    pub(super) fn answered_outcome(&self) -> Outcome {
        match self.answered {
            Answered::Nothing | Answered::Ok => Outcome::Ok,
            Answered::Err => Outcome::Err,
            Answered::Mixed => Outcome::Unknown,
        }
    }

    /// What holds after paths with `self` and `other` have joined.
    pub(super) fn join(&mut self, other: &Self) {
        self.locals
            .retain(|local, known| other.locals.get(local) == Some(known));
        if self.answered != other.answered {
            let no_error = |a: Answered| matches!(a, Answered::Nothing | Answered::Ok);
            self.answered = if no_error(self.answered) && no_error(other.answered) {
                Answered::Ok
            } else {
                Answered::Mixed
            };
        }
    }
}
