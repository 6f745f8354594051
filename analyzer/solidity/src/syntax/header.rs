//! Heads of functions and modifiers.

use pactward_ir::{Mutability, Visibility};

use super::ast::{Args, FunctionForm, FunctionHeader, Invocation};
use super::parser::Parser;

impl Parser<'_> {
    /// Whether a function definition begins here, also where a statement is expected.
    pub(super) fn at_function(&self) -> bool {
        match self.word() {
            "function" => self.word_at(1) == "(" || self.word_at(2) == "(",
            "constructor" | "receive" | "fallback" => self.word_at(1) == "(",
            _ => false,
        }
    }

    /// Everything up to the body or the semicolon.
    pub(super) fn function_header(&mut self) -> FunctionHeader {
        let mut form = match self.word() {
            "constructor" => FunctionForm::Constructor,
            "receive" => FunctionForm::Receive,
            "fallback" => FunctionForm::Fallback,
            _ => FunctionForm::Function,
        };
        self.bump();
        let name = match form {
            FunctionForm::Function => self.name(),
            _ => pactward_base::SmolStr::default(),
        };
        if form == FunctionForm::Function && name.is_empty() {
            form = FunctionForm::Fallback;
        }
        let params = self.params();
        let mut header = FunctionHeader {
            form,
            name,
            params,
            returns: Vec::new(),
            visibility: None,
            mutability: Mutability::Mutable,
            is_virtual: false,
            is_override: false,
            invocations: Vec::new(),
            attributes_end: self.end(),
        };
        while !matches!(self.word(), "{" | ";" | "}") && !self.at_end() && !self.at_definition() {
            let is_attribute = !self.at("returns");
            self.function_attribute(&mut header);
            if is_attribute {
                header.attributes_end = self.end();
            }
        }
        header
    }

    fn function_attribute(&mut self, header: &mut FunctionHeader) {
        match self.word() {
            "external" => header.visibility = Some(Visibility::External),
            "public" => header.visibility = Some(Visibility::Public),
            "internal" => header.visibility = Some(Visibility::Internal),
            "private" => header.visibility = Some(Visibility::Private),
            "pure" => header.mutability = Mutability::Pure,
            "view" | "constant" => header.mutability = Mutability::View,
            "payable" => header.mutability = Mutability::Payable,
            "virtual" => header.is_virtual = true,
            "override" => {
                self.bump();
                header.is_override = true;
                if self.at("(") {
                    self.skip_group();
                }
                return;
            }
            "returns" => {
                self.bump();
                header.returns = self.params();
                return;
            }
            _ if self.is_word() => {
                let invocation = self.invocation();
                header.invocations.push(invocation);
                return;
            }
            _ => {}
        }
        self.bump();
    }

    /// A path with optional arguments, as after `is` and in a function's head.
    pub(super) fn invocation(&mut self) -> Invocation {
        let start = self.start();
        let path = self.path();
        let has_args = self.at("(");
        let args = if has_args {
            self.args()
        } else {
            Args::Positional(Vec::new())
        };
        Invocation {
            path,
            args,
            has_args,
            span: self.span_from(start),
        }
    }

    /// Whether the head of another definition begins here, where none can: the one before it
    /// was not finished.
    pub(super) fn at_definition(&self) -> bool {
        let named = |open: &str| self.word_at(2) == open;
        match self.word() {
            "function" => named("("),
            "constructor" => self.word_at(1) == "(",
            "modifier" => named("(") || named("{"),
            "struct" | "enum" => named("{"),
            "event" => named("("),
            "contract" | "library" | "interface" => named("{") || named("is") || named("layout"),
            "abstract" => self.word_at(1) == "contract",
            _ => false,
        }
    }

    /// Skips a body from its opening brace past its end. A body that was not closed ends where
    /// the next definition begins.
    pub(super) fn skip_body(&mut self) {
        let mut open = 0usize;
        // Depth of the braces around the assembly that we are in.
        let mut assembly: Option<usize> = None;
        while !self.at_end() {
            match self.word() {
                "{" => open += 1,
                "}" => {
                    open = open.saturating_sub(1);
                    if assembly == Some(open) {
                        assembly = None;
                    }
                    if open == 0 {
                        self.bump();
                        return;
                    }
                }
                "assembly" => assembly = assembly.or(Some(open)),
                _ if assembly.is_none() && self.at_definition() => return,
                _ if self.at("function") && self.at_typed_function() => return,
                _ => {}
            }
            self.bump();
        }
    }

    /// Whether the function that begins here is no assembly function: attributes follow its
    /// parameters.
    fn at_typed_function(&self) -> bool {
        let mut ahead = 2;
        while !matches!(self.word_at(ahead), ")" | "{" | "}" | ";" | "") && ahead < 64 {
            ahead += 1;
        }
        self.word_at(2) == "("
            && self.word_at(ahead) == ")"
            && self.kind_at(ahead + 1) == super::lexer::TokenKind::Word
    }
}
