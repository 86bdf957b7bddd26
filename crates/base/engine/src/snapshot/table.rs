//! Any other table of a snapshot: typed columns, one Parquet file, the promises of docs/snapshot.md.

use super::ROW_GROUP;
use super::writer::{beside, private, put};
use crate::Error;
use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Int32Array, Int64Array, RecordBatch, StringArray,
    StringDictionaryBuilder,
};
use arrow::datatypes::{
    DataType, Field, Int8Type, Int16Type, Int32Type, Int64Type, Schema, SchemaRef,
};
use kernel::{Day, Instant};
use parquet::arrow::ArrowWriter;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterVersion};
use parquet::schema::types::ColumnPath;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The version of these tables' format.
pub const TABLE_VERSION: u32 = 1;

const SCHEMA: &str = "laoyou.schema";
const TABLE: &str = "laoyou.table";

/// What a column holds; every column but `person` may be null.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
    /// A pseudonymous key, different in nearly every row.
    Key,
    /// A word or code that repeats.
    Word,
    /// A whole number.
    Int,
    /// A small number, or a day as `yyyymmdd`.
    Small,
    /// Yes or no.
    Flag,
}

/// A cell of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cell<'a> {
    /// Of [`ColumnKind::Key`] and [`ColumnKind::Word`].
    Text(Option<&'a str>),
    /// Of [`ColumnKind::Int`] and [`ColumnKind::Small`].
    Int(Option<i64>),
    /// Of [`ColumnKind::Flag`].
    Flag(Option<bool>),
}

/// What a table says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableMeta {
    /// Its name: `answers`.
    pub table: &'static str,
    /// The day it is of.
    pub as_of: Day,
    /// The moment up to which recordings count.
    pub known_at: Instant,
    /// The place, as in the people's file.
    pub place: String,
    /// Digest of the service list, where it follows from one.
    pub plan_digest: Option<String>,
}

impl TableMeta {
    fn key_values(&self) -> Vec<KeyValue> {
        let mut pairs = vec![
            (SCHEMA, TABLE_VERSION.to_string()),
            (TABLE, self.table.to_owned()),
            ("laoyou.as_of", self.as_of.to_string()),
            ("laoyou.known_at", self.known_at.to_string()),
            ("laoyou.place", self.place.clone()),
        ];
        if let Some(digest) = &self.plan_digest {
            pairs.push(("laoyou.plan_digest", digest.clone()));
        }
        let pair = |(key, value): (&str, String)| KeyValue::new(key.to_owned(), value);
        pairs.into_iter().map(pair).collect()
    }
}

/// Writes a table beside its place and puts it there when it is whole.
pub struct TableWriter {
    path: PathBuf,
    part: PathBuf,
    schema: SchemaRef,
    columns: Vec<Rows>,
    out: ArrowWriter<File>,
    held: usize,
    rows: u64,
}

#[expect(
    clippy::large_enum_variant,
    reason = "one a column, a few columns a file"
)]
enum Rows {
    Key(Vec<String>),
    Word(StringDictionaryBuilder<Int32Type>),
    Int(Vec<Option<i64>>),
    Small(Vec<Option<i32>>),
    Flag(Vec<Option<bool>>),
}

impl Rows {
    fn new(kind: ColumnKind) -> Self {
        match kind {
            ColumnKind::Key => Self::Key(Vec::new()),
            ColumnKind::Word => Self::Word(StringDictionaryBuilder::new()),
            ColumnKind::Int => Self::Int(Vec::new()),
            ColumnKind::Small => Self::Small(Vec::new()),
            ColumnKind::Flag => Self::Flag(Vec::new()),
        }
    }

    fn push(&mut self, cell: Option<&Cell<'_>>) {
        match (self, cell) {
            (Self::Key(rows), Some(Cell::Text(text))) => {
                rows.push(text.unwrap_or_default().to_owned());
            }
            (Self::Word(rows), Some(Cell::Text(text))) => rows.append_option(*text),
            (Self::Int(rows), Some(Cell::Int(number))) => rows.push(*number),
            (Self::Small(rows), Some(Cell::Int(number))) => {
                rows.push(number.and_then(|number| i32::try_from(number).ok()));
            }
            (Self::Flag(rows), Some(Cell::Flag(flag))) => rows.push(*flag),
            // A cell of another kind is not known.
            (Self::Key(rows), _) => rows.push(String::new()),
            (Self::Word(rows), _) => rows.append_null(),
            (Self::Int(rows), _) => rows.push(None),
            (Self::Small(rows), _) => rows.push(None),
            (Self::Flag(rows), _) => rows.push(None),
        }
    }

    fn take(&mut self) -> ArrayRef {
        match self {
            Self::Key(rows) => Arc::new(StringArray::from(std::mem::take(rows))),
            Self::Word(rows) => Arc::new(rows.finish()),
            Self::Int(rows) => Arc::new(Int64Array::from(std::mem::take(rows))),
            Self::Small(rows) => Arc::new(Int32Array::from(std::mem::take(rows))),
            Self::Flag(rows) => Arc::new(BooleanArray::from(std::mem::take(rows))),
        }
    }
}

fn field((name, kind): &(&'static str, ColumnKind)) -> Field {
    let words = || DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
    match kind {
        ColumnKind::Key => Field::new(*name, DataType::Utf8, false),
        ColumnKind::Word => Field::new(*name, words(), true),
        ColumnKind::Int => Field::new(*name, DataType::Int64, true),
        ColumnKind::Small => Field::new(*name, DataType::Int32, true),
        ColumnKind::Flag => Field::new(*name, DataType::Boolean, true),
    }
}

impl TableWriter {
    /// Starts a table that only its owner may read.
    pub fn create(
        path: &Path,
        meta: &TableMeta,
        columns: &[(&'static str, ColumnKind)],
    ) -> Result<Self, Error> {
        let schema: SchemaRef =
            Arc::new(Schema::new(columns.iter().map(field).collect::<Vec<_>>()));
        let level = ZstdLevel::try_new(1).unwrap_or_default();
        let mut properties = WriterProperties::builder()
            .set_writer_version(WriterVersion::PARQUET_1_0)
            .set_created_by("laoyou".to_owned())
            .set_key_value_metadata(Some(meta.key_values()))
            .set_compression(Compression::ZSTD(level))
            .set_max_row_group_row_count(Some(ROW_GROUP))
            .set_statistics_enabled(EnabledStatistics::Chunk)
            .set_offset_index_disabled(true);
        for (name, kind) in columns {
            if *kind == ColumnKind::Key {
                let column = ColumnPath::from(*name);
                properties =
                    properties.set_column_statistics_enabled(column, EnabledStatistics::None);
            }
        }
        let part = beside(path);
        let file = private(&part).map_err(Error::file(&part))?;
        let out = ArrowWriter::try_new(file, Arc::clone(&schema), Some(properties.build()))
            .map_err(Error::parquet(&part))?;
        Ok(Self {
            path: path.to_owned(),
            part,
            schema,
            columns: columns.iter().map(|(_, kind)| Rows::new(*kind)).collect(),
            out,
            held: 0,
            rows: 0,
        })
    }

    /// Adds a row: a cell for each column, in their order.
    pub fn push(&mut self, cells: &[Cell<'_>]) -> Result<(), Error> {
        for (place, column) in self.columns.iter_mut().enumerate() {
            column.push(cells.get(place));
        }
        self.held += 1;
        self.rows += 1;
        if self.held == ROW_GROUP {
            self.flush()
        } else {
            Ok(())
        }
    }

    /// Writes what is left and puts the file in its place; gives the number of rows.
    pub fn finish(mut self) -> Result<u64, Error> {
        if self.held > 0 {
            self.flush()?;
        }
        let file = self.out.into_inner().map_err(Error::parquet(&self.part))?;
        put(&file, &self.part, &self.path)?;
        Ok(self.rows)
    }

    fn flush(&mut self) -> Result<(), Error> {
        self.held = 0;
        let columns = self.columns.iter_mut().map(Rows::take).collect();
        let batch = RecordBatch::try_new(Arc::clone(&self.schema), columns)
            .map_err(Error::arrow(&self.part))?;
        self.out.write(&batch).map_err(Error::parquet(&self.part))?;
        self.out.flush().map_err(Error::parquet(&self.part))
    }
}

/// Some rows of a table, as [`scan`] gives them.
pub struct TableRows {
    columns: Vec<ArrayRef>,
    rows: usize,
}

impl TableRows {
    /// How many.
    pub fn len(&self) -> usize {
        self.rows
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// The text of a column (by its place among those asked for) in a row.
    pub fn text(&self, column: usize, row: usize) -> Option<&str> {
        let array = self.columns.get(column)?;
        if row >= self.rows || array.is_null(row) {
            return None;
        }
        if let Some(texts) = array.as_string_opt::<i32>() {
            return Some(texts.value(row));
        }
        let texts = array.as_dictionary_opt::<Int32Type>()?;
        let place = usize::try_from(texts.keys().value(row)).ok()?;
        let values = texts.values().as_string_opt::<i32>()?;
        (place < values.len()).then(|| values.value(place))
    }

    /// The number of a column in a row.
    pub fn int(&self, column: usize, row: usize) -> Option<i64> {
        let array = self.columns.get(column)?;
        if row >= self.rows || array.is_null(row) {
            return None;
        }
        match array.data_type() {
            DataType::Int8 => Some(array.as_primitive_opt::<Int8Type>()?.value(row).into()),
            DataType::Int16 => Some(array.as_primitive_opt::<Int16Type>()?.value(row).into()),
            DataType::Int32 => Some(array.as_primitive_opt::<Int32Type>()?.value(row).into()),
            _ => Some(array.as_primitive_opt::<Int64Type>()?.value(row)),
        }
    }

    /// The yes or no of a column in a row.
    pub fn flag(&self, column: usize, row: usize) -> Option<bool> {
        let array = self.columns.get(column)?;
        if row >= self.rows || array.is_null(row) {
            return None;
        }
        Some(array.as_boolean_opt()?.value(row))
    }
}

/// Reads these columns of a table (`people` too), some thousand rows at a time, in the order of the
/// file. A version this program does not know, another table or a lacking column is refused.
pub fn scan(
    path: &Path,
    table: &str,
    columns: &[&str],
    mut give: impl FnMut(&TableRows) -> Result<(), Error>,
) -> Result<(), Error> {
    let file = File::open(path).map_err(Error::file(path))?;
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(Error::parquet(path))?;
    let pairs = builder.metadata().file_metadata().key_value_metadata();
    let value = |key: &str| {
        let pair = pairs.and_then(|pairs| pairs.iter().find(|pair| pair.key == key));
        pair.and_then(|pair| pair.value.as_deref())
    };
    if value(SCHEMA) != Some(TABLE_VERSION.to_string().as_str()) {
        return Err(Error::Version {
            path: path.to_owned(),
            found: value(SCHEMA).unwrap_or("没有").to_owned(),
            known: TABLE_VERSION,
        });
    }
    if value(TABLE) != Some(table) {
        return Err(Error::content(path, format!("不是 {table} 表")));
    }
    let mut places = Vec::with_capacity(columns.len());
    for name in columns {
        let place = builder.schema().index_of(name);
        places.push(place.map_err(|_lacking| Error::content(path, format!("没有列 {name}")))?);
    }
    let mask = ProjectionMask::roots(builder.parquet_schema(), places.iter().copied());
    let reader = builder
        .with_projection(mask)
        .with_batch_size(16_384)
        .build()
        .map_err(Error::parquet(path))?;
    // The reader keeps the order of the file.
    let mut sorted = places.clone();
    sorted.sort_unstable();
    let order: Vec<usize> = places
        .iter()
        .filter_map(|place| sorted.iter().position(|other| other == place))
        .collect();
    for batch in reader {
        let batch = batch.map_err(Error::arrow(path))?;
        let columns = order.iter().map(|at| Arc::clone(batch.column(*at)));
        give(&TableRows {
            columns: columns.collect(),
            rows: batch.num_rows(),
        })?;
    }
    Ok(())
}
