//! `GET /tasks/files/{file}`: a file that proves something, for its executor and the city; every download is logged.

use super::look::Look;
use crate::evidence;
use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::IntoResponse;
use files::Files;
use host::{Ctx, Page};
use store::{Audit, StoreError};
use ui::PageError;

/// `GET /tasks/files/{file}`
pub(crate) async fn get(ctx: Ctx, Path(file): Path<String>) -> Page {
    let look = Look::of(&ctx)?;
    let lacking = || {
        PageError::not_found()
            .text("没有这个文件，或者它是别的单位的。")
            .link("看督办事项", "/tasks")
    };
    let shown = evidence::find(&ctx.app.store, &look.seen, &file)
        .await?
        .ok_or_else(lacking)?;
    let files = ctx.app.part::<Files>()?;
    let kept = files
        .find(&ctx.app.store, &file)
        .await?
        .ok_or_else(lacking)?;
    let (keys, of) = (ctx.app.store.keys().clone(), kept.clone());
    let bytes = axum::body::Bytes::from(files.open(&keys, &of)?.whole()?);
    if bytes.len() as u64 != kept.size {
        return Err(StoreError::Other(format!("file {file} is cut")).into());
    }
    ctx.log_reads(&[Audit::new("task.file")
        .subject(&file)
        .with("digest", kept.digest.as_str())])
        .await?;
    let ending = shown.name.rsplit('.').next().unwrap_or("bin").to_owned();
    let disposition = format!(
        "attachment; filename=\"evidence.{ending}\"; filename*=UTF-8''{}",
        ui::query_encode(&shown.name)
    );
    let plain = HeaderValue::from_static("application/octet-stream");
    let head = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_str(&kept.kind).unwrap_or(plain),
        ),
        (
            header::CONTENT_DISPOSITION,
            HeaderValue::from_str(&disposition).unwrap_or(HeaderValue::from_static("attachment")),
        ),
        (
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((head, bytes).into_response())
}
