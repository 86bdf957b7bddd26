//! Long lists of values in one statement.

use crate::Backend;
use std::borrow::Cow;

/// Values from which a statement is rewritten by [`anonymous`].
const MANY: usize = 16;

/// The statement with `?` for each placeholder, on SQLite, where `$1`, `$2` … stand in their order and each once:
/// there `$1` is a *named* parameter, and naming hundreds of them costs quadratic time. Any other stays as it is.
pub(crate) fn anonymous(backend: Backend, sql: &str, values: usize) -> Cow<'_, str> {
    if backend != Backend::Sqlite || values < MANY || sql.contains('?') {
        return Cow::Borrowed(sql);
    }
    let mut parts = sql.split('$');
    let mut out = String::with_capacity(sql.len());
    out.push_str(parts.next().unwrap_or(""));
    let mut count = 0;
    for part in parts {
        let digits = part.bytes().take_while(u8::is_ascii_digit).count();
        let (number, rest) = part.split_at(digits);
        count += 1;
        if number.parse() != Ok(count) {
            return Cow::Borrowed(sql);
        }
        out.push('?');
        out.push_str(rest);
    }
    if count == values {
        Cow::Owned(out)
    } else {
        Cow::Borrowed(sql)
    }
}

/// `count` placeholders with commas between them, for the only values of a statement. `$1` is a *named* parameter
/// to SQLite, and naming thousands of them costs quadratic time: there it is the anonymous `?`.
pub fn places(backend: Backend, count: usize) -> String {
    let mut out = String::with_capacity(count * 4);
    for place in 1..=count {
        if place > 1 {
            out.push(',');
        }
        match backend {
            Backend::Sqlite => out.push('?'),
            Backend::Postgres => {
                out.push('$');
                out.push_str(&place.to_string());
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Invariant 13: only a statement whose placeholders stand in their order, each once, is rewritten.
    #[test]
    fn placeholders_in_their_order_are_rewritten_and_others_stay() {
        let mut sql = "SELECT a FROM t WHERE s = $1 AND i IN (".to_owned();
        for place in 2..=40 {
            sql.push_str(&format!("${place},"));
        }
        sql.push_str("$41) ORDER BY a");
        let short = anonymous(Backend::Sqlite, &sql, 41);
        assert!(short.starts_with("SELECT a FROM t WHERE s = ? AND i IN (?,?"));
        assert!(short.ends_with("?,?) ORDER BY a"));
        assert_eq!(short.matches('?').count(), 41);
        assert_eq!(anonymous(Backend::Postgres, &sql, 41), sql);
        let again = sql.replace("$41", "$3");
        assert_eq!(anonymous(Backend::Sqlite, &again, 41), again);
        assert_eq!(anonymous(Backend::Sqlite, &sql, 40), sql);
    }
}
