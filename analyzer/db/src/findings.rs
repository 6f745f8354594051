//! Queries that turn claims into findings.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

use pactward_base::{
    Confidence, Edit, Evidence, Finding, Fix, Label, Language, Location, Severity, SmolStr, Step,
    fingerprint,
};
use pactward_ir::{Name, Unit};
use pactward_lint::{Claim, ClaimFix};

use crate::claims::claims;
use crate::graph::is_own;
use crate::guard::guarded;
use crate::inputs::{Db, Definition, LanguageKey, Scope, SourceFile, Sources, UnitKey};
use crate::lowering::source_map;
use crate::places::{in_body, locate};
use crate::program::{definition_files, program, unit, units};
use crate::source::{body, file_index};

/// A finding as one unit shows it, before the same one seen from other units is dropped.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Sighting {
    /// Without its fingerprint.
    finding: Finding,
    identity: Vec<SmolStr>,
    /// Whether the primary place is in code of the unit itself, not of a base.
    is_own: bool,
}

/// The claims about a unit with places in files.
#[salsa::tracked]
pub(crate) fn sightings<'db>(db: &'db dyn Db, key: UnitKey<'db>) -> Vec<Sighting> {
    let Some(unit) = unit(db, key) else {
        return Vec::new();
    };
    let claims = claims(db, key).claims.iter();
    claims
        .filter_map(|(rule, claim)| sighting(db, &unit, rule, claim))
        .collect()
}

fn sighting(db: &dyn Db, unit: &Unit, rule: &'static str, claim: &Claim) -> Option<Sighting> {
    let primary = shown_at(db, unit, claim)?;
    let labels = claim.labels.iter().filter_map(|label| {
        Some(Label {
            location: locate(db, unit, &label.site)?,
            slot: label.slot,
            args: label.args.clone(),
        })
    });
    let path = claim.path.iter().filter_map(|step| {
        Some(Step {
            role: step.role,
            location: locate(db, unit, &step.site)?,
            slot: step.slot,
            args: step.args.clone(),
        })
    });
    let function = claim.primary.function();
    let finding = Finding {
        rule,
        severity: claim.severity,
        confidence: claim.confidence,
        platform: unit.platform,
        unit: unit.name.clone(),
        function: function.clone(),
        primary,
        slot: claim.slot,
        args: claim.args.clone(),
        labels: labels.collect(),
        path: path.collect(),
        fixes: claim
            .fixes
            .iter()
            .filter_map(|fix| render(db, unit, fix))
            .collect(),
        evidence: Evidence::Static,
        fingerprint: SmolStr::default(),
    };
    Some(Sighting {
        finding,
        identity: claim.identity.clone(),
        is_own: is_own(function, unit),
    })
}

/// The primary place, or where that lies in code that is not reported on, the innermost call
/// around it that is.
fn shown_at(db: &dyn Db, unit: &Unit, claim: &Claim) -> Option<Location> {
    let sources = Sources::get(db);
    let is_reported = |location: &Location| {
        let file = sources.files(db).get(location.file.0 as usize);
        file.is_some_and(|file| sources.scope(db).includes(file.role(db)))
    };
    let sites = std::iter::once(&claim.primary).chain(&claim.outer);
    let mut places = sites.filter_map(|site| locate(db, unit, site));
    let first = places.next()?;
    if is_reported(&first) {
        return Some(first);
    }
    Some(places.find(is_reported).unwrap_or(first))
}

/// The text of a fix, or nothing where the front end cannot write it.
fn render(db: &dyn Db, unit: &Unit, fix: &ClaimFix) -> Option<Fix> {
    let language = unit.language;
    let definition = |name: &Name| {
        let key = Definition::new(db, language, name.clone());
        Some((body(db, key)?, source_map(db, key)?))
    };
    let program = &program(db, language).0;
    // A panic here loses the fix, not the finding.
    let edits = guarded(|| program.render_edit(&fix.edit, &definition)).ok()??;
    let mut placed = Vec::with_capacity(edits.len());
    for edit in edits {
        placed.push(Edit {
            location: in_body(db, language, &edit.body, edit.span)?,
            text: edit.text,
        });
    }
    placed.sort_by_key(|edit| edit.location);
    Some(Fix {
        safety: fix.safety,
        slot: fix.slot,
        args: fix.args.clone(),
        edits: placed,
    })
}

/// Every finding of the units in scope, by place. The same rule at the same primary place seen
/// from several units is one finding, told by the unit that shows it worst, or else by the unit
/// that the code belongs to.
#[salsa::tracked]
pub(crate) fn findings(db: &dyn Db) -> Arc<[Finding]> {
    let mut places: BTreeMap<(Location, &'static str), Vec<&Sighting>> = BTreeMap::new();
    for &language in Language::ALL {
        for name in units_in_scope(db, language) {
            let key = UnitKey::new(db, language, name.clone());
            for sighting in sightings(db, key) {
                let place = (sighting.finding.primary, sighting.finding.rule);
                places.entry(place).or_default().push(sighting);
            }
        }
    }
    let files = Sources::get(db).files(db);
    let mut repeats: BTreeMap<SmolStr, usize> = BTreeMap::new();
    let mut all = Vec::new();
    for ((location, rule), seen) in places {
        let text = files
            .get(location.file.0 as usize)
            .map_or("", |file| location.span.of(file.text(db)));
        for sighting in of_best_unit(&seen) {
            let first = fingerprint(rule, &sighting.identity, text, 0);
            let repeat = repeats.entry(first.clone()).or_default();
            let mut finding = sighting.finding.clone();
            finding.fingerprint = match *repeat {
                0 => first,
                n => fingerprint(rule, &sighting.identity, text, n),
            };
            *repeat += 1;
            all.push(finding);
        }
    }
    all.into()
}

/// What the best unit shows at one place, without repetition.
fn of_best_unit<'a>(seen: &[&'a Sighting]) -> Vec<&'a Sighting> {
    type Rank<'u> = (Reverse<Severity>, Reverse<Confidence>, bool, &'u SmolStr);
    let mut units: BTreeMap<&SmolStr, Rank<'_>> = BTreeMap::new();
    for sighting in seen {
        let finding = &sighting.finding;
        let rank = (
            Reverse(finding.severity),
            Reverse(finding.confidence),
            !sighting.is_own,
            &finding.unit,
        );
        let best = units.entry(&finding.unit).or_insert(rank);
        *best = rank.min(*best);
    }
    let Some(best) = units.values().min().map(|rank| rank.3) else {
        return Vec::new();
    };
    let mut kept: Vec<&Sighting> = Vec::new();
    for &sighting in seen {
        let is_known = |k: &&Sighting| {
            k.identity == sighting.identity
                && k.finding.slot == sighting.finding.slot
                && k.finding.args == sighting.finding.args
        };
        if sighting.finding.unit == *best && !kept.iter().any(is_known) {
            kept.push(sighting);
        }
    }
    kept
}

/// Names of the units that rules run on: those with a function in a file in scope, or declared in
/// one.
pub(crate) fn units_in_scope(db: &dyn Db, language: Language) -> &Vec<Name> {
    scoped_units(db, LanguageKey::new(db, language))
}

#[salsa::tracked]
pub(crate) fn scoped_units<'db>(db: &'db dyn Db, key: LanguageKey<'db>) -> Vec<Name> {
    let language = key.language(db);
    let scope = Sources::get(db).scope(db);
    let units = units(db, language).values();
    units
        .filter(|unit| is_in_scope(db, unit, scope))
        .map(|unit| unit.name.clone())
        .collect()
}

fn is_in_scope(db: &dyn Db, unit: &Unit, scope: Scope) -> bool {
    let includes = |file: SourceFile| scope.includes(file.role(db));
    let path = unit
        .name
        .rsplit_once(':')
        .map_or(unit.name.as_str(), |(path, _)| path);
    if let Some(file) = file_index(db).by_path.get(path) {
        return includes(*file);
    }
    let files = definition_files(db, unit.language);
    unit.functions
        .iter()
        .filter_map(|name| files.get(name))
        .any(|file| includes(*file))
}
