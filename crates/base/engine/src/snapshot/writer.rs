//! Writes the people snapshot; the same people in the same order give the same bytes (invariant 12).

use super::chunk::Chunk;
use super::meta::REGISTER;
use super::{PERSON, ROW_GROUP, SnapshotMeta, schema};
use crate::Error;
use arrow::array::RecordBatch;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterVersion};
use parquet::schema::types::ColumnPath;
use rules::facts::Facts;
use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};

/// One person as the snapshot knows them.
#[derive(Debug, Clone, Copy)]
pub struct SnapshotPerson<'a> {
    /// A pseudonymous key: no name, number or phone (engineering 13), unique in the snapshot.
    pub key: &'a str,
    /// The facts on the day of the snapshot; recorded text among them is left out.
    pub facts: &'a Facts,
}

/// Writes `people.parquet` beside its place and puts it there when it is whole.
pub struct Writer {
    path: PathBuf,
    part: PathBuf,
    chunk: Chunk,
    out: ArrowWriter<File>,
    people: u64,
}

impl Writer {
    /// Starts a snapshot that only its owner may read.
    pub fn create(path: &Path, meta: &SnapshotMeta) -> Result<Self, Error> {
        Self::start(path, meta, Compression::UNCOMPRESSED)
    }

    /// Starts one that is kept for years and read seldom: some four bytes a person smaller, slower to read.
    pub fn packed(path: &Path, meta: &SnapshotMeta) -> Result<Self, Error> {
        Self::start(path, meta, zstd())
    }

    fn start(path: &Path, meta: &SnapshotMeta, facts: Compression) -> Result<Self, Error> {
        let part = beside(path);
        let file = private(&part).map_err(Error::file(&part))?;
        let out = ArrowWriter::try_new(file, schema(), Some(properties(meta, facts)))
            .map_err(Error::parquet(&part))?;
        Ok(Self {
            path: path.to_owned(),
            part,
            chunk: Chunk::new(),
            out,
            people: 0,
        })
    }

    /// Adds a person. Each row group sorts its own rows by town of residence, birth and key; push
    /// town by town where the whole file is to be sorted (it is read faster then).
    pub fn push(&mut self, person: &SnapshotPerson<'_>) -> Result<(), Error> {
        self.chunk.push(person.key, person.facts);
        self.people += 1;
        if self.chunk.rows() == ROW_GROUP {
            self.flush()
        } else {
            Ok(())
        }
    }

    /// Says the digest of the register after the people were written: for a snapshot that was begun
    /// with an empty one, because it is worked out on the way.
    pub fn say_digest(&mut self, digest: &str) {
        let pair = KeyValue::new(REGISTER.to_owned(), digest.to_owned());
        self.out.append_key_value_metadata(pair);
    }

    /// Writes what is left and puts the file in its place; gives the number of people.
    pub fn finish(mut self) -> Result<u64, Error> {
        if self.chunk.rows() > 0 {
            self.flush()?;
        }
        let file = self.out.into_inner().map_err(Error::parquet(&self.part))?;
        put(&file, &self.part, &self.path)?;
        Ok(self.people)
    }

    fn flush(&mut self) -> Result<(), Error> {
        let batch =
            RecordBatch::try_new(schema(), self.chunk.take()).map_err(Error::arrow(&self.part))?;
        self.out.write(&batch).map_err(Error::parquet(&self.part))?;
        self.out.flush().map_err(Error::parquet(&self.part))
    }
}

fn zstd() -> Compression {
    Compression::ZSTD(ZstdLevel::try_new(1).unwrap_or_default())
}

fn properties(meta: &SnapshotMeta, facts: Compression) -> WriterProperties {
    WriterProperties::builder()
        .set_writer_version(WriterVersion::PARQUET_1_0)
        .set_created_by("laoyou".to_owned())
        .set_key_value_metadata(Some(meta.key_values()))
        // Columns of facts are dictionaries and runs already: packing them again saves a few bytes a person and
        // costs every reader more than decoding them. Keys are text of 4 bits a character.
        .set_compression(facts)
        .set_column_compression(ColumnPath::from(PERSON), zstd())
        .set_max_row_group_row_count(Some(ROW_GROUP))
        // One page a column: measured faster than smaller pages that could be skipped whole.
        .set_data_page_row_count_limit(ROW_GROUP)
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_offset_index_disabled(true)
        // Keys are all different: a dictionary of them would be written and thrown away.
        .set_column_dictionary_enabled(ColumnPath::from(PERSON), false)
        .set_column_statistics_enabled(ColumnPath::from(PERSON), EnabledStatistics::None)
        .build()
}

/// Where a file is written until it is whole.
pub(crate) fn beside(path: &Path) -> PathBuf {
    let mut part = path.to_owned().into_os_string();
    part.push(".part");
    PathBuf::from(part)
}

/// Puts a file that is whole in its place: readers see the old one or the new one.
pub(crate) fn put(file: &File, part: &Path, path: &Path) -> Result<(), Error> {
    file.sync_all().map_err(Error::file(part))?;
    std::fs::rename(part, path).map_err(Error::file(path))
}

/// A new file that only its owner may read and write.
pub(crate) fn private(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path)?;
    // A file left behind by somebody keeps its mode when it is opened again.
    #[cfg(unix)]
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    Ok(file)
}
