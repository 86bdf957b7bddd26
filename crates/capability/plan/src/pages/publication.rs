//! `POST /list/versions/{id}/publication`: a second person approves a draft, which is then in force
//! from its own day (row C01; invariant 4).

use crate::book::PlanBook;
use crate::pages::shared::{VERSIONS, publishers};
use crate::pages::trial::refuse_untried;
use crate::publish::{PublishError, publish};
use crate::version::{VersionId, version};
use axum::extract::Path;
use axum::http::StatusCode;
use host::{Ctx, Failure, Page};
use org::api::Names;
use ui::PageError;

pub(crate) async fn post(ctx: Ctx, Path(id): Path<String>) -> Page {
    let id = VersionId(id);
    let back = format!("{VERSIONS}/{id}");
    let draft = version(&ctx.app.store, &id).await?;
    let draft = draft.ok_or_else(PageError::not_found)?;
    if draft.publication.is_none() && draft.county.is_some() && draft.asked.is_none() {
        let text = "这份县级清单还没有提请发布。请起草的人改好以后按“提请发布”，再来批准。";
        let error = PageError::bad_request(text)
            .title("还没有提请发布")
            .with_status(StatusCode::CONFLICT);
        return Err(error.link("回这个版本", &back).into());
    }
    if draft.publication.is_none() && !draft.is_by(&ctx.actor()) {
        // What does not compile or pass is said below.
        if let Some(refused) = refuse_untried(&ctx, &draft).await? {
            return Err(refused.into());
        }
    }
    let mut tx = ctx.begin().await?;
    let draft = version(&tx, &id).await?.ok_or_else(PageError::not_found)?;
    let actor = ctx.actor();
    let published = if draft.publication.is_none() && draft.is_by(&actor) {
        Err(PublishError::SecondPerson)
    } else {
        let by = draft
            .asked
            .as_ref()
            .map_or(&draft.loaded_by, |asked| &asked.by);
        publish(&mut tx, &id, by, &actor.id).await
    };
    if let Err(why) = published {
        tx.rollback().await?;
        let names = Names::of(&ctx.app.store, [draft.loaded_by.as_str()]).await?;
        return Err(refusal(why, &back, &names.name(&draft.loaded_by)));
    }
    tx.commit().await?;
    ctx.app.part::<PlanBook>()?.reload(&ctx.app.store).await?;
    let text = format!(
        "“{}”已发布，{}起生效。",
        draft.list_name,
        draft.list_version.zh()
    );
    Ok(ctx.redirect_with(&back, "ok", &text))
}

/// The page that says why not, and who may.
fn refusal(why: PublishError, back: &str, loader: &str) -> Failure {
    let not_now = |text: String| {
        let error = PageError::bad_request(text)
            .title("不能发布")
            .with_status(StatusCode::CONFLICT);
        error.link("看校验结果", back)
    };
    let error = match why {
        PublishError::Store(error) => return error.into(),
        PublishError::NotFound => PageError::not_found(),
        PublishError::AlreadyPublished => PageError::stale(back),
        PublishError::SecondPerson => {
            let text = format!(
                "发布须由另一个人批准。这个草稿由{loader}载入，请另一位{}登录后批准发布。",
                publishers()
            );
            PageError::refused("市民政")
                .title("须由另一人批准")
                .text(text)
                .link("回这个版本", back)
        }
        PublishError::Problems(problems) => not_now(format!(
            "草稿有 {} 处问题，改正后重新载入。",
            problems.len()
        )),
        PublishError::Failing(cases) => {
            not_now(format!("有 {} 个样例不通过，改正后重新载入。", cases.len()))
        }
        PublishError::Open(findings) => not_now(format!(
            "有 {} 处严重的口径差异没有确认。先在“规划任务 · 口径差异”逐条确认并写明原因。",
            findings.len()
        ))
        .link("到口径差异", "/plan/findings?severity=serious"),
        PublishError::Older { version, newest } => not_now(format!(
            "这个清单的版本日期是{}，早于已发布的{}。请改写版本日期后重新载入。",
            version.zh(),
            newest.zh()
        )),
        PublishError::OtherPlace(slug) => not_now(format!(
            "本系统已发布的是“{slug}”的清单，不能再发布另一个地方的。"
        )),
    };
    error.into()
}
