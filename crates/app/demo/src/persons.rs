//! The person around the facts: name, numbers, address, and whom to call.

use crate::city::{Contact, Person};
use crate::draft::{Draft, Fate, Household, Relation};
use crate::names;
use crate::places::Place;
use crate::pool::{FEMALE, MALE};
use crate::writer::Writer;
use kernel::Instant;

impl Writer {
    pub(crate) fn person(
        &mut self,
        draft: &Draft,
        base: usize,
        household: u32,
        registered: Instant,
        address: Option<&str>,
    ) -> Person {
        let year = self.calendar.day(draft.birth).year();
        let name = match draft.name {
            Some(name) => name.text().to_owned(),
            None => names::full(&mut self.rng, draft.surname, draft.sex(), year),
        };
        let numbered = !matches!(draft.fate, Fate::Born(_, false));
        let id_number = numbered.then(|| self.numbers.id(&self.calendar, draft.birth, draft.sex()));
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
            relation: draft.relation.zh(),
            guardians: Self::guardians(draft, base),
            contact: None,
            registered,
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
            format!("{block}栋{door}单元{room}室")
        } else {
            format!("{}组{}号", self.rng.range(1, 12), self.rng.range(1, 86))
        })
    }

    fn guardians(draft: &Draft, base: usize) -> Vec<usize> {
        let mut guardians = Vec::with_capacity(draft.guardians.len());
        guardians.extend(draft.guardians.members().map(|at| base + at));
        guardians
    }

    /// Whom to call: `first` is the place of the household in the chunk.
    pub(crate) fn contacts(&mut self, household: &Household, first: usize) {
        for (at, draft) in household.members.iter().enumerate() {
            if draft.age < 60 || !draft.lives_here() || !self.rng.chance(0.68) {
                continue;
            }
            let other = household.members.iter().enumerate().find(|(other, d)| {
                let reachable = self
                    .people
                    .get(first + other)
                    .is_some_and(|p| p.phone.is_some());
                *other != at && reachable && d.age >= 18 && !matches!(d.fate, Fate::Dead(..))
            });
            let contact: Contact = if let Some((other, relative)) = other {
                let distant = [relative.relation, draft.relation].contains(&Relation::Other);
                let relation = match (draft.age - relative.age, relative.sex()) {
                    _ if distant => "亲属",
                    (16.., MALE) => "子",
                    (16.., _) => "女",
                    (..-15, MALE) => "父",
                    (..-15, _) => "母",
                    _ => "配偶",
                };
                let (name, phone) = self
                    .people
                    .get(first + other)
                    .map_or((String::new(), String::new()), |p| {
                        (p.name.clone(), p.phone.clone().unwrap_or_default())
                    });
                (name, phone, relation)
            } else {
                let sex = if self.rng.chance(0.6) { MALE } else { FEMALE };
                let surname = if draft.is_male() {
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
            if let Some(person) = self.people.get_mut(first + at) {
                person.contact = Some(contact);
            }
        }
    }
}
