//! 没有完成的后台任务: what somebody started and the program could not end, with what to do; until it is asked for again
//! or put aside.

use askama::Template;
use axum::extract::Path;
use host::{Counted, Ctx, Page};
use store::{Audit, StoreResult};
use ui::Shell;

/// Days that a failure is told.
const TOLD: i64 = 30;

struct Line {
    id: String,
    title: &'static str,
    when: String,
    advice: &'static str,
    href: String,
}

#[derive(Template)]
#[template(path = "pages/failed.html")]
struct FailedPage {
    shell: Shell,
    rows: Vec<Line>,
}

async fn lines(ctx: &Ctx) -> StoreResult<Vec<Line>> {
    let since = ctx.app.clock().now().plus_seconds(-TOLD * 86_400);
    let jobs = ctx.app.store.failed_jobs_of(&ctx.actor().id, since).await?;
    Ok(jobs
        .into_iter()
        .map(|job| {
            let words = ctx.app.failed.iter().find(|words| words.kind == job.kind);
            Line {
                when: job.at.minute(),
                title: words.map_or("后台任务", |words| words.title),
                advice: words.map_or(
                    "请再做一次；还是不行，请告诉系统管理员。",
                    |words| words.advice,
                ),
                href: words.map_or_else(String::new, |words| (words.href)(&job.payload)),
                id: job.id,
            }
        })
        .collect())
}

/// How many there are, for the desk.
pub(crate) async fn count(ctx: &Ctx) -> StoreResult<Counted> {
    Ok(Counted {
        number: lines(ctx).await?.len() as i64,
        note: "看怎么办".to_owned(),
        href: "/desk/jobs".to_owned(),
    })
}

/// `GET /desk/jobs`
pub(crate) async fn get(ctx: Ctx) -> Page {
    Ok(ui::page_no_store(FailedPage {
        rows: lines(&ctx).await?,
        shell: ctx.shell("没有完成的后台任务").crumb("工作台", "/"),
    }))
}

/// `POST /desk/jobs/{id}/dismissal`
pub(crate) async fn dismiss(ctx: Ctx, Path(id): Path<String>) -> Page {
    let mut tx = ctx.begin().await?;
    let done = tx.dismiss_job(&id).await?;
    if !done {
        tx.rollback().await?;
        return Ok(ctx.redirect_with("/desk/jobs", "info", "这一条已经不在了。"));
    }
    tx.audit(Audit::new("job.dismiss").subject(&id));
    tx.commit().await?;
    Ok(ctx.redirect_with("/desk/jobs", "ok", "已收起。"))
}
