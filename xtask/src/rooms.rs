//! The rooms of the house and which may use which: a crate stands on what is listed before it.

use crate::finding::Finding;
use crate::metadata::Metadata;
use crate::tree::Tree;

/// A room, lowest first; within a line of crates the order is left to right.
pub(crate) struct Room {
    pub(crate) name: &'static str,
    pub(crate) folder: &'static str,
    pub(crate) crates: &'static [&'static str],
}

/// The house. A new crate is written in here first.
pub(crate) const ROOMS: &[Room] = &[
    Room {
        name: "base",
        folder: "crates/base",
        crates: &[
            "kernel", "rules", "figures", "workbook", "tabular", "ledger", "assess", "engine",
        ],
    },
    Room {
        name: "floor",
        folder: "crates/floor",
        crates: &[
            "authz", "store", "jobs", "files", "archive", "ui", "docs", "host",
        ],
    },
    Room {
        name: "spine",
        folder: "crates/capability",
        crates: &["area", "org", "people"],
    },
    Room {
        name: "work",
        folder: "crates/capability",
        crates: &[
            "message",
            "plan",
            "goals",
            "entitle",
            "identity",
            "intake",
            "quality",
            "duty",
            "privacy",
            "period",
            "assessment",
            "casework",
            "pay",
            "voucher",
            "visit",
            "homecare",
            "stay",
            "childcare",
            "workforce",
            "oversee",
        ],
    },
    Room {
        name: "views",
        folder: "crates/capability",
        crates: &[
            "desk",
            "dashboard",
            "tasks",
            "cases",
            "export",
            "exchange",
            "partner",
            "outlook",
            "portal",
        ],
    },
    Room {
        name: "app",
        folder: "crates/app",
        crates: &["demo", "laoyou"],
    },
];

/// Doors that stay shut although the order would allow them.
const SHUT: &[(&str, &str, &str)] = &[
    ("ui", "store", "pages get their data handed in"),
    ("ui", "jobs", "pages get their data handed in"),
    ("ui", "files", "pages get their data handed in"),
];

/// What needs a runtime or a database stays out of the base.
const NOT_IN_BASE: &[&str] = &[
    "sqlx",
    "sea-orm",
    "sea-query",
    "axum",
    "tokio",
    "tower",
    "hyper",
];
/// The database has one door.
const ONLY_IN_STORE: &[&str] = &["sqlx", "sea-orm", "sea-query"];

/// One use of one crate by another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Door {
    pub(crate) from: String,
    pub(crate) to: String,
    /// Whether `to` is a crate of this workspace.
    pub(crate) ours: bool,
}

/// Room number and place in its line.
fn place(name: &str) -> Option<(usize, usize)> {
    ROOMS
        .iter()
        .enumerate()
        .find_map(|(room, line)| Some((room, line.crates.iter().position(|c| *c == name)?)))
}

/// The room a crate belongs to.
pub(crate) fn room_of(name: &str) -> Option<&'static Room> {
    ROOMS.iter().find(|room| room.crates.contains(&name))
}

/// Whether a crate is a capability.
pub(crate) fn is_capability(name: &str) -> bool {
    room_of(name).is_some_and(|room| room.folder == "crates/capability")
}

/// Why this door must not exist, and what to do.
pub(crate) fn refuse(door: &Door) -> Option<(String, String)> {
    let (from, to) = (door.from.as_str(), door.to.as_str());
    if !door.ours {
        let belongs = |list: &[&str]| {
            list.iter()
                .any(|name| to == *name || to.starts_with(&format!("{name}-")))
        };
        if room_of(from).is_some_and(|room| room.name == "base") && belongs(NOT_IN_BASE) {
            let what = format!("{from} is in the base room and uses {to}; base crates are pure.");
            return Some((
                what,
                "take plain data in and give plain data out; do the reading in a floor crate"
                    .into(),
            ));
        }
        if from != "store" && belongs(ONLY_IN_STORE) {
            let what = format!("{from} uses {to}; only store speaks to the database.");
            return Some((
                what,
                "use store::{Store, Tx, Reads}; add what is missing there".into(),
            ));
        }
        return None;
    }
    // A crate's tests may switch on its own features by naming it as a dev-dependency.
    if from == to {
        return None;
    }
    if from == "xtask" || to == "xtask" {
        return Some((
            format!("{from} uses {to}; xtask stands alone."),
            "remove the dependency".into(),
        ));
    }
    if let Some((_, _, why)) = SHUT.iter().find(|(a, b, _)| *a == from && *b == to) {
        return Some((
            format!("{from} must not use {to}: {why}."),
            "remove the dependency".into(),
        ));
    }
    let (Some(a), Some(b)) = (place(from), place(to)) else {
        return None;
    };
    if b < a {
        return None;
    }
    let todo = if is_capability(from) && is_capability(to) {
        "turn it round, write an event a job picks up, or declare a hook on the floor that the app wires"
    } else {
        "turn it round, or move what is shared into a lower room"
    };
    Some((
        format!(
            "{from} uses {to}, which stands beside or above it ({}).",
            order()
        ),
        todo.into(),
    ))
}

/// The order in one line.
pub(crate) fn order() -> String {
    let lines: Vec<String> = ROOMS
        .iter()
        .map(|room| format!("{}: {}", room.name, room.crates.join(" < ")))
        .collect();
    lines.join(" | ")
}

/// Every door of the workspace.
pub(crate) fn check(tree: &Tree, metadata: &Metadata) -> Vec<Finding> {
    let mut findings = Vec::new();
    for package in &metadata.packages {
        let manifest = relative(tree, &package.manifest_path);
        let folder = manifest.trim_end_matches("/Cargo.toml");
        let expected =
            room_of(&package.name).map(|room| format!("{}/{}", room.folder, package.name));
        match expected {
            None if package.name == "xtask" => {}
            None => findings.push(Finding::new(
                "rooms",
                &*manifest,
                format!("the crate {} has no room.", package.name),
                "give it a place in the order in xtask/src/rooms.rs",
            )),
            Some(expected) if expected != folder => findings.push(Finding::new(
                "rooms",
                &*manifest,
                format!("the crate {} belongs into {expected}.", package.name),
                "move the folder",
            )),
            Some(_) => {}
        }
        for dependency in &package.dependencies {
            let (from, to) = (package.name.clone(), dependency.name.clone());
            let door = Door {
                from,
                to,
                ours: dependency.path.is_some(),
            };
            if let Some((what, todo)) = refuse(&door) {
                let line = line_of(&tree.read(&manifest).unwrap_or_default(), &dependency.name);
                findings.push(Finding::new(
                    "rooms",
                    format!("{manifest}:{line}"),
                    what,
                    todo,
                ));
            }
        }
    }
    findings
}

/// A manifest's path from the root.
pub(crate) fn relative(tree: &Tree, path: &str) -> String {
    let root = tree.root().to_string_lossy();
    path.strip_prefix(&*root)
        .unwrap_or(path)
        .trim_start_matches('/')
        .to_owned()
}

fn line_of(manifest: &str, dependency: &str) -> usize {
    let names = |line: &str| {
        line.strip_prefix(dependency)
            .is_some_and(|rest| rest.starts_with(['.', ' ', '=']))
    };
    manifest.lines().position(names).map_or(1, |at| at + 1)
}

#[cfg(test)]
mod tests {
    use super::{Door, line_of, refuse};

    fn door(from: &str, to: &str, ours: bool) -> bool {
        refuse(&Door {
            from: from.into(),
            to: to.into(),
            ours,
        })
        .is_none()
    }

    #[test]
    fn doors_go_down_and_to_the_left() {
        for (from, to) in [
            ("rules", "kernel"),
            ("engine", "rules"),
            ("store", "authz"),
            ("host", "ui"),
            ("people", "area"),
            ("entitle", "plan"),
            ("plan", "org"),
            ("desk", "entitle"),
            ("laoyou", "demo"),
            ("demo", "rules"),
        ] {
            assert!(door(from, to, true), "{from} → {to}");
        }
    }

    #[test]
    fn doors_that_should_not_exist_are_refused() {
        for (from, to) in [
            ("kernel", "rules"),
            ("rules", "engine"),
            ("authz", "store"),
            ("ui", "store"),
            ("ui", "host"),
            ("area", "people"),
            ("people", "entitle"),
            ("plan", "entitle"),
            ("entitle", "desk"),
            ("store", "people"),
            ("desk", "laoyou"),
            ("xtask", "kernel"),
            ("kernel", "xtask"),
        ] {
            assert!(!door(from, to, true), "{from} → {to}");
        }
    }

    #[test]
    fn the_base_has_no_runtime_and_only_store_has_the_database() {
        assert!(!door("rules", "tokio", false));
        assert!(!door("engine", "sqlx-core", false));
        assert!(!door("people", "sea-orm", false));
        assert!(door("store", "sea-orm", false));
        assert!(door("host", "tokio", false));
        assert!(door("rules", "sqlparser", false));
    }

    #[test]
    fn the_place_is_the_line_of_the_manifest() {
        assert_eq!(
            line_of(
                "[dependencies]\nsea-orm-x.workspace = true\nsea-orm.workspace = true\n",
                "sea-orm"
            ),
            3
        );
    }
}
