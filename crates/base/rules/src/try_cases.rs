//! Runs the examples of a folder: publishing is refused while one fails.

use crate::folder::{Case, DatedValue, Folder, Overlay, OverlayValues};
use crate::list::List;
use crate::{Answer, ItemAnswer, Problem, Truth, compile};
use kernel::Day;
use serde::Serialize;

/// What became of an example.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CaseResult {
    /// What the example shows.
    pub says: String,
    /// The item.
    pub service: u16,
    /// The line it stands on.
    pub line: usize,
    /// The expected answer.
    pub expected: Answer,
    /// The answer.
    pub got: Answer,
    /// Whether everything is as expected.
    pub pass: bool,
    /// What differs, in Chinese; empty where it passes.
    pub why: String,
}

/// Runs all examples of a folder, without any overlay.
pub fn run_cases(folder: &Folder) -> Result<Vec<CaseResult>, Vec<Problem>> {
    let list = compile(folder, None)?;
    Ok(folder.cases.iter().map(|case| run(&list, case)).collect())
}

fn run(list: &List, case: &Case) -> CaseResult {
    let assumed;
    let list = if case.params.is_empty() {
        list
    } else {
        assumed = list.with_values(&assumption(case));
        &assumed
    };
    let answer = list
        .answer(&case.facts, case.as_of)
        .into_iter()
        .find(|a| a.no == case.service);
    let Some(answer) = answer else {
        return result(
            case,
            Answer::Unknown,
            vec![format!("清单没有第 {} 项", case.service)],
        );
    };
    let mut why = Vec::new();
    let got = Answer::from(answer.answer);
    if got != case.expect {
        why.push(format!("应为{}，得到{}", case.expect.zh(), got.zh()));
        why.extend(reasons(list, case));
    }
    why.extend(differences(list, case, &answer));
    result(case, got, why)
}

fn result(case: &Case, got: Answer, why: Vec<String>) -> CaseResult {
    CaseResult {
        says: case.says.clone(),
        service: case.service,
        line: case.line,
        expected: case.expect,
        got,
        pass: why.is_empty(),
        why: why.join("；"),
    }
}

/// The assumed values, in force from the first day of the calendar.
fn assumption(case: &Case) -> Overlay {
    let from = Day::from_ymd(1, 1, 1).unwrap_or(case.as_of);
    let values = case.params.iter().map(|(name, value)| OverlayValues {
        name: name.clone(),
        values: vec![DatedValue {
            from,
            area: None,
            urban: None,
            value: value.clone(),
            line: case.line,
        }],
        line: case.line,
    });
    Overlay {
        values: values.collect(),
        digest: String::new(),
    }
}

fn differences(list: &List, case: &Case, answer: &ItemAnswer) -> Vec<String> {
    let mut why = Vec::new();
    let fen =
        |fen: Option<i64>| fen.map_or_else(|| "没有金额".to_owned(), |fen| format!("{fen} 分"));
    if case.fen.is_some() && case.fen != answer.fen {
        why.push(format!(
            "金额应为 {}，得到 {}",
            fen(case.fen),
            fen(answer.fen)
        ));
    }
    let has_amount = list
        .item(case.service)
        .is_some_and(|item| item.amount.is_some());
    if case.fen_unknown && (answer.answer != Truth::True || answer.fen.is_some() || !has_amount) {
        why.push(format!("金额应为未定，得到 {}", fen(answer.fen)));
    }
    if case.tier.is_some() && case.tier != answer.tier {
        let tier = |tier: &Option<String>| tier.clone().unwrap_or_else(|| "没有".to_owned());
        why.push(format!(
            "档次应为{}，得到{}",
            tier(&case.tier),
            tier(&answer.tier)
        ));
    }
    if let Some(expected) = &case.missing {
        let got: Vec<String> = answer.missing.iter().map(ToString::to_string).collect();
        if *expected != got {
            why.push(format!(
                "缺少应为 [{}]，得到 [{}]",
                expected.join("、"),
                got.join("、")
            ));
        }
    }
    why
}

/// How each condition stands, for somebody looking for the wrong one.
fn reasons(list: &List, case: &Case) -> Vec<String> {
    let explained = list.explain(&case.facts, &|_| None, case.as_of);
    let item = explained
        .answers
        .into_iter()
        .find(|item| item.no == case.service);
    let conditions = item.into_iter().flat_map(|item| item.conditions);
    conditions
        .map(|condition| format!("「{}」{}", condition.says, condition.truth.zh()))
        .collect()
}
