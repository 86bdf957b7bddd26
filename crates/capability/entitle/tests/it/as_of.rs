//! A list as of a day, as known at a moment, against a naive reading of the records.

use crate::lists::{county_officer, form, officer};
use crate::place::{actor, code, day, key, person};
use crate::trial::{City, folder, fresh, publish};
use axum::http::StatusCode;
use kernel::{Day, Instant};
use people::api::{NewPerson, Record, RollBook, Set, register_many};
use rules::{FactId, Facts, Truth, Value};
use std::collections::BTreeMap;
use store::{Reads, values};

const YES: Value = Value::Bool(true);

struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6364136223846793005)
            .wrapping_add(1442695040888963407);
        (self.0 >> 33) % bound
    }
}

fn random_records(chance: &mut Chance) -> Vec<Record> {
    let day_of = |chance: &mut Chance| day("2024-01-01").plus_days(chance.below(500) as i32);
    let areas = ["421303001001", "421321102200", "421381100001"];
    let first = [
        ("alive", YES),
        (
            "birth_date",
            Value::Day(day("1935-01-01").plus_days(chance.below(11_000) as i32)),
        ),
        (
            "hukou_area",
            Value::Area(code(areas[chance.below(3) as usize])),
        ),
        (
            "residence_area",
            Value::Area(code(areas[chance.below(3) as usize])),
        ),
    ];
    let set = |name: &str, value, since, until| Set {
        fact: rules::facts::find(name).unwrap(),
        value,
        since,
        until,
    };
    let mut records = vec![(
        day_of(chance),
        first
            .map(|(name, value)| set(name, Some(value), day("1935-01-01"), None))
            .to_vec(),
    )];
    for _ in 0..chance.below(7) {
        let (since, until) = (day_of(chance), chance.below(4) == 0);
        let until = until.then(|| since.plus_days(1 + chance.below(100) as i32));
        let one = match chance.below(5) {
            0 => set(
                "dibao",
                Some(Value::Bool(chance.below(2) == 0)),
                since,
                until,
            ),
            1 => set(
                "low_income",
                Some(Value::Bool(chance.below(2) == 0)),
                since,
                until,
            ),
            2 => set(
                "urban",
                (chance.below(3) > 0).then(|| Value::Bool(chance.below(2) == 0)),
                since,
                until,
            ),
            3 => set("alive", Some(Value::Bool(chance.below(3) > 0)), since, None),
            _ => set(
                "hukou_area",
                Some(Value::Area(code(areas[chance.below(3) as usize]))),
                since,
                None,
            ),
        };
        records.push((day_of(chance), vec![one]));
    }
    let record = |(seq, (on, sets)): (usize, (Day, Vec<Set>))| Record {
        seq: seq as i64 + 1,
        recorded: Instant::at(on, 3600),
        source: "测试".into(),
        by: "测试员".into(),
        sets,
        reason: None,
        withdrawn: None,
    };
    records.into_iter().enumerate().map(record).collect()
}

/// The last word about each fact, read one by one.
fn naive(records: &[Record], on: Day, known: Instant) -> Facts {
    let mut facts = Facts::default();
    for fact in FactId::all() {
        let mut best: Option<((Instant, i64), Option<Value>)> = None;
        for record in records.iter().filter(|record| record.recorded <= known) {
            for set in record.sets.iter().filter(|set| set.fact == fact) {
                let covers = set.since <= on && set.until.is_none_or(|until| until > on);
                let rank = (record.recorded, record.seq);
                if covers && best.as_ref().is_none_or(|(other, _)| rank > *other) {
                    best = Some((rank, set.value.clone()));
                }
            }
        }
        facts.set(fact, best.and_then(|(_, value)| value));
    }
    facts
}

/// Row C03; invariants 5, 10 and 13: a whole list as of a day and as known at a moment, counted by a job, is what the
/// naive reading of everybody's records gives; the names that go with it are those of the asker's areas then.
#[tokio::test]
async fn a_list_as_of_a_day_is_what_the_records_say() {
    for db in fresh().await {
        publish(&db.store, &folder()).await;
        let mut chance = Chance(11);
        let histories: Vec<Vec<Record>> = (0..60).map(|_| random_records(&mut chance)).collect();
        let persons: Vec<NewPerson> = histories
            .iter()
            .enumerate()
            .map(|(id, records)| NewPerson {
                records: records.clone(),
                registered: records[0].recorded,
                ..person(id, &Facts::default(), None)
            })
            .collect();
        let mut tx = db.store.begin(&actor(), None).await.unwrap();
        register_many(&mut tx, persons, &RollBook::default(), "test")
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let city = City::of(db).await;
        let list = city
            .app
            .part::<plan::api::PlanBook>()
            .unwrap()
            .in_force(day("2025-03-01"))
            .unwrap();
        for (on, known) in [
            ("2024-06-30", "2024-09-30"),
            ("2024-06-30", "2025-05-31"),
            ("2025-03-01", "2025-03-01"),
        ] {
            let ask = form(&[("no", ""), ("day", on), ("known", known)]);
            let (status, to) = city.post("/list/as-of", ask, &officer()).await;
            assert_eq!(status, StatusCode::SEE_OTHER, "{to}");
            while city.work().await {}
            let id = to.rsplit('/').next().unwrap();
            let sql = "SELECT result, known_at FROM entitle_as_of WHERE id = $1";
            let row = city.db.store.one(sql, values![id]).await.unwrap().unwrap();
            let moment = row.instant("known_at").unwrap();
            let found: serde_json::Value =
                serde_json::from_str(&row.text("result").unwrap()).unwrap();
            let mut wanted: BTreeMap<(u16, &str), u64> = BTreeMap::new();
            let (mut asked, mut mine) = (0, Vec::new());
            for (id, records) in histories.iter().enumerate() {
                if records.iter().all(|record| record.recorded > moment) {
                    continue;
                }
                asked += 1;
                let facts = naive(records, day(on), moment);
                for answer in list.list.answer(&facts, day(on)) {
                    let state = match answer.answer {
                        Truth::True => "yes",
                        Truth::Unknown => "unknown",
                        Truth::False => continue,
                    };
                    *wanted.entry((answer.no, state)).or_default() += 1;
                    let basis = list.list.item(answer.no).unwrap().service.area_basis;
                    let fact = match basis {
                        rules::folder::AreaBasis::Hukou => FactId::HUKOU_AREA,
                        _ => FactId::RESIDENCE_AREA,
                    };
                    if matches!(facts.get(fact), Some(Value::Area(area)) if code("421321").contains(area))
                    {
                        mine.push((key(id).id, answer.no));
                    }
                }
            }
            assert_eq!(found["people"], asked, "{on} {known}");
            let mut counted: BTreeMap<(u16, &str), u64> = BTreeMap::new();
            for (no, towns) in found["items"].as_object().unwrap() {
                for count in towns.as_object().unwrap().values() {
                    for state in ["yes", "unknown"] {
                        let n = count[state].as_u64().unwrap();
                        if n > 0 {
                            *counted.entry((no.parse().unwrap(), state)).or_default() += n;
                        }
                    }
                }
            }
            assert_eq!(counted, wanted, "{on} {known}");
            // The names, within the county.
            let specs = entitle::capability().exports;
            let spec = specs
                .iter()
                .find(|spec| spec.key == "entitle.as_of")
                .unwrap();
            let ask = host::ExportAsk {
                query: format!("as_of={id}&day={on}&known={}", moment.micros()),
                who: county_officer(),
                today: city.db.store.clock().today(),
            };
            (spec.head)(&city.app, &ask).unwrap();
            let count = (spec.count)(city.app.clone(), ask.clone()).await.unwrap();
            let mut rows = Vec::new();
            let mut from = None;
            loop {
                let chunk = (spec.rows)(city.app.clone(), ask.clone(), from, 20)
                    .await
                    .unwrap();
                rows.extend(chunk.rows);
                from = chunk.next;
                if from.is_none() {
                    break;
                }
            }
            assert_eq!(count.rows, rows.len() as i64);
            let mut found: Vec<(String, u16)> = rows
                .iter()
                .map(|row| {
                    let item = match &row.cells[2] {
                        host::export::Cell::Text(text) => text.clone(),
                        other => panic!("{other:?}"),
                    };
                    let no = item.split(' ').next().unwrap().parse().unwrap();
                    (row.subject.as_ref().unwrap().id.clone(), no)
                })
                .collect();
            found.sort();
            mine.sort();
            assert_eq!(found, mine, "{on} {known}");
        }
        let (status, page) = city
            .post("/list/as-of", form(&[("day", "2023-01-01")]), &officer())
            .await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.contains("那天还没有生效的清单"), "{page}");
    }
}
