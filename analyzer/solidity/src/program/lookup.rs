//! Names as seen from a place in the code.

use pactward_ir::{Name, Type};

use super::{FunctionInfo, Program, Symbol, UsedFunctions, Using};
use crate::syntax::ContractKind;

/// Imports of imports of imports: followed so far, which ends every cycle.
const MAX_HOPS: u32 = 16;

/// Where a name is looked up: a file, and a contract of it unless the code is outside of all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Scope {
    pub(crate) file: u32,
    pub(crate) contract: Option<u32>,
}

impl Program {
    /// Everything that a name may stand for in a scope: members of the contract and its bases,
    /// most derived first, else what the file defines or imports.
    pub(crate) fn lookup(&self, scope: Scope, name: &str) -> Vec<Symbol> {
        if let Some(contract) = scope.contract {
            let found = self.members(contract, name);
            if !found.is_empty() {
                return found;
            }
        }
        self.lookup_in_file(scope.file, name)
    }

    /// Members of a contract and its bases by name, most derived first.
    pub(crate) fn members(&self, contract: u32, name: &str) -> Vec<Symbol> {
        let line = &self.contracts[contract as usize].line;
        let own = line
            .iter()
            .filter_map(|c| self.contracts[*c as usize].own.get(name));
        own.flatten().copied().collect()
    }

    pub(crate) fn lookup_in_file(&self, file: u32, name: &str) -> Vec<Symbol> {
        let mut found = Vec::new();
        self.collect(file, name, MAX_HOPS, &mut found);
        found
    }

    fn collect(&self, file: u32, name: &str, hops: u32, found: &mut Vec<Symbol>) {
        if hops == 0 {
            return;
        }
        for visible in self.files_naming(file, name) {
            let info = &self.files[visible as usize];
            if let Some(own) = info.own.get(name) {
                // One symbol reached twice is no overload of itself.
                let new = own.iter().filter(|s| !found.contains(s));
                let new: Vec<_> = new.copied().collect();
                found.extend(new);
            }
            if let Some(module) = info.modules.get(name) {
                found.push(Symbol::Module(*module));
            }
            if let Some((target, original)) = info.named.get(name) {
                self.collect(*target, original, hops - 1, found);
            }
        }
    }

    /// The visible files that give a name a meaning, nearest first. Old code sees hundreds of
    /// files through plain imports, and common names are defined in hundreds of files: the
    /// shorter list is walked.
    fn files_naming(&self, file: u32, name: &str) -> Vec<u32> {
        let info = &self.files[file as usize];
        let Some(naming) = self.naming.get(name) else {
            return Vec::new();
        };
        if naming.len() >= info.visible.len() {
            return info.visible.clone();
        }
        let mut placed: Vec<(u32, u32)> = naming
            .iter()
            .filter_map(|f| {
                let at = info
                    .visible_places
                    .binary_search_by_key(f, |(file, _)| *file);
                Some((info.visible_places[at.ok()?].1, *f))
            })
            .collect();
        placed.sort_unstable();
        placed.into_iter().map(|(_, f)| f).collect()
    }

    /// What a dotted path stands for.
    pub(crate) fn lookup_path(&self, scope: Scope, path: &str) -> Vec<Symbol> {
        let mut parts = path.split('.');
        let mut found = self.lookup(scope, parts.next().unwrap_or(""));
        for part in parts {
            found = match found.first() {
                Some(Symbol::Contract(id)) => self.members(*id, part),
                Some(Symbol::Module(file)) => self.lookup_in_file(*file, part),
                _ => return Vec::new(),
            };
        }
        found
    }

    /// The contract that a path names.
    pub(crate) fn contract_of(&self, scope: Scope, path: &str) -> Option<u32> {
        self.lookup_path(scope, path).iter().find_map(|s| match s {
            Symbol::Contract(id) => Some(*id),
            _ => None,
        })
    }

    /// The contract behind a type.
    pub(crate) fn contract_of_type(&self, ty: &Type) -> Option<u32> {
        match ty {
            Type::Contract(name) => match self.types.get(name) {
                Some(Symbol::Contract(id)) => Some(*id),
                _ => None,
            },
            _ => None,
        }
    }

    pub(crate) fn struct_field(&self, ty: &Type, field: &str) -> Option<&Type> {
        let Type::Struct(name) = ty else { return None };
        let Some(Symbol::Struct(id)) = self.types.get(name) else {
            return None;
        };
        let fields = &self.structs[*id as usize].fields;
        fields.iter().find(|(n, _)| n == field).map(|(_, ty)| ty)
    }

    /// Functions that are attached to a type under a name.
    pub(crate) fn attached(&self, scope: Scope, ty: &Type, name: &str) -> Vec<u32> {
        let mut found = Vec::new();
        self.for_usings(scope, ty, &mut |using| {
            let ids: Vec<u32> = match &using.functions {
                UsedFunctions::Library(library) => self.contracts[*library as usize]
                    .own
                    .get(name)
                    .into_iter()
                    .flatten()
                    .filter_map(|s| match s {
                        Symbol::Function(id) => Some(*id),
                        _ => None,
                    })
                    .collect(),
                UsedFunctions::Functions(ids) => ids
                    .iter()
                    .copied()
                    .filter(|id| self.functions[*id as usize].name == name)
                    .collect(),
                UsedFunctions::Missing => Vec::new(),
            };
            for id in ids {
                let function = &self.functions[id as usize];
                let fits = function
                    .params
                    .first()
                    .is_some_and(|p| self.accepts(&p.ty, ty));
                if fits && !found.contains(&id) {
                    found.push(id);
                }
            }
        });
        found
    }

    /// The function that defines an operator for a type.
    pub(crate) fn operator(&self, scope: Scope, ty: &Type, op: &str, arity: usize) -> Option<u32> {
        let mut found = None;
        self.for_usings(scope, ty, &mut |using| {
            let fits = |id: u32| self.functions[id as usize].params.len() == arity;
            let defined = using.operators.iter().find(|(o, id)| o == op && fits(*id));
            found = found.or(defined.map(|(_, id)| *id));
        });
        found
    }

    /// Visits the `using` directives that apply to a type: those of the contract and, as compilers
    /// before 0.7 did, of its bases; those of the file; global ones of the type's file.
    fn for_usings(&self, scope: Scope, ty: &Type, visit: &mut dyn FnMut(&Using)) {
        let applies = |using: &Using| {
            using
                .target
                .as_ref()
                .is_none_or(|target| self.same_type(target, ty))
        };
        if let Some(contract) = scope.contract {
            for base in &self.contracts[contract as usize].line {
                let usings = &self.contracts[*base as usize].usings;
                usings.iter().filter(|u| applies(u)).for_each(&mut *visit);
            }
        }
        let usings = &self.files[scope.file as usize].usings;
        usings.iter().filter(|u| applies(u)).for_each(&mut *visit);
        if let Some(home) = self.file_of_type(ty)
            && home != scope.file
        {
            let usings = &self.files[home as usize].usings;
            usings
                .iter()
                .filter(|u| u.global && applies(u))
                .for_each(&mut *visit);
        }
    }

    /// Whether a `using` target means a type: equal, or equal but for the array's length.
    fn same_type(&self, target: &Type, ty: &Type) -> bool {
        target == ty
            || match (target, ty) {
                (Type::Contract(_), Type::Contract(_)) => self.accepts(target, ty),
                _ => false,
            }
    }

    fn file_of_type(&self, ty: &Type) -> Option<u32> {
        let (Type::Struct(name) | Type::Enum(name) | Type::Named(name, _) | Type::Contract(name)) =
            ty
        else {
            return None;
        };
        let (path, _) = name.rsplit_once(':')?;
        let found = self
            .files
            .binary_search_by(|f| f.path.as_str().cmp(path))
            .ok()?;
        Some(found as u32)
    }

    /// Whether a value of one type may be passed where another is expected.
    pub(crate) fn accepts(&self, to: &Type, from: &Type) -> bool {
        self.fit(to, from) > 0
    }

    /// How well a value of type `from` fits a parameter of type `to`: 0 not at all, 3 exactly.
    pub(crate) fn fit(&self, to: &Type, from: &Type) -> u32 {
        if to == from {
            return 3;
        }
        match (to, from) {
            (Type::Unknown, _) | (_, Type::Unknown) => 1,
            // A type that was not found may be anything with that name.
            (Type::Named(a, _), b) | (b, Type::Named(a, _)) if self.is_missing(a) => {
                let same = last_part(a);
                let named = match b {
                    Type::Contract(n) | Type::Struct(n) | Type::Enum(n) | Type::Named(n, _) => {
                        Some(last_part(n))
                    }
                    _ => None,
                };
                1 + u32::from(named == Some(same))
            }
            (
                Type::Int {
                    bits: a,
                    signed: sa,
                },
                Type::Int {
                    bits: b,
                    signed: sb,
                },
            ) => {
                if sa == sb && a >= b {
                    2
                } else {
                    u32::from(*sa && a > b)
                }
            }
            (Type::Contract(_), Type::Contract(_)) => {
                let (Some(to), Some(from)) =
                    (self.contract_of_type(to), self.contract_of_type(from))
                else {
                    return 0;
                };
                let derives = self.contracts[from as usize].line.contains(&to);
                if derives { 2 } else { 0 }
            }
            // Before 0.5 a contract was an address.
            (Type::Address, Type::Contract(_)) => 1,
            (Type::Bytes(None), Type::Str) | (Type::Str, Type::Bytes(None)) => 1,
            (Type::Bytes(Some(a)), Type::Bytes(Some(b))) if a >= b => 2,
            (Type::Bytes(Some(_)), Type::Str) => 1,
            (Type::Array(a, _), Type::Array(b, _)) => self.fit(a, b).min(2),
            (Type::Map(ka, va), Type::Map(kb, vb)) if ka == kb && va == vb => 3,
            (Type::Named(a, _), Type::Named(b, _)) if is_function(a) && is_function(b) => 2,
            _ => 0,
        }
    }

    /// Whether a named type is one that was not found.
    pub(crate) fn is_missing(&self, name: &Name) -> bool {
        !self.types.contains_key(name) && !is_function(name) && !name.contains("fixed")
    }

    /// Whether a contract is a library.
    pub(crate) fn is_library(&self, contract: u32) -> bool {
        self.contracts[contract as usize].kind == ContractKind::Library
    }
}

impl FunctionInfo {
    /// Where the names in a function's text are looked up.
    pub(crate) fn scope(&self) -> Scope {
        Scope {
            file: self.file,
            contract: self.home,
        }
    }
}

/// `C` of `a/b.sol:A.C`.
fn last_part(name: &str) -> &str {
    name.rsplit(['.', ':']).next().unwrap_or(name)
}

/// Whether the name of a named type stands for function types.
pub(crate) fn is_function(name: &str) -> bool {
    matches!(name, "function" | "external function")
}
