//! Counts that move with every write equal a recount from the answers.

use crate::place::{City, cities, day};
use axum::http::StatusCode;
use kernel::AreaCode;
use kernel::area_code::Level;
use plan::api::Published;
use rules::folder::AreaBasis;
use rules::{FactId, facts::Kind};
use std::collections::{BTreeMap, BTreeSet};
use store::Reads;

type Counts = BTreeMap<(String, i64, String), i64>;

/// SplitMix64: the same seed gives the same corrections.
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

async fn kept(city: &City) -> Counts {
    let sql = "SELECT area, item, state, people FROM entitle_tally WHERE people <> 0 AND item > 0";
    let rows = city.store.all(sql, vec![]).await.unwrap();
    let of = |row: &store::Row| -> store::StoreResult<_> {
        Ok((
            (row.text("area")?, row.int("item")?, row.text("state")?),
            row.int("people")?,
        ))
    };
    rows.iter().map(|row| of(row).unwrap()).collect()
}

/// Counts every answer again: each item where its basis says, up the tree.
async fn recounted(city: &City, published: &Published) -> Counts {
    let mut counts = Counts::new();
    let sql = "SELECT hukou_area, residence_area, yes, unknown, ask, receiving, owed, undue FROM entitle_answer";
    for row in city.store.all(sql, vec![]).await.unwrap() {
        for item in published.list.items() {
            let column = match item.service.area_basis {
                AreaBasis::Hukou => "hukou_area",
                AreaBasis::Residence | AreaBasis::Facility => "residence_area",
            };
            let Some(area) = row.opt_area(column).unwrap() else {
                continue;
            };
            let levels = [Level::Village, Level::Town, Level::County, Level::City];
            let areas: BTreeSet<AreaCode> = levels.iter().map(|level| area.up_to(*level)).collect();
            for state in ["yes", "unknown", "ask", "receiving", "owed", "undue"] {
                if row.int(state).unwrap() & (1 << (item.service.no - 1)) != 0 {
                    for area in &areas {
                        let key = (
                            area.to_string(),
                            i64::from(item.service.no),
                            state.to_owned(),
                        );
                        *counts.entry(key).or_default() += 1;
                    }
                }
            }
        }
    }
    counts
}

async fn check(city: &City, when: &str) {
    let (kept, recounted) = (kept(city).await, recounted(city, &city.published()).await);
    for (key, people) in &recounted {
        assert_eq!(
            kept.get(key),
            Some(people),
            "{key:?} {when} on {}",
            city.name
        );
    }
    assert_eq!(kept.len(), recounted.len(), "{when} on {}", city.name);
}

/// The facts that a city officer may correct, and something to put there.
fn a_correction(chance: &mut Chance) -> (&'static str, String) {
    let facts: Vec<FactId> = FactId::all()
        .filter(|fact| {
            fact.def()
                .owner
                .iter()
                .any(|owner| ["民政", "村级"].contains(owner))
        })
        .filter(|fact| !matches!(fact.def().kind, Kind::Area | Kind::Text | Kind::Day))
        .collect();
    let fact = facts[chance.below(facts.len())];
    let value = match fact.def().kind {
        _ if chance.below(6) == 0 => "unknown".to_owned(),
        Kind::Bool => ["true", "false"][chance.below(2)].to_owned(),
        Kind::Int { min, max } => {
            (min + chance.below(usize::try_from(max - min + 1).unwrap()) as i64).to_string()
        }
        Kind::Word(words) => words[chance.below(words.len())].to_owned(),
        Kind::Area | Kind::Text | Kind::Day => String::new(),
    };
    (fact.name(), value)
}

async fn some_elders(city: &City) -> Vec<String> {
    let sql = "SELECT id FROM people_person WHERE birth_date < 19600101 AND alive AND hukou_area >= '4213' AND hukou_area < '4214' \
         AND residence_area >= '4213' AND residence_area < '4214' ORDER BY substr(id, 20), id LIMIT 40";
    let rows = city.store.all(sql, vec![]).await.unwrap();
    rows.iter().map(|row| row.text("id").unwrap()).collect()
}

/// Rows C01, B04, B05; invariants 8 and 11; engineering.md 7 and 17: after 150 random corrections, deaths and moves, some of them at once,
/// the counts equal a recount and no answer differs from a fresh one.
#[tokio::test]
async fn counts_equal_a_recount_after_many_random_corrections() {
    for city in cities().await {
        check(&city, "after the demo").await;
        let mut chance = Chance(5);
        let (officer, people) = (city.door("demo-05-city").await, some_elders(&city).await);
        let mut done = 0;
        for _ in 0..70 {
            let mut forms = Vec::new();
            for _ in 0..2 {
                let id = &people[chance.below(people.len())];
                let (fact, value) = a_correction(&mut chance);
                let since = day("2025-06-30")
                    .plus_days(-(chance.below(700) as i32))
                    .to_string();
                let version = city.person_of(id).await.version.to_string();
                forms.push((
                    format!("/people/{id}/facts/{fact}/correction"),
                    value,
                    since,
                    version,
                ));
            }
            let send = async |(path, value, since, version): &(String, String, String, String)| {
                let form = [
                    ("value", value.as_str()),
                    ("since", since.as_str()),
                    ("reason", "visit"),
                    ("version", version.as_str()),
                ];
                city.post(path, &form, &officer).await
            };
            let (a, b) = tokio::join!(send(&forms[0]), send(&forms[1]));
            for (answer, form) in [(&a, &forms[0]), (&b, &forms[1])] {
                let fine = [StatusCode::SEE_OTHER, StatusCode::CONFLICT];
                assert!(fine.contains(&answer.status), "{} {form:?}", answer.status);
                done += i32::from(answer.status == StatusCode::SEE_OTHER);
            }
        }
        assert!(done > 100, "{done}");
        check(&city, "after the corrections").await;
        let county = city.door("demo-03-county").await;
        for (at, id) in people.iter().enumerate() {
            let version = city.person_of(id).await.version.to_string();
            let (path, form) = if at % 2 == 0 {
                (
                    "death",
                    [
                        ("day", "2025-06-02"),
                        ("version", version.as_str()),
                        ("to", ""),
                    ],
                )
            } else {
                (
                    "move",
                    [
                        ("day", "2025-06-02"),
                        ("version", version.as_str()),
                        ("to", "421303001001"),
                    ],
                )
            };
            city.post(&format!("/people/{id}/{path}"), &form, &county)
                .await;
        }
        let dead = "SELECT CAST(count(*) AS BIGINT) AS n FROM people_event WHERE day = 20250602";
        assert!(
            city.count(dead).await >= 5,
            "some of them are registered in that county"
        );
        check(&city, "after deaths and moves").await;
        let differ = entitle::api::differences(&city.store, &city.published())
            .await
            .unwrap();
        assert!(differ.is_empty(), "{differ:?}");
        entitle::api::everyone(&city.store, &city.published(), false, |_| {})
            .await
            .unwrap();
        check(&city, "after everyone").await;
        city.close().await;
    }
}

/// Row C20; invariants 8 and 9: an item given to a household counts distinct households, also where several of its members are entitled.
#[tokio::test]
async fn an_item_of_households_counts_each_once() {
    for city in cities().await {
        let officer = city.door("demo-05-city").await;
        let published = city.published();
        assert_eq!(
            published.list.item(21).unwrap().service.name,
            "家庭适老化改造"
        );
        let bit = 1 << 20;
        // The whole city, its villages and what lies beside them.
        let distinct = format!(
            "SELECT CAST(count(DISTINCT coalesce(household, id)) AS BIGINT) AS n FROM entitle_answer WHERE (yes & {bit}) <> 0 \
             AND hukou_area >= '4213' AND hukou_area < '4214'"
        );
        // A couple on the rolls: both are entitled, the home is one.
        let sql = "SELECT a.id AS a, b.id AS b FROM people_person a JOIN people_person b ON a.household = b.household AND a.id < b.id \
             WHERE a.alive AND b.alive AND a.birth_date < 19450101 AND b.birth_date < 19450101 AND a.living = 'empty_nest' \
             AND b.living = 'empty_nest' AND a.hukou_area >= '4213' AND a.hukou_area < '4214' AND b.hukou_area >= '4213' \
             AND b.hukou_area < '4214' ORDER BY a.id LIMIT 1";
        let couple = city.store.one(sql, vec![]).await.unwrap().unwrap();
        let before = city.count(&distinct).await;
        for (column, expect) in [("a", before + 1), ("b", before + 1)] {
            let id = couple.text(column).unwrap();
            let version = city.person_of(&id).await.version.to_string();
            let form = [
                ("value", "true"),
                ("since", "2025-01-01"),
                ("reason", "department"),
                ("version", &version),
            ];
            let done = city
                .post(
                    &format!("/people/{id}/facts/dibao/correction"),
                    &form,
                    &officer,
                )
                .await;
            assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
            assert_eq!(
                city.count(&distinct).await,
                expect,
                "{column} on {}",
                city.name
            );
            let list = city.get("/list", &officer).await.body;
            let row = list
                .split("<tr")
                .find(|row| row.contains("家庭适老化改造"))
                .unwrap();
            let plain = row.replace("</a>", "");
            assert!(
                plain.contains(&format!(">{expect} 户")),
                "{expect} on {}: {row}",
                city.name
            );
        }
        city.close().await;
    }
}

/// Rows C01, C15; invariant 9: a programme that was never loaded shows 未接入 and never 0; once its roll is loaded, it shows a count.
#[tokio::test]
async fn a_programme_never_loaded_shows_not_connected() {
    for city in cities().await {
        let officer = city.door("demo-05-city").await;
        let shown = async || {
            let body = city.get("/list", &officer).await.body;
            let rows: Vec<String> = body
                .split("<tr")
                .filter(|row| row.contains("href=\"/list/16\"") || row.contains("/list/16?"))
                .map(str::to_owned)
                .collect();
            rows.join("\n")
        };
        let row = shown().await;
        assert!(
            row.contains("低保重点保障") && row.contains("未接入"),
            "{row}"
        );
        let mut tx = city
            .store
            .begin(&authz::Actor::system("test"), None)
            .await
            .unwrap();
        entitle::api::load_receipts(&mut tx, "dibao_uplift", "测试花名册", &[])
            .await
            .unwrap();
        tx.commit().await.unwrap();
        entitle::api::everyone(&city.store, &city.published(), false, |_| {})
            .await
            .unwrap();
        let row = shown().await;
        assert!(!row.contains("未接入"), "{} {row}", city.name);
        check(&city, "after connecting").await;
        // Loading a roll from outside the server is followed by reading the answers anew, as its job does.
        let names = city.app.part::<people::api::NameIndex>().unwrap();
        let answers = city.app.part::<entitle::api::AnswerColumns>().unwrap();
        answers.reload(&city.store, &names).await.unwrap();
        city.close().await;
    }
}
