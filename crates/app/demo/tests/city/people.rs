//! Rows B01, B02, B04, B07, B08: what is recorded uses the dictionary's words, and every tag occurs.

use crate::reader::{Reader, today};
use demo::Value;
use rules::facts::{Kind, find};
use std::collections::BTreeSet;

/// facts.md: every fact exists, every value fits, only `roll` facts come as rolls.
#[test]
fn only_words_of_the_dictionary() {
    let reader = Reader::new(2_000);
    for set in reader
        .city
        .people
        .iter()
        .flat_map(|p| &p.records)
        .flat_map(|r| &r.sets)
    {
        let fact = find(set.fact).unwrap_or_else(|| panic!("{} is no fact", set.fact));
        let fits = match (set.value, fact.def().kind) {
            (Some(Value::Bool(_)), Kind::Bool)
            | (Some(Value::Day(_)), Kind::Day)
            | (Some(Value::Area(_)), Kind::Area)
            | (None, _) => true,
            (Some(Value::Int(n)), Kind::Int { min, max }) => (min..=max).contains(&n),
            (Some(Value::Word(word)), Kind::Word(words)) => words.contains(&word),
            _ => false,
        };
        assert!(fits, "{set:?}");
        assert!(set.until.is_none_or(|until| until > set.since), "{set:?}");
    }
    for roll in &reader.city.rolls {
        assert!(
            find(roll.fact).is_some_and(|f| f.def().roll),
            "{}",
            roll.fact
        );
        assert!(roll.listed.is_sorted() && roll.listed.windows(2).all(|two| two[0] != two[1]));
    }
}

/// programmes.toml: every receipt names a programme; one of them is never loaded (未接入).
#[test]
fn only_programmes_of_the_plan() {
    let text = include_str!("../../../../../plans/suizhou/programmes.toml");
    let table: toml::Table = text.parse().unwrap();
    let known: BTreeSet<&str> = table["programme"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| p["id"].as_str().unwrap())
        .collect();
    let reader = Reader::new(20_000);
    let loaded: BTreeSet<&str> = reader.city.receipts.iter().map(|r| r.programme).collect();
    assert!(loaded.is_subset(&known), "{loaded:?}");
    assert!(
        !loaded.contains("special_family_aid") && loaded.len() == 9,
        "{loaded:?}"
    );
    for receipt in &reader.city.receipts {
        assert!(receipt.fen > 0 && receipt.until.is_none_or(|until| until > receipt.from));
        assert!(receipt.recorded.day() <= today() && receipt.from.day() == 1);
    }
}

/// Rows B01, B04, B07, B08: even 2,000 people have one of everything.
#[test]
fn every_tag_occurs_among_two_thousand() {
    let reader = Reader::new(2_000);
    for fact in [
        "employee_pension",
        "resident_pension",
        "tekun",
        "dibao",
        "dibao_household",
        "low_income",
        "dibao_edge",
        "rigid_spending",
        "cannot_self_care",
        "dementia",
        "needs_long_care",
        "left_behind",
        "unattended",
        "special_family",
        "only_child_parent",
        "special_family_approved",
        "merit_martyr_family",
        "merit_fallen_family",
        "merit_deceased_soldier_family",
        "merit_disabled_soldier",
        "merit_demobilised",
        "merit_discharged",
        "merit_veteran",
        "merit_serving_family",
        "merit_pension",
        "has_supporter",
        "supporter_refuses",
        "homeless",
        "legal_aid_case",
        "carer_trained",
        "wants_assessment",
        "serious_illness",
        "work_injury_care_pay",
        "in_custody",
        "orphan",
        "unattended_child",
        "martyr_child",
        "poor_family_child",
        "migrant_child",
        "urban",
        "policy_birth",
    ] {
        assert!(
            reader.everybody().any(|at| reader.is(at, fact)),
            "nobody is {fact}"
        );
    }
    for (fact, words) in [
        (
            "living",
            &["alone", "empty_nest", "with_family", "institution", "other"][..],
        ),
        ("tekun_mode", &["dispersed"]),
        ("disability_kind", &["肢体", "视力", "听力", "精神"]),
        ("special_family_kind", &["child_died"]),
    ] {
        for word in words {
            let found = reader
                .everybody()
                .any(|at| reader.says(at, fact) == Some(Value::Word(word)));
            assert!(found, "nobody is {fact} {word}");
        }
    }
    for grade in 1..=4 {
        let held = |at| reader.says(at, "disability_grade") == Some(Value::Int(grade));
        assert!(reader.everybody().any(held), "grade {grade}");
    }
}

/// product.md 1 and 2: rolls settle nearly everybody; what stays unknown is real.
#[test]
fn rolls_settle_what_departments_know_and_gaps_stay_gaps() {
    let reader = Reader::new(5_000);
    let elders: Vec<usize> = reader
        .everybody()
        .filter(|at| reader.resident(*at) && reader.local(*at) && reader.age(*at) >= 60)
        .collect();
    let known = |fact: &str| {
        let known = elders
            .iter()
            .filter(|at| reader.says(**at, fact).is_some())
            .count();
        known as f64 / elders.len() as f64
    };
    for fact in [
        "dibao",
        "tekun",
        "disability_grade",
        "special_family",
        "merit_martyr_family",
    ] {
        assert!(known(fact) > 0.995, "{fact}: {}", known(fact));
    }
    assert!(
        (0.68..0.90).contains(&known("living")),
        "living: {}",
        known("living")
    );
    assert!((0.03..0.12).contains(&known("ability_level")));
    assert!(
        (0.55..0.75).contains(&known("low_income")),
        "one county's roll was never loaded"
    );
    let outsiders = reader
        .everybody()
        .filter(|at| reader.resident(*at) && !reader.local(*at));
    assert!(
        outsiders
            .take(20)
            .all(|at| reader.says(at, "dibao").is_none())
    );
}

/// Row B02: children have guardians old enough to be, and the youngest their order and background.
#[test]
fn children_have_guardians() {
    let reader = Reader::new(5_000);
    let mut small = 0;
    for at in reader
        .everybody()
        .filter(|at| reader.resident(*at) && reader.age(*at) < 16)
    {
        let child = &reader.city.people[at];
        assert!(!child.guardians.is_empty(), "{child:?}");
        for guardian in &child.guardians {
            assert_eq!(reader.city.people[*guardian].household, child.household);
            assert!(reader.age(*guardian) - reader.age(at) >= 16);
        }
        if reader.born(at).months_on(today()) < 36 {
            small += 1;
            assert!(
                matches!(reader.says(at, "birth_order"), Some(Value::Int(1..))),
                "{child:?}"
            );
        }
    }
    assert!(small > 50);
}
