//! A city with the published plan, procedures, a few old people, and a clock that can be pushed.

use area::api::{AreaBook, Tree, install};
use authz::{Actor, Role, Scope};
use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use cases::acts::{Books, Refusal, With};
use cases::machine::Act;
use cases::store::Case;
use cases::{acts, apply, book};
use host::{App, AppState, PersonKey, testing};
use kernel::{Day, Instant};
use people::api::{NewPerson, Person, Record, RollBook, Set, register_many};
use plan::api::{PlanBook, acknowledge_finding, check, load, publish};
use rules::Value;
use std::path::Path;
use std::sync::Arc;
use store::testing::{PushedClock, Template, TestDb, databases};
use store::{Reads, Store};

pub(crate) const PROCEDURES: &str =
    include_str!("../../../../../procedures/suizhou/procedures.toml");
const OVERLAY: &str = include_str!("../../../../app/demo/overlay/suizhou-params.toml");
pub(crate) const SENIOR: &str = "senior_allowance";
/// 随县.
pub(crate) const OFFICE: &str = "421321000000";
const VILLAGE: &str = "421321100001";

pub(crate) struct Place {
    pub(crate) store: Store,
    pub(crate) app: AppState,
    pub(crate) plans: Arc<PlanBook>,
    pub(crate) areas: Arc<AreaBook>,
    router: Router,
    clock: Arc<PushedClock>,
    pub(crate) db: TestDb,
}

pub(crate) fn day(text: &str) -> Day {
    text.parse().unwrap()
}

async fn templates() -> Vec<Template> {
    let mut migrations = store::migrations();
    migrations.extend(files::migrations());
    for capability in [
        area::capability(),
        org::capability(),
        people::capability(),
        message::capability(),
        plan::capability(),
        entitle::capability(),
        pay::capability(),
        cases::capability(),
    ] {
        migrations.extend(capability.migrations);
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../plans/suizhou");
    let mut texts = rules::Files::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|ending| ending == "toml") {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            texts.insert(name, std::fs::read_to_string(&path).unwrap());
        }
    }
    let tree = rules::folder::load(&texts).unwrap();
    let mut out = Vec::new();
    for db in databases(&migrations).await.unwrap() {
        let (store, _) = db.opened(day("2025-05-30"), 5).await.unwrap();
        let mut tx = store.begin(&Actor::system("test"), None).await.unwrap();
        let areas = Tree::of_plan(&tree.plan, &tree.areas);
        install(&mut tx, &areas, tree.list.version).await.unwrap();
        plan::api::set_overlay(&mut tx, "suizhou", OVERLAY)
            .await
            .unwrap();
        let id = load(&mut tx, &texts, "zhang").await.unwrap();
        for finding in check(&texts, None).open() {
            acknowledge_finding(&mut tx, "suizhou", finding, "原文如此")
                .await
                .unwrap();
        }
        publish(&mut tx, &id, "zhang", "li").await.unwrap();
        tx.commit().await.unwrap();
        let plans = PlanBook::load(&store).await.unwrap();
        let mut tx = store.begin(&Actor::system("test"), None).await.unwrap();
        book::load(&mut tx, &plans, PROCEDURES)
            .await
            .unwrap()
            .unwrap();
        tx.commit().await.unwrap();
        store.close().await;
        out.push(db.into_template().await.unwrap());
    }
    out
}

pub(crate) async fn places() -> Vec<Place> {
    let mut out = Vec::new();
    for template in templates().await {
        let db = template.copy().await.unwrap();
        let (store, clock) = db.opened(day("2025-06-02"), 6).await.unwrap();
        let plans = Arc::new(PlanBook::load(&store).await.unwrap());
        let areas = Arc::new(AreaBook::load(&store).await.unwrap());
        let mut app = App::new(store.clone(), "随州市", None)
            .with_part(Arc::clone(&plans))
            .with_part(Arc::clone(&areas))
            .with_part(Arc::new(files::Files::new(
                std::env::temp_dir().join(format!(
                    "laoyou-cases-{}",
                    store::secret::hex(&store::secure_random::bytes::<8>().unwrap())
                )),
                10_000_000,
            )));
        app.facts_changed
            .push(entitle::api::on_facts_changed(Arc::clone(&plans)));
        app.facts_changed
            .push(cases::on_facts_changed(Arc::clone(&areas)));
        let app: AppState = Arc::new(app);
        let router = cases::capability()
            .routes
            .router()
            .with_state(Arc::clone(&app));
        out.push(Place {
            store,
            app,
            plans,
            areas,
            router,
            clock,
            db,
        });
    }
    out
}

/// Somebody of a role with 随县 in view.
pub(crate) fn actor(id: &str, role: Role) -> Actor {
    Actor {
        id: id.into(),
        name: format!("{id}的姓名"),
        role,
        scope: Scope::Areas(vec!["421321".parse().unwrap()]),
        scope_name: "随县".into(),
    }
}

/// The daughter of somebody.
pub(crate) fn daughter(n: usize) -> Actor {
    Actor {
        scope: Scope::People(vec![key(n).id]),
        ..actor("daughter", Role::Family)
    }
}

pub(crate) fn key(n: usize) -> PersonKey {
    PersonKey {
        shard: "421321".into(),
        id: format!("person-{n:06}"),
    }
}

fn person(n: usize, birth: &str, village: &str, at: Instant) -> NewPerson {
    let set = |fact: &str, value: Value| Set {
        fact: rules::facts::find(fact).unwrap(),
        value: Some(value),
        since: day(birth),
        until: None,
    };
    let village = || Value::Area(village.parse().unwrap());
    NewPerson {
        key: key(n),
        name: format!("测{n:06}"),
        provisional: None,
        id_number: None,
        phone: None,
        address: None,
        contact_name: None,
        contact_phone: None,
        contact_relation: None,
        household: None,
        relation: None,
        registered: at,
        guardians: Vec::new(),
        records: vec![Record {
            seq: 1,
            recorded: at,
            source: "测试登记".into(),
            by: "测试员".into(),
            sets: vec![
                set("alive", Value::Bool(true)),
                set("birth_date", Value::Day(day(birth))),
                set("hukou_area", village()),
                set("residence_area", village()),
            ],
            reason: None,
            withdrawn: None,
        }],
    }
}

impl Place {
    /// Lets the clock stand on this day at nine.
    pub(crate) fn on(&self, text: &str) {
        self.clock.on(day(text));
    }

    pub(crate) async fn close(self) {
        drop((self.app, self.router));
        self.store.close().await;
        self.db.close().await.unwrap();
    }

    /// Registers people born so, and lets the list answer for them.
    pub(crate) async fn people(&self, births: impl Iterator<Item = (usize, &'static str)>) {
        self.people_in(VILLAGE, births).await;
    }

    /// The same in another village.
    pub(crate) async fn people_in(
        &self,
        village: &str,
        births: impl Iterator<Item = (usize, &'static str)>,
    ) {
        let system = Actor::system("test");
        let mut tx = self.store.begin(&system, None).await.unwrap();
        let at = tx.at();
        let people: Vec<NewPerson> = births
            .map(|(n, birth)| person(n, birth, village, at))
            .collect();
        let keys: Vec<PersonKey> = people.iter().map(|one| one.key.clone()).collect();
        register_many(&mut tx, people, &RollBook::default(), "test")
            .await
            .unwrap();
        // Payment is known here, and pays nobody: what the list owes is found.
        entitle::api::load_receipts(&mut tx, SENIOR, "测试花名册", &[])
            .await
            .unwrap();
        for keys in keys.chunks(500) {
            self.app.facts_changed(&mut tx, keys).await.unwrap();
        }
        tx.commit().await.unwrap();
    }

    pub(crate) async fn person(&self, n: usize) -> Person {
        people::api::person(&self.store, &key(n).id)
            .await
            .unwrap()
            .unwrap()
    }

    /// A draft for somebody.
    pub(crate) async fn draft(&self, who: &Actor, n: usize) -> Case {
        let loaded = book::in_force(&self.store).await.unwrap().unwrap();
        let procedure = loaded.procedures.of(SENIOR).unwrap();
        let person = self.person(n).await;
        let mut tx = self.store.begin(who, None).await.unwrap();
        let case = apply::start(&mut tx, &self.areas, loaded.no, procedure, &person)
            .await
            .unwrap()
            .unwrap();
        tx.commit().await.unwrap();
        case
    }

    /// Does an act as somebody.
    pub(crate) async fn act(
        &self,
        who: &Actor,
        case: &Case,
        act: Act<'_>,
        reason: &str,
    ) -> Result<Case, Refusal> {
        let procedure = book::procedure_for(&self.store, case).await.unwrap();
        let person = people::api::person(&self.store, &case.key.id)
            .await
            .unwrap()
            .unwrap();
        let books = Books {
            plans: &self.plans,
            areas: &self.areas,
            procedure: &procedure,
        };
        let with = With {
            reason: reason.into(),
            from: None,
        };
        let mut tx = self.store.begin(who, None).await.unwrap();
        let done = acts::perform(&mut tx, books, case, &person, act, &with)
            .await
            .unwrap();
        match done {
            Ok(case) => {
                tx.commit().await.unwrap();
                Ok(case)
            }
            Err(refusal) => {
                tx.rollback().await.unwrap();
                Err(refusal)
            }
        }
    }

    /// A case of somebody that waits for the decision, on the day after publicity.
    pub(crate) async fn deciding(&self, n: usize) -> Case {
        let town = actor("town", Role::TownWorker);
        self.on("2025-06-02");
        let mut case = self.draft(&daughter(n), n).await;
        for (who, act) in [
            (&daughter(n), Act::Submit),
            (&town, Act::Accept),
            (&town, Act::Pass("check")),
        ] {
            case = self.act(who, &case, act, "").await.unwrap();
        }
        self.on("2025-06-10");
        case
    }

    pub(crate) async fn number(&self, sql: &str) -> i64 {
        self.store.number(sql, vec![]).await.unwrap()
    }

    /// A page as somebody: its status and text, or where it leads.
    pub(crate) async fn get(&self, who: &Actor, path: &str) -> (StatusCode, String) {
        testing::get(&self.router, who, path).await.page()
    }

    /// The words of a Word file as somebody.
    pub(crate) async fn word(&self, who: &Actor, path: &str) -> String {
        let answer = testing::get(&self.router, who, path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        docs::testing::words(&answer.bytes).unwrap()
    }

    /// Loads other procedures.
    pub(crate) async fn procedures(&self, text: &str) {
        let system = Actor::system("test");
        let mut tx = self.store.begin(&system, None).await.unwrap();
        book::load(&mut tx, &self.plans, text)
            .await
            .unwrap()
            .unwrap();
        tx.commit().await.unwrap();
    }

    /// A form as somebody.
    pub(crate) async fn post(
        &self,
        who: &Actor,
        path: &str,
        pairs: &[(&str, &str)],
    ) -> (StatusCode, String) {
        testing::post(&self.router, who, path, pairs).await.page()
    }

    /// A form with a file as somebody.
    pub(crate) async fn bring(
        &self,
        who: &Actor,
        path: &str,
        evidence: &str,
        bytes: &[u8],
    ) -> (StatusCode, String) {
        let mut body = format!(
            "--frontier\r\nContent-Disposition: form-data; name=\"evidence\"\r\n\r\n{evidence}\r\n\
             --frontier\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\n\r\n"
        )
        .into_bytes();
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n--frontier--\r\n");
        let request = Request::post(path)
            .header(
                header::CONTENT_TYPE,
                "multipart/form-data; boundary=frontier",
            )
            .body(Body::from(body))
            .unwrap();
        testing::ask(&self.router, who, request).await.page()
    }
}
