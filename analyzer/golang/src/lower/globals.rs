//! Paths into what lives as long as the process: package variables, and fields of a contract's own
//! receiver, of which a process has one.

use pactward_ir::{Name, Place, Proj, Root, Type};
use pactward_syntax::{Node, children};

use super::Lowering;
use super::frame::{Binding, Local};
use crate::members::MemberKind;
use crate::program::{ImportTarget, Item, Ref};

impl<'a> Lowering<'a> {
    /// The place of a path into a package variable or a contract's field, with its type; none if
    /// the expression is no such path.
    pub(super) fn global_place(&mut self, node: Node<'a>) -> Option<(Place, Type)> {
        let (root, steps) = self.path_to_root(node)?;
        let (mut place, mut ty) = (
            Place {
                root: Root::Global(root.name),
                path: Vec::new(),
            },
            root.ty,
        );
        for step in steps {
            match step {
                Step::Field(field) => {
                    self.count_receiver(&ty);
                    let name = Name::from(self.text(field));
                    let member = self.types().member(&ty, &name, self.file);
                    let mut next = Type::Unknown;
                    if let Some(member) = member {
                        place
                            .path
                            .extend(member.path.into_iter().map(|(n, _)| Proj::Field(n)));
                        next = match member.kind {
                            MemberKind::Field(ty) => ty,
                            MemberKind::ModelField(row) => row.ty.clone(),
                            _ => Type::Unknown,
                        };
                    }
                    place.path.push(Proj::Field(name));
                    ty = next;
                }
                Step::Index(index) => {
                    let (element, key_ty) = self.types().element(&ty, self.file);
                    let key = self.expr_of(index, Some(&key_ty));
                    place.path.push(Proj::Index(key.id));
                    ty = element;
                }
                Step::Deref => ty = ty.pointee().clone(),
            }
        }
        Some((place, ty))
    }

    /// Where a path of fields and elements starts, and the steps from there. A step that names a
    /// method ends no path.
    fn path_to_root(&self, node: Node<'a>) -> Option<(GlobalRoot, Vec<Step<'a>>)> {
        let mut steps = Vec::new();
        let mut at = node;
        loop {
            let field = |name| at.child_by_field_name(name);
            match at.kind() {
                "identifier" => {
                    let name = self.text(at);
                    match self.f.lookup(name) {
                        Some(Binding::Local(local)) => return self.own_field(local, steps),
                        Some(_) => return None,
                        None => {}
                    }
                    let Some(Item::Var(var)) = self.program.bare_item(self.file, name) else {
                        return None;
                    };
                    return self.rooted(self.variable(var, name), steps);
                }
                "parenthesized_expression" => at = children(at).next()?,
                "selector_expression" => {
                    let operand = field("operand")?;
                    let name = field("field")?;
                    if let Some(target) = self.package_of(operand) {
                        let ImportTarget::Package(package) = target else {
                            return None;
                        };
                        let name = self.text(name);
                        let Some(Item::Var(var)) = self.program.item(package, name) else {
                            return None;
                        };
                        return self.rooted(self.variable(var, name), steps);
                    }
                    steps.push(Step::Field(name));
                    at = operand;
                }
                "index_expression" => {
                    steps.push(Step::Index(field("index")?));
                    at = field("operand")?;
                }
                "unary_expression" if self.text(field("operator")?) == "*" => {
                    steps.push(Step::Deref);
                    at = field("operand")?;
                }
                _ => return None,
            }
            if steps.len() > super::MAX_DEPTH as usize {
                return None;
            }
        }
    }

    fn variable(&self, at: Ref, name: &str) -> GlobalRoot {
        GlobalRoot {
            name: self.program.item_name(at, name),
            ty: self.types().var_type(at),
        }
    }

    /// A field of the contract that a method runs on. Promoted fields belong to the type that
    /// declares them.
    fn own_field(
        &self,
        receiver: &Local,
        mut steps: Vec<Step<'a>>,
    ) -> Option<(GlobalRoot, Vec<Step<'a>>)> {
        if !receiver.is_contract {
            return None;
        }
        while let Some(Step::Deref) = steps.last() {
            steps.pop();
        }
        let Some(Step::Field(field)) = steps.pop() else {
            return None;
        };
        let field = self.text(field);
        let member = self.types().member(&receiver.ty, field, self.file)?;
        let MemberKind::Field(ty) = member.kind else {
            return None;
        };
        let (Type::Struct(owner) | Type::Named(owner, _)) = &member.owner else {
            return None;
        };
        let name = Name::from(format!("{owner}.{field}"));
        self.rooted(GlobalRoot { name, ty }, steps)
    }

    fn rooted(
        &self,
        root: GlobalRoot,
        mut steps: Vec<Step<'a>>,
    ) -> Option<(GlobalRoot, Vec<Step<'a>>)> {
        steps.reverse();
        let mut ty = root.ty.clone();
        for step in &steps {
            ty = match step {
                Step::Field(field) => {
                    let member = self.types().member(&ty, self.text(*field), self.file);
                    match member.map(|m| m.kind) {
                        Some(MemberKind::Field(ty)) => ty,
                        Some(MemberKind::ModelField(row)) => row.ty.clone(),
                        None => Type::Unknown,
                        Some(_) => return None,
                    }
                }
                Step::Index(_) => self.types().element(&ty, self.file).0,
                Step::Deref => ty.pointee().clone(),
            };
        }
        Some((root, steps))
    }
}

/// A package variable, or a field of a contract: unique name and type.
struct GlobalRoot {
    name: Name,
    ty: Type,
}

enum Step<'a> {
    Field(Node<'a>),
    Index(Node<'a>),
    Deref,
}
