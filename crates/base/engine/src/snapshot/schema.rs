//! The columns: the facts of the dictionary by their names and kinds, then the person's key.

use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use rules::facts::{FactId, Kind};
use std::sync::Arc;

/// The column of the person's pseudonymous key.
pub const PERSON: &str = "person";

/// The columns of `people.parquet`. Facts that are only recorded text are left out (engineering.md
/// 13); the key stands last, so that a reader who does not need it reads one piece of each row group.
pub fn schema() -> SchemaRef {
    let facts = FactId::all().filter_map(|fact| {
        let kind = column_type(fact.def().kind)?;
        Some(Field::new(fact.name(), kind, true))
    });
    let person = Field::new(PERSON, DataType::Utf8, false);
    Arc::new(Schema::new(facts.chain([person]).collect::<Vec<_>>()))
}

/// The type of a fact's column; `None` for recorded text.
pub(crate) fn column_type(kind: Kind) -> Option<DataType> {
    let words = || DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
    match kind {
        Kind::Bool => Some(DataType::Boolean),
        Kind::Int { min, max } => Some(int_type(min, max)),
        Kind::Day => Some(DataType::Int32),
        Kind::Word(_) | Kind::Area => Some(words()),
        Kind::Text => None,
    }
}

fn int_type(min: i64, max: i64) -> DataType {
    if i8::try_from(min).is_ok() && i8::try_from(max).is_ok() {
        DataType::Int8
    } else if i32::try_from(min).is_ok() && i32::try_from(max).is_ok() {
        DataType::Int32
    } else {
        DataType::Int64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rules::facts::dictionary;

    /// Engineering 11: columns are named as the dictionary names facts; recorded text has none.
    #[test]
    fn each_fact_but_text_is_a_column() {
        let schema = schema();
        let texts = dictionary()
            .iter()
            .filter(|def| def.kind == Kind::Text)
            .count();
        assert_eq!(schema.fields().len(), dictionary().len() - texts + 1);
        for def in dictionary() {
            assert_eq!(
                schema.field_with_name(def.name).is_ok(),
                def.kind != Kind::Text
            );
        }
        assert_eq!(
            schema.fields().last().map(|field| field.name().as_str()),
            Some(PERSON)
        );
        assert_eq!(int_type(0, 4), DataType::Int8);
        assert_eq!(int_type(0, 1000), DataType::Int32);
        assert_eq!(int_type(0, i64::MAX), DataType::Int64);
    }
}
