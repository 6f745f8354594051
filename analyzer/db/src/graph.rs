//! The call graph of a language, and in which unit each function is summarised.
//!
//! A function means something else in each unit that inherits it only where a virtual call, its
//! own or that of a function it calls, is answered otherwise. All units in which it means the
//! same share one summary. That partition, and the order in which summaries can be made without
//! recursion, are found here; single answers are queries of their own, so that an edit that
//! changes the graph leaves the summaries alone whose place in it stays.

use std::collections::BTreeMap;
use std::sync::Arc;

use pactward_base::Language;
use pactward_flow::resolve;
use pactward_ir::{Name, Unit};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::findings::units_in_scope;
use crate::inputs::{Db, Definition, LanguageKey, Node};
use crate::lowering::mentions;
use crate::program::{contract, units};

/// A function in the unit that it is summarised in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Place {
    pub(crate) unit: Name,
    pub(crate) function: Name,
}

/// See the module documentation.
#[derive(Debug, PartialEq, Eq, Default)]
pub(crate) struct Graph {
    /// Functions that call each other in a circle, or one function alone; callees come first.
    pub(crate) components: Vec<Component>,
    /// Component of each place.
    component_of: FxHashMap<Place, u32>,
    /// Place of a function in a unit where it is summarised for another unit too.
    shared: FxHashMap<Place, Place>,
}

/// See [`Graph::components`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Component {
    /// Sorted.
    pub(crate) members: Arc<[Place]>,
    pub(crate) is_circle: bool,
}

/// The graph over the functions of units in scope and all that they call, the contracts included
/// that they know by type.
pub(crate) fn graph(db: &dyn Db, language: Language) -> &Graph {
    call_graph(db, LanguageKey::new(db, language))
}

#[salsa::tracked]
pub(crate) fn call_graph<'db>(db: &'db dyn Db, key: LanguageKey<'db>) -> Graph {
    let language = key.language(db);
    let units = units(db, language);
    let homes = home_units(db, language);
    let mut calls = Calls {
        db,
        language,
        units,
        homes,
        members: BTreeMap::new(),
        nodes: Nodes::default(),
    };
    calls.collect();
    let Calls { nodes, .. } = calls;
    let classes = nodes.classes();
    nodes.condense(&classes, homes)
}

/// Where the function of a unit is summarised.
#[salsa::tracked(returns(clone))]
pub(crate) fn shared_place<'db>(db: &'db dyn Db, node: Node<'db>) -> Place {
    let place = place_of(db, node);
    let graph = graph(db, node.language(db));
    graph.shared.get(&place).cloned().unwrap_or(place)
}

/// The functions that call each other in a circle with this one; nothing if it calls itself by
/// no way.
#[salsa::tracked(returns(clone))]
pub(crate) fn circle<'db>(db: &'db dyn Db, node: Node<'db>) -> Option<Arc<[Place]>> {
    let graph = graph(db, node.language(db));
    let at = *graph.component_of.get(&place_of(db, node))?;
    let component = &graph.components[at as usize];
    component.is_circle.then(|| Arc::clone(&component.members))
}

/// Whether the function is in the graph: it has no summary otherwise.
#[salsa::tracked(returns(copy))]
pub(crate) fn is_reached<'db>(db: &'db dyn Db, node: Node<'db>) -> bool {
    let graph = graph(db, node.language(db));
    graph.component_of.contains_key(&place_of(db, node))
}

/// Whether a function comes before another in the order of components, so that it cannot call it
/// by any way that the graph knows.
#[salsa::tracked(returns(copy))]
pub(crate) fn precedes<'db>(db: &'db dyn Db, first: Node<'db>, second: Node<'db>) -> bool {
    let graph = graph(db, first.language(db));
    let rank = |node| graph.component_of.get(&place_of(db, node));
    rank(first).zip(rank(second)).is_some_and(|(a, b)| a < b)
}

fn place_of<'db>(db: &'db dyn Db, node: Node<'db>) -> Place {
    Place {
        unit: node.unit(db).clone(),
        function: node.function(db).clone(),
    }
}

/// The unit that each function belongs to when it is called from a unit that lacks it (a library
/// function, a function of another package): the unit whose name its own name begins with, else
/// the smallest unit that has it.
pub(crate) fn home_units(db: &dyn Db, language: Language) -> &FxHashMap<Name, Name> {
    units_of_functions(db, LanguageKey::new(db, language))
}

#[salsa::tracked]
pub(crate) fn units_of_functions<'db>(
    db: &'db dyn Db,
    key: LanguageKey<'db>,
) -> FxHashMap<Name, Name> {
    homes(units(db, key.language(db)))
}

fn homes(units: &BTreeMap<Name, Arc<Unit>>) -> FxHashMap<Name, Name> {
    let mut homes: FxHashMap<Name, (bool, usize, &Name)> = FxHashMap::default();
    for unit in units.values() {
        for function in &unit.functions {
            let is_foreign = !is_own(function, unit);
            let candidate = (is_foreign, unit.functions.len(), &unit.name);
            let best = homes.entry(function.clone()).or_insert(candidate);
            *best = candidate.min(*best);
        }
    }
    homes
        .into_iter()
        .map(|(function, (_, _, unit))| (function, unit.clone()))
        .collect()
}

/// Whether a function is written in the unit itself, not in a base or another package: the unit's
/// name is the first part of the function's.
pub(crate) fn is_own(function: &str, unit: &Unit) -> bool {
    let rest = function.strip_prefix(unit.name.as_str());
    rest.is_some_and(|rest| rest.starts_with(['.', ':', '/']))
}

/// The name without the parts that name closures in it.
pub(crate) fn without_closure(name: &str) -> &str {
    name.split('#').next().unwrap_or(name)
}

/// Nodes with dense indices and their edges.
#[derive(Default)]
struct Nodes {
    places: Vec<Place>,
    index: FxHashMap<Place, u32>,
    edges: Vec<Vec<u32>>,
}

struct Calls<'a> {
    db: &'a dyn Db,
    language: Language,
    units: &'a BTreeMap<Name, Arc<Unit>>,
    homes: &'a FxHashMap<Name, Name>,
    /// Functions of the units that are there as a whole, for quick look-up.
    members: BTreeMap<Name, FxHashSet<Name>>,
    nodes: Nodes,
}

impl Calls<'_> {
    fn collect(&mut self) {
        for name in units_in_scope(self.db, self.language) {
            if let Some(unit) = self.units.get(name) {
                self.add_functions(unit);
            }
        }
        let mut next = 0;
        while next < self.nodes.places.len() {
            let place = self.nodes.places[next].clone();
            let mut edges = Vec::new();
            if let Some(unit) = self.units.get(&place.unit) {
                let key = Definition::new(self.db, self.language, place.function.clone());
                let mentions = mentions(self.db, key);
                for callee in &mentions.callees {
                    for function in resolve(unit, callee) {
                        let unit = self.unit_for(&place.unit, &function);
                        edges.push(self.nodes.add(Place { unit, function }));
                    }
                }
                for name in &mentions.contracts {
                    if let Some(unit) = contract(self.db, self.language, name) {
                        self.add_functions(&unit);
                    }
                }
            }
            self.nodes.edges[next] = edges;
            next += 1;
        }
    }

    fn add_functions(&mut self, unit: &Unit) {
        if self.members.contains_key(&unit.name) {
            return;
        }
        let members = unit.functions.iter().cloned().collect();
        self.members.insert(unit.name.clone(), members);
        for function in &unit.functions {
            self.nodes.add(Place {
                unit: unit.name.clone(),
                function: function.clone(),
            });
        }
    }

    fn is_member(&self, unit: &Name, function: &str) -> bool {
        match (self.members.get(unit), self.units.get(unit)) {
            (Some(members), _) => members.contains(function),
            // A library that is only called into.
            (None, Some(unit)) => unit.functions.iter().any(|f| f == function),
            (None, None) => false,
        }
    }

    /// The unit that a function runs in when one of `unit` calls it.
    fn unit_for(&self, unit: &Name, function: &Name) -> Name {
        let function = without_closure(function);
        match self.homes.get(function) {
            Some(home) if !self.is_member(unit, function) => home.clone(),
            _ => unit.clone(),
        }
    }
}

impl Nodes {
    fn add(&mut self, place: Place) -> u32 {
        let next = self.places.len() as u32;
        let at = *self.index.entry(place.clone()).or_insert(next);
        if at == next {
            self.places.push(place);
            self.edges.push(Vec::new());
        }
        at
    }

    /// Class of each node: nodes of one class are the same function and call, in order, nodes of
    /// the same classes. The coarsest such partition, by refinement of the one by function.
    fn classes(&self) -> Vec<u32> {
        let mut ids: FxHashMap<&Name, u32> = FxHashMap::default();
        let mut classes: Vec<u32> = Vec::with_capacity(self.places.len());
        for place in &self.places {
            let next = ids.len() as u32;
            classes.push(*ids.entry(&place.function).or_insert(next));
        }
        let mut count = ids.len();
        loop {
            let mut ids: FxHashMap<(u32, Vec<u32>), u32> = FxHashMap::default();
            let refined: Vec<u32> = self
                .edges
                .iter()
                .enumerate()
                .map(|(node, edges)| {
                    let called = edges.iter().map(|e| classes[*e as usize]).collect();
                    let next = ids.len() as u32;
                    *ids.entry((classes[node], called)).or_insert(next)
                })
                .collect();
            classes = refined;
            if ids.len() == count {
                return classes;
            }
            count = ids.len();
        }
    }

    /// The graph of classes: each is represented by its node in the function's home unit, or by
    /// the first by name.
    fn condense(&self, classes: &[u32], homes: &FxHashMap<Name, Name>) -> Graph {
        let mut chosen: BTreeMap<u32, (bool, &Place, u32)> = BTreeMap::new();
        for (node, (place, class)) in self.places.iter().zip(classes).enumerate() {
            let is_home = homes.get(&place.function) == Some(&place.unit);
            let candidate = (!is_home, place, node as u32);
            let best = chosen.entry(*class).or_insert(candidate);
            *best = candidate.min(*best);
        }
        let of_class = |class: u32| chosen[&class].2;
        let mut graph = Graph::default();
        for (place, class) in self.places.iter().zip(classes) {
            let representative = &self.places[of_class(*class) as usize];
            if representative != place {
                graph.shared.insert(place.clone(), representative.clone());
            }
        }
        // Order by name, so that the result does not depend on the order of discovery.
        let mut starts: Vec<u32> = chosen.values().map(|c| c.2).collect();
        starts.sort_by(|a, b| self.places[*a as usize].cmp(&self.places[*b as usize]));
        let next = |node: u32| {
            let edges = self.edges[node as usize].iter();
            edges
                .map(|e| of_class(classes[*e as usize]))
                .collect::<Vec<_>>()
        };
        for component in components(&starts, self.places.len(), &next) {
            let is_circle = component.len() > 1 || next(component[0]).contains(&component[0]);
            let mut members: Vec<_> = component
                .iter()
                .map(|node| self.places[*node as usize].clone())
                .collect();
            members.sort();
            for place in &members {
                let at = graph.components.len() as u32;
                graph.component_of.insert(place.clone(), at);
            }
            graph.components.push(Component {
                members: members.into(),
                is_circle,
            });
        }
        graph
    }
}

/// Strongly connected components, callees first: Tarjan's algorithm with a stack of its own,
/// because call chains may be long.
fn components(starts: &[u32], nodes: usize, next: &dyn Fn(u32) -> Vec<u32>) -> Vec<Vec<u32>> {
    const UNSEEN: u32 = u32::MAX;
    let mut number = vec![UNSEEN; nodes];
    let mut low = vec![0; nodes];
    let mut is_open = vec![false; nodes];
    let mut open: Vec<u32> = Vec::new();
    let mut count = 0;
    let mut found = Vec::new();
    for &start in starts {
        if number[start as usize] != UNSEEN {
            continue;
        }
        let mut work: Vec<(u32, Vec<u32>)> = Vec::new();
        let mut enter = Some(start);
        loop {
            if let Some(node) = enter.take() {
                number[node as usize] = count;
                low[node as usize] = count;
                count += 1;
                open.push(node);
                is_open[node as usize] = true;
                let mut edges = next(node);
                edges.reverse();
                work.push((node, edges));
            }
            let Some((node, edges)) = work.last_mut() else {
                break;
            };
            let node = *node;
            if let Some(target) = edges.pop() {
                if number[target as usize] == UNSEEN {
                    enter = Some(target);
                } else if is_open[target as usize] {
                    low[node as usize] = low[node as usize].min(number[target as usize]);
                }
                continue;
            }
            work.pop();
            if let Some((caller, _)) = work.last() {
                low[*caller as usize] = low[*caller as usize].min(low[node as usize]);
            }
            if low[node as usize] == number[node as usize] {
                let mut component = Vec::new();
                while let Some(member) = open.pop() {
                    is_open[member as usize] = false;
                    component.push(member);
                    if member == node {
                        break;
                    }
                }
                found.push(component);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Unit, function, and the same of what it calls.
    type Edges<'a> = (&'a str, &'a str, &'a [(&'a str, &'a str)]);

    fn nodes(edges: &[Edges<'_>]) -> Nodes {
        let place = |unit: &str, function: &str| Place {
            unit: unit.into(),
            function: function.into(),
        };
        let mut nodes = Nodes::default();
        for (unit, function, _) in edges {
            nodes.add(place(unit, function));
        }
        for (unit, function, callees) in edges {
            let from = nodes.add(place(unit, function));
            for (unit, function) in *callees {
                let to = nodes.add(place(unit, function));
                nodes.edges[from as usize].push(to);
            }
        }
        nodes
    }

    #[test]
    fn a_function_is_shared_unless_something_below_it_is_overridden() {
        // B overrides `hook`, which `b` calls; `a` calls `b`; `c` calls neither.
        let nodes = nodes(&[
            ("A", "A.a", &[("A", "A.b")]),
            ("A", "A.b", &[("A", "A.hook")]),
            ("A", "A.c", &[]),
            ("A", "A.hook", &[]),
            ("B", "A.a", &[("B", "A.b")]),
            ("B", "A.b", &[("B", "B.hook")]),
            ("B", "A.c", &[]),
            ("B", "B.hook", &[]),
        ]);
        let homes = [
            ("A.a", "A"),
            ("A.b", "A"),
            ("A.c", "A"),
            ("A.hook", "A"),
            ("B.hook", "B"),
        ];
        let homes = homes
            .iter()
            .map(|(f, u)| ((*f).into(), (*u).into()))
            .collect();
        let graph = nodes.condense(&nodes.classes(), &homes);
        let shared: Vec<_> = graph
            .shared
            .iter()
            .map(|(from, to)| format!("{}/{} {}", from.unit, from.function, to.unit))
            .collect();
        assert_eq!(shared, ["B/A.c A"]);
        assert_eq!(graph.components.len(), 7);
        let rank = |unit: &str, function: &str| {
            graph.component_of[&Place {
                unit: unit.into(),
                function: function.into(),
            }]
        };
        assert!(rank("B", "A.a") > rank("B", "A.b"));
        assert!(rank("B", "A.b") > rank("B", "B.hook"));
    }

    #[test]
    fn circles_are_found_and_long_chains_need_no_stack() {
        let edges: Vec<Vec<u32>> = (0..100_000u32).map(|i| vec![(i + 1) % 99_999]).collect();
        let found = components(&[0], edges.len(), &|n| edges[n as usize].clone());
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].len(), 99_999);
    }
}
