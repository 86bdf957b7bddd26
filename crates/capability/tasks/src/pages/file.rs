//! `GET /tasks/files/{file}`: a file that proves something, for its executor and the city; every download is logged.

use super::look::Look;
use crate::evidence;
use axum::extract::Path;
use files::Files;
use host::{Ctx, Page};
use store::Audit;
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
    let keys = ctx.app.store.keys().clone();
    files.check(&keys, &kept)?;
    let reader = files.open(&keys, &kept)?;
    ctx.log_reads(&[Audit::new("task.file")
        .subject(&file)
        .with("digest", kept.digest.as_str())])
        .await?;
    let ending = shown.name.rsplit('.').next().unwrap_or("bin");
    Ok(host::download(&kept, reader, &format!("evidence.{ending}")))
}
