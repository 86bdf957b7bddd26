//! A city with its plan, a few people, officers and departments, a clock that can be pushed, and a worker.

use area::api::{AreaBook, AreaRow, Tree};
use authz::{Actor, Role, Scope};
use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use entitle::api::AnswerColumns;
use files::Files;
use host::{App, AppState, Capability, Session};
use kernel::{AreaCode, Clock, Day, IdNumber, Instant, SeededIds};
use people::api::{NameIndex, NewPerson, PersonKey, Record, RollBook, Set};
use plan::api::PlanBook;
use rules::facts::{Value, find, parse_value};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use store::jobs::{Job, JobError};
use store::testing::{TEST_KEYS, TestDb, databases, test_now};
use store::{Keys, Reads, Store, values};
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
    clock: Arc<Pushed>,
    db: TestDb,
}

pub(crate) struct Who(
    pub(crate) &'static str,
    pub(crate) Role,
    pub(crate) &'static str,
);
pub(crate) const COUNTY: Who = Who("zhang", Role::CountyCivil, "421303");
pub(crate) const OTHER_COUNTY: Who = Who("sui", Role::CountyCivil, "421321");
pub(crate) const CITY: Who = Who("li", Role::CityCivil, "4213");
pub(crate) const DISABLED: Who = Who("can", Role::DepartmentData, "421303");
pub(crate) const HEALTH: Who = Who("wei", Role::CountyHealth, "421303");

pub(crate) fn day(text: &str) -> Day {
    text.parse().unwrap()
}

pub(crate) fn code(text: &str) -> AreaCode {
    text.parse().unwrap()
}

/// A made-up number of somebody born that day.
pub(crate) fn number(birth: u32, order: u32) -> String {
    let body = format!("429900{birth:08}{order:03}");
    let check = kernel::id_number::check_digit(&body).unwrap();
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

/// Somebody of the register, born in 1940 and after; every fifth lives in 随县, every eleventh has no number.
pub(crate) fn somebody(n: u32, more: &[(&str, &str)]) -> NewPerson {
    let area = if n % 5 == 4 {
        "421321101200"
    } else {
        "421303106200"
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
    let mut sets = vec![
        set("alive", Value::Bool(true), birth),
        set("birth_date", Value::Day(birth), birth),
        set("sex", Value::Word("female"), birth),
        set("hukou_area", Value::Area(code(area)), since),
        set("residence_area", Value::Area(code(area)), since),
    ];
    for (name, text) in more {
        let fact = find(name).unwrap();
        sets.push(set(name, parse_value(fact, text).unwrap(), since));
    }
    let numbered = n % 11 != 10;
    NewPerson {
        key: key(n),
        name: name(n),
        provisional: (!numbered).then(|| format!("临{n:08}")),
        id_number: numbered.then(|| number(birth.number() as u32, n % 499 * 2)),
        phone: Some(format!("139{n:08}")),
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
            sets,
            reason: None,
            withdrawn: None,
        }],
    }
}

pub(crate) fn key(n: u32) -> PersonKey {
    PersonKey {
        shard: if n % 5 == 4 { "421321" } else { "421303" }.into(),
        id: kernel::text_of_uuid(0x0197_0000_0000_7000_8000_0000_0000_0000 + u128::from(n)),
    }
}

pub(crate) fn name(n: u32) -> String {
    let given = ["秀兰", "桂英", "玉珍", "凤英", "兰英", "爱华", "春梅"];
    let family = ["张", "李", "王", "刘", "陈", "杨"];
    format!("{}{}", family[n as usize % 6], given[n as usize % 7])
}

/// The number of somebody of the register.
pub(crate) fn number_of(n: u32) -> String {
    somebody(n, &[]).id_number.unwrap()
}

fn capabilities() -> Vec<Capability> {
    vec![
        area::capability(),
        org::capability(),
        people::capability(),
        plan::capability(),
        entitle::capability(),
        quality::capability(),
        export::capability(),
        exchange::capability(),
    ]
}

/// The city on every database, with so many people, everybody with these facts besides.
pub(crate) async fn places(people: u32, more: &[(&str, &str)]) -> Vec<Place> {
    let mut migrations = store::migrations();
    migrations.extend(files::migrations());
    for capability in capabilities() {
        migrations.extend(capability.migrations);
    }
    let mut out = Vec::new();
    for db in databases(&migrations).await.unwrap() {
        let clock = Arc::new(Pushed(AtomicI64::new(test_now().micros())));
        let handed: Arc<dyn Clock> = Arc::<Pushed>::clone(&clock);
        let keys = Keys::from_file(TEST_KEYS).unwrap();
        let store = Store::open(&db.url, keys, handed, Arc::new(SeededIds::new(5)))
            .await
            .unwrap();
        fill(&store, people, more).await;
        let folder = std::env::temp_dir().join(format!(
            "laoyou-exchange-{}-{}",
            std::process::id(),
            db.url.rsplit('/').next().unwrap()
        ));
        let app = app_over(&store, &folder).await;
        let routes = [exchange::capability(), quality::capability()];
        let router = routes
            .into_iter()
            .fold(Router::new(), |all, one| all.merge(one.routes.router()))
            .with_state(Arc::clone(&app));
        out.push(Place {
            store,
            app,
            folder,
            router,
            clock,
            db,
        });
    }
    out
}

async fn app_over(store: &Store, folder: &Path) -> AppState {
    let plans = Arc::new(PlanBook::load(store).await.unwrap());
    let published = plans.in_force(day("2025-06-30")).unwrap();
    entitle::api::everyone(store, &published, true, |_| {})
        .await
        .unwrap();
    let names = NameIndex::load(store).await.unwrap();
    let answers = AnswerColumns::load(store, &names).await.unwrap();
    let areas = Arc::new(AreaBook::load(store).await.unwrap());
    let mut app = App::new(store.clone(), "随州市", None)
        .with_part(Arc::clone(&areas))
        .with_part(Arc::clone(&plans))
        .with_part(Arc::new(Files::new(folder, 8_000_000)));
    app = people::api::plug(app, names);
    app.facts_changed
        .push(entitle::api::on_facts_changed(plans));
    app.facts_changed.push(quality::on_facts_changed());
    app.facts_changed
        .push(exchange::api::on_facts_changed(areas));
    Arc::new(entitle::api::plug(app, answers))
}

async fn fill(store: &Store, people: u32, more: &[(&str, &str)]) {
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
    let all = (0..people).map(|n| somebody(n, more)).collect();
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

/// A CSV as offices write it: GBK.
pub(crate) fn gbk(text: &str) -> Vec<u8> {
    let (bytes, _, unknown) = encoding_rs::GB18030.encode(text);
    assert!(!unknown);
    bytes.into_owned()
}

const BOUNDARY: &str = "-----------------exchange";

fn form(pairs: &[(&str, &str)]) -> String {
    let pairs: Vec<String> = pairs
        .iter()
        .map(|(name, value)| format!("{name}={}", ui::query_encode(value)))
        .collect();
    pairs.join("&")
}

impl Place {
    pub(crate) async fn close(self) {
        drop((self.router, self.app));
        self.store.close().await;
        self.db.close().await.unwrap();
        if self.folder.exists() {
            std::fs::remove_dir_all(self.folder).unwrap();
        }
    }

    pub(crate) fn push_days(&self, days: i64) {
        let micros = days * 86_400 * 1_000_000;
        self.clock.0.fetch_add(micros, Ordering::Relaxed);
    }

    pub(crate) fn push_seconds(&self, seconds: i64) {
        self.clock
            .0
            .fetch_add(seconds * 1_000_000, Ordering::Relaxed);
    }

    /// Status, the address led to, the body.
    async fn request(
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

    pub(crate) async fn bytes(&self, who: &Who, path: &str) -> (StatusCode, Vec<u8>) {
        let (status, _, body) = self
            .request(who, "GET", path, "text/plain", Vec::new())
            .await;
        (status, body)
    }

    pub(crate) async fn get(&self, who: &Who, path: &str) -> (StatusCode, String) {
        let (status, body) = self.bytes(who, path).await;
        (status, String::from_utf8_lossy(&body).into_owned())
    }

    /// Sends a form; status, and the address or the page.
    pub(crate) async fn post(
        &self,
        who: &Who,
        path: &str,
        pairs: &[(&str, &str)],
    ) -> (StatusCode, String) {
        let kind = "application/x-www-form-urlencoded";
        let body = form(pairs).into_bytes();
        let (status, to, page) = self.request(who, "POST", path, kind, body).await;
        if status == StatusCode::SEE_OTHER {
            (status, to)
        } else {
            (status, String::from_utf8_lossy(&page).into_owned())
        }
    }

    /// Uploads a file to a list or a report; status, and the address or the page.
    pub(crate) async fn upload(
        &self,
        who: &Who,
        to: &str,
        date: &str,
        bytes: &[u8],
    ) -> (StatusCode, String) {
        let mut body = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"day\"\r\n\r\n{date}\r\n--{BOUNDARY}\r\n\
             Content-Disposition: form-data; name=\"file\"; filename=\"back.csv\"\r\nContent-Type: text/csv\r\n\r\n"
        )
        .into_bytes();
        body.extend_from_slice(bytes);
        body.extend_from_slice(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
        let kind = format!("multipart/form-data; boundary={BOUNDARY}");
        let path = format!("{to}/uploads");
        let (status, to, page) = self.request(who, "POST", &path, &kind, body).await;
        if status == StatusCode::SEE_OTHER {
            (status, to)
        } else {
            (status, String::from_utf8_lossy(&page).into_owned())
        }
    }

    /// A list of a purpose, made; its address.
    pub(crate) async fn list(&self, who: &Who, kind: &str, format: &str) -> String {
        let to = self.ask(who, kind, format).await;
        self.work().await;
        to
    }

    /// Asks for a list; its address.
    pub(crate) async fn ask(&self, who: &Who, kind: &str, format: &str) -> String {
        let pairs = [("kind", kind), ("format", format), ("reason", "verify")];
        let (status, to) = self.post(who, "/matching", &pairs).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{to}");
        to
    }

    /// Uploads and reads to the end; the upload's address.
    pub(crate) async fn back(&self, who: &Who, to: &str, date: &str, text: &str) -> String {
        let (status, upload) = self.upload(who, to, date, &gbk(text)).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{upload}");
        self.work().await;
        upload
    }

    /// New, known, alike, missed, refused of the upload at this address.
    pub(crate) async fn counts(&self, upload: &str) -> [i64; 5] {
        let id = upload.rsplit('/').next().unwrap();
        let sql =
            "SELECT state, fresh, known, alike, missed, refused FROM exchange_upload WHERE id = $1";
        let row = self.store.one(sql, values![id]).await.unwrap().unwrap();
        assert_eq!(row.text("state").unwrap(), "done");
        ["fresh", "known", "alike", "missed", "refused"].map(|name| row.int(name).unwrap())
    }

    /// The open proposals, oldest first: id and person.
    pub(crate) async fn open_proposals(&self) -> Vec<(String, String)> {
        let sql = "SELECT proposal, id FROM exchange_proposal WHERE state = 'open' ORDER BY n";
        let rows = self.store.all(sql, vec![]).await.unwrap();
        rows.iter()
            .map(|row| (row.text("proposal").unwrap(), row.text("id").unwrap()))
            .collect()
    }

    /// One turn of a worker; what it ran and how that ended, not yet said to the job table.
    pub(crate) async fn turn(&self) -> Option<(Job, Result<(), JobError>)> {
        let job = self.store.claim_job().await.unwrap()?;
        let jobs: Vec<_> = capabilities()
            .into_iter()
            .flat_map(|capability| capability.jobs)
            .collect();
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

    /// Somebody's file as it is.
    pub(crate) async fn person(&self, n: u32) -> people::api::Person {
        let found = people::api::person(&self.store, &key(n).id).await.unwrap();
        found.unwrap()
    }

    /// A fact of somebody as it is, as text.
    pub(crate) async fn fact(&self, n: u32, fact: &str) -> Option<String> {
        let person = self.person(n).await;
        let value = person.facts.get(find(fact).unwrap());
        value.map(rules::facts::value_text)
    }

    /// An officer corrects a fact by hand.
    pub(crate) async fn correct(&self, n: u32, fact: &str, text: &str) {
        let fact = find(fact).unwrap();
        let person = self.person(n).await;
        let by = actor(&COUNTY);
        let mut tx = self.store.begin(&by, None).await.unwrap();
        assert!(
            people::api::claim(&mut tx, &person.key, person.version)
                .await
                .unwrap()
        );
        let correction = people::api::Correction {
            fact,
            value: Some(parse_value(fact, text).unwrap()),
            since: day("2025-06-01"),
            source: "更正".into(),
            by: by.name.clone(),
            reason: "typo".into(),
            remark: None,
        };
        people::api::correct(&self.app, &mut tx, &person.key, correction)
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }

    /// The state of somebody's record in a system.
    pub(crate) async fn record(&self, system: &str, n: u32) -> Option<String> {
        let sql = "SELECT state FROM exchange_record WHERE system = $1 AND id = $2";
        let row = self.store.one(sql, values![system, key(n).id]).await;
        row.unwrap().map(|row| row.text("state").unwrap())
    }

    pub(crate) async fn number(&self, sql: &str) -> i64 {
        self.store.number(sql, vec![]).await.unwrap()
    }

    pub(crate) async fn audits(&self, action: &str) -> i64 {
        let sql = "SELECT count(*) AS n FROM audit_row WHERE action = $1";
        self.store.number(sql, values![action]).await.unwrap()
    }
}
