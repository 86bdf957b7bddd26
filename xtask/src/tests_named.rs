//! Finds tests and what their comments name: doc comments above `#[test]`, the head of a test file, and
//! the comments of the browser tests.

use crate::rows::{Named, named};
use crate::source::words;
use crate::tree::{TextFile, Tree};

/// A test, or a whole file of tests, that names rows or invariants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NamedTest {
    /// `people::model::resolve::a_correction_supersedes`.
    pub(crate) name: String,
    pub(crate) named: Named,
}

/// All of them, in the order of the files.
pub(crate) fn find(tree: &Tree) -> Vec<NamedTest> {
    let rust = tree.files("crates/", ".rs").flat_map(in_rust);
    let browser = tree.files("e2e/", ".test.mjs").flat_map(in_browser);
    rust.chain(browser)
        .filter(|test| !test.named.is_empty())
        .collect()
}

/// `crate::module::path` of a file.
fn module(file: &TextFile) -> String {
    let inside = file.inside().trim_end_matches(".rs");
    let inside = inside
        .strip_prefix("src/")
        .or_else(|| inside.strip_prefix("tests/"))
        .unwrap_or(inside);
    let inside = inside.trim_end_matches("/mod").trim_end_matches("/main");
    let path = inside.replace('/', "::");
    if matches!(inside, "lib" | "main") {
        file.crate_name().to_owned()
    } else {
        format!("{}::{path}", file.crate_name())
    }
}

fn in_rust(file: &TextFile) -> Vec<NamedTest> {
    let module = module(file);
    let mut found = Vec::new();
    let is_test_file = file.inside().starts_with("tests/") || file.inside().contains("/tests/");
    if is_test_file {
        let head: Vec<&str> = file
            .text
            .lines()
            .map_while(|line| line.strip_prefix("//!"))
            .collect();
        found.push(NamedTest {
            name: format!("{module} (the whole file)"),
            named: named(&head.join(" ")),
        });
    }
    let (mut comment, mut attributes, mut open) = (String::new(), String::new(), 0_i32);
    for line in file.text.lines().map(str::trim) {
        if open > 0 || line.starts_with("#[") {
            attributes += line;
            attributes.push(' ');
            open += line.matches('[').count() as i32 - line.matches(']').count() as i32;
        } else if let Some(text) = line.strip_prefix("///") {
            comment += text;
            comment.push(' ');
        } else if !line.is_empty() && !line.starts_with("//") {
            if let Some(name) = function(line).filter(|_| is_test(&attributes)) {
                found.push(NamedTest {
                    name: format!("{module}::{name}"),
                    named: named(&comment),
                });
            }
            comment.clear();
            attributes.clear();
        }
    }
    found
}

fn is_test(attributes: &str) -> bool {
    attributes.contains("#[test]")
        || attributes.contains("::test]")
        || attributes.contains("::test(")
}

fn function(line: &str) -> Option<&str> {
    let mut words = words(line).map(|(_, word)| word);
    words.find(|word| *word == "fn")?;
    words.next()
}

fn in_browser(file: &TextFile) -> Vec<NamedTest> {
    let mut found = Vec::new();
    let head: Vec<&str> = file
        .text
        .lines()
        .map_while(|line| line.strip_prefix("//"))
        .collect();
    found.push(NamedTest {
        name: file.path.clone(),
        named: named(&head.join(" ")),
    });
    let mut comment = String::new();
    for line in file.text.lines().skip(head.len()).map(str::trim) {
        if let Some(text) = line.strip_prefix("//") {
            comment += text;
            comment.push(' ');
            continue;
        }
        if line.starts_with("test(") || line.starts_with("it(") {
            let title = line.split(['\'', '"', '`']).nth(1).unwrap_or_default();
            found.push(NamedTest {
                name: format!("{} «{title}»", file.path),
                named: named(&comment),
            });
        }
        comment.clear();
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{in_browser, in_rust};
    use crate::tree::TextFile;

    #[test]
    fn tests_are_found_with_what_they_name() {
        let text = "//! Row B01: all.\n\n/// Rows C03,\n/// C04: no test.\nfn help() {}\n\n/// Row C05; invariant 9: pays.\n\
                    #[tokio::test]\n#[expect(\n    clippy::x,\n    reason = \"y\"\n)]\nasync fn it_pays() {}\n\n#[test]\nfn silent() {}\n";
        let file = TextFile {
            path: "crates/capability/entitle/tests/it/pay.rs".into(),
            text: text.into(),
        };
        let found = in_rust(&file);
        let names: Vec<(&str, usize, usize)> = found
            .iter()
            .map(|test| {
                (
                    test.name.as_str(),
                    test.named.rows.len(),
                    test.named.invariants.len(),
                )
            })
            .collect();
        assert_eq!(
            names,
            [
                ("entitle::it::pay (the whole file)", 1, 0),
                ("entitle::it::pay::it_pays", 1, 1),
                ("entitle::it::pay::silent", 0, 0)
            ]
        );
    }

    #[test]
    fn browser_tests_name_rows_at_the_top_or_above_the_test() {
        let text = "// Signing in.\n// Row M03.\nimport test from 'node:test'\n\n// Row C01; invariant 14\ntest('the list', async () => {\n})\n";
        let found = in_browser(&TextFile {
            path: "e2e/list.test.mjs".into(),
            text: text.into(),
        });
        assert_eq!(found[0].named.rows.len(), 1);
        assert_eq!(
            (found[1].name.as_str(), found[1].named.invariants.len()),
            ("e2e/list.test.mjs «the list»", 1)
        );
    }
}
