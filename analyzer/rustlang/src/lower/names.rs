//! Names in scope.

use rustc_hash::FxHashMap;
use smol_str::SmolStr;

use super::place::Binding;

/// Names in the order of their declaration; later ones hide earlier ones.
#[derive(Debug, Default)]
pub(super) struct Names<'t> {
    list: Vec<(SmolStr, Binding<'t>)>,
    /// Name → places in the list, last one in force.
    places: FxHashMap<SmolStr, Vec<usize>>,
}

impl<'t> Names<'t> {
    pub(super) fn len(&self) -> usize {
        self.list.len()
    }

    pub(super) fn push(&mut self, name: impl Into<SmolStr>, binding: Binding<'t>) {
        let name = name.into();
        self.places
            .entry(name.clone())
            .or_default()
            .push(self.list.len());
        self.list.push((name, binding));
    }

    pub(super) fn get(&self, name: &str) -> Option<&Binding<'t>> {
        self.list.get(self.position(name)?).map(|(_, b)| b)
    }

    pub(super) fn position(&self, name: &str) -> Option<usize> {
        self.places.get(name)?.last().copied()
    }

    pub(super) fn at(&self, place: usize) -> Option<&(SmolStr, Binding<'t>)> {
        self.list.get(place)
    }

    /// Forgets what was declared after the first `length` names.
    pub(super) fn truncate(&mut self, length: usize) {
        if length < self.list.len() {
            self.split_off(length);
        }
    }

    /// Takes what was declared after the first `length` names.
    pub(super) fn split_off(&mut self, length: usize) -> Vec<(SmolStr, Binding<'t>)> {
        let taken = self.list.split_off(length.min(self.list.len()));
        for (name, _) in taken.iter().rev() {
            if let Some(places) = self.places.get_mut(name) {
                places.pop();
            }
        }
        taken
    }

    pub(super) fn extend(&mut self, names: Vec<(SmolStr, Binding<'t>)>) {
        for (name, binding) in names {
            self.push(name, binding);
        }
    }
}

impl<'t> From<Vec<(SmolStr, Binding<'t>)>> for Names<'t> {
    fn from(list: Vec<(SmolStr, Binding<'t>)>) -> Self {
        let mut names = Self::default();
        names.extend(list);
        names
    }
}
