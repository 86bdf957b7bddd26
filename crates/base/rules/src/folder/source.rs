//! Where a row comes from: a clause of a document of the plan, or a stated basis.

use super::reader::Row;
use serde::Serialize;

/// The origin of a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Source {
    /// A clause of a document of the plan.
    Document {
        /// The document's number.
        document: String,
        /// The section.
        section: String,
        /// A short verbatim quote.
        quote: String,
    },
    /// Something else, said in Chinese.
    Basis {
        /// Where the value comes from.
        basis: String,
    },
}

/// Its keys.
pub const KEYS: &[&str] = &["document", "section", "quote", "basis"];

/// Reads `source`; a document that `plan.toml` does not name is a problem.
pub fn read(row: Row<'_>, documents: &[String]) -> Option<Source> {
    let source = row.row_needed("source", KEYS)?;
    if source.has("basis") {
        for key in ["document", "section", "quote"] {
            if source.has(key) {
                let what = format!("source 同时写了 basis 和 {key}");
                source.problem(
                    source.line,
                    what,
                    "出自规划文件写 document、section、quote，否则只写 basis",
                );
            }
        }
        return source.text("basis").map(|basis| Source::Basis { basis });
    }
    let (document, section, quote) = (
        source.text("document"),
        source.text("section"),
        source.text("quote"),
    );
    let document = document?;
    if !documents.contains(&document) {
        let what = format!("plan.toml 没有文号「{document}」");
        source.problem(source.line, what, "在 plan.toml 登记这份文件，或改写 basis");
        return None;
    }
    Some(Source::Document {
        document,
        section: section?,
        quote: quote?,
    })
}
