//! Requests as somebody.

use crate::place::{OFFICE, Place};
use authz::Actor;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use host::Session;
use pay::posts;
use std::sync::Arc;
use store::Reads;
use tower::ServiceExt;

impl Place {
    /// The whole book of the office in one line: debits less credits of each kind.
    pub(crate) async fn book(&self) -> [i64; 8] {
        let asked = posts::Asked {
            offices: vec![OFFICE.into()],
            ..posts::Asked::default()
        };
        let mut report = posts::report(&self.store, &asked, posts::By::Whole)
            .await
            .unwrap();
        let sums = report.remove("").unwrap_or_default();
        assert_eq!(sums.trial(), 0, "the trial balance");
        assert_eq!(posts::reconcile(&self.store, OFFICE).await.unwrap(), []);
        ledger::Kind::ALL.map(|kind| sums.balance(kind))
    }

    pub(crate) async fn number(&self, sql: &str) -> i64 {
        self.store.number(sql, vec![]).await.unwrap()
    }

    /// The status, and the page or where a redirect leads.
    pub(crate) async fn send(&self, who: &Actor, request: Request<Body>) -> (StatusCode, String) {
        let mut request = request;
        request.extensions_mut().insert(Arc::new(Session {
            actor: who.clone(),
            id: "s".into(),
            must_change_password: false,
        }));
        let answer = self.router.clone().oneshot(request).await.unwrap();
        let (status, to) = (
            answer.status(),
            answer.headers().get(header::LOCATION).cloned(),
        );
        let bytes = axum::body::to_bytes(answer.into_body(), 20_000_000)
            .await
            .unwrap();
        let page = String::from_utf8_lossy(&bytes).into_owned();
        (
            status,
            to.map_or(page, |to| to.to_str().unwrap().to_owned()),
        )
    }

    pub(crate) async fn get(&self, who: &Actor, path: &str) -> (StatusCode, String) {
        self.send(who, Request::get(path).body(Body::empty()).unwrap())
            .await
    }

    pub(crate) async fn post(
        &self,
        who: &Actor,
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
        self.send(who, request).await
    }
}
