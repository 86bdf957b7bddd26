//! Lists over everybody: a county's own list answers, and one change is asked about three years.

use crate::place::{code, day, facts, person, register};
use crate::trial::{City, folder, fresh, people, publish};
use authz::{Actor, Role, Scope};
use axum::http::StatusCode;
use figures::list_edit::{NewCounty, NewValue, add_value, county_copy};
use kernel::Day;
use rules::folder::ParamValue;
use rules::{Files, Value};
use std::collections::BTreeMap;
use store::{Reads, values};

const YES: Value = Value::Bool(true);

pub(crate) fn officer() -> Actor {
    Actor {
        id: "li".into(),
        name: "李规划".into(),
        role: Role::CityCivil,
        scope: Scope::Everywhere,
        scope_name: "全市".into(),
    }
}

pub(crate) fn county_officer() -> Actor {
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
    let sql = format!(
        "SELECT CAST(COALESCE(SUM({of}), 0) AS BIGINT) AS n FROM entitle_tally WHERE item = $1 AND state = 'yes'"
    );
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
        entitle::api::everyone(store, &before, true, |_| {})
            .await
            .unwrap();
        let counted = sum(&city, "people").await;
        assert!(!entitle::api::is_outdated(store, &before).await.unwrap());
        publish(store, &county(today)).await;
        book.reload(store).await.unwrap();
        let now = book.in_force(today).unwrap();
        assert!(entitle::api::is_outdated(store, &now).await.unwrap());
        entitle::api::everyone(store, &now, false, |_| {})
            .await
            .unwrap();
        assert_eq!(
            entitle::api::differences(store, &now).await.unwrap(),
            Vec::<String>::new()
        );
        assert_eq!(sum(&city, "people").await, counted);
        let rows = store
            .all(
                "SELECT residence_area, amounts FROM entitle_answer ORDER BY id",
                vec![],
            )
            .await
            .unwrap();
        let mut amounts: BTreeMap<String, usize> = BTreeMap::new();
        for row in rows {
            let text = row.text("amounts").unwrap();
            let seventeen = text
                .split(',')
                .find_map(|pair| pair.strip_prefix("17:"))
                .unwrap_or("-");
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
            body.towns
                .iter()
                .any(|town| town.contains(&code("421321115201")))
        });
        assert!(town_apart, "the plan's 管委会 runs this town");
        assert_eq!(found, wanted);
    }
}

pub(crate) fn form(pairs: &[(&str, &str)]) -> String {
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
        assert!(
            page.contains("age &gt;= 80") || page.contains("age &#62;= 80"),
            "{page}"
        );
        let wrong = form(&[
            ("no", "17"),
            ("kind", "condition"),
            ("place", "0"),
            ("says", "75周岁及以上"),
            ("when", "ages >= 75"),
        ]);
        let (status, page) = city.post("/trials/what-if", wrong, &who).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            page.contains("事实词典里没有 ages") && page.contains("75周岁及以上"),
            "{page}"
        );
        let versions = city.count("plan_version").await;
        let ask = form(&[
            ("no", "17"),
            ("kind", "condition"),
            ("place", "0"),
            ("says", "75周岁及以上"),
            ("when", "age >= 75"),
        ]);
        let (status, to) = city.post("/trials/what-if", ask.clone(), &who).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{to}");
        let (_, waiting) = city.get(&to, &who).await;
        assert!(waiting.contains("等待测算"));
        while city.work().await {}
        let (status, page) = city.get(&to, &who).await;
        assert_eq!(status, StatusCode::OK);
        for words in [
            "75周岁及以上",
            "age &#62;= 80 → age &#62;= 75",
            "曾都区",
            "随县",
            &format!("{year}年"),
        ] {
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
            form(&[
                ("no", "17"),
                ("kind", "value"),
                ("param", "养老服务补贴"),
                ("value", "120"),
                ("from", &format!("{year}-07-01")),
                ("area", "421303"),
                ("urban", ""),
            ]),
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
