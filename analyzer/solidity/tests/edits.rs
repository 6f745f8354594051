//! Edits by meaning, as text.

mod support;

use std::sync::Arc;

use pactward_ir::{Name, OpKind, OpRef, SemanticEdit, SourceMap};
use pactward_solidity::{lower, render_edit};
use support::Project;

/// The text after an edit; none if the edit is refused.
fn apply(text: &str, edit: &SemanticEdit) -> Option<String> {
    let project = Project::of(text);
    let definition = |name: &Name| {
        let body = project.body(name)?;
        let map = lower(&project.program, name, &|n| project.body(n))
            .map_or_else(|| Arc::new(SourceMap::default()), |lowered| lowered.map);
        Some((body, map))
    };
    let edits = render_edit(&project.program, edit, &definition)?;
    let mut placed: Vec<_> = edits
        .into_iter()
        .map(|edit| {
            let start = project.body(&edit.body).unwrap().start();
            (edit.span.offset(start), edit.text)
        })
        .collect();
    placed.sort_by_key(|(span, _)| (span.start, span.end));
    let mut out = text.to_owned();
    for (span, new) in placed.into_iter().rev() {
        out.replace_range(span.start as usize..span.end as usize, &new);
    }
    Some(out)
}

/// Moves the state writes of `A.f()` before its first external call.
fn reorder(body: &str) -> Option<String> {
    let text = format!(
        "contract A {{\n    mapping(address => uint) b;\n    uint n;\n    function f() public returns (bool) {{\n{body}    }}\n}}\n"
    );
    let project = Project::of(&text);
    let name = Name::from("A.sol:A.f()");
    let function = project.function(&name);
    let find = |wanted: &dyn Fn(&OpKind) -> bool| -> Vec<OpRef> {
        let ops = function.iter_ops().filter(|(_, op)| wanted(&op.kind));
        ops.map(|(op, _)| OpRef {
            function: name.clone(),
            op,
        })
        .collect()
    };
    let before = find(&|kind| matches!(kind, OpKind::ExtCall { .. })).remove(0);
    let ops = find(&|kind| matches!(kind, OpKind::StateWrite { .. }));
    let changed = apply(&text, &SemanticEdit::MoveBefore { ops, before })?;
    let start = text.find(body).unwrap();
    let end = changed.len() - (text.len() - start - body.len());
    Some(changed[start..end].to_owned())
}

#[test]
fn writes_move_before_the_call() {
    assert_eq!(
        reorder(
            "        uint v = b[msg.sender];\n        (bool ok, ) = msg.sender.call{value: v}(\"\");\n        require(ok);\n        b[msg.sender] = 0; // paid\n        n -= v;\n"
        )
        .unwrap(),
        "        uint v = b[msg.sender];\n        b[msg.sender] = 0; // paid\n        n -= v;\n        (bool ok, ) = msg.sender.call{value: v}(\"\");\n        require(ok);\n"
    );
    assert_eq!(
        reorder("        if (n > 0) { msg.sender.call(\"\"); n = 0; }\n").unwrap(),
        "        if (n > 0) { n = 0; msg.sender.call(\"\"); }\n"
    );
}

#[test]
fn moves_that_would_change_the_meaning_are_refused() {
    for body in [
        // The call reads what is written.
        "        msg.sender.call{value: n}(\"\");\n        n = 0;\n",
        // What is written depends on the call.
        "        (bool ok, bytes memory data) = msg.sender.call(\"\");\n        n = data.length;\n",
        // The write is in another block.
        "        msg.sender.call(\"\");\n        if (n > 1) { n = 0; }\n",
        // The write may be left out.
        "        if (!msg.sender.send(1)) return false;\n        n = 0;\n",
        // A function in between may read what is written.
        "        msg.sender.call(\"\");\n        check();\n        n = 0;\n",
        // The call and the write are one statement.
        "        n = msg.sender.send(1) ? 1 : 2;\n",
    ] {
        assert_eq!(reorder(body), None, "{body}");
    }
}

fn lock(text: &str, functions: &[&str]) -> Option<String> {
    let functions = functions
        .iter()
        .map(|f| Name::from(format!("A.sol:{f}")))
        .collect();
    apply(text, &SemanticEdit::AddLock { functions })
}

#[test]
fn a_new_lock_is_declared_and_put_first() {
    let text = "contract A {\n    uint n;\n    modifier owned() { _; }\n\n    function f() external payable owned returns (uint) {\n        n = 1;\n    }\n\n    function g() public {\n        n = 2;\n    }\n}\n";
    let expected = "contract A {\n    uint n;\n    modifier owned() { _; }\n\n    function f() external payable nonReentrant owned returns (uint) {\n        n = 1;\n    }\n\n    bool private _locked;\n\n    modifier nonReentrant() {\n        require(!_locked, \"reentrant call\");\n        _locked = true;\n        _;\n        _locked = false;\n    }\n\n    function g() public nonReentrant {\n        n = 2;\n    }\n}\n";
    assert_eq!(lock(text, &["A.f()", "A.g()"]).unwrap(), expected);
}

#[test]
fn a_lock_that_works_is_used() {
    for (modifier, works) in [
        (
            "modifier once() { require(!busy); busy = true; _; busy = false; }",
            true,
        ),
        (
            "modifier once() { if (state == 2) revert(); state = 2; _; state = 1; }",
            true,
        ),
        (
            "modifier once() { enter(); _; leave(); } function enter() private { require(state != 2); state = 2; } function leave() private { state = 1; }",
            true,
        ),
        (
            "modifier once() { require(!busy); _; busy = false; }",
            false,
        ),
        ("modifier once() { busy = true; _; busy = false; }", false),
        ("modifier once() { require(!busy); busy = true; _; }", false),
        (
            "modifier once() { require(!busy); busy = false; _; busy = false; }",
            false,
        ),
    ] {
        let text = format!(
            "contract A {{ bool busy; uint state; {modifier} function f() external {{ state = 3; }} }}"
        );
        let changed = lock(&text, &["A.f()"]).unwrap();
        assert_eq!(
            changed.contains("function f() external once {"),
            works,
            "{changed}"
        );
        assert_eq!(changed.contains("_locked"), !works, "{changed}");
    }
}

#[test]
fn names_do_not_clash_and_the_common_base_holds_the_lock() {
    let text = "contract B { function f() external { } }\n\
                contract A is B { uint _locked; function nonReentrant() public {} function g() external {} }\n";
    let changed = lock(text, &["A.g()", "B.f()"]).unwrap();
    let base = changed
        .lines()
        .take_while(|l| !l.starts_with("contract A"))
        .collect::<String>();
    assert!(base.contains("bool private _locked2;"), "{changed}");
    assert!(base.contains("modifier nonReentrant2()"), "{changed}");
    assert!(
        changed.contains("function g() external nonReentrant2 {}"),
        "{changed}"
    );
}

#[test]
fn what_cannot_hold_a_lock_is_refused() {
    for (text, function) in [
        ("contract A { function f() external view {} }", "A.f()"),
        ("contract A { constructor() {} }", "A.constructor()"),
        ("library A { function f() external {} }", "A.f()"),
        ("function f() {}", "f()"),
        ("contract A { uint public n; }", "A.n()"),
    ] {
        assert_eq!(lock(text, &[function]), None, "{text}");
    }
    let apart = "contract A { function f() external {} } contract B { function g() external {} }";
    assert_eq!(lock(apart, &["A.f()", "B.g()"]), None);
}
