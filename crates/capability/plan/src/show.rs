//! `laoyou plan show DIR --format json`: a folder as one JSON document, complete and in a fixed order.

use rules::folder::{self, Folder};
use rules::{Files, Problem};
use serde::Serialize;
use serde_json::Value;

/// The folder's parts in the order of docs/plan-format.md; keys keep the order of the format. Parts of the
/// list are left out where the folder has none.
#[derive(Serialize)]
struct Shown<'a> {
    format: u32,
    digest: &'a str,
    plan: &'a folder::PlanHead,
    #[serde(flatten)]
    list: Option<ShownList<'a>>,
    #[serde(flatten)]
    figures: figures::BookView<'a>,
    findings: Vec<figures::Finding>,
}

#[derive(Serialize)]
struct ShownList<'a> {
    list: &'a folder::ListHead,
    services: &'a [folder::Service],
    cases: &'a [folder::Case],
    programmes: &'a [folder::Programme],
    params: &'a [folder::Param],
    areas: &'a folder::Areas,
}

/// The files as JSON (docs/plan.schema.json), or what does not read.
pub fn show_json(files: &Files) -> Result<Value, Vec<Problem>> {
    let list = files
        .contains_key(folder::SERVICES)
        .then(|| folder::load(files))
        .transpose()?;
    let book = figures::load(files)?;
    let shown = Shown {
        format: 1,
        digest: &book.digest,
        plan: &book.head,
        list: list.as_ref().map(shown_list),
        figures: book.view(),
        findings: figures::check(&book, None),
    };
    serde_json::to_value(&shown).map_err(|error| {
        vec![Problem::at(
            folder::PLAN,
            1,
            error.to_string(),
            "请报告这个错误",
        )]
    })
}

fn shown_list(folder: &Folder) -> ShownList<'_> {
    ShownList {
        list: &folder.list,
        services: &folder.services,
        cases: &folder.cases,
        programmes: &folder.programmes,
        params: &folder.params,
        areas: &folder.areas,
    }
}
