//! Functions whose result always tells the same: constructors of errors and responses.

use pactward_ir::Outcome;

use super::Lowering;
use super::conditions::success_status;
use crate::program::{ImportTarget, Item, Ref, go_models};
use pactward_syntax::{Node, children};

/// Longest chain of functions that only return what another one returns.
const MAX_CHAIN: u32 = 4;

impl Lowering<'_> {
    /// The outcome that every call of a function has, if its body is one return that shows it.
    pub(super) fn constant_outcome(&self, at: Ref) -> Option<Outcome> {
        self.outcome_through(at, 0)
    }

    fn outcome_through(&self, at: Ref, depth: u32) -> Option<Outcome> {
        let func = self.program.func(at);
        let last = func.signature.results.last()?;
        let ty = self
            .types()
            .resolve(at.file, &last.ty, &crate::types::no_scope);
        let is_result = ty == pactward_ir::Type::Error || success_status(&ty).is_some();
        if !is_result || func.signature.results.len() != 1 || depth > MAX_CHAIN {
            return None;
        }
        let body = (self.bodies)(&func.key)?;
        let block = body.node().child_by_field_name("body")?;
        let value = Self::only_return(block)?;
        self.outcome_of_expression(value, &body, at, &ty, depth)
    }

    fn outcome_of_expression(
        &self,
        mut value: Node<'_>,
        body: &pactward_syntax::Body,
        at: Ref,
        ty: &pactward_ir::Type,
        depth: u32,
    ) -> Option<Outcome> {
        let text = |node| body.parsed().text_of(node);
        if value.kind() == "unary_expression" {
            value = value.child_by_field_name("operand")?;
        }
        match value.kind() {
            "nil" => Some(Outcome::Ok),
            "call_expression" => {
                let function = value.child_by_field_name("function")?;
                match function.kind() {
                    "identifier" => match self.program.bare_item(at.file, text(function))? {
                        Item::Func(callee) => self.outcome_through(callee, depth + 1),
                        _ => None,
                    },
                    "selector_expression" => {
                        let package = text(function.child_by_field_name("operand")?);
                        let name = text(function.child_by_field_name("field")?);
                        match self.program.file(at.file).imports.get(package)? {
                            ImportTarget::Model(package) => {
                                go_models().function(package, name)?.outcome
                            }
                            ImportTarget::Package(package) => {
                                match self.program.item(*package, name)? {
                                    Item::Func(callee) => self.outcome_through(callee, depth + 1),
                                    _ => None,
                                }
                            }
                            ImportTarget::Foreign(_) => None,
                        }
                    }
                    _ => None,
                }
            }
            "composite_literal" => {
                let ok = success_status(ty)?;
                let fields = value.child_by_field_name("body")?;
                let status = children(fields).find_map(|f| {
                    let key = f.child_by_field_name("key")?;
                    (text(key) == "Status").then(|| f.child_by_field_name("value"))?
                });
                let Some(status) = status else {
                    return Some(Outcome::Ok);
                };
                let status = children(status).next()?;
                let name = pactward_ir::Name::default();
                let expr = crate::reader::Reader::new(body.parsed(), name).constant(status);
                let pactward_ir::Const::Int(status) = self.program.constant(at.file, &expr)? else {
                    return None;
                };
                let limit = if ok == 0.into() { 1 } else { 400 };
                Some(if status < limit.into() {
                    Outcome::Ok
                } else {
                    Outcome::Err
                })
            }
            _ => None,
        }
    }
}
