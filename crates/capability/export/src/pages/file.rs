//! The workbook itself: for who asked for it, while their role and scope still cover it; every download is
//! logged before the first byte.

use crate::job;
use crate::run::State;
use axum::extract::Path;
use files::Files;
use host::{Ctx, Page};
use store::Audit;
use ui::PageError;

/// A download in the log.
pub(crate) const DOWNLOAD: &str = "export.download";

/// `GET /exports/{id}/file`
pub(crate) async fn get(ctx: Ctx, Path(id): Path<String>) -> Page {
    let run = super::one::open(&ctx, &id).await?;
    let gone = || {
        PageError::not_found()
            .title("没有可下载的文件")
            .text("文件还在生成、已取消，或已到期删除。")
            .link("看这次导出", &format!("/exports/{id}"))
    };
    let (files, who) = (ctx.app.part::<Files>()?, ctx.actor());
    let Some(file) = run.file.as_deref().filter(|_| run.state == State::Done) else {
        return Err(gone().into());
    };
    let kept = files
        .find(&ctx.app.store, file)
        .await?
        .filter(|kept| kept.until >= ctx.today())
        .ok_or_else(gone)?;
    let list = job::spec(&ctx.app, &run.list);
    if !kept.may_read(&who) || !list.is_some_and(|list| list.action.allowed_to(who.role)) {
        let text = "您现在的职责或管辖范围不再包括这份名单，文件不能下载。";
        return Err(PageError::refused("系统管理员").text(text).into());
    }
    let keys = ctx.app.store.keys().clone();
    files.check(&keys, &kept)?;
    let reader = files.open(&keys, &kept)?;
    let entry = Audit::new(DOWNLOAD)
        .subject(&run.id)
        .with("list", run.list.as_str())
        .with("count", run.done)
        .with("digest", kept.digest.as_str());
    ctx.log_reads(&[entry]).await?;
    Ok(host::download(&kept, reader, "export.xlsx"))
}
