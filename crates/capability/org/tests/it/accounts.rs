//! Administration of accounts and the log.

use crate::place::{PASSWORD, code, day, places};
use authz::Role;
use axum::http::StatusCode;
use org::api::{Grant, account_names, accounts, first_admin};

fn first_code(body: &str) -> String {
    let (_, tail) = body.split_once("id=\"first-code\">").unwrap();
    tail.split('<').next().unwrap().to_owned()
}

/// Row M03: an administrator opens an account for a role and place that fit, the code works once.
#[tokio::test]
async fn an_account_is_opened_with_a_first_code() {
    for place in places(false).await {
        let code = first_admin(&place.store, "root", "管理员").await.unwrap();
        let token = place.sign_in("root", &code).await.token();
        let new = "明月何时照我还乎啊呀";
        place
            .post(
                "/password",
                &[("current", &code), ("new", new), ("again", new)],
                &token,
            )
            .await;
        let path = "/system/accounts/new";
        assert_eq!(place.get(path, &token).await.status, StatusCode::OK);
        for (form, message) in [
            (
                vec![
                    ("name", "张敏"),
                    ("login", "Zh"),
                    ("role", "town_worker"),
                    ("area", "万店镇"),
                ],
                "3 至 32 位",
            ),
            (
                vec![
                    ("name", "张敏"),
                    ("login", "root"),
                    ("role", "town_worker"),
                    ("area", "万店镇"),
                ],
                "已经有人用了",
            ),
            (
                vec![
                    ("name", "张敏"),
                    ("login", "zhangmin"),
                    ("role", "town_worker"),
                ],
                "要选到乡镇",
            ),
            (
                vec![
                    ("name", "张敏"),
                    ("login", "zhangmin"),
                    ("role", "visitor"),
                    ("area", "万店镇"),
                ],
                "要选到村",
            ),
            (
                vec![
                    ("name", "张敏"),
                    ("login", "zhangmin"),
                    ("role", "county_civil"),
                ],
                "请选择县",
            ),
            (
                vec![
                    ("name", "张敏"),
                    ("login", "zhangmin"),
                    ("role", "town_worker"),
                    ("area", "无名镇"),
                ],
                "没有找到这个区划",
            ),
            (
                vec![
                    ("name", "张敏"),
                    ("login", "zhangmin"),
                    ("role", "town_worker"),
                    ("area", "万店镇"),
                    ("executor", "M42130001"),
                ],
                "不在随州高新区的管辖范围内",
            ),
            (
                vec![("name", "张敏"), ("login", "zhangmin"), ("role", "family")],
                "请选择角色",
            ),
        ] {
            let answer = place.post(path, &form, &token).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{message}");
            assert!(
                answer.body.contains(message) && answer.body.contains("张敏"),
                "{message}"
            );
        }
        let form = [
            ("name", "张敏"),
            ("login", "zhangmin"),
            ("role", "town_worker"),
            ("area", "曾都区万店镇"),
        ];
        let made = place.post(path, &form, &token).await;
        assert_eq!(made.status, StatusCode::OK, "{}", place.name);
        let code = first_code(&made.body);
        let list = place
            .get("/system/accounts?role=town_worker&state=fresh", &token)
            .await
            .body;
        assert!(
            list.contains("张敏") && list.contains("曾都区万店镇") && list.contains("从未登录")
        );
        assert!(!list.contains(&code) && !place.log_text().await.contains(&code));
        let hers = place.sign_in("zhangmin", &code).await.token();
        assert_eq!(place.get("/coming", &hers).await.to, "/password");
        assert_eq!(
            place.get("/system/accounts?rolle=x", &token).await.status,
            StatusCode::BAD_REQUEST
        );
        assert_eq!(
            place.get("/system/accounts?state=x", &token).await.status,
            StatusCode::BAD_REQUEST
        );
        place.close().await;
    }
}

/// Row M03: a reset gives a new code, ends sessions and the lock; the last administrator stays.
#[tokio::test]
async fn a_reset_gives_a_new_code_and_the_last_administrator_stays() {
    for place in places(false).await {
        let root = place.account("root", Role::SystemAdmin, vec![]).await;
        let other = place.account("other", Role::SystemAdmin, vec![]).await;
        let grant = vec![Grant::area(&code("421303106"), day("2024-01-01"))];
        let id = place.account("zhangmin", Role::TownWorker, grant).await;
        let admin = place.sign_in("root", PASSWORD).await.token();
        let hers = place.sign_in("zhangmin", PASSWORD).await.token();
        for _ in 0..5 {
            place.sign_in("zhangmin", "wrong").await;
        }
        assert!(
            place
                .get("/system/accounts?state=locked", &admin)
                .await
                .body
                .contains("测zhangmin")
        );
        let reset = place
            .post(&format!("/system/accounts/{id}/reset"), &[], &admin)
            .await;
        assert_eq!(reset.status, StatusCode::OK, "{}", place.name);
        assert_eq!(
            place.get("/coming", &hers).await.status,
            StatusCode::SEE_OTHER
        );
        assert_eq!(
            place.get("/coming", &hers).await.to,
            "/sign-in?next=%2Fcoming"
        );
        let again = place.sign_in("zhangmin", &first_code(&reset.body)).await;
        assert_eq!(again.status, StatusCode::SEE_OTHER, "{}", place.name);
        let disable = async |id: &str| {
            place
                .post(&format!("/system/accounts/{id}/disable"), &[], &admin)
                .await
                .status
        };
        assert_eq!(disable(&root).await, StatusCode::CONFLICT, "not oneself");
        assert_eq!(disable("nobody").await, StatusCode::NOT_FOUND);
        assert_eq!(disable(&other).await, StatusCode::SEE_OTHER);
        let names = account_names(&place.store, &[id.clone(), "x".into()])
            .await
            .unwrap();
        assert_eq!(names.get(&id).map(String::as_str), Some("测zhangmin"));
        assert_eq!(accounts(&place.store).await.unwrap().len(), 3);
        place.close().await;
    }
}

/// Row M03: only the system administrator manages accounts, only the auditor reads the log.
#[tokio::test]
async fn each_administrator_sees_only_their_own_pages() {
    for place in places(false).await {
        for role in Role::people() {
            let login = role.key().replace('_', "-");
            place.account(&login, role, vec![]).await;
            let token = place.sign_in(&login, PASSWORD).await.token();
            let status = async |path: &str| place.get(path, &token).await.status == StatusCode::OK;
            assert_eq!(
                status("/system/accounts").await,
                role == Role::SystemAdmin,
                "{role:?}"
            );
            assert_eq!(
                status("/system/accounts/new").await,
                role == Role::SystemAdmin,
                "{role:?}"
            );
            assert_eq!(
                status("/system/log").await,
                role == Role::AuditAdmin,
                "{role:?}"
            );
            let posted = place.post("/system/log/check", &[], &token).await.status;
            assert_eq!(
                posted == StatusCode::SEE_OTHER,
                role == Role::AuditAdmin,
                "{role:?}"
            );
        }
        place.close().await;
    }
}

/// Row M05; invariant 10: the log is read in words, by page and by key, and the chain is checked.
#[tokio::test]
async fn the_log_is_read_and_checked() {
    for place in places(false).await {
        let auditor = place.account("auditor", Role::AuditAdmin, vec![]).await;
        for n in 0..25 {
            place.clock.pass(1);
            place.sign_in(&format!("nobody{n}"), "wrong").await;
        }
        let token = place.sign_in("auditor", PASSWORD).await.token();
        let page = place
            .get("/system/log?day=2025-06-30&action=sign_in.failed", &token)
            .await;
        assert_eq!(page.status, StatusCode::OK, "{}", place.name);
        assert_eq!(
            page.body.matches("<tr>").count(),
            21,
            "a head and twenty rows"
        );
        assert!(
            page.body.contains("登录失败")
                && page.body.contains("共 25 条")
                && page.body.contains("账号或密码不对")
        );
        let second = place
            .get("/system/log?action=sign_in.failed&page=2", &token)
            .await
            .body;
        assert_eq!(second.matches("<tr>").count(), 6);
        let mine = place
            .get(&format!("/system/log?actor={auditor}"), &token)
            .await
            .body;
        assert!(
            mine.contains("测auditor")
                && mine.contains("安全审计员")
                && mine.contains("查阅本记录")
        );
        assert_eq!(
            place.logged("audit.read").await,
            3,
            "reading the log is logged too"
        );
        for bad in ["?day=gestern", "?after=x", "?akteur=1"] {
            assert_eq!(
                place.get(&format!("/system/log{bad}"), &token).await.status,
                StatusCode::BAD_REQUEST,
                "{bad}"
            );
        }
        let checked = place.post("/system/log/check", &[], &token).await;
        assert_eq!(checked.to, "/system/log");
        assert_eq!(place.logged("audit.verify").await, 1);
        place.close().await;
    }
}

/// Row M05: pages by key meet without a gap or a double.
#[tokio::test]
async fn pages_by_key_meet() {
    for place in places(false).await {
        place.account("auditor", Role::AuditAdmin, vec![]).await;
        for n in 0..45 {
            place.sign_in(&format!("nobody{n}"), "wrong").await;
        }
        let token = place.sign_in("auditor", PASSWORD).await.token();
        let rows = store::Reads::all(
            &place.store,
            "SELECT id, at, subject FROM audit_row WHERE action = 'sign_in.failed' ORDER BY at DESC, id DESC",
            vec![],
        )
        .await
        .unwrap();
        let subjects: Vec<String> = rows
            .iter()
            .map(|row| row.text("subject").unwrap())
            .collect();
        let key = |n: usize| {
            format!(
                "{}.{}",
                rows[n].int("at").unwrap(),
                rows[n].text("id").unwrap()
            )
        };
        let shown = async |query: String| {
            let body = place
                .get(
                    &format!("/system/log?action=sign_in.failed&{query}"),
                    &token,
                )
                .await
                .body;
            let mut found: Vec<(usize, usize)> = subjects
                .iter()
                .enumerate()
                .filter_map(|(n, s)| body.find(s.as_str()).map(|at| (at, n)))
                .collect();
            found.sort_unstable();
            found.into_iter().map(|(_, n)| n).collect::<Vec<_>>()
        };
        assert_eq!(
            shown(format!("after={}", key(19))).await,
            (20..40).collect::<Vec<_>>(),
            "{}",
            place.name
        );
        assert_eq!(
            shown(format!("after={}", key(39))).await,
            (40..45).collect::<Vec<_>>()
        );
        assert_eq!(
            shown(format!("before={}", key(20))).await,
            (0..20).collect::<Vec<_>>()
        );
        place.close().await;
    }
}
