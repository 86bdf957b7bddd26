//! Files in the data directory: found by their SM3 digest, sealed like secrets, capped in size, each
//! with owner, scope and an end (engineering.md 12).
//!
//! A file is written through a [`Writer`] that seals as it goes, and kept with [`Files::keep`] in the
//! transaction that speaks of it. It is read through [`Files::open`] after [`Kept::may_read`]. No more
//! than one chunk of 64 KiB stands in memory, whatever the size.

mod kept;
mod reader;
mod seeker;
mod sniff;
mod writer;

pub use kept::{Kept, NewFile};
pub use reader::Reader;
pub use seeker::Seeker;
pub use sniff::sniff;
pub use writer::{Sealed, Writer};

use kernel::Day;
use std::path::{Path, PathBuf};
use store::stream::Digester;
use store::{Keys, Migration, Reads, Store, StoreError, StoreResult, Tx};

/// The field that file streams are sealed for.
pub(crate) const FIELD: &str = "file";

/// This crate's table.
pub fn migrations() -> Vec<Migration> {
    vec![Migration {
        id: "0001_files",
        owner: "files",
        sql: include_str!("../migrations/0001_files.sql"),
    }]
}

/// The place of the files of one installation.
#[derive(Debug, Clone)]
pub struct Files {
    folder: PathBuf,
    most: u64,
}

impl Files {
    /// Files under this folder, each with at most so many bytes.
    pub fn new(folder: impl Into<PathBuf>, most: u64) -> Self {
        Self {
            folder: folder.into(),
            most,
        }
    }

    /// The largest file taken, in bytes.
    pub fn most(&self) -> u64 {
        self.most
    }

    /// Begins a file; nothing of it is found before it is kept.
    pub fn create(&self, store: &Store) -> StoreResult<Writer> {
        let name = store.new_id();
        Writer::create(store.keys(), self.scratch()?.join(name), self.most)
    }

    /// A folder of this installation for what is being made; nobody else may look into it.
    pub fn scratch(&self) -> StoreResult<PathBuf> {
        let folder = self.folder.join("tmp");
        private_folder(&folder)?;
        Ok(folder)
    }

    /// Puts a sealed file to the others and its row into the transaction; returns the row.
    pub async fn keep(&self, tx: &mut Tx, sealed: Sealed, new: NewFile) -> StoreResult<Kept> {
        let path = self.path(&sealed.digest)?;
        if let Some(folder) = path.parent() {
            private_folder(folder)?;
        }
        let kept = kept::insert(tx, &sealed, new).await?;
        sealed.move_to(&path)?;
        Ok(kept)
    }

    /// Opens a file from its beginning.
    pub fn open(&self, keys: &Keys, kept: &Kept) -> StoreResult<Reader> {
        Reader::open(keys, &self.path(&kept.digest)?)
    }

    /// Opens a file to be read anywhere.
    pub fn open_anywhere(&self, keys: &Keys, kept: &Kept) -> StoreResult<Seeker> {
        Seeker::open(keys, &self.path(&kept.digest)?)
    }

    /// Whether a file is whole and what its row says: reads all of it.
    pub fn check(&self, keys: &Keys, kept: &Kept) -> StoreResult<()> {
        let (mut digester, mut size) = (Digester::default(), 0_u64);
        for chunk in self.open(keys, kept)? {
            let chunk = chunk?;
            size += chunk.len() as u64;
            digester.update(&chunk);
        }
        if size != kept.size || digester.finish() != kept.digest {
            return Err(StoreError::Other(format!(
                "file {} is not what its row says",
                kept.id
            )));
        }
        Ok(())
    }

    /// The row of a file, if it is still kept.
    pub async fn find(&self, reads: &impl Reads, id: &str) -> StoreResult<Option<Kept>> {
        kept::find(reads, id).await
    }

    /// Removes files; the transaction must audit why. What another row still speaks of stays.
    pub async fn remove(&self, tx: &mut Tx, ids: &[String]) -> StoreResult<()> {
        for digest in kept::delete(tx, ids).await? {
            // A kill before the commit leaves a row without a file, which the next run removes.
            match std::fs::remove_file(self.path(&digest)?) {
                Ok(()) => {}
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => return Err(io(&error)),
            }
        }
        Ok(())
    }

    /// Files that belonged to whoever leaves belong to the successor; the transaction must audit why.
    pub async fn pass_on(tx: &mut Tx, ids: &[String], to: &str) -> StoreResult<()> {
        kept::pass_on(tx, ids, to).await
    }

    /// Ids of files whose time is over, at most so many.
    pub async fn expired(
        &self,
        reads: &impl Reads,
        today: Day,
        most: i64,
    ) -> StoreResult<Vec<String>> {
        kept::expired(reads, today, most).await
    }

    /// Where they lie.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Paths, below the folder, of all files that rows speak of; each once.
    pub async fn paths(reads: &impl Reads) -> StoreResult<Vec<PathBuf>> {
        let digests = kept::digests(reads).await?;
        digests.iter().map(|digest| below(digest)).collect()
    }

    /// Files that rows speak of and that are not there, and files that are there and no row speaks of.
    pub async fn strays(&self, reads: &impl Reads) -> StoreResult<(Vec<PathBuf>, Vec<PathBuf>)> {
        let mut known: std::collections::BTreeSet<PathBuf> =
            Self::paths(reads).await?.into_iter().collect();
        let mut orphans = Vec::new();
        for folder in entries(&self.folder)? {
            let name = folder.file_name().unwrap_or_default().to_owned();
            if name.len() != 2 {
                continue;
            }
            for file in entries(&folder)? {
                let path = Path::new(&name).join(file.file_name().unwrap_or_default());
                if !known.remove(&path) {
                    orphans.push(path);
                }
            }
        }
        Ok((known.into_iter().collect(), orphans))
    }

    /// Digests of kept files behind one, in their order, each once.
    pub async fn digests_behind(
        &self,
        reads: &impl Reads,
        after: Option<&str>,
        most: i64,
    ) -> StoreResult<Vec<String>> {
        kept::digests_behind(reads, after.unwrap_or(""), most).await
    }

    /// The key that a file was sealed with; `None` where it is not on the disk.
    pub fn key_of(&self, digest: &str) -> StoreResult<Option<String>> {
        let path = self.path(digest)?;
        if !path.exists() {
            return Ok(None);
        }
        reader::key_id(&path).map(Some)
    }

    /// The same file sealed with the current key, beside the one that lies there; an error where that one is not what
    /// its digest says. [`Files::replace`] puts it there.
    pub fn seal_anew(&self, store: &Store, digest: &str) -> StoreResult<Sealed> {
        let place = self.scratch()?.join(store.new_id());
        let mut writer = Writer::create(store.keys(), place, u64::MAX)?;
        for chunk in Reader::open(store.keys(), &self.path(digest)?)? {
            std::io::Write::write_all(&mut writer, &chunk?).map_err(|error| io(&error))?;
        }
        let sealed = writer.finish()?;
        if sealed.digest != digest {
            return Err(StoreError::Other(format!(
                "file {digest} is not what its name says"
            )));
        }
        Ok(sealed)
    }

    /// Puts a file that was sealed anew in the old one's place, if rows still speak of it; whoever reads the old one
    /// reads it to its end. Whether it was put there.
    pub async fn replace(&self, tx: &mut Tx, anew: Sealed) -> StoreResult<bool> {
        if !kept::hold(tx, &anew.digest).await? {
            return Ok(false);
        }
        let path = self.path(&anew.digest)?;
        anew.move_to(&path)?;
        Ok(true)
    }

    fn path(&self, digest: &str) -> StoreResult<PathBuf> {
        Ok(self.folder.join(below(digest)?))
    }
}

/// The path of a file below the folder.
fn below(digest: &str) -> StoreResult<PathBuf> {
    match (digest.get(..2), digest.get(2..)) {
        (Some(first), Some(rest)) if digest.bytes().all(|b| b.is_ascii_hexdigit()) => {
            Ok(Path::new(first).join(rest))
        }
        _ => Err(StoreError::Other(format!("{digest} is not a digest"))),
    }
}

/// What lies in a folder; nothing where there is no folder.
fn entries(folder: &Path) -> StoreResult<Vec<PathBuf>> {
    match std::fs::read_dir(folder) {
        Ok(found) => found
            .map(|entry| entry.map(|entry| entry.path()).map_err(|error| io(&error)))
            .collect(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) if error.kind() == std::io::ErrorKind::NotADirectory => Ok(Vec::new()),
        Err(error) => Err(io(&error)),
    }
}

pub(crate) fn io(error: &std::io::Error) -> StoreError {
    StoreError::Other(format!("file: {error}"))
}

fn private_folder(folder: &Path) -> StoreResult<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .map_err(|error| {
            StoreError::Other(format!(
                "cannot make the folder {}: {error}",
                folder.display()
            ))
        })
}
