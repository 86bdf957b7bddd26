//! Clean figures raise no finding (rows A01, A21).

use super::folder::{edits, files};
use crate::{Texts, check, load};

/// Tables by year and class, ratios, flows, dated tasks, percents, two documents: nothing to find.
#[test]
fn clean_figures_raise_none() {
    let book = load(&files()).unwrap();
    assert!(book.rows.len() >= 40, "{} rows", book.rows.len());
    let found: Vec<String> = check(&book, None)
        .into_iter()
        .map(|finding| finding.says)
        .collect();
    assert_eq!(found, [""; 0]);
}

/// With the documents at hand too: every quote, clause and deadline stands in its document.
#[test]
fn clean_quotes_raise_none() {
    let book = load(&files()).unwrap();
    let texts = super::planted::texts(&book, "");
    let texts = Texts::new(texts.iter().map(String::as_str));
    let found: Vec<String> = check(&book, Some(&texts))
        .into_iter()
        .map(|finding| finding.says)
        .collect();
    assert_eq!(found, [""; 0]);
}

/// Other ways to write the same, and figures about something else, raise nothing either.
#[test]
fn harmless_differences_raise_none() {
    for edit in edits(include_str!("folder/harmless.toml"), "harmless") {
        let found: Vec<String> = check(&edit.book(), None)
            .into_iter()
            .map(|finding| finding.says)
            .collect();
        assert_eq!(found, [""; 0], "{}", edit.why);
    }
}
