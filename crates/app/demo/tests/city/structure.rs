//! The same inputs give the same city, and its people are those of the census.

use crate::reader::{Reader, areas, city, today};
use demo::{Options, Value, generate};
use kernel::{Day, IdNumber};
use std::collections::BTreeSet;

/// Invariant 12: same options, same city; another seed, another city of the same size.
#[test]
fn the_same_options_give_the_same_city() {
    let (one, two) = (city(2_000), city(2_000));
    assert_eq!(one, two);
    assert_eq!(digest(&one), digest(&two));
    let other = generate(
        &Options {
            people: 2_000,
            seed: 2,
            today: today(),
        },
        &areas(),
    );
    assert_ne!(digest(&one), digest(&other));
}

/// FNV-1a over the whole output: hash maps, floats and platforms leave no trace in it.
fn digest(city: &demo::City) -> u64 {
    format!("{city:?}")
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325, |sum, b| {
            (sum ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3)
        })
}

/// 2020 census, men and women of some groups by county: within rounding at any size.
#[test]
fn residents_have_the_age_and_sex_of_the_census() {
    let reader = Reader::new(20_000);
    let residents: Vec<usize> = reader
        .everybody()
        .filter(|at| reader.resident(*at))
        .collect();
    assert_eq!(residents.len(), 20_000);
    for (county, from, to, male, female) in [
        ("421303", 0, 0, 3_468, 3_023),
        ("421303", 30, 34, 35_119, 36_416),
        ("421321", 60, 64, 23_253, 21_518),
        ("421321", 80, 84, 4_717, 5_470),
        ("421321", 85, 120, 2_967, 4_889),
        ("421381", 1, 4, 19_331, 16_314),
        ("421381", 75, 79, 9_000, 9_601),
    ] {
        for (sex, persons) in [("male", male), ("female", female)] {
            let there = residents.iter().filter(|at| {
                (from..=to).contains(&reader.age(**at))
                    && reader.says(**at, "sex") == Some(Value::Word(sex))
                    && reader
                        .area(**at, "residence_area")
                        .is_some_and(|c| c.starts_with(county))
            });
            let (made, share) = (
                there.count() as f64,
                f64::from(persons) * 20_000.0 / 2_047_923.0,
            );
            assert!(
                (made - share).abs() <= 1.0,
                "{county} {from}-{to} {sex}: {made}, {share:.1}"
            );
        }
    }
    let oldest = residents.iter().map(|at| reader.age(*at)).max();
    assert!(
        oldest.is_some_and(|age| (95..=102).contains(&age)),
        "{oldest:?}"
    );
}

/// Any day can be the demo date, and any small size makes a city.
#[test]
fn other_days_and_sizes_work() {
    let areas = areas();
    for (people, day) in [
        (0, "2025-06-30"),
        (1, "2025-06-30"),
        (300, "2024-02-29"),
        (300, "2026-01-01"),
    ] {
        let today: Day = day.parse().unwrap();
        let city = generate(
            &Options {
                people,
                seed: 7,
                today,
            },
            &areas,
        );
        assert!(city.people.len() >= people);
        let last = city
            .people
            .iter()
            .flat_map(|p| &p.records)
            .map(|r| r.recorded)
            .max();
        assert!(last.is_none_or(|at| at.day() <= today));
        assert!(city.rolls.iter().all(|roll| roll.recorded.day() <= today));
    }
    assert!(
        generate(
            &Options {
                people: 50,
                seed: 7,
                today: today()
            },
            &[]
        )
        .people
        .len()
            >= 50
    );
}

/// Registered elsewhere 24.9 % of the residents, urban 56.8 % (census); away 12 % on top (assumed).
#[test]
fn registration_and_residence_part_as_often_as_counted() {
    let reader = Reader::new(20_000);
    let residents: Vec<usize> = reader
        .everybody()
        .filter(|at| reader.resident(*at))
        .collect();
    let share = |n: usize| n as f64 / 20_000.0;
    let elsewhere = residents.iter().filter(|at| {
        let (lives, registered) = (
            reader.area(**at, "residence_area"),
            reader.area(**at, "hukou_area"),
        );
        lives
            .zip(registered)
            .is_some_and(|(lives, registered)| lives[..9] != registered[..9])
    });
    assert!((share(elsewhere.count()) - 0.249).abs() < 0.01);
    let outside = residents.iter().filter(|at| !reader.local(**at)).count();
    assert!(
        (0.03..0.08).contains(&share(outside)),
        "{outside} registered outside the city"
    );
    let urban = residents.iter().filter(|at| {
        let code = reader.area(**at, "residence_area").unwrap();
        code[9..].parse::<u16>().unwrap() < 200
    });
    assert!((share(urban.count()) - 0.568).abs() < 0.02);
    let away = reader.everybody().filter(|at| {
        reader.is(*at, "alive")
            && reader.local(*at)
            && reader
                .area(*at, "residence_area")
                .is_some_and(|c| !c.starts_with("4213"))
    });
    assert!((share(away.count()) - 0.12).abs() < 0.005);
}

/// Visibly fictitious: every number in an unassigned code, its check digit true, nobody's twice.
#[test]
fn numbers_are_valid_unassigned_and_unique() {
    let city = city(20_000);
    let mut seen = BTreeSet::new();
    let mut phones = BTreeSet::new();
    for person in &city.people {
        if let Some(text) = &person.id_number {
            let number = IdNumber::parse(text, today()).unwrap();
            assert!(
                text.starts_with("42990") && seen.insert(text.clone()),
                "{text}"
            );
            let female = person.records[0]
                .sets
                .iter()
                .any(|s| s.value == Some(Value::Word("female")));
            assert_eq!(number.is_male(), !female);
        }
        if let Some(phone) = &person.phone {
            assert!(phone.len() == 11 && phone.starts_with("160") && phones.insert(phone.clone()));
        }
        let name = person.name.chars().count();
        assert!((2..=4).contains(&name), "{}", person.name);
    }
    assert!(
        city.people
            .iter()
            .any(|p| p.name.contains("欧阳") || p.name.contains("诸葛"))
    );
    assert!(
        city.people
            .iter()
            .any(|p| p.name.chars().any(|c| c.len_utf8() == 4))
    );
}
