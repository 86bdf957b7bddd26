//! An empty file for a department to answer in.

use crate::kinds;
use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::IntoResponse;
use host::{Ctx, Page};
use store::StoreError;
use ui::PageError;

const TYPE: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// `GET /matching/kinds/{kind}/template`
pub(crate) async fn get(ctx: Ctx, Path(key): Path<String>) -> Page {
    let kind = kinds::of(&key)
        .filter(|kind| kind.seen_by(ctx.actor().role))
        .ok_or_else(|| PageError::not_found().link("部门比对", "/matching"))?;
    let title = format!("{}比对结果", kind.title);
    let bytes = tabular::template::template(&title, &kind.specs)
        .map_err(|error| StoreError::Other(error.to_string()))?;
    let name = ui::query_encode(&format!("{title}-返回格式.xlsx"));
    let disposition = format!("attachment; filename=\"answer.xlsx\"; filename*=UTF-8''{name}");
    let head = [
        (header::CONTENT_TYPE, HeaderValue::from_static(TYPE)),
        (
            header::CONTENT_DISPOSITION,
            HeaderValue::from_str(&disposition).unwrap_or(HeaderValue::from_static("attachment")),
        ),
    ];
    Ok((head, bytes).into_response())
}
