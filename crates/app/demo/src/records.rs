//! Acts of recording: who somebody is (公安), where and how they live (the village), what offices hold.

use crate::calendar::Calendar;
use crate::city::{Person, Record, Set, Value};
use crate::draft::{Draft, Fate, Household};
use crate::places::Place;
use crate::rolls::{GROUPS, Known};
use crate::tags::{Held, LASTS, Tags};
use crate::writer::{VILLAGE, Writer};

const POLICE: &str = "市公安局";

impl Writer {
    /// 公安: alive, born (as first told), sex, registered where; a death, a removal, a corrected birth date.
    pub(crate) fn identity(&mut self, draft: &Draft, told: i32, person: &mut Person) {
        let born = draft.birth;
        let numbered = person.id_number.is_some();
        let mut sets = Vec::with_capacity(4);
        sets.push(self.set("alive", Value::Bool(true), born));
        sets.push(self.set("birth_date", Value::Day(self.calendar.day(told)), born));
        let sex = if draft.is_male() { "male" } else { "female" };
        sets.push(self.set("sex", Value::Word(sex), born));
        let first = match draft.fate {
            Fate::MovedOut(_) => draft.place,
            _ => draft.hukou,
        };
        if let (true, Some(code)) = (numbered, first.and_then(|place| self.places.code(place))) {
            sets.push(self.set("hukou_area", Value::Area(code), born));
        }
        let (source, by) = if numbered {
            ("公安人口库", POLICE)
        } else {
            ("出生医学证明", "市妇幼保健院")
        };
        person.records.push(Record {
            recorded: person.registered,
            source,
            by,
            sets,
        });
        if told != born {
            let day = self
                .rng
                .range(self.calendar.start + 40, self.calendar.today - 12);
            let sets = vec![self.set("birth_date", Value::Day(self.calendar.day(born)), born)];
            self.push(person, day, 11, ("公安更正", POLICE), sets);
        }
        match draft.fate {
            Fate::Dead(on, told) => {
                let sets = vec![
                    self.set("alive", Value::Bool(false), on),
                    self.set("dead_on", Value::Day(self.calendar.day(on)), on),
                ];
                self.push(person, told, 16, ("殡葬火化信息", "市殡葬管理所"), sets);
            }
            Fate::MovedOut(on) => {
                let Some(code) = draft.hukou.and_then(|place| self.places.code(place)) else {
                    return;
                };
                let sets = vec![
                    self.set("hukou_area", Value::Area(code), on),
                    self.set("moved_out_on", Value::Day(self.calendar.day(on)), on),
                    self.set("residence_area", Value::Area(code), on),
                ];
                let told = (on + self.rng.range(3, 20)).min(self.calendar.today);
                self.push(person, told, 15, ("公安人口库", POLICE), sets);
            }
            _ => {}
        }
    }

    /// The village: lives where, since when, and for elders how.
    pub(crate) fn residence(&mut self, household: &Household, at: usize, person: &mut Person) {
        let Some(draft) = household.members.get(at) else {
            return;
        };
        let (place, since) = match draft.fate {
            Fate::MovedWithin(_, from) => (Some(from), draft.birth),
            Fate::MovedIn(on) => (draft.place, on),
            Fate::Away(since) if since > self.calendar.start => (draft.hukou, draft.birth),
            Fate::Away(since) => (draft.place, since),
            _ if draft.place == draft.hukou || draft.age == 0 => (draft.place, draft.birth),
            _ => {
                let since = self.calendar.start - self.rng.range(60, 5000);
                (draft.place, since.max(draft.birth))
            }
        };
        let Some(code) = place.and_then(|place| self.places.code(place)) else {
            return;
        };
        let mut sets = Vec::with_capacity(4);
        sets.push(self.set("residence_area", Value::Area(code), since));
        if since != draft.birth {
            sets.push(self.set(
                "residence_since",
                Value::Day(self.calendar.day(since)),
                since,
            ));
        }
        let later = self
            .elders
            .living(&mut self.rng, &self.calendar, household, at, &mut sets);
        let spread = (person.household % 9) as i32 + 1;
        let told = match draft.fate {
            Fate::MovedIn(_) | Fate::Born(..) => person.registered.plus_seconds(3600),
            _ => Calendar::at(self.calendar.start + spread, 15 * 3600),
        };
        person.records.push(Record {
            recorded: told,
            source: "村级登记",
            by: VILLAGE,
            sets,
        });
        if let Some((day, sets)) = later {
            self.push(person, day, 14, ("村级走访", VILLAGE), sets);
        }
        let moved = match draft.fate {
            Fate::MovedWithin(on, _) => Some(on),
            Fate::Away(on) => Some(on).filter(|on| *on > self.calendar.start),
            _ => None,
        };
        if let Some(on) = moved {
            let Some(code) = draft.place.and_then(|place| self.places.code(place)) else {
                return;
            };
            let sets = vec![
                self.set("residence_area", Value::Area(code), on),
                self.set("residence_since", Value::Day(self.calendar.day(on)), on),
            ];
            let told = (on + self.rng.range(3, 40)).min(self.calendar.today);
            self.push(person, told, 15, ("村级登记", VILLAGE), sets);
        }
    }

    /// What offices hold, recorded with the roll (or the single notice) that brought it first.
    pub(crate) fn held(&mut self, draft: &Draft, tags: &Tags, index: usize, person: &mut Person) {
        let Some(Place::Village(village)) = draft.hukou else {
            return;
        };
        let county = self.places.home(village).map_or(0, |home| home.county);
        let known = Known::of(draft, person.registered);
        for held in &tags.held {
            let told = self.rolls.list(index, county, held, known, |_roll| {});
            let Some(recorded) = told else { continue };
            let group = &GROUPS[held.key.0];
            let (source, by) = (group.source, group.by[county]);
            let slot = person
                .records
                .iter()
                .position(|r| r.recorded == recorded && r.source == source);
            let slot = slot.unwrap_or_else(|| {
                let sets = Vec::with_capacity(1 + held.extra.len());
                person.records.push(Record {
                    recorded,
                    source,
                    by,
                    sets,
                });
                person.records.len() - 1
            });
            let main = self.main_set(held);
            let sets = &mut person.records[slot].sets;
            sets.push(main);
            for set in &held.extra {
                if sets.iter().all(|known| known.fact != set.fact) {
                    sets.push(set.clone());
                }
            }
        }
    }

    fn main_set(&self, held: &Held) -> Set {
        let fact = GROUPS[held.key.0].facts[held.key.1];
        let mut set = self.set(fact, held.value, held.since);
        // An end nobody has told yet is not in the record: the next roll says it.
        if held.until != LASTS && held.until < self.calendar.start {
            set.until = Some(self.calendar.day(held.until));
        }
        set
    }
}
