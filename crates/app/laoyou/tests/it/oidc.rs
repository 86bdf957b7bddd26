//! Signing in through a provider that signs real tokens: a small one in this process, over a real port. Row M03.

use crate::place::{City, cities, request};
use axum::body::Body;
use axum::extract::State;
use axum::http::{Method, StatusCode, header};
use axum::routing::{get, post};
use axum::{Json, Router};
use chrono::{DateTime, Utc};
use laoyou::config::Config;
use laoyou::metrics::Metrics;
use laoyou::{compose, serve};
use openidconnect::core::{
    CoreIdToken, CoreIdTokenClaims, CoreJsonWebKeySet, CoreJwsSigningAlgorithm,
    CoreRsaPrivateSigningKey,
};
use openidconnect::{
    Audience, AuthenticationMethodReference, EmptyAdditionalClaims, EndUserUsername, IssuerUrl,
    JsonWebKeyId, Nonce, PkceCodeChallenge, PkceCodeVerifier, PrivateSigningKey, StandardClaims,
    SubjectIdentifier,
};
use org::api::{HashCost, OrgSettings};
use serde_json::{Value as Json_, json};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use store::{Reads, values};
use tower::ServiceExt;

/// What the next token says.
#[derive(Clone)]
struct Says {
    login: String,
    nonce: String,
    challenge: String,
    audience: String,
    issuer: Option<String>,
    key: &'static str,
    /// Seconds until it ends, from now.
    lasts: i64,
    methods: Vec<&'static str>,
}

struct Issuer {
    url: String,
    now: i64,
    says: Mutex<Option<Says>>,
}

fn key(name: &str) -> CoreRsaPrivateSigningKey {
    let pem = match name {
        "one" => include_str!("oidc_keys/one.pem"),
        _ => include_str!("oidc_keys/other.pem"),
    };
    CoreRsaPrivateSigningKey::from_pem(pem, Some(JsonWebKeyId::new("k1".into()))).unwrap()
}

fn at(micros: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(micros).unwrap()
}

async fn told(State(issuer): State<Arc<Issuer>>) -> Json<Json_> {
    let url = &issuer.url;
    Json(json!({
        "issuer": url,
        "authorization_endpoint": format!("{url}/authorize"),
        "token_endpoint": format!("{url}/token"),
        "jwks_uri": format!("{url}/keys"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
    }))
}

async fn keys() -> Json<CoreJsonWebKeySet> {
    Json(CoreJsonWebKeySet::new(vec![
        key("one").as_verification_key(),
    ]))
}

/// A code is good once, and only for whoever holds the verifier of its challenge.
async fn token(State(issuer): State<Arc<Issuer>>, body: String) -> (StatusCode, Json<Json_>) {
    let form: BTreeMap<String, String> = ui::list::query_pairs(&body).into_iter().collect();
    let says = issuer.says.lock().unwrap().take();
    let verifier = PkceCodeVerifier::new(form["code_verifier"].clone());
    let challenge = PkceCodeChallenge::from_code_verifier_sha256(&verifier);
    let Some(says) =
        says.filter(|says| form["code"] == "the-code" && challenge.as_str() == says.challenge)
    else {
        let refused = json!({"error": "invalid_grant"});
        return (StatusCode::BAD_REQUEST, Json(refused));
    };
    let standard = StandardClaims::new(SubjectIdentifier::new("s1".into()))
        .set_preferred_username(Some(EndUserUsername::new(says.login)));
    let methods = says.methods.iter();
    let methods = methods.map(|method| AuthenticationMethodReference::new((*method).into()));
    let claims = CoreIdTokenClaims::new(
        IssuerUrl::new(says.issuer.unwrap_or_else(|| issuer.url.clone())).unwrap(),
        vec![Audience::new(says.audience)],
        at(issuer.now + says.lasts * 1_000_000),
        at(issuer.now),
        standard,
        EmptyAdditionalClaims {},
    )
    .set_nonce(Some(Nonce::new(says.nonce)))
    .set_auth_method_refs(Some(methods.collect()));
    let algorithm = CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256;
    let signed = CoreIdToken::new(claims, &key(says.key), algorithm, None, None).unwrap();
    let answer = json!({
        "access_token": "unused", "token_type": "Bearer", "expires_in": 60, "id_token": signed.to_string(),
    });
    (StatusCode::OK, Json(answer))
}

#[expect(
    clippy::disallowed_methods,
    reason = "the provider lives as long as the test"
)]
async fn provider(now: i64) -> Arc<Issuer> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let issuer = Arc::new(Issuer {
        url: format!("http://{}", listener.local_addr().unwrap()),
        now,
        says: Mutex::new(None),
    });
    let router = Router::new()
        .route("/.well-known/openid-configuration", get(told))
        .route("/keys", get(keys))
        .route("/token", post(token))
        .with_state(Arc::clone(&issuer));
    tokio::spawn(async move { axum::serve(listener, router).await });
    issuer
}

struct Door {
    router: Router,
    issuer: Arc<Issuer>,
}

impl Door {
    async fn new(city: &City) -> Self {
        let issuer = provider(city.store.clock().now().micros()).await;
        let config = Config {
            oidc_issuer: issuer.url.clone(),
            oidc_client: "laoyou".into(),
            oidc_address: "https://laoyou.example.cn".into(),
            secure_cookie: false,
            ..Config::default()
        };
        let settings = OrgSettings {
            cost: HashCost::CHEAP,
            force_factor: true,
            outside: Some(("用统一身份登录".into(), "/sign-in/oidc")),
            ..OrgSettings::default()
        };
        let files = (*city.app.part::<files::Files>().unwrap()).clone();
        let app = compose::app(city.store.clone(), settings, files)
            .await
            .unwrap();
        let door = serve::door(&config).unwrap();
        assert!(door.is_some());
        let router = serve::router_with(&app, &Arc::new(Metrics::default()), &config, door);
        Self { router, issuer }
    }

    async fn get(&self, path: &str, cookie: &str) -> (StatusCode, String, Vec<String>, String) {
        let request = request(Method::GET, path, cookie)
            .body(Body::empty())
            .unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let texts = |name| {
            let all = parts.headers.get_all(name).iter();
            all.map(|value| value.to_str().unwrap().to_owned())
                .collect::<Vec<_>>()
        };
        let bytes = axum::body::to_bytes(body, 1 << 22).await.unwrap();
        (
            parts.status,
            texts(header::LOCATION).pop().unwrap_or_default(),
            texts(header::SET_COOKIE),
            String::from_utf8_lossy(&bytes).into_owned(),
        )
    }

    /// Begins; what the provider is asked, and the cookie that remembers it.
    async fn begin(&self, next: &str) -> (BTreeMap<String, String>, String) {
        let path = format!("/sign-in/oidc?next={}", ui::query_encode(next));
        let (status, to, cookies, body) = self.get(&path, "").await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{body}");
        let (address, query) = to.split_once('?').unwrap();
        assert_eq!(address, format!("{}/authorize", self.issuer.url));
        let cookie = cookies[0].split(';').next().unwrap().to_owned();
        assert!(cookies[0].contains("HttpOnly") && cookies[0].contains("SameSite=Lax"));
        let asked: BTreeMap<String, String> = ui::list::query_pairs(query).into_iter().collect();
        assert_eq!(asked["code_challenge_method"], "S256");
        assert_eq!(
            asked["redirect_uri"],
            "https://laoyou.example.cn/sign-in/oidc/back"
        );
        (asked, cookie)
    }

    fn says(&self, asked: &BTreeMap<String, String>, login: &str) -> Says {
        Says {
            login: login.into(),
            nonce: asked["nonce"].clone(),
            challenge: asked["code_challenge"].clone(),
            audience: "laoyou".into(),
            issuer: None,
            key: "one",
            lasts: 60,
            methods: Vec::new(),
        }
    }

    async fn back(
        &self,
        says: Option<Says>,
        state: &str,
        cookie: &str,
    ) -> (StatusCode, String, Vec<String>, String) {
        *self.issuer.says.lock().unwrap() = says;
        let path = format!("/sign-in/oidc/back?code=the-code&state={state}");
        self.get(&path, cookie).await
    }

    async fn sign_in(
        &self,
        login: &str,
        methods: &[&'static str],
    ) -> (StatusCode, String, Vec<String>) {
        let (asked, cookie) = self.begin("/people").await;
        let says = Says {
            methods: methods.to_vec(),
            ..self.says(&asked, login)
        };
        let (status, to, cookies, _) = self.back(Some(says), &asked["state"], &cookie).await;
        (status, to, cookies)
    }
}

fn session(cookies: &[String]) -> Option<String> {
    let mine = cookies
        .iter()
        .find(|cookie| cookie.starts_with("laoyou="))?;
    mine.split(';').next().map(str::to_owned)
}

async fn failures(city: &City) -> i64 {
    city.count("SELECT CAST(count(*) AS BIGINT) AS n FROM audit_row WHERE action = 'sign_in.failed' AND detail LIKE '%oidc%'")
        .await
}

/// Row M03: an account that exists is signed in by the claim and goes where it wanted; state, browser, code, PKCE, nonce,
/// issuer, audience, signature and time are each proved; nobody gets an account by coming; what is refused is in the log.
#[tokio::test]
async fn a_provider_vouches_for_accounts_that_exist() {
    for city in cities().await {
        let door = Door::new(&city).await;
        let (_, _, _, page) = door.get("/sign-in?next=/people", "").await;
        assert!(page.contains("用统一身份登录") && page.contains("/sign-in/oidc?next="));
        let accounts = "SELECT CAST(count(*) AS BIGINT) AS n FROM org_account";
        let before = city.count(accounts).await;

        let (status, to, cookies) = door.sign_in("DEMO-01-town", &[]).await;
        assert_eq!(
            (status, to.as_str()),
            (StatusCode::SEE_OTHER, "/people"),
            "{}",
            city.name
        );
        let signed = session(&cookies).unwrap();
        assert!(cookies.iter().any(|one| one.starts_with("laoyou-oidc=;")));
        let (status, _, _, body) = door.get("/people", &signed).await;
        assert!(
            status == StatusCode::OK && body.contains("张敏"),
            "{}",
            city.name
        );

        let mut failed = failures(&city).await;
        let mut refused =
            async |says: &dyn Fn(&mut Says), state: Option<&str>, forget: bool, why: &str| {
                let (asked, cookie) = door.begin("").await;
                let mut told = door.says(&asked, "demo-01-town");
                says(&mut told);
                let state = state.unwrap_or(&asked["state"]);
                let cookie = if forget { "" } else { cookie.as_str() };
                let (status, _, cookies, body) = door.back(Some(told), state, cookie).await;
                assert_eq!(
                    status,
                    StatusCode::UNAUTHORIZED,
                    "{why} on {}: {body}",
                    city.name
                );
                assert_eq!(session(&cookies), None, "{why}");
                failed += 1;
                assert_eq!(failures(&city).await, failed, "{why} is in the log");
            };
        refused(&|_| {}, Some("somebody-elses"), false, "another state").await;
        refused(&|_| {}, None, true, "another browser").await;
        refused(
            &|says| says.nonce = "old".into(),
            None,
            false,
            "another nonce",
        )
        .await;
        refused(
            &|says| says.challenge = "x".into(),
            None,
            false,
            "another verifier",
        )
        .await;
        refused(
            &|says| says.audience = "others".into(),
            None,
            false,
            "for somebody else",
        )
        .await;
        refused(
            &|says| says.issuer = Some("https://evil.example".into()),
            None,
            false,
            "another issuer",
        )
        .await;
        refused(&|says| says.key = "other", None, false, "another key").await;
        refused(&|says| says.lasts = -60, None, false, "too late").await;
        refused(
            &|says| says.login = "nobody".into(),
            None,
            false,
            "no account",
        )
        .await;
        refused(
            &|says| says.login = " ".into(),
            None,
            false,
            "an empty claim",
        )
        .await;
        let (asked, cookie) = door.begin("//evil.example").await;
        let says = door.says(&asked, "demo-01-town");
        let (_, to, _, _) = door.back(Some(says), &asked["state"], &cookie).await;
        assert!(!to.contains("evil"), "{to}");
        // The answer of a minute ago is no answer to what is begun now, and ten minutes are enough.
        let (asked, cookie) = door.begin("").await;
        city.clock.pass_days(1);
        let says = door.says(&asked, "demo-01-town");
        let (status, ..) = door.back(Some(says), &asked["state"], &cookie).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED);
        city.clock.pass_days(-1);

        let sql = "UPDATE org_account SET disabled = $1 WHERE login = 'demo-01-town'";
        let mut tx = city
            .store
            .begin(&authz::Actor::system("test"), None)
            .await
            .unwrap();
        tx.run(sql, values![true]).await.unwrap();
        tx.audit(store::Audit::new("test"));
        tx.commit().await.unwrap();
        let (status, _, cookies) = door.sign_in("demo-01-town", &["mfa"]).await;
        assert_eq!(
            (status, session(&cookies)),
            (StatusCode::UNAUTHORIZED, None)
        );
        assert_eq!(city.count(accounts).await, before, "nobody was made");
        city.close().await;
    }
}

/// Row M03: the three administrators need a second factor also this way: without one they set it up before anything else,
/// unless the provider says that it asked for one.
#[tokio::test]
async fn administrators_need_a_second_factor_here_or_there() {
    for city in cities().await {
        let door = Door::new(&city).await;
        let sql = "SELECT login FROM org_account WHERE role = 'system_admin' AND disabled = $1 ORDER BY login LIMIT 1";
        let row = city.store.one(sql, values![false]).await.unwrap().unwrap();
        let login = row.text("login").unwrap();
        let (_, _, cookies) = door.sign_in(&login, &["pwd"]).await;
        let weak = session(&cookies).unwrap();
        let (status, to, _, _) = door.get("/system/accounts", &weak).await;
        assert_eq!(
            (status, to.as_str()),
            (StatusCode::SEE_OTHER, "/security/factor")
        );
        let (_, _, cookies) = door.sign_in(&login, &["pwd", "mfa"]).await;
        let strong = session(&cookies).unwrap();
        let (status, ..) = door.get("/system/accounts", &strong).await;
        assert_eq!(status, StatusCode::OK, "{}", city.name);
        city.close().await;
    }
}
