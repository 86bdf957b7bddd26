//! Opens a snapshot: the version first, then what it says of itself, then its columns.

use super::{PERSON, SCHEMA_VERSION, SnapshotMeta, schema};
use crate::Error;
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions};
use rules::facts::FactId;
use std::fs::File;
use std::path::{Path, PathBuf};

/// A snapshot that may be read.
#[derive(Debug, Clone)]
pub struct Snapshot {
    pub(crate) path: PathBuf,
    pub(crate) reader: ArrowReaderMetadata,
    meta: SnapshotMeta,
    /// To notice another file in its place.
    seen: Seen,
    /// The place of each fact's column, where the file has one.
    facts: Vec<Option<usize>>,
    person: usize,
}

/// The length of a file and when it was changed.
type Seen = (u64, Option<std::time::SystemTime>);

fn seen(file: &File) -> std::io::Result<Seen> {
    let about = file.metadata()?;
    Ok((about.len(), about.modified().ok()))
}

/// Opens a snapshot; a version this program does not know is refused and named.
///
/// A fact that the file has no column for was not in the dictionary when it was written: nobody's
/// value is known. A column that is not in the dictionary or is of another type is refused.
pub fn open(path: &Path) -> Result<Snapshot, Error> {
    let file = File::open(path).map_err(Error::file(path))?;
    let seen = seen(&file).map_err(Error::file(path))?;
    let reader = ArrowReaderMetadata::load(&file, ArrowReaderOptions::new())
        .map_err(Error::parquet(path))?;
    let pairs = reader.metadata().file_metadata().key_value_metadata();
    let pairs = pairs.map_or(&[][..], Vec::as_slice);
    let found = SnapshotMeta::version_of(pairs);
    if found != Some(SCHEMA_VERSION.to_string().as_str()) {
        let found = found.unwrap_or("没有").to_owned();
        return Err(Error::Version {
            path: path.to_owned(),
            found,
            known: SCHEMA_VERSION,
        });
    }
    let meta = SnapshotMeta::read(SCHEMA_VERSION, pairs)
        .map_err(|key| Error::content(path, format!("元数据 {key} 缺少或写错")))?;
    let wanted = schema();
    let mut facts = vec![None; rules::facts::COUNT];
    let mut person = None;
    for (at, field) in reader.schema().fields().iter().enumerate() {
        let known = wanted.field_with_name(field.name()).ok();
        if known.is_none_or(|known| known.data_type() != field.data_type()) {
            let what = format!("列 {} 不在事实词典里或类型不对", field.name());
            return Err(Error::content(path, what));
        }
        if field.name() == PERSON {
            person = Some(at);
        } else if let Some(fact) = rules::facts::find(field.name())
            && let Some(place) = facts.get_mut(fact.index())
        {
            *place = Some(at);
        }
    }
    for fact in [
        FactId::ALIVE,
        FactId::BIRTH_DATE,
        FactId::HUKOU_AREA,
        FactId::RESIDENCE_AREA,
    ] {
        if facts.get(fact.index()).is_none_or(Option::is_none) {
            return Err(Error::content(path, format!("没有列 {}", fact.name())));
        }
    }
    let person = person.ok_or_else(|| Error::content(path, format!("没有列 {PERSON}")))?;
    Ok(Snapshot {
        path: path.to_owned(),
        reader,
        meta,
        seen,
        facts,
        person,
    })
}

impl Snapshot {
    /// What it says of itself.
    pub const fn meta(&self) -> &SnapshotMeta {
        &self.meta
    }

    /// How many people it holds.
    pub fn people(&self) -> u64 {
        u64::try_from(self.reader.metadata().file_metadata().num_rows()).unwrap_or(0)
    }

    pub(crate) fn row_groups(&self) -> usize {
        self.reader.metadata().num_row_groups()
    }

    /// The rows of a row group.
    pub(crate) fn rows(&self, group: usize) -> usize {
        let group = self.reader.metadata().row_groups().get(group);
        group
            .and_then(|group| usize::try_from(group.num_rows()).ok())
            .unwrap_or(0)
    }

    /// The same file, with a place to read of its own.
    pub(crate) fn again(&self) -> Result<File, Error> {
        let file = File::open(&self.path).map_err(Error::file(&self.path))?;
        if seen(&file).map_err(Error::file(&self.path))? == self.seen {
            Ok(file)
        } else {
            Err(Error::content(&self.path, "读取时文件被换了"))
        }
    }

    /// The place of a fact's column; `None` where the file has none.
    pub(crate) fn column(&self, fact: FactId) -> Option<usize> {
        self.facts.get(fact.index()).copied().flatten()
    }

    /// The place of the column of the keys.
    pub(crate) const fn person(&self) -> usize {
        self.person
    }
}
