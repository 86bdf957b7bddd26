//! A register of three counties with the plan of 随州, people who look alike, and officers who decide.

use area::api::{AreaBook, Tree, install};
use authz::{Actor, Role, Scope};
use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use entitle::api::{AnswerColumns, Receipt, load_receipts};
use host::{App, AppState, Session};
use kernel::{AreaCode, Clock, Day, Instant, SeededIds};
use people::api::{NameIndex, NewPerson, PersonKey, Record, RollBook, Set, register_many};
use plan::api::PlanBook;
use rules::facts::find;
use rules::{Files, Value};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use store::jobs::JobError;
use store::testing::{TEST_KEYS, TestDb, databases, test_now};
use store::{Keys, Reads, Store, values};
use tower::ServiceExt;

pub(crate) struct Pushed(AtomicI64);

impl Clock for Pushed {
    fn now(&self) -> Instant {
        // Every look is a little later, so that what is recorded later is later.
        Instant::from_micros(self.0.fetch_add(1, Ordering::Relaxed))
    }
}

pub(crate) struct Place {
    pub(crate) store: Store,
    pub(crate) app: AppState,
    router: Router,
    db: TestDb,
}

#[derive(Clone, Copy)]
pub(crate) struct Who(
    pub(crate) &'static str,
    pub(crate) Role,
    pub(crate) &'static str,
);

pub(crate) const ZENGDU: Who = Who("wang", Role::CountyCivil, "421303");
pub(crate) const ZENGDU_TWO: Who = Who("zhang", Role::CountyCivil, "421303");
pub(crate) const SUI: Who = Who("li", Role::CountyCivil, "421321");
pub(crate) const GUANGSHUI: Who = Who("zhou", Role::TownWorker, "421381");

pub(crate) fn actor() -> Actor {
    Actor::system("test")
}

pub(crate) fn day(text: &str) -> Day {
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

pub(crate) async fn places() -> Vec<Place> {
    let mut migrations = store::migrations();
    for capability in [
        area::capability(),
        org::capability(),
        people::capability(),
        plan::capability(),
        entitle::capability(),
        identity::capability(),
    ] {
        migrations.extend(capability.migrations);
    }
    let mut out = Vec::new();
    for db in databases(&migrations).await.unwrap() {
        let clock: Arc<dyn Clock> = Arc::new(Pushed(AtomicI64::new(test_now().micros())));
        let keys = Keys::from_file(TEST_KEYS).unwrap();
        let store = Store::open(&db.url, keys, clock, Arc::new(SeededIds::new(5)))
            .await
            .unwrap();
        prepare(&store).await;
        let app = app_over(&store).await;
        let routes = [people::capability().routes, identity::capability().routes];
        let router = routes
            .into_iter()
            .fold(Router::new(), |all, routes| all.merge(routes.router()))
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

async fn prepare(store: &Store) {
    let plan = rules::folder::load(&folder()).unwrap();
    let mut tx = store.begin(&actor(), None).await.unwrap();
    let tree = Tree::of_plan(&plan.plan, &plan.areas);
    install(&mut tx, &tree, plan.list.version).await.unwrap();
    let id = plan::api::load(&mut tx, &folder(), "zhang").await.unwrap();
    for finding in plan::api::check(&folder(), None).open() {
        plan::api::acknowledge_finding(&mut tx, "suizhou", finding, "原文如此")
            .await
            .unwrap();
    }
    plan::api::publish(&mut tx, &id, "zhang", "li")
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

async fn app_over(store: &Store) -> AppState {
    let names = NameIndex::load(store).await.unwrap();
    let answers = AnswerColumns::load(store, &names).await.unwrap();
    let plans = Arc::new(PlanBook::load(store).await.unwrap());
    let mut app = App::new(store.clone(), "随州市", None)
        .with_part(Arc::new(AreaBook::load(store).await.unwrap()))
        .with_part(Arc::clone(&plans));
    app = people::api::plug(app, names);
    app.facts_changed
        .push(entitle::api::on_facts_changed(plans));
    app = entitle::api::plug(app, answers);
    Arc::new(identity::api::plug(app))
}

/// Somebody to register.
pub(crate) struct New {
    pub(crate) id: usize,
    pub(crate) name: &'static str,
    pub(crate) birth: &'static str,
    pub(crate) village: &'static str,
    pub(crate) number: Option<String>,
    pub(crate) phone: Option<&'static str>,
    pub(crate) household: Option<&'static str>,
    pub(crate) facts: Vec<(&'static str, Value)>,
}

pub(crate) fn new(
    id: usize,
    name: &'static str,
    birth: &'static str,
    village: &'static str,
) -> New {
    New {
        id,
        name,
        birth,
        village,
        number: None,
        phone: None,
        household: None,
        facts: Vec::new(),
    }
}

pub(crate) fn key(id: usize) -> PersonKey {
    PersonKey {
        shard: "421303".into(),
        id: format!("01980000-0000-7000-8000-{id:012}"),
    }
}

pub(crate) fn person(new: &New) -> NewPerson {
    let (birth, area): (Day, AreaCode) = (day(new.birth), new.village.parse().unwrap());
    let mut pairs = vec![
        ("alive", Value::Bool(true)),
        ("birth_date", Value::Day(birth)),
        ("sex", Value::Word("female")),
        ("hukou_area", Value::Area(area)),
        ("residence_area", Value::Area(area)),
    ];
    pairs.extend(new.facts.iter().cloned());
    let at = Instant::at(day("2024-03-01"), 0).plus_seconds(new.id as i64);
    NewPerson {
        key: key(new.id),
        name: new.name.into(),
        provisional: new
            .number
            .is_none()
            .then(|| format!("临421303-{:08}", new.id)),
        id_number: new.number.clone(),
        phone: new.phone.map(Into::into),
        address: None,
        contact_name: None,
        contact_phone: None,
        contact_relation: None,
        household: new.household.map(Into::into),
        relation: None,
        registered: at,
        guardians: Vec::new(),
        records: vec![Record {
            seq: 1,
            recorded: at,
            source: "测试登记".into(),
            by: "测试员".into(),
            sets: pairs
                .into_iter()
                .map(|(fact, value)| Set {
                    fact: find(fact).unwrap(),
                    value: Some(value),
                    since: birth,
                    until: None,
                })
                .collect(),
            reason: None,
            withdrawn: None,
        }],
    }
}

/// A number of area 429900 with its check digit.
pub(crate) fn number(born: &str, serial: u32) -> String {
    let body = format!("429900{born}{serial:03}");
    let check = kernel::id_number::check_digit(&body).unwrap();
    format!("{body}{check}")
}

impl Place {
    pub(crate) async fn close(self) {
        drop((self.router, self.app));
        self.store.close().await;
        self.db.close().await.unwrap();
    }

    pub(crate) async fn register(&self, people: &[New]) {
        let people: Vec<NewPerson> = people.iter().map(person).collect();
        let keys: Vec<PersonKey> = people.iter().map(|person| person.key.clone()).collect();
        let mut tx = self.store.begin(&actor(), None).await.unwrap();
        register_many(&mut tx, people, &RollBook::default(), "test")
            .await
            .unwrap();
        self.app.facts_changed(&mut tx, &keys).await.unwrap();
        tx.commit().await.unwrap();
        let ids: Vec<String> = keys.into_iter().map(|key| key.id).collect();
        self.app
            .part::<NameIndex>()
            .unwrap()
            .reread(&self.store, &ids)
            .await
            .unwrap();
    }

    pub(crate) async fn receive(&self, id: usize, programme: &str, from: &str) {
        let receipt = Receipt {
            programme: programme.into(),
            from: day(from),
            until: None,
            fen: 10_000,
            payer: "曾都区财政局".into(),
            source: "测试花名册".into(),
            recorded: Instant::at(day("2025-06-01"), 0),
        };
        let mut tx = self.store.begin(&actor(), None).await.unwrap();
        load_receipts(&mut tx, programme, "测试", &[(key(id), receipt)])
            .await
            .unwrap();
        self.app.facts_changed(&mut tx, &[key(id)]).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Status, the address led to, the body.
    pub(crate) async fn send(
        &self,
        who: Who,
        method: &str,
        path: &str,
        form: &[(&str, &str)],
    ) -> (StatusCode, String, String) {
        let pairs: Vec<String> = form
            .iter()
            .map(|(key, value)| format!("{key}={}", ui::query_encode(value)))
            .collect();
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(pairs.join("&")))
            .unwrap();
        request.extensions_mut().insert(Arc::new(Session {
            actor: Actor {
                id: who.0.into(),
                name: who.0.into(),
                role: who.1,
                scope: Scope::Areas(vec![who.2.parse().unwrap()]),
                scope_name: who.2.into(),
            },
            id: "s".into(),
            must_change_password: false,
        }));
        let answer = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = answer.into_parts();
        let to = parts.headers.get(header::LOCATION);
        let to = to.map(|to| to.to_str().unwrap().to_owned());
        let body = axum::body::to_bytes(body, 10_000_000).await.unwrap();
        (
            parts.status,
            to.unwrap_or_default(),
            String::from_utf8_lossy(&body).into_owned(),
        )
    }

    /// The context of somebody who asks.
    pub(crate) fn ctx(&self, actor: Actor) -> host::Ctx {
        let mut request = Request::builder().uri("/").body(()).unwrap();
        request.extensions_mut().insert(Arc::new(Session {
            actor,
            id: "s".into(),
            must_change_password: false,
        }));
        host::Ctx::of(&request.into_parts().0, &self.app)
    }

    /// A page as this asker gets it.
    pub(crate) async fn get_as(&self, ctx: &host::Ctx, path: &str) -> (StatusCode, String) {
        let mut request = Request::builder().uri(path).body(Body::empty()).unwrap();
        request
            .extensions_mut()
            .insert(Arc::new(ctx.session().unwrap().clone()));
        let answer = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = answer.into_parts();
        let body = axum::body::to_bytes(body, 10_000_000).await.unwrap();
        (parts.status, String::from_utf8_lossy(&body).into_owned())
    }

    pub(crate) async fn get(&self, who: Who, path: &str) -> (StatusCode, String) {
        let (status, _, body) = self.send(who, "GET", path, &[]).await;
        (status, body)
    }

    /// Compares everybody: every turn of the job.
    pub(crate) async fn search(&self) {
        let now = self.store.clock().now();
        let kind = identity::api::SEARCH;
        self.store
            .enqueue(&actor(), kind, "{}", Some(kind), now)
            .await
            .unwrap();
        while self.turn().await {}
    }

    /// One turn of a worker; false when there is nothing to do.
    pub(crate) async fn turn(&self) -> bool {
        let Some(job) = self.store.claim_job().await.unwrap() else {
            return false;
        };
        let jobs = identity::capability().jobs;
        let spec = jobs.iter().find(|spec| spec.kind == job.kind).unwrap();
        let ended = (spec.run)(Arc::clone(&self.app), job.clone()).await;
        assert!(matches!(ended, Ok(()) | Err(JobError::Again)), "{ended:?}");
        self.store.finish_job(&job, ended).await.unwrap();
        true
    }

    /// The pair of two people: id, score, state, version.
    pub(crate) async fn pair(&self, a: usize, b: usize) -> Option<(String, i64, String, i64)> {
        let (mut a, mut b) = (key(a).id, key(b).id);
        if a > b {
            std::mem::swap(&mut a, &mut b);
        }
        let sql = "SELECT id, score, state, version FROM identity_pair WHERE a = $1 AND b = $2";
        let row = self.store.one(sql, values![a, b]).await.unwrap()?;
        Some((
            row.text("id").unwrap(),
            row.int("score").unwrap(),
            row.text("state").unwrap(),
            row.int("version").unwrap(),
        ))
    }

    /// What the form of a merge carries: the smaller id stands left.
    pub(crate) async fn merge_form(&self, a: usize, b: usize) -> Vec<(&'static str, String)> {
        let (left, right) = if key(a).id < key(b).id {
            (a, b)
        } else {
            (b, a)
        };
        let version = self.pair(a, b).await.unwrap().3;
        let of = |id: usize| async move {
            let person = people::api::person(&self.store, &key(id).id).await.unwrap();
            person.map_or(-1, |person| person.version).to_string()
        };
        vec![
            ("version", version.to_string()),
            ("v1", of(left).await),
            ("v2", of(right).await),
        ]
    }

    /// Merges two people as an officer does; the address of the merge.
    pub(crate) async fn merge(
        &self,
        who: Who,
        (a, b): (usize, usize),
        more: &[(&str, &str)],
    ) -> (StatusCode, String) {
        let pair = self.pair(a, b).await.unwrap().0;
        let form = self.merge_form(a, b).await;
        let mut form: Vec<(&str, &str)> = form
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        form.extend_from_slice(more);
        let path = format!("/duplicates/{pair}/merge");
        let (status, to, _) = self.send(who, "POST", &path, &form).await;
        (status, to)
    }

    /// Takes a merge back.
    pub(crate) async fn undo(&self, who: Who, merge: &str, survivor: usize) -> StatusCode {
        let person = people::api::person(&self.store, &key(survivor).id)
            .await
            .unwrap();
        let version = person.map_or(-1, |person| person.version).to_string();
        let form = [("reason", "核实为两个人"), ("version", version.as_str())];
        let (status, ..) = self
            .send(who, "POST", &format!("{merge}/undo"), &form)
            .await;
        status
    }
}
