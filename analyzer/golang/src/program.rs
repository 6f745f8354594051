//! All files with names resolved, and look-ups in them.

use std::sync::Arc;

use pactward_base::{Language, SmolStr};
use pactward_ir::{Const, Name, Unit};
use pactward_models::{Models, models};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::decls::{ConstDecl, Decls, FuncDecl, TypeDecl, VarDecl};

/// All files of the language with names resolved: what lowering needs beside a body. Equal
/// declarations make an equal program.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Program {
    pub(crate) files: Vec<File>,
    pub(crate) packages: Vec<Package>,
    /// Declared types by unique name.
    pub(crate) types: FxHashMap<Name, Ref>,
    /// Methods by unique name of the receiver's type, then by name.
    pub(crate) methods: FxHashMap<Name, FxHashMap<Name, Ref>>,
    /// Functions by unique name.
    pub(crate) funcs: FxHashMap<Name, Ref>,
    /// Package variables by unique name of their initialiser.
    pub(crate) initialisers: FxHashMap<Name, Ref>,
    /// Interfaces by unique name: what implements them, by unique type name, sorted.
    pub(crate) implementations: FxHashMap<Name, Vec<Name>>,
    /// Unique names of types whose methods are entries of a contract, embedded types included.
    pub(crate) contract_types: FxHashSet<Name>,
    pub(crate) definitions: Vec<(Name, SmolStr)>,
    pub(crate) units: Vec<Arc<Unit>>,
    pub(crate) unresolved: Vec<(SmolStr, SmolStr)>,
}

/// A declaration: file and index in the file's list of its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Ref {
    pub(crate) file: u32,
    pub(crate) index: u32,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct File {
    pub(crate) path: SmolStr,
    pub(crate) decls: Arc<Decls>,
    pub(crate) package: u32,
    /// Imports by the name that code uses.
    pub(crate) imports: FxHashMap<Name, ImportTarget>,
    /// Imports whose names are used bare.
    pub(crate) dots: Vec<ImportTarget>,
    /// Values of the file's constants, in order.
    pub(crate) consts: Vec<Option<Const>>,
}

/// Where an import leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ImportTarget {
    /// A package of the workspace.
    Package(u32),
    /// A package that the model tables know, by canonical name.
    Model(Name),
    /// Any other, by import path.
    Foreign(Name),
}

/// Files that see each other's names: one directory, as a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Package {
    /// Directory, or a longer name where a directory holds several.
    pub(crate) id: Name,
    pub(crate) files: Vec<u32>,
    pub(crate) is_test: bool,
    pub(crate) items: FxHashMap<Name, Item>,
    /// Packages whose names are seen too: the tested package, or what a directory's files share.
    pub(crate) fallback: Vec<u32>,
    /// Model package whose functions and types stand for those of the same name here: the
    /// ChainMaker TinyGo SDK is source code beside the contract.
    pub(crate) sdk: Option<Name>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Item {
    Type(Ref),
    Func(Ref),
    Var(Ref),
    Const(Ref),
}

pub(crate) fn go_models() -> &'static Models {
    models(Language::Go)
}

impl Program {
    /// What is deployed: packages that are contracts, and packages that use a contract SDK.
    pub fn units(&self) -> &[Arc<Unit>] {
        &self.units
    }

    /// Every definition that can be lowered, with the path of the file that holds its text.
    pub fn definitions(&self) -> &[(Name, SmolStr)] {
        &self.definitions
    }

    /// Imports that lead to no file: path of the importing file and the import as written.
    pub fn unresolved(&self) -> &[(SmolStr, SmolStr)] {
        &self.unresolved
    }

    pub(crate) fn func(&self, at: Ref) -> &FuncDecl {
        &self.files[at.file as usize].decls.funcs[at.index as usize]
    }

    pub(crate) fn var(&self, at: Ref) -> &VarDecl {
        &self.files[at.file as usize].decls.vars[at.index as usize]
    }

    pub(crate) fn type_decl(&self, at: Ref) -> &TypeDecl {
        &self.files[at.file as usize].decls.types[at.index as usize]
    }

    pub(crate) fn const_decl(&self, at: Ref) -> &ConstDecl {
        &self.files[at.file as usize].decls.consts[at.index as usize]
    }

    pub(crate) fn file(&self, index: u32) -> &File {
        &self.files[index as usize]
    }

    pub(crate) fn package_of(&self, file: u32) -> &Package {
        &self.packages[self.files[file as usize].package as usize]
    }

    /// Unique name of a package-level declaration: `dir:Name`.
    pub(crate) fn item_name(&self, at: Ref, name: &str) -> Name {
        Name::from(format!("{}:{name}", self.package_of(at.file).id))
    }

    /// The declaration of a name in a package.
    pub(crate) fn item(&self, package: u32, name: &str) -> Option<Item> {
        let package = &self.packages[package as usize];
        package.items.get(name).copied().or_else(|| {
            let mut others = package.fallback.iter();
            others.find_map(|p| self.packages[*p as usize].items.get(name).copied())
        })
    }

    /// The declaration of a name used bare in a file: of its package or a dot import.
    pub(crate) fn bare_item(&self, file: u32, name: &str) -> Option<Item> {
        let at = self.file(file);
        self.item(at.package, name).or_else(|| {
            at.dots.iter().find_map(|dot| match dot {
                ImportTarget::Package(package) => self.item(*package, name),
                _ => None,
            })
        })
    }

    /// The model packages whose names can be used bare in a file.
    pub(crate) fn bare_models(&self, file: u32) -> impl Iterator<Item = &Name> {
        let sdk = self.package_of(file).sdk.iter();
        sdk.chain(self.file(file).dots.iter().filter_map(|dot| match dot {
            ImportTarget::Model(name) => Some(name),
            _ => None,
        }))
    }

    /// A method that is declared on a type itself.
    pub(crate) fn method(&self, ty: &str, name: &str) -> Option<Ref> {
        self.methods.get(ty)?.get(name).copied()
    }
}
