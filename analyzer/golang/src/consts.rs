//! Values of constants.

use num_bigint::BigInt;
use num_traits::{Signed, ToPrimitive, Zero};
use pactward_ir::{Const, Name};

use crate::decls::ConstExpr;
use crate::program::{ImportTarget, Item, Program, Ref, go_models};

/// Constants that lead through more others than this stay unknown.
const MAX_DEPTH: u32 = 40;

/// Largest size of a constant, in bits and in bytes of text.
const MAX_SIZE: u64 = 4096;

/// Evaluates every package-level constant.
pub(crate) fn evaluate_all(program: &mut Program) {
    let mut values: Vec<Vec<Option<Option<Const>>>> = program
        .files
        .iter()
        .map(|f| vec![None; f.decls.consts.len()])
        .collect();
    for file in 0..program.files.len() as u32 {
        for index in 0..program.file(file).decls.consts.len() as u32 {
            value_of(program, Ref { file, index }, &mut values, 0);
        }
    }
    for (file, values) in program.files.iter_mut().zip(values) {
        file.consts = values.into_iter().map(Option::flatten).collect();
    }
}

type Memo = Vec<Vec<Option<Option<Const>>>>;

fn value_of(program: &Program, at: Ref, values: &mut Memo, depth: u32) -> Option<Const> {
    let slot = (at.file as usize, at.index as usize);
    if let Some(known) = &values[slot.0][slot.1] {
        return known.clone();
    }
    if depth > MAX_DEPTH {
        return None;
    }
    // A constant that is defined by itself has no value.
    values[slot.0][slot.1] = Some(None);
    let decl = program.const_decl(at);
    let mut names = |package: Option<&str>, name: &str| {
        let target = match package {
            None => program.bare_item(at.file, name),
            Some(package) => match program.file(at.file).imports.get(package) {
                Some(ImportTarget::Package(package)) => program.item(*package, name),
                Some(ImportTarget::Model(package)) => return model(package, name),
                _ => None,
            },
        };
        match target {
            Some(Item::Const(other)) => value_of(program, other, values, depth + 1),
            Some(_) => None,
            None if package.is_none() => {
                let mut models = program.bare_models(at.file);
                models.find_map(|m| model(m, name))
            }
            None => None,
        }
    };
    let value = evaluate(&decl.value, decl.iota, &mut names);
    values[slot.0][slot.1] = Some(value.clone());
    value
}

/// A constant of a model table.
pub(crate) fn model(package: &str, name: &str) -> Option<Const> {
    let value = go_models().value(package, name)?.int?;
    Some(Const::Int(value.into()))
}

/// The value of an expression; `names` gives the values of constants.
pub(crate) fn evaluate(
    expr: &ConstExpr,
    iota: u32,
    names: &mut dyn FnMut(Option<&str>, &str) -> Option<Const>,
) -> Option<Const> {
    Some(match expr {
        ConstExpr::Unknown => return None,
        ConstExpr::Int(value) => Const::Int(value.clone()),
        ConstExpr::Text(text) => Const::Str(text.clone()),
        ConstExpr::Bool(value) => Const::Bool(*value),
        ConstExpr::Iota => Const::Int(iota.into()),
        ConstExpr::Name(name) => return names(None, name),
        ConstExpr::Qualified(package, name) => return names(Some(package), name),
        ConstExpr::Unary(operator, operand) => {
            let value = evaluate(operand, iota, names)?;
            return unary(*operator, &value);
        }
        ConstExpr::Binary(operator, left, right) => {
            let left = evaluate(left, iota, names)?;
            let right = evaluate(right, iota, names)?;
            return binary(operator, &left, &right);
        }
        ConstExpr::Convert(_, operand) => return evaluate(operand, iota, names),
    })
}

pub(crate) fn unary(operator: char, value: &Const) -> Option<Const> {
    Some(match (operator, value) {
        ('-', Const::Int(n)) => Const::Int(-n),
        ('+', Const::Int(n)) => Const::Int(n.clone()),
        ('!', Const::Bool(b)) => Const::Bool(!b),
        _ => return None,
    })
}

pub(crate) fn binary(operator: &str, left: &Const, right: &Const) -> Option<Const> {
    match (left, right) {
        (Const::Int(a), Const::Int(b)) => integers(operator, a, b),
        (Const::Str(a), Const::Str(b)) => match operator {
            "+" if (a.len() + b.len()) as u64 <= MAX_SIZE => {
                Some(Const::Str(Name::from(format!("{a}{b}"))))
            }
            "==" => Some(Const::Bool(a == b)),
            "!=" => Some(Const::Bool(a != b)),
            _ => None,
        },
        (Const::Nil, Const::Nil) => match operator {
            "==" => Some(Const::Bool(true)),
            "!=" => Some(Const::Bool(false)),
            _ => None,
        },
        (Const::Bool(a), Const::Bool(b)) => Some(Const::Bool(match operator {
            "&&" => *a && *b,
            "||" => *a || *b,
            "==" => a == b,
            "!=" => a != b,
            _ => return None,
        })),
        _ => None,
    }
}

fn integers(operator: &str, a: &BigInt, b: &BigInt) -> Option<Const> {
    if a.bits() + b.bits() > MAX_SIZE {
        return None;
    }
    let shift = || b.to_u64().filter(|s| *s <= MAX_SIZE && !b.is_negative());
    Some(match operator {
        "+" => Const::Int(a + b),
        "-" => Const::Int(a - b),
        "*" => Const::Int(a * b),
        "/" if !b.is_zero() => Const::Int(a / b),
        "%" if !b.is_zero() => Const::Int(a % b),
        "<<" => Const::Int(a << shift()?),
        ">>" => Const::Int(a >> shift()?),
        "&" => Const::Int(a & b),
        "|" => Const::Int(a | b),
        "^" => Const::Int(a ^ b),
        "==" => Const::Bool(a == b),
        "!=" => Const::Bool(a != b),
        "<" => Const::Bool(a < b),
        "<=" => Const::Bool(a <= b),
        ">" => Const::Bool(a > b),
        ">=" => Const::Bool(a >= b),
        _ => return None,
    })
}

impl Program {
    /// The value of a constant expression of a file.
    pub(crate) fn constant(&self, file: u32, expr: &ConstExpr) -> Option<Const> {
        evaluate(expr, 0, &mut |package, name| {
            self.named_constant(file, package, name)
        })
    }

    /// The value of a package-level constant, by the name used in a file.
    pub(crate) fn named_constant(
        &self,
        file: u32,
        package: Option<&str>,
        name: &str,
    ) -> Option<Const> {
        let item = match package {
            None => self.bare_item(file, name),
            Some(package) => match self.file(file).imports.get(package)? {
                ImportTarget::Package(package) => self.item(*package, name),
                ImportTarget::Model(package) => return model(package, name),
                ImportTarget::Foreign(_) => None,
            },
        };
        match item {
            Some(Item::Const(at)) => self.const_value(at),
            Some(_) => None,
            None => self.bare_models(file).find_map(|m| model(m, name)),
        }
    }

    pub(crate) fn const_value(&self, at: Ref) -> Option<Const> {
        let values = &self.file(at.file).consts;
        values.get(at.index as usize).cloned().flatten()
    }
}
