//! Summaries of functions written in SIR.

#![allow(
    clippy::needless_raw_string_hashes,
    reason = "expect-test writes its snapshots with hashes"
)]

use std::sync::Arc;

use expect_test::{Expect, expect};
use pactward_base::{Language, Platform};
use pactward_flow::{Oracle, PostDominators, Summary, summarise};
use pactward_ir::{BlockId, Function, Name, Unit, UnitKind, parse_functions, verify};

fn unit() -> Unit {
    Unit {
        name: "Bank.sol:Bank".into(),
        kind: UnitKind::Contract,
        language: Language::Solidity,
        platform: Platform::Evm,
        bases: vec!["Bank.sol:Bank".into()],
        state: Vec::new(),
        entries: Vec::new(),
        dispatch: Vec::new(),
        functions: Vec::new(),
        facts: Vec::new(),
    }
}

/// Summaries of all functions of a text, each in turn; a callee stands before its callers.
struct Known(Vec<(Name, Arc<Summary>)>);

impl Oracle for Known {
    fn summary(&self, callee: &Name) -> Option<Arc<Summary>> {
        let found = self.0.iter().find(|(name, _)| name == callee)?;
        Some(found.1.clone())
    }
}

fn functions(text: &str) -> Vec<Function> {
    let functions = parse_functions(text).expect("the test's SIR parses");
    for function in &functions {
        assert_eq!(verify(function), Vec::<String>::new(), "{}", function.name);
    }
    functions
}

/// Checks the summary of the last function.
fn check(text: &str, expected: &Expect) {
    let mut known = Known(Vec::new());
    let unit = unit();
    for function in functions(text) {
        let summary = summarise(&unit, &function, &known);
        known.0.push((function.name.clone(), Arc::new(summary)));
    }
    let last = known.0.last().expect("a function");
    // The snapshot macro takes common indentation away.
    let text = last.1.describe();
    let lines = text.lines().map(|l| l.strip_prefix("  ").unwrap_or(l));
    expected.assert_eq(&lines.fold(String::new(), |all, l| all + l + "\n"));
}

#[test]
fn a_call_stands_between_read_and_write() {
    check(
        r#"
fn "Bank.sol:Bank.withdraw()" kind=function visibility=public mutability=mutable params=[] returns=[] {
b0:
  %0: address = caller kind=sender args=[]
  %1: uint256 = state-read place=var "Bank.sol:Bank.balances"[%0] kind=get
  %2: bytes = const value=nil
  %3: tuple<bool, bytes> = ext-call kind=low target=%0 interface="" method="" args=[%2] value=%1 gas=all is_static=false options=[]
  %4: bool = extract value=%3 index=0
  branch %4 b1 b2
b1:
  %5: uint256 = const value=int 0
  %6: unit = state-write place=var "Bank.sol:Bank.balances"[%0] kind=set value=%5
  return ok []
b2:
  abort revert []
}
"#,
        &expect![[r#"
              way 0:
                read balances[caller] after 0 calls
                call low caller.sender .(nil) value balances[caller]
                check #0(withdraw()%3)
                write balances[caller] set 0
                return  (ok)
        "#]],
    );
}

#[test]
fn callees_are_spliced_in() {
    check(
        r#"
fn "Bank.sol:Bank._check(address)" kind=function visibility=internal mutability=view params=[("who", address)] returns=[] {
b0:
  %0: address = param index=0
  %1: address = state-read place=var "Bank.sol:Bank.owner" kind=get
  %2: bool = binary op=eq left=%0 right=%1 mode=none
  branch %2 b1 b2
b1:
  return ok []
b2:
  abort revert []
}
fn "Bank.sol:Bank.set(address)" kind=function visibility=public mutability=mutable params=[("to", address)] returns=[] {
b0:
  %0: address = param index=0
  %1: address = caller kind=sender args=[]
  %2: unit = call callee=function "Bank.sol:Bank._check(address)" args=[%1]
  %3: unit = state-write place=var "Bank.sol:Bank.owner" kind=set value=%0
  return ok []
}
"#,
        &expect![[r#"
              way 0:
                read owner after 0 calls
                check eq(caller.sender, owner)
                write owner set param0
                return  (ok)
        "#]],
    );
}

#[test]
fn loops_run_for_two_rounds() {
    check(
        r#"
fn "Bank.sol:Bank.all(uint256)" kind=function visibility=public mutability=mutable params=[("n", uint256)] returns=[] {
b0:
  %0: uint256 = param index=0
  %1: uint256 = const value=int 0
  %2: uint256 = const value=int 1
  jump b1
b1:
  %3: uint256 = phi args=[(b0, %1), (b2, %5)]
  %4: bool = binary op=lt left=%3 right=%0 mode=none
  branch %4 b2 b3
b2:
  %6: unit = state-write place=var "Bank.sol:Bank.done"[%3] kind=set value=%2
  %5: uint256 = binary op=add left=%3 right=%2 mode=checked
  jump b1
b3:
  return ok []
}
"#,
        &expect![[r#"
              way 0:
                check le(param0, 0)
                return  (ok)
              way 1:
                check gt(param0, 0)
                write done[0] set 1
                check le(param0, 1)
                return  (ok)
              way 2:
                check gt(param0, 0)
                write done[0] set 1
                check gt(param0, 1)
                write done[1] set 1
                check le(param0, 2)
                return  (ok)
        "#]],
    );
}

#[test]
fn post_dominators_meet_at_the_end() {
    let text = r#"
fn "A.f(bool)" kind=function visibility=public mutability=mutable params=[("c", bool)] returns=[] {
b0:
  %0: bool = param index=0
  branch %0 b1 b2
b1:
  jump b3
b2:
  jump b3
b3:
  return ok []
}
"#;
    let functions = functions(text);
    let post = PostDominators::new(&functions[0]);
    assert!(post.post_dominates(BlockId(3), BlockId(0)));
    assert!(!post.post_dominates(BlockId(1), BlockId(0)));
}
