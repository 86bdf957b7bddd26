//! The middleware that knows who asks: cookie to session, before any route is chosen.

use crate::sessions;
use axum::extract::{Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use host::{AppState, Failure};

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
        Ok(Some(session)) => {
            if session.must_change_password && !open {
                return ui::redirect_for(request.headers(), "/password");
            }
            request.extensions_mut().insert(session);
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
