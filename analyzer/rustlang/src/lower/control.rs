//! Where control stands, where it meets again, and where values of branches go.

use pactward_ir::{BlockId, LocalId, OpId, OpKind, Outcome, SmolStr, Type, UnaryOp};

use super::Lowerer;
use super::place::PlaceRef;

/// What is known about the way to a point, beside values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Path {
    /// Whether control can get here.
    pub(super) live: bool,
    /// Whether the platform has been given an error as the answer to the client.
    pub(super) answered: Answered,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Answered {
    #[default]
    No,
    Error,
    /// On some ways only.
    Perhaps,
}

/// A block to go on in.
#[derive(Debug, Clone, Copy)]
pub(super) struct Point {
    pub(super) block: BlockId,
    pub(super) path: Path,
}

/// A place where ways meet, with the value that they bring. A single way needs no block of its
/// own: control goes on where it stands.
#[derive(Debug, Default)]
pub(super) struct Join {
    first: Option<(Point, Option<OpId>)>,
    met: Option<Met>,
}

#[derive(Debug, Clone, Copy)]
struct Met {
    block: BlockId,
    local: Option<LocalId>,
    path: Path,
}

/// One side of a value that is a `Result` or `Option`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Exit {
    pub(super) point: Point,
    /// Payload, or error; of no meaning for `None`.
    pub(super) value: OpId,
    /// The whole `Result` or `Option`, if one value stands for it.
    pub(super) whole: Option<OpId>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wrap {
    Result,
    Option,
}

impl Wrap {
    pub(super) fn of(ty: &Type) -> Option<Self> {
        match ty {
            Type::Result(_) => Some(Self::Result),
            Type::Option(_) => Some(Self::Option),
            _ => None,
        }
    }

    pub(super) fn good(self) -> &'static str {
        match self {
            Self::Result => "Ok",
            Self::Option => "Some",
        }
    }
}

/// A `Result` or `Option` as the ways on which it is good and bad, so that what follows a check
/// is reached only from the side that passed it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Split {
    pub(super) wrap: Wrap,
    pub(super) good: Option<Exit>,
    pub(super) bad: Option<Exit>,
}

/// The value of an expression.
#[derive(Debug, Clone)]
pub(super) enum Val {
    Unit,
    Op(OpId),
    Place(PlaceRef),
    Split(Split),
}

/// Where the value of a branching expression goes.
#[derive(Debug)]
pub(super) enum Dest {
    /// It leaves the function or the inlined closure.
    Exit,
    Join(Join),
    Split {
        wrap: Wrap,
        good: Join,
        bad: Join,
    },
    /// Ways meet, but nobody asks for the value.
    Meet(Join),
    /// Nobody asks for the value, and control goes on.
    Ignore,
}

/// A function, or a closure lowered where it is called.
#[derive(Debug)]
pub(super) enum Frame {
    Function { returns: Type },
    Inline { dest: Dest },
}

#[derive(Debug)]
pub(super) struct LoopFrame {
    pub(super) label: Option<SmolStr>,
    /// None for a labelled block.
    pub(super) head: Option<BlockId>,
    pub(super) exit: Join,
}

impl Lowerer<'_> {
    pub(super) fn here(&self) -> Point {
        Point {
            block: self.b.current(),
            path: self.path,
        }
    }

    pub(super) fn go_on(&mut self, point: Point) {
        self.b.switch_to(point.block);
        self.path = point.path;
    }

    /// A new block that is reached from here.
    pub(super) fn fresh(&mut self) -> Point {
        Point {
            block: self.b.new_block(),
            path: self.path,
        }
    }

    /// Branches; control goes on in neither block yet.
    pub(super) fn fork(&mut self, cond: OpId) -> (Point, Point) {
        let (yes, no) = (self.fresh(), self.fresh());
        self.ops += 1;
        self.b.branch(cond, yes.block, no.block);
        (yes, no)
    }

    /// Ends this way.
    pub(super) fn stop(&mut self) {
        self.path.live = false;
    }

    /// Goes to a join, with a value.
    pub(super) fn arrive(&mut self, join: &mut Join, value: Option<OpId>) {
        if !self.path.live {
            return;
        }
        let here = self.here();
        self.stop();
        let Some((first, first_value)) = join.first else {
            join.first = Some((here, value));
            // Code that follows cannot be reached; it must not join the open block.
            let dead = self.b.new_block();
            self.b.switch_to(dead);
            return;
        };
        let mut met = if let Some(met) = join.met {
            met
        } else {
            let block = self.b.new_block();
            let local = first_value.map(|v| self.b.local(self.b.ty(v).clone()));
            self.b.switch_to(first.block);
            self.bring(local, first_value, block);
            Met {
                block,
                local,
                path: first.path,
            }
        };
        if met.local.is_none() {
            met.local = value.map(|v| self.b.local(self.b.ty(v).clone()));
        }
        self.b.switch_to(here.block);
        self.bring(met.local, value, met.block);
        met.path = merge(met.path, here.path);
        join.met = Some(met);
    }

    fn bring(&mut self, local: Option<LocalId>, value: Option<OpId>, block: BlockId) {
        if let (Some(local), Some(value)) = (local, value) {
            let ty = self.b.ty(value).clone();
            if !self.b.local_ty(local).is_known() && ty.is_known() {
                self.b.set_local_ty(local, ty);
            }
            self.b.set(local, value);
        }
        self.b.jump(block);
    }

    /// Goes on where the ways have met; none has come if the result is dead.
    pub(super) fn enter(&mut self, join: &Join) -> Option<OpId> {
        match (join.met, join.first) {
            (Some(met), _) => {
                self.go_on(Point {
                    block: met.block,
                    path: met.path,
                });
                met.local.map(|local| self.b.get(local))
            }
            (None, Some((point, value))) => {
                self.go_on(point);
                value
            }
            (None, None) => {
                let block = self.b.new_block();
                self.b.switch_to(block);
                self.path = Path {
                    live: false,
                    answered: Answered::No,
                };
                None
            }
        }
    }

    /// The joined value, unit if there is none.
    pub(super) fn enter_value(&mut self, join: &Join) -> OpId {
        match self.enter(join) {
            Some(value) => value,
            None => self.unit(),
        }
    }

    /// Hands the value of a branch to where it goes.
    pub(super) fn deliver(&mut self, value: Val, dest: &mut Dest) {
        if !self.path.live && !matches!(value, Val::Split(_)) {
            return;
        }
        match dest {
            Dest::Ignore => self.discard(value),
            Dest::Join(join) => {
                let value = self.force(value);
                self.arrive(join, Some(value));
            }
            Dest::Meet(join) => {
                self.discard(value);
                self.arrive(join, None);
            }
            Dest::Split { wrap, good, bad } => {
                let split = self.split(value, Some(*wrap));
                if let Some(exit) = split.good {
                    self.go_on(exit.point);
                    self.arrive(good, Some(exit.value));
                }
                if let Some(exit) = split.bad {
                    self.go_on(exit.point);
                    self.arrive(bad, Some(exit.value));
                }
                self.stop();
            }
            Dest::Exit => self.leave(value),
        }
    }

    /// A branch that has no value ends.
    pub(super) fn deliver_unit(&mut self, dest: &mut Dest) {
        if !self.path.live {
            return;
        }
        match dest {
            Dest::Ignore => {}
            Dest::Meet(join) => self.arrive(join, None),
            Dest::Exit if self.frame_type() == Type::Unit => {
                self.return_values(Vec::new(), Outcome::Ok);
            }
            _ => self.deliver(Val::Unit, dest),
        }
    }

    /// The value that a destination has gathered.
    pub(super) fn collected(&mut self, dest: Dest) -> Val {
        match dest {
            Dest::Exit | Dest::Ignore => Val::Unit,
            Dest::Meet(join) => {
                self.enter(&join);
                Val::Unit
            }
            Dest::Join(join) => Val::Op(self.enter_value(&join)),
            Dest::Split { wrap, good, bad } => {
                let mut exit = |join: &Join| {
                    join.first?;
                    let value = self.enter_value(join);
                    Some(Exit {
                        point: self.here(),
                        value,
                        whole: None,
                    })
                };
                let good = exit(&good);
                let bad = exit(&bad);
                self.stop();
                Val::Split(Split { wrap, good, bad })
            }
        }
    }

    /// Leaves the innermost frame with a value: `return`, `?`, the last expression.
    pub(super) fn leave(&mut self, value: Val) {
        match self.frames.last_mut() {
            Some(Frame::Inline { dest }) => {
                let mut dest = std::mem::replace(dest, Dest::Ignore);
                self.deliver(value, &mut dest);
                if let Some(Frame::Inline { dest: slot }) = self.frames.last_mut() {
                    *slot = dest;
                }
                self.stop();
            }
            Some(Frame::Function { returns }) => {
                let returns = returns.clone();
                self.leave_function(value, &returns);
            }
            None => self.stop(),
        }
    }

    fn leave_function(&mut self, value: Val, returns: &Type) {
        if *returns == Type::Unit {
            self.discard(value);
            if self.path.live {
                self.return_values(Vec::new(), Outcome::Ok);
            }
            return;
        }
        let is_result = matches!(returns, Type::Result(_))
            || matches!(&value, Val::Split(split) if split.wrap == Wrap::Result);
        if !is_result {
            let value = self.force(value);
            if self.path.live {
                self.return_values(vec![value], Outcome::Ok);
            }
            return;
        }
        let split = self.split(value, Some(Wrap::Result));
        if let Some(exit) = split.good {
            self.go_on(exit.point);
            let whole = self.whole(exit, Wrap::Result, true);
            self.return_values(vec![whole], Outcome::Ok);
        }
        if let Some(exit) = split.bad {
            self.go_on(exit.point);
            let whole = self.whole(exit, Wrap::Result, false);
            self.return_values(vec![whole], Outcome::Err);
        }
        self.stop();
    }

    fn return_values(&mut self, values: Vec<OpId>, outcome: Outcome) {
        let outcome = match (outcome, self.path.answered) {
            (Outcome::Ok, Answered::Error) => Outcome::Err,
            (Outcome::Ok, Answered::Perhaps) => Outcome::Unknown,
            (outcome, _) => outcome,
        };
        self.b.ret(values, outcome);
        self.stop();
    }

    /// The `Result` or `Option` of one side.
    pub(super) fn whole(&mut self, exit: Exit, wrap: Wrap, is_good: bool) -> OpId {
        if let Some(whole) = exit.whole {
            return whole;
        }
        match (wrap, is_good) {
            (Wrap::Option, false) => self.none(Type::Unknown),
            (Wrap::Result, false) => {
                self.pure("Err", vec![exit.value], Type::Result(Type::Unknown.into()))
            }
            (_, true) => {
                let inner = self.b.ty(exit.value).clone().into();
                let ty = match wrap {
                    Wrap::Result => Type::Result(inner),
                    Wrap::Option => Type::Option(inner),
                };
                self.pure(wrap.good(), vec![exit.value], ty)
            }
        }
    }

    /// Goes on without the value; the two sides of a checked result meet.
    fn discard(&mut self, value: Val) {
        match value {
            Val::Unit | Val::Op(_) => {}
            Val::Place(place) => {
                // A read is an effect of its own only where state is read.
                if matches!(place, PlaceRef::State(..)) {
                    self.read(&place);
                }
            }
            Val::Split(split) => {
                let mut meet = Join::default();
                for exit in [split.good, split.bad].into_iter().flatten() {
                    self.go_on(exit.point);
                    self.arrive(&mut meet, None);
                }
                self.enter(&meet);
            }
        }
    }

    /// One op for any value.
    pub(super) fn force(&mut self, value: Val) -> OpId {
        match value {
            Val::Unit => self.unit(),
            Val::Op(op) => op,
            Val::Place(place) => self.read(&place),
            Val::Split(split) => self.rejoin(split),
        }
    }

    fn rejoin(&mut self, split: Split) -> OpId {
        let mut join = Join::default();
        for (exit, is_good) in [(split.good, true), (split.bad, false)] {
            if let Some(exit) = exit {
                self.go_on(exit.point);
                let whole = self.whole(exit, split.wrap, is_good);
                self.arrive(&mut join, Some(whole));
            }
        }
        self.enter_value(&join)
    }

    /// The two sides of a value; `wrap` says which kind it is where its type is not known.
    pub(super) fn split(&mut self, value: Val, wrap: Option<Wrap>) -> Split {
        if let Val::Split(split) = value {
            return split;
        }
        let op = self.force(value);
        let ty = self.b.ty(op).clone();
        let wrap = Wrap::of(&ty).or(wrap).unwrap_or(Wrap::Result);
        let inner = match ty {
            Type::Result(inner) | Type::Option(inner) => (*inner).clone(),
            _ => Type::Unknown,
        };
        if !self.path.live {
            return Split {
                wrap,
                good: None,
                bad: None,
            };
        }
        let test = match wrap {
            Wrap::Result => UnaryOp::IsErr,
            Wrap::Option => UnaryOp::IsNone,
        };
        let cond = self.emit(
            OpKind::Unary {
                op: test,
                value: op,
            },
            Type::Bool,
        );
        let (bad, good) = self.fork(cond);
        self.go_on(bad);
        let error = match wrap {
            Wrap::Result => self.payload(op, "Err", 0, Type::Error),
            Wrap::Option => self.none(Type::Unknown),
        };
        let bad = self.here();
        self.go_on(good);
        let payload = self.payload(op, wrap.good(), 0, inner);
        if let Some(known) = self.known.get(&op).cloned() {
            self.known.insert(payload, known);
        }
        let good = self.here();
        self.stop();
        Split {
            wrap,
            good: Some(Exit {
                point: good,
                value: payload,
                whole: Some(op),
            }),
            bad: Some(Exit {
                point: bad,
                value: error,
                whole: Some(op),
            }),
        }
    }

    /// A value that is good for sure.
    pub(super) fn good(&mut self, value: OpId, wrap: Wrap) -> Val {
        let exit = Exit {
            point: self.here(),
            value,
            whole: None,
        };
        let is_live = self.path.live;
        self.stop();
        Val::Split(Split {
            wrap,
            good: Some(exit).filter(|_| is_live),
            bad: None,
        })
    }

    /// A value that is bad for sure.
    pub(super) fn bad(&mut self, value: OpId, wrap: Wrap) -> Val {
        let exit = Exit {
            point: self.here(),
            value,
            whole: None,
        };
        let is_live = self.path.live;
        self.stop();
        Val::Split(Split {
            wrap,
            good: None,
            bad: Some(exit).filter(|_| is_live),
        })
    }

    /// Goes on with one side of a split; dead if there is no such side.
    pub(super) fn follow(&mut self, exit: Option<Exit>) -> OpId {
        if let Some(exit) = exit {
            self.go_on(exit.point);
            exit.value
        } else {
            let block = self.b.new_block();
            self.b.switch_to(block);
            self.stop();
            self.unit()
        }
    }
}

fn merge(a: Path, b: Path) -> Path {
    Path {
        live: true,
        answered: if a.answered == b.answered {
            a.answered
        } else {
            Answered::Perhaps
        },
    }
}
