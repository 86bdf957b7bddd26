//! The JSON of an explanation is the one facts.md shows, key for key.

use super::{day, list, person, service, when};
use crate::{FactId, Facts, Provenance};

/// facts.md, «Answers, as JSON»; invariant 11 (every decision keeps its reasons).
#[test]
fn the_json_is_the_one_of_the_fact_dictionary() {
    let rest = "benefit = { kind = \"in_kind\", unit = \"visit\" }\n\
        tiers = [ { when = \"age >= 60 and age < 80\", tier = \"门票半价\" } ]";
    let list = list(&[service(
        1,
        "{ says = \"60周岁及以上\", when = \"age >= 60\" }",
        rest,
    )]);
    let facts = person("\"birth_date\": \"1955-01-01\"");
    let explained = list.explain(&facts, &|_| None, day("2025-06-30"));
    let json = serde_json::to_string(&explained).unwrap();
    let digest = list.digest();
    let expected = format!(
        concat!(
            r#"{{"as_of":"2025-06-30","list":"样例清单","list_version":"2023-06-01","plan_digest":"{}","#,
            r#""answers":[{{"no":1,"name":"项目1","answer":"yes","#,
            r#""benefit":{{"kind":"in_kind","unit":"visit","tier":"门票半价","fen":null}},"#,
            r#""beneficiary":"self","fen_per_month":null,"#,
            r#""source":{{"document":"样〔2023〕1号","section":"附件1","quote":"样例"}},"#,
            r#""conditions":[{{"says":"在世","when":"alive","truth":"true","#,
            r#""facts":[{{"name":"alive","value":true,"since":null,"recorded":null,"by":null}}]}},"#,
            r#"{{"says":"60周岁及以上","when":"age >= 60","truth":"true","#,
            r#""facts":[{{"name":"birth_date","value":"1955-01-01","since":"1955-01-01","recorded":null,"by":null}}]}}],"#,
            r#""missing":[]}}]}}"#
        ),
        digest
    );
    assert_eq!(json, expected);
}

/// Invariants 3 and 5: unknown facts stand as null with the source of the known ones beside them.
#[test]
fn unknown_facts_are_null_and_sources_are_shown() {
    let list = list(&[
        service(
            1,
            &when("param('低保标准') > 0"),
            "amount = \"param('低保标准')\"",
        ),
        service(2, &when("entitled(1)"), ""),
    ]);
    let mut facts = Facts::default();
    facts.set(FactId::ALIVE, Some(crate::Value::Bool(true)));
    let provenance = |fact: FactId| {
        (fact == FactId::ALIVE).then(|| Provenance {
            since: Some(day("2020-01-01")),
            recorded: Some("2025-06-01T00:00:00Z".parse().unwrap()),
            by: Some("公安名单".to_owned()),
        })
    };
    let explained = list.explain(&facts, &provenance, day("2025-06-30"));
    let json = serde_json::to_value(&explained).unwrap();
    let at = |path: &str| json.pointer(path).cloned().unwrap_or_default();
    assert_eq!(at("/answers/0/answer"), "unknown");
    assert_eq!(
        at("/answers/0/missing"),
        serde_json::json!(["hukou_area", "urban"])
    );
    assert_eq!(at("/answers/0/fen_per_month"), serde_json::Value::Null);
    assert_eq!(at("/answers/0/conditions/0/facts/0/by"), "公安名单");
    assert_eq!(
        at("/answers/0/conditions/0/facts/0/recorded"),
        "2025-06-01T00:00:00Z"
    );
    assert_eq!(at("/answers/0/conditions/1/truth"), "unknown");
    assert_eq!(at("/answers/0/conditions/1/facts/0/name"), "hukou_area");
    assert_eq!(
        at("/answers/0/conditions/1/facts/0/value"),
        serde_json::Value::Null
    );
    // The earlier item's facts are shown where it is asked.
    assert_eq!(at("/answers/1/conditions/1/facts/0/name"), "alive");
    assert_eq!(
        at("/answers/1/missing"),
        serde_json::json!(["hukou_area", "urban"])
    );
    // Monthly money is told twice: per unit and per month.
    let facts = person("\"hukou_area\": \"421321\"");
    let paid = serde_json::to_value(list.explain(&facts, &|_| None, day("2025-06-30"))).unwrap();
    assert_eq!(paid.pointer("/answers/0/benefit/fen"), Some(&50000.into()));
    assert_eq!(
        paid.pointer("/answers/0/fen_per_month"),
        Some(&50000.into())
    );
}
