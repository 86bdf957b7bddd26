//! Writes the table of answers: who is entitled to what, and who may be (docs/snapshot.md).

use super::{Totals, run_with};
use crate::snapshot::writer::{beside, private, put};
use crate::{Error, snapshot};
use arrow::array::{ArrayRef, BooleanArray, Int16Array, Int64Array, RecordBatch, StringBuilder};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use kernel::Day;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use rules::{List, Truth};
use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

/// The version of the table's format.
pub const ANSWERS_VERSION: u32 = 1;

/// Writes `answers.parquet` and gives the totals: columns `person`, `item`, `yes` (null: unknown)
/// and `fen`; an answer that is no has no row. The rows stand in the order of the snapshot whatever
/// the number of threads (invariant 12).
pub fn write_answers(
    list: &List,
    path: &Path,
    as_of: Day,
    threads: usize,
    out: &Path,
) -> Result<Totals, Error> {
    let meta = snapshot::open(path)?.meta().clone();
    let pair = |key: &str, value: &str| KeyValue::new(format!("laoyou.{key}"), value.to_owned());
    let pairs = vec![
        pair("answers", &ANSWERS_VERSION.to_string()),
        pair("as_of", &as_of.to_string()),
        pair("known_at", &meta.known_at.to_string()),
        pair("register_digest", &meta.register_digest),
        pair("place", &meta.place),
        pair("plan_digest", list.digest()),
        pair("overlay_digest", list.overlay_digest().unwrap_or_default()),
    ];
    let properties = WriterProperties::builder()
        .set_created_by("laoyou".to_owned())
        .set_key_value_metadata(Some(pairs))
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(1).unwrap_or_default()))
        .build();
    let (part, place) = (beside(out), out);
    let out = part.as_path();
    let file = private(out).map_err(Error::file(out))?;
    let writer = ArrowWriter::try_new(file, columns(), Some(properties));
    let writer = writer.map_err(Error::parquet(out))?;
    let ordered = Mutex::new(Ordered {
        out: writer,
        next: 0,
        waiting: BTreeMap::new(),
    });
    let totals = run_with(list, path, as_of, threads, &|answers| {
        let (mut people, mut items) = (StringBuilder::new(), Vec::new());
        let (mut yes, mut fens) = (Vec::new(), Vec::new());
        answers.each(|row, no, truth, fen| {
            people.append_value(answers.person(row));
            items.push(no as i16);
            yes.push((truth == Truth::True).then_some(true));
            fens.push(fen);
        });
        let columns: Vec<ArrayRef> = vec![
            Arc::new(people.finish()),
            Arc::new(Int16Array::from(items)),
            Arc::new(BooleanArray::from(yes)),
            Arc::new(Int64Array::from(fens)),
        ];
        let batch = RecordBatch::try_new(self::columns(), columns).map_err(Error::arrow(out))?;
        let mut ordered = ordered.lock().unwrap_or_else(PoisonError::into_inner);
        ordered
            .take(answers.row_group, batch, answers.last)
            .map_err(Error::parquet(out))
    })?;
    let ordered = ordered.into_inner().unwrap_or_else(PoisonError::into_inner);
    let file = ordered.out.into_inner().map_err(Error::parquet(out))?;
    put(&file, out, place)?;
    Ok(totals)
}

fn columns() -> SchemaRef {
    Arc::new(Schema::new(vec![
        Field::new("person", DataType::Utf8, false),
        Field::new("item", DataType::Int16, false),
        Field::new("yes", DataType::Boolean, true),
        Field::new("fen", DataType::Int64, true),
    ]))
}

/// Keeps what comes before its turn: at most a row group for each of the other threads.
struct Ordered {
    out: ArrowWriter<File>,
    /// The row group whose turn it is.
    next: usize,
    waiting: BTreeMap<usize, (Vec<RecordBatch>, bool)>,
}

impl Ordered {
    fn take(
        &mut self,
        group: usize,
        batch: RecordBatch,
        last: bool,
    ) -> parquet::errors::Result<()> {
        let (batches, done) = self.waiting.entry(group).or_default();
        batches.push(batch);
        *done = last;
        while let Some((batches, done)) = self.waiting.get_mut(&self.next) {
            for batch in batches.drain(..) {
                self.out.write(&batch)?;
            }
            if !*done {
                break;
            }
            self.waiting.remove(&self.next);
            self.next += 1;
        }
        Ok(())
    }
}
