//! Checking a folder: its problems, what became of its examples, and what its figures say about each other.

use figures::{Finding, Severity, Texts};
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
    /// Conflicts and slips of the documents; empty where there are problems.
    pub findings: Vec<Finding>,
}

impl Check {
    /// Whether it may be published: it reads, its examples pass, and somebody has looked at every serious
    /// finding.
    pub fn clean(&self) -> bool {
        self.problems.is_empty()
            && self.cases.iter().all(|case| case.pass)
            && self.open().is_empty()
    }

    /// Serious findings that nobody has acknowledged.
    pub fn open(&self) -> Vec<&Finding> {
        let open = |finding: &&Finding| {
            finding.severity == Severity::Serious && finding.acknowledged.is_none()
        };
        self.findings.iter().filter(open).collect()
    }

    /// The examples that fail.
    pub fn failing(&self) -> Vec<&CaseResult> {
        self.cases.iter().filter(|case| !case.pass).collect()
    }
}

/// Checks the files of a folder, without any overlay: examples carry their own assumed values. `texts`
/// are the documents' full texts where they are at hand.
pub fn check(files: &Files, texts: Option<&Texts>) -> Check {
    let list = if files.contains_key(folder::SERVICES) {
        match folder::load(files) {
            Ok(folder) => check_folder(&folder),
            Err(problems) => Check {
                problems,
                ..Check::default()
            },
        }
    } else {
        Check::default()
    };
    match figures::load(files) {
        Ok(book) => Check {
            digest: Some(book.digest.clone()),
            // What the documents say is the city's: a county's list brings them along to quote them.
            findings: if list.problems.is_empty() && book.head.county.is_none() {
                figures::check(&book, texts)
            } else {
                Vec::new()
            },
            ..list
        },
        Err(problems) => {
            let mut all = list.problems;
            all.extend(
                problems
                    .into_iter()
                    .filter(|problem| !all.contains(problem))
                    .collect::<Vec<_>>(),
            );
            Check {
                problems: all,
                ..Check::default()
            }
        }
    }
}

/// Items a list may have.
const MOST_ITEMS: usize = 63;

/// What is wrong with a list of too many items: the county's own count with the city's.
pub(crate) fn too_long(folder: &Folder) -> Option<Problem> {
    let service = folder.services.get(MOST_ITEMS)?;
    let what = format!("清单有 {} 项，最多 {MOST_ITEMS} 项", folder.services.len());
    Some(Problem::at(
        folder::SERVICES,
        service.line,
        what,
        "合并或拆成两份清单",
    ))
}

/// Checks a folder that reads.
pub(crate) fn check_folder(folder: &Folder) -> Check {
    let digest = Some(folder.digest.clone());
    // Answers are kept as bits of a 64-bit number (entitle): a longer list would not be counted.
    if let Some(problem) = too_long(folder) {
        return Check {
            digest,
            problems: vec![problem],
            ..Check::default()
        };
    }
    match compile(folder, None).and_then(|_list| run_cases(folder)) {
        Ok(cases) => Check {
            digest,
            cases,
            ..Check::default()
        },
        Err(problems) => Check {
            digest,
            problems,
            ..Check::default()
        },
    }
}
