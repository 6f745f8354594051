//! Calls: who is called, with what, and what comes back.

use std::sync::Arc;

use pactward_ir::{AggregateKind, Name, OpKind, Type};
use pactward_models::ApiFn;
use pactward_syntax::{Node, children};

use super::Lowering;
use super::frame::Binding;
use super::value::Val;
use crate::members::MemberKind;
use crate::program::{ImportTarget, Item, Ref, go_models};

/// A call with its operands evaluated.
#[derive(Clone)]
pub(super) struct Prepared<'a> {
    pub(super) what: What,
    pub(super) receiver: Option<Val>,
    pub(super) receiver_node: Option<Node<'a>>,
    pub(super) args: Vec<Val>,
    pub(super) nodes: Vec<Option<Node<'a>>>,
    pub(super) result: Type,
}

#[derive(Clone)]
pub(super) enum What {
    Function(Ref),
    /// Method of an interface: any of these.
    OneOf(Vec<Name>),
    Row(&'static ApiFn),
    Value(Val),
    Extern(Name),
    Builtin(Name),
    /// A conversion or a builtin that yields these values and needs no call.
    Done(Vec<Val>),
}

/// Methods that only a contract SDK's handles have: a call of one on a value of unknown type is
/// taken for the SDK's.
const HANDLES: [&str; 5] = [
    "shim.ChaincodeStubInterface",
    "cid.ClientIdentity",
    "contractapi.TransactionContextInterface",
    "sdk.SDKInterface",
    "tinygo.SimContext",
];

impl<'a> Lowering<'a> {
    /// The results of a call.
    pub(super) fn call(&mut self, node: Node<'a>) -> Vec<Val> {
        let prepared = self.prepare(node);
        self.perform(prepared)
    }

    /// Finds the callee and evaluates operands.
    pub(super) fn prepare(&mut self, node: Node<'a>) -> Prepared<'a> {
        let Some(mut function) = node.child_by_field_name("function") else {
            let value = self.opaque("call", node);
            return done(vec![value]);
        };
        while function.kind() == "parenthesized_expression" {
            match children(function).next() {
                Some(inner) => function = inner,
                None => break,
            }
        }
        let mut explicit = Vec::new();
        if let Some(args) = node.child_by_field_name("type_arguments") {
            explicit = children(args).map(|a| self.type_of_node(a)).collect();
        }
        if function.kind() == "index_expression"
            && let (Some(operand), Some(index)) = (
                function.child_by_field_name("operand"),
                function.child_by_field_name("index"),
            )
            && self.is_function_name(operand)
        {
            explicit = vec![self.type_of_node(index)];
            function = operand;
        } else if function.kind() == "type_instantiation_expression"
            && let Some(base) = function.child_by_field_name("type")
        {
            explicit = children(function)
                .skip(1)
                .map(|a| self.type_of_node(a))
                .collect();
            function = base;
        }
        let arguments = node.child_by_field_name("arguments");
        if let Some(ty) = self.conversion_type(function) {
            let operand = arguments.and_then(|a| children(a).next());
            let value = match operand {
                Some(operand) => self.conversion(&ty, operand),
                None => self.zero(&ty),
            };
            return done(vec![value]);
        }
        match function.kind() {
            "identifier" | "type_identifier" => self.prepare_name(function, arguments, &explicit),
            "selector_expression" => self.prepare_selector(function, arguments, &explicit),
            _ => {
                let callee = self.expr(function);
                self.prepare_value(callee, arguments)
            }
        }
    }

    /// `f[T](x)`, which the parser takes for a conversion: the call, if `f` is a function.
    pub(super) fn generic_call(&mut self, node: Node<'a>) -> Option<Vec<Val>> {
        let ty = node.child_by_field_name("type")?;
        if ty.kind() != "generic_type" {
            return None;
        }
        let base = ty.child_by_field_name("type")?;
        let name = Name::from(self.text(base));
        if base.kind() != "type_identifier" || self.f.lookup(&name).is_some() {
            return None;
        }
        let Some(Item::Func(at)) = self.program.bare_item(self.file, &name) else {
            return None;
        };
        let explicit: Vec<Type> = ty
            .child_by_field_name("type_arguments")
            .map(|args| children(args).map(|a| self.type_of_node(a)).collect())
            .unwrap_or_default();
        let operand = node.child_by_field_name("operand")?;
        let expected = self.parameter_types(at);
        let arg = self.expr_of(operand, expected.first());
        let prepared = Prepared {
            what: What::Function(at),
            receiver: None,
            receiver_node: None,
            result: self.result_of(at, &explicit, std::slice::from_ref(&arg)),
            args: vec![arg],
            nodes: vec![Some(operand)],
        };
        Some(self.perform(prepared))
    }

    /// The type that a callee names, which makes the call a conversion.
    fn conversion_type(&mut self, function: Node<'a>) -> Option<Type> {
        match function.kind() {
            "slice_type" | "array_type" | "map_type" | "pointer_type" | "function_type"
            | "channel_type" | "interface_type" | "struct_type" | "qualified_type"
            | "generic_type" => Some(self.type_of_node(function)),
            "unary_expression" => {
                let operand = function.child_by_field_name("operand")?;
                let ty = self.named_type(operand)?;
                Some(Type::Pointer(Arc::new(ty)))
            }
            _ => self.named_type(function),
        }
    }

    fn prepare_name(
        &mut self,
        function: Node<'a>,
        arguments: Option<Node<'a>>,
        explicit: &[Type],
    ) -> Prepared<'a> {
        let name = self.text(function);
        if let Some(Binding::Local(_)) = self.f.lookup(name) {
            let callee = self.expr(function);
            return self.prepare_value(callee, arguments);
        }
        let models = go_models();
        let row = self
            .program
            .bare_models(self.file)
            .find_map(|package| models.function(package, name));
        if let Some(row) = row {
            return self.prepare_row(row, None, None, arguments);
        }
        match self.program.bare_item(self.file, name) {
            Some(Item::Func(at)) => self.prepare_function(at, None, arguments, explicit),
            Some(Item::Var(_)) => {
                let callee = self.expr(function);
                self.prepare_value(callee, arguments)
            }
            Some(_) => self.prepare_extern(name.into(), None, arguments),
            None if super::builtins::is_builtin(name) => self.builtin(name, arguments),
            None => self.prepare_extern(name.into(), None, arguments),
        }
    }

    fn prepare_selector(
        &mut self,
        function: Node<'a>,
        arguments: Option<Node<'a>>,
        explicit: &[Type],
    ) -> Prepared<'a> {
        let parts = ["operand", "field"].map(|f| function.child_by_field_name(f));
        let [Some(operand), Some(field)] = parts else {
            let callee = self.opaque("callee", function);
            return self.prepare_value(callee, arguments);
        };
        let name = Name::from(self.text(field));
        if let Some(target) = self.package_of(operand) {
            return self.prepare_package_call(&target, name, arguments, explicit);
        }
        if let Some(ty) = self.named_type(operand) {
            return self.prepare_method_expression(&ty, &name, arguments);
        }
        let base = self.expr(operand);
        self.prepare_method(base, operand, &name, arguments)
    }

    fn prepare_package_call(
        &mut self,
        target: &ImportTarget,
        name: Name,
        arguments: Option<Node<'a>>,
        explicit: &[Type],
    ) -> Prepared<'a> {
        match target {
            ImportTarget::Package(package) => match self.program.item(*package, &name) {
                Some(Item::Func(at)) => self.prepare_function(at, None, arguments, explicit),
                Some(Item::Var(at)) => {
                    let ty = self.types().var_type(at);
                    let place = self.global(at, &name);
                    let callee = self.read_global(place, ty);
                    self.prepare_value(callee, arguments)
                }
                _ => self.prepare_extern(name, None, arguments),
            },
            ImportTarget::Model(package) => {
                let is_sdk = go_models().platform(package).is_some();
                if let Some(row) = go_models().function(package, &name) {
                    return self.prepare_row(row, None, None, arguments);
                }
                self.stats.sdk_calls += u32::from(is_sdk);
                self.prepare_extern(format!("{package}.{name}").into(), None, arguments)
            }
            ImportTarget::Foreign(path) => {
                let is_sdk = SDK_PATHS.iter().any(|p| path.starts_with(p));
                self.stats.sdk_calls += u32::from(is_sdk);
                self.prepare_extern(format!("{path}.{name}").into(), None, arguments)
            }
        }
    }

    /// `T.Method(receiver, …)`.
    fn prepare_method_expression(
        &mut self,
        ty: &Type,
        name: &str,
        arguments: Option<Node<'a>>,
    ) -> Prepared<'a> {
        let member = self.types().member(ty, name, self.file);
        match member.map(|m| m.kind) {
            Some(MemberKind::Method(at)) => {
                let (args, nodes) = self.arguments(arguments, &[], false);
                Prepared {
                    what: What::Function(at),
                    receiver: None,
                    receiver_node: None,
                    result: self.result_of(at, &[], &[]),
                    args,
                    nodes,
                }
            }
            _ => self.prepare_extern(name.into(), None, arguments),
        }
    }

    /// A method of a value, or a function held in a field of it.
    fn prepare_method(
        &mut self,
        base: Val,
        operand: Node<'a>,
        name: &Name,
        arguments: Option<Node<'a>>,
    ) -> Prepared<'a> {
        self.count_receiver(&base.ty);
        let Some(member) = self.types().member(&base.ty, name, self.file) else {
            return self.prepare_unknown_method(base, operand, name, arguments);
        };
        let is_own = member.path.is_empty();
        let receiver = self.embedded(base, member.path);
        match member.kind {
            MemberKind::Method(at) => self.prepare_function(at, Some(receiver), arguments, &[]),
            MemberKind::Model(row) => {
                let node = is_own.then_some(operand);
                self.prepare_row(row, Some(receiver), node, arguments)
            }
            MemberKind::Interface(result) => {
                self.prepare_interface(receiver, &member.owner, name, result, arguments)
            }
            MemberKind::Field(ty) => {
                let callee = self.field(&receiver, name, ty);
                self.prepare_value(callee, arguments)
            }
            MemberKind::ModelField(row) => {
                let callee = self.field(&receiver, name, row.ty.clone());
                self.prepare_value(callee, arguments)
            }
        }
    }

    fn prepare_unknown_method(
        &mut self,
        base: Val,
        operand: Node<'a>,
        name: &Name,
        arguments: Option<Node<'a>>,
    ) -> Prepared<'a> {
        let models = go_models();
        if is_foreign(&base.ty) && is_handle_method(name) {
            let given = arguments.map_or(0, |list| children(list).count());
            let mut rows = HANDLES.iter().filter_map(|on| models.function(on, name));
            if let Some(row) = rows.find(|row| row.roles.len() == given) {
                return self.prepare_row(row, Some(base), Some(operand), arguments);
            }
        }
        if let Type::Named(ty, _) = base.ty.pointee()
            && let Some((package, _)) = ty.rsplit_once('.')
            && models.platform(package).is_some()
        {
            self.stats.sdk_calls += 1;
        }
        let full = match base.ty.pointee() {
            Type::Named(ty, _) | Type::Struct(ty) => Name::from(format!("{ty}.{name}")),
            _ => Name::from(format!(".{name}")),
        };
        self.prepare_extern(full, Some(base), arguments)
    }

    fn prepare_interface(
        &mut self,
        receiver: Val,
        interface: &Type,
        name: &Name,
        result: Type,
        arguments: Option<Node<'a>>,
    ) -> Prepared<'a> {
        let mut callees = Vec::new();
        if let Type::Named(interface, _) = interface {
            let known = self.program.implementations.get(interface);
            for ty in known.into_iter().flatten() {
                let owner = match self.program.types.get(ty) {
                    Some(at) => {
                        let decl = self.program.type_decl(*at);
                        self.types().declared(ty.clone(), at.file, decl, 0)
                    }
                    None => continue,
                };
                let member = self.types().member(&owner, name, self.file);
                if let Some(MemberKind::Method(at)) = member.map(|m| m.kind) {
                    callees.push(self.program.func(at).key.clone());
                }
            }
        }
        callees.sort();
        callees.dedup();
        if callees.is_empty() {
            let full = match interface {
                Type::Named(interface, _) => Name::from(format!("{interface}.{name}")),
                _ => name.clone(),
            };
            let mut prepared = self.prepare_extern(full, Some(receiver), arguments);
            prepared.result = result;
            return prepared;
        }
        let (args, nodes) = self.arguments(arguments, &[], false);
        Prepared {
            what: What::OneOf(callees),
            receiver: Some(receiver),
            receiver_node: None,
            args,
            nodes,
            result,
        }
    }

    fn prepare_function(
        &mut self,
        at: Ref,
        receiver: Option<Val>,
        arguments: Option<Node<'a>>,
        explicit: &[Type],
    ) -> Prepared<'a> {
        let func = self.program.func(at);
        let expected = self.parameter_types(at);
        let (args, nodes) = self.arguments(arguments, &expected, func.signature.variadic);
        let owner = receiver.as_ref().map(|r| r.ty.clone());
        let result = match owner {
            Some(owner) => self.method_result(at, &owner),
            None => self.result_of(at, explicit, &args),
        };
        Prepared {
            what: What::Function(at),
            receiver,
            receiver_node: None,
            args,
            nodes,
            result,
        }
    }

    fn prepare_row(
        &mut self,
        row: &'static ApiFn,
        receiver: Option<Val>,
        receiver_node: Option<Node<'a>>,
        arguments: Option<Node<'a>>,
    ) -> Prepared<'a> {
        let (args, nodes) = self.arguments(arguments, &[], false);
        Prepared {
            what: What::Row(row),
            receiver,
            receiver_node,
            args,
            nodes,
            result: row.returns.clone(),
        }
    }

    fn prepare_value(&mut self, callee: Val, arguments: Option<Node<'a>>) -> Prepared<'a> {
        let result = self.types().call_result(&callee.ty, self.file);
        let (args, nodes) = self.arguments(arguments, &[], false);
        Prepared {
            what: What::Value(callee),
            receiver: None,
            receiver_node: None,
            args,
            nodes,
            result,
        }
    }

    fn prepare_extern(
        &mut self,
        name: Name,
        receiver: Option<Val>,
        arguments: Option<Node<'a>>,
    ) -> Prepared<'a> {
        let (args, nodes) = self.arguments(arguments, &[], false);
        Prepared {
            what: What::Extern(name),
            receiver,
            receiver_node: None,
            args,
            nodes,
            result: Type::Unknown,
        }
    }

    /// Evaluates arguments. Those of a variadic parameter become one array.
    pub(super) fn arguments(
        &mut self,
        list: Option<Node<'a>>,
        expected: &[Type],
        variadic: bool,
    ) -> (Vec<Val>, Vec<Option<Node<'a>>>) {
        let given: Vec<Node<'a>> = list.map(|l| children(l).collect()).unwrap_or_default();
        let mut spread = false;
        let (mut args, mut nodes) = (Vec::new(), Vec::new());
        if let [only] = given.as_slice()
            && only.kind() == "call_expression"
            && expected.len() > 1
        {
            args = self.several(*only, 1);
            nodes = vec![None; args.len()];
        } else {
            for (at, node) in given.into_iter().enumerate() {
                let (inner, is_spread) = match node.kind() {
                    "variadic_argument" => match children(node).next() {
                        Some(inner) => (inner, true),
                        None => continue,
                    },
                    _ => (node, false),
                };
                spread |= is_spread;
                let is_rest = variadic && !is_spread && at + 1 >= expected.len();
                let ty = match expected.last() {
                    Some(Type::Array(item, _)) if is_rest => Some((**item).clone()),
                    _ => expected.get(at).cloned(),
                };
                let value = self.expr_of(inner, ty.as_ref());
                args.push(match &ty {
                    Some(ty) => self.adapt(value, ty),
                    None => value,
                });
                nodes.push(Some(inner));
            }
        }
        if variadic && !spread && args.len() + 1 >= expected.len() && !expected.is_empty() {
            let rest = args.split_off(expected.len() - 1);
            nodes.truncate(expected.len() - 1);
            let head = rest.first().and_then(|v| v.text().cloned());
            let kind = OpKind::Aggregate {
                kind: AggregateKind::Array,
                names: Vec::new(),
                parts: rest.iter().map(|v| v.id).collect(),
            };
            let ty = expected.last().cloned().unwrap_or_default();
            let mut packed = self.emit(kind, ty);
            packed.known.head = head;
            args.push(packed);
            nodes.push(None);
        }
        (args, nodes)
    }
}

/// Import paths of contract SDKs: what is called there should have a row.
const SDK_PATHS: [&str; 4] = [
    "github.com/hyperledger/fabric-chaincode-go",
    "github.com/hyperledger/fabric-contract-api-go",
    "chainmaker.org/chainmaker/contract-sdk",
    "chainmaker.org/contract-sdk",
];

/// Whether nothing is known of what a type has: an import leads nowhere.
fn is_foreign(ty: &Type) -> bool {
    match ty.pointee() {
        Type::Unknown => true,
        Type::Named(name, _) => {
            name.contains('/') && !name.contains(':') && go_models().ty(name).is_none()
        }
        _ => false,
    }
}

/// Whether a method's name tells that it belongs to a contract SDK.
fn is_handle_method(name: &str) -> bool {
    const WORDS: [&str; 6] = [
        "State",
        "PrivateData",
        "CompositeKey",
        "InvokeChaincode",
        "CallContract",
        "GetFunctionAndParameters",
    ];
    matches!(
        name,
        "GetStub" | "GetClientIdentity" | "SetEvent" | "EmitEvent" | "GetTxTimestamp"
    ) || WORDS.iter().any(|w| name.contains(w))
}

fn done<'a>(values: Vec<Val>) -> Prepared<'a> {
    Prepared {
        what: What::Done(values),
        receiver: None,
        receiver_node: None,
        args: Vec::new(),
        nodes: Vec::new(),
        result: Type::Unknown,
    }
}
