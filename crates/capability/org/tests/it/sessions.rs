//! Sessions end by time and by a changed password; reading writes nothing.

use crate::place::{PASSWORD, Place, code, day, places};
use authz::Role;
use axum::http::StatusCode;
use org::api::Grant;
use store::Reads;

async fn open(place: &Place, token: &str) -> bool {
    place.get("/coming", token).await.status == StatusCode::OK
}

async fn worker(place: &Place) {
    place
        .account(
            "zhangmin",
            Role::TownWorker,
            vec![Grant::area(&code("421303106"), day("2024-01-01"))],
        )
        .await;
}

/// Row M03: half an hour unused ends a session, being used keeps it, 12 hours end it in any case.
#[tokio::test]
async fn a_session_ends_by_the_clock() {
    for place in places(false).await {
        worker(&place).await;
        let token = place.sign_in("zhangmin", PASSWORD).await.token();
        for _ in 0..5 {
            place.clock.pass(29 * 60);
            assert!(open(&place, &token).await, "{}", place.name);
        }
        place.clock.pass(30 * 60 + 1);
        assert!(!open(&place, &token).await, "{}", place.name);
        let token = place.sign_in("zhangmin", PASSWORD).await.token();
        for _ in 0..35 {
            place.clock.pass(20 * 60);
            assert!(open(&place, &token).await);
        }
        place.clock.pass(20 * 60);
        assert!(!open(&place, &token).await, "12 hours after signing in");
        for nonsense in ["", "x", "../../etc", &"0".repeat(64), &"f".repeat(10_000)] {
            assert!(!open(&place, nonsense).await);
        }
        place.close().await;
    }
}

/// Engineering.md 14: a GET writes nothing; when a session was last seen goes with the next POST, and
/// then survives a restart.
#[tokio::test]
async fn reading_pages_writes_nothing() {
    for place in places(false).await {
        worker(&place).await;
        let token = place.sign_in("zhangmin", PASSWORD).await.token();
        let seen = async || {
            let row = place
                .store
                .one("SELECT last_seen_at FROM org_session", vec![])
                .await
                .unwrap();
            row.unwrap().int("last_seen_at").unwrap()
        };
        let rows = async || {
            place
                .store
                .number(
                    "SELECT CAST(count(*) AS BIGINT) AS n FROM audit_row",
                    vec![],
                )
                .await
                .unwrap()
        };
        let (before, logged) = (seen().await, rows().await);
        for path in ["/coming", "/sign-in", "/password", "/big-text?on=1&back=/"] {
            place.clock.pass(120);
            place.get(path, &token).await;
        }
        assert_eq!(
            (seen().await, rows().await),
            (before, logged),
            "{}",
            place.name
        );
        place.post("/sign-in", &[], &token).await;
        assert!(seen().await > before);
        let once = rows().await;
        place.post("/sign-in", &[], &token).await;
        assert_eq!(rows().await, once, "at most once a minute");
        place.close().await;
    }
}

/// Row M03: a first password is changed before anything else.
#[tokio::test]
async fn a_first_password_is_changed_before_anything_else() {
    for place in places(false).await {
        place.fresh_account("root", Role::SystemAdmin, vec![]).await;
        let token = place.sign_in("root", PASSWORD).await.token();
        assert_eq!(place.get("/system/accounts", &token).await.to, "/password");
        assert_eq!(
            place.post("/system/accounts/new", &[], &token).await.to,
            "/password"
        );
        let page = place.get("/password", &token).await;
        assert!(page.status == StatusCode::OK && page.body.contains("请先设置自己的密码"));
        let form = |current, new, again| [("current", current), ("new", new), ("again", again)];
        for (fields, message) in [
            (form(PASSWORD, "short", "short"), "至少 10 个字符"),
            (form(PASSWORD, "1234567890", "1234567890"), "太常见"),
            (
                form(PASSWORD, "明月何时照我还乎啊", "明月何时照我还"),
                "至少 10 个字符",
            ),
            (
                form(PASSWORD, "明月何时照我还乎啊呀", "明月何时照我还"),
                "两次输入的新密码不一样",
            ),
            (
                form("wrong", "明月何时照我还乎啊呀", "明月何时照我还乎啊呀"),
                "现在的密码不对",
            ),
            (form("", "", ""), "请填写现在的密码"),
        ] {
            let answer = place.post("/password", &fields, &token).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{message}");
            assert!(answer.body.contains(message), "{message}");
            assert!(
                !answer.body.contains("明月何时"),
                "a password is never sent back"
            );
        }
        let good = form(PASSWORD, "明月何时照我还乎啊呀", "明月何时照我还乎啊呀");
        assert_eq!(
            place.post("/password", &good, &token).await.to,
            "/system/accounts",
            "{}",
            place.name
        );
        assert_eq!(
            place.get("/system/accounts", &token).await.status,
            StatusCode::OK
        );
        assert_eq!(
            place.sign_in("root", PASSWORD).await.status,
            StatusCode::UNPROCESSABLE_ENTITY
        );
        place.close().await;
    }
}

/// Row M03: changing the password signs out every other browser, at once and in this process.
#[tokio::test]
async fn a_changed_password_ends_other_sessions() {
    for place in places(false).await {
        worker(&place).await;
        let here = place.sign_in("zhangmin", PASSWORD).await.token();
        let there = place.sign_in("zhangmin", PASSWORD).await.token();
        assert!(open(&place, &here).await && open(&place, &there).await);
        let new = "明月何时照我还乎啊呀";
        place
            .post(
                "/password",
                &[("current", PASSWORD), ("new", new), ("again", new)],
                &here,
            )
            .await;
        assert!(open(&place, &here).await, "{}", place.name);
        assert!(!open(&place, &there).await, "{}", place.name);
        assert_eq!(place.logged("password.change").await, 1);
        place.close().await;
    }
}
