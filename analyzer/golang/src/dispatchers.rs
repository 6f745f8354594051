//! The functions that a dispatcher selects by a name that the client sends.

use pactward_ir::{Const, Name, Type};
use rustc_hash::FxHashSet;

use crate::decls::{Arm, Target};
use crate::members::MemberKind;
use crate::program::{ImportTarget, Item, Ref};
use crate::types::Types;

/// Longest chain of dispatchers that pass a name on.
const MAX_FORWARDS: usize = 4;

/// Names that client calls are known by inside a dispatcher.
const METHOD_PARAMETER: usize = 0;

/// A name and the function that runs for it; none if the code stands in the dispatcher itself.
pub(crate) struct Selected {
    pub(crate) label: Name,
    pub(crate) function: Option<Ref>,
}

/// What a dispatcher, a method of `owner`, selects; in the order of the code.
pub(crate) fn selected(types: &Types<'_>, owner: &Type, dispatcher: Ref) -> Vec<Selected> {
    let mut search = Search {
        types: *types,
        owner,
        found: Vec::new(),
        visited: FxHashSet::default(),
    };
    let signature = &types.program.func(dispatcher).signature;
    let method = signature.params.get(METHOD_PARAMETER);
    let names = method.map(|p| p.name.clone()).into_iter().collect();
    search.follow(dispatcher, names, 0);
    search.found
}

struct Search<'p, 'o> {
    types: Types<'p>,
    owner: &'o Type,
    found: Vec<Selected>,
    visited: FxHashSet<Ref>,
}

impl Search<'_, '_> {
    /// `names` are the parameters that hold a client's name.
    fn follow(&mut self, at: Ref, mut names: Vec<Name>, depth: usize) {
        if depth > MAX_FORWARDS || !self.visited.insert(at) {
            return;
        }
        let func = self.types.program.func(at);
        let params = &func.signature.params;
        let derived = func
            .dispatch
            .sources
            .iter()
            .filter(|s| params.iter().all(|p| p.name != **s));
        names.extend(derived.cloned());
        for arm in &func.dispatch.arms {
            if names.contains(&arm.on) {
                self.arm(at, arm);
            }
        }
        for (table, source) in &func.dispatch.tables {
            if !names.contains(source) {
                continue;
            }
            for arm in func.dispatch.arms.iter().filter(|a| a.on == *table) {
                self.arm(at, arm);
            }
            if let Some(Item::Var(var)) = self.types.program.bare_item(at.file, table) {
                for arm in &self.types.program.var(var).table {
                    self.arm(var, arm);
                }
            }
        }
        for (target, passed) in &func.dispatch.forwards {
            let Some(callee) = self.resolve(at, target) else {
                continue;
            };
            let params = &self.types.program.func(callee).signature.params;
            let names = passed
                .iter()
                .filter(|(_, name)| names.contains(name))
                .filter_map(|(index, _)| params.get(*index as usize))
                .map(|p| p.name.clone())
                .collect();
            self.follow(callee, names, depth + 1);
        }
    }

    fn arm(&mut self, at: Ref, arm: &Arm) {
        let Some(Const::Str(label)) = self.types.program.constant(at.file, &arm.label) else {
            return;
        };
        let function = arm.targets.iter().find_map(|t| self.resolve(at, t));
        self.found.push(Selected { label, function });
    }

    /// The workspace function that a callee names.
    fn resolve(&self, at: Ref, target: &Target) -> Option<Ref> {
        let program = self.types.program;
        let func = match target {
            Target::Name(name) => program.bare_item(at.file, name),
            Target::Own(name) => {
                return match self.types.member(self.owner, name, at.file)?.kind {
                    MemberKind::Method(at) => Some(at),
                    _ => None,
                };
            }
            Target::Qualified(package, name) => match program.file(at.file).imports.get(package) {
                Some(ImportTarget::Package(package)) => program.item(*package, name),
                _ => None,
            },
        };
        match func {
            Some(Item::Func(at)) if program.func(at).has_body => Some(at),
            _ => None,
        }
    }
}
