//! From sites in SIR to places in files.

use pactward_base::{Language, Location, Span};
use pactward_ir::{Name, OpSource, Unit};
use pactward_lint::Site;

use crate::inputs::{Db, Definition, SourceFile};
use crate::lowering::{home, source_map};
use crate::source::{file_index, placement};

/// The place of a site: its expression, else the head of its function, else the start of the file
/// that its function or the unit stands in.
pub(crate) fn locate(db: &dyn Db, unit: &Unit, site: &Site) -> Option<Location> {
    let language = unit.language;
    let source = match site {
        Site::Op(at) => source_of(db, language, &at.function, |map| map.op(at.op)),
        Site::End(name, block) => source_of(db, language, name, |map| map.end(*block)),
        Site::Definition(_) => None,
    };
    source
        .or_else(|| head(db, language, site.function()))
        .or_else(|| head(db, language, &unit.name))
        .or_else(|| in_some_file(db, unit))
}

fn source_of(
    db: &dyn Db,
    language: Language,
    function: &Name,
    pick: impl FnOnce(&pactward_ir::SourceMap) -> OpSource,
) -> Option<Location> {
    let map = source_map(db, Definition::new(db, language, function.clone()))?;
    let source = pick(&map);
    let span = if source.span.is_empty() {
        source.statement
    } else {
        source.span
    };
    if span.is_empty() {
        return None;
    }
    let body = map.bodies.get(source.body as usize)?;
    in_body(db, language, body, span)
}

/// The place of a span that is relative to the start of a definition's text.
pub(crate) fn in_body(
    db: &dyn Db,
    language: Language,
    body: &Name,
    span: Span,
) -> Option<Location> {
    let placement = placement(db, Definition::new(db, language, body.clone()))?;
    let around = placement.span?;
    let span = span.offset(around.start);
    around
        .contains(span)
        .then(|| location(db, placement.file, span))?
}

fn location(db: &dyn Db, file: SourceFile, span: Span) -> Option<Location> {
    let file = *file_index(db).ids.get(&file)?;
    Some(Location { file, span })
}

/// The name of a unit, or the first line of a definition's text up to its body.
fn head(db: &dyn Db, language: Language, name: &Name) -> Option<Location> {
    let named = Definition::new(db, language, name.clone());
    let placement = placement(db, home(db, named).unwrap_or(named))?;
    let span = match placement.span {
        Some(span) => {
            let text = span.of(placement.file.text(db));
            let line = text.lines().next().unwrap_or_default();
            let shown = line.split('{').next().unwrap_or_default().trim_end();
            Span::new(span.start, span.start + shown.len() as u32)
        }
        None => Span::default(),
    };
    location(db, placement.file, span)
}

/// The start of the file that a unit's name begins with, or of the first file with one of its
/// functions.
fn in_some_file(db: &dyn Db, unit: &Unit) -> Option<Location> {
    let path = unit
        .name
        .rsplit_once(':')
        .map_or(unit.name.as_str(), |(path, _)| path);
    let by_name = file_index(db).by_path.get(path).copied();
    let file = by_name.or_else(|| {
        let functions = unit.functions.iter();
        functions
            .map(|name| Definition::new(db, unit.language, name.clone()))
            .find_map(|definition| Some(placement(db, definition)?.file))
    })?;
    location(db, file, Span::default())
}
