//! What names mean: locals, members, what a file defines or imports, builtins.

use pactward_base::SmolStr;
use pactward_ir::{EnvKind, Name, OpId, OpKind, Place, Root, StateKind, Type, Visibility};

use super::denote::{Den, Functions, How};
use super::{Frame, Local, Lowerer};
use crate::program::{Scope, Symbol, VarInfo};
use crate::syntax::parse_variable;

const NAMESPACES: [&str; 4] = ["msg", "block", "tx", "abi"];

impl Lowerer<'_> {
    /// What a name means: a local, a member, something of the file, a builtin.
    pub(super) fn name(&mut self, name: &SmolStr) -> Den {
        if let Some(local) = self.find_local(name) {
            return self.local_den(local.clone());
        }
        let found = self.p.lookup(self.frame.scope, name);
        if let Some(den) = self.symbols(&found, &How::Virtual) {
            return den;
        }
        match name.as_str() {
            "this" => {
                let ty = self.self_type();
                Den::Value(self.b.emit(
                    OpKind::Env {
                        kind: EnvKind::SelfAddress,
                        args: Vec::new(),
                    },
                    ty,
                ))
            }
            "super" => Den::Super,
            "now" => self.builtin_value("block", "timestamp"),
            _ => match NAMESPACES.iter().find(|n| *n == name) {
                Some(namespace) => Den::Namespace(namespace),
                None => Den::Unresolved(name.clone()),
            },
        }
    }

    fn self_type(&self) -> Type {
        let contract = self.frame.scope.contract;
        contract.map_or(Type::Unknown, |c| {
            Type::Contract(self.p.contracts[c as usize].id.clone())
        })
    }

    /// A local, or the storage that it refers to.
    pub(super) fn local_den(&mut self, local: Local) -> Den {
        if local.storage {
            let root = Root::Ref(self.b.get(local.id));
            let place = Place {
                root,
                path: Vec::new(),
            };
            return Den::State(place, local.ty);
        }
        Den::Local(local)
    }

    /// What an undeclared name denotes in a contract with a base that is not found: a state
    /// variable of that base. All heirs of the contract that names the base agree on it.
    pub(super) fn inherited(&self, name: &str) -> Option<Den> {
        let line = &self.p.contracts[self.frame.scope.contract? as usize].line;
        let mut contracts = line.iter().rev().map(|c| &self.p.contracts[*c as usize]);
        let heir = contracts.find(|c| !c.missing_bases.is_empty())?;
        let var = Name::from(format!("{}.{name}", heir.id));
        Some(Den::State(Place::var(var), Type::Unknown))
    }

    /// What declared symbols denote; functions collect all overloads.
    pub(super) fn symbols(&mut self, found: &[Symbol], how: &How) -> Option<Den> {
        let mut functions: Vec<u32> = found
            .iter()
            .filter_map(|s| match s {
                Symbol::Function(id) => Some(*id),
                _ => None,
            })
            .collect();
        // Private functions of bases are seen by their own contract only.
        let here = self.frame.scope.contract;
        let seen = |id: &u32| {
            let function = &self.p.functions[*id as usize];
            function.visibility != Visibility::Private || function.contract == here
        };
        if functions.iter().any(seen) {
            functions.retain(seen);
        }
        // A variable may implement an external function: by name it is the variable.
        let var = found.iter().find(|s| matches!(s, Symbol::Var(_)));
        if !functions.is_empty() && var.is_none() {
            return Some(Den::Functions(Functions {
                ids: functions,
                how: how.clone(),
            }));
        }
        Some(match *var.or(found.first())? {
            Symbol::Var(id) => self.var_read(&self.p.vars[id as usize]),
            Symbol::Event(id) => Den::Signature { id, is_event: true },
            Symbol::Error(id) => Den::Signature {
                id,
                is_event: false,
            },
            Symbol::Module(file) => Den::Module(file),
            Symbol::Modifier(_) | Symbol::Function(_) => return None,
            symbol => Den::Type(self.p.symbol_type(symbol)?),
        })
    }

    /// A state variable or constant. A constant with a literal value is that value; one of
    /// another contract or file is its expression, because it is no state of this contract.
    pub(super) fn var_read(&mut self, var: &VarInfo) -> Den {
        if var.kind == StateKind::Constant {
            if let Some(literal) = &var.literal {
                return Den::Value(self.b.constant(literal.clone(), var.ty.clone()));
            }
            let own = match (var.contract, self.frame.scope.contract) {
                (Some(home), Some(here)) => self.p.contracts[here as usize].line.contains(&home),
                _ => false,
            };
            if !own && let Some(value) = self.constant_elsewhere(var) {
                return Den::Value(value);
            }
        }
        Den::State(Place::var(var.id.clone()), var.ty.clone())
    }

    /// Evaluates the expression of a constant of another contract or file here.
    fn constant_elsewhere(&mut self, var: &VarInfo) -> Option<OpId> {
        // Constants that are defined by each other, in a circle, are read like state.
        if self.constants.contains(&var.id) || self.constants.len() > 8 {
            return None;
        }
        let text = self.text(&var.id)?;
        let (ast, value) = parse_variable(text.text());
        let value = value?;
        let scope = Scope {
            file: var.file,
            contract: var.contract,
        };
        self.constants.push(var.id.clone());
        let outer = std::mem::replace(&mut self.frame, Frame::new(self.p, scope));
        let result = self.value_as(&ast, value, &var.ty);
        self.frame = outer;
        self.constants.pop();
        Some(result)
    }
}
