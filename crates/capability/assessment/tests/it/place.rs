//! A database with areas, the published plan, one elder, two bodies; requests as somebody.

use area::api::{AreaBook, Tree, install};
use authz::{Actor, Role, Scope};
use axum::Router;
use axum::http::StatusCode;
use host::{App, AppState, testing};
use kernel::{Day, Instant};
use people::api::{NameIndex, NewPerson, PersonKey, Record, RollBook, first_sets, register_many};
use plan::api::{PlanBook, acknowledge_finding, check, load, publish};
use std::path::Path;
use std::sync::Arc;
use store::testing::{TestDb, databases};
use store::{Reads, Store, values};

/// Role, areas (or people) and account of somebody.
pub(crate) struct Who(
    pub(crate) Role,
    pub(crate) &'static str,
    pub(crate) &'static str,
);
pub(crate) static COUNTY: Who = Who(Role::CountyCivil, "421321", "wang");
pub(crate) static OTHER: Who = Who(Role::CountyCivil, "421303", "sun");
pub(crate) static HEALTH: Who = Who(Role::CountyHealth, "421321", "wei");
pub(crate) static TOWN: Who = Who(Role::TownWorker, "421321109", "zhang");
pub(crate) static FAMILY: Who = Who(Role::Family, "elder", "son");
pub(crate) static BODY: Who = Who(Role::AssessmentBody, "421321", "han");
/// Assessors of the first body, then of the second.
pub(crate) static ONE: Who = Who(Role::Assessor, "421321", "shen");
pub(crate) static TWO: Who = Who(Role::Assessor, "421321", "tao");
pub(crate) static THREE: Who = Who(Role::Assessor, "421321", "jin");
pub(crate) static FOUR: Who = Who(Role::Assessor, "421321", "jiang");

/// A place of one test.
pub(crate) struct Place {
    pub(crate) store: Store,
    pub(crate) router: Router,
    pub(crate) app: AppState,
    db: TestDb,
}

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

/// Places on every database.
pub(crate) async fn places() -> Vec<Place> {
    let mut migrations = store::migrations();
    for capability in [
        area::capability(),
        org::capability(),
        people::capability(),
        message::capability(),
        plan::capability(),
        quality::capability(),
        privacy::capability(),
        assessment::capability(),
    ] {
        migrations.extend(capability.migrations);
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../plans/suizhou");
    let mut files = rules::Files::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        files.insert(name, std::fs::read_to_string(&path).unwrap());
    }
    let tree = rules::folder::load(&files).unwrap();
    let mut places = Vec::new();
    for db in databases(&migrations).await.unwrap() {
        let store = db.store.clone();
        let mut tx = store.begin(&Actor::system("test"), None).await.unwrap();
        let areas = Tree::of_plan(&tree.plan, &tree.areas);
        install(&mut tx, &areas, tree.list.version).await.unwrap();
        let id = load(&mut tx, &files, "zhang").await.unwrap();
        for finding in check(&files, None).open() {
            acknowledge_finding(&mut tx, "suizhou", finding, "原文如此")
                .await
                .unwrap();
        }
        publish(&mut tx, &id, "zhang", "li").await.unwrap();
        register_many(
            &mut tx,
            vec![elder(), child()],
            &RollBook::default(),
            "test",
        )
        .await
        .unwrap();
        bodies(&mut tx).await;
        tx.commit().await.unwrap();
        let names = NameIndex::load(&store).await.unwrap();
        let app = App::new(store.clone(), "随州市", None)
            .with_part(Arc::new(PlanBook::load(&store).await.unwrap()))
            .with_part(Arc::new(AreaBook::load(&store).await.unwrap()));
        let app: AppState = Arc::new(people::api::plug(app, names));
        let routes = assessment::capability().routes;
        let router = routes.router().with_state(Arc::clone(&app));
        places.push(Place {
            store,
            router,
            app,
            db,
        });
    }
    places
}

fn elder() -> NewPerson {
    person(key(), "何秀英", "1941-03-02")
}

fn child() -> NewPerson {
    let key = PersonKey {
        id: "child".into(),
        ..key()
    };
    person(key, "何小宝", "2024-03-02")
}

/// Somebody of a village with these facts beside the first ones.
fn somebody(id: &str, name: &str, village: &str, facts: &[(&str, &str)]) -> NewPerson {
    let key = PersonKey {
        id: id.into(),
        ..key()
    };
    of_village(key, name, "1941-03-02", village, facts)
}

fn person(key: PersonKey, name: &str, birth: &str) -> NewPerson {
    of_village(key, name, birth, "421321109217", &[])
}

fn of_village(
    key: PersonKey,
    name: &str,
    birth: &str,
    village: &str,
    facts: &[(&str, &str)],
) -> NewPerson {
    let village = village.parse().unwrap();
    let (birth, since) = (day(birth), day("2024-01-01"));
    let mut sets = first_sets(birth, false, Some(village), village, since);
    for (fact, value) in facts {
        let fact = rules::facts::find(fact).unwrap();
        sets.push(people::api::Set {
            fact,
            value: Some(rules::facts::parse_value(fact, value).unwrap()),
            since,
            until: None,
        });
    }
    NewPerson {
        key,
        name: name.into(),
        provisional: None,
        id_number: None,
        phone: Some("13800000001".into()),
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
            sets,
            reason: None,
            withdrawn: None,
        }],
    }
}

pub(crate) fn key() -> PersonKey {
    PersonKey {
        shard: "421321".into(),
        id: "elder".into(),
    }
}

/// Two bodies of the county with two assessors each; the second assessor of the second body has a certificate that ended.
async fn bodies(tx: &mut store::Tx) {
    for (body, name, account) in [("b1", "甲评估所", "han"), ("b2", "乙评估所", "xie")] {
        tx.run(
            "INSERT INTO assessment_agency (body, name, account, area, contract, from_day, until_day, fee_fen) \
             VALUES ($1, $2, $3, '421321000000', 'c', 20250101, 20260101, 12000)",
            values![body, name, account],
        )
        .await
        .unwrap();
    }
    for (assessor, body, until, medical) in [
        ("shen", "b1", 20251231, 1),
        ("tao", "b1", 20251231, 0),
        ("jin", "b2", 20251231, 1),
        ("jiang", "b2", 20250629, 0),
    ] {
        tx.run(
            "INSERT INTO assessment_assessor (assessor, body, name, certificate, certificate_until, medical) \
             VALUES ($1, $2, $3, 'x', $4, $5)",
            values![assessor, body, assessor, until, medical],
        )
        .await
        .unwrap();
    }
    tx.audit(store::Audit::new("assessment.body"));
}

fn actor(who: &Who) -> Actor {
    let scope = match who.0 {
        Role::Family => Scope::People(vec![who.1.into()]),
        _ => Scope::Areas(vec![who.1.parse().unwrap()]),
    };
    Actor {
        id: who.2.into(),
        name: format!("{}的姓名", who.2),
        role: who.0,
        scope,
        scope_name: String::new(),
    }
}

impl Place {
    /// Registers somebody with these facts beside the first ones.
    pub(crate) async fn add(&self, id: &str, name: &str, village: &str, facts: &[(&str, &str)]) {
        let mut tx = self.begin().await;
        let person = somebody(id, name, village, facts);
        register_many(&mut tx, vec![person], &RollBook::default(), "test")
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }

    /// Lets a certificate run on.
    pub(crate) async fn certified(&self, assessor: &str) {
        let mut tx = self.begin().await;
        tx.run(
            "UPDATE assessment_assessor SET certificate_until = 20251231 WHERE assessor = $1",
            values![assessor],
        )
        .await
        .unwrap();
        tx.audit(store::Audit::new("assessment.body"));
        tx.commit().await.unwrap();
    }

    /// She consents to the sharing of health facts.
    pub(crate) async fn consented(&self) {
        let mut tx = self.begin().await;
        let loaded = privacy::api::load(&mut tx, &[], None, Some("rule = []")).await;
        loaded.unwrap().unwrap();
        let from = self.store.clock().today();
        privacy::api::give(&mut tx, &key(), "health", from)
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }

    pub(crate) async fn begin(&self) -> store::Tx {
        let actor = Actor::system("test");
        self.store.begin(&actor, None).await.unwrap()
    }

    pub(crate) async fn get(&self, who: &Who, path: &str) -> (StatusCode, String) {
        testing::get(&self.router, &actor(who), path).await.page()
    }

    pub(crate) async fn post(
        &self,
        who: &Who,
        path: &str,
        pairs: &[(&str, &str)],
    ) -> (StatusCode, String) {
        let who = actor(who);
        testing::post(&self.router, &who, path, pairs).await.page()
    }

    /// As `post`, which must lead somewhere.
    pub(crate) async fn done(&self, who: &Who, path: &str, pairs: &[(&str, &str)]) -> String {
        let (status, to) = self.post(who, path, pairs).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{path}: {to}");
        to
    }

    pub(crate) async fn number(&self, sql: &str) -> i64 {
        let row = self.store.one(sql, vec![]).await.unwrap().unwrap();
        row.int("n").unwrap()
    }

    /// The newest request.
    pub(crate) async fn newest(&self) -> String {
        let sql = "SELECT request FROM assessment_request ORDER BY asked_at DESC, request DESC";
        let rows = self.store.all(sql, vec![]).await.unwrap();
        rows.first().unwrap().text("request").unwrap()
    }

    pub(crate) async fn fact(&self, name: &str) -> Option<rules::Value> {
        let person = people::api::person(&self.store, "elder")
            .await
            .unwrap()
            .unwrap();
        person.facts.get(rules::facts::find(name).unwrap()).cloned()
    }

    /// Changes rows behind everybody's back.
    pub(crate) async fn write(&self, sql: &str) {
        let system = Actor::system("test");
        let mut tx = self.store.begin(&system, None).await.unwrap();
        tx.run(sql, vec![]).await.unwrap();
        tx.audit(store::Audit::new("test"));
        tx.commit().await.unwrap();
    }

    /// What was said of a kind, in order.
    pub(crate) async fn told(&self, kind: &str) -> Vec<String> {
        let sql = "SELECT said FROM message_message WHERE kind = $1 ORDER BY made_at, code";
        let rows = self.store.all(sql, values![kind]).await.unwrap();
        rows.iter().map(|row| row.text("said").unwrap()).collect()
    }

    pub(crate) async fn close(self) {
        drop((self.router, self.app, self.store));
        self.db.close().await.unwrap();
    }
}

/// Fields of the national scale that come to a total, with nothing beside it.
pub(crate) fn filled(total: i64) -> Vec<(String, String)> {
    let scheme = assess::by_id("gbt-42195-2022").unwrap();
    let mut left = total;
    let mut pairs = vec![
        ("day".to_owned(), "2025-06-30".to_owned()),
        ("relation".to_owned(), "child".to_owned()),
        ("key".to_owned(), format!("key-{total}")),
        ("act".to_owned(), "send".to_owned()),
    ];
    for item in scheme.items() {
        let points = left.min(item.most());
        pairs.push((item.id.clone(), points.to_string()));
        left -= points;
    }
    for flag in &scheme.flags {
        pairs.push((flag.id.clone(), "no".to_owned()));
    }
    for count in &scheme.counts {
        for kind in &count.kinds {
            pairs.push((format!("{}.{}", count.id, kind.id), "0".to_owned()));
        }
    }
    pairs
}

pub(crate) fn pairs(all: &[(String, String)]) -> Vec<(&str, &str)> {
    all.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect()
}
