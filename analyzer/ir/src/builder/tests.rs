use pactward_base::Span;

use super::*;
use crate::{Place, ReadKind, WriteKind, parse_functions, print_function, verify};

fn loop_function() -> (Function, SourceMap) {
    let mut b = Builder::new(
        "T.sum(uint256)".into(),
        FunctionKind::Function,
        Visibility::Public,
        Mutability::Mutable,
    );
    let limit = b.param("n \"quoted\"\n", Type::UINT256);
    let (i, unused) = (b.local(Type::UINT256), b.local(Type::Bool));
    let zero = b.int(0, Type::UINT256);
    b.set(i, zero);
    b.set(unused, zero);
    let (head, body, exit) = (b.new_block(), b.new_block(), b.new_block());
    b.jump(head);
    b.switch_to(head);
    let now = b.get(i);
    let more = b.compare(BinaryOp::Lt, now, limit);
    b.branch(more, body, exit);
    b.switch_to(body);
    let now = b.get(i);
    let place = Place::var("T.total").index(now).field("amount");
    b.emit(
        OpKind::StateRead {
            place: place.clone(),
            kind: ReadKind::Get,
        },
        Type::UINT256,
    );
    let one = b.int(1, Type::UINT256);
    b.at(Span::new(3, 9));
    let next = b.binary(BinaryOp::Add, now, one, ArithMode::Checked, Type::UINT256);
    b.emit(
        OpKind::StateWrite {
            place,
            kind: WriteKind::Set,
            value: Some(next),
        },
        Type::Unit,
    );
    b.set(i, next);
    b.jump(head);
    b.unknown("after the jump", vec![]);
    b.switch_to(exit);
    let result = b.get(i);
    let never = b.get(unused);
    b.ret(vec![result, never], Outcome::Ok);
    b.finish()
}

#[test]
fn locals_become_phis_and_the_text_reads_back() {
    let (function, map) = loop_function();
    assert_eq!(verify(&function), Vec::<String>::new());
    let phis = function
        .iter_ops()
        .filter(|(_, o)| matches!(o.kind, OpKind::Phi { .. }))
        .count();
    assert_eq!(phis, 1, "only the loop variable needs a phi");
    assert_eq!(function.blocks.len(), 4, "the code after the jump is gone");
    assert_eq!(map.ops.len(), function.ops.len());
    let text = print_function(&function);
    assert_eq!(parse_functions(&text).unwrap(), [function]);
}

#[test]
fn the_verifier_sees_broken_functions() {
    let (good, _) = loop_function();
    let mut swapped = good.clone();
    for block in &mut swapped.blocks {
        block.ops.reverse();
    }
    assert!(!verify(&swapped).is_empty());
    let mut dangling = good.clone();
    dangling.blocks[0].end = Terminator::Jump(BlockId(77));
    assert!(!verify(&dangling).is_empty());
    let mut twice = good;
    let first = twice.blocks[0].ops[0];
    twice.blocks[1].ops.push(first);
    assert!(!verify(&twice).is_empty());
}

#[test]
fn a_deep_graph_does_not_overflow_the_stack() {
    let mut b = Builder::new(
        "deep".into(),
        FunctionKind::Function,
        Visibility::Public,
        Mutability::Pure,
    );
    let cond = b.param("c", Type::Bool);
    let local = b.local(Type::Bool);
    b.set(local, cond);
    for _ in 0..30_000 {
        let (yes, join) = (b.new_block(), b.new_block());
        b.branch(cond, yes, join);
        b.switch_to(yes);
        b.jump(join);
        b.switch_to(join);
    }
    let value = b.get(local);
    b.ret(vec![value], Outcome::Ok);
    let (function, _) = b.finish();
    assert!(
        function
            .iter_ops()
            .all(|(_, o)| !matches!(o.kind, OpKind::Phi { .. }))
    );
}
