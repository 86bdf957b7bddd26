//! Lockfiles name packages, not machines: no registry host is committed.

use crate::finding::Finding;
use crate::tree::Tree;

/// The npm lockfiles of the workspace.
pub(crate) const NPM: &[&str] = &["web/package-lock.json", "e2e/package-lock.json"];
const CRATES: &str = "source = \"registry+https://github.com/rust-lang/crates.io-index\"";

/// Addresses in lockfiles, and lockfiles that are missing.
pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for lockfile in NPM.iter().chain(["Cargo.lock"].iter()) {
        match tree.read(lockfile) {
            Some(text) => findings.extend(addresses(&text).into_iter().map(|(line, address)| {
                Finding::new(
                    "lockfiles",
                    format!("{lockfile}:{line}"),
                    format!("the lockfile names a host: {address}"),
                    "use packages of crates.io and npm only, and keep omit-lockfile-registry-resolved=true in .npmrc",
                )
            })),
            None => findings.push(Finding::new("lockfiles", *lockfile, "the lockfile is missing.", "commit it")),
        }
    }
    findings
}

fn addresses(lockfile: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (number, line) in lockfile.lines().enumerate() {
        let line = line.trim().trim_end_matches(',');
        let names_one = line.starts_with("\"resolved\":") || line.starts_with("source =");
        if names_one && line.contains("://") && line != CRATES {
            found.push((number + 1, line.to_owned()));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::addresses;

    #[test]
    fn hosts_are_found() {
        let npm = "{\n  \"resolved\": \"https://registry.example/x.tgz\",\n  \"funding\": \"https://a.example\"\n}";
        assert_eq!(addresses(npm).len(), 1);
        let cargo = "source = \"registry+https://github.com/rust-lang/crates.io-index\"\nsource = \"git+https://x\"\n";
        assert_eq!(
            addresses(cargo),
            [(2, "source = \"git+https://x\"".to_owned())]
        );
    }
}
