//! One bulk decision: its progress is read while a job works, and the second person approves one that nobody applied for.

use super::office_in;
use crate::bulk::{self, Bulk};
use area::api::AreaBook;
use askama::Template;
use authz::Role;
use axum::extract::Path;
use host::{Ctx, Failure, Page};
use pay::api::{office_zh, programme_zh, programmes};
use ui::{FormData, PageError, Shell};

#[derive(Template)]
#[template(path = "pages/bulk_one.html")]
struct BulkPage {
    shell: Shell,
    bulk: Bulk,
    title: String,
    office: String,
    made_by: String,
    approved_by: String,
    left: Vec<(String, i64)>,
    share: i64,
    may_settle: bool,
    own: bool,
}

impl BulkPage {
    fn is(&self, state: &str) -> bool {
        self.bulk.state == state
    }
}

async fn open(ctx: &Ctx, id: &str) -> Result<Bulk, Failure> {
    let found = bulk::find(&ctx.app.store, id)
        .await?
        .ok_or_else(PageError::not_found)?;
    let areas = ctx.app.part::<AreaBook>()?;
    if office_in(&areas, &ctx.scope(), &found.office) {
        return Ok(found);
    }
    let ask = format!("{}民政局", office_zh(&areas, &found.office));
    Err(PageError::refused(&ask).into())
}

/// What it is called.
pub(super) fn title(ctx: &Ctx, one: &Bulk) -> Result<String, Failure> {
    Ok(match one.act.as_str() {
        "free" => format!(
            "免申即享：{}",
            programme_zh(&programmes(ctx)?, &one.programme)
        ),
        "refuse" => "批量不予批准".to_owned(),
        _ => "批量批准".to_owned(),
    })
}

/// `GET /cases/bulk/{bulk}`
pub(crate) async fn get(ctx: Ctx, Path(id): Path<String>) -> Page {
    let found = open(&ctx, &id).await?;
    let areas = ctx.app.part::<AreaBook>()?;
    let approved = found.approved_by.clone().unwrap_or_default();
    let who = [found.made_by.as_str(), approved.as_str()];
    let names = org::api::Names::of(&ctx.app.store, who).await?;
    let title = title(&ctx, &found)?;
    let civil = ctx.actor().role == Role::CountyCivil;
    Ok(ui::page_no_store(BulkPage {
        shell: ctx.shell(title.clone()).crumb("申请审批", "/cases"),
        title,
        office: office_zh(&areas, &found.office),
        made_by: names.name(&found.made_by),
        approved_by: if approved.is_empty() {
            String::new()
        } else {
            names.name(&approved)
        },
        left: bulk::left(&ctx.app.store, &id).await?,
        share: (found.done + found.failed) * 100 / found.total.max(1),
        may_settle: civil && found.state == "proposed" && found.made_by != ctx.actor().id,
        own: civil && found.state == "proposed" && found.made_by == ctx.actor().id,
        bulk: found,
    }))
}

/// `POST /cases/bulk/{bulk}`: the second person approves, or whoever made it withdraws it.
pub(crate) async fn settle(ctx: Ctx, Path(id): Path<String>, data: FormData) -> Page {
    let found = open(&ctx, &id).await?;
    let yes = data.get("act") == "approve";
    let back = format!("/cases/bulk/{id}");
    if ctx.actor().role != Role::CountyCivil {
        return Err(PageError::refused("县级民政部门").into());
    }
    if yes && found.made_by == ctx.actor().id {
        return Ok(ctx.redirect_with(&back, "warn", "提出和批准不能是同一人，请另一位同事批准。"));
    }
    let mut tx = ctx.begin().await?;
    if !bulk::settle(&mut tx, &id, yes).await? {
        tx.rollback().await?;
        return Ok(ctx.redirect_with(&back, "warn", "刚刚已有人办理，请看最新情况。"));
    }
    tx.commit().await?;
    let told = if yes {
        "已批准，正在逐件记入台账。"
    } else {
        "已撤回这一批。"
    };
    Ok(ctx.redirect_with(&back, "ok", told))
}
