//! What is shown with a reason is logged; what is logged is no personal data; addresses hold none.

use crate::place::{Answer, City, cities};
use axum::http::StatusCode;
use std::io::Write;
use std::sync::{Arc, Mutex};
use store::{Reads, values};

struct Secrets {
    id: String,
    number: String,
    phone: String,
}

async fn secrets(city: &City) -> Secrets {
    let her = city.person("王念慈").await;
    let open = |field: &str, sealed: &Option<store::Sealed>| {
        people::api::open_secret(&city.store, field, sealed.as_ref())
            .unwrap()
            .unwrap()
    };
    Secrets {
        number: open("id_number", &her.id_number),
        phone: open("phone", &her.phone),
        id: her.key.id,
    }
}

/// Rows B01, M03; invariant 10; engineering.md 15: number and phone are masked; they are shown in full for a reason only, once, and
/// the log and the person's page say who asked why.
#[tokio::test]
async fn unmasking_needs_a_reason_and_is_seen() {
    for city in cities().await {
        let (worker, her) = (city.door("demo-01-town").await, secrets(&city).await);
        let page = format!("/people/{}", her.id);
        let unmask = format!("{page}/unmasking");
        let logged = async || {
            let sql = "SELECT CAST(count(*) AS BIGINT) AS n FROM audit_row WHERE action = 'person.unmask' AND subject = $1 AND detail LIKE '%verify%'";
            city.store
                .number(sql, values![her.id.as_str()])
                .await
                .unwrap()
        };
        for tab in [
            "",
            "?tab=facts",
            "?tab=family",
            "?tab=history",
            "?tab=entitlement",
        ] {
            let body = city.get(&format!("{page}{tab}"), &worker).await.body;
            assert!(
                !body.contains(&her.number) && !body.contains(&her.phone),
                "{tab}"
            );
        }
        for reason in ["", "curiosity"] {
            let answer = city.post(&unmask, &[("reason", reason)], &worker).await;
            assert_eq!(
                (answer.status, answer.to.as_str()),
                (StatusCode::SEE_OTHER, page.as_str())
            );
            assert_eq!(logged().await, 0);
        }
        let shown = city.post(&unmask, &[("reason", "verify")], &worker).await;
        assert_eq!(shown.status, StatusCode::OK, "{}", city.name);
        assert!(shown.body.contains(&her.number) && shown.body.contains(&her.phone));
        assert_eq!(shown.header("cache-control"), "no-store");
        assert_eq!(logged().await, 1);
        assert!(
            !city.get(&page, &worker).await.body.contains(&her.number),
            "once"
        );
        let family = city.door("demo-08-family").await;
        let reads = city.get(&format!("{page}?tab=history"), &family).await.body;
        assert!(
            reads.contains("查看完整证号") && reads.contains("乡镇民政办"),
            "the family sees who looked"
        );
        city.close().await;
    }
}

/// Row M03; invariant 10; engineering.md 15: opening a person and showing a list leave rows of the log with keys, filters and counts,
/// and no personal data.
#[tokio::test]
async fn every_read_is_logged_by_key() {
    for city in cities().await {
        let (worker, her) = (city.door("demo-01-town").await, secrets(&city).await);
        let rows = async |action: &str| {
            let sql = "SELECT subject, detail FROM audit_row WHERE action = $1";
            city.store.all(sql, values![action]).await.unwrap()
        };
        let opened = rows("person.read").await.len();
        city.get(&format!("/people/{}", her.id), &worker).await;
        let reads = rows("person.read").await;
        assert_eq!(reads.len(), opened + 1);
        assert!(
            reads
                .iter()
                .any(|row| row.opt_text("subject").unwrap().as_ref() == Some(&her.id))
        );
        let listed = rows("person.list").await.len();
        city.get("/people?group=alone", &worker).await;
        let lists = rows("person.list").await;
        assert_eq!(lists.len(), listed + 1);
        assert!(lists.iter().any(|row| {
            let detail = row.text("detail").unwrap();
            detail.contains(&her.id) && detail.contains("alone")
        }));
        for (path, what) in [
            ("/owed", "owed"),
            ("/list/3/people?state=owed", "people of an item"),
            ("/unsettled/living", "unsettled"),
        ] {
            let before = city
                .count("SELECT CAST(count(*) AS BIGINT) AS n FROM audit_row")
                .await;
            city.get(path, &worker).await;
            let after = city
                .count("SELECT CAST(count(*) AS BIGINT) AS n FROM audit_row")
                .await;
            assert_eq!(after, before + 1, "{what}");
        }
        city.close().await;
    }
}

/// Where a test reads what was logged.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Addresses in an answer: where it sends to and what it links to, but not what a phone dials.
fn addresses(answer: &Answer) -> Vec<String> {
    let mut out = vec![answer.to.clone()];
    for attribute in ["href=\"", "action=\"", "src=\""] {
        let links = answer.body.split(attribute).skip(1);
        let links = links.filter_map(|rest| rest.split('"').next());
        out.extend(
            links
                .filter(|link| !link.starts_with("tel:"))
                .map(str::to_owned),
        );
    }
    out
}

/// Rows B01, M03; invariant 10; engineering.md 16 and 18: a whole journey writes JSON lines with request, actor, route, status and
/// time, and neither they nor any address nor the database's log hold a name, a number, a phone, a remark or a query.
#[tokio::test]
async fn logs_and_addresses_hold_no_personal_data() {
    for city in cities().await {
        let lines = Lines::default();
        let into = lines.clone();
        let logging = laoyou::logs::json(move || into.clone());
        let guard = tracing::subscriber::set_default(logging);
        let her = secrets(&city).await;
        let worker = city.door("demo-01-town").await;
        let mut answers = Vec::new();
        for typed in ["王念慈", "王", &her.number, &her.number[14..], &her.phone] {
            let found = city.post("/people/search", &[("q", typed)], &worker).await;
            let to = found.to.clone();
            answers.push(found);
            answers.push(city.get(&to, &worker).await);
        }
        let page = format!("/people/{}", her.id);
        for path in [
            "/",
            "/people?group=alone&sort=-age",
            "/owed",
            "/list/3/people?state=owed",
            "/unsettled/living",
            "/no/such/page?q=王念慈",
        ] {
            let path = path.replace("王念慈", "%E7%8E%8B%E5%BF%B5%E6%85%88");
            answers.push(city.get(&path, &worker).await);
        }
        for tab in [
            "",
            "?tab=facts",
            "?tab=family",
            "?tab=history",
            "?tab=entitlement&on=2025-03-31",
        ] {
            answers.push(city.get(&format!("{page}{tab}"), &worker).await);
        }
        answers.push(
            city.post(
                &format!("{page}/unmasking"),
                &[("reason", "contact")],
                &worker,
            )
            .await,
        );
        let form = [
            ("value", "with_family"),
            ("since", "2025-05-01"),
            ("reason", "visit"),
            ("version", "1"),
            ("remark", "女儿接走了"),
        ];
        answers.push(
            city.post(&format!("{page}/facts/living/correction"), &form, &worker)
                .await,
        );
        let twin = [
            ("name", "王念慈"),
            ("id_number", her.number.as_str()),
            ("residence_area", "421321"),
        ];
        answers.push(city.post("/people/new", &twin, &worker).await);
        let other = city.door("demo-02-town").await;
        answers.push(city.get(&page, &other).await);
        drop(guard);

        let text = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
        let requests: Vec<serde_json::Value> = text
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        let requests: Vec<_> = requests
            .iter()
            .filter(|line| line["message"] == "request")
            .collect();
        assert_eq!(requests.len(), answers.len() + 2, "{}", city.name);
        for line in &requests {
            for key in ["request", "actor", "method", "route", "status", "micros"] {
                assert!(!line[key].is_null(), "{key} in {line}");
            }
        }
        assert!(
            requests
                .iter()
                .any(|line| line["route"] == "/people/{id}" && line["status"] == 200)
        );
        let encoded = ui::query_encode("王念慈");
        let personal = [
            "王念慈",
            encoded.as_str(),
            &her.number,
            &her.number[6..14],
            &her.phone,
            "女儿接走了",
            "wnc",
        ];
        for secret in personal {
            assert!(!text.contains(secret), "the log holds {secret}");
        }
        for query in ["group=", "tab=", "found=", "?", "q=", "on=2025"] {
            assert!(!text.contains(query), "the log holds {query}");
        }
        for answer in &answers {
            for address in addresses(answer) {
                let held = personal.iter().find(|secret| address.contains(**secret));
                assert_eq!(held, None, "{address}");
            }
        }
        let sql = "SELECT actor, action, subject, detail FROM audit_row";
        for row in city.store.all(sql, vec![]).await.unwrap() {
            let detail = row.text("detail").unwrap();
            let held = personal.iter().find(|secret| detail.contains(**secret));
            assert_eq!(held, None, "{detail}");
        }
        let sql = "SELECT payload FROM outbox";
        for row in city.store.all(sql, vec![]).await.unwrap() {
            let payload = row.text("payload").unwrap();
            assert!(
                !personal.iter().any(|secret| payload.contains(*secret)),
                "{payload}"
            );
        }
        city.close().await;
    }
}
