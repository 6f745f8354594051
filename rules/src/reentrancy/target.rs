//! How far the code behind an external call is in an attacker's hands.

use pactward_flow::{EntryWays, Expr, ExternalCall, GasLimit, Trace, UnitWays, excludes_contracts};
use pactward_flow::{Event, Loc, LocRoot, LocStep};
use pactward_ir::{CallerKind, EnvKind, ExtKind};
use pactward_lint::UnitContext;

/// Who decides what runs when the unit calls out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Control {
    /// Code that the unit's authors chose.
    Trusted,
    /// Code that privileged callers chose and can choose anew.
    Replaceable,
    /// Whatever lives at an address that is fixed, called with raw data and all gas.
    Fixed,
    /// Where the address comes from is not known.
    Unknown,
    /// A token whose code is not known and may call its receiver.
    UnknownToken,
    /// An arbitrary caller's code, at once or through a receiver hook.
    Attacker,
}

/// Methods whose callee must call an account back by its standard (ERC-721, ERC-1155, ERC-777,
/// ERC-677, ERC-1363), with the positions of the accounts among the arguments.
const HOOK_METHODS: &[(&str, &[usize])] = &[
    ("safeTransferFrom", &[1]),
    ("safeBatchTransferFrom", &[1]),
    ("safeMint", &[0]),
    ("_safeMint", &[0]),
    ("transferAndCall", &[0]),
    ("transferFromAndCall", &[1]),
    ("approveAndCall", &[0]),
    ("operatorSend", &[0, 1]),
];

/// Methods of plain tokens that move to or from an account, which code of their own may call.
const TOKEN_METHODS: &[(&str, &[usize])] = &[
    ("transfer", &[0]),
    ("transferFrom", &[0, 1]),
    ("safeTransfer", &[0]),
    ("safeTransferFrom", &[0, 1]),
    ("mint", &[0]),
];

/// Contracts of the platform itself (ChainMaker system contracts), which call nobody back.
const SYSTEM_CONTRACTS: &[&str] = &[
    "CHAIN_CONFIG",
    "CHAIN_QUERY",
    "CERT_MANAGE",
    "GOVERNANCE",
    "MULTI_SIGN",
    "CONTRACT_MANAGE",
    "PRIVATE_COMPUTE",
    "DPOS_ERC20",
    "DPOS_STAKE",
    "SUBSCRIBE_MANAGE",
    "ARCHIVE_MANAGE",
    "CROSS_TRANSACTION",
    "PUBKEY_MANAGE",
    "ACCOUNT_MANAGER",
    "DPOS_DISTRIBUTION",
    "DPOS_SLASHING",
    "COINBASE",
    "RELAY_CROSS",
    "TRANSACTION_MANAGER",
];

/// Who decides what runs in a call of a way of an entry.
pub(crate) fn control(
    cx: &dyn UnitContext,
    entry: &EntryWays,
    trace: &Trace,
    call: &ExternalCall,
) -> Control {
    let ways = cx.ways();
    let of_target = match call.target.stripped() {
        // Whoever is paid with all gas runs code of his own, on whatever list he stands.
        Expr::State(loc, _) if is_payee(call, loc) => Control::Attacker,
        // A contract that a privileged caller names is vouched for.
        target if call.kind == ExtKind::Interface && ways.is_guarded(trace) => {
            of_value(ways, trace, target).min(Control::Replaceable)
        }
        target => of_value(ways, trace, target),
    };
    let is_raw = call.kind == ExtKind::Low && call.value.is_some();
    let of_target = if is_raw {
        of_target.max(Control::Fixed)
    } else {
        of_target
    };
    if of_target == Control::Attacker || entry.is_setup() || call.gas == GasLimit::Stipend {
        return of_target;
    }
    let names_attacker = |positions: &[usize]| {
        let accounts = positions.iter().filter_map(|at| call.args.get(*at));
        accounts
            .into_iter()
            .any(|a| of_value(ways, trace, a) == Control::Attacker)
    };
    let all: Vec<_> = (0..call.args.len()).collect();
    if matches!(call.kind, ExtKind::Delegate | ExtKind::CallCode) {
        // Code of the authors that is told about the caller may pay him.
        return of_target.max(if tells_of_caller(call) {
            Control::UnknownToken
        } else {
            Control::Trusted
        });
    }
    if let Some(known) = foreign(cx, trace, call, of_target) {
        return known;
    }
    let positions = |table: &[(&str, &'static [usize])]| {
        table
            .iter()
            .find(|(name, _)| *name == call.method)
            .map(|(_, at)| *at)
    };
    let is_token = call.kind == ExtKind::Interface;
    let has_hook = positions(HOOK_METHODS)
        .filter(|_| is_nft_or_hooked(call))
        .is_some_and(names_attacker)
        || call.method == "send" && call.args.len() > 2 && names_attacker(&[0])
        || type_name(call).contains("777") && names_attacker(&all);
    if is_token && has_hook {
        return Control::Attacker;
    }
    if is_token && positions(TOKEN_METHODS).is_some_and(names_attacker) {
        return of_target.max(Control::UnknownToken);
    }
    of_target
}

/// The callee's type without the path of the file that declares it.
fn type_name(call: &ExternalCall) -> &str {
    call.interface
        .rsplit([':', '/', '.'])
        .next()
        .unwrap_or_default()
}

/// `safeTransferFrom` of an ERC-20 helper calls nobody by standard.
fn is_nft_or_hooked(call: &ExternalCall) -> bool {
    !type_name(call).contains("20")
}

/// Whether a call pays an element of a list with raw data.
fn is_payee(call: &ExternalCall, loc: &Loc) -> bool {
    call.kind == ExtKind::Low
        && call.value.is_some()
        && loc
            .path
            .iter()
            .any(|s| matches!(s, LocStep::Key(_) | LocStep::Any))
}

/// Whether the caller's account is among the data of a call.
pub(crate) fn tells_of_caller(call: &ExternalCall) -> bool {
    fn tells(value: &Expr) -> bool {
        match value {
            Expr::Caller(CallerKind::Sender) => true,
            Expr::Apply(_, args) => args.iter().any(tells),
            _ => false,
        }
    }
    call.args.iter().any(tells)
}

/// Who decides in a call of a contract whose code is in the workspace: nobody else if it calls
/// nobody, and whom it forwards to if it does.
fn foreign(
    cx: &dyn UnitContext,
    trace: &Trace,
    call: &ExternalCall,
    of_target: Control,
) -> Option<Control> {
    if call.kind != ExtKind::Interface || of_target == Control::Replaceable {
        return None;
    }
    let summary = cx.foreign_summary(&call.interface, &call.method, call.args.len())?;
    let mut worst = of_target;
    for inner in summary
        .traces
        .iter()
        .flat_map(pactward_flow::Trace::calls)
        .map(|(_, c, _)| c)
    {
        if !inner.lets_others_act() {
            continue;
        }
        let decides = match inner.target.stripped() {
            Expr::Param(at) => call
                .args
                .get(*at as usize)
                .map_or(Control::Unknown, |a| of_value(cx.ways(), trace, a)),
            Expr::Const(_) | Expr::Caller(_) | Expr::Env(_) => Control::Trusted,
            _ => Control::Unknown,
        };
        worst = worst.max(decides);
    }
    Some(worst)
}

/// Who chose an address or contract name.
pub(crate) fn of_value(ways: &UnitWays<'_>, trace: &Trace, value: &Expr) -> Control {
    match value.stripped() {
        Expr::Caller(CallerKind::Sender) => {
            let only_accounts = trace
                .steps
                .iter()
                .any(|s| matches!(&s.event, Event::Check(cond) if excludes_contracts(cond)));
            if only_accounts || ways.is_guarded(trace) {
                Control::Trusted
            } else {
                Control::Attacker
            }
        }
        // The signer of a transaction is an account without code.
        Expr::Caller(_) => Control::Trusted,
        Expr::Const(_) | Expr::Env(EnvKind::SelfAddress) => Control::Trusted,
        Expr::Param(_) | Expr::Arg(_) => Control::Attacker,
        Expr::Unknown => Control::Unknown,
        Expr::State(loc, _) => {
            if matches!(loc.root, LocRoot::Unknown | LocRoot::Param(_)) {
                Control::Unknown
            } else if loc.root == LocRoot::World && loc.is_keyed_by_input() {
                // A record that the client picks names whom its maker liked.
                Control::Unknown
            } else if ways.is_set_once(loc) {
                Control::Trusted
            } else if ways.is_privileged(loc) {
                Control::Replaceable
            } else {
                Control::Attacker
            }
        }
        Expr::Value(function, op) => of_result(ways, trace, function, *op),
        Expr::Env(_) | Expr::Failure | Expr::Ref(_) => Control::Trusted,
        composed @ (Expr::Unary(..) | Expr::Binary(..) | Expr::Apply(..)) => {
            let mut worst = Control::Trusted;
            composed.any(&mut |part| {
                if !matches!(part, Expr::Apply(..) | Expr::Binary(..) | Expr::Unary(..)) {
                    worst = worst.max(of_value(ways, trace, part));
                }
                worst == Control::Attacker
            });
            worst
        }
    }
}

/// Who chose what a call answered: whoever is called; a contract that the unit created runs the
/// code that the unit gave it.
fn of_result(ways: &UnitWays<'_>, trace: &Trace, function: &str, op: pactward_ir::OpId) -> Control {
    let made_by = trace
        .calls()
        .find(|(_, _, at)| at.op.function == function && at.op.op == op);
    match made_by {
        Some((_, call, _)) if call.kind == ExtKind::Create => Control::Trusted,
        Some((_, call, _)) if call.target == Expr::Unknown => Control::Unknown,
        // A registry that is asked about somebody answers what he has registered.
        Some((_, call, _)) => {
            let asked = call.args.iter().chain(std::iter::once(&call.target));
            match asked.map(|a| of_value(ways, trace, a)).max() {
                Some(Control::Attacker) => Control::Attacker,
                _ => Control::Unknown,
            }
        }
        None => Control::Unknown,
    }
}

/// Whether the call goes to a contract of the platform itself.
pub(crate) fn is_system(call: &ExternalCall) -> bool {
    match &call.target {
        Expr::Const(pactward_ir::Const::Str(name)) => {
            SYSTEM_CONTRACTS
                .iter()
                .any(|s| name.eq_ignore_ascii_case(s))
                || name.starts_with("syscontract")
        }
        _ => false,
    }
}
