//! Filling an empty database of either kind from an archive, and comparing what then stands in it.
//!
//! SQLite is filled in a file beside the one that was named, which gets the name when all is well. PostgreSQL carries a
//! mark until then ([`store::load`]). A restore that was killed is begun anew in both.

use crate::disk::{Folder, Restoring, place_of, sync_folder};
use crate::read::{Archive, Piece};
use crate::{ArchiveError, ArchiveResult, Header, Manifest, Progress};
use authz::Actor;
use kernel::{Clock, IdSource};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use store::cells::Rows;
use store::migrate::tables_of;
use store::{Audit, Keys, Migration, Store, StoreError, Value, catalogue};

/// Rows in one transaction, and bytes of them.
const ROWS: usize = 5_000;
const BYTES: usize = 4 << 20;
/// A line of progress after so many rows.
const TELL: u64 = 500_000;

/// Where to restore.
pub struct Target {
    /// `sqlite:PATH` or `postgres://…`.
    pub database: String,
    /// Keys of the archive and of what stands in it.
    pub keys: Keys,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Ids of the row of the log.
    pub ids: Arc<dyn IdSource>,
    /// All migrations of this program.
    pub migrations: Vec<Migration>,
    /// Where files go; what is wanted of them does not matter.
    pub folders: Vec<Folder>,
}

impl std::fmt::Debug for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Target")
    }
}

/// What was restored.
#[derive(Debug)]
pub struct Restored {
    /// What the archive was.
    pub header: Header,
    /// What stood in it, and stands in the database and the folders now.
    pub manifest: Manifest,
    /// How many migrations ran behind those of the archive.
    pub migrated: usize,
}

/// Restores an archive into a database that holds nothing.
pub async fn restore(path: &Path, target: &Target, tell: Progress<'_>) -> ArchiveResult<Restored> {
    let archive = Archive::open(path, &target.keys)?;
    let then = known(&archive.header, &target.migrations)?;
    if let Some(file) = target.database.strip_prefix("sqlite:") {
        let file = PathBuf::from(file.trim_start_matches("//"));
        return into_file(archive, &then, target, &file, tell).await;
    }
    let store = open(target, &target.database, false).await?;
    let restored = into_server(archive, &then, target, &store, tell).await;
    store.close().await;
    restored
}

/// The migrations of the archive, in this program's order.
fn known(header: &Header, all: &[Migration]) -> ArchiveResult<Vec<Migration>> {
    for (id, digest) in &header.migrations {
        match all.iter().find(|migration| migration.key() == *id) {
            None => return Err(ArchiveError::Newer(format!("数据库结构 {id}"))),
            Some(migration) if migration.digest() != *digest => {
                return Err(StoreError::ChangedMigration(id.clone()).into());
            }
            Some(_) => {}
        }
    }
    let had = |migration: &Migration| {
        let key = migration.key();
        header.migrations.iter().any(|(id, _)| *id == key)
    };
    Ok(all.iter().filter(|one| had(one)).copied().collect())
}

async fn open(target: &Target, database: &str, scratch: bool) -> ArchiveResult<Store> {
    let (keys, clock, ids) = (
        target.keys.clone(),
        Arc::clone(&target.clock),
        Arc::clone(&target.ids),
    );
    Ok(if scratch {
        Store::open_scratch(database, keys, clock, ids).await?
    } else {
        Store::open(database, keys, clock, ids).await?
    })
}

/// Names of our tables that are there; an error when one of them has rows.
async fn empty(store: &Store, target: &Target, archive: &Archive) -> ArchiveResult<Vec<String>> {
    let ours = ours(store, target, archive).await?;
    for table in &ours {
        if !store.is_empty(table).await? {
            return Err(ArchiveError::InUse(format!(
                "数据库不是空的（表 {table} 里有数据），没有恢复。请在配置 database 里指定一个空数据库，或先把现有的移走"
            )));
        }
    }
    Ok(ours)
}

async fn ours(store: &Store, target: &Target, archive: &Archive) -> ArchiveResult<Vec<String>> {
    let mut names = tables_of(&target.migrations);
    names.extend(archive.tables().iter().map(|table| table.name.clone()));
    let mut there = catalogue::table_names(store).await?;
    there.retain(|name| names.contains(name));
    Ok(there)
}

fn beside(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

fn remove(file: &Path) -> ArchiveResult<()> {
    for ending in ["", "-wal", "-shm", "-journal"] {
        let path = beside(file, ending);
        match std::fs::remove_file(&path) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(ArchiveError::disk(&path, &error)),
        }
    }
    Ok(())
}

async fn into_file(
    archive: Archive,
    then: &[Migration],
    target: &Target,
    file: &Path,
    tell: Progress<'_>,
) -> ArchiveResult<Restored> {
    if file.exists() {
        let store = open(target, &target.database, false).await?;
        let empty = empty(&store, target, &archive).await;
        store.close().await;
        empty?;
    }
    let making = beside(file, ".restoring");
    if making.exists() {
        tell("  上一次恢复没有完成，重新开始".to_owned());
        remove(&making)?;
    }
    if let Some(folder) = file
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
    {
        std::fs::create_dir_all(folder).map_err(|error| ArchiveError::disk(folder, &error))?;
    }
    let url = format!("sqlite:{}", making.display());
    let restored = async {
        let store = open(target, &url, true).await?;
        let restored = fill(archive, then, target, &store, tell).await;
        store.close().await;
        restored
    }
    .await;
    let restored = match restored {
        Ok(restored) => restored,
        Err(error) => {
            remove(&making)?;
            return Err(full(error, &making));
        }
    };
    let broken = |error: std::io::Error| ArchiveError::disk(file, &error);
    std::fs::File::open(&making)
        .and_then(|file| file.sync_all())
        .map_err(broken)?;
    remove(file)?;
    std::fs::rename(&making, file).map_err(broken)?;
    sync_folder(file)?;
    Ok(restored)
}

/// SQLite says in its own words that the disk is full.
fn full(error: ArchiveError, making: &Path) -> ArchiveError {
    let said = error.to_string();
    let full = ["disk is full", "disk I/O error"];
    if matches!(error, ArchiveError::Store(_)) && full.iter().any(|words| said.contains(words)) {
        return ArchiveError::Disk(format!(
            "写不下 {}（{said}），已删除未完成的文件。腾出空间或换一个目录再试",
            making.display()
        ));
    }
    error
}

async fn into_server(
    archive: Archive,
    then: &[Migration],
    target: &Target,
    store: &Store,
    tell: Progress<'_>,
) -> ArchiveResult<Restored> {
    let there = match store.load_mark().await? {
        Some(mark) if mark == archive.header.archive => {
            tell("  上一次恢复没有完成，重新开始".to_owned());
            ours(store, target, &archive).await?
        }
        Some(mark) => {
            return Err(ArchiveError::InUse(format!(
                "数据库里有另一份备份（{mark}）没有恢复完。用那一份再运行一次，或换一个空数据库"
            )));
        }
        None => empty(store, target, &archive).await?,
    };
    store.drop_tables(&there).await?;
    fill(archive, then, target, store, tell).await
}

/// Fills an empty database and the folders, compares, and brings the schema up to this program.
async fn fill(
    mut archive: Archive,
    then: &[Migration],
    target: &Target,
    store: &Store,
    tell: Progress<'_>,
) -> ArchiveResult<Restored> {
    store.migrate(then).await?;
    for table in archive.tables() {
        if catalogue::table(store, &table.name).await? != *table {
            return Err(ArchiveError::damaged(format!(
                "表 {} 的列与结构不符",
                table.name
            )));
        }
    }
    let id = archive.header.archive.clone();
    let stripped = store.begin_load(&id, archive.tables()).await?;
    let manifest = load(&mut archive, target, store, tell).await?;
    tell("  建立索引".to_owned());
    store.finish_load(stripped).await?;
    tell("  逐表核对".to_owned());
    compare(&archive, &manifest, store).await?;
    store.end_load(&id).await?;
    let migrated = store.migrate(&target.migrations).await?;
    let mut tx = store.begin(&Actor::system("restore"), None).await?;
    let rows: u64 = manifest.tables.iter().map(|table| table.rows).sum();
    tx.audit(
        Audit::new("restore.done")
            .subject("backup")
            .with("archive", id)
            .with("rows", rows),
    );
    tx.commit().await?;
    Ok(Restored {
        header: archive.header,
        manifest,
        migrated,
    })
}

async fn load(
    archive: &mut Archive,
    target: &Target,
    store: &Store,
    tell: Progress<'_>,
) -> ArchiveResult<Manifest> {
    let (mut rows, mut bytes): (Vec<Vec<Value>>, usize) = (Vec::new(), 0);
    let mut file: Option<Restoring> = None;
    let mut told = 0_u64;
    let mut manifest = None;
    while let Some(piece) = archive.next_piece()? {
        match piece {
            Piece::Table(_) => {}
            Piece::Rows(table, block) => {
                let mut of_block = Rows::new(block, &table.columns);
                while let Some((_, values)) = of_block.next_row()? {
                    rows.push(values);
                    told += 1;
                    if told.is_multiple_of(TELL) {
                        tell(format!("  已恢复 {told} 行"));
                    }
                }
                bytes += block.len();
                if rows.len() >= ROWS || bytes >= BYTES {
                    store.load_rows(table, std::mem::take(&mut rows)).await?;
                    bytes = 0;
                }
            }
            Piece::TableEnd(table) => {
                store.load_rows(table, std::mem::take(&mut rows)).await?;
                bytes = 0;
            }
            Piece::File(shown) => {
                file = Some(Restoring::begin(&place_of(shown, &target.folders)?)?);
            }
            Piece::Bytes(bytes) => {
                if let Some(file) = &mut file {
                    file.write(bytes)?;
                }
            }
            Piece::FileEnd => {
                if let Some(file) = file.take() {
                    file.end()?;
                }
            }
            Piece::End(all) => manifest = Some(all.clone()),
        }
    }
    manifest.ok_or_else(|| ArchiveError::damaged("不完整"))
}

/// Whether every table of the database is what the archive says.
async fn compare(archive: &Archive, manifest: &Manifest, store: &Store) -> ArchiveResult<()> {
    let still = store.still().await?;
    for (table, sum) in archive.tables().iter().zip(&manifest.tables) {
        let content = still.content(table).await?;
        if table.name != sum.name || content.digest(table) != sum.digest {
            return Err(ArchiveError::Differs(format!(
                "表 {} 有 {} 行，备份里有 {} 行",
                table.name,
                content.rows(),
                sum.rows
            )));
        }
    }
    still.end().await?;
    Ok(())
}
