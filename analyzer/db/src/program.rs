//! Queries about a whole language: the linked program, its units and its definitions.

use std::collections::BTreeMap;
use std::sync::Arc;

use pactward_base::{Language, SmolStr};
use pactward_ir::{Name, Unit, UnitKind};
use rustc_hash::FxHashMap;

use crate::front_end::Program;
use crate::guard::guarded;
use crate::inputs::{Db, LanguageKey, SourceFile, Sources, UnitKey};
use crate::source::{body_names, decls, file_index, files_of};

/// The linked program, and the message of a panic that linking ended in.
pub(crate) fn program(db: &dyn Db, language: Language) -> &(Program, Option<SmolStr>) {
    linked(db, LanguageKey::new(db, language))
}

#[salsa::tracked]
pub(crate) fn linked<'db>(db: &'db dyn Db, key: LanguageKey<'db>) -> (Program, Option<SmolStr>) {
    let language = key.language(db);
    let mut files: Vec<_> = files_of(db, language)
        .map(|file| (file.path(db).clone(), decls(db, file)))
        .collect();
    files.sort_by(|a, b| a.0.cmp(&b.0));
    let layout = Sources::get(db).layout(db);
    match guarded(|| Program::link(language, &files, layout)) {
        Ok(program) => (program, None),
        Err(failure) => (Program::empty(language), Some(failure)),
    }
}

/// The file that holds the text of each definition.
pub(crate) fn definition_files(db: &dyn Db, language: Language) -> &FxHashMap<Name, SourceFile> {
    files_of_definitions(db, LanguageKey::new(db, language))
}

#[salsa::tracked]
pub(crate) fn files_of_definitions<'db>(
    db: &'db dyn Db,
    key: LanguageKey<'db>,
) -> FxHashMap<Name, SourceFile> {
    let language = key.language(db);
    let by_path = &file_index(db).by_path;
    let definitions = program(db, language).0.definitions();
    let in_files = definitions
        .iter()
        .filter_map(|(name, path)| Some((name.clone(), *by_path.get(path)?)));
    in_files.collect()
}

/// The file that holds each body. Beside definitions these are modifiers, initialisers and other
/// texts that lowering a definition asks for.
#[salsa::tracked]
pub(crate) fn files_of_bodies<'db>(
    db: &'db dyn Db,
    key: LanguageKey<'db>,
) -> FxHashMap<Name, SourceFile> {
    let mut in_files = FxHashMap::default();
    for file in files_of(db, key.language(db)) {
        for name in body_names(db, file).iter() {
            in_files.entry(name.clone()).or_insert(file);
        }
    }
    in_files
}

/// Every unit by its name.
pub(crate) fn units(db: &dyn Db, language: Language) -> &BTreeMap<Name, Arc<Unit>> {
    units_by_name(db, LanguageKey::new(db, language))
}

#[salsa::tracked]
pub(crate) fn units_by_name<'db>(
    db: &'db dyn Db,
    key: LanguageKey<'db>,
) -> BTreeMap<Name, Arc<Unit>> {
    let language = key.language(db);
    let units = program(db, language).0.units().iter();
    units
        .map(|unit| (unit.name.clone(), Arc::clone(unit)))
        .collect()
}

/// Name of the contract that a short name belongs to, unless several have it. What has no code of
/// its own to run (interfaces, abstract contracts) is left out.
#[salsa::tracked]
pub(crate) fn contracts_by_short_name<'db>(
    db: &'db dyn Db,
    key: LanguageKey<'db>,
) -> FxHashMap<SmolStr, Option<Name>> {
    let mut found = FxHashMap::default();
    for unit in units(db, key.language(db))
        .values()
        .filter(|u| is_concrete(u))
    {
        found
            .entry(SmolStr::new(unit.short_name()))
            .and_modify(|known| *known = None)
            .or_insert_with(|| Some(unit.name.clone()));
    }
    found
}

/// The contract that an external call names by its unique or its short name.
pub(crate) fn contract(db: &dyn Db, language: Language, named: &str) -> Option<Arc<Unit>> {
    let exact = UnitKey::new(db, language, SmolStr::new(named));
    if let Some(unit) = unit(db, exact) {
        return is_concrete(&unit).then_some(unit);
    }
    let short = contracts_by_short_name(db, LanguageKey::new(db, language));
    let name = short.get(named)?.clone()?;
    unit(db, UnitKey::new(db, language, name))
}

fn is_concrete(unit: &Unit) -> bool {
    !matches!(
        unit.kind,
        UnitKind::Interface | UnitKind::Abstract | UnitKind::Free
    )
}

/// One unit: equal as before when other units were edited.
#[salsa::tracked(returns(clone))]
pub(crate) fn unit<'db>(db: &'db dyn Db, key: UnitKey<'db>) -> Option<Arc<Unit>> {
    units(db, key.language(db)).get(key.name(db)).cloned()
}
