//! Words that assembly wrote to constant places of memory, as far as they are known: the input
//! of a hash or call tells more than its address.

use num_bigint::BigInt;
use num_traits::ToPrimitive;
use pactward_ir::OpId;
use rustc_hash::FxHashMap;

/// Longest input that is looked up word by word.
const MAX_BYTES: u64 = 1024;

#[derive(Debug, Default)]
pub(super) struct Memory {
    words: FxHashMap<u64, OpId>,
}

impl Memory {
    /// After this, any word may have any value.
    pub(super) fn forget(&mut self) {
        self.words.clear();
    }

    pub(super) fn store(&mut self, at: Option<&BigInt>, value: OpId) {
        let Some(at) = at.and_then(BigInt::to_u64) else {
            // An unknown place is free memory by convention; scratch space keeps its words.
            return;
        };
        // A word that overlaps others at an odd distance replaces parts of them.
        self.words
            .retain(|other, _| *other == at || other.abs_diff(at) >= 32);
        self.words.insert(at, value);
    }

    /// All words of a range, if each is known.
    pub(super) fn range(&self, at: Option<&BigInt>, length: Option<&BigInt>) -> Option<Vec<OpId>> {
        let at = at?.to_u64()?;
        let length = length?.to_u64().filter(|n| *n > 0 && *n <= MAX_BYTES)?;
        (0..length.div_ceil(32))
            .map(|word| self.words.get(&at.checked_add(word * 32)?).copied())
            .collect()
    }
}
