//! 三员分立 and auditors: accounts are opened by one, granted by another, seen by a third. Rows M03, M05.

use crate::place::{PASSWORD, Place, places};
use authz::Role;
use axum::http::StatusCode;

async fn signed_in(place: &Place, login: &str, role: Role) -> (String, String) {
    let id = place.account(login, role, vec![]).await;
    (id, place.sign_in(login, PASSWORD).await.token())
}

/// Row M03: an inspector's grant names its order and ends within ninety days, holds at once and is taken back at once.
#[tokio::test]
async fn an_inspector_looks_under_an_order_and_for_a_time() {
    for place in places(false).await {
        let (inspector, eye) = signed_in(&place, "heshenji", Role::InspectorDiscipline).await;
        let (_, security) = signed_in(&place, "shi", Role::SecurityAdmin).await;
        let path = format!("/system/grants/{inspector}");
        let post = async |until: &str, mandate: &str| {
            let form = [
                ("from", "2025-06-30"),
                ("until", until),
                ("mandate", mandate),
                ("executor", ""),
                ("area", ""),
            ];
            place.post(&path, &form, &security).await
        };
        for (until, mandate, says) in [
            ("", "随审〔2025〕6号", "到哪天为止"),
            ("2025-07-31", "", "依据文号"),
            ("2025-09-29", "随审〔2025〕6号", "最多授权 90 天"),
            ("2025-06-30", "随审〔2025〕6号", "晚于开始"),
        ] {
            let refused = post(until, mandate).await;
            assert_eq!(
                refused.status,
                StatusCode::UNPROCESSABLE_ENTITY,
                "{until} {mandate}"
            );
            assert!(refused.body.contains(says), "{says}");
        }
        let scope = async || place.get("/coming", &eye).await.body;
        assert!(scope().await.contains("未分配范围"));
        assert_eq!(
            post("2025-07-31", "随审〔2025〕6号").await.status,
            StatusCode::SEE_OTHER
        );
        // The cache was forgotten: the very next page knows.
        assert!(scope().await.contains("随州市") && !scope().await.contains("未分配范围"));
        let page = place.get(&path, &security).await;
        assert!(page.body.contains("随审〔2025〕6号") && page.body.contains("测shi"));
        let end = page.between(&format!("action=\"{path}/"), "\"");
        assert_eq!(
            place
                .post(&format!("{path}/{end}"), &[], &security)
                .await
                .to,
            path
        );
        assert!(scope().await.contains("未分配范围"), "{}", place.name);
        assert_eq!(
            place
                .post(&format!("{path}/{end}"), &[], &security)
                .await
                .status,
            StatusCode::CONFLICT
        );
        assert_eq!(
            (
                place.logged("grant.add").await,
                place.logged("grant.end").await
            ),
            (1, 1)
        );
        place.close().await;
    }
}

/// Row M03: without an order and an end a grant of an inspector holds nothing; other roles keep theirs.
#[tokio::test]
async fn an_open_grant_of_an_inspector_holds_nothing() {
    for place in places(false).await {
        let everything = || {
            vec![org::api::Grant::area(
                &crate::place::code("4213"),
                crate::place::day("2025-01-01"),
            )]
        };
        place
            .account("heshenji", Role::InspectorDiscipline, everything())
            .await;
        place
            .account("liguihua", Role::CityCivil, everything())
            .await;
        let eye = place.sign_in("heshenji", PASSWORD).await.token();
        let city = place.sign_in("liguihua", PASSWORD).await.token();
        assert!(place.get("/coming", &eye).await.body.contains("未分配范围"));
        assert!(
            !place
                .get("/coming", &city)
                .await
                .body
                .contains("未分配范围"),
            "{}",
            place.name
        );
        place.close().await;
    }
}

/// Row M03: who opens accounts grants nothing, who grants opens nothing, who reads the log does neither.
#[tokio::test]
async fn the_three_administrators_do_not_do_each_others_work() {
    for place in places(false).await {
        let (id, system) = signed_in(&place, "lvxitong", Role::SystemAdmin).await;
        let (_, security) = signed_in(&place, "shi", Role::SecurityAdmin).await;
        let (_, audit) = signed_in(&place, "zhang", Role::AuditAdmin).await;
        for (path, who) in [
            ("/system/accounts", &system),
            ("/system/grants", &security),
            ("/system/notices", &security),
            ("/system/log", &audit),
            ("/system/questions", &audit),
        ] {
            for token in [&system, &security, &audit] {
                let expect = if token == who {
                    StatusCode::OK
                } else {
                    StatusCode::FORBIDDEN
                };
                assert_eq!(
                    place.get(path, token).await.status,
                    expect,
                    "{path} {}",
                    place.name
                );
            }
        }
        let grant = place
            .post(
                &format!("/system/grants/{id}"),
                &[("from", "2025-06-30")],
                &security,
            )
            .await;
        assert_eq!(
            grant.status,
            StatusCode::BAD_REQUEST,
            "an administrator has no place"
        );
        place.close().await;
    }
}
