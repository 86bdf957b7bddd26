//! A capability reaches into another one through its `api` only.

use crate::finding::Finding;
use crate::rooms::is_capability;
use crate::source::{Source, words};
use crate::tree::Tree;

/// Uses of another capability past its `api`, in `src/` above the unit tests.
pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree
        .files("crates/capability/", "")
        .filter(|file| file.is_shipped_rust())
    {
        let source = Source::parse(&file.text);
        let until = source.tests_begin().unwrap_or(usize::MAX);
        for (line, path) in past_the_api(&source.code, file.crate_name()) {
            if line < until {
                findings.push(Finding::new(
                    "sideways",
                    format!("{}:{line}", file.path),
                    format!(
                        "{} reaches past another capability's api: {path}",
                        file.crate_name()
                    ),
                    "use what its `api` module offers, or offer it there",
                ));
            }
        }
    }
    findings
}

/// Line and path of each use such as `people::store`.
fn past_the_api(code: &str, own: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (number, line) in code.lines().enumerate() {
        for (start, word) in words(line) {
            let before = line.get(..start).unwrap_or_default();
            let after = line.get(start + word.len()..).unwrap_or_default();
            let Some(rest) = after.strip_prefix("::") else {
                continue;
            };
            if word == own
                || !is_capability(word)
                || before.ends_with("::")
                || rest.starts_with("api")
            {
                continue;
            }
            let next = words(rest).next().map_or("", |(_, next)| next);
            found.push((number + 1, format!("{word}::{next}")));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::past_the_api;

    #[test]
    fn only_the_api_of_another_capability_may_be_used() {
        let code = "use people::api::show;\nuse people::store::person;\nuse crate::plan::x;\nlet a = area::capability();\n";
        let found = past_the_api(code, "entitle");
        assert_eq!(
            found,
            [
                (2, "people::store".to_owned()),
                (4, "area::capability".to_owned())
            ]
        );
        assert!(past_the_api("use people::store::person;", "people").is_empty());
    }
}
