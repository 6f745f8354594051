//! What the database is told, and the keys of its queries.

#![allow(
    unused_lifetimes,
    reason = "interned keys name the lifetime of the database only in generated code"
)]

use std::sync::Arc;

use pactward_base::{FileRole, Language, Layout, SmolStr};
use pactward_ir::Name;
use pactward_lint::Rule;

/// The database as queries see it.
#[salsa::db]
pub(crate) trait Db: salsa::Database {
    /// The rules to run. They never change in the life of a database.
    fn rules(&self) -> &[&'static dyn Rule];
}

/// A file of the workspace. Dependencies get a high durability, so that their queries are not
/// looked at again while the user types elsewhere.
#[salsa::input(debug)]
pub(crate) struct SourceFile {
    #[returns(ref)]
    pub(crate) path: SmolStr,
    #[returns(copy)]
    pub(crate) language: Language,
    #[returns(copy)]
    pub(crate) role: FileRole,
    #[returns(ref)]
    pub(crate) text: Arc<str>,
}

/// Everything that is analysed.
#[salsa::input(singleton)]
pub(crate) struct Sources {
    /// Files in the order of their ids.
    #[returns(ref)]
    pub(crate) files: Arc<[SourceFile]>,
    #[returns(ref)]
    pub(crate) layout: Arc<Layout>,
    #[returns(copy)]
    pub(crate) scope: Scope,
}

/// Which files' own units rules are run on, beside the user's sources.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Scope {
    pub dependencies: bool,
    pub tests: bool,
}

impl Scope {
    /// Whether findings in a file of this role are asked for.
    pub fn includes(self, role: FileRole) -> bool {
        match role {
            FileRole::Source => true,
            FileRole::Dependency => self.dependencies,
            FileRole::Test => self.tests,
        }
    }
}

/// A language, as the key of queries about all its files.
#[salsa::interned]
pub(crate) struct LanguageKey<'db> {
    #[returns(copy)]
    pub(crate) language: Language,
}

/// A definition that is lowered, or a closure in one.
#[salsa::interned]
pub(crate) struct Definition<'db> {
    #[returns(copy)]
    pub(crate) language: Language,
    #[returns(ref)]
    pub(crate) name: Name,
}

/// A contract unit.
#[salsa::interned]
pub(crate) struct UnitKey<'db> {
    #[returns(copy)]
    pub(crate) language: Language,
    #[returns(ref)]
    pub(crate) name: Name,
}

/// A function as it runs in a unit.
#[salsa::interned]
pub(crate) struct Node<'db> {
    #[returns(copy)]
    pub(crate) language: Language,
    #[returns(ref)]
    pub(crate) unit: Name,
    #[returns(ref)]
    pub(crate) function: Name,
}
