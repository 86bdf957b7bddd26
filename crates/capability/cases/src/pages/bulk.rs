//! Deciding many at once: picked or all, with one reason; and batches that nobody applied for, approved by a second
//! person. Progress is read, work goes on in a job.

use super::{loaded, office_in, office_zh, programme_zh, programmes};
use crate::bulk::{self, Bulk, New};
use crate::delegation;
use crate::machine::State;
use crate::store::{self as rows, Asked};
use area::api::AreaBook;
use askama::Template;
use authz::Role;
use axum::extract::Path;
use entitle::api::Followed;
use host::{Ctx, Failure, Page};
use ui::{Choice, Field, Form, FormData, PageError, Shell};

#[derive(Template)]
#[template(path = "pages/bulk.html")]
struct ConfirmPage {
    shell: Shell,
    form: Form,
    number: String,
    picked: Vec<String>,
    all: bool,
}

impl ConfirmPage {
    fn act_field(&self) -> Field {
        let choices = vec![
            Choice::new("approve", "批准").hint("不再符合的、已在发放的会留下，说明原因"),
            Choice::new("refuse", "不予批准").hint("每一件都写上下面的原因，申请人可以申诉"),
        ];
        self.form
            .field(Field::radio("act", "怎么决定", choices).required())
    }

    fn reason_field(&self) -> Field {
        self.form.field(
            Field::lines("reason", "原因")
                .rows(2)
                .required()
                .hint("写进每一件的决定，例如：经审核公示无异议")
                .maxlength(200),
        )
    }
}

/// The one body the asker decides for.
fn own_office(ctx: &Ctx) -> Result<String, Failure> {
    let mine = super::offices(ctx)?;
    match mine.as_slice() {
        [only] if ctx.actor().role == Role::CountyCivil => Ok(only.clone()),
        _ => Err(PageError::refused("县级民政部门")
            .text("批量决定由县级民政部门办理。")
            .into()),
    }
}

async fn waiting(ctx: &Ctx, office: &str, picked: &[String]) -> Result<Vec<String>, Failure> {
    let procedures = loaded(ctx).await?.procedures;
    let asked = Asked {
        states: vec![State::Deciding],
        office: Some(office.to_owned()),
        // What a town decides for the county is left to it.
        without: delegation::windows(&ctx.app.store, &procedures).await?,
        ..Asked::default()
    };
    let codes = rows::codes(&ctx.app.store, &ctx.scope(), &asked, ctx.today()).await?;
    Ok(if picked.is_empty() {
        codes
    } else {
        codes
            .into_iter()
            .filter(|code| picked.contains(code))
            .collect()
    })
}

/// `POST /cases/bulk`: first asks for act and reason, then begins.
pub(crate) async fn post(ctx: Ctx, data: FormData) -> Page {
    let office = own_office(&ctx)?;
    let all = data.get("what") == "all";
    let picked: Vec<String> = data.all("case").map(str::to_owned).collect();
    if !all && picked.is_empty() {
        return Ok(ctx.redirect_with("/cases", "warn", "请先选中要决定的申请。"));
    }
    let asked_before = data.has("sure");
    let mut form = Form::from(data);
    let codes = waiting(&ctx, &office, if all { &[] } else { &picked }).await?;
    if codes.is_empty() {
        return Ok(ctx.redirect_with("/cases", "warn", "选中的都已经决定，或者还没有到决定环节。"));
    }
    let page = |form: Form, number: usize| ConfirmPage {
        shell: ctx.shell("批量决定").crumb("申请审批", "/cases"),
        form,
        number: ui::text::grouped(number as u64),
        picked: if all { Vec::new() } else { picked.clone() },
        all,
    };
    if !asked_before {
        return Ok(ui::page_no_store(page(Form::default(), codes.len())));
    }
    let act = form.one_of("act", &["approve", "refuse"], "请选择批准还是不予批准");
    let reason = form.required("reason", "请写明原因");
    let (Some(act), Some(reason)) = (act, reason) else {
        return Ok(ui::page_422(page(form, codes.len())));
    };
    let mut tx = ctx.begin().await?;
    let new = New {
        act: &act,
        programme: "",
        office: &office,
        reason: &reason,
        since: false,
        items: codes,
    };
    let id = bulk::create(&mut tx, new).await?;
    tx.commit().await?;
    Ok(ui::redirect(&format!("/cases/bulk/{id}")))
}

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

fn title(ctx: &Ctx, one: &Bulk) -> Result<String, Failure> {
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

struct FreeLine {
    programme: String,
    name: String,
    people: i64,
    money: String,
}

#[derive(Template)]
#[template(path = "pages/free.html")]
struct FreePage {
    shell: Shell,
    form: Form,
    lines: Vec<FreeLine>,
    past: Vec<(String, String, String, i64, i64)>,
}

impl FreePage {
    fn programme_field(&self) -> Field {
        let choices = self
            .lines
            .iter()
            .filter(|line| line.people > 0)
            .map(|line| {
                Choice::new(line.programme.clone(), line.name.clone())
                    .hint(format!("{} 人，每月 {} 元", line.people, line.money))
            })
            .collect();
        self.form
            .field(Field::radio("programme", "哪项待遇", choices).required())
    }

    fn start_field(&self) -> Field {
        let choices = vec![
            Choice::new("decision", "从批准之日起"),
            Choice::new("since", "从各人符合之日起").hint("以前各月补发"),
        ];
        self.form
            .field(Field::radio("from", "从什么时候算", choices).required())
    }

    fn reason_field(&self) -> Field {
        self.form.field(
            Field::lines("reason", "说明")
                .rows(2)
                .required()
                .hint("写进每一件的决定，例如：数据比对符合，免申即享")
                .maxlength(200),
        )
    }
}

async fn free_page(ctx: &Ctx, form: Form) -> Result<FreePage, Failure> {
    let office = own_office(ctx)?;
    let loaded = loaded(ctx).await?;
    let known = programmes(ctx)?;
    let areas = ctx.app.part::<AreaBook>()?;
    let mut lines = Vec::new();
    for one in loaded.procedures.procedures.iter().filter(|one| one.free) {
        let mut filter = entitle::api::all_findings("owed", &ctx.scope());
        filter.followed = Followed::Working(ctx.today());
        filter.areas = areas.executor_scope(&office);
        filter.programme = Some(one.programme.clone());
        let (people, fen) =
            entitle::api::finding_sum(&ctx.app.store, &ctx.scope(), &filter).await?;
        lines.push(FreeLine {
            programme: one.programme.clone(),
            name: programme_zh(&known, &one.programme),
            people,
            money: super::yuan(fen),
        });
    }
    let mut past = Vec::new();
    for one in bulk::last(&ctx.app.store, &[office], 20).await? {
        let state = match one.state.as_str() {
            "proposed" => "待批准",
            "running" => "正在办",
            "withdrawn" => "已撤回",
            _ => "已办完",
        };
        past.push((
            format!("/cases/bulk/{}", one.bulk),
            title(ctx, &one)?,
            state.to_owned(),
            one.done,
            one.total,
        ));
    }
    Ok(FreePage {
        shell: ctx.shell("免申即享").crumb("申请审批", "/cases"),
        form,
        lines,
        past,
    })
}

/// `GET /cases/free`
pub(crate) async fn free(ctx: Ctx) -> Page {
    let form = Form::filled([("from", "decision")]);
    Ok(ui::page_no_store(free_page(&ctx, form).await?))
}

/// `POST /cases/free`: everybody the list owes a programme becomes one batch for a second person.
pub(crate) async fn propose(ctx: Ctx, data: FormData) -> Page {
    let office = own_office(&ctx)?;
    let loaded = loaded(&ctx).await?;
    let allowed: Vec<&str> = loaded
        .procedures
        .procedures
        .iter()
        .filter(|one| one.free)
        .map(|one| one.programme.as_str())
        .collect();
    let mut form = Form::from(data);
    let programme = form.one_of("programme", &allowed, "请选择免申即享的待遇");
    let from = form.one_of("from", &["decision", "since"], "请选择从什么时候算");
    let reason = form.required("reason", "请写说明");
    let (Some(programme), Some(from), Some(reason)) = (programme, from, reason) else {
        return Ok(ui::page_422(free_page(&ctx, form).await?));
    };
    let areas = ctx.app.part::<AreaBook>()?;
    let mut filter = entitle::api::all_findings("owed", &ctx.scope());
    // Who gave it up in writing, or gets it elsewhere, is not granted it over their heads.
    filter.followed = Followed::Working(ctx.today());
    filter.areas = areas.executor_scope(&office);
    filter.programme = Some(programme.clone());
    filter.most = i64::from(i32::MAX);
    let found = entitle::api::findings(&ctx.app.store, &ctx.scope(), &filter).await?;
    if found.is_empty() {
        form.errors.add("programme", "这项待遇现在没有应享未享的人");
        return Ok(ui::page_422(free_page(&ctx, form).await?));
    }
    let mut tx = ctx.begin().await?;
    let new = New {
        act: "free",
        programme: &programme,
        office: &office,
        reason: &reason,
        since: from == "since",
        items: found.into_iter().map(|one| one.finding).collect(),
    };
    let id = bulk::create(&mut tx, new).await?;
    tx.commit().await?;
    Ok(ctx.redirect_with(
        &format!("/cases/bulk/{id}"),
        "ok",
        "已提出，请另一位同事批准。",
    ))
}
