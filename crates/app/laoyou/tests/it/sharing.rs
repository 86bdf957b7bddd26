//! What leaves the register by a consent only, over the whole application.

use crate::partner::{ask, read, token};
use crate::place::cities;
use axum::http::{Method, StatusCode};
use serde_json::{Value as Json, json};

/// Rows M04, M05, B03; invariant 4: health facts leave only with the consent to that; without it facts, answers and
/// groups are answered without them and say so by name, and what was withdrawn stops at once.
#[tokio::test]
async fn health_facts_leave_with_a_consent_only() {
    for city in cities().await {
        let secret = token(&city, "demo-01-town").await;
        let her = city.person("王念慈").await;
        let today = city.clock_today();
        let mut tx = city
            .store
            .begin(&authz::Actor::system("test"), None)
            .await
            .unwrap();
        let dementia = people::api::Correction {
            fact: rules::facts::find("dementia").unwrap(),
            value: Some(rules::Value::Bool(true)),
            since: today.plus_days(-10),
            source: "医院诊断".to_owned(),
            by: "卫健".to_owned(),
            reason: "department".to_owned(),
            remark: None,
        };
        let changed = people::api::correct(&city.app, &mut tx, &her.key, dementia)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let index = city.app.part::<people::api::NameIndex>().unwrap();
        index.put(&city.store, &changed).await.unwrap();
        let one = format!("/api/v1/people/{}", her.key.id);
        let facts = format!("{one}/facts");
        let answers = format!("{one}/answers");
        let words = "未取得单独同意，未提供：";
        let (plain, person) = read(&city, &one, &secret).await;
        assert_eq!(plain.status, StatusCode::OK, "{}", plain.body);
        let says = person["withheld"][0].as_str().unwrap();
        assert!(says.starts_with(words) && says.contains("失智"), "{says}");
        assert!(person["facts"]["dementia"].is_null() && !person["facts"]["birth_date"].is_null());
        let (_, listed) = read(&city, &facts, &secret).await;
        let has = |json: &Json| {
            let mut facts = json["facts"].as_array().unwrap().iter();
            facts.any(|one| one["fact"] == "dementia")
        };
        assert!(!has(&listed) && listed["withheld"][0].as_str().unwrap().contains("失智"));
        let (_, answered) = read(&city, &answers, &secret).await;
        let all = answered["answers"].as_array().unwrap();
        let shut: Vec<&Json> = all.iter().filter(|one| one["answer"].is_null()).collect();
        assert!(!shut.is_empty() && shut.len() < all.len(), "{}", city.name);
        assert!(
            shut.iter()
                .all(|one| one["withheld"].as_str().unwrap().starts_with(words))
        );
        assert_eq!(answered["withheld"].as_array().unwrap().len(), shut.len());
        assert!(!answered.to_string().contains("dementia"));
        let (_, group) = read(&city, "/api/v1/people?group=dementia", &secret).await;
        let in_it = |json: &Json| {
            let mut people = json["people"].as_array().unwrap().iter();
            people.any(|one| one["id"] == json!(her.key.id))
        };
        assert!(!in_it(&group));
        assert!(group["withheld"][0].as_str().unwrap().starts_with(words));

        let mut tx = city
            .store
            .begin(&authz::Actor::system("test"), None)
            .await
            .unwrap();
        privacy::api::give(&mut tx, &her.key, "health", today)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let known = [("if-none-match", plain.header("etag"))];
        let (answer, person) = ask(&city, Method::GET, &one, &secret, &known, "").await;
        assert_eq!(answer.status, StatusCode::OK, "another answer by now");
        assert_eq!(person["facts"]["dementia"], json!(true));
        assert_eq!(person["withheld"], json!([]));
        let (_, listed) = read(&city, &facts, &secret).await;
        assert!(has(&listed) && listed["withheld"] == json!([]));
        let (_, answered) = read(&city, &answers, &secret).await;
        let mut all = answered["answers"].as_array().unwrap().iter();
        assert!(all.all(|one| one["answer"].is_string()));
        let (_, group) = read(&city, "/api/v1/people?group=dementia", &secret).await;
        assert!(in_it(&group));
        city.close().await;
    }
}
