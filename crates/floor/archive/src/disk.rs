//! Files on the disk: which go into an archive, and how a file comes to be whole or not at all.

use crate::{ArchiveError, ArchiveResult};
use std::fs::File;
use std::io::Write;
use std::path::{Component, Path, PathBuf};

/// A folder of the installation, and which of its files are archived.
#[derive(Debug, Clone)]
pub struct Folder {
    /// Its name in the archive: `files`, `snapshots`.
    pub name: &'static str,
    /// Where it is.
    pub place: PathBuf,
    /// Paths in it that rows speak of: files, or folders with all that is in them.
    pub wanted: Vec<PathBuf>,
}

impl Folder {
    /// All files of it that are wanted, and what is wanted and not there.
    pub(crate) fn all(&self) -> ArchiveResult<(Vec<PathBuf>, Vec<String>)> {
        let (mut files, mut missing) = (Vec::new(), Vec::new());
        for path in &self.wanted {
            let whole = self.place.join(path);
            match std::fs::metadata(&whole) {
                Ok(found) if found.is_dir() => below(&self.place, path, &mut files)?,
                Ok(_) => files.push(path.clone()),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                    missing.push(self.shown(path));
                }
                Err(error) => return Err(ArchiveError::disk(&whole, &error)),
            }
        }
        files.sort_unstable();
        files.dedup();
        Ok((files, missing))
    }

    /// A path as the archive names it.
    pub(crate) fn shown(&self, path: &Path) -> String {
        let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
        format!("{}/{}", self.name, parts.join("/"))
    }
}

fn below(place: &Path, path: &Path, out: &mut Vec<PathBuf>) -> ArchiveResult<()> {
    let folder = place.join(path);
    let broken = |error: std::io::Error| ArchiveError::disk(&folder, &error);
    for entry in std::fs::read_dir(&folder).map_err(broken)? {
        let entry = entry.map_err(broken)?;
        let inner = path.join(entry.file_name());
        if entry.file_type().map_err(broken)?.is_dir() {
            below(place, &inner, out)?;
        } else {
            out.push(inner);
        }
    }
    Ok(())
}

/// The place of an archived path; only below one of these folders.
pub(crate) fn place_of(shown: &str, folders: &[Folder]) -> ArchiveResult<PathBuf> {
    let bad = || ArchiveError::damaged(format!("文件名 {shown}"));
    let (name, path) = shown.split_once('/').ok_or_else(bad)?;
    let path = Path::new(path);
    let plain = path
        .components()
        .all(|part| matches!(part, Component::Normal(_)));
    let folder = folders.iter().find(|folder| folder.name == name);
    match folder {
        Some(folder) if plain && path.components().next().is_some() => Ok(folder.place.join(path)),
        _ => Err(bad()),
    }
}

/// A file that has its name only when it is whole and on the disk; forgotten when dropped before.
#[derive(Debug)]
pub struct Put {
    path: PathBuf,
    part: Option<PathBuf>,
}

impl Put {
    /// Begins: the file to write into. What an earlier, killed run left is overwritten.
    pub fn begin(path: &Path) -> ArchiveResult<(Self, File)> {
        use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
        let folder = folder_of(path);
        std::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)
            .map_err(|error| ArchiveError::disk(folder, &error))?;
        let mut name = path.as_os_str().to_owned();
        name.push(".part");
        let part = PathBuf::from(name);
        let file = File::options()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&part)
            .map_err(|error| ArchiveError::disk(&part, &error))?;
        let put = Self {
            path: path.to_owned(),
            part: Some(part),
        };
        Ok((put, file))
    }

    /// The file is whole and on the disk: gives it its name.
    pub fn end(mut self) -> ArchiveResult<()> {
        if let Some(part) = self.part.take() {
            let broken = |error: std::io::Error| ArchiveError::disk(&self.path, &error);
            std::fs::rename(&part, &self.path).map_err(broken)?;
            sync_folder(&self.path)?;
        }
        Ok(())
    }
}

impl Drop for Put {
    fn drop(&mut self) {
        if let Some(part) = self.part.take() {
            // It says already why the file is not there; the next run overwrites what cannot be removed.
            drop(std::fs::remove_file(part));
        }
    }
}

/// Waits until the disk knows the names in the folder of this file.
pub(crate) fn sync_folder(path: &Path) -> ArchiveResult<()> {
    let folder = folder_of(path);
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(|error| ArchiveError::disk(folder, &error))
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// A file being restored.
#[derive(Debug)]
pub(crate) struct Restoring {
    put: Put,
    file: File,
}

impl Restoring {
    pub(crate) fn begin(path: &Path) -> ArchiveResult<Self> {
        let (put, file) = Put::begin(path)?;
        Ok(Self { put, file })
    }

    pub(crate) fn write(&mut self, bytes: &[u8]) -> ArchiveResult<()> {
        let written = self.file.write_all(bytes);
        written.map_err(|error| ArchiveError::disk(&self.put.path, &error))
    }

    pub(crate) fn end(self) -> ArchiveResult<()> {
        let synced = self.file.sync_all();
        synced.map_err(|error| ArchiveError::disk(&self.put.path, &error))?;
        self.put.end()
    }
}
