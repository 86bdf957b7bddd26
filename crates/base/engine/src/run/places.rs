//! Areas by a small number; the texts of a dictionary are read once, not once per person.

use crate::Error;
use crate::snapshot::Snapshot;
use arrow::array::{Array, ArrayRef, AsArray, Int32Array};
use kernel::AreaCode;
use rules::facts::FactId;
use std::collections::HashMap;
use std::sync::Arc;

/// The place where nobody's area is known.
pub(crate) const NOWHERE: u32 = 0;

/// The areas of a column's dictionary.
pub(crate) struct AreaWords {
    pub(crate) codes: Vec<AreaCode>,
    /// The place of each.
    pub(crate) places: Vec<u32>,
}

impl AreaWords {
    /// The place of each row.
    pub(crate) fn rows(&self, keys: &Int32Array, rows: &mut Vec<u32>) {
        let place = |key: i32| {
            let key = usize::try_from(key).ok();
            key.and_then(|key| self.places.get(key))
                .copied()
                .unwrap_or(NOWHERE)
        };
        rows.clear();
        rows.extend(keys.values().iter().map(|key| place(*key)));
        if let Some(known) = keys.nulls().filter(|known| known.null_count() > 0) {
            for (row, known) in rows.iter_mut().zip(known.iter()) {
                if !known {
                    *row = NOWHERE;
                }
            }
        }
    }
}

/// The areas a worker has met.
#[derive(Default)]
pub(crate) struct Places {
    known: HashMap<AreaCode, u32>,
    /// The areas by place, from 1 on.
    pub(crate) codes: Vec<AreaCode>,
    /// The last dictionary of each column: batches of one row group share it.
    last: HashMap<usize, (ArrayRef, Arc<AreaWords>)>,
}

impl Places {
    pub(crate) fn of(&mut self, code: AreaCode) -> u32 {
        *self.known.entry(code).or_insert_with(|| {
            self.codes.push(code);
            u32::try_from(self.codes.len()).unwrap_or(u32::MAX)
        })
    }

    /// The areas of a dictionary.
    pub(crate) fn words(
        &mut self,
        snapshot: &Snapshot,
        fact: FactId,
        values: &ArrayRef,
    ) -> Result<Arc<AreaWords>, Error> {
        if let Some((seen, words)) = self.last.get(&fact.index())
            && Arc::ptr_eq(seen, values)
        {
            return Ok(Arc::clone(words));
        }
        let wrong = |text: &str| {
            Error::content(
                &snapshot.path,
                format!("列 {} 里有不是区划的「{text}」", fact.name()),
            )
        };
        let texts = values.as_string_opt::<i32>().ok_or_else(|| wrong(""))?;
        let mut codes = Vec::with_capacity(texts.len());
        for text in texts {
            let text = text.unwrap_or_default();
            codes.push(text.parse::<AreaCode>().map_err(|_error| wrong(text))?);
        }
        let places = codes.iter().map(|code| self.of(*code)).collect();
        let words = Arc::new(AreaWords { codes, places });
        self.last
            .insert(fact.index(), (Arc::clone(values), Arc::clone(&words)));
        Ok(words)
    }
}
