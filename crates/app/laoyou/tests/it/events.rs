//! Deaths and moves: answers stop, areas change, and the timeline shows both.

use crate::place::{City, cities, code};
use axum::http::StatusCode;
use kernel::AreaCode;
use kernel::area_code::Level;
use people::api::Person;
use rules::{FactId, Value};
use store::{Reads, values};

async fn findings(city: &City, id: &str) -> Vec<(String, String, i64, String)> {
    let sql = "SELECT kind, programme, CAST(since AS BIGINT) AS since, cause FROM entitle_finding \
         WHERE id = $1 AND closed_on IS NULL ORDER BY kind, programme";
    let rows = city.store.all(sql, values![id]).await.unwrap();
    let of = |row: &store::Row| -> store::StoreResult<_> {
        Ok((
            row.text("kind")?,
            row.text("programme")?,
            row.int("since")?,
            row.text("cause")?,
        ))
    };
    rows.iter().map(|row| of(row).unwrap()).collect()
}

/// Rows B05, B07, C05, C24; invariants 5 and 11: a reported death ends every answer in the same transaction, closes 应享未享, opens
/// 不应享仍享 where something is still paid, and stands on the timeline.
#[tokio::test]
async fn a_death_stops_the_answers_and_finds_what_still_runs() {
    for city in cities().await {
        let (visitor, her) = (
            city.door("demo-07-visitor").await,
            city.person("王念慈").await,
        );
        let (id, version) = (her.key.id.as_str(), her.version.to_string());
        let owed = findings(&city, id).await;
        assert!(
            owed.iter()
                .any(|(kind, programme, ..)| kind == "owed" && programme == "senior_allowance")
        );
        let path = format!("/people/{id}/death");
        for (day, says) in [
            ("", "请填写去世日期"),
            ("2025-07-01", "不能晚于今天"),
            ("1900-01-01", "早于出生日期"),
        ] {
            let wrong = city
                .post(&path, &[("day", day), ("version", &version)], &visitor)
                .await;
            assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{day}");
            assert!(wrong.body.contains(says), "{day}");
        }
        let stale = city
            .post(&path, &[("day", "2025-06-20"), ("version", "99")], &visitor)
            .await;
        assert_eq!(stale.status, StatusCode::CONFLICT);
        let form = [
            ("day", "2025-06-20"),
            ("version", version.as_str()),
            ("remark", "村里报来"),
        ];
        let done = city.post(&path, &form, &visitor).await;
        assert_eq!(
            (done.status, done.to),
            (StatusCode::SEE_OTHER, format!("/people/{id}"))
        );

        let answers = "SELECT yes + unknown + ask + owed AS n FROM entitle_answer WHERE id = $1";
        assert_eq!(
            city.store.number(answers, values![id]).await.unwrap(),
            0,
            "{}",
            city.name
        );
        let open = findings(&city, id).await;
        let expect = (
            "undue".into(),
            "employee_pension".into(),
            20_250_620,
            "dead".into(),
        );
        assert_eq!(open, [expect], "{}", city.name);
        let closed = "SELECT CAST(count(*) AS BIGINT) AS n FROM entitle_finding WHERE id = $1 AND closed_on = 20250630";
        assert_eq!(
            city.store.number(closed, values![id]).await.unwrap(),
            owed.len() as i64
        );

        let officer = city.door("demo-03-county").await;
        let page = city.get(&format!("/people/{id}"), &officer).await.body;
        assert!(page.contains("2025年6月20日") && page.contains("不应享仍享"));
        let history = city
            .get(&format!("/people/{id}?tab=history"), &officer)
            .await
            .body;
        assert!(history.contains("去世") && history.contains("周小燕"));
        let undue = city.get("/", &officer).await.body;
        assert!(undue.contains("不应享仍享"));
        assert!(
            !city
                .get("/people?size=100", &officer)
                .await
                .body
                .contains(id)
        );
        assert!(
            city.get("/people?dead=1&size=100", &officer)
                .await
                .body
                .contains(id)
        );
        // Whoever looks her up finds her, with the day (nobody registers her again).
        let number = people::api::open_secret(&city.store, "id_number", her.id_number.as_ref());
        let number = number.unwrap().unwrap();
        for typed in ["王念慈", number.as_str(), &number[14..]] {
            let found = city.post("/people/search", &[("q", typed)], &officer).await;
            let page = format!("/people/{id}");
            let listed = found.to.starts_with("/people?found=")
                && city.get(&found.to, &officer).await.body.contains(&page);
            assert!(found.to == page || listed, "{typed}: {}", found.to);
        }
        // The day before she was still owed (invariant 5).
        let before = format!("/people/{id}?tab=entitlement&on=2025-06-19");
        assert!(
            city.get(&before, &officer)
                .await
                .body
                .contains("80周岁及以上")
        );
        let twice = [("day", "2025-06-21"), ("version", "2")];
        let twice = city.post(&path, &twice, &visitor).await;
        assert!(
            twice.status == StatusCode::UNPROCESSABLE_ENTITY && twice.body.contains("已经登记")
        );
        let differ = entitle::api::differences(&city.store, &city.published())
            .await
            .unwrap();
        assert!(differ.is_empty());
        city.close().await;
    }
}

/// Rows B05, B07; invariants 5 and 9: 张归迟's late death of the demo is there: paid on, found, and unknown in May.
#[tokio::test]
async fn the_late_death_of_the_demo_is_found() {
    for city in cities().await {
        let (officer, him) = (
            city.door("demo-03-county").await,
            city.person("张归迟").await,
        );
        let id = him.key.id.as_str();
        let open = findings(&city, id).await;
        assert!(
            open.iter().any(|(kind, programme, since, cause)| {
                kind == "undue"
                    && programme == "senior_allowance"
                    && *since == 20_250_312
                    && cause == "dead"
            }),
            "{open:?}"
        );
        let facts = people::api::facts_on(
            &city.store,
            &him.key,
            crate::place::day("2025-05-20"),
            kernel::Instant::at(crate::place::day("2025-05-20"), 0),
        );
        assert_eq!(
            facts.await.unwrap().facts.get(FactId::ALIVE),
            Some(&Value::Bool(true))
        );
        let page = city.get(&format!("/people/{id}"), &officer).await.body;
        assert!(page.contains("2025年3月12日"));
        city.close().await;
    }
}

async fn move_to(city: &City, person: &Person, to: &str, cookie: &str) -> crate::place::Answer {
    let version = city.person_of(&person.key.id).await.version.to_string();
    let form = [
        ("to", to),
        ("day", "2025-06-25"),
        ("version", version.as_str()),
    ];
    let path = format!("/people/{}/move", person.key.id);
    city.post(&path, &form, cookie).await
}

async fn village_of(city: &City, town: &str) -> String {
    let sql = "SELECT code FROM area_node WHERE code > $1 AND code < $2 ORDER BY code LIMIT 1";
    let (from, until) = (format!("{town}000"), format!("{town}999"));
    let row = city.store.one(sql, values![from, until]).await.unwrap();
    row.unwrap().text("code").unwrap()
}

/// Rows B05, B08; invariants 8 and 10: after a move both areas see her; residence counts move, the money's area stays.
#[tokio::test]
async fn after_a_move_both_areas_see_her() {
    for city in cities().await {
        let (worker, other) = (
            city.door("demo-01-town").await,
            city.door("demo-02-town").await,
        );
        let her = city.person("王念慈").await;
        let page = format!("/people/{}", her.key.id);
        assert_eq!(city.get(&page, &other).await.status, StatusCode::FORBIDDEN);
        let to = village_of(&city, "421381100").await;
        let wrong = move_to(&city, &her, "nowhere", &worker).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        let same = her.area(FactId::RESIDENCE_AREA).unwrap().to_string();
        let same = move_to(&city, &her, &same, &worker).await;
        assert!(same.status == StatusCode::UNPROCESSABLE_ENTITY && same.body.contains("一样"));
        let done = move_to(&city, &her, &to, &worker).await;
        assert_eq!(
            (done.status, done.to),
            (StatusCode::SEE_OTHER, page.clone())
        );
        for cookie in [&worker, &other] {
            let seen = city.get(&page, cookie).await;
            assert_eq!(seen.status, StatusCode::OK, "{}", city.name);
            assert!(seen.body.contains("人户分离"));
            assert!(
                city.get("/people?size=100", cookie)
                    .await
                    .body
                    .contains(&her.key.id)
            );
            let found = city
                .post("/people/search", &[("q", "王念慈")], cookie)
                .await;
            assert_eq!(found.to, page);
        }
        // 高龄津贴 follows 户籍, visits follow 常住.
        let mine = city.get("/owed?size=100", &worker).await.body;
        assert!(mine.contains(&her.key.id));
        let counted =
            "SELECT people AS n FROM entitle_tally WHERE area = $1 AND item = 24 AND state = 'yes'";
        let here = city
            .store
            .number(counted, values![to.as_str()])
            .await
            .unwrap();
        assert!(here >= 1);
        let history = city.get(&format!("{page}?tab=history"), &other).await.body;
        assert!(history.contains("迁移"));
        city.close().await;
    }
}

/// Rows B05, B08; invariants 8 and 10: a town where she is neither registered nor living any more loses her.
#[tokio::test]
async fn a_town_without_her_hukou_loses_who_moves_on() {
    for city in cities().await {
        let (worker, other) = (
            city.door("demo-01-town").await,
            city.door("demo-02-town").await,
        );
        let town: AreaCode = city
            .person("王念慈")
            .await
            .area(FactId::HUKOU_AREA)
            .unwrap()
            .up_to(Level::Town);
        let (here, third) = (
            village_of(&city, &town.as_str()[..9]).await,
            village_of(&city, "421303101").await,
        );
        let form = [
            ("name", "测过客"),
            ("birth_date", "1950-02-03"),
            ("sex", "male"),
            ("hukou_area", "421381100001"),
            ("residence_area", here.as_str()),
        ];
        let made = city.post("/people/new", &form, &worker).await;
        assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.body);
        let him = city.person("测过客").await;
        let page = format!("/people/{}", him.key.id);
        assert_eq!(made.to, page);
        assert_eq!(city.get(&page, &other).await.status, StatusCode::OK);
        let on = move_to(&city, &him, &third, &worker).await;
        assert_eq!(
            (on.status, on.to.as_str()),
            (StatusCode::SEE_OTHER, "/people"),
            "{}",
            city.name
        );
        assert_eq!(city.get(&page, &worker).await.status, StatusCode::FORBIDDEN);
        let found = city
            .post("/people/search", &[("q", &him.name)], &worker)
            .await;
        assert_ne!(found.to, page);
        assert_eq!(
            city.get(&page, &other).await.status,
            StatusCode::OK,
            "registered there"
        );
        assert_eq!(
            city.person_of(&him.key.id).await.key.shard,
            him.key.shard,
            "the shard never changes"
        );
        assert_eq!(
            city.person_of(&him.key.id)
                .await
                .area(FactId::RESIDENCE_AREA),
            Some(code(&third))
        );
        let differ = entitle::api::differences(&city.store, &city.published())
            .await
            .unwrap();
        assert!(differ.is_empty());
        city.close().await;
    }
}
