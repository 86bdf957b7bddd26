//! Puts other names into an expression without reading it: parameters and numbers of items.

use std::collections::BTreeMap;

/// The text with `param('…')` and `entitled(…)` renamed; everything else as it was.
pub(super) fn renamed(
    text: &str,
    params: &BTreeMap<String, String>,
    items: &BTreeMap<u16, u16>,
) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if first == '\'' {
            let (quoted, after) = rest.split_at(quoted_len(rest));
            out.push_str(quoted);
            rest = after;
        } else if first.is_alphanumeric() || first == '_' {
            let end = rest
                .find(|c: char| !(c.is_alphanumeric() || c == '_'))
                .unwrap_or(rest.len());
            let (word, after) = rest.split_at(end);
            out.push_str(word);
            rest = match word {
                "param" => argument(after, &mut out, |name| {
                    let name = name.strip_prefix('\'')?.strip_suffix('\'')?;
                    params.get(name).map(|new| format!("'{new}'"))
                }),
                "entitled" => argument(after, &mut out, |no| {
                    items.get(&no.parse().ok()?).map(u16::to_string)
                }),
                _ => after,
            };
        } else {
            out.push(first);
            rest = rest.get(first.len_utf8()..).unwrap_or_default();
        }
    }
    out
}

/// The length of the literal that a text begins with; two quotes are one inside.
fn quoted_len(text: &str) -> usize {
    let mut chars = text.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        if c == '\'' {
            if chars.peek().is_some_and(|(_, next)| *next == '\'') {
                chars.next();
            } else {
                return at + 1;
            }
        }
    }
    text.len()
}

/// Writes the one argument of a call, renamed where it has another name; gives what stands behind it.
fn argument<'a>(after: &'a str, out: &mut String, new: impl Fn(&str) -> Option<String>) -> &'a str {
    let Some(inside) = after.trim_start().strip_prefix('(') else {
        return after;
    };
    let inside = inside.trim_start();
    let end = if inside.starts_with('\'') {
        quoted_len(inside)
    } else {
        inside.find(')').unwrap_or(inside.len())
    };
    let (argument, rest) = inside.split_at(end);
    let argument = argument.trim();
    out.push('(');
    out.push_str(&new(argument).unwrap_or_else(|| argument.to_owned()));
    rest
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Row C02: only names of parameters and items are put in another's place, never literals.
    #[test]
    fn names_are_replaced_and_literals_are_not() {
        let params = BTreeMap::from([("津贴".to_owned(), "津贴（随县）".to_owned())]);
        let items = BTreeMap::from([(2, 30)]);
        for (text, wanted) in [
            ("param('津贴')", "param('津贴（随县）')"),
            ("param ( '津贴' ) + 1", "param ('津贴（随县）' ) + 1"),
            ("param('别的')", "param('别的')"),
            (
                "entitled(2) and entitled(12)",
                "entitled(30) and entitled(12)",
            ),
            ("living = 'param(''津贴'')'", "living = 'param(''津贴'')'"),
            (
                "hukou_area = '421321' or age >= 2",
                "hukou_area = '421321' or age >= 2",
            ),
            ("param(", "param("),
        ] {
            let spaced = renamed(text, &params, &items);
            assert_eq!(spaced.replace(' ', ""), wanted.replace(' ', ""), "{text}");
        }
    }
}
