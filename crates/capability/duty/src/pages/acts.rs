//! What is done in a case: another who owes, an act with its result, the end.

use super::new::holder_typed;
use super::{keys, one, open};
use crate::book;
use crate::model::{Case, OUTCOMES, RESULTS, WAYS};
use authz::Action;
use axum::extract::Path;
use host::{Ctx, Page};
use people::api::Person;
use store::{Audit, Reads, values};
use ui::{Form, FormData};

async fn refuse(ctx: &Ctx, case: Case, person: &Person, form: Form) -> Page {
    Ok(ui::page_422(one::page(ctx, case, person, form).await?))
}

/// Somebody was faster, or it is closed: what was typed stays in the form, above what stands now.
async fn stale(ctx: &Ctx, code: &str, mut form: Form) -> Page {
    let (case, person) = open(ctx, code, Action::ReportEvent).await?;
    form.errors
        .add_form("这一件刚被别人办过，下面是最新的情况；您填的还在，核对后再提交。");
    form.data.set("version", case.version.to_string());
    Ok(ui::page_409(one::page(ctx, case, &person, form).await?))
}

/// `POST /duties/{code}/holders`
pub(crate) async fn holder(ctx: Ctx, Path(code): Path<String>, data: FormData) -> Page {
    let (case, person) = open(&ctx, &code, Action::ReportEvent).await?;
    let mut form = Form::from(data);
    let Some(holder) = holder_typed(&mut form) else {
        return refuse(&ctx, case, &person, form).await;
    };
    if !case.open {
        return stale(&ctx, &code, form).await;
    }
    let mut tx = ctx.begin().await?;
    book::add_holder(&mut tx, &code, &holder).await?;
    tx.audit(Audit::new("duty.holder").person(&person.key.shard, &person.key.id));
    tx.commit().await?;
    Ok(ctx.saved(&format!("/duties/{code}"), "已加上责任人。"))
}

/// `POST /duties/{code}/acts`
pub(crate) async fn act(ctx: Ctx, Path(code): Path<String>, data: FormData) -> Page {
    let (mut case, person) = open(&ctx, &code, Action::ReportEvent).await?;
    let mut form = Form::from(data);
    let way = form.one_of("way", &keys(WAYS), "请选择做了什么");
    let result = form.one_of("result", &keys(RESULTS), "请选择结果");
    let (day, next) = (form.day("day"), form.day("next"));
    for (field, typed) in [("day", day), ("next", next)] {
        if typed.is_none() && form.errors.of(field).is_none() {
            form.errors.add(field, "请填写日期");
        }
    }
    if day.is_some_and(|day| day > ctx.today()) {
        form.errors.add("day", "还没到的日子不能记");
    }
    if next.is_some_and(|next| next < ctx.today()) {
        form.errors.add("next", "下次回访不能早于今天");
    }
    let (Some(way), Some(result), Some(day), Some(next), false) =
        (way, result, day, next, form.has_errors())
    else {
        return refuse(&ctx, case, &person, form).await;
    };
    case.version = form.data.get("version").parse().unwrap_or(-1);
    let actor = ctx.actor();
    let mut tx = ctx.begin().await?;
    if !book::step(&mut tx, &case, Some(next), None).await? {
        tx.rollback().await?;
        return stale(&ctx, &code, form).await;
    }
    let sql = "SELECT max(no) + 1 AS n FROM duty_act WHERE code = $1";
    let no = tx.number(sql, values![code.as_str()]).await?.max(1);
    let at = tx.at().micros();
    tx.run(
        "INSERT INTO duty_act (code, no, way, day, result, says, by_account, by_name, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        values![
            code.as_str(),
            no,
            way.as_str(),
            day.number(),
            result.as_str(),
            form.text("says"),
            actor.id.as_str(),
            actor.name.as_str(),
            at
        ],
    )
    .await?;
    tx.audit(
        Audit::new("duty.act")
            .person(&person.key.shard, &person.key.id)
            .with("way", way.as_str()),
    );
    tx.commit().await?;
    Ok(ctx.saved(&format!("/duties/{code}"), "已记下。"))
}

/// `POST /duties/{code}/close`
pub(crate) async fn close(ctx: Ctx, Path(code): Path<String>, data: FormData) -> Page {
    let (mut case, person) = open(&ctx, &code, Action::ReportEvent).await?;
    let mut form = Form::from(data);
    let Some(outcome) = form.one_of("outcome", &keys(OUTCOMES), "请选择办结的结果") else {
        return refuse(&ctx, case, &person, form).await;
    };
    case.version = form.data.get("version").parse().unwrap_or(-1);
    let mut tx = ctx.begin().await?;
    if !book::step(&mut tx, &case, None, Some(&outcome)).await? {
        tx.rollback().await?;
        return stale(&ctx, &code, form).await;
    }
    tx.audit(
        Audit::new("duty.close")
            .person(&person.key.shard, &person.key.id)
            .with("outcome", outcome.as_str()),
    );
    tx.commit().await?;
    Ok(ctx.saved(&format!("/duties/{code}"), "已办结。"))
}
