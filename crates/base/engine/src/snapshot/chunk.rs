//! The rows of one row group while they are collected, column by column.

use super::schema::column_type;
use arrow::array::{
    ArrayRef, BooleanArray, Int8Array, Int32Array, Int64Array, StringArray, StringDictionaryBuilder,
};
use arrow::datatypes::{DataType, Int32Type};
use kernel::{AreaCode, area_code::Level};
use rules::facts::{FactId, Facts, Value};
use std::sync::Arc;

/// Where a row stands in its row group: town of residence, birth, key; unknown first.
type Place = (Option<AreaCode>, Option<i32>);

/// The collected rows.
pub(super) struct Chunk {
    columns: Vec<(FactId, Column)>,
    places: Vec<Place>,
    keys: Vec<String>,
}

enum Column {
    Bool(Vec<Option<bool>>),
    Int(DataType, Vec<Option<i64>>),
    Day(Vec<Option<i32>>),
    Word(Vec<Option<&'static str>>),
    Area(Vec<Option<AreaCode>>),
}

impl Column {
    fn of(fact: FactId) -> Option<Self> {
        use rules::facts::Kind;
        let kind = fact.def().kind;
        Some(match kind {
            Kind::Bool => Self::Bool(Vec::new()),
            Kind::Int { .. } => Self::Int(column_type(kind)?, Vec::new()),
            Kind::Day => Self::Day(Vec::new()),
            Kind::Word(_) => Self::Word(Vec::new()),
            Kind::Area => Self::Area(Vec::new()),
            Kind::Text => return None,
        })
    }

    fn push(&mut self, value: Option<&Value>) {
        match self {
            Self::Bool(rows) => rows.push(match value {
                Some(Value::Bool(value)) => Some(*value),
                _ => None,
            }),
            Self::Int(_, rows) => rows.push(match value {
                Some(Value::Int(value)) => Some(*value),
                _ => None,
            }),
            Self::Day(rows) => rows.push(match value {
                Some(Value::Day(day)) => Some(day.number()),
                _ => None,
            }),
            Self::Word(rows) => rows.push(match value {
                Some(Value::Word(word)) => Some(word),
                _ => None,
            }),
            Self::Area(rows) => rows.push(match value {
                Some(Value::Area(code)) => Some(*code),
                _ => None,
            }),
        }
    }

    /// The column in this order of rows, and no rows after that.
    fn take(&mut self, order: &[usize]) -> ArrayRef {
        match self {
            Self::Bool(rows) => Arc::new(in_order(rows, order).collect::<BooleanArray>()),
            Self::Day(rows) => Arc::new(in_order(rows, order).collect::<Int32Array>()),
            Self::Word(rows) => words(in_order(rows, order)),
            Self::Area(rows) => {
                let rows = std::mem::take(rows);
                let codes = order
                    .iter()
                    .map(|row| rows.get(*row).and_then(Option::as_ref));
                words(codes.map(|code| code.map(AreaCode::as_str)))
            }
            Self::Int(kind, rows) => {
                let rows = in_order(rows, order);
                match kind {
                    DataType::Int8 => {
                        Arc::new(rows.map(|n| n.map(|n| n as i8)).collect::<Int8Array>())
                    }
                    DataType::Int32 => {
                        Arc::new(rows.map(|n| n.map(|n| n as i32)).collect::<Int32Array>())
                    }
                    _ => Arc::new(rows.collect::<Int64Array>()),
                }
            }
        }
    }
}

fn in_order<'a, T: Copy + 'a>(
    rows: &mut Vec<Option<T>>,
    order: &'a [usize],
) -> impl Iterator<Item = Option<T>> + use<'a, T> {
    let rows = std::mem::take(rows);
    order
        .iter()
        .map(move |row| rows.get(*row).copied().flatten())
}

fn words<'a>(rows: impl Iterator<Item = Option<&'a str>>) -> ArrayRef {
    let mut builder = StringDictionaryBuilder::<Int32Type>::new();
    for word in rows {
        builder.append_option(word);
    }
    Arc::new(builder.finish())
}

impl Chunk {
    pub(super) fn new() -> Self {
        let columns = FactId::all().filter_map(|fact| Some((fact, Column::of(fact)?)));
        Self {
            columns: columns.collect(),
            places: Vec::new(),
            keys: Vec::new(),
        }
    }

    pub(super) const fn rows(&self) -> usize {
        self.keys.len()
    }

    pub(super) fn push(&mut self, key: &str, facts: &Facts) {
        for (fact, column) in &mut self.columns {
            column.push(facts.get(*fact));
        }
        let town = match facts.get(FactId::RESIDENCE_AREA) {
            Some(Value::Area(code)) => Some(code.up_to(Level::Town)),
            _ => None,
        };
        let birth = match facts.get(FactId::BIRTH_DATE) {
            Some(Value::Day(day)) => Some(day.number()),
            _ => None,
        };
        self.places.push((town, birth));
        self.keys.push(key.to_owned());
    }

    /// The columns of the schema with the rows in the order of the file; the chunk is empty then.
    pub(super) fn take(&mut self) -> Vec<ArrayRef> {
        let (places, keys) = (
            std::mem::take(&mut self.places),
            std::mem::take(&mut self.keys),
        );
        let mut order: Vec<usize> = (0..keys.len()).collect();
        order.sort_by_key(|row| (places.get(*row), keys.get(*row)));
        let facts = self
            .columns
            .iter_mut()
            .map(|(_, column)| column.take(&order));
        let mut columns: Vec<ArrayRef> = facts.collect();
        let keys = order.iter().map(|row| keys.get(*row));
        columns.push(Arc::new(keys.collect::<StringArray>()));
        columns
    }
}
