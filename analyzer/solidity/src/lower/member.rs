//! Members: `base.name` before it is read, written or called.

use num_bigint::BigInt;
use pactward_base::Language;
use pactward_ir::{EnvKind, Name, OpId, OpKind, Proj, Type, Visibility};
use pactward_models::{emit_value, models};

use super::Lowerer;
use super::denote::{Den, Functions, How};
use crate::program::Symbol;

impl Lowerer<'_> {
    pub(super) fn builtin_value(&mut self, namespace: &str, name: &str) -> Den {
        match models(Language::Solidity).value(namespace, name) {
            Some(row) => Den::Value(emit_value(&mut self.b, row, None)),
            None => Den::Value(
                self.b
                    .unknown(Name::from(format!("{namespace}.{name}")), Vec::new()),
            ),
        }
    }

    pub(super) fn member(&mut self, base: Den, name: &Name) -> Den {
        if name.is_empty() {
            // Still to be typed.
            let base = self.read(base);
            return Den::Value(self.b.unknown("syntax", vec![base]));
        }
        match base {
            Den::Namespace(namespace) => match models(Language::Solidity).value(namespace, name) {
                Some(row) => Den::Value(emit_value(&mut self.b, row, None)),
                None => Den::Member {
                    base: Box::new(Den::Namespace(namespace)),
                    name: name.clone(),
                },
            },
            Den::Super => self.super_member(name),
            Den::Module(file) => {
                let found = self.p.lookup_in_file(file, name);
                let den = self.symbols(&found, &How::Exact);
                den.unwrap_or_else(|| Den::Unresolved(name.clone()))
            }
            Den::Type(ty) => self.type_member(ty, name),
            Den::TypeOf(ty) => Den::Value(self.type_fact(&ty, name)),
            Den::Functions(functions) => self.function_member(functions, name),
            Den::Signature { .. } => Den::Value(self.pure(&format!("{name} of signature"), vec![])),
            // `Library.f` of a library that is not found is no value.
            Den::Unresolved(ref missing) if missing.starts_with(char::is_uppercase) => {
                self.value_member(base, name)
            }
            Den::Member { .. } | Den::Unresolved(_) => {
                let field = self.as_field(base);
                self.value_member(field, name)
            }
            base => self.value_member(base, name),
        }
    }

    fn super_member(&mut self, name: &Name) -> Den {
        let line = match self.frame.scope.contract {
            Some(contract) => &self.p.contracts[contract as usize].line[..],
            None => &[],
        };
        let found: Vec<Symbol> = line
            .iter()
            .skip(1)
            .filter_map(|c| self.p.contracts[*c as usize].own.get(name))
            .flatten()
            .copied()
            .collect();
        let den = self.symbols(&found, &How::Super);
        den.unwrap_or_else(|| Den::Member {
            base: Box::new(Den::Super),
            name: name.clone(),
        })
    }

    /// `Enum.Member`, `Library.function`, `Base.variable`, `bytes.concat`, `T.wrap`.
    fn type_member(&mut self, ty: Type, name: &Name) -> Den {
        match (&ty, self.type_symbol(&ty)) {
            (Type::Contract(_), Some(Symbol::Contract(id))) => {
                let found = self.p.members(id, name);
                if let Some(den) = self.symbols(&found, &How::Exact) {
                    return den;
                }
            }
            (Type::Enum(_), Some(Symbol::Enum(id))) => {
                let members = &self.p.enums[id as usize].members;
                if let Some(at) = members.iter().position(|m| m == name) {
                    return Den::Value(self.b.int(at, ty));
                }
            }
            _ => {}
        }
        Den::Member {
            base: Box::new(Den::Type(ty)),
            name: name.clone(),
        }
    }

    pub(super) fn type_symbol(&self, ty: &Type) -> Option<Symbol> {
        match ty {
            Type::Contract(name) | Type::Struct(name) | Type::Enum(name) | Type::Named(name, _) => {
                self.p.types.get(name).copied()
            }
            _ => None,
        }
    }

    /// `type(T).max` and its like.
    fn type_fact(&mut self, ty: &Type, name: &Name) -> OpId {
        let bound = match (ty, name.as_str()) {
            (Type::Int { bits, signed }, "max") => {
                let width = u32::from(*bits) - u32::from(*signed);
                Some((BigInt::from(1) << width) - 1)
            }
            (Type::Int { bits, signed: true }, "min") => {
                Some(-(BigInt::from(1) << (u32::from(*bits) - 1)))
            }
            (Type::Int { signed: false, .. }, "min") => Some(BigInt::from(0)),
            (Type::Enum(_), "min") => Some(BigInt::from(0)),
            (Type::Enum(_), "max") => match self.type_symbol(ty) {
                Some(Symbol::Enum(id)) => {
                    let count = self.p.enums[id as usize].members.len();
                    Some(BigInt::from(count.saturating_sub(1)))
                }
                _ => None,
            },
            _ => None,
        };
        if let Some(bound) = bound {
            return self.b.int(bound, ty.clone());
        }
        let result = match name.as_str() {
            "name" => Type::Str,
            "interfaceId" => Type::Bytes(Some(4)),
            "creationCode" | "runtimeCode" => Type::Bytes(None),
            _ => Type::Unknown,
        };
        let of = match ty {
            Type::Contract(of) | Type::Named(of, _) => of.as_str(),
            _ => "",
        };
        let kind = OpKind::Pure {
            name: Name::from(format!("type({of}).{name}")),
            args: Vec::new(),
        };
        self.b.emit(kind, result)
    }

    fn function_member(&mut self, functions: Functions, name: &Name) -> Den {
        match name.as_str() {
            "selector" => {
                let first = functions.ids.first();
                let selector = first.map(|id| self.p.functions[*id as usize].selector.clone());
                let kind = OpKind::Pure {
                    name: Name::from(format!("selector {}", selector.unwrap_or_default())),
                    args: Vec::new(),
                };
                Den::Value(self.b.emit(kind, Type::Bytes(Some(4))))
            }
            "address" => match functions.how {
                How::External { target, .. } => *target,
                _ => self.name(&Name::new_static("this")),
            },
            _ => Den::Member {
                base: Box::new(Den::Functions(functions)),
                name: name.clone(),
            },
        }
    }

    fn value_member(&mut self, base: Den, name: &Name) -> Den {
        let ty = self.den_type(&base);
        self.stats.receivers += 1;
        self.stats.receivers_typed += u32::from(ty.is_known());
        if let Some(field) = self.p.struct_field(&ty, name) {
            let field = field.clone();
            return self.field(base, name, field);
        }
        if name == "length"
            && let Some(length) = self.length(&base, &ty)
        {
            return length;
        }
        if let Type::Contract(interface) = &ty
            && let Some(den) = self.contract_member(&base, interface, name)
        {
            return den;
        }
        if matches!(ty, Type::Address | Type::Contract(_))
            && let Some(value) = self.address_member(&base, name)
        {
            return Den::Value(value);
        }
        if !is_builtin_method(&ty, name) {
            let attached = self.p.attached(self.frame.scope, &ty, name);
            if !attached.is_empty() {
                return Den::Functions(Functions {
                    ids: attached,
                    how: How::Attached(Box::new(base)),
                });
            }
        }
        Den::Member {
            base: Box::new(base),
            name: name.clone(),
        }
    }

    /// A field of a struct, or of a value of unknown type.
    fn field(&mut self, base: Den, name: &Name, ty: Type) -> Den {
        match base {
            Den::State(place, _) => Den::State(place.field(name.clone()), ty),
            Den::Memory { base, mut path, .. } => {
                path.push(Proj::Field(name.clone()));
                Den::Memory { base, path, ty }
            }
            other => Den::Memory {
                base: self.read(other),
                path: vec![Proj::Field(name.clone())],
                ty,
            },
        }
    }

    /// A member that turned out not to be called: a field of a struct that is not known.
    pub(super) fn as_field(&mut self, den: Den) -> Den {
        match den {
            Den::Member { base, name } => match *base {
                base @ (Den::Value(_) | Den::Local(_) | Den::State(..) | Den::Memory { .. }) => {
                    self.field(base, &name, Type::Unknown)
                }
                base @ Den::Member { .. } => {
                    let base = self.as_field(base);
                    self.field(base, &name, Type::Unknown)
                }
                base => {
                    let base = self.read(base);
                    self.field(Den::Value(base), &name, Type::Unknown)
                }
            },
            Den::Unresolved(name) => self.inherited(&name).unwrap_or(Den::Unresolved(name)),
            other => other,
        }
    }

    fn length(&mut self, base: &Den, ty: &Type) -> Option<Den> {
        match (base, ty) {
            (_, Type::Array(_, Some(n))) => Some(Den::Value(self.b.int(*n, Type::UINT256))),
            (_, Type::Bytes(Some(n))) => Some(Den::Value(self.b.int(*n, Type::UINT256))),
            (Den::State(place, _), Type::Array(_, None) | Type::Bytes(None) | Type::Str) => {
                Some(Den::StateLength(place.clone()))
            }
            (_, Type::Array(_, None) | Type::Bytes(None) | Type::Str | Type::Unknown) => {
                if let (Den::State(place, _), Type::Unknown) = (base, ty) {
                    return Some(Den::StateLength(place.clone()));
                }
                let value = self.read(base.clone());
                let kind = match &self.b.op(value).kind {
                    // `account.code.length`
                    OpKind::Pure { name, args } if name == "address.code" => OpKind::CodeSize {
                        of: args.first().copied()?,
                    },
                    _ => OpKind::Length { value },
                };
                Some(Den::Value(self.b.emit(kind, Type::UINT256)))
            }
            _ => None,
        }
    }

    /// Functions of a contract value that can be called from outside.
    fn contract_member(&mut self, base: &Den, interface: &Name, name: &Name) -> Option<Den> {
        let Some(Symbol::Contract(id)) = self.p.types.get(interface) else {
            return None;
        };
        let found = self.p.members(*id, name);
        let ids: Vec<u32> = found
            .iter()
            .filter_map(|s| match s {
                Symbol::Function(id) => Some(*id),
                _ => None,
            })
            .filter(|id| {
                matches!(
                    self.p.functions[*id as usize].visibility,
                    Visibility::External | Visibility::Public
                )
            })
            .collect();
        (!ids.is_empty()).then(|| {
            Den::Functions(Functions {
                ids,
                how: How::External {
                    target: Box::new(base.clone()),
                    interface: interface.clone(),
                },
            })
        })
    }

    /// Values that every account has.
    fn address_member(&mut self, base: &Den, name: &Name) -> Option<OpId> {
        let of = |l: &mut Self| l.read(base.clone());
        Some(match name.as_str() {
            "balance" => {
                let of = of(self);
                self.b.emit(OpKind::Balance { of }, Type::UINT256)
            }
            "code" => {
                let of = of(self);
                let kind = OpKind::Pure {
                    name: "address.code".into(),
                    args: vec![of],
                };
                self.b.emit(kind, Type::Bytes(None))
            }
            "codehash" => {
                let of = of(self);
                let kind = OpKind::Env {
                    kind: EnvKind::CodeHash,
                    args: vec![of],
                };
                self.b.emit(kind, Type::Bytes(Some(32)))
            }
            _ => return None,
        })
    }
}

/// Methods that the language itself gives to values of a type.
fn is_builtin_method(ty: &Type, name: &str) -> bool {
    match ty {
        Type::Array(..) | Type::Bytes(None) => matches!(name, "push" | "pop"),
        Type::Address => matches!(
            name,
            "call" | "delegatecall" | "staticcall" | "callcode" | "send" | "transfer"
        ),
        _ => false,
    }
}
