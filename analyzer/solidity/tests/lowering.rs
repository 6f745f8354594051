//! What representative pieces of Solidity become.

mod support;

use expect_test::{Expect, expect};
use support::Project;

fn check(text: &str, function: &str, expected: &Expect) {
    expected.assert_eq(&Project::of(text).sir(function));
}

#[test]
fn a_lock_modifier_is_woven_around_a_call_with_value() {
    check(
        r#"pragma solidity ^0.8.0;
        contract Bank {
            mapping(address => uint256) balances;
            bool locked;
            modifier lock() { require(!locked, "busy"); locked = true; _; locked = false; }
            function withdraw(uint256 amount) external lock returns (bool) {
                if (amount == 0 || balances[msg.sender] < amount) return false;
                (bool ok, ) = msg.sender.call{value: amount}("");
                require(ok);
                balances[msg.sender] -= amount;
                return true;
            }
        }"#,
        "Bank.withdraw(uint256)",
        &expect![[r#"
            fn "Bank.withdraw(uint256)" kind=function visibility=external mutability=mutable
              params=[("amount", uint256)] returns=[bool] {
            b0:
              %0: uint256 = param index=0
              %1: bool = state-read place=var "Bank.locked" kind=get
              %2: bool = unary op=not value=%1
              branch %2 b2 b1
            b1:
              %3: string = const value=str "busy"
              abort revert [%3]
            b2:
              %4: bool = const value=bool true
              %5: unit = state-write place=var "Bank.locked" kind=set value=%4
              %6: uint256 = const value=int 0
              %7: bool = binary op=eq left=%0 right=%6 mode=none
              %8: address = caller kind=sender args=[]
              %9: uint256 = state-read place=var "Bank.balances"[%8] kind=get
              %10: bool = binary op=lt left=%9 right=%0 mode=none
              %11: bool = binary op=or left=%7 right=%10 mode=none
              branch %11 b6 b3
            b3:
              %12: address = caller kind=sender args=[]
              %13: string = const value=str ""
              %14: tuple<bool, bytes> = ext-call kind=low target=%12 interface="" method="" args=[%13] value=%0 gas=all is_static=false options=[]
              %15: bool = extract value=%14 index=0
              branch %15 b5 b4
            b4:
              abort revert []
            b5:
              %16: address = caller kind=sender args=[]
              %17: uint256 = state-read place=var "Bank.balances"[%16] kind=get
              %18: uint256 = binary op=sub left=%17 right=%0 mode=checked
              %19: unit = state-write place=var "Bank.balances"[%16] kind=set value=%18
              %20: bool = const value=bool true
              jump b7
            b6:
              %21: bool = const value=bool false
              jump b7
            b7:
              %22: bool = phi args=[(b6, %21), (b5, %20)]
              %23: bool = const value=bool false
              %24: unit = state-write place=var "Bank.locked" kind=set value=%23
              return ok [%22]
            }
        "#]],
    );
}

#[test]
fn modifiers_bind_arguments_and_may_run_the_function_twice() {
    check(
        "pragma solidity ^0.8.0;
        contract A {
            uint256 n;
            modifier over(uint256 least) { if (least > n) return; _; }
            modifier twice() { _; n += 10; _; }
            function f(uint256 x) external over(x + 1) twice returns (uint256 r) {
                if (x == 7) return n;
                n = x;
                r = 1;
            }
        }",
        "A.f(uint256)",
        &expect![[r#"
            fn "A.f(uint256)" kind=function visibility=external mutability=mutable
              params=[("x", uint256)] returns=[uint256] {
            b0:
              %0: uint256 = const value=int 0
              %1: uint256 = param index=0
              %2: uint256 = const value=int 1
              %3: uint256 = binary op=add left=%1 right=%2 mode=checked
              %4: uint256 = state-read place=var "A.n" kind=get
              %5: bool = binary op=gt left=%3 right=%4 mode=none
              branch %5 b8 b1
            b1:
              %6: uint256 = const value=int 7
              %7: bool = binary op=eq left=%1 right=%6 mode=none
              branch %7 b3 b2
            b2:
              %8: unit = state-write place=var "A.n" kind=set value=%1
              %9: uint256 = const value=int 1
              jump b4
            b3:
              %10: uint256 = state-read place=var "A.n" kind=get
              jump b4
            b4:
              %11: uint256 = const value=int 10
              %12: uint256 = state-read place=var "A.n" kind=get
              %13: uint256 = binary op=add left=%12 right=%11 mode=checked
              %14: unit = state-write place=var "A.n" kind=set value=%13
              %15: uint256 = const value=int 7
              %16: bool = binary op=eq left=%1 right=%15 mode=none
              branch %16 b6 b5
            b5:
              %17: unit = state-write place=var "A.n" kind=set value=%1
              %18: uint256 = const value=int 1
              jump b7
            b6:
              %19: uint256 = state-read place=var "A.n" kind=get
              jump b7
            b7:
              %20: uint256 = phi args=[(b5, %18), (b6, %19)]
              jump b9
            b8:
              jump b9
            b9:
              %21: uint256 = phi args=[(b8, %0), (b7, %20)]
              return ok [%21]
            }
        "#]],
    );
}

#[test]
fn call_options_in_every_spelling() {
    check(
        r#"pragma solidity ^0.6.0;
        interface T { function f(uint a, uint b) external payable returns (uint); }
        contract A {
            function f(address payable to, T t, uint v) external {
                to.call.value(v).gas(9000)("x");
                to.call{gas: 2300, value: v}("x");
                (to.call{value: v})("");
                t.f.value(v)(1, 2);
                t.f{value: v}({b: 2, a: 1});
                to.transfer(v);
                if (!to.send(v)) revert();
                new A{salt: bytes32(v)}();
                (new A).value(v)();
            }
        }"#,
        "A.f(address,T,uint256)",
        &expect![[r#"
            fn "A.f(address,T,uint256)" kind=function visibility=external mutability=mutable
              params=[("to", address), ("t", contract "T"), ("v", uint256)] returns=[] {
            b0:
              %0: address = param index=0
              %1: contract "T" = param index=1
              %2: uint256 = param index=2
              %3: uint256 = const value=int 9000
              %4: string = const value=str "x"
              %5: tuple<bool, bytes> = ext-call kind=low target=%0 interface="" method="" args=[%4] value=%2 gas=%3 is_static=false options=[]
              %6: uint256 = const value=int 2300
              %7: string = const value=str "x"
              %8: tuple<bool, bytes> = ext-call kind=low target=%0 interface="" method="" args=[%7] value=%2 gas=stipend is_static=false options=[]
              %9: string = const value=str ""
              %10: tuple<bool, bytes> = ext-call kind=low target=%0 interface="" method="" args=[%9] value=%2 gas=all is_static=false options=[]
              %11: uint256 = const value=int 1
              %12: uint256 = const value=int 2
              %13: uint256 = ext-call kind=interface target=%1 interface="T" method="f" args=[%11, %12] value=%2 gas=all is_static=false options=[]
              %14: uint256 = const value=int 2
              %15: uint256 = const value=int 1
              %16: uint256 = ext-call kind=interface target=%1 interface="T" method="f" args=[%15, %14] value=%2 gas=all is_static=false options=[]
              %17: unit = ext-call kind=transfer target=%0 interface="" method="" args=[] value=%2 gas=stipend is_static=false options=[]
              %18: bool = ext-call kind=send target=%0 interface="" method="" args=[] value=%2 gas=stipend is_static=false options=[]
              %19: bool = unary op=not value=%18
              branch %19 b2 b1
            b1:
              %20: bytes32 = cast value=%2 lossy=false
              %21: contract "A" = ext-call kind=create target=- interface="A" method="" args=[] value=- gas=all is_static=false options=[("salt", %20)]
              %22: contract "A" = ext-call kind=create target=- interface="A" method="" args=[] value=%2 gas=all is_static=false options=[]
              return ok []
            b2:
              abort revert []
            }
        "#]],
    );
}

#[test]
fn old_solidity() {
    let text = include_str!("samples/old.sol");
    check(
        text,
        "Old.pay(uint256,address)",
        &expect![[r#"
            fn "Old.pay(uint256,address)" kind=function visibility=public mutability=mutable
              params=[("i", uint256), ("to", address)] returns=[bool] {
            b0:
              %0: uint256 = param index=0
              %1: address = param index=1
              %2: struct "Old.S" = storage-ref place=var "Old.items"[%0]
              %3: uint256 = const value=int 1
              %4: uint256 = state-read place=ref %2."a" kind=get
              %5: uint256 = binary op=add left=%4 right=%3 mode=wrapping
              %6: unit = state-write place=ref %2."a" kind=set value=%5
              %7: uint256 = state-read place=ref %2."a" kind=get
              %8: unit = state-write place=ref %2."m"[%1] kind=set value=%7
              %9: uint256 = state-read place=ref %2."list" kind=length
              %10: uint256 = state-read place=var "Old.nums" kind=length
              %11: uint256 = const value=int 1
              %12: uint256 = binary op=sub left=%10 right=%11 mode=wrapping
              %13: unit = state-write place=var "Old.nums"."length" kind=set value=%12
              %14: uint256 = state-read place=ref %2."a" kind=get
              %15: uint256 = const value=int 3000
              %16: string = const value=str "f()"
              %17: bytes32 = crypto algorithm="keccak256" args=[%16]
              %18: bytes4 = cast value=%17 lossy=true
              %19: tuple<bool, bytes> = ext-call kind=low target=%1 interface="" method="f" args=[%18, %9] value=%14 gas=%15 is_static=false options=[]
              %20: bool = extract value=%19 index=0
              %21: bool = unary op=not value=%20
              branch %21 b2 b1
            b1:
              %22: uint256 = const value=int 1
              %23: bool = ext-call kind=send target=%1 interface="" method="" args=[] value=%22 gas=stipend is_static=false options=[]
              %24: contract "Old" = env kind=self-address args=[]
              %25: uint256 = balance of=%24
              %26: unit = ext-call kind=transfer target=%1 interface="" method="" args=[] value=%25 gas=stipend is_static=false options=[]
              %27: contract "Old" = state-read place=var "Old.other" kind=get
              %28: uint256 = const value=int 3
              %29: uint256 = const value=int 50000
              %30: uint256 = const value=int 1
              %31: bool = ext-call kind=interface target=%27 interface="Old" method="pay" args=[%30, %1] value=%28 gas=%29 is_static=false options=[]
              %32: unit = state-write place=var "Old.items"[%0] kind=delete value=-
              %33: unit = state-write place=var "Old.nums" kind=delete value=-
              %34: uint256 = const value=int 2300
              %35: tuple<bool, bytes> = ext-call kind=low target=%1 interface="" method="" args=[] value=- gas=stipend is_static=false options=[]
              %36: bool = extract value=%35 index=0
              return ok [%36]
            b2:
              abort revert []
            }
        "#]],
    );
    check(
        text,
        "Old.fallback()",
        &expect![[r#"
        fn "Old.fallback()" kind=fallback visibility=external mutability=payable
          params=[] returns=[] {
        b0:
          %0: uint256 = const value=int 1000000000000000000
          %1: uint256 = env kind=call-value args=[]
          %2: bool = binary op=lt left=%1 right=%0 mode=none
          branch %2 b2 b1
        b1:
          %3: uint256 = const value=int 1
          %4: unit = emit topic="E" args=[%3]
          return ok []
        b2:
          abort revert []
        }
    "#]],
    );
    check(
        text,
        "Old.loops()",
        &expect![[r#"
        fn "Old.loops()" kind=function visibility=public mutability=view
          params=[] returns=[uint256, uint256] {
        b0:
          %0: uint256 = const value=int 0
          %1: uint256 = const value=int 1
          %2: uint256 = const value=int 2
          %3: uint256 = const value=int 0
          jump b1
        b1:
          %4: uint256 = phi args=[(b0, %3), (b11, %21)]
          %5: uint256 = phi args=[(b0, %0), (b11, %19)]
          %6: uint256 = const value=int 10
          %7: bool = binary op=lt left=%4 right=%6 mode=none
          branch %7 b2 b6
        b2:
          %8: uint256 = const value=int 5
          %9: bool = binary op=eq left=%4 right=%8 mode=none
          branch %9 b10 b3
        b3:
          %10: uint256 = const value=int 7
          %11: bool = binary op=eq left=%4 right=%10 mode=none
          branch %11 b5 b4
        b4:
          %12: uint256 = const value=int 1
          %13: uint256 = binary op=add left=%5 right=%12 mode=wrapping
          jump b11
        b5:
          jump b6
        b6:
          jump b7
        b7:
          %14: uint256 = phi args=[(b6, %2), (b8, %16)]
          %15: uint256 = const value=int 1
          %16: uint256 = binary op=sub left=%14 right=%15 mode=wrapping
          jump b8
        b8:
          %17: uint256 = const value=int 0
          %18: bool = binary op=gt left=%16 right=%17 mode=none
          branch %18 b7 b9
        b9:
          return ok [%5, %4]
        b10:
          jump b11
        b11:
          %19: uint256 = phi args=[(b10, %5), (b4, %13)]
          %20: uint256 = const value=int 1
          %21: uint256 = binary op=add left=%4 right=%20 mode=wrapping
          jump b1
        }
    "#]],
    );
    check(
        text,
        "Old.pointer()",
        &expect![[r#"
        fn "Old.pointer()" kind=function visibility=public mutability=mutable
          params=[] returns=[] {
        b0:
          %0: uint256 = const value=int 0
          %1: struct "Old.S" = storage-ref place=slot %0
          %2: uint256 = const value=int 3
          %3: unit = state-write place=ref %1."a" kind=set value=%2
          return ok []
        }
    "#]],
    );
    check(
        text,
        "Old.die(address)",
        &expect![[r#"
        fn "Old.die(address)" kind=function visibility=public mutability=mutable
          params=[("to", address)] returns=[] {
        b0:
          %0: address = param index=0
          %1: uint256 = env kind=block-time args=[]
          %2: uint256 = env kind=block-number args=[]
          %3: bool = binary op=gt left=%1 right=%2 mode=none
          %4: address = caller kind=origin args=[]
          %5: address = caller kind=sender args=[]
          %6: bool = binary op=eq left=%4 right=%5 mode=none
          %7: bool = binary op=and left=%3 right=%6 mode=none
          branch %7 b2 b1
        b1:
          abort panic []
        b2:
          %8: unit = upgrade what="selfdestruct" args=[%0]
          %9: address = env kind=self-address args=[]
          %10: uint256 = balance of=%9
          %11: unit = value-move asset="native" to=%0 amount=%10
          abort halt []
        }
    "#]],
    );
}

#[test]
fn new_solidity() {
    let text = include_str!("samples/modern.sol");
    check(
        text,
        "Top.run(address,uint256,uint256[])",
        &expect![[r#"
            fn "Top.run(address,uint256,uint256[])" kind=function visibility=external mutability=payable
              params=[("to", address), ("v", uint256), ("list", array<uint256>)] returns=[uint256] {
            b0:
              %0: address = param index=0
              %1: uint256 = param index=1
              %2: array<uint256> = param index=2
              %3: address = state-read place=var "Top.owner" kind=get
              %4: address = caller kind=sender args=[]
              %5: bool = binary op=eq left=%4 right=%3 mode=none
              branch %5 b2 b1
            b1:
              abort revert []
            b2:
              %6: contract "IToken" = state-read place=var "Top.token" kind=get
              %7: address = env kind=self-address args=[]
              %8: uint256 = ext-call kind=interface target=%6 interface="IToken" method="balanceOf" args=[%7] value=- gas=all is_static=true options=[]
              %9: bool = binary op=ge left=%8 right=%1 mode=none
              branch %9 b4 b3
            b3:
              %10: uint256 = const value=int 1
              %11: error = pure name="Low" args=[%10, %1]
              abort revert [%11]
            b4:
              %12: struct "Lib.Set" = storage-ref place=var "Top.set"
              %13: bool = call callee=function "Lib.insert(Set,uint256)" args=[%12, %1]
              %14: struct "Lib.Set" = storage-ref place=var "Top.set"
              %15: uint256 = call callee=function "Lib.size(Set)" args=[%14]
              %16: contract "IToken" = state-read place=var "Top.token" kind=get
              %17: result<bool> = ext-call kind=interface target=%16 interface="IToken" method="transfer" args=[%0, %1] value=- gas=all is_static=false options=[]
              %18: bool = unary op=is-err value=%17
              branch %18 b8 b5
            b5:
              %19: bool = payload value=%17 variant="ok" index=0
              %20: bool = unary op=not value=%19
              branch %20 b7 b6
            b6:
              jump b11
            b7:
              %21: uint256 = const value=int 1
              %22: uint256 = const value=int 2
              %23: error = pure name="Low" args=[%21, %22]
              abort revert [%23]
            b8:
              %24: bool = is-variant value=%17 variant="Error"
              branch %24 b10 b9
            b9:
              %25: bytes = payload value=%17 variant="" index=0
              %26: uint256 = const value=int 1
              jump b11
            b10:
              %27: string = payload value=%17 variant="Error" index=0
              %28: bytes = cast value=%27 lossy=false
              %29: uint256 = length value=%28
              %30: unit = emit topic="Done" args=[%0, %29]
              jump b11
            b11:
              %31: uint256 = phi args=[(b6, %15), (b10, %15), (b9, %26)]
              %32: uint256 = const value=int 5000
              %33: bytes4 = pure name="selector transfer(address,uint256)" args=[]
              %34: bytes = key kind=encode parts=[%33, %0, %1]
              %35: tuple<bool, bytes> = ext-call kind=low target=%0 interface="" method="transfer" args=[%34] value=%1 gas=%32 is_static=false options=[]
              %36: bool = extract value=%35 index=0
              %37: bytes = extract value=%35 index=1
              %38: bool = unary op=not value=%36
              branch %38 b23 b12
            b12:
              %39: uint256 = length value=%37
              %40: uint256 = const value=int 0
              %41: bool = binary op=gt left=%39 right=%40 mode=none
              branch %41 b13 b14
            b13:
              %42: bool = deserialize format="abi" args=[%37]
              branch %42 b23 b14
            b14:
              %43: uint256 = const value=int 0
              %44: uint256 = index base=%2 key=%43
              %45: uint256 = binary op=add left=%31 right=%44 mode=wrapping
              %46: enum "Top.Mode" = state-read place=var "Top.mode" kind=get
              %47: enum "Top.Mode" = const value=int 0
              %48: bool = binary op=eq left=%46 right=%47 mode=none
              branch %48 b16 b15
            b15:
              %49: enum "Top.Mode" = const value=int 0
              jump b17
            b16:
              %50: enum "Top.Mode" = const value=int 1
              jump b17
            b17:
              %51: enum "Top.Mode" = phi args=[(b16, %50), (b15, %49)]
              %52: unit = state-write place=var "Top.mode" kind=set value=%51
              %53: uint256 = call callee=virtual "hook(uint256)" args=[%1]
              %54: unit = state-write place=var "Top.t" kind=set value=%53
              %55: named "Price" = const value=int 1
              %56: named "Price" = const value=int 2
              %57: named "Price" = call callee=function "add(Price,Price)" args=[%55, %56]
              %58: named "Price" = call callee=function "half(Price)" args=[%57]
              %59: contract "Top" = env kind=self-address args=[]
              %60: uint256 = ext-call kind=interface target=%59 interface="Top" method="look" args=[%0, %1] value=- gas=all is_static=true options=[]
              %61: uint256 = const value=int 1
              %62: bytes32 = cast value=%1 lossy=false
              %63: contract "Top" = ext-call kind=create target=- interface="Top" method="" args=[] value=%61 gas=all is_static=false options=[("salt", %62)]
              %64: named "function"<tuple<uint256>, tuple<uint256>> = closure function="Top.hook(uint256)" captures=[]
              %65: uint256 = const value=int 3
              %66: uint256 = call callee=value %64 args=[%65]
              %67: uint256 = const value=int 0
              jump b18
            b18:
              %68: uint256 = phi args=[(b17, %67), (b22, %77)]
              %69: uint256 = length value=%2
              %70: bool = binary op=lt left=%68 right=%69 mode=none
              branch %70 b21 b19
            b19:
              %71: uint256 = const value=int 30
              %72: uint256 = binary op=mul left=%71 right=%45 mode=checked
              jump b20
            b20:
              return ok [%72]
            b21:
              %73: bool = const value=bool true
              %74: uint256 = index base=%2 key=%68
              %75: unit = state-write place=var "Top.seen"[%0][%74] kind=set value=%73
              jump b22
            b22:
              %76: uint256 = const value=int 1
              %77: uint256 = binary op=add left=%68 right=%76 mode=checked
              jump b18
            b23:
              %78: string = const value=str "x"
              abort revert [%78]
            }
        "#]],
    );
    check(
        text,
        "Lib.insert(Set,uint256)",
        &expect![[r#"
        fn "Lib.insert(Set,uint256)" kind=function visibility=internal mutability=mutable
          params=[("s", struct "Lib.Set"), ("x", uint256)] returns=[bool] {
        b0:
          %0: struct "Lib.Set" = param index=0
          %1: uint256 = param index=1
          %2: uint256 = state-read place=ref %0."at"[%1] kind=get
          %3: uint256 = const value=int 0
          %4: bool = binary op=ne left=%2 right=%3 mode=none
          branch %4 b2 b1
        b1:
          %5: unit = state-write place=ref %0."v" kind=push value=%1
          %6: uint256 = state-read place=ref %0."v" kind=length
          %7: unit = state-write place=ref %0."at"[%1] kind=set value=%6
          %8: bool = const value=bool true
          return ok [%8]
        b2:
          %9: bool = const value=bool false
          return ok [%9]
        }
    "#]],
    );
    check(
        text,
        "half(Price)",
        &expect![[r#"
        fn "half(Price)" kind=function visibility=internal mutability=pure
          params=[("a", named "Price")] returns=[named "Price"] {
        b0:
          %0: named "Price" = param index=0
          %1: uint128 = cast value=%0 lossy=false
          %2: uint128 = const value=int 2
          %3: uint128 = binary op=div left=%1 right=%2 mode=checked
          %4: named "Price" = cast value=%3 lossy=false
          return ok [%4]
        }
    "#]],
    );
}

#[test]
fn constructors_run_the_whole_line() {
    let text = include_str!("samples/modern.sol");
    check(
        text,
        "Top.constructor()",
        &expect![[r#"
        fn "Top.constructor()" kind=constructor visibility=public mutability=mutable
          params=[] returns=[] {
        b0:
          %0: uint256 = const value=int 7
          %1: uint256 = const value=int 1
          %2: uint256 = binary op=add left=%0 right=%1 mode=checked
          %3: unit = state-write place=var "Base.x" kind=set value=%2
          %4: address = caller kind=sender args=[]
          %5: unit = state-write place=var "Top.owner" kind=set value=%4
          return ok []
        }
    "#]],
    );
    check(
        text,
        "Mid.constructor(uint256)",
        &expect![[r#"
        fn "Mid.constructor(uint256)" kind=constructor visibility=public mutability=mutable
          params=[("b", uint256)] returns=[] {
        b0:
          %0: uint256 = param index=0
          %1: uint256 = const value=int 1
          %2: uint256 = binary op=add left=%0 right=%1 mode=checked
          %3: unit = state-write place=var "Base.x" kind=set value=%2
          return ok []
        }
    "#]],
    );
}

#[test]
fn getters_read_down_to_a_value() {
    let text = "contract A {
        struct S { uint256 a; uint256[] skipped; address b; }
        mapping(address => S[]) public all;
        uint256 public constant LIMIT = 5;
    }";
    check(
        text,
        "A.all(address,uint256)",
        &expect![[r#"
        fn "A.all(address,uint256)" kind=function visibility=external mutability=view
          params=[("", address), ("", uint256)] returns=[uint256, address] {
        b0:
          %0: address = param index=0
          %1: uint256 = param index=1
          %2: uint256 = state-read place=var "A.all"[%0] kind=length
          %3: bool = binary op=lt left=%1 right=%2 mode=none
          branch %3 b2 b1
        b1:
          abort panic []
        b2:
          %4: uint256 = state-read place=var "A.all"[%0][%1]."a" kind=get
          %5: address = state-read place=var "A.all"[%0][%1]."b" kind=get
          return ok [%4, %5]
        }
    "#]],
    );
    check(
        text,
        "A.LIMIT()",
        &expect![[r#"
        fn "A.LIMIT()" kind=function visibility=external mutability=view
          params=[] returns=[uint256] {
        b0:
          %0: uint256 = const value=int 5
          return ok [%0]
        }
    "#]],
    );
}

#[test]
fn assembly_becomes_the_same_ops() {
    check(
        include_str!("samples/modern.sol"),
        "Top.assembled(address,uint256)",
        &expect![[r#"
            fn "Top.assembled(address,uint256)" kind=function visibility=external mutability=mutable
              params=[("to", address), ("v", uint256)] returns=[uint256] {
            b0:
              %0: uint256 = const value=int 0
              %1: address = param index=0
              %2: uint256 = param index=1
              %3: uint256 = storage-ref place=var "Base.x"
              %4: uint256 = const value=int 1
              %5: uint256 = storage-ref place=var "Base.x"
              %6: uint256 = state-read place=var "Base.x" kind=get
              %7: uint256 = binary op=add left=%6 right=%4 mode=wrapping
              %8: uint256 = storage-ref place=var "Base.x"
              %9: unit = state-write place=var "Base.x" kind=set value=%7
              %10: uint256 = const value=int 0
              %11: uint256 = const value=int 0
              %12: uint256 = const value=int 0
              %13: uint256 = const value=int 0
              %14: uint256 = env kind=gas-left args=[]
              %15: tuple<bool, bytes> = ext-call kind=low target=%1 interface="" method="" args=[%13, %12] value=%2 gas=all is_static=false options=[]
              %16: bool = extract value=%15 index=0
              %17: bool = unary op=not value=%16
              branch %17 b16 b1
            b1:
              %18: uint256 = const value=int 0
              %19: unit = store base=%18 path=[] value=%1
              %20: map<address, map<uint256, bool>> = storage-ref place=var "Top.seen"
              %21: uint256 = const value=int 32
              %22: unit = store base=%21 path=[] value=%20
              %23: uint256 = const value=int 1
              %24: uint256 = const value=int 64
              %25: uint256 = const value=int 0
              %26: bytes32 = crypto algorithm="keccak256" args=[%1, %20]
              %27: unit = state-write place=slot %26 kind=set value=%23
              %28: uint256 = const value=int 1
              %29: uint256 = const value=int 0
              %30: unit = state-write place=tslot %29 kind=set value=%28
              %31: uint256 = const value=int 0
              %32: uint256 = state-read place=tslot %31 kind=get
              %33: uint256 = const value=int 0
              %34: bool = binary op=eq left=%32 right=%33 mode=none
              branch %34 b6 b2
            b2:
              %35: uint256 = const value=int 0
              %36: uint256 = const value=int 0
              %37: bool = binary op=ne left=%0 right=%36 mode=none
              branch %37 b4 b3
            b3:
              jump b5
            b4:
              %38: uint256 = const value=int 2
              jump b5
            b5:
              %39: uint256 = phi args=[(b4, %38), (b3, %0)]
              jump b7
            b6:
              %40: uint256 = const value=int 1
              jump b7
            b7:
              %41: uint256 = phi args=[(b6, %40), (b5, %39)]
              %42: uint256 = const value=int 0
              jump b8
            b8:
              %43: uint256 = phi args=[(b7, %42), (b15, %59)]
              %44: uint256 = phi args=[(b7, %41), (b15, %57)]
              %45: uint256 = const value=int 10
              %46: bool = binary op=lt left=%43 right=%45 mode=none
              branch %46 b12 b9
            b9:
              %47: uint256 = const value=int 9
              %48: bool = binary op=lt left=%44 right=%47 mode=none
              %49: uint256 = const value=int 3
              %50: bool = binary op=gt left=%44 right=%49 mode=none
              %51: bool = binary op=and left=%50 right=%48 mode=none
              branch %51 b11 b10
            b10:
              return ok [%44]
            b11:
              %52: uint256 = const value=int 32
              %53: uint256 = const value=int 0
              abort halt [%53, %52]
            b12:
              %54: uint256 = const value=int 5
              %55: bool = binary op=eq left=%43 right=%54 mode=none
              branch %55 b14 b13
            b13:
              %56: uint256 = binary op=add left=%44 right=%43 mode=wrapping
              jump b15
            b14:
              jump b15
            b15:
              %57: uint256 = phi args=[(b14, %44), (b13, %56)]
              %58: uint256 = const value=int 1
              %59: uint256 = binary op=add left=%43 right=%58 mode=wrapping
              jump b8
            b16:
              %60: uint256 = env kind=return-data-size args=[]
              %61: uint256 = const value=int 0
              %62: uint256 = const value=int 0
              %63: bytes = env kind=return-data args=[%61, %60]
              %64: unit = store base=%62 path=[] value=%63
              %65: uint256 = env kind=return-data-size args=[]
              %66: uint256 = const value=int 0
              abort revert [%66, %65]
            }
        "#]],
    );
}

#[test]
fn assembly_calls_show_what_was_written_to_memory() {
    let text = "pragma solidity ^0.8.0;
        interface T { function transfer(address to, uint256 v) external returns (bool); }
        contract A {
            event Sent(address to, uint256 v);
            function f(address token, address to, uint256 v) external {
                assembly {
                    let m := mload(0x40)
                    mstore(m, 0xa9059cbb00000000000000000000000000000000000000000000000000000000)
                    mstore(add(m, 4), to)
                    mstore(add(m, 36), v)
                    pop(call(gas(), token, 0, m, 68, 0, 32))
                    mstore(0, v)
                    mstore(0x1c, to)
                    revert(0, 0x20)
                }
            }
            function g(address token, address to, uint256 v) external {
                token.call(abi.encodeWithSelector(T.transfer.selector, to, v));
                emit Sent({v: v, to: to});
            }
        }";
    check(
        text,
        "A.f(address,address,uint256)",
        &expect![[r#"
            fn "A.f(address,address,uint256)" kind=function visibility=external mutability=mutable
              params=[("token", address), ("to", address), ("v", uint256)] returns=[] {
            b0:
              %0: address = param index=0
              %1: address = param index=1
              %2: uint256 = param index=2
              %3: uint256 = const value=int 64
              %4: uint256 = pure name="yul.mload" args=[%3]
              %5: uint256 = const value=int 76450787359836037641860180984291677749980919077056822294353438043884394381312
              %6: unit = store base=%4 path=[] value=%5
              %7: uint256 = const value=int 4
              %8: uint256 = binary op=add left=%4 right=%7 mode=wrapping
              %9: unit = store base=%8 path=[] value=%1
              %10: uint256 = const value=int 36
              %11: uint256 = binary op=add left=%4 right=%10 mode=wrapping
              %12: unit = store base=%11 path=[] value=%2
              %13: uint256 = const value=int 32
              %14: uint256 = const value=int 0
              %15: uint256 = const value=int 68
              %16: uint256 = const value=int 0
              %17: uint256 = env kind=gas-left args=[]
              %18: tuple<bool, bytes> = ext-call kind=low target=%0 interface="" method="" args=[%1, %2] value=- gas=all is_static=false options=[]
              %19: bool = extract value=%18 index=0
              %20: uint256 = const value=int 0
              %21: unit = store base=%20 path=[] value=%2
              %22: uint256 = const value=int 28
              %23: unit = store base=%22 path=[] value=%1
              %24: uint256 = const value=int 32
              %25: uint256 = const value=int 0
              abort revert [%25, %24]
            }
        "#]],
    );
    check(
        text,
        "A.g(address,address,uint256)",
        &expect![[r#"
        fn "A.g(address,address,uint256)" kind=function visibility=external mutability=mutable
          params=[("token", address), ("to", address), ("v", uint256)] returns=[] {
        b0:
          %0: address = param index=0
          %1: address = param index=1
          %2: uint256 = param index=2
          %3: bytes4 = pure name="selector transfer(address,uint256)" args=[]
          %4: bytes = key kind=encode parts=[%3, %1, %2]
          %5: tuple<bool, bytes> = ext-call kind=low target=%0 interface="" method="transfer" args=[%4] value=- gas=all is_static=false options=[]
          %6: unit = emit topic="Sent" args=[%1, %2]
          return ok []
        }
    "#]],
    );
}

#[test]
fn storage_pointers_from_assembly() {
    check(
        r#"pragma solidity ^0.8.0;
        contract A {
            struct Layout { uint256 total; }
            bytes32 constant SLOT = keccak256("a.b");
            function at() private pure returns (Layout storage l) {
                bytes32 slot = SLOT;
                assembly { l.slot := slot }
            }
            function f(Layout storage other, uint256[] memory list) internal returns (uint256 n) {
                at().total += 1;
                assembly { n := add(mload(list), sload(other.slot)) }
            }
        }"#,
        "A.at()",
        &expect![[r#"
            fn "A.at()" kind=function visibility=private mutability=pure
              params=[] returns=[struct "A.Layout"] {
            b0:
              %0: bytes32 = state-read place=var "A.SLOT" kind=get
              %1: struct "A.Layout" = storage-ref place=slot %0
              return ok [%1]
            }
        "#]],
    );
}

#[test]
fn short_circuit_is_a_branch_where_the_right_side_does_something() {
    check(
        "pragma solidity ^0.8.0;
        contract A {
            mapping(address => bool) ok;
            uint256[] list;
            function g() internal returns (bool) { return true; }
            function f(uint256 i) external returns (bool r) {
                require(i > 0 && ok[msg.sender] || tx.origin == msg.sender);
                if (i < list.length && list[i] == 1) r = i == 3 || g();
            }
        }",
        "A.f(uint256)",
        &expect![[r#"
            fn "A.f(uint256)" kind=function visibility=external mutability=mutable
              params=[("i", uint256)] returns=[bool] {
            b0:
              %0: bool = const value=bool false
              %1: uint256 = param index=0
              %2: uint256 = const value=int 0
              %3: bool = binary op=gt left=%1 right=%2 mode=none
              %4: address = caller kind=sender args=[]
              %5: bool = state-read place=var "A.ok"[%4] kind=get
              %6: bool = binary op=and left=%3 right=%5 mode=none
              %7: address = caller kind=origin args=[]
              %8: address = caller kind=sender args=[]
              %9: bool = binary op=eq left=%7 right=%8 mode=none
              %10: bool = binary op=or left=%6 right=%9 mode=none
              branch %10 b2 b1
            b1:
              abort revert []
            b2:
              %11: uint256 = state-read place=var "A.list" kind=length
              %12: bool = binary op=lt left=%1 right=%11 mode=none
              branch %12 b3 b9
            b3:
              %13: uint256 = state-read place=var "A.list"[%1] kind=get
              %14: uint256 = const value=int 1
              %15: bool = binary op=eq left=%13 right=%14 mode=none
              branch %15 b4 b9
            b4:
              %16: uint256 = const value=int 3
              %17: bool = binary op=eq left=%1 right=%16 mode=none
              branch %17 b7 b5
            b5:
              %18: bool = call callee=virtual "g()" args=[]
              branch %18 b7 b6
            b6:
              %19: bool = const value=bool false
              jump b8
            b7:
              %20: bool = const value=bool true
              jump b8
            b8:
              %21: bool = phi args=[(b7, %20), (b6, %19)]
              jump b9
            b9:
              %22: bool = phi args=[(b2, %0), (b3, %0), (b8, %21)]
              return ok [%22]
            }
        "#]],
    );
}

#[test]
fn overloads_and_kinds_of_internal_calls() {
    check(
        "pragma solidity ^0.8.0;
        library L { function inc(uint256 x) internal pure returns (uint256) { return x + 1; } }
        function free(uint256 x) pure returns (uint256) { return x; }
        contract B { function v() public virtual {} }
        contract A is B {
            using L for uint256;
            function g(uint256 x) internal {}
            function g(address x) internal {}
            function g(uint256 x, bool b) internal {}
            function p() private {}
            function v() public override { super.v(); B.v(); }
            function f(uint256 x, address a) external {
                g(x); g(a); g({b: true, x: x}); p(); v(); this.v();
                x.inc(); L.inc(x); free(x);
            }
        }",
        "A.f(uint256,address)",
        &expect![[r#"
            fn "A.f(uint256,address)" kind=function visibility=external mutability=mutable
              params=[("x", uint256), ("a", address)] returns=[] {
            b0:
              %0: uint256 = param index=0
              %1: address = param index=1
              %2: unit = call callee=virtual "g(uint256)" args=[%0]
              %3: unit = call callee=virtual "g(address)" args=[%1]
              %4: bool = const value=bool true
              %5: unit = call callee=virtual "g(uint256,bool)" args=[%0, %4]
              %6: unit = call callee=function "A.p()" args=[]
              %7: unit = call callee=virtual "v()" args=[]
              %8: contract "A" = env kind=self-address args=[]
              %9: unit = ext-call kind=interface target=%8 interface="A" method="v" args=[] value=- gas=all is_static=false options=[]
              %10: uint256 = call callee=function "L.inc(uint256)" args=[%0]
              %11: uint256 = call callee=function "L.inc(uint256)" args=[%0]
              %12: uint256 = call callee=function "free(uint256)" args=[%0]
              return ok []
            }
        "#]],
    );
}

#[test]
fn missing_code_keeps_its_arguments() {
    check(
        include_str!("samples/broken.sol"),
        "V.w(uint256)",
        &expect![[r#"
            fn "V.w(uint256)" kind=function visibility=external mutability=mutable
              params=[("a", uint256)] returns=[] {
            b0:
              %0: uint256 = param index=0
              %1: unit = extern name="nonReentrant" args=[]
              %2: unit = extern name="onlyOwner" args=[]
              %3: named "IERC20" = state-read place=var "V.token" kind=get
              %4: address = caller kind=sender args=[]
              %5: unknown = ext-call kind=interface target=%3 interface="IERC20" method="safeTransfer" args=[%4, %0] value=- gas=all is_static=false options=[]
              %6: address = caller kind=sender args=[]
              %7: uint256 = state-read place=var "V.bal"[%6] kind=get
              %8: uint256 = extern name="sub" args=[%7, %0]
              %9: address = caller kind=sender args=[]
              %10: unit = state-write place=var "V.bal"[%9] kind=set value=%8
              %11: address = caller kind=sender args=[]
              %12: unit = ext-call kind=low target=%11 interface="address" method="" args=[] value=%0 gas=all is_static=false options=[]
              %13: address = caller kind=sender args=[]
              %14: named "EnumerableSet.AddressSet" = storage-ref place=var "V.set"
              %15: unknown = extern name="add" args=[%14, %13]
              %16: uint256 = const value=int 3
              %17: unit = state-write place=var "V.s"."x"."y" kind=set value=%16
              %18: unknown = state-read place=var "V.s"."x"."y" kind=get
              %19: unit = state-write place=var "V.s"."list" kind=push value=%0
              %20: named "IERC20" = state-read place=var "V.token" kind=get
              %21: address = cast value=%20 lossy=false
              %22: named "IFoo" = cast value=%21 lossy=false
              %23: uint256 = const value=int 1
              %24: unknown = ext-call kind=interface target=%22 interface="IFoo" method="bar" args=[%18] value=%23 gas=all is_static=false options=[]
              %25: named "Foo" = state-read place=var "V.foo" kind=get
              %26: unknown = ext-call kind=interface target=%25 interface="Foo" method="fetch" args=[%0] value=- gas=all is_static=false options=[]
              %27: uint256 = const value=int 3
              %28: unknown = ext-call kind=interface target=%26 interface="" method="run" args=[%27] value=- gas=all is_static=false options=[]
              %29: address = caller kind=sender args=[]
              %30: unknown = extern name="_burn" args=[%29, %0]
              %31: unknown = state-read place=var "V.undefinedThing" kind=get
              %32: uint256 = const value=int 1
              %33: unknown = binary op=add left=%31 right=%32 mode=checked
              %34: unit = state-write place=var "V.x" kind=set value=%33
              %35: unknown = state-read place=var "V.total" kind=get
              %36: uint256 = binary op=add left=%35 right=%0 mode=checked
              %37: unit = state-write place=var "V.total" kind=set value=%36
              %38: unknown = extern name="Lib.doit" args=[%0]
              %39: unit = emit topic="Gone" args=[%0]
              %40: unknown = extern name="super.w" args=[%0]
              %41: unknown = extern name="NotHere" args=[%0]
              abort revert [%41]
            }
        "#]],
    );
}

#[test]
fn source_maps_lead_back_to_the_text() {
    let text = "contract A { uint n; modifier m() { n = 7; _; } \
                function f(uint x) external m { n = x + 1; } }";
    let project = Project::of(text);
    let lowered = project.lowered("A.sol:A.f(uint256)");
    let mut found = Vec::new();
    for (id, op) in lowered.function.iter_ops() {
        let source = lowered.map.op(id);
        let body = project
            .body(&lowered.map.bodies[source.body as usize])
            .unwrap();
        let kind = op.kind.mnemonic();
        let (expr, statement) = (
            source.span.of(body.text()),
            source.statement.of(body.text()),
        );
        found.push(format!("{kind}: \"{expr}\" in \"{statement}\""));
    }
    expect![[r#"
        param: "" in ""
        const: "7" in "n = 7;"
        state-write: "n = 7" in "n = 7;"
        const: "1" in "n = x + 1;"
        binary: "x + 1" in "n = x + 1;"
        state-write: "n = x + 1" in "n = x + 1;""#]]
    .assert_eq(&found.join("\n"));
}
