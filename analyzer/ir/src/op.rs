//! Ops. One table declares each op with its fields; printing, parsing and the traversal of
//! operands are generated from it, so that a new op is one entry.

use num_bigint::BigInt;

use crate::text::{Field, Lexer, ParseError};
use crate::{
    AggregateKind, ArithMode, BinaryOp, BlockId, CallerKind, EnvKind, ExtKind, GuardKind, KeyKind,
    Name, NondetKind, OpId, ReadKind, Type, UnaryOp, WriteKind,
};

/// A literal.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Const {
    Int(BigInt),
    Bool(bool),
    Str(Name),
    /// Lower-case hexadecimal digits.
    Bytes(Name),
    /// `nil`, `None`, the zero value of a type that is no number.
    Nil,
}

/// Start of a place in state.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Root {
    /// Declared state variable or storage item, by unique name.
    Var(Name),
    /// The world state of a ledger; its projections are the key (and field).
    World,
    /// Private data of a collection (Fabric).
    Private(OpId),
    /// Raw storage slot (assembly).
    Slot(OpId),
    /// Raw transient storage slot (assembly).
    TransientSlot(OpId),
    /// Package or static variable, kept in the memory of a process or instance.
    Global(Name),
    /// A storage reference held in a value: an [`OpKind::StorageRef`], a parameter, a phi.
    Ref(OpId),
    /// Somewhere in state.
    Unknown,
}

/// One step into a place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Proj {
    Field(Name),
    /// Mapping key, array index, ledger key.
    Index(OpId),
    /// Any element.
    Any,
}

/// A place in state: a root and the path from it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    pub root: Root,
    pub path: Vec<Proj>,
}

impl Place {
    pub fn var(name: impl Into<Name>) -> Self {
        Self {
            root: Root::Var(name.into()),
            path: Vec::new(),
        }
    }

    /// World state under a key.
    pub fn world(key: OpId) -> Self {
        Self {
            root: Root::World,
            path: vec![Proj::Index(key)],
        }
    }

    #[must_use]
    pub fn field(mut self, name: impl Into<Name>) -> Self {
        self.path.push(Proj::Field(name.into()));
        self
    }

    #[must_use]
    pub fn index(mut self, key: OpId) -> Self {
        self.path.push(Proj::Index(key));
        self
    }
}

/// Who is called inside the unit.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Callee {
    /// Exactly this function.
    Function(Name),
    /// The most derived implementation of a selector in the unit that runs.
    Virtual(Name),
    /// The implementation of a selector that follows the given base in linearisation order.
    Super(Name, Name),
    /// A closure or function value.
    Value(OpId),
    /// A method of an interface type: any of these functions.
    OneOf(Vec<Name>),
}

/// Gas that an external call passes on.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Gas {
    /// All that is left (but 1/64).
    All,
    /// 2,300: too little to call back.
    Stipend,
    Value(OpId),
}

/// An op and the type of the value it yields.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Op {
    pub kind: OpKind,
    pub ty: Type,
}

/// Declares [`OpKind`] with its mnemonics and generates what is regular about it.
macro_rules! ops {
    ($($(#[$meta:meta])* $variant:ident = $text:literal { $($field:ident : $ty:ty),* $(,)? })+) => {
        /// What an op does. The doc comment of each says what its value is.
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        pub enum OpKind { $($(#[$meta])* $variant { $($field: $ty),* }),+ }

        impl OpKind {
            /// The word that stands for the op in the textual form.
            pub const fn mnemonic(&self) -> &'static str {
                match self { $(Self::$variant { .. } => $text),+ }
            }

            /// Calls `visit` with each value used, in field order.
            #[allow(unused_variables, reason = "an op without fields uses no visitor")]
            pub fn visit_operands(&self, visit: &mut dyn FnMut(OpId)) {
                match self { $(Self::$variant { $($field),* } => { $($field.visit(visit);)* })+ }
            }

            /// Replaces each value used.
            #[allow(unused_variables, reason = "an op without fields uses no map")]
            pub fn map_operands(&mut self, map: &mut dyn FnMut(OpId) -> OpId) {
                match self { $(Self::$variant { $($field),* } => { $($field.map(map);)* })+ }
            }

            pub(crate) fn print(&self, out: &mut String) {
                out.push_str(self.mnemonic());
                match self {
                    $(Self::$variant { $($field),* } => {
                        $(
                            out.push_str(concat!(" ", stringify!($field), "="));
                            $field.print(out);
                        )*
                    })+
                }
            }

            pub(crate) fn parse(lexer: &mut Lexer<'_>) -> Result<Self, ParseError> {
                let mnemonic = lexer.word()?;
                match mnemonic {
                    $($text => Ok(Self::$variant {
                        $($field: {
                            lexer.expect_word(stringify!($field))?;
                            lexer.expect('=')?;
                            <$ty>::parse(lexer)?
                        }),*
                    }),)+
                    other => Err(lexer.error(format!("unknown op `{other}`"))),
                }
            }
        }
    };
}

ops! {
    // Values.
    Const = "const" { value: Const }
    /// Argument of this function; for an entry it comes from the client.
    Param = "param" { index: u32 }
    Phi = "phi" { args: Vec<(BlockId, OpId)> }
    Unary = "unary" { op: UnaryOp, value: OpId }
    Binary = "binary" { op: BinaryOp, left: OpId, right: OpId, mode: ArithMode }
    /// Conversion to the op's type; lossy when the value may change.
    Cast = "cast" { value: OpId, lossy: bool }
    /// Field of a value in memory.
    Field = "field" { base: OpId, name: Name }
    /// Element of a value in memory.
    Index = "index" { base: OpId, key: OpId }
    Length = "length" { value: OpId }
    /// Element or field names stand beside the parts of a struct.
    Aggregate = "aggregate" { kind: AggregateKind, names: Vec<Name>, parts: Vec<OpId> }
    /// Component of a tuple.
    Extract = "extract" { value: OpId, index: u32 }
    /// The payload of a `Some`, an `Ok` or an enum variant that a pattern took apart.
    Payload = "payload" { value: OpId, variant: Name, index: u32 }
    /// Whether a value is this enum variant.
    IsVariant = "is-variant" { value: OpId, variant: Name }
    /// Next element (part 0) or key (part 1) of a loop over a value in memory.
    Element = "element" { of: OpId, part: u32 }
    /// Function value; captures come before the arguments of a call.
    Closure = "closure" { function: Name, captures: Vec<OpId> }
    Caller = "caller" { kind: CallerKind, args: Vec<OpId> }
    Env = "env" { kind: EnvKind, args: Vec<OpId> }
    /// Native balance of an account.
    Balance = "balance" { of: OpId }
    CodeSize = "code-size" { of: OpId }
    Nondet = "nondet" { kind: NondetKind, args: Vec<OpId> }
    /// Argument that the client sent, by name or position; all arguments without one.
    Arg = "arg" { key: Option<OpId> }
    /// Transient input of a Fabric proposal.
    TransientInput = "transient-input" { key: Option<OpId> }
    Crypto = "crypto" { algorithm: Name, args: Vec<OpId> }
    Key = "key" { kind: KeyKind, parts: Vec<OpId> }
    Serialize = "serialize" { format: Name, args: Vec<OpId> }
    Deserialize = "deserialize" { format: Name, args: Vec<OpId> }
    /// Pointer into state, such as a `storage` local.
    StorageRef = "storage-ref" { place: Place }
    /// A pure function known by name: string and number helpers, SDK constructors.
    Pure = "pure" { name: Name, args: Vec<OpId> }
    /// Call of a function outside the unit of which only the name is known.
    Extern = "extern" { name: Name, args: Vec<OpId> }
    /// Code that was not understood.
    Unknown = "unknown" { what: Name, args: Vec<OpId> }

    // Effects.
    StateRead = "state-read" { place: Place, kind: ReadKind }
    StateWrite = "state-write" { place: Place, kind: WriteKind, value: Option<OpId> }
    /// Write into a value in memory, through a pointer or into a map or slice.
    Store = "store" { base: OpId, path: Vec<Proj>, value: OpId }
    /// Call inside the unit.
    Call = "call" { callee: Callee, args: Vec<OpId> }
    /// Call that leaves the unit. `target` is the address or contract name; `interface` the type
    /// through which it is called; `options` are further named arguments (salt, channel, reply).
    ExtCall = "ext-call" {
        kind: ExtKind, target: Option<OpId>, interface: Name, method: Name,
        args: Vec<OpId>, value: Option<OpId>, gas: Gas, is_static: bool,
        options: Vec<(Name, OpId)>,
    }
    /// Assets move without code of the receiver running at this point.
    ValueMove = "value-move" { asset: Name, to: OpId, amount: Option<OpId> }
    Emit = "emit" { topic: Name, args: Vec<OpId> }
    Log = "log" { args: Vec<OpId> }
    /// Opaque guard known from a model: continues only when the check holds.
    Guard = "guard" { kind: GuardKind, name: Name, args: Vec<OpId> }
    /// Result or error that the platform answers to the client without ending the function
    /// (`ctx.ok`, `ctx.error`).
    Answer = "answer" { is_error: bool, args: Vec<OpId> }
    /// Change of code or end of the contract.
    Upgrade = "upgrade" { what: Name, args: Vec<OpId> }
    /// Function that runs concurrently.
    Spawn = "spawn" { callee: Callee, args: Vec<OpId> }
}

impl OpKind {
    /// Whether the op does something beside yielding its value.
    pub const fn has_effect(&self) -> bool {
        matches!(
            self,
            Self::StateWrite { .. }
                | Self::Store { .. }
                | Self::Call { .. }
                | Self::ExtCall { .. }
                | Self::ValueMove { .. }
                | Self::Emit { .. }
                | Self::Log { .. }
                | Self::Guard { .. }
                | Self::Answer { .. }
                | Self::Upgrade { .. }
                | Self::Spawn { .. }
                | Self::Extern { .. }
                | Self::Unknown { .. }
        )
    }

    /// The values used, in field order.
    pub fn operands(&self) -> Vec<OpId> {
        let mut all = Vec::new();
        self.visit_operands(&mut |id| all.push(id));
        all
    }
}
