//! Who calls whom in a unit, and how a call leaves it.

use pactward_ir::{Callee, ExtKind, Function, Name, OpId, OpKind, Unit};

use crate::call::resolve;

/// How a call gets to its callee.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CallKind {
    /// To exactly one function of the unit.
    Internal,
    /// To the most derived implementation, or the next one for `super`.
    Virtual,
    /// To a function outside the unit's own: a library, another package.
    Library,
    /// Through a function value or an interface with several implementations.
    Dynamic,
    /// To another contract through a typed interface.
    CrossContract,
    /// To an address with raw data, or with the callee's code in the own storage.
    LowLevel,
}

/// An edge of the call graph. Calls that leave the workspace end in the interface and method.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct CallEdge {
    pub from: Name,
    pub op: OpId,
    pub to: Name,
    pub kind: CallKind,
}

/// The calls of one function as it runs in a unit, in op order.
pub fn call_edges(unit: &Unit, function: &Function) -> Vec<CallEdge> {
    let mut edges = Vec::new();
    for (op, what) in function.iter_ops() {
        let mut edge = |to: Name, kind: CallKind| {
            edges.push(CallEdge {
                from: function.name.clone(),
                op,
                to,
                kind,
            });
        };
        match &what.kind {
            OpKind::Call { callee, .. } | OpKind::Spawn { callee, .. } => {
                for to in resolve(unit, callee) {
                    let kind = match callee {
                        Callee::Virtual(_) | Callee::Super(..) => CallKind::Virtual,
                        Callee::OneOf(_) | Callee::Value(_) => CallKind::Dynamic,
                        Callee::Function(_) if unit.functions.contains(&to) => CallKind::Internal,
                        Callee::Function(_) => CallKind::Library,
                    };
                    edge(to, kind);
                }
            }
            OpKind::ExtCall {
                kind,
                interface,
                method,
                ..
            } => {
                let kind = match kind {
                    ExtKind::Interface
                    | ExtKind::Contract
                    | ExtKind::Query
                    | ExtKind::Message
                    | ExtKind::Submessage
                    | ExtKind::Create => CallKind::CrossContract,
                    _ => CallKind::LowLevel,
                };
                edge(format!("{interface}.{method}").into(), kind);
            }
            _ => {}
        }
    }
    edges
}
