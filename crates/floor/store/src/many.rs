//! Long lists of values in one statement.

use crate::Backend;

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
