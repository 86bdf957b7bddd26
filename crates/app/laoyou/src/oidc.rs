//! Signing in through a provider of OpenID Connect: authorization code with PKCE, state and nonce (feature `oidc`).
//!
//! What has to come back stands sealed in a cookie of ten minutes, so that any process of the installation can take the
//! answer. The provider's word is proved here (issuer, audience, signature, time, nonce); which account it is, and what
//! it may do, `org` says.

use crate::config::Config;
use crate::fault::{Fault, Outcome};
use axum::extract::Extension;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use chrono::{DateTime, Utc};
use host::{Access, Ctx, Failure, Page, Routes};
use kernel::Instant;
use openidconnect::core::{CoreAuthenticationFlow, CoreClient, CoreProviderMetadata};
use openidconnect::{
    AuthorizationCode, ClientId, ClientSecret, CsrfToken, IssuerUrl, Nonce, PkceCodeChallenge,
    PkceCodeVerifier, RedirectUrl, Scope, TokenResponse, reqwest,
};
use org::api::{Outside, OutsideAnswer, refused_outside, sign_in_outside};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use store::{Sealed, secure_random};
use tokio::sync::Mutex;
use ui::PageError;

/// Where it begins.
pub const GO: &str = "/sign-in/oidc";
/// Where the provider sends people back to.
pub const BACK: &str = "/sign-in/oidc/back";
const COOKIE: &str = "laoyou-oidc";
/// The field that the cookie is sealed for.
const FIELD: &str = "oidc";
/// Seconds somebody may take at the provider.
const WAIT: i64 = 600;
/// Seconds after which the provider is asked for its keys again.
const KEPT: i64 = 3_600;

/// A provider and what it is asked.
#[derive(Debug)]
pub struct Oidc {
    issuer: IssuerUrl,
    client: ClientId,
    secret: Option<ClientSecret>,
    back: RedirectUrl,
    claim: String,
    strong: Vec<String>,
    secure: bool,
    http: reqwest::Client,
    known: Mutex<Option<(Instant, CoreProviderMetadata)>>,
}

/// What has to come back.
#[derive(Serialize, Deserialize)]
struct Begun {
    state: String,
    nonce: String,
    verifier: String,
    next: String,
    until: i64,
}

impl Oidc {
    /// The provider of the configuration; `None` where none is named.
    pub fn of(config: &Config) -> Outcome<Option<Arc<Self>>> {
        if config.oidc_issuer.is_empty() {
            return Ok(None);
        }
        let wrong = |key: &str, why: String| Fault::new(format!("配置 {key} 有误：{why}"));
        if config.oidc_client.is_empty() || config.oidc_claim.is_empty() {
            return Err(Fault::new("用 OIDC 登录要写 oidc_client 和 oidc_claim"));
        }
        let issuer = IssuerUrl::new(config.oidc_issuer.clone())
            .map_err(|error| wrong("oidc_issuer", error.to_string()))?;
        let host = issuer.url().host_str().unwrap_or_default();
        let here = matches!(host, "127.0.0.1" | "localhost" | "[::1]");
        if issuer.url().scheme() != "https" && !here {
            return Err(wrong("oidc_issuer", "要用 https".to_owned()));
        }
        let back = format!("{}{BACK}", config.oidc_address.trim_end_matches('/'));
        let secret = if config.oidc_secret_file.as_os_str().is_empty() {
            None
        } else {
            let text = std::fs::read_to_string(&config.oidc_secret_file)
                .map_err(|error| wrong("oidc_secret_file", error.to_string()))?;
            Some(ClientSecret::new(text.trim().to_owned()))
        };
        let http = reqwest::ClientBuilder::new()
            // A provider that leads somewhere else is not followed.
            .redirect(reqwest::redirect::Policy::none())
            .timeout(std::time::Duration::from_secs(10))
            .build()
            .map_err(|error| Fault::new(error.to_string()))?;
        Ok(Some(Arc::new(Self {
            issuer,
            client: ClientId::new(config.oidc_client.clone()),
            secret,
            back: RedirectUrl::new(back)
                .map_err(|error| wrong("oidc_address", error.to_string()))?,
            claim: config.oidc_claim.clone(),
            strong: config.oidc_mfa.clone(),
            secure: config.secure_cookie,
            http,
            known: Mutex::new(None),
        })))
    }

    /// What the provider says of itself, with its keys.
    async fn provider(&self, now: Instant) -> Result<CoreProviderMetadata, String> {
        let mut known = self.known.lock().await;
        if let Some((until, metadata)) = known.as_ref()
            && now < *until
        {
            return Ok(metadata.clone());
        }
        let metadata = CoreProviderMetadata::discover_async(self.issuer.clone(), &self.http)
            .await
            .map_err(|error| error.to_string())?;
        *known = Some((now.plus_seconds(KEPT), metadata.clone()));
        Ok(metadata)
    }

    /// Where to send somebody, and what has to come back.
    async fn begin(&self, now: Instant, next: String) -> Result<(String, Begun), String> {
        let random = || secure_random::token().map_err(|error| error.to_string());
        let begun = Begun {
            state: random()?,
            nonce: random()?,
            verifier: random()?,
            next,
            until: now.plus_seconds(WAIT).micros(),
        };
        let challenge = PkceCodeChallenge::from_code_verifier_sha256(&PkceCodeVerifier::new(
            begun.verifier.clone(),
        ));
        let client = CoreClient::from_provider_metadata(
            self.provider(now).await?,
            self.client.clone(),
            self.secret.clone(),
        )
        .set_redirect_uri(self.back.clone());
        let (state, nonce) = (begun.state.clone(), begun.nonce.clone());
        let (url, _state, _nonce) = client
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                || CsrfToken::new(state),
                || Nonce::new(nonce),
            )
            .add_scope(Scope::new("profile".to_owned()))
            .set_pkce_challenge(challenge)
            .url();
        Ok((url.to_string(), begun))
    }

    /// Exchanges the code and proves what comes for it; who it is, and whether a second factor was asked for.
    async fn prove(
        &self,
        now: Instant,
        code: String,
        begun: &Begun,
    ) -> Result<(String, bool), String> {
        let client = CoreClient::from_provider_metadata(
            self.provider(now).await?,
            self.client.clone(),
            self.secret.clone(),
        )
        .set_redirect_uri(self.back.clone());
        let answer = client
            .exchange_code(AuthorizationCode::new(code))
            .map_err(|error| error.to_string())?
            .set_pkce_verifier(PkceCodeVerifier::new(begun.verifier.clone()))
            .request_async(&self.http)
            .await
            .map_err(|error| error.to_string())?;
        let token = answer.id_token().ok_or("no id token")?;
        let moment = DateTime::<Utc>::from_timestamp_micros(now.micros()).ok_or("no time")?;
        let verifier = client.id_token_verifier().set_time_fn(move || moment);
        let proved = token.claims(&verifier, &Nonce::new(begun.nonce.clone()));
        if let Err(error) = proved {
            // The provider may have changed its keys: they are asked for again.
            *self.known.lock().await = None;
            return Err(error.to_string());
        }
        let said = payload(&token.to_string()).ok_or("no payload")?;
        let login = said
            .get(&self.claim)
            .and_then(|value| value.as_str())
            .filter(|login| !login.trim().is_empty())
            .ok_or_else(|| format!("no claim {}", self.claim))?;
        Ok((login.to_owned(), is_strong(&said, &self.strong)))
    }

    fn cookie(&self, text: &str, seconds: i64) -> Option<HeaderValue> {
        let secure = if self.secure { "; Secure" } else { "" };
        HeaderValue::from_str(&format!(
            "{COOKIE}={text}; Path=/sign-in; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}"
        ))
        .ok()
    }
}

/// The claims of a token whose signature was proved.
fn payload(token: &str) -> Option<serde_json::Value> {
    let bytes = store::secret::unbase64(token.split('.').nth(1)?)?;
    serde_json::from_slice(&bytes).ok()
}

/// Whether `amr` or `acr` names one of these.
fn is_strong(said: &serde_json::Value, strong: &[String]) -> bool {
    let named = |value: &serde_json::Value| {
        value
            .as_str()
            .is_some_and(|value| strong.iter().any(|one| one == value))
    };
    let by = said.get("amr").and_then(|value| value.as_array());
    by.is_some_and(|all| all.iter().any(named)) || said.get("acr").is_some_and(named)
}

/// The two addresses, open to anybody: who comes is not known yet.
pub fn routes() -> Routes {
    Routes::new()
        .get(GO, Access::Public, go)
        .get(BACK, Access::Public, back)
}

fn query(ctx: &Ctx, name: &str) -> Option<String> {
    let text = ctx.path().split_once('?').map_or("", |(_, query)| query);
    ui::list::query_pairs(text)
        .into_iter()
        .find(|(key, _)| key == name)
        .map(|(_, value)| value)
}

fn refused(words: impl Into<String>) -> Failure {
    PageError::bad_request(words)
        .title("没有登录")
        .with_status(StatusCode::UNAUTHORIZED)
        .link("回登录页", "/sign-in")
        .into()
}

/// `GET /sign-in/oidc`: on to the provider.
async fn go(ctx: Ctx, Extension(oidc): Extension<Arc<Oidc>>) -> Page {
    let now = ctx.app.clock().now();
    let (url, begun) = match oidc
        .begin(now, query(&ctx, "next").unwrap_or_default())
        .await
    {
        Ok(begun) => begun,
        Err(error) => {
            tracing::warn!(error, "the provider of sign-ins does not answer");
            return Err(refused(
                "统一身份认证没有应答，请稍后再试，或用老幼通账号和密码登录。",
            ));
        }
    };
    let text = serde_json::to_string(&begun)
        .map_err(|error| store::StoreError::Other(error.to_string()))?;
    let sealed = ctx.app.store.keys().seal(FIELD, &text)?;
    let mut response = ui::redirect(&url);
    if let Some(cookie) = oidc.cookie(&sealed.0, WAIT) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

/// `GET /sign-in/oidc/back`: what the provider answered. A GET that writes: the session, for the answer comes as one.
async fn back(ctx: Ctx, Extension(oidc): Extension<Arc<Oidc>>, headers: HeaderMap) -> Page {
    let mut answered = match take(&ctx, &oidc, &headers).await {
        Ok(response) => response,
        Err(failure) => axum::response::IntoResponse::into_response(failure),
    };
    // Whatever came of it, what was begun is over.
    if let Some(cookie) = oidc.cookie("", 0) {
        answered.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(answered)
}

async fn take(ctx: &Ctx, oidc: &Oidc, headers: &HeaderMap) -> Result<Response, Failure> {
    let now = ctx.app.clock().now();
    let begun = host::ctx::cookie(headers, COOKIE).and_then(|sealed| {
        let text = ctx.app.store.keys().open(FIELD, &Sealed(sealed)).ok()?;
        serde_json::from_str::<Begun>(&text).ok()
    });
    let good = begun.filter(|begun| {
        now.micros() < begun.until && query(ctx, "state").as_deref() == Some(begun.state.as_str())
    });
    let Some(begun) = good else {
        refused_outside(ctx, None, "state").await?;
        return Err(refused(
            "这次登录已经过期，或不是从这个浏览器开始的。请从登录页重新开始。",
        ));
    };
    let Some(code) = query(ctx, "code") else {
        refused_outside(ctx, None, "provider").await?;
        return Err(refused(
            "统一身份认证没有同意这次登录。请从登录页重新开始。",
        ));
    };
    let (login, strong) = match oidc.prove(now, code, &begun).await {
        Ok(proved) => proved,
        Err(error) => {
            tracing::warn!(error, "the provider's word was not taken");
            refused_outside(ctx, None, "token").await?;
            return Err(refused(
                "统一身份认证的应答核对不上，没有登录。请从登录页重新开始；仍不行，请找系统管理员。",
            ));
        }
    };
    let outside = Outside {
        login: &login,
        strong,
        next: &begun.next,
    };
    match sign_in_outside(ctx, outside).await? {
        OutsideAnswer::In(response) => Ok(*response),
        OutsideAnswer::Refused(words) => Err(refused(words)),
    }
}
