//! Every Rust file says why it exists and stays small; every crate takes the workspace's lints.

use crate::finding::Finding;
use crate::source::Source;
use crate::tree::Tree;

const REFUSED_ABOVE: usize = 500;
const NOTED_ABOVE: usize = 300;

/// First lines, sizes and lints.
pub(crate) fn check(tree: &Tree, notes: &mut Vec<String>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.files("", ".rs") {
        if !file.text.starts_with("//!") {
            findings.push(Finding::new(
                "first-line",
                format!("{}:1", file.path),
                "the file does not say why it exists.",
                "begin it with `//!` and one sentence",
            ));
        }
        let lines = Source::parse(&file.text).code_lines();
        if lines > REFUSED_ABOVE {
            findings.push(Finding::new(
                "size",
                &*file.path,
                format!("{lines} lines of code above the tests; {REFUSED_ABOVE} is the most."),
                "split it by use case or by type",
            ));
        } else if lines > NOTED_ABOVE {
            notes.push(format!("{}: {lines} lines of code, look again", file.path));
        }
    }
    for file in tree.files("", "/Cargo.toml") {
        if !takes_lints(&file.text) {
            findings.push(Finding::new(
                "lints",
                &*file.path,
                "the crate does not take the workspace's lints.",
                "add `[lints]` with `workspace = true`",
            ));
        }
    }
    findings
}

fn takes_lints(manifest: &str) -> bool {
    manifest
        .parse::<toml::Table>()
        .ok()
        .and_then(|table| table.get("lints")?.get("workspace")?.as_bool())
        .unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::takes_lints;

    #[test]
    fn lints_come_from_the_workspace() {
        assert!(takes_lints(
            "[package]\nname = \"a\"\n[lints]\nworkspace = true\n"
        ));
        assert!(!takes_lints(
            "[package]\nname = \"a\"\n[lints.rust]\nunsafe_code = \"allow\"\n"
        ));
    }
}
