//! ink! contracts from text to SIR.

mod common;

use common::{krate, linked, with_layout};
use expect_test::expect;
use pactward_base::Layout;

const VAULT: &str = r"
#[ink::contract]
mod vault {
    use ink::storage::{Lazy, Mapping};
    use ink::env::{call::{build_call, ExecutionInput, Selector}, CallFlags, DefaultEnvironment};

    #[ink(storage)]
    pub struct Vault {
        balances: Mapping<AccountId, Balance>,
        owner: AccountId,
        paused: bool,
        limit: Lazy<u128>,
        members: Vec<AccountId>,
    }

    #[ink(event)]
    pub struct Withdrawn { #[ink(topic)] who: AccountId, amount: Balance }

    #[derive(Debug)]
    pub enum Error { Paused, Insufficient, CallFailed }

    impl Vault {
        #[ink(constructor)]
        pub fn new(limit: u128) -> Self {
            let mut lazy = Lazy::new();
            lazy.set(&limit);
            Self { balances: Mapping::default(), owner: Self::env().caller(), paused: false, limit: lazy, members: vec![] }
        }

        #[ink(message, payable)]
        pub fn deposit(&mut self) {
            let caller = self.env().caller();
            let balance = self.balances.get(caller).unwrap_or_default();
            self.balances.insert(caller, &(balance + self.env().transferred_value()));
            self.members.push(caller);
        }

        #[ink(message)]
        pub fn withdraw(&mut self, amount: Balance) -> Result<(), Error> {
            if self.paused {
                return Err(Error::Paused);
            }
            let caller = self.env().caller();
            let balance = self.balances.get(caller).ok_or(Error::Insufficient)?;
            let rest = balance.checked_sub(amount).ok_or(Error::Insufficient)?;
            build_call::<DefaultEnvironment>()
                .call(caller)
                .transferred_value(amount)
                .call_flags(CallFlags::default().set_allow_reentry(true))
                .exec_input(ExecutionInput::new(Selector::new([1, 2, 3, 4])).push_arg(amount))
                .returns::<()>()
                .try_invoke()
                .map_err(|_| Error::CallFailed)?
                .map_err(|_| Error::CallFailed)?;
            self.balances.insert(caller, &rest);
            self.env().emit_event(Withdrawn { who: caller, amount });
            Ok(())
        }

        #[ink(message)]
        pub fn balance_of(&self, who: AccountId) -> Balance {
            self.read(&who)
        }

        #[ink(message)]
        pub fn close(&mut self) {
            assert_eq!(self.env().caller(), self.owner);
            self.env().terminate_contract(self.owner);
        }

        fn read(&self, who: &AccountId) -> Balance {
            self.balances.get(who).unwrap_or(0)
        }
    }
}
";

#[test]
fn messages_and_constructors_are_entries() {
    let linked = linked(&[("vault/lib.rs", VAULT)]);
    expect![[r#"
        unit "vault/lib.rs:vault::Vault" kind=contract language=rust platform=ink
          bases=["vault/lib.rs:vault::Vault"] {
          fact "overflow-checks" "false"
          state "vault/lib.rs:vault::Vault.balances" : named "ink::Mapping"<address, uint128> kind=mutable visibility=internal initial=-
          state "vault/lib.rs:vault::Vault.limit" : named "ink::Lazy"<uint128> kind=mutable visibility=internal initial=-
          state "vault/lib.rs:vault::Vault.members" : array<address> kind=mutable visibility=internal initial=-
          state "vault/lib.rs:vault::Vault.owner" : address kind=mutable visibility=internal initial=-
          state "vault/lib.rs:vault::Vault.paused" : bool kind=mutable visibility=internal initial=-
          entry "balance_of" function="vault/lib.rs:vault::Vault::balance_of" kind=query mutability=view dispatcher=-
          entry "close" function="vault/lib.rs:vault::Vault::close" kind=function mutability=mutable dispatcher=-
          entry "deposit" function="vault/lib.rs:vault::Vault::deposit" kind=function mutability=payable dispatcher=-
          entry "new" function="vault/lib.rs:vault::Vault::new" kind=constructor mutability=mutable dispatcher=-
          entry "withdraw" function="vault/lib.rs:vault::Vault::withdraw" kind=function mutability=mutable dispatcher=-
          function "vault/lib.rs:vault::Vault::balance_of"
          function "vault/lib.rs:vault::Vault::close"
          function "vault/lib.rs:vault::Vault::deposit"
          function "vault/lib.rs:vault::Vault::new"
          function "vault/lib.rs:vault::Vault::read"
          function "vault/lib.rs:vault::Vault::withdraw"
        }
    "#]].assert_eq(&linked.units());
}

#[test]
fn storage_fields_are_state_variables() {
    let linked = linked(&[("lib.rs", VAULT)]);
    let text = linked.sir("lib.rs:vault::Vault::new") + &linked.sir("lib.rs:vault::Vault::deposit");
    expect![[r#"
        fn "lib.rs:vault::Vault::new" kind=function visibility=public mutability=mutable
          params=[("limit", uint128)] returns=[struct "lib.rs:vault::Vault"] {
        b0:
          %0: uint128 = param index=0
          %1: named "ink::Lazy" = pure name="ink::Lazy::new" args=[]
          %2: unit = state-write place=ref %1[any] kind=set value=%0
          %3: named "ink::Mapping" = pure name="ink::Mapping::default" args=[]
          %4: named "ink::EnvAccess" = pure name="any::env" args=[]
          %5: address = caller kind=sender args=[]
          %6: bool = const value=bool false
          %7: array<address> = aggregate kind=array names=[] parts=[]
          %8: unit = state-write place=var "lib.rs:vault::Vault.owner" kind=set value=%5
          %9: unit = state-write place=var "lib.rs:vault::Vault.paused" kind=set value=%6
          %10: unit = state-write place=var "lib.rs:vault::Vault.members" kind=set value=%7
          %11: struct "lib.rs:vault::Vault" = storage-ref place=var "lib.rs:vault::Vault"
          return ok [%11]
        }
        fn "lib.rs:vault::Vault::deposit" kind=function visibility=external mutability=payable
          params=[] returns=[] {
        b0:
          %0: named "ink::EnvAccess" = pure name="any.env" args=[]
          %1: address = caller kind=sender args=[]
          %2: option<uint128> = state-read place=var "lib.rs:vault::Vault.balances"[%1] kind=get
          %3: uint128 = payload value=%2 variant="Some" index=0
          %4: named "ink::EnvAccess" = pure name="any.env" args=[]
          %5: uint128 = env kind=call-value args=[]
          %6: uint128 = binary op=add left=%3 right=%5 mode=wrapping
          %7: option<uint32> = state-write place=var "lib.rs:vault::Vault.balances"[%1] kind=set value=%6
          %8: unit = state-write place=var "lib.rs:vault::Vault.members" kind=push value=%1
          return ok []
        }
    "#]].assert_eq(&text);
}

#[test]
fn a_built_call_has_target_value_and_flags() {
    let linked = linked(&[("lib.rs", VAULT)]);
    expect![[r#"
        fn "lib.rs:vault::Vault::withdraw" kind=function visibility=external mutability=mutable
          params=[("amount", uint128)] returns=[result<unit>] {
        b0:
          %0: uint128 = param index=0
          %1: bool = state-read place=var "lib.rs:vault::Vault.paused" kind=get
          branch %1 b10 b1
        b1:
          %2: named "ink::EnvAccess" = pure name="any.env" args=[]
          %3: address = caller kind=sender args=[]
          %4: option<uint128> = state-read place=var "lib.rs:vault::Vault.balances"[%3] kind=get
          %5: bool = unary op=is-none value=%4
          branch %5 b9 b2
        b2:
          %6: uint128 = payload value=%4 variant="Some" index=0
          %7: bool = binary op=lt left=%6 right=%0 mode=none
          branch %7 b8 b3
        b3:
          %8: uint128 = binary op=sub left=%6 right=%0 mode=checked
          %9: named "ink::CallBuilder" = pure name="ink.build_call" args=[]
          %10: named "ink::CallBuilder" = pure name="ink::CallBuilder.call" args=[%9, %3]
          %11: named "ink::CallBuilder" = pure name="ink::CallBuilder.transferred_value" args=[%10, %0]
          %12: named "ink::CallFlags" = pure name="ink::CallFlags::default" args=[]
          %13: bool = const value=bool true
          %14: named "ink::CallFlags" = pure name="ink::CallFlags.set_allow_reentry" args=[%12, %13]
          %15: named "ink::CallBuilder" = pure name="ink::CallBuilder.call_flags" args=[%11, %14]
          %16: unknown = const value=int 1
          %17: unknown = const value=int 2
          %18: unknown = const value=int 3
          %19: unknown = const value=int 4
          %20: array<unknown> = aggregate kind=array names=[] parts=[%16, %17, %18, %19]
          %21: named "ink::ExecutionInput" = pure name="ink::ExecutionInput::new" args=[%20]
          %22: named "ink::ExecutionInput" = pure name="ink::ExecutionInput.push_arg" args=[%21, %0]
          %23: named "ink::CallBuilder" = pure name="ink::CallBuilder.exec_input" args=[%15, %22]
          %24: named "ink::CallBuilder" = pure name="ink::CallBuilder.returns" args=[%23]
          %25: bool = const value=bool true
          %26: result<result<unit>> = ext-call kind=contract target=%3 interface="ink::CallBuilder" method="" args=[%20, %0, %22] value=%0 gas=all is_static=false options=[("allow-reentry", %25)]
          %27: bool = unary op=is-err value=%26
          branch %27 b7 b4
        b4:
          %28: result<unit> = payload value=%26 variant="Ok" index=0
          %29: bool = unary op=is-err value=%28
          branch %29 b6 b5
        b5:
          %30: unit = payload value=%28 variant="Ok" index=0
          %31: option<uint32> = state-write place=var "lib.rs:vault::Vault.balances"[%3] kind=set value=%8
          %32: named "ink::EnvAccess" = pure name="any.env" args=[]
          %33: struct "lib.rs:vault::Withdrawn" = aggregate kind=struct names=["who", "amount"] parts=[%3, %0]
          %34: unit = emit topic="Withdrawn" args=[%3, %0]
          %35: unit = const value=nil
          %36: result<unit> = pure name="Ok" args=[%35]
          return ok [%36]
        b6:
          %37: error = payload value=%28 variant="Err" index=0
          %38: enum "lib.rs:vault::Error" = const value=str "Error::CallFailed"
          %39: result<unknown> = pure name="Err" args=[%38]
          return err [%39]
        b7:
          %40: error = payload value=%26 variant="Err" index=0
          %41: enum "lib.rs:vault::Error" = const value=str "Error::CallFailed"
          %42: result<unknown> = pure name="Err" args=[%41]
          return err [%42]
        b8:
          %43: option<unknown> = const value=nil
          %44: enum "lib.rs:vault::Error" = const value=str "Error::Insufficient"
          %45: result<unknown> = pure name="Err" args=[%44]
          return err [%45]
        b9:
          %46: option<unknown> = const value=nil
          %47: enum "lib.rs:vault::Error" = const value=str "Error::Insufficient"
          %48: result<unknown> = pure name="Err" args=[%47]
          return err [%48]
        b10:
          %49: enum "lib.rs:vault::Error" = const value=str "Error::Paused"
          %50: result<unknown> = pure name="Err" args=[%49]
          return err [%50]
        }
    "#]].assert_eq(&linked.sir("lib.rs:vault::Vault::withdraw"));
}

#[test]
fn a_contract_ends_itself() {
    let linked = linked(&[("lib.rs", VAULT)]);
    expect![[r#"
        fn "lib.rs:vault::Vault::close" kind=function visibility=external mutability=mutable
          params=[] returns=[] {
        b0:
          %0: named "ink::EnvAccess" = pure name="any.env" args=[]
          %1: address = caller kind=sender args=[]
          %2: address = state-read place=var "lib.rs:vault::Vault.owner" kind=get
          %3: bool = binary op=eq left=%1 right=%2 mode=none
          branch %3 b2 b1
        b1:
          abort panic []
        b2:
          %4: named "ink::EnvAccess" = pure name="any.env" args=[]
          %5: address = state-read place=var "lib.rs:vault::Vault.owner" kind=get
          %6: unit = upgrade what="terminate" args=[%5]
          abort halt []
        }
    "#]]
    .assert_eq(&linked.sir("lib.rs:vault::Vault::close"));
}

#[test]
fn contract_references_call_other_contracts() {
    let token = r"
pub use self::token::{Token, TokenRef};
#[ink::contract]
mod token {
    #[ink(storage)]
    pub struct Token { total: u128 }
    impl Token {
        #[ink(constructor)]
        pub fn new() -> Self { Self { total: 0 } }
        #[ink(message)]
        pub fn mint(&mut self, to: AccountId, amount: u128) -> bool { self.total += amount; true }
    }
}
";
    let caller = r"
#[ink::trait_definition]
pub trait Oracle { #[ink(message)] fn price(&self) -> u128; }
#[ink::contract]
mod minter {
    use token::TokenRef;
    use super::Oracle;
    #[ink(storage)]
    pub struct Minter { token: TokenRef, oracle: ink::contract_ref!(Oracle) }
    impl Minter {
        #[ink(constructor)]
        pub fn new(hash: Hash, oracle: AccountId) -> Self {
            let token = TokenRef::new().code_hash(hash).endowment(0).salt_bytes([0u8; 4]).instantiate();
            Self { token, oracle: oracle.into() }
        }
        #[ink(message)]
        pub fn run(&mut self) {
            let price = self.oracle.price();
            if self.token.mint(self.env().caller(), price) {
                self.token.call_mut().mint(self.env().caller(), price).transferred_value(5).invoke();
            }
        }
    }
}
";
    let layout = Layout {
        rust_crates: vec![
            krate("minter", "minter", &[("token", "token")]),
            krate("token", "token", &[]),
        ],
        ..Layout::default()
    };
    let files = [("minter/src/lib.rs", caller), ("token/src/lib.rs", token)];
    let linked = with_layout(&files, &layout);
    let text = linked.sir("minter/src/lib.rs:minter::Minter::new")
        + &linked.sir("minter/src/lib.rs:minter::Minter::run");
    expect![[r#"
        fn "minter/src/lib.rs:minter::Minter::new" kind=function visibility=public mutability=mutable
          params=[("hash", bytes32), ("oracle", address)] returns=[struct "minter/src/lib.rs:minter::Minter"] {
        b0:
          %0: bytes32 = param index=0
          %1: address = param index=1
          %2: named "ink::CreateBuilder"<contract "token/src/lib.rs:token::Token"> = pure name="token/src/lib.rs:token::TokenRef::new" args=[]
          %3: named "ink::CreateBuilder"<contract "token/src/lib.rs:token::Token"> = pure name="ink::CreateBuilder.code_hash" args=[%2, %0]
          %4: unknown = const value=int 0
          %5: named "ink::CreateBuilder"<contract "token/src/lib.rs:token::Token"> = pure name="ink::CreateBuilder.endowment" args=[%3, %4]
          %6: uint8 = const value=int 0
          %7: uint32 = const value=int 4
          %8: bytes = pure name="repeat" args=[%6, %7]
          %9: named "ink::CreateBuilder"<contract "token/src/lib.rs:token::Token"> = pure name="ink::CreateBuilder.salt_bytes" args=[%5, %8]
          %10: contract "token/src/lib.rs:token::Token" = ext-call kind=create target=%9 interface="ink::CreateBuilder" method="" args=[] value=- gas=all is_static=false options=[]
          %11: unit = state-write place=var "minter/src/lib.rs:minter::Minter.token" kind=set value=%10
          %12: unit = state-write place=var "minter/src/lib.rs:minter::Minter.oracle" kind=set value=%1
          %13: struct "minter/src/lib.rs:minter::Minter" = storage-ref place=var "minter/src/lib.rs:minter::Minter"
          return ok [%13]
        }
        fn "minter/src/lib.rs:minter::Minter::run" kind=function visibility=external mutability=mutable
          params=[] returns=[] {
        b0:
          %0: contract "minter/src/lib.rs:Oracle" = state-read place=var "minter/src/lib.rs:minter::Minter.oracle" kind=get
          %1: uint128 = ext-call kind=contract target=%0 interface="minter/src/lib.rs:Oracle" method="price" args=[] value=- gas=all is_static=false options=[]
          %2: contract "token/src/lib.rs:token::Token" = state-read place=var "minter/src/lib.rs:minter::Minter.token" kind=get
          %3: named "ink::EnvAccess" = pure name="any.env" args=[]
          %4: address = caller kind=sender args=[]
          %5: bool = ext-call kind=contract target=%2 interface="token/src/lib.rs:token::Token" method="mint" args=[%4, %1] value=- gas=all is_static=false options=[]
          branch %5 b2 b1
        b1:
          return ok []
        b2:
          %6: contract "token/src/lib.rs:token::Token" = state-read place=var "minter/src/lib.rs:minter::Minter.token" kind=get
          %7: named "contract-call"<contract "token/src/lib.rs:token::Token"> = pure name="contract-call" args=[%6]
          %8: named "ink::EnvAccess" = pure name="any.env" args=[]
          %9: address = caller kind=sender args=[]
          %10: named "ink::CallBuilder"<bool> = pure name="token/src/lib.rs:token::Token.mint" args=[%6, %9, %1]
          %11: unknown = const value=int 5
          %12: named "ink::CallBuilder" = pure name="ink::CallBuilder.transferred_value" args=[%10, %11]
          %13: bool = ext-call kind=contract target=%6 interface="token/src/lib.rs:token::Token" method="mint" args=[%9, %1] value=%11 gas=all is_static=false options=[]
          return ok []
        }
    "#]].assert_eq(&text);
}
