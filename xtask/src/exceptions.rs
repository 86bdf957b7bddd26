//! `xtask/exceptions.toml`: findings that stay for now, each with its reason. The list only shrinks: an
//! exception that nothing needs any more is a finding itself.

use crate::finding::Finding;
use crate::tree::Tree;
use serde::Deserialize;

const PATH: &str = "xtask/exceptions.toml";

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    #[serde(default)]
    exception: Vec<Exception>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Exception {
    check: String,
    path: String,
    reason: String,
}

/// The findings that are left.
pub(crate) fn apply(tree: &Tree, findings: Vec<Finding>, notes: &mut Vec<String>) -> Vec<Finding> {
    match toml::from_str(&tree.read(PATH).unwrap_or_default()) {
        Ok(list) => without(&list, findings, notes),
        Err(error) => {
            let error = Finding::new(
                "exceptions",
                PATH,
                error.to_string(),
                "write check, path and reason",
            );
            findings.into_iter().chain([error]).collect()
        }
    }
}

fn without(list: &List, findings: Vec<Finding>, notes: &mut Vec<String>) -> Vec<Finding> {
    let fits = |exception: &Exception, finding: &Finding| {
        exception.check == finding.check && exception.path == finding.path()
    };
    let mut left = Vec::new();
    for exception in &list.exception {
        let count = findings
            .iter()
            .filter(|finding| fits(exception, finding))
            .count();
        if count == 0 {
            let what = format!(
                "nothing in {} needs the exception from {} any more.",
                exception.path, exception.check
            );
            left.push(Finding::new("exceptions", PATH, what, "remove it"));
        } else {
            notes.push(format!(
                "{}: {count} {} let pass: {}",
                exception.path, exception.check, exception.reason
            ));
        }
    }
    left.extend(findings.into_iter().filter(|finding| {
        !list
            .exception
            .iter()
            .any(|exception| fits(exception, finding))
    }));
    left
}

#[cfg(test)]
mod tests {
    use super::{List, without};
    use crate::finding::Finding;

    #[test]
    fn an_exception_hides_its_finding_and_must_be_needed() {
        let list: List = toml::from_str(
            "[[exception]]\ncheck = \"size\"\npath = \"a.rs\"\nreason = \"soon\"\n\
             [[exception]]\ncheck = \"size\"\npath = \"b.rs\"\nreason = \"soon\"\n",
        )
        .unwrap();
        let findings = vec![
            Finding::new("size", "a.rs:3", "x", "y"),
            Finding::new("tables", "a.rs:4", "x", "y"),
        ];
        let mut notes = Vec::new();
        let left: Vec<&str> = without(&list, findings, &mut notes)
            .iter()
            .map(|finding| finding.check)
            .collect();
        assert_eq!((left, notes.len()), (vec!["exceptions", "tables"], 1));
    }
}
