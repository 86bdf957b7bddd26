//! Routes that say who may use them: the route × role ledger is this data (row M03).

use crate::app::AppState;
use crate::ctx::{Session, session_of};
use authz::{Action, Role};
use axum::Router;
use axum::extract::Request;
use axum::handler::Handler;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::MethodRouter;
use ui::PageError;

/// Who may call a route at all; the record's own scope is decided inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anyone.
    Public,
    /// Anyone, and only in demo mode.
    Demo,
    /// Anyone who signed in.
    SignedIn,
    /// Roles that may do this action.
    May(Action),
}

impl Access {
    /// Whether a signed-in `role` passes.
    pub fn admits(self, role: Role) -> bool {
        match self {
            Self::Public | Self::Demo | Self::SignedIn => true,
            Self::May(action) => action.allowed_to(role),
        }
    }
}

/// One route.
pub struct Route {
    /// `GET` or `POST`.
    pub method: &'static str,
    /// Path with `{parameters}`.
    pub path: &'static str,
    /// Who may call it.
    pub access: Access,
    handler: MethodRouter<AppState>,
}

/// The routes of a capability.
#[derive(Default)]
pub struct Routes(pub Vec<Route>);

impl Routes {
    /// No routes yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// A page.
    pub fn get<H, T>(self, path: &'static str, access: Access, handler: H) -> Self
    where
        H: Handler<T, AppState>,
        T: 'static,
    {
        self.add("GET", path, access, axum::routing::get(handler))
    }

    /// An action.
    pub fn post<H, T>(self, path: &'static str, access: Access, handler: H) -> Self
    where
        H: Handler<T, AppState>,
        T: 'static,
    {
        self.add("POST", path, access, axum::routing::post(handler))
    }

    fn add(
        mut self,
        method: &'static str,
        path: &'static str,
        access: Access,
        handler: MethodRouter<AppState>,
    ) -> Self {
        let guarded = handler.route_layer(from_fn(move |request: Request, next: Next| {
            guard(access, request, next)
        }));
        self.0.push(Route {
            method,
            path,
            access,
            handler: guarded,
        });
        self
    }

    /// All of them as a router.
    pub fn router(self) -> Router<AppState> {
        self.0.into_iter().fold(Router::new(), |router, route| {
            router.route(route.path, route.handler)
        })
    }
}

async fn guard(access: Access, request: Request, next: Next) -> Response {
    let session: Option<&Session> = session_of(request.extensions());
    match (access, session) {
        (Access::Public | Access::Demo, _) => next.run(request).await,
        (Access::SignedIn | Access::May(_), None) => {
            if request.method() == axum::http::Method::GET && !ui::is_partial(request.headers()) {
                let to = request.uri().path_and_query().map_or("/", |p| p.as_str());
                return ui::redirect(&format!("/sign-in?next={}", ui::query_encode(to)));
            }
            PageError::signed_out().into_response()
        }
        (access, Some(session)) if access.admits(session.actor.role) => next.run(request).await,
        (_, Some(session)) => {
            let text = format!(
                "「{}」没有这项权限，可向系统管理员申请。",
                session.actor.role.zh()
            );
            PageError::refused("系统管理员").text(text).into_response()
        }
    }
}
