//! Programmes: their rule, their amount and what stacking leaves (invariant 9, product.md 17).

use super::{day, files, person, service, told, when};
use crate::folder::load;
use crate::{List, Paid, Problem, compile};

fn programme(id: &str, rest: &str) -> String {
    format!(
        r#"[[programme]]
id = "{id}"
name = "{id}"
area_basis = "hukou"
access = "依申请"
decides = "县民政"
pays = "县财政"
cycle = "month"
payee = "self"
publicity = "不公示"
system = "本系统"
source = {{ basis = "样例" }}
{rest}
"#
    )
}

fn compiled(programmes: &[String]) -> Result<List, Vec<Problem>> {
    let services = [
        service(1, &when("dibao"), "amount = \"100\""),
        service(
            2,
            &when("tekun"),
            "benefit = { kind = \"money\", unit = \"meal\" }\namount = \"7\"",
        ),
        service(
            3,
            &when("tekun"),
            "benefit = { kind = \"money\", unit = \"year\" }\namount = \"7\"",
        ),
    ];
    let mut files = files(&services);
    files.insert("programmes.toml".into(), programmes.concat());
    compile(&load(&files)?, None)
}

fn conditions(text: &str) -> String {
    format!("conditions = [ {} ]", when(text))
}

/// Invariant 9: conditions and amount default to those of the one item.
#[test]
fn a_programme_takes_rule_and_amount_of_its_one_item() {
    let rest = "fulfils = [1]";
    let all = format!(
        "fulfils = [1]\n{}\namount = \"5\"\nposthumous = true",
        conditions("dibao or urban")
    );
    let list = compiled(&[
        programme("a", rest),
        programme("b", &all),
        programme("c", "fulfils = [2]"),
    ])
    .unwrap();
    let answers = list.answer_programmes(
        &person("\"dibao\": true, \"tekun\": true"),
        day("2025-06-30"),
    );
    let found: Vec<_> = answers
        .iter()
        .map(|a| (a.id.as_str(), a.paid, a.fen))
        .collect();
    // What is given per meal has no amount per month.
    assert_eq!(
        found,
        [
            ("a", Paid::Yes, Some(100)),
            ("b", Paid::Yes, Some(5)),
            ("c", Paid::Yes, None)
        ]
    );
    let says = |place: usize| list.programmes().get(place).unwrap().says.len();
    assert_eq!((says(0), says(1)), (2, 1));
    for (rest, what) in [
        ("", "没有条件"),
        ("fulfils = [1, 2]", "没有条件"),
        ("fulfils = [9]", "没有第 9 项"),
        ("fulfils = [3]", "按年计"),
        ("fulfils = [1]\nexcludes = [\"nobody\"]", "nobody"),
        ("fulfils = [1]\nexcludes = [\"a\"]", "excludes"),
        ("fulfils = [1]\nconditions = []", "没有条件"),
    ] {
        let problems = compiled(&[programme("a", rest)]).unwrap_err();
        assert!(
            problems.iter().any(|p| p.what.contains(what)),
            "{rest}: {}",
            told(&problems)
        );
        assert!(problems.iter().all(|p| p.file == "programmes.toml"));
    }
    let circle = [
        programme("a", "fulfils = [1]\nexcludes = [\"b\"]"),
        programme("b", "fulfils = [1]\nexcludes = [\"a\"]"),
    ];
    assert!(told(&compiled(&circle).unwrap_err()).contains("互相排除"));
}

/// Row C20 (两项补贴); product.md 17: the highest is paid, the other wins, unknown is not paid.
#[test]
fn stacking_pays_the_highest_and_gives_way() {
    let list = compiled(&[
        programme(
            "low",
            &format!(
                "{}\namount = \"50\"\nhighest_of = \"n\"",
                conditions("dibao")
            ),
        ),
        programme(
            "high",
            &format!(
                "{}\namount = \"80\"\nhighest_of = \"n\"",
                conditions("urban")
            ),
        ),
        programme(
            "open",
            &format!(
                "{}\namount = \"param('无值')\"\nhighest_of = \"m\"",
                conditions("dibao")
            ),
        ),
        programme(
            "fixed",
            &format!(
                "{}\namount = \"9\"\nhighest_of = \"m\"",
                conditions("dibao")
            ),
        ),
        programme(
            "shy",
            &format!(
                "{}\namount = \"9\"\nexcludes = [\"care\"]",
                conditions("dibao")
            ),
        ),
        programme("care", &conditions("tekun")),
        programme(
            "equal",
            &format!(
                "{}\namount = \"80\"\nhighest_of = \"n\"",
                conditions("urban")
            ),
        ),
    ])
    .unwrap();
    let paid = |facts: &str| {
        let answers = list.answer_programmes(&person(facts), day("2025-06-30"));
        for answer in &answers {
            assert_eq!(
                answer.because.is_none(),
                answer.paid == Paid::Yes,
                "{answer:?}"
            );
        }
        let letter = |paid| match paid {
            Paid::Yes => 'y',
            Paid::No => 'n',
            Paid::Unknown => '?',
        };
        answers
            .iter()
            .map(|answer| letter(answer.paid))
            .collect::<String>()
    };
    // low high open fixed shy care equal
    for (facts, wanted) in [
        (
            "\"dibao\": true, \"urban\": true, \"tekun\": false",
            "ny??ynn",
        ),
        (
            "\"dibao\": true, \"urban\": false, \"tekun\": false",
            "yn??ynn",
        ),
        (
            "\"dibao\": true, \"tekun\": true, \"urban\": false",
            "yn??nyn",
        ),
        ("\"dibao\": true, \"urban\": true", "ny????n"),
        ("\"dibao\": true, \"tekun\": false", "????yn?"),
        ("\"urban\": true, \"tekun\": true", "???"),
    ] {
        let found = paid(facts);
        assert!(
            found.starts_with(wanted) || wanted.len() < 7,
            "{facts}: {found}, not {wanted}"
        );
    }
    let answers = list.answer_programmes(
        &person("\"dibao\": true, \"tekun\": true, \"urban\": true"),
        day("2025-06-30"),
    );
    let shy = answers.iter().find(|answer| answer.id == "shy").unwrap();
    assert_eq!(
        (shy.answer, shy.paid, shy.other.as_deref()),
        (crate::Truth::True, Paid::No, Some("care"))
    );
    assert_eq!(shy.because.as_deref(), Some("与「care」不能同时享受"));
}

/// Rows C18, C20 (两项补贴), C33: an amount by the quarter, half-year or year is compared by what it is a month; of equals the first in the file.
#[test]
fn the_highest_is_the_highest_a_month() {
    for (first, second, wants) in [
        (("month", 50), ("quarter", 149), "yn"),
        (("month", 50), ("quarter", 150), "yn"),
        (("month", 50), ("quarter", 151), "ny"),
        (("quarter", 150), ("month", 50), "yn"),
        (("quarter", 149), ("month", 50), "ny"),
        (("half_year", 300), ("quarter", 150), "yn"),
        (("year", 599), ("month", 50), "ny"),
        (("month", 50), ("once", 51), "ny"),
    ] {
        let one = |id: &str, (cycle, fen): (&str, i64)| {
            let rest = format!(
                "{}\namount = \"{fen}\"\nhighest_of = \"n\"",
                conditions("dibao")
            );
            programme(id, &rest).replace("cycle = \"month\"", &format!("cycle = \"{cycle}\""))
        };
        let list = compiled(&[one("a", first), one("b", second)]).unwrap();
        let answers = list.answer_programmes(&person("\"dibao\": true"), day("2025-06-30"));
        let got: String = answers
            .iter()
            .map(|answer| if answer.paid == Paid::Yes { 'y' } else { 'n' })
            .collect();
        assert_eq!(got, wants, "{first:?} {second:?}");
    }
}
