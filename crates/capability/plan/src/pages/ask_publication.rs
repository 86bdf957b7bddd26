//! `POST /list/versions/{id}/request`: whoever drafted a county's list asks for it to be published; a second person of
//! the city does that (rows C01, C02; invariant 4).

use crate::drafting::only_own;
use crate::edits::ask;
use crate::pages::shared::{VERSIONS, publishers};
use crate::pages::versions::laid;
use crate::version::{VersionId, export, version};
use axum::extract::Path;
use axum::http::StatusCode;
use host::{Ctx, Page};
use ui::PageError;

pub(crate) async fn post(ctx: Ctx, Path(id): Path<String>) -> Page {
    let id = VersionId(id);
    let back = format!("{VERSIONS}/{id}");
    let draft = version(&ctx.app.store, &id).await?;
    let draft = draft.ok_or_else(PageError::not_found)?;
    only_own(&ctx, draft.county.as_deref())?;
    let files = export(&ctx.app.store, &id).await?.unwrap_or_default();
    if !laid(&ctx, &draft, &files).await?.clean() {
        let text =
            "草稿还有没改正的问题、不通过的样例，或者有低于市级标准的项目。改正以后再提请发布。";
        let error = PageError::bad_request(text)
            .title("还不能提请发布")
            .with_status(StatusCode::CONFLICT);
        return Err(error.link("看校验结果", &back).into());
    }
    let mut tx = ctx.begin().await?;
    if !ask(&mut tx, &id).await? {
        tx.rollback().await?;
        return Err(PageError::stale(&back).into());
    }
    tx.commit().await?;
    let text = format!(
        "已提请发布，等{}测算和批准。再改动就要重新提请。",
        publishers()
    );
    Ok(ctx.redirect_with(&back, "ok", &text))
}
