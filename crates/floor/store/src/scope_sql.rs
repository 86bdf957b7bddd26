//! Scope as a condition in the query itself (invariant 10), and a small builder that keeps statement
//! text and values together.

use crate::Value;
use authz::Scope;
use kernel::area_code::ranges;

/// A piece of SQL with its values; placeholders are numbered when it is finished.
#[derive(Debug, Clone, Default)]
pub struct Sql {
    text: String,
    values: Vec<Value>,
}

impl Sql {
    /// Starts with a text that has no values.
    pub fn new(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            values: Vec::new(),
        }
    }

    /// Adds text.
    pub fn push(&mut self, text: &str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// Adds a value as the next placeholder.
    pub fn bind(&mut self, value: impl Into<Value>) -> &mut Self {
        self.values.push(value.into());
        self.text.push('$');
        self.text.push_str(&self.values.len().to_string());
        self
    }

    /// Adds another piece, renumbering its placeholders. Texts with a literal `$` are not supported.
    pub fn append(&mut self, other: &Self) -> &mut Self {
        let offset = self.values.len();
        let mut parts = other.text.split('$');
        self.text.push_str(parts.next().unwrap_or(""));
        for part in parts {
            let digits = part.bytes().take_while(u8::is_ascii_digit).count();
            let (number, rest) = part.split_at(digits);
            let place = number.parse::<usize>().map_or(0, |n| n + offset);
            self.text.push('$');
            self.text.push_str(&place.to_string());
            self.text.push_str(rest);
        }
        self.values.extend(other.values.iter().cloned());
        self
    }

    /// Text and values for [`crate::Reads::all`].
    pub fn parts(self) -> (String, Vec<Value>) {
        (self.text, self.values)
    }
}

/// The condition that `scope` puts on a person row with columns `hukou_area`, `residence_area` and
/// `id` under `alias` (such as `p`). Always a complete condition in parentheses.
pub fn scope_condition(scope: &Scope, alias: &str) -> Sql {
    let mut sql = Sql::default();
    match scope {
        Scope::Everywhere => {
            sql.push("(1 = 1)");
        }
        Scope::Nowhere => {
            sql.push("(1 = 0)");
        }
        Scope::People(ids) => {
            sql.push("(1 = 0");
            for id in ids {
                sql.push(" OR ")
                    .push(alias)
                    .push(".id = ")
                    .bind(id.as_str());
            }
            sql.push(")");
        }
        Scope::Areas(areas) => {
            sql.push("(1 = 0");
            for (from, until) in ranges(areas) {
                for column in ["hukou_area", "residence_area"] {
                    sql.push(" OR (").push(alias).push(".").push(column);
                    sql.push(" >= ").bind(from.as_str()).push(" AND ");
                    sql.push(alias).push(".").push(column).push(" < ");
                    sql.bind(until.as_str()).push(")");
                }
            }
            sql.push(")");
        }
    }
    sql
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_keep_their_values_when_joined() {
        let mut sql = Sql::new("SELECT id FROM person p WHERE p.age > ");
        sql.bind(60_i64).push(" AND ");
        sql.append(&scope_condition(
            &Scope::Areas(vec!["421303".parse().unwrap()]),
            "p",
        ));
        let (text, values) = sql.parts();
        assert!(
            text.contains("p.age > $1 AND (1 = 0 OR (p.hukou_area >= $2 AND p.hukou_area < $3)"),
            "{text}"
        );
        assert_eq!(values.len(), 5);
        assert_eq!(scope_condition(&Scope::Nowhere, "p").parts().0, "(1 = 0)");
    }
}
