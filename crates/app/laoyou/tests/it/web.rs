//! The shell around every page: cross-site posts, headers, caching, addresses, the demo's doors.

use crate::place::{City, cities, encoded, request};
use axum::body::Body;
use axum::http::{Method, StatusCode, header};
use laoyou::config::Config;
use laoyou::{compose, serve};
use store::testing::databases;

/// Row M05; engineering.md 25: a post from another site is refused before anything is read; headers close the page to scripts,
/// frames and sniffing, on pages, errors and assets alike.
#[tokio::test]
async fn other_sites_are_refused_and_every_answer_is_closed() {
    for city in cities().await {
        let (worker, her) = (city.door("demo-01-town").await, city.person("王念慈").await);
        let path = format!("/people/{}/facts/living/correction", her.key.id);
        let form = [
            ("value", "with_family"),
            ("since", "2025-05-01"),
            ("reason", "visit"),
            ("version", "1"),
        ];
        for (name, value) in [
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
            ("origin", "https://evil.example"),
            ("origin", "null"),
        ] {
            let from = request(Method::POST, &path, &worker)
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                .header(name, value);
            let answer = city
                .send(from.body(Body::from(encoded(&form))).unwrap())
                .await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{name}: {value}");
        }
        assert_eq!(
            city.person_of(&her.key.id).await.version,
            her.version,
            "{}",
            city.name
        );
        let from = request(Method::POST, &path, &worker)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin")
            .header("origin", "http://localhost");
        let answer = city
            .send(from.body(Body::from(encoded(&form))).unwrap())
            .await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        for path in [
            "/",
            "/people",
            "/sign-in",
            "/nowhere",
            "/people?bad=1",
            "/assets/app.css",
            "/list/public",
            "/healthz",
        ] {
            let answer = city.get(path, &worker).await;
            let policy = answer.header("content-security-policy");
            assert!(
                policy.contains("script-src 'self'") && policy.contains("frame-ancestors 'none'"),
                "{path}"
            );
            assert!(!policy.contains("unsafe-eval"));
            assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
            assert_eq!(answer.header("x-frame-options"), "DENY", "{path}");
            assert_eq!(answer.header("referrer-policy"), "same-origin", "{path}");
        }
        city.close().await;
    }
}

/// Row M03; engineering.md 16 and 25: whatever page names a person is not kept by the browser, and no page carries script of its own.
#[tokio::test]
async fn pages_with_personal_data_are_not_kept() {
    for city in cities().await {
        let (worker, her) = (city.door("demo-01-town").await, city.person("王念慈").await);
        let mut named = 0;
        let mut paths = crate::ledger::pages(&her.key.id, "none");
        paths.extend(["/people?group=alone", "/list/3/people?state=owed"].map(str::to_owned));
        paths.extend(
            ["facts", "family", "history", "entitlement"]
                .map(|tab| format!("/people/{}?tab={tab}", her.key.id)),
        );
        for path in paths {
            let page = city.get(&path, &worker).await;
            if page.body.contains("王念慈") {
                named += 1;
                assert_eq!(page.header("cache-control"), "no-store", "{path}");
            }
            assert!(
                !page.body.contains("<script>") && !page.body.contains("javascript:"),
                "{path}"
            );
            for event in [" onclick=", " onchange=", " onload=", " onsubmit="] {
                assert!(!page.body.contains(event), "{path} {event}");
            }
        }
        assert!(named >= 10, "{named}");
        city.close().await;
    }
}

async fn refused(city: &City, path: &str, key: &str, cookie: &str) {
    let answer = city.get(path, cookie).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{path}");
    assert!(answer.body.contains(key), "{path}");
}

/// Invariant 4; engineering.md 17: a filter, sort or value that a list does not know is an error that names it, never "everything".
#[tokio::test]
async fn an_unknown_filter_is_an_error_that_names_it() {
    for city in cities().await {
        let (worker, her) = (city.door("demo-01-town").await, city.person("王念慈").await);
        let person = format!("/people/{}", her.key.id);
        for path in [
            "/people",
            "/children",
            "/owed",
            "/unsettled",
            "/unsettled/living",
            "/list",
            "/list/3/people",
            &person,
        ] {
            refused(&city, &format!("{path}?wrong_key=1"), "wrong_key", &worker).await;
            refused(
                &city,
                &format!("{path}?sort=wrong_sort"),
                "wrong_sort",
                &worker,
            )
            .await;
        }
        for path in [
            "/people?group=nobody",
            "/people?age=17",
            "/people?sex=other",
            "/people?area=xyz",
            "/list/3/people?state=rich",
        ] {
            assert_eq!(
                city.get(path, &worker).await.status,
                StatusCode::BAD_REQUEST,
                "{path}"
            );
        }
        let odd = city.get(&format!("{person}?on=yesterday"), &worker).await;
        assert!(odd.status == StatusCode::BAD_REQUEST && odd.body.contains("yesterday"));
        for path in [
            "/list/99",
            "/unsettled/no_fact",
            "/people/none",
            "/people?found=gone",
        ] {
            assert_eq!(
                city.get(path, &worker).await.status,
                StatusCode::NOT_FOUND,
                "{path}"
            );
        }
        city.close().await;
    }
}

/// Row M03; engineering.md 19: without a demo there are no demo doors; a demo outside of loopback is not served.
#[tokio::test]
async fn demo_doors_exist_in_a_demo_only_and_a_demo_stays_at_home() {
    for db in databases(&compose::migrations()).await.unwrap() {
        let city = City::new(db).await;
        assert!(city.app.demo.is_none());
        let answer = city.post("/demo/sign-in", &[("account", "any")], "").await;
        assert!(
            matches!(
                answer.status,
                StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED
            ),
            "{}",
            city.name
        );
        assert_eq!(city.get("/kit", "").await.status, StatusCode::NOT_FOUND);
        let page = city.get("/sign-in", "").await;
        assert!(page.status == StatusCode::OK && !page.body.contains("/demo/sign-in"));
        assert_eq!(city.get("/readyz", "").await.status, StatusCode::OK);
        city.close().await;
    }
    for city in cities().await {
        assert_ne!(city.get("/kit", "").await.status, StatusCode::NOT_FOUND);
        assert!(
            city.get("/sign-in", "")
                .await
                .body
                .contains("/demo/sign-in")
        );
        let config = Config {
            listen: std::net::IpAddr::from([0, 0, 0, 0]),
            port: 0,
            ..Config::default()
        };
        let mut listening = false;
        let refused = serve::serve(&config, city.store.clone(), |_| listening = true).await;
        assert!(
            refused.unwrap_err().to_string().contains("演示数据库"),
            "{}",
            city.name
        );
        assert!(!listening);
        assert!(store::testing::answers(&city.store).await);
        city.close().await;
    }
}
