//! Edits by meaning as text.

mod common;

use common::linked;
use pactward_ir::{Name, OpId, OpKind, OpRef, SemanticEdit};
use pactward_rustlang::render_edit;

/// Moves every state write of a function before its first external call.
fn moved(text: &str, function: &str) -> Option<String> {
    let linked = linked(&[("t.rs", text)]);
    let name = Name::new(format!("t.rs:{function}"));
    let lowered = linked.lower(&name);
    let ids = |test: &dyn Fn(&OpKind) -> bool| -> Vec<OpId> {
        let ops = lowered.function.iter_ops();
        ops.filter(|(_, op)| test(&op.kind))
            .map(|(id, _)| id)
            .collect()
    };
    let op_ref = |op| OpRef {
        function: name.clone(),
        op,
    };
    let call = ids(&|k| matches!(k, OpKind::ExtCall { .. }))[0];
    let writes = ids(&|k| matches!(k, OpKind::StateWrite { .. }));
    let edit = SemanticEdit::MoveBefore {
        ops: writes.into_iter().map(op_ref).collect(),
        before: op_ref(call),
    };
    let body = linked.bodies.get(&name)?.clone();
    let mut edits = render_edit(&linked.program, &edit, &|_| {
        Some((body.clone(), lowered.map.clone()))
    })?;
    edits.sort_by_key(|e| e.span.start);
    let mut out = body.text().to_owned();
    for edit in edits.into_iter().rev() {
        out.replace_range(edit.span.start as usize..edit.span.end as usize, &edit.text);
    }
    Some(out)
}

const HEAD: &str = "use chainmaker_contract_sdk_rust::sim_context::*;\n";

#[test]
fn a_write_moves_before_the_call() {
    let text = "pub fn pay(ctx: &mut impl SimContext, to: &str, rest: &str) {
    let code = 1;
    let _ = ctx.call_contract(to, \"pay\", EasyCodec::new());
    ctx.put_state(\"balance\", to, rest.as_bytes()); // booked
    ctx.ok(b\"done\");
}";
    let expected = "pub fn pay(ctx: &mut impl SimContext, to: &str, rest: &str) {
    let code = 1;
    ctx.put_state(\"balance\", to, rest.as_bytes()); // booked
    let _ = ctx.call_contract(to, \"pay\", EasyCodec::new());
    ctx.ok(b\"done\");
}";
    assert_eq!(
        moved(&format!("{HEAD}{text}"), "pay").as_deref(),
        Some(expected)
    );
}

#[test]
fn a_write_that_needs_the_result_stays() {
    let text = "pub fn pay(ctx: &mut impl SimContext, to: &str) {
    let answer = ctx.call_contract(to, \"pay\", EasyCodec::new()).unwrap();
    ctx.put_state(\"answer\", to, &answer);
}";
    assert_eq!(moved(&format!("{HEAD}{text}"), "pay"), None);
}

#[test]
fn a_write_does_not_move_past_a_way_out() {
    let text = "pub fn pay(ctx: &mut impl SimContext, to: &str) {
    if let Err(_) = ctx.call_contract(to, \"pay\", EasyCodec::new()) {
        ctx.ok(b\"skipped\");
        return;
    }
    ctx.put_state(\"paid\", to, b\"1\");
}";
    assert_eq!(moved(&format!("{HEAD}{text}"), "pay"), None);
}
