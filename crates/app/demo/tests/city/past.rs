//! engineering.md 31: the city has lived 13 months.

use crate::reader::{Reader, now, today};
use demo::Value;
use kernel::{Day, Instant};

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

/// Acts of recording stand in order, none in the future, none before the person was known.
#[test]
fn records_are_in_order_and_not_of_the_future() {
    let reader = Reader::new(5_000);
    for person in &reader.city.people {
        assert!(
            person.records.is_sorted_by_key(|record| record.recorded),
            "{person:?}"
        );
        for record in &person.records {
            assert!(
                record.recorded >= person.registered && record.recorded <= now(),
                "{person:?}"
            );
            assert!(!record.sets.is_empty());
            assert!(
                record.sets.iter().all(|s| s.since <= record.recorded.day()),
                "{record:?}"
            );
        }
    }
    assert!(reader.city.rolls.is_sorted_by_key(|roll| roll.recorded));
}

/// Births, deaths, moves in, out and within, and birthdays over 60, 65 and 80.
#[test]
fn people_are_born_die_move_and_grow_old() {
    let reader = Reader::new(20_000);
    let start = day("2024-05-30");
    let count = |test: &dyn Fn(usize) -> bool| reader.everybody().filter(|at| test(*at)).count();
    let born = count(&|at| reader.born(at) > start && reader.is(at, "alive"));
    let died = count(&|at| reader.says(at, "alive") == Some(Value::Bool(false)));
    let out =
        count(&|at| matches!(reader.says(at, "moved_out_on"), Some(Value::Day(d)) if d > start));
    let late = |at: usize| reader.city.people[at].registered.day() > start;
    let arrived = count(&|at| late(at) && reader.age(at) >= 2);
    let moved = count(&|at| {
        let sets = reader.city.people[at].records.iter().flat_map(|r| &r.sets);
        sets.filter(|s| s.fact == "residence_area" && reader.resident(at))
            .count()
            == 2
    });
    for (what, number, from, to) in [
        ("born", born, 120, 260),
        ("died", died, 150, 200),
        ("moved out", out, 40, 80),
        ("moved in", arrived, 80, 320),
        ("moved within", moved, 120, 400),
    ] {
        assert!((from..to).contains(&number), "{what}: {number}");
    }
    for age in [60, 65, 80] {
        let turned = count(&|at| {
            reader.resident(at) && reader.age(at) >= age && reader.born(at).age_on(start) < age
        });
        assert!(turned > 20, "turned {age}: {turned}");
    }
    assert!(
        count(&|at| reader.city.people[at].id_number.is_none()) > 0,
        "newborns without number"
    );
}

/// Invariant 5: facts corrected later and facts told late are there to be recomputed.
#[test]
fn some_facts_were_wrong_and_some_came_late() {
    let reader = Reader::new(20_000);
    let early = Instant::at(day("2024-06-30"), 0);
    let corrected = reader.everybody().filter(|at| {
        let then = reader.value(*at, "birth_date", day("2024-06-29"), early);
        then.is_some() && then != reader.says(*at, "birth_date")
    });
    assert!((5..40).contains(&corrected.count()));
    let lives_otherwise = reader.everybody().filter(|at| {
        let then = reader.value(*at, "living", day("2024-06-29"), early);
        then.is_some() && then != reader.says(*at, "living")
    });
    assert!(lives_otherwise.count() > 40);
    let late = reader
        .city
        .people
        .iter()
        .flat_map(|p| &p.records)
        .filter(|record| {
            record.sets.iter().any(|set| {
                let told = set.since.days_until(record.recorded.day());
                set.fact == "disability_grade" && set.since > day("2024-06-30") && told > 55
            })
        });
    assert!(late.count() > 0);
    let late_deaths = reader
        .city
        .people
        .iter()
        .flat_map(|p| &p.records)
        .filter(|record| {
            let dead = record.sets.iter().find(|set| set.fact == "dead_on");
            dead.is_some_and(|set| set.since.days_until(record.recorded.day()) > 55)
        });
    assert!(late_deaths.count() >= 5);
}

/// engineering.md 2: one wrong 低保 roll was loaded, withdrawn and replaced.
#[test]
fn the_wrong_roll_was_withdrawn_and_replaced() {
    for people in [2_000, 20_000] {
        let reader = Reader::new(people);
        let withdrawn: Vec<_> = reader
            .city
            .rolls
            .iter()
            .filter(|roll| roll.withdrawn.is_some())
            .collect();
        let [wrong] = withdrawn.as_slice() else {
            panic!("one wrong roll, not {}", withdrawn.len())
        };
        assert_eq!((wrong.fact, wrong.area.prefix()), ("dibao", "421321"));
        let person = reader.named("wrong_roll");
        let on = wrong.date;
        let dibao = |known| reader.value(person, "dibao", on, known);
        assert_eq!(
            dibao(wrong.recorded.plus_seconds(-1)),
            Some(Value::Bool(true))
        );
        assert_eq!(dibao(wrong.recorded), Some(Value::Bool(false)));
        assert_eq!(dibao(wrong.withdrawn.unwrap()), Some(Value::Bool(true)));
        assert_eq!(
            reader.value(person, "dibao", today(), now()),
            Some(Value::Bool(true))
        );
        let replaced = |r: &&demo::Roll| r.date == wrong.date && r.area == wrong.area;
        let replaced = reader
            .city
            .rolls
            .iter()
            .filter(replaced)
            .filter(|r| r.fact == "dibao");
        assert_eq!(replaced.count(), 2);
    }
}

/// 应享未享 about 4 % of those of 80 and over; 不应享仍享 after a late death (invariant 9).
#[test]
fn some_are_owed_and_some_are_still_paid() {
    let reader = Reader::new(20_000);
    let owed = reader
        .everybody()
        .filter(|at| reader.is(*at, "alive") && reader.local(*at) && reader.age(*at) >= 80);
    let owed: Vec<usize> = owed.collect();
    let unpaid = owed
        .iter()
        .filter(|at| !reader.receives(**at, "senior_allowance"))
        .count();
    let share = unpaid as f64 / owed.len() as f64;
    assert!(
        (0.025..0.075).contains(&share),
        "{unpaid} of {}",
        owed.len()
    );
    let paid_after_death = reader.city.receipts.iter().any(|receipt| {
        let until = receipt.until.unwrap_or(today());
        matches!(reader.says(receipt.person, "dead_on"),
            Some(Value::Day(dead)) if dead.days_until(until) > 45)
    });
    assert!(paid_after_death);
}

/// Invariant 9: where a payment is taken over from its office, it agrees with that office's roll.
#[test]
fn those_on_the_rolls_are_paid() {
    let reader = Reader::new(5_000);
    for (programme, fact) in [("dibao", "dibao"), ("tekun_support", "tekun")] {
        let mut paid = 0;
        for at in reader.everybody().filter(|at| reader.is(*at, "alive")) {
            let receives = reader.receives(at, programme);
            assert_eq!(
                receives,
                reader.is(at, fact),
                "{fact}: {:?}",
                reader.city.people[at]
            );
            paid += usize::from(receives);
        }
        assert!(paid > 5, "{programme}: {paid}");
    }
}
