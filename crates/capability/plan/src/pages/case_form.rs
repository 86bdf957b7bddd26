//! The person of an example as fields: the facts that an item asks, each known or not.

use kernel::Fen;
use rules::facts::{self, FactId, Kind, Value, parse_value, value_zh};
use rules::folder::Folder;
use rules::{List, Reads};
use std::collections::BTreeSet;
use ui::{Choice, Field, Form};

/// The facts that decide an item, in the order of the dictionary.
pub(crate) fn facts_of(list: &List, no: u16) -> Vec<FactId> {
    let Some(item) = list.item(no) else {
        return Vec::new();
    };
    let conditions = item
        .conditions
        .iter()
        .chain(item.tiers.iter().map(|tier| &tier.condition));
    let asks = conditions
        .filter_map(|id| list.condition(*id))
        .map(|one| &one.asks);
    let asks = asks.chain(item.amount.iter().map(|amount| &amount.asks));
    let found: BTreeSet<FactId> = asks
        .flat_map(|asks: &Reads| list.facts_read(asks))
        .collect();
    found.into_iter().collect()
}

fn name_of(fact: FactId) -> String {
    format!("f_{}", fact.name())
}

/// A field of a fact; left empty the fact is unknown.
pub(crate) fn fact_field(fact: FactId, folder: &Folder) -> Field {
    let (name, zh) = (name_of(fact), fact.def().zh);
    let choices = |values: Vec<Value>| {
        let choice = |value: Value| Choice::new(facts::value_text(&value), value_zh(fact, &value));
        values.into_iter().map(choice).collect::<Vec<_>>()
    };
    let select = |choices| Field::select(&name, zh, choices).blank("不明");
    match fact.def().kind {
        Kind::Bool => select(choices(vec![Value::Bool(true), Value::Bool(false)])),
        Kind::Int { min, max } => select(choices((min..=max).map(Value::Int).collect())),
        Kind::Word(words) => select(choices(words.iter().copied().map(Value::Word).collect())),
        Kind::Day => Field::date(&name, zh).hint("不填是不明。"),
        Kind::Area => {
            let counties = folder.areas.counties.iter();
            let mut places: Vec<Choice> = counties
                .map(|county| Choice::new(county.code.prefix(), county.name.as_str()))
                .collect();
            if places.is_empty() {
                places.push(Choice::new(
                    folder.plan.area.prefix(),
                    folder.plan.place.as_str(),
                ));
            }
            places.push(Choice::new(ELSEWHERE, "外地"));
            select(places)
        }
        Kind::Text => Field::text(&name, zh),
    }
}

/// A code that no province has.
const ELSEWHERE: &str = "99";

/// The facts as typed; what does not read stands at its field.
pub(crate) fn facts_from(form: &mut Form, facts: &[FactId]) -> Vec<(String, Value)> {
    let mut found = Vec::new();
    for fact in facts {
        let name = name_of(*fact);
        let value = match fact.def().kind {
            Kind::Day => form.day(&name).map(Value::Day),
            _ => match form.text(&name) {
                None => None,
                Some(text) => match parse_value(*fact, &text) {
                    Ok(value) => Some(value),
                    Err(why) => {
                        form.errors.add(name, why);
                        None
                    }
                },
            },
        };
        found.extend(value.map(|value| (fact.name().to_owned(), value)));
    }
    found
}

/// What is expected: the answer and the amount in fen.
pub(crate) fn expected_from(form: &mut Form) -> (Option<String>, Option<i64>) {
    let expect = form.one_of("expect", &["yes", "no", "unknown"], "请选择应当怎么答");
    let fen = match form.text("amount") {
        None => None,
        Some(text) => {
            let fen = Fen::from_yuan(&text).map(|fen| fen.0);
            if fen.is_none() {
                form.errors
                    .add("amount", "金额写成元，最多两位小数，例如 120.50");
            }
            fen
        }
    };
    if fen.is_some() && expect.as_deref().is_some_and(|expect| expect != "yes") {
        form.errors.add("amount", "只有应当符合的样例才核对金额");
    }
    (expect, fen)
}
