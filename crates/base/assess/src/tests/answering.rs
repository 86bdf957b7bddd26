//! Answers that do not fit are refused by name.

use super::{plain, scheme};
use crate::Answers;
use serde_json::{Value, json};

fn document() -> Value {
    plain(90).to_json(scheme("gbt-42195-2022"))
}

fn refused(document: &Value) -> String {
    refused_text(&document.to_string())
}

fn refused_text(text: &str) -> String {
    let refused = Answers::whole(scheme("gbt-42195-2022"), text);
    refused.unwrap_err().join("\n")
}

/// A document comes back as it went in (B10).
#[test]
fn answers_come_back_as_they_went_in() {
    let scale = scheme("gbt-42195-2022");
    let read = Answers::whole(scale, &document().to_string()).unwrap();
    assert_eq!(read, plain(90));
    assert!(read.open(scale).is_empty());
}

/// A score out of its item's own range, a wrong type, an unknown key: each is named (B10, invariant 4).
#[test]
fn what_does_not_fit_is_named() {
    let cases: [(&str, Value, &str); 19] = [
        ("B.1.1", json!(5), "「B.1.1」"),
        ("B.1.1", json!(-1), "「B.1.1」"),
        ("B.1.1", json!(4.0), "「B.1.1」"),
        ("B.1.1", json!(3.5), "「B.1.1」"),
        ("B.1.1", json!("4"), "「B.1.1」"),
        ("B.1.1", json!(null), "「B.1.1」"),
        ("B.1.1", json!(true), "「B.1.1」"),
        ("B.2.4", json!(4), "「B.2.4」"),
        ("B.3.7", json!(2), "「B.3.7」"),
        ("B.3.9", json!(3), "「B.3.9」"),
        ("B.4.2", json!(3), "「B.4.2」"),
        ("B.4.4", json!(4), "「B.4.4」"),
        ("B.4.6", json!(1), "「B.4.6」"),
        ("coma", json!(1), "「coma」"),
        ("coma", json!(null), "「coma」"),
        ("comma", json!(true), "「comma」"),
        ("risk_events_30d", json!(2), "「risk_events_30d」"),
        ("risk_events_30d", json!({"flying": 2}), "「flying」"),
        ("risk_events_30d", json!({"fall": -1}), "「fall」"),
    ];
    for (key, value, named) in cases {
        let mut document = document();
        document[key] = value;
        let told = refused(&document);
        assert!(told.contains(named), "{key}: {told}");
    }
}

/// Each missing item is named, and only it (B10).
#[test]
fn every_missing_item_is_named() {
    for item in scheme("gbt-42195-2022").items() {
        let mut document = document();
        document.as_object_mut().unwrap().remove(&item.id);
        let told = refused(&document);
        assert!(told.contains(&format!("「{}」", item.id)), "{told}");
        assert_eq!(told.lines().count(), 1, "{told}");
    }
}

/// What is written twice is not quietly taken once (invariant 4).
#[test]
fn what_is_written_twice_is_refused() {
    let text = document().to_string();
    let twice = text.replacen("\"B.1.1\":4", "\"B.1.1\":4,\"B.1.1\":0", 1);
    assert_ne!(text, twice);
    assert!(refused_text(&twice).contains("「B.1.1」写了不止一次"));
    let twice = text.replace("{}", "{\"fall\":1,\"fall\":0}");
    assert_ne!(text, twice);
    assert!(refused_text(&twice).contains("「fall」写了不止一次"));
    let alike = text.replace("{}", "{\"fall\":1,\"跌倒\":1}");
    assert!(refused_text(&alike).contains("写了不止一次"));
}

/// Something that is no object is said to be none.
#[test]
fn what_is_no_object_is_refused() {
    for text in ["", "[]", "4", "null", "{\"B.1.1\":4", "{\"B.1.1\":1e400}"] {
        assert!(refused_text(text).contains("JSON"), "{text}");
    }
    let huge = document()
        .to_string()
        .replace("{}", "{\"fall\":9223372036854775807}");
    assert!(refused_text(&huge).contains("「fall」"), "{huge}");
}
