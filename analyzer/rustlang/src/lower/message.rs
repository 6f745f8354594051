//! Messages that the chain sends after the entry returned, and calls put together by builders.
//!
//! A message is a value until it is added to the response; there the op is emitted. What the
//! fields of a message type are for is said by value rows: `on = "cosmwasm_std::WasmMsg::Execute"`,
//! `op = "form"`, `kind = "target"`.

use pactward_ir::{Const, ExtKind, Gas, Name, OpId, OpKind, SmolStr, Type};
use pactward_models::{ApiFn, Effect, Role};

use super::Lowerer;
use super::call::{Arg, refined};
use super::control::Val;
use super::form::{FormCall, role_value};
use super::place::PlaceRef;
use crate::api;

/// What is known of a value beyond its type.
#[derive(Debug, Clone)]
pub(super) enum Known {
    Messages(Vec<Message>),
    Builder(Draft),
}

/// A message and how it is sent.
#[derive(Debug, Clone)]
pub(super) struct Message {
    /// Row of its type and variant: which op it is.
    row: &'static ApiFn,
    target: Option<OpId>,
    method: Name,
    args: Vec<OpId>,
    value: Option<OpId>,
    reply: Option<Name>,
    id: Option<OpId>,
}

/// A call under construction.
#[derive(Debug, Clone, Default)]
pub(super) struct Draft {
    target: Option<OpId>,
    is_delegate: bool,
    args: Vec<OpId>,
    value: Option<OpId>,
    gas: Option<OpId>,
    flags: Option<OpId>,
    returns: Type,
    interface: Name,
    method: Name,
}

impl<'t> Lowerer<'t> {
    /// The message that a variant with named fields is.
    pub(super) fn variant_message(
        &mut self,
        owner: &Name,
        variant: &str,
        names: &[Name],
        values: &[OpId],
    ) -> Option<Known> {
        let row = api::tables().function(owner, variant)?;
        let fields = api::join(owner, variant);
        self.message_of(row, &fields, names, values)
    }

    /// The message that a struct is: `MsgSend { … }`, or a wrapper such as `SubMsg { … }`.
    pub(super) fn struct_message(
        &mut self,
        owner: &Name,
        names: &[Name],
        values: &[OpId],
    ) -> Option<Known> {
        let package = api::package_of(owner);
        let last = owner.rsplit("::").next()?;
        if let Some(row) = api::tables().function(package, last)
            && matches!(row.effect, Effect::ExtCall(_) | Effect::ValueMove(_))
        {
            return self.message_of(row, owner, names, values);
        }
        let mut found: Option<Vec<Message>> = None;
        let (mut reply, mut id, mut sends) = (None, None, false);
        for (name, value) in names.iter().zip(values) {
            let Some(row) = api::tables().value(owner, name) else {
                continue;
            };
            let Effect::Form(role) = &row.effect else {
                continue;
            };
            match role.as_str() {
                "wrapped" => found = self.messages_of(*value),
                "reply" => reply = self.text_of(*value),
                "id" => id = Some(*value),
                "messages" => {
                    found = self.messages_of(*value);
                    sends = true;
                    if found.is_none() {
                        self.send_value(*value);
                    }
                }
                _ => {}
            }
        }
        let mut found = found?;
        if sends {
            for message in found {
                self.send(&message);
            }
            return None;
        }
        for message in &mut found {
            message.reply = reply.as_deref().and_then(reply_word).map(Name::from);
            message.id = id.filter(|_| message.reply.is_some());
        }
        Some(Known::Messages(found))
    }

    fn message_of(
        &mut self,
        row: &'static ApiFn,
        fields: &str,
        names: &[Name],
        values: &[OpId],
    ) -> Option<Known> {
        if !matches!(row.effect, Effect::ExtCall(_) | Effect::ValueMove(_)) {
            return None;
        }
        let mut message = Message {
            row,
            target: None,
            method: row.name.clone(),
            args: Vec::new(),
            value: None,
            reply: None,
            id: None,
        };
        for (name, value) in names.iter().zip(values) {
            let role = api::tables().value(fields, name).map(|v| &v.effect);
            match role {
                Some(Effect::Form(role)) if role == "target" => message.target = Some(*value),
                Some(Effect::Form(role)) if role == "amount" => message.value = Some(*value),
                Some(Effect::Form(role)) if role == "body" => {
                    if let Some(method) = self.method_of_body(*value) {
                        message.method = method;
                    }
                    message.args.push(*value);
                }
                _ => message.args.push(*value),
            }
        }
        Some(Known::Messages(vec![message]))
    }

    /// Name of the message that is encoded: the variant of an enum.
    fn method_of_body(&self, value: OpId) -> Option<Name> {
        let mut at = value;
        for _ in 0..8 {
            at = match &self.b.op(at).kind {
                OpKind::Serialize { args, .. } => *args.first()?,
                OpKind::Payload { value, .. } | OpKind::Cast { value, .. } => *value,
                OpKind::Pure { name, .. } => {
                    let variant = name.rsplit("::").next()?;
                    let is_variant = name.contains("::") && variant.starts_with(char::is_uppercase);
                    return is_variant.then(|| variant.into());
                }
                OpKind::Const {
                    value: Const::Str(text),
                } if text.contains("::") => {
                    return text.rsplit("::").next().map(Into::into);
                }
                OpKind::Aggregate { .. } => {
                    return match self.b.ty(at) {
                        Type::Struct(name) | Type::Named(name, _) => {
                            name.rsplit(':').next().map(Into::into)
                        }
                        _ => None,
                    };
                }
                _ => return None,
            };
        }
        None
    }

    pub(super) fn messages_of(&self, value: OpId) -> Option<Vec<Message>> {
        match self.known.get(&value)? {
            Known::Messages(messages) => Some(messages.clone()),
            Known::Builder(_) => None,
        }
    }

    /// Messages of a list whose items are all known.
    pub(super) fn messages_of_all(&self, values: &[OpId]) -> Option<Vec<Message>> {
        let mut all = Vec::new();
        for value in values {
            all.extend(self.messages_of(*value)?);
        }
        Some(all)
    }

    /// Whether values of the type are messages.
    fn is_message(ty: &Type) -> bool {
        match ty {
            Type::Named(name, _) => api::tables()
                .ty(name)
                .is_some_and(|t| t.embeds.iter().any(|e| e == "message")),
            Type::Option(inner) | Type::Array(inner, _) => Self::is_message(inner),
            _ => false,
        }
    }

    /// A list of messages that is a variable gets another one: it is sent from here.
    pub(super) fn pushed_message(&mut self, receiver: &PlaceRef, value: OpId) {
        let PlaceRef::Local { local, path } = receiver else {
            return;
        };
        if !path.is_empty() {
            return;
        }
        let ty = self.b.ty(value).clone();
        match self.messages_of(value) {
            Some(messages) => {
                self.send_all(&messages);
            }
            None if Self::is_message(&ty) => self.send_value(value),
            None => return,
        }
        self.local_messages.entry(*local).or_default();
    }

    pub(super) fn send_all(&mut self, messages: &[Message]) {
        for message in messages {
            self.send(message);
        }
    }

    /// Emits the op of a message.
    fn send(&mut self, message: &Message) {
        let row = message.row;
        let mut options = Vec::new();
        if let Some(reply) = &message.reply {
            let word = self.constant(Const::Str(reply.clone()), Type::Str);
            options.push((Name::new_static("reply-on"), word));
            if let Some(id) = message.id {
                options.push((Name::new_static("id"), id));
            }
        }
        let kind = match (&row.effect, &message.reply, message.target) {
            (Effect::ValueMove(asset), None, Some(to)) => OpKind::ValueMove {
                asset: asset.clone(),
                to,
                amount: message.value,
            },
            _ => OpKind::ExtCall {
                kind: if message.reply.is_some() {
                    ExtKind::Submessage
                } else {
                    ExtKind::Message
                },
                target: message.target,
                interface: row.on.clone(),
                method: message.method.clone(),
                args: message.args.clone(),
                value: message.value,
                gas: Gas::All,
                is_static: false,
                options,
            },
        };
        self.emit(kind, Type::Unit);
    }

    /// Emits a message of which only the value is known.
    fn send_value(&mut self, value: OpId) {
        let kind = OpKind::ExtCall {
            kind: ExtKind::Message,
            target: None,
            interface: api::key_of(self.b.ty(value)),
            method: SmolStr::default(),
            args: vec![value],
            value: None,
            gas: Gas::All,
            is_static: false,
            options: Vec::new(),
        };
        self.emit(kind, Type::Unit);
    }

    /// Functions that make, wrap or send messages.
    pub(super) fn message_form(
        &mut self,
        word: &str,
        rest: &str,
        mut call: FormCall<'_, 't>,
    ) -> Val {
        let variable = match call.args.first() {
            Some(Arg::Node(node)) if word == "send-all" => match self.eval(*node, &Type::Unknown) {
                Val::Place(PlaceRef::Local { local, path }) if path.is_empty() => {
                    let value = self.b.get(local);
                    Some((Some(local), value))
                }
                other => Some((None, self.force(other))),
            },
            _ => None,
        };
        let receiver = call.receiver.take().map(|r| self.force(r));
        let mut values = Vec::new();
        match variable {
            Some((_, value)) => {
                values.push(value);
                values.extend(self.args(call.args.get(1..).unwrap_or_default()));
            }
            None => values.extend(self.args(call.args)),
        }
        let mut parts: Vec<OpId> = receiver.into_iter().collect();
        parts.extend(&values);
        let name = api::full_name(call.row);
        let ty = refined(call.returns, call.want);
        match word {
            "send" | "send-all" => {
                let local = variable.and_then(|(local, _)| local);
                let listed = local.and_then(|l| self.local_messages.get(&l).cloned());
                match (values.first(), listed) {
                    (_, Some(messages)) => {
                        self.send_all(&messages);
                    }
                    (Some(value), None) => match self.messages_of(*value) {
                        Some(messages) => {
                            self.send_all(&messages);
                        }
                        None => self.send_value(*value),
                    },
                    (None, None) => {}
                }
                Val::Op(self.pure(name, parts, ty))
            }
            "query" => {
                let known = values.first().and_then(|v| self.messages_of(*v));
                let message = known.and_then(|m| m.into_iter().next());
                let kind = OpKind::ExtCall {
                    kind: ExtKind::Query,
                    target: message.as_ref().and_then(|m| m.target),
                    interface: call.row.on.clone(),
                    method: message
                        .as_ref()
                        .map(|m| m.method.clone())
                        .unwrap_or_default(),
                    args: message.map_or(values, |m| m.args),
                    value: None,
                    gas: Gas::All,
                    is_static: true,
                    options: Vec::new(),
                };
                Val::Op(self.emit(kind, ty))
            }
            _ => self.wrap_message(word, rest, &call, receiver, &values, &ty),
        }
    }

    fn wrap_message(
        &mut self,
        word: &str,
        rest: &str,
        call: &FormCall<'_, 't>,
        receiver: Option<OpId>,
        values: &[OpId],
        ty: &Type,
    ) -> Val {
        let subject = receiver.or(values.first().copied());
        let mut messages = subject.and_then(|s| self.messages_of(s));
        if word == "message" && messages.is_none() {
            // A helper that makes a message for a contract: `x.into_cosmos_msg(contract)`.
            let mut args: Vec<OpId> = receiver.into_iter().collect();
            for (at, value) in values.iter().enumerate() {
                if call.row.roles.get(at) != Some(&Role::Target) {
                    args.push(*value);
                }
            }
            let target = role_value(call.row, values, Role::Target);
            if target.is_some() {
                messages = Some(vec![Message {
                    row: call.row,
                    target,
                    method: args
                        .first()
                        .and_then(|a| self.method_of_body(*a))
                        .unwrap_or_default(),
                    args,
                    value: None,
                    reply: None,
                    id: None,
                }]);
            }
        }
        if let ("submessage", Some(messages)) = (word, &mut messages) {
            let id = role_value(call.row, values, Role::Other);
            for message in messages.iter_mut() {
                if rest != "never" && !rest.is_empty() {
                    message.reply = Some(rest.into());
                    message.id = id;
                }
            }
        }
        let mut parts: Vec<OpId> = receiver.into_iter().collect();
        parts.extend(values);
        let name = api::full_name(call.row);
        let op = self.pure(name, parts, ty.clone());
        let is_result = matches!(ty, Type::Result(_));
        let Some(messages) = messages else {
            return Val::Op(op);
        };
        if is_result {
            // The payload is the message.
            let split = self.split(Val::Op(op), None);
            if let Some(good) = split.good {
                self.known.insert(good.value, Known::Messages(messages));
            }
            return Val::Split(split);
        }
        self.known.insert(op, Known::Messages(messages));
        Val::Op(op)
    }

    /// ink! `build_call()….invoke()`: each step notes its part, the last one calls.
    pub(super) fn builder_form(
        &mut self,
        word: &str,
        rest: &str,
        mut call: FormCall<'_, 't>,
    ) -> Val {
        let mut receiver = call.receiver.take().map(|r| self.force(r));
        let mut values = self.args(call.args);
        if rest == "built" {
            // `env().invoke_contract(&params)`: the argument is the call.
            receiver = values.pop();
        }
        let mut draft = match receiver.and_then(|r| self.known.get(&r)) {
            Some(Known::Builder(draft)) => draft.clone(),
            _ => Draft::default(),
        };
        let first = values.first().copied();
        match rest {
            "target" => draft.target = first,
            "delegate" => {
                draft.target = first;
                draft.is_delegate = true;
            }
            "amount" => draft.value = first,
            "gas" => draft.gas = first,
            "flags" => draft.flags = first,
            "reentry" => draft.flags = first,
            "args" => {
                for value in &values {
                    if let Some(Known::Builder(inner)) = self.known.get(value) {
                        draft.args.extend(inner.args.clone());
                    }
                    draft.args.push(*value);
                }
            }
            "returns" => draft.returns = call.want.clone(),
            _ => {}
        }
        let ty = refined(call.returns, &Type::Unknown);
        if word == "builder" {
            let mut parts: Vec<OpId> = receiver.into_iter().collect();
            parts.extend(&values);
            let name = api::full_name(call.row);
            let op = self.pure(name, parts, ty);
            self.known.insert(op, Known::Builder(draft));
            return Val::Op(op);
        }
        self.invoke(&call, draft, receiver, &values)
    }

    /// `reference.call().method(…)`: a call under construction.
    pub(super) fn drafted_call(
        &mut self,
        contract: &Name,
        method: &str,
        target: OpId,
        args: &[Arg<'t>],
        returns: Type,
    ) -> Val {
        let args = self.args(args);
        let mut parts = vec![target];
        parts.extend(&args);
        let ty = Type::Named("ink::CallBuilder".into(), vec![returns.clone()]);
        let op = self.pure(format!("{contract}.{method}"), parts, ty);
        let draft = Draft {
            target: Some(target),
            args,
            returns,
            interface: contract.clone(),
            method: method.into(),
            ..Draft::default()
        };
        self.known.insert(op, Known::Builder(draft));
        Val::Op(op)
    }

    fn invoke(
        &mut self,
        call: &FormCall<'_, 't>,
        mut draft: Draft,
        receiver: Option<OpId>,
        values: &[OpId],
    ) -> Val {
        if draft.target.is_none() && draft.args.is_empty() {
            // A builder from elsewhere: what it holds is not known.
            draft.args = receiver.into_iter().chain(values.iter().copied()).collect();
        }
        let mut options = Vec::new();
        if let Some(flags) = draft.flags {
            let allows = self.allows_reentry(flags, 0);
            let value = match allows {
                Some(allows) => self.b.bool(allows),
                None => flags,
            };
            options.push((Name::new_static("allow-reentry"), value));
        }
        let returns = api::substitute(
            &call.row.returns,
            std::slice::from_ref(&draft.returns),
            &Type::Unknown,
            0,
        );
        let kind = OpKind::ExtCall {
            kind: if draft.is_delegate {
                ExtKind::Delegate
            } else {
                ExtKind::Contract
            },
            target: draft.target,
            interface: if draft.interface.is_empty() {
                call.row.on.clone()
            } else {
                draft.interface
            },
            method: draft.method,
            args: draft.args,
            value: draft.value,
            gas: draft.gas.map_or(Gas::All, Gas::Value),
            is_static: false,
            options,
        };
        Val::Op(self.emit(kind, returns))
    }

    /// Whether call flags allow the callee to call back, where they are plain to see.
    fn allows_reentry(&self, flags: OpId, depth: u32) -> Option<bool> {
        if depth > 4 {
            return None;
        }
        let mut at = flags;
        for _ in 0..8 {
            match &self.b.op(at).kind {
                OpKind::Const {
                    value: Const::Bool(value),
                } => return Some(*value),
                OpKind::Const {
                    value: Const::Str(text),
                } => return Some(text.contains("REENTRY")),
                OpKind::Pure { name, args } => {
                    if name.ends_with("ALLOW_REENTRY") {
                        return Some(true);
                    }
                    if name.ends_with("set_allow_reentry") {
                        at = *args.get(1)?;
                    } else if args.is_empty() {
                        return Some(false);
                    } else {
                        at = args[0];
                    }
                }
                OpKind::Binary { left, right, .. } => {
                    let left = self.allows_reentry(*left, depth + 1);
                    let right = self.allows_reentry(*right, depth + 1);
                    return match (left, right) {
                        (Some(a), Some(b)) => Some(a || b),
                        _ => None,
                    };
                }
                _ => return None,
            }
        }
        None
    }
}

/// `ReplyOn::Always` and the like as the word of the option; none if there is no reply.
fn reply_word(text: &str) -> Option<&'static str> {
    match text.rsplit("::").next()? {
        "Always" => Some("always"),
        "Success" => Some("success"),
        "Error" => Some("error"),
        _ => None,
    }
}
