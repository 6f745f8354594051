//! Builtin functions of assembly.

use num_bigint::BigInt;
use pactward_base::{Language, SmolStr};
use pactward_ir::{
    AbortKind, ArithMode, BinaryOp, EnvKind, ExtKind, Name, OpId, OpKind, Place, ReadKind, Root,
    Type, UnaryOp, WriteKind,
};
use pactward_models::models;

use super::Assembly;
use super::memory::{Address, Input};
use crate::lower::Lowerer;
use crate::lower::call::{External, Options};
use crate::syntax::{YulExpr, YulExprKind};

impl Lowerer<'_> {
    pub(super) fn yul_builtin<'a>(
        &mut self,
        cx: &mut Assembly<'a>,
        name: &SmolStr,
        args: &'a [YulExpr],
    ) -> OpId {
        let passes_all_gas = args
            .first()
            .is_some_and(|gas| matches!(&gas.kind, YulExprKind::Call(name, _) if name == "gas"));
        // The length of a memory array lies where it begins.
        if let ("mload", [only]) = (name.as_str(), args)
            && let Some(length) = self.memory_length(only)
        {
            return length;
        }
        let first = args.first().and_then(|a| memory_address(cx, a));
        // Where calls take their input from.
        let at = match name.as_str() {
            "call" | "callcode" => 3,
            "delegatecall" | "staticcall" => 2,
            "create" | "create2" => 1,
            _ => 0,
        };
        let input = args.get(at).and_then(|a| memory_address(cx, a));
        // Arguments are evaluated from the last to the first.
        let mut values = Vec::new();
        for arg in args.iter().rev() {
            values.push(self.yul_value(cx, arg));
        }
        values.reverse();
        if let Some(value) = self.yul_arithmetic(name, &values) {
            return value;
        }
        if let Some(value) = self.yul_state(cx, name, &values, first.as_ref()) {
            return value;
        }
        if let Some(value) = self.yul_memory(cx, name, &values, first) {
            return value;
        }
        if let Some(value) = self.yul_external(cx, name, &values, input.as_ref(), passes_all_gas) {
            return value;
        }
        if models(Language::Solidity).function("yul", name).is_some() {
            return self.model_call("yul", name, values);
        }
        let name = Name::from(format!("assembly {name}"));
        self.b
            .emit(OpKind::Extern { name, args: values }, Type::Unknown)
    }

    fn memory_length(&mut self, pointer: &YulExpr) -> Option<OpId> {
        let YulExprKind::Name(name) = &pointer.kind else {
            return None;
        };
        let local = self.find_local(name).cloned()?;
        let has_length = matches!(
            local.ty,
            Type::Array(_, None) | Type::Bytes(None) | Type::Str
        );
        if !has_length || local.storage {
            return None;
        }
        let value = self.b.get(local.id);
        Some(self.b.emit(OpKind::Length { value }, Type::UINT256))
    }

    fn yul_arithmetic(&mut self, name: &str, values: &[OpId]) -> Option<OpId> {
        let (op, mode) = match name {
            "add" => (BinaryOp::Add, ArithMode::Wrapping),
            "sub" => (BinaryOp::Sub, ArithMode::Wrapping),
            "mul" => (BinaryOp::Mul, ArithMode::Wrapping),
            "div" => (BinaryOp::Div, ArithMode::Wrapping),
            "mod" => (BinaryOp::Rem, ArithMode::Wrapping),
            "exp" => (BinaryOp::Pow, ArithMode::Wrapping),
            "shl" => (BinaryOp::Shl, ArithMode::Wrapping),
            "shr" => (BinaryOp::Shr, ArithMode::None),
            "and" => (BinaryOp::BitAnd, ArithMode::None),
            "or" => (BinaryOp::BitOr, ArithMode::None),
            "xor" => (BinaryOp::BitXor, ArithMode::None),
            "lt" | "slt" => (BinaryOp::Lt, ArithMode::None),
            "gt" | "sgt" => (BinaryOp::Gt, ArithMode::None),
            "eq" => (BinaryOp::Eq, ArithMode::None),
            "iszero" => {
                let [value] = values else { return None };
                if *self.b.ty(*value) == Type::Bool {
                    return Some(self.b.not(*value));
                }
                let zero = self.b.int(0, Type::UINT256);
                return Some(self.b.compare(BinaryOp::Eq, *value, zero));
            }
            "not" => {
                let [value] = values else { return None };
                let kind = OpKind::Unary {
                    op: UnaryOp::BitNot,
                    value: *value,
                };
                return Some(self.b.emit(kind, Type::UINT256));
            }
            "pop" => return values.first().copied(),
            _ => return None,
        };
        let [first, second] = values else { return None };
        if op.is_comparison() {
            return Some(self.b.compare(op, *first, *second));
        }
        let both_bool = [first, second]
            .iter()
            .all(|v| *self.b.ty(**v) == Type::Bool);
        let (op, ty) = match op {
            BinaryOp::BitAnd if both_bool => (BinaryOp::And, Type::Bool),
            BinaryOp::BitOr if both_bool => (BinaryOp::Or, Type::Bool),
            op => (op, Type::UINT256),
        };
        // Shifts name the distance first.
        let (left, right) = match op {
            BinaryOp::Shl | BinaryOp::Shr => (*second, *first),
            _ => (*first, *second),
        };
        Some(self.b.binary(op, left, right, mode, ty))
    }

    /// Storage, and what ends the transaction.
    fn yul_state(
        &mut self,
        cx: &Assembly<'_>,
        name: &str,
        values: &[OpId],
        first: Option<&Address>,
    ) -> Option<OpId> {
        match (name, values) {
            ("sload", [slot]) => {
                let place = self.place_at(*slot);
                Some(self.read_slot(*slot, place))
            }
            ("tload", [slot]) => {
                let place = self.transient_place(*slot);
                Some(self.read_slot(*slot, place))
            }
            ("sstore", [slot, value]) => {
                let place = self.place_at(*slot);
                Some(self.write(place, WriteKind::Set, Some(*value)))
            }
            ("tstore", [slot, value]) => {
                let place = self.transient_place(*slot);
                Some(self.write(place, WriteKind::Set, Some(*value)))
            }
            ("revert", args) => Some(self.yul_end(cx, AbortKind::Revert, args, first)),
            ("invalid", args) => Some(self.yul_end(cx, AbortKind::Panic, args, None)),
            ("stop" | "return", args) => Some(self.yul_end(cx, AbortKind::Halt, args, first)),
            ("selfdestruct" | "suicide", [to]) => {
                self.selfdestruct(*to);
                Some(self.b.nil())
            }
            _ => None,
        }
    }

    /// Reads the place of a slot; `slot` is typed when it is a variable's.
    fn read_slot(&mut self, slot: OpId, place: Place) -> OpId {
        let ty = match self.b.ty(slot) {
            Type::Map(..) | Type::Array(..) | Type::Struct(_) => Type::UINT256,
            ty if matches!(place.root, Root::Var(_) | Root::Ref(_)) => ty.clone(),
            _ => Type::UINT256,
        };
        let kind = OpKind::StateRead {
            place,
            kind: ReadKind::Get,
        };
        self.b.emit(kind, ty)
    }

    /// The place of a slot of transient storage.
    fn transient_place(&self, slot: OpId) -> Place {
        match self.place_at(slot) {
            Place {
                root: Root::Slot(slot),
                path,
            } => Place {
                root: Root::TransientSlot(slot),
                path,
            },
            known => known,
        }
    }

    fn yul_end(
        &mut self,
        cx: &Assembly<'_>,
        kind: AbortKind,
        args: &[OpId],
        from: Option<&Address>,
    ) -> OpId {
        let length = args.get(1).and_then(|length| self.yul_constant(*length));
        let values = match cx.memory.range(from, length.as_ref()) {
            Some(Input::Words(words)) => words,
            Some(Input::Call(selector, mut rest)) => {
                rest.insert(0, selector);
                rest
            }
            None => args.to_vec(),
        };
        self.b.abort(kind, values);
        self.b.nil()
    }

    fn yul_memory(
        &mut self,
        cx: &mut Assembly<'_>,
        name: &str,
        values: &[OpId],
        first: Option<Address>,
    ) -> Option<OpId> {
        let source = match (name, values) {
            ("mstore", [at, value]) => {
                cx.memory.store(first, *value);
                return Some(self.yul_store(*at, *value));
            }
            ("mstore8", [at, value]) => {
                cx.memory.forget();
                return Some(self.yul_store(*at, *value));
            }
            ("keccak256" | "sha3", [_, length]) => {
                let bytes = self.yul_constant(*length);
                let args = match cx.memory.range(first.as_ref(), bytes.as_ref()) {
                    Some(Input::Words(words)) => words,
                    Some(Input::Call(first, mut rest)) => {
                        rest.insert(0, first);
                        rest
                    }
                    None => values.to_vec(),
                };
                return Some(self.model_call("global", "keccak256", args));
            }
            ("calldatacopy", [_, from, length]) => OpKind::Env {
                kind: EnvKind::Calldata,
                args: vec![*from, *length],
            },
            ("returndatacopy", [_, from, length]) => OpKind::Env {
                kind: EnvKind::ReturnData,
                args: vec![*from, *length],
            },
            ("codecopy" | "datacopy" | "mcopy", [_, from, length]) => OpKind::Pure {
                name: Name::new(name),
                args: vec![*from, *length],
            },
            ("extcodecopy", [account, at, from, length]) => {
                cx.memory.forget();
                let kind = OpKind::Pure {
                    name: "address.code".into(),
                    args: vec![*account, *from, *length],
                };
                let code = self.b.emit(kind, Type::Bytes(None));
                return Some(self.yul_store(*at, code));
            }
            ("extcodesize", [account]) => {
                let kind = OpKind::CodeSize { of: *account };
                return Some(self.b.emit(kind, Type::UINT256));
            }
            ("selfbalance", []) => {
                let this = OpKind::Env {
                    kind: EnvKind::SelfAddress,
                    args: Vec::new(),
                };
                let of = self.b.emit(this, Type::Address);
                return Some(self.b.emit(OpKind::Balance { of }, Type::UINT256));
            }
            ("balance", [of]) => {
                let kind = OpKind::Balance { of: *of };
                return Some(self.b.emit(kind, Type::UINT256));
            }
            _ => return None,
        };
        cx.memory.forget();
        let copied = self.b.emit(source, Type::Bytes(None));
        Some(self.yul_store(values[0], copied))
    }

    fn yul_store(&mut self, base: OpId, value: OpId) -> OpId {
        let kind = OpKind::Store {
            base,
            path: Vec::new(),
            value,
        };
        self.b.emit(kind, Type::Unit)
    }

    fn yul_external(
        &mut self,
        cx: &mut Assembly<'_>,
        name: &str,
        values: &[OpId],
        from: Option<&Address>,
        passes_all_gas: bool,
    ) -> Option<OpId> {
        let (kind, target, value, input, gas, salt) = match (name, values) {
            ("call" | "callcode", [gas, target, value, at, length, ..]) => (
                if name == "call" {
                    ExtKind::Low
                } else {
                    ExtKind::CallCode
                },
                Some(*target),
                Some(*value),
                [*at, *length],
                Some(*gas),
                None,
            ),
            ("delegatecall" | "staticcall", [gas, target, at, length, ..]) => (
                if name == "delegatecall" {
                    ExtKind::Delegate
                } else {
                    ExtKind::Static
                },
                Some(*target),
                None,
                [*at, *length],
                Some(*gas),
                None,
            ),
            ("create", [value, at, length]) => (
                ExtKind::Create,
                None,
                Some(*value),
                [*at, *length],
                None,
                None,
            ),
            ("create2", [value, at, length, salt]) => (
                ExtKind::Create,
                None,
                Some(*value),
                [*at, *length],
                None,
                Some(*salt),
            ),
            _ => return None,
        };
        let zero = BigInt::from(0);
        let nothing = value.and_then(|v| self.yul_constant(v)) == Some(zero);
        let options = Options {
            value: value.filter(|_| !nothing),
            gas: gas.filter(|_| !passes_all_gas),
            salt,
            trying: false,
        };
        let length = self.yul_constant(input[1]);
        let (method, args) = match cx.memory.range(from, length.as_ref()) {
            Some(Input::Call(selector, args)) => (self.method_of(selector), args),
            Some(Input::Words(words)) => (Name::default(), words),
            None => (Name::default(), input.to_vec()),
        };
        // The call's output overwrites memory.
        cx.memory.forget();
        let ty = if kind == ExtKind::Create {
            Type::Address
        } else {
            Type::Tuple(vec![Type::Bool, Type::Bytes(None)])
        };
        let call = External {
            kind,
            target,
            interface: Name::default(),
            method,
            is_static: kind == ExtKind::Static,
        };
        let result = self.external(call, args, &options, ty);
        Some(if kind == ExtKind::Create {
            result
        } else {
            self.extract(result, 0, Type::Bool)
        })
    }
}

/// The place that a pointer expression means: a constant, a variable that keeps its value, or
/// one of them with constants added.
fn memory_address(cx: &Assembly<'_>, pointer: &YulExpr) -> Option<Address> {
    match &pointer.kind {
        YulExprKind::Number(offset) => Some(Address {
            base: SmolStr::default(),
            offset: offset.clone(),
        }),
        YulExprKind::Name(name) if !cx.assigned.contains(name.as_str()) => Some(Address {
            base: name.clone(),
            offset: BigInt::from(0),
        }),
        YulExprKind::Call(name, args) if name == "add" => {
            let [left, right] = args.as_slice() else {
                return None;
            };
            let left = memory_address(cx, left)?;
            let right = memory_address(cx, right)?;
            if !left.base.is_empty() && !right.base.is_empty() {
                return None;
            }
            let base = if left.base.is_empty() {
                right.base
            } else {
                left.base
            };
            Some(Address {
                base,
                offset: left.offset + right.offset,
            })
        }
        _ => None,
    }
}
