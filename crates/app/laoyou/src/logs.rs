//! Logs: one JSON line a request with id, actor, route, status, time; never a query string, a name or
//! a number (engineering.md 18).

use tracing_subscriber::EnvFilter;

/// Starts logging to standard error, as JSON or as text.
pub fn start(form: &str) {
    let filter = EnvFilter::new("info,sqlx=warn,sea_orm=warn");
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    let started = if form == "text" {
        builder.try_init()
    } else {
        builder.json().flatten_event(true).try_init()
    };
    if let Err(error) = started {
        crate::out::progress(format!("logging was started already: {error}"));
    }
}
