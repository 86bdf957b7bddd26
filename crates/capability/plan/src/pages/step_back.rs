//! `POST /list/versions/{id}/back`: the last change of a draft is taken back (rows C01, C02).

use crate::drafting::only_own;
use crate::edits::{EditError, take_back};
use crate::load::LoadError;
use crate::pages::shared::VERSIONS;
use crate::version::{VersionId, version};
use axum::extract::Path;
use host::{Ctx, Page};
use ui::PageError;

pub(crate) async fn post(ctx: Ctx, Path(id): Path<String>) -> Page {
    let id = VersionId(id);
    let back = format!("{VERSIONS}/{id}");
    let draft = version(&ctx.app.store, &id).await?;
    let draft = draft.ok_or_else(PageError::not_found)?;
    only_own(&ctx, draft.county.as_deref())?;
    let mut tx = ctx.begin().await?;
    match take_back(&mut tx, &id).await {
        Ok(before) => {
            tx.commit().await?;
            let text = format!("已撤回：{}。", draft.says.as_deref().unwrap_or("这一步"));
            Ok(ctx.redirect_with(&format!("{VERSIONS}/{before}"), "ok", &text))
        }
        Err(error) => {
            tx.rollback().await?;
            Err(match error {
                EditError::Stale => PageError::stale(&back).into(),
                EditError::Nothing => PageError::bad_request(
                    "这份草稿没有可以撤回的改动：它是载入或从市级清单抄来的第一步。",
                )
                .title("没有可撤回的")
                .link("回这个版本", &back)
                .into(),
                EditError::Load(LoadError::Store(error)) => error.into(),
                EditError::Load(LoadError::Problems { problems }) => {
                    let text = problems.first().map(ToString::to_string);
                    PageError::bad_request(text.unwrap_or_default())
                        .link("回这个版本", &back)
                        .into()
                }
            })
        }
    }
}
