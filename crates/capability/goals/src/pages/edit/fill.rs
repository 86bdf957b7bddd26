//! A row as the values of its form, exactly as printed.

use super::names::of_figure;
use figures::{Book, Figure, Kind, Row};

/// All values of a row; what it does not have is empty.
pub(super) fn pairs(book: &Book, row: &Row) -> Vec<(String, String)> {
    let mut out: Vec<(String, String)> = Vec::new();
    let mut put = |name: &str, value: String| out.push((name.to_owned(), value));
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    put("name", row.name.clone());
    put("domain", row.domain.clone());
    put("text", text(&row.text));
    match &row.kind {
        Kind::Indicator {
            table,
            no,
            group,
            nature,
            no_baseline,
        } => {
            put("table", text(table));
            put("no", no.map(|no| no.to_string()).unwrap_or_default());
            put("group", text(group));
            put("nature", text(nature));
            put("no_baseline", tick(*no_baseline));
        }
        Kind::Task {
            list,
            no,
            year,
            group,
        } => {
            put("list", list.clone());
            put("no", text(no));
            put("year", number(*year));
            put("group", text(group));
        }
        Kind::Table { by } => put("by", by.clone()),
        Kind::Project { what } => put("what", text(what)),
        Kind::Standard { kind } => put("kind", kind.clone()),
    }
    put(
        "due",
        row.due.map(|due| due.to_string()).unwrap_or_default(),
    );
    put("due_says", text(&row.due_says));
    put("lead", row.lead.join("\n"));
    put("with", row.with.join("\n"));
    put("measure", text(&row.measure));
    put("note", text(&row.note));
    put("document", row.source.document.clone());
    put("section", row.source.section.clone());
    put("quote", row.source.quote.clone());
    for (index, figure) in row.figures.iter().enumerate() {
        for (key, value) in figure_pairs(book, row, figure) {
            out.push((of_figure(index, key), value));
        }
    }
    out
}

fn figure_pairs(book: &Book, row: &Row, figure: &Figure) -> Vec<(&'static str, String)> {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let own = row.measure.as_ref() != Some(&figure.measure);
    vec![
        ("role", figure.role.key().to_owned()),
        ("op", figure.op.key().to_owned()),
        ("value", figure.printed.clone()),
        (
            "upto",
            figure
                .upto
                .as_ref()
                .map(|(upto, _)| upto.clone())
                .unwrap_or_default(),
        ),
        (
            "unit",
            figure
                .unit
                .as_ref()
                .map(|unit| unit.printed.clone())
                .unwrap_or_default(),
        ),
        ("year", number(figure.year)),
        ("from", number(figure.from)),
        ("until", number(figure.until)),
        ("flow", tick(figure.flow)),
        ("mixed", tick(figure.mixed)),
        ("each", tick(figure.each_year)),
        (
            "per",
            figure
                .per
                .map(|per| per.key().to_owned())
                .unwrap_or_default(),
        ),
        ("class", text(&figure.class)),
        ("estimate", tick(figure.estimate)),
        ("says", text(&figure.says)),
        ("quote", text(&figure.quote)),
        (
            "measure",
            if own {
                measure_words(book, &figure.measure)
            } else {
                String::new()
            },
        ),
        (
            "area",
            figure.area.map(|area| area.to_string()).unwrap_or_default(),
        ),
        ("note", text(&figure.note)),
    ]
}

fn number(value: Option<i32>) -> String {
    value.map(|number| number.to_string()).unwrap_or_default()
}

fn tick(on: bool) -> String {
    if on { "1".to_owned() } else { String::new() }
}

/// A measure as the list beside the field offers it: `养老床位数（care_beds）`.
pub(super) fn measure_words(book: &Book, id: &str) -> String {
    book.measures.get(id).map_or_else(
        || id.to_owned(),
        |measure| format!("{}（{id}）", measure.name),
    )
}

/// The measure that was typed: from the list, its id, or its name where only one is called so.
pub(super) fn measure_typed(book: &Book, typed: &str) -> Option<String> {
    let inside = typed
        .strip_suffix(['）', ')'])
        .and_then(|rest| rest.rsplit_once(['（', '(']))
        .map(|(_, id)| id.trim());
    for id in [Some(typed), inside].into_iter().flatten() {
        if book.measures.get(id).is_some() {
            return Some(id.to_owned());
        }
    }
    let mut named = book.measures.iter().filter(|measure| measure.name == typed);
    let first = named.next()?;
    named.next().is_none().then(|| first.id.clone())
}
