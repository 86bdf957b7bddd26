//! Tables by year: each year's plan, what has come together so far, its share of the total.

use super::sums::{Sum, adds_up, percent, total, whole};
use crate::pages::charts::{self, Chart, Datum, Year};
use crate::pages::reading::Reading;
use figures::{Figure, Num, Role, Row};

/// A table by year, or several that the document prints as one.
pub(super) struct YearPlan {
    pub(super) document: String,
    pub(super) section: String,
    pub(super) chart: Chart,
    pub(super) series: Vec<Series>,
    pub(super) lines: Vec<YearLine>,
}

/// One table of them.
pub(super) struct Series {
    /// What is counted, with its unit.
    pub(super) name: String,
    pub(super) title: String,
    pub(super) href: String,
    pub(super) note: String,
    pub(super) total: String,
    pub(super) sum: Sum,
}

/// A year: one cell a series.
pub(super) struct YearLine {
    pub(super) year: String,
    pub(super) cells: Vec<Option<YearCell>>,
}

/// What a year brings.
pub(super) struct YearCell {
    pub(super) plan: String,
    pub(super) href: String,
    pub(super) so_far: String,
    pub(super) share: String,
}

/// Tables by year; those of one section of a document stand side by side, as printed.
pub(super) fn by_year(reading: &Reading, rows: &[&Row]) -> Vec<YearPlan> {
    let mut printed: Vec<Vec<&Row>> = Vec::new();
    for row in rows {
        let place = |other: &Row| {
            (&other.source.document, &other.source.section)
                == (&row.source.document, &row.source.section)
        };
        match printed
            .iter_mut()
            .find(|group| group.iter().any(|other| place(other)))
        {
            Some(group) => group.push(row),
            None => printed.push(vec![row]),
        }
    }
    printed
        .iter()
        .map(|group| year_plan(reading, group))
        .collect()
}

fn year_plan(reading: &Reading, rows: &[&Row]) -> YearPlan {
    let mut years: Vec<(i32, String)> = Vec::new();
    for part in rows.iter().flat_map(|row| row.of_role(Role::Part)) {
        let year = (part.last_year().unwrap_or(i32::MAX), label(part));
        if !years.contains(&year) {
            years.push(year);
        }
    }
    years.sort();
    let series: Vec<Series> = rows.iter().map(|row| series(reading, row)).collect();
    let alone = rows.len() == 1;
    let mut so_far = vec![Num::ZERO; rows.len()];
    let (mut lines, mut bars) = (Vec::new(), Vec::new());
    for (_, year) in years {
        let (mut cells, mut values) = (Vec::new(), Vec::new());
        for (row, so_far) in rows.iter().zip(&mut so_far) {
            let part = row.of_role(Role::Part).find(|part| label(part) == year);
            if alone {
                values.push(Some(Datum::new(so_far.to_f64(), so_far.to_string())));
            }
            // On top of what came before, the year's own number reads as an addition.
            let sign = if alone { "+" } else { "" };
            values.push(
                part.map(|part| {
                    Datum::new(part.amount().to_f64(), format!("{sign}{}", part.printed))
                }),
            );
            cells.push(part.map(|part| {
                *so_far = *so_far + part.amount();
                YearCell {
                    plan: part.zh(),
                    href: reading.row_href(&row.id),
                    so_far: so_far.to_string(),
                    share: percent(*so_far, whole(row)),
                }
            }));
        }
        bars.push(Year {
            label: year.clone(),
            values,
        });
        lines.push(YearLine { year, cells });
    }
    let names: Vec<&str> = if alone {
        vec!["以前年度累计", "当年计划"]
    } else {
        series.iter().map(|series| series.name.as_str()).collect()
    };
    let says: Vec<String> = rows
        .iter()
        .zip(&series)
        .map(|(row, series)| {
            let parts: Vec<String> = row
                .of_role(Role::Part)
                .map(|part| format!("{} {}", label(part), part.zh()))
                .collect();
            format!(
                "{}：{}，合计 {}",
                series.name,
                parts.join("，"),
                series.total
            )
        })
        .collect();
    let source = rows.first().map(|row| &row.source);
    YearPlan {
        document: source
            .map(|source| source.document.clone())
            .unwrap_or_default(),
        section: source
            .map(|source| source.section.clone())
            .unwrap_or_default(),
        chart: charts::by_year(&says.join("。"), &names, &bars, alone),
        series,
        lines,
    }
}

/// The line a part stands on: its year or period, with its class where it has one.
fn label(part: &Figure) -> String {
    let when = part.when();
    let when = if when.is_empty() {
        "没有写年份"
    } else {
        &when
    };
    match &part.class {
        Some(class) => format!("{when} {class}"),
        None => when.to_owned(),
    }
}

fn series(reading: &Reading, row: &Row) -> Series {
    let measure = row
        .of_role(Role::Part)
        .next()
        .map_or("", |part| part.measure.as_str());
    let unit = row.of_role(Role::Part).find_map(|part| part.unit.as_ref());
    let name = reading
        .book
        .measures
        .get(measure)
        .map_or(row.name.as_str(), |measure| measure.name.as_str());
    Series {
        name: unit.map_or_else(
            || name.to_owned(),
            |unit| format!("{name}（{}）", unit.base),
        ),
        title: row.name.clone(),
        href: reading.row_href(&row.id),
        note: row.note.clone().unwrap_or_default(),
        total: total(row),
        sum: adds_up(reading, row),
    }
}
