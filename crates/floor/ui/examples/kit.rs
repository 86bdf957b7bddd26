//! Serves the samples for looking at: `cargo run -p ui --example kit -- 7788`.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    let port = std::env::args()
        .nth(1)
        .and_then(|port| port.parse().ok())
        .unwrap_or(7788_u16);
    let app = axum::Router::new()
        .merge(ui::kit_router())
        .merge(ui::assets_router());
    let Ok(listener) = tokio::net::TcpListener::bind(("127.0.0.1", port)).await else {
        return ExitCode::FAILURE;
    };
    match axum::serve(listener, app).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(_closed) => ExitCode::FAILURE,
    }
}
