//! Expansion of macros that the workspace defines by rules of expressions: `($a:expr, $b:ty) => …`.
//! Rules with repetitions or tokens of their own are left to the tables.

use smol_str::SmolStr;

/// Longest expansion.
const MAX_LENGTH: usize = 16 * 1024;

/// The expansion of a call with these arguments by the first rule that fits.
pub(crate) fn expand(rules: &[(SmolStr, SmolStr)], args: &str) -> Option<String> {
    let given = split(args)?;
    rules.iter().find_map(|(pattern, body)| {
        let names = parameters(pattern)?;
        if names.len() != given.len() {
            return None;
        }
        substitute(inner(body), &names, &given)
    })
}

/// The text between the outermost brackets.
fn inner(text: &str) -> &str {
    let text = text.trim();
    text.get(1..text.len().saturating_sub(1)).unwrap_or("")
}

/// Names of the parameters of a rule that has nothing else, and whether each is an expression.
fn parameters(pattern: &str) -> Option<Vec<(&str, bool)>> {
    let list = inner(pattern).trim();
    let list = list
        .trim_end_matches("$(,)?")
        .trim_end_matches("$(,)*")
        .trim()
        .trim_end_matches(',');
    if list.is_empty() {
        return Some(Vec::new());
    }
    list.split(',')
        .map(|part| {
            let (name, fragment) = part.trim().strip_prefix('$')?.split_once(':')?;
            let is_word =
                |w: &str| !w.is_empty() && w.chars().all(|c| c.is_alphanumeric() || c == '_');
            let is_expression = fragment.trim() == "expr";
            (is_word(name.trim()) && is_word(fragment.trim()))
                .then_some((name.trim(), is_expression))
        })
        .collect()
}

/// Arguments between the commas outside brackets and strings.
fn split(args: &str) -> Option<Vec<&str>> {
    let (mut parts, mut from, mut depth) = (Vec::new(), 0, 0i32);
    let mut chars = args.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => {
                let mut escaped = false;
                for (_, inner) in chars.by_ref() {
                    match inner {
                        _ if escaped => escaped = false,
                        '\\' => escaped = true,
                        '"' => break,
                        _ => {}
                    }
                }
            }
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(args.get(from..at)?.trim());
                from = at + 1;
            }
            _ => {}
        }
    }
    let last = args.get(from..)?.trim();
    if !last.is_empty() {
        parts.push(last);
    }
    Some(parts)
}

fn substitute(body: &str, names: &[(&str, bool)], given: &[&str]) -> Option<String> {
    let mut out = String::new();
    let mut rest = body;
    while let Some(at) = rest.find('$') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let end = rest
            .find(|c: char| !(c.is_alphanumeric() || c == '_'))
            .unwrap_or(rest.len());
        let name = &rest[..end];
        match names.iter().position(|(n, _)| *n == name) {
            // An expression stays one, whatever operators stand around it.
            Some(index) if names[index].1 => {
                out.push('(');
                out.push_str(given[index]);
                out.push(')');
            }
            Some(index) => out.push_str(given[index]),
            None if name == "crate" => out.push_str("crate"),
            None => return None,
        }
        rest = &rest[end..];
        if out.len() > MAX_LENGTH {
            return None;
        }
    }
    out.push_str(rest);
    (out.len() <= MAX_LENGTH).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::expand;

    #[test]
    fn simple_rules_are_expanded() {
        let rules = [
            (
                "($c:expr, $e:expr $(,)?)".into(),
                "{{ if !$c { return Err($e.into()); } }}".into(),
            ),
            ("($c:expr)".into(), "{ assert!($c) }".into()),
        ];
        assert_eq!(
            expand(&rules, "a == f(1, 2), Error::X(\",\")").as_deref(),
            Some("{ if !(a == f(1, 2)) { return Err((Error::X(\",\")).into()); } }")
        );
        assert_eq!(expand(&rules, "a").as_deref(), Some(" assert!((a)) "));
        assert_eq!(expand(&rules, "a, b, c"), None);
        assert_eq!(
            expand(&[("($($x:expr),*)".into(), "{ $($x)* }".into())], "1"),
            None
        );
    }
}
