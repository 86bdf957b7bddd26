//! Households, guardians and proxies: by paper, with an end, seen by whom they name only.

use crate::place::{Place, ZENGDU, actor, day, key, new, places};
use authz::{Actor, Role, Scope};
use axum::http::StatusCode;
use kernel::Instant;
use store::{Audit, Reads, values};

const VILLAGE: &str = "421303001001";

async fn account(place: &Place, login: &str) -> String {
    let mut tx = place.store.begin(&actor(), None).await.unwrap();
    let new = org::api::NewAccount {
        login: login.into(),
        name: login.into(),
        role: Role::Family,
        password: None,
        grants: Vec::new(),
    };
    let id = org::api::create_account(&mut tx, new).await.unwrap();
    tx.commit().await.unwrap();
    id
}

async fn version(place: &Place, id: usize) -> String {
    let person = people::api::person(&place.store, &key(id).id)
        .await
        .unwrap();
    person.unwrap().version.to_string()
}

/// Rows B01, B02: somebody joins a household with day and reason, moves to another, leaves; each step is told.
#[tokio::test]
async fn a_household_has_a_history() {
    for place in places().await {
        place
            .register(&[
                new(1, "王秀兰", "1940-03-05", VILLAGE),
                new(2, "李国强", "1938-02-11", VILLAGE),
            ])
            .await;
        let page = format!("/people/{}/household", key(1).id);
        let stale = version(&place, 1).await;
        for (of, says) in [
            ("临421303-00000009", "没有这个身份证号"),
            ("", "请填写对方"),
            ("临421303-00000001", "没有这个身份证号"),
        ] {
            let form = [
                ("of", of),
                ("relation", "配偶"),
                ("day", "2025-05-01"),
                ("reason", "marriage"),
                ("version", stale.as_str()),
            ];
            let (status, _, body) = place.send(ZENGDU, "POST", &page, &form).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(body.contains(says), "{of}");
        }
        let form = [
            ("of", "临421303-00000002"),
            ("relation", "配偶"),
            ("day", "2025-05-01"),
            ("reason", "marriage"),
            ("version", stale.as_str()),
        ];
        assert_eq!(
            place.send(ZENGDU, "POST", &page, &form).await.0,
            StatusCode::SEE_OTHER
        );
        assert_eq!(
            place.send(ZENGDU, "POST", &page, &form).await.0,
            StatusCode::CONFLICT
        );
        let (_, body) = place
            .get(ZENGDU, &format!("/people/{}/home", key(1).id))
            .await;
        assert!(
            body.contains("李国强") && body.contains("户主") && body.contains("婚姻"),
            "{body}"
        );
        let now = version(&place, 1).await;
        let form = [
            ("day", "2025-06-01"),
            ("reason", "apart"),
            ("version", now.as_str()),
        ];
        let leave = format!("{page}/leave");
        assert_eq!(
            place.send(ZENGDU, "POST", &leave, &form).await.0,
            StatusCode::SEE_OTHER
        );
        let (_, body) = place
            .get(ZENGDU, &format!("/people/{}/home", key(1).id))
            .await;
        assert!(body.contains("离户") && body.contains("分户") && body.contains("还没有登记家庭"));
        place.tallies_are_right().await;
        place.close().await;
    }
}

/// Rows B02, B08, M03; invariant 10: a child is seen by the family account of its guardian, from the paper's first day until its last,
/// and by no other, whatever it was granted.
#[tokio::test]
async fn a_child_is_seen_by_its_guardians_only() {
    for place in places().await {
        place
            .register(&[new(3, "王小满", "2020-03-05", VILLAGE)])
            .await;
        let (mother, uncle) = (
            account(&place, "mother").await,
            account(&place, "uncle").await,
        );
        let mut tx = place.store.begin(&actor(), None).await.unwrap();
        org::api::grant_person(&mut tx, &uncle, &key(3).id, day("2020-01-01"), None)
            .await
            .unwrap();
        tx.audit(Audit::new("test"));
        tx.commit().await.unwrap();
        let page = format!("/people/{}/ties", key(3).id);
        let form = [
            ("holder_name", "周小燕"),
            ("tie_relation", "母亲"),
            ("paper", "birth"),
            ("paper_number", "S420000001"),
            ("from", "2025-01-01"),
            ("until", "2025-12-31"),
            ("account", "mother"),
        ];
        assert_eq!(
            place.send(ZENGDU, "POST", &page, &form).await.0,
            StatusCode::SEE_OTHER
        );
        let sealed = "SELECT paper_number FROM identity_tie";
        let row = place.store.one(sealed, vec![]).await.unwrap().unwrap();
        assert!(
            !row.text("paper_number").unwrap().contains("S420000001"),
            "sealed"
        );
        let granted =
            "SELECT count(*) AS n FROM org_grant WHERE account = $1 AND until_day = 20251231";
        assert_eq!(
            place
                .store
                .number(granted, values![mother.as_str()])
                .await
                .unwrap(),
            1
        );
        let hook = place.app.part::<people::api::GuardHook>().unwrap();
        let child = people::api::person(&place.store, &key(3).id)
            .await
            .unwrap()
            .unwrap();
        for (account, sees) in [(&mother, true), (&uncle, false)] {
            let ctx = place.ctx(Actor {
                id: account.clone(),
                name: "家属".into(),
                role: Role::Family,
                scope: Scope::People(vec![key(3).id]),
                scope_name: String::new(),
            });
            assert_eq!((hook.0)(&ctx, &child).await.unwrap(), sees);
            let (status, _) = place.get_as(&ctx, "/family").await;
            assert_eq!(status, StatusCode::OK);
            let (_, body) = place.get_as(&ctx, "/family").await;
            assert_eq!(body.contains("王小满"), sees);
            let page = format!("/people/{}", key(3).id);
            let (status, _) = place.get_as(&ctx, &page).await;
            assert_eq!(status == StatusCode::FORBIDDEN, !sees);
        }
        let (_, body) = place
            .get(ZENGDU, &format!("/people/{}/home", key(3).id))
            .await;
        assert!(
            body.contains("有效") && body.contains("监护人：周小燕") && body.contains("有家属账号")
        );
        // Ended, it is over from today.
        let tie = place
            .store
            .one("SELECT id FROM identity_tie", vec![])
            .await
            .unwrap()
            .unwrap();
        let end = format!("/ties/{}/end", tie.text("id").unwrap());
        assert_eq!(
            place.send(ZENGDU, "POST", &end, &[]).await.0,
            StatusCode::SEE_OTHER
        );
        let open =
            "SELECT count(*) AS n FROM org_grant WHERE account = $1 AND until_day > 20250630";
        assert_eq!(
            place
                .store
                .number(open, values![mother.as_str()])
                .await
                .unwrap(),
            0
        );
        let (_, body) = place
            .get(ZENGDU, &format!("/people/{}/home", key(3).id))
            .await;
        assert!(body.contains("已终止"));
        place.close().await;
    }
}

/// Rows B01; the family list: who has died is still there, and marked.
#[tokio::test]
async fn a_relative_who_died_stays_on_the_family_list() {
    for place in places().await {
        let mut gone = new(1, "王秀兰", "1940-03-05", VILLAGE);
        gone.facts = vec![("dead_on", rules::Value::Day(day("2025-02-01")))];
        place.register(&[gone]).await;
        let mut tx = place.store.begin(&actor(), None).await.unwrap();
        let record = people::api::Record {
            seq: 2,
            recorded: Instant::at(day("2025-02-02"), 0),
            source: "报去世".into(),
            by: "测试员".into(),
            sets: vec![people::api::Set {
                fact: rules::FactId::ALIVE,
                value: Some(rules::Value::Bool(false)),
                since: day("2025-02-01"),
                until: None,
            }],
            reason: None,
            withdrawn: None,
        };
        people::api::add_record(&mut tx, &key(1), &record)
            .await
            .unwrap();
        people::api::refresh(&mut tx, &key(1).id).await.unwrap();
        tx.audit(Audit::new("test"));
        tx.commit().await.unwrap();
        let ctx = place.ctx(Actor {
            id: "daughter".into(),
            name: "家属".into(),
            role: Role::Family,
            scope: Scope::People(vec![key(1).id]),
            scope_name: String::new(),
        });
        let (_, body) = place.get_as(&ctx, "/family").await;
        assert!(body.contains("王秀兰") && body.contains("已故"), "{body}");
        place.close().await;
    }
}
