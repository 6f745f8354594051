//! Where a value comes from.

use pactward_ir::CallerKind;

use crate::{Expr, LocRoot};

/// Kinds of sources that a value is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Taint {
    /// Chosen by the client: a parameter of an entry or a named argument.
    pub input: bool,
    /// The caller's identity.
    pub caller: bool,
    /// The signer of the transaction.
    pub origin: bool,
    /// State of the ledger.
    pub state: bool,
    /// Private data of a collection or a transient input.
    pub private: bool,
    /// May differ between the nodes that execute the transaction.
    pub nondeterministic: bool,
    /// Known by the op that made it only: a foreign contract's answer, an unknown function.
    pub foreign: bool,
}

impl Taint {
    /// The sources of a value of an entry.
    pub fn of(value: &Expr) -> Self {
        let mut taint = Self::default();
        value.any(&mut |part| {
            match part {
                Expr::Param(_) | Expr::Arg(_) => taint.input = true,
                Expr::Caller(CallerKind::Origin) => taint.origin = true,
                Expr::Caller(_) => taint.caller = true,
                Expr::State(loc, _) | Expr::Ref(loc) => match loc.root {
                    LocRoot::Private(_) => taint.private = true,
                    _ => taint.state = true,
                },
                Expr::Apply(name, _) if name == "transient-input" => taint.private = true,
                Expr::Apply(name, _) if name.starts_with("nondet:") => {
                    taint.nondeterministic = true;
                }
                Expr::Value(..) | Expr::Unknown => taint.foreign = true,
                _ => {}
            }
            false
        });
        taint
    }
}
