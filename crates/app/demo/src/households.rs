//! Households out of a county's people, in the proportions of the census's household table.

use crate::census::County;
use crate::draft::{Draft, Fate, Guardians, Household, Kind, Relation};
use crate::names::surname;
use crate::pool::{FEMALE, MALE, Pool};
use crate::rates;
use crate::rng::Rng;

/// Makes households of one county until everybody has one.
#[derive(Debug)]
pub(crate) struct Builder<'a> {
    pub(crate) rng: &'a mut Rng,
    pub(crate) pool: Pool,
    pub(crate) made: Vec<Household>,
    /// Parents of these families who live elsewhere: they are not residents.
    pub(crate) away: usize,
}

/// Everybody of the county in a household; the named ones first.
pub(crate) fn build(county: &County, people: usize, builder: &mut Builder<'_>) {
    let scale = |figure: u32| (figure as usize * people) / county.total().max(1) as usize;
    builder.institutions();
    let outside = scale(county.total() - county.in_households);
    builder.collective(outside.saturating_sub(builder.count(Kind::Institution)));
    builder.three_generations(scale(county.more_generations));
    builder.families();
    builder.elders_alone();
    let couples = scale(county.one_generation - county.one_person);
    builder.couples(share(couples, rates::OLD_COUPLES), 60);
    let grown = scale(county.two_generations).saturating_sub(
        builder.count(Kind::Family) + builder.count(Kind::Skipped) + builder.count(Kind::Grown),
    );
    builder.grown_children(grown);
    builder.couples(couples.saturating_sub(builder.count(Kind::Couple)), 22);
    let singles = scale(county.one_person).saturating_sub(builder.count(Kind::Single));
    builder.the_rest(singles);
}

impl Builder<'_> {
    fn count(&self, kind: Kind) -> usize {
        self.made.iter().filter(|h| h.kind == kind).count()
    }

    /// Keeps a household, with no room for members to come.
    fn keep(&mut self, mut household: Household) {
        household.members.shrink_to_fit();
        self.made.push(household);
    }

    fn elders(&self) -> usize {
        self.pool.left(MALE, 60, 102) + self.pool.left(FEMALE, 60, 102)
    }

    fn one(&mut self, kind: Kind, sex: usize, age: i32, relation: Relation) {
        let draft = Draft::new(sex, age, surname(self.rng), relation);
        self.made.push(Household::of(kind, vec![draft]));
    }

    fn institutions(&mut self) {
        for _ in 0..share(self.elders(), rates::IN_INSTITUTION) {
            let from = if self.rng.chance(0.7) { 75 } else { 60 };
            if let Some((sex, age)) = self.pool.any(self.rng, from, 102) {
                self.one(Kind::Institution, sex, age, Relation::Collective);
            }
        }
    }

    fn collective(&mut self, people: usize) {
        for _ in 0..people {
            let young = self.rng.chance(rates::COLLECTIVE_YOUNG);
            let (from, to) = if young { (16, 24) } else { (25, 59) };
            if let Some((sex, age)) = self.pool.any(self.rng, from, to) {
                self.one(Kind::Collective, sex, age, Relation::Collective);
            }
        }
    }

    fn elders_alone(&mut self) {
        let all = self.elders() + self.housed_elders();
        let already = self.made.iter().filter(|h| h.kind == Kind::Single).count();
        for _ in already..share(all, rates::ALONE) {
            let from = if self.rng.chance(0.6) { 72 } else { 60 };
            let sex = if self.rng.chance(0.62) { FEMALE } else { MALE };
            let age = self
                .pool
                .any_of(self.rng, sex, from, 102)
                .map(|age| (sex, age))
                .or_else(|| self.pool.any(self.rng, 60, 102));
            if let Some((sex, age)) = age {
                self.one(Kind::Single, sex, age, Relation::Head);
            }
        }
    }

    fn housed_elders(&self) -> usize {
        self.made
            .iter()
            .flat_map(|h| &h.members)
            .filter(|d| d.age >= 60 && d.lives_here())
            .count()
    }

    /// One to three children of one mother, the eldest first.
    fn children(&mut self) -> Vec<(usize, i32)> {
        let Some(first) = self.pool.any(self.rng, 0, 17) else {
            return Vec::new();
        };
        let wished = match self.rng.below(100) {
            0..52 => 1,
            52..93 => 2,
            _ => 3,
        };
        let mut children = vec![first];
        for _ in 1..wished {
            let nearest = children.last().map_or(0, |child| child.1);
            let gap = self.rng.range(2, 6);
            let target = if self.rng.chance(0.5) {
                nearest + gap
            } else {
                nearest - gap
            };
            let sex = if self.rng.chance(0.53) { MALE } else { FEMALE };
            let ages = (nearest - 8, (nearest + 8).min(17));
            let found = self.pool.nearest(sex, target, ages.0, ages.1);
            if let Some(age) = found {
                children.push((sex, age));
            }
        }
        children.sort_by_key(|child| std::cmp::Reverse(child.1));
        children
    }

    /// Father and mother for an eldest child of this age; one of them may work elsewhere or be missing.
    fn parents(&mut self, eldest: i32) -> [Option<(i32, Fate)>; 2] {
        let wished = eldest + self.rng.near(26, 8);
        let here = |age| (age, Fate::Resident);
        let mother = self.pool.nearest(FEMALE, wished, eldest + 18, eldest + 44);
        let around = mother.unwrap_or(wished) + self.rng.near(2, 6);
        let father = self.husband(mother, around, (eldest + 19, eldest + 50));
        let mut parents = [father.map(here), mother.map(here)];
        if self.rng.chance(rates::ONE_PARENT) {
            let gone = if self.rng.chance(0.75) { MALE } else { FEMALE };
            if let (Some((age, _)), true) = (parents[gone], parents[1 - gone].is_some()) {
                self.pool.put_back(gone, age);
                parents[gone] = None;
                if self.rng.chance(rates::PARENT_AWAY) {
                    self.away += 1;
                    parents[gone] = Some((age, Fate::Away(0)));
                }
            }
        }
        parents
    }

    /// A man near this age; close to his wife's where there is one.
    fn husband(&mut self, wife: Option<i32>, wished: i32, ages: (i32, i32)) -> Option<i32> {
        let from = ages.0.max(wife.map_or(0, |age| age - 12));
        let to = ages.1.min(wife.map_or(i32::MAX, |age| age + 14));
        self.pool.nearest(MALE, wished, from, to)
    }

    fn family_of(&mut self, kind: Kind) -> Option<Household> {
        let children = self.children();
        let eldest = children.first()?.1;
        let parents = self.parents(eldest);
        let mut household = Household::new(kind);
        let name = surname(self.rng);
        let mut head = Relation::Head;
        for (sex, parent) in parents.iter().enumerate() {
            if let Some((age, fate)) = *parent {
                let own = if sex == MALE { name } else { surname(self.rng) };
                let mut draft = Draft::new(sex, age, own, head);
                draft.fate = fate;
                household.members.push(draft);
                head = Relation::Spouse;
            }
        }
        let guardians = Guardians::first(household.members.len());
        for (sex, age) in children {
            let mut child = Draft::new(sex, age, name, Relation::child(sex));
            child.guardians = guardians;
            household.members.push(child);
        }
        Some(household)
    }

    /// One or two grandparents of the head's line; their places in the household.
    fn grandparents(&mut self, household: &mut Household) -> bool {
        let Some(parent) = household
            .members
            .iter()
            .find(|d| d.age >= 18)
            .map(|d| (d.age, d.surname))
        else {
            return false;
        };
        let wished = parent.0 + self.rng.near(25, 8);
        let (from, to) = (parent.0 + 17, (parent.0 + 45).min(102));
        let woman = self.pool.nearest(FEMALE, wished, from, to);
        let both = self.rng.chance(0.62);
        let man = if both || woman.is_none() {
            let around = woman.unwrap_or(wished) + self.rng.near(2, 5);
            self.husband(woman, around, (from, to + 6))
        } else {
            None
        };
        if let Some(age) = man {
            household
                .members
                .push(Draft::new(MALE, age, parent.1, Relation::Father));
        }
        if let Some(age) = woman {
            let name = surname(self.rng);
            household
                .members
                .push(Draft::new(FEMALE, age, name, Relation::Mother));
        }
        man.is_some() || woman.is_some()
    }

    fn three_generations(&mut self, wished: usize) {
        for _ in self.count(Kind::Three)..wished {
            let Some(mut household) = self.family_of(Kind::Three) else {
                return;
            };
            if !self.grandparents(&mut household) {
                household.kind = Kind::Family;
            }
            self.keep(household);
        }
    }

    /// Families until no child is left without one.
    fn families(&mut self) {
        loop {
            if self.rng.chance(rates::SKIPPED) {
                if !self.skipped_generation() {
                    return;
                }
                continue;
            }
            let Some(mut household) = self.family_of(Kind::Family) else {
                return;
            };
            if household
                .members
                .iter()
                .all(|d| d.age < 18 || !d.lives_here())
            {
                self.minders(&mut household);
            }
            self.keep(household);
        }
    }

    /// No parent was left of the right age: whoever is grown up minds the children.
    fn minders(&mut self, household: &mut Household) {
        if let Some((sex, age)) = self.pool.any(self.rng, 40, 75) {
            let at = household.members.len();
            household
                .members
                .push(Draft::new(sex, age, surname(self.rng), Relation::Other));
            for child in household.members.iter_mut().filter(|d| d.age < 18) {
                child.guardians.add(at);
            }
        }
    }

    fn skipped_generation(&mut self) -> bool {
        let children = self.children();
        let Some(eldest) = children.first().map(|child| child.1) else {
            return false;
        };
        let mut household = Household::new(Kind::Skipped);
        let name = surname(self.rng);
        let wished = eldest + self.rng.near(52, 8);
        let woman = self.pool.nearest(FEMALE, wished, eldest + 36, 85);
        let around = woman.unwrap_or(wished) + self.rng.near(2, 5);
        let man = if woman.is_none() || self.rng.chance(0.6) {
            self.husband(woman, around, (eldest + 36, 88))
        } else {
            None
        };
        for (sex, age) in [(MALE, man), (FEMALE, woman)] {
            if let Some(age) = age {
                let own = if sex == MALE { name } else { surname(self.rng) };
                let relation = if household.members.is_empty() {
                    Relation::Head
                } else {
                    Relation::Spouse
                };
                household.members.push(Draft::new(sex, age, own, relation));
            }
        }
        let guardians = Guardians::first(household.members.len());
        for (sex, age) in children {
            let mut child = Draft::new(sex, age, name, Relation::grandchild(sex));
            child.guardians = guardians;
            household.members.push(child);
        }
        self.keep(household);
        true
    }

    fn grown_children(&mut self, wished: usize) {
        for _ in 0..wished {
            let to = if self.rng.chance(0.8) { 34 } else { 55 };
            let sex = if self.rng.chance(0.6) { MALE } else { FEMALE };
            let child = self
                .pool
                .any_of(self.rng, sex, 18, to)
                .map(|age| (sex, age));
            let child = child.or_else(|| self.pool.any(self.rng, 18, 62));
            let Some((sex, child)) = child else { return };
            let mother = child + self.rng.near(25, 8);
            let mother = self
                .pool
                .nearest(FEMALE, mother, child + 18, (child + 44).min(102));
            let father = mother.unwrap_or(child + 25) + self.rng.near(2, 5);
            let father = if mother.is_none() || self.rng.chance(0.72) {
                self.husband(mother, father, (child + 19, (child + 50).min(102)))
            } else {
                None
            };
            let mut household = Household::new(Kind::Grown);
            let name = surname(self.rng);
            for (sex, age) in [(MALE, father), (FEMALE, mother)] {
                if let Some(age) = age {
                    let own = if sex == MALE { name } else { surname(self.rng) };
                    let relation = if household.members.is_empty() {
                        Relation::Head
                    } else {
                        Relation::Spouse
                    };
                    household.members.push(Draft::new(sex, age, own, relation));
                }
            }
            if household.members.is_empty() {
                household.kind = Kind::Single;
                household
                    .members
                    .push(Draft::new(sex, child, name, Relation::Head));
            } else {
                let relation = Relation::child(sex);
                household
                    .members
                    .push(Draft::new(sex, child, name, relation));
            }
            self.keep(household);
        }
    }

    /// Takes a couple close in age.
    fn couple(&mut self, from: i32, to: i32) -> bool {
        let Some(man) = self.pool.any_of(self.rng, MALE, from, to) else {
            return false;
        };
        let wished = man - self.rng.near(2, 5);
        let Some(woman) = self
            .pool
            .nearest(FEMALE, wished, (man - 15).max(20), man + 12)
        else {
            self.pool.put_back(MALE, man);
            return false;
        };
        let man = Draft::new(MALE, man, surname(self.rng), Relation::Head);
        let woman = Draft::new(FEMALE, woman, surname(self.rng), Relation::Spouse);
        self.made
            .push(Household::of(Kind::Couple, vec![man, woman]));
        true
    }

    fn couples(&mut self, wished: usize, from: i32) {
        let mut left = wished;
        for _ in 0..wished * 3 {
            if left > 0 && self.couple(from, 102) {
                left -= 1;
            }
        }
    }

    /// Singles as many as the table says; who is left then lives with relatives.
    fn the_rest(&mut self, singles: usize) {
        let mut left = singles;
        let mut host = 0;
        while let Some((sex, age)) = self.pool.any(self.rng, 0, 102) {
            if left > 0 {
                left -= 1;
                self.one(Kind::Single, sex, age, Relation::Head);
                continue;
            }
            let hosts = [Kind::Family, Kind::Grown, Kind::Three];
            let found = self
                .made
                .iter()
                .skip(host)
                .position(|h| hosts.contains(&h.kind));
            let Some(at) = found.map(|step| host + step) else {
                self.one(Kind::Single, sex, age, Relation::Head);
                continue;
            };
            host = at + 1;
            let name = surname(self.rng);
            self.made[at].add(Draft::new(sex, age, name, Relation::Other));
        }
    }
}

/// A share of a count, to the nearest whole.
pub(crate) fn share(count: usize, rate: f64) -> usize {
    (count as f64 * rate + 0.5) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::census::COUNTIES;

    /// One-person, one-, two- and three-generation households come out as the census counted them.
    #[test]
    fn households_are_those_of_the_census() {
        for (county, cells) in COUNTIES.iter().zip(crate::pool::cells(50_000, &COUNTIES)) {
            let mut rng = Rng::new(1, 1);
            let people: usize = cells.iter().flatten().sum();
            let pool = Pool::new(&cells, &mut rng);
            let mut builder = Builder {
                rng: &mut rng,
                pool,
                made: Vec::new(),
                away: 0,
            };
            build(county, people, &mut builder);
            let expect = |figure: u32| figure as usize * people / county.total() as usize;
            let two = [Kind::Family, Kind::Grown, Kind::Skipped];
            for (kinds, figure) in [
                (&[Kind::Single][..], county.one_person),
                (&[Kind::Couple], county.one_generation - county.one_person),
                (&two, county.two_generations),
                (&[Kind::Three], county.more_generations),
            ] {
                let made: usize = kinds.iter().map(|kind| builder.count(*kind)).sum();
                let off = made.abs_diff(expect(figure));
                assert!(
                    off * 10 <= made,
                    "{} {kinds:?}: {made}, {}",
                    county.code,
                    expect(figure)
                );
            }
            let members = || builder.made.iter().flat_map(|h| &h.members);
            let here = members().filter(|d| d.lives_here()).count();
            assert_eq!(here, people, "nobody is lost or invented");
            assert!(members().filter(|d| d.relation == Relation::Other).count() * 50 < people);
            let lost = members()
                .filter(|d| d.age < 16 && d.guardians.len() == 0)
                .count();
            assert_eq!(lost, 0, "children without anybody");
            for household in &builder.made {
                let [man, woman, ..] = household.members.as_slice() else {
                    continue;
                };
                if woman.relation == Relation::Spouse {
                    assert!((man.age - woman.age).abs() <= 15, "{man:?} {woman:?}");
                }
            }
        }
    }
}
