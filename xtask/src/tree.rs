//! The working tree: the files the checks read, by paths from the root with `/`.

use std::fs;
use std::path::{Path, PathBuf};

/// One text file.
#[derive(Debug, Clone)]
pub(crate) struct TextFile {
    /// From the root, with `/`.
    pub(crate) path: String,
    pub(crate) text: String,
}

impl TextFile {
    /// `crates/ROOM/NAME` of the crate it lies in, or `xtask`.
    pub(crate) fn crate_folder(&self) -> &str {
        let depth = if self.path.starts_with("crates/") {
            3
        } else {
            1
        };
        let end = self
            .path
            .match_indices('/')
            .nth(depth - 1)
            .map_or(self.path.len(), |(at, _)| at);
        self.path.get(..end).unwrap_or(&self.path)
    }

    /// What the name ends with after the last dot: `rs`, `sql`, `html`.
    pub(crate) fn kind(&self) -> &str {
        self.path.rsplit('.').next().unwrap_or_default()
    }

    /// Whether it is one of its crate's migrations.
    pub(crate) fn is_migration(&self) -> bool {
        self.inside().starts_with("migrations/") && self.kind() == "sql"
    }

    /// Whether it is part of what its crate ships: not a file of tests, bench or example.
    pub(crate) fn is_shipped_rust(&self) -> bool {
        let inside = self.inside();
        self.kind() == "rs"
            && inside.starts_with("src/")
            && !inside.contains("/tests/")
            && !inside.ends_with("/tests.rs")
    }

    /// The name of the crate it lies in.
    pub(crate) fn crate_name(&self) -> &str {
        self.crate_folder().rsplit('/').next().unwrap_or_default()
    }

    /// The path inside its crate.
    pub(crate) fn inside(&self) -> &str {
        self.path
            .get(self.crate_folder().len() + 1..)
            .unwrap_or_default()
    }
}

/// The root and all files below `crates/` and `xtask/`.
pub(crate) struct Tree {
    root: PathBuf,
    files: Vec<TextFile>,
}

impl Tree {
    /// The workspace that the current folder lies in.
    pub(crate) fn find() -> Result<Self, String> {
        let here = std::env::current_dir().map_err(|error| error.to_string())?;
        let root = here
            .ancestors()
            .find(|folder| {
                folder.join("xtask/Cargo.toml").is_file() && folder.join("Cargo.toml").is_file()
            })
            .ok_or("run this inside the workspace: no folder above holds xtask/Cargo.toml")?
            .to_path_buf();
        let mut files = Vec::new();
        for top in ["crates", "xtask", "e2e"] {
            collect(&root, &root.join(top), &mut files)?;
        }
        files.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(Self { root, files })
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// Files whose path begins and ends so.
    pub(crate) fn files<'a>(
        &'a self,
        start: &'a str,
        end: &'a str,
    ) -> impl Iterator<Item = &'a TextFile> {
        self.files
            .iter()
            .filter(move |file| file.path.starts_with(start) && file.path.ends_with(end))
    }

    /// A file by its path from the root; `None` when there is none.
    pub(crate) fn read(&self, path: &str) -> Option<String> {
        fs::read_to_string(self.root.join(path)).ok()
    }

    pub(crate) fn write(&self, path: &str, text: &str) -> Result<(), String> {
        let full = self.root.join(path);
        if let Some(folder) = full.parent() {
            fs::create_dir_all(folder).map_err(|error| format!("{path}: {error}"))?;
        }
        fs::write(full, text).map_err(|error| format!("{path}: {error}"))
    }

    pub(crate) fn exists(&self, path: &str) -> bool {
        self.root.join(path).exists()
    }
}

fn collect(root: &Path, folder: &Path, files: &mut Vec<TextFile>) -> Result<(), String> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Ok(());
    };
    for entry in entries {
        let path = entry.map_err(|error| error.to_string())?.path();
        if path.is_dir() {
            if !matches!(
                path.file_name().and_then(|name| name.to_str()),
                Some("target" | "node_modules" | "shots")
            ) {
                collect(root, &path, files)?;
            }
            continue;
        }
        let kind = path
            .extension()
            .and_then(|kind| kind.to_str())
            .unwrap_or_default();
        if matches!(kind, "rs" | "sql" | "html" | "toml" | "mjs") {
            let text = fs::read_to_string(&path)
                .map_err(|error| format!("{}: {error}", path.display()))?;
            let inside = path.strip_prefix(root).unwrap_or(&path);
            files.push(TextFile {
                path: inside.to_string_lossy().replace('\\', "/"),
                text,
            });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::TextFile;

    #[test]
    fn a_file_knows_its_crate() {
        let file = TextFile {
            path: "crates/base/kernel/src/a/b.rs".into(),
            text: String::new(),
        };
        assert_eq!(
            (file.crate_folder(), file.crate_name(), file.inside()),
            ("crates/base/kernel", "kernel", "src/a/b.rs")
        );
        let file = TextFile {
            path: "xtask/src/main.rs".into(),
            text: String::new(),
        };
        assert_eq!((file.crate_name(), file.inside()), ("xtask", "src/main.rs"));
    }
}
