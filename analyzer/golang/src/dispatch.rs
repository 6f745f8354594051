//! Finds how a function selects others by a name that the client sends: switches and chains of
//! comparisons on the name, tables of functions indexed by it, calls that pass it on.

use pactward_ir::Name;
use pactward_syntax::{Node, Parsed, children, children_of_kind};

use crate::decls::{Arm, Dispatch, Signature, Target, TypeExpr};
use crate::reader::Reader;

/// Calls that yield what the client sent.
const CLIENT_INPUT: [&str; 3] = ["GetFunctionAndParameters(", "GetStringArgs(", "GetArgs("];

/// Most callees of one case that are kept.
const MAX_TARGETS: usize = 8;

/// The dispatch of a function whose result is a response of a contract platform; nothing for
/// others, so that editing their bodies changes no declaration. `own` names the receiver.
pub(crate) fn dispatch(
    body: Node<'_>,
    parsed: &Parsed,
    signature: &Signature,
    own: Option<&str>,
) -> Dispatch {
    let responds = signature.results.iter().any(|r| is_response(&r.ty));
    let mut finder = Finder {
        parsed,
        own,
        found: Dispatch::default(),
    };
    if !responds {
        return finder.found;
    }
    let strings = signature.params.iter().filter(|p| is_string(&p.ty));
    finder.found.sources = strings.map(|p| p.name.clone()).collect();
    finder.walk(body);
    finder.found
}

/// The arms of a map literal from strings to functions.
pub(crate) fn table(value: Node<'_>, parsed: &Parsed, own: Option<&str>) -> Vec<Arm> {
    let finder = Finder {
        parsed,
        own,
        found: Dispatch::default(),
    };
    finder.table(value, "")
}

fn is_response(ty: &TypeExpr) -> bool {
    match ty {
        TypeExpr::Name(name) | TypeExpr::Qualified(_, name) => name == "Response",
        TypeExpr::Pointer(inner) => is_response(inner),
        _ => false,
    }
}

fn is_string(ty: &TypeExpr) -> bool {
    matches!(ty, TypeExpr::Name(name) if name == "string")
}

struct Finder<'t> {
    parsed: &'t Parsed,
    own: Option<&'t str>,
    found: Dispatch,
}

impl Finder<'_> {
    fn text(&self, node: Node<'_>) -> &str {
        self.parsed.text_of(node)
    }

    fn walk(&mut self, body: Node<'_>) {
        let mut stack = vec![body];
        while let Some(node) = stack.pop() {
            match node.kind() {
                "short_var_declaration" | "assignment_statement" => {
                    let sides = ["left", "right"].map(|f| node.child_by_field_name(f));
                    if let [Some(left), Some(right)] = sides {
                        self.binding(left, right);
                    }
                }
                "var_spec" => {
                    let sides = ["name", "value"].map(|f| node.child_by_field_name(f));
                    if let [Some(left), Some(right)] = sides {
                        self.binding(left, right);
                    }
                }
                "expression_switch_statement" => self.switch(node),
                "if_statement" => {
                    let parts = ["condition", "consequence"].map(|f| node.child_by_field_name(f));
                    if let [Some(condition), Some(then)] = parts {
                        self.comparison(condition, then);
                    }
                }
                "call_expression" => self.forward(node),
                "index_expression" => self.table_use(node),
                _ => {}
            }
            let mut inner: Vec<_> = children(node).collect();
            inner.reverse();
            stack.extend(inner);
        }
    }

    /// Notes names that hold what the client sent, and local tables of functions.
    fn binding(&mut self, left: Node<'_>, right: Node<'_>) {
        let first = if left.kind() == "expression_list" {
            children(left).next().unwrap_or(left)
        } else {
            left
        };
        if first.kind() != "identifier" {
            return;
        }
        let value = if right.kind() == "expression_list" {
            children(right).next().unwrap_or(right)
        } else {
            right
        };
        let name = Name::from(self.text(first));
        if value.kind() == "composite_literal" {
            let arms = self.table(value, &name);
            self.found.arms.extend(arms);
            return;
        }
        let is_input = value.kind() == "call_expression" && {
            let text = self.text(value);
            CLIENT_INPUT.iter().any(|c| text.contains(c))
        };
        if (is_input || self.name_of(value).is_some()) && !self.found.sources.contains(&name) {
            self.found.sources.push(name);
        }
    }

    /// The source that an expression is: the name itself, its first element, an argument called
    /// "method", or a conversion of these.
    fn name_of(&self, mut node: Node<'_>) -> Option<Name> {
        loop {
            match node.kind() {
                "identifier" => {
                    let name = self.text(node);
                    return self.found.sources.iter().find(|s| *s == name).cloned();
                }
                "parenthesized_expression" => node = children(node).next()?,
                "type_conversion_expression" => node = node.child_by_field_name("operand")?,
                "call_expression" => {
                    let mut arguments = children(node.child_by_field_name("arguments")?);
                    node = arguments.next()?;
                    if arguments.next().is_some() {
                        return None;
                    }
                }
                "index_expression" => {
                    let index = self.text(node.child_by_field_name("index")?);
                    if index != "0" && index != "\"method\"" {
                        return None;
                    }
                    node = node.child_by_field_name("operand")?;
                }
                _ => return None,
            }
        }
    }

    fn switch(&mut self, node: Node<'_>) {
        let tag = node.child_by_field_name("value");
        let on = match tag {
            Some(tag) => match self.name_of(tag) {
                Some(on) => on,
                None => return,
            },
            None => Name::default(),
        };
        let cases = children_of_kind(node, "expression_case").collect::<Vec<_>>();
        for case in cases {
            let Some(labels) = case.child_by_field_name("value") else {
                continue;
            };
            for label in children(labels) {
                if tag.is_some() {
                    self.arm(on.clone(), label, case);
                } else {
                    self.comparison(label, case);
                }
            }
        }
    }

    /// Arms of `name == label`, alternatives joined by `||` included.
    fn comparison(&mut self, condition: Node<'_>, then: Node<'_>) {
        let mut stack = vec![condition];
        while let Some(node) = stack.pop() {
            let field = |name| node.child_by_field_name(name);
            match (
                node.kind(),
                field("left"),
                field("operator"),
                field("right"),
            ) {
                ("parenthesized_expression", ..) => stack.extend(children(node).next()),
                ("binary_expression", Some(left), Some(operator), Some(right)) => {
                    match self.text(operator) {
                        "||" => stack.extend([right, left]),
                        "==" => {
                            if let Some(on) = self.name_of(left) {
                                self.arm(on, right, then);
                            } else if let Some(on) = self.name_of(right) {
                                self.arm(on, left, then);
                            }
                        }
                        _ => {}
                    }
                }
                _ => {}
            }
        }
    }

    fn arm(&mut self, on: Name, label: Node<'_>, body: Node<'_>) {
        if !matches!(
            label.kind(),
            "interpreted_string_literal"
                | "raw_string_literal"
                | "identifier"
                | "selector_expression"
        ) {
            return;
        }
        let label = Reader::new(self.parsed, Name::default()).constant(label);
        let targets = self.targets(body);
        self.found.arms.push(Arm { on, label, targets });
    }

    /// Callees of a case, returned ones first.
    fn targets(&self, body: Node<'_>) -> Vec<Target> {
        let (mut returned, mut others) = (Vec::new(), Vec::new());
        let mut stack = vec![(body, false)];
        while let Some((node, in_return)) = stack.pop() {
            let in_return = in_return || node.kind() == "return_statement";
            if node.kind() == "call_expression"
                && let Some(target) = node
                    .child_by_field_name("function")
                    .and_then(|f| self.target(f))
            {
                let list = if in_return {
                    &mut returned
                } else {
                    &mut others
                };
                if !list.contains(&target) && list.len() < MAX_TARGETS {
                    list.push(target);
                }
            }
            let mut inner: Vec<_> = children(node).map(|c| (c, in_return)).collect();
            inner.reverse();
            stack.extend(inner);
        }
        returned.extend(others);
        returned
    }

    fn target(&self, function: Node<'_>) -> Option<Target> {
        match function.kind() {
            "identifier" => Some(Target::Name(self.text(function).into())),
            "selector_expression" => {
                let operand = function.child_by_field_name("operand")?;
                let field = Name::from(self.text(function.child_by_field_name("field")?));
                if operand.kind() != "identifier" {
                    return None;
                }
                let operand = self.text(operand);
                Some(if self.own == Some(operand) {
                    Target::Own(field)
                } else {
                    Target::Qualified(operand.into(), field)
                })
            }
            _ => None,
        }
    }

    /// A call that passes a name on to a function that may dispatch in turn.
    fn forward(&mut self, call: Node<'_>) {
        let parts = ["function", "arguments"].map(|f| call.child_by_field_name(f));
        let [Some(function), Some(arguments)] = parts else {
            return;
        };
        let Some(target) = self.target(function) else {
            return;
        };
        let names = children(arguments)
            .enumerate()
            .filter_map(|(at, a)| Some((at as u32, self.name_of(a)?)))
            .collect::<Vec<_>>();
        let passes_all = children(arguments).any(|a| a.kind() == "identifier");
        if !names.is_empty() || passes_all {
            self.found.forwards.push((target, names));
        }
    }

    fn table_use(&mut self, node: Node<'_>) {
        let parts = ["operand", "index"].map(|f| node.child_by_field_name(f));
        let [Some(operand), Some(index)] = parts else {
            return;
        };
        if operand.kind() == "identifier"
            && let Some(source) = self.name_of(index)
        {
            let table = Name::from(self.text(operand));
            self.found.tables.push((table, source));
        }
    }

    fn table(&self, value: Node<'_>, on: &str) -> Vec<Arm> {
        let parts = ["type", "body"].map(|f| value.child_by_field_name(f));
        let [Some(ty), Some(body)] = parts else {
            return Vec::new();
        };
        if ty.kind() != "map_type" {
            return Vec::new();
        }
        let mut arms = Vec::new();
        for element in children_of_kind(body, "keyed_element") {
            let parts = ["key", "value"].map(|f| {
                element
                    .child_by_field_name(f)
                    .and_then(|e| children(e).next())
            });
            let [Some(key), Some(value)] = parts else {
                continue;
            };
            if let Some(target) = self.target(value) {
                arms.push(Arm {
                    on: on.into(),
                    label: Reader::new(self.parsed, Name::default()).constant(key),
                    targets: vec![target],
                });
            }
        }
        arms
    }
}
