//! 工作移交: prepared by one, confirmed by another, passed on its day, given back after its time; nothing without an owner.
//! Rows M03.

use crate::place::{PASSWORD, Place, code, day, places};
use authz::{Actor, Role};
use axum::http::StatusCode;
use org::api::Grant;
use store::{Audit, Reads, values};

async fn work(place: &Place, owner: &str, ids: &[&str]) {
    let mut tx = place
        .store
        .begin(&Actor::system("test"), None)
        .await
        .unwrap();
    for id in ids {
        let sql = "INSERT INTO work (id, owner) VALUES ($1, $2)";
        tx.run(sql, values![*id, owner]).await.unwrap();
    }
    tx.audit(Audit::new("test"));
    tx.commit().await.unwrap();
}

async fn owned(place: &Place, owner: &str) -> String {
    let sql = "SELECT id FROM work WHERE owner = $1 ORDER BY id";
    let rows = place.store.all(sql, values![owner]).await.unwrap();
    rows.iter()
        .map(|row| row.text("id").unwrap())
        .collect::<Vec<_>>()
        .join(" ")
}

struct People {
    leaver: String,
    successor: String,
    system: String,
    security: String,
}

async fn people(place: &Place) -> People {
    let town = |area: &str| vec![Grant::area(&code(area), day("2024-01-01"))];
    let leaver = place
        .account("zhangmin", Role::TownWorker, town("421303106"))
        .await;
    let successor = place
        .account("zhaolixin", Role::TownWorker, town("421381101"))
        .await;
    place.account("lvxitong", Role::SystemAdmin, vec![]).await;
    place.account("shi", Role::SecurityAdmin, vec![]).await;
    People {
        leaver,
        successor,
        system: place.sign_in("lvxitong", PASSWORD).await.token(),
        security: place.sign_in("shi", PASSWORD).await.token(),
    }
}

impl People {
    async fn prepare(&self, place: &Place, from: &str, until: &str) -> String {
        let form = [
            ("leaver", self.leaver.as_str()),
            ("successor", self.successor.as_str()),
            ("reason", "leave"),
            ("from", from),
            ("until", until),
        ];
        let answer = place
            .post("/system/handovers/new", &form, &self.system)
            .await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        answer.to
    }
}

/// Row M03: who prepares cannot confirm; the list to sign names every piece; with the confirmation work and places pass,
/// and the leaver's own places end.
#[tokio::test]
async fn two_people_pass_on_what_a_third_leaves() {
    for place in places(false).await {
        let people = people(&place).await;
        work(&place, &people.leaver, &["a", "b"]).await;
        work(&place, &people.successor, &["z"]).await;
        let path = people.prepare(&place, "2025-06-30", "").await;
        let paper = place.get(&path, &people.security).await.body;
        for text in [
            "测zhangmin",
            "测zhaolixin",
            "曾都区万店镇",
            "事项 a",
            "事项 b",
            "监交人（签字）",
        ] {
            assert!(paper.contains(text), "{text}");
        }
        assert!(!paper.contains("事项 z"));
        let confirm = format!("{path}/confirm");
        let own = place.post(&confirm, &[], &people.system).await;
        assert_eq!(own.status, StatusCode::FORBIDDEN, "who prepared it");
        assert_eq!(owned(&place, &people.leaver).await, "a b");
        let (gone, here) = (
            place.sign_in("zhangmin", PASSWORD).await.token(),
            place.sign_in("zhaolixin", PASSWORD).await.token(),
        );
        assert!(!place.get("/coming", &here).await.body.contains("万店镇"));
        assert_eq!(place.post(&confirm, &[], &people.security).await.to, path);
        assert_eq!(owned(&place, &people.leaver).await, "", "{}", place.name);
        assert_eq!(owned(&place, &people.successor).await, "a b z");
        // The very next page of both knows.
        let scope = place.get("/coming", &here).await.body;
        assert!(scope.contains("万店镇") && scope.contains("武胜关镇"));
        assert!(
            place
                .get("/coming", &gone)
                .await
                .body
                .contains("未分配范围")
        );
        assert_eq!(
            place.post(&confirm, &[], &people.security).await.status,
            StatusCode::CONFLICT
        );
        place.close().await;
    }
}

/// Row M03 (AB岗): on its day, not before, work passes; after its time what is still open comes back, and the successor's
/// own stays; running the night's work twice changes nothing.
#[tokio::test]
async fn what_passes_for_a_time_comes_back() {
    for place in places(false).await {
        let people = people(&place).await;
        work(&place, &people.leaver, &["a", "b"]).await;
        work(&place, &people.successor, &["z"]).await;
        let path = people.prepare(&place, "2025-07-01", "2025-07-08").await;
        place
            .post(&format!("{path}/confirm"), &[], &people.security)
            .await;
        place.night().await;
        assert_eq!(owned(&place, &people.leaver).await, "a b", "not yet");
        place.clock.pass(86_400);
        for _ in 0..2 {
            place.night().await;
            assert_eq!(
                owned(&place, &people.successor).await,
                "a b z",
                "{}",
                place.name
            );
        }
        let here = place.sign_in("zhaolixin", PASSWORD).await.token();
        assert!(place.get("/coming", &here).await.body.contains("万店镇"));
        let mut tx = place
            .store
            .begin(&Actor::system("test"), None)
            .await
            .unwrap();
        tx.run("DELETE FROM work WHERE id = 'a'", vec![])
            .await
            .unwrap();
        tx.audit(Audit::new("test"));
        tx.commit().await.unwrap();
        place.clock.pass(7 * 86_400);
        for _ in 0..2 {
            place.night().await;
            assert_eq!(
                owned(&place, &people.leaver).await,
                "b",
                "what is done does not come back"
            );
            assert_eq!(owned(&place, &people.successor).await, "z");
        }
        let here = place.sign_in("zhaolixin", PASSWORD).await.token();
        assert!(!place.get("/coming", &here).await.body.contains("万店镇"));
        let back = place.sign_in("zhangmin", PASSWORD).await.token();
        assert!(place.get("/coming", &back).await.body.contains("万店镇"));
        place.close().await;
    }
}

/// Row M03: another role, oneself and a stopped account are no successor; work of a stopped account is 无人负责.
#[tokio::test]
async fn no_work_is_left_without_an_owner_unseen() {
    for place in places(false).await {
        let people = people(&place).await;
        let visitor = place.account("visitor", Role::Visitor, vec![]).await;
        let post = async |successor: &str| {
            let form = [
                ("leaver", people.leaver.as_str()),
                ("successor", successor),
                ("reason", "leaving"),
                ("from", "2025-06-30"),
            ];
            place
                .post("/system/handovers/new", &form, &people.system)
                .await
        };
        for (successor, says) in [
            (people.leaver.as_str(), "移交人自己"),
            (visitor.as_str(), "同一角色"),
            ("nobody", "没有这个账号"),
        ] {
            let refused = post(successor).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(refused.body.contains(says), "{says}");
        }
        work(&place, &people.leaver, &["a", "b"]).await;
        assert!(
            !place
                .get("/system/handovers", &people.system)
                .await
                .body
                .contains("无人负责")
        );
        place
            .post(
                &format!("/system/accounts/{}/disable", people.leaver),
                &[],
                &people.system,
            )
            .await;
        let page = place.get("/system/handovers", &people.system).await.body;
        assert!(
            page.contains("无人负责") && page.contains("测zhangmin 2 件"),
            "{}",
            place.name
        );
        let city = vec![Grant::area(&code("4213"), day("2024-01-01"))];
        place.account("liguihua", Role::CityCivil, city).await;
        let county = vec![Grant::management("421381", day("2024-01-01"))];
        place.account("wang", Role::CountyCivil, county).await;
        for (login, sees) in [("liguihua", true), ("wang", false)] {
            let token = place.sign_in(login, PASSWORD).await.token();
            let page = place.get("/ownerless", &token).await.body;
            assert_eq!(page.contains("测zhangmin"), sees, "{login} {}", place.name);
        }
        place.close().await;
    }
}
