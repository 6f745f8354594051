//! Functions whose result always tells the same: constructors of errors and responses.

use pactward_ir::Outcome;

use super::Lowering;
use super::conditions::success_status;
use crate::program::{ImportTarget, Item, Ref, go_models};
use pactward_syntax::{Node, children};

/// Longest chain of functions that only return what another one returns.
const MAX_CHAIN: u32 = 4;

/// Largest function that is read for its returns.
const MAX_NODES: usize = 300;

impl Lowering<'_> {
    /// The outcome that every call of a function has, if all its returns show the same.
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
        let mut found: Option<Outcome> = None;
        for value in returned_values(block)? {
            let outcome = self.outcome_of_expression(value, &body, at, &ty, depth)?;
            if found.is_some_and(|f| f != outcome) {
                return None;
            }
            found = Some(outcome);
        }
        found
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

/// The values that a function's own `return` statements yield; none if it is large, has no return,
/// or one that does not say what it yields.
fn returned_values(block: Node<'_>) -> Option<Vec<Node<'_>>> {
    let mut values = Vec::new();
    let mut stack = vec![block];
    let mut seen = 0;
    while let Some(node) = stack.pop() {
        seen += 1;
        if seen > MAX_NODES {
            return None;
        }
        match node.kind() {
            "func_literal" => {}
            "return_statement" => {
                let list = children(node).find(|c| c.kind() == "expression_list")?;
                values.push(children(list).next()?);
            }
            _ => stack.extend(children(node)),
        }
    }
    (!values.is_empty()).then_some(values)
}
