//! A person as a row of a national system's template.

use crate::systems::{Column, Form, Own, Source, System};
use area::api::AreaBook;
use kernel::Day;
use kernel::area_code::Level;
use people::api::{Person, open_secret};
use rules::facts::{self, FactId, Value, value_text};
use store::{Keys, Store, StoreResult};

/// What digests of rows are of.
const FIELD: &str = "exchange_record";

/// A row of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mapped {
    /// A cell for every column.
    pub(crate) cells: Vec<String>,
    /// Places of the required columns that have no value.
    pub(crate) missing: Vec<usize>,
}

impl Mapped {
    /// A keyed digest of the row: tells whether what would be reported is what was, and nothing else.
    pub(crate) fn digest(&self, keys: &Keys, system: &System) -> String {
        keys.blind(FIELD, &self.text(system))
    }

    /// The same under every key that is known, the current one first.
    pub(crate) fn digests(&self, keys: &Keys, system: &System) -> Vec<String> {
        keys.blinds(FIELD, &self.text(system))
    }

    fn text(&self, system: &System) -> String {
        // Lengths keep two cells from reading like one.
        let mut text = system.key.clone();
        for cell in &self.cells {
            text.push_str(&format!("\n{}:{cell}", cell.len()));
        }
        text
    }

    /// `2,5`: places of the required columns without a value.
    pub(crate) fn missing_text(&self) -> String {
        let places: Vec<String> = self.missing.iter().map(ToString::to_string).collect();
        places.join(",")
    }
}

/// The columns that [`Mapped::missing_text`] names.
pub(crate) fn missing_of<'a>(system: &'a System, text: &str) -> Vec<&'a Column> {
    text.split(',')
        .filter_map(|place| system.columns.get(place.parse::<usize>().ok()?))
        .collect()
}

/// The row of a person.
pub(crate) fn mapped(
    store: &Store,
    book: &AreaBook,
    system: &System,
    person: &Person,
    today: Day,
) -> StoreResult<Mapped> {
    let mut out = Mapped {
        cells: Vec::with_capacity(system.columns.len()),
        missing: Vec::new(),
    };
    for (place, column) in system.columns.iter().enumerate() {
        let text = cell(store, book, column, person, today)?.unwrap_or_default();
        if column.required && text.is_empty() {
            out.missing.push(place);
        }
        out.cells.push(text);
    }
    Ok(out)
}

fn cell(
    store: &Store,
    book: &AreaBook,
    column: &Column,
    person: &Person,
    today: Day,
) -> StoreResult<Option<String>> {
    let place = |fact| person.area(fact).map(|code| book.full_name(&code));
    Ok(match &column.from {
        Source::Constant(words) => Some(words.clone()),
        Source::Later(_) => None,
        Source::Own(Own::Name) => Some(person.name.clone()),
        Source::Own(Own::Number) => open_secret(store, "id_number", person.id_number.as_ref())?,
        Source::Own(Own::Phone) => open_secret(store, "phone", person.phone.as_ref())?,
        Source::Own(Own::Address) => person.address.clone(),
        Source::Own(Own::Age) => person.age_on(today).map(|years| years.to_string()),
        Source::Own(Own::Hukou) => place(FactId::HUKOU_AREA),
        Source::Own(Own::Residence) => place(FactId::RESIDENCE_AREA),
        Source::Fact(fact, form) => person
            .facts
            .get(*fact)
            .map(|value| written(book, column, *fact, *form, value)),
    })
}

/// A fact's value as the template wants it.
fn written(book: &AreaBook, column: &Column, fact: FactId, form: Form, value: &Value) -> String {
    if let Some(code) = column.codes.get(&value_text(value)) {
        return code.clone();
    }
    match (form, value) {
        (Form::Dashes, Value::Day(day)) => day.to_string(),
        (Form::Digits, Value::Day(day)) => day.number().to_string(),
        (Form::Code12, Value::Area(code)) => code.to_string(),
        (Form::Code6, Value::Area(code)) => {
            let county = code.up_to(Level::County);
            county.as_str().get(..6).unwrap_or_default().to_owned()
        }
        (_, Value::Area(code)) => book.full_name(code),
        (_, value) => facts::value_zh(fact, value),
    }
}
