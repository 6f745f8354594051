//! Queries about text: trees, outlines, bodies and their places.

use std::sync::Arc;

use pactward_base::{FileId, Language, SmolStr, Span};
use pactward_syntax::{Body, Parsed, parse};
use rustc_hash::FxHashMap;

use crate::front_end::{self, Decls, FileOutline};
use crate::guard::guarded;
use crate::inputs::{Db, Definition, LanguageKey, SourceFile, Sources};
use crate::program::{definition_files, files_of_bodies};

/// The syntax tree of a file. It is parsed from nothing after each edit: re-use of the old tree
/// may recover from errors in another way, and the result would depend on the edits before.
#[salsa::tracked(no_eq)]
pub(crate) fn parsed(db: &dyn Db, file: SourceFile) -> Arc<Parsed> {
    Arc::new(parse(file.language(db), Arc::clone(file.text(db))))
}

/// The outline of a file, and the message of a panic that it ended in.
#[salsa::tracked(no_eq)]
pub(crate) fn outline(db: &dyn Db, file: SourceFile) -> (FileOutline, Option<SmolStr>) {
    let parsed = parsed(db, file);
    match guarded(|| front_end::outline(file.path(db), parsed)) {
        Ok(outline) => (outline, None),
        Err(failure) => {
            let empty = FileOutline {
                decls: Decls::empty(file.language(db)),
                bodies: Vec::new(),
                problems: Vec::new(),
                imports: Vec::new(),
            };
            (empty, Some(failure))
        }
    }
}

/// The declarations of a file: equal as before when only a body was edited.
#[salsa::tracked(returns(clone))]
pub(crate) fn decls(db: &dyn Db, file: SourceFile) -> Decls {
    outline(db, file).0.decls.clone()
}

/// The names of a file's bodies: equal as before when only their text was edited.
#[salsa::tracked(returns(clone))]
pub(crate) fn body_names(db: &dyn Db, file: SourceFile) -> Arc<[SmolStr]> {
    let bodies = &outline(db, file).0.bodies;
    bodies.iter().map(|(name, _)| name.clone()).collect()
}

/// Text and tree of a definition: equal as before when the definition has only moved. Its
/// [`Body::start`] is therefore not to be trusted: see [`placement`].
#[salsa::tracked(returns(clone))]
pub(crate) fn body<'db>(db: &'db dyn Db, definition: Definition<'db>) -> Option<Body> {
    let files = files_of_bodies(db, LanguageKey::new(db, definition.language(db)));
    let file = files.get(definition.name(db))?;
    outline(db, *file).0.body(definition.name(db)).cloned()
}

/// Where the text of a definition stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Placement {
    pub(crate) file: SourceFile,
    /// Nothing for a definition without text of its own, such as a getter.
    pub(crate) span: Option<Span>,
}

#[salsa::tracked(returns(copy))]
pub(crate) fn placement<'db>(db: &'db dyn Db, definition: Definition<'db>) -> Option<Placement> {
    let language = definition.language(db);
    let bodies = files_of_bodies(db, LanguageKey::new(db, language));
    let file = match bodies.get(definition.name(db)) {
        Some(file) => *file,
        None => *definition_files(db, language).get(definition.name(db))?,
    };
    let span = outline(db, file).0.body(definition.name(db)).map(|body| {
        let start = body.start();
        Span::new(start, start + body.text().len() as u32)
    });
    Some(Placement { file, span })
}

/// Ids of the files, by input and by path.
#[derive(Debug, PartialEq, Eq, Default)]
pub(crate) struct FileIndex {
    pub(crate) ids: FxHashMap<SourceFile, FileId>,
    pub(crate) by_path: FxHashMap<SmolStr, SourceFile>,
}

#[salsa::tracked]
pub(crate) fn file_index(db: &dyn Db) -> FileIndex {
    let mut index = FileIndex::default();
    for (at, file) in Sources::get(db).files(db).iter().enumerate() {
        index.ids.insert(*file, FileId(at as u32));
        index.by_path.insert(file.path(db).clone(), *file);
    }
    index
}

/// Files of one language in the order of their ids.
pub(crate) fn files_of(db: &dyn Db, language: Language) -> impl Iterator<Item = SourceFile> {
    let files = Sources::get(db).files(db).iter().copied();
    files.filter(move |file| file.language(db) == language)
}
