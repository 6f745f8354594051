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
