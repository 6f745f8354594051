//! From a definition's text to SIR.

mod assign;
mod builtin;
mod call;
mod constructor;
mod denote;
mod external;
mod function;
mod logic;
mod member;
mod names;
mod stmt;
mod value;
mod yul;

use std::sync::Arc;

use pactward_base::{SmolStr, Span};
use pactward_ir::{
    ArithMode, BlockId, Builder, FunctionKind, LocalId, LowerStats, Lowered, Mutability, Name,
    OpSource, Place, Type, Visibility,
};
use pactward_syntax::Body;

use crate::program::{Lowerable, Program, Scope};
use crate::version::Version;

/// Statements that are lowered per function. Modifiers that run the rest several times, each
/// around the other, multiply code; nobody writes this much by hand.
const MAX_STATEMENTS: u32 = 20_000;

/// Lowers one definition. `body` gives the text of this and of other definitions (modifiers,
/// initialisers), asked for only when needed.
pub fn lower(
    program: &Program,
    name: &Name,
    body: &dyn Fn(&Name) -> Option<Body>,
) -> Option<Lowered> {
    let lowerer = |kind, visibility, mutability, scope| Lowerer {
        p: program,
        b: Builder::new(name.clone(), kind, visibility, mutability),
        body,
        frame: Frame::new(program, scope),
        layers: Vec::new(),
        statements: 0,
        constants: Vec::new(),
        trying: false,
        stats: LowerStats::default(),
    };
    let lowerer = match *program.lowerable.get(name)? {
        Lowerable::Function(id) => {
            let function = &program.functions[id as usize];
            let scope = function.scope();
            let kind = function::kind_of(function.form);
            let mut lowerer = lowerer(kind, function.visibility, function.mutability, scope);
            lowerer.function(id);
            lowerer
        }
        Lowerable::Getter(id) => {
            let var = &program.vars[id as usize];
            let scope = Scope {
                file: var.file,
                contract: var.contract,
            };
            let kind = FunctionKind::Function;
            let mut lowerer = lowerer(kind, Visibility::External, Mutability::View, scope);
            lowerer.getter(var);
            lowerer
        }
        Lowerable::Constructor(id) => {
            let scope = Scope {
                file: program.contracts[id as usize].file,
                contract: Some(id),
            };
            let kind = FunctionKind::Constructor;
            let mut lowerer = lowerer(kind, Visibility::Public, Mutability::Mutable, scope);
            lowerer.deploy(id, None);
            lowerer
        }
    };
    let stats = lowerer.stats;
    let (function, map) = lowerer.b.finish();
    Some(Lowered {
        function: Arc::new(function),
        map: Arc::new(map),
        closures: Vec::new(),
        stats,
    })
}

struct Lowerer<'p> {
    p: &'p Program,
    b: Builder,
    body: &'p dyn Fn(&Name) -> Option<Body>,
    frame: Frame,
    /// Modifiers around the function that is being lowered, and the function itself, last.
    layers: Vec<function::Layer>,
    statements: u32,
    /// Constants of other contracts whose expressions are being evaluated in place.
    constants: Vec<Name>,
    /// The next external call is the one that `try` looks at.
    trying: bool,
    stats: LowerStats,
}

/// The surroundings of the code of one definition: of the function, or of a modifier or
/// constructor that is woven into it.
struct Frame {
    scope: Scope,
    version: Version,
    locals: Vec<Local>,
    /// Locals that hold the results.
    results: Vec<Local>,
    /// Where `return` leads: out of the function, or to what runs after this definition.
    exit: Exit,
    loops: Vec<Loop>,
    unchecked: bool,
    /// Index in the function's layers of what `_` stands for.
    next_layer: usize,
}

#[derive(Clone, Copy)]
enum Exit {
    Function,
    /// The block is made by the first `return`.
    Join(Option<BlockId>),
}

#[derive(Clone, Copy)]
struct Loop {
    next: BlockId,
    end: BlockId,
}

/// A variable that is in scope.
#[derive(Debug, Clone)]
struct Local {
    name: SmolStr,
    id: LocalId,
    ty: Type,
    /// Holds a reference to storage.
    storage: bool,
    /// The place whose slot number the local holds for good, in assembly.
    slot: Option<Place>,
}

impl Frame {
    fn new(program: &Program, scope: Scope) -> Self {
        Self {
            scope,
            version: program.files[scope.file as usize].version,
            locals: Vec::new(),
            results: Vec::new(),
            exit: Exit::Function,
            loops: Vec::new(),
            unchecked: false,
            next_layer: 0,
        }
    }
}

impl Lowerer<'_> {
    /// Runs `lower` with ops stamped with the span of an expression.
    fn at<T>(&mut self, span: Span, lower: impl FnOnce(&mut Self) -> T) -> T {
        // The place that a reader looks at is the constant's use.
        if !self.constants.is_empty() {
            return lower(self);
        }
        let before = self.b.at(span);
        let result = lower(self);
        self.b.set_source(before);
        result
    }

    /// Stamps ops with a definition whose text is lowered next; yields what was stamped before.
    fn enter_body(&mut self, name: &Name) -> OpSource {
        let before = self.b.source();
        let body = self.b.body(name);
        self.b.set_source(OpSource {
            body,
            ..OpSource::default()
        });
        before
    }

    fn text(&self, name: &Name) -> Option<Body> {
        (self.body)(name)
    }

    fn declare(&mut self, name: SmolStr, ty: Type, storage: bool) -> Local {
        let id = self.b.local(ty.clone());
        let local = Local {
            name,
            id,
            ty,
            storage,
            slot: None,
        };
        self.frame.locals.push(local.clone());
        local
    }

    fn find_local(&self, name: &str) -> Option<&Local> {
        self.frame.locals.iter().rev().find(|l| l.name == name)
    }

    /// How arithmetic behaves here.
    fn mode(&self) -> ArithMode {
        if self.frame.version.has_checked_arithmetic() && !self.frame.unchecked {
            ArithMode::Checked
        } else {
            ArithMode::Wrapping
        }
    }
}
