//! Tables by class: the share of each, and every place of the document that states the table.

use super::sums::{Sum, adds_up, percent, total, whole};
use crate::pages::charts::{self, Chart, Datum};
use crate::pages::reading::Reading;
use figures::{Figure, Num, Op, Role, Row};

/// A table by class, with every place of the document that states it.
pub(super) struct ClassPlan {
    pub(super) name: String,
    pub(super) domain: String,
    pub(super) chart: Chart,
    pub(super) lines: Vec<ClassLine>,
    pub(super) total: String,
    pub(super) sum: Sum,
    pub(super) statements: Vec<Statement>,
}

/// One class.
pub(super) struct ClassLine {
    pub(super) class: String,
    /// The word another place uses for it.
    pub(super) also: String,
    pub(super) value: String,
    pub(super) href: String,
    pub(super) share: String,
}

/// Where a table is stated.
pub(super) struct Statement {
    pub(super) document: String,
    pub(super) section: String,
    pub(super) quote: String,
    pub(super) note: String,
    pub(super) href: String,
}

/// Tables by class; one that the document states again with the same values is shown once.
pub(super) fn by_class(reading: &Reading, rows: &[&Row]) -> Vec<ClassPlan> {
    let mut stated: Vec<Vec<&Row>> = Vec::new();
    for row in rows {
        let same = |other: &Row| {
            other.source.document == row.source.document
                && other.domain == row.domain
                && values(other).eq(values(row))
        };
        match stated
            .iter_mut()
            .find(|group| group.iter().any(|other| same(other)))
        {
            Some(group) => group.push(row),
            None => stated.push(vec![row]),
        }
    }
    stated
        .iter()
        .filter_map(|group| class_plan(reading, group))
        .collect()
}

/// What makes two tables the same: measures and values, not their words for classes and units.
fn values(row: &Row) -> impl Iterator<Item = (&str, Role, Op, Num, Num, String)> {
    row.figures.iter().map(|figure| {
        let (low, high) = (figure.amount(), figure.amount_upto());
        (
            figure.measure.as_str(),
            figure.role,
            figure.op,
            low,
            high,
            figure.when(),
        )
    })
}

fn class_plan(reading: &Reading, rows: &[&Row]) -> Option<ClassPlan> {
    let (first, again) = rows.split_first()?;
    let whole = whole(first);
    let class = |figure: &Figure| {
        let measure = reading.book.measures.get(&figure.measure);
        let named = || measure.map_or_else(|| first.name.clone(), |measure| measure.name.clone());
        figure.class.clone().unwrap_or_else(named)
    };
    let (mut lines, mut parts) = (Vec::new(), Vec::new());
    for (index, part) in first.of_role(Role::Part).enumerate() {
        let name = class(part);
        let mut also: Vec<String> = Vec::new();
        for other in again
            .iter()
            .filter_map(|row| row.of_role(Role::Part).nth(index))
            .map(class)
        {
            if other != name && !also.contains(&other) {
                also.push(other);
            }
        }
        let share = percent(part.amount(), whole);
        parts.push((
            name.clone(),
            Datum::new(part.amount().to_f64(), format!("{} · {share}", part.zh())),
        ));
        lines.push(ClassLine {
            class: name,
            also: also.join("、"),
            value: part.zh(),
            href: reading.row_href(&first.id),
            share,
        });
    }
    let words: Vec<String> = lines
        .iter()
        .map(|line| format!("{} {}，占 {}", line.class, line.value, line.share))
        .collect();
    let statements = rows.iter().map(|row| Statement {
        document: row.source.document.clone(),
        section: row.source.section.clone(),
        quote: row.source.quote.clone(),
        note: row.note.clone().unwrap_or_default(),
        href: reading.row_href(&row.id),
    });
    Some(ClassPlan {
        name: first.name.clone(),
        domain: first.domain.clone(),
        chart: charts::structure(&format!("{}：{}", first.name, words.join("；")), &parts),
        total: total(first),
        sum: adds_up(reading, first),
        statements: statements.collect(),
        lines,
    })
}
