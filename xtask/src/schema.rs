//! docs/schema.md: rooms with what each crate stands on, and tables with their owners.

use crate::metadata;
use crate::rooms::ROOMS;
use crate::tables;
use crate::tree::Tree;
use std::collections::BTreeSet;

pub(crate) const PATH: &str = "docs/schema.md";

const HEAD: &str = "\
# Rooms and tables

Written by `cargo xtask schema --write`; do not edit. A crate stands on rooms above its own in this list, and on \
crates to its left within its line.
";

pub(crate) fn text(tree: &Tree) -> Result<String, String> {
    let metadata = metadata::workspace(tree)?;
    let (owners, _) = tables::owners(tree);
    let mut text = format!("{HEAD}\n| room | crate | stands on | tables |\n|---|---|---|---|\n");
    for room in ROOMS {
        for name in room.crates {
            let Some(package) = metadata
                .packages
                .iter()
                .find(|package| package.name == *name)
            else {
                continue;
            };
            let uses = package
                .dependencies
                .iter()
                .filter(|used| used.path.is_some() && used.kind.is_none());
            let uses: BTreeSet<&str> = uses.map(|used| used.name.as_str()).collect();
            let uses: Vec<&str> = uses.into_iter().collect();
            let own: Vec<&str> = owners
                .iter()
                .filter(|(_, owner)| owner == name)
                .map(|(table, _)| table.as_str())
                .collect();
            text += &format!(
                "| {} | {name} | {} | {} |\n",
                room.name,
                uses.join(", "),
                own.join(", ")
            );
        }
    }
    Ok(text)
}
