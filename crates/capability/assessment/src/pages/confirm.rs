//! The county confirms a result, tells it, decides what it proposes; or sends it back.

use crate::look::{self, not_now, too_late};
use crate::model::{Request, State};
use crate::{acts, admission, book, facts, whose};
use authz::Action;
use axum::extract::Path;
use host::{Ctx, Page};
use people::api::NameIndex;
use rules::facts::{find, parse_value};
use store::StoreError;
use ui::{FormData, PageError};

/// Ways of telling a result.
pub(super) const WAYS: &[(&str, &str)] = &[
    ("paper", "送达告知单"),
    ("phone", "电话告知"),
    ("visit", "上门告知"),
];

/// `POST /assessments/{request}/confirmation`
pub(crate) async fn confirm(ctx: Ctx, Path(id): Path<String>, data: FormData) -> Page {
    let (request, person) = look::open_to_handle(&ctx, &id).await?;
    if request.state != State::Review {
        return Err(not_now(&request, "复核"));
    }
    let store = &ctx.app.store;
    let outcome = book::outcome(store, &id)
        .await?
        .ok_or_else(PageError::not_found)?;
    let seen = Request {
        version: data.get("version").parse().unwrap_or(0),
        ..request.clone()
    };
    let until = outcome.day.plus_months(request.scheme.valid_months);
    let recheck = request.kind == "recheck";
    let proposes = if recheck {
        Vec::new()
    } else {
        facts::proposes(&ctx, &request, outcome.level)?
    };
    let mut tx = ctx.begin().await?;
    if !acts::confirm(&mut tx, &seen, until, &proposes).await? {
        tx.rollback().await?;
        return Err(too_late(&id));
    }
    let mut changed = None;
    if let (Some((fact, value)), false) = (request.scheme.fact_value(outcome.level), recheck) {
        changed = facts::write(&ctx.app, &mut tx, &person, fact, &value, outcome.day).await?;
        if changed.is_none() {
            tx.rollback().await?;
            return Err(too_late(&id));
        }
    }
    if let Some(now) = &changed {
        admission::acts::assessed(&mut tx, now, request.scheme, &id, outcome.level).await?;
    }
    tx.commit().await?;
    if let Some(changed) = changed {
        ctx.app.part::<NameIndex>()?.put(store, &changed).await?;
    }
    let text = if recheck {
        "抽查结果已确认，登记的等级不变。".to_owned()
    } else {
        format!(
            "结论已确认，有效至 {}，请告知本人或家属。",
            until.plus_days(-1).zh()
        )
    };
    Ok(ctx.saved(&request.href(), &text))
}

/// `POST /assessments/{request}/return`
pub(crate) async fn send_back(ctx: Ctx, Path(id): Path<String>) -> Page {
    let (request, _) = look::open_to_handle(&ctx, &id).await?;
    if request.state != State::Review {
        return Err(not_now(&request, "退回"));
    }
    let mut tx = ctx.begin().await?;
    if !acts::send_back(&mut tx, &request).await? {
        tx.rollback().await?;
        return Err(too_late(&id));
    }
    tx.commit().await?;
    Ok(ctx.saved(&request.href(), "已退回评估员，原来的评分保留在记录里。"))
}

/// `POST /assessments/{request}/notice`
pub(crate) async fn tell(ctx: Ctx, Path(id): Path<String>, data: FormData) -> Page {
    let (request, _) = look::open_to_handle(&ctx, &id).await?;
    if request.state != State::Done {
        return Err(not_now(&request, "告知"));
    }
    let how = data.get("how");
    if !WAYS.iter().any(|(key, _)| *key == how) {
        return Err(PageError::bad_request("请选择告知的方式").into());
    }
    let mut tx = ctx.begin().await?;
    acts::tell(&mut tx, &request, how).await?;
    tx.commit().await?;
    Ok(ctx.saved(&request.href(), "已登记告知。"))
}

/// `POST /assessments/{request}/withdrawal`
pub(crate) async fn withdraw(ctx: Ctx, Path(id): Path<String>) -> Page {
    let (request, _) = look::open(&ctx, &id).await?;
    let actor = ctx.actor();
    let county = Action::DispatchAssessment.allowed_to(actor.role)
        && whose::theirs(actor.role, request.scheme);
    if !county && request.asked_by != actor.id {
        let county = whose::county(request.scheme);
        let text = format!("申请由提出人或{county}撤回。");
        return Err(PageError::refused(&county).text(text).into());
    }
    if !matches!(request.state, State::Asked | State::Sent) {
        return Err(not_now(&request, "撤回"));
    }
    let mut tx = ctx.begin().await?;
    if !acts::withdraw(&mut tx, &request).await? {
        tx.rollback().await?;
        return Err(too_late(&id));
    }
    tx.commit().await?;
    Ok(ctx.saved(&request.href(), "申请已撤回。"))
}

/// `POST /assessments/{request}/proposals/{fact}`
pub(crate) async fn propose(
    ctx: Ctx,
    Path((id, fact)): Path<(String, String)>,
    data: FormData,
) -> Page {
    let (request, person) = look::open_to_handle(&ctx, &id).await?;
    let store = &ctx.app.store;
    let outcome = book::outcome(store, &id)
        .await?
        .ok_or_else(PageError::not_found)?;
    let accept = match data.get("answer") {
        "yes" => true,
        "no" => false,
        _ => return Err(PageError::bad_request("请选择确认或不确认").into()),
    };
    let Some(known) = find(&fact) else {
        return Err(PageError::not_found().into());
    };
    let ours = (Action::CorrectFact {
        offices: known.def().owner,
    })
    .allowed_to(ctx.actor().role);
    let mut tx = ctx.begin().await?;
    if !acts::decide_proposal(&mut tx, &request, &fact, accept).await? {
        tx.rollback().await?;
        return Err(too_late(&id));
    }
    let mut changed = None;
    if accept && ours {
        changed = facts::write(&ctx.app, &mut tx, &person, &fact, "true", outcome.day).await?;
        if changed.is_none() {
            tx.rollback().await?;
            return Err(too_late(&id));
        }
    } else if accept {
        let ask = quality::api::Ask {
            person: &person,
            fact: known,
            value: Some(parse_value(known, "true").map_err(StoreError::Other)?),
            since: outcome.day,
            says: "能力评估报告，县民政确认",
        };
        let asked = quality::api::ask(&mut tx, &ctx.actor(), ask).await;
        if matches!(asked, Err(StoreError::Duplicate { .. })) {
            tx.rollback().await?;
            let text = format!(
                "「{}」已经有一件更正申请在等答复，答复后再办。",
                known.def().zh
            );
            return Err(PageError::bad_request(text)
                .title("已有申请在办")
                .with_status(axum::http::StatusCode::CONFLICT)
                .link("回到评估", &request.href())
                .into());
        }
        asked?;
    }
    tx.commit().await?;
    if let Some(changed) = changed {
        ctx.app.part::<NameIndex>()?.put(store, &changed).await?;
    }
    let zh = known.def().zh;
    let text = match (accept, ours) {
        (true, true) => format!("已确认「{zh}」，资格和名单已重新计算。"),
        (true, false) => format!("已转{}核定「{zh}」。", known.def().owner.join("、")),
        (false, _) => format!("不登记「{zh}」。"),
    };
    Ok(ctx.saved(&request.href(), &text))
}
