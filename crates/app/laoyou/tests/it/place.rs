//! The demo city of 2,000 over the real router: filled once for each database, copied for every test.

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use host::AppState;
use kernel::{AreaCode, Clock, Day, Instant, SeededIds};
use laoyou::config::Config;
use laoyou::demo_city::{DemoOptions, fill};
use laoyou::metrics::Metrics;
use laoyou::{compose, serve};
use org::api::{HashCost, OrgSettings};
use people::api::Person;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use store::testing::{TEST_KEYS, Template, TestDb, databases, test_now};
use store::{Keys, Reads, Store, values};
use tokio::sync::OnceCell;
use tower::ServiceExt;

/// A clock that tests push forward.
pub(crate) struct TestClock(AtomicI64);

impl Clock for TestClock {
    fn now(&self) -> Instant {
        Instant::from_micros(self.0.load(Ordering::Relaxed))
    }
}

impl TestClock {
    pub(crate) fn pass_days(&self, days: i64) {
        self.0.fetch_add(days * 86_400_000_000, Ordering::Relaxed);
    }
}

/// The demo city on one database.
pub(crate) struct City {
    pub(crate) name: &'static str,
    pub(crate) store: Store,
    pub(crate) clock: Arc<TestClock>,
    pub(crate) app: AppState,
    router: Router,
    db: TestDb,
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) to: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    /// The session cookie set by this answer.
    fn cookie(&self) -> String {
        let mut set = self.headers.get_all(header::SET_COOKIE).iter();
        let mine = set.find_map(|value| value.to_str().unwrap().strip_prefix("laoyou="));
        let token = mine.and_then(|rest| rest.split(';').next()).unwrap();
        format!("laoyou={token}")
    }
}

pub(crate) fn options(people: usize, seed: u64) -> DemoOptions {
    DemoOptions {
        people,
        seed,
        today: test_now().day(),
        data: PathBuf::new(),
        reset: false,
        database: None,
    }
}

static TEMPLATES: OnceCell<Vec<Template>> = OnceCell::const_new();

async fn templates() -> Vec<Template> {
    let mut out = Vec::new();
    for db in databases(&compose::migrations()).await.unwrap() {
        fill(&db.store, &options(2_000, 1)).await.unwrap();
        out.push(db.into_template().await.unwrap());
    }
    out
}

/// The demo city, once for every database.
pub(crate) async fn cities() -> Vec<City> {
    let mut cities = Vec::new();
    for template in TEMPLATES.get_or_init(templates).await {
        cities.push(City::new(template.copy().await.unwrap()).await);
    }
    cities
}

pub(crate) fn code(text: &str) -> AreaCode {
    text.parse().unwrap()
}

pub(crate) fn day(text: &str) -> Day {
    text.parse().unwrap()
}

impl City {
    /// The application over a database, with a clock that can be pushed.
    pub(crate) async fn new(db: TestDb) -> Self {
        let clock = Arc::new(TestClock(AtomicI64::new(test_now().micros())));
        let handed: Arc<dyn Clock> = Arc::<TestClock>::clone(&clock);
        let (keys, ids) = (
            Keys::from_file(TEST_KEYS).unwrap(),
            Arc::new(SeededIds::new(77)),
        );
        let store = Store::open(&db.url, keys, handed, ids).await.unwrap();
        let settings = OrgSettings {
            cost: HashCost::CHEAP,
            secure_cookie: false,
            ..OrgSettings::default()
        };
        let files = std::env::temp_dir().join(format!(
            "laoyou-files-{}-{}",
            std::process::id(),
            db.url.rsplit('/').next().unwrap()
        ));
        let files = files::Files::new(files, 10_000_000);
        let app = compose::app(store.clone(), settings, files).await.unwrap();
        let router = serve::router(&app, &Arc::new(Metrics::default()), &Config::default());
        Self {
            name: db.name,
            store,
            clock,
            app,
            router,
            db,
        }
    }

    /// The columns in memory say what the database says: no write forgot to tell them (ADR 0010).
    pub(crate) async fn columns_agree(&self) {
        let names = self.app.part::<people::api::NameIndex>().unwrap();
        let answers = self.app.part::<entitle::api::AnswerColumns>().unwrap();
        let people = names.differences(&self.store).await.unwrap();
        assert!(people.is_empty(), "{}: facts of {people:?}", self.name);
        let answered = answers.differences(&self.store, &names).await.unwrap();
        assert!(
            answered.is_empty(),
            "{}: answers of {answered:?}",
            self.name
        );
    }

    /// Tells the columns of work that a test did beside the jobs that tell them.
    pub(crate) async fn columns_follow(&self) {
        let names = self.app.part::<people::api::NameIndex>().unwrap();
        let answers = self.app.part::<entitle::api::AnswerColumns>().unwrap();
        let always = Instant::from_micros(0);
        answers.follow(&self.store, &names, always).await.unwrap();
    }

    /// Where the database is.
    pub(crate) fn url(&self) -> &str {
        &self.db.url
    }

    /// Ends the test without a look at the columns: others wrote, with keys this application does not have.
    pub(crate) async fn drop_it(self) {
        drop((self.router, self.app));
        self.store.close().await;
        self.db.close().await.unwrap();
    }

    pub(crate) async fn close(self) {
        self.columns_agree().await;
        drop((self.router, self.app));
        self.store.close().await;
        self.db.close().await.unwrap();
    }

    /// Signs in through the demo's door; gives the cookie.
    pub(crate) async fn door(&self, login: &str) -> String {
        let sql = "SELECT id FROM org_account WHERE login = $1";
        let row = self.store.one(sql, values![login]).await.unwrap().unwrap();
        let id = row.text("id").unwrap();
        let answer = self.post("/demo/sign-in", &[("account", &id)], "").await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{login}");
        answer.cookie()
    }

    pub(crate) async fn get(&self, path: &str, cookie: &str) -> Answer {
        self.send(
            request(Method::GET, path, cookie)
                .body(Body::empty())
                .unwrap(),
        )
        .await
    }

    pub(crate) async fn post(&self, path: &str, form: &[(&str, &str)], cookie: &str) -> Answer {
        let request = request(Method::POST, path, cookie)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(encoded(form))).unwrap())
            .await
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, 1 << 22).await.unwrap();
        let to = parts.headers.get(header::LOCATION);
        Answer {
            status: parts.status,
            to: to
                .map(|to| to.to_str().unwrap().to_owned())
                .unwrap_or_default(),
            headers: parts.headers,
            body: String::from_utf8_lossy(&bytes).into_owned(),
        }
    }

    /// The only person of this name.
    pub(crate) async fn person(&self, name: &str) -> Person {
        let sql = "SELECT id FROM people_person WHERE name = $1";
        let rows = self.store.all(sql, values![name]).await.unwrap();
        assert_eq!(rows.len(), 1, "{name}");
        self.person_of(&rows[0].text("id").unwrap()).await
    }

    pub(crate) async fn person_of(&self, id: &str) -> Person {
        let person = people::api::person(&self.store, id).await.unwrap();
        person.unwrap()
    }

    pub(crate) async fn count(&self, sql: &str) -> i64 {
        self.store.number(sql, vec![]).await.unwrap()
    }

    pub(crate) fn clock_today(&self) -> Day {
        self.clock.now().day()
    }

    /// The list in force.
    pub(crate) fn published(&self) -> Arc<plan::api::Published> {
        let book = self.app.part::<plan::api::PlanBook>().unwrap();
        book.in_force(self.clock.now().day()).unwrap()
    }
}

pub(crate) fn request(method: Method, path: &str, cookie: &str) -> axum::http::request::Builder {
    let uri: axum::http::Uri = path.parse().unwrap();
    Request::builder()
        .method(method)
        .uri(uri)
        .header(header::HOST, "localhost")
        .header(header::COOKIE, format!("a=b; {cookie}"))
}

pub(crate) fn encoded(form: &[(&str, &str)]) -> String {
    let pairs: Vec<String> = form
        .iter()
        .map(|(key, value)| format!("{key}={}", ui::query_encode(value)))
        .collect();
    pairs.join("&")
}
