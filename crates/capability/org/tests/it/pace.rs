//! A bulk reader is slowed and reported, a worker is not. Rows M03, M05.

use crate::place::{PASSWORD, places_with};
use authz::Role;
use axum::http::StatusCode;
use org::api::{OrgSettings, Rate};

fn limits() -> OrgSettings {
    OrgSettings {
        opens: Rate::of(10, 600),
        people_a_day: 15,
        searches: Rate::of(3, 60),
        sign_ins: Rate::of(4, 60),
        ..OrgSettings::default()
    }
}

/// Row M05: too many opens are answered with 429 and when to come back, and the security administrator has one notice.
#[tokio::test]
async fn a_bulk_reader_is_slowed_and_reported_once() {
    for place in places_with(false, limits()).await {
        let reader = place.account("reader", Role::TownWorker, vec![]).await;
        place.account("other", Role::TownWorker, vec![]).await;
        place.account("shi", Role::SecurityAdmin, vec![]).await;
        let token = place.sign_in("reader", PASSWORD).await.token();
        let other = place.sign_in("other", PASSWORD).await.token();
        for n in 0..10 {
            // The register is not part of this installation: what passes is not found.
            let answer = place.get(&format!("/people/p{n}"), &token).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND);
        }
        for n in 10..14 {
            let slowed = place.get(&format!("/people/p{n}"), &token).await;
            assert_eq!(
                slowed.status,
                StatusCode::TOO_MANY_REQUESTS,
                "{}",
                place.name
            );
            assert_eq!(slowed.retry_after, Some(60));
            assert!(slowed.body.contains("打开得太快了") && slowed.body.contains("测reader"));
        }
        assert_eq!(
            place.get("/people/p1", &other).await.status,
            StatusCode::NOT_FOUND
        );
        assert_eq!(place.get("/coming", &token).await.status, StatusCode::OK);
        place.clock.pass(60);
        assert_eq!(
            place.get("/people/p10", &token).await.status,
            StatusCode::NOT_FOUND
        );
        place.clock.pass(600);
        for n in 11..15 {
            place.get(&format!("/people/p{n}"), &token).await;
        }
        let day = place.get("/people/p15", &token).await;
        assert_eq!(day.status, StatusCode::TOO_MANY_REQUESTS);
        assert!(day.body.contains("今天打开的档案太多了"));
        assert_eq!(
            place.get("/people/p3", &token).await.status,
            StatusCode::NOT_FOUND,
            "seen before"
        );
        assert_eq!(place.logged("pace.slowed").await, 2);
        let shi = place.sign_in("shi", PASSWORD).await.token();
        let page = place.get("/system/notices", &shi).await;
        assert_eq!(page.body.matches("测reader").count(), 2, "{}", place.name);
        assert!(page.body.contains(&format!("/system/grants/{reader}")));
        let id = page.between("action=\"/system/notices/", "\"");
        let path = format!("/system/notices/{id}");
        assert_eq!(place.post(&path, &[], &shi).await.to, "/system/notices");
        assert_eq!(
            place.post(&path, &[], &shi).await.status,
            StatusCode::CONFLICT
        );
        place.close().await;
    }
}

/// Row M05: searches by one account and sign-ins from one address have their own rate; the address stands nowhere.
#[tokio::test]
async fn searches_and_addresses_have_a_rate() {
    for place in places_with(false, limits()).await {
        place.account("reader", Role::TownWorker, vec![]).await;
        let token = place.sign_in("reader", PASSWORD).await.token();
        for n in 0..4 {
            let answer = place.post("/people/search", &[("q", "王")], &token).await;
            let slowed = answer.status == StatusCode::TOO_MANY_REQUESTS;
            assert_eq!(slowed, n == 3, "{}", place.name);
        }
        let from = async |address: &str| {
            let form = [("login", "nobody"), ("password", "wrong password")];
            place.post_from("/sign-in", &form, "", Some(address)).await
        };
        for n in 0..6 {
            // Different logins would not help: the address counts.
            let answer = from("203.0.113.7").await;
            let slowed = answer.status == StatusCode::TOO_MANY_REQUESTS;
            assert_eq!(slowed, n >= 4, "{n}");
            assert_eq!(answer.retry_after, slowed.then_some(15));
        }
        assert_eq!(
            from("203.0.113.8").await.status,
            StatusCode::UNPROCESSABLE_ENTITY
        );
        assert!(!place.log_text().await.contains("203.0.113"));
        assert!(
            !place
                .texts_of("org_notice", "account")
                .await
                .contains("203.0.113")
        );
        place.close().await;
    }
}
