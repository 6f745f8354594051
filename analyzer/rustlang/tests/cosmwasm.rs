//! CosmWasm contracts from text to SIR.

mod common;

use common::{krate, linked, with_layout};
use expect_test::expect;
use pactward_base::Layout;

const STATE: &str = r#"
use cosmwasm_std::{Addr, Uint128};
use cw_storage_plus::{Item, Map};

pub struct Config {
    pub owner: Addr,
    pub locked: bool,
}

pub const CONFIG: Item<Config> = Item::new("config");
pub const BALANCES: Map<&Addr, Uint128> = Map::new("balances");
pub const ALLOWANCES: Map<(&Addr, &Addr), Uint128> = Map::new("allowances");
"#;

const MSG: &str = r"
use cosmwasm_std::Uint128;
pub struct InstantiateMsg {}
pub enum ExecuteMsg {
    Withdraw { amount: Uint128 },
    Approve { spender: String, amount: Uint128 },
    Lock {},
}
";

const CONTRACT: &str = r#"
use cosmwasm_std::{entry_point, BankMsg, Coin, DepsMut, Env, MessageInfo, Reply, Response, StdError, StdResult, SubMsg, Uint128, WasmMsg, to_json_binary, ensure};
use crate::msg::*;
use crate::state::{Config, ALLOWANCES, BALANCES, CONFIG};

#[entry_point]
pub fn instantiate(deps: DepsMut, _env: Env, info: MessageInfo, _msg: InstantiateMsg) -> StdResult<Response> {
    CONFIG.save(deps.storage, &Config { owner: info.sender, locked: false })?;
    Ok(Response::new())
}

#[cfg_attr(not(feature = "library"), entry_point)]
pub fn execute(deps: DepsMut, env: Env, info: MessageInfo, msg: ExecuteMsg) -> StdResult<Response> {
    match msg {
        ExecuteMsg::Withdraw { amount } => withdraw(deps, env, info, amount),
        ExecuteMsg::Approve { spender, amount } => {
            let spender = deps.api.addr_validate(&spender)?;
            approve(deps, info, &spender, amount)
        }
        ExecuteMsg::Lock {} => {
            CONFIG.update(deps.storage, |mut c| -> StdResult<_> { c.locked = true; Ok(c) })?;
            Ok(Response::new())
        }
    }
}

fn withdraw(deps: DepsMut, _env: Env, info: MessageInfo, amount: Uint128) -> StdResult<Response> {
    ensure!(!CONFIG.load(deps.storage)?.locked, StdError::generic_err("locked"));
    BALANCES.update(deps.storage, &info.sender, |b| -> StdResult<_> {
        Ok(b.unwrap_or_default().checked_sub(amount)?)
    })?;
    let send = BankMsg::Send { to_address: info.sender.to_string(), amount: vec![Coin { denom: "uatom".into(), amount }] };
    Ok(Response::new().add_attribute("action", "withdraw").add_message(send))
}

fn approve(deps: DepsMut, info: MessageInfo, spender: &cosmwasm_std::Addr, amount: Uint128) -> StdResult<Response> {
    ALLOWANCES.save(deps.storage, (&info.sender, spender), &amount)?;
    let note = WasmMsg::Execute {
        contract_addr: spender.to_string(),
        msg: to_json_binary(&Note::Approved { amount })?,
        funds: vec![],
    };
    Ok(Response::new().add_submessage(SubMsg::reply_on_error(note, 7)))
}

pub enum Note { Approved { amount: Uint128 } }

#[entry_point]
pub fn reply(deps: DepsMut, _env: Env, msg: Reply) -> StdResult<Response> {
    match msg.id {
        7 => Ok(Response::new()),
        id => Err(StdError::generic_err(format!("unknown id {id}"))),
    }
}
"#;

fn contract() -> common::Linked {
    let layout = Layout {
        rust_crates: vec![krate("bank", "bank", &[])],
        ..Layout::default()
    };
    with_layout(
        &[
            (
                "bank/src/lib.rs",
                "pub mod contract;\npub mod msg;\npub mod state;\n",
            ),
            ("bank/src/contract.rs", CONTRACT),
            ("bank/src/msg.rs", MSG),
            ("bank/src/state.rs", STATE),
        ],
        &layout,
    )
}

#[test]
fn messages_are_entries_behind_their_dispatcher() {
    expect![[r#"
        unit "bank/src/lib.rs:bank" kind=crate language=rust platform=cosmwasm
          bases=["bank/src/lib.rs:bank"] {
          fact "overflow-checks" "false"
          state "bank/src/state.rs:ALLOWANCES" : named "cw_storage_plus::Map"<tuple<address, address>, named "cosmwasm_std::Uint128"> kind=mutable visibility=internal initial=-
          state "bank/src/state.rs:BALANCES" : named "cw_storage_plus::Map"<address, named "cosmwasm_std::Uint128"> kind=mutable visibility=internal initial=-
          state "bank/src/state.rs:CONFIG" : named "cw_storage_plus::Item"<struct "bank/src/state.rs:Config"> kind=mutable visibility=internal initial=-
          entry "Approve" function="bank/src/contract.rs:approve" kind=function mutability=mutable dispatcher="bank/src/contract.rs:execute"
          entry "Withdraw" function="bank/src/contract.rs:withdraw" kind=function mutability=mutable dispatcher="bank/src/contract.rs:execute"
          entry "execute" function="bank/src/contract.rs:execute" kind=function mutability=mutable dispatcher=-
          entry "instantiate" function="bank/src/contract.rs:instantiate" kind=init mutability=mutable dispatcher=-
          entry "reply" function="bank/src/contract.rs:reply" kind=reply mutability=mutable dispatcher=-
          function "bank/src/contract.rs:approve"
          function "bank/src/contract.rs:execute"
          function "bank/src/contract.rs:instantiate"
          function "bank/src/contract.rs:reply"
          function "bank/src/contract.rs:withdraw"
        }
    "#]].assert_eq(&contract().units());
}

#[test]
fn an_update_checks_and_writes_in_place() {
    expect![[r#"
        fn "bank/src/contract.rs:withdraw" kind=function visibility=private mutability=mutable
          params=[("deps", named "cosmwasm_std::DepsMut"), ("_env", named "cosmwasm_std::Env"), ("info", named "cosmwasm_std::MessageInfo"), ("amount", named "cosmwasm_std::Uint128")] returns=[result<named "cosmwasm_std::Response">] {
        b0:
          %0: named "cosmwasm_std::DepsMut" = param index=0
          %1: named "cosmwasm_std::Env" = param index=1
          %2: named "cosmwasm_std::MessageInfo" = param index=2
          %3: named "cosmwasm_std::Uint128" = param index=3
          %4: named "cosmwasm_std::Storage" = field base=%0 name="storage"
          %5: result<struct "bank/src/state.rs:Config"> = state-read place=var "bank/src/state.rs:CONFIG" kind=get
          %6: bool = unary op=is-err value=%5
          branch %6 b6 b1
        b1:
          %7: struct "bank/src/state.rs:Config" = payload value=%5 variant="Ok" index=0
          %8: bool = field base=%7 name="locked"
          branch %8 b5 b2
        b2:
          %9: named "cosmwasm_std::Storage" = field base=%0 name="storage"
          %10: address = caller kind=sender args=[]
          %11: option<named "cosmwasm_std::Uint128"> = state-read place=var "bank/src/state.rs:BALANCES"[%10] kind=get
          %12: named "cosmwasm_std::Uint128" = payload value=%11 variant="Some" index=0
          %13: bool = binary op=lt left=%12 right=%3 mode=none
          branch %13 b4 b3
        b3:
          %14: named "cosmwasm_std::Uint128" = binary op=sub left=%12 right=%3 mode=checked
          %15: unit = state-write place=var "bank/src/state.rs:BALANCES"[%10] kind=set value=%14
          %16: address = caller kind=sender args=[]
          %17: string = const value=str "uatom"
          %18: named "cosmwasm_std::Coin" = aggregate kind=struct names=["denom", "amount"] parts=[%17, %3]
          %19: array<named "cosmwasm_std::Coin"> = aggregate kind=array names=[] parts=[%18]
          %20: unknown = aggregate kind=struct names=["to_address", "amount"] parts=[%16, %19]
          %21: named "cosmwasm_std::BankMsg" = pure name="BankMsg::Send" args=[%20]
          %22: named "cosmwasm_std::Response" = pure name="cosmwasm_std::Response::new" args=[]
          %23: string = const value=str "action"
          %24: string = const value=str "withdraw"
          %25: named "cosmwasm_std::Response" = pure name="cosmwasm_std::Response.add_attribute" args=[%22, %23, %24]
          %26: unit = value-move asset="native" to=%16 amount=%19
          %27: named "cosmwasm_std::Response" = pure name="cosmwasm_std::Response.add_message" args=[%25, %21]
          %28: result<named "cosmwasm_std::Response"> = pure name="Ok" args=[%27]
          return ok [%28]
        b4:
          %29: error = pure name="overflow" args=[%12, %3]
          %30: result<unknown> = pure name="Err" args=[%29]
          return err [%30]
        b5:
          %31: string = const value=str "locked"
          %32: error = pure name="std::Error::generic_err" args=[%31]
          %33: result<unknown> = pure name="Err" args=[%32]
          return err [%33]
        b6:
          %34: error = payload value=%5 variant="Err" index=0
          %35: result<unknown> = pure name="Err" args=[%34]
          return err [%35]
        }
    "#]].assert_eq(&contract().sir("bank/src/contract.rs:withdraw"));
}

#[test]
fn a_submessage_keeps_target_and_reply() {
    expect![[r#"
        fn "bank/src/contract.rs:approve" kind=function visibility=private mutability=mutable
          params=[("deps", named "cosmwasm_std::DepsMut"), ("info", named "cosmwasm_std::MessageInfo"), ("spender", address), ("amount", named "cosmwasm_std::Uint128")] returns=[result<named "cosmwasm_std::Response">] {
        b0:
          %0: named "cosmwasm_std::DepsMut" = param index=0
          %1: named "cosmwasm_std::MessageInfo" = param index=1
          %2: address = param index=2
          %3: named "cosmwasm_std::Uint128" = param index=3
          %4: named "cosmwasm_std::Storage" = field base=%0 name="storage"
          %5: address = caller kind=sender args=[]
          %6: tuple<address, address> = aggregate kind=tuple names=[] parts=[%5, %2]
          %7: result<unit> = state-write place=var "bank/src/state.rs:ALLOWANCES"[%5][%2] kind=set value=%3
          %8: bool = unary op=is-err value=%7
          branch %8 b4 b1
        b1:
          %9: unit = payload value=%7 variant="Ok" index=0
          %10: unknown = aggregate kind=struct names=["amount"] parts=[%3]
          %11: enum "bank/src/contract.rs:Note" = pure name="Note::Approved" args=[%10]
          %12: result<bytes> = serialize format="json" args=[%11]
          %13: bool = unary op=is-err value=%12
          branch %13 b3 b2
        b2:
          %14: bytes = payload value=%12 variant="Ok" index=0
          %15: array<unknown> = aggregate kind=array names=[] parts=[]
          %16: unknown = aggregate kind=struct names=["contract_addr", "msg", "funds"] parts=[%2, %14, %15]
          %17: named "cosmwasm_std::WasmMsg" = pure name="WasmMsg::Execute" args=[%16]
          %18: named "cosmwasm_std::Response" = pure name="cosmwasm_std::Response::new" args=[]
          %19: unknown = const value=int 7
          %20: named "cosmwasm_std::SubMsg" = pure name="cosmwasm_std::SubMsg::reply_on_error" args=[%17, %19]
          %21: string = const value=str "error"
          %22: unit = ext-call kind=submessage target=%2 interface="cosmwasm_std::WasmMsg" method="Approved" args=[%14] value=%15 gas=all is_static=false options=[("reply-on", %21), ("id", %19)]
          %23: named "cosmwasm_std::Response" = pure name="cosmwasm_std::Response.add_submessage" args=[%18, %20]
          %24: result<named "cosmwasm_std::Response"> = pure name="Ok" args=[%23]
          return ok [%24]
        b3:
          %25: error = payload value=%12 variant="Err" index=0
          %26: result<unknown> = pure name="Err" args=[%25]
          return err [%26]
        b4:
          %27: error = payload value=%7 variant="Err" index=0
          %28: result<unknown> = pure name="Err" args=[%27]
          return err [%28]
        }
    "#]].assert_eq(&contract().sir("bank/src/contract.rs:approve"));
}

#[test]
fn a_dispatcher_takes_messages_apart() {
    expect![[r#"
        fn "bank/src/contract.rs:execute" kind=function visibility=public mutability=mutable
          params=[("deps", named "cosmwasm_std::DepsMut"), ("env", named "cosmwasm_std::Env"), ("info", named "cosmwasm_std::MessageInfo"), ("msg", enum "bank/src/msg.rs:ExecuteMsg")] returns=[result<named "cosmwasm_std::Response">] {
        b0:
          %0: named "cosmwasm_std::DepsMut" = param index=0
          %1: named "cosmwasm_std::Env" = param index=1
          %2: named "cosmwasm_std::MessageInfo" = param index=2
          %3: enum "bank/src/msg.rs:ExecuteMsg" = param index=3
          %4: bool = is-variant value=%3 variant="Withdraw"
          branch %4 b8 b1
        b1:
          %5: bool = is-variant value=%3 variant="Approve"
          branch %5 b3 b2
        b2:
          %6: named "cosmwasm_std::Storage" = field base=%0 name="storage"
          %7: struct "bank/src/state.rs:Config" = state-read place=var "bank/src/state.rs:CONFIG" kind=get
          %8: bool = const value=bool true
          %9: struct "bank/src/state.rs:Config" = pure name="with.locked" args=[%7, %8]
          %10: unit = state-write place=var "bank/src/state.rs:CONFIG" kind=set value=%9
          %11: named "cosmwasm_std::Response" = pure name="cosmwasm_std::Response::new" args=[]
          %12: result<named "cosmwasm_std::Response"> = pure name="Ok" args=[%11]
          return ok [%12]
        b3:
          %13: unknown = payload value=%3 variant="Approve" index=0
          %14: string = field base=%13 name="spender"
          %15: named "cosmwasm_std::Uint128" = field base=%13 name="amount"
          %16: named "cosmwasm_std::Api" = field base=%0 name="api"
          %17: result<address> = pure name="cosmwasm_std::Api.addr_validate" args=[%16, %14]
          %18: bool = unary op=is-err value=%17
          branch %18 b7 b4
        b4:
          %19: address = payload value=%17 variant="Ok" index=0
          %20: result<named "cosmwasm_std::Response"> = call callee=function "bank/src/contract.rs:approve" args=[%0, %2, %19, %15]
          %21: bool = unary op=is-err value=%20
          branch %21 b6 b5
        b5:
          %22: named "cosmwasm_std::Response" = payload value=%20 variant="Ok" index=0
          return ok [%20]
        b6:
          %23: error = payload value=%20 variant="Err" index=0
          return err [%20]
        b7:
          %24: error = payload value=%17 variant="Err" index=0
          %25: result<unknown> = pure name="Err" args=[%24]
          return err [%25]
        b8:
          %26: unknown = payload value=%3 variant="Withdraw" index=0
          %27: named "cosmwasm_std::Uint128" = field base=%26 name="amount"
          %28: result<named "cosmwasm_std::Response"> = call callee=function "bank/src/contract.rs:withdraw" args=[%0, %1, %2, %27]
          %29: bool = unary op=is-err value=%28
          branch %29 b10 b9
        b9:
          %30: named "cosmwasm_std::Response" = payload value=%28 variant="Ok" index=0
          return ok [%28]
        b10:
          %31: error = payload value=%28 variant="Err" index=0
          return err [%28]
        }
    "#]].assert_eq(&contract().sir("bank/src/contract.rs:execute"));
}

#[test]
fn old_contracts_open_storage_by_functions() {
    let text = r#"
use cosmwasm_std::*;
use cosmwasm_storage::{singleton, singleton_read, ReadonlySingleton, Singleton};
pub static KEY: &[u8] = b"config";
const CONFIG: &[u8] = b"config";
pub struct State { pub count: i32, pub owner: HumanAddr }
pub fn config<S: Storage>(storage: &mut S) -> Singleton<S, State> { singleton(storage, CONFIG) }
pub fn config_read<S: Storage>(storage: &S) -> ReadonlySingleton<S, State> { singleton_read(storage, CONFIG) }
pub fn handle<S: Storage, A: Api, Q: Querier>(deps: &mut Extern<S, A, Q>, env: Env, msg: HandleMsg) -> StdResult<HandleResponse> {
    match msg { HandleMsg::Increment {} => increment(deps, env) }
}
pub fn increment<S: Storage, A: Api, Q: Querier>(deps: &mut Extern<S, A, Q>, env: Env) -> StdResult<HandleResponse> {
    let mut state = config_read(&deps.storage).load()?;
    if env.message.sender != state.owner { return Err(StdError::unauthorized()); }
    state.count += 1;
    config(&mut deps.storage).save(&state)?;
    Ok(HandleResponse { messages: vec![], log: vec![], data: None })
}
pub enum HandleMsg { Increment {} }
"#;
    let linked = linked(&[("counter.rs", text)]);
    expect![[r#"
        unit "counter.rs:counter" kind=crate language=rust platform=cosmwasm
          bases=["counter.rs:counter"] {
          fact "overflow-checks" "false"
          state "counter.rs:config" : named "cosmwasm_storage::Singleton"<struct "counter.rs:State"> kind=mutable visibility=internal initial=-
          entry "Increment" function="counter.rs:increment" kind=function mutability=mutable dispatcher="counter.rs:handle"
          function "counter.rs:config"
          function "counter.rs:config_read"
          function "counter.rs:handle"
          function "counter.rs:increment"
        }
        fn "counter.rs:increment" kind=function visibility=public mutability=mutable
          params=[("deps", named "cosmwasm_std::Extern"<named "cosmwasm_std::Storage", named "cosmwasm_std::Api", named "cosmwasm_std::Querier">), ("env", named "cosmwasm_std::Env")] returns=[result<named "cosmwasm_std::HandleResponse">] {
        b0:
          %0: named "cosmwasm_std::Extern"<named "cosmwasm_std::Storage", named "cosmwasm_std::Api", named "cosmwasm_std::Querier"> = param index=0
          %1: named "cosmwasm_std::Env" = param index=1
          %2: named "cosmwasm_std::Storage" = field base=%0 name="storage"
          %3: result<struct "counter.rs:State"> = state-read place=var "counter.rs:config" kind=get
          %4: bool = unary op=is-err value=%3
          branch %4 b6 b1
        b1:
          %5: struct "counter.rs:State" = payload value=%3 variant="Ok" index=0
          %6: named "cosmwasm_std::MessageInfo" = field base=%1 name="message"
          %7: address = caller kind=sender args=[]
          %8: address = field base=%5 name="owner"
          %9: bool = binary op=ne left=%7 right=%8 mode=none
          branch %9 b5 b2
        b2:
          %10: int32 = const value=int 1
          %11: int32 = field base=%5 name="count"
          %12: int32 = binary op=add left=%11 right=%10 mode=wrapping
          %13: struct "counter.rs:State" = pure name="with.count" args=[%5, %12]
          %14: named "cosmwasm_std::Storage" = field base=%0 name="storage"
          %15: result<unit> = state-write place=var "counter.rs:config" kind=set value=%13
          %16: bool = unary op=is-err value=%15
          branch %16 b4 b3
        b3:
          %17: unit = payload value=%15 variant="Ok" index=0
          %18: array<named "cosmwasm_std::SubMsg"> = aggregate kind=array names=[] parts=[]
          %19: array<unknown> = aggregate kind=array names=[] parts=[]
          %20: option<bytes> = const value=nil
          %21: option<unknown> = const value=nil
          %22: named "cosmwasm_std::HandleResponse" = aggregate kind=struct names=["messages", "log", "data"] parts=[%18, %19, %21]
          %23: result<named "cosmwasm_std::HandleResponse"> = pure name="Ok" args=[%22]
          return ok [%23]
        b4:
          %24: error = payload value=%15 variant="Err" index=0
          %25: result<unknown> = pure name="Err" args=[%24]
          return err [%25]
        b5:
          %26: error = pure name="std::Error::unauthorized" args=[]
          %27: result<unknown> = pure name="Err" args=[%26]
          return err [%27]
        b6:
          %28: error = payload value=%3 variant="Err" index=0
          %29: result<unknown> = pure name="Err" args=[%28]
          return err [%29]
        }
    "#]].assert_eq(&(linked.units() + &linked.sir("counter.rs:increment")));
}

#[test]
fn messages_of_lists_are_sent_from_where_they_are_made() {
    let text = r#"
use cosmwasm_std::{entry_point, to_json_binary, BankMsg, Coin, CosmosMsg, DepsMut, Env, MessageInfo, ReplyOn, Response, StdResult, SubMsg, WasmMsg};
pub enum ExecuteMsg { Pay { to: Vec<String>, hook: String } }
#[entry_point]
pub fn execute(_deps: DepsMut, _env: Env, info: MessageInfo, msg: ExecuteMsg) -> StdResult<Response> {
    let ExecuteMsg::Pay { to, hook } = msg;
    let payments: Vec<CosmosMsg> = to
        .iter()
        .map(|to| BankMsg::Send { to_address: to.clone(), amount: info.funds.clone() }.into())
        .collect();
    let mut hooks = vec![];
    if !hook.is_empty() {
        let call = WasmMsg::Execute { contract_addr: hook, msg: to_json_binary(&"paid")?, funds: vec![] };
        hooks.push(SubMsg { id: 3, msg: call.into(), gas_limit: None, reply_on: ReplyOn::Always });
    }
    Ok(Response::new().add_messages(payments).add_submessages(hooks))
}
"#;
    expect![[r#"
        fn "c.rs:execute" kind=function visibility=public mutability=mutable
          params=[("_deps", named "cosmwasm_std::DepsMut"), ("_env", named "cosmwasm_std::Env"), ("info", named "cosmwasm_std::MessageInfo"), ("msg", enum "c.rs:ExecuteMsg")] returns=[result<named "cosmwasm_std::Response">] {
        b0:
          %0: named "cosmwasm_std::DepsMut" = param index=0
          %1: named "cosmwasm_std::Env" = param index=1
          %2: named "cosmwasm_std::MessageInfo" = param index=2
          %3: enum "c.rs:ExecuteMsg" = param index=3
          %4: unknown = payload value=%3 variant="Pay" index=0
          %5: array<string> = field base=%4 name="to"
          %6: string = field base=%4 name="hook"
          %7: array<string> = pure name="std::Vec.iter" args=[%5]
          %8: uint32 = const value=int 0
          jump b1
        b1:
          %9: uint32 = phi args=[(b0, %8), (b8, %39)]
          %10: array<named "cosmwasm_std::BankMsg"> = phi args=[(b0, %7), (b8, %45)]
          %11: bool = pure name="range-more" args=[%7, %9]
          branch %11 b8 b2
        b2:
          %12: array<unknown> = aggregate kind=array names=[] parts=[]
          %13: string = const value=str ""
          %14: bool = binary op=eq left=%6 right=%13 mode=none
          %15: bool = unary op=not value=%14
          branch %15 b4 b3
        b3:
          jump b6
        b4:
          %16: string = const value=str "paid"
          %17: result<bytes> = serialize format="json" args=[%16]
          %18: bool = unary op=is-err value=%17
          branch %18 b7 b5
        b5:
          %19: bytes = payload value=%17 variant="Ok" index=0
          %20: array<unknown> = aggregate kind=array names=[] parts=[]
          %21: unknown = aggregate kind=struct names=["contract_addr", "msg", "funds"] parts=[%6, %19, %20]
          %22: named "cosmwasm_std::WasmMsg" = pure name="WasmMsg::Execute" args=[%21]
          %23: uint64 = const value=int 3
          %24: option<unknown> = const value=nil
          %25: option<unknown> = const value=nil
          %26: named "cosmwasm_std::ReplyOn" = const value=str "ReplyOn::Always"
          %27: named "cosmwasm_std::SubMsg" = aggregate kind=struct names=["id", "msg", "gas_limit", "reply_on"] parts=[%23, %22, %25, %26]
          %28: string = const value=str "always"
          %29: unit = ext-call kind=submessage target=%6 interface="cosmwasm_std::WasmMsg" method="Execute" args=[%19] value=%20 gas=all is_static=false options=[("reply-on", %28), ("id", %23)]
          %30: array<unknown> = pure name="std::Vec.push" args=[%12, %27]
          jump b6
        b6:
          %31: array<unknown> = phi args=[(b3, %12), (b5, %30)]
          %32: named "cosmwasm_std::Response" = pure name="cosmwasm_std::Response::new" args=[]
          %33: named "cosmwasm_std::Response" = pure name="cosmwasm_std::Response.add_messages" args=[%32, %10]
          %34: named "cosmwasm_std::Response" = pure name="cosmwasm_std::Response.add_submessages" args=[%33, %31]
          %35: result<named "cosmwasm_std::Response"> = pure name="Ok" args=[%34]
          return ok [%35]
        b7:
          %36: error = payload value=%17 variant="Err" index=0
          %37: result<unknown> = pure name="Err" args=[%36]
          return err [%37]
        b8:
          %38: uint32 = const value=int 1
          %39: uint32 = binary op=add left=%9 right=%38 mode=none
          %40: string = element of=%7 part=0
          %41: array<named "cosmwasm_std::Coin"> = env kind=call-value args=[]
          %42: unknown = aggregate kind=struct names=["to_address", "amount"] parts=[%40, %41]
          %43: named "cosmwasm_std::BankMsg" = pure name="BankMsg::Send" args=[%42]
          %44: unit = value-move asset="native" to=%40 amount=%41
          %45: array<named "cosmwasm_std::BankMsg"> = pure name="gather" args=[%10, %43]
          jump b1
        }
    "#]].assert_eq(&linked(&[("c.rs", text)]).sir("c.rs:execute"));
}
