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
    /// 省, 市 or 县, where said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<String>,
    /// For a county's own version of a city's list: the county's code, or a management area's key. `area`
    /// is the city's then, so that 本市户籍 means the same on both lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub county: Option<String>,
    /// Its documents.
    pub documents: Vec<Document>,
    /// The directory of departments (row M02).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub departments: Vec<Department>,
}

/// A department that the documents name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Department {
    /// The name used in this folder.
    pub name: String,
    /// Other spellings that stand in the documents.
    pub also: Vec<String>,
    /// What the documents make it responsible for.
    pub duty: Option<String>,
}

impl PlanHead {
    /// The department's name in this folder, whatever spelling the document uses.
    pub fn department<'a>(&'a self, spelling: &'a str) -> &'a str {
        let known = |d: &&Department| d.name == spelling || d.also.iter().any(|a| a == spelling);
        self.departments
            .iter()
            .find(known)
            .map_or(spelling, |d| d.name.as_str())
    }

    /// The document of this number.
    pub fn document(&self, number: &str) -> Option<&Document> {
        self.documents
            .iter()
            .find(|document| document.number == number)
    }
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
    /// The day it was issued; a draft (送审稿) has none.
    pub issued_on: Option<Day>,
    /// The first day of the plan's period, where it has one.
    pub from: Option<Day>,
    /// The last day of the period.
    pub until: Option<Day>,
    /// 送审稿: not issued.
    pub draft: bool,
    /// 主动公开.
    pub public: bool,
    /// Its registration number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub registered: Option<String>,
    /// Titles of the annexes it names.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub annexes: Vec<String>,
    /// The line it stands on.
    pub line: usize,
}

pub(super) const KEYS: &[&str] = &[
    "format",
    "slug",
    "place",
    "area",
    "level",
    "county",
    "document",
    "department",
];
const DOCUMENT: &[&str] = &[
    "number",
    "title",
    "issuer",
    "issued_on",
    "from",
    "until",
    "draft",
    "public",
    "registered",
    "annexes",
];
const LEVELS: &[&str] = &["省", "市", "县"];
const DEPARTMENT: &[&str] = &["name", "also", "duty"];

pub(super) fn read(top: Row<'_>) -> Option<PlanHead> {
    top.int_needed("format", 1, 1);
    let mut documents: Vec<Document> = Vec::new();
    for row in top.rows("document", DOCUMENT) {
        let (number, title, issuer, issued_on) = (
            row.text("number"),
            row.text("title"),
            row.text("issuer"),
            row.parsed("issued_on"),
        );
        let draft = row.flag("draft").unwrap_or(false);
        if !draft && !row.has("issued_on") {
            row.problem(
                row.line,
                "缺少 issued_on",
                "补上印发日期；送审稿写 draft = true",
            );
        }
        let (from, until): (Option<Day>, Option<Day>) = (row.parsed("from"), row.parsed("until"));
        if from.zip(until).is_some_and(|(from, until)| until < from) {
            row.problem(
                row.line_of("until"),
                "until 早于 from",
                "核对规划期的起止日期",
            );
        }
        let (Some(number), Some(title), Some(issuer)) = (number, title, issuer) else {
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
            draft,
            public: row.flag("public").unwrap_or(false),
            registered: row.text_opt("registered"),
            annexes: row.texts("annexes").unwrap_or_default(),
            line: row.line,
        });
    }
    let level = top
        .has("level")
        .then(|| top.word("level", LEVELS))
        .flatten();
    let (slug, place, area) = (top.text("slug"), top.text("place"), top.area("area"));
    Some(PlanHead {
        slug: slug?,
        place: place?,
        area: area?,
        level,
        county: top.text_opt("county"),
        documents,
        departments: departments(top),
    })
}

fn departments(top: Row<'_>) -> Vec<Department> {
    let mut seen = std::collections::BTreeSet::new();
    let mut out = Vec::new();
    for row in top.rows("department", DEPARTMENT) {
        let Some(name) = row.text("name") else {
            continue;
        };
        let also = row.texts("also").unwrap_or_default();
        for spelling in std::iter::once(&name).chain(&also) {
            if !seen.insert(spelling.clone()) {
                let what = format!("「{spelling}」在部门名录里出现两次");
                row.problem(row.line, what, "一种写法只属于一个部门");
            }
        }
        out.push(Department {
            name,
            also,
            duty: row.text_opt("duty"),
        });
    }
    out
}
