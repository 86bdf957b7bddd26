//! The findings of the first five minutes exist by name, whatever the size (docs/demo-city.md).

use crate::reader::{Reader, areas, now, today};
use demo::{Options, Value, generate};
use kernel::Instant;

const SIZES: [usize; 2] = [2_000, 20_000];

/// Owed 高龄津贴, 84, in a village of a 镇, receives nothing.
#[test]
fn wang_nianci_is_owed_the_allowance() {
    for people in SIZES {
        let reader = Reader::new(people);
        let at = reader.named("owed_allowance");
        let person = &reader.city.people[at];
        assert_eq!((person.name.as_str(), reader.age(at)), ("王念慈", 84));
        assert_eq!(reader.says(at, "sex"), Some(Value::Word("female")));
        assert!(reader.is(at, "alive") && reader.local(at) && reader.resident(at));
        let code = reader.area(at, "hukou_area").unwrap();
        assert!(
            code.starts_with("4213211") && code[9..].parse::<u16>().unwrap() >= 200,
            "{code}"
        );
        assert!(
            reader
                .city
                .receipts
                .iter()
                .all(|r| r.person != at || !r.programme.contains("senior"))
        );
        let same = reader
            .city
            .people
            .iter()
            .filter(|p| p.name == person.name)
            .count();
        assert_eq!(same, 1, "found by name alone");
    }
}

/// Item 24 is 待核实 until a visit says how he lives.
#[test]
fn li_shouwang_waits_for_a_visit() {
    for people in SIZES {
        let reader = Reader::new(people);
        let at = reader.named("visit_settles");
        assert_eq!(reader.city.people[at].name, "李守望");
        assert!(reader.age(at) == 76 && reader.resident(at));
        assert_eq!(reader.says(at, "living"), None);
        assert_eq!(reader.says(at, "left_behind"), None);
        assert_eq!(reader.says(at, "disability_grade"), Some(Value::Int(0)));
        assert_eq!(reader.says(at, "special_family"), Some(Value::Bool(false)));
    }
}

/// Died in March, recorded in June, paid in between.
#[test]
fn zhang_guichi_died_long_before_anybody_told() {
    for people in SIZES {
        let reader = Reader::new(people);
        let at = reader.named("late_death");
        assert_eq!(reader.city.people[at].name, "张归迟");
        assert_eq!(
            reader.says(at, "dead_on").map(text),
            Some("2025-03-12".to_owned())
        );
        let may = Instant::at("2025-05-31".parse().unwrap(), 0);
        let then = reader.value(at, "alive", "2025-05-30".parse().unwrap(), may);
        assert_eq!(then, Some(Value::Bool(true)));
        let since_known = reader.value(at, "alive", "2025-05-30".parse().unwrap(), now());
        assert_eq!(since_known, Some(Value::Bool(false)));
        assert!(reader.receives(at, "senior_allowance"));
    }
}

/// Registered in 随县, lives in 曾都区 (人户分离); a girl under three; an elder away.
#[test]
fn the_others_are_there() {
    for people in SIZES {
        let reader = Reader::new(people);
        let at = reader.named("hukou_elsewhere");
        assert_eq!(reader.city.people[at].name, "陈念乡");
        assert!(reader.area(at, "hukou_area").unwrap().starts_with("421321"));
        assert!(
            reader
                .area(at, "residence_area")
                .unwrap()
                .starts_with("421303")
        );
        assert!(reader.age(at) >= 60);
        let child = reader.named("child_under_three");
        assert_eq!(reader.city.people[child].name, "刘小满");
        assert!(reader.born(child).months_on(today()) < 36);
        assert_eq!(reader.city.people[child].guardians.len(), 2);
        let away = reader.named("away_elder");
        assert!(reader.age(away) >= 60 && reader.local(away) && !reader.resident(away));
        for what in [
            "corrected_birth",
            "moved_house",
            "newborn_without_number",
            "wrong_roll",
        ] {
            reader.named(what);
        }
    }
}

/// Another seed is another city with the same findings in it.
#[test]
fn every_seed_has_them_all() {
    for seed in 2..8 {
        let options = Options {
            people: 2_000,
            seed,
            today: today(),
        };
        let city = generate(&options, &areas());
        assert_eq!(city.named.len(), 10, "seed {seed}: {:?}", city.named);
    }
}

fn text(value: Value) -> String {
    match value {
        Value::Day(day) => day.to_string(),
        other => format!("{other:?}"),
    }
}
