//! One grant: why, by whom, what happened to it; the second person confirms, and the county suspends, resumes, ends.

use super::grants::{state_pill, state_zh};
use super::{office_zh, programme_zh, programmes, yuan};
use crate::grants::{self, Held};
use crate::judge_reasons::Reasons;
use crate::told;
use area::api::AreaBook;
use askama::Template;
use authz::Action;
use axum::extract::Path;
use host::{Ctx, Failure, Page};
use people::api::Person;
use rules::facts::{FactId, Value};
use store::Audit;
use ui::{Field, Form, FormData, PageError, Shell};

#[derive(Template)]
#[template(path = "pages/grant.html")]
struct GrantPage {
    shell: Shell,
    form: Form,
    action: String,
    who: String,
    person: String,
    programme: String,
    money: String,
    from: String,
    office: String,
    state: &'static str,
    pill: &'static str,
    reasons: Option<Reasons>,
    source: String,
    proposed_by: String,
    decided_by: String,
    decided_at: String,
    events: Vec<(&'static str, String, String, String)>,
    may_decide: bool,
    may_change: bool,
    suspended: bool,
}

impl GrantPage {
    fn day(&self) -> Field {
        self.form.field(Field::date("day", "从哪天起").required())
    }

    fn reason(&self) -> Field {
        self.form.field(
            Field::lines("reason", "原因")
                .rows(2)
                .required()
                .maxlength(200),
        )
    }
}

fn event_zh(kind: &str) -> &'static str {
    match kind {
        "suspend" => "暂停",
        "resume" => "恢复",
        _ => "停止",
    }
}

async fn open(ctx: &Ctx, id: &str, programme: &str, no: i64) -> Result<(Held, Person), Failure> {
    let person = people::api::open(ctx, id, Action::ReadPerson).await?;
    let held = grants::find(&ctx.app.store, &person.key, programme, no).await?;
    Ok((held.ok_or_else(PageError::not_found)?, person))
}

/// `GET /grants/{id}/{programme}/{no}`
pub(crate) async fn get(ctx: Ctx, Path((id, programme, no)): Path<(String, String, i64)>) -> Page {
    let (held, person) = open(&ctx, &id, &programme, no).await?;
    ctx.log_reads(&[Audit::new("person.read")
        .person(&person.key.shard, &person.key.id)
        .with("grant", programme.as_str())])
        .await?;
    Ok(ui::page_no_store(
        page(&ctx, &held, &person, Form::default()).await?,
    ))
}

/// `POST /grants/{id}/{programme}/{no}`
pub(crate) async fn post(
    ctx: Ctx,
    Path((id, programme, no)): Path<(String, String, i64)>,
    data: FormData,
) -> Page {
    let (held, person) = open(&ctx, &id, &programme, no).await?;
    let (actor, mut form) = (ctx.actor(), Form::from(data));
    let acts = ["confirm", "refuse", "suspend", "resume", "end"];
    let act = form.one_of("act", &acts, "请从按钮办理");
    if !super::offices(&ctx)?.contains(&held.office) {
        let book = ctx.app.part::<AreaBook>()?;
        let ask = format!("{}民政局", office_zh(&book, &held.office));
        return Err(PageError::refused(&ask).into());
    }
    let back = format!("/grants/{id}/{programme}/{no}");
    let Some(act) = act else {
        return Ok(ui::page_422(page(&ctx, &held, &person, form).await?));
    };
    if act == "confirm" || act == "refuse" {
        if held.proposed_by == actor.id {
            form.errors
                .add_form("提出和确认不能是同一人，请另一位同事确认。");
            return Ok(ui::page_422(page(&ctx, &held, &person, form).await?));
        }
        let mut tx = ctx.begin().await?;
        if !grants::decide(&mut tx, &actor, &held, act == "confirm").await? {
            tx.rollback().await?;
            form.errors.add_form("刚刚已有人办理，请看最新情况。");
            return Ok(ui::page_409(page(&ctx, &held, &person, form).await?));
        }
        tx.commit().await?;
        let done = if act == "confirm" {
            "已确认，进入最近的批次。"
        } else {
            "已决定不予发放。"
        };
        return Ok(ctx.redirect_with(&back, "ok", done));
    }
    let day = form.day("day");
    if day.is_none() && !form.has_errors() {
        form.errors.add("day", "请填写从哪天起");
    }
    let reason = form.required("reason", "请写明原因");
    let (Some(day), Some(reason), false) = (day, reason, form.has_errors()) else {
        return Ok(ui::page_422(page(&ctx, &held, &person, form).await?));
    };
    let mut tx = ctx.begin().await?;
    let now = grants::find(&tx, &held.key, &held.programme, held.no).await?;
    if now
        .as_ref()
        .is_none_or(|now| now.state != "active" || now.events.len() != held.events.len())
    {
        tx.rollback().await?;
        form.errors.add_form("刚刚已有人办理，请看最新情况。");
        return Ok(ui::page_409(page(&ctx, &held, &person, form).await?));
    }
    let kind = match act.as_str() {
        "suspend" => "suspend",
        "resume" => "resume",
        _ => "end",
    };
    grants::happen(&mut tx, &actor, &held, kind, day, &reason).await?;
    let alive = person.facts.get(FactId::ALIVE) != Some(&Value::Bool(false));
    if kind != "resume" && alive {
        let when = (kind, day);
        told::stopping(&ctx.app, &mut tx, &person, &held.programme, when, &reason).await?;
    }
    tx.commit().await?;
    let done = format!(
        "已{}，下一批次按此计算；以前各月多发少发的自动补发或追缴。",
        event_zh(kind)
    );
    Ok(ctx.redirect_with(&back, "ok", &done))
}

async fn page(ctx: &Ctx, held: &Held, person: &Person, form: Form) -> Result<GrantPage, Failure> {
    let store = &ctx.app.store;
    let (book, known) = (ctx.app.part::<AreaBook>()?, programmes(ctx)?);
    let held = grants::find(store, &held.key, &held.programme, held.no)
        .await?
        .unwrap_or_else(|| held.clone());
    let told = grants::told(store, &held).await?;
    let decided = held.decided_by.clone().unwrap_or_default();
    let who: Vec<&str> = [held.proposed_by.as_str(), decided.as_str()]
        .into_iter()
        .chain(told.iter().map(|(.., by)| by.as_str()))
        .collect();
    let names = org::api::Names::of(store, who).await?;
    let mine = super::offices(ctx)?.contains(&held.office)
        && Action::GrantMoney.allowed_to(ctx.actor().role);
    let programme = programme_zh(&known, &held.programme);
    let reasons: Option<Reasons> = serde_json::from_str(&held.reasons).ok();
    Ok(GrantPage {
        shell: ctx
            .shell(format!("{} · {programme}", person.name))
            .crumb("在享台账", "/grants"),
        form,
        action: format!("/grants/{}/{}/{}", held.key.id, held.programme, held.no),
        who: person.name.clone(),
        person: format!("/people/{}?tab=payments", held.key.id),
        programme,
        money: yuan(held.fen.0),
        from: held.from.zh(),
        office: office_zh(&book, &held.office),
        state: state_zh(&held.state),
        pill: state_pill(&held.state),
        source: if reasons.is_none() {
            held.reasons.clone()
        } else {
            String::new()
        },
        reasons,
        proposed_by: names.name(&held.proposed_by),
        decided_by: names.name(&decided),
        decided_at: held
            .decided_at
            .map(kernel::Instant::minute)
            .unwrap_or_default(),
        events: told
            .iter()
            .map(|(kind, day, reason, by)| {
                (event_zh(kind), day.zh(), reason.clone(), names.name(by))
            })
            .collect(),
        may_decide: mine && held.state == "proposed",
        may_change: mine && held.state == "active",
        suspended: told.last().is_some_and(|(kind, ..)| kind == "suspend"),
    })
}
