//! Builds the tables of a [`Program`] in order: names, imports, bases, types, units.

use std::sync::Arc;

use pactward_base::{Layout, SmolStr};
use pactward_ir::{Name, Type};
use rustc_hash::FxHashMap;

use super::linearise::linearise;
use super::{
    ContractInfo, EnumInfo, FileInfo, FunctionInfo, Lowerable, ModifierInfo, Program, Scope,
    SignatureInfo, StructInfo, Symbol, Symbols, UsedFunctions, Using, ValueTypeInfo, VarInfo,
    imports, specialise, units,
};
use crate::decls::{Decls, Members, SignatureDecl, UsingDecl};
use crate::syntax::FunctionForm;

/// Resolves imports, bases and types over all files. The order of `files` does not matter.
pub fn link(files: &[(SmolStr, Arc<Decls>)], layout: &Layout) -> Program {
    let mut sorted: Vec<&(SmolStr, Arc<Decls>)> = files.iter().collect();
    sorted.sort_by(|a, b| a.0.cmp(&b.0));
    sorted.dedup_by(|a, b| a.0 == b.0);
    let decls: Vec<&Decls> = sorted.iter().map(|(_, d)| d.as_ref()).collect();
    let mut linker = Linker {
        program: Program::default(),
        todo: Vec::new(),
    };
    for (id, (path, decls)) in sorted.iter().enumerate() {
        linker.file(id as u32, path, decls);
    }
    imports::resolve(&mut linker.program, &decls, layout);
    linker.bases(&decls);
    linker.types();
    let mut program = linker.program;
    specialise::specialise(&mut program);
    units::build(&mut program);
    program
}

struct Linker<'d> {
    program: Program,
    /// Members whose types are still as written.
    todo: Vec<Todo<'d>>,
}

/// Members of one owner and where their table entries start.
struct Todo<'d> {
    scope: Scope,
    members: &'d Members,
    functions: usize,
    modifiers: usize,
    vars: usize,
    structs: usize,
    value_types: usize,
    signatures: usize,
}

fn define(symbols: &mut Symbols, name: &SmolStr, symbol: Symbol) {
    symbols.entry(name.clone()).or_default().push(symbol);
}

impl<'d> Linker<'d> {
    fn file(&mut self, id: u32, path: &SmolStr, decls: &'d Decls) {
        let mut own = Symbols::default();
        for contract in &decls.contracts {
            let number = self.program.contracts.len() as u32;
            define(&mut own, &contract.name, Symbol::Contract(number));
            self.program
                .types
                .insert(contract.id.clone(), Symbol::Contract(number));
            self.program.contracts.push(ContractInfo {
                id: contract.id.clone(),
                name: contract.name.clone(),
                file: id,
                kind: contract.kind,
                bases: Vec::new(),
                missing_bases: Vec::new(),
                line: Vec::new(),
                own: Symbols::default(),
                usings: Vec::new(),
                constructor: None,
                has_layout: contract.has_layout,
            });
            let scope = Scope {
                file: id,
                contract: Some(number),
            };
            let mut members = Symbols::default();
            let prefix = format!("{}.", contract.id);
            self.members(&contract.members, scope, &prefix, &mut members);
            self.program.contracts[number as usize].own = members;
        }
        let scope = Scope {
            file: id,
            contract: None,
        };
        self.members(&decls.members, scope, &format!("{path}:"), &mut own);
        self.program.files.push(FileInfo {
            path: path.clone(),
            version: decls.version,
            pragma: decls.pragma.clone(),
            own,
            named: FxHashMap::default(),
            modules: FxHashMap::default(),
            visible: Vec::new(),
            visible_places: Vec::new(),
            usings: Vec::new(),
        });
    }

    /// Enters the members of one owner into the tables, types still unknown.
    fn members(&mut self, members: &'d Members, scope: Scope, prefix: &str, own: &mut Symbols) {
        let p = &mut self.program;
        self.todo.push(Todo {
            scope,
            members,
            functions: p.functions.len(),
            modifiers: p.modifiers.len(),
            vars: p.vars.len(),
            structs: p.structs.len(),
            value_types: p.value_types.len(),
            signatures: p.signatures.len(),
        });
        for function in &members.functions {
            let number = p.functions.len() as u32;
            match function.form {
                FunctionForm::Function => {
                    define(own, &function.name, Symbol::Function(number));
                }
                FunctionForm::Constructor => {
                    if let Some(contract) = scope.contract {
                        p.contracts[contract as usize].constructor = Some(number);
                    }
                }
                FunctionForm::Receive | FunctionForm::Fallback => {}
            }
            p.functions.push(FunctionInfo {
                id: function.id.clone(),
                name: function.name.clone(),
                file: scope.file,
                contract: scope.contract,
                form: function.form,
                params: Vec::new(),
                returns: Vec::new(),
                visibility: function.visibility,
                explicit_visibility: function.explicit_visibility,
                mutability: function.mutability,
                invoked: function.invoked.clone(),
                has_body: function.has_body,
                text: function.id.clone(),
                home: scope.contract,
                selector: Name::default(),
            });
        }
        for modifier in &members.modifiers {
            let Some(contract) = scope.contract else {
                continue;
            };
            define(
                own,
                &modifier.name,
                Symbol::Modifier(p.modifiers.len() as u32),
            );
            p.modifiers.push(ModifierInfo {
                id: modifier.id.clone(),
                contract,
                params: Vec::new(),
                has_body: modifier.has_body,
            });
        }
        for var in &members.vars {
            define(own, &var.name, Symbol::Var(p.vars.len() as u32));
            p.vars.push(VarInfo {
                id: var.id.clone(),
                name: var.name.clone(),
                file: scope.file,
                contract: scope.contract,
                ty: Type::Unknown,
                kind: var.kind,
                visibility: var.visibility,
                literal: var.literal.clone(),
                has_value: var.has_value,
                getter: var.getter.clone(),
            });
        }
        let id_of = |name: &SmolStr| Name::from(format!("{prefix}{name}"));
        for item in &members.structs {
            let symbol = Symbol::Struct(p.structs.len() as u32);
            define(own, &item.name, symbol);
            let id = id_of(&item.name);
            p.types.insert(id.clone(), symbol);
            p.structs.push(StructInfo {
                id,
                fields: Vec::new(),
            });
        }
        for item in &members.enums {
            let symbol = Symbol::Enum(p.enums.len() as u32);
            define(own, &item.name, symbol);
            let id = id_of(&item.name);
            p.types.insert(id.clone(), symbol);
            p.enums.push(EnumInfo {
                id,
                members: item.members.clone(),
            });
        }
        for (name, _) in &members.value_types {
            let symbol = Symbol::ValueType(p.value_types.len() as u32);
            define(own, name, symbol);
            let id = id_of(name);
            p.types.insert(id.clone(), symbol);
            p.value_types.push(ValueTypeInfo {
                id,
                underlying: Type::Unknown,
            });
        }
        for (items, is_event) in [(&members.events, true), (&members.errors, false)] {
            for item in items {
                let number = p.signatures.len() as u32;
                let symbol = if is_event {
                    Symbol::Event(number)
                } else {
                    Symbol::Error(number)
                };
                define(own, &item.name, symbol);
                p.signatures.push(SignatureInfo {
                    name: item.name.clone(),
                    params: Vec::new(),
                });
            }
        }
    }

    fn bases(&mut self, decls: &[&Decls]) {
        let mut number = 0;
        for (file, decls) in decls.iter().enumerate() {
            let scope = Scope {
                file: file as u32,
                contract: None,
            };
            for contract in &decls.contracts {
                for base in &contract.bases {
                    let found = self.program.contract_of(scope, &base.path);
                    let info = &mut self.program.contracts[number];
                    match found {
                        Some(id) => info.bases.push((id, base.args.clone())),
                        None => info.missing_bases.push(base.path.clone()),
                    }
                }
                number += 1;
            }
        }
        let direct: Vec<Vec<u32>> = self
            .program
            .contracts
            .iter()
            .map(|c| c.bases.iter().map(|(b, _)| *b).collect())
            .collect();
        for (id, line) in linearise(&direct).into_iter().enumerate() {
            self.program.contracts[id].line = line;
        }
    }

    /// Resolves the types of all members; value types, structs and constants first, because
    /// selectors and array lengths depend on them.
    fn types(&mut self) {
        let todo = std::mem::take(&mut self.todo);
        let p = &mut self.program;
        for t in &todo {
            for (at, (_, ty)) in t.members.value_types.iter().enumerate() {
                let ty = p.resolve_type(t.scope, ty);
                p.value_types[t.value_types + at].underlying = ty;
            }
            for (at, item) in t.members.structs.iter().enumerate() {
                let fields = item
                    .fields
                    .iter()
                    .map(|f| (f.name.clone(), p.resolve_type(t.scope, &f.ty)))
                    .collect();
                p.structs[t.structs + at].fields = fields;
            }
            for (at, item) in t.members.vars.iter().enumerate() {
                p.vars[t.vars + at].ty = p.resolve_type(t.scope, &item.ty);
            }
        }
        for t in &todo {
            for (at, item) in t.members.functions.iter().enumerate() {
                let params = p.resolve_params(t.scope, &item.params);
                let returns = p.resolve_params(t.scope, &item.returns);
                let selector = p.selector(&item.name, &params, item.visibility);
                let info = &mut p.functions[t.functions + at];
                (info.params, info.returns, info.selector) = (params, returns, selector);
                if item.has_body {
                    let lowerable = Lowerable::Function((t.functions + at) as u32);
                    p.lowerable.insert(item.id.clone(), lowerable);
                }
            }
            if t.scope.contract.is_some() {
                for (at, item) in t.members.modifiers.iter().enumerate() {
                    let params = p.resolve_params(t.scope, &item.params);
                    p.modifiers[t.modifiers + at].params = params;
                }
            }
            let both = t.members.events.iter().chain(&t.members.errors);
            for (at, SignatureDecl { params, .. }) in both.enumerate() {
                p.signatures[t.signatures + at].params = p.resolve_params(t.scope, params);
            }
        }
        for t in &todo {
            let usings: Vec<Using> = t
                .members
                .usings
                .iter()
                .map(|u| using(p, t.scope, u))
                .collect();
            match t.scope.contract {
                Some(contract) => p.contracts[contract as usize].usings = usings,
                None => p.files[t.scope.file as usize].usings = usings,
            }
        }
    }
}

fn using(p: &Program, scope: Scope, decl: &UsingDecl) -> Using {
    let functions_of = |path: &SmolStr| -> Vec<u32> {
        let found = p.lookup_path(scope, path);
        let functions = found.iter().filter_map(|s| match s {
            Symbol::Function(id) => Some(*id),
            _ => None,
        });
        functions.collect()
    };
    let mut operators = Vec::new();
    let functions = if decl.is_library {
        let path = decl.names.first().map_or("", |(path, _)| path.as_str());
        p.contract_of(scope, path)
            .map_or(UsedFunctions::Missing, UsedFunctions::Library)
    } else {
        let mut all = Vec::new();
        for (path, operator) in &decl.names {
            let found = functions_of(path);
            match operator {
                Some(op) => operators.extend(found.iter().map(|id| (op.clone(), *id))),
                None => all.extend(found),
            }
        }
        if all.is_empty() && operators.is_empty() {
            UsedFunctions::Missing
        } else {
            UsedFunctions::Functions(all)
        }
    };
    Using {
        functions,
        target: decl.target.as_ref().map(|ty| p.resolve_type(scope, ty)),
        global: decl.global,
        operators,
    }
}
