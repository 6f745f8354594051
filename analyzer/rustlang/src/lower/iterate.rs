//! Iterator adapters that take a closure: each is a loop with the closure's body in it.

use pactward_ir::{LocalId, OpId, Type};

use super::Lowerer;
use super::control::{Exit, Split, Val, Wrap};
use super::form::FormCall;
use super::loops::element_type;
use super::message::Known;
use crate::api;

impl<'t> Lowerer<'t> {
    /// `iter.adapter(closure)`; `what` says what becomes of the closure's results.
    pub(super) fn each_form(&mut self, what: &str, mut call: FormCall<'_, 't>) -> Val {
        let Some(receiver) = call.receiver.take() else {
            return Val::Unit;
        };
        let wrapped = self.part_of(&receiver);
        let place = match &receiver {
            Val::Place(place) => Some(place.clone()),
            _ => None,
        };
        let of = self.iterated(receiver);
        let has_start = matches!(what, "fold" | "try-fold");
        let start = match call.args.first() {
            Some(arg) if has_start => Some(self.arg(*arg, call.want)),
            _ => None,
        };
        let callee = call.args.get(usize::from(has_start)).copied();
        let first = match (what, start) {
            (_, Some(start)) => start,
            ("any", _) => self.b.bool(false),
            ("all", _) => self.b.bool(true),
            ("find" | "find-map" | "position", _) => self.none(Type::Unknown),
            ("for-each" | "try-for-each", _) => self.unit(),
            _ => of,
        };
        let result = self.b.local(self.b.ty(first).clone());
        self.b.set(result, first);
        let before = self.path;
        let round = self.first_round();
        self.open_loop(None);
        let item = self.next_element(of, round);
        self.note_part(item, wrapped.or(place));
        let args = match what {
            "fold" | "try-fold" => {
                let accumulated = self.b.get(result);
                vec![accumulated, item]
            }
            _ => vec![item],
        };
        let wrap = match what {
            "try-for-each" | "try-fold" => Some(Wrap::of(call.returns).unwrap_or(Wrap::Result)),
            "filter-map" | "find-map" => Some(Wrap::Option),
            _ => None,
        };
        let made = self.call_arg(callee, &args, wrap);
        let bad = self.collect_item(what, made, item, result, wrap);
        self.close_loop(before);
        let value = self.b.get(result);
        if self.local_messages.contains_key(&result) {
            self.known.insert(value, Known::Messages(Vec::new()));
        }
        match (what, bad) {
            ("try-for-each" | "try-fold", bad) => {
                let good = Exit {
                    point: self.here(),
                    value,
                    whole: None,
                };
                self.stop();
                Val::Split(Split {
                    wrap: wrap.unwrap_or(Wrap::Result),
                    good: Some(good).filter(|g| g.point.path.live),
                    bad,
                })
            }
            _ => Val::Op(value),
        }
    }

    /// What one round of the loop does with the closure's result. Yields the way on which a
    /// fallible adapter fails.
    fn collect_item(
        &mut self,
        what: &str,
        made: Val,
        item: OpId,
        result: LocalId,
        wrap: Option<Wrap>,
    ) -> Option<Exit> {
        match what {
            "try-for-each" | "try-fold" => {
                let split = self.split(made, wrap);
                if what == "try-fold"
                    && let Some(good) = split.good
                {
                    self.go_on(good.point);
                    self.b.set(result, good.value);
                } else {
                    self.follow(split.good);
                }
                return split.bad;
            }
            "filter-map" | "find-map" => {
                let split = self.split(made, Some(Wrap::Option));
                let mut next = super::control::Join::default();
                if let Some(bad) = split.bad {
                    self.go_on(bad.point);
                    self.arrive(&mut next, None);
                }
                let value = self.follow(split.good);
                if what == "find-map" {
                    let ty = Type::Option(self.b.ty(value).clone().into());
                    let found = self.pure("Some", vec![value], ty.clone());
                    self.refine(result, ty);
                    self.b.set(result, found);
                    self.exit_loop();
                } else {
                    self.gather(result, value);
                    self.arrive(&mut next, None);
                }
                self.enter(&next);
            }
            "fold" => {
                let value = self.force(made);
                self.b.set(result, value);
            }
            "any" | "all" | "find" | "position" | "filter" | "take-while" | "skip-while" => {
                let test = self.force(made);
                if !self.path.live {
                    return None;
                }
                let (yes, no) = self.fork(test);
                let (hit, miss) = if what == "all" { (no, yes) } else { (yes, no) };
                let mut next = super::control::Join::default();
                self.go_on(hit);
                match what {
                    "any" | "all" => {
                        let value = self.b.bool(what == "any");
                        self.b.set(result, value);
                        self.exit_loop();
                    }
                    "find" => {
                        let ty = Type::Option(self.b.ty(item).clone().into());
                        let found = self.pure("Some", vec![item], ty.clone());
                        self.refine(result, ty);
                        self.b.set(result, found);
                        self.exit_loop();
                    }
                    "position" => {
                        let ty = Type::Option(crate::literal::uint(32).into());
                        let found = self.pure("position", vec![item], ty.clone());
                        self.refine(result, ty);
                        self.b.set(result, found);
                        self.exit_loop();
                    }
                    _ => self.arrive(&mut next, None),
                }
                self.go_on(miss);
                self.arrive(&mut next, None);
                self.enter(&next);
            }
            "for-each" => {
                self.force(made);
            }
            "flat-map" => {
                let value = self.force(made);
                let inner = element_type(self.b.ty(value));
                self.gather_as(result, value, inner);
            }
            _ => {
                let value = self.force(made);
                self.gather(result, value);
            }
        }
        None
    }

    fn refine(&mut self, local: LocalId, ty: Type) {
        self.b.set_local_ty(local, ty);
    }

    /// The collection of results gets another element.
    fn gather(&mut self, result: LocalId, value: OpId) {
        if let Some(messages) = self.messages_of(value) {
            // A list of messages: each is sent from where it is made.
            self.send_all(&messages);
            self.local_messages.entry(result).or_default();
        }
        let item = self.b.ty(value).clone();
        self.gather_as(result, value, item);
    }

    fn gather_as(&mut self, result: LocalId, value: OpId, item: Type) {
        let ty = api::array(item, None);
        let old = self.b.get(result);
        self.b.set_local_ty(result, ty.clone());
        let new = self.pure("gather", vec![old, value], ty);
        self.b.set(result, new);
    }
}
