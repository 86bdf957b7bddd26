//! Duties of support on every database, over the pages.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use area::api::AreaBook;
use authz::{Actor, Role, Scope};
use axum::Router;
use axum::http::StatusCode;
use host::{App, AppState, PersonKey, testing};
use kernel::{Day, Instant};
use people::api::{NameIndex, NewPerson, Record, RollBook, first_sets, register_many};
use std::sync::Arc;
use store::testing::{TestDb, databases};
use store::{Reads, Store, values};

struct Place {
    store: Store,
    app: AppState,
    router: Router,
    db: TestDb,
}

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn key() -> PersonKey {
    PersonKey {
        shard: "421321".into(),
        id: "elder".into(),
    }
}

fn actor(id: &str, role: Role, area: &str) -> Actor {
    Actor {
        id: id.into(),
        name: format!("{id}（测试）"),
        role,
        scope: Scope::Areas(vec![area.parse().unwrap()]),
        scope_name: "随县".into(),
    }
}

fn elder() -> NewPerson {
    let village = "421321109217".parse().unwrap();
    NewPerson {
        key: key(),
        name: "何秀英".into(),
        provisional: None,
        id_number: None,
        phone: None,
        address: None,
        contact_name: None,
        contact_phone: None,
        contact_relation: None,
        household: None,
        relation: None,
        registered: Instant::at(day("2024-01-01"), 0),
        guardians: Vec::new(),
        records: vec![Record {
            seq: 1,
            recorded: Instant::at(day("2024-01-01"), 0),
            source: "测试登记".into(),
            by: "测试员".into(),
            sets: first_sets(
                day("1941-03-02"),
                false,
                Some(village),
                village,
                day("2024-01-01"),
            ),
            reason: None,
            withdrawn: None,
        }],
    }
}

async fn places() -> Vec<Place> {
    let mut migrations = store::migrations();
    for capability in [
        area::capability(),
        org::capability(),
        people::capability(),
        duty::capability(),
    ] {
        migrations.extend(capability.migrations);
    }
    let mut out = Vec::new();
    for db in databases(&migrations).await.unwrap() {
        let store = db.store.clone();
        let mut tx = store.begin(&Actor::system("test"), None).await.unwrap();
        register_many(&mut tx, vec![elder()], &RollBook::default(), "test")
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let names = NameIndex::load(&store).await.unwrap();
        let app = App::new(store.clone(), "随州市", None)
            .with_part(Arc::new(AreaBook::load(&store).await.unwrap()));
        let app: AppState = Arc::new(people::api::plug(app, names));
        let router = duty::capability()
            .routes
            .router()
            .with_state(Arc::clone(&app));
        out.push(Place {
            store,
            app,
            router,
            db,
        });
    }
    out
}

impl Place {
    async fn get(&self, who: &Actor, path: &str) -> (StatusCode, String) {
        testing::get(&self.router, who, path).await.page()
    }

    async fn post(&self, who: &Actor, path: &str, pairs: &[(&str, &str)]) -> (StatusCode, String) {
        testing::post(&self.router, who, path, pairs).await.page()
    }

    async fn text(&self, sql: &str) -> String {
        let row = self.store.one(sql, values![]).await.unwrap();
        row.unwrap().text("t").unwrap()
    }
}

/// Rows B15, B16; invariants 8, 10, 11: opened once by a visitor with whoever owes, what is done is kept, two at one case lose nothing, its day
/// brings it back, it ends with an outcome; another town sees nothing of it; a telephone is sealed.
#[tokio::test]
async fn from_the_first_word_to_the_end() {
    for place in places().await {
        let town = actor("zhang", Role::TownWorker, "421321109");
        let other = actor("sun", Role::TownWorker, "421321100");
        let visitor = actor("lan", Role::Visitor, "421321109217");
        let today = place.store.clock().today();
        let next = today.plus_days(7).to_string();
        let open = [
            ("kind", "support"),
            ("says", "三个儿子，两年没人来看"),
            ("name", "何大强"),
            ("relation", "儿子"),
            ("stands", "refuses"),
            ("phone", "139 0000 0001"),
            ("next", next.as_str()),
        ];
        let path = "/people/elder/duties";
        let (status, page) = place.get(&town, &format!("{path}/new")).await;
        assert_eq!(status, 200, "{page}");
        for (field, value, says) in [
            ("says", "", "请写明情况"),
            ("name", "", "请填写责任人姓名"),
            ("stands", "maybe", "请选择现在怎样"),
            ("phone", "一三九", "7 到 12 位"),
            ("next", "2020-01-01", "不能早于今天"),
        ] {
            let typed = open.map(|pair| {
                if pair.0 == field {
                    (field, value)
                } else {
                    pair
                }
            });
            let (status, page) = place.post(&town, path, &typed).await;
            assert_eq!(status, 422, "{field}");
            assert!(page.contains(says), "{says}: {page}");
            assert!(field == "says" || page.contains("三个儿子"), "kept: {page}");
        }
        let (status, case) = place.post(&visitor, path, &open).await;
        assert_eq!(status, 303, "{case}");
        let (_, again) = place.post(&town, path, &open).await;
        assert_eq!(
            again.split('?').next(),
            case.split('?').next(),
            "one open case of a kind"
        );
        let case = case.split('?').next().unwrap().to_owned();
        assert_ne!(
            place.text("SELECT phone AS t FROM duty_holder").await,
            "13900000001"
        );
        assert_eq!(place.get(&other, &case).await.0, 403, "another town");
        let (_, list) = place.get(&other, "/duties").await;
        assert!(!list.contains("何秀英"), "{list}");
        let (_, page) = place.get(&town, &case).await;
        assert!(
            page.contains("13900000001") && page.contains("有能力，没有履行"),
            "{page}"
        );
        let soon = today.to_string();
        let act = [
            ("version", "0"),
            ("way", "talk"),
            ("day", soon.as_str()),
            ("result", "promises"),
            ("says", "答应每月来一次"),
            ("next", soon.as_str()),
        ];
        let (status, page) = place.post(&town, &format!("{case}/acts"), &act).await;
        assert_eq!(status, 303, "{page}");
        let (status, page) = place.post(&town, &format!("{case}/acts"), &act).await;
        assert_eq!(status, 409, "somebody was faster");
        assert!(
            page.contains("答应每月来一次") && page.contains("最新的情况"),
            "{page}"
        );
        let (_, due) = place.get(&town, "/duties?tab=due").await;
        assert!(due.contains("何秀英"), "its day has come: {due}");
        let second = [
            ("name", "何二强"),
            ("relation", "儿子"),
            ("stands", "unable"),
        ];
        place.post(&town, &format!("{case}/holders"), &second).await;
        let (status, letter) = place.get(&town, &format!("{case}/letter")).await;
        assert_eq!(status, 200);
        assert!(
            letter.contains("何大强（儿子）") && letter.contains("第十四条"),
            "{letter}"
        );
        assert!(
            !letter.contains("何二强"),
            "who cannot is not urged: {letter}"
        );
        let end = [("version", "1"), ("outcome", "gives")];
        assert_eq!(
            place.post(&town, &format!("{case}/close"), &end).await.0,
            303
        );
        assert_eq!(
            place.post(&town, &format!("{case}/close"), &end).await.0,
            409
        );
        assert_eq!(
            place
                .post(&town, &format!("{case}/holders"), &second)
                .await
                .0,
            409
        );
        let (_, page) = place.get(&town, "/duties?tab=closed").await;
        assert!(page.contains("已经履行"), "{page}");
        drop((place.app, place.router));
        place.store.close().await;
        place.db.close().await.unwrap();
    }
}
