//! From a dated task of the plan to an item of the loop: deadline, lead office, goals. Pure.

use crate::model::{Goal, Spread};
use crate::seen::role_of;
use area::api::{AreaBook, ExecutorKind};
use authz::Role as Who;
use figures::{Better, Book, Executors, Figure, Kind, Num, Op, Per, Row};
use kernel::Day;

/// A dated task as the plan says it now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Dated {
    pub(crate) row: String,
    pub(crate) year: i32,
    pub(crate) no: String,
    pub(crate) title: String,
    pub(crate) says: String,
    pub(crate) source: String,
    pub(crate) departments: Vec<String>,
    pub(crate) lead_office: String,
    pub(crate) lead_role: Who,
    pub(crate) domain: String,
    pub(crate) start: Day,
    pub(crate) due: Day,
    pub(crate) goals: Vec<Goal>,
}

/// The dated tasks of a year, in the order of the document.
pub(crate) fn dated(book: &Book, areas: &AreaBook, year: i32) -> Vec<Dated> {
    book.of_kind("task")
        .filter_map(|row| one(book, areas, row))
        .filter(|task| task.year == year)
        .collect()
}

/// Years that have dated tasks, oldest first.
pub(crate) fn years(book: &Book) -> Vec<i32> {
    let mut years: Vec<i32> = book
        .of_kind("task")
        .filter_map(|row| match row.kind {
            Kind::Task { year, .. } => year,
            _ => None,
        })
        .collect();
    years.sort_unstable();
    years.dedup();
    years
}

fn one(book: &Book, areas: &AreaBook, row: &Row) -> Option<Dated> {
    let Kind::Task {
        year: Some(year),
        no,
        ..
    } = &row.kind
    else {
        return None;
    };
    let place = areas.root().map_or("", |root| root.name.as_str());
    let lead = row
        .lead
        .iter()
        .chain(&row.with)
        .find(|name| !is_below(name))
        .cloned();
    let lead_role = match &lead {
        Some(name) => role_of(name),
        None if row.domain == "托育" => Who::CityHealth,
        None => Who::CityCivil,
    };
    Some(Dated {
        row: row.id.clone(),
        year: *year,
        no: no.clone().unwrap_or_default(),
        title: row.name.clone(),
        says: row.text.clone().unwrap_or_default(),
        source: format!("{} {}", row.source.document, row.source.section),
        departments: row.departments().map(str::to_owned).collect(),
        lead_office: lead.unwrap_or_else(|| crate::seen::office_of(lead_role, place)),
        lead_role,
        domain: row.domain.clone(),
        start: Day::from_ymd(*year, 1, 1)?,
        due: row.due.or_else(|| Day::from_ymd(*year, 12, 31))?,
        goals: row
            .figures
            .iter()
            .filter(|figure| figure.role == figures::Role::Task && figure.class.is_none())
            .filter_map(|figure| goal(book, areas, figure))
            .collect(),
    })
}

/// 各县市区政府、管委会: no department of the city.
pub(crate) fn is_below(name: &str) -> bool {
    name.starts_with('各')
        || [
            "县市区",
            "县、市、区",
            "管委会",
            "管理委员会",
            "县（市、区）",
        ]
        .iter()
        .any(|word| name.contains(word))
}

fn goal(book: &Book, areas: &AreaBook, figure: &Figure) -> Option<Goal> {
    let measure = book.measures.get(&figure.measure)?;
    let unit = figure
        .unit
        .as_ref()
        .map_or_else(|| measure.unit.clone(), |unit| unit.printed.clone());
    let (spread, each, need) = match figure.per {
        Some(per) => {
            let places = executors_units(areas, per);
            let need = figure.amount() * Num::whole(places);
            let each = (figure.amount().to_string(), per.key().to_owned());
            (Spread::Each, Some(each), need)
        }
        None if measure.is_percent() || measure.ratio.is_some() => {
            (Spread::Same, None, figure.amount())
        }
        None => (Spread::Sum, None, figure.amount()),
    };
    Some(Goal {
        measure: measure.id.clone(),
        name: measure.name.clone(),
        says: figure.zh(),
        need,
        strict: matches!(figure.op, Op::Above | Op::Below),
        down: measure.better == Better::Down || matches!(figure.op, Op::AtMost | Op::Below),
        unit,
        spread,
        each,
        flow: figure.flow || figure.each_year,
    })
}

/// How many counties, towns … there are in the whole place.
fn executors_units(areas: &AreaBook, per: Per) -> i64 {
    let Some(root) = areas.root().map(|root| root.code) else {
        return 0;
    };
    let n = match per {
        Per::County => areas.counties().len(),
        Per::Town => areas.towns(&root).len(),
        Per::Village | Per::Community => areas.villages(&root).len(),
    };
    n as i64
}

/// An executor that may get a part, with what the document asks of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Candidate {
    /// `E:…` or `D:…`.
    pub(crate) key: String,
    pub(crate) name: String,
    /// The document names it as executor.
    pub(crate) named: bool,
    /// Share of each goal as far as it follows from the document.
    pub(crate) shares: Vec<Option<Num>>,
}

/// Who may get a part of an item: the bodies of the management areas, then the departments it names.
pub(crate) fn candidates(
    areas: &AreaBook,
    departments: &[String],
    goals: &[Goal],
) -> Vec<Candidate> {
    let below = Executors::named_by(departments.iter().map(String::as_str));
    let mut out: Vec<Candidate> = areas
        .executors()
        .iter()
        .map(|body| Candidate {
            key: format!("E:{}", body.key),
            name: area::api::plain(&body.name),
            named: match below {
                Executors::CountiesAndCommittees => true,
                Executors::Counties => body.kind == ExecutorKind::County,
                Executors::Departments => false,
            },
            shares: goals
                .iter()
                .map(|goal| match (goal.spread, &goal.each) {
                    (Spread::Same, _) => Some(goal.need),
                    (Spread::Each, Some((value, per))) => {
                        let n = units_of(areas, body, Per::from_key(per)?);
                        (n > 0).then_some(Num::parse(value)? * Num::whole(n))
                    }
                    _ => None,
                })
                .collect(),
        })
        .collect();
    for name in departments.iter().filter(|name| !is_below(name)) {
        out.push(Candidate {
            key: format!("D:{name}"),
            name: name.clone(),
            named: below == Executors::Departments,
            shares: goals
                .iter()
                .map(|goal| (goal.spread == Spread::Same).then_some(goal.need))
                .collect(),
        });
    }
    out
}

fn units_of(areas: &AreaBook, body: &area::api::Executor, per: Per) -> i64 {
    let inside =
        |of: &dyn Fn(&kernel::AreaCode) -> usize| -> usize { body.areas.iter().map(of).sum() };
    let n = match per {
        Per::County => usize::from(body.kind == ExecutorKind::County),
        Per::Town => inside(&|area| areas.towns(area).len()),
        Per::Village | Per::Community => inside(&|area| areas.villages(area).len()),
    };
    n as i64
}
