//! A person asked once a turn is the person asked every day.

use super::Life;
use kernel::{Day, Instant};
use people::api::{Record, RollBook, Set, resolve};
use rules::{Files, List, Value, compile};
use std::path::Path;

fn suizhou() -> List {
    let place = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../plans/suizhou");
    let mut files = Files::new();
    for entry in std::fs::read_dir(place).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        files.insert(name, std::fs::read_to_string(&path).unwrap());
    }
    let overlay = include_str!("../../../app/demo/overlay/suizhou-params.toml");
    let values = rules::folder::overlay(overlay).unwrap();
    compile(&rules::folder::load(&files).unwrap(), Some(&values)).unwrap()
}

/// A small generator: the same numbers every time.
struct Chance(u64);

impl Chance {
    fn below(&mut self, most: i64) -> i64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        i64::try_from((self.0 >> 33) % most.unsigned_abs()).unwrap()
    }

    fn day(&mut self, from: &str, days: i64) -> Day {
        let from: Day = from.parse().unwrap();
        from.plus_days(i32::try_from(self.below(days)).unwrap())
    }
}

/// Rows C03, C17–C20; invariants 5, 6: for people of every age with facts that begin, end, are corrected late and name days
/// of their own, every programme's answer on every day of four years is the one that day alone would give.
#[test]
fn asked_once_a_turn_is_asked_every_day() {
    let list = suizhou();
    assert!(!list.asks_the_day());
    let rolls = RollBook::default();
    let at = |day: Day| Instant::at(day, 0);
    let known = at("2026-06-30".parse().unwrap());
    let mut chance = Chance(7);
    for n in 0..60 {
        let birth = match n % 4 {
            0 => chance.day("2009-01-01", 4_000),
            1 => "1944-02-29".parse().unwrap(),
            _ => chance.day("1925-01-01", 14_000),
        };
        let first = |fact: &str, value: Value, since: Day, until: Option<Day>| Set {
            fact: rules::facts::find(fact).unwrap(),
            value: Some(value),
            since,
            until,
        };
        let village = Value::Area("421321109217".parse().unwrap());
        let mut records = vec![Record {
            seq: 1,
            recorded: at("2020-01-01".parse().unwrap()),
            source: "测试".into(),
            by: "测试".into(),
            sets: vec![
                first("birth_date", Value::Day(birth), birth, None),
                first("alive", Value::Bool(true), birth, None),
                first("hukou_area", village.clone(), birth, None),
                first("residence_area", village, birth, None),
            ],
            reason: None,
            withdrawn: None,
        }];
        for seq in 2..10 {
            let since = chance.day("2021-01-01", 1_800);
            let until = (chance.below(3) == 0).then(|| chance.day("2023-01-01", 1_200));
            let until = until.filter(|until| *until > since);
            let set = match chance.below(6) {
                0 => first(
                    "disability_card_until",
                    Value::Day(chance.day("2022-01-01", 1_500)),
                    since,
                    until,
                ),
                1 => first(
                    "disability_grade",
                    Value::Int(chance.below(5)),
                    since,
                    until,
                ),
                2 => first("ability_level", Value::Int(chance.below(5)), since, until),
                3 => first("urban", Value::Bool(chance.below(2) == 0), since, until),
                4 => first(
                    "low_income",
                    Value::Bool(chance.below(2) == 0),
                    since,
                    until,
                ),
                _ => first("dibao", Value::Bool(chance.below(2) == 0), since, until),
            };
            records.push(Record {
                seq,
                recorded: at(since.plus_days(i32::try_from(chance.below(400)).unwrap())),
                source: "测试".into(),
                by: "测试".into(),
                sets: vec![set],
                reason: None,
                withdrawn: (chance.below(8) == 0).then(|| at(chance.day("2024-01-01", 600))),
            });
        }
        let life = Life::new(&list, &rolls, known, false, &records);
        let mut day: Day = "2022-01-01".parse().unwrap();
        let last: Day = "2025-12-31".parse().unwrap();
        while day <= last {
            let facts = resolve(&records, &rolls, day, known).facts;
            let alone = list.answer_programmes(&facts, day);
            assert_eq!(life.on(day).answers, alone, "{n} born {birth} on {day}");
            day = day.plus_days(1);
        }
        assert!(life.told.borrow().len() < 1_500);
    }
}
