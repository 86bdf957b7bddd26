//! `laoyou plan show DIR --format json`: a folder as one JSON document, complete and in a fixed order.

use rules::folder::{self, Folder};
use rules::{Files, Problem};
use serde::Serialize;
use serde_json::Value;

/// The folder's parts in the order of docs/plan-format.md; keys keep the order of the format.
#[derive(Serialize)]
struct Shown<'a> {
    format: u32,
    digest: &'a str,
    plan: &'a folder::PlanHead,
    list: &'a folder::ListHead,
    services: &'a [folder::Service],
    cases: &'a [folder::Case],
    programmes: &'a [folder::Programme],
    params: &'a [folder::Param],
    areas: &'a folder::Areas,
}

/// The files as JSON, or what does not read.
pub fn show_json(files: &Files) -> Result<Value, Vec<Problem>> {
    let Folder {
        plan,
        list,
        services,
        cases,
        programmes,
        params,
        areas,
        digest,
    } = folder::load(files)?;
    let shown = Shown {
        format: 1,
        digest: &digest,
        plan: &plan,
        list: &list,
        services: &services,
        cases: &cases,
        programmes: &programmes,
        params: &params,
        areas: &areas,
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
