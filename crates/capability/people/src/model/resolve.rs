//! What is known of a person about one day, as it was known at one moment (invariant 5).
//!
//! Each record asserts values over half-open intervals. The value on day D as known at K is the latest
//! *recorded* assertion (recorded at or before K, not taken back by then) whose interval covers D.
//! A complete roll asserts `false` from its day for everybody whose 户籍 area lay in its area that day
//! and of whom no record speaks: who is on it has a record, and who left since the roll before gets
//! one when the roll is loaded (see `leaver`). So a record always wins over a roll (ADR 0007).

use super::{Record, Roll, RollBook, Set};
use kernel::{AreaCode, Day, Instant};
use rules::facts::{FactId, Facts, Value};

/// Where a known value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// First day it is true.
    pub since: Day,
    /// First day it is no longer true, where that is known.
    pub until: Option<Day>,
    /// When it was recorded.
    pub recorded: Instant,
    /// Source, and for a roll its name.
    pub source: String,
    /// Who recorded it.
    pub by: String,
    /// The roll that settled it, where a roll did.
    pub roll: Option<String>,
    /// The record that settled it, where a record did.
    pub seq: Option<i64>,
}

/// The facts of a person and where each comes from.
#[derive(Debug, Clone, Default)]
pub struct Resolved {
    /// The values.
    pub facts: Facts,
    known: Vec<Option<Known>>,
}

impl Resolved {
    /// Where the value of `fact` comes from; `None` where it is unknown.
    pub fn known(&self, fact: FactId) -> Option<&Known> {
        self.known.get(fact.index()).and_then(Option::as_ref)
    }
}

/// Resolves all facts on `day` as known at `at`. `records` in any order.
pub fn resolve(records: &[Record], rolls: &RollBook, day: Day, at: Instant) -> Resolved {
    let mut records: Vec<&Record> = records
        .iter()
        .filter(|record| seen(record.recorded, record.withdrawn, at))
        .collect();
    // Latest recorded first; of one moment the higher number.
    records.sort_by(|a, b| b.recorded.cmp(&a.recorded).then(b.seq.cmp(&a.seq)));
    let mut from_records: Vec<Option<(&Record, &Set)>> = vec![None; FactId::all().count()];
    for record in &records {
        for set in record.sets.iter().rev().filter(|set| set.covers(day)) {
            if let Some(slot @ None) = from_records.get_mut(set.fact.index()) {
                *slot = Some((record, set));
            }
        }
    }
    let mut out = Resolved {
        facts: Facts::default(),
        known: vec![None; from_records.len()],
    };
    for (fact, from_record) in FactId::all().zip(from_records) {
        let settled = match from_record {
            Some((record, set)) => (set.value.clone(), known_by(record, set.since, set.until)),
            None => match roll_about(&records, rolls, fact, day, at) {
                Some(roll) => by_roll(roll),
                None => continue,
            },
        };
        if settled.0.is_some() {
            out.facts.set(fact, settled.0);
            if let Some(slot) = out.known.get_mut(fact.index()) {
                *slot = Some(settled.1);
            }
        }
    }
    out
}

/// The latest roll that speaks of somebody of whom no record does.
fn roll_about<'a>(
    records: &[&Record],
    rolls: &'a RollBook,
    fact: FactId,
    day: Day,
    at: Instant,
) -> Option<&'a Roll> {
    rolls.of(fact).iter().find(|roll| {
        seen(roll.recorded, roll.withdrawn, at)
            && roll.day <= day
            && was_registered_in(records, &roll.area, roll.day)
    })
}

/// The record of somebody who was on an earlier roll and is not on this one: false from its day,
/// taken back with it. `None` where nothing ends (never on it, or registered elsewhere). The caller
/// has made sure that the person is not on `roll`.
pub fn leaver(records: &[Record], roll: &Roll) -> Option<Record> {
    let known: Vec<&Record> = {
        let mut known: Vec<&Record> = records
            .iter()
            .filter(|record| seen(record.recorded, record.withdrawn, roll.recorded))
            .collect();
        known.sort_by(|a, b| b.recorded.cmp(&a.recorded).then(b.seq.cmp(&a.seq)));
        known
    };
    let (_, set) = latest(&known, roll.fact, roll.day)?;
    let absent = roll.fact.def().absent();
    let was_on = set.value.is_some() && set.value != absent;
    if !was_on || !was_registered_in(&known, &roll.area, roll.day) {
        return None;
    }
    Some(Record {
        seq: records.iter().map(|record| record.seq).max().unwrap_or(0) + 1,
        recorded: roll.recorded,
        source: format!("{}（不在册）", roll.source),
        by: roll.by.clone(),
        sets: vec![Set {
            fact: roll.fact,
            value: absent,
            since: roll.day,
            until: None,
        }],
        reason: None,
        withdrawn: roll.withdrawn,
    })
}

fn seen(recorded: Instant, withdrawn: Option<Instant>, at: Instant) -> bool {
    recorded <= at && withdrawn.is_none_or(|withdrawn| withdrawn > at)
}

fn latest<'a>(records: &[&'a Record], fact: FactId, day: Day) -> Option<(&'a Record, &'a Set)> {
    records.iter().find_map(|record| {
        record
            .sets
            .iter()
            .rev()
            .find(|set| set.fact == fact && set.covers(day))
            .map(|set| (*record, set))
    })
}

fn was_registered_in(records: &[&Record], area: &AreaCode, day: Day) -> bool {
    matches!(
        latest(records, FactId::HUKOU_AREA, day),
        Some((_, set)) if matches!(&set.value, Some(Value::Area(code)) if area.contains(code))
    )
}

fn known_by(record: &Record, since: Day, until: Option<Day>) -> Known {
    Known {
        since,
        until,
        recorded: record.recorded,
        source: record.source.clone(),
        by: record.by.clone(),
        roll: None,
        seq: Some(record.seq),
    }
}

fn by_roll(roll: &Roll) -> (Option<Value>, Known) {
    let known = Known {
        since: roll.day,
        until: None,
        recorded: roll.recorded,
        source: roll.source.clone(),
        by: roll.by.clone(),
        roll: Some(roll.id.clone()),
        seq: None,
    };
    (roll.fact.def().absent(), known)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rules::facts::find;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }
    fn at(text: &str) -> Instant {
        Instant::at(day(text), 3600)
    }
    fn record(
        seq: i64,
        recorded: &str,
        sets: &[(&str, Option<Value>, &str, Option<&str>)],
    ) -> Record {
        Record {
            seq,
            recorded: at(recorded),
            source: "低保名册".into(),
            by: "县民政".into(),
            sets: sets
                .iter()
                .map(|(fact, value, since, until)| Set {
                    fact: find(fact).unwrap(),
                    value: value.clone(),
                    since: day(since),
                    until: until.map(day),
                })
                .collect(),
            reason: None,
            withdrawn: None,
        }
    }
    fn roll(id: &str, date: &str, recorded: &str) -> Roll {
        Roll {
            id: id.into(),
            fact: find("dibao").unwrap(),
            area: "421303".parse().unwrap(),
            day: day(date),
            recorded: at(recorded),
            source: "低保全量名册".into(),
            by: "县民政".into(),
            listed: 1,
            withdrawn: None,
        }
    }
    fn dibao(records: &[Record], rolls: &[Roll], on: &str, known: &str) -> Option<bool> {
        let resolved = resolve(records, &RollBook::new(rolls.to_vec()), day(on), at(known));
        match resolved.facts.get(find("dibao").unwrap()) {
            Some(Value::Bool(value)) => Some(*value),
            _ => None,
        }
    }

    /// Rows B01, B14; invariant 5 (facts are dated twice): a correction supersedes and nothing is overwritten.
    #[test]
    fn a_late_correction_changes_the_past_only_as_known_later() {
        let no = Some(Value::Bool(false));
        let records = [
            record(
                1,
                "2024-01-10",
                &[("dibao", Some(Value::Bool(true)), "2024-01-01", None)],
            ),
            record(2, "2025-06-01", &[("dibao", no, "2025-03-01", None)]),
        ];
        for (on, known, expect) in [
            ("2023-12-31", "2025-06-30", None),
            ("2024-01-01", "2024-01-09", None),
            ("2024-01-01", "2024-01-10", Some(true)),
            ("2025-04-01", "2025-05-31", Some(true)),
            ("2025-04-01", "2025-06-01", Some(false)),
            ("2025-02-28", "2025-06-30", Some(true)),
        ] {
            assert_eq!(
                dibao(&records, &[], on, known),
                expect,
                "on {on} as known {known}"
            );
        }
        let bounded = [
            records[0].clone(),
            record(
                2,
                "2025-06-01",
                &[("dibao", None, "2025-03-01", Some("2025-04-01"))],
            ),
        ];
        assert_eq!(
            dibao(&bounded, &[], "2025-03-15", "2025-06-30"),
            None,
            "became unknown for a month"
        );
        assert_eq!(dibao(&bounded, &[], "2025-04-01", "2025-06-30"), Some(true));
    }

    /// Row B14; invariant 3; engineering.md 2: after a complete roll nobody of its area is unknown, and
    /// withdrawing it makes them unknown again.
    #[test]
    fn a_complete_roll_settles_everyone_of_its_area_until_it_is_withdrawn() {
        let area = |code: &str| Some(Value::Area(code.parse().unwrap()));
        let here = [record(
            1,
            "2024-01-10",
            &[("hukou_area", area("421303001001"), "2024-01-01", None)],
        )];
        let elsewhere = [record(
            1,
            "2024-01-10",
            &[("hukou_area", area("421321101001"), "2024-01-01", None)],
        )];
        let june = roll("r", "2025-06-01", "2025-06-05");
        assert_eq!(
            dibao(
                &here,
                std::slice::from_ref(&june),
                "2025-06-30",
                "2025-06-30"
            ),
            Some(false)
        );
        assert_eq!(
            dibao(
                &here,
                std::slice::from_ref(&june),
                "2025-06-30",
                "2025-06-04"
            ),
            None,
            "not known yet"
        );
        assert_eq!(
            dibao(
                &here,
                std::slice::from_ref(&june),
                "2025-05-31",
                "2025-06-30"
            ),
            None,
            "before its day"
        );
        assert_eq!(
            dibao(
                &elsewhere,
                std::slice::from_ref(&june),
                "2025-06-30",
                "2025-06-30"
            ),
            None
        );
        let mut gone = june.clone();
        gone.withdrawn = Some(at("2025-06-10"));
        assert_eq!(
            dibao(
                &here,
                std::slice::from_ref(&gone),
                "2025-06-30",
                "2025-06-09"
            ),
            Some(false)
        );
        assert_eq!(
            dibao(&here, &[gone], "2025-06-30", "2025-06-30"),
            None,
            "withdrawn: unknown again"
        );
    }

    /// Rows B04, B14; ADR 0007: who is on a roll keeps their record through later rolls; who left gets
    /// an explicit end, which goes with the roll when it is withdrawn.
    #[test]
    fn who_left_a_roll_is_ended_by_it_and_comes_back_with_its_withdrawal() {
        let area = |code: &str| Some(Value::Area(code.parse().unwrap()));
        let yes = Some(Value::Bool(true));
        let on_june = [
            record(
                1,
                "2024-01-10",
                &[("hukou_area", area("421303001001"), "2024-01-01", None)],
            ),
            record(2, "2025-06-05", &[("dibao", yes, "2025-06-01", None)]),
        ];
        let (june, july) = (
            roll("r", "2025-06-01", "2025-06-05"),
            roll("s", "2025-07-01", "2025-07-05"),
        );
        let rolls = [june.clone(), july.clone()];
        assert_eq!(
            dibao(&on_june, &rolls, "2025-07-31", "2025-07-31"),
            Some(true),
            "still on it"
        );
        let mut left = on_june.to_vec();
        left.push(leaver(&left, &july).unwrap());
        assert_eq!(
            dibao(&left, &rolls, "2025-07-31", "2025-07-31"),
            Some(false)
        );
        assert_eq!(
            dibao(&left, &rolls, "2025-06-30", "2025-07-31"),
            Some(true),
            "June stays"
        );
        let mut withdrawn = july.clone();
        withdrawn.withdrawn = Some(at("2025-07-10"));
        let mut back = on_june.to_vec();
        back.push(leaver(&back, &withdrawn).unwrap());
        assert_eq!(
            dibao(&back, &[june, withdrawn], "2025-07-31", "2025-07-31"),
            Some(true)
        );
        // Nothing ends for somebody who was never on it, or is registered elsewhere.
        assert!(leaver(&on_june[..1], &july).is_none());
        let mut elsewhere = july;
        elsewhere.area = "421381".parse().unwrap();
        assert!(leaver(&on_june, &elsewhere).is_none());
    }
}
