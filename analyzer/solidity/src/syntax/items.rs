//! Declarations of a file. Bodies are skipped here and parsed when they are lowered.

use pactward_base::{SmolStr, Span};
use pactward_ir::{StateKind, Visibility};

use super::ast::{
    Ast, ExprId, ExprKind, FunctionHeader, Invocation, Location, ParamSpec, PrefixOp, Stmt,
    TypeExpr,
};
use super::lexer::TokenKind;
use super::parser::Parser;

/// A file's declarations in order.
#[derive(Debug)]
pub(crate) enum FileItem {
    Pragma(SmolStr),
    Import(ImportItem),
    Contract(ContractItem),
    Item(Item),
}

/// What may stand in a contract, and most of it in a file.
#[derive(Debug)]
pub(crate) enum Item {
    Function(FunctionItem),
    Modifier(ModifierItem),
    Variable(VarItem),
    Struct(StructItem),
    Enum(SmolStr, Vec<SmolStr>),
    /// User-defined value type.
    ValueType(SmolStr, TypeExpr),
    Event(ErrorOrEvent),
    Error(ErrorOrEvent),
    Using(UsingItem),
}

#[derive(Debug)]
pub(crate) struct ImportItem {
    pub(crate) path: SmolStr,
    pub(crate) span: Span,
    /// `as X` of the whole file.
    pub(crate) alias: Option<SmolStr>,
    /// `{A, B as C}`: original and local names; none for a plain import.
    pub(crate) names: Option<Vec<(SmolStr, SmolStr)>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum ContractKind {
    Contract,
    Abstract,
    Interface,
    Library,
}

#[derive(Debug)]
pub(crate) struct ContractItem {
    pub(crate) kind: ContractKind,
    pub(crate) name: SmolStr,
    pub(crate) name_span: Span,
    pub(crate) bases: Vec<BaseSpec>,
    pub(crate) has_layout: bool,
    pub(crate) items: Vec<Item>,
}

/// A base as named after `is`.
#[derive(Debug)]
pub(crate) struct BaseSpec {
    pub(crate) path: SmolStr,
    pub(crate) has_args: bool,
    pub(crate) span: Span,
}

#[derive(Debug)]
pub(crate) struct FunctionItem {
    pub(crate) header: FunctionHeader,
    pub(crate) has_body: bool,
    pub(crate) span: Span,
}

#[derive(Debug)]
pub(crate) struct ModifierItem {
    pub(crate) name: SmolStr,
    pub(crate) params: Vec<ParamSpec>,
    pub(crate) has_body: bool,
    pub(crate) span: Span,
}

/// A state variable or a file-level constant.
#[derive(Debug)]
pub(crate) struct VarItem {
    pub(crate) name: SmolStr,
    pub(crate) ty: TypeExpr,
    pub(crate) kind: StateKind,
    pub(crate) visibility: Visibility,
    /// The initial value where it is a literal, for constants and locks.
    pub(crate) literal: Option<pactward_ir::Const>,
    pub(crate) has_value: bool,
    pub(crate) span: Span,
}

#[derive(Debug)]
pub(crate) struct StructItem {
    pub(crate) name: SmolStr,
    pub(crate) fields: Vec<ParamSpec>,
}

#[derive(Debug)]
pub(crate) struct ErrorOrEvent {
    pub(crate) name: SmolStr,
    pub(crate) params: Vec<ParamSpec>,
}

#[derive(Debug)]
pub(crate) struct UsingItem {
    /// Library, or functions with the operators they define.
    pub(crate) names: Vec<(SmolStr, Option<SmolStr>)>,
    pub(crate) is_library: bool,
    /// None for `*`.
    pub(crate) target: Option<TypeExpr>,
    pub(crate) global: bool,
}

/// Parses a whole file's declarations.
pub(crate) fn parse_file(text: &str) -> Vec<FileItem> {
    let mut p = Parser::new(text);
    let mut items = Vec::new();
    while !p.at_end() {
        let before = p.position();
        if let Some(item) = p.file_item() {
            items.push(item);
        }
        if p.position() == before {
            p.bump();
        }
    }
    items
}

/// A function's text: its head and its statements.
pub(crate) fn parse_function(text: &str) -> (Ast, FunctionHeader, Vec<Stmt>) {
    let mut p = Parser::new(text);
    let header = p.function_header();
    let body = p.block();
    (p.ast, header, body)
}

/// A modifier's statements.
pub(crate) fn parse_modifier(text: &str) -> (Ast, Vec<Stmt>) {
    let mut p = Parser::new(text);
    while !p.at("{") && !p.at_end() {
        p.bump();
    }
    let body = p.block();
    (p.ast, body)
}

/// The initial value in a variable's text.
pub(crate) fn parse_variable(text: &str) -> (Ast, Option<ExprId>) {
    let mut p = Parser::new(text);
    let value = p.variable_value();
    (p.ast, value)
}

/// The base with arguments in a piece of an inheritance list.
pub(crate) fn parse_bases(text: &str) -> (Ast, Invocation) {
    let mut p = Parser::new(text);
    let invocation = p.invocation();
    (p.ast, invocation)
}

impl Parser<'_> {
    fn file_item(&mut self) -> Option<FileItem> {
        match self.word() {
            "pragma" => {
                self.bump();
                let start = self.start();
                while !matches!(self.word(), ";") && !self.at_end() && !self.at_definition() {
                    self.bump();
                }
                let text = self.span_from(start).of(self.text);
                self.eat(";");
                Some(FileItem::Pragma(text.into()))
            }
            "import" => self.import().map(FileItem::Import),
            "abstract" | "contract" | "library" | "interface" => {
                self.contract().map(FileItem::Contract)
            }
            _ => self.item().map(FileItem::Item),
        }
    }

    fn import(&mut self) -> Option<ImportItem> {
        self.bump();
        let mut names = None;
        let mut alias = None;
        if self.eat("*") {
            self.eat("as");
            alias = Some(self.name());
            self.eat("from");
        } else if self.eat("{") {
            let mut all = Vec::new();
            while self.is_word() {
                let name = self.name();
                let local = if self.eat("as") {
                    self.name()
                } else {
                    name.clone()
                };
                all.push((name, local));
                if !self.eat(",") {
                    break;
                }
            }
            self.eat("}");
            self.eat("from");
            names = Some(all);
        } else if self.is_word() && self.word_at(1) == "from" {
            let name = self.name();
            names = Some(vec![(name.clone(), name)]);
            self.bump();
        }
        if self.kind() != TokenKind::Text {
            return None;
        }
        let start = self.start();
        let quoted = self.word();
        self.bump();
        let span = self.span_from(start);
        if self.eat("as") {
            alias = Some(self.name());
        }
        self.eat(";");
        Some(ImportItem {
            path: quoted.trim_matches(['"', '\'']).into(),
            span,
            alias,
            names,
        })
    }

    fn contract(&mut self) -> Option<ContractItem> {
        let is_abstract = self.eat("abstract");
        let kind = match self.word() {
            "contract" if is_abstract => ContractKind::Abstract,
            "contract" => ContractKind::Contract,
            "interface" => ContractKind::Interface,
            "library" => ContractKind::Library,
            _ => return None,
        };
        self.bump();
        let start = self.start();
        let name = self.name();
        let name_span = self.span_from(start);
        if name.is_empty() {
            return None;
        }
        let mut contract = ContractItem {
            kind,
            name,
            name_span,
            bases: Vec::new(),
            has_layout: false,
            items: Vec::new(),
        };
        while !matches!(self.word(), "{" | "}" | ";") && !self.at_end() && !self.at_definition() {
            if self.eat("is") {
                self.bases(&mut contract.bases);
            } else if self.at("layout") {
                contract.has_layout = true;
                self.bump();
                self.eat("at");
                self.expr();
            } else {
                self.bump();
            }
        }
        if self.eat("{") {
            self.members(&mut contract.items);
        }
        Some(contract)
    }

    fn bases(&mut self, bases: &mut Vec<BaseSpec>) {
        while self.is_word() {
            let invocation = self.invocation();
            bases.push(BaseSpec {
                path: invocation.path,
                has_args: invocation.has_args,
                span: invocation.span,
            });
            if !self.eat(",") {
                break;
            }
        }
    }

    fn members(&mut self, items: &mut Vec<Item>) {
        while !self.at_end() {
            if self.eat("}") {
                return;
            }
            // Contracts do not nest: the one before was not closed.
            if matches!(
                self.word(),
                "abstract" | "contract" | "library" | "interface"
            ) && self.at_definition()
            {
                return;
            }
            let before = self.position();
            items.extend(self.item());
            if self.position() == before {
                self.bump();
            }
        }
    }

    fn item(&mut self) -> Option<Item> {
        match self.word() {
            _ if self.at_function() && !self.at_function_variable() => {
                Some(Item::Function(self.function()))
            }
            "modifier" if self.kind_at(1) == TokenKind::Word => {
                Some(Item::Modifier(self.modifier()))
            }
            "struct" if self.word_at(2) == "{" => Some(Item::Struct(self.structure())),
            "enum" if self.word_at(2) == "{" => Some(self.enumeration()),
            "event" if self.word_at(2) == "(" => Some(Item::Event(self.error_or_event())),
            "error" if self.word_at(2) == "(" => Some(Item::Error(self.error_or_event())),
            "using" => Some(Item::Using(self.using())),
            "type" if self.word_at(2) == "is" => {
                self.bump();
                let name = self.name();
                self.bump();
                let ty = self.type_expr().unwrap_or(TypeExpr::Infer);
                self.eat(";");
                Some(Item::ValueType(name, ty))
            }
            _ if self.is_word() => self.variable().map(Item::Variable),
            _ => None,
        }
    }

    /// `function (…) … name;`: a state variable of function type rather than an unnamed
    /// function, which has a body or none at all.
    fn at_function_variable(&mut self) -> bool {
        if !(self.at("function") && self.word_at(1) == "(") {
            return false;
        }
        let before = self.position();
        self.type_expr();
        while matches!(
            self.word(),
            "public" | "internal" | "private" | "constant" | "immutable"
        ) {
            self.bump();
        }
        let is_variable = self.is_word() && matches!(self.word_at(1), ";" | "=");
        self.rewind(before);
        is_variable
    }

    fn function(&mut self) -> FunctionItem {
        let start = self.start();
        let header = self.function_header();
        let has_body = self.at("{");
        if has_body {
            self.skip_body();
        } else {
            self.eat(";");
        }
        FunctionItem {
            header,
            has_body,
            span: self.span_from(start),
        }
    }

    fn modifier(&mut self) -> ModifierItem {
        let start = self.start();
        self.bump();
        let name = self.name();
        let params = self.params();
        while !matches!(self.word(), "{" | ";" | "}") && !self.at_end() && !self.at_definition() {
            self.bump();
        }
        let has_body = self.at("{");
        if has_body {
            self.skip_body();
        } else {
            self.eat(";");
        }
        ModifierItem {
            name,
            params,
            has_body,
            span: self.span_from(start),
        }
    }

    fn structure(&mut self) -> StructItem {
        self.bump();
        let name = self.name();
        self.eat("{");
        let mut fields = Vec::new();
        while !self.at("}") && !self.at_end() && !self.at_definition() {
            let before = self.position();
            if let Some(ty) = self.type_expr() {
                let name = self.name();
                fields.push(ParamSpec {
                    name,
                    ty,
                    location: Location::Implicit,
                });
            }
            while !matches!(self.word(), ";" | "}") && !self.at_end() && !self.at_definition() {
                self.bump();
            }
            self.eat(";");
            if self.position() == before {
                self.bump();
            }
        }
        self.eat("}");
        StructItem { name, fields }
    }

    fn enumeration(&mut self) -> Item {
        self.bump();
        let name = self.name();
        self.eat("{");
        let mut members = Vec::new();
        while !self.at("}") && !self.at_end() && !self.at_definition() {
            if self.is_word() {
                members.push(self.name());
            } else {
                self.bump();
            }
        }
        self.eat("}");
        Item::Enum(name, members)
    }

    fn error_or_event(&mut self) -> ErrorOrEvent {
        self.bump();
        let name = self.name();
        let params = self.params();
        self.eat("anonymous");
        self.eat(";");
        ErrorOrEvent { name, params }
    }

    fn using(&mut self) -> UsingItem {
        self.bump();
        let mut names = Vec::new();
        let is_library = !self.at("{");
        if is_library {
            names.push((self.path(), None));
        } else {
            self.bump();
            while self.is_word() {
                let function = self.path();
                let operator = self.eat("as").then(|| {
                    let operator = SmolStr::new(self.word());
                    self.bump();
                    operator
                });
                names.push((function, operator));
                if !self.eat(",") {
                    break;
                }
            }
            self.eat("}");
        }
        self.eat("for");
        let target = if self.eat("*") {
            None
        } else {
            self.type_expr()
        };
        let global = self.eat("global");
        self.eat(";");
        UsingItem {
            names,
            is_library,
            target,
            global,
        }
    }

    fn variable(&mut self) -> Option<VarItem> {
        let start = self.start();
        let ty = self.type_expr()?;
        let mut kind = StateKind::Mutable;
        let mut visibility = Visibility::Internal;
        let mut name = SmolStr::default();
        while !matches!(self.word(), "=" | ";" | "}" | "{") && !self.at_end() {
            if self.at_definition() {
                break;
            }
            let last = matches!(self.word_at(1), "=" | ";");
            match self.word() {
                "public" => visibility = Visibility::Public,
                "private" => visibility = Visibility::Private,
                "internal" => visibility = Visibility::Internal,
                "constant" => kind = StateKind::Constant,
                "immutable" => kind = StateKind::Immutable,
                "transient" if !last => kind = StateKind::Transient,
                "override" if self.word_at(1) == "(" => {
                    self.bump();
                    self.skip_group();
                    continue;
                }
                "override" => {}
                _ if self.is_word() => name = self.word().into(),
                _ => {}
            }
            self.bump();
        }
        if name.is_empty() {
            self.eat(";");
            return None;
        }
        let has_value = self.eat("=");
        let literal = if has_value {
            let value = self.expr();
            self.literal_of(value)
        } else {
            None
        };
        while !matches!(self.word(), ";" | "}") && !self.at_end() && !self.at_definition() {
            self.bump();
        }
        self.eat(";");
        // Values are parsed anew when they are lowered.
        self.ast.exprs.clear();
        Some(VarItem {
            name,
            ty,
            kind,
            visibility,
            literal,
            has_value,
            span: self.span_from(start),
        })
    }

    /// The expression after the first `=` at the top of a variable's text.
    fn variable_value(&mut self) -> Option<ExprId> {
        self.type_expr();
        while !self.at("=") && !self.at_end() {
            self.bump();
        }
        self.eat("=").then(|| self.expr())
    }

    fn literal_of(&self, id: ExprId) -> Option<pactward_ir::Const> {
        use pactward_ir::Const;
        match &self.ast.get(id).kind {
            ExprKind::Number(Some(n)) | ExprKind::Address(n) => Some(Const::Int(n.clone())),
            ExprKind::Bool(b) => Some(Const::Bool(*b)),
            ExprKind::Text(text) => Some(Const::Str(text.clone())),
            ExprKind::Hex(digits) => Some(Const::Bytes(digits.clone())),
            ExprKind::Prefix(PrefixOp::Neg, inner) => match self.literal_of(*inner)? {
                Const::Int(n) => Some(Const::Int(-n)),
                _ => None,
            },
            ExprKind::Call(callee, super::Args::Positional(args)) => {
                let is_cast = matches!(self.ast.get(*callee).kind, ExprKind::Type(_));
                match args.as_slice() {
                    [only] if is_cast => self.literal_of(*only),
                    _ => None,
                }
            }
            _ => None,
        }
    }
}
