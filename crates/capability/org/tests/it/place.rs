//! A small installation: a city of two counties, a settable clock, the real router behind the layer.

use area::api::{AreaBook, AreaRow, ManagementRow, Tree};
use authz::{Actor, Role};
use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use axum::middleware::from_fn_with_state;
use host::{App, AppState, DemoMode};
use kernel::{AreaCode, Clock, Day, Instant, SeededIds};
use org::api::{Grant, HashCost, NewAccount, Org, OrgSettings, PasswordHash, create_account};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use store::testing::{TEST_KEYS, TestDb, databases, test_now};
use store::{Backend, Keys, Reads, Store, values};
use tower::ServiceExt;

pub(crate) const PASSWORD: &str = "春风又绿江南岸";

/// A clock that tests push forward.
pub(crate) struct TestClock(AtomicI64);

impl Clock for TestClock {
    fn now(&self) -> Instant {
        Instant::from_micros(self.0.load(Ordering::Relaxed))
    }
}

impl TestClock {
    pub(crate) fn pass(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1_000_000, Ordering::Relaxed);
    }
}

pub(crate) struct Place {
    db: TestDb,
    pub(crate) name: &'static str,
    pub(crate) store: Store,
    pub(crate) clock: Arc<TestClock>,
    router: Router,
    app: AppState,
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) retry_after: Option<i64>,
    pub(crate) to: String,
    pub(crate) cookies: Vec<String>,
    pub(crate) body: String,
}

impl Answer {
    /// The value of a cookie set by this answer.
    pub(crate) fn cookie(&self, name: &str) -> Option<String> {
        let set = self.cookies.iter().find_map(|cookie| {
            cookie
                .strip_prefix(name)
                .and_then(|rest| rest.strip_prefix('='))
        })?;
        set.split(';').next().map(str::to_owned)
    }

    /// The text between these two in the page, the first time.
    pub(crate) fn between(&self, from: &str, until: &str) -> String {
        let (_, rest) = self.body.split_once(from).unwrap();
        rest.split_once(until).unwrap().0.to_owned()
    }

    /// The session token set by this answer.
    pub(crate) fn token(&self) -> String {
        let set = self
            .cookies
            .iter()
            .find_map(|cookie| cookie.strip_prefix("laoyou="));
        set.and_then(|rest| rest.split(';').next())
            .unwrap()
            .to_owned()
    }
}

pub(crate) fn code(text: &str) -> AreaCode {
    text.parse().unwrap()
}

pub(crate) fn day(text: &str) -> Day {
    text.parse().unwrap()
}

pub(crate) fn tree() -> Tree {
    let rows = [
        ("4213", "随州市"),
        ("421303", "曾都区"),
        ("421303106", "万店镇"),
        ("421303106200", "龙头湾村委会"),
        ("421303187", "淅河镇"),
        ("421381", "广水市"),
        ("421381101", "武胜关镇"),
    ];
    Tree {
        areas: rows
            .iter()
            .map(|(c, n)| AreaRow {
                code: code(c),
                name: (*n).into(),
            })
            .collect(),
        management: vec![ManagementRow {
            code: "M42130001".into(),
            name: "随州高新区".into(),
            towns: vec![code("421303187")],
            confirm: true,
            source: "公开资料".into(),
        }],
    }
}

/// One place for every database.
pub(crate) async fn places(demo: bool) -> Vec<Place> {
    places_with(demo, OrgSettings::default()).await
}

/// The same with other settings; hashes are cheap all the same.
pub(crate) async fn places_with(demo: bool, settings: OrgSettings) -> Vec<Place> {
    let settings = OrgSettings {
        cost: HashCost::CHEAP,
        ..settings
    };
    let mut migrations = store::migrations();
    migrations.extend(org::capability().migrations);
    migrations.push(store::Migration {
        id: "0001_work",
        owner: "test",
        sql: "CREATE TABLE work (id TEXT NOT NULL PRIMARY KEY, owner TEXT NOT NULL);\n",
    });
    let mut places = Vec::new();
    for db in databases(&migrations).await.unwrap() {
        places.push(Place::new(db, demo, settings.clone()).await);
    }
    places
}

impl Place {
    async fn new(db: TestDb, demo: bool, settings: OrgSettings) -> Self {
        let clock = Arc::new(TestClock(AtomicI64::new(test_now().micros())));
        let url = url_of(&db).await;
        let (keys, ids) = (
            Keys::from_file(TEST_KEYS).unwrap(),
            Arc::new(SeededIds::new(7)),
        );
        let handed: Arc<dyn Clock> = Arc::<TestClock>::clone(&clock);
        let store = Store::open(&url, keys, handed, ids).await.unwrap();
        let mode = demo.then(|| DemoMode {
            today: day("2025-06-30"),
        });
        let mut app = App::new(store.clone(), "随州市", mode)
            .with_part(Arc::new(AreaBook::of_tree(&tree())))
            .with_part(Arc::new(Org::new(settings).unwrap()));
        app.nav = org::capability().nav;
        app.handovers = vec![owned_work()];
        let app: AppState = Arc::new(app);
        let router = org::capability()
            .routes
            .router()
            .layer(from_fn_with_state(
                Arc::clone(&app),
                org::api::session_layer,
            ))
            .with_state(Arc::clone(&app));
        Self {
            name: db.name,
            db,
            store,
            clock,
            router,
            app,
        }
    }

    pub(crate) async fn close(self) {
        drop((self.router, self.app));
        self.store.close().await;
        self.db.close().await.unwrap();
    }

    /// An account with [`PASSWORD`] that need not change it.
    pub(crate) async fn account(&self, login: &str, role: Role, grants: Vec<Grant>) -> String {
        let id = self.fresh_account(login, role, grants).await;
        let mut tx = self
            .store
            .begin(&Actor::system("test"), None)
            .await
            .unwrap();
        let sql = "UPDATE org_account SET must_change = $1 WHERE id = $2";
        tx.run(sql, values![false, id.as_str()]).await.unwrap();
        tx.audit(store::Audit::new("test"));
        tx.commit().await.unwrap();
        id
    }

    /// An account with [`PASSWORD`] that must be changed at the first sign-in.
    pub(crate) async fn fresh_account(
        &self,
        login: &str,
        role: Role,
        grants: Vec<Grant>,
    ) -> String {
        let password = Some(PasswordHash::of(PASSWORD, HashCost::CHEAP).unwrap());
        let new = NewAccount {
            login: login.into(),
            name: format!("测{login}"),
            role,
            password,
            grants,
        };
        let mut tx = self
            .store
            .begin(&Actor::system("test"), None)
            .await
            .unwrap();
        let id = create_account(&mut tx, new).await.unwrap();
        tx.commit().await.unwrap();
        id
    }

    pub(crate) async fn get(&self, path: &str, token: &str) -> Answer {
        let request = Request::get(path).header(header::COOKIE, format!("a=b; laoyou={token}"));
        self.answer(request.body(Body::empty()).unwrap()).await
    }

    pub(crate) async fn post(&self, path: &str, form: &[(&str, &str)], token: &str) -> Answer {
        let body: Vec<String> = form
            .iter()
            .map(|(k, v)| format!("{k}={}", ui::query_encode(v)))
            .collect();
        let request = Request::post(path)
            .header(header::COOKIE, format!("laoyou={token}"))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.answer(request.body(Body::from(body.join("&"))).unwrap())
            .await
    }

    /// As [`Place::post`], with further cookies and headers of a browser.
    pub(crate) async fn post_from(
        &self,
        path: &str,
        form: &[(&str, &str)],
        cookies: &str,
        address: Option<&str>,
    ) -> Answer {
        let body: Vec<String> = form
            .iter()
            .map(|(k, v)| format!("{k}={}", ui::query_encode(v)))
            .collect();
        let mut request = Request::post(path)
            .header(header::COOKIE, cookies)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        if let Some(address) = address {
            request = request.extension(host::ctx::ClientAddress(address.parse().unwrap()));
        }
        self.answer(request.body(Body::from(body.join("&"))).unwrap())
            .await
    }

    pub(crate) async fn sign_in(&self, login: &str, password: &str) -> Answer {
        self.post("/sign-in", &[("login", login), ("password", password)], "")
            .await
    }

    async fn answer(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let text = |value: &header::HeaderValue| value.to_str().unwrap().to_owned();
        let to = response
            .headers()
            .get(header::LOCATION)
            .map(text)
            .unwrap_or_default();
        let cookies = response
            .headers()
            .get_all(header::SET_COOKIE)
            .iter()
            .map(text)
            .collect();
        let status = response.status();
        let retry_after = response
            .headers()
            .get(header::RETRY_AFTER)
            .map(|value| text(value).parse().unwrap());
        let bytes = axum::body::to_bytes(response.into_body(), 1 << 20)
            .await
            .unwrap();
        Answer {
            status,
            retry_after,
            to,
            cookies,
            body: String::from_utf8(bytes.to_vec()).unwrap(),
        }
    }

    /// The night's work of this capability.
    pub(crate) async fn night(&self) {
        let by = Actor::system("nightly");
        let now = self.clock.now();
        let kind = org::api::HANDOVERS;
        self.store
            .enqueue(&by, kind, "{}", Some(kind), now)
            .await
            .unwrap();
        let job = self.store.claim_job().await.unwrap().unwrap();
        let specs = org::capability().jobs;
        let spec = specs.iter().find(|spec| spec.kind == kind).unwrap();
        let result = (spec.run)(Arc::clone(&self.app), job.clone()).await;
        assert!(result.is_ok());
        self.store.finish_job(&job, result).await.unwrap();
    }

    /// How many rows of the log have this action.
    pub(crate) async fn logged(&self, action: &str) -> i64 {
        let sql = "SELECT CAST(count(*) AS BIGINT) AS n FROM audit_row WHERE action = $1";
        self.store.number(sql, values![action]).await.unwrap()
    }

    /// Everything the log holds, as one text.
    pub(crate) async fn log_text(&self) -> String {
        let sql = "SELECT actor, action, subject, detail FROM audit_row";
        let mut out = String::new();
        for row in self.store.all(sql, vec![]).await.unwrap() {
            for column in ["actor", "action", "subject", "detail"] {
                out.push_str(&row.opt_text(column).unwrap().unwrap_or_default());
                out.push('\n');
            }
        }
        out
    }

    /// A text column of a table, one row a line.
    pub(crate) async fn texts_of(&self, table: &str, column: &str) -> String {
        let sql = format!("SELECT {column} FROM {table}");
        let rows = self.store.all(&sql, vec![]).await.unwrap();
        rows.iter()
            .map(|row| row.opt_text(column).unwrap().unwrap_or_default() + "\n")
            .collect()
    }

    pub(crate) async fn sessions(&self) -> i64 {
        self.store
            .number(
                "SELECT CAST(count(*) AS BIGINT) AS n FROM org_session",
                vec![],
            )
            .await
            .unwrap()
    }
}

/// The address of a test database, asked of itself: tests need a clock they can push.
async fn url_of(db: &TestDb) -> String {
    match db.store.backend() {
        Backend::Sqlite => {
            let rows = db.store.all("PRAGMA database_list", vec![]).await.unwrap();
            format!("sqlite:{}", rows[0].text("file").unwrap())
        }
        Backend::Postgres => {
            let sql = "SELECT CAST(current_database() AS TEXT) AS name";
            let name = db
                .store
                .one(sql, vec![])
                .await
                .unwrap()
                .unwrap()
                .text("name")
                .unwrap();
            let server = store::testing::postgres_server().unwrap();
            let (base, _) = server.rsplit_once('/').unwrap();
            format!("{base}/{name}")
        }
    }
}

/// Work that accounts own, as a capability above would offer it.
fn owned_work() -> host::Handover {
    host::Handover {
        key: "work",
        title: "事项",
        owned_by: Arc::new(|store, account| {
            Box::pin(async move {
                let sql = "SELECT id FROM work WHERE owner = $1 ORDER BY id";
                let rows = store.all(sql, values![account]).await?;
                rows.iter()
                    .map(|row| {
                        let id = row.text("id")?;
                        let title = format!("事项 {id}");
                        Ok(host::OwnedItem { id, title })
                    })
                    .collect()
            })
        }),
        pass_on: Arc::new(|tx, from, to, only| {
            Box::pin(async move {
                let sql = "SELECT id FROM work WHERE owner = $1 ORDER BY id";
                let mut ids = Vec::new();
                for row in tx.all(sql, values![from]).await? {
                    let id = row.text("id")?;
                    if only.is_none_or(|only| only.contains(&id)) {
                        let sql = "UPDATE work SET owner = $1 WHERE id = $2";
                        tx.run(sql, values![to, id.as_str()]).await?;
                        ids.push(id);
                    }
                }
                Ok(ids)
            })
        }),
        owners: Arc::new(|store| {
            Box::pin(async move {
                let sql = "SELECT owner, CAST(count(*) AS BIGINT) AS n FROM work GROUP BY owner";
                let rows = store.all(sql, vec![]).await?;
                rows.iter()
                    .map(|row| Ok((row.text("owner")?, row.int("n")?)))
                    .collect()
            })
        }),
    }
}
