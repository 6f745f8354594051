//! Number literals: exact values with units.

use num_bigint::BigInt;
use num_traits::{Pow, Zero};

/// Largest exponent that is evaluated: the literal would not fit 4,096 bits.
const MAX_EXPONENT: u32 = 1200;

/// The value of a literal and its unit; none when it is no integer.
pub(super) fn literal(text: &str, unit: Option<&str>) -> Option<BigInt> {
    let clean: String = text.chars().filter(|c| *c != '_').collect();
    let factor = unit
        .and_then(unit_factor)
        .unwrap_or_else(|| BigInt::from(1));
    if let Some(digits) = clean.strip_prefix("0x").or(clean.strip_prefix("0X")) {
        return BigInt::parse_bytes(digits.as_bytes(), 16).map(|n| n * factor);
    }
    let (mantissa, exponent) = match clean.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (clean.as_str(), 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    let value = BigInt::parse_bytes(digits.as_bytes(), 10)? * factor;
    scale(
        value,
        exponent.checked_sub(i32::try_from(fraction.len()).ok()?)?,
    )
}

/// `value * 10^exponent` if it is an integer.
fn scale(value: BigInt, exponent: i32) -> Option<BigInt> {
    if exponent.unsigned_abs() > MAX_EXPONENT {
        return None;
    }
    let power = BigInt::from(10).pow(exponent.unsigned_abs());
    if exponent >= 0 {
        return Some(value * power);
    }
    (&value % &power).is_zero().then(|| value / power)
}

pub(super) fn unit_factor(unit: &str) -> Option<BigInt> {
    let (base, exponent): (u32, u32) = match unit {
        "wei" | "seconds" => (1, 0),
        "gwei" => (1, 9),
        "szabo" => (1, 12),
        "finney" => (1, 15),
        "ether" => (1, 18),
        "minutes" => (60, 0),
        "hours" => (3600, 0),
        "days" => (86_400, 0),
        "weeks" => (604_800, 0),
        "years" => (31_536_000, 0),
        _ => return None,
    };
    Some(BigInt::from(base) * BigInt::from(10).pow(exponent))
}

/// Arithmetic on literals, which has no width; none when the result is no integer or too large.
pub(super) fn fold(op: pactward_ir::BinaryOp, left: &BigInt, right: &BigInt) -> Option<BigInt> {
    use pactward_ir::BinaryOp::{Add, BitAnd, BitOr, BitXor, Div, Mul, Pow, Rem, Shl, Shr, Sub};
    let small = |limit: u32| u32::try_from(right).ok().filter(|n| *n <= limit);
    let value = match op {
        Add => left + right,
        Sub => left - right,
        Mul => left * right,
        Div if !right.is_zero() && (left % right).is_zero() => left / right,
        Rem if !right.is_zero() => left % right,
        Pow => {
            let exponent = small(4096)?;
            if left.bits().checked_mul(u64::from(exponent))? > 4096 {
                return None;
            }
            num_traits::Pow::pow(left, exponent)
        }
        Shl => left << small(4096)?,
        Shr => left >> small(4096)?,
        BitAnd => left & right,
        BitOr => left | right,
        BitXor => left ^ right,
        _ => return None,
    };
    (value.bits() <= 4096).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_are_exact() {
        let of = |text, unit| literal(text, unit).map(|n| n.to_string());
        assert_eq!(of("1_000", None).as_deref(), Some("1000"));
        assert_eq!(
            of("0.5", Some("ether")).as_deref(),
            Some("500000000000000000")
        );
        assert_eq!(of("2.5e3", None).as_deref(), Some("2500"));
        assert_eq!(of("1e-1", None), None);
        assert_eq!(of("0xfF", None).as_deref(), Some("255"));
        assert_eq!(of("1e999999999", None), None);
        assert_eq!(of("0x", None), None);
    }
}
