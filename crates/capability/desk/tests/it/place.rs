//! A register with the published list, five people, and the roll of one programme.

use area::api::{AreaBook, Tree, install};
use authz::{Actor, Role, Scope};
use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use entitle::api::{AnswerColumns, Receipt, everyone, load_receipts};
use host::{App, AppState, Session};
use kernel::{Day, Instant};
use people::api::{NameIndex, NewPerson, PersonKey, Record, RollBook, Set, register_many};
use plan::api::PlanBook;
use rules::facts::find;
use rules::{Files, Value};
use std::path::Path;
use std::sync::Arc;
use store::testing::{TestDb, databases};
use store::{Reads, values};
use tower::ServiceExt;

pub(crate) struct Who(pub(crate) Role, pub(crate) &'static str);
pub(crate) const COUNTY: Who = Who(Role::CountyCivil, "421303");

pub(crate) struct Place {
    pub(crate) db: TestDb,
    router: Router,
}

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn folder() -> Files {
    let place = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../plans/suizhou");
    let files = std::fs::read_dir(place).unwrap().map(|entry| {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        (name, std::fs::read_to_string(&path).unwrap())
    });
    files.collect()
}

fn key(id: usize) -> PersonKey {
    PersonKey {
        shard: "421303".into(),
        id: format!("person-{id:05}"),
    }
}

/// Somebody of whom all facts are no, except these; `None` is unknown.
fn person(id: usize, birth: &str, area: &str, more: &[(&str, Option<Value>)]) -> NewPerson {
    let no = || Some(Value::Bool(false));
    let mut pairs: Vec<(&str, Option<Value>)> = rules::FactId::all()
        .filter(|fact| matches!(fact.def().kind, rules::facts::Kind::Bool))
        .map(|fact| (fact.name(), no()))
        .collect();
    let area: kernel::AreaCode = area.parse().unwrap();
    pairs.extend([
        ("birth_date", Some(Value::Day(day(birth)))),
        ("sex", Some(Value::Word("female"))),
        ("hukou_area", Some(Value::Area(area))),
        ("residence_area", Some(Value::Area(area))),
        ("living", Some(Value::Word("with_family"))),
        ("ability_level", Some(Value::Int(0))),
        ("disability_grade", Some(Value::Int(0))),
    ]);
    pairs.push(("alive", Some(Value::Bool(true))));
    pairs.extend(more.iter().cloned());
    let mut last = std::collections::BTreeMap::new();
    for (name, value) in pairs {
        last.insert(name, value);
    }
    let sets = last.into_iter().filter_map(|(name, value)| {
        Some(Set {
            fact: find(name).unwrap(),
            value: Some(value?),
            since: day("1900-01-01"),
            until: None,
        })
    });
    NewPerson {
        key: key(id),
        name: format!("测{id:05}"),
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
            sets: sets.collect(),
            reason: None,
            withdrawn: None,
        }],
    }
}

/// Two are owed 高龄津贴 in two towns, one receives it and is too young, one is 82 with an unknown way of living,
/// one lives in another county and is owed nothing.
pub(crate) async fn places() -> Vec<Place> {
    let mut migrations = store::migrations();
    for capability in [
        area::capability(),
        org::capability(),
        people::capability(),
        message::capability(),
        plan::capability(),
        entitle::capability(),
        period::capability(),
        pay::capability(),
    ] {
        migrations.extend(capability.migrations);
    }
    let files = folder();
    let tree = rules::folder::load(&files).unwrap();
    let mut out = Vec::new();
    for db in databases(&migrations).await.unwrap() {
        let mut tx = db.store.begin(&Actor::system("test"), None).await.unwrap();
        let areas = Tree::of_plan(&tree.plan, &tree.areas);
        install(&mut tx, &areas, tree.list.version).await.unwrap();
        let id = plan::api::load(&mut tx, &files, "zhang").await.unwrap();
        for finding in plan::api::check(&files, None).open() {
            plan::api::acknowledge_finding(&mut tx, "suizhou", finding, "原文如此")
                .await
                .unwrap();
        }
        plan::api::publish(&mut tx, &id, "zhang", "li")
            .await
            .unwrap();
        let people = vec![
            person(0, "1942-05-05", "421303001001", &[]),
            person(1, "1941-05-05", "421303002201", &[]),
            person(2, "1955-05-05", "421303001001", &[]),
            person(3, "1943-05-05", "421303001002", &[("living", None)]),
            person(4, "1965-05-05", "421381001001", &[]),
        ];
        register_many(&mut tx, people, &RollBook::default(), "test")
            .await
            .unwrap();
        let receipt = |id: usize| {
            let receipt = Receipt {
                programme: "senior_allowance".into(),
                from: day("2025-01-01"),
                until: None,
                fen: 5_000,
                payer: "曾都区财政局".into(),
                source: "测试花名册".into(),
                recorded: Instant::at(day("2025-06-01"), 0),
            };
            (key(id), receipt)
        };
        let roll = [receipt(2), receipt(3)];
        load_receipts(&mut tx, "senior_allowance", "测试花名册", &roll)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let plans = Arc::new(PlanBook::load(&db.store).await.unwrap());
        let published = plans.in_force(day("2025-06-30")).unwrap();
        everyone(&db.store, &published, true, |_| {}).await.unwrap();
        let areas = Arc::new(AreaBook::load(&db.store).await.unwrap());
        let names = NameIndex::load(&db.store).await.unwrap();
        let answers = AnswerColumns::load(&db.store, &names).await.unwrap();
        let app = App::new(db.store.clone(), "随州市", None)
            .with_part(plans)
            .with_part(areas);
        let app: AppState = Arc::new(entitle::api::plug(people::api::plug(app, names), answers));
        let routes = desk::capability()
            .routes
            .router()
            .merge(entitle::capability().routes.router());
        out.push(Place {
            db,
            router: routes.with_state(app),
        });
    }
    let mut ready = Vec::new();
    for place in out {
        // As if the findings had come up today and been looked at: only one test moves them.
        place.found_today().await;
        ready.push(place);
    }
    ready
}

impl Place {
    async fn found_today(&self) {
        let mut tx = self
            .db
            .store
            .begin(&Actor::system("test"), None)
            .await
            .unwrap();
        tx.run(
            "UPDATE entitle_finding SET first_found = $1",
            values![20_250_630],
        )
        .await
        .unwrap();
        tx.audit(store::Audit::new("test"));
        tx.commit().await.unwrap();
    }

    /// Says that a person's finding came up on this day.
    pub(crate) async fn found_on(&self, kind: &str, id: usize, on: i32) {
        let mut tx = self
            .db
            .store
            .begin(&Actor::system("test"), None)
            .await
            .unwrap();
        let sql = "UPDATE entitle_finding SET first_found = $1 WHERE kind = $2 AND id = $3";
        tx.run(sql, values![on, kind, key(id).id]).await.unwrap();
        tx.audit(store::Audit::new("test"));
        tx.commit().await.unwrap();
    }

    /// Somebody loads the folder with a remark more: a draft that waits.
    pub(crate) async fn load_draft(&self, by: &str) {
        let mut files = folder();
        files
            .get_mut("params.toml")
            .unwrap()
            .push_str("\n# 待批准的改动\n");
        let mut tx = self
            .db
            .store
            .begin(&Actor::system("test"), None)
            .await
            .unwrap();
        plan::api::load(&mut tx, &files, by).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Ids of the open findings of a kind.
    pub(crate) async fn findings(&self, kind: &str) -> Vec<String> {
        let sql =
            "SELECT finding FROM entitle_finding WHERE closed_on IS NULL AND kind = $1 ORDER BY id";
        let rows = self.db.store.all(sql, values![kind]).await.unwrap();
        rows.iter()
            .map(|row| row.text("finding").unwrap())
            .collect()
    }
}

async fn send(place: &Place, who: &Who, mut request: Request<Body>) -> (StatusCode, String) {
    let actor = Actor {
        id: "wang".into(),
        name: "王工".into(),
        role: who.0,
        scope: Scope::Areas(vec![who.1.parse().unwrap()]),
        scope_name: String::new(),
    };
    request.extensions_mut().insert(Arc::new(Session {
        actor,
        id: "s".into(),
        must_change_password: false,
    }));
    let answer = place.router.clone().oneshot(request).await.unwrap();
    let status = answer.status();
    let to = answer
        .headers()
        .get(header::LOCATION)
        .map(|to| to.to_str().unwrap().to_owned());
    let bytes = axum::body::to_bytes(answer.into_body(), 10_000_000)
        .await
        .unwrap();
    (
        status,
        to.unwrap_or_else(|| String::from_utf8(bytes.to_vec()).unwrap()),
    )
}

pub(crate) async fn get(place: &Place, who: &Who, path: &str) -> (StatusCode, String) {
    let path: String = path
        .chars()
        .map(|c| {
            if c.is_ascii() {
                c.to_string()
            } else {
                ui::query_encode(&c.to_string())
            }
        })
        .collect();
    send(place, who, Request::get(path).body(Body::empty()).unwrap()).await
}

pub(crate) async fn post(
    place: &Place,
    who: &Who,
    path: &str,
    pairs: &[(&str, &str)],
) -> (StatusCode, String) {
    let body: Vec<String> = pairs
        .iter()
        .map(|(name, value)| format!("{}={}", ui::query_encode(name), ui::query_encode(value)))
        .collect();
    let request = Request::post(path)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(body.join("&")))
        .unwrap();
    send(place, who, request).await
}
