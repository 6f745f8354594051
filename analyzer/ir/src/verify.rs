//! Checks that a function is well formed.

use crate::cfg::Cfg;
use crate::{BlockId, Function, OpId, OpKind};

/// Everything that is wrong with a function; empty if it is well formed: blocks exist, each op is
/// listed once, each use is dominated by its definition, phis stand first and have exactly one
/// argument per predecessor, parameters exist.
pub fn verify(function: &Function) -> Vec<String> {
    let mut errors = Vec::new();
    if function.blocks.is_empty() {
        errors.push("no entry block".to_owned());
        return errors;
    }
    for (id, block) in function.iter_blocks() {
        for target in block.end.successors() {
            if target.0 as usize >= function.blocks.len() {
                errors.push(format!(
                    "b{} leads to b{}, which does not exist",
                    id.0, target.0
                ));
            }
        }
    }
    let Some(defined_in) = definitions(function, &mut errors) else {
        return errors;
    };
    if !errors.is_empty() {
        return errors;
    }
    let cfg = Cfg::new(function);
    for (id, block) in function
        .iter_blocks()
        .filter(|(id, _)| cfg.is_reachable(*id))
    {
        let mut past_phis = false;
        for op_id in &block.ops {
            let op = function.op(*op_id);
            if let OpKind::Phi { args } = &op.kind {
                if past_phis {
                    errors.push(format!("%{}: a phi after other ops", op_id.0));
                }
                check_phi(*op_id, id, args, &cfg, &defined_in, &mut errors);
                continue;
            }
            past_phis = true;
            if let OpKind::Param { index } = op.kind
                && index as usize >= function.params.len()
            {
                errors.push(format!("%{}: no parameter {index}", op_id.0));
            }
            for used in op.kind.operands() {
                check_use(used, Some(*op_id), id, &cfg, &defined_in, &mut errors);
            }
        }
        block.end.visit_operands(&mut |used| {
            check_use(used, None, id, &cfg, &defined_in, &mut errors);
        });
    }
    errors
}

/// Block and place in the block of each listed op.
type Definitions = Vec<Option<(BlockId, usize)>>;

fn definitions(function: &Function, errors: &mut Vec<String>) -> Option<Definitions> {
    let mut defined = vec![None; function.ops.len()];
    for (id, block) in function.iter_blocks() {
        for (at, op) in block.ops.iter().enumerate() {
            let Some(slot) = defined.get_mut(op.0 as usize) else {
                errors.push(format!("b{} lists %{}, which does not exist", id.0, op.0));
                return None;
            };
            if slot.replace((id, at)).is_some() {
                errors.push(format!("%{} is listed twice", op.0));
            }
        }
    }
    Some(defined)
}

fn check_phi(
    phi: OpId,
    block: BlockId,
    args: &[(BlockId, OpId)],
    cfg: &Cfg,
    defined: &Definitions,
    errors: &mut Vec<String>,
) {
    let mut expected: Vec<_> = cfg.predecessors(block).to_vec();
    expected.retain(|p| cfg.is_reachable(*p));
    expected.sort_unstable();
    expected.dedup();
    let mut found: Vec<_> = args.iter().map(|(pred, _)| *pred).collect();
    found.sort_unstable();
    if expected != found {
        errors.push(format!(
            "%{}: phi arguments do not match the predecessors",
            phi.0
        ));
    }
    for (pred, value) in args {
        if (pred.0 as usize) < defined.len() {
            check_use(*value, None, *pred, cfg, defined, errors);
        }
    }
}

/// `user` is the op of `block` that uses the value, none for its end.
fn check_use(
    value: OpId,
    user: Option<OpId>,
    block: BlockId,
    cfg: &Cfg,
    defined: &Definitions,
    errors: &mut Vec<String>,
) {
    let Some(Some((home, at))) = defined.get(value.0 as usize) else {
        errors.push(format!(
            "b{} uses %{}, which is not defined",
            block.0, value.0
        ));
        return;
    };
    let in_order = *home != block
        || user.is_none_or(|u| defined[u.0 as usize].is_some_and(|(_, user_at)| *at < user_at));
    if !cfg.dominates(*home, block) || !in_order {
        errors.push(format!(
            "%{} does not dominate its use in b{}",
            value.0, block.0
        ));
    }
}
