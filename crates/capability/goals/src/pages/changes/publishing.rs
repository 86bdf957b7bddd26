//! `POST /plan/changes/publication` and `/discard`: a second person approves the draft, or somebody
//! throws it away (row A01; invariant 4).

use super::{PATH, SPEC};
use crate::pages::names::{approvers, is_editor};
use crate::pages::reading::Reading;
use axum::extract::RawQuery;
use axum::http::StatusCode;
use host::{Ctx, Failure, Page};
use plan::api::{PlanBook, PublishError, Version, VersionId, history, working};
use store::Tx;
use ui::{FormData, ListQuery, PageError};

pub(crate) async fn publish(ctx: Ctx, RawQuery(raw): RawQuery, data: FormData) -> Page {
    let reading = reading(&ctx, raw.as_deref()).await?;
    let mut tx = ctx.begin().await?;
    let draft = the_draft(&tx, &reading, &data).await?;
    let steps = history(&tx, &draft.id).await?;
    // A draft may hold the service list too, and then it is tried on the register first.
    if !is_editor(&ctx, &steps)
        && let Some(refused) = plan::api::refuse_untried(&ctx, &draft).await?
    {
        tx.rollback().await?;
        return Err(refused.into());
    }
    let done = if is_editor(&ctx, &steps) {
        Err(PublishError::SecondPerson)
    } else {
        plan::api::publish(&mut tx, &draft.id, &draft.loaded_by, &ctx.actor().id).await
    };
    if let Err(why) = done {
        tx.rollback().await?;
        return Err(refusal(&ctx, &reading, &steps, why).await?);
    }
    tx.commit().await?;
    ctx.app.part::<PlanBook>()?.reload(&ctx.app.store).await?;
    let text = format!("“{}”的改动已发布。", reading.place());
    Ok(ctx.redirect_with(&published_href(reading), "ok", &text))
}

pub(crate) async fn discard(ctx: Ctx, RawQuery(raw): RawQuery, data: FormData) -> Page {
    let reading = reading(&ctx, raw.as_deref()).await?;
    let mut tx = ctx.begin().await?;
    let draft = the_draft(&tx, &reading, &data).await?;
    plan::api::discard(&mut tx, &draft.id).await?;
    tx.commit().await?;
    let text = "草稿已放弃，规划照已发布的不变。";
    Ok(ctx.redirect_with(&published_href(reading), "ok", text))
}

async fn reading(ctx: &Ctx, raw: Option<&str>) -> Result<Reading, Failure> {
    let query = ListQuery::parse(raw, &SPEC).map_err(PageError::from)?;
    Reading::of(ctx, query.filter("place"), true).await
}

fn published_href(mut reading: Reading) -> String {
    reading.draft = false;
    reading.href(PATH)
}

/// The draft that the page showed, as long as it is the working draft: nobody approves what they have
/// not seen.
async fn the_draft(tx: &Tx, reading: &Reading, data: &FormData) -> Result<Version, Failure> {
    let seen = VersionId(data.get("draft").to_owned());
    let now = working(tx, reading.slug()).await?;
    now.filter(|draft| draft.publication.is_none() && draft.id == seen)
        .ok_or_else(|| {
            PageError::stale(&reading.href(PATH))
                .title("草稿已有变动")
                .text("您打开页面之后，这份草稿又被修改、放弃或已经发布。请看最新的改动再办理。")
                .into()
        })
}

/// The page that says why not, and what to do.
async fn refusal(
    ctx: &Ctx,
    reading: &Reading,
    steps: &[Version],
    why: PublishError,
) -> Result<Failure, Failure> {
    let back = reading.href(PATH);
    let not_now = |text: String| {
        PageError::bad_request(text)
            .title("不能发布")
            .with_status(StatusCode::CONFLICT)
            .link("回到改动", &back)
    };
    let error = match why {
        PublishError::Store(error) => return Err(error.into()),
        PublishError::NotFound => PageError::not_found(),
        PublishError::AlreadyPublished => PageError::stale(&back).text("这份草稿已经发布了。"),
        PublishError::SecondPerson => {
            let editors: Vec<String> = steps.iter().map(|step| step.loaded_by.clone()).collect();
            let others = approvers(ctx, &editors).await?;
            PageError::refused("市民政")
                .title("须由另一人批准")
                .text(format!(
                    "改过这份草稿的人不能自己批准。请{others}登录后批准发布。"
                ))
                .link("回到改动", &back)
        }
        PublishError::Problems(problems) => {
            let first = problems
                .first()
                .map(|problem| format!("“{}”", problem.what))
                .unwrap_or_default();
            not_now(format!(
                "草稿有 {} 处问题{first}，改正后再发布。",
                problems.len()
            ))
        }
        PublishError::Failing(cases) => not_now(format!(
            "清单的 {} 个样例不通过，在规划文件夹里改正、重新载入后再发布。",
            cases.len()
        )),
        PublishError::Open(findings) => not_now(format!(
            "有 {} 处严重的口径差异没有确认。逐条确认并写明原因后再发布。",
            findings.len()
        ))
        .link(
            "到口径差异",
            &reading.href("/plan/findings?severity=serious"),
        ),
        PublishError::Older { version, newest } => not_now(format!(
            "草稿里清单的版本日期是{}，早于已发布的{}。请在规划文件夹里改写版本日期后重新载入。",
            version.zh(),
            newest.zh()
        )),
        PublishError::OtherPlace(slug) => not_now(format!(
            "本系统已发布的是“{slug}”的清单，不能再发布另一个地方的清单。去掉 services.toml 后可作为规划发布。"
        )),
    };
    Ok(error.into())
}
