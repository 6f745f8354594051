//! Contracts of each platform: their entries and the ops of their SDK calls.

mod support;

use expect_test::expect;
use support::Workspace;

const ASSETS: &str = r#"
package chaincode

import (
	"encoding/json"
	"fmt"

	"github.com/hyperledger/fabric-contract-api-go/v2/contractapi"
)

type SmartContract struct {
	contractapi.Contract
}

type Asset struct {
	ID    string `json:"ID"`
	Owner string `json:"Owner"`
}

func (s *SmartContract) Transfer(ctx contractapi.TransactionContextInterface, id string, owner string) error {
	asset, err := s.read(ctx, id)
	if err != nil {
		return err
	}
	asset.Owner = owner
	data, err := json.Marshal(asset)
	if err != nil {
		return err
	}
	return ctx.GetStub().PutState(id, data)
}

func (s *SmartContract) read(ctx contractapi.TransactionContextInterface, id string) (*Asset, error) {
	data, err := ctx.GetStub().GetState(id)
	if err != nil {
		return nil, fmt.Errorf("failed to read: %v", err)
	}
	var asset Asset
	if err := json.Unmarshal(data, &asset); err != nil {
		return nil, err
	}
	return &asset, nil
}
"#;

#[test]
fn contract_api_methods_with_a_context_are_entries() {
    let workspace = Workspace::new(&[("chaincode/assets.go", ASSETS)]);
    expect![[r"
        chaincode contract fabric
          function Transfer = chaincode/assets.go:SmartContract.Transfer
    "]]
    .assert_eq(&workspace.entries());
    expect![[r#"
        fn "chaincode/assets.go:SmartContract.Transfer" kind=function visibility=public mutability=mutable
          params=[("s", pointer<struct "chaincode:SmartContract">), ("ctx", named "contractapi.TransactionContextInterface"), ("id", string), ("owner", string)] returns=[error] {
        b0:
          %0: pointer<struct "chaincode:SmartContract"> = param index=0
          %1: named "contractapi.TransactionContextInterface" = param index=1
          %2: string = param index=2
          %3: string = param index=3
          %4: tuple<pointer<struct "chaincode:Asset">, error> = call callee=function "chaincode/assets.go:SmartContract.read" args=[%0, %1, %2]
          %5: pointer<struct "chaincode:Asset"> = extract value=%4 index=0
          %6: error = extract value=%4 index=1
          %7: error = const value=nil
          %8: bool = binary op=ne left=%6 right=%7 mode=none
          branch %8 b6 b1
        b1:
          jump b2
        b2:
          %9: unit = store base=%5 path=[."Owner"] value=%3
          %10: string = field base=%5 name="ID"
          %11: pointer<struct "chaincode:Asset"> = aggregate kind=struct names=["ID", "Owner"] parts=[%10, %3]
          %12: bytes = serialize format="json" args=[%11]
          %13: error = pure name="json.Marshal#1" args=[%12]
          %14: error = const value=nil
          %15: bool = binary op=ne left=%13 right=%14 mode=none
          branch %15 b5 b3
        b3:
          jump b4
        b4:
          %16: named "shim.ChaincodeStubInterface" = pure name="contractapi.TransactionContextInterface.GetStub" args=[%1]
          %17: error = state-write place=world[%2] kind=set value=%12
          return unknown [%17]
        b5:
          return err [%13]
        b6:
          return err [%6]
        }
        fn "chaincode/assets.go:SmartContract.read" kind=function visibility=internal mutability=mutable
          params=[("s", pointer<struct "chaincode:SmartContract">), ("ctx", named "contractapi.TransactionContextInterface"), ("id", string)] returns=[pointer<struct "chaincode:Asset">, error] {
        b0:
          %0: pointer<struct "chaincode:SmartContract"> = param index=0
          %1: named "contractapi.TransactionContextInterface" = param index=1
          %2: string = param index=2
          %3: named "shim.ChaincodeStubInterface" = pure name="contractapi.TransactionContextInterface.GetStub" args=[%1]
          %4: bytes = state-read place=world[%2] kind=get
          %5: error = pure name="shim.ChaincodeStubInterface.GetState#1" args=[%4]
          %6: error = const value=nil
          %7: bool = binary op=ne left=%5 right=%6 mode=none
          branch %7 b6 b1
        b1:
          jump b2
        b2:
          %8: struct "chaincode:Asset" = aggregate kind=struct names=[] parts=[]
          %9: struct "chaincode:Asset" = deserialize format="json" args=[%4]
          %10: error = pure name="json.Unmarshal#1" args=[%9]
          %11: error = const value=nil
          %12: bool = binary op=ne left=%10 right=%11 mode=none
          branch %12 b5 b3
        b3:
          jump b4
        b4:
          %13: error = const value=nil
          return ok [%9, %13]
        b5:
          %14: pointer<struct "chaincode:Asset"> = const value=nil
          return err [%14, %10]
        b6:
          %15: pointer<struct "chaincode:Asset"> = const value=nil
          %16: string = const value=str "failed to read: %v"
          %17: error = pure name="fmt.Errorf" args=[%16, %5]
          return err [%15, %17]
        }
    "#]].assert_eq(&workspace.sir(&["Transfer", "read"]));
}

const DOCKER_GO: &str = r#"
package main

import (
	"chainmaker.org/chainmaker/contract-sdk-go/v2/pb/protogo"
	"chainmaker.org/chainmaker/contract-sdk-go/v2/sandbox"
	"chainmaker.org/chainmaker/contract-sdk-go/v2/sdk"
)

type Wallet struct{}

const methodPay = "pay"

func (w *Wallet) InitContract() protogo.Response    { return sdk.Success(nil) }
func (w *Wallet) UpgradeContract() protogo.Response { return sdk.Success(nil) }

func (w *Wallet) InvokeContract(method string) protogo.Response {
	switch method {
	case methodPay:
		return w.pay()
	case "balance":
		value, err := sdk.Instance.GetStateFromKey("balance")
		if err != nil {
			return sdk.Error(err.Error())
		}
		return sdk.Success([]byte(value))
	default:
		return sdk.Error("unknown method")
	}
}

func (w *Wallet) pay() protogo.Response {
	to := string(sdk.Instance.GetArgs()["to"])
	if err := sdk.Instance.PutState("paid", to, "1"); err != nil {
		return fail(err.Error())
	}
	args := map[string][]byte{"to": []byte(to)}
	if resp := sdk.Instance.CallContract("token", "transfer", args); resp.Status != sdk.OK {
		return resp
	}
	sdk.Instance.EmitEvent("paid", []string{to})
	return sdk.Success(nil)
}

func fail(message string) protogo.Response {
	return protogo.Response{Status: sdk.ERROR, Message: message}
}

func main() { sandbox.Start(new(Wallet)) }
"#;

#[test]
fn docker_go_case_labels_are_entries() {
    let workspace = Workspace::new(&[("wallet/main.go", DOCKER_GO)]);
    expect![[r"
        wallet contract chainmaker-docker-go
          init InitContract = wallet/main.go:Wallet.InitContract
          function InvokeContract = wallet/main.go:Wallet.InvokeContract
          upgrade UpgradeContract = wallet/main.go:Wallet.UpgradeContract
          function balance = wallet/main.go:Wallet.InvokeContract via wallet/main.go:Wallet.InvokeContract
          function pay = wallet/main.go:Wallet.pay via wallet/main.go:Wallet.InvokeContract
    "]].assert_eq(&workspace.entries());
    expect![[r#"
        fn "wallet/main.go:Wallet.InvokeContract" kind=function visibility=public mutability=mutable
          params=[("w", pointer<struct "wallet:Wallet">), ("method", string)] returns=[named "protogo.Response"] {
        b0:
          %0: pointer<struct "wallet:Wallet"> = param index=0
          %1: string = param index=1
          %2: string = const value=str "pay"
          %3: bool = binary op=eq left=%1 right=%2 mode=none
          branch %3 b8 b1
        b1:
          %4: string = const value=str "balance"
          %5: bool = binary op=eq left=%1 right=%4 mode=none
          branch %5 b4 b2
        b2:
          jump b3
        b3:
          %6: string = const value=str "unknown method"
          %7: named "protogo.Response" = pure name="sdk.Error" args=[%6]
          return err [%7]
        b4:
          %8: named "sdk.SDKInterface" = pure name="sdk.Instance" args=[]
          %9: string = const value=str "balance"
          %10: string = state-read place=world[%9] kind=get
          %11: error = pure name="sdk.SDKInterface.GetStateFromKey#1" args=[%10]
          %12: error = const value=nil
          %13: bool = binary op=ne left=%11 right=%12 mode=none
          branch %13 b7 b5
        b5:
          jump b6
        b6:
          %14: bytes = cast value=%10 lossy=false
          %15: named "protogo.Response" = pure name="sdk.Success" args=[%14]
          return ok [%15]
        b7:
          %16: string = pure name="error.Error" args=[%11]
          %17: named "protogo.Response" = pure name="sdk.Error" args=[%16]
          return err [%17]
        b8:
          %18: named "protogo.Response" = call callee=function "wallet/main.go:Wallet.pay" args=[%0]
          return unknown [%18]
        }
        fn "wallet/main.go:Wallet.pay" kind=function visibility=internal mutability=mutable
          params=[("w", pointer<struct "wallet:Wallet">)] returns=[named "protogo.Response"] {
        b0:
          %0: pointer<struct "wallet:Wallet"> = param index=0
          %1: named "sdk.SDKInterface" = pure name="sdk.Instance" args=[]
          %2: map<string, bytes> = arg key=-
          %3: string = const value=str "to"
          %4: bytes = index base=%2 key=%3
          %5: string = cast value=%4 lossy=false
          %6: named "sdk.SDKInterface" = pure name="sdk.Instance" args=[]
          %7: string = const value=str "paid"
          %8: string = const value=str "1"
          %9: error = state-write place=world[%7][%5] kind=set value=%8
          %10: error = const value=nil
          %11: bool = binary op=ne left=%9 right=%10 mode=none
          branch %11 b6 b1
        b1:
          jump b2
        b2:
          %12: string = const value=str "to"
          %13: bytes = cast value=%5 lossy=false
          %14: map<string, bytes> = aggregate kind=map names=["to"] parts=[%13]
          %15: named "sdk.SDKInterface" = pure name="sdk.Instance" args=[]
          %16: string = const value=str "token"
          %17: string = const value=str "transfer"
          %18: named "protogo.Response" = ext-call kind=contract target=%16 interface="" method="transfer" args=[%14] value=- gas=all is_static=false options=[]
          %19: int32 = field base=%18 name="Status"
          %20: int32 = const value=int 0
          %21: bool = binary op=ne left=%19 right=%20 mode=none
          branch %21 b5 b3
        b3:
          jump b4
        b4:
          %22: named "sdk.SDKInterface" = pure name="sdk.Instance" args=[]
          %23: string = const value=str "paid"
          %24: array<string> = aggregate kind=array names=[] parts=[%5]
          %25: unit = emit topic="paid" args=[%24]
          %26: unknown = const value=nil
          %27: named "protogo.Response" = pure name="sdk.Success" args=[%26]
          return ok [%27]
        b5:
          return err [%18]
        b6:
          %28: string = pure name="error.Error" args=[%9]
          %29: named "protogo.Response" = call callee=function "wallet/main.go:fail" args=[%28]
          return err [%29]
        }
    "#]].assert_eq(&workspace.sir(&["Wallet.pay", "Wallet.InvokeContract"]));
}

const SHIM: &str = r#"
package main

import (
	"fmt"

	"github.com/hyperledger/fabric/core/chaincode/shim"
	pb "github.com/hyperledger/fabric/protos/peer"
)

type Ledger struct{}

func (t *Ledger) Init(stub shim.ChaincodeStubInterface) pb.Response { return shim.Success(nil) }

func (t *Ledger) Invoke(stub shim.ChaincodeStubInterface) pb.Response {
	function, args := stub.GetFunctionAndParameters()
	if function == "move" || function == "transfer" {
		return t.move(stub, args)
	} else if function == "query" {
		return t.query(stub, args)
	}
	return t.others(stub, function, args)
}

func (t *Ledger) others(stub shim.ChaincodeStubInterface, name string, args []string) pb.Response {
	handlers := map[string]func(shim.ChaincodeStubInterface, []string) pb.Response{
		"wipe": t.wipe,
	}
	if handler, ok := handlers[name]; ok {
		return handler(stub, args)
	}
	return shim.Error("unknown function")
}

func (t *Ledger) move(stub shim.ChaincodeStubInterface, args []string) pb.Response {
	result := stub.InvokeChaincode("escrow", [][]byte{[]byte("release"), []byte(args[0])}, "main")
	if result.Status != shim.OK {
		return shim.Error(fmt.Sprintf("failed: %s", result.Message))
	}
	key, err := stub.CreateCompositeKey("owner", []string{args[0]})
	if err != nil {
		return shim.Error(err.Error())
	}
	if err := stub.PutPrivateData("secrets", key, []byte{0}); err != nil {
		return shim.Error(err.Error())
	}
	return shim.Success(nil)
}

func (t *Ledger) query(stub shim.ChaincodeStubInterface, args []string) pb.Response {
	iterator, err := stub.GetStateByRange("a", "b")
	if err != nil {
		return shim.Error(err.Error())
	}
	defer iterator.Close()
	for iterator.HasNext() {
		entry, err := iterator.Next()
		if err != nil {
			return shim.Error(err.Error())
		}
		fmt.Println(entry.Key)
	}
	return pb.Response{Status: 200}
}

func (t *Ledger) wipe(stub shim.ChaincodeStubInterface, args []string) pb.Response {
	return shim.Success(nil)
}
"#;

#[test]
fn shim_dispatch_is_followed_through_helpers_and_tables() {
    let workspace = Workspace::new(&[("ledger/ledger.go", SHIM)]);
    expect![[r"
        ledger contract fabric
          init Init = ledger/ledger.go:Ledger.Init
          function Invoke = ledger/ledger.go:Ledger.Invoke
          function move = ledger/ledger.go:Ledger.move via ledger/ledger.go:Ledger.Invoke
          function query = ledger/ledger.go:Ledger.query via ledger/ledger.go:Ledger.Invoke
          function transfer = ledger/ledger.go:Ledger.move via ledger/ledger.go:Ledger.Invoke
          function wipe = ledger/ledger.go:Ledger.wipe via ledger/ledger.go:Ledger.Invoke
    "]]
    .assert_eq(&workspace.entries());
    expect![[r#"
        fn "ledger/ledger.go:Ledger.move" kind=function visibility=internal mutability=mutable
          params=[("t", pointer<struct "ledger:Ledger">), ("stub", named "shim.ChaincodeStubInterface"), ("args", array<string>)] returns=[named "peer.Response"] {
        b0:
          %0: pointer<struct "ledger:Ledger"> = param index=0
          %1: named "shim.ChaincodeStubInterface" = param index=1
          %2: array<string> = param index=2
          %3: string = const value=str "escrow"
          %4: string = const value=str "release"
          %5: bytes = cast value=%4 lossy=false
          %6: int64 = const value=int 0
          %7: string = index base=%2 key=%6
          %8: bytes = cast value=%7 lossy=false
          %9: array<bytes> = aggregate kind=array names=[] parts=[%5, %8]
          %10: string = const value=str "main"
          %11: pointer<named "peer.Response"> = ext-call kind=contract target=%3 interface="" method="release" args=[%9] value=- gas=all is_static=false options=[("channel", %10)]
          %12: int32 = field base=%11 name="Status"
          %13: int32 = const value=int 200
          %14: bool = binary op=ne left=%12 right=%13 mode=none
          branch %14 b9 b1
        b1:
          jump b2
        b2:
          %15: string = const value=str "owner"
          %16: int64 = const value=int 0
          %17: string = index base=%2 key=%16
          %18: array<string> = aggregate kind=array names=[] parts=[%17]
          %19: string = key kind=composite parts=[%15, %18]
          %20: error = pure name="shim.ChaincodeStubInterface.CreateCompositeKey#1" args=[%19]
          %21: error = const value=nil
          %22: bool = binary op=ne left=%20 right=%21 mode=none
          branch %22 b8 b3
        b3:
          jump b4
        b4:
          %23: string = const value=str "secrets"
          %24: uint8 = const value=int 0
          %25: bytes = aggregate kind=array names=[] parts=[%24]
          %26: error = state-write place=private %23[%19] kind=set value=%25
          %27: error = const value=nil
          %28: bool = binary op=ne left=%26 right=%27 mode=none
          branch %28 b7 b5
        b5:
          jump b6
        b6:
          %29: unknown = const value=nil
          %30: pointer<named "peer.Response"> = pure name="shim.Success" args=[%29]
          return ok [%30]
        b7:
          %31: string = pure name="error.Error" args=[%26]
          %32: pointer<named "peer.Response"> = pure name="shim.Error" args=[%31]
          return err [%32]
        b8:
          %33: string = pure name="error.Error" args=[%20]
          %34: pointer<named "peer.Response"> = pure name="shim.Error" args=[%33]
          return err [%34]
        b9:
          %35: string = const value=str "failed: %s"
          %36: string = field base=%11 name="Message"
          %37: string = key kind=format parts=[%35, %36]
          %38: pointer<named "peer.Response"> = pure name="shim.Error" args=[%37]
          return err [%38]
        }
        fn "ledger/ledger.go:Ledger.query" kind=function visibility=internal mutability=mutable
          params=[("t", pointer<struct "ledger:Ledger">), ("stub", named "shim.ChaincodeStubInterface"), ("args", array<string>)] returns=[named "peer.Response"] {
        b0:
          %0: pointer<struct "ledger:Ledger"> = param index=0
          %1: named "shim.ChaincodeStubInterface" = param index=1
          %2: array<string> = param index=2
          %3: string = const value=str "a"
          %4: string = const value=str "b"
          %5: named "shim.StateQueryIteratorInterface" = state-read place=world[any] kind=range
          %6: error = pure name="shim.ChaincodeStubInterface.GetStateByRange#1" args=[%5]
          %7: error = const value=nil
          %8: bool = binary op=ne left=%6 right=%7 mode=none
          branch %8 b9 b1
        b1:
          jump b2
        b2:
          jump b3
        b3:
          %9: bool = pure name="shim.CommonIteratorInterface.HasNext" args=[%5]
          branch %9 b5 b4
        b4:
          %10: int32 = const value=int 200
          %11: named "peer.Response" = aggregate kind=struct names=["Status"] parts=[%10]
          %12: error = pure name="shim.CommonIteratorInterface.Close" args=[%5]
          return ok [%11]
        b5:
          %13: pointer<named "queryresult.KV"> = state-read place=world[any] kind=next
          %14: error = pure name="shim.StateQueryIteratorInterface.Next#1" args=[%13]
          %15: error = const value=nil
          %16: bool = binary op=ne left=%14 right=%15 mode=none
          branch %16 b8 b6
        b6:
          jump b7
        b7:
          %17: string = field base=%13 name="Key"
          %18: tuple<int64, error> = log args=[%17]
          %19: int64 = extract value=%18 index=0
          %20: error = extract value=%18 index=1
          jump b3
        b8:
          %21: string = pure name="error.Error" args=[%14]
          %22: pointer<named "peer.Response"> = pure name="shim.Error" args=[%21]
          %23: error = pure name="shim.CommonIteratorInterface.Close" args=[%5]
          return err [%22]
        b9:
          %24: string = pure name="error.Error" args=[%6]
          %25: pointer<named "peer.Response"> = pure name="shim.Error" args=[%24]
          return err [%25]
        }
    "#]].assert_eq(&workspace.sir(&["Ledger.move", "Ledger.query"]));
}

const TINYGO: &str = r#"
package main

//export init_contract
func initContract() { NewSimContext().SuccessResult("ok") }

//export claim
func claim() {
	ctx := NewSimContext()
	who, code := ctx.ArgString("who")
	if code != SUCCESS {
		ctx.ErrorResult("who is missing")
		return
	}
	if _, code = ctx.CallContract("bank", "pay", map[string][]byte{"to": []byte(who)}); code != SUCCESS {
		ctx.ErrorResult("not paid")
	}
	ctx.PutState("claimed", who, "1")
}

func main() {}
"#;

#[test]
fn tinygo_exports_are_entries_without_the_sdk_source() {
    let workspace = Workspace::new(&[("gift/main.go", TINYGO)]);
    expect![[r"
        gift contract chainmaker-tinygo
          function claim = gift/main.go:claim
          init init_contract = gift/main.go:initContract
    "]]
    .assert_eq(&workspace.entries());
    expect![[r#"
        fn "gift/main.go:claim" kind=function visibility=external mutability=mutable
          params=[] returns=[] {
        b0:
          %0: named "tinygo.SimContext" = pure name="tinygo.NewSimContext" args=[]
          %1: string = const value=str "who"
          %2: string = arg key=%1
          %3: int64 = pure name="tinygo.SimContextCommon.ArgString#1" args=[%2]
          %4: named "tinygo.ResultCode" = const value=int 0
          %5: bool = binary op=ne left=%3 right=%4 mode=none
          branch %5 b6 b1
        b1:
          jump b2
        b2:
          %6: string = const value=str "bank"
          %7: string = const value=str "pay"
          %8: string = const value=str "to"
          %9: bytes = cast value=%2 lossy=false
          %10: map<string, bytes> = aggregate kind=map names=["to"] parts=[%9]
          %11: tuple<bytes, int64> = ext-call kind=contract target=%6 interface="" method="pay" args=[%10] value=- gas=all is_static=false options=[]
          %12: bytes = extract value=%11 index=0
          %13: int64 = extract value=%11 index=1
          %14: named "tinygo.ResultCode" = const value=int 0
          %15: bool = binary op=ne left=%13 right=%14 mode=none
          branch %15 b4 b3
        b3:
          jump b5
        b4:
          %16: string = const value=str "not paid"
          %17: unit = answer is_error=true args=[%16]
          jump b5
        b5:
          %18: string = const value=str "claimed"
          %19: string = const value=str "1"
          %20: int64 = state-write place=world[%18][%2] kind=set value=%19
          return unknown []
        b6:
          %21: string = const value=str "who is missing"
          %22: unit = answer is_error=true args=[%21]
          return err []
        }
    "#]].assert_eq(&workspace.sir(&["claim"]));
}

#[test]
fn fields_of_a_contract_live_as_long_as_the_process() {
    let text = r#"
package main

import "github.com/hyperledger/fabric-contract-api-go/contractapi"

type Base struct{ contractapi.Contract; bank string }
type Token struct {
	Base
	served map[string]int
}

func (t *Token) Pay(ctx contractapi.TransactionContextInterface, to string) error {
	t.served[to]++
	again := func() int { return t.served[to] }
	t.notify(again())
	ctx.GetStub().InvokeChaincode(t.bank, nil, "")
	return nil
}

func (t *Token) notify(n int) {}
"#;
    let workspace = Workspace::new(&[("token/main.go", text)]);
    let state: Vec<&str> = workspace.program.units()[0]
        .state
        .iter()
        .map(|v| v.name.as_str())
        .collect();
    assert_eq!(state, ["token:Base.bank", "token:Token.served"]);
    expect![[r#"
        fn "token/main.go:Token.Pay" kind=function visibility=public mutability=mutable
          params=[("t", pointer<struct "token:Token">), ("ctx", named "contractapi.TransactionContextInterface"), ("to", string)] returns=[error] {
        b0:
          %0: pointer<struct "token:Token"> = param index=0
          %1: named "contractapi.TransactionContextInterface" = param index=1
          %2: string = param index=2
          %3: int64 = state-read place=global "token:Token.served"[%2] kind=get
          %4: int64 = const value=int 1
          %5: int64 = binary op=add left=%3 right=%4 mode=wrapping
          %6: unit = state-write place=global "token:Token.served"[%2] kind=set value=%5
          %7: function = closure function="token/main.go:Token.Pay#1" captures=[%0, %2]
          %8: int64 = call callee=value %7 args=[]
          %9: unit = call callee=function "token/main.go:Token.notify" args=[%0, %8]
          %10: named "shim.ChaincodeStubInterface" = pure name="contractapi.TransactionContextInterface.GetStub" args=[%1]
          %11: string = state-read place=global "token:Base.bank" kind=get
          %12: unknown = const value=nil
          %13: string = const value=str ""
          %14: pointer<named "peer.Response"> = ext-call kind=contract target=%11 interface="" method="" args=[%12] value=- gas=all is_static=false options=[("channel", %13)]
          %15: error = const value=nil
          return ok [%15]
        }
        fn "token/main.go:Token.Pay#1" kind=closure visibility=private mutability=mutable
          params=[("t", pointer<struct "token:Token">), ("to", string)] returns=[int64] {
        b0:
          %0: pointer<struct "token:Token"> = param index=0
          %1: string = param index=1
          %2: int64 = state-read place=global "token:Token.served"[%1] kind=get
          return ok [%2]
        }
    "#]].assert_eq(&workspace.sir(&["Token.Pay", "Token.Pay#1"]));
}
