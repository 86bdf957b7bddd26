//! What a plan wants of a measure: its goals with baseline and path, one of them leading.
//!
//! Rows A03, A04, A08–A10. Goals that differ are kept side by side and never merged (invariant 2); the one
//! that the dashboard shows first is chosen by a stated order ([`RULE`]).

use crate::standing::Goal;
use figures::{Better, Book, Figure, Kind, Measure, Num, Op, Role, Row, Unit};
use kernel::Day;
use std::collections::BTreeMap;

/// The order of goals, in words for the page.
pub(crate) const RULE: &str = "同一指标有几处目标的：先看指标表里的目标，再看正文里的目标，最后看年度任务；同一类里以印发较晚的文件、年份较晚的为先。其余目标并列显示，不合并。";

/// A goal and where it stands.
#[derive(Debug, Clone)]
pub(crate) struct Aim {
    /// Row of the plan.
    pub(crate) row: String,
    /// Its name.
    pub(crate) row_name: String,
    /// As printed: `≥60%`.
    pub(crate) says: String,
    /// `2025年`, `2023–2025年`.
    pub(crate) when: String,
    /// The document's number and section.
    pub(crate) stands: String,
    /// The quote.
    pub(crate) quote: String,
    /// 责任单位, lead first.
    pub(crate) departments: Vec<String>,
    /// The baseline as printed, empty where none.
    pub(crate) baseline: String,
    /// What is computed with.
    pub(crate) goal: Goal,
}

/// A measure of the plan with its goals, the leading one first.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    /// The measure.
    pub(crate) measure: Measure,
    /// The unit values are typed and shown in: the leading goal's.
    pub(crate) unit: Unit,
    /// Values are what was added since 1 January (新增、完成).
    pub(crate) flow: bool,
    /// `平均每个县（市、区）` where the goal is an average.
    pub(crate) per: &'static str,
    /// Goals, the leading one first; never empty.
    pub(crate) aims: Vec<Aim>,
}

impl Target {
    /// The goal shown first.
    pub(crate) fn leading(&self) -> Option<&Aim> {
        self.aims.first()
    }

    /// What its row defines, else the measure's name.
    pub(crate) fn name(&self) -> &str {
        &self.measure.name
    }

    /// Values of it are percentages, or quotients that can be compared between areas.
    pub(crate) fn comparable(&self) -> bool {
        self.measure.is_percent() || self.measure.ratio.is_some() || !self.per.is_empty()
    }
}

/// All measures of a plan that have a goal for the whole place, by domain order and theme.
pub(crate) fn targets(book: &Book) -> Vec<Target> {
    let mut found: BTreeMap<&str, Vec<(&Row, &Figure)>> = BTreeMap::new();
    for (row, figure) in book.figures() {
        let whole = figure.area.is_none_or(|area| area == book.head.area);
        if figure.role.is_goal() && whole && figure.class.is_none() && !figure.mixed {
            found
                .entry(figure.measure.as_str())
                .or_default()
                .push((row, figure));
        }
    }
    let mut out: Vec<Target> = found
        .into_iter()
        .filter_map(|(id, goals)| target(book, book.measures.get(id)?, goals))
        .collect();
    let place = |target: &Target| {
        let first = target.aims.first().map(|aim| aim.row.as_str());
        book.rows
            .iter()
            .position(|row| Some(row.id.as_str()) == first)
    };
    out.sort_by_key(|target| (place(target), target.measure.id.clone()));
    out
}

fn target(book: &Book, measure: &Measure, mut goals: Vec<(&Row, &Figure)>) -> Option<Target> {
    // A goal for each county and one for the whole are different figures.
    if goals.iter().any(|(_, figure)| figure.per.is_none()) {
        goals.retain(|(_, figure)| figure.per.is_none());
    }
    goals.sort_by_key(|(row, figure)| rank(book, row, figure));
    let (_, first) = *goals.first()?;
    let flow = first.flow || first.each_year;
    goals.retain(|(_, figure)| (figure.flow || figure.each_year) == flow);
    let aims: Vec<Aim> = goals
        .iter()
        .filter_map(|(row, figure)| aim(book, measure, row, figure, flow))
        .collect();
    let unit = first
        .unit
        .clone()
        .filter(|unit| !unit.base.is_empty())
        .unwrap_or_else(|| Unit::parse(&measure.unit));
    (!aims.is_empty()).then(|| Target {
        measure: measure.clone(),
        unit,
        flow,
        per: first.per.map_or("", per_zh),
        aims,
    })
}

const fn per_zh(per: figures::Per) -> &'static str {
    match per {
        figures::Per::County => "平均每个县（市、区）",
        figures::Per::Town => "平均每个街道（镇、乡）",
        figures::Per::Village => "平均每个村",
        figures::Per::Community => "平均每个社区",
    }
}

fn rank(book: &Book, row: &Row, figure: &Figure) -> (u8, i32, i32) {
    let class = match (&row.kind, figure.role) {
        (Kind::Indicator { table: Some(_), .. }, Role::Target) => 0,
        (Kind::Indicator { .. }, Role::Target) => 1,
        (_, Role::Target | Role::Total) => 2,
        _ => 3,
    };
    let issued = book
        .head
        .document(&row.source.document)
        .and_then(|document| document.issued_on)
        .map_or(0, Day::number);
    (class, -issued, -figure.last_year().unwrap_or(0))
}

fn aim(book: &Book, measure: &Measure, row: &Row, figure: &Figure, flow: bool) -> Option<Aim> {
    let document = book.head.document(&row.source.document);
    let last = figure
        .last_year()
        .and_then(|year| Day::from_ymd(year, 12, 31));
    let due = row
        .due
        .or(last)
        .or_else(|| document.and_then(|document| document.until))?;
    let first = figure
        .from
        .or_else(|| figure.year.filter(|_| flow))
        .and_then(|year| Day::from_ymd(year, 1, 1));
    let period = document.and_then(|document| document.from);
    let start = first.or(period).filter(|start| *start < due)?;
    let down = measure.better == Better::Down || matches!(figure.op, Op::AtMost | Op::Below);
    let baseline = if flow {
        None
    } else {
        baseline(book, row, figure)
    };
    let goal = Goal {
        need: figure.amount(),
        strict: matches!(figure.op, Op::Above | Op::Below),
        down,
        start,
        due,
        baseline: if flow {
            Some(Num::ZERO)
        } else {
            baseline.map(|(_, value)| value)
        },
        steps: steps(
            book,
            figure,
            flow,
            baseline.map(|(_, value)| value),
            start,
            due,
        ),
        flow,
        each_year: figure.each_year,
        max: measure.max,
    };
    Some(Aim {
        row: row.id.clone(),
        row_name: row.name.clone(),
        says: figure.zh(),
        when: figure.when(),
        stands: format!("{} {}", row.source.document, row.source.section),
        quote: row.quote_of(figure).to_owned(),
        departments: row.departments().map(str::to_owned).collect(),
        baseline: baseline.map_or_else(String::new, |(figure, _)| figure.zh()),
        goal,
    })
}

/// The baseline of the row, else of another row of the same measure.
fn baseline<'a>(book: &'a Book, row: &'a Row, goal: &Figure) -> Option<(&'a Figure, Num)> {
    let fits = |figure: &&Figure| {
        figure.role.is_state()
            && figure.measure == goal.measure
            && figure.class.is_none()
            && figure.area == goal.area
            && figure.per == goal.per
    };
    row.figures
        .iter()
        .find(fits)
        .or_else(|| book.figures().map(|(_, figure)| figure).find(fits))
        .map(|figure| (figure, figure.amount()))
}

/// What shall be reached at the end of the years in between: dated tasks, or a table by year added up.
fn steps(
    book: &Book,
    goal: &Figure,
    flow: bool,
    baseline: Option<Num>,
    start: Day,
    due: Day,
) -> Vec<(Day, Num)> {
    if goal.each_year {
        return Vec::new();
    }
    let mut by_year: BTreeMap<i32, Num> = BTreeMap::new();
    let mut added: BTreeMap<i32, Num> = BTreeMap::new();
    for (_, figure) in book.figures() {
        let fits = figure.measure == goal.measure
            && figure.class.is_none()
            && figure.per == goal.per
            && !figure.mixed;
        let Some(year) = figure.year.filter(|_| fits) else {
            continue;
        };
        match figure.role {
            Role::Task | Role::Part if figure.flow => {
                added.insert(year, figure.amount());
            }
            Role::Task => {
                by_year.insert(year, figure.amount());
            }
            _ => {}
        }
    }
    if by_year.is_empty()
        && let Some(base) = if flow { Some(Num::ZERO) } else { baseline }
    {
        let mut sum = base;
        for (year, more) in added {
            if year >= start.year() {
                sum = sum + more;
                by_year.insert(year, sum);
            }
        }
    }
    by_year
        .into_iter()
        .filter_map(|(year, value)| Some((Day::from_ymd(year, 12, 31)?, value)))
        .filter(|(day, _)| *day > start && *day < due)
        .collect()
}
