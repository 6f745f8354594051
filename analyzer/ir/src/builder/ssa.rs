//! From locals to SSA, after Braun et al., "Simple and Efficient Construction of Static Single
//! Assignment Form" (2013), on a complete graph and without recursion.

use rustc_hash::FxHashMap;

use super::{Builder, Event, LocalId};
use crate::cfg::Cfg;
use crate::{
    Block, BlockId, Const, Function, Op, OpId, OpKind, OpSource, SourceMap, Terminator, Type,
};

pub(super) fn construct(builder: Builder) -> (Function, SourceMap) {
    let successors: Vec<Vec<BlockId>> = builder
        .blocks
        .iter()
        .map(|b| b.end.iter().flat_map(|(end, _)| end.successors()).collect())
        .collect();
    let cfg = Cfg::of_graph(&successors);
    let mut state = Construction::new(builder, cfg);
    state.resolve_all();
    state.remove_trivial_phis();
    state.rebuild()
}

struct Construction {
    builder: Builder,
    cfg: Cfg,
    /// Last value set in a block.
    out: FxHashMap<(LocalId, BlockId), OpId>,
    /// Value on entry to a block, where one was asked for.
    incoming: FxHashMap<(LocalId, BlockId), OpId>,
    /// Phis still without arguments.
    pending: Vec<(LocalId, BlockId, OpId)>,
    phis: Vec<(BlockId, OpId)>,
    /// Placeholder or trivial phi → the value it stands for.
    replaced: FxHashMap<OpId, OpId>,
    undefined: FxHashMap<LocalId, OpId>,
    /// Constants of the entry block that stand for locals never set, in order of need.
    zeroes: Vec<OpId>,
}

impl Construction {
    fn new(builder: Builder, cfg: Cfg) -> Self {
        let mut out = FxHashMap::default();
        for &block in cfg.order() {
            for event in &builder.blocks[block.0 as usize].events {
                if let Event::Set(local, value) = *event {
                    out.insert((local, block), value);
                }
            }
        }
        Self {
            builder,
            cfg,
            out,
            incoming: FxHashMap::default(),
            pending: Vec::new(),
            phis: Vec::new(),
            replaced: FxHashMap::default(),
            undefined: FxHashMap::default(),
            zeroes: Vec::new(),
        }
    }

    /// Gives each placeholder its value and each phi its arguments.
    fn resolve_all(&mut self) {
        for at in 0..self.cfg.order().len() {
            let block = self.cfg.order()[at];
            let events = std::mem::take(&mut self.builder.blocks[block.0 as usize].events);
            let mut now: FxHashMap<LocalId, OpId> = FxHashMap::default();
            for event in &events {
                match *event {
                    Event::Op(_) => {}
                    Event::Set(local, value) => {
                        now.insert(local, value);
                    }
                    Event::Get(placeholder, local) => {
                        let known = now.get(&local).copied();
                        let value = known.unwrap_or_else(|| self.value_in(local, block));
                        self.replaced.insert(placeholder, value);
                    }
                }
            }
            self.builder.blocks[block.0 as usize].events = events;
        }
        while let Some((local, block, phi)) = self.pending.pop() {
            let preds = self.reachable_predecessors(block);
            let args = preds
                .into_iter()
                .map(|p| (p, self.value_out(local, p)))
                .collect();
            self.builder.ops[phi.0 as usize].kind = OpKind::Phi { args };
        }
    }

    fn reachable_predecessors(&self, block: BlockId) -> Vec<BlockId> {
        let mut preds: Vec<_> = self.cfg.predecessors(block).to_vec();
        preds.retain(|p| self.cfg.is_reachable(*p));
        preds.sort_unstable();
        preds.dedup();
        preds
    }

    fn value_out(&mut self, local: LocalId, block: BlockId) -> OpId {
        match self.out.get(&(local, block)) {
            Some(value) => *value,
            None => self.value_in(local, block),
        }
    }

    /// Value of a local on entry to a block: walks up single predecessors, stops at a phi.
    fn value_in(&mut self, local: LocalId, block: BlockId) -> OpId {
        let mut walked = Vec::new();
        let mut at = block;
        let value = loop {
            if let Some(known) = self.incoming.get(&(local, at)) {
                break *known;
            }
            let preds = self.reachable_predecessors(at);
            match preds.as_slice() {
                [] => break self.undefined_value(local),
                [only] if at != BlockId(0) && *only != at => {
                    walked.push(at);
                    if let Some(value) = self.out.get(&(local, *only)) {
                        break *value;
                    }
                    at = *only;
                }
                _ if at == BlockId(0) => break self.entry_phi(local),
                _ => break self.new_phi(local, at),
            }
        };
        for block in walked {
            self.incoming.insert((local, block), value);
        }
        value
    }

    fn new_phi(&mut self, local: LocalId, block: BlockId) -> OpId {
        let ty = self.builder.locals[local.0 as usize].clone();
        let phi = self.builder.push(OpKind::Phi { args: Vec::new() }, ty);
        self.incoming.insert((local, block), phi);
        self.pending.push((local, block, phi));
        self.phis.push((block, phi));
        phi
    }

    /// An entry block that is a loop head has an edge from outside, on which nothing is defined;
    /// front ends do not make such graphs, so the value before the loop stands for all.
    fn entry_phi(&mut self, local: LocalId) -> OpId {
        self.undefined_value(local)
    }

    fn undefined_value(&mut self, local: LocalId) -> OpId {
        if let Some(value) = self.undefined.get(&local) {
            return *value;
        }
        let ty = self.builder.locals[local.0 as usize].clone();
        let value = zero_of(&ty);
        let id = self.builder.push(OpKind::Const { value }, ty);
        self.undefined.insert(local, id);
        self.zeroes.push(id);
        id
    }

    fn resolve(&self, mut id: OpId) -> OpId {
        while let Some(next) = self.replaced.get(&id) {
            id = *next;
        }
        id
    }

    /// Removes phis whose arguments are one value beside themselves, until none is left.
    fn remove_trivial_phis(&mut self) {
        loop {
            let mut changed = false;
            let mut kept = Vec::with_capacity(self.phis.len());
            for (block, phi) in std::mem::take(&mut self.phis) {
                let OpKind::Phi { args } = &self.builder.ops[phi.0 as usize].kind else {
                    continue;
                };
                let mut others = args
                    .iter()
                    .map(|(_, v)| self.resolve(*v))
                    .filter(|v| *v != phi);
                let first = others.next();
                match first {
                    Some(value) if others.all(|v| v == value) => {
                        self.replaced.insert(phi, value);
                        changed = true;
                    }
                    _ => kept.push((block, phi)),
                }
            }
            self.phis = kept;
            if !changed {
                return;
            }
        }
    }

    /// Renumbers blocks and ops and writes the function.
    fn rebuild(self) -> (Function, SourceMap) {
        let mut phis_of: FxHashMap<BlockId, Vec<OpId>> = FxHashMap::default();
        for (block, phi) in &self.phis {
            phis_of.entry(*block).or_default().push(*phi);
        }
        let mut new_block = vec![BlockId(u32::MAX); self.builder.blocks.len()];
        for (at, block) in self.cfg.order().iter().enumerate() {
            new_block[block.0 as usize] = BlockId(at as u32);
        }
        let mut listed: Vec<Vec<OpId>> = Vec::with_capacity(self.cfg.order().len());
        let mut number: FxHashMap<OpId, OpId> = FxHashMap::default();
        for block in self.cfg.order() {
            let events = &self.builder.blocks[block.0 as usize].events;
            let ops = events.iter().filter_map(|e| {
                if let Event::Op(id) = e {
                    Some(*id)
                } else {
                    None
                }
            });
            let mut all = phis_of.remove(block).unwrap_or_default();
            if *block == BlockId(0) {
                all.extend(&self.zeroes);
            }
            all.extend(ops);
            for id in &all {
                let next = OpId(number.len() as u32);
                number.insert(*id, next);
            }
            listed.push(all);
        }
        let renumber = |id: OpId| number.get(&self.resolve(id)).copied();
        let mut ops: Vec<Op> = Vec::with_capacity(number.len());
        let mut sources: Vec<OpSource> = Vec::with_capacity(number.len());
        let mut blocks = Vec::with_capacity(listed.len());
        let mut ends = Vec::with_capacity(listed.len());
        for (old, block) in listed.iter().zip(self.cfg.order()) {
            for id in old {
                let mut op = self.builder.ops[id.0 as usize].clone();
                if let OpKind::Phi { args } = &mut op.kind {
                    for (pred, _) in args {
                        *pred = new_block[pred.0 as usize];
                    }
                }
                op.kind
                    .map_operands(&mut |v| renumber(v).unwrap_or(OpId(0)));
                ops.push(op);
                sources.push(self.builder.sources[id.0 as usize]);
            }
            let Some((end, source)) = self.builder.blocks[block.0 as usize].end.clone() else {
                continue;
            };
            let mut end = retarget(end, &new_block);
            end.map_operands(&mut |v| renumber(v).unwrap_or(OpId(0)));
            ends.push(source);
            blocks.push(Block {
                ops: old
                    .iter()
                    .filter_map(|id| number.get(id).copied())
                    .collect(),
                end,
            });
        }
        let b = self.builder;
        let function = Function {
            name: b.name,
            kind: b.kind,
            visibility: b.visibility,
            mutability: b.mutability,
            params: b.params,
            returns: b.returns,
            ops,
            blocks,
        };
        (
            function,
            SourceMap {
                bodies: b.bodies,
                ops: sources,
                ends,
            },
        )
    }
}

fn retarget(end: Terminator, new_block: &[BlockId]) -> Terminator {
    let to = |b: BlockId| new_block[b.0 as usize];
    match end {
        Terminator::Jump(block) => Terminator::Jump(to(block)),
        Terminator::Branch {
            cond,
            then,
            otherwise,
        } => Terminator::Branch {
            cond,
            then: to(then),
            otherwise: to(otherwise),
        },
        other => other,
    }
}

/// The value of a local that was declared without one.
fn zero_of(ty: &Type) -> Const {
    match ty {
        Type::Int { .. } | Type::BigInt => Const::Int(0.into()),
        Type::Bool => Const::Bool(false),
        Type::Str => Const::Str("".into()),
        _ => Const::Nil,
    }
}
