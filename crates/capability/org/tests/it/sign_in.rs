//! Signing in and out, locks, doors, and where one is sent afterwards.

use crate::place::{PASSWORD, code, day, places};
use authz::Role;
use axum::http::StatusCode;
use org::api::Grant;

fn town() -> Vec<Grant> {
    vec![Grant::area(&code("421303106"), day("2024-01-01"))]
}

/// Row M03: in and out over HTTP; the cookie is closed to scripts; each act is in the log.
#[tokio::test]
async fn somebody_signs_in_and_out() {
    for place in places(false).await {
        let id = place.account("zhangmin", Role::TownWorker, town()).await;
        assert_eq!(place.get("/coming", "").await.to, "/sign-in?next=%2Fcoming");
        assert_eq!(
            place.get("/sign-in?next=%2Fcoming", "").await.status,
            StatusCode::OK
        );
        let answer = place.sign_in(" ZhangMin ", PASSWORD).await;
        assert_eq!(
            (answer.status, answer.to.as_str()),
            (StatusCode::SEE_OTHER, "/"),
            "{}",
            place.name
        );
        let cookie = answer
            .cookies
            .iter()
            .find(|cookie| cookie.starts_with("laoyou="))
            .unwrap();
        assert!(
            cookie.ends_with("; Path=/; HttpOnly; SameSite=Lax"),
            "{cookie}"
        );
        let token = answer.token();
        let page = place.get("/coming", &token).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.body.contains("曾都区万店镇") && page.body.contains("测zhangmin"));
        assert!(!place.log_text().await.contains(&token));
        let out = place.post("/sign-out", &[], &token).await;
        assert_eq!(out.to, "/sign-in");
        assert!(
            out.cookies
                .iter()
                .any(|cookie| cookie.starts_with("laoyou=;") && cookie.contains("Max-Age=0"))
        );
        assert_eq!(
            place.get("/coming", &token).await.status,
            StatusCode::SEE_OTHER
        );
        assert_eq!(
            (
                place.logged("sign_in").await,
                place.logged("sign_out").await
            ),
            (1, 1)
        );
        assert!(place.log_text().await.contains(&id));
        place.close().await;
    }
}

/// Row M03: nobody can tell an unknown login from a wrong password, not even by its lock; the log holds
/// a keyed digest, never what was typed.
#[tokio::test]
async fn an_unknown_login_behaves_like_a_wrong_password() {
    for place in places(false).await {
        place.account("zhangmin", Role::TownWorker, town()).await;
        for _ in 0..6 {
            let known = place.sign_in("zhangmin", "not the password").await;
            let unknown = place.sign_in("lisiguan", "not the password").await;
            assert_eq!(
                (known.status, unknown.status),
                (StatusCode::UNPROCESSABLE_ENTITY, known.status)
            );
            assert_eq!(
                known.body.replace("zhangmin", "lisiguan"),
                unknown.body,
                "{}",
                place.name
            );
            assert!(known.cookies.is_empty() && !known.body.contains("not the password"));
        }
        assert_eq!(place.logged("sign_in.failed").await, 12);
        let log = place.log_text().await;
        assert!(
            !log.contains("zhangmin")
                && !log.contains("lisiguan")
                && !log.contains("not the password")
        );
        place.close().await;
    }
}

/// Row M03: five wrong tries lock a login for 15 minutes by the clock, also for the right password.
#[tokio::test]
async fn five_wrong_tries_lock_a_login_until_the_clock_says() {
    for place in places(false).await {
        place.account("zhangmin", Role::TownWorker, town()).await;
        for _ in 0..4 {
            assert!(
                place
                    .sign_in("zhangmin", "wrong")
                    .await
                    .body
                    .contains("账号或密码不对")
            );
        }
        assert!(
            place
                .sign_in("zhangmin", "wrong")
                .await
                .body
                .contains("09:15 以后再试")
        );
        let right = place.sign_in("zhangmin", PASSWORD).await;
        assert_eq!(
            right.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{}",
            place.name
        );
        assert!(right.body.contains("09:15 以后再试"));
        place.clock.pass(15 * 60 - 1);
        assert_eq!(
            place.sign_in("zhangmin", PASSWORD).await.status,
            StatusCode::UNPROCESSABLE_ENTITY
        );
        place.clock.pass(1);
        assert!(
            place
                .sign_in("zhangmin", "wrong")
                .await
                .body
                .contains("账号或密码不对"),
            "counting starts over"
        );
        assert_eq!(
            place.sign_in("zhangmin", PASSWORD).await.status,
            StatusCode::SEE_OTHER
        );
        place.close().await;
    }
}

/// Row M03: tries at the same moment are counted one after the other.
#[tokio::test]
async fn tries_at_the_same_moment_all_count() {
    for place in places(false).await {
        place.account("zhangmin", Role::TownWorker, town()).await;
        let tries = || place.sign_in("zhangmin", "wrong");
        tokio::join!(tries(), tries(), tries(), tries(), tries());
        let right = place.sign_in("zhangmin", PASSWORD).await;
        assert_eq!(
            right.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{}",
            place.name
        );
        place.close().await;
    }
}

/// Row M03: after signing in nobody is sent to a stranger's address.
#[tokio::test]
async fn an_open_redirect_is_refused() {
    for place in places(true).await {
        let id = place.account("zhangmin", Role::TownWorker, town()).await;
        for (next, to) in [
            ("/people?page=2", "/people?page=2"),
            ("https://evil.cn/", "/"),
            ("//evil.cn", "/"),
            ("/\\evil.cn", "/"),
            ("/sign-out", "/"),
            ("", "/"),
        ] {
            let form = [
                ("login", "zhangmin"),
                ("password", PASSWORD),
                ("next", next),
            ];
            assert_eq!(place.post("/sign-in", &form, "").await.to, to, "{next}");
            let door = [("account", id.as_str()), ("next", next)];
            assert_eq!(
                place.post("/demo/sign-in", &door, "").await.to,
                to,
                "{next}"
            );
            let big = place
                .get(
                    &format!("/big-text?on=1&back={}", ui::query_encode(next)),
                    "",
                )
                .await;
            assert!(
                big.to.starts_with('/') && !big.to.contains("evil"),
                "{next}"
            );
        }
        place.close().await;
    }
}

/// Row M03: a disabled account is told so only with the right password, and its door is shut.
#[tokio::test]
async fn a_disabled_account_stays_out() {
    for place in places(true).await {
        place.account("root", Role::SystemAdmin, vec![]).await;
        let id = place.account("zhangmin", Role::TownWorker, town()).await;
        let admin = place.sign_in("root", PASSWORD).await.token();
        let open = place.sign_in("zhangmin", PASSWORD).await.token();
        assert_eq!(place.get("/coming", &open).await.status, StatusCode::OK);
        place
            .post(&format!("/system/accounts/{id}/disable"), &[], &admin)
            .await;
        assert_eq!(
            place.get("/coming", &open).await.status,
            StatusCode::SEE_OTHER,
            "{}",
            place.name
        );
        assert!(
            place
                .sign_in("zhangmin", PASSWORD)
                .await
                .body
                .contains("账号已停用")
        );
        assert!(
            place
                .sign_in("zhangmin", "wrong")
                .await
                .body
                .contains("账号或密码不对")
        );
        let door = place
            .post("/demo/sign-in", &[("account", id.as_str())], "")
            .await;
        assert_eq!(door.status, StatusCode::NOT_FOUND);
        place
            .post(&format!("/system/accounts/{id}/enable"), &[], &admin)
            .await;
        assert_eq!(
            place.sign_in("zhangmin", PASSWORD).await.status,
            StatusCode::SEE_OTHER
        );
        place.close().await;
    }
}

/// Row M05; engineering.md 19: doors exist in a demo only.
#[tokio::test]
async fn a_demo_door_opens_in_a_demo_only() {
    for (demo, status) in [
        (false, StatusCode::NOT_FOUND),
        (true, StatusCode::SEE_OTHER),
    ] {
        for place in places(demo).await {
            let id = place.account("zhangmin", Role::TownWorker, town()).await;
            place
                .account(
                    "czj",
                    Role::Finance,
                    vec![Grant::area(&code("421303"), day("2024-01-01"))],
                )
                .await;
            let page = place.get("/sign-in", "").await.body;
            assert_eq!(page.contains("曾都区万店镇 · 测zhangmin"), demo);
            assert_eq!(page.contains("能力建设中：可看菜单与管辖范围"), demo);
            let answer = place
                .post("/demo/sign-in", &[("account", id.as_str())], "")
                .await;
            assert_eq!(answer.status, status, "{}", place.name);
            if demo {
                assert_eq!(
                    place.get("/coming", &answer.token()).await.status,
                    StatusCode::OK
                );
                let stranger = place
                    .post("/demo/sign-in", &[("account", "nobody")], "")
                    .await;
                assert_eq!(stranger.status, StatusCode::NOT_FOUND);
            } else {
                assert_eq!(place.sessions().await, 0);
            }
            place.close().await;
        }
    }
}

/// Item F: 大字版 is a cookie that needs no account.
#[tokio::test]
async fn big_text_is_a_cookie() {
    for place in places(false).await {
        let on = place.get("/big-text?on=1&back=%2Fsign-in", "").await;
        assert_eq!(on.to, "/sign-in");
        assert!(
            on.cookies[0].starts_with("big=1; Path=/"),
            "{:?}",
            on.cookies
        );
        let off = place.get("/big-text?on=0&back=%2Fsign-in", "").await;
        assert!(off.cookies[0].starts_with("big=;") && off.cookies[0].contains("Max-Age=0"));
        assert_eq!(
            place.get("/big-text?off=1", "").await.status,
            StatusCode::BAD_REQUEST
        );
        place.close().await;
    }
}
