//! Where each household lives and is registered, and what happened to it in the 13 months.

use crate::calendar::Calendar;
use crate::census::County;
use crate::draft::{Draft, Fate, Guardians, Household, Kind, Relation};
use crate::households::share;
use crate::named::{self, What};
use crate::names::surname;
use crate::places::{Place, Places};
use crate::pool::{FEMALE, MALE};
use crate::rates;
use crate::rng::{Quota, Rng};
use kernel::area_code::Level;

/// Settles the households of one county.
#[derive(Debug)]
pub(crate) struct Settler<'a> {
    pub(crate) rng: &'a mut Rng,
    pub(crate) calendar: &'a Calendar,
    pub(crate) places: &'a Places,
    pub(crate) county: usize,
    pub(crate) people: usize,
    urban_share: f64,
    placed: [f64; 2],
    /// People due to be registered elsewhere, by the three classes of the census.
    due: [f64; 3],
    elsewhere: [f64; 3],
    moved_in: Quota,
    moved_within: Quota,
    late: Quota,
    /// Whether a child born a few days ago is still to come.
    newborn: bool,
}

impl<'a> Settler<'a> {
    pub(crate) fn new(
        rng: &'a mut Rng,
        calendar: &'a Calendar,
        places: &'a Places,
        county: (usize, &County),
        people: usize,
    ) -> Self {
        let total = f64::from(county.1.total());
        Self {
            rng,
            calendar,
            places,
            county: county.0,
            people,
            urban_share: f64::from(county.1.urban) / total,
            placed: [0.0; 2],
            due: [0.0; 3],
            elsewhere: county.1.registered_elsewhere.map(|n| f64::from(n) / total),
            moved_in: Quota::new(),
            moved_within: Quota::new(),
            late: Quota::new(),
            newborn: true,
        }
    }

    /// All of them, with those who died, left or live elsewhere added; village by village.
    pub(crate) fn settle(&mut self, households: &mut Vec<Household>, parents_away: usize) {
        for household in households.iter_mut() {
            for draft in &mut household.members {
                self.birth(draft);
            }
            self.house(household);
        }
        self.deaths(households);
        self.left(households);
        self.away(households, parents_away);
        // A village's people stand together, as a register is loaded.
        households.sort_by_cached_key(Household::village);
    }

    fn birth(&mut self, draft: &mut Draft) {
        let latest = self.calendar.latest_birth(draft.age);
        draft.birth = match draft.name {
            Some(_) => latest - 97,
            None if draft.age == 0 && self.newborn => {
                self.newborn = false;
                latest - 12
            }
            None => latest - self.rng.range(0, 364),
        };
        if draft.birth > self.calendar.start {
            let registered = draft.birth + self.rng.range(14, 45);
            draft.fate = if registered <= self.calendar.today {
                Fate::Born(registered, true)
            } else {
                Fate::Born((draft.birth + 2).min(self.calendar.today), false)
            };
        }
    }

    fn house(&mut self, household: &mut Household) {
        let named = household.what();
        let size = household.members.iter().filter(|d| d.lives_here()).count() as f64;
        let class = if named.is_some() {
            None
        } else {
            self.class(household, size)
        };
        let urban = match named {
            Some(What::Owed | What::Visit) => false,
            Some(_) => true,
            None => self.urban(class.is_some()),
        };
        let Some(village) = self.places.draw(self.rng, self.county, urban) else {
            return;
        };
        let home = Place::Village(village);
        self.placed[usize::from(!self.places.is_urban(home))] += size;
        let hukou = match named {
            Some(What::Split) => self.village(1, false),
            _ => class
                .and_then(|class| self.origin(class, home))
                .or(Some(home)),
        };
        let outside = matches!(hukou, Some(Place::Outside(_)));
        let arrived = outside && self.moved_in.draw(self.rng, self.rate_of_arrival());
        let moved = class == Some(0) && self.moved_within.draw(self.rng, self.rate_of_moving());
        let day = self.past(20);
        for draft in &mut household.members {
            draft.place = Some(home);
            draft.hukou = hukou;
            match draft.fate {
                Fate::Away(_) => {
                    let since = self.calendar.today - self.rng.range(200, 4000);
                    draft.fate = Fate::Away(since);
                    draft.place = self.places.at_work(self.rng);
                }
                Fate::Resident if arrived => draft.fate = Fate::MovedIn(day),
                Fate::Resident if moved => {
                    if let Some(from) = hukou {
                        draft.fate = Fate::MovedWithin(day, from);
                    }
                }
                _ => {}
            }
        }
        if household.kind == Kind::Three && class.is_none() && self.rng.chance(0.10) {
            self.elders_came_along(household, size);
        }
    }

    /// Grandparents who came from the village to live with the young: registered elsewhere.
    fn elders_came_along(&mut self, household: &mut Household, size: f64) {
        let from = self.village(self.county, false);
        for draft in household
            .members
            .iter_mut()
            .filter(|d| matches!(d.relation, Relation::Father | Relation::Mother))
        {
            draft.hukou = from.or(draft.hukou);
            self.due[0] -= 1.0;
        }
        self.due[0] = self.due[0].max(-size * 4.0);
    }

    fn rate_of_arrival(&self) -> f64 {
        rates::MOVED_IN / (self.elsewhere[1] * 0.4 + self.elsewhere[2]).max(0.01)
    }

    fn rate_of_moving(&self) -> f64 {
        (rates::MOVED_WITHIN / self.elsewhere[0].max(0.01)).min(0.2)
    }

    /// Which class of people registered elsewhere the household belongs to, if any.
    fn class(&mut self, household: &Household, size: f64) -> Option<usize> {
        for class in 0..3 {
            self.due[class] += self.elsewhere[class] * size;
        }
        let rooted = household
            .members
            .iter()
            .any(|d| matches!(d.fate, Fate::Away(_)));
        let elders = household.members.iter().all(|d| d.age >= 60);
        if rooted || (elders && self.rng.chance(0.7)) || household.kind == Kind::Institution {
            return None;
        }
        let start = self.rng.below(3);
        let class = (0..3)
            .map(|step| (start + step) % 3)
            .find(|class| self.due[*class] >= size)?;
        self.due[class] -= size;
        Some(class)
    }

    fn urban(&mut self, mover: bool) -> bool {
        let missing = self.urban_share * (self.placed[0] + self.placed[1]) - self.placed[0];
        let tilt = if mover { 0.3 } else { 0.0 };
        let p = self.urban_share + tilt + missing * 0.02;
        self.rng.chance(p.clamp(0.02, 0.98))
    }

    fn village(&mut self, county: usize, urban: bool) -> Option<Place> {
        self.places
            .draw(self.rng, county, urban)
            .map(Place::Village)
    }

    /// Where somebody of this class is registered.
    fn origin(&mut self, class: usize, home: Place) -> Option<Place> {
        let urban = self.rng.chance(0.2);
        match class {
            0 => {
                let town = |place| self.places.code(place).map(|code| code.up_to(Level::Town));
                let here = town(home);
                let draws = (0..6).filter_map(|_| self.places.draw(self.rng, self.county, urban));
                draws.map(Place::Village).find(|place| town(*place) != here)
            }
            1 if self.rng.chance(0.6) => {
                let other = (self.county + 1 + self.rng.below(2)) % 3;
                self.village(other, urban)
            }
            1 => self.places.in_province(self.rng),
            _ => self.places.in_other_province(self.rng),
        }
    }

    /// A day of the past, at least `before` days ago.
    fn past(&mut self, before: i32) -> i32 {
        self.rng
            .range(self.calendar.start + 6, self.calendar.today - before)
    }

    fn deaths(&mut self, households: &mut Vec<Household>) {
        let mut left = share(self.people, rates::DEATHS_A_YEAR * 13.0 / 12.0);
        let widowed = |h: &Household| {
            let elder = h.members.first().is_some_and(|d| d.age >= 62);
            h.kind == Kind::Single && elder && h.what().is_none()
        };
        let bereaved = |h: &Household| {
            h.kind == Kind::Three && h.members.iter().filter(|d| d.age >= 55).count() == 1
        };
        let (alone, single) = households.iter().fold((0, 0), |(alone, single), h| {
            (
                alone + usize::from(widowed(h)),
                single + usize::from(bereaved(h)),
            )
        });
        let rate = |wished: f64, from: usize| (wished / from.max(1) as f64).min(0.7);
        let rates = [
            rate(0.4 * left as f64, alone),
            rate(0.25 * left as f64, single),
        ];
        let mut quotas = [Quota::new(); 2];
        for household in households.iter_mut().filter(|h| widowed(h) || bereaved(h)) {
            let class = usize::from(household.kind == Kind::Three);
            if left == 0 || !quotas[class].draw(self.rng, rates[class]) {
                continue;
            }
            let Some(survivor) = household.members.iter().find(|d| d.age >= 55).copied() else {
                continue;
            };
            let sex = 1 - survivor.sex();
            let older = if sex == MALE { 2 } else { -2 };
            let age = (survivor.age + self.rng.near(older, 6)).clamp(52, 103);
            let relation = if class == 0 {
                Relation::Spouse
            } else {
                Relation::parent(sex)
            };
            let mut dead = Draft::new(sex, age, surname(self.rng), relation);
            self.birth(&mut dead);
            dead.place = survivor.place;
            dead.hukou = survivor.hukou;
            self.die(&mut dead);
            household.add(dead);
            left -= 1;
        }
        for _ in 0..left {
            let age = match self.rng.below(100) {
                0..14 => self.rng.range(24, 59),
                14..56 => self.rng.range(60, 79).max(self.rng.range(60, 79)),
                _ => self.rng.range(80, 97).min(self.rng.range(80, 97)),
            };
            let sex = if self.rng.chance(0.55) { MALE } else { FEMALE };
            let mut household = self.gone(&[(sex, age)]);
            for draft in &mut household.members {
                self.die(draft);
            }
            households.push(household);
        }
        if self.county == 1 {
            self.late_death(households);
        }
    }

    fn late_death(&mut self, households: &mut Vec<Household>) {
        let mut household = named::late_death();
        let home = self.village(self.county, false);
        for draft in &mut household.members {
            self.birth(draft);
            (draft.place, draft.hukou) = (home, home);
            let recorded = (self.calendar.month(0) + 8).min(self.calendar.today);
            draft.fate = Fate::Dead(self.calendar.month(3) + 11, recorded);
        }
        households.push(household);
    }

    fn die(&mut self, draft: &mut Draft) {
        let mut day = self.past(2);
        let late = self.late.draw(self.rng, rates::LATE_DEATHS);
        let mut lag = self.rng.range(3, 25);
        if late && self.calendar.today - self.calendar.start > 200 {
            day = self
                .rng
                .range(self.calendar.start + 6, self.calendar.today - 100);
            lag = self.rng.range(60, 95);
        }
        draft.fate = Fate::Dead(day, (day + lag).min(self.calendar.today));
    }

    /// People who do not live here any more, with a home and a registration they had.
    fn gone(&mut self, who: &[(usize, i32)]) -> Household {
        let urban = self.rng.chance(self.urban_share);
        let home = self.village(self.county, urban);
        let mut household = Household::of(Kind::Gone, Vec::with_capacity(who.len()));
        let name = surname(self.rng);
        for (at, (sex, age)) in who.iter().enumerate() {
            let (own, relation) = match at {
                0 => (name, Relation::Head),
                1 => (surname(self.rng), Relation::Spouse),
                _ => (name, Relation::child(*sex)),
            };
            let mut draft = Draft::new(*sex, *age, own, relation);
            self.birth(&mut draft);
            (draft.place, draft.hukou) = (home, home);
            if *age < 18 {
                draft.guardians = Guardians::first(2);
            }
            household.members.push(draft);
        }
        household
    }

    /// Gave up the registration and moved to another city.
    fn left(&mut self, households: &mut Vec<Household>) {
        for _ in 0..share(self.people, rates::MOVED_OUT) {
            let age = self.rng.range(20, 44);
            let sex = if self.rng.chance(0.45) { MALE } else { FEMALE };
            let mut household = self.gone(&[(sex, age)]);
            let day = self.past(25);
            let to = self.places.at_work(self.rng);
            for draft in &mut household.members {
                draft.fate = Fate::MovedOut(day);
                draft.hukou = to;
            }
            households.push(household);
        }
    }

    fn away(&mut self, households: &mut Vec<Household>, already: usize) {
        let mut left = share(self.people, rates::AWAY).saturating_sub(already);
        while left > 0 {
            let young = self.rng.range(19, 54).min(self.rng.range(19, 60));
            let couple = [(MALE, young.max(23)), (FEMALE, (young - 2).max(21))];
            let child = (
                self.rng.below(2),
                self.rng.range(2, 14).min(young.max(23) - 20),
            );
            let who: &[(usize, i32)] = match self.rng.below(100) {
                0..56 => &[(if self.rng.chance(0.55) { MALE } else { FEMALE }, young)],
                56..78 => &couple,
                78..90 => &[couple[0], couple[1], child],
                90..95 => &[(FEMALE, self.rng.range(60, 83))],
                _ => &[
                    (MALE, self.rng.range(61, 80)),
                    (FEMALE, self.rng.range(60, 76)),
                ],
            };
            let who = &who[..who.len().min(left)];
            left -= who.len();
            let mut household = self.gone(who);
            let since = self.calendar.today - self.rng.range(120, 4500);
            let to = self.places.at_work(self.rng);
            for draft in &mut household.members {
                draft.fate = Fate::Away(since.max(draft.birth));
                draft.place = to;
            }
            if household.members.first().is_some_and(|d| d.age >= 60) {
                household.name(What::Away, 0);
            }
            households.push(household);
        }
    }
}
