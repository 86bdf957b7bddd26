//! Between a fact's value and its typed column in the wide row.

use kernel::Day;
use rules::facts::{FactId, Facts, Kind, Value, parse_value};
use std::sync::LazyLock;
use store::{Row, StoreError, StoreResult};

/// The fact columns in dictionary order, joined for a SELECT over alias `p`.
pub(crate) static FACT_COLUMNS: LazyLock<String> = LazyLock::new(|| {
    FactId::all()
        .map(|fact| format!("p.{}", fact.name()))
        .collect::<Vec<_>>()
        .join(", ")
});

/// The column value of a fact.
pub(crate) fn to_column(fact: FactId, value: Option<&Value>) -> store::Value {
    match (fact.def().kind, value) {
        (Kind::Bool, Some(Value::Bool(value))) => (*value).into(),
        (Kind::Bool, _) => None::<bool>.into(),
        (Kind::Int { .. }, Some(Value::Int(value))) => (*value).into(),
        (Kind::Int { .. }, _) => None::<i64>.into(),
        (Kind::Day, Some(Value::Day(day))) => day.number().into(),
        (Kind::Day, _) => None::<i32>.into(),
        (Kind::Word(_), Some(Value::Word(word))) => (*word).into(),
        (Kind::Area, Some(Value::Area(code))) => code.as_str().into(),
        (Kind::Text, Some(Value::Text(text))) => text.as_str().into(),
        (Kind::Word(_) | Kind::Area | Kind::Text, _) => None::<String>.into(),
    }
}

/// The facts of a row that selected [`FACT_COLUMNS`].
pub(crate) fn facts_of(row: &Row) -> StoreResult<Facts> {
    let mut facts = Facts::default();
    for fact in FactId::all() {
        let name = fact.name();
        let value = match fact.def().kind {
            Kind::Bool => row.opt_flag(name)?.map(Value::Bool),
            Kind::Int { .. } => row.opt_int(name)?.map(Value::Int),
            Kind::Day => row.opt_day(name)?.map(Value::Day),
            Kind::Word(_) | Kind::Area | Kind::Text => {
                let text = row.opt_text(name)?;
                text.map(|text| parse_value(fact, &text))
                    .transpose()
                    .map_err(|what| StoreError::BadColumn {
                        column: name.to_owned(),
                        what,
                    })?
            }
        };
        facts.set(fact, value);
    }
    Ok(facts)
}

/// The day a fact holds.
pub(crate) fn day_of(facts: &Facts, fact: FactId) -> Option<Day> {
    match facts.get(fact) {
        Some(Value::Day(day)) => Some(*day),
        _ => None,
    }
}
