//! How far the code behind an external call is in an attacker's hands.

use pactward_flow::{EntryWays, Expr, ExternalCall, GasLimit, Trace, UnitWays, excludes_contracts};
use pactward_flow::{Event, LocRoot};
use pactward_ir::{CallerKind, EnvKind, ExtKind};

/// Who decides what runs when the unit calls out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Control {
    /// Code that the unit's authors chose.
    Trusted,
    /// Code that privileged callers chose and can choose anew.
    Replaceable,
    /// A token whose code is not known and may call its receiver.
    UnknownToken,
    /// An arbitrary caller's code, at once or through a receiver hook.
    Attacker,
}

/// Methods whose callee must call the receiver back by its standard: ERC-721, ERC-1155, ERC-777,
/// ERC-677, ERC-1363.
const HOOK_METHODS: &[&str] = &[
    "safeTransferFrom",
    "safeBatchTransferFrom",
    "safeMint",
    "_safeMint",
    "transferAndCall",
    "transferFromAndCall",
    "approveAndCall",
    "operatorSend",
    "tokensReceived",
];

/// Methods that move tokens to a receiver who may be called.
const TOKEN_METHODS: &[&str] = &[
    "transfer",
    "transferFrom",
    "safeTransfer",
    "mint",
    "mintTo",
    "burn",
    "burnFrom",
    "redeem",
    "withdraw",
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
    ways: &UnitWays<'_>,
    entry: &EntryWays,
    trace: &Trace,
    call: &ExternalCall,
) -> Control {
    let of_target = of_value(ways, trace, &call.target);
    if of_target == Control::Attacker || entry.is_setup() {
        return of_target;
    }
    let is_delegate = matches!(call.kind, ExtKind::Delegate | ExtKind::CallCode);
    if is_delegate || call.gas == GasLimit::Stipend {
        return of_target;
    }
    let pays_attacker = call
        .args
        .iter()
        .any(|a| is_address(a) && of_value(ways, trace, a) == Control::Attacker);
    if !pays_attacker {
        return of_target;
    }
    let has_hook = HOOK_METHODS.contains(&call.method.as_str())
        || call.method == "send" && call.args.len() > 1
        || call.interface.contains("777")
        || call.interface.contains("1155") && call.method.contains("ransfer");
    if has_hook {
        return Control::Attacker;
    }
    if TOKEN_METHODS.contains(&call.method.as_str()) && call.kind == ExtKind::Interface {
        return of_target.max(Control::UnknownToken);
    }
    of_target
}

/// Arguments that can be the account to call back; amounts and data are none.
fn is_address(value: &Expr) -> bool {
    matches!(
        value.stripped(),
        Expr::Caller(_) | Expr::Param(_) | Expr::Arg(_) | Expr::State(..) | Expr::Value(..)
    )
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
        Expr::State(loc, _) => {
            if matches!(loc.root, LocRoot::Unknown | LocRoot::Param(_)) {
                Control::Replaceable
            } else if ways.is_set_once(loc) {
                Control::Trusted
            } else if ways.is_privileged(loc) {
                Control::Replaceable
            } else {
                Control::Attacker
            }
        }
        Expr::Value(function, op) => of_result(ways, trace, function, *op),
        Expr::Unknown => Control::Replaceable,
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
        Some((_, call, _)) if call.target == Expr::Unknown => Control::Replaceable,
        Some((_, call, _)) => match of_value(ways, trace, &call.target) {
            Control::Attacker => Control::Attacker,
            _ => Control::Replaceable,
        },
        None => Control::Replaceable,
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
