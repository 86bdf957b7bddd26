//! Writing an archive of one moment, while others write.

use crate::disk::{Folder, Put};
use crate::format::{BLOCK, FORMAT, FileSum, Header, Manifest, Shape, TableSum, json, mark, put};
use crate::sealed::Out;
use crate::{ArchiveError, ArchiveResult, Progress};
use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;
use store::cells::Content;
use store::stream::Digester;
use store::{Backend, Keys, Reads, Still, StoreError, catalogue};
use zstd::Encoder;

/// How hard it is compressed: most of what compressing can gain, at the pace of the rest.
const LEVEL: i32 = 3;
/// A line of progress after so many rows.
const TELL: u64 = 500_000;

/// What to archive.
#[derive(Debug)]
pub struct Plan<'a> {
    /// The moment.
    pub still: &'a Still,
    /// Keys it is sealed with: those of the installation.
    pub keys: &'a Keys,
    /// The archive's id.
    pub archive: String,
    /// The installation's id.
    pub installation: String,
    /// When, microseconds.
    pub made_at: i64,
    /// The program's version.
    pub program: String,
    /// Names of its tables.
    pub tables: Vec<String>,
    /// Its folders.
    pub folders: Vec<Folder>,
}

/// An archive that is whole and on the disk, and has no name yet.
#[derive(Debug)]
#[must_use = "the archive is forgotten unless it gets its name"]
pub struct Written {
    put: Put,
    /// What stands in it.
    pub manifest: Manifest,
    /// Its size in bytes.
    pub bytes: u64,
}

impl Written {
    /// Gives it its name.
    pub fn name(self) -> ArchiveResult<()> {
        self.put.end()
    }
}

/// Writes an archive beside `path`; it gets that name by [`Written::name`].
pub async fn write(plan: &Plan<'_>, path: &Path, tell: Progress<'_>) -> ArchiveResult<Written> {
    let disk = |error: std::io::Error| ArchiveError::disk(path, &error);
    let mut tables = Vec::new();
    for name in &plan.tables {
        tables.push(catalogue::table(plan.still, name).await?);
    }
    let header = Header {
        format: FORMAT,
        archive: plan.archive.clone(),
        installation: plan.installation.clone(),
        made_at: plan.made_at,
        program: plan.program.clone(),
        engine: match plan.still.dialect() {
            Backend::Sqlite => "sqlite",
            Backend::Postgres => "postgres",
        }
        .to_owned(),
        migrations: catalogue::applied(plan.still).await?,
        tables: tables.iter().map(Shape::of).collect(),
    };
    let (named, file) = Put::begin(path)?;
    let out = Out::begin(file, plan.keys, &plan.archive).map_err(disk)?;
    let mut to = Encoder::new(out, LEVEL).map_err(disk)?;
    put(&mut to, mark::HEADER, &json(&header)?).map_err(disk)?;
    let mut manifest = Manifest {
        archive: plan.archive.clone(),
        ..Manifest::default()
    };
    let mut told = 0;
    for table in &tables {
        put(&mut to, mark::TABLE, table.name.as_bytes()).map_err(disk)?;
        let (mut content, mut block) = (Content::default(), Vec::with_capacity(2 * BLOCK));
        let mut failed = None;
        let all = plan.still.each(table, |row| {
            content.add(row);
            block.extend_from_slice(row);
            if block.len() >= BLOCK {
                if let Err(error) = put(&mut to, mark::ROWS, &block) {
                    failed = Some(error);
                    return Err(StoreError::Other(table.name.clone()));
                }
                block.clear();
            }
            told += 1;
            if told % TELL == 0 {
                tell(format!("  已备份 {told} 行"));
            }
            Ok(())
        });
        let all = all.await;
        if let Some(error) = failed {
            return Err(disk(error));
        }
        all?;
        if !block.is_empty() {
            put(&mut to, mark::ROWS, &block).map_err(disk)?;
        }
        let sum = TableSum {
            name: table.name.clone(),
            rows: content.rows(),
            digest: content.digest(table),
        };
        put(&mut to, mark::TABLE_END, &json(&sum)?).map_err(disk)?;
        manifest.tables.push(sum);
    }
    for folder in &plan.folders {
        let (files, missing) = folder.all()?;
        manifest.missing.extend(missing);
        for inner in files {
            let shown = folder.shown(&inner);
            match add_file(&folder.place.join(&inner), &shown, &mut to, path)? {
                Some(sum) => manifest.files.push(sum),
                None => manifest.missing.push(shown),
            }
        }
    }
    tell(format!(
        "  已备份 {told} 行、{} 个文件，正在写入磁盘",
        manifest.files.len()
    ));
    put(&mut to, mark::MANIFEST, &json(&manifest)?).map_err(disk)?;
    let bytes = to.finish().and_then(Out::end).map_err(disk)?;
    Ok(Written {
        put: named,
        manifest,
        bytes,
    })
}

/// Adds a file's bytes; `None` when it was removed meanwhile.
fn add_file(
    from: &Path,
    shown: &str,
    to: &mut impl Write,
    out: &Path,
) -> ArchiveResult<Option<FileSum>> {
    let disk = |error: std::io::Error| ArchiveError::disk(out, &error);
    let unreadable = |error: std::io::Error| ArchiveError::disk(from, &error);
    let mut file = match File::open(from) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(error)),
    };
    put(to, mark::FILE, shown.as_bytes()).map_err(disk)?;
    let (mut digester, mut size) = (Digester::default(), 0);
    let mut buffer = vec![0_u8; BLOCK];
    loop {
        let read = file.read(&mut buffer).map_err(unreadable)?;
        let bytes = buffer.get(..read).unwrap_or_default();
        if bytes.is_empty() {
            break;
        }
        digester.update(bytes);
        size += read as u64;
        put(to, mark::BYTES, bytes).map_err(disk)?;
    }
    let sum = FileSum {
        path: shown.to_owned(),
        size,
        digest: digester.finish(),
    };
    put(to, mark::FILE_END, &json(&sum)?).map_err(disk)?;
    Ok(Some(sum))
}
