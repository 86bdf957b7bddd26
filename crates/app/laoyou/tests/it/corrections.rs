//! 更正申请 and 数据体检 over the whole application.

use crate::place::{City, cities};
use axum::http::StatusCode;
use rules::Value;
use rules::facts::find;
use store::Reads;
use store::jobs::Job;

const TOWN: &str = "demo-01-town";
const OTHER_TOWN: &str = "demo-02-town";
const COUNTY: &str = "demo-03-county";
const DATA: &str = "demo-13-data";
const FAMILY: &str = "demo-08-family";

fn ask(value: &str) -> [(&str, &str); 4] {
    [
        ("value", value),
        ("since", "2025-05-01"),
        ("basis", "document"),
        ("says", "残疾人证原件已看"),
    ]
}

async fn grade(city: &City, id: &str) -> Option<Value> {
    let person = city.person_of(id).await;
    person.facts.get(find("disability_grade").unwrap()).cloned()
}

async fn state(city: &City, request: &str) -> String {
    let sql = "SELECT state FROM quality_request WHERE request = $1";
    let row = city.store.one(sql, store::values![request]).await.unwrap();
    row.unwrap().text("state").unwrap()
}

/// Files a request as `login`; its id.
async fn filed(city: &City, login: &str, id: &str, fact: &str, value: &str) -> String {
    let cookie = city.door(login).await;
    let path = format!("/people/{id}/facts/{fact}/request");
    let done = city.post(&path, &ask(value), &cookie).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
    let sql = "SELECT request FROM quality_request ORDER BY asked_at DESC, request DESC LIMIT 1";
    let row = city.store.one(sql, vec![]).await.unwrap().unwrap();
    row.text("request").unwrap()
}

/// Rows B01, B02; invariants 5, 10, 11: a town cannot write what 残联 owns; it asks, the page says 有异议 and the
/// value stays; the owner takes it with one click and the register moves, with the request as source. Two officers
/// cannot settle it twice.
#[tokio::test]
async fn a_fact_of_another_office_is_asked_for_and_taken_by_its_owner() {
    for city in cities().await {
        let (town, data) = (city.door(TOWN).await, city.door(DATA).await);
        let her = city.person("王念慈").await.key.id;
        let before = grade(&city, &her).await;
        let page = format!("/people/{her}?tab=facts");
        let path = format!("/people/{her}/facts/disability_grade/request");
        assert!(city.get(&page, &town).await.body.contains(&path));
        let same = before
            .as_ref()
            .map_or("unknown".to_owned(), rules::facts::value_text);
        let refused = city.post(&path, &ask(&same), &town).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            refused.body.contains("残疾人证原件已看"),
            "what was typed stays"
        );

        let request = filed(&city, TOWN, &her, "disability_grade", "2").await;
        assert_eq!(grade(&city, &her).await, before, "{}", city.name);
        let shown = city.get(&page, &town).await.body;
        assert!(shown.contains("有异议") && shown.contains("残联"));
        let again = city.post(&path, &ask("3"), &town).await;
        assert_eq!(again.status, StatusCode::CONFLICT);

        let one = format!("/corrections/{request}");
        assert!(city.get("/corrections", &data).await.body.contains(&one));
        let own = city.get(&one, &town).await.body;
        assert!(!own.contains("采纳并更正"), "who asked does not decide");
        let stranger = city.door(OTHER_TOWN).await;
        assert_eq!(
            city.get(&one, &stranger).await.status,
            StatusCode::FORBIDDEN
        );
        let by_town = city.post(&format!("{one}/acceptance"), &[], &town).await;
        assert_eq!(by_town.status, StatusCode::FORBIDDEN);

        let empty = city
            .post(&format!("{one}/refusal"), &[("answer", "")], &data)
            .await;
        assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
        let taken = city
            .post(&format!("{one}/acceptance"), &[("answer", "")], &data)
            .await;
        assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}", taken.body);
        assert_eq!(
            grade(&city, &her).await,
            Some(Value::Int(2)),
            "{}",
            city.name
        );
        assert_eq!(state(&city, &request).await, "accepted");
        let twice = city
            .post(&format!("{one}/acceptance"), &[("answer", "")], &data)
            .await;
        assert_eq!(twice.status, StatusCode::CONFLICT);
        let shown = city.get(&page, &town).await.body;
        assert!(!shown.contains("有异议：") && shown.contains("更正申请（证件、证明材料）"));
        city.columns_follow().await;
        city.close().await;
    }
}

/// Rows B01, B02; invariant 10: a family says that something is wrong; the owner answers with a reason that the
/// family reads. A request that the register comes to agree with is settled by itself.
#[tokio::test]
async fn a_family_asks_and_a_roll_or_correction_settles() {
    for city in cities().await {
        let county = city.door(COUNTY).await;
        let her = city.person("王念慈").await.key.id;
        let request = filed(&city, FAMILY, &her, "living", "with_family").await;
        let one = format!("/corrections/{request}");
        let said = [("answer", "六月八日上门，老人独自居住")];
        let done = city.post(&format!("{one}/refusal"), &said, &county).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
        let family = city.door(FAMILY).await;
        let read = city.get(&one, &family).await.body;
        assert!(read.contains("未采纳") && read.contains("老人独自居住"));

        let request = filed(&city, FAMILY, &her, "living", "with_family").await;
        let version = city.person_of(&her).await.version.to_string();
        let correction = [
            ("value", "with_family"),
            ("since", "2025-05-01"),
            ("reason", "visit"),
            ("remark", ""),
            ("version", version.as_str()),
        ];
        let path = format!("/people/{her}/facts/living/correction");
        let done = city.post(&path, &correction, &county).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
        assert_eq!(state(&city, &request).await, "settled", "{}", city.name);
        let back = city
            .post(&format!("/corrections/{request}/withdrawal"), &[], &family)
            .await;
        assert_eq!(back.status, StatusCode::CONFLICT);
        city.close().await;
    }
}

/// Rows B01, B06: the check-up counts gaps by town within the reader's scope; what it counts is what the register
/// lacks.
#[tokio::test]
async fn the_check_up_counts_by_town() {
    for city in cities().await {
        let job = Job {
            id: "none".to_owned(),
            kind: quality::CHECKUP.to_owned(),
            payload: "{\"now\":true}".to_owned(),
            attempts: 1,
            done_units: 0,
        };
        let spec = laoyou::compose::jobs()
            .into_iter()
            .find(|spec| spec.kind == job.kind)
            .unwrap();
        (spec.run)(std::sync::Arc::clone(&city.app), job)
            .await
            .unwrap();
        let counted = city
            .count("SELECT CAST(sum(people) AS BIGINT) AS n FROM quality_checkup WHERE kind = 'no_number'")
            .await;
        let lacking = city
            .count("SELECT CAST(count(*) AS BIGINT) AS n FROM people_person WHERE id_number IS NULL AND (alive IS NULL OR alive)")
            .await;
        assert_eq!(counted, lacking, "{}", city.name);
        let all = city.get("/checkup", &city.door("demo-05-city").await).await;
        assert_eq!(all.status, StatusCode::OK);
        assert!(all.body.contains("没有电话") && all.body.contains("随县"));
        let town = city.get("/checkup", &city.door(TOWN).await).await;
        assert!(
            !town.body.contains("广水市"),
            "only the own town on {}",
            city.name
        );
        city.close().await;
    }
}

/// Rows B02, M03; invariant 10: a family account that was granted a child and is no guardian of it may not ask for
/// corrections either: the form would say what is registered.
#[tokio::test]
async fn a_child_is_not_seen_through_a_request() {
    for city in cities().await {
        let child = "SELECT id FROM people_person WHERE birth_date > 20150101 AND alive ORDER BY id LIMIT 1";
        let child = city.store.one(child, vec![]).await.unwrap().unwrap();
        let child = child.text("id").unwrap();
        let family = "SELECT id FROM org_account WHERE login = $1";
        let family = city
            .store
            .one(family, store::values![FAMILY])
            .await
            .unwrap();
        let account = family.unwrap().text("id").unwrap();
        let by = authz::Actor::system("test");
        let mut tx = city.store.begin(&by, None).await.unwrap();
        let since = "2025-01-01".parse().unwrap();
        org::api::grant_person(&mut tx, &account, &child, since, None)
            .await
            .unwrap();
        tx.audit(store::Audit::new("test"));
        tx.commit().await.unwrap();
        let cookie = city.door(FAMILY).await;
        for path in ["", "/facts/living/request"] {
            let page = city.get(&format!("/people/{child}{path}"), &cookie).await;
            assert_eq!(
                page.status,
                StatusCode::FORBIDDEN,
                "{path} on {}",
                city.name
            );
            assert!(page.body.contains("监护人"), "{path}");
        }
        city.close().await;
    }
}
