//! Reading an archive piece by piece; every digest is computed anew, and nothing counts before the manifest.

use crate::format::{FORMAT, FileSum, Header, Manifest, TableSum, mark, of_json, take};
use crate::sealed::In;
use crate::{ArchiveError, ArchiveResult};
use std::io::{BufReader, Read};
use std::path::Path;
use store::Keys;
use store::catalogue::Table;
use store::cells::{Content, Rows};
use store::stream::Digester;

/// What comes next in an archive.
#[derive(Debug)]
pub enum Piece<'a> {
    /// A table begins.
    Table(&'a Table),
    /// Rows of it.
    Rows(&'a Table, &'a [u8]),
    /// It has ended, as the archive says of it.
    TableEnd(&'a Table),
    /// A file begins: folder and path.
    File(&'a str),
    /// Bytes of it.
    Bytes(&'a [u8]),
    /// It has ended, whole.
    FileEnd,
    /// All was there.
    End(&'a Manifest),
}

/// An open archive.
pub struct Archive {
    from: zstd::Decoder<'static, BufReader<In>>,
    /// What it is.
    pub header: Header,
    tables: Vec<Table>,
    bytes: Vec<u8>,
    seen: Manifest,
    table: Option<(usize, Content)>,
    file: Option<(String, u64, Digester)>,
    ended: bool,
}

impl std::fmt::Debug for Archive {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Archive({})", self.header.archive)
    }
}

impl Archive {
    /// Opens it: with other keys, cut before its header or of a newer format it does not open.
    pub fn open(path: &Path, keys: &Keys) -> ArchiveResult<Self> {
        let (sealed, archive) = In::open(path, keys)?;
        let mut from = zstd::Decoder::new(sealed).map_err(ArchiveError::damaged)?;
        let mut bytes = Vec::new();
        if take(&mut from, &mut bytes)? != mark::HEADER {
            return Err(ArchiveError::damaged("缺少开头"));
        }
        let header: Header = of_json(&bytes)?;
        if header.format > FORMAT {
            return Err(ArchiveError::Newer(format!("格式 {}", header.format)));
        }
        if header.archive != archive {
            return Err(ArchiveError::damaged("开头被换过"));
        }
        let tables = header.tables.iter().map(super::format::Shape::table);
        Ok(Self {
            tables: tables.collect::<ArchiveResult<_>>()?,
            seen: Manifest {
                archive,
                ..Manifest::default()
            },
            from,
            header,
            bytes,
            table: None,
            file: None,
            ended: false,
        })
    }

    /// Its tables.
    pub fn tables(&self) -> &[Table] {
        &self.tables
    }

    /// The next piece; `None` behind [`Piece::End`].
    pub fn next_piece(&mut self) -> ArchiveResult<Option<Piece<'_>>> {
        if self.ended {
            return Ok(None);
        }
        let wrong = || ArchiveError::damaged("各部分次序不对");
        let mark = take(&mut self.from, &mut self.bytes)?;
        let text = || std::str::from_utf8(&self.bytes).map_err(ArchiveError::damaged);
        match (mark, self.table.take(), self.file.take()) {
            (mark::TABLE, None, None) => {
                let name = text()?;
                let place = self.tables.iter().position(|table| table.name == name);
                let place = place.ok_or_else(wrong)?;
                self.table = Some((place, Content::default()));
                Ok(self.tables.get(place).map(Piece::Table))
            }
            (mark::ROWS, Some((place, mut content)), None) => {
                let table = self.tables.get(place).ok_or_else(wrong)?;
                let mut rows = Rows::new(&self.bytes, &table.columns);
                while let Some((row, _)) = rows.next_row().map_err(ArchiveError::damaged)? {
                    content.add(row);
                }
                self.table = Some((place, content));
                Ok(Some(Piece::Rows(table, &self.bytes)))
            }
            (mark::TABLE_END, Some((place, content)), None) => {
                let table = self.tables.get(place).ok_or_else(wrong)?;
                let said: TableSum = of_json(&self.bytes)?;
                let found = TableSum {
                    name: table.name.clone(),
                    rows: content.rows(),
                    digest: content.digest(table),
                };
                if said != found {
                    return Err(ArchiveError::damaged(format!(
                        "表 {} 与摘要不符",
                        table.name
                    )));
                }
                self.seen.tables.push(found);
                Ok(Some(Piece::TableEnd(table)))
            }
            (mark::FILE, None, None) => {
                let path = text()?.to_owned();
                self.file = Some((path, 0, Digester::default()));
                Ok(Some(Piece::File(text()?)))
            }
            (mark::BYTES, None, Some((path, size, mut digester))) => {
                digester.update(&self.bytes);
                self.file = Some((path, size + self.bytes.len() as u64, digester));
                Ok(Some(Piece::Bytes(&self.bytes)))
            }
            (mark::FILE_END, None, Some((path, size, digester))) => {
                let said: FileSum = of_json(&self.bytes)?;
                let found = FileSum {
                    path,
                    size,
                    digest: digester.finish(),
                };
                if said != found {
                    return Err(ArchiveError::damaged(format!(
                        "文件 {} 与摘要不符",
                        found.path
                    )));
                }
                self.seen.files.push(found);
                Ok(Some(Piece::FileEnd))
            }
            (mark::MANIFEST, None, None) => {
                let said: Manifest = of_json(&self.bytes)?;
                self.seen.missing.clone_from(&said.missing);
                let whole = self.seen.tables.len() == self.tables.len();
                let mut more = [0_u8; 1];
                let after = self.from.read(&mut more).map_err(ArchiveError::damaged)?;
                if said != self.seen || !whole || after > 0 {
                    return Err(ArchiveError::damaged("目录与内容不符"));
                }
                self.ended = true;
                Ok(Some(Piece::End(&self.seen)))
            }
            _ => Err(wrong()),
        }
    }
}

/// Reads an archive through and compares every digest; what it is and what stands in it.
pub fn verify(path: &Path, keys: &Keys) -> ArchiveResult<(Header, Manifest)> {
    let mut archive = Archive::open(path, keys)?;
    while archive.next_piece()?.is_some() {}
    Ok((archive.header, archive.seen))
}
