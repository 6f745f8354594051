//! Predecessors, order and dominators of a control-flow graph.

use crate::{BlockId, Function};

/// Control-flow facts of one function. Dominators after Cooper, Harvey and Kennedy, "A Simple,
/// Fast Dominance Algorithm" (2001).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cfg {
    predecessors: Vec<Vec<BlockId>>,
    /// Reachable blocks in reverse post-order.
    order: Vec<BlockId>,
    /// Position of each block in `order`; `u32::MAX` for unreachable blocks.
    position: Vec<u32>,
    /// Immediate dominator; the entry's is itself.
    idom: Vec<Option<BlockId>>,
}

impl Cfg {
    pub fn new(function: &Function) -> Self {
        let successors: Vec<Vec<BlockId>> = function
            .blocks
            .iter()
            .map(|b| b.end.successors().collect())
            .collect();
        Self::of_graph(&successors)
    }

    /// Facts of any graph whose node 0 is the entry; given reversed edges and a virtual exit as
    /// node 0, dominators are post-dominators.
    pub fn of_graph(successors: &[Vec<BlockId>]) -> Self {
        let count = successors.len();
        let mut predecessors = vec![Vec::new(); count];
        for (from, targets) in successors.iter().enumerate() {
            for to in targets {
                predecessors[to.0 as usize].push(BlockId(from as u32));
            }
        }
        let order = reverse_post_order(successors);
        let mut position = vec![u32::MAX; count];
        for (at, block) in order.iter().enumerate() {
            position[block.0 as usize] = at as u32;
        }
        let mut cfg = Self {
            predecessors,
            order,
            position,
            idom: vec![None; count],
        };
        cfg.compute_dominators();
        cfg
    }

    fn compute_dominators(&mut self) {
        let Some(&entry) = self.order.first() else {
            return;
        };
        self.idom[entry.0 as usize] = Some(entry);
        let mut changed = true;
        while changed {
            changed = false;
            for at in 1..self.order.len() {
                let block = self.order[at];
                let mut best: Option<BlockId> = None;
                for &pred in &self.predecessors[block.0 as usize] {
                    if self.idom[pred.0 as usize].is_some() {
                        best = Some(best.map_or(pred, |b| self.common_dominator(b, pred)));
                    }
                }
                if self.idom[block.0 as usize] != best {
                    self.idom[block.0 as usize] = best;
                    changed = true;
                }
            }
        }
    }

    fn common_dominator(&self, mut a: BlockId, mut b: BlockId) -> BlockId {
        let position = |x: BlockId| self.position[x.0 as usize];
        let up = |x: BlockId| self.idom[x.0 as usize].unwrap_or(self.order[0]);
        while a != b {
            while position(a) > position(b) {
                a = up(a);
            }
            while position(b) > position(a) {
                b = up(b);
            }
        }
        a
    }

    pub fn predecessors(&self, block: BlockId) -> &[BlockId] {
        &self.predecessors[block.0 as usize]
    }

    /// Reachable blocks in reverse post-order.
    pub fn order(&self) -> &[BlockId] {
        &self.order
    }

    pub fn is_reachable(&self, block: BlockId) -> bool {
        self.position
            .get(block.0 as usize)
            .is_some_and(|p| *p != u32::MAX)
    }

    /// Immediate dominator; none for the entry and for unreachable blocks.
    pub fn immediate_dominator(&self, block: BlockId) -> Option<BlockId> {
        self.idom[block.0 as usize].filter(|d| *d != block)
    }

    /// Whether every path to `b` runs through `a`; a block dominates itself.
    pub fn dominates(&self, a: BlockId, b: BlockId) -> bool {
        if !self.is_reachable(a) || !self.is_reachable(b) {
            return false;
        }
        let mut at = b;
        while self.position[at.0 as usize] > self.position[a.0 as usize] {
            match self.immediate_dominator(at) {
                Some(up) => at = up,
                None => return false,
            }
        }
        at == a
    }
}

/// Depth-first post-order, reversed; with an explicit stack, because code nests arbitrarily deep.
fn reverse_post_order(successors: &[Vec<BlockId>]) -> Vec<BlockId> {
    if successors.is_empty() {
        return Vec::new();
    }
    let mut seen = vec![false; successors.len()];
    let mut order = Vec::new();
    let mut stack = vec![(BlockId(0), 0usize)];
    seen[0] = true;
    while let Some((block, next)) = stack.pop() {
        if let Some(&target) = successors[block.0 as usize].get(next) {
            stack.push((block, next + 1));
            if !std::mem::replace(&mut seen[target.0 as usize], true) {
                stack.push((target, 0));
            }
        } else {
            order.push(block);
        }
    }
    order.reverse();
    order
}
