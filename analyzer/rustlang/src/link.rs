//! From the declarations of all files to a program.

mod entries;
mod items;
mod modules;
mod storage;
mod units;

use std::sync::Arc;

use pactward_base::{Layout, SmolStr};

use crate::decls::Decls;
use crate::program::Program;

pub(crate) fn link(files: &[(SmolStr, Arc<Decls>)], layout: &Layout) -> Program {
    let mut program = Program::default();
    let sources = modules::build(&mut program, files, layout);
    items::register(&mut program, &sources);
    modules::find_platforms(&mut program);
    items::resolve_types(&mut program, &sources);
    storage::find(&mut program, &sources);
    items::resolve_functions(&mut program, &sources);
    storage::find_functions(&mut program, &sources);
    modules::find_unresolved(&mut program, &sources);
    units::build(&mut program, &sources);
    program
}
