//! What expressions denote: values, places, types, functions.

use pactward_base::SmolStr;
use pactward_ir::{AggregateKind, Const, Name, OpId, OpKind, Place, Proj, ReadKind, Root, Type};

use super::{Local, Lowerer};
use crate::program::{ParamInfo, function_type};
use crate::syntax::{Args, Ast, ExprId, ExprKind, PrefixOp, TypeExpr};

/// What an expression stands for before it is used.
#[derive(Debug, Clone)]
pub(super) enum Den {
    /// No value: a statement in the guise of a call.
    Nothing,
    Value(OpId),
    Local(Local),
    /// A place in state that was not read yet.
    State(Place, Type),
    /// Length of an array in state.
    StateLength(Place),
    /// A field or element of a value in memory that was not read yet.
    Memory {
        base: OpId,
        path: Vec<Proj>,
        ty: Type,
    },
    Tuple(Vec<Option<Den>>),
    Type(Type),
    Module(u32),
    /// Functions of one name, most derived first.
    Functions(Functions),
    /// Event or error.
    Signature {
        id: u32,
        is_event: bool,
    },
    /// `this` and `super` have no meaning of their own beside calls.
    Super,
    /// `msg`, `block`, `tx`, `abi`.
    Namespace(&'static str),
    /// `type(T)`.
    TypeOf(Type),
    /// A name that is declared nowhere.
    Unresolved(SmolStr),
    /// A member function of a value, before it is called.
    Member {
        base: Box<Den>,
        name: SmolStr,
    },
}

/// Overloads with the way they are called.
#[derive(Debug, Clone)]
pub(super) struct Functions {
    pub(super) ids: Vec<u32>,
    pub(super) how: How,
}

#[derive(Debug, Clone)]
pub(super) enum How {
    /// By its own name: the most derived implementation runs.
    Virtual,
    /// Through a contract's or library's name: exactly this one runs.
    Exact,
    /// After `super`.
    Super,
    /// Attached to the value's type; the value is the first argument.
    Attached(Box<Den>),
    /// Of a contract value.
    External { target: Box<Den>, interface: Name },
}

impl Lowerer<'_> {
    /// Lowers an expression as far as it goes without reading what it denotes.
    pub(super) fn denote(&mut self, ast: &Ast, id: ExprId) -> Den {
        let span = ast.get(id).span;
        self.at(span, |l| l.denote_here(ast, id))
    }

    fn denote_here(&mut self, ast: &Ast, id: ExprId) -> Den {
        match &ast.get(id).kind {
            ExprKind::Name(name) => self.name(name),
            ExprKind::Number(value) => Den::Value(match value {
                Some(value) => self.b.int(value.clone(), literal_type(value)),
                None => self.b.emit(
                    OpKind::Pure {
                        name: "fraction".into(),
                        args: Vec::new(),
                    },
                    Type::UINT256,
                ),
            }),
            ExprKind::Address(value) => Den::Value(self.b.int(value.clone(), Type::Address)),
            ExprKind::Text(text) => Den::Value(self.b.string(text.clone())),
            ExprKind::Hex(digits) => {
                let value = Const::Bytes(digits.clone());
                Den::Value(self.b.constant(value, Type::Bytes(None)))
            }
            ExprKind::Bool(value) => Den::Value(self.b.bool(*value)),
            ExprKind::Type(ty) => Den::Type(self.resolve(ty)),
            ExprKind::TypeOf(ty) => Den::TypeOf(self.resolve(ty)),
            ExprKind::Member(base, name) => {
                let base = self.denote(ast, *base);
                self.member(base, name)
            }
            ExprKind::Index(base, key) => self.index(ast, *base, *key),
            ExprKind::Slice(base, from, to) => {
                let mut args = vec![self.value(ast, *base)];
                for bound in [from, to].into_iter().flatten() {
                    args.push(self.value(ast, *bound));
                }
                let ty = self.b.ty(args[0]).clone();
                let name = Name::new_static("slice");
                Den::Value(self.b.emit(OpKind::Pure { name, args }, ty))
            }
            ExprKind::Call(..) | ExprKind::New(_) => self.call(ast, id),
            ExprKind::Options(callee, options) => {
                // Options without a call have their effects and nothing else.
                for (_, value) in options {
                    self.value(ast, *value);
                }
                self.denote(ast, *callee)
            }
            ExprKind::Prefix(op, operand) => self.prefix(ast, *op, *operand),
            ExprKind::Postfix(op, operand) => Den::Value(self.step(ast, *op, *operand, false)),
            ExprKind::Binary(..) => Den::Value(self.binary(ast, id)),
            ExprKind::Assign(op, left, right) => self.assignment(ast, *op, *left, *right),
            ExprKind::Ternary(cond, yes, no) => self.ternary(ast, *cond, *yes, *no),
            ExprKind::Tuple(parts) => match parts.as_slice() {
                [Some(only)] => self.denote(ast, *only),
                parts => {
                    let mut dens = Vec::new();
                    for part in parts {
                        dens.push(part.map(|p| self.denote(ast, p)));
                    }
                    Den::Tuple(dens)
                }
            },
            ExprKind::Array(parts) => {
                let mut values = Vec::new();
                for part in parts {
                    values.push(self.value(ast, *part));
                }
                let element = values
                    .first()
                    .map_or(Type::Unknown, |v| self.b.ty(*v).clone());
                let ty = Type::Array(element.into(), Some(values.len() as u64));
                Den::Value(self.aggregate(AggregateKind::Array, Vec::new(), values, ty))
            }
            ExprKind::Error(parts) => {
                let mut args = Vec::new();
                for part in parts {
                    args.push(self.value(ast, *part));
                }
                Den::Value(self.b.unknown("syntax", args))
            }
        }
    }

    pub(super) fn resolve(&self, ty: &TypeExpr) -> Type {
        self.p.resolve_type(self.frame.scope, ty)
    }

    pub(super) fn aggregate(
        &mut self,
        kind: AggregateKind,
        names: Vec<Name>,
        parts: Vec<OpId>,
        ty: Type,
    ) -> OpId {
        self.b.emit(OpKind::Aggregate { kind, names, parts }, ty)
    }

    fn prefix(&mut self, ast: &Ast, op: PrefixOp, operand: ExprId) -> Den {
        use pactward_ir::UnaryOp;
        let unary = match op {
            PrefixOp::Step(step) => return Den::Value(self.step(ast, step, operand, true)),
            PrefixOp::Delete => {
                self.delete(ast, operand);
                return Den::Nothing;
            }
            PrefixOp::Plus => return Den::Value(self.value(ast, operand)),
            PrefixOp::Not => UnaryOp::Not,
            PrefixOp::Neg => UnaryOp::Neg,
            PrefixOp::BitNot => UnaryOp::BitNot,
        };
        let value = if op == PrefixOp::Not {
            self.condition(ast, operand)
        } else {
            self.value(ast, operand)
        };
        let ty = self.b.ty(value).clone();
        let symbol = match op {
            PrefixOp::Neg => "-",
            PrefixOp::BitNot => "~",
            _ => "",
        };
        if let Some(result) = self.user_operator(symbol, &ty, &[value]) {
            return Den::Value(result);
        }
        Den::Value(self.b.emit(OpKind::Unary { op: unary, value }, ty))
    }

    /// `base[key]`, or an array type.
    fn index(&mut self, ast: &Ast, base: ExprId, key: Option<ExprId>) -> Den {
        let base = self.denote(ast, base);
        let base = self.as_field(base);
        if let Den::Type(ty) = base {
            let length = key.and_then(|k| match &ast.get(k).kind {
                ExprKind::Number(Some(n)) => u64::try_from(n).ok(),
                _ => None,
            });
            return Den::Type(Type::Array(ty.into(), length));
        }
        let Some(key) = key else {
            let base = self.read(base);
            return Den::Value(self.b.unknown("syntax", vec![base]));
        };
        match base {
            Den::State(place, ty) => {
                let (element, expected) = element_of(&ty);
                let key = self.value_as(ast, key, &expected);
                Den::State(place.index(key), element)
            }
            Den::Memory { base, mut path, ty } => {
                let (element, expected) = element_of(&ty);
                let key = self.value_as(ast, key, &expected);
                path.push(Proj::Index(key));
                Den::Memory {
                    base,
                    path,
                    ty: element,
                }
            }
            other => {
                let base = self.read(other);
                let (element, expected) = element_of(&self.b.ty(base).clone());
                let key = self.value_as(ast, key, &expected);
                Den::Memory {
                    base,
                    path: vec![Proj::Index(key)],
                    ty: element,
                }
            }
        }
    }

    /// Type of what a denotation reads as.
    pub(super) fn den_type(&self, den: &Den) -> Type {
        match den {
            Den::Value(value) => self.b.ty(*value).clone(),
            Den::Local(local) => local.ty.clone(),
            Den::State(_, ty) | Den::Memory { ty, .. } => ty.clone(),
            Den::StateLength(_) => Type::UINT256,
            Den::Functions(functions) => self.function_type(functions),
            Den::Tuple(parts) => Type::Tuple(
                parts
                    .iter()
                    .map(|p| p.as_ref().map_or(Type::Unknown, |p| self.den_type(p)))
                    .collect(),
            ),
            _ => Type::Unknown,
        }
    }

    /// The value of a denotation, read now.
    pub(super) fn read(&mut self, den: Den) -> OpId {
        match den {
            Den::Nothing => self.b.nil(),
            Den::Value(value) => value,
            Den::Local(local) => self.b.get(local.id),
            Den::State(place, ty) => {
                // A mapping is no value: only a reference to it can be passed on.
                if matches!(ty, Type::Map(..)) {
                    return self.reference(place, ty);
                }
                self.b.emit(
                    OpKind::StateRead {
                        place,
                        kind: ReadKind::Get,
                    },
                    ty,
                )
            }
            Den::StateLength(place) => self.b.emit(
                OpKind::StateRead {
                    place,
                    kind: ReadKind::Length,
                },
                Type::UINT256,
            ),
            Den::Memory { base, path, ty } => self.read_memory(base, path, &ty),
            Den::Tuple(parts) => {
                let mut values = Vec::new();
                for part in parts {
                    let value = match part {
                        Some(part) => self.read(part),
                        None => self.b.nil(),
                    };
                    values.push(value);
                }
                let types = values.iter().map(|v| self.b.ty(*v).clone()).collect();
                let ty = Type::Tuple(types);
                self.aggregate(AggregateKind::Tuple, Vec::new(), values, ty)
            }
            Den::Functions(functions) => self.function_value(functions),
            Den::Type(ty) | Den::TypeOf(ty) => self.pure(&format!("type {ty:?}"), Vec::new()),
            Den::Signature { id, .. } => {
                let name = self.p.signatures[id as usize].name.clone();
                self.pure(&name, Vec::new())
            }
            Den::Namespace(name) => self.pure(name, Vec::new()),
            Den::Super => self.b.unknown("super", Vec::new()),
            Den::Module(file) => {
                let path = self.p.files[file as usize].path.clone();
                self.pure(&path, Vec::new())
            }
            Den::Unresolved(name) => match self.inherited(&name) {
                Some(den) => self.read(den),
                None => self
                    .b
                    .unknown(SmolStr::new(format!("undeclared {name}")), Vec::new()),
            },
            den @ Den::Member { .. } => {
                let field = self.as_field(den);
                self.read(field)
            }
        }
    }

    fn read_memory(&mut self, base: OpId, path: Vec<Proj>, ty: &Type) -> OpId {
        let mut value = base;
        let last = path.len();
        for (at, step) in path.into_iter().enumerate() {
            let before = self.b.ty(value).clone();
            let step_type = |l: &Self| {
                if at + 1 == last {
                    return ty.clone();
                }
                match &step {
                    Proj::Field(name) => l.p.struct_field(&before, name).cloned(),
                    Proj::Index(_) | Proj::Any => Some(element_of(&before).0),
                }
                .unwrap_or_default()
            };
            let step_type = step_type(self);
            let kind = match step {
                Proj::Field(name) => OpKind::Field { base: value, name },
                Proj::Index(key) => OpKind::Index { base: value, key },
                Proj::Any => OpKind::Element { of: value, part: 0 },
            };
            value = self.b.emit(kind, step_type);
        }
        value
    }

    pub(super) fn pure(&mut self, name: &str, args: Vec<OpId>) -> OpId {
        let name = Name::new(name);
        self.b.emit(OpKind::Pure { name, args }, Type::Unknown)
    }

    /// A reference to a place in storage.
    pub(super) fn reference(&mut self, place: Place, ty: Type) -> OpId {
        if let Root::Ref(value) = place.root
            && place.path.is_empty()
        {
            return value;
        }
        self.b.emit(OpKind::StorageRef { place }, ty)
    }

    /// A function as a value: a pointer to it, or the address and selector of an external one.
    fn function_value(&mut self, functions: Functions) -> OpId {
        let Some(first) = functions.ids.first() else {
            return self.b.unknown("function", Vec::new());
        };
        let ty = self.function_type(&functions);
        let function = &self.p.functions[*first as usize];
        let captures = match functions.how {
            How::External { target, .. } | How::Attached(target) => vec![self.read(*target)],
            _ => Vec::new(),
        };
        let function = function.id.clone();
        self.b.emit(OpKind::Closure { function, captures }, ty)
    }

    fn function_type(&self, functions: &Functions) -> Type {
        let Some(first) = functions.ids.first() else {
            return Type::Unknown;
        };
        let function = &self.p.functions[*first as usize];
        let types = |infos: &[ParamInfo]| infos.iter().map(|i| i.ty.clone()).collect();
        let external = matches!(functions.how, How::External { .. });
        function_type(external, types(&function.params), types(&function.returns))
    }

    /// Evaluates arguments in order; those of reference type in storage are not read yet,
    /// because the parameter decides whether they are copied.
    pub(super) fn arguments(&mut self, ast: &Ast, args: &Args) -> Arguments {
        let names = match args {
            Args::Positional(_) => Vec::new(),
            Args::Named(all) => all.iter().map(|(n, _)| n.clone()).collect(),
        };
        let mut dens = Vec::new();
        for expr in args.values() {
            let den = self.denote(ast, expr);
            let den = self.settle_place(den);
            dens.push(den);
        }
        Arguments { names, dens }
    }

    /// Whether a type that is not found is declared in a contract or library, as structs are.
    pub(super) fn is_missing_struct(&self, ty: &Type) -> bool {
        matches!(ty, Type::Named(name, _) if name.contains('.') && self.p.is_missing(name))
    }

    /// Reads a place now, unless it is of a reference type in storage.
    pub(super) fn settle_place(&mut self, den: Den) -> Den {
        match den {
            Den::State(place, ty) if is_reference(&ty) || self.is_missing_struct(&ty) => {
                Den::State(place, ty)
            }
            Den::Local(_) | Den::State(..) | Den::StateLength(_) | Den::Memory { .. } => {
                Den::Value(self.read(den))
            }
            other => other,
        }
    }
}

/// Evaluated arguments; `names` is empty for positional ones.
pub(super) struct Arguments {
    pub(super) names: Vec<SmolStr>,
    pub(super) dens: Vec<Den>,
}

/// Whether a type's values live behind a reference.
pub(super) fn is_reference(ty: &Type) -> bool {
    matches!(
        ty,
        Type::Array(..)
            | Type::Map(..)
            | Type::Struct(_)
            | Type::Str
            | Type::Bytes(None)
            | Type::Unknown
    )
}

/// Types of the elements and keys of an indexed type.
pub(super) fn element_of(ty: &Type) -> (Type, Type) {
    match ty {
        Type::Map(key, value) => ((**value).clone(), (**key).clone()),
        Type::Array(element, _) => ((**element).clone(), Type::UINT256),
        Type::Bytes(_) => (Type::Bytes(Some(1)), Type::UINT256),
        _ => (Type::Unknown, Type::Unknown),
    }
}

fn literal_type(value: &num_bigint::BigInt) -> Type {
    Type::Int {
        bits: 256,
        signed: value.sign() == num_bigint::Sign::Minus,
    }
}
