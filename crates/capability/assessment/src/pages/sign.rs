//! The other assessor signs or sends back; an assessor with a tie steps aside.

use crate::look::{self, not_now, too_late};
use crate::model::{Request, State, TIES};
use crate::{acts, book, whose};
use axum::extract::Path;
use host::{Ctx, Failure, Page};
use ui::{FormData, PageError};

/// `POST /assessments/{request}/signature`
pub(crate) async fn sign(ctx: Ctx, Path(id): Path<String>) -> Page {
    settle(&ctx, &id, true).await
}

/// `POST /assessments/{request}/disagreement`
pub(crate) async fn disagree(ctx: Ctx, Path(id): Path<String>) -> Page {
    settle(&ctx, &id, false).await
}

/// Whether this account is the assessor who did not send the answers.
pub(super) async fn may_sign(ctx: &Ctx, request: &Request) -> Result<bool, Failure> {
    let me = ctx.actor().id;
    if request.state != State::Signing || !request.is_assessed_by(&me) {
        return Ok(false);
    }
    let sent = book::sent(&ctx.app.store, &request.request).await?;
    Ok(sent.last().is_some_and(|last| last.sent_by != me))
}

async fn settle(ctx: &Ctx, id: &str, agree: bool) -> Page {
    let (request, _) = look::open(ctx, id).await?;
    if request.state != State::Signing {
        return Err(not_now(&request, "会签"));
    }
    if !may_sign(ctx, &request).await? {
        let text = "由没有提交评分的那名评估员会签。";
        return Err(PageError::refused("另一名评估员").text(text).into());
    }
    let mut tx = ctx.begin().await?;
    if !acts::sign(&mut tx, &request, agree).await? {
        tx.rollback().await?;
        return Err(too_late(id));
    }
    tx.commit().await?;
    let text = if agree {
        format!("已会签，转{}复核。", whose::county(request.scheme))
    } else {
        "已退回重填，原来的评分保留在记录里。".to_owned()
    };
    Ok(ctx.saved(&request.href(), &text))
}

/// `POST /assessments/{request}/tie`
pub(crate) async fn tie(ctx: Ctx, Path(id): Path<String>, data: FormData) -> Page {
    let (request, _) = look::open(&ctx, &id).await?;
    let me = ctx.actor().id;
    if request.state != State::Sent || !request.is_assessed_by(&me) {
        return Err(not_now(&request, "申请回避"));
    }
    let kind = data.get("kind");
    if !TIES.iter().any(|(key, _)| *key == kind) {
        return Err(PageError::bad_request("请选择回避的原因").into());
    }
    let mut tx = ctx.begin().await?;
    if !acts::declare_tie(&mut tx, &request, &me, kind).await? {
        tx.rollback().await?;
        return Err(too_late(&id));
    }
    tx.commit().await?;
    let county = whose::county(request.scheme);
    let text = format!("已登记回避，退回{county}重新派单。");
    Ok(ctx.saved("/assessments", &text))
}
