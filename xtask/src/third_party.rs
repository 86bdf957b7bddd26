//! THIRD-PARTY.md: what we use from others, from the lockfiles.

use crate::licences::{self, Foreign};
use crate::tree::Tree;
use crate::{lockfiles, metadata};

pub(crate) const PATH: &str = "THIRD-PARTY.md";

const HEAD: &str = "\
# What we use from others

Written by `cargo xtask third-party --write` from Cargo.lock and the package-lock.json files; do not edit. Laoyou \
itself is under Apache-2.0 (LICENSE). `cargo xtask tidy` refuses licences that are not in xtask/licences.toml. The \
full texts are in the packages themselves, on crates.io and npm.
";

/// Everything of every lockfile.
pub(crate) fn packages(tree: &Tree) -> Result<Vec<Foreign>, String> {
    let mut all = licences::cargo(&metadata::everything(tree)?);
    for lockfile in lockfiles::NPM {
        all.extend(licences::npm(tree, lockfile)?);
    }
    Ok(all)
}

pub(crate) fn text(tree: &Tree) -> Result<String, String> {
    Ok(print(&packages(tree)?))
}

/// The document.
pub(crate) fn print(packages: &[Foreign]) -> String {
    let mut text = HEAD.to_owned();
    for (title, rust, shipped) in [
        ("In the program, on some platform", true, true),
        ("In the pages", false, true),
        ("Rust crates that only build and test", true, false),
        ("npm packages that only build and test", false, false),
    ] {
        let of = |package: &&Foreign| {
            (package.lockfile == "Cargo.lock") == rust && package.shipped == shipped
        };
        let mut lines: Vec<String> = packages
            .iter()
            .filter(of)
            .map(|package| {
                format!(
                    "| {} | {} | {} |\n",
                    package.name, package.version, package.licence
                )
            })
            .collect();
        lines.sort();
        lines.dedup();
        text += &format!(
            "\n## {title} ({})\n\n| package | version | licence |\n|---|---|---|\n",
            lines.len()
        );
        text.extend(lines);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::print;
    use crate::licences::Foreign;

    #[test]
    fn every_package_stands_in_its_part() {
        let package = |lockfile: &str, name: &str, shipped| Foreign {
            lockfile: lockfile.into(),
            name: name.into(),
            version: "1.0.0".into(),
            licence: "MIT".into(),
            shipped,
        };
        let text = print(&[
            package("Cargo.lock", "axum", true),
            package("web/package-lock.json", "esbuild", false),
        ]);
        let (program, rest) = text.split_once("## In the pages (0)").unwrap();
        assert!(program.contains("| axum | 1.0.0 | MIT |"));
        assert!(
            rest.contains("## npm packages that only build and test (1)")
                && rest.contains("| esbuild |")
        );
    }
}
