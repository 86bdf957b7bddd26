//! Pages of plans on every database, with the real folders under `plans/`.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod capacity;
mod compare;
mod documents;
mod drafts;
mod edits;
mod findings;
mod forms;
mod reading;
mod workbooks;

use authz::{Actor, Role, Scope};
use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use host::{App, AppState, Session};
use plan::api::{PlanBook, acknowledge_finding, check, load, publish};
use rules::Files;
use std::path::Path;
use std::sync::Arc;
use store::Store;
use store::testing::{TestDb, databases};
use tower::ServiceExt;

/// Databases with the tables that plans need.
async fn fresh() -> Vec<TestDb> {
    let mut migrations = store::migrations();
    for capability in [area::capability(), org::capability(), plan::capability()] {
        migrations.extend(capability.migrations);
    }
    databases(&migrations).await.unwrap()
}

/// A real folder under `plans/`.
fn folder(slug: &str) -> Files {
    let place = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../../plans")
        .join(slug);
    let mut files = Files::new();
    for entry in std::fs::read_dir(place).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        files.insert(name, std::fs::read_to_string(&path).unwrap());
    }
    files
}

/// Loads a folder by one and publishes it by another; its serious findings are acknowledged.
async fn published(store: &Store, files: &Files) {
    let mut tx = store.begin(&Actor::system("test"), None).await.unwrap();
    let id = load(&mut tx, files, "zhang").await.unwrap();
    let slug = plan::api::version(&tx, &id).await.unwrap().unwrap().slug;
    for finding in check(files, None).open() {
        acknowledge_finding(&mut tx, &slug, finding, "原文如此")
            .await
            .unwrap();
    }
    publish(&mut tx, &id, "zhang", "li").await.unwrap();
    tx.commit().await.unwrap();
}

/// The pages of this capability over what is published now.
async fn router(store: &Store) -> Router {
    let book = Arc::new(PlanBook::load(store).await.unwrap());
    let app: AppState = Arc::new(App::new(store.clone(), "随州市", None).with_part(book));
    goals::capability().routes.router().with_state(app)
}

/// Sends a request as somebody: the status, and the page (or where a redirect leads).
async fn send(
    router: &Router,
    mut request: Request<Body>,
    who: Option<(&str, Role)>,
) -> (StatusCode, String) {
    if let Some((id, role)) = who {
        let actor = Actor {
            id: id.into(),
            name: format!("{id}的姓名"),
            role,
            scope: Scope::Nowhere,
            scope_name: String::new(),
        };
        let session = Session {
            actor,
            id: "s".into(),
            must_change_password: false,
        };
        request.extensions_mut().insert(Arc::new(session));
    }
    let answer = router.clone().oneshot(request).await.unwrap();
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

/// Reads a page as somebody.
async fn get(router: &Router, path: &str, who: Option<(&str, Role)>) -> (StatusCode, String) {
    send(router, Request::get(path).body(Body::empty()).unwrap(), who).await
}

/// Reads a page that must be there.
async fn page(router: &Router, path: &str) -> String {
    let (status, page) = get(router, path, Some(PLANNER)).await;
    assert_eq!(status, StatusCode::OK, "{path}\n{page}");
    page
}

const PLANNER: (&str, Role) = ("wang", Role::Planner);

fn holds(page: &str, words: &[&str]) {
    for word in words {
        assert!(
            page.contains(word),
            "「{word}」 is not on the page:\n{page}"
        );
    }
}

fn lacks(page: &str, words: &[&str]) {
    for word in words {
        assert!(!page.contains(word), "「{word}」 is on the page:\n{page}");
    }
}
