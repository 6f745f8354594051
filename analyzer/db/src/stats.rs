//! How much of the code was understood.

use std::collections::BTreeMap;

use pactward_base::{Language, Platform};
use pactward_ir::{LowerStats, Name, OpKind};
use rustc_hash::FxHashMap;

use crate::inputs::{Db, Definition, Sources};
use crate::lowering::lower;
use crate::program::{definition_files, program, units};

/// Figures about the definitions of one language and platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Stats {
    /// Definitions that were lowered.
    pub functions: u32,
    /// Those with an op that stands for code that was not understood, closures included.
    pub with_unknown: u32,
    pub ops: u32,
    pub unknown_ops: u32,
    pub calls: LowerStats,
}

/// Figures by language and platform, over the files in scope.
pub(crate) fn stats(db: &dyn Db) -> BTreeMap<(Language, Platform), Stats> {
    let scope = Sources::get(db).scope(db);
    let mut all: BTreeMap<_, Stats> = BTreeMap::new();
    for &language in Language::ALL {
        let platforms = platforms(db, language);
        let files = definition_files(db, language);
        for (name, _) in program(db, language).0.definitions() {
            let is_in_scope = files.get(name).is_some_and(|f| scope.includes(f.role(db)));
            if !is_in_scope {
                continue;
            }
            let definition = Definition::new(db, language, name.clone());
            let Some(lowered) = &lower(db, definition).lowered else {
                continue;
            };
            let platform = platforms.get(name).copied().unwrap_or(Platform::None);
            let stats = all.entry((language, platform)).or_default();
            let closures = lowered.closures.iter().map(|(f, _)| f);
            let mut unknown = 0;
            for function in closures.chain([&lowered.function]) {
                for (_, op) in function.iter_ops() {
                    stats.ops += 1;
                    unknown += u32::from(matches!(op.kind, OpKind::Unknown { .. }));
                }
            }
            stats.functions += 1;
            stats.with_unknown += u32::from(unknown > 0);
            stats.unknown_ops += unknown;
            stats.calls += lowered.stats;
        }
    }
    all
}

/// The platform of each function: that of a unit which has it, a recognised one before none.
fn platforms(db: &dyn Db, language: Language) -> FxHashMap<Name, Platform> {
    let mut found = FxHashMap::default();
    for unit in units(db, language).values() {
        for function in &unit.functions {
            let known = found.entry(function.clone()).or_insert(unit.platform);
            if *known == Platform::None {
                *known = unit.platform;
            }
        }
    }
    found
}
