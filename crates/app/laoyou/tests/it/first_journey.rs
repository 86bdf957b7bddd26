//! The first five minutes of docs/demo-city.md: find her, see what she is owed and why, correct a fact.

use crate::place::{Answer, City, cities};
use axum::http::StatusCode;
use rules::facts::find;
use rules::{FactId, Value};
use store::{Reads, values};

const WORKER: &str = "demo-01-town";
const OTHER_WORKER: &str = "demo-02-town";

fn correction<'a>(value: &'a str, version: &'a str) -> [(&'a str, &'a str); 5] {
    [
        ("value", value),
        ("since", "2025-05-01"),
        ("reason", "visit"),
        ("remark", "六月八日上门见到本人"),
        ("version", version),
    ]
}

async fn correct(city: &City, id: &str, value: &str, version: i64, cookie: &str) -> Answer {
    let path = format!("/people/{id}/facts/living/correction");
    city.post(&path, &correction(value, &version.to_string()), cookie)
        .await
}

/// Whether item `no` is a yes in the stored answers.
async fn entitled(city: &City, id: &str, no: u32) -> bool {
    let sql = "SELECT yes AS n FROM entitle_answer WHERE id = $1";
    let yes = city.store.number(sql, values![id]).await.unwrap();
    yes & (1 << (no - 1)) != 0
}

/// Rows B01, C01, C05; invariants 3, 10 and 11: a town worker finds 王念慈 by name and sees 高龄津贴 应享未享
/// with its clause, its conditions, the facts they read and since when each is true and known.
#[tokio::test]
async fn a_worker_finds_her_and_sees_what_she_is_owed_and_why() {
    for city in cities().await {
        let (worker, her) = (city.door(WORKER).await, city.person("王念慈").await);
        let page = format!("/people/{}", her.key.id);
        for typed in ["王念慈", "念慈", "wnc"] {
            let answer = city.post("/people/search", &[("q", typed)], &worker).await;
            let to = if answer.to.starts_with("/people?found=") {
                let list = city.get(&answer.to, &worker).await;
                assert!(list.body.contains(&page), "{typed}");
                page.clone()
            } else {
                answer.to
            };
            assert_eq!(to, page, "{typed} on {}", city.name);
        }
        let answer = city.get(&page, &worker).await;
        assert_eq!(answer.status, StatusCode::OK);
        for text in ["王念慈", "84周岁", "应享未享", "高龄津贴", "429***********"] {
            assert!(answer.body.contains(text), "{text}");
        }
        let why = city.get(&format!("{page}?tab=entitlement"), &worker).await;
        for text in [
            "应享未享",
            "50.00 元/月",
            "本市户籍80周岁及以上老年人",
            "附件1第3项",
            "80周岁及以上",
            "1941年3月25日",
            "1941-03-25 起",
            "2024-05-30 登记",
            "公安人口库",
        ] {
            assert!(why.body.contains(text), "{text}");
        }
        let owed = city.get("/owed", &worker).await;
        assert!(owed.body.contains(&page) && owed.body.contains("2023-06-01"));
        let desk = city.get("/", &worker).await.body;
        assert!(
            desk.contains("王**") && !desk.contains("王念慈"),
            "masked on the desk"
        );
        let before = city
            .get(&format!("{page}?tab=entitlement&on=2021-03-24"), &worker)
            .await;
        assert!(
            !before.body.contains("没有这个"),
            "a day before the list is still a page"
        );
        city.close().await;
    }
}

/// Rows B01, B04, B14, C24; invariants 3, 5 and 11; engineering.md 7: a correction moves answers and lists in the
/// same transaction, and its history stays.
#[tokio::test]
async fn a_correction_moves_answers_and_lists_and_stays_in_the_history() {
    for city in cities().await {
        let (worker, her) = (city.door(WORKER).await, city.person("王念慈").await);
        let id = her.key.id.as_str();
        assert!(entitled(&city, id, 24).await);
        let alone = city.get("/people?group=alone", &worker).await.body;
        assert!(alone.contains(id));
        let visits = "/list/24/people?state=yes";
        assert!(city.get(visits, &worker).await.body.contains(id));
        let tally = "SELECT people AS n FROM entitle_tally WHERE area = '421321000000' AND item = 24 AND state = 'yes'";
        let counted = city.count(tally).await;

        let form = city
            .get(&format!("/people/{id}/facts/living/correction"), &worker)
            .await;
        assert!(form.body.contains("独居") && form.body.contains(r#"name="version""#));
        let done = correct(&city, id, "with_family", her.version, &worker).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
        assert_eq!(done.to, format!("/people/{id}?tab=facts"));

        assert!(!entitled(&city, id, 24).await, "{}", city.name);
        assert!(
            !city
                .get("/people?group=alone", &worker)
                .await
                .body
                .contains(id)
        );
        assert!(!city.get(visits, &worker).await.body.contains(id));
        assert_eq!(city.count(tally).await, counted - 1);
        assert!(
            entitled(&city, id, 3).await,
            "高龄津贴 does not ask how she lives"
        );
        let facts = city
            .get(&format!("/people/{id}?tab=facts"), &worker)
            .await
            .body;
        assert!(facts.contains("<strong>与家人同住</strong>") && facts.contains("2025-05-01"));
        let history = city
            .get(&format!("/people/{id}?tab=history"), &worker)
            .await
            .body;
        for text in ["入户核实", "居住状况：与家人同住", "居住状况：独居", "张敏"]
        {
            assert!(history.contains(text), "{text}");
        }
        // As known before the correction she still lives alone on that day (invariant 5).
        let then = format!("/people/{id}?tab=facts&on=2025-06-01&known=2025-06-29");
        let then = city.get(&then, &worker).await.body;
        assert!(then.contains("<strong>独居</strong>"), "{}", city.name);
        assert!(
            !then.contains("<strong>与家人同住</strong>"),
            "{}",
            city.name
        );
        let april = city
            .get(&format!("/people/{id}?tab=facts&on=2025-04-30"), &worker)
            .await
            .body;
        assert!(april.contains("<strong>独居</strong>"));
        // The remark stands apart from log and history.
        let remark = "SELECT CAST(count(*) AS BIGINT) AS n FROM people_remark WHERE remark = '六月八日上门见到本人'";
        assert_eq!(city.count(remark).await, 1);
        let leaked =
            "SELECT CAST(count(*) AS BIGINT) AS n FROM audit_row WHERE detail LIKE '%上门%'";
        assert_eq!(city.count(leaked).await, 0);
        city.close().await;
    }
}

/// Rows B04, B14, C24; invariant 3: what a visit settles is 待核实 until somebody records it, then 符合.
#[tokio::test]
async fn an_unknown_is_settled_by_a_visit() {
    for city in cities().await {
        let (officer, him) = (city.door("demo-05-city").await, city.person("李守望").await);
        let id = him.key.id.as_str();
        let page = city
            .get(&format!("/people/{id}?tab=entitlement"), &officer)
            .await
            .body;
        assert!(page.contains("待核实") && page.contains("居家探访关爱服务"));
        assert!(
            city.get("/unsettled", &officer)
                .await
                .body
                .contains("居住状况")
        );
        let before = city.get("/unsettled/living?size=100", &officer).await;
        assert_eq!(before.status, StatusCode::OK);
        assert!(!entitled(&city, id, 24).await);
        let done = correct(&city, id, "alone", him.version, &officer).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER);
        assert!(entitled(&city, id, 24).await, "{}", city.name);
        let missing = "SELECT CAST(count(*) AS BIGINT) AS n FROM entitle_answer WHERE id = $1 AND (unknown & 8388608) <> 0";
        assert_eq!(city.store.number(missing, values![id]).await.unwrap(), 0);
        // And back to unknown: neither refused nor paid.
        let now = city.person_of(id).await;
        let done = correct(&city, id, "unknown", now.version, &officer).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER);
        assert!(!entitled(&city, id, 24).await);
        let now = city.person_of(id).await;
        assert_eq!(now.facts.get(find("living").unwrap()), None);
        assert_eq!(city.store.number(missing, values![id]).await.unwrap(), 1);
        city.close().await;
    }
}

/// Rows B01, B04; invariant 11: who saves second is told (409) and loses nothing typed; wrong input (422) keeps
/// what was typed; neither writes anything.
#[tokio::test]
async fn a_stale_form_and_wrong_input_keep_what_was_typed() {
    for city in cities().await {
        let (worker, her) = (city.door(WORKER).await, city.person("王念慈").await);
        let id = her.key.id.as_str();
        let done = correct(&city, id, "empty_nest", her.version, &worker).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER);
        let stale = correct(&city, id, "with_family", her.version, &worker).await;
        assert_eq!(stale.status, StatusCode::CONFLICT, "{}", city.name);
        for text in ["六月八日上门见到本人", "2025-05-01", "空巢"] {
            assert!(stale.body.contains(text), "{text}");
        }
        assert_eq!(stale.header("cache-control"), "no-store");
        let path = format!("/people/{id}/facts/living/correction");
        for (field, value, says) in [
            ("value", "", "请填写居住状况"),
            ("value", "castle", "castle"),
            ("since", "", "请填写从哪一天起"),
            ("since", "2025-13-45", "2025-13-45"),
            ("since", "2025-07-01", "不能晚于今天"),
            ("reason", "", "请选择更正依据"),
            ("reason", "because", "请选择更正依据"),
        ] {
            let version = (her.version + 1).to_string();
            let mut form = correction("with_family", &version);
            form.iter_mut().find(|(name, _)| *name == field).unwrap().1 = value;
            let answer = city.post(&path, &form, &worker).await;
            assert_eq!(
                answer.status,
                StatusCode::UNPROCESSABLE_ENTITY,
                "{field} {value}"
            );
            assert!(answer.body.contains(says), "{field} {value}: {says}");
            assert!(
                answer.body.contains("六月八日上门见到本人"),
                "{field} {value}"
            );
        }
        let now = city.person_of(id).await;
        assert_eq!(now.version, her.version + 1);
        assert_eq!(
            now.facts.get(find("living").unwrap()),
            Some(&Value::Word("empty_nest"))
        );
        let records = people::api::records(&city.store, &her.key).await.unwrap();
        let corrections = records.iter().filter(|record| record.reason.is_some());
        assert_eq!(corrections.count(), 1);
        // A fact of another office is handed on, not changed.
        let police = format!("/people/{id}/facts/birth_date/correction");
        let refused = city
            .post(&police, &correction("1930-01-01", "2"), &worker)
            .await;
        assert!(refused.status == StatusCode::FORBIDDEN && refused.body.contains("公安"));
        assert_eq!(
            city.get("/people/x/facts/nothing/correction", &worker)
                .await
                .status,
            StatusCode::NOT_FOUND
        );
        city.close().await;
    }
}

/// Rows B04, M03; invariants 7 and 10: two corrections from the same page at once: one wins, nothing is lost between.
#[tokio::test]
async fn of_two_at_once_one_wins() {
    for city in cities().await {
        let (worker, her) = (city.door(WORKER).await, city.person("王念慈").await);
        let id = her.key.id.as_str();
        let (a, b) = tokio::join!(
            correct(&city, id, "empty_nest", her.version, &worker),
            correct(&city, id, "with_family", her.version, &worker)
        );
        let mut seen = [a.status, b.status];
        seen.sort();
        assert_eq!(
            seen,
            [StatusCode::SEE_OTHER, StatusCode::CONFLICT],
            "{}",
            city.name
        );
        let published = city.published();
        let differ = entitle::api::differences(&city.store, &published)
            .await
            .unwrap();
        assert!(differ.is_empty(), "{differ:?}");
        city.close().await;
    }
}

/// Rows M03, B01; invariants 8 and 10: a worker of another town is refused with the office to ask, and no
/// list, search, count or export of theirs holds her.
#[tokio::test]
async fn another_town_is_refused_and_told_whom_to_ask() {
    for city in cities().await {
        let (other, her) = (city.door(OTHER_WORKER).await, city.person("王念慈").await);
        let id = her.key.id.as_str();
        for path in [
            "",
            "?tab=entitlement",
            "/death",
            "/move",
            "/facts/living/correction",
        ] {
            let refused = city.get(&format!("/people/{id}{path}"), &other).await;
            assert_eq!(
                refused.status,
                StatusCode::FORBIDDEN,
                "{path} on {}",
                city.name
            );
            assert!(
                refused.body.contains("可向") && refused.body.contains("唐县镇"),
                "{path}"
            );
            assert!(!refused.body.contains("王念慈"), "{path}");
        }
        for (path, form) in [
            ("/unmasking", [("reason", "verify")]),
            ("/death", [("day", "2025-06-01")]),
            ("/facts/living/correction", [("value", "alone")]),
        ] {
            let refused = city
                .post(&format!("/people/{id}{path}"), &form, &other)
                .await;
            assert_eq!(refused.status, StatusCode::FORBIDDEN, "{path}");
            assert!(!refused.body.contains("王念慈"), "{path}");
        }
        for path in [
            "/",
            "/people?size=100",
            "/people?area=421321&size=100",
            "/owed?size=100",
            "/owed?area=421321",
            "/unsettled/living?size=100",
            "/list/3/people?state=owed",
            "/list/3/people?state=owed&area=421321",
            "/list/4/people?state=yes&area=421321103",
        ] {
            let page = city.get(path, &other).await;
            assert!(
                !page.body.contains(id) && !page.body.contains("王念慈"),
                "{path}"
            );
        }
        let found = city
            .post("/people/search", &[("q", "王念慈")], &other)
            .await;
        let page = city.get(&found.to, &other).await;
        assert!(page.body.contains("找到 0 人") && !page.body.contains(id));
        // Trying the door is in the log.
        let tried = "SELECT CAST(count(*) AS BIGINT) AS n FROM audit_row WHERE action = 'person.refused' AND subject = $1";
        assert!(city.store.number(tried, values![id]).await.unwrap() >= 5);
        city.close().await;
    }
}

/// Rows M03, B01; invariant 10: a family sees its own person, with what she is owed and who looked, and nobody else.
#[tokio::test]
async fn a_family_sees_its_own_person_only() {
    for city in cities().await {
        let (family, her) = (
            city.door("demo-08-family").await,
            city.person("王念慈").await,
        );
        let home = city.get("/family", &family).await;
        assert!(home.status == StatusCode::OK && home.body.contains("王念慈"));
        let page = city
            .get(&format!("/people/{}?tab=entitlement", her.key.id), &family)
            .await;
        assert!(page.status == StatusCode::OK && page.body.contains("高龄津贴"));
        let reads = city
            .get(&format!("/people/{}?tab=history", her.key.id), &family)
            .await;
        assert!(reads.body.contains("查阅档案"));
        let others = "SELECT id FROM people_person WHERE name IN ('李守望', '陈念乡', '刘小满')";
        for row in city.store.all(others, vec![]).await.unwrap() {
            let page = city
                .get(&format!("/people/{}", row.text("id").unwrap()), &family)
                .await;
            assert_eq!(page.status, StatusCode::FORBIDDEN);
        }
        for path in [
            "/people",
            "/owed",
            "/list/3/people?state=owed",
            "/people/new",
        ] {
            assert_eq!(
                city.get(path, &family).await.status,
                StatusCode::FORBIDDEN,
                "{path}"
            );
        }
        let unmask = format!("/people/{}/unmasking", her.key.id);
        let unmask = city.post(&unmask, &[("reason", "verify")], &family).await;
        assert_eq!(unmask.status, StatusCode::FORBIDDEN);
        city.close().await;
    }
}

/// Names of at least three characters that are nobody's account: none of them is an ordinary word.
async fn names(city: &City) -> Vec<String> {
    let sql = "SELECT name FROM people_person WHERE length(name) >= 3 AND name NOT IN (SELECT name FROM org_account)";
    let rows = city.store.all(sql, vec![]).await.unwrap();
    rows.iter().map(|row| row.text("name").unwrap()).collect()
}

/// Rows M03, C01; invariant 10: a leader gets the counts and no name; the three administrators and every role whose
/// work is still to come get no personal data at all, on any page of the product.
#[tokio::test]
async fn leaders_get_counts_and_administrators_no_personal_data() {
    for city in cities().await {
        let names = names(&city).await;
        assert!(names.len() > 500);
        let her = city.person("王念慈").await;
        let leader = city.door("demo-09-leader").await;
        let list = city.get("/list", &leader).await;
        assert!(list.status == StatusCode::OK && list.body.contains("高龄津贴"));
        let sql = "SELECT people AS n FROM entitle_tally WHERE area = '421300000000' AND item = 4 AND state = 'yes'";
        let count = city.count(sql).await;
        assert!(list.body.contains(&count.to_string()), "{count}");
        for login in [
            "demo-09-leader",
            "demo-24-system",
            "demo-25-security",
            "demo-26-logs",
            "demo-12-planner",
            "demo-14-finance",
        ] {
            let cookie = city.door(login).await;
            let id = her.key.id.as_str();
            for path in crate::ledger::pages(id, "senior_allowance") {
                let page = city.get(&path, &cookie).await;
                assert!(!page.status.is_server_error(), "{login} {path}");
                let named = names.iter().find(|name| page.body.contains(name.as_str()));
                assert_eq!(named, None, "{login} {path} on {}", city.name);
            }
            for path in ["/people", "/owed", &format!("/people/{id}")] {
                assert_eq!(
                    city.get(path, &cookie).await.status,
                    StatusCode::FORBIDDEN,
                    "{login} {path}"
                );
            }
            let found = city
                .post("/people/search", &[("q", "王念慈")], &cookie)
                .await;
            assert!(!found.to.contains(id), "{login}");
        }
        assert_eq!(
            her.area(FactId::HUKOU_AREA),
            her.area(FactId::RESIDENCE_AREA)
        );
        city.close().await;
    }
}
