//! Calls of functions that the model tables know.

use pactward_ir::{Name, OpId, OpKind, Outcome, Place, Root, Type};
use pactward_models::{ApiFn, Effect, Receiver, Role, emit};

use super::Lowering;
use super::call::Prepared;
use super::value::Val;
use crate::program::go_models;

impl<'a> Lowering<'a> {
    pub(super) fn perform_row(&mut self, row: &'static ApiFn, call: &Prepared<'a>) -> Vec<Val> {
        self.count_sdk(row);
        let mut row = row.clone();
        Self::drop_empty_field(&mut row, &call.args);
        let outs = Self::take_outs(&mut row, call);
        let inputs: Vec<&Val> = call
            .args
            .iter()
            .enumerate()
            .filter(|(at, _)| !outs.iter().any(|o| o.at == *at && !o.is_input))
            .map(|(_, v)| v)
            .collect();
        let own_results = match std::mem::take(&mut row.returns) {
            Type::Unit => Vec::new(),
            Type::Tuple(items) => items,
            single => vec![single],
        };
        let own_results = Self::refine(&row, own_results, &inputs);
        let stores_receiver = row.mutates && call.receiver.is_some();
        let receiver_ty = call.receiver.as_ref().map(|r| r.ty.pointee().clone());
        let receiver_is_result =
            stores_receiver && own_results.first().map(Type::pointee) == receiver_ty.as_ref();
        let mut types: Vec<Type> = outs.iter().map(|o| o.ty.clone()).collect();
        if stores_receiver && !receiver_is_result {
            types.push(receiver_ty.clone().unwrap_or_default());
        }
        let extra = types.len();
        types.extend(own_results);
        let is_direct = is_direct(&row.effect) && !types.is_empty();
        let yielded = if is_direct {
            types[0].clone()
        } else {
            tuple(types.clone())
        };
        row.returns = self.erase(&yielded);

        let value = Val::new(self.emit_call(&row, call, &inputs), yielded);
        let mut results = if is_direct {
            self.with_companions(&row, value, &types)
        } else {
            self.results_of(value)
        };
        let own = results.split_off(extra.min(results.len()));
        let mut extras = results.into_iter();
        for out in &outs {
            if let Some(stored) = extras.next() {
                let pointer = call.args[out.at].clone();
                self.store_through(call.nodes.get(out.at).copied().flatten(), &pointer, stored);
            }
        }
        if stores_receiver && let Some(receiver) = &call.receiver {
            let stored = extras.next().or_else(|| own.first().cloned());
            if let Some(mut stored) = stored {
                if receiver_is_result {
                    stored.ty = receiver.ty.clone();
                }
                self.store_through(call.receiver_node, receiver, stored);
            }
        }
        self.note_effects(&row, own, call)
    }

    fn count_sdk(&mut self, row: &ApiFn) {
        let models = go_models();
        let package = row.on.split('.').next().unwrap_or(&row.on);
        if models.platform(package).is_some() {
            self.stats.sdk_calls += 1;
            self.stats.sdk_calls_known += 1;
        }
    }

    /// An empty field is no field: `GetState(key, "")` reads what `GetStateFromKey(key)` reads.
    fn drop_empty_field(row: &mut ApiFn, args: &[Val]) {
        for (role, arg) in row.roles.iter_mut().zip(args) {
            if *role == Role::Field && arg.text().is_some_and(pactward_ir::SmolStr::is_empty) {
                *role = Role::Storage;
            }
        }
    }

    /// Arguments through which results are stored. What is sorted or written to in place is an
    /// input too.
    fn take_outs(row: &mut ApiFn, call: &Prepared<'a>) -> Vec<Out> {
        let mut outs = Vec::new();
        for (at, arg) in call.args.iter().enumerate() {
            if row.roles.get(at) != Some(&Role::Out) {
                continue;
            }
            let is_input = matches!(row.effect, Effect::Pure | Effect::Serialize(_));
            let ty = match &arg.ty {
                Type::Pointer(inner) => (**inner).clone(),
                other => other.clone(),
            };
            outs.push(Out { at, ty, is_input });
        }
        if outs.iter().any(|o| o.is_input) {
            for role in &mut row.roles {
                if *role == Role::Out {
                    *role = Role::Value;
                }
            }
        } else {
            row.roles.retain(|r| *r != Role::Out);
        }
        outs
    }

    /// Results that depend on what goes in: a wrapper keeps the type that the row says, a function
    /// of unknown result yields unknown.
    fn refine(row: &ApiFn, results: Vec<Type>, inputs: &[&Val]) -> Vec<Type> {
        let same = row.effect == Effect::Same && results.first().is_some_and(|t| !t.is_known());
        match inputs.first() {
            Some(input) if same => vec![input.ty.clone()],
            _ => results,
        }
    }

    fn emit_call(&mut self, row: &ApiFn, call: &Prepared<'a>, inputs: &[&Val]) -> OpId {
        let ids: Vec<OpId> = inputs.iter().map(|v| v.id).collect();
        let texts: Vec<(OpId, Name)> = inputs
            .iter()
            .filter_map(|v| Some((v.id, v.text().or(v.known.head.as_ref())?.clone())))
            .collect();
        let text = |id: OpId| texts.iter().find(|(i, _)| *i == id).map(|(_, t)| t.clone());
        let receiver = call.receiver.as_ref().map(|r| {
            let is_place = matches!(r.ty.pointee(), Type::Named(n, _)
                if go_models().ty(n).is_some_and(|t| t.storage));
            if is_place {
                Receiver::Place(Place {
                    root: Root::Ref(r.id),
                    path: Vec::new(),
                })
            } else {
                Receiver::Value(r.id)
            }
        });
        let is_call = matches!(row.effect, Effect::ExtCall(_));
        let receiver = if is_call { None } else { receiver };
        emit(&mut self.f.b, row, receiver, &ids, &text)
    }

    /// Results of a function whose op is its first result: the others, such as the error, follow
    /// from it.
    fn with_companions(&mut self, row: &ApiFn, first: Val, types: &[Type]) -> Vec<Val> {
        let id = first.id;
        let mut results = vec![first];
        for (at, ty) in types.iter().enumerate().skip(1) {
            // A list beside the function's name is what the client sent too.
            let is_input = row.effect == Effect::Arg && matches!(ty, Type::Array(..));
            let kind = if is_input {
                OpKind::Arg { key: None }
            } else {
                OpKind::Pure {
                    name: Name::from(format!("{}.{}#{at}", row.on, row.name)),
                    args: vec![id],
                }
            };
            results.push(self.emit(kind, ty.clone()));
        }
        results
    }

    /// Notes what a call tells beside its values.
    fn note_effects(
        &mut self,
        row: &ApiFn,
        mut results: Vec<Val>,
        call: &Prepared<'a>,
    ) -> Vec<Val> {
        if let Effect::Answer { is_error } = row.effect {
            self.f.facts.answer(is_error);
        }
        if let Some(outcome) = row.outcome
            && let Some(last) = results.last_mut()
        {
            last.known.outcome = Some(outcome);
        }
        if row.effect == Effect::Same
            && let [only] = results.as_mut_slice()
            && let Some(first) = call.args.first()
        {
            only.known.constant.clone_from(&first.known.constant);
        }
        // Wrapping an error yields an error exactly if there was one.
        let wraps =
            row.outcome.is_none() && row.returns == Type::Error && row.effect == Effect::Pure;
        if wraps && let [only] = results.as_mut_slice() {
            let errors: Vec<Option<Outcome>> = call
                .args
                .iter()
                .filter(|a| a.ty == Type::Error)
                .map(|a| a.known.outcome)
                .collect();
            if let [outcome] = errors.as_slice() {
                only.known.outcome = *outcome;
            }
        }
        // A list of arguments keeps the name of the method that it starts with.
        if row.roles.first() == Some(&Role::Arguments)
            && !matches!(row.effect, Effect::ExtCall(_))
            && let (Some(result), Some(first)) = (results.first_mut(), call.args.first())
        {
            result.known.head = first.text().cloned();
        }
        results
    }
}

/// An argument through which a result is stored.
struct Out {
    at: usize,
    ty: Type,
    is_input: bool,
}

fn tuple(mut types: Vec<Type>) -> Type {
    match types.len() {
        0 => Type::Unit,
        1 => types.swap_remove(0),
        _ => Type::Tuple(types),
    }
}

/// Whether an op stands for a call's first result, so that analyses see what was read, encoded or
/// asked for without taking a tuple apart.
fn is_direct(effect: &Effect) -> bool {
    matches!(
        effect,
        Effect::StateRead(_)
            | Effect::Arg
            | Effect::TransientInput
            | Effect::Caller(_)
            | Effect::Env(_)
            | Effect::Nondet(_)
            | Effect::Crypto(_)
            | Effect::Key(_)
            | Effect::Serialize(_)
            | Effect::Deserialize(_)
            | Effect::StorageRef
    )
}
