//! Types as far as analyses need them.

use std::sync::Arc;

use crate::Name;
use crate::text::{Field, Lexer};

/// Type of a value. Names are fully qualified where the front end could resolve them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Type {
    /// Not known: an import is missing or the code is not understood.
    #[default]
    Unknown,
    Unit,
    Bool,
    Int {
        bits: u16,
        signed: bool,
    },
    /// Integer without bounds (`big.Int`).
    BigInt,
    Float,
    /// An account or contract address, also as a string where the platform says so.
    Address,
    /// Byte string of a fixed length, or of any length.
    Bytes(Option<u16>),
    Str,
    /// Array or slice; a length means fixed size.
    Array(Arc<Type>, Option<u64>),
    Map(Arc<Type>, Arc<Type>),
    Tuple(Vec<Type>),
    /// A contract or interface of Solidity.
    Contract(Name),
    Struct(Name),
    Enum(Name),
    /// Any other named type with its type arguments, such as `shim.ChaincodeStubInterface`.
    Named(Name, Vec<Type>),
    Pointer(Arc<Type>),
    /// `Result<T, E>` or an optional value.
    Result(Arc<Type>),
    Option(Arc<Type>),
    Error,
    Function,
}

impl Type {
    pub const UINT256: Type = Type::Int {
        bits: 256,
        signed: false,
    };

    /// A named type without arguments.
    pub fn named(name: impl Into<Name>) -> Self {
        Self::Named(name.into(), Vec::new())
    }

    /// The type of a text such as `map<address, uint256>`.
    pub fn from_text(text: &str) -> Result<Self, crate::ParseError> {
        let mut lexer = Lexer::new(text);
        let ty = Self::parse(&mut lexer)?;
        if lexer.at_end() {
            Ok(ty)
        } else {
            Err(lexer.error("text after the type"))
        }
    }

    /// The type behind any pointers.
    pub fn pointee(&self) -> &Type {
        match self {
            Self::Pointer(inner) => inner.pointee(),
            other => other,
        }
    }

    /// Whether a value of the type is known to the front end.
    pub fn is_known(&self) -> bool {
        !matches!(self, Self::Unknown)
    }
}
