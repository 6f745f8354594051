//! State of one function or closure under construction.

use pactward_ir::{
    BlockId, Builder, Const, FunctionKind, LocalId, Mutability, Name, OpSource, Type, Visibility,
};
use rustc_hash::{FxHashMap, FxHashSet};

use super::call::Prepared;
use super::facts::Facts;
use super::value::Val;

/// What a name in scope stands for.
#[derive(Debug, Clone)]
pub(super) enum Binding {
    Local(Local),
    Const(Option<Const>, Type),
    Type(Type),
}

/// A variable. One that a closure writes is shared through a cell: the local holds the cell.
#[derive(Debug, Clone)]
pub(super) struct Local {
    pub(super) id: LocalId,
    pub(super) ty: Type,
    pub(super) shared: bool,
    /// Whether it is the receiver of a contract's method.
    pub(super) is_contract: bool,
}

pub(super) struct ResultVar {
    pub(super) ty: Type,
    /// Variable of a named result.
    pub(super) local: Option<Local>,
}

/// Where `break` and `continue` lead.
pub(super) struct Target {
    pub(super) label: Option<Name>,
    pub(super) after: BlockId,
    /// Loops only.
    pub(super) next: Option<BlockId>,
}

/// A call that runs when the function returns.
pub(super) struct Deferred<'a> {
    /// Whether it is registered, where that depends on the path.
    pub(super) flag: Option<LocalId>,
    pub(super) call: DeferredCall<'a>,
    pub(super) source: OpSource,
}

#[derive(Clone)]
pub(super) enum DeferredCall<'a> {
    /// A function literal without arguments: it sees variables as they are at the end.
    Literal(Literal),
    /// Anything else, with its operands kept in locals.
    Call(Box<Prepared<'a>>, Vec<LocalId>),
}

/// A lowered function literal: its function and what it captures.
#[derive(Debug, Clone)]
pub(super) struct Literal {
    pub(super) function: Name,
    pub(super) captures: Vec<Name>,
    pub(super) result: Type,
}

pub(super) struct Frame<'a> {
    pub(super) b: Builder,
    scopes: Vec<FxHashMap<Name, Binding>>,
    pub(super) results: Vec<ResultVar>,
    pub(super) targets: Vec<Target>,
    pub(super) labels: FxHashMap<Name, BlockId>,
    /// Label of the statement that follows.
    pub(super) pending_label: Option<Name>,
    pub(super) fallthrough: Option<BlockId>,
    pub(super) defers: Vec<Deferred<'a>>,
    /// Deferred calls written so far, over all exits.
    pub(super) deferred_calls: usize,
    pub(super) facts: Facts,
    /// Statements around this one that may be skipped or repeated.
    pub(super) conditional: u32,
    /// Names of variables that closures write.
    pub(super) shared: FxHashSet<Name>,
}

impl Frame<'_> {
    pub(super) fn new(
        name: Name,
        kind: FunctionKind,
        visibility: Visibility,
        mutability: Mutability,
    ) -> Self {
        Self {
            b: Builder::new(name, kind, visibility, mutability),
            scopes: vec![FxHashMap::default()],
            results: Vec::new(),
            targets: Vec::new(),
            labels: FxHashMap::default(),
            pending_label: None,
            fallthrough: None,
            defers: Vec::new(),
            deferred_calls: 0,
            facts: Facts::default(),
            conditional: 0,
            shared: FxHashSet::default(),
        }
    }

    pub(super) fn push_scope(&mut self) {
        self.scopes.push(FxHashMap::default());
    }

    pub(super) fn pop_scope(&mut self) {
        self.scopes.pop();
    }

    pub(super) fn bind(&mut self, name: Name, binding: Binding) {
        if name != "_"
            && let Some(scope) = self.scopes.last_mut()
        {
            scope.insert(name, binding);
        }
    }

    /// Notes that a variable is the receiver of a contract's method.
    pub(super) fn mark_contract(&mut self, name: &str) {
        let scope = self.scopes.last_mut();
        if let Some(Binding::Local(local)) = scope.and_then(|s| s.get_mut(name)) {
            local.is_contract = true;
        }
    }

    pub(super) fn lookup(&self, name: &str) -> Option<&Binding> {
        self.scopes.iter().rev().find_map(|s| s.get(name))
    }

    /// Whether the innermost scope declares the name.
    pub(super) fn declared_here(&self, name: &str) -> Option<Local> {
        match self.scopes.last()?.get(name)? {
            Binding::Local(local) => Some(local.clone()),
            _ => None,
        }
    }

    pub(super) fn type_named(&self, name: &str) -> Option<Type> {
        match self.lookup(name)? {
            Binding::Type(ty) => Some(ty.clone()),
            _ => None,
        }
    }
}

impl super::Lowering<'_> {
    /// Declares a variable with a value in the innermost scope.
    pub(super) fn declare(&mut self, name: Name, value: Val) -> Local {
        let shared = self.f.shared.contains(&name);
        let ty = value.ty.clone();
        let erased = self.erase(&ty);
        let id = self.f.b.local(erased);
        let local = Local {
            id,
            ty,
            shared,
            is_contract: false,
        };
        if shared {
            let cell = self.cell(value);
            self.f.b.set(id, cell.id);
        } else {
            self.f.b.set(id, value.id);
            self.f.facts.note(id, &value);
        }
        self.f.bind(name, Binding::Local(local.clone()));
        local
    }

    /// The value of a local variable by name.
    pub(super) fn local_value(&mut self, name: &str) -> Option<Val> {
        let Some(Binding::Local(local)) = self.f.lookup(name) else {
            return None;
        };
        let local = local.clone();
        Some(self.read_local(&local))
    }
}
