//! Natural loops: back edges and the blocks between.

use pactward_ir::{BlockId, Cfg, Function};
use rustc_hash::{FxHashMap, FxHashSet};

/// The loops of a function by header. A graph that is not reducible has edges that close a cycle
/// without leading to a dominator; they count as back edges too, so that every cycle is bounded.
pub(crate) struct Loops {
    back: FxHashSet<(BlockId, BlockId)>,
    members: FxHashMap<BlockId, FxHashSet<BlockId>>,
}

impl Loops {
    pub(crate) fn new(function: &Function, cfg: &Cfg) -> Self {
        let position: FxHashMap<BlockId, usize> = cfg
            .order()
            .iter()
            .enumerate()
            .map(|(i, b)| (*b, i))
            .collect();
        let mut back = FxHashSet::default();
        let mut members: FxHashMap<BlockId, FxHashSet<BlockId>> = FxHashMap::default();
        for &block in cfg.order() {
            for target in function.block(block).end.successors() {
                if position[&target] > position[&block] {
                    continue;
                }
                back.insert((block, target));
                let body = members.entry(target).or_default();
                body.insert(target);
                let mut stack = vec![block];
                while let Some(inner) = stack.pop() {
                    if cfg.dominates(target, inner) && body.insert(inner) {
                        stack.extend(
                            cfg.predecessors(inner)
                                .iter()
                                .filter(|p| cfg.is_reachable(**p)),
                        );
                    }
                }
            }
        }
        Self { back, members }
    }

    pub(crate) fn is_back_edge(&self, from: BlockId, to: BlockId) -> bool {
        self.back.contains(&(from, to))
    }

    /// Whether an edge enters a loop at its header from outside.
    pub(crate) fn is_entered(&self, from: BlockId, to: BlockId) -> bool {
        self.members
            .get(&to)
            .is_some_and(|body| !body.contains(&from))
    }

    /// Whether an edge leads from a header that ran its rounds into its body once more.
    pub(crate) fn is_exhausted(&self, from: BlockId, to: BlockId, rounds: u8, most: u8) -> bool {
        rounds >= most
            && from != to
            && self
                .members
                .get(&from)
                .is_some_and(|body| body.contains(&to))
    }
}
