//! What a changed item comes to before it is saved: does the list still read, is it below the city's standard, do its
//! examples pass (rows C01, C02; invariant 4).

use crate::county::county_report;
use rules::county::Difference;
use rules::folder::{self, Folder};
use rules::{CaseResult, Files, Problem, compile, run_cases};
use store::{Reads, StoreResult};

/// What was found about one item.
#[derive(Debug, Default)]
pub(crate) struct Checked {
    /// Why the list would not be one; also of other items.
    pub(crate) problems: Vec<Problem>,
    /// Where it differs from the city's, for a county's.
    pub(crate) against: Vec<Difference>,
    /// Its examples that fail.
    pub(crate) failing: Vec<CaseResult>,
    /// Its examples that pass.
    pub(crate) passed: usize,
}

impl Checked {
    /// What is below the city's standard.
    pub(crate) fn below(&self) -> impl Iterator<Item = &Difference> {
        self.against.iter().filter(|one| one.kind.is_fault())
    }

    /// Whether nothing of this item keeps the list from being published.
    pub(crate) fn good(&self) -> bool {
        self.problems.is_empty() && self.failing.is_empty() && self.below().next().is_none()
    }

    /// What stands in the way, as one sentence; empty where nothing does.
    pub(crate) fn trouble(&self) -> String {
        if let Some(below) = self.below().next() {
            let (kind, city, county) = (below.kind.zh(), &below.city, &below.county);
            return format!("{kind}：市级是{city}，县级是{county}。改正以前不能发布。");
        }
        if let Some(failing) = self.failing.first() {
            return format!(
                "样例“{}”不通过：{}。改正以前不能发布。",
                failing.says, failing.why
            );
        }
        let problem = self.problems.first();
        problem.map_or_else(String::new, |problem| {
            format!("{}。{}。改正以前不能发布。", problem.what, problem.remedy)
        })
    }
}

/// Checks an item of edited files.
pub(crate) async fn check(reads: &impl Reads, files: &Files, no: u16) -> StoreResult<Checked> {
    let folder = match folder::load(files) {
        Ok(folder) => folder,
        Err(problems) => {
            return Ok(Checked {
                problems,
                ..Checked::default()
            });
        }
    };
    if let Err(problems) = compile(&folder, None) {
        return Ok(Checked {
            problems,
            ..Checked::default()
        });
    }
    let mut found = Checked::default();
    match run_cases(&folder) {
        Ok(cases) => {
            let own = cases.into_iter().filter(|case| case.service == no);
            let (passed, failing): (Vec<_>, Vec<_>) = own.partition(|case| case.pass);
            (found.passed, found.failing) = (passed.len(), failing);
        }
        Err(problems) => found.problems = problems,
    }
    if folder.plan.county.is_some() {
        match county_report(reads, &folder).await? {
            Some(Ok(report)) => {
                let mut differences = report.differences;
                differences.retain(|one| one.item.trim() == name_of(&folder, no));
                found.against = differences;
            }
            Some(Err(problems)) => found.problems = problems,
            None => {}
        }
    }
    Ok(found)
}

fn name_of(folder: &Folder, no: u16) -> &str {
    let mut services = folder.services.iter();
    let item = services.find(|item| item.no == no);
    item.map_or("", |item| item.name.trim())
}
