//! The columns of a batch as the evaluator reads them.

use super::places::{AreaWords, Places};
use crate::Error;
use crate::program::Col;
use crate::snapshot::Snapshot;
use arrow::array::{
    Array, AsArray, BooleanArray, Int8Array, Int32Array, Int64Array, RecordBatch, StringArray,
};
use arrow::datatypes::{DataType, Int8Type, Int32Type, Int64Type};
use rules::facts::{FactId, Kind};
use std::sync::Arc;

/// A column; a word or area by the place of its text in the dictionary of the batch.
pub(crate) enum Column {
    /// Nobody's value is known here, or the file has no such column.
    Missing,
    Bool(BooleanArray),
    Tiny(Int8Array),
    Int(Int32Array),
    Long(Int64Array),
    /// For each text its place among the fact's words.
    Words(Int32Array, Vec<u8>),
    Areas(Int32Array, Arc<AreaWords>),
}

impl Column {
    fn of(
        snapshot: &Snapshot,
        fact: FactId,
        array: &dyn Array,
        places: &mut Places,
    ) -> Result<Self, Error> {
        let wrong = || {
            let what = format!("列 {} 的类型不对", fact.name());
            Error::content(&snapshot.path, what)
        };
        Ok(match array.data_type() {
            DataType::Boolean => Self::Bool(array.as_boolean_opt().ok_or_else(wrong)?.clone()),
            DataType::Int8 => Self::Tiny(
                array
                    .as_primitive_opt::<Int8Type>()
                    .ok_or_else(wrong)?
                    .clone(),
            ),
            DataType::Int32 => Self::Int(
                array
                    .as_primitive_opt::<Int32Type>()
                    .ok_or_else(wrong)?
                    .clone(),
            ),
            DataType::Int64 => Self::Long(
                array
                    .as_primitive_opt::<Int64Type>()
                    .ok_or_else(wrong)?
                    .clone(),
            ),
            _ => {
                let texts = array.as_dictionary_opt::<Int32Type>().ok_or_else(wrong)?;
                let values = texts.values().as_string_opt::<i32>().ok_or_else(wrong)?;
                let keys = texts.keys().clone();
                if keys.null_count() == keys.len() {
                    // The reader fills such a dictionary with something.
                    return Ok(Self::Missing);
                }
                match fact.def().kind {
                    Kind::Word(words) => {
                        let place = |text: &str| {
                            let place = words.iter().position(|word| *word == text);
                            place.and_then(|place| u8::try_from(place).ok())
                        };
                        let found = values.iter().map(|text| place(text.unwrap_or_default()));
                        let found = found.collect::<Option<Vec<u8>>>().ok_or_else(|| {
                            let what = format!("列 {} 里有词典以外的词", fact.name());
                            Error::content(&snapshot.path, what)
                        })?;
                        Self::Words(keys, found)
                    }
                    _ => Self::Areas(keys, places.words(snapshot, fact, texts.values())?),
                }
            }
        })
    }

    /// The number at a row; a word by its place.
    pub(crate) fn number(&self, row: usize) -> Option<i64> {
        match self {
            Self::Tiny(rows) => rows.is_valid(row).then(|| rows.value(row).into()),
            Self::Int(rows) => rows.is_valid(row).then(|| rows.value(row).into()),
            Self::Long(rows) => rows.is_valid(row).then(|| rows.value(row)),
            Self::Words(keys, places) => {
                let key = keys.is_valid(row).then(|| keys.value(row))?;
                places
                    .get(usize::try_from(key).ok()?)
                    .map(|place| i64::from(*place))
            }
            Self::Missing | Self::Bool(_) | Self::Areas(..) => None,
        }
    }
}

/// The rows that are evaluated together.
pub(crate) struct Batch {
    pub(crate) rows: usize,
    columns: Vec<Column>,
    pub(crate) people: Option<StringArray>,
}

impl Batch {
    /// The columns of a plan; `batch` holds them in the order of the file.
    pub(crate) fn read(
        snapshot: &Snapshot,
        wanted: &[Col],
        batch: &RecordBatch,
        places: &mut Places,
    ) -> Result<Self, Error> {
        let mut columns: Vec<Column> = Vec::new();
        columns.resize_with(rules::facts::COUNT, || Column::Missing);
        for fact in wanted.iter().filter_map(|col| col.fact()) {
            let array = batch.column_by_name(fact.name());
            if let (Some(array), Some(slot)) = (array, columns.get_mut(fact.index())) {
                *slot = Column::of(snapshot, fact, array.as_ref(), places)?;
            }
        }
        let people = batch.column_by_name(crate::snapshot::PERSON);
        let people = people
            .and_then(|array| array.as_string_opt::<i32>())
            .cloned();
        Ok(Self {
            rows: batch.num_rows(),
            columns,
            people,
        })
    }

    pub(crate) fn column(&self, col: Col) -> &Column {
        self.columns.get(col.index()).unwrap_or(&Column::Missing)
    }
}
