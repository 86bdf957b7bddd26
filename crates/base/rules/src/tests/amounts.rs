//! Amounts and steps of single people, by area, 城乡 and day; demo values laid over.

use super::{day, folder, list, missing, person, service, told, when};
use crate::folder::overlay;
use crate::{Truth, compile};

/// Row C20; invariant 6: an amount by area, 城乡 and day; without a value it is null, the answer stands.
#[test]
fn amounts_follow_area_urban_and_day() {
    let services = [
        service(
            1,
            &when("true"),
            "amount = \"pct(param('低保标准'), param('比例'))\"",
        ),
        service(
            2,
            &when("dibao"),
            "amount = \"case when age >= 80 then 100 when age >= 70 then param('无值') end\"",
        ),
        service(3, &when("true"), "amount = \"900000000000 * 900000000000\""),
    ];
    let list = list(&services);
    let at = |facts: &str, as_of: &str, no: usize| {
        let answers = list.answer(&person(facts), day(as_of));
        let answer = answers.get(no - 1).unwrap().clone();
        let lacking: Vec<String> = answer
            .amount_missing
            .iter()
            .map(ToString::to_string)
            .collect();
        (answer.answer, answer.fen, lacking.join(" "))
    };
    let yes = |fen, lacking: &str| (Truth::True, fen, lacking.to_owned());
    let town = "\"hukou_area\": \"421303001001\", \"urban\": true";
    assert_eq!(at(town, "2025-06-30", 1), yes(Some(13607), ""));
    assert_eq!(
        at("\"hukou_area\": \"421321\"", "2025-06-30", 1),
        yes(Some(10000), "")
    );
    assert_eq!(
        at("\"hukou_area\": \"421321\"", "2025-07-01", 1),
        yes(Some(10400), "")
    );
    assert_eq!(
        at("\"hukou_area\": \"421381\"", "2025-06-30", 1),
        yes(None, "param:低保标准")
    );
    assert_eq!(
        at("\"urban\": true", "2025-06-30", 1),
        yes(None, "hukou_area")
    );
    let old = |birth: &str| format!("\"dibao\": true, \"birth_date\": \"{birth}\"");
    assert_eq!(at(&old("1940-01-01"), "2025-06-30", 2), yes(Some(100), ""));
    assert_eq!(
        at(&old("1950-01-01"), "2025-06-30", 2),
        yes(None, "param:无值")
    );
    assert_eq!(
        at("\"dibao\": true", "2025-06-30", 2),
        yes(None, "birth_date param:无值")
    );
    assert_eq!(
        at("\"dibao\": false", "2025-06-30", 2),
        (Truth::False, None, String::new())
    );
    // Overflow is not known, never wrapped.
    assert_eq!(at("", "2025-06-30", 3), yes(None, ""));
    let estimate = list.amount(
        2,
        &person("\"birth_date\": \"1940-01-01\""),
        day("2025-06-30"),
    );
    assert_eq!(estimate.fen, Some(100));
}

/// product.md 13: the first step that is true; an unknown one before it leaves the step open.
#[test]
fn steps_depend_on_the_person() {
    let rest = "benefit = { kind = \"in_kind\", unit = \"visit\" }\n\
        tiers = [ { when = \"dibao\", tier = \"免票\" }, { when = \"age >= 60\", tier = \"半价\" } ]";
    let list = list(&[service(1, &when("age >= 60"), rest)]);
    for (facts, tier, lacking) in [
        ("\"dibao\": true", Some("免票"), 0),
        ("\"dibao\": false", Some("半价"), 0),
        ("\"urban\": true", None, 1),
    ] {
        let facts = person(&format!("\"birth_date\": \"1955-01-01\", {facts}"));
        let answers = list.answer(&facts, day("2025-06-30"));
        let answer = answers.first().unwrap();
        assert_eq!((answer.answer, answer.tier.as_deref()), (Truth::True, tier));
        assert_eq!(answer.amount_missing.len(), lacking);
    }
}

/// engineering.md 5: demo values live in an overlay; the folder's digest stays.
#[test]
fn an_overlay_lays_demo_values_over_the_parameters() {
    let folder = folder(&[service(
        1,
        &when("age >= param('无值')"),
        "amount = \"param('低保标准')\"",
    )]);
    let text = "[[param]]\nname = \"无值\"\nvalues = [ { from = \"2025-01-01\", number = 70 } ]\n\
        [[param]]\nname = \"低保标准\"\nvalues = [ { from = \"2023-01-01\", fen = 1 } ]\n";
    let list = compile(&folder, Some(&overlay(text).unwrap())).unwrap();
    let facts = person("\"birth_date\": \"1950-01-01\"");
    let ask = |as_of: &str| list.answer(&facts, day(as_of)).first().cloned().unwrap();
    assert_eq!(
        (ask("2025-06-30").answer, ask("2025-06-30").fen),
        (Truth::True, Some(1))
    );
    assert_eq!(missing(&ask("2024-12-31")), ["param:无值"]);
    assert_eq!(list.digest(), folder.digest);
    assert!(list.overlay_digest().is_some());
    assert!(list.params().iter().filter(|table| table.demo).count() == 2);
    for (text, what) in [
        (
            "[[param]]\nname = \"无名\"\nvalues = []",
            "没有参数「无名」",
        ),
        (
            "[[param]]\nname = \"无值\"\nvalues = [ { from = \"2025-01-01\", fen = 70000 } ]",
            "不符",
        ),
    ] {
        let problems = compile(&folder, Some(&overlay(text).unwrap())).unwrap_err();
        assert!(
            problems.first().unwrap().what.contains(what),
            "{}",
            told(&problems)
        );
        assert_eq!(problems.first().unwrap().file, "overlay.toml");
    }
    let problems = overlay("[[param]]\nname = \"x\"\nunit = \"fen\"\nvalues = []").unwrap_err();
    assert_eq!(problems.first().unwrap().line, 3);
}
