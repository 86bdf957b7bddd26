//! Lists over everybody: a county's own list answers, one change is asked about three years, and a list as of a
//! day is what a naive reading of the records gives.

use crate::place::{actor, code, day, facts, key, person, register};
use crate::trial::{City, folder, fresh, people, publish};
use authz::{Actor, Role, Scope};
use axum::http::StatusCode;
use figures::list_edit::{NewCounty, NewValue, add_value, county_copy};
use kernel::{Day, Instant};
use people::api::{NewPerson, Record, RollBook, Set, register_many};
use rules::folder::ParamValue;
use rules::{FactId, Facts, Files, Truth, Value};
use std::collections::BTreeMap;
use store::{Reads, values};

const YES: Value = Value::Bool(true);

fn officer() -> Actor {
    Actor {
        id: "li".into(),
        name: "李规划".into(),
        role: Role::CityCivil,
        scope: Scope::Everywhere,
        scope_name: "全市".into(),
    }
}

fn county_officer() -> Actor {
    Actor {
        role: Role::CountyCivil,
        id: "wang".into(),
        scope: Scope::Areas(vec![code("421321")]),
        ..officer()
    }
}

/// 随县's list: 养老服务补贴 at 150 yuan from the day the test stands on.
fn county(from: Day) -> Files {
    let new = NewCounty {
        slug: "suizhou-421321",
        place: "随县",
        county: "421321",
        list: "随县基本养老服务清单",
        from,
    };
    let files = county_copy(&folder(), &new).unwrap();
    let value = NewValue {
        from,
        urban: None,
        value: ParamValue::Int(15_000),
    };
    add_value(&files, "养老服务补贴", &value).unwrap()
}

async fn sum(city: &City, of: &str) -> i64 {
    let sql = format!("SELECT CAST(COALESCE(SUM({of}), 0) AS BIGINT) AS n FROM entitle_tally WHERE item = $1 AND state = 'yes'");
    city.db.store.number(&sql, values![17]).await.unwrap()
}

/// Rows C01, C02; invariants 8, 11 and 13: when a county publishes its list, everybody is answered anew from the one list
/// that holds, the county's people by its amounts, others as before; counts are the same counts.
#[tokio::test]
async fn a_countys_people_are_answered_by_its_list() {
    for db in fresh().await {
        publish(&db.store, &folder()).await;
        people(&db.store).await;
        let city = City::of(db).await;
        let store = &city.db.store;
        let today = store.clock().today();
        let book = city.app.part::<plan::api::PlanBook>().unwrap();
        let before = book.in_force(today).unwrap();
        entitle::api::everyone(store, &before, true, |_| {}).await.unwrap();
        let counted = sum(&city, "people").await;
        assert!(!entitle::api::is_outdated(store, &before).await.unwrap());
        publish(store, &county(today)).await;
        book.reload(store).await.unwrap();
        let now = book.in_force(today).unwrap();
        assert!(entitle::api::is_outdated(store, &now).await.unwrap());
        entitle::api::everyone(store, &now, false, |_| {}).await.unwrap();
        assert_eq!(entitle::api::differences(store, &now).await.unwrap(), Vec::<String>::new());
        assert_eq!(sum(&city, "people").await, counted);
        let rows = store
            .all("SELECT residence_area, amounts FROM entitle_answer ORDER BY id", vec![])
            .await
            .unwrap();
        let mut amounts: BTreeMap<String, usize> = BTreeMap::new();
        for row in rows {
            let text = row.text("amounts").unwrap();
            let seventeen = text.split(',').find_map(|pair| pair.strip_prefix("17:")).unwrap_or("-");
            let area = row.text("residence_area").unwrap();
            *amounts.entry(format!("{area} {seventeen}")).or_default() += 1;
        }
        // The town that a 管委会 runs is not under the county's list.
        let wanted = [
            ("421303001001 10000".to_owned(), 5),
            ("421321102200 15000".to_owned(), 2),
            ("421321115201 10000".to_owned(), 4),
        ];
        let found: Vec<(String, usize)> = amounts.into_iter().collect();
        let town_apart = now.folder.areas.management.iter().any(|body| {
            body.towns.iter().any(|town| town.contains(&code("421321115201")))
        });
        assert!(town_apart, "the plan's 管委会 runs this town");
        assert_eq!(found, wanted);
    }
}

fn form(pairs: &[(&str, &str)]) -> String {
    let pairs: Vec<String> = pairs
        .iter()
        .map(|(name, value)| format!("{name}={}", ui::query_encode(value)))
        .collect();
    pairs.join("&")
}

/// Rows C02, C03; invariants 6 and 10: one change of the list in force is asked about the next three years by its form:
/// who gains, what it costs by county, within the reader's areas, as a page and a workbook; nothing is stored as a
/// list, nobody's answer moves.
#[tokio::test]
async fn one_change_is_asked_about_the_next_years() {
    for db in fresh().await {
        publish(&db.store, &folder()).await;
        let mut all = Vec::new();
        // 79 next year, and one who turns 80 within the three years by herself.
        for (birth, area) in [
            ("1942-05-05", "421303001001"),
            ("1948-01-10", "421303001001"),
            ("1949-06-15", "421321102200"),
            ("1960-01-01", "421321102200"),
        ] {
            let area = || Value::Area(code(area));
            let known = facts(&[
                ("alive", YES),
                ("birth_date", Value::Day(day(birth))),
                ("hukou_area", area()),
                ("residence_area", area()),
                ("urban", YES),
                ("low_income", YES),
                ("dibao", Value::Bool(false)),
                ("dibao_household", Value::Bool(false)),
            ]);
            all.push(person(all.len(), &known, None));
        }
        register(&db.store, all).await;
        let city = City::of(db).await;
        let year = city.db.store.clock().today().year() + 1;
        let who = officer();
        let (status, page) = city.get("/trials/what-if?no=17&kind=condition", &who).await;
        assert_eq!(status, StatusCode::OK);
        assert!(page.contains("age &gt;= 80") || page.contains("age &#62;= 80"), "{page}");
        let wrong = form(&[
            ("no", "17"), ("kind", "condition"), ("place", "0"),
            ("says", "75周岁及以上"), ("when", "ages >= 75"),
        ]);
        let (status, page) = city.post("/trials/what-if", wrong, &who).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.contains("事实词典里没有 ages") && page.contains("75周岁及以上"), "{page}");
        let versions = city.count("plan_version").await;
        let ask = form(&[
            ("no", "17"), ("kind", "condition"), ("place", "0"),
            ("says", "75周岁及以上"), ("when", "age >= 75"),
        ]);
        let (status, to) = city.post("/trials/what-if", ask.clone(), &who).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{to}");
        let (_, waiting) = city.get(&to, &who).await;
        assert!(waiting.contains("等待测算"));
        while city.work().await {}
        let (status, page) = city.get(&to, &who).await;
        assert_eq!(status, StatusCode::OK);
        for words in ["75周岁及以上", "age &#62;= 80 → age &#62;= 75", "曾都区", "随县", &format!("{year}年")] {
            assert!(page.contains(words), "{words}: {page}");
        }
        // Both of 75 to 79 gain 100 yuan a month for each month they are not 80 yet.
        let sql = "SELECT result FROM entitle_trial";
        let row = city.db.store.one(sql, vec![]).await.unwrap().unwrap();
        let result: serde_json::Value = serde_json::from_str(&row.text("result").unwrap()).unwrap();
        let cost = |at: usize| {
            let items = result["years"][at]["outcome"]["items"].as_array().unwrap();
            let item = items.iter().find(|item| item["no"] == 17).unwrap();
            let mut cells = item["areas"].as_object().unwrap().values();
            cells.try_fold(0_i64, |sum, cell| {
                Some(sum + cell["year_after"].as_i64()? - cell["year_before"].as_i64()?)
            })
        };
        let months = |birth: Day, year: i32| {
            (1..=12)
                .filter(|month| {
                    let age = birth.age_on(Day::from_ymd(year, *month, 1).unwrap());
                    (75..80).contains(&age)
                })
                .count() as i64
        };
        for at in 0..3 {
            let year = year + at;
            let wanted: i64 = ["1942-05-05", "1948-01-10", "1949-06-15", "1960-01-01"]
                .iter()
                .map(|birth| months(day(birth), year) * 10_000)
                .sum();
            assert_eq!(cost(at as usize), Some(wanted), "{year}");
        }
        // The county reads its own part, and the same question is not asked twice a day.
        let (_, own) = city.get(&to, &county_officer()).await;
        assert!(own.contains("随县") && !own.contains("曾都区"), "{own}");
        let (_, again) = city.post("/trials/what-if", ask, &who).await;
        assert_eq!(again, to);
        assert_eq!(city.count("plan_version").await, versions);
        assert_eq!(city.count("entitle_answer").await, 0);
        let (status, _) = city.get(&format!("{to}/workbook"), &who).await;
        assert_eq!(status, StatusCode::OK);
        // A value, an item less.
        for ask in [
            form(&[("no", "17"), ("kind", "value"), ("param", "养老服务补贴"), ("value", "120"),
                ("from", &format!("{year}-07-01")), ("area", "421303"), ("urban", "")]),
            form(&[("no", "17"), ("kind", "remove")]),
        ] {
            let (status, to) = city.post("/trials/what-if", ask, &who).await;
            assert_eq!(status, StatusCode::SEE_OTHER, "{to}");
            while city.work().await {}
            let (_, page) = city.get(&to, &who).await;
            assert!(page.contains("导出 Excel"), "{page}");
        }
        assert_eq!(city.count("entitle_trial WHERE state = 'done'").await, 3);
    }
}

struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.0 >> 33) % bound
    }
}

fn random_records(chance: &mut Chance) -> Vec<Record> {
    let day_of = |chance: &mut Chance| day("2024-01-01").plus_days(chance.below(500) as i32);
    let areas = ["421303001001", "421321102200", "421381100001"];
    let first = [
        ("alive", YES),
        ("birth_date", Value::Day(day("1935-01-01").plus_days(chance.below(11_000) as i32))),
        ("hukou_area", Value::Area(code(areas[chance.below(3) as usize]))),
        ("residence_area", Value::Area(code(areas[chance.below(3) as usize]))),
    ];
    let set = |name: &str, value, since, until| Set {
        fact: rules::facts::find(name).unwrap(),
        value,
        since,
        until,
    };
    let mut records = vec![(day_of(chance), first.map(|(name, value)| {
        set(name, Some(value), day("1935-01-01"), None)
    }).to_vec())];
    for _ in 0..chance.below(7) {
        let (since, until) = (day_of(chance), chance.below(4) == 0);
        let until = until.then(|| since.plus_days(1 + chance.below(100) as i32));
        let one = match chance.below(5) {
            0 => set("dibao", Some(Value::Bool(chance.below(2) == 0)), since, until),
            1 => set("low_income", Some(Value::Bool(chance.below(2) == 0)), since, until),
            2 => set("urban", (chance.below(3) > 0).then(|| Value::Bool(chance.below(2) == 0)), since, until),
            3 => set("alive", Some(Value::Bool(chance.below(3) > 0)), since, None),
            _ => set("hukou_area", Some(Value::Area(code(areas[chance.below(3) as usize]))), since, None),
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
        register_many(&mut tx, persons, &RollBook::default(), "test").await.unwrap();
        tx.commit().await.unwrap();
        let city = City::of(db).await;
        let list = city.app.part::<plan::api::PlanBook>().unwrap().in_force(day("2025-03-01")).unwrap();
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
            let found: serde_json::Value = serde_json::from_str(&row.text("result").unwrap()).unwrap();
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
                    if matches!(facts.get(fact), Some(Value::Area(area)) if code("421321").contains(area)) {
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
            let spec = specs.iter().find(|spec| spec.key == "entitle.as_of").unwrap();
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
                let chunk = (spec.rows)(city.app.clone(), ask.clone(), from, 20).await.unwrap();
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
        let (status, page) = city.post("/list/as-of", form(&[("day", "2023-01-01")]), &officer()).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.contains("那天还没有生效的清单"), "{page}");
    }
}
