//! Queries from bodies to SIR.

use std::sync::Arc;

use pactward_base::SmolStr;
use pactward_ir::{Callee, Function, Lowered, Name, OpKind, SourceMap};

use crate::guard::guarded;
use crate::inputs::{Db, Definition};
use crate::program::{definition_files, program};
use crate::source::body;

/// A lowered definition, and the message of a panic that lowering ended in.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Lowering {
    pub(crate) lowered: Option<Lowered>,
    pub(crate) failure: Option<SmolStr>,
}

/// Lowers one definition from its body, the bodies that it asks for, and the program.
#[salsa::tracked]
pub(crate) fn lower<'db>(db: &'db dyn Db, definition: Definition<'db>) -> Lowering {
    let language = definition.language(db);
    let program = &program(db, language).0;
    let find = |name: &Name| body(db, Definition::new(db, language, name.clone()));
    match guarded(|| program.lower(definition.name(db), &find)) {
        Ok(lowered) => Lowering {
            lowered,
            failure: None,
        },
        Err(failure) => Lowering {
            lowered: None,
            failure: Some(failure),
        },
    }
}

/// The SIR of a definition or closure: equal as before when only layout or comments changed.
#[salsa::tracked(returns(clone))]
pub(crate) fn function<'db>(db: &'db dyn Db, definition: Definition<'db>) -> Option<Arc<Function>> {
    find(db, definition).map(|(function, _)| Arc::clone(function))
}

/// Where the ops of a definition or closure come from.
#[salsa::tracked(returns(clone))]
pub(crate) fn source_map<'db>(
    db: &'db dyn Db,
    definition: Definition<'db>,
) -> Option<Arc<SourceMap>> {
    find(db, definition).map(|(_, map)| Arc::clone(map))
}

/// A definition's own SIR, or that of a closure found in the definition around it.
fn find<'db>(
    db: &'db dyn Db,
    definition: Definition<'db>,
) -> Option<(&'db Arc<Function>, &'db Arc<SourceMap>)> {
    let name = definition.name(db);
    let home = home(db, definition)?;
    let lowered = lower(db, home).lowered.as_ref()?;
    if lowered.function.name == *name {
        return Some((&lowered.function, &lowered.map));
    }
    let closure = lowered.closures.iter().find(|(f, _)| f.name == *name)?;
    Some((&closure.0, &closure.1))
}

/// The definition whose lowering yields the function: itself, or for a closure the definition
/// whose name stands before one of the `#` of its own.
pub(crate) fn home<'db>(db: &'db dyn Db, definition: Definition<'db>) -> Option<Definition<'db>> {
    let language = definition.language(db);
    let files = definition_files(db, language);
    let mut name = definition.name(db).as_str();
    if files.contains_key(name) {
        return Some(definition);
    }
    loop {
        name = name.rsplit_once('#')?.0;
        if files.contains_key(name) {
            return Some(Definition::new(db, language, SmolStr::new(name)));
        }
    }
}

/// What a function names: equal as before when an edit changed no call.
#[derive(Debug, PartialEq, Eq, Default)]
pub(crate) struct Mentions {
    /// Calls inside the unit and closures that the function makes, without repetition.
    pub(crate) callees: Vec<Callee>,
    /// Contracts through whose type external calls go, without repetition.
    pub(crate) contracts: Vec<Name>,
}

#[salsa::tracked]
pub(crate) fn mentions<'db>(db: &'db dyn Db, definition: Definition<'db>) -> Mentions {
    let mut found = Mentions::default();
    let Some(function) = function(db, definition) else {
        return found;
    };
    for (_, op) in function.iter_ops() {
        match &op.kind {
            OpKind::Call {
                callee: Callee::Value(_),
                ..
            } => {}
            OpKind::Call { callee, .. } | OpKind::Spawn { callee, .. } => {
                add(&mut found.callees, callee.clone());
            }
            OpKind::Closure { function, .. } => {
                add(&mut found.callees, Callee::Function(function.clone()));
            }
            OpKind::ExtCall { interface, .. } if !interface.is_empty() => {
                add(&mut found.contracts, interface.clone());
            }
            _ => {}
        }
    }
    found
}

fn add<T: PartialEq>(all: &mut Vec<T>, item: T) {
    if !all.contains(&item) {
        all.push(item);
    }
}
