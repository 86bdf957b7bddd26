//! Facts dated twice against a slow and simple reading of the same records (invariant 5).

use crate::place::{Chance, actor, code, day, person, record, register, registers, set};
use kernel::{Day, Instant};
use people::api::{Record, Roll, RollBook, facts_on, record_roll, refresh};
use rules::facts::{FactId, find};
use rules::{FactId as Fact, Value};

const FACTS: &[&str] = &["dibao", "disability_grade", "living", "hukou_area"];
const VILLAGES: &[&str] = &[
    "421303001001",
    "421303002001",
    "421321103206",
    "421381100001",
];
const COUNTIES: &[&str] = &["421303", "421321", "421381", "4213"];

fn a_day(chance: &mut Chance) -> Day {
    day("2024-01-01").plus_days(i32::try_from(chance.below(520)).unwrap())
}

/// A moment of a day; many fall on the same one.
fn a_moment(chance: &mut Chance) -> Instant {
    Instant::at(a_day(chance), 3600 * (8 + chance.below(2) as i64))
}

fn a_value(chance: &mut Chance, fact: &str) -> Option<Value> {
    if chance.once_in(7) {
        return None;
    }
    Some(match fact {
        "dibao" => Value::Bool(chance.once_in(2)),
        "disability_grade" => Value::Int(chance.below(5) as i64),
        "living" => Value::Word(chance.of(&["alone", "empty_nest", "with_family"])),
        _ => Value::Area(code(chance.of(VILLAGES))),
    })
}

fn records(chance: &mut Chance) -> Vec<Record> {
    let mut records = Vec::new();
    for seq in 1..=1 + chance.below(9) {
        let sets = 1 + chance.below(3);
        let sets = (0..sets).map(|_| {
            let fact = chance.of(FACTS);
            let mut set = set(fact, a_value(chance, fact), a_day(chance));
            if chance.once_in(3) {
                set.until = Some(set.since.plus_days(1 + chance.below(200) as i32));
            }
            set
        });
        let sets = sets.collect();
        let recorded = a_moment(chance);
        let mut record = record(seq as i64, recorded, sets);
        if chance.once_in(5) {
            record.withdrawn = Some(recorded.plus_seconds(86_400 * (1 + chance.below(100) as i64)));
        }
        records.push(record);
    }
    records
}

fn rolls(chance: &mut Chance) -> Vec<Roll> {
    let rolls = (0..12).map(|at| {
        let recorded = a_moment(chance);
        Roll {
            id: format!("roll-{at:02}"),
            fact: find(chance.of(&["dibao", "disability_grade"])).unwrap(),
            area: code(chance.of(COUNTIES)),
            day: a_day(chance),
            recorded,
            source: "测试名册".into(),
            by: "测试员".into(),
            listed: 0,
            withdrawn: chance
                .once_in(4)
                .then(|| recorded.plus_seconds(86_400 * (1 + chance.below(60) as i64))),
        }
    });
    rolls.collect()
}

/// Whether something recorded and perhaps taken back was in force at `known`.
fn in_force(recorded: Instant, withdrawn: Option<Instant>, known: Instant) -> bool {
    recorded <= known && !matches!(withdrawn, Some(at) if at <= known)
}

/// The last assertion about a day: none, unknown, or a value.
#[expect(
    clippy::option_option,
    reason = "said to be unknown is not the same as never said"
)]
fn said(records: &[Record], fact: Fact, day: Day, known: Instant) -> Option<Option<Value>> {
    let mut best: Option<((Instant, i64, usize), Option<Value>)> = None;
    for record in records {
        if !in_force(record.recorded, record.withdrawn, known) {
            continue;
        }
        for (place, set) in record.sets.iter().enumerate() {
            let covers = set.since <= day && !matches!(set.until, Some(until) if until <= day);
            let rank = (record.recorded, record.seq, place);
            if set.fact == fact && covers && best.as_ref().is_none_or(|(other, _)| rank > *other) {
                best = Some((rank, set.value.clone()));
            }
        }
    }
    best.map(|(_, value)| value)
}

/// What the documentation of rolls says, word for word.
fn naive(
    records: &[Record],
    rolls: &[Roll],
    fact: Fact,
    day: Day,
    known: Instant,
) -> Option<Value> {
    if let Some(value) = said(records, fact, day, known) {
        return value;
    }
    let speaks = rolls.iter().any(|roll| {
        let here = matches!(
            said(records, FactId::HUKOU_AREA, roll.day, known),
            Some(Some(Value::Area(area))) if roll.area.contains(&area)
        );
        roll.fact == fact
            && roll.day <= day
            && in_force(roll.recorded, roll.withdrawn, known)
            && here
    });
    if speaks { fact.def().absent() } else { None }
}

/// Rows B01, B14; invariants 5 and 13: for 150 random people, every random day and moment of knowledge gives what the naive reading
/// gives, on both databases; the wide row is what is known now.
#[tokio::test]
async fn facts_on_a_day_as_known_then_are_what_the_records_say() {
    for db in registers().await {
        let mut chance = Chance(7);
        let rolls = rolls(&mut chance);
        let mut tx = db.store.begin(&actor(), None).await.unwrap();
        for roll in &rolls {
            record_roll(&mut tx, roll, &[]).await.unwrap();
        }
        tx.commit().await.unwrap();
        let histories: Vec<Vec<Record>> = (0..150).map(|_| records(&mut chance)).collect();
        let people = histories
            .iter()
            .enumerate()
            .map(|(id, records)| person(id, records.clone()));
        let people: Vec<_> = people.collect();
        let keys: Vec<_> = people.iter().map(|person| person.key.clone()).collect();
        register(&db.store, people, &RollBook::new(rolls.clone())).await;
        let (mut known_at_all, mut unknown_at_all) = (0, 0);
        for (key, records) in keys.iter().zip(&histories) {
            for _ in 0..12 {
                let (on, known) = (a_day(&mut chance), a_moment(&mut chance));
                let resolved = facts_on(&db.store, key, on, known).await.unwrap();
                for fact in FACTS {
                    let fact = find(fact).unwrap();
                    let expect = naive(records, &rolls, fact, on, known);
                    let got = resolved.facts.get(fact);
                    assert_eq!(
                        got,
                        expect.as_ref(),
                        "{} of {} on {on} as known {known}: {records:?} {rolls:?}",
                        fact.name(),
                        key.id
                    );
                    assert_eq!(resolved.known(fact).is_some(), expect.is_some());
                    if expect.is_some() {
                        known_at_all += 1;
                    } else {
                        unknown_at_all += 1;
                    }
                }
            }
            let now = db.store.clock().now();
            let row = people::api::person(&db.store, &key.id)
                .await
                .unwrap()
                .unwrap();
            let mut tx = db.store.begin(&actor(), None).await.unwrap();
            let again = refresh(&mut tx, &key.id).await.unwrap();
            tx.rollback().await.unwrap();
            for fact in FACTS {
                let fact = find(fact).unwrap();
                let expect = naive(records, &rolls, fact, now.day(), now);
                assert_eq!(row.facts.get(fact), expect.as_ref(), "{} now", fact.name());
                assert_eq!(
                    again.facts.get(fact),
                    expect.as_ref(),
                    "{} refreshed",
                    fact.name()
                );
            }
        }
        assert!(
            known_at_all > 1_000 && unknown_at_all > 1_000,
            "{known_at_all} {unknown_at_all}"
        );
        db.close().await.unwrap();
    }
}
