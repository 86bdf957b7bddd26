//! 跟进 of one finding: what is owed since when and why, what was done about it, and the next step.

use super::item_people::yuan;
use super::words;
use crate::api::cause_zh;
use crate::follow::{self, FollowState, MOST_MONTHS};
use crate::store::findings::{self, Finding};
use area::api::AreaBook;
use askama::Template;
use authz::{Action, Role, Scope};
use axum::extract::{Path, Request};
use files::{Files, NewFile};
use host::{Ctx, Failure, Page, UPLOAD_HINT, Upload};
use people::api::Person;
use store::Audit;
use ui::{Choice, Field, Form, PageError, Shell, Timeline};

/// A signed paper is kept as long as files of an office are: ten years.
const PAPER_DAYS: i32 = 3_653;

#[derive(Template)]
#[template(path = "pages/follow.html")]
struct FollowPage {
    shell: Shell,
    form: Form,
    finding: String,
    person: String,
    who: String,
    owed: bool,
    programme: String,
    money: String,
    since: String,
    found: String,
    grounds: String,
    cause: &'static str,
    state: FollowState,
    quiet: Option<String>,
    holder: String,
    seen: usize,
    may: bool,
    choices: Vec<Choice>,
    timeline: Timeline,
    papers: Vec<(String, String)>,
    facts: String,
    apply: Option<String>,
    upload: &'static str,
}

impl FollowPage {
    fn state_field(&self) -> Field {
        self.form
            .field(Field::radio("state", "现在的情况", self.choices.clone()).required())
    }

    fn until_field(&self) -> Field {
        self.form.field(Field::date("until", "到哪天再提醒").hint(
            "本人放弃、外地已享、数据有误、暂缓时填；不填按 12 个月、12 个月、1 个月、3 个月",
        ))
    }

    fn says_field(&self) -> Field {
        self.form.field(
            Field::lines("says", "说明")
                .rows(2)
                .hint("联系了谁、怎么说的；暂缓、数据有误、外地已享必须写明原因")
                .maxlength(200),
        )
    }
}

/// Which states somebody of this role may bring a finding of this kind to: a visitor says that somebody was asked; what
/// makes it quiet is for an office to say.
fn states(role: Role, kind: &str) -> Vec<FollowState> {
    FollowState::ALL
        .into_iter()
        .filter(|state| state.fits(kind))
        .filter(|state| role != Role::Visitor || state.quiet_months().is_none())
        .collect()
}

const fn hint(state: FollowState) -> &'static str {
    match state {
        FollowState::Open => "放回名单，重新处理",
        FollowState::Contacted => "已经告诉本人或家属",
        FollowState::InHand => "正在申请、停发或追回",
        FollowState::Waived => "须上传本人签字的材料，并写明到哪天",
        FollowState::Elsewhere => "在外地领同一待遇",
        FollowState::Wrong => "先提出更正，改好后自动重新计算",
        FollowState::Deferred => "写明原因和到哪天",
    }
}

/// `GET /owed/{finding}`
pub(crate) async fn get(ctx: Ctx, Path(id): Path<String>) -> Page {
    let (finding, person) = open(&ctx, &id, Action::ReadLists).await?;
    ctx.log_reads(&[Audit::new("person.read")
        .person(&person.key.shard, &person.key.id)
        .with("finding", id)])
        .await?;
    let form = Form::default();
    Ok(ui::page_no_store(
        page(&ctx, &finding, &person, form).await?,
    ))
}

/// `POST /owed/{finding}`
pub(crate) async fn post(ctx: Ctx, Path(id): Path<String>, request: Request) -> Page {
    let (finding, person) = open(&ctx, &id, Action::FollowFinding).await?;
    let (data, file) = host::upload_form(&ctx, request).await?;
    let (mut form, today) = (Form::from(data), ctx.today());
    let allowed = states(ctx.actor().role, &finding.kind);
    let keys: Vec<&str> = allowed.iter().map(|state| state.key()).collect();
    let state = form
        .one_of("state", &keys, "请选择现在的情况")
        .and_then(|key| FollowState::of(&key));
    let until = form.day("until");
    let says = form.text("says").unwrap_or_default();
    let seen: i64 = form.parse("seen").unwrap_or(-1);
    let file = file.unwrap_or_else(|why| {
        form.errors.add("file", why);
        None
    });
    let mut until_day = None;
    if let Some(state) = state {
        match state.quiet_months() {
            Some(months) => {
                let day = until.unwrap_or_else(|| today.plus_months(months));
                if day <= today || day > today.plus_months(MOST_MONTHS) {
                    form.errors.add("until", "日期应在明天以后、两年以内");
                }
                until_day = Some(day);
                if state == FollowState::Waived {
                    if file.is_none() {
                        form.errors
                            .add("file", "本人放弃须上传本人签字的材料（照片或扫描件）");
                    }
                } else if says.is_empty() {
                    form.errors.add("says", "请写明原因");
                }
            }
            None if until.is_some() => {
                form.errors
                    .add("until", "这种情况不用填日期；要到某天再提醒的，请选“暂缓”");
            }
            None => {}
        }
    }
    let (Some(state), false) = (state, form.has_errors()) else {
        return Ok(ui::page_422(page(&ctx, &finding, &person, form).await?));
    };
    let mut tx = ctx.begin().await?;
    let paper = match file {
        Some(upload) => Some(keep(&ctx, &mut tx, &person, upload).await?),
        None => None,
    };
    let done = follow::step(
        &mut tx,
        &finding,
        seen,
        state,
        until_day,
        paper.as_deref(),
        &says,
    )
    .await;
    let stale = match done {
        Ok(done) => !done,
        Err(error) if error.is_duplicate() => true,
        Err(error) => return Err(error.into()),
    };
    if stale {
        tx.rollback().await?;
        let Some(fresh) = findings::one(&ctx.app.store, &ctx.scope(), &id).await? else {
            return Err(gone().into());
        };
        form.errors
            .add_form("刚刚有人记了一步，请先看下面的最新情况。您写的还在，确认后再提交。");
        return Ok(ui::page_409(page(&ctx, &fresh, &person, form).await?));
    }
    tx.commit().await?;
    let to = format!("/owed/{id}");
    let words = match until_day {
        Some(day) => format!("已记为{}，{day}以前不再提醒。", state.zh()),
        None => format!("已记为{}。", state.zh()),
    };
    Ok(ctx.saved(&to, &words))
}

/// `GET /owed/{finding}/papers/{no}`: the signed paper of a step; every download is logged.
pub(crate) async fn paper(ctx: Ctx, Path((id, no)): Path<(String, usize)>) -> Page {
    let (_, person) = open(&ctx, &id, Action::ReadLists).await?;
    let steps = follow::steps(&ctx.app.store, &id).await?;
    let file = no
        .checked_sub(1)
        .and_then(|at| steps.get(at))
        .and_then(|step| step.paper.clone())
        .ok_or_else(PageError::not_found)?;
    let files = ctx.app.part::<Files>()?;
    let kept = files
        .find(&ctx.app.store, &file)
        .await?
        .ok_or_else(PageError::not_found)?;
    let keys = ctx.app.store.keys().clone();
    files.check(&keys, &kept)?;
    let reader = files.open(&keys, &kept)?;
    ctx.log_reads(&[Audit::new("finding.paper")
        .person(&person.key.shard, &person.key.id)
        .with("digest", kept.digest.as_str())])
        .await?;
    let ending = kept.name.rsplit('.').next().unwrap_or("bin");
    Ok(host::download(&kept, reader, &format!("paper.{ending}")))
}

async fn keep(
    ctx: &Ctx,
    tx: &mut store::Tx,
    person: &Person,
    upload: Upload,
) -> Result<String, Failure> {
    let subject = person.subject();
    let new = NewFile {
        name: format!("本人签字材料.{}", upload.ending),
        owner: tx.actor().id.clone(),
        scope: Scope::Areas(subject.hukou.into_iter().chain(subject.residence).collect()),
        days: PAPER_DAYS,
    };
    let kept = ctx
        .app
        .part::<Files>()?
        .keep(tx, upload.sealed, new)
        .await?;
    Ok(kept.id)
}

fn gone() -> PageError {
    PageError::not_found()
        .text("这一条已经没有了：可能已经发放、停发，或者情况变了。")
        .link("看应享未享", "/owed")
}

/// The finding and its person, for somebody whose scope has both.
async fn open(ctx: &Ctx, id: &str, action: Action) -> Result<(Finding, Person), Failure> {
    let finding = findings::one(&ctx.app.store, &ctx.scope(), id)
        .await?
        .ok_or_else(gone)?;
    let person = people::api::open(ctx, &finding.key.id, action).await?;
    Ok((finding, person))
}

async fn page(
    ctx: &Ctx,
    finding: &Finding,
    person: &Person,
    form: Form,
) -> Result<FollowPage, Failure> {
    let published = words::in_force(ctx)?;
    let today = ctx.today();
    let (programme, cycle) = words::programme(&published, &finding.programme);
    let owed = finding.kind == "owed";
    let steps = follow::steps(&ctx.app.store, &finding.finding).await?;
    let (mut timeline, mut papers) = (Timeline::default(), Vec::new());
    for (at, step) in steps.iter().enumerate().rev() {
        let mut says = step.says.clone();
        if let Some(until) = step.until {
            says = format!("{says}（到{until}）");
        }
        if step.paper.is_some() {
            papers.push((
                format!("/owed/{}/papers/{}", finding.finding, at + 1),
                format!("{} 本人签字材料", step.at.day()),
            ));
        }
        timeline = timeline.entry(
            &step.at.minute(),
            step.state.zh(),
            &step.by,
            &says,
            step.state.pill(),
        );
    }
    let title = if owed {
        "应享未享"
    } else {
        "不应享仍享"
    };
    let holder = match &finding.holder {
        Some(account) => org::api::Names::of(&ctx.app.store, [account.as_str()])
            .await?
            .name(account),
        None => String::new(),
    };
    let state = finding.state_on(today);
    let areas = ctx.app.part::<AreaBook>()?;
    let back = if owed { "/owed" } else { "/owed?kind=undue" };
    Ok(FollowPage {
        shell: ctx
            .shell(format!("{} · {programme}", person.name))
            .crumb("服务清单", "/list")
            .crumb(title, back),
        form,
        finding: finding.finding.clone(),
        person: person.key.id.clone(),
        who: format!(
            "{} · {}",
            people::api::words::age(&person.facts, today),
            people::api::words::area(&areas, person, rules::FactId::HUKOU_AREA)
        ),
        owed,
        programme: programme.to_owned(),
        money: finding.fen.map_or_else(
            || "标准待确认".to_owned(),
            |fen| format!("{} 元/{cycle}", yuan(fen)),
        ),
        since: finding.since.to_string(),
        found: finding.first_found.to_string(),
        grounds: super::owed::grounds(&published, finding.item),
        cause: cause_zh(&finding.cause),
        state,
        quiet: finding
            .quiet_until
            .filter(|until| *until > today)
            .map(|until| until.to_string()),
        holder,
        seen: steps.len(),
        may: Action::FollowFinding.allowed_to(ctx.actor().role),
        choices: states(ctx.actor().role, &finding.kind)
            .into_iter()
            .filter(|one| *one != FollowState::Open || state != FollowState::Open)
            .map(|one| Choice::new(one.key(), one.zh()).hint(hint(one)))
            .collect(),
        timeline,
        papers,
        facts: format!("/people/{}?tab=facts", person.key.id),
        apply: (owed && Action::Apply.allowed_to(ctx.actor().role))
            .then(|| format!("/apply/{}", person.key.id)),
        upload: UPLOAD_HINT,
    })
}
