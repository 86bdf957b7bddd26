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
    /// Another system by its token; what its account may do is asked inside.
    Token,
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
            Self::Token => false,
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
            guard(access, path, request, next)
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

/// What a role that only reads may still send: leaving, its own password and sign-in, and the search, whose words must
/// stand in no address.
const READERS_SEND: &[&str] = &[
    "/sign-out",
    "/password",
    "/people/search",
    "/security/end-others",
    "/security/factor",
    "/security/factor/off",
];

/// Whether `role` may send a form to this route at all: auditors and inspectors look and change nothing, whatever an
/// action would let their role do.
pub fn may_send(role: Role, path: &str) -> bool {
    role != Role::InspectorDiscipline || READERS_SEND.contains(&path)
}

/// Asks [`Access`] and [`may_send`]; everything behind it runs behind the asker's veil.
async fn guard(access: Access, path: &'static str, request: Request, next: Next) -> Response {
    let role = session_of(request.extensions()).map(|session| session.actor.role);
    crate::veil::over(role, admitted(access, path, request, next)).await
}

async fn admitted(access: Access, path: &'static str, request: Request, next: Next) -> Response {
    let session: Option<&Session> = session_of(request.extensions());
    match (access, session) {
        // A browser's session never comes as far as the addresses of tokens: what is there came by token.
        (Access::Public | Access::Demo, _) | (Access::Token, Some(_)) => next.run(request).await,
        (Access::Token, None) => no_token(),
        (Access::SignedIn | Access::May(_), None) => {
            if request.method() == axum::http::Method::GET && !ui::is_partial(request.headers()) {
                let to = request.uri().path_and_query().map_or("/", |p| p.as_str());
                return ui::redirect(&format!("/sign-in?next={}", ui::query_encode(to)));
            }
            PageError::signed_out().into_response()
        }
        (access, Some(session))
            if access.admits(session.actor.role)
                && request.method() == axum::http::Method::POST
                && !may_send(session.actor.role, path) =>
        {
            let text = format!("「{}」只能查看，不能办理或改动。", session.actor.role.zh());
            PageError::refused("经办单位").text(text).into_response()
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

/// What an address for other systems says to whoever brings no token.
fn no_token() -> Response {
    use axum::http::{StatusCode, header};
    let body = "{\"status\":401,\"code\":\"unauthorized\",\"detail\":\"要带 Authorization: Bearer 令牌，令牌向系统管理员申请\"}";
    let head = [
        (header::CONTENT_TYPE, "application/problem+json"),
        (header::WWW_AUTHENTICATE, "Bearer"),
    ];
    (StatusCode::UNAUTHORIZED, head, body).into_response()
}
