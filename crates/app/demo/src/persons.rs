//! The person around the facts: name, numbers, address, and whom to call.

use crate::calendar::Calendar;
use crate::city::{Contact, Person};
use crate::draft::{Draft, Fate, Household};
use crate::names;
use crate::places::Place;
use crate::pool::{FEMALE, MALE};
use crate::writer::Writer;
use kernel::Instant;

impl Writer<'_> {
    pub(crate) fn person(
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

    pub(crate) fn address(&mut self, household: &Household) -> Option<String> {
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

    pub(crate) fn registered(&mut self, county: usize, draft: &Draft) -> Instant {
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

    pub(crate) fn contacts(&mut self, household: &Household, base: usize) {
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
}
