//! Conditions outside a list: three answers, what is missing, and what they may not ask.

use super::day;
use crate::{Alone, Facts, Truth};
use serde_json::{Value, json};

fn facts(person: Value) -> Facts {
    let Value::Object(person) = person else {
        panic!("an object");
    };
    Facts::from_json(&person).unwrap()
}

/// Row B12; invariant 3: a condition alone is answered as one of a list is, and names what it lacks.
#[test]
fn a_condition_alone_has_three_answers() {
    let condition = Alone::read("(dibao or low_income) and age >= 80").unwrap();
    for (person, truth, missing) in [
        (
            json!({"dibao": true, "birth_date": "1940-01-01"}),
            Truth::True,
            vec![],
        ),
        (
            json!({"dibao": false, "low_income": false}),
            Truth::False,
            vec![],
        ),
        (json!({"birth_date": "1960-01-01"}), Truth::False, vec![]),
        (
            json!({"dibao": false, "birth_date": "1940-01-01"}),
            Truth::Unknown,
            vec!["low_income"],
        ),
    ] {
        let (found, lacks) = condition.ask(&facts(person.clone()), day("2025-06-30"));
        let lacks: Vec<String> = lacks.iter().map(ToString::to_string).collect();
        assert_eq!(
            (found, lacks),
            (
                truth,
                missing.iter().map(|name| (*name).to_owned()).collect()
            ),
            "{person}"
        );
    }
}

/// Row B12; invariant 4: what only a list can answer is refused.
#[test]
fn a_condition_alone_asks_nothing_of_a_list() {
    for (text, what) in [
        ("hukou_local", "hukou_local"),
        ("not (dibao and hukou_local)", "hukou_local"),
        ("age >= param('老年人年龄')", "没有参数"),
        ("entitled(1)", "不是前面的项目"),
        ("age + 1", "不是是否"),
        ("dibaoo", "没有 dibaoo"),
    ] {
        let problem = Alone::read(text).unwrap_err();
        assert!(problem.what.contains(what), "{text}: {problem}");
    }
}
