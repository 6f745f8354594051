//! Which packages are contracts, and through which functions they are entered.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use pactward_base::{Language, Platform};
use pactward_ir::{
    Entry, EntryKind, Fact, Mutability, Name, StateKind, StateVar, Type, Unit, UnitKind, Visibility,
};
use rustc_hash::FxHashSet;

use crate::decls::{FuncDecl, Init, TypeExpr, is_exported};
use crate::dispatchers::{self, Selected};
use crate::members::MemberKind;
use crate::program::{Program, Ref, go_models};
use crate::types::{LocalTypes, Types, no_scope};

/// Exports that every TinyGo contract has for its host; they are no methods of the contract.
const HOST_EXPORTS: [&str; 3] = ["allocate", "deallocate", "runtime_type"];

/// Deepest embedding of contract types that is followed.
const MAX_EMBEDDING: usize = 8;

/// Units of all packages, sorted by name, and the types whose methods are their entries.
pub(crate) fn units(program: &Program) -> (Vec<Arc<Unit>>, FxHashSet<Name>) {
    let locals = LocalTypes::default();
    let mut units: Vec<Arc<Unit>> = Vec::new();
    let mut contract_types = FxHashSet::default();
    for package in 0..program.packages.len() as u32 {
        if program.packages[package as usize].is_test {
            continue;
        }
        let types = Types {
            program,
            locals: &locals,
        };
        let mut finder = Finder {
            package,
            types,
            contracts: BTreeSet::new(),
        };
        units.extend(finder.unit().map(Arc::new));
        contract_types.extend(finder.contracts);
    }
    units.sort_by(|a, b| a.name.cmp(&b.name));
    (units, contract_types)
}

struct Finder<'p> {
    package: u32,
    types: Types<'p>,
    /// Unique names of contract types found.
    contracts: BTreeSet<Name>,
}

impl<'p> Finder<'p> {
    fn program(&self) -> &'p Program {
        self.types.program
    }

    fn unit(&mut self) -> Option<Unit> {
        let mut found = self.contract_api();
        if found.is_none() {
            found = self.shim();
        }
        if found.is_none() {
            found = self.docker_go();
        }
        if found.is_none() {
            found = self.tinygo();
        }
        let (kind, platform, entries) = match found {
            Some((platform, entries)) => (UnitKind::Contract, platform, entries),
            None => (UnitKind::Package, self.library_platform()?, Vec::new()),
        };
        let package = &self.program().packages[self.package as usize];
        let mut functions = Vec::new();
        let mut state = self.contract_fields();
        let mut facts = Vec::new();
        for file in &package.files {
            let decls = &self.program().file(*file).decls;
            functions.extend(
                decls
                    .funcs
                    .iter()
                    .filter(|f| f.has_body)
                    .map(|f| f.key.clone()),
            );
            for (index, var) in decls.vars.iter().enumerate() {
                if !var.key.is_empty() {
                    functions.push(var.key.clone());
                }
                let at = Ref {
                    file: *file,
                    index: index as u32,
                };
                if var.name != "_" {
                    state.push(self.state_var(at));
                }
            }
            facts.extend(decls.imports.iter().map(|i| Fact {
                kind: Name::new_static("import"),
                value: i.path.clone(),
            }));
        }
        functions.sort();
        functions.dedup();
        state.sort_by(|a, b| a.name.cmp(&b.name));
        facts.sort_by(|a, b| a.value.cmp(&b.value));
        facts.dedup();
        Some(Unit {
            name: package.id.clone(),
            kind,
            language: Language::Go,
            platform,
            bases: vec![package.id.clone()],
            state,
            entries,
            dispatch: Vec::new(),
            functions,
            facts,
        })
    }

    fn state_var(&self, at: Ref) -> StateVar {
        let var = self.program().var(at);
        let ty = self.types.var_type(at);
        StateVar {
            name: self.program().item_name(at, &var.name),
            ty: self.types.erase(&ty, at.file),
            kind: StateKind::Mutable,
            visibility: visibility(&var.name),
            initial: match &var.init {
                Init::Value(value) => self.program().constant(at.file, value),
                _ => None,
            },
        }
    }

    /// Declared types of the package by name, with unique name.
    fn declared_types(&self) -> Vec<(Name, Type)> {
        let program = self.program();
        let mut found = Vec::new();
        for file in &program.packages[self.package as usize].files {
            for (index, decl) in program.file(*file).decls.types.iter().enumerate() {
                let at = Ref {
                    file: *file,
                    index: index as u32,
                };
                let unique = program.item_name(at, &decl.name);
                if !decl.alias && program.types.get(&unique) == Some(&at) {
                    let ty = self.types.declared(unique, *file, decl, 0);
                    found.push((decl.name.clone(), ty));
                }
            }
        }
        found.sort();
        found
    }

    fn method(&self, ty: &Type, name: &str) -> Option<Ref> {
        match self.types.member(ty, name, 0)?.kind {
            MemberKind::Method(at) => Some(at),
            _ => None,
        }
    }

    /// Type of a function's parameter, without pointers.
    fn param(&self, at: Ref, index: usize) -> Option<Type> {
        let param = self.program().func(at).signature.params.get(index)?;
        let ty = self.types.resolve(at.file, &param.ty, &no_scope);
        Some(ty.pointee().clone())
    }

    /// Exported methods that take a transaction context, of types that embed a contract.
    fn contract_api(&mut self) -> Option<(Platform, Vec<Entry>)> {
        let contracts: Vec<_> = self
            .declared_types()
            .into_iter()
            .filter(|(_, ty)| self.embeds_contract(ty))
            .collect();
        let mut by_method: BTreeMap<Name, Vec<(Name, Ref)>> = BTreeMap::new();
        for (name, ty) in &contracts {
            self.add_contract(ty);
            for (method, at) in self.exported_methods(ty) {
                if self.takes_context(at) {
                    by_method
                        .entry(method)
                        .or_default()
                        .push((name.clone(), at));
                }
            }
        }
        let mut entries = Vec::new();
        for (method, found) in by_method {
            let is_unique = found.iter().all(|(_, at)| *at == found[0].1);
            let found = if is_unique { &found[..1] } else { &found[..] };
            for (ty, at) in found {
                let name = if is_unique {
                    method.clone()
                } else {
                    Name::from(format!("{ty}:{method}"))
                };
                entries.push(self.entry(name, *at, EntryKind::Function, None));
            }
        }
        sort(&mut entries);
        (!entries.is_empty()).then_some((Platform::Fabric, entries))
    }

    /// Notes a contract type and the workspace types that it embeds.
    fn add_contract(&mut self, ty: &Type) {
        let mut level = vec![ty.clone()];
        for _ in 0..MAX_EMBEDDING {
            let mut next = Vec::new();
            for ty in &level {
                if let Type::Struct(name) | Type::Named(name, _) = ty
                    && self.program().types.contains_key(name)
                {
                    self.contracts.insert(name.clone());
                }
                next.extend(self.embedded_types(ty));
            }
            level = next;
            level.truncate(32);
        }
    }

    /// The fields of contract types, which live as long as the process.
    fn contract_fields(&self) -> Vec<StateVar> {
        let mut found = Vec::new();
        for name in &self.contracts {
            let fields = self.types.fields(&Type::Struct(name.clone()), 0);
            for (field, ty) in fields.into_iter().flatten() {
                let is_part = match ty.pointee() {
                    Type::Struct(name) => self.contracts.contains(name),
                    Type::Named(name, _) => name == "contractapi.Contract",
                    _ => false,
                };
                if is_part {
                    continue;
                }
                found.push(StateVar {
                    name: Name::from(format!("{name}.{field}")),
                    ty: self.types.erase(&ty, 0),
                    kind: StateKind::Mutable,
                    visibility: visibility(&field),
                    initial: None,
                });
            }
        }
        found
    }

    fn embeds_contract(&self, ty: &Type) -> bool {
        let mut level = vec![ty.clone()];
        for _ in 0..MAX_EMBEDDING {
            let mut next = Vec::new();
            for ty in &level {
                if matches!(ty, Type::Named(n, _) if n == "contractapi.Contract") {
                    return true;
                }
                next.extend(self.embedded_types(ty));
            }
            level = next;
            level.truncate(32);
        }
        false
    }

    fn embedded_types(&self, ty: &Type) -> Vec<Type> {
        let Some((decl, file)) = self.types.decl(ty) else {
            return Vec::new();
        };
        let TypeExpr::Struct(fields) = &decl.body else {
            return Vec::new();
        };
        fields
            .iter()
            .filter(|f| f.embedded)
            .map(|f| {
                let ty = self.types.resolve(file, &f.ty, &no_scope);
                ty.pointee().clone()
            })
            .collect()
    }

    /// Exported methods of a type, promoted ones of workspace types included.
    fn exported_methods(&self, ty: &Type) -> Vec<(Name, Ref)> {
        let mut found: BTreeMap<Name, Ref> = BTreeMap::new();
        let mut level = vec![ty.clone()];
        for _ in 0..MAX_EMBEDDING {
            let mut next = Vec::new();
            for ty in &level {
                if let Type::Struct(unique) | Type::Named(unique, _) = ty
                    && let Some(methods) = self.program().methods.get(unique)
                {
                    for (name, at) in methods.iter().filter(|(n, _)| is_exported(n)) {
                        found.entry(name.clone()).or_insert(*at);
                    }
                }
                next.extend(self.embedded_types(ty));
            }
            level = next;
            level.truncate(32);
        }
        found.into_iter().collect()
    }

    fn takes_context(&self, at: Ref) -> bool {
        let Some(first) = self.program().func(at).signature.params.first() else {
            return false;
        };
        // A context type of a package that is not at hand is known by its name.
        let written = match &first.ty {
            TypeExpr::Qualified(_, name) => name.contains("TransactionContext"),
            TypeExpr::Pointer(inner) => {
                matches!(&**inner, TypeExpr::Qualified(_, n) if n.contains("TransactionContext"))
            }
            _ => false,
        };
        written
            || self
                .param(at, 0)
                .is_some_and(|ty| self.types.member(&ty, "GetStub", at.file).is_some())
    }

    /// `Init` and `Invoke` with a stub, and the functions that `Invoke` selects by name.
    fn shim(&mut self) -> Option<(Platform, Vec<Entry>)> {
        let mut entries = Vec::new();
        for (_, ty) in self.declared_types() {
            let (Some(init), Some(invoke)) = (self.method(&ty, "Init"), self.method(&ty, "Invoke"))
            else {
                continue;
            };
            if !self.takes_stub(init) || !self.takes_stub(invoke) {
                continue;
            }
            self.add_contract(&ty);
            entries.push(self.entry("Init".into(), init, EntryKind::Init, None));
            entries.push(self.entry("Invoke".into(), invoke, EntryKind::Function, None));
            self.selected(&ty, invoke, &mut entries);
        }
        sort(&mut entries);
        (!entries.is_empty()).then_some((Platform::Fabric, entries))
    }

    fn takes_stub(&self, at: Ref) -> bool {
        let ty = self.param(at, 0);
        ty.is_some_and(|ty| matches!(&ty, Type::Named(n, _) if n == "shim.ChaincodeStubInterface"))
    }

    /// `InitContract`, `UpgradeContract` and what `InvokeContract` selects by name.
    fn docker_go(&mut self) -> Option<(Platform, Vec<Entry>)> {
        if !self.imports(Platform::ChainmakerDockerGo) {
            return None;
        }
        let mut entries = Vec::new();
        for (_, ty) in self.declared_types() {
            if matches!(self.types.decl(&ty), Some((d, _)) if matches!(d.body, TypeExpr::Interface(_)))
            {
                continue;
            }
            let Some(invoke) = self.method(&ty, "InvokeContract") else {
                continue;
            };
            self.add_contract(&ty);
            for (name, kind) in [
                ("InitContract", EntryKind::Init),
                ("UpgradeContract", EntryKind::Upgrade),
            ] {
                if let Some(at) = self.method(&ty, name) {
                    entries.push(self.entry(name.into(), at, kind, None));
                }
            }
            let before = entries.len();
            let complete = self.selected(&ty, invoke, &mut entries);
            if !complete || entries.len() == before {
                entries.push(self.entry(
                    "InvokeContract".into(),
                    invoke,
                    EntryKind::Function,
                    None,
                ));
            }
        }
        sort(&mut entries);
        (!entries.is_empty()).then_some((Platform::ChainmakerDockerGo, entries))
    }

    /// Adds an entry per name that a dispatcher selects; whether each has a function of its own.
    fn selected(&self, ty: &Type, dispatcher: Ref, entries: &mut Vec<Entry>) -> bool {
        let mut complete = true;
        let mut known: FxHashSet<Name> = FxHashSet::default();
        for Selected { label, function } in dispatchers::selected(&self.types, ty, dispatcher) {
            if known.insert(label.clone()) {
                complete &= function.is_some();
                let at = function.unwrap_or(dispatcher);
                entries.push(self.entry(label, at, EntryKind::Function, Some(dispatcher)));
            }
        }
        complete
    }

    /// Functions that the wasm module exports.
    fn tinygo(&self) -> Option<(Platform, Vec<Entry>)> {
        let package = &self.program().packages[self.package as usize];
        if package.sdk.is_none() && !self.imports(Platform::ChainmakerTinygo) {
            return None;
        }
        let mut entries = Vec::new();
        for file in &package.files {
            for (index, func) in self.program().file(*file).decls.funcs.iter().enumerate() {
                let Some(export) = &func.export else {
                    continue;
                };
                if HOST_EXPORTS.contains(&export.as_str()) || !func.has_body {
                    continue;
                }
                let kind = match export.as_str() {
                    "init_contract" => EntryKind::Init,
                    "upgrade" => EntryKind::Upgrade,
                    _ => EntryKind::Function,
                };
                let at = Ref {
                    file: *file,
                    index: index as u32,
                };
                entries.push(self.entry(export.clone(), at, kind, None));
            }
        }
        sort(&mut entries);
        (!entries.is_empty()).then_some((Platform::ChainmakerTinygo, entries))
    }

    fn entry(&self, name: Name, at: Ref, kind: EntryKind, dispatcher: Option<Ref>) -> Entry {
        let key = |at: Ref| self.program().func(at).key.clone();
        Entry {
            name,
            function: key(at),
            kind,
            mutability: Mutability::Mutable,
            dispatcher: dispatcher.map(key),
        }
    }

    fn platforms(&self) -> impl Iterator<Item = Platform> {
        let package = &self.program().packages[self.package as usize];
        let files = package.files.iter().map(|f| self.program().file(*f));
        files
            .flat_map(|f| f.decls.imports.iter())
            .filter_map(|i| go_models().package(&i.path)?.platform)
    }

    fn imports(&self, platform: Platform) -> bool {
        self.platforms().any(|p| p == platform)
    }

    /// The platform of a package that is no contract, but whose functions take the handle of one.
    fn library_platform(&self) -> Option<Platform> {
        let platform = self.platforms().next()?;
        let package = &self.program().packages[self.package as usize];
        let takes_handle = |f: &FuncDecl, file: u32| {
            f.has_body
                && f.signature.params.iter().any(|p| {
                    let ty = self.types.resolve(file, &p.ty, &no_scope);
                    self.types
                        .member(ty.pointee(), "GetStub", file)
                        .or_else(|| self.types.member(ty.pointee(), "PutState", file))
                        .is_some()
                })
        };
        let found = package.files.iter().any(|file| {
            let funcs = &self.program().file(*file).decls.funcs;
            funcs.iter().any(|f| takes_handle(f, *file))
        });
        found.then_some(platform)
    }
}

fn visibility(name: &str) -> Visibility {
    if is_exported(name) {
        Visibility::Public
    } else {
        Visibility::Internal
    }
}

fn sort(entries: &mut Vec<Entry>) {
    entries.sort_by(|a, b| (&a.name, &a.function).cmp(&(&b.name, &b.function)));
    entries.dedup();
}
