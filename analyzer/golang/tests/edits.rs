//! Edits by meaning as text.

mod support;

use pactward_ir::{OpId, OpKind, OpRef, SemanticEdit};
use support::Workspace;

/// Moves every state write of `claim` before its call of another contract, and yields the text.
fn moved(body: &str) -> Option<String> {
    let text = format!("package main\n\n//export claim\nfunc claim() {{\n{body}}}\n");
    let workspace = Workspace::new(&[("a.go", &text)]);
    let name = "a.go:claim";
    let lowered = workspace.lower(name);
    let ops_of = |test: &dyn Fn(&OpKind) -> bool| -> Vec<OpRef> {
        let ops = lowered.function.iter_ops().filter(|(_, o)| test(&o.kind));
        ops.map(|(op, _): (OpId, _)| OpRef {
            function: name.into(),
            op,
        })
        .collect()
    };
    let edit = SemanticEdit::MoveBefore {
        ops: ops_of(&|k| matches!(k, OpKind::StateWrite { .. })),
        before: ops_of(&|k| matches!(k, OpKind::ExtCall { .. })).remove(0),
    };
    let edits = pactward_golang::render_edit(&workspace.program, &edit, &|n| {
        Some((workspace.body(n)?, workspace.lower(n).map))
    })?;
    let mut text = workspace.body(name)?.text().to_owned();
    let mut edits: Vec<_> = edits.into_iter().map(|e| (e.span, e.text)).collect();
    edits.sort_by_key(|(span, _)| std::cmp::Reverse(span.start));
    for (span, new) in edits {
        text.replace_range(span.start as usize..span.end as usize, &new);
    }
    Some(text)
}

#[test]
fn writes_move_before_the_call_with_their_checks() {
    let text = moved(
        r#"	ctx := NewSimContext()
	if _, code := ctx.CallContract("bank", "pay", nil); code != SUCCESS {
		ctx.ErrorResult("not paid")
		return
	}
	done := ctx.PutState("claimed", "x", "1") // once
	if done != SUCCESS {
		ctx.ErrorResult("not written")
		return
	}
	ctx.SuccessResult("ok")
"#,
    );
    let expected = r#"func claim() {
	ctx := NewSimContext()
	done := ctx.PutState("claimed", "x", "1") // once
	if done != SUCCESS {
		ctx.ErrorResult("not written")
		return
	}
	if _, code := ctx.CallContract("bank", "pay", nil); code != SUCCESS {
		ctx.ErrorResult("not paid")
		return
	}
	ctx.SuccessResult("ok")
}"#;
    assert_eq!(text.as_deref(), Some(expected));
}

#[test]
fn writes_of_what_the_call_yields_stay() {
    let depends = moved(
        r#"	ctx := NewSimContext()
	paid, _ := ctx.CallContract("bank", "pay", nil)
	ctx.PutState("paid", "x", string(paid))
"#,
    );
    assert_eq!(depends, None);
}

#[test]
fn writes_do_not_move_past_a_successful_way_out() {
    let leaves = moved(
        r#"	ctx := NewSimContext()
	if _, code := ctx.CallContract("bank", "pay", nil); code != SUCCESS {
		ctx.SuccessResult("later")
		return
	}
	ctx.PutState("claimed", "x", "1")
"#,
    );
    assert_eq!(leaves, None);
}
