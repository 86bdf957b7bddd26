//! Filters that the lists of rows share: place, domain, department, document, words, conflicts.

use super::reading::{DRAFT, PLACE, Reading};
use super::rows_view::mark;
use figures::{Book, DOMAINS, Row};
use host::{Ctx, Failure};
use ui::{Choice, ListQuery, ListSpec, PageError};

/// A list of rows without sorting: filters in the order they stand in an address.
pub(crate) const fn spec(filters: &'static [&'static str]) -> ListSpec {
    ListSpec {
        filters,
        sorts: &[],
        default_sort: "",
        default_desc: false,
    }
}

/// The address read, and the plan it names.
pub(crate) async fn read(
    ctx: &Ctx,
    raw: Option<&str>,
    spec: &ListSpec,
) -> Result<(ListQuery, Reading), Failure> {
    let query =
        ListQuery::parse(raw, spec).map_err(|error| PageError::bad_request(error.to_string()))?;
    query.allowed(DRAFT, |value| value == "1")?;
    query.allowed("domain", |value| DOMAINS.contains(&value))?;
    query.allowed("conflict", |value| value == "1")?;
    let reading = Reading::of(ctx, query.filter(PLACE), query.filter(DRAFT).is_some()).await?;
    Ok((query, reading))
}

/// Whether the filters that all lists share let a row through.
pub(crate) fn keeps(query: &ListQuery, reading: &Reading, row: &Row) -> bool {
    let is = |key: &str, test: &dyn Fn(&str) -> bool| query.filter(key).is_none_or(test);
    is("domain", &|domain| row.domain == domain)
        && is("document", &|number| row.source.document == number)
        && is("department", &|name| involves(&reading.book, row, name))
        && is("q", &|words| says(row, words))
        && is("conflict", &|_| mark(reading, row).is_some())
}

/// Whether a department leads or joins, whatever spelling the document uses.
pub(crate) fn involves(book: &Book, row: &Row, name: &str) -> bool {
    row.departments()
        .any(|spelling| book.head.department(spelling) == name)
}

fn says(row: &Row, words: &str) -> bool {
    let words = words.to_lowercase();
    let holds = |text: &str| text.to_lowercase().contains(&words);
    holds(&row.name) || row.text.as_deref().is_some_and(holds)
}

/// Departments of these rows by their names in this folder: the directory's order, then the others.
pub(crate) fn departments<'a>(
    reading: &'a Reading,
    rows: impl Iterator<Item = &'a Row>,
) -> Vec<&'a str> {
    let head = &reading.book.head;
    let mut found: Vec<&str> = Vec::new();
    for name in rows
        .flat_map(Row::departments)
        .map(|spelling| head.department(spelling))
    {
        if !found.contains(&name) {
            found.push(name);
        }
    }
    let place = |name: &str| head.departments.iter().position(|d| d.name == name);
    found.sort_by_key(|name| place(name).unwrap_or(usize::MAX));
    found
}

/// Choices of a filter. A chosen value that this place does not have stays visible.
pub(crate) fn choices<'a>(
    query: &ListQuery,
    key: &str,
    values: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> Vec<Choice> {
    let mut out: Vec<Choice> = values
        .into_iter()
        .map(|(value, label)| Choice::new(value, label))
        .collect();
    if let Some(chosen) = query.filter(key)
        && !out.iter().any(|choice| choice.value == chosen)
    {
        out.push(Choice::new(chosen, chosen));
    }
    out
}

/// Choices whose words are their values.
pub(crate) fn plain<'a>(
    query: &ListQuery,
    key: &str,
    values: impl IntoIterator<Item = &'a str>,
) -> Vec<Choice> {
    choices(query, key, values.into_iter().map(|value| (value, value)))
}

/// Whether anything but the place is asked for.
pub(crate) fn narrowed(query: &ListQuery) -> bool {
    query
        .filters
        .iter()
        .any(|(key, _)| key != PLACE && key != DRAFT)
}
