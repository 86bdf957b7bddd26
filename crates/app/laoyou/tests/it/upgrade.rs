//! Databases made by earlier versions open, migrate and work (engineering.md 20).

use crate::place::City;
use axum::http::StatusCode;
use laoyou::compose;
use store::Migration;
use store::Reads;
use store::testing::databases;

/// What each landed version left behind: `scripts/fixture.py` writes them.
const VERSIONS: &[(&str, &str)] = &[
    ("one line", include_str!("../fixtures/1-one-line.jsonl")),
    ("plans", include_str!("../fixtures/2-plans.jsonl")),
    ("city", include_str!("../fixtures/3-city.jsonl")),
    ("register", include_str!("../fixtures/4-register.jsonl")),
    ("money", include_str!("../fixtures/5-money.jsonl")),
    ("cases", include_str!("../fixtures/6-cases.jsonl")),
    ("vouchers", include_str!("../fixtures/7-vouchers.jsonl")),
    ("admissions", include_str!("../fixtures/8-admissions.jsonl")),
];

/// Invariants 5 and 13: every earlier version's database is migrated on both engines, and one journey
/// works in it: a person, what she is owed and why, the list, a plan of the folder it had.
#[tokio::test]
async fn earlier_databases_are_migrated_and_work() {
    for (version, text) in VERSIONS {
        let mut lines = text.lines();
        let had: Vec<String> = serde_json::from_str(lines.next().unwrap()).unwrap();
        let then: Vec<Migration> = compose::migrations()
            .into_iter()
            .filter(|migration| had.contains(&format!("{}/{}", migration.owner, migration.id)))
            .collect();
        assert_eq!(
            then.len(),
            had.len(),
            "{version}: a landed migration is gone"
        );
        let statements: Vec<String> = lines
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        for db in databases(&then).await.unwrap() {
            let mut tx = db
                .store
                .begin(&authz::Actor::system("fixture"), None)
                .await
                .unwrap();
            for statement in &statements {
                // A bind mark would be read as one: texts of the fixture hold none.
                tx.run(statement, vec![]).await.unwrap();
            }
            tx.audit(store::Audit::new("fixture"));
            tx.commit().await.unwrap();
            assert_eq!(
                db.store.migrate(&compose::migrations()).await.unwrap(),
                compose::migrations().len() - had.len(),
                "{version}"
            );
            let city = City::new(db).await;
            let cookie = city.door("demo-05-city").await;
            let list = city.get("/list", &cookie).await;
            assert_eq!(list.status, StatusCode::OK, "{version} on {}", city.name);
            assert!(list.body.contains("高龄津贴"));
            let owed = city.get("/owed", &cookie).await;
            assert_eq!(owed.status, StatusCode::OK);
            // Somebody in her scope, with the reasons explained anew from the old rows.
            let who = city
                .store
                .one(
                    "SELECT id FROM people_person WHERE alive ORDER BY id LIMIT 1",
                    vec![],
                )
                .await
                .unwrap()
                .unwrap();
            let person = city
                .get(
                    &format!("/people/{}?tab=entitlement", who.text("id").unwrap()),
                    &cookie,
                )
                .await;
            assert_eq!(person.status, StatusCode::OK, "{version} on {}", city.name);
            let plan = city
                .get("/plan/indicators", &city.door("demo-05-city").await)
                .await;
            assert_eq!(plan.status, StatusCode::OK, "{version} on {}", city.name);
            let changes = entitle::api::differences(&city.store, &city.published())
                .await
                .unwrap();
            assert!(
                changes.is_empty(),
                "{version}: answers are what they were: {changes:?}"
            );
            city.close().await;
        }
    }
}
