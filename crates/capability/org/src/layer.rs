//! The middleware that knows who asks: cookie to session, before any route is chosen.

use crate::part::Org;
use crate::sessions::{self, Known, Lacks};
use crate::slow;
use axum::extract::{Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use host::{AppState, Failure, Session};
use std::sync::Arc;

/// A session that waits for its code: known to the page that asks for it, signed in nowhere.
#[derive(Debug, Clone)]
pub(crate) struct Waiting(pub(crate) Arc<Session>);

/// What a session that waits for its code may ask for.
const WAITING: &[&str] = &["/sign-in", "/sign-in/code", "/demo/sign-in", "/big-text"];

/// What an account that must set up a second factor may ask for besides [`OPEN`].
const FACTOR: &str = "/security/factor";

/// What an account whose password must be changed may still ask for.
const OPEN: &[&str] = &[
    "/password",
    "/sign-out",
    "/sign-in",
    "/demo/sign-in",
    "/big-text",
];

/// Puts an `Arc<host::Session>` into the request, sends an account that must change its password there,
/// and writes (with a POST only) when sessions were last seen. Add it with
/// `axum::middleware::from_fn_with_state(state, org::api::session_layer)`.
pub async fn session_layer(
    State(app): State<AppState>,
    mut request: Request,
    next: Next,
) -> Response {
    let path = request.uri().path();
    if path.starts_with("/assets/") {
        return next.run(request).await;
    }
    let open = OPEN.contains(&path);
    match sessions::resolve(&app, request.headers()).await {
        Ok(Some(Known {
            session,
            lacks: Lacks::Code,
            ..
        })) => {
            if path == "/sign-out" {
                request.extensions_mut().insert(session);
            } else if WAITING.contains(&path) {
                request.extensions_mut().insert(Waiting(session));
            } else {
                return ui::redirect_for(request.headers(), "/sign-in/code");
            }
        }
        Ok(Some(Known {
            session,
            lacks,
            mandate,
        })) => {
            if session.must_change_password && !open {
                return ui::redirect_for(request.headers(), "/password");
            }
            if lacks == Lacks::Factor && !open && path != FACTOR {
                return ui::redirect_for(request.headers(), FACTOR);
            }
            if let Some(mandate) = mandate {
                request.extensions_mut().insert(mandate);
            }
            request.extensions_mut().insert(Arc::clone(&session));
            let org = match app.part::<Org>() {
                Ok(org) => org,
                Err(error) => return Failure::from(error).into_response(),
            };
            let (account, now) = (&session.actor.id, app.clock().now());
            let over = slow::over(&org, account, request.method(), request.uri().path(), now);
            if let Some(over) = over {
                let (parts, _body) = request.into_parts();
                return slow::answer(&app, parts, over).await;
            }
        }
        Ok(None) => {}
        Err(error) => return Failure::from(error).into_response(),
    }
    let writes = request.method() == Method::POST;
    let response = next.run(request).await;
    if writes && let Err(error) = sessions::flush(&app).await {
        tracing::warn!(%error, "when sessions were last seen was not written");
    }
    response
}
