//! Queries for summaries.

use std::collections::BTreeMap;
use std::sync::Arc;

use pactward_base::{Language, SmolStr};
use pactward_flow::{Oracle, Summary, resolve, summarise};
use pactward_ir::{Function, Name, Unit};

use crate::graph::{
    Place, circle, home_units, is_reached, precedes, shared_place, without_closure,
};
use crate::guard::guarded;
use crate::inputs::{Db, Definition, Node, UnitKey};
use crate::lowering::{function, mentions};
use crate::program::unit;

/// Most rounds that a circle of functions is gone through. [`Summary::join_round`] comes to rest
/// long before; this bound keeps a mistake in it from hanging the run.
const MAX_ROUNDS: u32 = 32;

/// A summary, and the message of a panic that making it ended in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Summarised {
    pub(crate) summary: Option<Arc<Summary>>,
    pub(crate) failure: Option<SmolStr>,
}

/// The summary of a function as it runs in a unit, wherever it is made.
pub(crate) fn summary_in(
    db: &dyn Db,
    language: Language,
    in_unit: &Name,
    of: &Name,
) -> Option<Arc<Summary>> {
    let place = place_in(db, language, in_unit, of);
    let node = Node::new(db, language, place.unit, place.function);
    summary(db, node).summary.clone()
}

/// Where a function that runs in a unit is summarised: a function that the unit lacks runs in its
/// own unit.
pub(crate) fn place_in(db: &dyn Db, language: Language, in_unit: &Name, of: &Name) -> Place {
    let key = Node::new(db, language, in_unit.clone(), of.clone());
    match runs_in(db, key) {
        Some(home) => shared_place(db, Node::new(db, language, home, of.clone())),
        None => shared_place(db, key),
    }
}

/// The other unit in which a function called from a unit runs, if it is not of that unit.
#[salsa::tracked(returns(clone))]
pub(crate) fn runs_in<'db>(db: &'db dyn Db, node: Node<'db>) -> Option<Name> {
    let language = node.language(db);
    let unit = unit(db, UnitKey::new(db, language, node.unit(db).clone()))?;
    let name = without_closure(node.function(db));
    if unit.functions.iter().any(|f| f == name) {
        return None;
    }
    home_units(db, language).get(name).cloned()
}

/// The summary of a function that is summarised in this unit. Only summaries of functions with a
/// lower rank are asked for, so that queries form no cycle; a circle of functions is one query.
#[salsa::tracked]
pub(crate) fn summary<'db>(db: &'db dyn Db, node: Node<'db>) -> Summarised {
    if let Some(members) = circle(db, node) {
        let language = node.language(db);
        let own = Place {
            unit: node.unit(db).clone(),
            function: node.function(db).clone(),
        };
        let head = Node::new(
            db,
            language,
            members[0].unit.clone(),
            members[0].function.clone(),
        );
        let found = circle_summaries(db, head).get(&own).cloned();
        return found.unwrap_or(Summarised {
            summary: None,
            failure: None,
        });
    }
    // A function that the graph lacks may call itself in a way that nobody knows of.
    let Some((unit, function)) = parts(db, node).filter(|_| is_reached(db, node)) else {
        return Summarised {
            summary: None,
            failure: None,
        };
    };
    let oracle = Callees {
        db,
        node,
        unit: &unit,
        known: None,
    };
    match guarded(|| summarise(&unit, &function, &oracle)) {
        Ok(summary) => Summarised {
            summary: Some(Arc::new(summary)),
            failure: None,
        },
        Err(failure) => Summarised {
            summary: None,
            failure: Some(failure),
        },
    }
}

/// Summaries of functions that call each other, by rounds: each round sees the results of the
/// round before, so that the result does not depend on where a reader came in.
#[salsa::tracked]
pub(crate) fn circle_summaries<'db>(
    db: &'db dyn Db,
    head: Node<'db>,
) -> BTreeMap<Place, Summarised> {
    let language = head.language(db);
    let members = circle(db, head).unwrap_or_default();
    let mut known: BTreeMap<Place, Summarised> = BTreeMap::new();
    for place in members.iter() {
        let unvisited = Summarised {
            summary: Some(Arc::new(Summary::unvisited())),
            failure: None,
        };
        known.insert(place.clone(), unvisited);
    }
    for round in 0..MAX_ROUNDS {
        let mut next = BTreeMap::new();
        for place in members.iter() {
            let node = Node::new(db, language, place.unit.clone(), place.function.clone());
            let last = known.get(place).and_then(|s| s.summary.clone());
            next.insert(
                place.clone(),
                one_round(db, node, last.as_deref(), &known, round),
            );
        }
        let is_at_rest = next == known;
        known = next;
        if is_at_rest {
            break;
        }
    }
    known
}

fn one_round<'db>(
    db: &'db dyn Db,
    node: Node<'db>,
    last: Option<&Summary>,
    known: &BTreeMap<Place, Summarised>,
    round: u32,
) -> Summarised {
    let (Some((unit, function)), Some(last)) = (parts(db, node), last) else {
        return Summarised {
            summary: None,
            failure: None,
        };
    };
    let oracle = Callees {
        db,
        node,
        unit: &unit,
        known: Some(known),
    };
    let made = guarded(|| {
        let new = summarise(&unit, &function, &oracle);
        Summary::join_round(last, new, round)
    });
    match made {
        Ok(summary) => Summarised {
            summary: Some(Arc::new(summary)),
            failure: None,
        },
        Err(failure) => Summarised {
            summary: None,
            failure: Some(failure),
        },
    }
}

fn parts<'db>(db: &'db dyn Db, node: Node<'db>) -> Option<(Arc<Unit>, Arc<Function>)> {
    let language = node.language(db);
    let unit = unit(db, UnitKey::new(db, language, node.unit(db).clone()))?;
    let function = function(db, Definition::new(db, language, node.function(db).clone()))?;
    Some((unit, function))
}

/// Answers with the summaries of callees.
struct Callees<'a> {
    db: &'a dyn Db,
    node: Node<'a>,
    unit: &'a Unit,
    /// Results of the last round for the functions of the caller's own circle.
    known: Option<&'a BTreeMap<Place, Summarised>>,
}

impl Callees<'_> {
    /// Whether the graph has an edge to the callee. A function value may lead elsewhere.
    fn is_named(&self, callee: &Name) -> bool {
        let language = self.node.language(self.db);
        let own = Definition::new(self.db, language, self.node.function(self.db).clone());
        let named = mentions(self.db, own).callees.iter();
        named
            .flat_map(|c| resolve(self.unit, c))
            .any(|name| name == *callee)
    }
}

impl Oracle for Callees<'_> {
    fn summary(&self, callee: &Name) -> Option<Arc<Summary>> {
        let language = self.node.language(self.db);
        let place = place_in(self.db, language, self.node.unit(self.db), callee);
        if let Some(last) = self.known.and_then(|known| known.get(&place)) {
            return last.summary.clone();
        }
        let target = Node::new(self.db, language, place.unit, place.function);
        let is_safe = self.is_named(callee) || precedes(self.db, target, self.node);
        if !is_safe {
            return None;
        }
        summary(self.db, target).summary.clone()
    }
}
