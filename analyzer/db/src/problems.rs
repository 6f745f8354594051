//! What a person should know about the input itself.

use std::collections::BTreeSet;

use pactward_base::{FileId, Language, Location, Problem, ProblemKind, SmolStr, Span};
use pactward_ir::Name;
use pactward_lint::Site;
use pactward_policy::{Suppression, suppressions};
use pactward_syntax::syntax_problems;

use crate::claims::claims;
use crate::findings::units_in_scope;
use crate::graph::graph;
use crate::inputs::{Db, Definition, Node, SourceFile, Sources, UnitKey};
use crate::lowering::{home, lower};
use crate::places::locate;
use crate::program::{definition_files, program, unit, units};
use crate::source::{file_index, outline, parsed, placement};
use crate::summaries::summary;

/// Problems of the text of one file, in order.
#[salsa::tracked]
pub(crate) fn file_problems(db: &dyn Db, file: SourceFile) -> Vec<(ProblemKind, Span, SmolStr)> {
    let parsed = parsed(db, file);
    let mut found: Vec<_> = syntax_problems(parsed)
        .into_iter()
        .map(|problem| (problem.kind, problem.span, problem.subject))
        .collect();
    if !parsed.is_whole {
        found.push((ProblemKind::Limit, Span::default(), file.path(db).clone()));
    }
    let (outline, failure) = outline(db, file);
    for problem in &outline.problems {
        found.push((problem.kind, problem.span, problem.subject.clone()));
    }
    if let Some(failure) = failure {
        found.push((ProblemKind::Internal, Span::default(), failure.clone()));
    }
    found.sort_by(|a, b| (a.1, a.0, &a.2).cmp(&(b.1, b.0, &b.2)));
    found.dedup();
    found
}

/// The comments of a file that allow findings.
#[salsa::tracked]
pub(crate) fn file_suppressions(db: &dyn Db, file: SourceFile) -> Vec<Suppression> {
    suppressions(parsed(db, file))
}

/// Every problem in scope: what is wrong in the text, imports that lead nowhere (each once), and
/// definitions whose analysis failed.
pub(crate) fn problems(db: &dyn Db) -> Vec<Problem> {
    let scope = Sources::get(db).scope(db);
    let mut all = Vec::new();
    for (at, &file) in Sources::get(db).files(db).iter().enumerate() {
        if !scope.includes(file.role(db)) {
            continue;
        }
        for (kind, span, subject) in file_problems(db, file) {
            let location = Location {
                file: FileId(at as u32),
                span: *span,
            };
            all.push(Problem {
                kind: *kind,
                location,
                subject: subject.clone(),
            });
        }
    }
    for &language in Language::ALL {
        unresolved_imports(db, language, &mut all);
        failures(db, language, &mut all);
    }
    all.sort_by(|a, b| (a.location, a.kind, &a.subject).cmp(&(b.location, b.kind, &b.subject)));
    all.dedup();
    all
}

/// The first file in scope that has an import tells it for all.
fn unresolved_imports(db: &dyn Db, language: Language, all: &mut Vec<Problem>) {
    let index = file_index(db);
    let scope = Sources::get(db).scope(db);
    let mut wanted: Vec<_> = program(db, language).0.unresolved().to_vec();
    wanted.sort();
    let mut told = BTreeSet::new();
    for (path, import) in wanted {
        let Some(&file) = index.by_path.get(&path) else {
            continue;
        };
        if !scope.includes(file.role(db)) || !told.insert(import.clone()) {
            continue;
        }
        let imports = &outline(db, file).0.imports;
        let span = imports.iter().find(|(text, _)| *text == import);
        if let Some(&id) = index.ids.get(&file) {
            all.push(Problem {
                kind: ProblemKind::UnresolvedImport,
                location: Location {
                    file: id,
                    span: span.map_or(Span::default(), |(_, span)| *span),
                },
                subject: import,
            });
        }
    }
}

fn failures(db: &dyn Db, language: Language, all: &mut Vec<Problem>) {
    let mut add = |location: Option<Location>, what: &str, message: &str| {
        all.push(Problem {
            kind: ProblemKind::Internal,
            location: location.unwrap_or(Location {
                file: FileId(0),
                span: Span::default(),
            }),
            subject: SmolStr::new(format!("{what}: {message}")),
        });
    };
    let (_, failure) = program(db, language);
    if let Some(failure) = failure {
        add(None, language.as_str(), failure);
    }
    for name in looked_at(db, language) {
        let definition = Definition::new(db, language, name.clone());
        if let Some(failure) = &lower(db, definition).failure {
            let placed = placement(db, definition);
            let location = placed.and_then(|placement| {
                Some(Location {
                    file: *file_index(db).ids.get(&placement.file)?,
                    span: placement
                        .span
                        .map_or(Span::default(), |s| Span::new(s.start, s.start)),
                })
            });
            add(location, name, failure);
        }
    }
    for place in graph(db, language)
        .components
        .iter()
        .flat_map(|c| c.members.iter())
    {
        let node = Node::new(db, language, place.unit.clone(), place.function.clone());
        if let Some(failure) = &summary(db, node).failure {
            let location = units(db, language)
                .get(&place.unit)
                .and_then(|unit| locate(db, unit, &Site::Definition(place.function.clone())));
            add(location, &place.function, failure);
        }
    }
    for name in units_in_scope(db, language) {
        let key = UnitKey::new(db, language, name.clone());
        for (rule, failure) in &claims(db, key).failures {
            let location = unit(db, key)
                .and_then(|unit| locate(db, &unit, &Site::Definition(unit.name.clone())));
            add(location, &format!("{name}: {rule}"), failure);
        }
    }
}

/// Names of the definitions that are lowered for the findings: those in scope and all that they
/// lead to.
fn looked_at(db: &dyn Db, language: Language) -> BTreeSet<&Name> {
    let scope = Sources::get(db).scope(db);
    let files = definition_files(db, language);
    let in_scope = |name: &Name| {
        let file = files.get(name);
        file.is_some_and(|file| scope.includes(file.role(db)))
    };
    let definitions = program(db, language).0.definitions().iter();
    let own = definitions
        .map(|(name, _)| name)
        .filter(|name| in_scope(name));
    let components = graph(db, language).components.iter();
    let reached = components
        .flat_map(|c| c.members.iter())
        .filter_map(|place| {
            let function = Definition::new(db, language, place.function.clone());
            Some(home(db, function)?.name(db))
        });
    own.chain(reached).collect()
}
