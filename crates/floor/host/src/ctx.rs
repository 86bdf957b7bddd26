//! What every handler gets: who asks, where they may look, how to read, write and log.

use crate::app::AppState;
use crate::failure::Failure;
use crate::menu::menu_for;
use authz::{Action, Actor, Decision, Scope, Subject, decide};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap, header};
use kernel::Day;
use std::convert::Infallible;
use std::sync::Arc;
use store::{Audit, StoreResult, Tx};
use ui::{PageError, Shell};

/// A signed-in session, put into the request by `org`.
#[derive(Debug, Clone)]
pub struct Session {
    /// Who it is.
    pub actor: Actor,
    /// Row of the session, for signing out.
    pub id: String,
    /// The password must be changed before anything else.
    pub must_change_password: bool,
}

pub(crate) fn session_of(extensions: &Extensions) -> Option<&Session> {
    extensions.get::<Arc<Session>>().map(AsRef::as_ref)
}

/// The context of one request.
#[derive(Debug, Clone)]
pub struct Ctx {
    /// The application.
    pub app: AppState,
    session: Option<Arc<Session>>,
    request: Option<String>,
    mandate: Option<String>,
    client: Option<std::net::IpAddr>,
    address: String,
    partial: bool,
    big_text: bool,
    flash: Option<(String, String)>,
}

/// The order (文号) under which an auditor or inspector looks, put in by `org`: it stands in every row of the log that
/// their reading leaves.
#[derive(Debug, Clone)]
pub struct Mandate(pub String);

/// The address a request came from, put in by the app, behind its proxy's word for it where the proxy is trusted.
#[derive(Debug, Clone, Copy)]
pub struct ClientAddress(pub std::net::IpAddr);

/// The id of a request, put in by the app's outermost layer.
#[derive(Debug, Clone)]
pub struct RequestId(pub String);

impl FromRequestParts<AppState> for Ctx {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Infallible> {
        Ok(Self::of(parts, state))
    }
}

impl Ctx {
    /// The context of these request parts.
    pub fn of(parts: &Parts, state: &AppState) -> Self {
        let flash = cookie(&parts.headers, "flash").and_then(|text| {
            let (kind, words) = text.split_once('.')?;
            Some((kind.to_owned(), decode(words)?))
        });
        Self {
            app: Arc::clone(state),
            session: parts.extensions.get::<Arc<Session>>().cloned(),
            request: parts.extensions.get::<RequestId>().map(|id| id.0.clone()),
            client: parts
                .extensions
                .get::<ClientAddress>()
                .map(|client| client.0),
            mandate: parts
                .extensions
                .get::<Mandate>()
                .map(|mandate| mandate.0.clone()),
            address: parts
                .uri
                .path_and_query()
                .map_or_else(|| "/".to_owned(), |p| p.as_str().to_owned()),
            partial: ui::is_partial(&parts.headers),
            big_text: cookie(&parts.headers, "big").as_deref() == Some("1"),
            flash,
        }
    }

    /// Who asks. Routes behind [`crate::Access::SignedIn`] always have somebody; elsewhere it is an
    /// actor with no role's rights and no scope.
    pub fn actor(&self) -> Actor {
        self.session
            .as_ref()
            .map_or_else(nobody, |session| session.actor.clone())
    }

    /// Whether somebody signed in.
    pub fn signed_in(&self) -> bool {
        self.session.is_some()
    }

    /// The session, if somebody signed in.
    pub fn session(&self) -> Option<&Session> {
        self.session.as_deref()
    }

    /// Where the asker may look.
    pub fn scope(&self) -> Scope {
        self.session
            .as_ref()
            .map_or(Scope::Nowhere, |session| session.actor.scope.clone())
    }

    /// Today, by the injected clock.
    pub fn today(&self) -> Day {
        self.app.clock().today()
    }

    /// Only the inner part of the page is wanted.
    pub fn partial(&self) -> bool {
        self.partial
    }

    /// The address this request came from; unknown where nothing serves it over a network.
    pub fn client(&self) -> Option<std::net::IpAddr> {
        self.client
    }

    /// Path and query of this request.
    pub fn path(&self) -> &str {
        &self.address
    }

    /// The frame of a page: menu, badge, demo banner, message, big text.
    pub fn shell(&self, title: impl Into<String>) -> Shell {
        let mut shell = Shell::new(title)
            .place(self.app.place.clone())
            .big_text(self.big_text)
            .partial(self.partial)
            .path(self.address.clone());
        if let Some(demo) = self.app.demo {
            shell = shell.demo(format!("演示数据 · 演示日期 {}", demo.today.zh()));
        }
        if let Some((kind, text)) = &self.flash {
            shell = shell.flash(kind.clone(), text.clone());
        }
        if let Some(session) = &self.session {
            let actor = &session.actor;
            shell = shell
                .user(&actor.name, actor.role.zh(), &actor.scope_name)
                .search(Action::ReadLists.allowed_to(actor.role))
                .menu(menu_for(actor.role, &self.app.nav))
                .mark_active();
        }
        shell
    }

    /// Decides about one record: `Ok` to go on, or the page that refuses and says whom to ask.
    /// Out of scope looks like a refusal that names the offices of the record's areas (`ask`).
    pub fn decide(&self, action: Action, subject: &Subject, ask: &str) -> Result<(), Failure> {
        match decide(&self.actor(), action, subject) {
            Decision::Allow => Ok(()),
            Decision::NotYourWork => {
                let text = format!(
                    "这项工作不由「{}」办理，可向{ask}申请。",
                    self.actor().role.zh()
                );
                Err(PageError::refused(ask).text(text).into())
            }
            Decision::OutOfScope => Err(PageError::refused(ask).into()),
        }
    }

    /// Starts a write in the asker's name.
    pub async fn begin(&self) -> StoreResult<Tx> {
        self.app
            .store
            .begin(&self.actor(), self.request.as_deref())
            .await
    }

    /// Logs reads in the asker's name; durable when it returns, so call it before answering.
    pub async fn log_reads(&self, entries: &[Audit]) -> StoreResult<()> {
        let under: Vec<Audit>;
        let entries = match &self.mandate {
            Some(mandate) => {
                under = entries
                    .iter()
                    .map(|entry| entry.clone().with("mandate", mandate.as_str()))
                    .collect();
                under.as_slice()
            }
            None => entries,
        };
        self.app
            .store
            .log_reads(&self.actor(), self.request.as_deref(), entries)
            .await
    }

    /// After saving: a drawer closes and the page behind it is loaded again with the message, so that
    /// the reader stays where they were; a plain form is led to `to`.
    pub fn saved(&self, to: &str, text: &str) -> axum::response::Response {
        let mut response = self.redirect_with(to, "ok", text);
        if self.partial {
            response.headers_mut().remove("hx-redirect");
        }
        response
    }

    /// A redirect that shows a message on the next page.
    pub fn redirect_with(&self, to: &str, kind: &str, text: &str) -> axum::response::Response {
        let mut response = if self.partial {
            let mut headers = HeaderMap::new();
            headers.insert(
                "hx-request-type",
                header::HeaderValue::from_static("partial"),
            );
            ui::redirect_for(&headers, to)
        } else {
            ui::redirect(to)
        };
        let cookie = format!(
            "flash={kind}.{}; Path=/; HttpOnly; SameSite=Lax; Max-Age=60",
            encode(text)
        );
        if let Ok(value) = header::HeaderValue::from_str(&cookie) {
            response.headers_mut().append(header::SET_COOKIE, value);
        }
        response
    }

    /// Whether this request carried a message that its page has now shown.
    pub fn had_flash(&self) -> bool {
        self.flash.is_some() && !self.partial
    }
}

fn nobody() -> Actor {
    Actor {
        id: "nobody".to_owned(),
        name: "未登录".to_owned(),
        role: authz::Role::Family,
        scope: Scope::Nowhere,
        scope_name: String::new(),
    }
}

/// The value of a cookie.
pub fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value.to_owned())
}

fn encode(text: &str) -> String {
    store::secret::hex(text.as_bytes())
}

fn decode(hex: &str) -> Option<String> {
    let bytes: Option<Vec<u8>> = (0..hex.len() / 2)
        .map(|i| {
            hex.get(i * 2..i * 2 + 2)
                .and_then(|pair| u8::from_str_radix(pair, 16).ok())
        })
        .collect();
    String::from_utf8(bytes?).ok()
}
