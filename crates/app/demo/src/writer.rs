//! Turns a household into people with their acts of recording.

use crate::calendar::Calendar;
use crate::children;
use crate::city::{City, Contact, Named, Person, Record, Set, Value};
use crate::draft::{Draft, Fate, Household};
use crate::elders::{self, Elders};
use crate::named;
use crate::names;
use crate::numbers::Numbers;
use crate::places::{Place, Places};
use crate::pool::{FEMALE, MALE};
use crate::rates;
use crate::receipts::Receipts;
use crate::rng::{Quota, Rng};
use crate::rolls::{GROUPS, Known, Rolls};
use crate::tags::{Held, LASTS, Tags};
use kernel::area_code::Level;
use kernel::{AreaCode, Instant};

/// Writes people, rolls and receipts.
#[derive(Debug)]
pub(crate) struct Writer<'a> {
    pub(crate) calendar: &'a Calendar,
    pub(crate) places: &'a Places,
    pub(crate) rng: Rng,
    numbers: Numbers,
    rolls: Rolls,
    receipts: Receipts,
    elders: Elders,
    corrected: Quota,
    city: City,
    households: u32,
}

/// Who tells what about where somebody lives.
pub(crate) const VILLAGE: &str = "村（社区）工作人员";
const POLICE: &str = "市公安局";

impl<'a> Writer<'a> {
    pub(crate) fn new(
        calendar: &'a Calendar,
        places: &'a Places,
        seed: u64,
        people: usize,
    ) -> Self {
        let mut city = City::default();
        city.people.reserve(people + people / 6 + 16);
        Self {
            calendar,
            places,
            rng: Rng::new(seed, 99),
            numbers: Numbers::new(calendar),
            rolls: Rolls::new(calendar),
            receipts: Receipts::new(),
            elders: Elders::new(),
            corrected: Quota::new(),
            city,
            households: 0,
        }
    }

    /// Everything, with the wrong roll made wrong and the named people found.
    pub(crate) fn finish(mut self) -> City {
        let on_wrong = self.rolls.on_wrong();
        let people = &self.city.people;
        let town = on_wrong
            .get(on_wrong.len() / 2)
            .and_then(|at| hukou(people, *at))
            .map(town_of);
        let (rolls, lost) = self
            .rolls
            .finish(|person| hukou(people, person).map(town_of) == town && town.is_some());
        self.city.rolls = rolls;
        self.city.receipts = self.receipts.finish();
        if let Some(person) = lost.first() {
            self.city.named.push(Named {
                what: named::WRONG_ROLL,
                person: *person,
            });
        }
        self.city
    }

    fn name_first(&mut self, what: &'static str, person: usize) {
        if self.city.named.iter().all(|named| named.what != what) {
            self.city.named.push(Named { what, person });
        }
    }

    /// One household of a county.
    pub(crate) fn household(&mut self, county: usize, household: &Household, tags: &[Tags]) {
        let base = self.city.people.len();
        let number = self.households;
        self.households += 1;
        let address = self.address(household);
        for (at, draft) in household.members.iter().enumerate() {
            let mut person = self.person(draft, base, number, address.as_deref());
            person.registered = self.registered(county, draft);
            self.records(household, at, tags.get(at), base + at, &mut person);
            self.city.people.push(person);
        }
        self.contacts(household, base);
        if let Some((key, at)) = household.named {
            self.name_first(key, base + at);
        }
    }

    fn person(
        &mut self,
        draft: &Draft,
        base: usize,
        household: u32,
        address: Option<&str>,
    ) -> Person {
        let year = self.calendar.day(draft.birth).year();
        let name = match draft.name {
            Some(name) => name.to_owned(),
            None => names::full(&mut self.rng, draft.surname, draft.sex, year),
        };
        let numbered = !matches!(draft.fate, Fate::Born(_, false));
        let id_number = numbered.then(|| self.numbers.id(self.calendar, draft.birth, draft.sex));
        let reachable = match draft.age {
            ..14 => 0.0,
            14..60 => 0.97,
            60..80 => 0.86,
            _ => 0.55,
        };
        let phone = (draft.name.is_some() && draft.age > 14) || self.rng.chance(reachable);
        Person {
            name,
            id_number,
            phone: phone.then(|| self.numbers.phone()),
            address: match draft.place {
                Some(Place::Village(_)) => address.map(str::to_owned),
                _ => None,
            },
            household,
            relation: draft.relation,
            guardians: draft.guardians.iter().map(|at| base + at).collect(),
            contact: None,
            registered: self.calendar.now(),
            records: Vec::with_capacity(3),
        }
    }

    fn address(&mut self, household: &Household) -> Option<String> {
        let home = household.members.iter().find_map(|d| match d.place {
            Some(Place::Village(village)) => self.places.home(village),
            _ => None,
        })?;
        if self.rng.chance(0.03) {
            return None;
        }
        Some(if home.urban {
            let (block, door) = (self.rng.range(1, 38), self.rng.range(1, 3));
            let room = self.rng.range(1, 11) * 100 + self.rng.range(1, 4);
            format!("{}{block}栋{door}单元{room}室", home.address)
        } else {
            format!(
                "{}{}组{}号",
                home.address,
                self.rng.range(1, 12),
                self.rng.range(1, 86)
            )
        })
    }

    fn registered(&mut self, county: usize, draft: &Draft) -> Instant {
        let second = 8 * 3600 + county as i64 * 1800;
        match draft.fate {
            Fate::MovedIn(on) => {
                let day = (on + self.rng.range(4, 18)).min(self.calendar.today);
                Calendar::at(day, 10 * 3600 + i64::from(self.rng.range(0, 20_000)))
            }
            Fate::Born(on, _) => Calendar::at(on, 9 * 3600 + i64::from(self.rng.range(0, 25_000))),
            _ => Calendar::at(self.calendar.start, second),
        }
    }

    fn records(
        &mut self,
        household: &Household,
        at: usize,
        tags: Option<&Tags>,
        index: usize,
        person: &mut Person,
    ) {
        let Some(draft) = household.members.get(at) else {
            return;
        };
        self.identity(draft, index, person);
        self.residence(household, at, person);
        children::record(self, household, at, tags, person);
        if let Some(tags) = tags {
            let dead = match draft.fate {
                Fate::Dead(on, told) => Some((on, Calendar::at(told, 16 * 3600))),
                _ => None,
            };
            self.held(draft, tags, index, person, dead);
            elders::record(self, household, at, tags, person);
            if let Some(Place::Village(village)) = draft.hukou {
                let local = self.places.home(village).map_or(0, |home| home.county);
                let urban = self.places.is_urban(Place::Village(village));
                self.receipts.write(
                    &mut self.rng,
                    self.calendar,
                    (local, urban),
                    (household, at),
                    (index, tags),
                );
            }
        }
        match draft.fate {
            Fate::Born(_, false) => self.name_first(named::NEWBORN, index),
            Fate::MovedWithin(..) if draft.age >= 18 => self.name_first(named::MOVED, index),
            _ => {}
        }
        person.records.sort_by_key(|record| record.recorded);
    }

    /// 公安: alive, born, sex, registered where; a death, a removal, a corrected birth date.
    fn identity(&mut self, draft: &Draft, index: usize, person: &mut Person) {
        let born = draft.birth;
        let mut told = born;
        let fixed = draft.name.is_some() || draft.age < 20;
        if !fixed && self.corrected.draw(&mut self.rng, rates::BIRTH_CORRECTED) {
            told = born - 365 * self.rng.range(1, 3) - self.rng.range(0, 60);
            self.name_first(named::CORRECTED, index);
        }
        let numbered = person.id_number.is_some();
        let mut sets = Vec::with_capacity(4);
        sets.push(self.set("alive", Value::Bool(true), born));
        sets.push(self.set("birth_date", Value::Day(self.calendar.day(told)), born));
        let sex = if draft.sex == MALE { "male" } else { "female" };
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
    fn residence(&mut self, household: &Household, at: usize, person: &mut Person) {
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
            .living(&mut self.rng, self.calendar, household, at, &mut sets);
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
    fn held(
        &mut self,
        draft: &Draft,
        tags: &Tags,
        index: usize,
        person: &mut Person,
        dead: Option<(i32, Instant)>,
    ) {
        let Some(Place::Village(village)) = draft.hukou else {
            return;
        };
        let county = self.places.home(village).map_or(0, |home| home.county);
        let known = Known {
            registered: person.registered,
            dead,
        };
        for held in &tags.held {
            let days = (held.since, held.until);
            let told = self
                .rolls
                .list(index, county, held.key, days, held.late, known);
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

    fn contacts(&mut self, household: &Household, base: usize) {
        for (at, draft) in household.members.iter().enumerate() {
            if draft.age < 60 || !draft.lives_here() || !self.rng.chance(0.68) {
                continue;
            }
            let other = household.members.iter().enumerate().find(|(other, d)| {
                let reachable = self
                    .city
                    .people
                    .get(base + other)
                    .is_some_and(|p| p.phone.is_some());
                *other != at && reachable && d.age >= 18 && !matches!(d.fate, Fate::Dead(..))
            });
            let contact: Contact = if let Some((other, relative)) = other {
                let relation = match (draft.age - relative.age, relative.sex) {
                    _ if "其他" == relative.relation || "其他" == draft.relation => "亲属",
                    (16.., MALE) => "子",
                    (16.., _) => "女",
                    (..-15, MALE) => "父",
                    (..-15, _) => "母",
                    _ => "配偶",
                };
                let (name, phone) = self
                    .city
                    .people
                    .get(base + other)
                    .map_or((String::new(), String::new()), |p| {
                        (p.name.clone(), p.phone.clone().unwrap_or_default())
                    });
                (name, phone, relation)
            } else {
                let sex = if self.rng.chance(0.6) { MALE } else { FEMALE };
                let surname = if draft.sex == MALE {
                    draft.surname
                } else {
                    names::surname(&mut self.rng)
                };
                let year = self.calendar.day(draft.birth).year() + 26;
                let name = names::full(&mut self.rng, surname, sex, year);
                (
                    name,
                    self.numbers.phone(),
                    if sex == MALE { "子" } else { "女" },
                )
            };
            if let Some(person) = self.city.people.get_mut(base + at) {
                person.contact = Some(contact);
            }
        }
    }

    pub(crate) fn elders_and_rng(&mut self) -> (&mut Elders, &mut Rng) {
        (&mut self.elders, &mut self.rng)
    }

    /// A set that lasts.
    pub(crate) fn set(&self, fact: &'static str, value: Value, since: i32) -> Set {
        Set {
            fact,
            value: Some(value),
            since: self.calendar.day(since),
            until: None,
        }
    }

    /// A record of this day, where the day has come and the register knew the person.
    pub(crate) fn push(
        &mut self,
        person: &mut Person,
        day: i32,
        hour: i64,
        (source, by): (&'static str, &'static str),
        sets: Vec<Set>,
    ) {
        if day > self.calendar.today || sets.is_empty() {
            return;
        }
        let second = hour * 3600 + i64::from(self.rng.range(0, 3599));
        let recorded = Calendar::at(day, second.min(18 * 3600 - 1));
        let recorded = recorded.max(person.registered.plus_seconds(60));
        person.records.push(Record {
            recorded,
            source,
            by,
            sets,
        });
    }
}

fn hukou(people: &[Person], person: usize) -> Option<AreaCode> {
    let sets = people.get(person)?.records.first()?.sets.iter();
    sets.rev().find_map(|set| match set.value {
        Some(Value::Area(code)) if set.fact == "hukou_area" => Some(code),
        _ => None,
    })
}

fn town_of(code: AreaCode) -> AreaCode {
    code.up_to(Level::Town)
}
