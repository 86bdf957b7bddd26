//! An empty file to fill in.

use crate::kind::Kind;
use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::IntoResponse;
use host::{Ctx, Page};
use store::StoreError;
use ui::PageError;

const TYPE: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// `GET /intake/templates/{kind}`
pub(crate) async fn get(ctx: Ctx, Path(key): Path<String>) -> Page {
    let kind = Kind::of(&key)
        .filter(|kind| kind.may(ctx.actor().role))
        .ok_or_else(|| PageError::not_found().link("导入名单", "/intake/new"))?;
    let bytes = tabular::template::template(kind.title, &kind.specs())
        .map_err(|error| StoreError::Other(error.to_string()))?;
    let name = ui::query_encode(&format!("{}-模板.xlsx", kind.title));
    let disposition = format!("attachment; filename=\"template.xlsx\"; filename*=UTF-8''{name}");
    let head = [
        (header::CONTENT_TYPE, HeaderValue::from_static(TYPE)),
        (
            header::CONTENT_DISPOSITION,
            HeaderValue::from_str(&disposition).unwrap_or(HeaderValue::from_static("attachment")),
        ),
    ];
    Ok((head, bytes).into_response())
}
