//! Checking a folder: its problems, and what became of its examples.

use rules::folder::{self, Folder};
use rules::{CaseResult, Files, Problem, compile, run_cases};
use serde::Serialize;

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Check {
    /// SM3 of the folder, where it reads.
    pub digest: Option<String>,
    /// What does not read, type or resolve.
    pub problems: Vec<Problem>,
    /// All examples with their results; empty where there are problems.
    pub cases: Vec<CaseResult>,
}

impl Check {
    /// Whether it may be published.
    pub fn clean(&self) -> bool {
        self.problems.is_empty() && self.cases.iter().all(|case| case.pass)
    }

    /// The examples that fail.
    pub fn failing(&self) -> Vec<&CaseResult> {
        self.cases.iter().filter(|case| !case.pass).collect()
    }
}

/// Checks the files of a folder, without any overlay: examples carry their own assumed values.
pub fn check(files: &Files) -> Check {
    match folder::load(files) {
        Ok(folder) => check_folder(&folder),
        Err(problems) => Check {
            problems,
            ..Check::default()
        },
    }
}

/// Items a list may have.
const MOST_ITEMS: usize = 63;

/// Checks a folder that reads.
pub(crate) fn check_folder(folder: &Folder) -> Check {
    let digest = Some(folder.digest.clone());
    // Answers are kept as bits of a 64-bit number (entitle): a longer list would not be counted.
    if let Some(service) = folder.services.get(MOST_ITEMS) {
        let what = format!("清单有 {} 项，最多 {MOST_ITEMS} 项", folder.services.len());
        let problem = Problem::at(folder::SERVICES, service.line, what, "合并或拆成两份清单");
        return Check {
            digest,
            problems: vec![problem],
            cases: Vec::new(),
        };
    }
    match compile(folder, None).and_then(|_list| run_cases(folder)) {
        Ok(cases) => Check {
            digest,
            problems: Vec::new(),
            cases,
        },
        Err(problems) => Check {
            digest,
            problems,
            cases: Vec::new(),
        },
    }
}
