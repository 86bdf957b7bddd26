//! General checks of a plan: no place and no conflict is named here.
//!
//! Each check is a function over the figures and what they are about. Two values are compared only where
//! measure, area, year and the way of counting are the same; what words define differently (`note`)
//! makes a finding lesser, not silent.

mod dates;
mod differ;
mod impossible;
mod progress;
mod quotes;
mod ratios;
mod rows;
mod shortfall;
mod sums;
mod words;

pub use quotes::{Texts, normal};

use crate::finding::{Finding, Severity, acknowledge};
use crate::measure::Measure;
use crate::model::{Book, Figure, Row};
use kernel::AreaCode;

/// Everything that a folder's figures say about themselves, the most serious first. `texts` are the
/// documents' full texts where they are at hand.
pub fn check(book: &Book, texts: Option<&Texts>) -> Vec<Finding> {
    let all = Facts::of(book);
    let mut found = Vec::new();
    for check in [
        sums::parts,
        sums::yearly,
        sums::additions,
        shortfall::tasks,
        progress::below_baseline,
        progress::no_progress,
        differ::differ,
        ratios::ratios,
        ratios::share_path,
        ratios::part_over_whole,
        impossible::impossible,
        words::name_unit,
        words::unit_words,
        rows::duplicate_rows,
        rows::departments,
        rows::repeated,
        rows::annexes,
        dates::dates,
        dates::undated,
        quotes::values,
    ] {
        found.extend(check(&all));
    }
    if let Some(texts) = texts {
        found.extend(quotes::in_documents(&all, texts));
    }
    found.sort_by(|a, b| (a.severity, a.kind, &a.id).cmp(&(b.severity, b.kind, &b.id)));
    acknowledge(&mut found, &book.acknowledged);
    found
}

/// A figure with its row and measure.
#[derive(Clone, Copy)]
pub(crate) struct Fact<'a> {
    pub(crate) row: &'a Row,
    pub(crate) figure: &'a Figure,
    pub(crate) measure: &'a Measure,
}

impl<'a> Fact<'a> {
    pub(crate) fn document(&self) -> &'a str {
        &self.row.source.document
    }

    pub(crate) fn note(&self) -> Option<&'a str> {
        self.figure.note.as_deref().or(self.row.note.as_deref())
    }

    pub(crate) fn place(&self) -> crate::Place {
        crate::Place::figure(self.row, self.figure)
    }
}

/// All figures of a book.
pub(crate) struct Facts<'a> {
    pub(crate) book: &'a Book,
    pub(crate) all: Vec<Fact<'a>>,
}

impl<'a> Facts<'a> {
    fn of(book: &'a Book) -> Self {
        let all = book.figures().filter_map(|(row, figure)| {
            let measure = book.measures.get(&figure.measure)?;
            Some(Fact {
                row,
                figure,
                measure,
            })
        });
        Self {
            book,
            all: all.collect(),
        }
    }

    /// All rows in an order that does not depend on where they stand: the first of a clause names a finding.
    pub(crate) fn rows(&self) -> Vec<&'a Row> {
        const KINDS: [&str; 5] = ["indicator", "task", "table", "project", "standard"];
        let mut rows: Vec<&Row> = self.book.rows.iter().collect();
        rows.sort_by_key(|row| {
            (
                KINDS.iter().position(|kind| *kind == row.kind.key()),
                &row.id,
            )
        });
        rows
    }

    /// Figures of a measure for the whole place (or one area).
    pub(crate) fn of_measure<'s>(
        &'s self,
        id: &'s str,
        area: Option<AreaCode>,
    ) -> impl Iterator<Item = Fact<'a>> + 's {
        self.all
            .iter()
            .copied()
            .filter(move |fact| fact.figure.measure == id && fact.figure.area == area)
    }

    /// Measures and areas that figures speak of, in the order of ids.
    pub(crate) fn things(&self) -> Vec<(&'a Measure, Option<AreaCode>)> {
        let mut things: Vec<(&Measure, Option<AreaCode>)> = self
            .all
            .iter()
            .map(|fact| (fact.measure, fact.figure.area))
            .collect();
        things.sort_by(|a, b| (&a.0.id, a.1).cmp(&(&b.0.id, b.1)));
        things.dedup_by(|a, b| a.0.id == b.0.id && a.1 == b.1);
        things
    }
}

/// The id of a measure with its area where it is not the whole place.
pub(crate) fn about(measure: &Measure, area: Option<AreaCode>) -> String {
    area.map_or_else(
        || measure.id.clone(),
        |area| format!("{}@{area}", measure.id),
    )
}

/// Serious, unless the words define the thing differently.
pub(crate) fn unless_noted(facts: &[Fact<'_>], severity: Severity) -> Severity {
    if facts.iter().any(|fact| fact.note().is_some()) {
        severity.max(Severity::Minor)
    } else {
        severity
    }
}
