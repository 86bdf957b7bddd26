//! The file of a list: for who made it and the department it is for, while its time lasts; every download is logged
//! before the first byte.

use super::one::DOWNLOAD;
use super::open;
use crate::batch::{Purpose, covers};
use crate::kinds;
use axum::extract::Path;
use files::Files;
use host::{Ctx, Page};
use store::Audit;
use ui::PageError;

/// `GET …/{id}/file`
pub(crate) async fn get(ctx: Ctx, Path(id): Path<String>) -> Page {
    let batch = open(&ctx, &id).await?;
    let (files, actor, today) = (ctx.app.part::<Files>()?, ctx.actor(), ctx.today());
    let gone = || {
        PageError::not_found()
            .title("没有可下载的文件")
            .text("文件还在生成、已作废，或已过下载期限。")
            .link("看这份名单", &format!("{}/{id}", batch.purpose.path()))
    };
    let department = batch.purpose == Purpose::List
        && kinds::of(&batch.kind).is_some_and(|kind| kind.is_department(actor.role));
    if batch.owner.id != actor.id && !department {
        let text = "名单由生成的人和核对的部门下载。";
        return Err(PageError::refused(&batch.owner.name).text(text).into());
    }
    if !covers(&actor.scope, &batch.owner.scope) {
        let text = "您现在的管辖范围不再包括这份名单，文件不能下载。";
        return Err(PageError::refused("系统管理员").text(text).into());
    }
    let Some(file) = batch.file.as_deref().filter(|_| batch.has_file(today)) else {
        return Err(gone().into());
    };
    let kept = files.find(&ctx.app.store, file).await?;
    let kept = kept.filter(|kept| kept.until >= today).ok_or_else(gone)?;
    let keys = ctx.app.store.keys().clone();
    files.check(&keys, &kept)?;
    let reader = files.open(&keys, &kept)?;
    let entry = Audit::new(DOWNLOAD)
        .subject(&batch.id)
        .with("kind", batch.kind.as_str())
        .with("count", batch.done)
        .with("digest", kept.digest.as_str());
    ctx.log_reads(&[entry]).await?;
    let plain = format!("exchange.{}", batch.format);
    Ok(host::download(&kept, reader, &plain))
}
