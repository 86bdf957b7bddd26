//! Licences of everything we use from others, from the lockfiles, against `xtask/licences.toml`.

use crate::finding::Finding;
use crate::metadata::Metadata;
use crate::spdx::satisfied;
use crate::tree::Tree;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

const LIST: &str = "xtask/licences.toml";

/// A package of somebody else.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Foreign {
    /// `Cargo.lock` or a `package-lock.json`.
    pub(crate) lockfile: String,
    pub(crate) name: String,
    pub(crate) version: String,
    /// Empty when it names none.
    pub(crate) licence: String,
    /// Whether it is in what we ship, or only builds and tests it.
    pub(crate) shipped: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    allow: BTreeMap<String, String>,
    #[serde(default)]
    settled: Vec<Settled>,
}

/// A package whose licence was read by a person.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Settled {
    package: String,
    licence: String,
    #[expect(dead_code, reason = "required, so that the file says why")]
    reason: String,
}

/// Licences that are not on the list, and entries of the list that nothing needs.
pub(crate) fn check(tree: &Tree, packages: &[Foreign]) -> Vec<Finding> {
    let text = tree.read(LIST).unwrap_or_default();
    match toml::from_str::<List>(&text) {
        Ok(list) => against(&list, packages),
        Err(error) => vec![Finding::new(
            "licences",
            LIST,
            error.to_string(),
            "write it as the file's head says",
        )],
    }
}

fn against(list: &List, packages: &[Foreign]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut needed = BTreeSet::new();
    for package in packages {
        let settled = list
            .settled
            .iter()
            .find(|settled| settled.package == package.name);
        if settled.is_some() {
            needed.insert(package.name.as_str());
        }
        let licence = settled.map_or(package.licence.as_str(), |settled| settled.licence.as_str());
        if satisfied(licence, &|name| list.allow.contains_key(name)) {
            continue;
        }
        let said = if licence.is_empty() {
            "names no licence".to_owned()
        } else {
            format!("is under {licence}")
        };
        findings.push(Finding::new(
            "licences",
            &*package.lockfile,
            format!("{} {} {said}, which is not on the list.", package.name, package.version),
            format!("use another package; or, when a person has read the licence, add it to {LIST} with the reason"),
        ));
    }
    for settled in list
        .settled
        .iter()
        .filter(|settled| !needed.contains(settled.package.as_str()))
    {
        let what = format!("nothing uses {} any more.", settled.package);
        findings.push(Finding::new("licences", LIST, what, "remove its entry"));
    }
    findings
}

/// Packages of Cargo.lock; shipped is what `laoyou` reaches without building and testing.
pub(crate) fn cargo(metadata: &Metadata) -> Vec<Foreign> {
    let mut edges: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for node in metadata.resolve.iter().flat_map(|resolve| &resolve.nodes) {
        let normal = node
            .deps
            .iter()
            .filter(|edge| edge.dep_kinds.iter().any(|kind| kind.kind.is_none()));
        edges.insert(&node.id, normal.map(|edge| edge.pkg.as_str()).collect());
    }
    let mut shipped = BTreeSet::new();
    let program = metadata
        .packages
        .iter()
        .find(|package| package.name == "laoyou");
    let mut open: Vec<&str> = program.iter().map(|package| package.id.as_str()).collect();
    while let Some(id) = open.pop() {
        if shipped.insert(id) {
            open.extend(edges.get(id).into_iter().flatten());
        }
    }
    let others = metadata
        .packages
        .iter()
        .filter(|package| package.source.is_some());
    let mut found: Vec<Foreign> = others
        .map(|package| Foreign {
            lockfile: "Cargo.lock".into(),
            name: package.name.clone(),
            version: package.version.clone(),
            licence: package.license.clone().unwrap_or_default(),
            shipped: shipped.contains(package.id.as_str()),
        })
        .collect();
    found.sort();
    found
}

/// Packages of one package-lock.json; what the lockfile does not say is read from node_modules.
pub(crate) fn npm(tree: &Tree, lockfile: &str) -> Result<Vec<Foreign>, String> {
    let Some(text) = tree.read(lockfile) else {
        return Ok(Vec::new());
    };
    let lock: serde_json::Value =
        serde_json::from_str(&text).map_err(|error| format!("{lockfile}: {error}"))?;
    let folder = lockfile.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut found = BTreeSet::new();
    for (path, package) in lock
        .get("packages")
        .and_then(|packages| packages.as_object())
        .into_iter()
        .flatten()
    {
        let Some((_, name)) = path.rsplit_once("node_modules/") else {
            continue;
        };
        let text = |key: &str| {
            package
                .get(key)
                .and_then(|value| value.as_str())
                .map(str::to_owned)
        };
        let licence = text("license").or_else(|| {
            let manifest = tree.read(&format!("{folder}/{path}/package.json"))?;
            let manifest: serde_json::Value = serde_json::from_str(&manifest).ok()?;
            manifest.get("license")?.as_str().map(str::to_owned)
        });
        let only_builds = package
            .get("dev")
            .and_then(serde_json::Value::as_bool)
            .unwrap_or(false);
        found.insert(Foreign {
            lockfile: lockfile.to_owned(),
            name: name.to_owned(),
            version: text("version").unwrap_or_default(),
            licence: licence.unwrap_or_default(),
            shipped: !only_builds,
        });
    }
    Ok(found.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use super::{Foreign, List, against};

    fn package(name: &str, licence: &str) -> Foreign {
        let (lockfile, version) = ("Cargo.lock".to_owned(), "1.0.0".to_owned());
        Foreign {
            lockfile,
            name: name.into(),
            version,
            licence: licence.into(),
            shipped: true,
        }
    }

    #[test]
    fn what_is_not_on_the_list_is_found() {
        let list: List = toml::from_str(
            "allow = { MIT = \"permissive\" }\n[[settled]]\npackage = \"odd\"\nlicence = \"MIT\"\nreason = \"read\"\n\
             [[settled]]\npackage = \"gone\"\nlicence = \"MIT\"\nreason = \"read\"\n",
        )
        .unwrap();
        let packages = [
            package("good", "MIT"),
            package("bad", "AGPL-3.0"),
            package("none", ""),
            package("odd", "See file"),
        ];
        let found: Vec<String> = against(&list, &packages)
            .into_iter()
            .map(|finding| finding.what)
            .collect();
        assert_eq!(found.len(), 3);
        assert!(found[0].starts_with("bad 1.0.0 is under AGPL-3.0"));
        assert!(found[1].starts_with("none 1.0.0 names no licence"));
        assert!(found[2].starts_with("nothing uses gone"));
    }
}
