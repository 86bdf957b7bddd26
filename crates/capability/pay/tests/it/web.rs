//! Requests as somebody.

use crate::place::{OFFICE, Place};
use authz::Actor;
use axum::http::StatusCode;
use host::testing;
use pay::posts;
use store::Reads;

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
    pub(crate) async fn get(&self, who: &Actor, path: &str) -> (StatusCode, String) {
        testing::get(&self.router, who, path).await.page()
    }

    /// The words of a Word file as somebody.
    pub(crate) async fn word(&self, who: &Actor, path: &str) -> String {
        let answer = testing::get(&self.router, who, path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        docs::testing::words(&answer.bytes).unwrap()
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
}
