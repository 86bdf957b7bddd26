//! The evaluator, SQLite and PostgreSQL give the same three answers over the register's own table.

use crate::place::{code, day, person, places, register};
use kernel::Day;
use rules::facts::{FactId, Kind};
use rules::sql::{Dialect, SqlNames};
use rules::{Facts, List, Truth, Value};
use std::collections::BTreeMap;
use store::{Backend, Reads, Store};

const OVERLAY: &str = include_str!("../../../../app/demo/overlay/suizhou-params.toml");
const AREAS: &[&str] = &[
    "421303001001",
    "421321103206",
    "421381100001",
    "421303",
    "440304001001",
];

/// SplitMix64: the same seed gives the same people.
struct Chance(u64);

impl Chance {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((x ^ (x >> 31)) % n as u64).unwrap()
    }
}

/// Birthdays near the thresholds on the days asked, leap days too, and any other.
fn birth(chance: &mut Chance) -> Day {
    if chance.below(8) == 0 {
        return Day::from_ymd(1924 + 4 * chance.below(12) as i32, 2, 29).unwrap();
    }
    let age = [0, 2, 3, 18, 55, 60, 65, 70, 80, 90, 100][chance.below(11)];
    let around = day("2025-06-30").plus_years(-age);
    if chance.below(2) == 0 {
        around.plus_days(chance.below(5) as i32 - 2)
    } else {
        around.plus_days(chance.below(3_650) as i32 - 3_650)
    }
}

/// A person with holes: each fact is known two times in three; somebody alive mostly.
fn random(chance: &mut Chance) -> Facts {
    let mut facts = Facts::default();
    for fact in FactId::all() {
        let holes = if fact == FactId::ALIVE || fact == FactId::BIRTH_DATE {
            12
        } else {
            3
        };
        if chance.below(holes) == 0 {
            continue;
        }
        let value = match fact.def().kind {
            Kind::Bool if fact == FactId::ALIVE => Value::Bool(chance.below(12) != 0),
            Kind::Bool => Value::Bool(chance.below(2) == 0),
            Kind::Int { min, max } => {
                let most = usize::try_from((max - min).min(6)).unwrap();
                Value::Int(min + chance.below(most + 1) as i64)
            }
            Kind::Day if fact == FactId::BIRTH_DATE => Value::Day(birth(chance)),
            Kind::Day => Value::Day(day("2025-06-30").plus_days(chance.below(600) as i32 - 300)),
            Kind::Word(words) => Value::Word(words[chance.below(words.len())]),
            Kind::Area => Value::Area(code(AREAS[chance.below(AREAS.len())])),
            Kind::Text => Value::Text(format!("文{}", chance.below(3))),
        };
        facts.set(fact, Some(value));
    }
    facts
}

/// What the database says of everybody: yes, no or unknown.
async fn truths(store: &Store, condition: &str) -> BTreeMap<String, Truth> {
    let sql = format!(
        "SELECT id, CASE WHEN ({condition}) THEN 'yes' WHEN NOT ({condition}) THEN 'no' ELSE 'unknown' END AS answer \
         FROM people_person"
    );
    let rows = store.all(&sql, vec![]).await.unwrap();
    rows.iter()
        .map(|row| {
            let truth = match row.text("answer").unwrap().as_str() {
                "yes" => Truth::True,
                "no" => Truth::False,
                _ => Truth::Unknown,
            };
            (row.text("id").unwrap(), truth)
        })
        .collect()
}

async fn amounts(store: &Store, amount: &str) -> BTreeMap<String, Option<i64>> {
    let sql = format!("SELECT id, CAST(({amount}) AS BIGINT) AS fen FROM people_person");
    let rows = store.all(&sql, vec![]).await.unwrap();
    rows.iter()
        .map(|row| (row.text("id").unwrap(), row.opt_int("fen").unwrap()))
        .collect()
}

/// Compares items and programmes on one day; counts each kind of answer.
async fn compare(
    store: &Store,
    list: &List,
    people: &BTreeMap<String, Facts>,
    as_of: Day,
    seen: &mut BTreeMap<(u16, String), usize>,
) {
    let names = SqlNames {
        dialect: match store.backend() {
            Backend::Sqlite => Dialect::Sqlite,
            Backend::Postgres => Dialect::Postgres,
        },
        as_of,
    };
    let answers: BTreeMap<&String, _> = people
        .iter()
        .map(|(id, facts)| (id, list.answer(facts, as_of)))
        .collect();
    for (place, item) in list.items().iter().enumerate() {
        let no = item.service.no;
        let said = truths(store, &list.item_sql(no, &names).unwrap()).await;
        assert_eq!(said.len(), people.len());
        let paid = match list.amount_sql(no, &names) {
            Some(sql) => amounts(store, &sql).await,
            None => BTreeMap::new(),
        };
        for (id, truth) in &said {
            let answer = &answers[id][place];
            assert_eq!(answer.no, no);
            assert_eq!(
                *truth,
                answer.answer,
                "item {no} on {as_of} in {:?}: {:?}",
                store.backend(),
                people[id].to_json()
            );
            if answer.answer == Truth::True && item.amount.is_some() {
                assert_eq!(
                    paid[id],
                    answer.fen,
                    "fen of item {no} on {as_of}: {:?}",
                    people[id].to_json()
                );
            }
            *seen.entry((no, format!("{truth:?}"))).or_default() += 1;
        }
    }
    let answers: BTreeMap<&String, _> = people
        .iter()
        .map(|(id, facts)| (id, list.answer_programmes(facts, as_of)))
        .collect();
    for (place, programme) in list.programmes().iter().enumerate() {
        let name = &programme.programme.id;
        for (id, truth) in truths(store, &list.programme_sql(name, &names).unwrap()).await {
            assert_eq!(
                truth,
                answers[&id][place].answer,
                "{name} on {as_of}: {:?}",
                people[&id].to_json()
            );
        }
    }
}

/// Rows C03, C01; invariants 3 and 13: 3,000 random people with holes and every item and programme of 随州 on three days: the evaluator and
/// the printed SQL over the register's table say the same yes, no, unknown and the same fen, on SQLite and on PostgreSQL.
#[tokio::test]
async fn evaluator_and_databases_give_the_same_three_answers() {
    for place in places(Some(OVERLAY)).await {
        let mut chance = Chance(17);
        let all: Vec<Facts> = (0..3_000).map(|_| random(&mut chance)).collect();
        let people = all
            .iter()
            .enumerate()
            .map(|(id, facts)| person(id, facts, None));
        register(&place.db.store, people.collect()).await;
        let people: BTreeMap<String, Facts> = all
            .into_iter()
            .enumerate()
            .map(|(id, facts)| (crate::place::key(id).id, facts))
            .collect();
        let mut seen = BTreeMap::new();
        for as_of in ["2025-06-30", "2025-02-28", "2024-02-29"] {
            compare(
                &place.db.store,
                &place.published.list,
                &people,
                day(as_of),
                &mut seen,
            )
            .await;
        }
        for item in place.published.list.items() {
            for truth in ["True", "False", "Unknown"] {
                let count = seen
                    .get(&(item.service.no, truth.to_owned()))
                    .copied()
                    .unwrap_or(0);
                assert!(
                    count > 0,
                    "no {truth} of item {} among the people",
                    item.service.no
                );
            }
        }
        place.db.close().await.unwrap();
    }
}

/// Rows C03, C01; invariants 3 and 11: the kept answers of the same people are what the list answers: yes bits, amounts, and unknown split
/// into what must be settled and what is asked for.
#[tokio::test]
async fn kept_answers_are_the_lists_answers() {
    for place in places(Some(OVERLAY)).await {
        let mut chance = Chance(23);
        let all: Vec<Facts> = (0..600).map(|_| random(&mut chance)).collect();
        let people = all
            .iter()
            .enumerate()
            .map(|(id, facts)| person(id, facts, None));
        register(&place.db.store, people.collect()).await;
        let list = &place.published.list;
        entitle::api::everyone(&place.db.store, &place.published, true, |_| {})
            .await
            .unwrap();
        let sql = "SELECT a.id, a.yes, a.unknown, a.ask, a.amounts, l.digest FROM entitle_answer a JOIN entitle_list l ON l.no = a.list ORDER BY a.id";
        let rows = place.db.store.all(sql, vec![]).await.unwrap();
        assert_eq!(rows.len(), all.len());
        for (row, facts) in rows.iter().zip(&all) {
            let mask = |column: &str| row.int(column).unwrap().cast_unsigned();
            let (yes, open) = (mask("yes"), mask("unknown") | mask("ask"));
            assert_eq!(mask("unknown") & mask("ask"), 0);
            let mut fen = Vec::new();
            for answer in list.answer(facts, day("2025-06-30")) {
                let bit = 1 << (answer.no - 1);
                assert_eq!(
                    yes & bit != 0,
                    answer.answer == Truth::True,
                    "{}",
                    answer.no
                );
                assert_eq!(
                    open & bit != 0,
                    answer.answer == Truth::Unknown,
                    "{}",
                    answer.no
                );
                if let (Truth::True, Some(amount)) = (answer.answer, answer.fen) {
                    fen.push(format!("{}:{amount}", answer.no));
                }
            }
            assert_eq!(row.text("amounts").unwrap(), fen.join(","));
            assert_eq!(row.text("digest").unwrap(), place.published.digest);
        }
        let differ = entitle::api::differences(&place.db.store, &place.published)
            .await
            .unwrap();
        assert!(differ.is_empty());
        place.db.close().await.unwrap();
    }
}
