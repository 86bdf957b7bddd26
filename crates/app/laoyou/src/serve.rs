//! `laoyou serve`: the web server, with health, metrics, limits and a graceful end.

use crate::compose;
use crate::config::Config;
use crate::fault::{Fault, Outcome};
use crate::layers;
use crate::metrics::Metrics;
use crate::rekey;
use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use host::AppState;
use org::api::OrgSettings;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use store::{Keys, Store};
use tokio::net::TcpListener;
use tower_http::compression::CompressionLayer;
use tower_http::csrf::CsrfLayer;

/// Reads the key file.
pub fn keys(path: &Path) -> Outcome<Keys> {
    let text = std::fs::read_to_string(path).map_err(|error| {
        Fault::new(format!(
            "读不了密钥文件 {}：{error}。正式部署请先运行 laoyou doctor，按提示生成",
            path.display()
        ))
    })?;
    Ok(Keys::from_file(&text)?)
}

/// All routes with everything around them.
pub fn router(app: &AppState, metrics: &Arc<Metrics>, config: &Config) -> Router {
    router_with(app, metrics, config, None)
}

/// Another system to sign in through.
#[cfg(feature = "oidc")]
pub type Door = Arc<crate::oidc::Oidc>;
/// Another system to sign in through: this program was built without.
#[cfg(not(feature = "oidc"))]
pub type Door = std::convert::Infallible;

/// The other system that the configuration names; an error where this program was built without.
pub fn door(config: &Config) -> Outcome<Option<Door>> {
    #[cfg(feature = "oidc")]
    {
        crate::oidc::Oidc::of(config)
    }
    #[cfg(not(feature = "oidc"))]
    {
        if config.oidc_issuer.is_empty() {
            return Ok(None);
        }
        Err(Fault::new(
            "配置了 oidc_issuer，但这个程序没有编入 OIDC（编译时加 --features oidc）",
        ))
    }
}

/// As [`router`], with a door to another system.
pub fn router_with(
    app: &AppState,
    metrics: &Arc<Metrics>,
    config: &Config,
    door: Option<Door>,
) -> Router {
    let mut routes = compose::routes();
    #[cfg(feature = "oidc")]
    if door.is_some() {
        routes.0.extend(crate::oidc::routes().0);
    }
    if app.demo.is_none() {
        routes.0.retain(|route| route.access != host::Access::Demo);
    }
    let mut pages: Router<AppState> = routes.router();
    if app.demo.is_some() {
        pages = pages.merge(ui::kit_router());
    }
    if let Some(door) = door {
        pages = pages.layer(axum::Extension(door));
    }
    pages
        .route("/healthz", get(|| async { "ok" }))
        .route("/readyz", get(ready))
        .merge(ui::assets_router())
        .fallback(|| async { ui::PageError::not_found() })
        .layer(from_fn_with_state(Arc::clone(app), layers::framing))
        .layer(from_fn_with_state(Arc::clone(app), org::api::session_layer))
        .layer(from_fn_with_state(Arc::clone(app), partner::token_layer))
        .layer(CsrfLayer::new())
        .layer(DefaultBodyLimit::max(config.body_limit))
        .layer(from_fn_with_state(
            Duration::from_secs(config.request_seconds),
            layers::in_time,
        ))
        .layer(from_fn_with_state(
            (
                Arc::clone(app),
                Arc::clone(metrics),
                Arc::<[std::net::IpAddr]>::from(config.proxies.as_slice()),
            ),
            layers::outermost,
        ))
        .layer(CompressionLayer::new().gzip(true))
        .with_state(Arc::clone(app))
}

async fn ready(State(app): State<AppState>) -> (StatusCode, &'static str) {
    match app.store.is_migrated(&compose::migrations()).await {
        Ok(true) => (StatusCode::OK, "ready"),
        Ok(false) | Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "not ready"),
    }
}

/// Serves until it is told to stop; calls `listening` once the address is known.
pub async fn serve(
    config: &Config,
    store: Store,
    listening: impl FnOnce(SocketAddr),
) -> Outcome<()> {
    let door = door(config)?;
    let settings = OrgSettings {
        secure_cookie: config.secure_cookie,
        outside: door
            .is_some()
            .then(|| (config.oidc_title.clone(), "/sign-in/oidc")),
        ..OrgSettings::default()
    };
    // Nobody real is in a demo, and its doors ask for no password: whoever tries it is not slowed.
    let settings = if compose::demo_day(&store).await.is_some() {
        settings
    } else {
        settings.guarded()
    };
    rekey::ready(&store).await?;
    let app = compose::app_with(store, settings, config.file_store(), config.folders()?).await?;
    if app.demo.is_some() && !config.listen.is_loopback() && !config.allow_demo {
        return Err(Fault::new(
            "这是演示数据库，只在本机开放。确实要对外演示，请设置 allow_demo = true",
        ));
    }
    let metrics = Arc::new(Metrics::default());
    let listener = TcpListener::bind(config.address()).await.map_err(|error| {
        Fault::new(format!(
            "不能监听 {}：{error}。换一个端口，例如 --port {}",
            config.address(),
            config.port.saturating_add(1)
        ))
    })?;
    let address = listener.local_addr()?;
    let router = router_with(&app, &metrics, config, door);
    listening(address);
    tracing::info!(%address, "serving");
    let observing = observe(config, &metrics).await?;
    let working = crate::work::spawn(Arc::clone(&app));
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let served = axum::serve(listener, service)
        .with_graceful_shutdown(stop_signal())
        .await;
    working.stop().await;
    if let Some(task) = observing {
        task.abort();
    }
    served.map_err(Fault::from)
}

/// `/metrics` on loopback, where a port is configured.
#[expect(
    clippy::disallowed_methods,
    reason = "the metrics listener lives exactly as long as the server"
)]
async fn observe(
    config: &Config,
    metrics: &Arc<Metrics>,
) -> Outcome<Option<tokio::task::JoinHandle<()>>> {
    if config.metrics_port == 0 {
        return Ok(None);
    }
    let listener =
        TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], config.metrics_port))).await?;
    let metrics = Arc::clone(metrics);
    let router = Router::new().route("/metrics", get(move || async move { metrics.text() }));
    Ok(Some(tokio::spawn(async move {
        if let Err(error) = axum::serve(listener, router).await {
            tracing::warn!(%error, "metrics ended");
        }
    })))
}

/// Resolves at SIGTERM or Ctrl-C; after 20 seconds the process ends even if a request hangs.
#[expect(
    clippy::disallowed_methods,
    reason = "the last resort of a shutdown must not depend on the server"
)]
pub async fn stop_signal() {
    let interrupt = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! { () = interrupt => {}, () = terminate => {} }
    tracing::info!("stopping: no new connections, running requests get 20 seconds");
    tokio::spawn(async {
        tokio::time::sleep(Duration::from_secs(20)).await;
        tracing::warn!("requests did not end within 20 seconds");
        std::process::exit(1);
    });
}
