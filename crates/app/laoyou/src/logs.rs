//! Logs: one JSON line a request with id, actor, route, status, time; never a query string, a name or
//! a number (engineering.md 18).

use tracing::Subscriber;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

fn filter() -> EnvFilter {
    EnvFilter::new("info,sqlx=warn,sea_orm=warn")
}

/// The JSON log, written to `writer`.
pub fn json<W>(writer: W) -> impl Subscriber + Send + Sync
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    tracing_subscriber::fmt()
        .with_env_filter(filter())
        .with_writer(writer)
        .json()
        .flatten_event(true)
        .finish()
}

/// Starts logging to standard error, as JSON or as text.
pub fn start(form: &str) {
    let started = if form == "text" {
        let text = tracing_subscriber::fmt()
            .with_env_filter(filter())
            .with_writer(std::io::stderr);
        text.try_init().map_err(|error| error.to_string())
    } else {
        tracing::subscriber::set_global_default(json(std::io::stderr))
            .map_err(|error| error.to_string())
    };
    if let Err(error) = started {
        crate::out::progress(format!("logging was started already: {error}"));
    }
}
