//! Reads a city the way the register does: latest recorded assertion that covers the day, rolls included.

use demo::{City, Options, Roll, Value, Village, generate};
use kernel::{Day, Instant};
use std::collections::BTreeMap;

/// Towns and villages of the plan folder.
pub(crate) fn areas() -> Vec<Village> {
    let text = include_str!("../../../../../plans/suizhou/areas.toml");
    let tree: toml::Table = text.parse().unwrap();
    let mut areas = Vec::new();
    for county in tree["county"].as_array().unwrap() {
        for town in county["town"].as_array().unwrap() {
            let (code, name) = (
                town["code"].as_str().unwrap(),
                town["name"].as_str().unwrap(),
            );
            areas.push(Village {
                code: code.parse().unwrap(),
                name: name.to_owned(),
            });
            for village in town["villages"].as_array().unwrap() {
                let (last, name) = (village[0].as_str().unwrap(), village[1].as_str().unwrap());
                let code = format!("{code}{last}").parse().unwrap();
                areas.push(Village {
                    code,
                    name: name.to_owned(),
                });
            }
        }
    }
    areas
}

pub(crate) fn today() -> Day {
    "2025-06-30".parse().unwrap()
}

pub(crate) fn now() -> Instant {
    Instant::at(today(), 86_399)
}

pub(crate) fn city(people: usize) -> City {
    generate(
        &Options {
            people,
            seed: 1,
            today: today(),
        },
        &areas(),
    )
}

/// A city with its rolls at hand by fact.
pub(crate) struct Reader {
    pub(crate) city: City,
    rolls: BTreeMap<&'static str, Vec<usize>>,
}

impl Reader {
    pub(crate) fn new(people: usize) -> Self {
        let city = city(people);
        let mut rolls: BTreeMap<&'static str, Vec<usize>> = BTreeMap::new();
        for (at, roll) in city.rolls.iter().enumerate() {
            rolls.entry(roll.fact).or_default().push(at);
        }
        Self { city, rolls }
    }

    /// The value of a fact on a day as known at a moment; `None` is unknown.
    pub(crate) fn value(
        &self,
        person: usize,
        fact: &str,
        on: Day,
        known: Instant,
    ) -> Option<Value> {
        let mut best: Option<(Instant, Option<Value>)> = None;
        for record in self.city.people[person]
            .records
            .iter()
            .filter(|r| r.recorded <= known)
        {
            for set in record.sets.iter().filter(|s| s.fact == fact) {
                let covers = set.since <= on && set.until.is_none_or(|until| on < until);
                if covers && best.is_none_or(|(at, _)| at <= record.recorded) {
                    best = Some((record.recorded, set.value));
                }
            }
        }
        for roll in self
            .rolls
            .get(fact)
            .into_iter()
            .flatten()
            .map(|at| &self.city.rolls[*at])
        {
            if self.says_no(roll, person, on, known)
                && best.is_none_or(|(at, _)| at <= roll.recorded)
            {
                let absent = if fact == "disability_grade" {
                    Value::Int(0)
                } else {
                    Value::Bool(false)
                };
                best = Some((roll.recorded, Some(absent)));
            }
        }
        best.and_then(|(_, value)| value)
    }

    fn says_no(&self, roll: &Roll, person: usize, on: Day, known: Instant) -> bool {
        roll.recorded <= known
            && roll.date <= on
            && roll.withdrawn.is_none_or(|at| at > known)
            && self.city.people[person].registered <= roll.recorded
            && roll.listed.binary_search(&person).is_err()
            && matches!(self.value(person, "hukou_area", on, known),
                Some(Value::Area(code)) if roll.area.contains(&code))
    }

    /// As of today, as known today.
    pub(crate) fn says(&self, person: usize, fact: &str) -> Option<Value> {
        self.value(person, fact, today(), now())
    }

    pub(crate) fn is(&self, person: usize, fact: &str) -> bool {
        self.says(person, fact) == Some(Value::Bool(true))
    }

    pub(crate) fn area(&self, person: usize, fact: &str) -> Option<String> {
        match self.says(person, fact) {
            Some(Value::Area(code)) => Some(code.to_string()),
            _ => None,
        }
    }

    pub(crate) fn born(&self, person: usize) -> Day {
        match self.says(person, "birth_date") {
            Some(Value::Day(day)) => day,
            other => panic!("no birth date: {other:?}"),
        }
    }

    pub(crate) fn age(&self, person: usize) -> i32 {
        self.born(person).age_on(today())
    }

    pub(crate) fn local(&self, person: usize) -> bool {
        self.area(person, "hukou_area")
            .is_some_and(|code| code.starts_with("4213"))
    }

    /// Alive and living in the city.
    pub(crate) fn resident(&self, person: usize) -> bool {
        self.is(person, "alive")
            && self
                .area(person, "residence_area")
                .is_some_and(|code| code.starts_with("4213"))
    }

    pub(crate) fn everybody(&self) -> std::ops::Range<usize> {
        0..self.city.people.len()
    }

    pub(crate) fn receives(&self, person: usize, programme: &str) -> bool {
        self.city.receipts.iter().any(|r| {
            r.person == person
                && r.programme == programme
                && r.from <= today()
                && r.until.is_none_or(|until| until > today())
        })
    }

    pub(crate) fn named(&self, what: &str) -> usize {
        let found = self.city.named.iter().find(|named| named.what == what);
        found.map_or_else(|| panic!("nobody is {what}"), |named| named.person)
    }
}
