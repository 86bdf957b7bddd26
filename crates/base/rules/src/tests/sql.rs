//! Printed SQL says what the evaluator says, for random people, days and every form of the language.

use super::oracle::{Cell, evaluate};
use super::{day, list, service, when};
use crate::facts::Kind;
use crate::sql::{Dialect, SqlNames};
use crate::{FactId, Facts, List, Truth, Value};
use kernel::Day;
use proptest::prelude::*;
use std::sync::LazyLock;

const CONDITIONS: &[&str] = &[
    "dibao and tekun or not urban",
    "dibao <> tekun",
    "alive = true",
    "living <> 'institution'",
    "living not in ('alone', 'other')",
    "tekun_choice = tekun_mode",
    "disability_kind = '智力'",
    "age >= 80",
    "age > 79",
    "age < 60",
    "age <= 59",
    "age = 65",
    "age <> 65",
    "70 > age",
    "age between 60 and param('无值')",
    "age + 1 > 60",
    "age in (60, 61, 62)",
    "months < 36",
    "months - 1 = 0 * age",
    "birth_date < date '1945-01-01'",
    "disability_card_until >= as_of",
    "hukou_local",
    "hukou_area <> '421303'",
    "residence_area in ('421303', '421321001')",
    "hukou_area = residence_area",
    "param('低保标准') > 52000",
    "param('方式') = '按类别' or dibao",
    "param('开关') and dibao",
    "case when urban then low_income when dibao then tekun else false end",
    "case when age >= 80 then 2 else ability_level end >= 2",
    "not entitled(1)",
    "entitled(2) or entitled(3)",
    "ability_level between 1 and 3",
    "-ability_level < -1",
    "true",
];
const AMOUNTS: &[&str] = &[
    "100",
    "param('低保标准')",
    "pct(param('低保标准'), param('比例'))",
    "pct(age * 100, 7)",
    "case when age >= 90 then 200 when age >= 80 then param('无值') else 50 * ability_level end",
    "case when living = 'alone' then 1 when urban then 2 end",
    "pct(0 - 100, 20)",
];

static LIST: LazyLock<List> = LazyLock::new(|| {
    let services = CONDITIONS.iter().zip(1..).map(|(text, no)| {
        let amount = AMOUNTS.get(usize::from(no) % AMOUNTS.len()).unwrap();
        service(no, &when(text), &format!("amount = \"{amount}\""))
    });
    list(&services.collect::<Vec<_>>())
});

fn any_day() -> impl Strategy<Value = Day> {
    (1930..2027_i32, 1..13_i32, 1..32_i32).prop_filter_map("a day", |(year, month, day)| {
        Day::from_ymd(year, month, day)
    })
}

fn any_value(fact: FactId) -> BoxedStrategy<Option<Value>> {
    let value = match fact.def().kind {
        Kind::Bool => any::<bool>().prop_map(Value::Bool).boxed(),
        Kind::Int { min, max } => (min..=max).prop_map(Value::Int).boxed(),
        Kind::Day => any_day().prop_map(Value::Day).boxed(),
        Kind::Word(words) => prop::sample::select(words).prop_map(Value::Word).boxed(),
        Kind::Area => {
            let codes = vec!["421303001001", "421303", "421321001200", "421381", "420100"];
            prop::sample::select(codes)
                .prop_map(|code| Value::Area(code.parse().unwrap()))
                .boxed()
        }
        Kind::Text => "[a-z]{1,8}".prop_map(Value::Text).boxed(),
    };
    prop::option::weighted(0.7, value).boxed()
}

fn any_facts() -> impl Strategy<Value = Facts> {
    FactId::all()
        .map(any_value)
        .collect::<Vec<_>>()
        .prop_map(|values| {
            let mut facts = Facts::default();
            for (fact, value) in FactId::all().zip(values) {
                facts.set(fact, value);
            }
            facts
        })
}

fn as_truth(cell: Option<Cell>) -> Truth {
    match cell {
        None => Truth::Unknown,
        Some(Cell::Bool(value)) => Truth::of(Some(value)),
        Some(other) => panic!("{other:?}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Invariants 3, 4 and 12: the SQL of every condition and amount gives the evaluator's answer
    /// for anybody on any day; nothing panics.
    #[test]
    fn sql_and_evaluator_agree(facts in any_facts(), as_of in any_day()) {
        let names = SqlNames { dialect: Dialect::Postgres, as_of };
        let list = &*LIST;
        for (answer, text) in list.answer(&facts, as_of).iter().zip(CONDITIONS) {
            let sql = list.item_sql(answer.no, &names).unwrap();
            prop_assert_eq!(as_truth(evaluate(&sql, &facts)), answer.answer, "{}: {}", text, sql);
            let sql = list.amount_sql(answer.no, &names).unwrap();
            let amount = list.amount(answer.no, &facts, as_of);
            prop_assert_eq!(evaluate(&sql, &facts), amount.fen.map(Cell::Int), "{}", sql);
            prop_assert_eq!(answer.missing.is_empty(), answer.answer != Truth::Unknown);
        }
    }

    /// facts.md: a person document says what is known and is read back as the same person.
    #[test]
    fn a_person_document_is_read_back(facts in any_facts()) {
        prop_assert_eq!(Facts::from_json(&facts.to_json()), Ok(facts));
    }

    /// Invariant 4: whatever is written as a condition, reading it ends with a list or problems.
    #[test]
    fn no_text_brings_the_reader_down(text in "[ -~年龄]{0,60}") {
        let mut files = super::files(&[service(1, &when("true"), "")]);
        let literal = serde_json::to_string(&text).unwrap();
        let written = files.get("services.toml").unwrap().replace("\"true\"", &literal);
        files.insert("services.toml".into(), written);
        drop(crate::folder::load(&files).map(|folder| crate::compile(&folder, None)));
    }

    /// Invariant 4: random forms of the language itself.
    #[test]
    fn no_expression_brings_the_reader_down(words in prop::collection::vec(prop::sample::select(vec![
        "age", "dibao", "living", "and", "or", "not", "(", ")", "'alone'", "80", ">=", "=", "in",
        "between", "case", "when", "then", "else", "end", "param('比例')", "entitled(1)", "-", "*",
        "is", "null", "hukou_area", "'421303'", "as_of", "date '2025-06-30'", ",", "true",
    ]), 0..14)) {
        let text = words.join(" ");
        let services = [service(1, &when("true"), ""), service(2, &when(&text), "")];
        if let Ok(folder) = crate::folder::load(&super::files(&services))
            && let Ok(list) = crate::compile(&folder, None)
        {
            let names = SqlNames { dialect: Dialect::Postgres, as_of: day("2025-06-30") };
            let facts = Facts::default();
            let answers = list.answer(&facts, names.as_of);
            let sql = list.item_sql(2, &names).unwrap();
            prop_assert_eq!(as_truth(evaluate(&sql, &facts)), answers.last().unwrap().answer);
        }
    }
}

/// rules-trial.md, pitfall 1; engineering.md 11: the text for each database.
#[test]
fn the_text_is_plain_and_prunable() {
    let list = list(&[
        service(
            1,
            &when("age >= 80"),
            "amount = \"pct(param('低保标准'), 20)\"",
        ),
        service(2, &when("hukou_local and living = 'alone'"), ""),
        service(3, &when("param('方式') = '它''s'"), ""),
    ]);
    let names = |dialect| SqlNames {
        dialect,
        as_of: day("2025-06-30"),
    };
    let item = |no| list.item_sql(no, &names(Dialect::Sqlite)).unwrap();
    assert_eq!(item(1), "(alive and (birth_date <= 19450630))");
    assert_eq!(
        item(2),
        "(alive and ((hukou_area between '421300000000' and '421399999999') and (living = 'alone')))"
    );
    assert_eq!(item(3), "(alive and ('按类别' = '它''s'))");
    let amount = |dialect| list.amount_sql(1, &names(dialect)).unwrap();
    assert!(amount(Dialect::DuckDb).contains(" // 100"));
    assert!(!amount(Dialect::Postgres).contains("//"));
    assert_eq!(list.amount_sql(2, &names(Dialect::Sqlite)), None);
    assert_eq!(list.item_sql(9, &names(Dialect::Sqlite)), None);
}
