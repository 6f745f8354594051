//! ChainMaker contracts from text to SIR.

mod common;

use common::linked;
use expect_test::expect;

const BANK: &str = r#"
use crate::sim_context;
use sim_context::*;

const BALANCE: &str = "balance";

#[no_mangle]
pub extern "C" fn init_contract() {
    let ctx = &mut sim_context::get_sim_context();
    ctx.put_state_from_key("owner", ctx.get_sender_pub_key().as_bytes());
    ctx.ok("ok".as_bytes());
}

#[no_mangle]
pub extern "C" fn withdraw() {
    let ctx = &mut sim_context::get_sim_context();
    let who = ctx.get_sender_pub_key();
    let amount: u64 = match ctx.arg_as_utf8_str("amount").parse::<u64>() {
        Ok(value) => value,
        Err(_) => {
            ctx.error("bad amount");
            return;
        }
    };
    let balance = read(ctx, &who);
    if balance < amount {
        ctx.error("insufficient");
        return;
    }
    let mut ec = EasyCodec::new();
    ec.add_string("to", &who);
    if let Err(code) = ctx.call_contract("token", "transfer", ec) {
        ctx.error(&format!("transfer failed: {code}"));
        return;
    }
    ctx.put_state(BALANCE, &who, &(balance - amount).to_string().into_bytes());
    ctx.ok(b"done");
}

fn read(ctx: &mut impl SimContext, who: &str) -> u64 {
    let bytes = ctx.get_state(BALANCE, who).unwrap_or_default();
    String::from_utf8(bytes).unwrap_or_default().parse().unwrap_or(0)
}
"#;

#[test]
fn exported_functions_are_entries() {
    let linked = linked(&[("bank.rs", BANK)]);
    expect![[r#"
        unit "bank.rs:bank" kind=crate language=rust platform=chainmaker-rust
          bases=["bank.rs:bank"] {
          fact "overflow-checks" "false"
          entry "init_contract" function="bank.rs:init_contract" kind=init mutability=mutable dispatcher=-
          entry "withdraw" function="bank.rs:withdraw" kind=function mutability=mutable dispatcher=-
          function "bank.rs:init_contract"
          function "bank.rs:read"
          function "bank.rs:withdraw"
        }
    "#]].assert_eq(&linked.units());
}

#[test]
fn a_withdrawal_reads_calls_and_writes() {
    let linked = linked(&[("bank.rs", BANK)]);
    expect![[r#"
        fn "bank.rs:withdraw" kind=function visibility=external mutability=mutable
          params=[] returns=[] {
        b0:
          %0: named "chainmaker::SimContext" = pure name="chainmaker.get_sim_context" args=[]
          %1: string = caller kind=origin args=[]
          %2: string = const value=str "amount"
          %3: string = arg key=%2
          %4: result<uint64> = pure name="std::String.parse" args=[%3]
          %5: bool = unary op=is-err value=%4
          branch %5 b6 b1
        b1:
          %6: uint64 = payload value=%4 variant="Ok" index=0
          %7: uint64 = call callee=function "bank.rs:read" args=[%0, %1]
          %8: bool = binary op=lt left=%7 right=%6 mode=none
          branch %8 b5 b2
        b2:
          %9: named "chainmaker::EasyCodec" = pure name="chainmaker::EasyCodec::new" args=[]
          %10: string = const value=str "to"
          %11: named "chainmaker::EasyCodec" = pure name="chainmaker::EasyCodec.add_string" args=[%9, %10, %1]
          %12: string = const value=str "token"
          %13: string = const value=str "transfer"
          %14: result<bytes> = ext-call kind=contract target=%12 interface="" method="transfer" args=[%11] value=- gas=all is_static=false options=[]
          %15: bool = unary op=is-err value=%14
          branch %15 b4 b3
        b3:
          %16: bytes = payload value=%14 variant="Ok" index=0
          %17: string = const value=str "balance"
          %18: uint64 = binary op=sub left=%7 right=%6 mode=wrapping
          %19: string = cast value=%18 lossy=false
          %20: bytes = cast value=%19 lossy=false
          %21: int32 = state-write place=world[%17][%1] kind=set value=%20
          %22: bytes = const value=str "done"
          %23: int32 = answer is_error=false args=[%22]
          return ok []
        b4:
          %24: error = payload value=%14 variant="Err" index=0
          %25: string = const value=str "transfer failed: {code}"
          %26: string = key kind=format parts=[%25, %24]
          %27: int32 = answer is_error=true args=[%26]
          return err []
        b5:
          %28: string = const value=str "insufficient"
          %29: int32 = answer is_error=true args=[%28]
          return err []
        b6:
          %30: error = payload value=%4 variant="Err" index=0
          %31: string = const value=str "bad amount"
          %32: int32 = answer is_error=true args=[%31]
          return err []
        }
    "#]].assert_eq(&linked.sir("bank.rs:withdraw"));
}

#[test]
fn state_is_read_through_a_helper() {
    let linked = linked(&[("bank.rs", BANK)]);
    expect![[r#"
        fn "bank.rs:read" kind=function visibility=private mutability=mutable
          params=[("ctx", named "chainmaker::SimContext"), ("who", string)] returns=[uint64] {
        b0:
          %0: named "chainmaker::SimContext" = param index=0
          %1: string = param index=1
          %2: string = const value=str "balance"
          %3: result<bytes> = state-read place=world[%2][%1] kind=get
          %4: bytes = payload value=%3 variant="Ok" index=0
          %5: result<string> = pure name="std::String::from_utf8" args=[%4]
          %6: string = payload value=%5 variant="Ok" index=0
          %7: result<unknown> = pure name="std::String.parse" args=[%6]
          %8: bool = unary op=is-err value=%7
          branch %8 b2 b1
        b1:
          %9: unknown = payload value=%7 variant="Ok" index=0
          jump b3
        b2:
          %10: error = payload value=%7 variant="Err" index=0
          %11: unknown = const value=int 0
          jump b3
        b3:
          %12: unknown = phi args=[(b2, %11), (b1, %9)]
          return ok [%12]
        }
    "#]]
    .assert_eq(&linked.sir("bank.rs:read"));
}

#[test]
fn a_return_after_an_error_answer_fails() {
    let text = r#"
use chainmaker_contract_sdk_rust::sim_context::*;
#[no_mangle]
pub extern "C" fn falls_through() {
    let ctx = &mut sim_context::get_sim_context();
    if ctx.get_sender_org_id() != "org1" {
        ctx.error("denied");
    }
    ctx.put_state_from_key("k", b"v");
}
"#;
    let linked = linked(&[("c.rs", text)]);
    expect![[r#"
        fn "c.rs:falls_through" kind=function visibility=external mutability=mutable
          params=[] returns=[] {
        b0:
          %0: named "chainmaker::SimContext" = pure name="chainmaker.get_sim_context" args=[]
          %1: string = caller kind=org args=[]
          %2: string = const value=str "org1"
          %3: bool = binary op=ne left=%1 right=%2 mode=none
          branch %3 b2 b1
        b1:
          jump b3
        b2:
          %4: string = const value=str "denied"
          %5: int32 = answer is_error=true args=[%4]
          jump b3
        b3:
          %6: string = const value=str "k"
          %7: bytes = const value=str "v"
          %8: int32 = state-write place=world[%6] kind=set value=%7
          return unknown []
        }
    "#]]
    .assert_eq(&linked.sir("c.rs:falls_through"));
}
