//! What stands around every request: id, log line, security headers, pages for errors in the reader's
//! own frame, the message cookie.

use crate::metrics::Metrics;
use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use host::ctx::{ClientAddress, RequestId};
use host::{AppState, Ctx, Session};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use ui::PageError;

const CSP: &str = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
     frame-ancestors 'none'; form-action 'self'; base-uri 'none'; object-src 'none'";

/// Gives the request an id, logs it, counts it and puts the security headers on the answer.
#[expect(
    clippy::disallowed_methods,
    reason = "a request's duration is measured, not decided on"
)]
pub async fn outermost(
    State((app, metrics, proxies)): State<(AppState, Arc<Metrics>, Arc<[IpAddr]>)>,
    mut request: Request,
    next: Next,
) -> Response {
    let started = std::time::Instant::now();
    let id = app.store.new_id();
    request.extensions_mut().insert(RequestId(id.clone()));
    let peer = request
        .extensions()
        .get::<ConnectInfo<SocketAddr>>()
        .map(|peer| peer.0.ip());
    if let Some(peer) = peer {
        let client = client(peer, request.headers(), &proxies);
        request.extensions_mut().insert(ClientAddress(client));
    }
    let method = request.method().clone();
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or_else(|| "-".to_owned(), |path| path.as_str().to_owned());
    let mut response = next.run(request).await;
    let micros = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
    let status = response.status().as_u16();
    metrics.count(status, micros);
    let actor = response
        .extensions()
        .get::<ActorId>()
        .map_or("-", |actor| actor.0.as_str())
        .to_owned();
    if !route.starts_with("/assets/") {
        tracing::info!(request = id, actor, %method, route, status, micros, "request");
    }
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(CSP),
    );
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    headers.insert(
        header::REFERRER_POLICY,
        HeaderValue::from_static("same-origin"),
    );
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert(
        "cross-origin-opener-policy",
        HeaderValue::from_static("same-origin"),
    );
    response
}

/// Where a request came from. A proxy that is trusted says so in `X-Forwarded-For`: the last address there that is no
/// such proxy itself. What anybody else writes there is not believed.
fn client(peer: IpAddr, headers: &HeaderMap, proxies: &[IpAddr]) -> IpAddr {
    if !proxies.contains(&peer) {
        return peer;
    }
    let said: Vec<&str> = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .collect();
    said.into_iter()
        .rev()
        .map_while(|one| one.trim().parse().ok())
        .find(|address| !proxies.contains(address))
        .unwrap_or(peer)
}

/// Who asked, for the log line.
#[derive(Debug, Clone)]
struct ActorId(String);

/// Inside the session: draws error pages in the reader's own frame and clears the shown message.
pub async fn framing(State(app): State<AppState>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let ctx = Ctx::of(&parts, &app);
    let actor = parts
        .extensions
        .get::<Arc<Session>>()
        .map(|session| session.actor.id.clone());
    let response = next.run(Request::from_parts(parts, body)).await;
    let error = response.extensions().get::<PageError>().cloned();
    let mut response = match error {
        Some(error) => {
            let title = error.title.clone();
            let mut framed = error.within(ctx.shell(title));
            framed.headers_mut().remove(header::CONTENT_LENGTH);
            framed
        }
        None => response,
    };
    if let Some(actor) = actor {
        response.extensions_mut().insert(ActorId(actor));
    }
    let is_page = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    if ctx.had_flash() && is_page && !response.headers().contains_key(header::SET_COOKIE) {
        response.headers_mut().append(
            header::SET_COOKIE,
            HeaderValue::from_static("flash=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0"),
        );
    }
    response
}

/// How much longer than any other request the upload of a list may take: a gigabyte over a slow line.
const LONGER: u32 = 60;

/// Gives a request up that takes too long; the upload of a list or of an answer to one has its own time.
pub async fn in_time(State(limit): State<Duration>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let upload = request.method() == Method::POST
        && (path == intake::api::UPLOAD || path.ends_with("/uploads"));
    let limit = if upload {
        limit.saturating_mul(LONGER)
    } else {
        limit
    };
    match tokio::time::timeout(limit, next.run(request)).await {
        Ok(response) => response,
        Err(_elapsed) => StatusCode::REQUEST_TIMEOUT.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Row M05: only a proxy that is named is believed, and nobody writes themselves another address through it.
    #[test]
    fn only_a_named_proxy_says_who_asks() {
        let ip = |text: &str| text.parse::<IpAddr>().unwrap();
        let proxies = [ip("127.0.0.1"), ip("10.0.0.2")];
        let mut headers = HeaderMap::new();
        assert_eq!(client(ip("127.0.0.1"), &headers, &proxies), ip("127.0.0.1"));
        headers.append(
            "x-forwarded-for",
            HeaderValue::from_static("6.6.6.6, 8.8.8.8, 10.0.0.2"),
        );
        assert_eq!(client(ip("127.0.0.1"), &headers, &proxies), ip("8.8.8.8"));
        assert_eq!(client(ip("9.9.9.9"), &headers, &proxies), ip("9.9.9.9"));
    }
}
