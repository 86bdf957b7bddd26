//! Many rows as one value: PostgreSQL reads them from a JSON text as rows of the table itself. A statement of thousands of
//! places is parsed and planned anew each time; this one is planned once, whatever the number of rows.

use sea_orm::Value;
use serde_json::{Number, Value as Json};

/// Rows of one statement.
const ROWS: usize = 1_000;

/// Inserts the rows of `$1`.
pub(crate) fn sql(table: &str, columns: &[&str]) -> String {
    let columns = columns.join(", ");
    format!(
        "INSERT INTO {table} ({columns}) SELECT {columns} FROM json_populate_recordset(NULL::{table}, CAST($1 AS json))"
    )
}

/// The rows as texts of at most [`ROWS`] each; `None` where a value has no like in JSON.
pub(crate) fn texts(columns: &[&str], rows: &[Vec<Value>]) -> Option<Vec<String>> {
    rows.chunks(ROWS)
        .map(|rows| {
            let mut text = String::with_capacity(rows.len() * columns.len() * 24);
            for (at, row) in rows.iter().enumerate() {
                text.push(if at == 0 { '[' } else { ',' });
                if row.len() != columns.len() {
                    return None;
                }
                for (at, (column, value)) in columns.iter().zip(row).enumerate() {
                    text.push_str(if at == 0 { "{\"" } else { ",\"" });
                    text.push_str(column);
                    text.push_str("\":");
                    text.push_str(&json(value)?.to_string());
                }
                text.push('}');
            }
            text.push(']');
            Some(text)
        })
        .collect()
}

fn json(value: &Value) -> Option<Json> {
    Some(match value {
        Value::Bool(value) => value.map_or(Json::Null, Json::Bool),
        Value::Int(value) => value.map_or(Json::Null, |value| Json::Number(value.into())),
        Value::BigInt(value) => value.map_or(Json::Null, |value| Json::Number(value.into())),
        Value::Double(None) => Json::Null,
        Value::Double(Some(value)) => Json::Number(Number::from_f64(*value)?),
        Value::String(value) => value
            .as_ref()
            .map_or(Json::Null, |text| Json::String(text.clone())),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_become_texts_of_the_tables_columns() {
        let columns = ["id", "n", "flag", "says"];
        let row = |n: i64, says: Option<&str>| {
            vec![
                Value::from("a\"b"),
                Value::from(n),
                Value::from(true),
                Value::from(says.map(str::to_owned)),
            ]
        };
        assert_eq!(
            texts(&columns, &[row(1, None), row(-2, Some("行\n"))]).unwrap(),
            [
                r#"[{"id":"a\"b","n":1,"flag":true,"says":null},{"id":"a\"b","n":-2,"flag":true,"says":"行\n"}]"#
            ]
        );
        assert_eq!(texts(&columns, &[]).unwrap(), Vec::<String>::new());
        let many = vec![row(1, None); ROWS + 1];
        assert_eq!(texts(&columns, &many).unwrap().len(), 2);
        assert!(texts(&["b"], &[vec![Value::from(vec![1_u8])]]).is_none());
        assert!(texts(&["b"], &[vec![]]).is_none(), "a row of other columns");
    }
}
