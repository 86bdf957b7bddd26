//! Other figures of a row's measures: elsewhere in the plan of its place, and in other places.

use super::reading::Reading;
use super::rows_view::Value;
use figures::{Book, Figure, Row};
use host::{Ctx, Failure};

/// One measure of the row with the figures that others give for it.
pub(crate) struct Related {
    pub(crate) measure: String,
    pub(crate) here: Vec<Other>,
    pub(crate) elsewhere: Vec<Other>,
}

/// A figure of another row.
pub(crate) struct Other {
    pub(crate) place: String,
    pub(crate) value: Value,
    pub(crate) flow: bool,
    pub(crate) name: String,
    pub(crate) href: String,
    pub(crate) document: String,
    pub(crate) note: String,
}

/// What other rows and other places say about the measures of a row; measures nobody else has are left out.
pub(crate) async fn related(
    ctx: &Ctx,
    reading: &Reading,
    row: &Row,
) -> Result<Vec<Related>, Failure> {
    let mut others = Vec::new();
    for (slug, _) in reading
        .places
        .iter()
        .filter(|(slug, _)| slug != reading.slug())
    {
        others.push(Reading::of(ctx, Some(slug), false).await?);
    }
    let mut ids: Vec<&str> = Vec::new();
    for figure in &row.figures {
        if !ids.contains(&figure.measure.as_str()) {
            ids.push(&figure.measure);
        }
    }
    let mut out = Vec::new();
    for id in ids {
        let here = figures_of(reading, id, Some(row));
        // A place's own measure is its own, even where another place uses the same word.
        let shared = |book: &Book| book.measures.get(id).is_some_and(|measure| !measure.own);
        let elsewhere: Vec<Other> = others
            .iter()
            .filter(|other| shared(&reading.book) && shared(&other.book))
            .flat_map(|other| figures_of(other, id, None))
            .collect();
        if !here.is_empty() || !elsewhere.is_empty() {
            let name = reading
                .book
                .measures
                .get(id)
                .map_or(id, |measure| measure.name.as_str());
            out.push(Related {
                measure: name.to_owned(),
                here,
                elsewhere,
            });
        }
    }
    Ok(out)
}

fn figures_of(reading: &Reading, id: &str, but: Option<&Row>) -> Vec<Other> {
    reading
        .book
        .figures()
        .filter(|(row, figure)| figure.measure == id && but.is_none_or(|but| but.id != row.id))
        .map(|(row, figure)| other(reading, row, figure))
        .collect()
}

fn other(reading: &Reading, row: &Row, figure: &Figure) -> Other {
    Other {
        place: reading.place().to_owned(),
        value: Value::of(&reading.book, figure),
        flow: figure.flow,
        name: row.name.clone(),
        href: reading.row_href(&row.id),
        document: row.source.document.clone(),
        note: figure
            .note
            .as_ref()
            .or(row.note.as_ref())
            .cloned()
            .unwrap_or_default(),
    }
}
