//! Lays the folder of a new capability, as style.md describes it.

use crate::finding::say;
use crate::rooms::{is_capability, order};
use crate::tree::Tree;

/// Writes the folder and says what is left to do.
pub(crate) fn run(tree: &Tree, name: &str) -> Result<(), String> {
    if !is_capability(name) {
        return Err(format!(
            "{name} has no room yet: give it a place in xtask/src/rooms.rs first ({})",
            order()
        ));
    }
    let folder = format!("crates/capability/{name}");
    if tree.exists(&folder) {
        return Err(format!("{folder} is already there"));
    }
    for (path, text) in contents(name) {
        tree.write(&format!("{folder}/{path}"), &text)?;
    }
    say(&format!(
        "laid {folder}\nnext:\n  1. Cargo.toml: {name} = {{ path = \"{folder}\" }} under [workspace.dependencies]\n  \
         2. crates/app/laoyou: add {name} to Cargo.toml and {name}::capability() to the composition\n  \
         3. write migrations/0001_{name}.sql; when it lands: cargo xtask tidy --bless"
    ));
    Ok(())
}

fn contents(name: &str) -> Vec<(&'static str, String)> {
    let file = |text: &str| text.replace("NAME", name);
    vec![
        ("Cargo.toml", file(MANIFEST)),
        (
            "askama.toml",
            "[general]\ndirs = [\"src\", \"../../floor/ui/templates\"]\n".to_owned(),
        ),
        ("README.md", file(README)),
        ("src/lib.rs", file(LIB)),
        (
            "src/api.rs",
            file(
                "//! What other capabilities may use of NAME: ids, small types, read functions, events.\n",
            ),
        ),
        (
            "src/pages/mod.rs",
            file("//! One use case, one file with its template beside it.\n"),
        ),
        ("tests/it/main.rs", file("//! NAME on every database.\n")),
    ]
}

const MANIFEST: &str = "\
[package]
name = \"NAME\"
version.workspace = true
edition.workspace = true
rust-version.workspace = true
license.workspace = true
publish.workspace = true

[dependencies]
kernel.workspace = true
authz.workspace = true
store.workspace = true
ui.workspace = true
host.workspace = true
askama.workspace = true
axum.workspace = true

[dev-dependencies]
store = { workspace = true, features = [\"testing\"] }
tokio.workspace = true

[lints]
workspace = true
";

const README: &str = "\
# NAME

Purpose: …

| | |
|---|---|
| words | … |
| tables | `NAME_…` |
| events in, out | … |
| who may do what | … |
";

const LIB: &str = "\
//! … (one sentence: why this capability exists).
//!
//! Rows …. Tables `NAME_*`.

pub mod api;
mod pages;

use host::{Capability, Routes};

/// Tables, pages and schema of this capability.
pub fn capability() -> Capability {
    Capability { name: \"NAME\", routes: Routes::new(), ..Capability::default() }
}
";

#[cfg(test)]
mod tests {
    use super::contents;

    #[test]
    fn the_laid_files_pass_the_simple_checks() {
        for (path, text) in contents("visit") {
            assert!(!text.contains("NAME"), "{path}");
            assert!(
                !path.starts_with("src/") && !path.starts_with("tests/") || text.starts_with("//!"),
                "{path}"
            );
        }
    }
}
