//! Style sheet, script and pictures, served by the binary itself.
//!
//! Debug builds read `web/dist` at run time, release builds carry it inside. `manifest.json` maps a
//! plain name to the hashed one; hashed files may be kept by the browser for ever.

use axum::Router;
use axum::body::Body;
use axum::extract::Path;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use std::collections::BTreeMap;
use std::fmt::Write;

/// Where a debug build reads the files. Naming it here makes cargo build again when two clones share one
/// build folder; otherwise the second would read the first one's files.
const _: &str = env!("CARGO_MANIFEST_DIR");

#[derive(rust_embed::Embed)]
#[folder = "../../../web/dist"]
#[allow_missing = true]
struct Dist;

/// Address of a built file by its plain name: `app.css` becomes `/assets/app-3F2A….css`. A name
/// that was never built keeps its plain address, so pages work (unstyled) without the web build.
pub fn asset(name: &str) -> String {
    let hashed = manifest().get(name).cloned();
    format!("/assets/{}", hashed.as_deref().unwrap_or(name))
}

/// Routes under `/assets/`.
pub fn assets_router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new().route("/assets/{file}", get(serve))
}

#[cfg(debug_assertions)]
fn manifest() -> BTreeMap<String, String> {
    read_manifest()
}

#[cfg(not(debug_assertions))]
fn manifest() -> &'static BTreeMap<String, String> {
    static MANIFEST: std::sync::OnceLock<BTreeMap<String, String>> = std::sync::OnceLock::new();
    MANIFEST.get_or_init(read_manifest)
}

fn read_manifest() -> BTreeMap<String, String> {
    Dist::get("manifest.json")
        .and_then(|file| serde_json::from_slice(&file.data).ok())
        .unwrap_or_default()
}

async fn serve(Path(file): Path<String>, headers: HeaderMap) -> Response {
    let Some(found) = Dist::get(&file) else {
        return (StatusCode::NOT_FOUND, "没有这个文件").into_response();
    };
    let mut tag = String::from("\"");
    for byte in found.metadata.sha256_hash().iter().take(12) {
        if write!(tag, "{byte:02x}").is_err() {
            break;
        }
    }
    tag.push('"');
    let cache = if is_hashed(&file) {
        "public, max-age=31536000, immutable"
    } else {
        "public, no-cache"
    };
    let etag = HeaderValue::from_str(&tag).unwrap_or(HeaderValue::from_static("\"\""));
    if headers.get(IF_NONE_MATCH) == Some(&etag) {
        return (StatusCode::NOT_MODIFIED, [(ETAG, etag)]).into_response();
    }
    let head = [
        (CONTENT_TYPE, HeaderValue::from_static(content_type(&file))),
        (CACHE_CONTROL, HeaderValue::from_static(cache)),
        (ETAG, etag),
    ];
    (head, Body::from(found.data.into_owned())).into_response()
}

/// `name-HASH8.ext`, as `web/build.mjs` names them.
fn is_hashed(file: &str) -> bool {
    file.rsplit_once('.')
        .and_then(|(stem, _)| stem.rsplit_once('-'))
        .is_some_and(|(_, hash)| {
            hash.len() >= 8
                && hash
                    .bytes()
                    .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
        })
}

fn content_type(file: &str) -> &'static str {
    match file.rsplit_once('.').map(|(_, ext)| ext) {
        Some("css") => "text/css; charset=utf-8",
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("json" | "map") => "application/json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("woff2") => "font/woff2",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_hashed_names_are_kept_for_ever() {
        assert!(is_hashed("app-4XK2P7QD.css"));
        assert!(!is_hashed("app.css"));
        assert!(!is_hashed("area-picker.js"));
    }

    #[test]
    fn an_unbuilt_name_keeps_its_plain_address() {
        assert_eq!(asset("never-built.css"), "/assets/never-built.css");
    }
}
