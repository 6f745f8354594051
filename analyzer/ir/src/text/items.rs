//! Textual form of functions and units.

use std::fmt::Write;
use std::str::FromStr;

use pactward_base::{Language, Platform};

use super::{Field, Lexer, ParseError};
use crate::function::{Block, Function, Param, Terminator};
use crate::unit::{Entry, Fact, StateVar, Unit};
use crate::{AbortKind, BlockId, Const, Name, Op, OpId, OpKind, Outcome, Type};

/// Prints one function. Ops of the arena that no block lists are left out.
pub fn print_function(function: &Function) -> String {
    let mut out = String::new();
    out.push_str("fn ");
    function.name.print(&mut out);
    out.push_str(" kind=");
    function.kind.print(&mut out);
    out.push_str(" visibility=");
    function.visibility.print(&mut out);
    out.push_str(" mutability=");
    function.mutability.print(&mut out);
    out.push_str("\n  params=");
    function.params.print(&mut out);
    out.push_str(" returns=");
    function.returns.print(&mut out);
    out.push_str(" {\n");
    for (id, block) in function.iter_blocks() {
        id.print(&mut out);
        out.push_str(":\n");
        for op_id in &block.ops {
            let op = function.op(*op_id);
            out.push_str("  ");
            op_id.print(&mut out);
            out.push_str(": ");
            op.ty.print(&mut out);
            out.push_str(" = ");
            op.kind.print(&mut out);
            out.push('\n');
        }
        out.push_str("  ");
        print_end(&block.end, &mut out);
        out.push('\n');
    }
    out.push_str("}\n");
    out
}

fn print_end(end: &Terminator, out: &mut String) {
    match end {
        Terminator::Jump(block) => {
            out.push_str("jump ");
            block.print(out);
        }
        Terminator::Branch {
            cond,
            then,
            otherwise,
        } => {
            out.push_str("branch ");
            cond.print(out);
            out.push(' ');
            then.print(out);
            out.push(' ');
            otherwise.print(out);
        }
        Terminator::Return { values, outcome } => {
            out.push_str("return ");
            outcome.print(out);
            out.push(' ');
            values.print(out);
        }
        Terminator::Abort { kind, args } => {
            out.push_str("abort ");
            kind.print(out);
            out.push(' ');
            args.print(out);
        }
    }
}

/// Parses any number of functions.
pub fn parse_functions(text: &str) -> Result<Vec<Function>, ParseError> {
    let mut lexer = Lexer::new(text);
    let mut functions = Vec::new();
    while !lexer.at_end() {
        functions.push(parse_function(&mut lexer)?);
    }
    Ok(functions)
}

fn parse_function(lexer: &mut Lexer<'_>) -> Result<Function, ParseError> {
    lexer.expect_word("fn")?;
    let name = Name::parse(lexer)?;
    let kind = keyed(lexer, "kind")?;
    let visibility = keyed(lexer, "visibility")?;
    let mutability = keyed(lexer, "mutability")?;
    let params = keyed(lexer, "params")?;
    let returns = keyed(lexer, "returns")?;
    lexer.expect('{')?;
    let mut ops: Vec<Option<Op>> = Vec::new();
    let mut blocks = Vec::new();
    while !lexer.eat('}') {
        let id = BlockId::parse(lexer)?;
        if id.0 as usize != blocks.len() {
            return Err(lexer.error("blocks must be numbered in order"));
        }
        lexer.expect(':')?;
        blocks.push(parse_block(lexer, &mut ops)?);
    }
    let dead = || Op {
        kind: OpKind::Const { value: Const::Nil },
        ty: Type::Unknown,
    };
    let ops = ops.into_iter().map(|op| op.unwrap_or_else(dead)).collect();
    Ok(Function {
        name,
        kind,
        visibility,
        mutability,
        params,
        returns,
        ops,
        blocks,
    })
}

/// Highest op number that is accepted, so that a text cannot ask for a huge arena.
const MAX_OP: u32 = 1 << 20;

fn parse_block(lexer: &mut Lexer<'_>, ops: &mut Vec<Option<Op>>) -> Result<Block, ParseError> {
    let mut listed = Vec::new();
    while lexer.peek() == Some('%') {
        let id = OpId::parse(lexer)?;
        if id.0 > MAX_OP {
            return Err(lexer.error("op number is too large"));
        }
        lexer.expect(':')?;
        let ty = Type::parse(lexer)?;
        lexer.expect('=')?;
        let kind = OpKind::parse(lexer)?;
        let index = id.0 as usize;
        if ops.len() <= index {
            ops.resize(index + 1, None);
        }
        if ops[index].replace(Op { kind, ty }).is_some() {
            return Err(lexer.error(format!("%{index} is defined twice")));
        }
        listed.push(id);
    }
    Ok(Block {
        ops: listed,
        end: parse_end(lexer)?,
    })
}

fn parse_end(lexer: &mut Lexer<'_>) -> Result<Terminator, ParseError> {
    Ok(match lexer.word()? {
        "jump" => Terminator::Jump(BlockId::parse(lexer)?),
        "branch" => Terminator::Branch {
            cond: OpId::parse(lexer)?,
            then: BlockId::parse(lexer)?,
            otherwise: BlockId::parse(lexer)?,
        },
        "return" => {
            let outcome = Outcome::parse(lexer)?;
            Terminator::Return {
                values: Vec::parse(lexer)?,
                outcome,
            }
        }
        "abort" => {
            let kind = AbortKind::parse(lexer)?;
            Terminator::Abort {
                kind,
                args: Vec::parse(lexer)?,
            }
        }
        other => return Err(lexer.error(format!("unknown terminator `{other}`"))),
    })
}

fn keyed<T: Field>(lexer: &mut Lexer<'_>, key: &str) -> Result<T, ParseError> {
    lexer.expect_word(key)?;
    lexer.expect('=')?;
    T::parse(lexer)
}

/// Prints a unit without its functions' bodies.
pub fn print_unit(unit: &Unit) -> String {
    let mut out = String::new();
    out.push_str("unit ");
    unit.name.print(&mut out);
    out.push_str(" kind=");
    unit.kind.print(&mut out);
    let _ = write!(
        out,
        " language={} platform={}\n  bases=",
        unit.language, unit.platform
    );
    unit.bases.print(&mut out);
    out.push_str(" {\n");
    for fact in &unit.facts {
        out.push_str("  fact ");
        fact.kind.print(&mut out);
        out.push(' ');
        fact.value.print(&mut out);
        out.push('\n');
    }
    for var in &unit.state {
        out.push_str("  state ");
        var.name.print(&mut out);
        out.push_str(" : ");
        var.ty.print(&mut out);
        out.push_str(" kind=");
        var.kind.print(&mut out);
        out.push_str(" visibility=");
        var.visibility.print(&mut out);
        out.push_str(" initial=");
        var.initial.print(&mut out);
        out.push('\n');
    }
    for entry in &unit.entries {
        out.push_str("  entry ");
        entry.name.print(&mut out);
        out.push_str(" function=");
        entry.function.print(&mut out);
        out.push_str(" kind=");
        entry.kind.print(&mut out);
        out.push_str(" mutability=");
        entry.mutability.print(&mut out);
        out.push_str(" dispatcher=");
        entry.dispatcher.print(&mut out);
        out.push('\n');
    }
    for (selector, names) in &unit.dispatch {
        out.push_str("  dispatch ");
        selector.print(&mut out);
        out.push(' ');
        names.print(&mut out);
        out.push('\n');
    }
    for name in &unit.functions {
        out.push_str("  function ");
        name.print(&mut out);
        out.push('\n');
    }
    out.push_str("}\n");
    out
}

/// Parses one unit.
pub fn parse_unit(text: &str) -> Result<Unit, ParseError> {
    let lexer = &mut Lexer::new(text);
    lexer.expect_word("unit")?;
    let mut unit = Unit {
        name: Name::parse(lexer)?,
        kind: keyed(lexer, "kind")?,
        language: keyed_word::<Language>(lexer, "language")?,
        platform: keyed_word::<Platform>(lexer, "platform")?,
        bases: keyed(lexer, "bases")?,
        state: Vec::new(),
        entries: Vec::new(),
        dispatch: Vec::new(),
        functions: Vec::new(),
        facts: Vec::new(),
    };
    lexer.expect('{')?;
    while !lexer.eat('}') {
        match lexer.word()? {
            "fact" => {
                let kind = Name::parse(lexer)?;
                unit.facts.push(Fact {
                    kind,
                    value: Name::parse(lexer)?,
                });
            }
            "state" => {
                let name = Name::parse(lexer)?;
                lexer.expect(':')?;
                unit.state.push(StateVar {
                    name,
                    ty: Type::parse(lexer)?,
                    kind: keyed(lexer, "kind")?,
                    visibility: keyed(lexer, "visibility")?,
                    initial: keyed(lexer, "initial")?,
                });
            }
            "entry" => unit.entries.push(Entry {
                name: Name::parse(lexer)?,
                function: keyed(lexer, "function")?,
                kind: keyed(lexer, "kind")?,
                mutability: keyed(lexer, "mutability")?,
                dispatcher: keyed(lexer, "dispatcher")?,
            }),
            "dispatch" => {
                let selector = Name::parse(lexer)?;
                unit.dispatch.push((selector, Vec::parse(lexer)?));
            }
            "function" => unit.functions.push(Name::parse(lexer)?),
            other => return Err(lexer.error(format!("unknown item `{other}`"))),
        }
    }
    Ok(unit)
}

fn keyed_word<T: FromStr<Err = String>>(lexer: &mut Lexer<'_>, key: &str) -> Result<T, ParseError> {
    lexer.expect_word(key)?;
    lexer.expect('=')?;
    let word = lexer.word()?;
    word.parse().map_err(|e: String| lexer.error(e))
}

impl Field for Param {
    fn print(&self, out: &mut String) {
        (self.name.clone(), self.ty.clone()).print(out);
    }

    fn parse(lexer: &mut Lexer<'_>) -> Result<Self, ParseError> {
        let (name, ty) = Field::parse(lexer)?;
        Ok(Self { name, ty })
    }
}
