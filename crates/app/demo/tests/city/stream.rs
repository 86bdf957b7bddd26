//! The whole city does not fit into memory: the two passes hand out what `generate` collects.

use crate::reader::{Reader, areas, city, today};
use demo::{Options, Person, Stream, Value, stream, survey};
use std::collections::{BTreeMap, BTreeSet};

fn options(people: usize) -> Options {
    Options {
        people,
        seed: 1,
        today: today(),
    }
}

fn holds(person: &Person, fact: &str) -> bool {
    let mut sets = person.records.iter().flat_map(|record| &record.sets);
    sets.any(|set| set.fact == fact)
}

/// Invariant 12: whatever the size of a chunk, the same people with the same records and receipts.
#[test]
fn chunks_put_together_are_the_city() {
    for (people, sizes) in [(2_000, &[1, 300][..]), (20_000, &[777, 5_000])] {
        let whole = city(people);
        let counted = survey(&options(people), &areas());
        assert_eq!(counted.people, whole.people.len());
        assert!(counted.rolls == whole.rolls && counted.named == whole.named);
        for size in sizes {
            let (mut made, mut receipts) = (Vec::new(), Vec::new());
            let mut last = *size;
            for chunk in stream(&options(people), &areas(), *size) {
                assert!(last >= *size, "only the last chunk is short");
                assert!(chunk.people.len() < size + 16);
                assert_eq!(chunk.first, made.len());
                last = chunk.people.len();
                made.extend(chunk.people);
                receipts.extend(chunk.receipts);
            }
            assert!(made == whole.people, "{people} in chunks of {size}");
            assert!(receipts == whole.receipts, "{people} in chunks of {size}");
        }
    }
}

/// A loader makes the people on a thread of its own, and finds guardians and receivers in the chunk.
#[test]
fn a_chunk_is_complete_and_comes_from_another_thread() {
    let made: Stream = stream(&options(3_000), &areas(), 500);
    let maker = std::thread::spawn(move || made.collect::<Vec<_>>());
    for chunk in maker.join().unwrap() {
        let here = chunk.first..chunk.first + chunk.people.len();
        let mut guardians = chunk.people.iter().flat_map(|person| &person.guardians);
        assert!(guardians.all(|at| here.contains(at)));
        assert!(chunk.receipts.iter().all(|r| here.contains(&r.person)));
        assert!(chunk.receipts.is_sorted_by_key(|r| r.person));
    }
}

/// Real registers are loaded village by village: the people who live in one stand together.
#[test]
fn the_people_of_a_village_stand_together() {
    let reader = Reader::new(20_000);
    let mut runs: Vec<String> = reader
        .everybody()
        .filter(|at| reader.resident(*at))
        .filter_map(|at| reader.area(at, "residence_area"))
        .collect();
    runs.dedup();
    let villages: BTreeSet<&String> = runs.iter().collect();
    assert_eq!(runs.len(), villages.len());
    assert!(villages.len() > 500, "{}", villages.len());
}

/// The first pass puts on a roll whom the second pass says the roll told of.
#[test]
fn who_is_on_a_roll_has_it_on_record() {
    let city = city(20_000);
    let survey = survey(&options(20_000), &areas());
    let mut listed: BTreeMap<usize, BTreeSet<&str>> = BTreeMap::new();
    for roll in &survey.rolls {
        for at in &roll.listed {
            let person = &city.people[*at];
            let told = holds(person, roll.fact) || holds(person, "dead_on");
            assert!(told, "{}: {person:?}", roll.fact);
            assert!(roll.lists(*at) && person.registered <= roll.recorded);
            listed.entry(*at).or_default().insert(roll.fact);
        }
    }
    assert!(listed.len() > 4_000, "{}", listed.len());
    // 低保 comes by roll only: whoever has it on record is on one.
    for (at, _) in city
        .people
        .iter()
        .enumerate()
        .filter(|(_, p)| holds(p, "dibao"))
    {
        assert!(listed.get(&at).is_some_and(|facts| facts.contains("dibao")));
    }
}

/// Whoever was on a roll and is missing from a later one of the county has left: a loader finds them
/// person by person.
#[test]
fn leavers_are_found_person_by_person() {
    let city = city(20_000);
    let survey = survey(&options(20_000), &areas());
    let mut left = 0;
    for (at, person) in city
        .people
        .iter()
        .enumerate()
        .filter(|(_, p)| holds(p, "dibao"))
    {
        let without: Vec<_> = survey.without(at, "dibao").collect();
        assert!(without.is_sorted_by_key(|(_, roll)| roll.recorded));
        for (place, roll) in &without {
            assert_eq!(&survey.rolls[*place], *roll);
            assert!(roll.fact == "dibao" && roll.listed.binary_search(&at).is_err());
        }
        let listed = survey.rolls.iter().filter(|roll| roll.fact == "dibao");
        let listed: Vec<_> = listed.filter(|roll| roll.lists(at)).collect();
        assert_eq!(
            listed.len() + without.len(),
            survey.rolls.iter().filter(|r| r.fact == "dibao").count()
        );
        let first = listed.first().unwrap();
        let later = without.iter().find(|(_, roll)| {
            roll.area == first.area && roll.recorded > first.recorded && roll.withdrawn.is_none()
        });
        left += usize::from(later.is_some() && !holds(person, "dead_on"));
    }
    assert!((3..200).contains(&left), "left 低保: {left}");
}

/// Keys of `docs/demo-city.md` lead to the named people before anybody is loaded.
#[test]
fn the_survey_knows_the_named() {
    let city = city(2_000);
    let survey = survey(&options(2_000), &areas());
    let at = survey.named("owed_allowance").unwrap();
    assert_eq!(city.people[at].name, "王念慈");
    assert_eq!(survey.named("nobody"), None);
}

/// An address says what is below the village: the village stands beside it.
#[test]
fn addresses_do_not_repeat_the_village() {
    let city = city(5_000);
    let mut kinds = [0; 2];
    for text in city.people.iter().filter_map(|p| p.address.as_deref()) {
        let urban = text.ends_with('室');
        kinds[usize::from(urban)] += 1;
        let words: String = text.chars().filter(|c| !c.is_ascii_digit()).collect();
        let expected = if urban { "栋单元室" } else { "组号" };
        assert_eq!(words, expected, "{text}");
    }
    assert!(kinds.iter().all(|many| *many > 500), "{kinds:?}");
    let lives_here = |p: &Person| {
        let mut sets = p.records.iter().flat_map(|r| &r.sets);
        sets.any(|set| {
            matches!((set.fact, set.value), ("residence_area", Some(Value::Area(code)))
                if code.as_str().starts_with("4213"))
        })
    };
    let with_address = city.people.iter().filter(|p| p.address.is_some());
    assert!(with_address.into_iter().all(lives_here));
}
