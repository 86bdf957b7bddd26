//! The files of a snapshot: where they lie, their digests.

use serde_json::{Value, json};
use sm3::{Digest, Sm3};
use std::io::Read;
use std::path::{Path, PathBuf};
use store::secret::hex;
use store::{StoreError, StoreResult};

/// Where snapshots lie and for how long.
#[derive(Debug, Clone)]
pub struct PeriodSettings {
    /// The directory; without one no person-level files are kept.
    pub directory: Option<PathBuf>,
    /// Of how many nights the person-level files are kept; month-ends are kept for good.
    pub nights: usize,
}

impl Default for PeriodSettings {
    fn default() -> Self {
        Self {
            directory: None,
            nights: 2,
        }
    }
}

/// A file as the registry knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredFile {
    /// Its name.
    pub file: String,
    /// Its rows.
    pub rows: u64,
    /// Its SM3.
    pub digest: String,
}

/// Where the files of a snapshot lie: under its name in the present directory, wherever that was when they were
/// written, so that an installation can be moved.
pub(crate) fn place(directory: Option<&Path>, stored: &str) -> PathBuf {
    match (directory, Path::new(stored).file_name()) {
        (Some(directory), Some(name)) => directory.join(name),
        _ => PathBuf::from(stored),
    }
}

pub(crate) fn broken(what: &str) -> impl FnOnce(std::io::Error) -> StoreError {
    let what = what.to_owned();
    move |error| StoreError::Other(format!("{what}：{error}"))
}

/// The SM3 of a file.
pub(crate) fn digest(path: &Path) -> StoreResult<String> {
    let shown = path.display().to_string();
    let mut file = std::fs::File::open(path).map_err(broken(&shown))?;
    let (mut hasher, mut buffer) = (Sm3::new(), vec![0; 1 << 16]);
    loop {
        let read = file.read(&mut buffer).map_err(broken(&shown))?;
        let Some(bytes) = buffer.get(..read).filter(|bytes| !bytes.is_empty()) else {
            return Ok(hex(&hasher.finalize()));
        };
        hasher.update(bytes);
    }
}

/// A directory that only its owner may look into.
pub(crate) fn make(dir: &Path) -> StoreResult<()> {
    std::fs::create_dir_all(dir).map_err(broken(&dir.display().to_string()))?;
    #[cfg(unix)]
    std::fs::set_permissions(dir, std::os::unix::fs::PermissionsExt::from_mode(0o700))
        .map_err(broken(&dir.display().to_string()))?;
    Ok(())
}

/// Removes a snapshot's directory, where it is still there.
pub(crate) fn remove(dir: &Path) -> StoreResult<()> {
    if dir.exists() {
        std::fs::remove_dir_all(dir).map_err(broken(&dir.display().to_string()))?;
    }
    Ok(())
}

/// The directories of nights that lie in a directory.
pub(crate) fn nightly(directory: &Path) -> StoreResult<Vec<PathBuf>> {
    let shown = directory.display().to_string();
    let mut out = Vec::new();
    for entry in std::fs::read_dir(directory).map_err(broken(&shown))? {
        let entry = entry.map_err(broken(&shown))?;
        if entry.file_name().to_string_lossy().starts_with("nightly-") {
            out.push(entry.path());
        }
    }
    Ok(out)
}

pub(crate) fn to_json(files: &[StoredFile]) -> String {
    let row =
        |file: &StoredFile| json!({ "file": file.file, "rows": file.rows, "sm3": file.digest });
    Value::Array(files.iter().map(row).collect()).to_string()
}

pub(crate) fn from_json(text: &str) -> StoreResult<Vec<StoredFile>> {
    let bad = |what: String| StoreError::BadColumn {
        column: "period_snapshot.files".to_owned(),
        what,
    };
    let rows: Vec<Value> = serde_json::from_str(text).map_err(|error| bad(error.to_string()))?;
    let one = |row: &Value| {
        Some(StoredFile {
            file: row.get("file")?.as_str()?.to_owned(),
            rows: row.get("rows")?.as_u64()?,
            digest: row.get("sm3")?.as_str()?.to_owned(),
        })
    };
    rows.iter()
        .map(|row| one(row).ok_or_else(|| bad(row.to_string())))
        .collect()
}
