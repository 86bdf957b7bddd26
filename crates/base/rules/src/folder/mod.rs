//! The plan folder (docs/plan-format.md) as plain data; all problems of a folder are told at once.

mod areas;
mod cases;
mod check;
mod digest;
pub(crate) mod params;
mod plan;
mod programmes;
pub mod reader;
mod services;
pub mod source;
mod words;

pub use areas::{Areas, County, Management, Town, Village};
pub use cases::Case;
pub use params::{DatedValue, OVERLAY_FILE, Overlay, OverlayValues, Param, ParamValue, overlay};
pub use plan::{Document, PlanHead};
pub use programmes::Programme;
pub use services::{Benefit, Class, Clause, Formula, ListHead, Service, TierRow};
pub use source::Source;
pub use words::{
    ACCESS, AreaBasis, Beneficiary, BenefitKind, Cycle, ParamUnit, Payee, SERVICE_TYPES, Unit,
};

use crate::nearest::nearest;
use crate::{Files, Problem};
use reader::{Doc, Row};
use serde::Serialize;

/// The file of the place and its documents.
pub const PLAN: &str = "plan.toml";
/// The file of the list.
pub const SERVICES: &str = "services.toml";
/// The file of the examples.
pub const CASES: &str = "services.cases.toml";
/// The file of what is decided and paid.
pub const PROGRAMMES: &str = "programmes.toml";
/// The file of the dated values.
pub const PARAMS: &str = "params.toml";
/// The file of the area trees.
pub const AREAS: &str = "areas.toml";
/// Files of a plan folder that other rooms read (design.md, "The plan folder").
pub const OTHERS: &[&str] = &[
    "indicators.toml",
    "tasks.toml",
    "procedures.toml",
    "capacity.toml",
    "standards.toml",
    "measures.toml",
    "acknowledged.toml",
];

/// SM3 over the files' names, lengths and texts: what names a version.
pub fn digest_of(files: &Files) -> String {
    digest::of_files(files)
}

/// SM3 over one text.
pub(crate) fn digest_of_text(text: &str) -> String {
    digest::of_text(text)
}

/// Reads `plan.toml` alone: a folder without a list has a head too.
pub fn head(files: &Files) -> Result<PlanHead, Vec<Problem>> {
    let mut problems = stray_files(files);
    let plan = read_file(files, PLAN, plan::KEYS, true, &mut problems, plan::read).flatten();
    plan.filter(|_| problems.is_empty()).ok_or(problems)
}

/// Reads `areas.toml` alone; a folder without it has no trees.
pub fn areas_of(files: &Files, head: &PlanHead) -> Result<Areas, Vec<Problem>> {
    let documents: Vec<String> = head.documents.iter().map(|d| d.number.clone()).collect();
    let mut problems = Vec::new();
    let areas = read_file(files, AREAS, areas::KEYS, false, &mut problems, |top| {
        areas::read(top, &documents, Some(head.area))
    });
    if problems.is_empty() {
        Ok(areas.unwrap_or_default())
    } else {
        Err(problems)
    }
}

/// A plan folder, read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Folder {
    /// The place and its documents.
    pub plan: PlanHead,
    /// The head of the list.
    pub list: ListHead,
    /// The items of the list, by number.
    pub services: Vec<Service>,
    /// The examples.
    pub cases: Vec<Case>,
    /// What is decided and paid.
    pub programmes: Vec<Programme>,
    /// The dated values.
    pub params: Vec<Param>,
    /// The area trees.
    pub areas: Areas,
    /// SM3 over the files' names, lengths and texts.
    pub digest: String,
}

/// Reads the files of a folder; `plan.toml` and `services.toml` must be there.
pub fn load(files: &Files) -> Result<Folder, Vec<Problem>> {
    let mut problems = stray_files(files);
    let plan = read_file(files, PLAN, plan::KEYS, true, &mut problems, plan::read).flatten();
    let documents: Vec<String> = plan
        .iter()
        .flat_map(|plan| &plan.documents)
        .map(|d| d.number.clone())
        .collect();
    let documents = documents.as_slice();
    let place = plan.as_ref().map(|plan| plan.area);
    let services = read_file(
        files,
        SERVICES,
        services::KEYS,
        true,
        &mut problems,
        |top| {
            (
                services::read_head(top, documents),
                services::read(top, documents),
            )
        },
    );
    let params = read_file(files, PARAMS, params::KEYS, false, &mut problems, |top| {
        params::read(top, documents)
    });
    let programmes = read_file(
        files,
        PROGRAMMES,
        programmes::KEYS,
        false,
        &mut problems,
        |top| programmes::read(top, documents),
    );
    let cases = read_file(files, CASES, cases::KEYS, false, &mut problems, cases::read);
    let areas = read_file(files, AREAS, areas::KEYS, false, &mut problems, |top| {
        areas::read(top, documents, place)
    });
    let (Some(plan), Some((Some(list), services))) = (plan, services) else {
        return Err(problems);
    };
    let folder = Folder {
        plan,
        list,
        services,
        cases: cases.unwrap_or_default(),
        programmes: programmes.unwrap_or_default(),
        params: params.unwrap_or_default(),
        areas: areas.unwrap_or_default(),
        digest: digest::of_files(files),
    };
    if problems.is_empty() {
        problems = check::folder(&folder);
    }
    if problems.is_empty() {
        Ok(folder)
    } else {
        Err(problems)
    }
}

fn stray_files(files: &Files) -> Vec<Problem> {
    let known = [PLAN, SERVICES, CASES, PROGRAMMES, PARAMS, AREAS];
    let known = || known.iter().chain(OTHERS).copied();
    let stray = files
        .keys()
        .filter(|name| is_toml(name) && !known().any(|k| k == *name));
    let problem = |name: &String| {
        let remedy = nearest(name, known()).map_or_else(
            || "移出规划文件夹".to_owned(),
            |near| format!("是不是 {near}？"),
        );
        Problem::at(name, 1, "规划文件夹里没有这种文件", remedy)
    };
    stray.map(problem).collect()
}

fn is_toml(name: &str) -> bool {
    std::path::Path::new(name)
        .extension()
        .is_some_and(|end| end.eq_ignore_ascii_case("toml"))
}

fn read_file<T>(
    files: &Files,
    name: &str,
    keys: &[&str],
    needed: bool,
    problems: &mut Vec<Problem>,
    read: impl FnOnce(Row<'_>) -> T,
) -> Option<T> {
    let Some(text) = files.get(name) else {
        if needed {
            problems.push(Problem::at(
                name,
                1,
                "规划文件夹里没有这个文件",
                "补上这个文件",
            ));
        }
        return None;
    };
    let doc = Doc::new(name, text);
    let table = doc.parse();
    let found = table
        .as_ref()
        .map(|table| read(Row::top(&doc, table, keys)));
    drop(table);
    problems.extend(doc.into_problems());
    found
}
