//! From a bearer token to who asks: the account of the token, its role and its scope on this day.

use crate::problem::Problem;
use crate::tokens::{self, Token};
use area::api::AreaBook;
use axum::extract::{Request, State};
use axum::http::header;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use host::{AppState, Session};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Requests of one token in a minute.
const MOST_A_MINUTE: u32 = 1_200;

/// What the interface keeps in memory: how often each token asked in this minute.
#[derive(Debug, Default)]
pub struct Gate(Mutex<HashMap<String, (i64, u32)>>);

impl Gate {
    fn admits(&self, token: &str, now: kernel::Instant) -> bool {
        let minute = now.micros() / 60_000_000;
        let mut asked = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        asked.retain(|_, (at, _)| *at == minute);
        let entry = asked.entry(token.to_owned()).or_insert((minute, 0));
        entry.1 += 1;
        entry.1 <= MOST_A_MINUTE
    }
}

/// Puts the account of a token into requests of the interface; a browser's cookie counts for nothing there, so that no
/// page of somebody else can use it. Stands outside [`org::api::session_layer`].
pub async fn token_layer(
    State(app): State<AppState>,
    mut request: Request,
    next: Next,
) -> Response {
    if !request.uri().path().starts_with("/api/v1/") {
        return next.run(request).await;
    }
    request.headers_mut().remove(header::COOKIE);
    let secret = request
        .headers()
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "))
        .map(|text| text.trim().to_owned());
    let Some(secret) = secret else {
        // The route's guard says what is missing, the description of the interface is open.
        return next.run(request).await;
    };
    match known(&app, &secret).await {
        Ok((token, session)) => {
            let gate = app.part::<Gate>().unwrap_or_default();
            if !gate.admits(&token.id, app.clock().now()) {
                return Problem::slow_down().into_response();
            }
            request.extensions_mut().insert(Arc::new(session));
            request.extensions_mut().insert(Arc::new(token));
            next.run(request).await
        }
        Err(problem) => problem.into_response(),
    }
}

async fn known(app: &AppState, secret: &str) -> Result<(Token, Session), Problem> {
    let today = app.clock().today();
    let refuse = || Problem::unauthorized("令牌不对、已停用或已过期，请向系统管理员重新申请");
    let token = tokens::of_secret(&app.store, secret)
        .await?
        .filter(|token| token.good(today))
        .ok_or_else(refuse)?;
    let account = org::api::account(&app.store, &token.account)
        .await?
        .filter(|account| !account.disabled)
        .ok_or_else(refuse)?;
    let book = app.part::<AreaBook>()?;
    let mut actor = account.actor(&book, today);
    actor.name = format!("{}（接口）", token.partner);
    let session = Session {
        actor,
        id: format!("token:{}", token.id),
        must_change_password: false,
    };
    Ok((token, session))
}
