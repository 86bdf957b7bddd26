//! A place with one made-up list of as many rows as a test wants, a clock that can be pushed, and a worker.

use authz::{Action, Actor, Role, Scope};
use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use calamine::{Data, Reader, Xlsx};
use files::Files;
use host::export::{
    Cell, ColumnKind, ExportChunk, ExportColumn, ExportCount, ExportHead, ExportRow, ExportSpec,
    Secret,
};
use host::{App, AppState, PersonKey, Session};
use kernel::{Clock, Instant, SeededIds};
use std::io::Cursor;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use store::jobs::{Job, JobError};
use store::testing::{TEST_KEYS, TestDb, databases, test_now};
use store::{Keys, Store};
use tower::ServiceExt;

pub(crate) struct Pushed(AtomicI64);

impl Clock for Pushed {
    fn now(&self) -> Instant {
        Instant::from_micros(self.0.load(Ordering::Relaxed))
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

pub(crate) async fn places(rows: usize) -> Vec<Place> {
    let mut migrations = store::migrations();
    migrations.extend(files::migrations());
    migrations.extend(export::capability().migrations);
    let mut out = Vec::new();
    for db in databases(&migrations).await.unwrap() {
        let clock = Arc::new(Pushed(AtomicI64::new(test_now().micros())));
        let handed: Arc<dyn Clock> = Arc::<Pushed>::clone(&clock);
        let keys = Keys::from_file(TEST_KEYS).unwrap();
        let store = Store::open(&db.url, keys, handed, Arc::new(SeededIds::new(5)))
            .await
            .unwrap();
        let folder = std::env::temp_dir().join(format!(
            "laoyou-export-{}-{}",
            std::process::id(),
            db.url.rsplit('/').next().unwrap()
        ));
        let mut app = App::new(store.clone(), "随州市", None)
            .with_part(Arc::new(Files::new(&folder, 50_000_000)));
        app.exports.push(list(rows));
        let app: AppState = Arc::new(app);
        let router = export::capability()
            .routes
            .router()
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

/// Row `n` of the made-up list.
pub(crate) fn row(n: usize) -> ExportRow {
    let name = match n {
        3 => "=HYPERLINK(\"http://x\")".to_owned(),
        4 => "+86".to_owned(),
        5 => "@SUM(A1)".to_owned(),
        6 => "\t1".to_owned(),
        7 => "-1".to_owned(),
        _ => format!("张{n}"),
    };
    ExportRow {
        subject: Some(PersonKey {
            shard: "421303".into(),
            id: format!("p{n}"),
        }),
        cells: vec![
            Cell::Text(name),
            Cell::Text("429900194001010018".into()),
            Cell::Day(19_400_101),
            Cell::Fen(12_345),
            Cell::Int(n as i64),
        ],
    }
}

fn list(rows: usize) -> ExportSpec {
    let columns = || {
        vec![
            ExportColumn::text("姓名", 10).secret(Secret::Name),
            ExportColumn::text("证件号码", 20).secret(Secret::Number),
            ExportColumn::of("出生日期", ColumnKind::Date, 12),
            ExportColumn::of("金额", ColumnKind::Money, 12),
            ExportColumn::of("序号", ColumnKind::Number, 8),
        ]
    };
    ExportSpec {
        key: "test.list",
        title: "样例名单",
        action: Action::ReportValue,
        head: Arc::new(move |_, ask| {
            if ask.query.contains("unknown") {
                return Err(ui::PageError::bad_request("没有「unknown」这个查询条件"));
            }
            Ok(ExportHead {
                title: "样例名单".into(),
                basis: "户籍地".into(),
                back: "/test".into(),
                columns: columns(),
                filters: vec![("区划".into(), "曾都区".into())],
                codes: vec![("area".into(), "421303".into())],
            })
        }),
        count: Arc::new(move |_, _| {
            Box::pin(async move {
                Ok(ExportCount {
                    rows: rows as i64,
                    exact: true,
                })
            })
        }),
        rows: Arc::new(move |_, _, from, most| {
            Box::pin(async move {
                let from: usize = from.map_or(0, |from| from.parse().unwrap());
                let until = (from + most as usize).min(rows);
                Ok(ExportChunk {
                    rows: (from..until).map(row).collect(),
                    next: (until < rows).then(|| until.to_string()),
                })
            })
        }),
    }
}

pub(crate) struct Who(
    pub(crate) &'static str,
    pub(crate) Role,
    pub(crate) &'static str,
);
pub(crate) const COUNTY: Who = Who("zhang", Role::CountyCivil, "421303");
pub(crate) const HEALTH: Who = Who("wu", Role::CityHealth, "4213");

impl Place {
    pub(crate) async fn close(self) {
        drop((self.router, self.app));
        self.store.close().await;
        self.db.close().await.unwrap();
        if self.folder.exists() {
            std::fs::remove_dir_all(self.folder).unwrap();
        }
    }

    pub(crate) fn push(&self, seconds: i64) {
        self.clock
            .0
            .fetch_add(seconds * 1_000_000, Ordering::Relaxed);
    }

    /// Status, the address led to, the body.
    pub(crate) async fn send(
        &self,
        who: &Who,
        method: &str,
        path: &str,
        body: &str,
    ) -> (StatusCode, String, Vec<u8>) {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(body.to_owned()))
            .unwrap();
        request.extensions_mut().insert(Arc::new(Session {
            actor: Actor {
                id: who.0.into(),
                name: "张民政".into(),
                role: who.1,
                scope: Scope::Areas(vec![who.2.parse().unwrap()]),
                scope_name: "曾都区".into(),
            },
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
        let (status, _, body) = self.send(who, "GET", path, "").await;
        (status, String::from_utf8_lossy(&body).into_owned())
    }

    /// Asks for the list; gives the export's address.
    pub(crate) async fn ask(&self, who: &Who) -> String {
        let body = "list=test.list&query=&reason=verify&note=abc";
        let (status, to, _) = self.send(who, "POST", "/exports", body).await;
        assert_eq!(status, StatusCode::SEE_OTHER);
        to
    }

    /// One turn of a worker; what it ran and how that ended, not yet said to the job table.
    pub(crate) async fn turn(&self) -> Option<(Job, Result<(), JobError>)> {
        let job = self.store.claim_job().await.unwrap()?;
        let jobs = export::capability().jobs;
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

    pub(crate) async fn download(&self, who: &Who, run: &str) -> Vec<u8> {
        let (status, _, bytes) = self.send(who, "GET", &format!("{run}/file"), "").await;
        assert_eq!(status, StatusCode::OK);
        bytes
    }

    pub(crate) async fn audits(&self, action: &str) -> i64 {
        let sql = "SELECT count(*) AS n FROM audit_row WHERE action = $1";
        store::Reads::number(&self.store, sql, store::values![action])
            .await
            .unwrap()
    }

    pub(crate) fn on_disk(&self) -> usize {
        fn count(folder: &std::path::Path) -> usize {
            let entries = std::fs::read_dir(folder).unwrap();
            entries
                .map(|entry| entry.unwrap().path())
                .map(|path| if path.is_dir() { count(&path) } else { 1 })
                .sum()
        }
        if self.folder.exists() {
            count(&self.folder)
        } else {
            0
        }
    }
}

/// The cells of the only sheet, and how many formulas it holds.
pub(crate) fn opened(bytes: Vec<u8>) -> (Vec<Vec<Data>>, usize) {
    let mut book: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(bytes)).unwrap();
    let formulas = book.worksheet_formula("台账").unwrap();
    let formulas = formulas
        .used_cells()
        .filter(|cell| !cell.2.is_empty())
        .count();
    let sheet = book.worksheet_range("台账").unwrap();
    (sheet.rows().map(<[Data]>::to_vec).collect(), formulas)
}
