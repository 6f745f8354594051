//! What the samples become.

mod support;

use expect_test::{Expect, expect};
use support::Project;

fn check(text: &str, function: &str, expected: &Expect) {
    expected.assert_eq(&Project::of(text).sir(function));
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
