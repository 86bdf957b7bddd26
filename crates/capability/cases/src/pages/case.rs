//! One case: where it stands, what is known, what was brought, the countdown, the clause, all that happened; and the
//! next act as the one big button.

use super::case_parts::{Button, buttons, conditions_of, steps};
use super::files::{self, FileLine};
use super::{Opened, countdown, open, yuan};
use crate::acts::{self, Books, Refusal, With};
use crate::machine::{State, act_of, act_zh};
use crate::procedures::applicant_zh;
use crate::{apply, book, doers, events, ties};
use area::api::AreaBook;
use askama::Template;
use authz::{Action, Role};
use axum::extract::Path;
use host::{Ctx, Failure, Page};
use kernel::Day;
use pay::api::{office_zh, programme_zh, programmes};
use plan::api::PlanBook;
use store::Audit;
use ui::{Choice, Field, Form, FormData, PageError, Shell, Timeline};

#[derive(Template)]
#[template(path = "pages/case.html")]
struct CasePage {
    shell: Shell,
    form: Form,
    action: String,
    code: String,
    version: i64,
    who: String,
    person: String,
    programme: String,
    number: String,
    state: State,
    left: String,
    tone: &'static str,
    next: String,
    doer: String,
    applicant: &'static str,
    submitted: String,
    handled: String,
    office: String,
    clause: String,
    conditions: Vec<(String, bool)>,
    judged: String,
    known: Vec<(String, String)>,
    brought: Vec<(String, String, bool)>,
    phone: String,
    proxy: String,
    note: String,
    steps: Vec<(String, &'static str, String, &'static str)>,
    timeline: Timeline,
    buttons: Vec<Button>,
    reason: bool,
    grants: bool,
    decision: Option<(String, String, String)>,
    tie: Option<String>,
    may_tie: bool,
    may_rate: bool,
    rated: Option<(i64, String)>,
    papers: Vec<(&'static str, &'static str)>,
    draft: bool,
    family: bool,
    files: Vec<FileLine>,
    choices: Vec<Choice>,
    upload: String,
    may_add: bool,
}

impl CasePage {
    fn reason_field(&self) -> Field {
        self.form.field(
            Field::lines("reason", "说明或原因")
                .rows(3)
                .hint("补正、不予受理、不予批准、异议、申诉、转办必须写明；申请人看得到，异议内容只有经办人看得到")
                .maxlength(300),
        )
    }

    fn paper_field(&self) -> Field {
        files::paper_field(&self.form, &self.choices)
    }

    fn start_field(&self) -> Field {
        let choices = vec![
            Choice::new("decision", "从决定之日起").hint("次月进批次"),
            Choice::new("submitted", "从提交之日起").hint("以前各月补发"),
        ];
        self.form
            .field(Field::radio("from", "批准的，从什么时候算", choices))
    }

    fn relation_field(&self) -> Field {
        let choices = ties::RELATIONS
            .iter()
            .map(|(key, name)| Choice::new(*key, *name))
            .collect();
        self.form
            .field(Field::select("relation", "与申请人的关系", choices).blank("请选择"))
    }

    fn score_field(&self) -> Field {
        let choices = super::ratings::SCORES
            .iter()
            .rev()
            .map(|(score, name)| Choice::new(score.to_string(), *name))
            .collect();
        self.form
            .field(Field::radio("score", "这次办得怎么样", choices))
    }

    fn words_field(&self) -> Field {
        self.form.field(
            Field::lines("words", "想说的话")
                .rows(2)
                .hint("可不填")
                .maxlength(300),
        )
    }
}

/// `GET /cases/{code}`
pub(crate) async fn get(ctx: Ctx, Path(code): Path<String>) -> Page {
    let opened = open(&ctx, &code).await?;
    ctx.log_reads(&[Audit::new("person.read")
        .person(&opened.person.key.shard, &opened.person.key.id)
        .with("case", code)])
        .await?;
    let form = Form::filled([("from", "decision")]);
    Ok(ui::page_no_store(page(&ctx, &opened, form).await?))
}

/// `POST /cases/{code}`
pub(crate) async fn post(ctx: Ctx, Path(code): Path<String>, data: FormData) -> Page {
    let form = Form::from(data);
    let typed = form.text("act").unwrap_or_default();
    act(ctx, &code, &typed, "", form).await
}

/// `POST /cases/{code}/steps/{step}`: a check is passed.
pub(crate) async fn pass(
    ctx: Ctx,
    Path((code, step)): Path<(String, String)>,
    data: FormData,
) -> Page {
    act(ctx, &code, "pass", &step, Form::from(data)).await
}

async fn act(ctx: Ctx, code: &str, typed: &str, step: &str, mut form: Form) -> Page {
    let opened = open(&ctx, code).await?;
    let Some(act) = act_of(typed, step) else {
        form.errors.add_form("请从按钮办理");
        return Ok(ui::page_422(page(&ctx, &opened, form).await?));
    };
    let with = With {
        reason: form.text("reason").unwrap_or_default(),
        from: match form.text("from").as_deref() {
            Some("submitted") => opened.case.submitted,
            _ => None,
        },
    };
    let seen: i64 = form.parse("version").unwrap_or(opened.case.version);
    if seen != opened.case.version {
        return stale(&ctx, &opened, form).await;
    }
    let (plans, areas) = (ctx.app.part::<PlanBook>()?, ctx.app.part::<AreaBook>()?);
    let books = Books {
        plans: &plans,
        areas: &areas,
        procedure: &opened.procedure,
    };
    let mut tx = ctx.begin().await?;
    let done = acts::perform(&mut tx, books, &opened.case, &opened.person, act, &with).await;
    match done {
        Ok(Ok(_)) => {
            tx.commit().await?;
            let to = format!("/cases/{code}");
            Ok(ctx.redirect_with(&to, "ok", &format!("已办理：{}。", act_zh(act.key()))))
        }
        Ok(Err(Refusal::Stale)) => {
            tx.rollback().await?;
            stale(&ctx, &opened, form).await
        }
        Ok(Err(Refusal::Not(text))) => {
            tx.rollback().await?;
            if act.needs_reason() && with.reason.trim().is_empty() {
                form.errors.add("reason", text);
            } else {
                form.errors.add_form(text);
            }
            Ok(ui::page_422(page(&ctx, &opened, form).await?))
        }
        Ok(Err(Refusal::Other(text))) => {
            tx.rollback().await?;
            Err(PageError::refused("经办单位").text(text).into())
        }
        Err(error) if error.is_duplicate() => {
            tx.rollback().await?;
            stale(&ctx, &opened, form).await
        }
        Err(error) => Err(error.into()),
    }
}

/// 409: what the other officer did, with everything typed still there.
async fn stale(ctx: &Ctx, opened: &Opened, mut form: Form) -> Page {
    let fresh = open(ctx, &opened.case.code).await?;
    let last = events::last(&ctx.app.store, &fresh.case.code).await?;
    let text = match last {
        Some(event) => {
            let names = org::api::Names::of(&ctx.app.store, [event.actor.as_str()]).await?;
            format!(
                "{}在 {} 已经办了“{}”，现在是{}。您写的还在下面，请看过最新情况再办。",
                names.name(&event.actor),
                event.at.minute(),
                act_zh(&event.act),
                fresh
                    .case
                    .standing
                    .on(&fresh.procedure, ctx.today())
                    .state
                    .zh()
            )
        }
        None => "刚刚有人改过这件，请看最新情况。您写的还在下面。".to_owned(),
    };
    form.errors.add_form(text);
    Ok(ui::page_409(page(ctx, &fresh, form).await?))
}

/// `POST /cases/{code}/tie`
pub(crate) async fn tie(ctx: Ctx, Path(code): Path<String>, data: FormData) -> Page {
    let opened = open(&ctx, &code).await?;
    let mut form = Form::from(data);
    let keys: Vec<&str> = ties::RELATIONS.iter().map(|(key, _)| *key).collect();
    let Some(relation) = form.one_of("relation", &keys, "请选择与申请人的关系") else {
        return Ok(ui::page_422(page(&ctx, &opened, form).await?));
    };
    let mut tx = ctx.begin().await?;
    ties::declare(&mut tx, &opened.case, &relation).await?;
    tx.commit().await?;
    let to = format!("/cases/{code}");
    Ok(ctx.redirect_with(&to, "ok", "已备案，这个人的申请由其他同事决定。"))
}

async fn timeline(ctx: &Ctx, opened: &Opened) -> Result<Timeline, Failure> {
    let told = events::of(&ctx.app.store, &opened.case.code).await?;
    let who: Vec<&str> = told.iter().map(|event| event.actor.as_str()).collect();
    let names = org::api::Names::of(&ctx.app.store, who).await?;
    let family = ctx.actor().role == Role::Family;
    let mut out = Timeline::default();
    for event in told.iter().rev() {
        let step = event
            .step
            .as_deref()
            .and_then(|id| opened.procedure.step(id))
            .map(|step| step.title.clone());
        let title = match step {
            Some(step) => format!("{step}通过"),
            None => act_zh(&event.act).to_owned(),
        };
        // An objection is confidential: whoever made it is not named to the applicant, nor what it says.
        let secret = family && matches!(event.act.as_str(), "object" | "dismiss");
        let mut text = if secret {
            String::new()
        } else {
            event.says.clone().unwrap_or_default()
        };
        if let Some(clause) = &event.clause {
            text = if text.is_empty() {
                format!("依据：{clause}")
            } else {
                format!("{text}（依据：{clause}）")
            };
        }
        let tone = match event.act.as_str() {
            "approve" | "overturn" | "free" => "ok",
            "refuse" | "reject" | "lapse" | "uphold" => "danger",
            "ask" | "object" | "appeal" => "warn",
            _ => "",
        };
        let role = Role::from_key(&event.role).map_or("", Role::zh);
        let by = if secret {
            role.to_owned()
        } else {
            format!("{}（{role}）", names.name(&event.actor))
        };
        out = out.entry(&event.at.minute(), &title, &by, &text, tone);
    }
    Ok(out)
}

async fn page(ctx: &Ctx, opened: &Opened, form: Form) -> Result<CasePage, Failure> {
    let (store, today, actor) = (&ctx.app.store, ctx.today(), ctx.actor());
    let (plans, areas) = (ctx.app.part::<PlanBook>()?, ctx.app.part::<AreaBook>()?);
    let Opened {
        case,
        person,
        procedure,
    } = opened;
    let books = Books {
        plans: &plans,
        areas: &areas,
        procedure,
    };
    let standing = case.standing.on(procedure, today);
    let loaded = book::of(store, case.procedures).await?;
    let (known, brought) = apply::evidence(&loaded.procedures, procedure, &case.applicant, person);
    let buttons = buttons(ctx, opened, books);
    let (left, tone) = countdown(case, procedure, today);
    let judged = plans
        .in_force(today)
        .map(|published| pay::api::reasons(&published, person, &case.programme, today));
    let (conditions, says) = match (&case.reasons, judged) {
        (Some(kept), _) => (
            conditions_of(kept),
            "决定时的依据，随决定保存，不再重算".to_owned(),
        ),
        (None, Some(Ok(told))) => (
            told.says.into_iter().map(|says| (says, true)).collect(),
            match told.fen {
                Some(fen) => format!("按现在掌握的情况符合，标准 {} 元", yuan(fen)),
                None => "按现在掌握的情况符合，标准金额还没有登记".to_owned(),
            },
        ),
        (None, Some(Err(text))) => (Vec::new(), text.to_owned()),
        (None, None) => (Vec::new(), "还没有发布清单".to_owned()),
    };
    let doer = doers::waits_for(books, case, today);
    let handles = Action::HandleCase.allowed_to(actor.role);
    let rated = super::ratings::of(store, &case.code).await?;
    let family = actor.role == Role::Family;
    let (lines, choices) = files::lines(ctx, opened).await?;
    Ok(CasePage {
        files: lines,
        choices,
        upload: format!("/cases/{}/files", case.code),
        may_add: case.standing.state != State::Draft && files::may_add(ctx, opened),
        shell: ctx
            .shell(format!("{} · {}", person.name, procedure.title))
            .crumb(
                if family { "办件" } else { "申请审批" },
                if family { "/apply" } else { "/cases" },
            ),
        action: format!("/cases/{}", case.code),
        code: case.code.clone(),
        version: case.version,
        who: person.name.clone(),
        person: format!("/people/{}?tab=cases", case.key.id),
        programme: programme_zh(&programmes(ctx)?, &case.programme),
        number: case.number(),
        state: standing.state,
        left,
        tone,
        next: acts::next_zh(procedure, case, today),
        doer,
        applicant: applicant_zh(&case.applicant),
        submitted: case.submitted.map(Day::zh).unwrap_or_default(),
        handled: areas.short_name(&case.handled),
        office: office_zh(&areas, &case.office),
        clause: procedure.clause.clone(),
        conditions,
        judged: says,
        known: known
            .into_iter()
            .map(|one| (one.name.clone(), "档案已有，不用带".to_owned()))
            .collect(),
        brought: brought
            .into_iter()
            .map(|one| {
                (
                    one.name.clone(),
                    one.note.clone(),
                    case.answers.have.contains(&one.id),
                )
            })
            .collect(),
        phone: case.answers.phone.clone(),
        proxy: case.answers.proxy.clone(),
        note: case.answers.note.clone(),
        steps: steps(opened, today),
        timeline: timeline(ctx, opened).await?,
        reason: !buttons.is_empty(),
        grants: buttons
            .iter()
            .any(|one| one.act == "approve" || one.act == "overturn"),
        buttons,
        decision: case.from.zip(case.fen).map(|(from, fen)| {
            let grant = case
                .grant
                .map(|no| format!("/grants/{}/{}/{no}", case.key.id, case.programme));
            (from.zh(), yuan(fen), grant.unwrap_or_default())
        }),
        tie: ties::of(store, &actor.id, &case.key.id)
            .await?
            .map(|relation| {
                ties::RELATIONS
                    .iter()
                    .find(|(key, _)| *key == relation)
                    .map_or(relation.clone(), |(_, name)| (*name).to_owned())
            }),
        may_tie: handles && standing.state.open(),
        may_rate: !standing.state.open()
            && rated.is_none()
            && matches!(actor.role, Role::Family | Role::TownWorker | Role::Visitor),
        rated,
        papers: super::paper::papers(opened, actor.role, today),
        draft: standing.state == State::Draft,
        family,
        form,
    })
}
