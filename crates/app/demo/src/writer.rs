//! Turns a household into people with their acts of recording.

use crate::calendar::Calendar;
use crate::children;
use crate::city::{City, Named, Person, Record, Set, Value};
use crate::draft::{Fate, Household};
use crate::elders::{self, Elders};
use crate::named;
use crate::numbers::Numbers;
use crate::places::{Place, Places};
use crate::receipts::Receipts;
use crate::rng::{Quota, Rng};
use crate::rolls::Rolls;
use crate::tags::Tags;
use kernel::AreaCode;
use kernel::area_code::Level;

/// Writes people, rolls and receipts.
#[derive(Debug)]
pub(crate) struct Writer<'a> {
    pub(crate) calendar: &'a Calendar,
    pub(crate) places: &'a Places,
    pub(crate) rng: Rng,
    pub(crate) numbers: Numbers,
    pub(crate) rolls: Rolls,
    receipts: Receipts,
    pub(crate) elders: Elders,
    pub(crate) corrected: Quota,
    pub(crate) city: City,
    households: u32,
}

/// Who tells what about where somebody lives.
pub(crate) const VILLAGE: &str = "村（社区）工作人员";

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

    pub(crate) fn name_first(&mut self, what: &'static str, person: usize) {
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
