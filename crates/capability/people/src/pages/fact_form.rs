//! The fields of a form about one fact: its value by the kind of the fact, and since when it is true.

use super::words;
use kernel::Day;
use rules::facts::{self, FactId, Kind, Value, parse_value};
use ui::{Choice, Field, Form};

/// The field `value` for this fact; areas are picked below `root`.
pub fn value(form: &Form, fact: FactId, root: &str) -> Field {
    let label = fact.def().zh;
    let field = match fact.def().kind {
        Kind::Bool => Field::radio(
            "value",
            label,
            vec![
                Choice::new("true", "是"),
                Choice::new("false", "否"),
                Choice::new("unknown", "不清楚"),
            ],
        ),
        Kind::Word(allowed) => {
            let mut choices: Vec<Choice> = allowed
                .iter()
                .map(|word| Choice::new(*word, facts::word_zh(fact, word).unwrap_or(word)))
                .collect();
            choices.push(Choice::new("unknown", "不清楚"));
            Field::radio("value", label, choices)
        }
        Kind::Int { min, max } if max <= 9 => {
            let mut choices: Vec<Choice> = (min..=max)
                .map(|number| {
                    Choice::new(
                        number.to_string(),
                        facts::value_zh(fact, &Value::Int(number)),
                    )
                })
                .collect();
            choices.push(Choice::new("unknown", "不清楚"));
            Field::radio("value", label, choices)
        }
        Kind::Int { min, max } => Field::number("value", label).hint(format!("{min} 到 {max}")),
        Kind::Day => Field::date("value", label),
        Kind::Area => Field::area("value", label, "/areas/children", root),
        Kind::Text => Field::text("value", label),
    };
    form.field(field.required().hint(fact.def().says))
}

/// The field `since`.
pub fn since(form: &Form) -> Field {
    form.field(
        Field::date("since", "自何时起")
            .required()
            .hint("这个情况从哪一天开始，不是今天登记的日期"),
    )
}

/// The typed value: `Some(None)` says that it is not known.
pub fn value_from(form: &mut Form, fact: FactId, today: Day) -> Option<Option<Value>> {
    let typed = form.required("value", &format!("请填写{}", fact.def().zh))?;
    if typed == "unknown" {
        return Some(None);
    }
    let text = match fact.def().kind {
        Kind::Day => ui::day_from_typed(&typed).map_or(typed.clone(), |day| day.to_string()),
        _ => typed,
    };
    match parse_value(fact, &text) {
        Ok(Value::Day(day)) if fact == FactId::BIRTH_DATE && day > today => {
            form.errors.add("value", "出生日期不能晚于今天");
            None
        }
        Ok(Value::Area(code)) => match words::area_from(code.as_str()) {
            Ok(code) => Some(Some(Value::Area(code))),
            Err(message) => {
                form.errors.add("value", message);
                None
            }
        },
        Ok(value) => Some(Some(value)),
        Err(message) => {
            form.errors.add("value", message);
            None
        }
    }
}

/// The typed day; what is wrong with it stands in the form.
pub fn since_from(form: &mut Form, today: Day) -> Option<Day> {
    form.required("since", "请填写从哪一天起")?;
    let since = form.day("since")?;
    if since > today {
        form.errors
            .add("since", "不能晚于今天；将来的变化到时再登记");
        return None;
    }
    Some(since)
}
