//! `GET /areas/children?code=…`: the parts of an area as JSON for the linked selects of a form.

use crate::book::AreaBook;
use axum::Json;
use axum::http::header::{CACHE_CONTROL, HeaderValue};
use axum::response::IntoResponse;
use host::{Ctx, Page};
use kernel::AreaCode;
use serde::Serialize;
use ui::PageError;

#[derive(Serialize)]
struct Part<'a> {
    code: &'a str,
    name: &'a str,
}

/// Answers `[{"code":"421303000000","name":"曾都区"}]`, sorted by code; without a code the parts of the
/// place itself; an empty list for a village or an area outside.
pub(crate) async fn get(ctx: Ctx) -> Page {
    let query = ctx.path().split_once('?').map_or("", |(_, query)| query);
    let mut code: Option<AreaCode> = None;
    for (key, value) in ui::list::query_pairs(query) {
        if key != "code" {
            return Err(PageError::bad_request(format!("没有「{key}」这个查询条件。")).into());
        }
        if !value.is_empty() {
            let parsed = value.parse();
            code = Some(parsed.map_err(|why: kernel::area_code::NotAnArea| {
                PageError::bad_request(why.to_string())
            })?);
        }
    }
    let book = ctx.app.part::<AreaBook>()?;
    let code = code.or_else(|| book.root().map(|root| root.code));
    let parts = code.map_or_else(Vec::new, |code| book.children(&code));
    let parts: Vec<Part<'_>> = parts
        .iter()
        .map(|area| Part {
            code: area.code.as_str(),
            name: &area.name,
        })
        .collect();
    let mut response = Json(parts).into_response();
    response.headers_mut().insert(
        CACHE_CONTROL,
        HeaderValue::from_static("private, max-age=300"),
    );
    Ok(response)
}
