//! Answers of single people: three values, the dead, birthdays, earlier items.

use super::{day, list, missing, person, service, when};
use crate::{Facts, Truth, compile};

fn ask(condition: &str, facts: &Facts, as_of: &str) -> (Truth, Vec<String>) {
    let answers = list(&[service(1, &when(condition), "")]).answer(facts, day(as_of));
    let answer = answers.first().unwrap();
    (answer.answer, missing(answer))
}

/// Rows C03, B06; invariant 3 (unknown is not no): Kleene through the whole language.
#[test]
fn unknown_stays_unknown_unless_the_rest_decides() {
    for (condition, facts, answer, lacking) in [
        ("dibao", "", Truth::Unknown, vec!["dibao"]),
        ("not dibao", "", Truth::Unknown, vec!["dibao"]),
        ("dibao and tekun", "\"tekun\": false", Truth::False, vec![]),
        (
            "dibao and tekun",
            "\"tekun\": true",
            Truth::Unknown,
            vec!["dibao"],
        ),
        ("dibao or tekun", "\"tekun\": true", Truth::True, vec![]),
        (
            "dibao or tekun",
            "\"tekun\": false",
            Truth::Unknown,
            vec!["dibao"],
        ),
        ("dibao or tekun", "", Truth::Unknown, vec!["tekun", "dibao"]),
        (
            "dibao = tekun",
            "\"tekun\": false",
            Truth::Unknown,
            vec!["dibao"],
        ),
        ("living in ('alone')", "", Truth::Unknown, vec!["living"]),
        (
            "living not in ('alone')",
            "",
            Truth::Unknown,
            vec!["living"],
        ),
        (
            "living not in ('alone')",
            "\"living\": \"other\"",
            Truth::True,
            vec![],
        ),
        (
            "living <> 'institution'",
            "\"living\": \"alone\"",
            Truth::True,
            vec![],
        ),
        (
            "ability_level between 1 and 4",
            "\"ability_level\": 0",
            Truth::False,
            vec![],
        ),
        ("hukou_local", "", Truth::Unknown, vec!["hukou_area"]),
        (
            "hukou_local",
            "\"hukou_area\": \"420100\"",
            Truth::False,
            vec![],
        ),
        (
            "hukou_local",
            "\"hukou_area\": \"421303001001\"",
            Truth::True,
            vec![],
        ),
        (
            "residence_area <> '421303'",
            "\"residence_area\": \"421321\"",
            Truth::True,
            vec![],
        ),
        ("age >= 80", "", Truth::Unknown, vec!["birth_date"]),
        (
            "disability_card_until >= as_of",
            "\"disability_card_until\": \"2025-06-30\"",
            Truth::True,
            vec![],
        ),
        (
            "disability_card_until >= as_of",
            "\"disability_card_until\": \"2025-06-29\"",
            Truth::False,
            vec![],
        ),
        (
            "age >= param('无值')",
            "\"birth_date\": \"1940-01-01\"",
            Truth::Unknown,
            vec!["param:无值"],
        ),
        (
            "age >= param('无值')",
            "",
            Truth::Unknown,
            vec!["birth_date", "param:无值"],
        ),
        (
            "case when dibao then true else false end",
            "",
            Truth::Unknown,
            vec!["dibao"],
        ),
        (
            "case when dibao then true else true end",
            "",
            Truth::Unknown,
            vec!["dibao"],
        ),
        (
            "case when dibao then tekun else urban end",
            "\"dibao\": false",
            Truth::Unknown,
            vec!["urban", "tekun"],
        ),
        (
            "param('低保标准') > 0",
            "",
            Truth::Unknown,
            vec!["hukou_area", "urban"],
        ),
        (
            "param('低保标准') > 0",
            "\"hukou_area\": \"421303\"",
            Truth::Unknown,
            vec!["urban"],
        ),
        (
            "param('低保标准') > 0",
            "\"hukou_area\": \"421321\"",
            Truth::True,
            vec![],
        ),
        (
            "param('低保标准') > 0",
            "\"hukou_area\": \"421381\"",
            Truth::Unknown,
            vec!["param:低保标准"],
        ),
        ("param('方式') = '按类别'", "", Truth::True, vec![]),
        (
            "param('开关') and age * 9000000000000 > 0",
            "\"birth_date\": \"1900-01-01\"",
            Truth::True,
            vec![],
        ),
    ] {
        let condition = &condition.replace("9000000000000", "900000000000");
        let found = ask(condition, &person(facts), "2025-06-30");
        let lacking: Vec<String> = lacking.into_iter().map(str::to_owned).collect();
        assert_eq!(found, (answer, lacking), "{condition} of {facts}");
    }
}

/// Row C03: the common condition 在世 stands before every item; a false one leaves nothing missing.
#[test]
fn the_dead_are_owed_nothing_unless_the_item_says_so() {
    let services = [
        service(1, &when("dibao"), ""),
        service(2, &when("dibao"), "posthumous = true"),
    ];
    let list = list(&services);
    let mut facts = person("");
    facts.set(crate::FactId::ALIVE, Some(crate::Value::Bool(false)));
    let answers = list.answer(&facts, day("2025-06-30"));
    let found: Vec<_> = answers
        .iter()
        .map(|answer| (answer.answer, missing(answer)))
        .collect();
    assert_eq!(
        found,
        [
            (Truth::False, vec![]),
            (Truth::Unknown, vec!["dibao".to_owned()])
        ]
    );
}

/// Invariant 6: birthdays, 29 February by its parameter, months.
#[test]
fn birthdays_are_exact() {
    let born = |on: &str| person(&format!("\"birth_date\": \"{on}\""));
    for (condition, birth, as_of, answer) in [
        ("age >= 80", "1945-07-01", "2025-06-30", Truth::False),
        ("age >= 80", "1945-06-30", "2025-06-30", Truth::True),
        ("age >= 81", "1944-02-29", "2025-02-28", Truth::False),
        ("age >= 81", "1944-02-29", "2025-03-01", Truth::True),
        ("age >= 80", "1944-02-29", "2024-02-29", Truth::True),
        ("age < 0", "2025-07-01", "2025-06-30", Truth::True),
        ("months < 36", "2022-07-01", "2025-06-30", Truth::True),
        ("months < 36", "2022-06-30", "2025-06-30", Truth::False),
    ] {
        assert_eq!(
            ask(condition, &born(birth), as_of).0,
            answer,
            "{condition} {birth} {as_of}"
        );
    }
    let mut files = super::files(&[service(1, &when("age >= 81"), "")]);
    let moved = "[[param]]\nname = \"闰日出生的平年生日\"\nunit = \"word\"\nsays = \"闰日\"\n\
        source = { basis = \"样例\" }\nvalues = [ { from = \"2023-06-01\", word = \"2月28日\" } ]\n";
    files.get_mut("params.toml").unwrap().push_str(moved);
    let list = compile(&crate::folder::load(&files).unwrap(), None).unwrap();
    for (birth, as_of, answer) in [
        ("1944-02-29", "2025-02-27", Truth::False),
        ("1944-02-29", "2025-02-28", Truth::True),
        ("1944-03-01", "2025-02-28", Truth::False),
        ("1944-02-28", "2025-02-28", Truth::True),
    ] {
        let answers = list.answer(&born(birth), day(as_of));
        assert_eq!(answers.first().unwrap().answer, answer, "{birth} {as_of}");
    }
}

/// engineering.md 5: `entitled(n)` keeps its third value and names what the earlier item misses.
#[test]
fn an_earlier_item_keeps_its_third_value() {
    let services = [
        service(
            1,
            &format!("{}, {}", when("dibao"), when("tekun or urban")),
            "",
        ),
        service(2, &when("not entitled(1)"), ""),
        service(3, &when("entitled(2)"), ""),
    ];
    let list = list(&services);
    for (facts, answers, lacking) in [
        (
            "\"dibao\": true, \"tekun\": true",
            [Truth::True, Truth::False, Truth::False],
            vec![],
        ),
        (
            "\"dibao\": false",
            [Truth::False, Truth::True, Truth::True],
            vec![],
        ),
        ("\"tekun\": true", [Truth::Unknown; 3], vec!["dibao"]),
    ] {
        let found = list.answer(&person(facts), day("2025-06-30"));
        assert_eq!(
            found.iter().map(|a| a.answer).collect::<Vec<_>>(),
            answers,
            "{facts}"
        );
        assert_eq!(missing(found.last().unwrap()), lacking, "{facts}");
    }
}
