//! A county's list against the city's, and both as one list.

use super::{PARAMS, PLAN, day, person, service, told, when};
use crate::county::{CountyReport, DifferenceKind, compare, effective, effective_digest};
use crate::folder::{Folder, load};
use crate::{Facts, Files, List, Truth, compile};

const FLOOR: &str = r#"
[[param]]
name = "津贴"
unit = "fen"
says = "分/月"
floor = true
source = { document = "样〔2023〕1号", section = "附件1第1项", quote = "不低于100元" }
values = [ { from = "2023-06-01", fen = 10000 } ]
[[param]]
name = "起始年龄"
unit = "age"
says = "周岁"
source = { basis = "样例" }
values = [ { from = "2023-06-01", number = 80 } ]
"#;

const AREAS: &str = r#"
source = { basis = "样例" }
[[county]]
code = "421303"
name = "曾都区"
[[county]]
code = "421321"
name = "随县"
[[county.town]]
code = "421321102"
name = "某镇"
villages = [ ["001", "某村"] ]
[[management]]
code = "M01"
name = "某管委会"
towns = ["421321102"]
source = { basis = "样例" }
"#;

const HEAD: &str = r#"[list]
name = "样例清单"
version = "2023-06-01"
common = [ { says = "在世", when = "alive" } ]
source = { document = "样〔2023〕1号", section = "附件1", quote = "样例" }
"#;

/// The city: an allowance by age, help for the poor, a service where people live.
fn items() -> Vec<String> {
    vec![
        service(
            1,
            &when("age >= param('起始年龄')"),
            "amount = \"param('津贴')\"",
        ),
        service(
            2,
            &format!("{}, {}", when("age >= 60"), when("dibao or tekun")),
            "amount = \"case when age >= 90 then 20000 else 5000 end\"",
        ),
        service(
            3,
            &when("age >= 65"),
            "benefit = { kind = \"in_kind\", unit = \"visit\" }",
        )
        .replace("area_basis = \"hukou\"", "area_basis = \"residence\""),
    ]
}

fn files(services: &[String], county: Option<&str>) -> Files {
    let mut plan = PLAN.to_owned();
    if let Some(county) = county {
        plan = plan.replace(
            "slug = \"sample\"",
            &format!("slug = \"xian\"\ncounty = \"{county}\""),
        );
    }
    [
        ("plan.toml", plan),
        ("params.toml", format!("{PARAMS}{FLOOR}")),
        ("areas.toml", AREAS.to_owned()),
        ("services.toml", format!("{HEAD}{}", services.concat())),
    ]
    .into_iter()
    .map(|(name, text)| (name.to_owned(), text))
    .collect()
}

fn read(files: &Files) -> Folder {
    load(files).unwrap_or_else(|problems| panic!("{}", told(&problems)))
}

fn city() -> Folder {
    read(&files(&items(), None))
}

/// The county's list with one text in the place of another, in whichever file it stands.
fn county(changes: &[(&str, &str)]) -> Folder {
    let mut all = files(&items(), Some("421321"));
    for (from, to) in changes {
        let name = all
            .iter()
            .find(|(_, text)| text.contains(from))
            .map_or_else(|| panic!("no file has {from}"), |(name, _)| name.clone());
        let text = all.get_mut(&name).unwrap();
        *text = text.replace(from, to);
    }
    read(&all)
}

fn report(county: &Folder) -> CountyReport {
    compare(&city(), county).unwrap_or_else(|problems| panic!("{}", told(&problems)))
}

fn kinds(report: &CountyReport) -> Vec<(DifferenceKind, u16)> {
    let kinds = report.differences.iter();
    kinds.map(|one| (one.kind, one.no)).collect()
}

/// Rows C01, C02: a copy differs in nothing; each way to do less is named with its item, both values and the
/// city's clause; each way to do more is no fault.
#[test]
fn what_a_county_may_and_may_not() {
    use DifferenceKind as K;
    type Row<'a> = (&'a [(&'a str, &'a str)], &'a [(K, u16)]);
    assert_eq!(kinds(&report(&county(&[]))), []);
    let table: &[Row<'_>] = &[
        // An amount below the floor, at once and only later.
        (
            &[("fen = 10000", "fen = 9000")],
            &[(K::LowerAmount, 1), (K::LowerParam, 1)],
        ),
        (
            &[(
                "fen = 10000 }",
                "fen = 10000 }, { from = \"2026-01-01\", fen = 9900 }",
            )],
            &[(K::LowerAmount, 1), (K::LowerParam, 1)],
        ),
        // Above it.
        (
            &[("fen = 10000", "fen = 12000")],
            &[(K::HigherAmount, 1), (K::HigherParam, 1)],
        ),
        // Later than the city has it: a gap without a value.
        (
            &[(
                "from = \"2023-06-01\", fen = 10000",
                "from = \"2024-01-01\", fen = 12000",
            )],
            &[(K::LowerAmount, 1), (K::LowerParam, 1)],
        ),
        // The age of a parameter.
        (
            &[("number = 80", "number = 70")],
            &[(K::Wider, 1), (K::HigherParam, 1)],
        ),
        (
            &[("number = 80", "number = 81")],
            &[(K::Narrower, 1), (K::LowerParam, 1)],
        ),
        // Conditions.
        (&[("age >= 60", "age >= 55")], &[(K::Wider, 2)]),
        (&[("age >= 60", "age > 60")], &[(K::Narrower, 2)]),
        (
            &[("dibao or tekun", "dibao or tekun or low_income")],
            &[(K::Wider, 2)],
        ),
        (&[("dibao or tekun", "dibao")], &[(K::Narrower, 2)]),
        (&[("dibao or tekun", "tekun or dibao")], &[(K::Wider, 2)]),
        (
            &[("dibao or tekun", "dibao or (tekun and urban)")],
            &[(K::Narrower, 2)],
        ),
        (
            &[("dibao or tekun", "not (not dibao and not tekun)")],
            &[(K::Wider, 2)],
        ),
        // Somebody registered elsewhere in the city is 本市户籍 on both lists.
        (
            &[("dibao or tekun", "(dibao or tekun) and hukou_local")],
            &[(K::Wider, 2)],
        ),
        // Amounts that depend on the person.
        (&[("then 20000", "then 19999")], &[(K::LowerAmount, 2)]),
        (
            &[("age >= 90 then", "age >= 85 then")],
            &[(K::HigherAmount, 2)],
        ),
        (
            &[("age >= 90 then", "age >= 95 then")],
            &[(K::LowerAmount, 2)],
        ),
        // What must be the same.
        (
            &[("area_basis = \"residence\"", "area_basis = \"hukou\"")],
            &[(K::Changed, 3)],
        ),
        // An item under another name is not the city's.
        (
            &[("name = \"项目3\"", "name = \"项目三\"")],
            &[(K::Missing, 3), (K::Added, 3)],
        ),
    ];
    for (changes, wanted) in table {
        let found = report(&county(changes));
        assert_eq!(
            kinds(&found),
            *wanted,
            "{changes:?}: {:#?}",
            found.differences
        );
        let faults = wanted.iter().filter(|(kind, _)| kind.is_fault()).count();
        assert_eq!(found.problems().len(), faults);
    }
}

/// Row C02: the problem says which item, both values and the clause, from which day, for whom.
#[test]
fn a_fault_names_item_values_and_clause() {
    let later = county(&[(
        "fen = 10000 }",
        "fen = 10000 }, { from = \"2026-01-01\", fen = 9900 }",
    )]);
    let text = told(&report(&later).problems());
    for words in [
        "项目1",
        "100.00 元",
        "99.00 元",
        "2026年1月1日起",
        "不低于100元",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
    let narrower = county(&[("age >= 60", "age > 60")]);
    let text = told(&report(&narrower).problems());
    assert!(
        text.contains("60周岁") && text.contains("就不符合了"),
        "{text}"
    );
    let missing = told(&report(&county(&[("name = \"项目3\"", "name = \"项目三\"")])).problems());
    assert!(missing.contains("缺市级清单第 3 项「项目3」"), "{missing}");
}

/// Invariant 4: a condition that cannot be tried in full is not taken for a wider one; a list of no county of the
/// city's is refused.
#[test]
fn what_cannot_be_shown_is_refused() {
    let sum = county(&[("age >= 60", "age + 1 >= 60")]);
    assert_eq!(kinds(&report(&sum)), [(DifferenceKind::Unproven, 2)]);
    let elsewhere = read(&files(&items(), Some("421322")));
    let problems = compare(&city(), &elsewhere).unwrap_err();
    assert!(told(&problems).contains("421322"), "{}", told(&problems));
    assert!(
        compare(&city(), &city()).is_err(),
        "a city's list is no county's"
    );
}

fn one(city: &Folder, counties: &[&Folder]) -> List {
    let folder = effective(city, counties).unwrap_or_else(|problems| panic!("{}", told(&problems)));
    compile(&folder, None).unwrap_or_else(|problems| panic!("{}", told(&problems)))
}

fn at(area: &str, more: &str) -> Facts {
    let comma = if more.is_empty() { "" } else { ", " };
    person(&format!(
        "\"hukou_area\": \"{area}\", \"residence_area\": \"{area}\"{comma}{more}"
    ))
}

/// The answers of a list that must be: yes and amount.
fn answers(list: &List, facts: &Facts) -> Vec<(Truth, Option<i64>)> {
    let answers = list.answer(facts, day("2025-06-30"));
    answers
        .into_iter()
        .map(|one| (one.answer, one.fen))
        .collect()
}

/// Rows C01, C02; invariant 8: on the one list everybody is answered as by the list of their own territory, a
/// county's people by the county's, all others by the city's; the towns of a 管委会 are not the county's.
#[test]
fn everybody_is_answered_by_the_list_of_their_territory() {
    let city = city();
    let county = county(&[
        ("fen = 10000", "fen = 12000"),
        ("number = 80", "number = 70"),
        ("dibao or tekun", "dibao or tekun or low_income"),
        ("then 20000 else 5000", "then 20000 else 6000"),
        ("age >= 65", "age >= 60"),
    ]);
    let whole = one(&city, &[&county]);
    let (of_city, of_county) = (
        compile(&city, None).unwrap(),
        compile(&county, None).unwrap(),
    );
    assert_ne!(whole.digest(), of_city.digest());
    let mut people = Vec::new();
    for birth in [
        "1930-01-01",
        "1945-06-30",
        "1950-05-05",
        "1955-06-30",
        "1963-01-01",
        "1990-01-01",
    ] {
        for poor in [
            "\"dibao\": true, \"tekun\": false",
            "\"low_income\": true, \"dibao\": false, \"tekun\": false",
            "\"low_income\": false, \"dibao\": false, \"tekun\": true",
            "",
        ] {
            let comma = if poor.is_empty() { "" } else { ", " };
            people.push(format!("\"birth_date\": \"{birth}\"{comma}{poor}"));
        }
    }
    for (area, list) in [
        ("421303001001", &of_city),
        ("421321001001", &of_county),
        ("421321102001", &of_city),
        ("110101001001", &of_city),
    ] {
        for facts in &people {
            let facts = at(area, facts);
            assert_eq!(
                answers(&whole, &facts),
                answers(list, &facts),
                "{area} {facts:?}"
            );
        }
    }
    // The basis decides: registered in the county and living elsewhere.
    let apart = person(
        "\"hukou_area\": \"421321001001\", \"residence_area\": \"421303001001\", \"birth_date\": \"1963-01-01\"",
    );
    assert_eq!(
        whole.answer(&apart, day("2025-06-30"))[2].answer,
        Truth::False
    );
    // Where all lists say the same of somebody, their area need not be known.
    let nowhere = person("\"birth_date\": \"1930-01-01\"");
    let nowhere = whole.answer(&nowhere, day("2025-06-30"));
    assert_eq!(nowhere[0].answer, Truth::True);
    assert_eq!(nowhere[0].fen, None, "the amount depends on it");
    let young = person("\"birth_date\": \"1952-01-01\"");
    let young = whole.answer(&young, day("2025-06-30"));
    assert_eq!(young[0].answer, Truth::Unknown);
}

/// Row C02: what a county adds is for its own people, behind the city's items and under its own number; what it does
/// less for stays the city's.
#[test]
fn additions_are_for_the_county_and_less_is_not_taken() {
    let city = city();
    let mut all = files(&items(), Some("421321"));
    let services = all.get_mut("services.toml").unwrap();
    *services = services.replace("age >= 60", "age >= 61");
    services.push_str(&service(
        4,
        "{ says = \"满70\", when = \"age >= 70 and entitled(2)\" }",
        "amount = \"param('津贴')\"",
    ));
    let params = all.get_mut("params.toml").unwrap();
    *params = params.replace("fen = 10000", "fen = 15000");
    let county = read(&all);
    assert_eq!(report(&county).below(), 1);
    let second = {
        let mut all = all.clone();
        let plan = all.get_mut("plan.toml").unwrap();
        *plan = plan.replace("421321", "421303").replace("xian", "qu");
        read(&all)
    };
    let whole = one(&city, &[&second, &county]);
    assert_eq!(whole.items().len(), 5);
    let poor = "\"birth_date\": \"1940-01-01\", \"dibao\": true";
    let answers = |area: &str| answers(&whole, &at(area, poor));
    let (yes, no) = (Truth::True, Truth::False);
    assert_eq!(
        answers("421303001001")[3..],
        [(yes, Some(15_000)), (no, None)]
    );
    assert_eq!(
        answers("421321001001")[3..],
        [(no, None), (yes, Some(15_000))]
    );
    assert_eq!(answers("421321001001")[0], (yes, Some(15_000)));
    assert_eq!(answers("421321102001")[0], (yes, Some(10_000)));
    // The stricter condition was not taken.
    let sixty = "\"birth_date\": \"1965-01-01\", \"dibao\": true";
    assert_eq!(
        self::answers(&whole, &at("421321001001", sixty))[1],
        (yes, Some(5_000))
    );
    assert!(whole.items()[4].service.name.contains("随县"));
}

/// Invariant 12: no county list, no other list; the digest names exactly what lies over the city's.
#[test]
fn without_counties_it_is_the_citys_list() {
    let city = city();
    assert_eq!(effective(&city, &[]).unwrap(), city);
    assert_eq!(effective_digest(&city.digest, &[]), city.digest);
    let (a, b) = (
        effective_digest("a", &["b"]),
        effective_digest("a", &["b", "c"]),
    );
    assert!(a != b && a != effective_digest("b", &["a"]));
}
