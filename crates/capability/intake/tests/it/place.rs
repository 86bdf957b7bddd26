//! A city with its plan, a few people, officers, and a worker that can be stopped anywhere.

use area::api::{AreaBook, AreaRow, Tree};
use authz::{Actor, Role, Scope};
use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use entitle::api::AnswerColumns;
use files::Files;
use host::{App, AppState, Session};
use kernel::{AreaCode, Clock, Day, IdNumber, Instant, SeededIds};
use people::api::{Fact, NameIndex, NewPerson, PersonKey, Record, RollBook, Set};
use plan::api::PlanBook;
use rules::facts::{Value, find};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use store::jobs::{Job, JobError};
use store::testing::{TEST_KEYS, TestDb, databases, test_now};
use store::{Keys, Store};
use tower::ServiceExt;

pub(crate) struct Pushed(AtomicI64);

impl Clock for Pushed {
    fn now(&self) -> Instant {
        // Every look is a moment later, so that what is recorded later is known later.
        Instant::from_micros(self.0.fetch_add(1_000, Ordering::Relaxed))
    }
}

pub(crate) struct Place {
    pub(crate) store: Store,
    pub(crate) app: AppState,
    pub(crate) folder: PathBuf,
    router: Router,
    pub(crate) db: TestDb,
}

pub(crate) struct Who(
    pub(crate) &'static str,
    pub(crate) Role,
    pub(crate) &'static str,
);
pub(crate) const COUNTY: Who = Who("zhang", Role::CountyCivil, "421303");
pub(crate) const CHIEF: Who = Who("li", Role::CityCivil, "4213");
pub(crate) const DISABLED: Who = Who("can", Role::DepartmentData, "421303");
pub(crate) const LEADER: Who = Who("liu", Role::Leader, "4213");

pub(crate) fn day(text: &str) -> Day {
    text.parse().unwrap()
}

pub(crate) fn code(text: &str) -> AreaCode {
    text.parse().unwrap()
}

/// A made-up number of somebody born that day; `order` odd for a man.
pub(crate) fn number(birth: u32, order: u32) -> String {
    let body = format!("429900{birth:08}{order:03}");
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = body
        .chars()
        .zip(weights)
        .map(|(digit, weight)| digit.to_digit(10).unwrap() * weight)
        .sum();
    let check = ['1', '0', 'X', '9', '8', '7', '6', '5', '4', '3', '2'][sum as usize % 11];
    let number = format!("{body}{check}");
    assert!(IdNumber::parse(&number, day("2025-06-30")).is_ok());
    number
}

fn tree() -> Tree {
    let rows = [
        ("4213", "随州市"),
        ("421303", "曾都区"),
        ("421303106", "万店镇"),
        ("421303106200", "龙头湾村村委会"),
        ("421303106201", "小河村村委会"),
        ("421303187", "淅河镇"),
        ("421303187200", "先觉庙村村委会"),
        ("421321", "随县"),
        ("421321101", "唐县镇"),
        ("421321101200", "华宝山村村委会"),
    ];
    Tree {
        areas: rows
            .iter()
            .map(|(area, name)| AreaRow {
                code: code(area),
                name: (*name).into(),
            })
            .collect(),
        management: Vec::new(),
    }
}

fn plan_folder() -> rules::Files {
    let place = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../plans/suizhou");
    let files = std::fs::read_dir(place).unwrap().map(|entry| {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        (name, std::fs::read_to_string(&path).unwrap())
    });
    files.collect()
}

/// Villages in turn.
pub(crate) const VILLAGES: [&str; 3] = ["421303106200", "421303106201", "421303187200"];

/// Somebody of the register: born in 1940, in the villages of 曾都区 in turn; every seventh in 随县.
pub(crate) fn somebody(n: u32) -> NewPerson {
    let area = if n % 7 == 6 {
        "421321101200"
    } else {
        VILLAGES[n as usize % 3]
    };
    let birth = day("1940-01-01").plus_days(n as i32);
    let since = day("2020-01-01");
    let known = Instant::at(since, 3600);
    let set = |fact: &str, value: Value, since: Day| Set {
        fact: find(fact).unwrap(),
        value: Some(value),
        since,
        until: None,
    };
    NewPerson {
        key: PersonKey {
            shard: area[..6].to_owned(),
            id: kernel::text_of_uuid(0x0197_0000_0000_7000_8000_0000_0000_0000 + u128::from(n)),
        },
        name: name(n),
        provisional: None,
        id_number: Some(number(birth.number() as u32, n % 499 * 2)),
        phone: None,
        address: None,
        contact_name: None,
        contact_phone: None,
        contact_relation: None,
        household: None,
        relation: None,
        registered: known,
        guardians: Vec::new(),
        records: vec![Record {
            seq: 1,
            recorded: known,
            source: "户籍登记".into(),
            by: "公安".into(),
            sets: vec![
                set("alive", Value::Bool(true), birth),
                set("birth_date", Value::Day(birth), birth),
                set("sex", Value::Word("female"), birth),
                set("hukou_area", Value::Area(code(area)), since),
                set("residence_area", Value::Area(code(area)), since),
            ],
            reason: None,
            withdrawn: None,
        }],
    }
}

pub(crate) fn name(n: u32) -> String {
    let given = ["秀兰", "桂英", "玉珍", "凤英", "兰英"];
    let family = ["张", "李", "王", "刘", "陈", "杨"];
    format!("{}{}", family[n as usize % 6], given[n as usize % 5])
}

/// 「name,number」 of somebody of the register.
pub(crate) fn row(n: u32) -> String {
    let person = somebody(n);
    format!("{},{}", person.name, person.id_number.unwrap())
}

/// The city on every database, with so many people and everybody answered.
pub(crate) async fn places(people: u32) -> Vec<Place> {
    let mut migrations = store::migrations();
    migrations.extend(files::migrations());
    for capability in [
        area::capability(),
        people::capability(),
        plan::capability(),
        entitle::capability(),
        intake::capability(),
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
        fill(&store, people).await;
        let folder = std::env::temp_dir().join(format!(
            "laoyou-intake-{}-{}",
            std::process::id(),
            db.url.rsplit('/').next().unwrap()
        ));
        let book = PlanBook::load(&store).await.unwrap();
        let published = book.in_force(day("2025-06-30")).unwrap();
        entitle::api::everyone(&store, &published, true, |_| {})
            .await
            .unwrap();
        let (app, router) = build(&store, &folder).await;
        out.push(Place {
            store,
            app,
            folder,
            router,
            db,
        });
    }
    out
}

/// The application of a server that is started now.
async fn build(store: &Store, folder: &Path) -> (AppState, Router) {
    let book = Arc::new(PlanBook::load(store).await.unwrap());
    let ear = Arc::new(people::api::Ear::new(store));
    let names = NameIndex::load(store).await.unwrap();
    let answers = AnswerColumns::load(store, &names).await.unwrap();
    let mut app = App::new(store.clone(), "随州市", None)
        .with_part(Arc::new(AreaBook::load(store).await.unwrap()))
        .with_part(Arc::clone(&book))
        .with_part(Arc::new(Files::new(folder, 8_000_000)));
    app = people::api::plug(app, names);
    app.facts_changed
        .push(entitle::api::on_facts_changed(Arc::clone(&book)));
    app = entitle::api::plug(app, answers);
    app.facts_changed.push(ear.tells());
    let app: AppState = Arc::new(app.with_part(ear));
    let routes = intake::capability().routes.router();
    let router = routes.with_state(Arc::clone(&app));
    (app, router)
}

async fn fill(store: &Store, people: u32) {
    let actor = Actor::system("test");
    let mut tx = store.begin(&actor, None).await.unwrap();
    area::api::install(&mut tx, &tree(), day("2020-01-01"))
        .await
        .unwrap();
    let id = plan::api::load(&mut tx, &plan_folder(), "zhang")
        .await
        .unwrap();
    for finding in plan::api::check(&plan_folder(), None).open() {
        plan::api::acknowledge_finding(&mut tx, "suizhou", finding, "原文如此")
            .await
            .unwrap();
    }
    plan::api::publish(&mut tx, &id, "zhang", "li")
        .await
        .unwrap();
    let all = (0..people).map(somebody).collect();
    people::api::register_many(&mut tx, all, &RollBook::default(), "test")
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

pub(crate) fn actor(who: &Who) -> Actor {
    Actor {
        id: who.0.into(),
        name: format!("{}经办", who.0),
        role: who.1,
        scope: Scope::Areas(vec![code(who.2)]),
        scope_name: who.2.into(),
    }
}

/// A CSV as offices write it: GBK. Only letters that the table below knows are needed by the tests.
pub(crate) fn gbk(text: &str) -> Vec<u8> {
    let (bytes, _, unknown) = encoding_rs::GB18030.encode(text);
    assert!(!unknown);
    bytes.into_owned()
}

pub(crate) const BOUNDARY: &str = "-----------------intake";

/// The body of an upload.
pub(crate) fn upload(kind: &str, name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut body = format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"kind\"\r\n\r\n{kind}\r\n--{BOUNDARY}\r\n\
         Content-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: text/csv\r\n\r\n"
    )
    .into_bytes();
    body.extend_from_slice(bytes);
    body.extend_from_slice(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
    body
}

impl Place {
    /// The same place after the server was started again.
    pub(crate) async fn restarted(mut self) -> Self {
        (self.app, self.router) = build(&self.store, &self.folder).await;
        self
    }

    pub(crate) async fn close(self) {
        drop((self.router, self.app));
        self.store.close().await;
        self.db.close().await.unwrap();
        if self.folder.exists() {
            std::fs::remove_dir_all(self.folder).unwrap();
        }
    }

    /// Status, the address led to, the body.
    pub(crate) async fn send(
        &self,
        who: &Who,
        method: &str,
        path: &str,
        kind: &str,
        body: Vec<u8>,
    ) -> (StatusCode, String, Vec<u8>) {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::CONTENT_TYPE, kind)
            .header(header::CONTENT_LENGTH, body.len())
            .body(Body::from(body))
            .unwrap();
        request.extensions_mut().insert(Arc::new(Session {
            actor: actor(who),
            id: "s".into(),
            must_change_password: false,
        }));
        let answer = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = answer.into_parts();
        let to = parts.headers.get(header::LOCATION);
        let to = to.map(|to| to.to_str().unwrap().to_owned());
        let body = axum::body::to_bytes(body, 100_000_000).await.unwrap();
        (parts.status, to.unwrap_or_default(), body.to_vec())
    }

    pub(crate) async fn get(&self, who: &Who, path: &str) -> (StatusCode, String) {
        let (status, _, body) = self.send(who, "GET", path, "text/plain", Vec::new()).await;
        (status, String::from_utf8_lossy(&body).into_owned())
    }

    pub(crate) async fn post(&self, who: &Who, path: &str, form: &str) -> (StatusCode, String) {
        let kind = "application/x-www-form-urlencoded";
        let body = form.as_bytes().to_vec();
        let (status, _, body) = self.send(who, "POST", path, kind, body).await;
        (status, String::from_utf8_lossy(&body).into_owned())
    }

    /// Uploads; status, and address or page.
    pub(crate) async fn upload(
        &self,
        who: &Who,
        kind: &str,
        name: &str,
        bytes: &[u8],
    ) -> (StatusCode, String) {
        let of = format!("multipart/form-data; boundary={BOUNDARY}");
        let body = upload(kind, name, bytes);
        let (status, to, page) = self.send(who, "POST", "/intake", &of, body).await;
        if status == StatusCode::SEE_OTHER {
            (status, to)
        } else {
            (status, String::from_utf8_lossy(&page).into_owned())
        }
    }

    /// One turn of a worker; what it ran and how that ended, not yet said to the job table.
    pub(crate) async fn turn(&self) -> Option<(Job, Result<(), JobError>)> {
        let job = self.store.claim_job().await.unwrap()?;
        let mut jobs = intake::capability().jobs;
        jobs.extend(entitle::capability().jobs);
        let spec = jobs.iter().find(|spec| spec.kind == job.kind).unwrap();
        let ended = (spec.run)(Arc::clone(&self.app), job.clone()).await;
        Some((job, ended))
    }

    pub(crate) async fn work(&self) {
        while let Some((job, ended)) = self.turn().await {
            assert!(matches!(ended, Ok(()) | Err(JobError::Again)), "{ended:?}");
            self.store.finish_job(&job, ended).await.unwrap();
        }
    }

    /// Brings bytes in up to the preview; the import's id.
    pub(crate) async fn check(
        &self,
        who: &Who,
        kind: &str,
        bytes: &[u8],
        complete: Option<&str>,
    ) -> String {
        let (status, to) = self.upload(who, kind, "名单.csv", bytes).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{to}");
        let id = to.rsplit('/').next().unwrap().to_owned();
        let said = intake::api::Said {
            source: "2025年6月名册".into(),
            complete: complete.is_some(),
            area: complete.map(code),
            day: day("2025-06-01"),
            columns: None,
        };
        intake::api::say(&self.app, &actor(who), &id, said)
            .await
            .unwrap();
        self.work().await;
        id
    }

    /// The counts of a checked import: new, changed, unchanged, conflicting, refused.
    pub(crate) async fn counts(&self, id: &str) -> [i64; 5] {
        let shown = intake::api::look(&self.app, id).await.unwrap();
        assert_eq!(shown.error, None);
        shown.counts
    }

    pub(crate) async fn commit(&self, who: &Who, id: &str) {
        intake::api::commit(&self.app, &actor(who), id)
            .await
            .unwrap();
        self.work().await;
        let shown = intake::api::look(&self.app, id).await.unwrap();
        assert_eq!((shown.state, shown.error), ("已完成", None));
    }

    pub(crate) async fn withdraw(&self, who: &Who, id: &str) {
        intake::api::withdraw(&self.app, &actor(who), id)
            .await
            .unwrap();
        self.work().await;
        let shown = intake::api::look(&self.app, id).await.unwrap();
        assert_eq!((shown.state, shown.error), ("已撤销", None));
    }

    /// A fact of everybody of 曾都区 and 随县, by name and number of the register; nobody left out.
    pub(crate) async fn facts(&self) -> Vec<(String, Vec<(Fact, Value)>)> {
        let mut out = Vec::new();
        let mut after = None;
        loop {
            let part = people::api::after(&self.store, after.as_ref(), 500)
                .await
                .unwrap();
            let Some(last) = part.last() else { break };
            after = Some(last.key.clone());
            for person in part {
                let facts = Fact::all()
                    .filter_map(|fact| Some((fact, person.facts.get(fact)?.clone())))
                    .collect();
                out.push((person.key.id, facts));
            }
        }
        out
    }

    /// The current value of a fact of somebody of the register.
    pub(crate) async fn fact(&self, n: u32, fact: &str) -> Option<Value> {
        let person = people::api::person(&self.store, &somebody(n).key.id)
            .await
            .unwrap()
            .unwrap();
        person.facts.get(find(fact).unwrap()).cloned()
    }

    /// Whether rows, history and answers agree: the row holds what the history comes to, the answers what the row says.
    pub(crate) async fn consistent(&self) {
        let mut after = None;
        loop {
            let part = people::api::after(&self.store, after.as_ref(), 500)
                .await
                .unwrap();
            let Some(last) = part.last() else { break };
            after = Some(last.key.clone());
            for person in part {
                let now = self.store.clock().now();
                let known = people::api::facts_on(&self.store, &person.key, now.day(), now)
                    .await
                    .unwrap();
                assert!(known.facts == person.facts, "{}", person.key.id);
            }
        }
        let book = self.app.part::<PlanBook>().unwrap();
        let published = book.in_force(day("2025-06-30")).unwrap();
        let wrong = entitle::api::differences(&self.store, &published)
            .await
            .unwrap();
        assert_eq!(wrong, Vec::<String>::new(), "answers");
    }

    pub(crate) async fn audits(&self, action: &str) -> i64 {
        let sql = "SELECT count(*) AS n FROM audit_row WHERE action = $1";
        store::Reads::number(&self.store, sql, store::values![action])
            .await
            .unwrap()
    }
}
