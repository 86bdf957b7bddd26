//! The first pass: how many people there will be, who is on which roll, and the named people.

use crate::city::{Named, Options, Roll, Village};
use crate::draft::{Draft, Fate};
use crate::maker::{Made, Maker};
use crate::named::What;
use crate::places::Place;
use crate::rolls::{Known, Lists, Rolls};

/// What has to be known before the first person is loaded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Survey {
    /// Everybody the stream will hand out: residents, people away, dead and moved out.
    pub people: usize,
    /// Complete rolls, in order of recording.
    pub rolls: Vec<Roll>,
    /// The people of the first five minutes.
    pub named: Vec<Named>,
}

impl Survey {
    /// The rolls of this fact that do not list the person, in order of recording: where the roll is
    /// complete for somebody who held the fact before, it ended.
    pub fn without<'a>(
        &'a self,
        person: usize,
        fact: &'a str,
    ) -> impl Iterator<Item = (usize, &'a Roll)> {
        let of_fact = move |(_, roll): &(usize, &Roll)| roll.fact == fact && !roll.lists(person);
        self.rolls.iter().enumerate().filter(of_fact)
    }

    /// Index of the named person who shows this, a key of `docs/demo-city.md`.
    pub fn named(&self, what: &str) -> Option<usize> {
        let found = self.named.iter().find(|named| named.what == what);
        found.map(|named| named.person)
    }
}

/// Goes through the whole city once and writes nothing: a few seconds and some ten megabytes for two
/// million people. [`crate::stream`] with the same options and areas hands out exactly these people.
pub fn survey(options: &Options, areas: &[Village]) -> Survey {
    let mut maker = Maker::new(options, areas);
    let places = maker.places.clone();
    let mut lists = Rolls::new(&maker.calendar).lists();
    let mut survey = Survey::default();
    while let Some(made) = maker.next() {
        for (at, draft) in made.household.members.iter().enumerate() {
            let Some(Place::Village(village)) = draft.hukou else {
                continue;
            };
            if let Some(home) = places.home(village) {
                list(&mut lists, made, (at, draft), (home.county, home.code));
            }
        }
        find(&mut survey, made);
        survey.people = made.first + made.household.members.len();
    }
    let (rolls, lost) = lists.finish();
    survey.rolls = rolls;
    if let Some(person) = lost.first() {
        name_first(&mut survey, What::WrongRoll, *person);
    }
    survey
}

fn list(
    lists: &mut Lists,
    made: &Made,
    (at, draft): (usize, &Draft),
    place: (usize, kernel::AreaCode),
) {
    let (Some(tags), Some(told)) = (made.tags.get(at), made.told.get(at)) else {
        return;
    };
    let known = Known::of(draft, told.registered);
    for held in &tags.held {
        lists.list(made.first + at, place, held, known);
    }
}

/// The named people among a household.
fn find(survey: &mut Survey, made: &Made) {
    let members = made.household.members.iter().zip(&made.told);
    for (at, (draft, told)) in members.enumerate() {
        let person = made.first + at;
        if told.birth != draft.birth {
            name_first(survey, What::Corrected, person);
        }
        match draft.fate {
            Fate::Born(_, false) => name_first(survey, What::Newborn, person),
            Fate::MovedWithin(..) if draft.age >= 18 => name_first(survey, What::Moved, person),
            _ => {}
        }
    }
    if let Some((what, at)) = made.household.who() {
        name_first(survey, what, made.first + at);
    }
}

fn name_first(survey: &mut Survey, what: What, person: usize) {
    let what = what.key();
    if survey.named.iter().all(|named| named.what != what) {
        survey.named.push(Named { what, person });
    }
}
