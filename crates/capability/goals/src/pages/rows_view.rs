//! What the lists of rows and the page of one row show alike: values as printed, departments, findings.

use super::reading::Reading;
use figures::{Book, Figure, FindingKind, Num, Op, Role, Row, Severity};
use std::cmp::Ordering;

/// A value as printed, with what the reader must know beside it.
pub(crate) struct Value {
    /// As printed: `≥60%`.
    pub(crate) text: String,
    /// The measure's unit where the document prints none; shown in brackets.
    pub(crate) unit: String,
    /// `2025年`; empty where the document names none.
    pub(crate) when: String,
    /// 估计数.
    pub(crate) estimate: bool,
    /// The words printed instead of digits.
    pub(crate) says: String,
    /// What it is in its row.
    pub(crate) role: &'static str,
}

impl Value {
    pub(crate) fn of(book: &Book, figure: &Figure) -> Self {
        let full = figure.zh();
        let text = full.strip_suffix("（估计数）").unwrap_or(&full).to_owned();
        let unit = match &figure.unit {
            Some(_) => String::new(),
            None => book
                .measures
                .get(&figure.measure)
                .map_or_else(String::new, |m| m.unit.clone()),
        };
        Self {
            text,
            unit,
            when: figure.when(),
            estimate: figure.estimate,
            says: figure.says.clone().unwrap_or_default(),
            role: figure.role.zh(),
        }
    }
}

/// 基数: what the row says is.
pub(crate) fn baselines(row: &Row) -> impl Iterator<Item = &Figure> {
    row.figures.iter().filter(|figure| figure.role.is_state())
}

/// 目标: everything else.
pub(crate) fn goals(row: &Row) -> impl Iterator<Item = &Figure> {
    row.figures.iter().filter(|figure| !figure.role.is_state())
}

/// A difference; `unit` is the measure's where the document prints none.
pub(crate) struct Raise {
    pub(crate) text: String,
    pub(crate) unit: String,
}

/// How far the target lies from the baseline, where both are exact and in one unit: `+14.5个百分点`.
pub(crate) fn raise(book: &Book, row: &Row) -> Option<Raise> {
    let exact = |f: &&Figure| f.op == Op::Equal && f.upto.is_none() && !f.flow && !f.each_year;
    let target = row
        .of_role(Role::Target)
        .filter(exact)
        .max_by_key(|f| f.year)?;
    let base = |f: &Figure| f.unit.as_ref().map(|unit| unit.base.clone());
    let mut same = baselines(row).filter(exact).filter(|f| {
        (&f.measure, f.area, f.per, &f.class)
            == (&target.measure, target.area, target.per, &target.class)
            && base(f) == base(target)
    });
    let from = same.next()?;
    if same.next().is_some() {
        return None;
    }
    let (low, high, unit) = if from.unit == target.unit {
        let unit = target.unit.as_ref().map(|unit| unit.printed.clone());
        (from.value, target.value, unit)
    } else {
        (from.amount(), target.amount(), base(target))
    };
    let (printed, unit) = match unit.as_deref() {
        Some("%" | "％") => ("个百分点".to_owned(), String::new()),
        Some(unit) => (unit.to_owned(), String::new()),
        None => (
            String::new(),
            book.measures.get(&target.measure)?.unit.clone(),
        ),
    };
    let text = match high.cmp(&low) {
        Ordering::Equal => {
            return Some(Raise {
                text: "持平".to_owned(),
                unit: String::new(),
            });
        }
        Ordering::Greater => format!("+{}{printed}", grouped(low.distance(high))),
        Ordering::Less => format!("−{}{printed}", grouped(low.distance(high))),
    };
    Some(Raise { text, unit })
}

/// With separators of thousands; computed values only, printed ones keep their digits.
fn grouped(number: Num) -> String {
    let text = number.to_string();
    let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
    let whole = whole.parse().map_or_else(|_| whole.to_owned(), ui::grouped);
    if part.is_empty() {
        whole
    } else {
        format!("{whole}.{part}")
    }
}

/// The way to the target year by year, from dated tasks of the same measure and document:
/// `2023年 ≥90% → 2024年 ≥95% → 2025年 100%`. Empty where only one year is named.
pub(crate) fn path(book: &Book, row: &Row) -> String {
    let Some(target) = goals(row).find(|f| f.role == Role::Target && f.year.is_some()) else {
        return String::new();
    };
    let mut steps: Vec<(i32, Vec<String>)> = Vec::new();
    for (other, figure) in book.figures() {
        let one_thing = other.source.document == row.source.document
            && figure.measure == target.measure
            && matches!(figure.role, Role::Target | Role::Task)
            && (figure.per, figure.area) == (target.per, target.area)
            && figure.class.is_none()
            && figure.flow == target.flow;
        let Some(year) = figure.year.filter(|_| one_thing) else {
            continue;
        };
        let value = Value::of(book, figure).text;
        match steps.iter_mut().find(|(known, _)| *known == year) {
            Some((_, values)) if values.contains(&value) => {}
            Some((_, values)) => values.push(value),
            None => steps.push((year, vec![value])),
        }
    }
    if steps.len() < 2 {
        return String::new();
    }
    steps.sort_by_key(|(year, _)| *year);
    let words: Vec<String> = steps
        .iter()
        .map(|(year, values)| format!("{year}年 {}", values.join("、")))
        .collect();
    words.join(" → ")
}

/// Where the row stands: `表2 第5项`, `附件2（2023年）第5项`, or the section of the text.
pub(crate) fn stands(row: &Row) -> String {
    use figures::Kind;
    match &row.kind {
        Kind::Indicator {
            table: Some(table),
            no: Some(no),
            ..
        } => format!("{table} 第{no}项"),
        Kind::Indicator {
            table: Some(table), ..
        } => table.clone(),
        _ => row.source.section.clone(),
    }
}

/// The mark of a row that a finding is about.
pub(crate) struct Mark {
    pub(crate) kind: &'static str,
    pub(crate) text: String,
    pub(crate) href: String,
}

/// What the findings say about a row: how many, coloured by the worst; an acknowledged conflict is
/// still one. Baselines without a year have their own words in the list and name only the first rows
/// of a table.
pub(crate) fn mark(reading: &Reading, row: &Row) -> Option<Mark> {
    let mut found = reading.findings_of(&row.id);
    found.retain(|finding| finding.kind != FindingKind::UndatedBaseline);
    let worst = found.iter().map(|finding| finding.severity).min()?;
    let known = found.iter().all(|finding| finding.acknowledged.is_some());
    let href = match found.as_slice() {
        [one] => reading.finding_href(&one.id),
        _ => reading.row_href(&row.id),
    };
    let known = if known { "，已确认" } else { "" };
    Some(Mark {
        kind: severity_pill(worst),
        text: format!("{} {}处{known}", worst.zh(), found.len()),
        href,
    })
}

/// The colour of a severity.
pub(crate) const fn severity_pill(severity: Severity) -> &'static str {
    match severity {
        Severity::Serious => "danger",
        Severity::Minor => "warn",
        Severity::Note => "info",
    }
}

/// Who below the city must do it, as a pill; empty where only departments.
pub(crate) fn executors(row: &Row) -> &'static str {
    match row.executors() {
        figures::Executors::Departments => "",
        figures::Executors::Counties => "县市区",
        figures::Executors::CountiesAndCommittees => "县市区及管委会",
    }
}

/// Documents of the place whose period is over: `2025年12月31日`.
pub(crate) fn periods_over(reading: &Reading, today: kernel::Day) -> Vec<String> {
    let documents = &reading.book.head.documents;
    let over = |until: kernel::Day| until < today;
    let ended: Vec<_> = documents
        .iter()
        .filter_map(|d| d.until.filter(|day| over(*day)).map(|day| (d, day)))
        .collect();
    let mut days: Vec<kernel::Day> = ended.iter().map(|(_, day)| *day).collect();
    days.dedup();
    match days.as_slice() {
        [day] if ended.len() == documents.len() => {
            vec![format!("规划期已到（{}），以下为规划要求。", day.zh())]
        }
        _ => ended
            .iter()
            .map(|(d, day)| {
                format!(
                    "{} 规划期已到（{}），它的各项为规划要求。",
                    d.number,
                    day.zh()
                )
            })
            .collect(),
    }
}
