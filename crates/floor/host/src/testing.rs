//! Asking a capability's routes as somebody who is signed in, for tests.

use crate::ctx::Session;
use authz::Actor;
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderValue, Method, Request, StatusCode, header};
use std::sync::Arc;
use tower::ServiceExt;

/// The longest answer that is read.
const MOST: usize = 20_000_000;

/// What was answered.
#[derive(Debug)]
pub struct Answered {
    /// Its status.
    pub status: StatusCode,
    /// Where it leads.
    pub to: Option<String>,
    /// What it says.
    pub bytes: Vec<u8>,
}

impl Answered {
    /// Its status, and where it leads or the text of the page.
    pub fn page(self) -> (StatusCode, String) {
        let text = String::from_utf8_lossy(&self.bytes).into_owned();
        (self.status, self.to.unwrap_or(text))
    }
}

/// Asks for a page.
pub async fn get(router: &Router, who: &Actor, path: &str) -> Answered {
    ask(router, who, to(Method::GET, path, Body::empty())).await
}

/// Sends a form.
pub async fn post(router: &Router, who: &Actor, path: &str, pairs: &[(&str, &str)]) -> Answered {
    let body: Vec<String> = pairs
        .iter()
        .map(|(name, value)| format!("{}={}", ui::query_encode(name), ui::query_encode(value)))
        .collect();
    let mut request = to(Method::POST, path, Body::from(body.join("&")));
    let kind = HeaderValue::from_static("application/x-www-form-urlencoded");
    request.headers_mut().insert(header::CONTENT_TYPE, kind);
    ask(router, who, request).await
}

fn to(method: Method, path: &str, body: Body) -> Request<Body> {
    let mut request = Request::new(body);
    *request.method_mut() = method;
    *request.uri_mut() = path.parse().unwrap_or_default();
    request
}

/// Sends any request.
pub async fn ask(router: &Router, who: &Actor, mut request: Request<Body>) -> Answered {
    request.extensions_mut().insert(Arc::new(Session {
        actor: who.clone(),
        id: "s".into(),
        must_change_password: false,
    }));
    let Ok(answer) = router.clone().oneshot(request).await;
    let to = answer.headers().get(header::LOCATION);
    Answered {
        status: answer.status(),
        to: to.and_then(|to| Some(to.to_str().ok()?.to_owned())),
        bytes: axum::body::to_bytes(answer.into_body(), MOST)
            .await
            .map_or_else(|_broken| Vec::new(), Into::into),
    }
}
