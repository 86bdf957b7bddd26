//! Every quote of the four places stands in its document (row A01; invariant 1).
//!
//! The documents stay out of the repository: where their folder is not beside it, the test says so and passes.

use super::places::book;
use crate::FindingKind::{NoText, QuoteNotInDocument, ValueNotInQuote};
use crate::{Texts, check};
use std::path::Path;

fn documents() -> Option<Vec<String>> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../../shared/seeds");
    let folder = option_env!("LAOYOU_SOURCES").map_or(beside, Into::into);
    let mut texts = Vec::new();
    for entry in std::fs::read_dir(folder).ok()? {
        let path = entry.ok()?.path();
        if path
            .extension()
            .is_some_and(|end| end == "txt" || end == "md")
        {
            texts.push(std::fs::read_to_string(path).ok()?);
        }
    }
    (!texts.is_empty()).then_some(texts)
}

/// No quote is invented, no digit is mistyped.
#[test]
fn every_quote_stands_in_its_document() {
    let Some(documents) = documents() else {
        println!("skipped: no folder of documents (LAOYOU_SOURCES or ../shared/seeds)");
        return;
    };
    let texts = Texts::new(documents.iter().map(String::as_str));
    for place in ["suizhou", "xianning", "chongxin", "shaoyang"] {
        let found = check(&book(place), Some(&texts));
        let wrong: Vec<&str> = found
            .iter()
            .filter(|finding| [NoText, QuoteNotInDocument, ValueNotInQuote].contains(&finding.kind))
            .map(|finding| finding.says.as_str())
            .collect();
        assert_eq!(wrong, [""; 0], "{place}");
    }
}
