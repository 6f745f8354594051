//! The salsa database itself.

use std::sync::{Arc, Mutex, PoisonError};

use pactward_lint::Rule;
use salsa::plumbing::FromId;

use crate::inputs::{Db, Definition, LanguageKey, Node, Scope, SourceFile, Sources, UnitKey};

/// Inputs and results. A clone is a view of the same state for another thread.
#[salsa::db]
#[derive(Clone)]
pub(crate) struct Store {
    storage: salsa::Storage<Self>,
    rules: Arc<[&'static dyn Rule]>,
    log: Option<Log>,
}

type Log = Arc<Mutex<Vec<salsa::DatabaseKeyIndex>>>;

/// A query that ran because its result was not known or no longer valid.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct QueryRun {
    pub query: String,
    /// What the query was asked about: a path, a definition, a unit, a function in a unit.
    pub subject: String,
}

#[salsa::db]
impl salsa::Database for Store {}

#[salsa::db]
impl Db for Store {
    fn rules(&self) -> &[&'static dyn Rule] {
        &self.rules
    }
}

impl Store {
    pub(crate) fn new(rules: Arc<[&'static dyn Rule]>, is_logged: bool) -> Self {
        let log: Option<Log> = is_logged.then(Arc::default);
        let mut storage = salsa::Storage::builder();
        if let Some(log) = log.clone() {
            storage = storage.event_callback(Box::new(move |event| {
                if let salsa::EventKind::WillExecute { database_key } = event.kind {
                    let mut log = log.lock().unwrap_or_else(PoisonError::into_inner);
                    log.push(database_key);
                }
            }));
        }
        let storage = storage
            .ingredient::<SourceFile>()
            .ingredient::<Sources>()
            .ingredient::<LanguageKey<'_>>()
            .ingredient::<Definition<'_>>()
            .ingredient::<UnitKey<'_>>()
            .ingredient::<Node<'_>>()
            .ingredient::<crate::source::parsed>()
            .ingredient::<crate::source::outline>()
            .ingredient::<crate::source::decls>()
            .ingredient::<crate::source::body_names>()
            .ingredient::<crate::source::body>()
            .ingredient::<crate::source::placement>()
            .ingredient::<crate::source::file_index>()
            .ingredient::<crate::program::linked>()
            .ingredient::<crate::program::files_of_definitions>()
            .ingredient::<crate::program::files_of_bodies>()
            .ingredient::<crate::program::units_by_name>()
            .ingredient::<crate::program::contracts_by_short_name>()
            .ingredient::<crate::program::unit>()
            .ingredient::<crate::lowering::lower>()
            .ingredient::<crate::lowering::function>()
            .ingredient::<crate::lowering::source_map>()
            .ingredient::<crate::lowering::mentions>()
            .ingredient::<crate::graph::call_graph>()
            .ingredient::<crate::graph::units_of_functions>()
            .ingredient::<crate::graph::shared_place>()
            .ingredient::<crate::graph::circle>()
            .ingredient::<crate::graph::is_reached>()
            .ingredient::<crate::graph::precedes>()
            .ingredient::<crate::summaries::runs_in>()
            .ingredient::<crate::summaries::summary>()
            .ingredient::<crate::summaries::circle_summaries>()
            .ingredient::<crate::claims::claims>()
            .ingredient::<crate::findings::sightings>()
            .ingredient::<crate::findings::findings>()
            .ingredient::<crate::findings::scoped_units>()
            .ingredient::<crate::problems::file_problems>()
            .ingredient::<crate::problems::file_suppressions>()
            .build();
        let store = Self {
            storage,
            rules,
            log,
        };
        Sources::new(&store, Arc::from([]), Arc::default(), Scope::default());
        store
    }

    /// Queries that ran since the last call, sorted.
    pub(crate) fn take_log(&self) -> Vec<QueryRun> {
        let Some(log) = &self.log else {
            return Vec::new();
        };
        let keys = std::mem::take(&mut *log.lock().unwrap_or_else(PoisonError::into_inner));
        let mut runs: Vec<_> = keys.into_iter().map(|key| self.describe(key)).collect();
        runs.sort();
        runs
    }

    fn describe(&self, key: salsa::DatabaseKeyIndex) -> QueryRun {
        let id = key.key_index();
        let shown = salsa::attach(self, || format!("{key:?}"));
        let query = shown.split('(').next().unwrap_or_default().to_owned();
        let subject = match query.as_str() {
            "parsed" | "outline" | "decls" | "body_names" | "file_problems"
            | "file_suppressions" => SourceFile::from_id(id).path(self).to_string(),
            "body" | "placement" | "lower" | "function" | "source_map" | "mentions" => {
                Definition::from_id(id).name(self).to_string()
            }
            "unit" | "claims" | "sightings" => UnitKey::from_id(id).name(self).to_string(),
            "summary" | "circle_summaries" | "shared_place" | "circle" | "is_reached"
            | "runs_in" => {
                let node = Node::from_id(id);
                format!("{} in {}", node.function(self), node.unit(self))
            }
            _ => String::new(),
        };
        QueryRun { query, subject }
    }
}
