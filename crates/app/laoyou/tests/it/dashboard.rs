//! The dashboard of the demo city: figures of the register, deterministic demo values, counts only.

use crate::place::{cities, code};
use authz::Actor;
use axum::http::StatusCode;
use laoyou::work::turn;
use store::{Reads, values};

const COUNT: &str = "SELECT CAST(count(*) AS BIGINT) AS n FROM dashboard_value";

async fn value(store: &store::Store, measure: &str, area: &str) -> i64 {
    let sql = "SELECT value FROM dashboard_value WHERE measure = $1 AND area = $2 AND superseded_by IS NULL \
               ORDER BY day DESC LIMIT 1";
    let row = store
        .one(sql, values![measure, area])
        .await
        .unwrap()
        .unwrap();
    row.text("value").unwrap().parse().unwrap()
}

/// Rows A22–A52; invariants 5 and 8: elders and children by county and by management area add up to the
/// register; the nightly job writes nothing twice; a new month is a new value and the old ones stay.
#[tokio::test]
async fn figures_of_the_register_add_up() {
    for city in cities().await {
        let people = "SELECT CAST(count(*) AS BIGINT) AS n FROM people_person WHERE residence_area LIKE '4213%' \
                      AND (alive IS NULL OR alive) AND birth_date ";
        for (measure, born) in [
            ("elders_60", "<= 19650630"),
            ("elders_80", "<= 19450630"),
            ("children_under_3", "> 20220630"),
        ] {
            let n = city
                .store
                .number(&format!("{people}{born}"), vec![])
                .await
                .unwrap();
            assert!(n > 0);
            assert_eq!(
                value(&city.store, measure, "421300000000").await,
                n,
                "{measure} on {}",
                city.name
            );
            let mut sums = [0, 0];
            for county in ["421303000000", "421321000000", "421381000000"] {
                sums[0] += value(&city.store, measure, county).await;
            }
            let book = city.app.part::<area::api::AreaBook>().unwrap();
            assert_eq!(book.executors().len(), 5);
            for body in book.executors() {
                sums[1] += value(&city.store, measure, &format!("E:{}", body.key)).await;
            }
            assert_eq!(sums, [n, n], "{measure}");
            assert!(book.root().is_some_and(|root| root.code == code("4213")));
        }
        let before = city.store.number(COUNT, vec![]).await.unwrap();
        let (book, by) = (
            city.app.part::<area::api::AreaBook>().unwrap(),
            Actor::system("test"),
        );
        let again = dashboard::api::compute(&city.store, &book, &by).await;
        assert_eq!(again.unwrap(), 0, "nothing changed");
        drop(book);
        city.clock.pass_days(31);
        let mut last = None;
        while turn(&city.app, &mut last).await.unwrap() {}
        let after = city.store.number(COUNT, vec![]).await.unwrap();
        assert!(after > before, "a new month is a new value");
        let gone = format!("{COUNT} WHERE superseded_by IS NOT NULL");
        assert_eq!(city.store.number(&gone, vec![]).await.unwrap(), 0);
        city.close().await;
    }
}

/// Rows A03, A07; product.md 42 and 43: the demo's dashboard is alive for a leader, says where its values come
/// from, and names nobody.
#[tokio::test]
async fn the_demo_dashboard_is_alive_and_names_nobody() {
    for city in cities().await {
        let leader = city.door("demo-09-leader").await;
        let named = city
            .store
            .one("SELECT name FROM people_person ORDER BY id LIMIT 1", vec![])
            .await;
        let name = named.unwrap().unwrap().text("name").unwrap();
        for path in [
            "/dashboard",
            "/dashboard?half=young",
            "/dashboard?screen=1",
            "/dashboard/visit_rate",
        ] {
            let page = city.get(path, &leader).await;
            assert_eq!(page.status, StatusCode::OK, "{path} on {}", city.name);
            assert!(page.body.contains("估计"), "{path}");
            assert!(!page.body.contains(&name), "{path}");
        }
        let board = city.get("/dashboard", &leader).await.body;
        for words in ["红灯清单", "属地对比", "随州高新区", "口径差异"] {
            assert!(board.contains(words), "{words}");
        }
        let figure = city.get("/dashboard/visit_rate", &leader).await.body;
        assert!(figure.contains("演示数据") && figure.contains("<svg class=\"dash-trend\""));
        assert_eq!(
            city.get("/reports", &leader).await.status,
            StatusCode::FORBIDDEN
        );
        city.close().await;
    }
}
