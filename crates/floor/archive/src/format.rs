//! What stands in an archive, piece after piece: header, tables with their rows, files with their bytes, manifest.

use crate::{ArchiveError, ArchiveResult};
use serde::{Deserialize, Serialize};
use std::io::{Read, Write};
use store::catalogue::{Column, Kind, Table};

/// The format this program writes and reads.
pub const FORMAT: u32 = 1;
/// The field its stream is sealed for.
pub(crate) const FIELD: &str = "archive";
/// How the plain first line begins.
const TITLE: &str = "LAOYOU-ARCHIVE";
/// The plain first line is never longer.
const LINE: usize = 200;
/// No piece is larger than this; most have [`BLOCK`].
const MOST: usize = 1 << 30;
/// Bytes of rows or of a file gathered into one piece.
pub(crate) const BLOCK: usize = 64 * 1024;

/// Marks of pieces.
pub(crate) mod mark {
    /// JSON of the [`super::Header`].
    pub(crate) const HEADER: u8 = b'H';
    /// A table begins: its name.
    pub(crate) const TABLE: u8 = b'T';
    /// Rows of it.
    pub(crate) const ROWS: u8 = b'R';
    /// It ends: JSON of its [`super::TableSum`].
    pub(crate) const TABLE_END: u8 = b'E';
    /// A file begins: `folder/path`.
    pub(crate) const FILE: u8 = b'F';
    /// Bytes of it.
    pub(crate) const BYTES: u8 = b'B';
    /// It ends: JSON of its [`super::FileSum`].
    pub(crate) const FILE_END: u8 = b'G';
    /// JSON of the [`super::Manifest`]; nothing follows.
    pub(crate) const MANIFEST: u8 = b'M';
}

/// What the archive is; stands at its beginning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// The format of the archive.
    pub format: u32,
    /// Its id.
    pub archive: String,
    /// The installation it is of.
    pub installation: String,
    /// When: microseconds since 1970 by the installation's clock.
    pub made_at: i64,
    /// The version of the program that wrote it.
    pub program: String,
    /// `sqlite` or `postgres`: where it came from; nothing depends on it.
    pub engine: String,
    /// Migrations the database had run, with their digests.
    pub migrations: Vec<(String, String)>,
    /// Tables with names and kinds of their columns.
    pub tables: Vec<Shape>,
}

/// A table's shape.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shape {
    /// Its name.
    pub name: String,
    /// Names and kinds of its columns, by name.
    pub columns: Vec<(String, String)>,
}

impl Shape {
    pub(crate) fn of(table: &Table) -> Self {
        let column = |column: &Column| (column.name.clone(), column.kind.key().to_owned());
        Self {
            name: table.name.clone(),
            columns: table.columns.iter().map(column).collect(),
        }
    }

    pub(crate) fn table(&self) -> ArchiveResult<Table> {
        let column = |(name, kind): &(String, String)| {
            Some(Column {
                name: name.clone(),
                kind: Kind::of(kind)?,
            })
        };
        let columns = self.columns.iter().map(column).collect::<Option<_>>();
        Ok(Table {
            name: self.name.clone(),
            columns: columns.ok_or_else(|| ArchiveError::damaged(&self.name))?,
        })
    }
}

/// What a table held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableSum {
    /// Its name.
    pub name: String,
    /// How many rows.
    pub rows: u64,
    /// The digest of its content ([`store::cells::Content`]).
    pub digest: String,
}

/// What a file was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileSum {
    /// Its folder (`files`, `snapshots`) and its path in it.
    pub path: String,
    /// Its bytes.
    pub size: u64,
    /// Their SM3.
    pub digest: String,
}

/// What all of it was; stands at the end.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The archive's id.
    pub archive: String,
    /// Its tables.
    pub tables: Vec<TableSum>,
    /// Its files.
    pub files: Vec<FileSum>,
    /// Files that rows speak of and that were not there.
    pub missing: Vec<String>,
}

/// The plain first line.
pub(crate) fn first_line(archive: &str, probe: &str) -> String {
    format!("{TITLE} {FORMAT} {archive} {probe}\n")
}

/// Reads the plain first line: archive id and key probe.
pub(crate) fn read_first_line(
    from: &mut impl Read,
    shown: &str,
) -> ArchiveResult<(String, String)> {
    let not_ours = || ArchiveError::NotOurs(shown.to_owned());
    let mut line = Vec::new();
    let mut byte = [0_u8; 1];
    loop {
        from.read_exact(&mut byte).map_err(|_end| not_ours())?;
        match byte {
            [b'\n'] => break,
            [byte] if line.len() < LINE => line.push(byte),
            _ => return Err(not_ours()),
        }
    }
    let line = String::from_utf8(line).map_err(|_bytes| not_ours())?;
    let mut words = line.split(' ');
    let (Some(TITLE), Some(format)) = (words.next(), words.next()) else {
        return Err(not_ours());
    };
    let format: u32 = format.parse().map_err(|_word| not_ours())?;
    if format > FORMAT {
        return Err(ArchiveError::Newer(format!("格式 {format}")));
    }
    match (words.next(), words.next()) {
        (Some(archive), Some(probe)) => Ok((archive.to_owned(), probe.to_owned())),
        _ => Err(not_ours()),
    }
}

/// Writes a piece.
pub(crate) fn put(to: &mut impl Write, mark: u8, bytes: &[u8]) -> std::io::Result<()> {
    to.write_all(&[mark])?;
    to.write_all(&(bytes.len() as u32).to_be_bytes())?;
    to.write_all(bytes)
}

/// Reads a piece into `bytes`; its mark.
pub(crate) fn take(from: &mut impl Read, bytes: &mut Vec<u8>) -> ArchiveResult<u8> {
    let mut head = [0_u8; 5];
    from.read_exact(&mut head).map_err(ArchiveError::damaged)?;
    let [mark, a, b, c, d] = head;
    let length = u32::from_be_bytes([a, b, c, d]) as usize;
    if length > MOST {
        return Err(ArchiveError::damaged("长度不对"));
    }
    bytes.clear();
    let read = from.take(length as u64).read_to_end(bytes);
    if read.map_err(ArchiveError::damaged)? != length {
        return Err(ArchiveError::damaged("不完整"));
    }
    Ok(mark)
}

/// A value as JSON.
pub(crate) fn json(value: &impl Serialize) -> ArchiveResult<Vec<u8>> {
    serde_json::to_vec(value).map_err(ArchiveError::damaged)
}

/// A value from JSON.
pub(crate) fn of_json<T: for<'a> Deserialize<'a>>(bytes: &[u8]) -> ArchiveResult<T> {
    serde_json::from_slice(bytes).map_err(ArchiveError::damaged)
}
