//! Words that assembly wrote to memory, as far as they are known: the input of a hash or a call
//! tells more than its address.

use num_bigint::BigInt;
use num_traits::ToPrimitive;
use pactward_base::SmolStr;
use pactward_ir::OpId;

/// Most writes that are remembered, and longest input that is looked up.
const MAX_STORES: usize = 64;
const MAX_BYTES: u64 = 1024;

/// A place in memory: an offset from a pointer variable, or from zero.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Address {
    pub(super) base: SmolStr,
    pub(super) offset: BigInt,
}

impl Address {
    /// Bytes between two places of one base.
    fn distance(&self, other: &Self) -> Option<i64> {
        if self.base != other.base {
            return None;
        }
        (&self.offset - &other.offset).to_i64()
    }
}

#[derive(Debug, Default)]
pub(super) struct Memory {
    /// In order; later writes cover earlier ones.
    stores: Vec<(Address, OpId)>,
}

/// What a call sends: a selector and arguments, or words.
pub(super) enum Input {
    Call(OpId, Vec<OpId>),
    Words(Vec<OpId>),
}

impl Memory {
    /// After this, any word may have any value.
    pub(super) fn forget(&mut self) {
        self.stores.clear();
    }

    /// Remembers a word. A write through an unknown pointer goes to fresh memory by convention
    /// and leaves the words that are known.
    pub(super) fn store(&mut self, at: Option<Address>, value: OpId) {
        let Some(at) = at else { return };
        if self.stores.len() >= MAX_STORES {
            self.forget();
        }
        self.stores.push((at, value));
    }

    /// The value whose first `length` bytes stand at an address.
    fn read(&self, at: &Address, length: i64) -> Option<OpId> {
        let found = self.stores.iter().rposition(|(other, _)| other == at)?;
        let later = &self.stores[found + 1..];
        let covered = later.iter().any(|(other, _)| {
            let distance = other.distance(at);
            distance.is_some_and(|d| d > -32 && d < length)
        });
        (!covered).then(|| self.stores[found].1)
    }

    fn words(&self, at: &Address, skip: u64, length: u64) -> Option<Vec<OpId>> {
        (0..length.div_ceil(32))
            .map(|word| {
                let at = Address {
                    base: at.base.clone(),
                    offset: &at.offset + skip + word * 32,
                };
                self.read(&at, 32)
            })
            .collect()
    }

    /// All of a range, if each part of it is known.
    pub(super) fn range(&self, at: Option<&Address>, length: Option<&BigInt>) -> Option<Input> {
        let at = at?;
        let length = length?.to_u64().filter(|n| *n > 0 && *n <= MAX_BYTES)?;
        if length % 32 == 4 {
            let selector = self.read(at, 4)?;
            return Some(Input::Call(selector, self.words(at, 4, length - 4)?));
        }
        Some(Input::Words(self.words(at, 0, length)?))
    }
}
