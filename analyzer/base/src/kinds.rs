//! Small closed sets: language, platform, severity, confidence, locale.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Declares a closed set of words with one spelling for printing, parsing and serialising.
macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$vmeta:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name { $($(#[$vmeta])* #[serde(rename = $text)] $variant),+ }

        impl $name {
            /// Every member, in declaration order.
            pub const ALL: &'static [$name] = &[$($name::$variant),+];

            /// The one spelling used in output, configuration and documentation.
            pub const fn as_str(self) -> &'static str {
                match self { $($name::$variant => $text),+ }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.pad(self.as_str()) }
        }

        impl FromStr for $name {
            type Err = String;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                $name::ALL.iter().copied().find(|v| v.as_str() == text).ok_or_else(|| {
                    let all: Vec<_> = $name::ALL.iter().map(|v| v.as_str()).collect();
                    format!("`{text}` is none of: {}", all.join(", "))
                })
            }
        }
    };
}

words! {
    /// A source language that a front end exists for.
    Language {
        Solidity = "solidity",
        Go = "go",
        Rust = "rust",
    }
}

impl Language {
    /// The language of a file name by its extension.
    pub fn of_path(path: &str) -> Option<Self> {
        match path.rsplit_once('.')?.1 {
            "sol" => Some(Self::Solidity),
            "go" => Some(Self::Go),
            "rs" => Some(Self::Rust),
            _ => None,
        }
    }

    /// The info string of a fenced Markdown block in this language.
    pub const fn fence(self) -> &'static str {
        match self {
            Self::Solidity => "sol",
            Self::Go => "go",
            Self::Rust => "rust",
        }
    }
}

words! {
    /// The chain and contract runtime whose semantics apply to a contract unit.
    Platform {
        /// Solidity on an EVM chain (also on ChainMaker's EVM).
        Evm = "evm",
        /// Hyperledger Fabric chaincode in Go (shim or contract-api).
        Fabric = "fabric",
        /// ChainMaker native Go contract run by the docker VM (`contract-sdk-go`).
        ChainmakerDockerGo = "chainmaker-docker-go",
        /// ChainMaker TinyGo wasm contract.
        ChainmakerTinygo = "chainmaker-tinygo",
        /// ChainMaker Rust wasm contract (`SimContext`).
        ChainmakerRust = "chainmaker-rust",
        /// CosmWasm contract.
        Cosmwasm = "cosmwasm",
        /// ink! contract.
        Ink = "ink",
        /// Code that no contract platform was recognised in.
        None = "none",
    }
}

words! {
    /// How bad it is if the finding is true.
    Severity {
        Info = "info",
        Low = "low",
        Medium = "medium",
        High = "high",
        Critical = "critical",
    }
}

impl Severity {
    /// The CVSS-like score that SARIF's `security-severity` wants, 0.0 to 10.0.
    pub const fn score(self) -> &'static str {
        match self {
            Self::Critical => "9.5",
            Self::High => "8.0",
            Self::Medium => "5.5",
            Self::Low => "3.0",
            Self::Info => "0.0",
        }
    }
}

words! {
    /// How sure the analysis is that the finding is true.
    Confidence {
        Low = "low",
        Medium = "medium",
        High = "high",
        /// Shown by an execution.
        Proved = "proved",
    }
}

words! {
    /// Language of the text that a person reads.
    Locale {
        En = "en",
        Zh = "zh",
    }
}

impl Locale {
    /// The locale that a POSIX `LANG`-like value asks for; English unless it names Chinese.
    pub fn of_environment(value: &str) -> Self {
        if value.to_ascii_lowercase().starts_with("zh") {
            Self::Zh
        } else {
            Self::En
        }
    }
}
