//! Queries that run the rules.

use std::cell::OnceCell;
use std::sync::Arc;

use pactward_base::{Language, SmolStr};
use pactward_flow::{Summary, UnitWays};
use pactward_ir::{Function, Name, OpRef, Unit};
use pactward_lint::{Claim, UnitContext};

use crate::guard::guarded;
use crate::inputs::{Db, Definition, UnitKey};
use crate::lowering::{function, source_map};
use crate::program::{contract, unit};
use crate::summaries::summary_in;

/// What the rules say about one unit.
#[derive(Debug, PartialEq, Eq, Default)]
pub(crate) struct Claims {
    /// Rule and claim, in the order of rules and of their claims.
    pub(crate) claims: Vec<(&'static str, Claim)>,
    /// Rules that ended in a panic, with its message.
    pub(crate) failures: Vec<(&'static str, SmolStr)>,
}

/// Runs every rule on one unit.
#[salsa::tracked]
pub(crate) fn claims<'db>(db: &'db dyn Db, key: UnitKey<'db>) -> Claims {
    let mut all = Claims::default();
    let Some(unit) = unit(db, key) else {
        return all;
    };
    let context = Context {
        db,
        language: key.language(db),
        unit: &unit,
        ways: OnceCell::new(),
    };
    for rule in db.rules() {
        let meta = rule.meta();
        if !meta.languages.contains(&unit.language) || !meta.platforms.contains(&unit.platform) {
            continue;
        }
        match guarded(|| rule.check(&context)) {
            Ok(claims) => all.claims.extend(claims.into_iter().map(|c| (meta.id, c))),
            Err(failure) => all.failures.push((meta.id, failure)),
        }
    }
    all
}

struct Context<'a> {
    db: &'a dyn Db,
    language: Language,
    unit: &'a Unit,
    ways: OnceCell<UnitWays<'a>>,
}

impl UnitContext for Context<'_> {
    fn unit(&self) -> &Unit {
        self.unit
    }

    fn ways(&self) -> &UnitWays<'_> {
        self.ways
            .get_or_init(|| UnitWays::new(self.unit, &|name| self.summary(name)))
    }

    fn function(&self, name: &Name) -> Option<Arc<Function>> {
        function(
            self.db,
            Definition::new(self.db, self.language, name.clone()),
        )
    }

    fn summary(&self, name: &Name) -> Option<Arc<Summary>> {
        summary_in(self.db, self.language, &self.unit.name, name)
    }

    fn is_woven(&self, op: &OpRef) -> bool {
        let definition = Definition::new(self.db, self.language, op.function.clone());
        source_map(self.db, definition).is_some_and(|map| map.op(op.op).body != 0)
    }

    fn foreign_summary(&self, interface: &str, method: &str, args: usize) -> Option<Arc<Summary>> {
        let unit = contract(self.db, self.language, interface)?;
        let has_arity = |name: &Name| {
            let key = Definition::new(self.db, self.language, name.clone());
            function(self.db, key).is_some_and(|f| f.params.len() == args)
        };
        let entries = unit.entries.iter().filter(|e| e.name == method);
        let entry = entries.map(|e| &e.function).find(|f| has_arity(f))?;
        summary_in(self.db, self.language, &unit.name, entry)
    }
}
