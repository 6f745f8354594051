//! The closed sets of words that ops use. Each word has one spelling in the textual form.

/// Declares an enum whose members have one textual spelling.
macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$vmeta:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$vmeta])* $variant),+ }

        impl $name {
            pub const ALL: &'static [$name] = &[$($name::$variant),+];

            pub const fn as_str(self) -> &'static str {
                match self { $($name::$variant => $text),+ }
            }

            /// The member with this spelling.
            pub fn from_text(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|w| w.as_str() == text)
            }
        }
    };
}
pub(crate) use words;

words! {
    UnaryOp { Not = "not", Neg = "neg", BitNot = "bitnot", IsErr = "is-err", IsNone = "is-none" }
}

words! {
    BinaryOp {
        Add = "add", Sub = "sub", Mul = "mul", Div = "div", Rem = "rem", Pow = "pow",
        BitAnd = "bitand", BitOr = "bitor", BitXor = "bitxor", Shl = "shl", Shr = "shr",
        Eq = "eq", Ne = "ne", Lt = "lt", Le = "le", Gt = "gt", Ge = "ge",
        /// Both operands are evaluated: front ends lower an operand with effects to a branch.
        And = "and", Or = "or",
        Concat = "concat",
    }
}

impl BinaryOp {
    pub const fn is_comparison(self) -> bool {
        matches!(
            self,
            Self::Eq | Self::Ne | Self::Lt | Self::Le | Self::Gt | Self::Ge
        )
    }

    pub const fn is_arithmetic(self) -> bool {
        matches!(
            self,
            Self::Add | Self::Sub | Self::Mul | Self::Div | Self::Rem | Self::Pow | Self::Shl
        )
    }

    /// The comparison that holds exactly when this one does not.
    pub const fn negated(self) -> Option<Self> {
        Some(match self {
            Self::Eq => Self::Ne,
            Self::Ne => Self::Eq,
            Self::Lt => Self::Ge,
            Self::Ge => Self::Lt,
            Self::Gt => Self::Le,
            Self::Le => Self::Gt,
            _ => return None,
        })
    }
}

words! {
    /// What happens when a result does not fit its type.
    ArithMode {
        /// Aborts (Solidity ≥ 0.8, `checked_*` followed by `?`, overflow-checks).
        Checked = "checked",
        Wrapping = "wrapping",
        Saturating = "saturating",
        /// Arbitrary precision.
        Big = "big",
        /// Not arithmetic, or not known.
        None = "none",
    }
}

words! {
    /// Which identity of the caller is read.
    CallerKind {
        /// Immediate caller: `msg.sender`, `Sender()`, `info.sender`, the Fabric client identity.
        Sender = "sender",
        /// Signer of the transaction: `tx.origin`, `Origin()`, `__sender_pk__`.
        Origin = "origin",
        Org = "org",
        Role = "role",
        PublicKey = "public-key",
        Attribute = "attribute",
        Msp = "msp",
        /// Who created the contract, not who calls.
        CreatorOrg = "creator-org",
        CreatorRole = "creator-role",
        CreatorKey = "creator-key",
        /// The whole certificate or serialised identity.
        Identity = "identity",
    }
}

words! {
    /// Deterministic facts about the transaction, the block and the contract itself.
    EnvKind {
        TxId = "tx-id", TxTime = "tx-time", BlockTime = "block-time", BlockNumber = "block-number",
        BlockHash = "block-hash", PrevRandao = "prevrandao", Coinbase = "coinbase",
        BaseFee = "base-fee", GasPrice = "gas-price", GasLimit = "gas-limit",
        GasLeft = "gas-left", ChainId = "chain-id", Channel = "channel",
        SelfAddress = "self-address", ContractName = "contract-name", CallValue = "call-value",
        Calldata = "calldata", CalldataSize = "calldata-size", Selector = "selector",
        ReturnData = "return-data", ReturnDataSize = "return-data-size", CodeHash = "code-hash",
    }
}

words! {
    /// Sources of values that may differ between the nodes that execute one transaction.
    NondetKind {
        Time = "time", Random = "random", MapOrder = "map-order", Goroutine = "goroutine",
        Select = "select", Float = "float", Address = "address", Network = "network",
        File = "file", Environment = "environment", Process = "process",
    }
}

words! {
    ReadKind {
        Get = "get",
        /// Length of an array or number of elements.
        Length = "length",
        /// Keys in an interval: phantom protected on Fabric.
        Range = "range",
        /// Rich query: not phantom protected.
        Query = "query",
        /// Any read of a page: forbids writes in the same transaction on Fabric.
        Page = "page",
        History = "history",
        /// Next element of an iterator opened by a range, query or history read.
        Next = "next",
        /// Hash of a private value.
        Hash = "hash",
        /// Validation parameter or other metadata of a key.
        Metadata = "metadata",
    }
}

words! {
    WriteKind {
        Set = "set", Delete = "delete", Push = "push", Pop = "pop",
        Metadata = "metadata",
    }
}

words! {
    ExtKind {
        /// Call through an interface or contract type.
        Interface = "interface",
        /// `.call(data)` and its assembly form.
        Low = "low",
        /// `.staticcall(data)` and its assembly form.
        Static = "static",
        /// `.delegatecall(data)` and its assembly form.
        Delegate = "delegate",
        CallCode = "callcode",
        /// `.send(v)`: 2,300 gas, returns false on failure.
        Send = "send",
        /// `.transfer(v)`: 2,300 gas, reverts on failure.
        Transfer = "transfer",
        Create = "create",
        /// `CallContract`, `InvokeChaincode`, `call_contract`, ink! `build_call`.
        Contract = "contract",
        /// A read-only query of another contract (CosmWasm querier).
        Query = "query",
        /// A message that the chain runs after this entry returned (CosmWasm `add_message`).
        Message = "message",
        /// The same with a reply to this contract (CosmWasm `SubMsg`).
        Submessage = "submessage",
    }
}

words! {
    KeyKind {
        /// Parts put together with a constant separator, or none.
        Concat = "concat",
        /// `CreateCompositeKey`: parts cannot run into each other.
        Composite = "composite",
        /// `fmt.Sprintf`, `format!`.
        Format = "format",
        /// `abi.encode`.
        Encode = "encode",
        /// `abi.encodePacked`.
        Packed = "packed",
    }
}

words! {
    AggregateKind { Tuple = "tuple", Struct = "struct", Array = "array", Map = "map" }
}

words! {
    AbortKind {
        Revert = "revert",
        /// `assert`, `panic`, `unwrap`, out of bounds.
        Panic = "panic",
        /// `selfdestruct`, `stop` and assembly `return`: the transaction ends successfully.
        Halt = "halt",
    }
}

words! {
    /// What an opaque guard known from a model looks at.
    GuardKind {
        Identity = "identity", Role = "role", Attribute = "attribute", Mutex = "mutex",
        Time = "time", Amount = "amount", Other = "other",
    }
}
