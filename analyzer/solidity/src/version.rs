//! Compiler versions that a file admits.

/// The oldest compiler version that a file's pragmas admit. Code must be right under it, so it
/// decides what the code is taken to mean. A file without a pragma is taken for recent code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Version(Option<(u32, u32, u32)>);

impl Version {
    /// The version that a `pragma solidity` line asks for, such as `>=0.4.22 <0.9.0 || ^0.8.1`.
    pub(crate) fn of_pragma(constraint: &str) -> Self {
        let oldest = constraint.split("||").filter_map(oldest_of_all).min();
        Self(oldest)
    }

    /// The version that satisfies both.
    pub(crate) fn and(self, other: Self) -> Self {
        Self(self.0.max(other.0))
    }

    fn at_least(self, minor: u32, patch: u32) -> bool {
        self.0.is_none_or(|v| v >= (0, minor, patch))
    }

    /// A function with its contract's name is its constructor.
    pub(crate) fn has_named_constructors(self) -> bool {
        self.0.is_none_or(|v| v < (0, 5, 0))
    }

    /// Functions are public unless they say otherwise, and locals live to the end of the function.
    pub(crate) fn is_before_5(self) -> bool {
        !self.at_least(5, 0)
    }

    /// `push` yields the new length, and contracts need not say that they are abstract.
    pub(crate) fn is_before_6(self) -> bool {
        !self.at_least(6, 0)
    }

    /// Calls of view and pure functions use STATICCALL.
    pub(crate) fn has_static_calls(self) -> bool {
        self.at_least(5, 0)
    }

    /// Arithmetic reverts on overflow.
    pub(crate) fn has_checked_arithmetic(self) -> bool {
        self.at_least(8, 0)
    }
}

/// The oldest version that satisfies constraints that all hold; none if no lower bound is given.
fn oldest_of_all(constraints: &str) -> Option<(u32, u32, u32)> {
    let mut oldest = None;
    let mut operator = String::new();
    let mut number = String::new();
    // A space after the last number ends it.
    for c in constraints.chars().chain([' ']) {
        match c {
            '0'..='9' | '.' | '*' | 'x' | 'X' => number.push(c),
            _ if !number.is_empty() => {
                oldest = oldest.max(Some(lower_bound(&operator, &number)));
                number.clear();
                // The second version of `a - b` is an upper bound.
                operator = if c == '-' { "<".into() } else { String::new() };
                if matches!(c, '<' | '>' | '=' | '^' | '~') {
                    operator.push(c);
                }
            }
            '<' | '>' | '=' | '^' | '~' => operator.push(c),
            '-' => operator = "<".into(),
            _ => {}
        }
    }
    oldest
}

fn lower_bound(operator: &str, number: &str) -> (u32, u32, u32) {
    if operator.starts_with('<') {
        return (0, 0, 0);
    }
    let mut parts = number
        .split('.')
        .map(|part| part.parse::<u32>().unwrap_or(0));
    let mut next = || parts.next().unwrap_or(0);
    let (major, minor, patch) = (next(), next(), next());
    let above = u32::from(operator == ">");
    (major, minor, patch.saturating_add(above))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_admitted_version_counts() {
        let of = |text| Version::of_pragma(text).0;
        assert_eq!(of("^0.8.20"), Some((0, 8, 20)));
        assert_eq!(of(">=0.4.22 <0.9.0"), Some((0, 4, 22)));
        assert_eq!(of(">= 0.6.0 < 0.8.0"), Some((0, 6, 0)));
        assert_eq!(of("0.5.0 || ^0.6.2"), Some((0, 5, 0)));
        assert_eq!(of("0.7.1 - 0.8.5"), Some((0, 7, 1)));
        assert_eq!(of("<0.9.0"), Some((0, 0, 0)));
        assert_eq!(of(">0.4.9"), Some((0, 4, 10)));
        assert_eq!(of("\"0.8.*\""), Some((0, 8, 0)));
        assert_eq!(of(""), None);
        assert!(Version::default().has_checked_arithmetic());
        assert!(!Version::of_pragma("^0.4.24").has_static_calls());
    }
}
