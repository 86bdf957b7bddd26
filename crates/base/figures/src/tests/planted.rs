//! Each planted error raises exactly its own finding (rows A01–A11, A21–A53; invariant 2).

use super::folder::{edits, files};
use crate::FindingKind::{NoText, QuoteNotInDocument};
use crate::Severity::{Note, Serious};
use crate::{Book, FindingKind, Severity, Texts, check, load};

const PLANTED: &str = include_str!("folder/planted.toml");

/// Exactly the planted finding, and nothing else.
#[test]
fn planted_errors_are_found_alone() {
    for edit in edits(PLANTED, "planted") {
        let found = check(&edit.book(), None);
        let told: Vec<(&str, &str)> = found
            .iter()
            .map(|finding| (finding.id.as_str(), finding.severity.key()))
            .collect();
        assert_eq!(
            told,
            [(edit.finding.as_str(), edit.severity.as_str())],
            "{}",
            edit.why
        );
        let finding = &found[0];
        assert!(
            edit.finding
                .starts_with(&format!("{}:", finding.kind.key())),
            "{}",
            edit.why
        );
        assert!(
            !finding.places.is_empty() && !finding.settle.is_empty() && !finding.says.is_empty(),
            "{}",
            edit.why
        );
    }
}

/// Every kind of finding is planted at least once.
#[test]
fn every_kind_is_planted() {
    let planted = edits(PLANTED, "planted");
    for (kind, key, _) in FindingKind::ALL {
        let here = planted
            .iter()
            .any(|edit| edit.finding.starts_with(&format!("{key}:")));
        assert!(
            here || [QuoteNotInDocument, NoText].contains(&kind),
            "{key}"
        );
    }
}

/// Texts of the documents as they would be read from files, without `left_out`.
pub(super) fn texts(book: &Book, left_out: &str) -> Vec<String> {
    let of = |number: &str, title: &str| {
        let rows = book.rows.iter().filter(|row| row.source.document == number);
        let said = rows.flat_map(|row| {
            let own = row
                .figures
                .iter()
                .filter_map(|figure| figure.quote.as_deref());
            let clause = [
                Some(row.source.quote.as_str()),
                row.text.as_deref(),
                row.due_says.as_deref(),
            ];
            clause.into_iter().flatten().chain(own).collect::<Vec<_>>()
        });
        let body = said.collect::<Vec<_>>().join("。\n");
        format!(
            "{title}\n{number}\n{}",
            body.replace(left_out, if left_out.is_empty() { "" } else { "……" })
        )
    };
    book.head
        .documents
        .iter()
        .map(|document| of(&document.number, &document.title))
        .collect()
}

/// A quote that does not stand in its document; a document whose text is not at hand.
#[test]
fn quotes_are_looked_up_in_the_documents() {
    let book = load(&files()).unwrap();
    let all = texts(&book, "甲县福利院");
    let found = check(&book, Some(&Texts::new(all.iter().map(String::as_str))));
    let told: Vec<(&str, FindingKind, Severity)> = found
        .iter()
        .map(|finding| (finding.id.as_str(), finding.kind, finding.severity))
        .collect();
    let id = "quote_not_in_document:p_home:甲县福利院|改扩建|52";
    assert_eq!(told, [(id, QuoteNotInDocument, Serious)]);

    let all = texts(&book, "");
    let found = check(
        &book,
        Some(&Texts::new(all.iter().take(1).map(String::as_str))),
    );
    let told: Vec<(&str, FindingKind, Severity)> = found
        .iter()
        .map(|finding| (finding.id.as_str(), finding.kind, finding.severity))
        .collect();
    assert_eq!(told, [("no_text:测政办发〔2022〕30号", NoText, Note)]);
}

/// Full-width digits and whitespace of a document do not hide a quote.
#[test]
fn typography_does_not_hide_a_quote() {
    let book = load(&files()).unwrap();
    let wide = |text: &String| {
        text.replace('0', "０")
            .replace('%', " ％ ")
            .replace('（', "(")
    };
    let all: Vec<String> = texts(&book, "").iter().map(wide).collect();
    let found = check(&book, Some(&Texts::new(all.iter().map(String::as_str))));
    assert_eq!(found, []);
}
