//! A kept file as an answer: one chunk in memory at a time, kept by nobody on the way.

use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use files::{Kept, Reader};
use futures_core::Stream;
use std::pin::Pin;
use std::task::{Context, Poll};
use store::StoreError;

/// Chunks of a file as a body.
struct Chunks(Reader);

impl Stream for Chunks {
    type Item = Result<Bytes, StoreError>;

    fn poll_next(mut self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(self.0.next().map(|chunk| chunk.map(Bytes::from)))
    }
}

/// The file to be saved under its name; `plain` is what a browser that reads no Chinese calls it. The caller has asked
/// [`Kept::may_read`] and logged the download.
pub fn download(kept: &Kept, reader: Reader, plain: &str) -> Response {
    let name = ui::query_encode(&kept.name);
    let disposition = format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{name}");
    let or = |text: &str, otherwise: &'static str| {
        HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static(otherwise))
    };
    let head = [
        (
            header::CONTENT_TYPE,
            or(&kept.kind, "application/octet-stream"),
        ),
        (header::CONTENT_DISPOSITION, or(&disposition, "attachment")),
        (header::CONTENT_LENGTH, HeaderValue::from(kept.size)),
        (
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (head, Body::from_stream(Chunks(reader))).into_response()
}

/// Bytes made for this answer, to be saved under a name; `plain` is what a browser that reads no Chinese calls them.
/// Whoever makes them has logged the download.
pub fn attachment(bytes: Vec<u8>, kind: &'static str, name: &str, plain: &str) -> Response {
    let name = ui::query_encode(name);
    let disposition = format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{name}");
    let disposition =
        HeaderValue::from_str(&disposition).unwrap_or(HeaderValue::from_static("attachment"));
    let head = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CONTENT_DISPOSITION, disposition),
        (
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (head, bytes).into_response()
}
