//! All checks in one run.

use crate::finding::{Finding, say};
use crate::tree::Tree;
use crate::{
    coverage, exceptions, files, licences, lockfiles, metadata, migrations, rooms, schema,
    sideways, tables, templates, third_party,
};

/// Prints notes and findings; whether there were no findings.
pub(crate) fn run(tree: &Tree, bless: bool) -> Result<bool, String> {
    let mut notes = Vec::new();
    let mut findings = rooms::check(tree, &metadata::workspace(tree)?);
    findings.extend(sideways::check(tree));
    findings.extend(files::check(tree, &mut notes));
    let (owners, twice) = tables::owners(tree);
    findings.extend(twice);
    findings.extend(tables::check(tree, &owners));
    findings.extend(migrations::check(tree, bless, &mut notes)?);
    findings.extend(templates::check(tree));
    findings.extend(lockfiles::check(tree));
    match third_party::packages(tree) {
        Ok(packages) => {
            findings.extend(licences::check(tree, &packages));
            findings.extend(written(
                tree,
                third_party::PATH,
                &third_party::print(&packages),
                "third-party",
            ));
        }
        Err(error) => {
            let todo = "run `cargo metadata` and commit Cargo.lock";
            findings.push(Finding::new(
                "licences",
                "Cargo.lock",
                format!("the packages cannot be read: {error}"),
                todo,
            ));
        }
    }
    findings.extend(written(
        tree,
        coverage::PATH,
        &coverage::text(tree),
        "coverage",
    ));
    if tree.exists(schema::PATH) {
        findings.extend(written(tree, schema::PATH, &schema::text(tree)?, "schema"));
    }
    notes.extend(coverage::other_rows(tree));
    let mut findings = exceptions::apply(tree, findings, &mut notes);
    findings.sort();
    for note in &notes {
        say(&format!("note: {note}"));
    }
    for finding in &findings {
        say(&finding.text());
    }
    say(&match findings.len() {
        0 => "tidy: all is well".to_owned(),
        count => format!("tidy: {count} to put right"),
    });
    Ok(findings.is_empty())
}

/// Whether a generated document is what it would be now.
fn written(tree: &Tree, path: &str, text: &str, command: &str) -> Option<Finding> {
    let todo = format!("cargo xtask {command} --write");
    match tree.read(path) {
        Some(found) if found == text => None,
        Some(_) => Some(Finding::new(
            "generated",
            path,
            "the document is not up to date.",
            todo,
        )),
        None => Some(Finding::new(
            "generated",
            path,
            "the document is missing.",
            todo,
        )),
    }
}
