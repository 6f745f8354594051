//! Post-dominators: what every way from a block to the function's end runs through.

use pactward_ir::{BlockId, Cfg, Function};

/// Post-dominators of a function, as dominators of the reversed graph with one virtual exit that
/// follows every block without successors.
#[derive(Debug)]
pub struct PostDominators {
    /// Node 0 is the virtual exit; block `b` is node `b + 1`.
    reversed: Cfg,
}

impl PostDominators {
    pub fn new(function: &Function) -> Self {
        let mut reversed: Vec<Vec<BlockId>> = vec![Vec::new(); function.blocks.len() + 1];
        for (id, block) in function.iter_blocks() {
            let node = BlockId(id.0 + 1);
            let mut is_end = true;
            for next in block.end.successors() {
                is_end = false;
                reversed[next.0 as usize + 1].push(node);
            }
            if is_end {
                reversed[0].push(node);
            }
        }
        Self {
            reversed: Cfg::of_graph(&reversed),
        }
    }

    /// Whether every way from `b` to an end runs through `a`; a block post-dominates itself. A
    /// block from which no end is reached is post-dominated by nothing.
    pub fn post_dominates(&self, a: BlockId, b: BlockId) -> bool {
        self.reversed.dominates(BlockId(a.0 + 1), BlockId(b.0 + 1))
    }
}
