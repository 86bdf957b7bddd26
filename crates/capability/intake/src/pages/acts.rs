//! The buttons of an import.

use super::words;
use crate::acts::{self, Refusal};
use crate::batch::State;
use axum::extract::Path;
use host::{Ctx, Page};

fn answer(ctx: &Ctx, id: &str, done: Result<(), Refusal>, text: &str) -> Page {
    let to = format!("/intake/{id}");
    match done {
        Ok(()) => Ok(ctx.redirect_with(&to, "ok", text)),
        Err(refusal) => Ok(ctx.redirect_with(&to, "warn", &words(refusal)?)),
    }
}

/// `POST /intake/{id}/remapping`
pub(crate) async fn map_again(ctx: Ctx, Path(id): Path<String>) -> Page {
    super::open(&ctx, &id).await?;
    let from = [State::Checked, State::Failed];
    let batch = super::open(&ctx, &id).await?;
    if batch.done > 0 && !batch.phase.is_empty() || batch.phase.starts_with("undo") {
        let text = "已经提交过的不能再改列；先撤销整批，再重新导入。";
        return Ok(ctx.redirect_with(&format!("/intake/{id}"), "warn", text));
    }
    let done = acts::shift(
        &ctx.app,
        &ctx.actor(),
        &id,
        &from,
        State::Mapping,
        "intake.remap",
    )
    .await;
    answer(&ctx, &id, done, "请核对列，再重新校验。")
}

/// `POST /intake/{id}/approval`
pub(crate) async fn approve(ctx: Ctx, Path(id): Path<String>) -> Page {
    super::open(&ctx, &id).await?;
    let done = acts::approve(&ctx.app, &ctx.actor(), &id).await;
    answer(&ctx, &id, done, "已核准，上传的人可以提交了。")
}

/// `POST /intake/{id}/commit`
pub(crate) async fn commit(ctx: Ctx, Path(id): Path<String>) -> Page {
    super::open(&ctx, &id).await?;
    let done = acts::commit(&ctx.app, &ctx.actor(), &id).await;
    answer(&ctx, &id, done, "正在提交，可以离开本页。")
}

/// `POST /intake/{id}/pause`
pub(crate) async fn pause(ctx: Ctx, Path(id): Path<String>) -> Page {
    super::open(&ctx, &id).await?;
    let done = acts::shift(
        &ctx.app,
        &ctx.actor(),
        &id,
        &[State::Committing],
        State::Paused,
        "intake.pause",
    )
    .await;
    answer(&ctx, &id, done, "已暂停，已提交的部分都在。")
}

/// `POST /intake/{id}/continuation`
pub(crate) async fn go_on(ctx: Ctx, Path(id): Path<String>) -> Page {
    super::open(&ctx, &id).await?;
    let done = acts::commit(&ctx.app, &ctx.actor(), &id).await;
    answer(&ctx, &id, done, "接着提交。")
}

/// `POST /intake/{id}/cancellation`
pub(crate) async fn cancel(ctx: Ctx, Path(id): Path<String>) -> Page {
    super::open(&ctx, &id).await?;
    let done = acts::shift(
        &ctx.app,
        &ctx.actor(),
        &id,
        &[State::Mapping, State::Checking, State::Checked],
        State::Cancelled,
        "intake.cancel",
    )
    .await;
    answer(&ctx, &id, done, "已取消，什么也没有登记。")
}

/// `POST /intake/{id}/withdrawal`
pub(crate) async fn withdraw(ctx: Ctx, Path(id): Path<String>) -> Page {
    super::open(&ctx, &id).await?;
    let done = acts::withdraw(&ctx.app, &ctx.actor(), &id).await;
    answer(&ctx, &id, done, "正在撤销整批。")
}
