//! What stands in each cell of a row or a figure.

use crate::{head, words};
use figures::{Book, Figure, Kind, Row};

fn text(value: Option<&String>) -> String {
    value.cloned().unwrap_or_default()
}

fn number(value: Option<impl ToString>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

/// The cell of a row under a heading.
pub(crate) fn of_row(book: &Book, row: &Row, heading: &str) -> String {
    match heading {
        head::ID => row.id.clone(),
        head::DOMAIN => row.domain.clone(),
        head::NAME => row.name.clone(),
        head::TEXT => text(row.text.as_ref()),
        head::DUE => number(row.due),
        head::DUE_SAYS => text(row.due_says.as_ref()),
        head::SHOWN => shown(row),
        head::MEASURE => row
            .measure
            .as_deref()
            .map(|id| words::measure(&book.measures, id))
            .unwrap_or_default(),
        head::NOTE => text(row.note.as_ref()),
        head::LEAD => words::join(&row.lead),
        head::WITH => words::join(&row.with),
        head::DOCUMENT => row.source.document.clone(),
        head::SECTION => row.source.section.clone(),
        head::QUOTE => row.source.quote.clone(),
        _ => of_kind(&row.kind, heading),
    }
}

fn of_kind(kind: &Kind, heading: &str) -> String {
    match (kind, heading) {
        (Kind::Indicator { table, .. }, head::TABLE) => text(table.as_ref()),
        (Kind::Indicator { no, .. }, head::NO) => number(*no),
        (Kind::Indicator { group, .. }, head::GROUP)
        | (Kind::Task { group, .. }, head::TASK_GROUP) => text(group.as_ref()),
        (Kind::Indicator { nature, .. }, head::NATURE) => text(nature.as_ref()),
        (Kind::Indicator { no_baseline, .. }, head::NO_BASELINE) => words::flag(*no_baseline),
        (Kind::Task { list, .. }, head::LIST) => list.clone(),
        (Kind::Task { no, .. }, head::NO) => text(no.as_ref()),
        (Kind::Task { year, .. }, head::TASK_YEAR) => number(*year),
        (Kind::Table { by }, head::BY) => words::by(by),
        (Kind::Project { what }, head::WHAT) => text(what.as_ref()),
        (Kind::Standard { kind }, head::KIND) => kind.clone(),
        _ => String::new(),
    }
}

/// All figures of a row as an officer reads them, one a line.
fn shown(row: &Row) -> String {
    let one = |figure: &Figure| {
        let words = [
            figure.role.zh().to_owned(),
            figure.class.clone().unwrap_or_default(),
            figure.when(),
            figure.zh(),
        ];
        words
            .iter()
            .filter(|word| !word.is_empty())
            .cloned()
            .collect::<Vec<_>>()
            .join(" ")
    };
    row.figures.iter().map(one).collect::<Vec<_>>().join("\n")
}

/// The cell of a figure under a heading; `order` counts from 1.
pub(crate) fn of_figure(
    book: &Book,
    row: &Row,
    figure: &Figure,
    order: usize,
    heading: &str,
) -> String {
    match heading {
        head::ROW => row.id.clone(),
        head::ORDER => order.to_string(),
        head::ROW_NAME => row.name.clone(),
        head::ROLE => figure.role.zh().to_owned(),
        head::VALUE => figure.printed.clone(),
        head::UPTO => figure
            .upto
            .as_ref()
            .map(|(upto, _)| upto.clone())
            .unwrap_or_default(),
        head::OP => figure.op.sign().to_owned(),
        head::UNIT => figure
            .unit
            .as_ref()
            .map(|unit| unit.printed.clone())
            .unwrap_or_default(),
        head::YEAR => number(figure.year),
        head::FROM => number(figure.from),
        head::UNTIL => number(figure.until),
        head::FLOW => words::flag(figure.flow),
        head::MIXED => words::flag(figure.mixed),
        head::EACH_YEAR => words::flag(figure.each_year),
        head::PER => figure
            .per
            .map(|per| per.zh().to_owned())
            .unwrap_or_default(),
        head::CLASS => text(figure.class.as_ref()),
        head::ESTIMATE => words::flag(figure.estimate),
        head::SAYS => text(figure.says.as_ref()),
        head::QUOTE => text(figure.quote.as_ref()),
        head::MEASURE if row.measure.as_ref() == Some(&figure.measure) => String::new(),
        head::MEASURE => words::measure(&book.measures, &figure.measure),
        head::AREA => number(figure.area.as_ref().map(kernel::AreaCode::prefix)),
        head::NOTE => text(figure.note.as_ref()),
        _ => String::new(),
    }
}
