//! What the tests of the database share.

#![allow(
    unreachable_pub,
    dead_code,
    reason = "each test uses its part of the module"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use pactward_base::{Language, Workspace};
use pactward_db::{Analysis, QueryRun};
use pactward_flow::{Summary, resolve};
use pactward_ir::{Function, Name, OpKind, Unit};
use pactward_project::{Request, open};

/// The project's fixtures.
pub fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures")
}

/// The workspace of a directory.
pub fn workspace(dir: &Path) -> Workspace {
    let request = Request {
        paths: vec![dir.to_owned()],
        no_config: true,
        ..Request::default()
    };
    let project = open(&request).unwrap_or_else(|e| panic!("{}: {e}", dir.display()));
    assert!(
        !project.workspace.files.is_empty(),
        "{}: no files",
        dir.display()
    );
    project.workspace
}

/// An analysis with every rule.
pub fn analysis(workspace: &Workspace) -> Analysis {
    let mut analysis = Analysis::with_query_log(pactward_rules::all());
    analysis.set_workspace(workspace);
    analysis
}

/// Subjects of the runs of one query.
pub fn subjects<'r>(log: &'r [QueryRun], query: &str) -> BTreeSet<&'r str> {
    let runs = log.iter().filter(|run| run.query == query);
    runs.map(|run| run.subject.as_str()).collect()
}

/// The end of a name, without the path of its file.
pub fn short(name: &str) -> String {
    let strip = |part: &str| part.rsplit_once(':').map_or(part, |(_, n)| n).to_owned();
    match name.split_once(" in ") {
        Some((function, unit)) => format!("{} in {}", strip(function), strip(unit)),
        None => strip(name),
    }
}

/// SIR and summaries, to compare before and after an edit.
pub struct Snapshot {
    units: BTreeMap<(Language, Name), Arc<Unit>>,
    functions: BTreeMap<Name, Arc<Function>>,
    summaries: BTreeMap<(Name, Name), Arc<Summary>>,
}

impl Snapshot {
    pub fn take(analysis: &Analysis) -> Self {
        let functions: BTreeMap<_, _> = analysis
            .functions()
            .into_iter()
            .map(|f| (f.name.clone(), f))
            .collect();
        let mut snapshot = Self {
            units: BTreeMap::new(),
            functions,
            summaries: BTreeMap::new(),
        };
        for unit in analysis.units() {
            for function in &unit.functions {
                if let Some(summary) = analysis.summary(&unit, function) {
                    let key = (unit.name.clone(), function.clone());
                    snapshot.summaries.insert(key, summary);
                }
            }
            snapshot
                .units
                .insert((unit.language, unit.name.clone()), unit);
        }
        snapshot
    }

    /// Whether something that the summary of a function in a unit is made from differs: the unit,
    /// the function, or the summary of a callee.
    pub fn inputs_changed(&self, after: &Self, language: Language, node: &str) -> bool {
        let (function, unit) = node.split_once(" in ").expect("function and unit");
        let key = (language, Name::from(unit));
        let (Some(old), Some(new)) = (self.units.get(&key), after.units.get(&key)) else {
            return true;
        };
        let both = (self.functions.get(function), after.functions.get(function));
        let (Some(before), Some(now)) = both else {
            return true;
        };
        if old != new || before != now {
            return true;
        }
        let callees = now.iter_ops().filter_map(|(_, op)| match &op.kind {
            OpKind::Call { callee, .. } | OpKind::Spawn { callee, .. } => Some(callee),
            _ => None,
        });
        let callees = callees.flat_map(|callee| resolve(new, callee));
        callees.into_iter().any(|callee| {
            let of = |snapshot: &Self| snapshot.summaries_of(&callee, unit, new);
            of(self) != of(after)
        })
    }

    /// Summaries of a callee: in the unit itself, or for a library in all units that have it.
    fn summaries_of(&self, callee: &Name, unit: &str, in_unit: &Unit) -> Vec<Arc<Summary>> {
        let is_foreign = !in_unit.functions.contains(callee);
        let all = self.summaries.iter();
        all.filter(|((u, f), _)| f == callee && (u == unit || is_foreign))
            .map(|(_, summary)| Arc::clone(summary))
            .collect()
    }
}
