//! docs/coverage.md: which test holds which row and which invariant.

use crate::rows::{INVARIANTS, ROWS};
use crate::tests_named::{NamedTest, find};
use crate::tree::Tree;

pub(crate) const PATH: &str = "docs/coverage.md";

const HEAD: &str = "\
# Which test holds what

Written by `cargo xtask coverage --write` from the comments above the tests (`/// Rows B01, M03; invariant 10: …`); do \
not edit. A test is `crate::file::name`, or the path of a browser test.
";

pub(crate) fn text(tree: &Tree) -> String {
    print(&find(tree))
}

fn print(tests: &[NamedTest]) -> String {
    let of = |holds: &dyn Fn(&NamedTest) -> bool| {
        let names: Vec<String> = tests
            .iter()
            .filter(|test| holds(test))
            .map(|test| format!("`{}`", test.name))
            .collect();
        if names.is_empty() {
            "not yet".to_owned()
        } else {
            names.join("<br>")
        }
    };
    let mut text =
        format!("{HEAD}\n## Rows of the matrix\n\n| row | what | tests |\n|---|---|---|\n");
    for (id, what) in ROWS {
        text += &format!(
            "| {id} | {what} | {} |\n",
            of(&|test| test.named.rows.contains(*id))
        );
    }
    text += "\n## Invariants\n\n| no | what | tests |\n|---|---|---|\n";
    for (number, what) in INVARIANTS {
        text += &format!(
            "| {number} | {what} | {} |\n",
            of(&|test| test.named.invariants.contains(number))
        );
    }
    text
}

/// Rows that a test names and that are not in work now: a slip of the pen, or work of another issue.
pub(crate) fn other_rows(tree: &Tree) -> Vec<String> {
    let listed = |row: &str| ROWS.iter().any(|(id, _)| *id == row);
    find(tree)
        .iter()
        .flat_map(|test| {
            test.named
                .rows
                .iter()
                .filter(|row| !listed(row))
                .map(|row| {
                    format!(
                        "{} names row {row}, which is not in the list of xtask/src/rows.rs",
                        test.name
                    )
                })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::print;
    use crate::rows::named;
    use crate::tests_named::NamedTest;

    #[test]
    fn a_row_lists_its_tests_or_says_not_yet() {
        let text = print(&[NamedTest {
            name: "plan::it::life".into(),
            named: named("Row C01; invariant 4"),
        }]);
        assert!(text.contains("| C01 | 基本养老服务清单 | `plan::it::life` |"));
        assert!(text.contains("| C02 | 基本养老托育服务清单 适时调整 | not yet |"));
        assert!(text.contains("| 4 | fail closed | `plan::it::life` |"));
    }
}
