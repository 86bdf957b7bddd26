//! The engine gives exactly the answers and amounts of `List::answer`.

use crate::common::{Scratch, day, key, meta, numbers, person, suizhou, write};
use arrow::array::{Array, AsArray};
use arrow::datatypes::{Int16Type, Int64Type};
use engine::{Totals, run, run_with};
use kernel::{AreaCode, Day};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;
use rules::facts::{FactId, Facts, Value};
use rules::folder::AreaBasis;
use rules::{List, Truth};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;

type Given = BTreeMap<(String, u16), (Truth, Option<i64>)>;

/// What the rules crate says, without the answers that are no.
fn wanted(list: &List, as_of: Day, people: &[Facts]) -> Given {
    let mut given = Given::new();
    for (at, facts) in people.iter().enumerate() {
        for answer in list.answer(facts, as_of) {
            if answer.answer != Truth::False {
                given.insert((key(at), answer.no), (answer.answer, answer.fen));
            }
        }
    }
    given
}

/// What the engine says person by person.
fn given(list: &List, path: &Path, as_of: Day, threads: usize) -> (Given, Totals) {
    let given = Mutex::new(Given::new());
    let totals = run_with(list, path, as_of, threads, &|answers| {
        let mut given = given.lock().unwrap();
        answers.each(|row, no, truth, fen| {
            assert_eq!(answers.truth(no, row), truth);
            given.insert((answers.person(row).to_owned(), no), (truth, fen));
        });
        Ok(())
    });
    (given.into_inner().unwrap(), totals.unwrap())
}

/// Whether each total is the sum of the answers.
pub(crate) fn totals_agree(
    list: &List,
    as_of: Day,
    people: &[Facts],
    totals: &Totals,
) -> TestCaseResult {
    prop_assert_eq!(totals.people, people.len() as u64);
    prop_assert_eq!(&totals.meta, &meta(as_of));
    let answers: Vec<_> = people
        .iter()
        .map(|facts| list.answer(facts, as_of))
        .collect();
    for (place, item) in totals.items.iter().enumerate() {
        let mut areas: BTreeMap<Option<AreaCode>, engine::Tally> = BTreeMap::new();
        let amount = list.items()[place].amount.is_some();
        for (facts, answers) in people.iter().zip(&answers) {
            let fact = match item.area_basis {
                AreaBasis::Hukou => FactId::HUKOU_AREA,
                _ => FactId::RESIDENCE_AREA,
            };
            let area = match facts.get(fact) {
                Some(Value::Area(code)) => Some(*code),
                _ => None,
            };
            let tally = areas.entry(area).or_default();
            match answers[place].answer {
                Truth::True => {
                    tally.yes += 1;
                    tally.fen += answers[place].fen.unwrap_or(0);
                    tally.fen_unknown += u64::from(amount && answers[place].fen.is_none());
                }
                Truth::Unknown => tally.unknown += 1,
                Truth::False => tally.no += 1,
            }
        }
        prop_assert_eq!(&item.areas, &areas, "item {}", item.no);
        let sum = |of: fn(&engine::Tally) -> u64| areas.values().map(of).sum::<u64>();
        let all = (
            item.all.yes,
            item.all.unknown,
            item.all.no,
            item.all.fen_unknown,
        );
        let sums = (
            sum(|t| t.yes),
            sum(|t| t.unknown),
            sum(|t| t.no),
            sum(|t| t.fen_unknown),
        );
        prop_assert_eq!(all, sums);
        let counties = item.counties();
        prop_assert_eq!(counties.values().map(|t| t.fen).sum::<i64>(), item.all.fen);
    }
    Ok(())
}

/// Everything that the engine and the rules crate say of these people.
pub(crate) fn all_agree(list: &List, as_of: Day, people: &[Facts], name: &str) -> TestCaseResult {
    let scratch = Scratch::new(name);
    let path = scratch.path("people.parquet");
    write(&path, as_of, people);
    let totals = run(list, &path, as_of, 1).unwrap();
    totals_agree(list, as_of, people, &totals)?;
    let (given, again) = given(list, &path, as_of, 2);
    prop_assert_eq!(&again, &totals);
    for (who, wanted) in wanted(list, as_of, people) {
        prop_assert_eq!(given.get(&who), Some(&wanted), "{:?}", who);
    }
    prop_assert!(given.values().all(|(truth, _)| *truth != Truth::False));
    Ok(())
}

fn any_day() -> impl Strategy<Value = Day> {
    prop_oneof![
        Just(day("2025-06-30")),
        Just(day("2025-02-28")),
        Just(day("2025-03-01")),
        Just(day("2024-02-29")),
        Just(day("2023-05-31")),
        (0..2000i32).prop_map(|days| day("2023-06-01").plus_days(days)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Rows C01, C03; invariant 3: all 28 items for people with holes, on days around birthdays,
    /// 29 February and changes of parameters: the same answers, amounts and sums.
    #[test]
    fn the_engine_says_what_the_rules_say(
        as_of in any_day(),
        seeds in prop::collection::vec(any::<u64>(), 1..500),
    ) {
        let people: Vec<Facts> =
            seeds.iter().map(|seed| person(as_of, numbers(*seed))).collect();
        all_agree(&suizhou(), as_of, &people, "agrees")?;
    }
}

/// Invariant 12: workers and row groups change nothing; who lives where and is how old is left
/// out of the second reading and still counted.
#[test]
fn threads_and_row_groups_change_nothing() {
    let (list, as_of) = (suizhou(), day("2025-06-30"));
    let mut next = numbers(3);
    let people: Vec<Facts> = (0..engine::snapshot::ROW_GROUP + 9_000)
        .map(|at| {
            // Mostly young, so that long runs hold nobody of 60.
            let mut facts = person(as_of, &mut next);
            if at % 8 != 0 {
                let born = as_of.plus_days(-((next() % 20_000) as i32));
                facts.set(FactId::BIRTH_DATE, Some(Value::Day(born)));
            }
            facts
        })
        .collect();
    let scratch = Scratch::new("threads");
    let path = scratch.path("people.parquet");
    write(&path, as_of, &people);
    let one = run(&list, &path, as_of, 1).unwrap();
    totals_agree(&list, as_of, &people, &one).unwrap();
    assert_eq!(run(&list, &path, as_of, 2).unwrap(), one);
    assert_eq!(run_with(&list, &path, as_of, 3, &|_| Ok(())).unwrap(), one);
    // What a sink refuses stops the run.
    let refused = run_with(&list, &path, as_of, 2, &|_| Err(engine::Error::Worker));
    assert!(matches!(refused, Err(engine::Error::Worker)));
    let bytes = |name: &str, threads| {
        let out = scratch.path(name);
        assert_eq!(
            engine::write_answers(&list, &path, as_of, threads, &out).unwrap(),
            one
        );
        std::fs::read(out).unwrap()
    };
    assert!(bytes("a.parquet", 1) == bytes("b.parquet", 2));
    table_agrees(&scratch.path("b.parquet"), &one);
}

/// Rows C01, C03: the table holds every answer that is not no, and adds up to the totals.
fn table_agrees(path: &Path, totals: &Totals) {
    let file = std::fs::File::open(path).unwrap();
    let mut sums: BTreeMap<u16, (u64, u64, i64)> = BTreeMap::new();
    for batch in ParquetRecordBatchReaderBuilder::try_new(file)
        .unwrap()
        .build()
        .unwrap()
    {
        let batch = batch.unwrap();
        let items = batch.column(1).as_primitive::<Int16Type>();
        let (yes, fen) = (
            batch.column(2).as_boolean(),
            batch.column(3).as_primitive::<Int64Type>(),
        );
        for row in 0..batch.num_rows() {
            let sum = sums.entry(items.value(row) as u16).or_default();
            sum.0 += u64::from(yes.is_valid(row) && yes.value(row));
            sum.1 += u64::from(yes.is_null(row));
            sum.2 += if fen.is_valid(row) { fen.value(row) } else { 0 };
        }
    }
    for item in &totals.items {
        let wanted = (item.all.yes, item.all.unknown, item.all.fen);
        assert_eq!(
            sums.remove(&item.no).unwrap_or_default(),
            wanted,
            "item {}",
            item.no
        );
    }
}
