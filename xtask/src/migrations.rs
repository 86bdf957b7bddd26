//! A migration that has landed never changes: `xtask/migrations.lock` keeps its digest (engineering.md 20).

use crate::finding::Finding;
use crate::tree::Tree;
use sm3::{Digest, Sm3};
use std::collections::BTreeMap;
use std::fmt::Write;

const LOCK: &str = "xtask/migrations.lock";
const HEAD: &str = "\
# SM3 of every migration that has landed. `cargo xtask tidy --bless` adds new ones and never changes a line.
";

/// Path to digest.
type Digests = BTreeMap<String, String>;

/// Compares with the lock; `bless` adds what is new.
pub(crate) fn check(
    tree: &Tree,
    bless: bool,
    notes: &mut Vec<String>,
) -> Result<Vec<Finding>, String> {
    let landed = parse(&tree.read(LOCK).unwrap_or_default());
    let files = tree.files("crates/", "").filter(|file| file.is_migration());
    let now: Digests = files
        .map(|file| (file.path.clone(), sm3_hex(file.text.as_bytes())))
        .collect();
    let mut findings = changed(&landed, &now);
    let fresh: Digests = now
        .into_iter()
        .filter(|(path, _)| !landed.contains_key(path))
        .collect();
    if bless && !fresh.is_empty() {
        notes.push(format!(
            "{LOCK}: added {}",
            fresh.keys().cloned().collect::<Vec<_>>().join(", ")
        ));
        let mut all = landed;
        all.extend(fresh);
        tree.write(LOCK, &print(&all))?;
    } else {
        findings.extend(fresh.keys().map(|path| {
            let what = "the migration is not in xtask/migrations.lock.";
            Finding::new(
                "migrations",
                path,
                what,
                "when it is ready to land: cargo xtask tidy --bless",
            )
        }));
    }
    Ok(findings)
}

/// Landed migrations that are no longer what they were.
fn changed(landed: &Digests, now: &Digests) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, digest) in landed {
        let what = match now.get(path) {
            Some(found) if found == digest => continue,
            Some(_) => "a landed migration was changed.",
            None => "a landed migration is gone.",
        };
        let todo =
            format!("put it back (git checkout {path}) and write the change as a new migration");
        findings.push(Finding::new("migrations", path, what, todo));
    }
    findings
}

fn parse(lock: &str) -> Digests {
    let lines = lock.lines().filter(|line| !line.starts_with('#'));
    lines
        .filter_map(|line| line.split_once(' '))
        .map(|(digest, path)| (path.to_owned(), digest.to_owned()))
        .collect()
}

fn print(digests: &Digests) -> String {
    digests
        .iter()
        .fold(HEAD.to_owned(), |text, (path, digest)| {
            text + digest + " " + path + "\n"
        })
}

/// SM3 in hexadecimal, as `schema_migration.digest` has it.
fn sm3_hex(bytes: &[u8]) -> String {
    Sm3::digest(bytes)
        .iter()
        .fold(String::new(), |mut text, byte| {
            if write!(text, "{byte:02x}").is_err() {
                text.clear();
            }
            text
        })
}

#[cfg(test)]
mod tests {
    use super::{changed, parse, print, sm3_hex};

    #[test]
    fn the_digest_is_sm3() {
        assert_eq!(
            sm3_hex(b"abc"),
            "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
        );
    }

    #[test]
    fn a_landed_migration_may_not_change_or_vanish() {
        let landed = parse("# head\naa crates/a.sql\nbb crates/b.sql\ncc crates/c.sql\n");
        let now = parse("aa crates/a.sql\nxx crates/b.sql\ndd crates/d.sql\n");
        let found: Vec<String> = changed(&landed, &now)
            .into_iter()
            .map(|finding| finding.place)
            .collect();
        assert_eq!(found, ["crates/b.sql", "crates/c.sql"]);
        assert_eq!(parse(&print(&landed)), landed);
    }
}
