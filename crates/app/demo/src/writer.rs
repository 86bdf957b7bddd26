//! Turns a household into people with their acts of recording.

use crate::calendar::Calendar;
use crate::children;
use crate::city::{Person, Receipt, Record, Set, Value};
use crate::elders::{self, Elders};
use crate::maker::Made;
use crate::numbers::Numbers;
use crate::places::{Place, Places};
use crate::receipts::Receipts;
use crate::rng::Rng;
use crate::rolls::Rolls;
use std::sync::Arc;

/// Writes people and receipts.
#[derive(Debug)]
pub(crate) struct Writer {
    pub(crate) calendar: Arc<Calendar>,
    pub(crate) places: Arc<Places>,
    pub(crate) rng: Rng,
    pub(crate) numbers: Numbers,
    pub(crate) rolls: Rolls,
    receipts: Receipts,
    pub(crate) elders: Elders,
    /// Those written and not yet taken.
    pub(crate) people: Vec<Person>,
}

/// Who tells what about where somebody lives.
pub(crate) const VILLAGE: &str = "村（社区）工作人员";

impl Writer {
    pub(crate) fn new(calendar: Arc<Calendar>, places: Arc<Places>, seed: u64) -> Self {
        Self {
            rng: Rng::new(seed, 99),
            numbers: Numbers::new(&calendar),
            rolls: Rolls::new(&calendar),
            receipts: Receipts::new(),
            elders: Elders::new(),
            people: Vec::new(),
            calendar,
            places,
        }
    }

    /// What was written since the last time.
    pub(crate) fn take(&mut self) -> (Vec<Person>, Vec<Receipt>) {
        (std::mem::take(&mut self.people), self.receipts.take())
    }

    /// One household.
    pub(crate) fn household(&mut self, made: &Made) {
        let first = self.people.len();
        let household = &made.household;
        let address = self.address(household);
        for at in 0..household.members.len() {
            self.member(made, at, address.as_deref());
        }
        self.contacts(household, first);
    }

    fn member(&mut self, made: &Made, at: usize, address: Option<&str>) {
        let household = &made.household;
        let index = made.first + at;
        let (Some(draft), Some(told), Some(tags)) = (
            household.members.get(at),
            made.told.get(at),
            made.tags.get(at),
        ) else {
            return;
        };
        let mut person = self.person(draft, made.first, made.number, told.registered, address);
        self.identity(draft, told.birth, &mut person);
        self.residence(household, at, &mut person);
        children::record(self, household, at, tags, &mut person);
        self.held(draft, tags, index, &mut person);
        elders::record(self, household, at, tags, &mut person);
        if let Some(Place::Village(village)) = draft.hukou {
            let local = self.places.home(village).map_or(0, |home| home.county);
            let urban = self.places.is_urban(Place::Village(village));
            self.receipts.write(
                &mut self.rng,
                &self.calendar,
                (local, urban),
                (household, at),
                (index, tags),
            );
        }
        person.records.sort_by_key(|record| record.recorded);
        self.people.push(person);
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
