//! One export: progress, cancelling, going on, the way to the file.

use super::ask::count_words;
use super::file::DOWNLOAD;
use crate::job::{self, KIND};
use crate::run::{self, Run, State};
use askama::Template;
use axum::extract::Path;
use files::Files;
use host::export::ExportCount;
use host::{Ctx, Failure, Page};
use serde_json::json;
use store::Audit;
use ui::{PageError, Shell};

#[derive(Template)]
#[template(path = "pages/one.html")]
struct OnePage {
    shell: Shell,
    run: Run,
    reason: String,
    note: Option<String>,
    total: String,
    /// Hundredths, where the end is known.
    share: Option<i64>,
    size: String,
    done: String,
    downloads: usize,
    back: String,
}

/// An export of the asker; nobody else's is there for them.
pub(crate) async fn open(ctx: &Ctx, id: &str) -> Result<Run, Failure> {
    run::find(&ctx.app.store, id)
        .await?
        .filter(|run| run.owner.id == ctx.actor().id)
        .ok_or_else(|| {
            PageError::not_found()
                .link("我的导出记录", "/exports")
                .into()
        })
}

/// `GET /exports/{id}`
pub(crate) async fn get(ctx: Ctx, Path(id): Path<String>) -> Page {
    let run = open(&ctx, &id).await?;
    let back = job::spec(&ctx.app, &run.list)
        .and_then(|spec| (spec.head)(&ctx.app, &run.ask()).ok())
        .map_or_else(|| "/exports".to_owned(), |head| head.back);
    let log = store::audit::about(&ctx.app.store, &run.id, 1_000).await?;
    let downloads = log.iter().filter(|row| row.action == DOWNLOAD).count();
    let total = count_words(ExportCount {
        rows: run.total.max(run.done),
        exact: run.exact || run.read_all,
    });
    let share = if run.state == State::Done || run.state == State::Writing {
        Some(100)
    } else {
        (run.exact && run.total > 0).then(|| (run.done * 100 / run.total).clamp(0, 99))
    };
    Ok(ui::page_no_store(OnePage {
        shell: ctx.shell(run.title.clone()).crumb("导出记录", "/exports"),
        reason: run::reason_zh(&run.reason).to_owned(),
        note: run::note(&ctx.app.store, &run.id).await?,
        done: ui::grouped(run.done.unsigned_abs()),
        downloads,
        total,
        share,
        size: ui::text::file_size(run.size.unwrap_or(0)),
        back,
        run,
    }))
}

/// `POST /exports/{id}/cancellation`
pub(crate) async fn cancel(ctx: Ctx, Path(id): Path<String>) -> Page {
    open(&ctx, &id).await?;
    let files = ctx.app.part::<Files>()?;
    let mut tx = ctx.begin().await?;
    let to = format!("/exports/{id}");
    let held = run::hold(&tx, &id).await?;
    if !held.is_some_and(|run| run.state.open() || run.state == State::Failed) {
        tx.rollback().await?;
        return Ok(ctx.redirect_with(&to, "warn", "这次导出已经结束，不用取消。"));
    }
    let parts = run::parts(&tx, &id).await?;
    run::set_state(&mut tx, &id, State::Cancelled, None).await?;
    run::forget_parts(&mut tx, &id).await?;
    files.remove(&mut tx, &parts).await?;
    tx.audit(Audit::new("export.cancel").subject(&id));
    tx.commit().await?;
    Ok(ctx.redirect_with(&to, "ok", "已取消，没有留下文件。"))
}

/// `POST /exports/{id}/continuation`
pub(crate) async fn go_on(ctx: Ctx, Path(id): Path<String>) -> Page {
    open(&ctx, &id).await?;
    let mut tx = ctx.begin().await?;
    let to = format!("/exports/{id}");
    let held = run::hold(&tx, &id).await?;
    if !held.is_some_and(|run| run.state == State::Failed) {
        tx.rollback().await?;
        return Ok(ctx.redirect_with(&to, "warn", "这次导出没有中断。"));
    }
    run::set_state(&mut tx, &id, State::Waiting, None).await?;
    let now = tx.at();
    tx.enqueue(KIND, &json!({ "run": id }).to_string(), None, now)
        .await?;
    tx.audit(Audit::new("export.continue").subject(&id));
    tx.commit().await?;
    Ok(ctx.redirect_with(&to, "ok", "接着生成。"))
}
