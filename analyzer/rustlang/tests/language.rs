//! Forms of the language that every platform uses.

mod common;

use common::linked;
use expect_test::expect;

fn sir(text: &str, function: &str) -> String {
    linked(&[("t.rs", text)]).sir(&format!("t.rs:{function}"))
}

#[test]
fn a_trait_object_may_be_any_implementation() {
    let text = "
        trait Shape { fn area(&self) -> u64; fn double(&self) -> u64 { self.area() * 2 } }
        struct A(u64);
        struct B { side: u64 }
        impl Shape for A { fn area(&self) -> u64 { self.0 } }
        impl Shape for B { fn area(&self) -> u64 { self.side } fn double(&self) -> u64 { 0 } }
        fn known(a: A) -> u64 { a.double() }
        fn any(s: &dyn Shape) -> u64 { s.area() }
        fn generic<T: Shape>(s: T) -> u64 { s.double() }
    ";
    expect![[r#"
        fn "t.rs:known" kind=function visibility=private mutability=mutable
          params=[("a", struct "t.rs:A")] returns=[uint64] {
        b0:
          %0: struct "t.rs:A" = param index=0
          %1: uint64 = call callee=function "t.rs:Shape::double" args=[%0]
          return ok [%1]
        }
        fn "t.rs:any" kind=function visibility=private mutability=mutable
          params=[("s", named "dyn"<named "t.rs:Shape">)] returns=[uint64] {
        b0:
          %0: named "dyn"<named "t.rs:Shape"> = param index=0
          %1: uint64 = call callee=one-of ["t.rs:<A as Shape>::area", "t.rs:<B as Shape>::area"] args=[%0]
          return ok [%1]
        }
        fn "t.rs:generic" kind=function visibility=private mutability=mutable
          params=[("s", named "dyn"<named "t.rs:Shape">)] returns=[uint64] {
        b0:
          %0: named "dyn"<named "t.rs:Shape"> = param index=0
          %1: uint64 = call callee=one-of ["t.rs:<B as Shape>::double", "t.rs:Shape::double"] args=[%0]
          return ok [%1]
        }
    "#]].assert_eq(&(sir(text, "known") + &sir(text, "any") + &sir(text, "generic")));
}

#[test]
fn a_closure_in_sight_is_lowered_in_place() {
    let text = "
        fn f(v: Vec<u64>, limit: u64) -> Result<u64, String> {
            let check = |x: u64| -> Result<u64, String> {
                if x > limit { return Err(\"too much\".to_string()); }
                Ok(x)
            };
            let mut sum = 0;
            v.iter().try_for_each(|x| { sum += check(*x)?; Ok(()) })?;
            Ok(sum)
        }
    ";
    expect![[r#"
        fn "t.rs:f" kind=function visibility=private mutability=mutable
          params=[("v", array<uint64>), ("limit", uint64)] returns=[result<uint64>] {
        b0:
          %0: array<uint64> = param index=0
          %1: uint64 = param index=1
          %2: unknown = const value=int 0
          %3: array<uint64> = pure name="std::Vec.iter" args=[%0]
          %4: unit = const value=nil
          %5: uint32 = const value=int 0
          jump b1
        b1:
          %6: uint32 = phi args=[(b0, %5), (b4, %11)]
          %7: uint64 = phi args=[(b0, %2), (b4, %14)]
          %8: bool = pure name="range-more" args=[%3, %6]
          branch %8 b3 b2
        b2:
          %9: result<uint64> = pure name="Ok" args=[%7]
          return ok [%9]
        b3:
          %10: uint32 = const value=int 1
          %11: uint32 = binary op=add left=%6 right=%10 mode=none
          %12: uint64 = element of=%3 part=0
          %13: bool = binary op=gt left=%12 right=%1 mode=none
          branch %13 b5 b4
        b4:
          %14: uint64 = binary op=add left=%7 right=%12 mode=wrapping
          %15: unit = const value=nil
          jump b1
        b5:
          %16: string = const value=str "too much"
          %17: result<unknown> = pure name="Err" args=[%16]
          return err [%17]
        }
    "#]]
    .assert_eq(&sir(text, "f"));
}

#[test]
fn a_closure_that_is_passed_on_is_a_function() {
    let text = "
        fn apply(f: impl Fn(u64) -> u64, x: u64) -> u64 { f(x) }
        fn g(step: u64) -> u64 { apply(|x| x + step, 1) }
    ";
    expect![[r#"
        fn "t.rs:g" kind=function visibility=private mutability=mutable
          params=[("step", uint64)] returns=[uint64] {
        b0:
          %0: uint64 = param index=0
          %1: function = closure function="t.rs:g#1" captures=[%0]
          %2: uint64 = const value=int 1
          %3: uint64 = call callee=function "t.rs:apply" args=[%1, %2]
          return ok [%3]
        }
        fn "t.rs:g#1" kind=closure visibility=private mutability=mutable
          params=[("step", uint64), ("x", unknown)] returns=[] {
        b0:
          %0: uint64 = param index=0
          %1: uint64 = param index=1
          %2: uint64 = binary op=add left=%1 right=%0 mode=wrapping
          return ok [%2]
        }
        fn "t.rs:apply" kind=function visibility=private mutability=mutable
          params=[("f", function), ("x", uint64)] returns=[uint64] {
        b0:
          %0: function = param index=0
          %1: uint64 = param index=1
          %2: unknown = call callee=value %0 args=[%1]
          return ok [%2]
        }
    "#]]
    .assert_eq(&(sir(text, "g") + &sir(text, "apply")));
}

#[test]
fn results_are_followed_through_their_combinators() {
    let text = "
        fn f(a: Option<u64>, b: u64) -> Result<u64, String> {
            let a = a.filter(|a| *a > 0).ok_or_else(|| \"none\".to_string())?;
            let c = a.checked_sub(b).ok_or(\"underflow\".to_string()).map(|c| c * 2)?;
            let Some(d) = c.checked_mul(3) else { return Err(\"overflow\".into()) };
            Ok(d)
        }
    ";
    expect![[r#"
        fn "t.rs:f" kind=function visibility=private mutability=mutable
          params=[("a", option<uint64>), ("b", uint64)] returns=[result<uint64>] {
        b0:
          %0: option<uint64> = param index=0
          %1: uint64 = param index=1
          %2: bool = unary op=is-none value=%0
          branch %2 b8 b1
        b1:
          %3: uint64 = payload value=%0 variant="Some" index=0
          %4: uint64 = const value=int 0
          %5: bool = binary op=gt left=%3 right=%4 mode=none
          branch %5 b3 b2
        b2:
          %6: option<unknown> = const value=nil
          jump b9
        b3:
          %7: bool = binary op=lt left=%3 right=%1 mode=none
          branch %7 b7 b4
        b4:
          %8: uint64 = binary op=sub left=%3 right=%1 mode=checked
          %9: uint64 = const value=int 2
          %10: uint64 = binary op=mul left=%8 right=%9 mode=wrapping
          %11: uint64 = const value=int 3
          %12: uint64 = binary op=mul left=%10 right=%11 mode=checked
          %13: bool = unary op=is-none value=%12
          branch %13 b6 b5
        b5:
          %14: result<uint64> = pure name="Ok" args=[%12]
          return ok [%14]
        b6:
          %15: option<unknown> = const value=nil
          %16: string = const value=str "overflow"
          %17: result<unknown> = pure name="Err" args=[%16]
          return err [%17]
        b7:
          %18: option<unknown> = const value=nil
          %19: string = const value=str "underflow"
          %20: result<unknown> = pure name="Err" args=[%19]
          return err [%20]
        b8:
          %21: option<unknown> = const value=nil
          jump b9
        b9:
          %22: option<unknown> = phi args=[(b8, %21), (b2, %6)]
          %23: string = const value=str "none"
          %24: result<unknown> = pure name="Err" args=[%23]
          return err [%24]
        }
    "#]]
    .assert_eq(&sir(text, "f"));
}

#[test]
fn patterns_become_tests_and_payloads() {
    let text = "
        enum Shape { Dot, Line(u64, u64), Box { w: u64, h: u64 } }
        fn f(s: Shape, n: u8) -> u64 {
            match (s, n) {
                (Shape::Dot, 0 | 1) => 1,
                (Shape::Line(a, _), _) if a > 2 => a,
                (Shape::Box { w, h: 1..=9 }, _) => w,
                (_, n) => u64::from(n),
            }
        }
    ";
    expect![[r#"
        fn "t.rs:f" kind=function visibility=private mutability=mutable
          params=[("s", enum "t.rs:Shape"), ("n", uint8)] returns=[uint64] {
        b0:
          %0: enum "t.rs:Shape" = param index=0
          %1: uint8 = param index=1
          %2: tuple<enum "t.rs:Shape", uint8> = aggregate kind=tuple names=[] parts=[%0, %1]
          %3: enum "t.rs:Shape" = extract value=%2 index=0
          %4: enum "t.rs:Shape" = const value=str "Shape::Dot"
          %5: bool = binary op=eq left=%3 right=%4 mode=none
          branch %5 b2 b1
        b1:
          jump b4
        b2:
          %6: uint8 = extract value=%2 index=1
          %7: uint8 = const value=int 0
          %8: bool = binary op=eq left=%6 right=%7 mode=none
          %9: uint8 = const value=int 1
          %10: bool = binary op=eq left=%6 right=%9 mode=none
          %11: bool = binary op=or left=%8 right=%10 mode=none
          branch %11 b17 b3
        b3:
          jump b4
        b4:
          %12: enum "t.rs:Shape" = extract value=%2 index=0
          %13: bool = is-variant value=%12 variant="Line"
          branch %13 b6 b5
        b5:
          jump b8
        b6:
          %14: uint64 = payload value=%12 variant="Line" index=0
          %15: uint64 = payload value=%12 variant="Line" index=1
          %16: uint8 = extract value=%2 index=1
          %17: uint64 = const value=int 2
          %18: bool = binary op=gt left=%14 right=%17 mode=none
          branch %18 b16 b7
        b7:
          jump b8
        b8:
          %19: enum "t.rs:Shape" = extract value=%2 index=0
          %20: bool = is-variant value=%19 variant="Box"
          branch %20 b10 b9
        b9:
          jump b14
        b10:
          %21: unknown = payload value=%19 variant="Box" index=0
          %22: uint64 = field base=%21 name="w"
          %23: uint64 = field base=%21 name="h"
          %24: uint64 = const value=int 1
          %25: bool = binary op=ge left=%23 right=%24 mode=none
          branch %25 b12 b11
        b11:
          jump b14
        b12:
          %26: uint64 = const value=int 9
          %27: bool = binary op=le left=%23 right=%26 mode=none
          branch %27 b15 b13
        b13:
          jump b14
        b14:
          %28: enum "t.rs:Shape" = extract value=%2 index=0
          %29: uint8 = extract value=%2 index=1
          %30: uint64 = cast value=%29 lossy=false
          return ok [%30]
        b15:
          %31: uint8 = extract value=%2 index=1
          return ok [%22]
        b16:
          return ok [%14]
        b17:
          %32: uint64 = const value=int 1
          return ok [%32]
        }
    "#]]
    .assert_eq(&sir(text, "f"));
}

#[test]
fn changed_parts_change_the_whole() {
    let text = "
        #[derive(Clone)]
        struct Account { balance: u64, log: Vec<u64> }
        fn debit(account: &mut Account, amount: u64) { account.balance -= amount; account.log.push(amount); }
        fn f(mut account: Account) -> Account {
            debit(&mut account, 5);
            let last = &mut account.log;
            last[0] = 1;
            if let Some(first) = account.log.get_mut(0) { *first = 2; }
            account
        }
    ";
    expect![[r#"
        fn "t.rs:debit" kind=function visibility=private mutability=mutable
          params=[("account", struct "t.rs:Account"), ("amount", uint64)] returns=[] {
        b0:
          %0: struct "t.rs:Account" = param index=0
          %1: uint64 = param index=1
          %2: uint64 = field base=%0 name="balance"
          %3: uint64 = binary op=sub left=%2 right=%1 mode=wrapping
          %4: struct "t.rs:Account" = pure name="with.balance" args=[%0, %3]
          %5: array<uint64> = field base=%4 name="log"
          %6: array<uint64> = pure name="std::Vec.push" args=[%5, %1]
          %7: struct "t.rs:Account" = pure name="with.log" args=[%4, %6]
          return ok []
        }
        fn "t.rs:f" kind=function visibility=private mutability=mutable
          params=[("account", struct "t.rs:Account")] returns=[struct "t.rs:Account"] {
        b0:
          %0: struct "t.rs:Account" = param index=0
          %1: uint64 = const value=int 5
          %2: unit = call callee=function "t.rs:debit" args=[%0, %1]
          %3: struct "t.rs:Account" = pure name="after" args=[%0, %2]
          %4: uint32 = const value=int 0
          %5: uint64 = const value=int 1
          %6: array<uint64> = field base=%3 name="log"
          %7: array<uint64> = pure name="with[]" args=[%6, %4, %5]
          %8: struct "t.rs:Account" = pure name="with.log" args=[%3, %7]
          %9: array<uint64> = field base=%8 name="log"
          %10: unknown = const value=int 0
          %11: option<uint64> = pure name="std::Vec.get_mut" args=[%9, %10]
          %12: bool = unary op=is-none value=%11
          branch %12 b2 b1
        b1:
          %13: uint64 = payload value=%11 variant="Some" index=0
          %14: uint64 = const value=int 2
          %15: unit = store base=%13 path=[] value=%14
          %16: array<uint64> = field base=%8 name="log"
          %17: array<uint64> = pure name="with.part" args=[%16, %14]
          %18: struct "t.rs:Account" = pure name="with.log" args=[%8, %17]
          jump b3
        b2:
          %19: option<unknown> = const value=nil
          jump b3
        b3:
          %20: struct "t.rs:Account" = phi args=[(b2, %8), (b1, %18)]
          return ok [%20]
        }
    "#]]
    .assert_eq(&(sir(text, "debit") + &sir(text, "f")));
}

#[test]
fn what_is_changed_through_a_pattern_changes_the_variable() {
    let text = "
        struct Stats { count: Option<u64>, rows: Vec<(u64, u64)> }
        fn f(mut s: Stats) -> Stats {
            if let Some(count) = &mut s.count { *count += 1; }
            for (key, value) in s.rows.iter_mut() { *value = *key; }
            s
        }
    ";
    expect![[r#"
        fn "t.rs:f" kind=function visibility=private mutability=mutable
          params=[("s", struct "t.rs:Stats")] returns=[struct "t.rs:Stats"] {
        b0:
          %0: struct "t.rs:Stats" = param index=0
          %1: option<uint64> = field base=%0 name="count"
          %2: bool = unary op=is-none value=%1
          branch %2 b2 b1
        b1:
          %3: uint64 = payload value=%1 variant="Some" index=0
          %4: uint64 = const value=int 1
          %5: uint64 = binary op=add left=%3 right=%4 mode=wrapping
          %6: unit = store base=%3 path=[] value=%5
          %7: option<uint64> = field base=%0 name="count"
          %8: option<uint64> = pure name="with.part" args=[%7, %5]
          %9: struct "t.rs:Stats" = pure name="with.count" args=[%0, %8]
          jump b3
        b2:
          %10: option<unknown> = const value=nil
          jump b3
        b3:
          %11: struct "t.rs:Stats" = phi args=[(b2, %0), (b1, %9)]
          %12: array<tuple<uint64, uint64>> = field base=%11 name="rows"
          %13: uint32 = const value=int 0
          jump b4
        b4:
          %14: uint32 = phi args=[(b3, %13), (b6, %18)]
          %15: struct "t.rs:Stats" = phi args=[(b3, %11), (b6, %25)]
          %16: bool = pure name="range-more" args=[%12, %14]
          branch %16 b6 b5
        b5:
          return ok [%15]
        b6:
          %17: uint32 = const value=int 1
          %18: uint32 = binary op=add left=%14 right=%17 mode=none
          %19: tuple<uint64, uint64> = element of=%12 part=0
          %20: uint64 = extract value=%19 index=0
          %21: uint64 = extract value=%19 index=1
          %22: unit = store base=%21 path=[] value=%20
          %23: array<tuple<uint64, uint64>> = field base=%15 name="rows"
          %24: array<tuple<uint64, uint64>> = pure name="with.part" args=[%23, %20]
          %25: struct "t.rs:Stats" = pure name="with.rows" args=[%15, %24]
          jump b4
        }
    "#]]
    .assert_eq(&sir(text, "f"));
}

#[test]
fn macros_of_the_workspace_are_expanded() {
    let text = "
        macro_rules! require_that {
            ($condition:expr, $error:expr $(,)?) => { if !$condition { return Err($error.into()); } };
        }
        fn f(a: u64) -> Result<u64, String> {
            require_that!(a > 3, \"too small\");
            Ok(a)
        }
    ";
    let sir = sir(text, "f");
    expect![[r#"
        fn "t.rs:f" kind=function visibility=private mutability=mutable
          params=[("a", uint64)] returns=[result<uint64>] {
        b0:
          %0: uint64 = param index=0
          %1: uint64 = const value=int 3
          %2: bool = binary op=gt left=%0 right=%1 mode=none
          %3: bool = unary op=not value=%2
          branch %3 b2 b1
        b1:
          %4: unit = const value=nil
          %5: result<uint64> = pure name="Ok" args=[%0]
          return ok [%5]
        b2:
          %6: string = const value=str "too small"
          %7: result<unknown> = pure name="Err" args=[%6]
          return err [%7]
        }
    "#]]
    .assert_eq(&sir);
}

#[test]
fn loops_count_break_and_continue() {
    let text = "
        fn f(n: u32, v: Vec<u32>) -> u32 {
            let mut total = 0u32;
            'rows: for i in 0..n {
                for x in &v {
                    if *x == i { continue 'rows; }
                    if *x > 100 { break 'rows; }
                    total += x;
                }
            }
            while total > 10 { total /= 2; }
            loop { if total % 2 == 0 { break total; } total -= 1; }
        }
    ";
    expect![[r#"
        fn "t.rs:f" kind=function visibility=private mutability=mutable
          params=[("n", uint32), ("v", array<uint32>)] returns=[uint32] {
        b0:
          %0: uint32 = param index=0
          %1: array<uint32> = param index=1
          %2: uint32 = const value=int 0
          %3: uint32 = const value=int 0
          jump b1
        b1:
          %4: uint32 = phi args=[(b0, %3), (b5, %8), (b17, %8)]
          %5: uint32 = phi args=[(b0, %2), (b5, %11), (b17, %11)]
          %6: bool = binary op=lt left=%4 right=%0 mode=none
          branch %6 b3 b2
        b2:
          jump b10
        b3:
          %7: uint32 = const value=int 1
          %8: uint32 = binary op=add left=%4 right=%7 mode=wrapping
          %9: uint32 = const value=int 0
          jump b4
        b4:
          %10: uint32 = phi args=[(b3, %9), (b8, %14)]
          %11: uint32 = phi args=[(b3, %5), (b8, %19)]
          %12: bool = pure name="range-more" args=[%1, %10]
          branch %12 b6 b5
        b5:
          jump b1
        b6:
          %13: uint32 = const value=int 1
          %14: uint32 = binary op=add left=%10 right=%13 mode=none
          %15: uint32 = element of=%1 part=0
          %16: bool = binary op=eq left=%15 right=%4 mode=none
          branch %16 b17 b7
        b7:
          %17: uint32 = const value=int 100
          %18: bool = binary op=gt left=%15 right=%17 mode=none
          branch %18 b9 b8
        b8:
          %19: uint32 = binary op=add left=%11 right=%15 mode=wrapping
          jump b4
        b9:
          jump b10
        b10:
          %20: uint32 = phi args=[(b2, %5), (b9, %11)]
          jump b11
        b11:
          %21: uint32 = phi args=[(b10, %20), (b16, %32)]
          %22: uint32 = const value=int 10
          %23: bool = binary op=gt left=%21 right=%22 mode=none
          branch %23 b16 b12
        b12:
          jump b13
        b13:
          %24: uint32 = phi args=[(b12, %21), (b14, %30)]
          %25: uint32 = const value=int 2
          %26: uint32 = binary op=rem left=%24 right=%25 mode=wrapping
          %27: uint32 = const value=int 0
          %28: bool = binary op=eq left=%26 right=%27 mode=none
          branch %28 b15 b14
        b14:
          %29: uint32 = const value=int 1
          %30: uint32 = binary op=sub left=%24 right=%29 mode=wrapping
          jump b13
        b15:
          return ok [%24]
        b16:
          %31: uint32 = const value=int 2
          %32: uint32 = binary op=div left=%21 right=%31 mode=wrapping
          jump b11
        b17:
          jump b1
        }
    "#]]
    .assert_eq(&sir(text, "f"));
}

#[test]
fn modules_and_imports_lead_to_items() {
    let linked = linked(&[
        (
            "src/lib.rs",
            "mod a; pub use a::inner as outer; use outer::Thing as T; pub fn f(t: T) -> u64 { outer::value(&t) + a::b::deep() }",
        ),
        (
            "src/a.rs",
            "pub mod b; pub mod inner { pub struct Thing { pub n: u64 } pub fn value(t: &Thing) -> u64 { t.n + super::LIMIT } } pub const LIMIT: u64 = 5;",
        ),
        (
            "src/a/b.rs",
            "use super::*; pub fn deep() -> u64 { crate::a::inner::value(&inner::Thing { n: LIMIT }) }",
        ),
    ]);
    let text = linked.sir("src/lib.rs:f") + &linked.sir("src/a/b.rs:deep");
    expect![[r#"
        fn "src/lib.rs:f" kind=function visibility=public mutability=mutable
          params=[("t", struct "src/a.rs:inner::Thing")] returns=[uint64] {
        b0:
          %0: struct "src/a.rs:inner::Thing" = param index=0
          %1: uint64 = call callee=function "src/a.rs:inner::value" args=[%0]
          %2: uint64 = call callee=function "src/a/b.rs:deep" args=[]
          %3: uint64 = binary op=add left=%1 right=%2 mode=wrapping
          return ok [%3]
        }
        fn "src/a/b.rs:deep" kind=function visibility=public mutability=mutable
          params=[] returns=[uint64] {
        b0:
          %0: uint64 = const value=int 5
          %1: struct "src/a.rs:inner::Thing" = aggregate kind=struct names=["n"] parts=[%0]
          %2: uint64 = call callee=function "src/a.rs:inner::value" args=[%1]
          return ok [%2]
        }
    "#]]
    .assert_eq(&text);
    assert!(linked.program.unresolved().is_empty());
}

#[test]
fn the_order_of_files_does_not_matter() {
    let files = [
        (
            "a.rs",
            "use b::*; pub struct S; impl S { pub fn m(&self) {} }",
        ),
        ("b.rs", "pub fn f() {}"),
        (
            "lib.rs",
            "mod a; mod b; pub fn g(s: a::S) { s.m(); b::f() }",
        ),
    ];
    let mut reversed = files;
    reversed.reverse();
    assert_eq!(linked(&files).program, linked(&reversed).program);
    assert_eq!(
        linked(&files).sir("lib.rs:g"),
        linked(&reversed).sir("lib.rs:g")
    );
}
