//! `plan.toml`: the place and its documents.

use super::reader::Row;
use kernel::{AreaCode, Day};
use serde::Serialize;

/// The place of a plan and the documents its rows quote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlanHead {
    /// The folder's short name.
    pub slug: String,
    /// The name of the place.
    pub place: String,
    /// Its area: what lies inside is local.
    pub area: AreaCode,
    /// Its documents.
    pub documents: Vec<Document>,
}

/// A document of the plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Document {
    /// 文号.
    pub number: String,
    /// The title.
    pub title: String,
    /// Who issued it.
    pub issuer: String,
    /// The day it was issued.
    pub issued_on: Day,
    /// The first day of the plan's period, where it has one.
    pub from: Option<Day>,
    /// The last day of the period.
    pub until: Option<Day>,
    /// The line it stands on.
    pub line: usize,
}

pub(super) const KEYS: &[&str] = &["format", "slug", "place", "area", "document"];
const DOCUMENT: &[&str] = &["number", "title", "issuer", "issued_on", "from", "until"];

pub(super) fn read(top: Row<'_>) -> Option<PlanHead> {
    top.int_needed("format", 1, 1);
    let mut documents: Vec<Document> = Vec::new();
    for row in top.rows("document", DOCUMENT) {
        let (number, title, issuer, issued_on) = (
            row.text("number"),
            row.text("title"),
            row.text("issuer"),
            row.day("issued_on"),
        );
        let (from, until): (Option<Day>, Option<Day>) = (row.parsed("from"), row.parsed("until"));
        if from.zip(until).is_some_and(|(from, until)| until < from) {
            row.problem(
                row.line_of("until"),
                "until 早于 from",
                "核对规划期的起止日期",
            );
        }
        let (Some(number), Some(title), Some(issuer), Some(issued_on)) =
            (number, title, issuer, issued_on)
        else {
            continue;
        };
        if let Some(first) = documents.iter().find(|document| document.number == number) {
            let what = format!("文号「{number}」在第 {} 行已登记", first.line);
            row.problem(row.line, what, "每份文件只登记一次");
        }
        documents.push(Document {
            number,
            title,
            issuer,
            issued_on,
            from,
            until,
            line: row.line,
        });
    }
    let (slug, place, area) = (top.text("slug"), top.text("place"), top.area("area"));
    Some(PlanHead {
        slug: slug?,
        place: place?,
        area: area?,
        documents,
    })
}
