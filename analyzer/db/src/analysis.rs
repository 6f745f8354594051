//! The face of the crate: plain data in, plain data out.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use pactward_base::{
    FileId, FileRole, Finding, Language, Platform, Problem, SmolStr, Workspace, WorkspaceFile,
};
use pactward_flow::Summary;
use pactward_ir::{Callee, Function, Name, Unit};
use pactward_lint::Rule;
use pactward_policy::Suppression;
use rustc_hash::FxHashSet;
use salsa::{Durability, Setter};

use crate::findings::{findings, sightings, units_in_scope};
use crate::graph::graph;
use crate::inputs::{Definition, Node, Scope, SourceFile, Sources, UnitKey};
use crate::lowering::{function, lower, mentions};
use crate::parallel::{Tick, for_each};
use crate::program::{contract, definition_files, program, units};
use crate::source::{file_index, outline};
use crate::stats::Stats;
use crate::store::{QueryRun, Store};
use crate::summaries::{summary, summary_in};
use crate::{dump, problems, stats};

/// How far the workspace has been analysed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    Nothing,
    /// Files are parsed and names resolved.
    Linked,
    /// Definitions are lowered to SIR.
    Lowered,
    /// It is known what each function does, calls included.
    Summarised,
    /// The rules ran.
    Checked,
}

/// Told how the work goes: the stage that is worked on, items done, items known so far. Called
/// from several threads.
pub type Progress = Arc<dyn Fn(Stage, usize, usize) + Send + Sync>;

/// The analysis of one workspace. Results are kept and brought up to date after a change by
/// computing only what depends on it.
pub struct Analysis {
    store: Store,
    stage: Cell<Stage>,
    progress: Option<Progress>,
}

impl Analysis {
    /// An analysis of no files with these rules.
    pub fn new(rules: &[&'static dyn Rule]) -> Self {
        Self::with_store(Store::new(Arc::from(rules), false))
    }

    /// The same, noting which queries run: see [`Self::take_query_log`].
    pub fn with_query_log(rules: &[&'static dyn Rule]) -> Self {
        Self::with_store(Store::new(Arc::from(rules), true))
    }

    fn with_store(store: Store) -> Self {
        Self {
            store,
            stage: Cell::new(Stage::Nothing),
            progress: None,
        }
    }

    /// Has the work that readers wait for told to someone who shows it.
    pub fn set_progress(&mut self, progress: Option<Progress>) {
        self.progress = progress;
    }

    /// Replaces the workspace. What stays equal keeps its results.
    pub fn set_workspace(&mut self, workspace: &Workspace) {
        let known = file_index(&self.store).by_path.clone();
        let mut files = Vec::with_capacity(workspace.files.len());
        for file in &workspace.files {
            let input = match known.get(&file.path) {
                Some(&input) if input.language(&self.store) == file.language => {
                    self.update(input, file);
                    input
                }
                _ => self.add(file),
            };
            files.push(input);
        }
        let sources = Sources::get(&self.store);
        if **sources.files(&self.store) != *files {
            sources.set_files(&mut self.store).to(files.into());
        }
        if **sources.layout(&self.store) != workspace.layout {
            let layout = Arc::new(workspace.layout.clone());
            sources.set_layout(&mut self.store).to(layout);
        }
        self.stage.set(Stage::Nothing);
    }

    fn add(&self, file: &WorkspaceFile) -> SourceFile {
        SourceFile::builder(
            file.path.clone(),
            file.language,
            file.role,
            Arc::clone(&file.text),
        )
        .durability(durability(file.role))
        .new(&self.store)
    }

    fn update(&mut self, input: SourceFile, file: &WorkspaceFile) {
        let durability = durability(file.role);
        if input.role(&self.store) != file.role {
            let setter = input.set_role(&mut self.store);
            setter.with_durability(durability).to(file.role);
        }
        if *input.text(&self.store) != file.text {
            let setter = input.set_text(&mut self.store);
            setter
                .with_durability(durability)
                .to(Arc::clone(&file.text));
        }
    }

    /// Replaces the text of a file. Says whether the workspace has that file.
    pub fn set_file_text(&mut self, path: &str, text: Arc<str>) -> bool {
        let Some(&file) = file_index(&self.store).by_path.get(path) else {
            return false;
        };
        if *file.text(&self.store) != text {
            let durability = durability(file.role(&self.store));
            let setter = file.set_text(&mut self.store);
            setter.with_durability(durability).to(text);
            self.stage.set(Stage::Nothing);
        }
        true
    }

    /// Chooses which files beside the user's sources are reported on.
    pub fn set_scope(&mut self, scope: Scope) {
        let sources = Sources::get(&self.store);
        if sources.scope(&self.store) != scope {
            sources.set_scope(&mut self.store).to(scope);
            self.stage.set(Stage::Nothing);
        }
    }

    /// Every finding of the units in scope, by place; also those in files out of scope, such as
    /// the dependency that a base contract comes from.
    pub fn findings(&self) -> Arc<[Finding]> {
        self.reach(Stage::Checked);
        Arc::clone(findings(&self.store))
    }

    /// Findings whose primary place is in one file.
    pub fn findings_in(&self, file: FileId) -> Vec<Finding> {
        let all = self.findings();
        let here = all.iter().filter(|f| f.primary.file == file);
        here.cloned().collect()
    }

    /// What a person should know about the input: text that is no code, imports that lead
    /// nowhere, definitions whose analysis failed.
    pub fn problems(&self) -> Vec<Problem> {
        self.reach(Stage::Checked);
        problems::problems(&self.store)
    }

    /// The comments of a file that allow findings.
    pub fn suppressions(&self, file: FileId) -> Vec<Suppression> {
        let files = Sources::get(&self.store).files(&self.store);
        let input = files.get(file.0 as usize);
        input.map_or_else(Vec::new, |input| {
            problems::file_suppressions(&self.store, *input).clone()
        })
    }

    /// How much was understood, by language and platform, in the files in scope.
    pub fn stats(&self) -> BTreeMap<(Language, Platform), Stats> {
        self.reach(Stage::Lowered);
        stats::stats(&self.store)
    }

    /// The platforms of the units in scope, in the order of their declaration.
    pub fn platforms(&self) -> Vec<Platform> {
        self.reach(Stage::Linked);
        let mut found = BTreeSet::new();
        for &language in Language::ALL {
            let all = units(&self.store, language);
            for name in units_in_scope(&self.store, language) {
                found.extend(all.get(name).map(|unit| unit.platform));
            }
        }
        found.remove(&Platform::None);
        found.into_iter().collect()
    }

    /// Every unit of the workspace, by language and name.
    pub fn units(&self) -> Vec<Arc<Unit>> {
        self.reach(Stage::Linked);
        let all = Language::ALL.iter();
        all.flat_map(|language| units(&self.store, *language).values().cloned())
            .collect()
    }

    /// The SIR of every definition and closure, by language and name.
    pub fn functions(&self) -> Vec<Arc<Function>> {
        self.reach(Stage::Lowered);
        let mut all = Vec::new();
        for &language in Language::ALL {
            for name in self.definitions(language) {
                let definition = Definition::new(&self.store, language, name);
                if let Some(lowered) = &lower(&self.store, definition).lowered {
                    all.push(Arc::clone(&lowered.function));
                    all.extend(lowered.closures.iter().map(|(f, _)| Arc::clone(f)));
                }
            }
        }
        all
    }

    /// The SIR of one function.
    pub fn function(&self, language: Language, name: &str) -> Option<Arc<Function>> {
        self.reach(Stage::Lowered);
        function(
            &self.store,
            Definition::new(&self.store, language, SmolStr::new(name)),
        )
    }

    /// What a function of a unit does, calls included.
    pub fn summary(&self, unit: &Unit, function: &Name) -> Option<Arc<Summary>> {
        self.reach(Stage::Summarised);
        summary_in(&self.store, unit.language, &unit.name, function)
    }

    /// The syntax tree of a file as text.
    pub fn dump_tree(&self, path: &str) -> Option<String> {
        let file = *file_index(&self.store).by_path.get(path)?;
        Some(dump::tree(&self.store, file))
    }

    /// The outline of a file as text.
    pub fn dump_outline(&self, path: &str) -> Option<String> {
        self.reach(Stage::Linked);
        let file = *file_index(&self.store).by_path.get(path)?;
        Some(dump::file_outline(&self.store, file))
    }

    /// The SIR of a file, a unit or a function, or of everything in scope.
    pub fn dump_sir(&self, selector: Option<&str>) -> String {
        self.reach(Stage::Lowered);
        dump::sir(&self.store, selector)
    }

    /// The summaries of a file, a unit or a function, or of everything in scope.
    pub fn dump_summaries(&self, selector: Option<&str>) -> String {
        self.reach(Stage::Summarised);
        dump::summaries(&self.store, selector)
    }

    /// What the dumps take as a selector: paths, units and functions.
    pub fn selectors(&self) -> Vec<SmolStr> {
        self.reach(Stage::Linked);
        dump::selectors(&self.store)
    }

    /// The queries that ran since the last call, sorted; none without
    /// [`Self::with_query_log`].
    pub fn take_query_log(&self) -> Vec<QueryRun> {
        self.store.take_log()
    }

    /// Computes everything up to a stage on all processors, so that the queries that follow only
    /// look it up.
    fn reach(&self, wanted: Stage) {
        let reached = self.stage.get();
        for stage in [
            Stage::Linked,
            Stage::Lowered,
            Stage::Summarised,
            Stage::Checked,
        ] {
            if stage <= reached || stage > wanted {
                continue;
            }
            let progress = self.progress.as_ref();
            let tick = |done, all| {
                if let Some(progress) = progress {
                    progress(stage, done, all);
                }
            };
            match stage {
                Stage::Nothing => {}
                Stage::Linked => self.link(&tick),
                Stage::Lowered => self.lower(&tick),
                Stage::Summarised => self.summarise(&tick),
                Stage::Checked => self.check(&tick),
            }
            self.stage.set(stage);
        }
    }

    fn link(&self, tick: Tick<'_>) {
        let files = Arc::clone(Sources::get(&self.store).files(&self.store));
        for_each(&self.store, &files, tick, |db, file| {
            outline(db, *file);
        });
        for_each(&self.store, Language::ALL, &|_, _| (), |db, language| {
            definition_files(db, *language);
            units(db, *language);
        });
    }

    /// Lowers what stands in files in scope and all that it calls, call by call; the rest of the
    /// dependencies is never looked at.
    fn lower(&self, tick: Tick<'_>) {
        for &language in Language::ALL {
            let mut seen: FxHashSet<Name> = FxHashSet::default();
            let mut wanted = self.definitions(language);
            for name in units_in_scope(&self.store, language) {
                if let Some(unit) = units(&self.store, language).get(name) {
                    wanted.extend(unit.functions.iter().cloned());
                }
            }
            while !wanted.is_empty() {
                wanted.retain(|name| seen.insert(name.clone()));
                for_each(&self.store, &wanted, tick, |db, name| {
                    mentions(db, Definition::new(db, language, name.clone()));
                });
                wanted = self.named_by(language, &wanted);
            }
        }
    }

    /// Definitions in files in scope.
    fn definitions(&self, language: Language) -> Vec<Name> {
        let scope = Sources::get(&self.store).scope(&self.store);
        let files = definition_files(&self.store, language);
        let all = program(&self.store, language).0.definitions().iter();
        all.filter(|(name, _)| {
            let file = files.get(name);
            file.is_some_and(|file| scope.includes(file.role(&self.store)))
        })
        .map(|(name, _)| name.clone())
        .collect()
    }

    /// Functions that these call by name, and those of contracts that they know by type.
    fn named_by(&self, language: Language, names: &[Name]) -> Vec<Name> {
        let mut found = Vec::new();
        for name in names {
            let definition = Definition::new(&self.store, language, name.clone());
            let mentions = mentions(&self.store, definition);
            for callee in &mentions.callees {
                match callee {
                    Callee::Function(name) => found.push(name.clone()),
                    Callee::OneOf(names) => found.extend(names.iter().cloned()),
                    _ => {}
                }
            }
            for name in &mentions.contracts {
                if let Some(unit) = contract(&self.store, language, name) {
                    found.extend(unit.functions.iter().cloned());
                }
            }
        }
        found
    }

    /// Callees come before callers, so that no query descends further than one call.
    fn summarise(&self, tick: Tick<'_>) {
        for_each(&self.store, Language::ALL, &|_, _| (), |db, language| {
            graph(db, *language);
        });
        for &language in Language::ALL {
            let components = &graph(&self.store, language).components;
            for_each(&self.store, components, tick, |db, component| {
                if let Some(first) = component.members.first() {
                    let (unit, function) = (first.unit.clone(), first.function.clone());
                    summary(db, Node::new(db, language, unit, function));
                }
            });
        }
    }

    fn check(&self, tick: Tick<'_>) {
        for &language in Language::ALL {
            let names = units_in_scope(&self.store, language);
            for_each(&self.store, names, tick, |db, name| {
                sightings(db, UnitKey::new(db, language, name.clone()));
            });
        }
    }
}

/// Vendored code rarely changes.
fn durability(role: FileRole) -> Durability {
    match role {
        FileRole::Dependency => Durability::HIGH,
        FileRole::Source | FileRole::Test => Durability::LOW,
    }
}
