//! Household by household, in the order of the city: what counting it and writing it have in common.

use crate::calendar::Calendar;
use crate::census::COUNTIES;
use crate::city::{Options, Village};
use crate::draft::{Draft, Fate, Household, Kind};
use crate::households::{self, Builder};
use crate::named;
use crate::places::Places;
use crate::pool::{self, Pool};
use crate::rates;
use crate::rng::{Quota, Rng};
use crate::settle::Settler;
use crate::tags::{Quotas, Tagger, Tags};
use kernel::Instant;
use std::sync::Arc;

/// What the register was first told of a member, and when.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Told {
    pub(crate) registered: Instant,
    /// The birth day on record at first; not the true one where it is corrected later.
    pub(crate) birth: i32,
}

/// A household with its place in the city.
#[derive(Debug)]
pub(crate) struct Made {
    /// Its number.
    pub(crate) number: u32,
    /// Index of its first member in the city.
    pub(crate) first: usize,
    pub(crate) household: Household,
    /// By member.
    pub(crate) tags: Vec<Tags>,
    /// By member.
    pub(crate) told: Vec<Told>,
}

/// Makes households, one county in memory at a time.
#[derive(Debug)]
pub(crate) struct Maker {
    pub(crate) calendar: Arc<Calendar>,
    pub(crate) places: Arc<Places>,
    seed: u64,
    /// Residents by county, sex and age group.
    cells: Vec<[[usize; 19]; 2]>,
    /// Counties begun.
    begun: usize,
    households: std::vec::IntoIter<Household>,
    /// Of the county.
    rng: Rng,
    /// Of what the register is told.
    telling: Rng,
    quotas: Quotas,
    corrected: Quota,
    made: Made,
    households_before: u32,
    people_before: usize,
}

impl Maker {
    pub(crate) fn new(options: &Options, areas: &[Village]) -> Self {
        Self {
            calendar: Arc::new(Calendar::new(options.today)),
            places: Arc::new(Places::new(areas)),
            seed: options.seed,
            cells: pool::cells(options.people, &COUNTIES),
            begun: 0,
            households: Vec::new().into_iter(),
            rng: Rng::new(options.seed, 1),
            telling: Rng::new(options.seed, 98),
            quotas: Quotas::new(),
            corrected: Quota::new(),
            made: Made {
                number: 0,
                first: 0,
                household: Household::new(Kind::Gone),
                tags: Vec::new(),
                told: Vec::new(),
            },
            households_before: 0,
            people_before: 0,
        }
    }

    /// The next household; `None` after the last.
    pub(crate) fn next(&mut self) -> Option<&Made> {
        let household = loop {
            match self.households.next() {
                Some(household) => break household,
                None => self.begin()?,
            }
        };
        self.made.number = self.households_before;
        self.made.first = self.people_before;
        self.households_before += 1;
        self.people_before += household.members.len();
        let mut tagger = Tagger {
            rng: &mut self.rng,
            calendar: &self.calendar,
            places: &self.places,
            quotas: &mut self.quotas,
        };
        tagger.household(&household, &mut self.made.tags);
        self.made.told.clear();
        for draft in &household.members {
            let told = Told {
                registered: self.registered(draft),
                birth: self.birth(draft),
            };
            self.made.told.push(told);
        }
        self.made.household = household;
        Some(&self.made)
    }

    /// Makes the households of the next county; `None` after the last.
    fn begin(&mut self) -> Option<()> {
        let at = self.begun;
        let (county, cells) = COUNTIES.get(at).zip(self.cells.get(at))?;
        self.begun += 1;
        self.households = Vec::new().into_iter();
        self.rng = Rng::new(self.seed, at as u64 + 1);
        let people = cells.iter().flatten().sum();
        let mut pool = Pool::new(cells, &mut self.rng);
        let made = named::households(at, &mut pool);
        let mut builder = Builder {
            rng: &mut self.rng,
            pool,
            made,
            away: 0,
        };
        households::build(county, people, &mut builder);
        let Builder { mut made, away, .. } = builder;
        let places = (at, county);
        Settler::new(&mut self.rng, &self.calendar, &self.places, places, people)
            .settle(&mut made, away);
        self.households = made.into_iter();
        Some(())
    }

    fn registered(&mut self, draft: &Draft) -> Instant {
        let rng = &mut self.telling;
        match draft.fate {
            Fate::MovedIn(on) => {
                let day = (on + rng.range(4, 18)).min(self.calendar.today);
                Calendar::at(day, 10 * 3600 + i64::from(rng.range(0, 20_000)))
            }
            Fate::Born(on, _) => Calendar::at(on, 9 * 3600 + i64::from(rng.range(0, 25_000))),
            _ => {
                let county = self.begun.saturating_sub(1) as i64;
                Calendar::at(self.calendar.start, 8 * 3600 + county * 1800)
            }
        }
    }

    fn birth(&mut self, draft: &Draft) -> i32 {
        let rng = &mut self.telling;
        let fixed = draft.name.is_some() || draft.age < 20;
        if !fixed && self.corrected.draw(rng, rates::BIRTH_CORRECTED) {
            return draft.birth - 365 * rng.range(1, 3) - rng.range(0, 60);
        }
        draft.birth
    }
}
