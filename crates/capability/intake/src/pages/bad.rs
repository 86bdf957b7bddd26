//! The rows that could not go in, in the layout they came in: for who uploaded them, logged before the first byte.

use axum::extract::Path;
use files::Files;
use host::{Ctx, Page};
use store::Audit;
use ui::PageError;

/// `GET /intake/{id}/bad-rows`
pub(crate) async fn get(ctx: Ctx, Path(id): Path<String>) -> Page {
    let batch = super::open(&ctx, &id).await?;
    let gone = || {
        PageError::not_found()
            .title("没有可下载的文件")
            .text("这次导入没有退回的行，或文件已到期删除。")
            .link("看这次导入", &format!("/intake/{id}"))
    };
    let (files, who) = (ctx.app.part::<Files>()?, ctx.actor());
    let Some(file) = batch.bad_file.as_deref() else {
        return Err(gone().into());
    };
    let kept = files.find(&ctx.app.store, file).await?.ok_or_else(gone)?;
    if !kept.may_read(&who) {
        let text = "只有上传的人可以下载，而且要仍在原来的管辖范围。";
        return Err(PageError::refused(&batch.owner.name).text(text).into());
    }
    let reader = files.open(ctx.app.store.keys(), &kept)?;
    let entry = Audit::new("intake.bad_rows")
        .subject(&batch.id)
        .with("digest", kept.digest.as_str());
    ctx.log_reads(&[entry]).await?;
    Ok(host::download(&kept, reader, "rows"))
}
