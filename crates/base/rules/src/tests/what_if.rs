//! A list with one change.

use super::{day, folder, person, service, told, when};
use crate::folder::{AreaBasis, ParamValue, Unit, overlay};
use crate::{Asks, List, Problem, Truth, WhatIf, with_change};

fn asks(says: &str, when: &str) -> Asks {
    Asks {
        says: says.to_owned(),
        when: when.to_owned(),
    }
}

fn changed(change: &WhatIf) -> Result<List, Vec<Problem>> {
    let items = [
        service(1, &when("age >= 80"), "amount = \"param('低保标准')\""),
        service(2, &when("entitled(1)"), ""),
    ];
    with_change(&folder(&items), None, change)
}

fn list(change: &WhatIf) -> List {
    changed(change).unwrap_or_else(|problems| panic!("{}", told(&problems)))
}

fn answer(list: &List, birth: &str, area: &str) -> Vec<(Truth, Option<i64>)> {
    let facts = person(&format!(
        "\"birth_date\": \"{birth}\", \"hukou_area\": \"{area}\", \"urban\": true"
    ));
    let answers = list.answer(&facts, day("2026-07-01"));
    answers
        .into_iter()
        .map(|one| (one.answer, one.fen))
        .collect()
}

/// Rows C02, C03: a condition that is another, one more, one less, an item more and an item less are asked as if the
/// list said so, and what asks for the item follows.
#[test]
fn every_kind_of_change_is_asked() {
    let (yes, no) = (Truth::True, Truth::False);
    let condition = |place, clause| WhatIf::Condition {
        no: 1,
        place,
        clause,
    };
    let younger = list(&condition(Some(0), Some(asks("75", "age >= 75"))));
    assert_eq!(
        answer(&younger, "1950-01-01", "421303")[0],
        (yes, Some(68_033))
    );
    assert_eq!(answer(&younger, "1950-01-01", "421303")[1].0, yes);
    assert_eq!(answer(&younger, "1955-01-01", "421303")[0].0, no);
    let more = list(&condition(None, Some(asks("城镇", "not urban"))));
    assert_eq!(answer(&more, "1940-01-01", "421303")[0].0, no);
    let everybody = list(&condition(Some(0), None));
    assert_eq!(answer(&everybody, "1990-01-01", "421303")[0].0, yes);
    let gone = list(&WhatIf::Remove { no: 1 });
    assert_eq!(answer(&gone, "1940-01-01", "421303")[0].0, no);
    assert_eq!(answer(&gone, "1940-01-01", "421303")[1].0, no);
    let added = list(&WhatIf::Add {
        name: "新项目".to_owned(),
        area_basis: AreaBasis::Hukou,
        asks: asks("满70", "age >= 70 and entitled(1)"),
        fen: Some(3000),
        unit: Unit::Month,
    });
    assert_eq!(answer(&added, "1940-01-01", "421303")[2], (yes, Some(3000)));
}

/// Row C02: a value counts from its day and wins over the narrower ones inside what it is for, and over no others.
#[test]
fn a_value_counts_from_its_day_and_where_it_is_for() {
    let value = |from: &str, area: Option<&str>, urban| WhatIf::Value {
        param: "低保标准".to_owned(),
        from: day(from),
        area: area.map(|area| area.parse().unwrap()),
        urban,
        value: ParamValue::Int(90_000),
    };
    let fen = |change: &WhatIf, area: &str| answer(&list(change), "1940-01-01", area)[0].1;
    let everywhere = value("2026-01-01", None, None);
    assert_eq!(fen(&everywhere, "421303001001"), Some(90_000));
    assert_eq!(fen(&everywhere, "421321001001"), Some(90_000));
    let later = value("2027-01-01", None, None);
    assert_eq!(fen(&later, "421303001001"), Some(68_033));
    let one = value("2026-01-01", Some("421321"), None);
    assert_eq!(fen(&one, "421321001001"), Some(90_000));
    assert_eq!(fen(&one, "421303001001"), Some(68_033));
    let rural = value("2026-01-01", None, Some(false));
    assert_eq!(fen(&rural, "421303001001"), Some(68_033), "she is 城镇");
}

/// Invariants 1, 4: demo values stay under what is not changed, and what does not read, type or fit is refused.
#[test]
fn demo_values_stay_and_nonsense_is_refused() {
    let items = [service(
        1,
        &when("age >= 80"),
        "amount = \"param('低保标准') + param('无值')\"",
    )];
    let demo = "[[param]]\nname = \"低保标准\"\nvalues = [ { from = \"2023-06-01\", fen = 100 } ]\n[[param]]\nname = \"无值\"\nvalues = [ { from = \"2023-06-01\", number = 7 } ]\n";
    let demo = overlay(demo).unwrap();
    let change = WhatIf::Value {
        param: "低保标准".to_owned(),
        from: day("2026-01-01"),
        area: None,
        urban: None,
        value: ParamValue::Int(200),
    };
    let list = with_change(&folder(&items), Some(&demo), &change).unwrap();
    let facts = person("\"birth_date\": \"1940-01-01\"");
    let fen = |on: &str| list.answer(&facts, day(on))[0].fen;
    assert_eq!(
        (fen("2025-12-31"), fen("2026-01-01")),
        (Some(107), Some(207))
    );
    for wrong in [
        WhatIf::Condition {
            no: 1,
            place: Some(0),
            clause: Some(asks("x", "ages >= 80")),
        },
        WhatIf::Condition {
            no: 1,
            place: Some(0),
            clause: Some(asks("x", "age")),
        },
        WhatIf::Condition {
            no: 1,
            place: Some(4),
            clause: None,
        },
        WhatIf::Condition {
            no: 9,
            place: None,
            clause: Some(asks("x", "true")),
        },
        WhatIf::Remove { no: 9 },
        WhatIf::Value {
            param: "比例".to_owned(),
            from: day("2026-01-01"),
            area: None,
            urban: None,
            value: ParamValue::Word("多".to_owned()),
        },
        WhatIf::Value {
            param: "低保标准".to_owned(),
            from: day("2026-01-01"),
            area: "110000".parse().ok(),
            urban: None,
            value: ParamValue::Int(1),
        },
    ] {
        assert!(changed(&wrong).is_err(), "{wrong:?}");
    }
    // Another change is another list.
    assert_ne!(
        list.digest(),
        changed(&WhatIf::Remove { no: 1 }).unwrap().digest()
    );
}

/// Row C02: a change goes into the database and comes back as it was.
#[test]
fn a_change_is_read_back_as_it_was_written() {
    for change in [
        WhatIf::Remove { no: 3 },
        WhatIf::Condition {
            no: 3,
            place: Some(1),
            clause: Some(asks("75周岁", "age >= 75")),
        },
        WhatIf::Value {
            param: "津贴".to_owned(),
            from: day("2026-01-01"),
            area: "421321".parse().ok(),
            urban: Some(true),
            value: ParamValue::Int(1),
        },
        WhatIf::Add {
            name: "新".to_owned(),
            area_basis: AreaBasis::Residence,
            asks: asks("a", "true"),
            fen: None,
            unit: Unit::Visit,
        },
    ] {
        let json = serde_json::to_string(&change).unwrap();
        assert_eq!(
            serde_json::from_str::<WhatIf>(&json).unwrap(),
            change,
            "{json}"
        );
    }
}
