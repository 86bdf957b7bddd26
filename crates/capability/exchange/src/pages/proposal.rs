//! One hit: what is registered, what the department says since when; taken, refused with a reason, or passed on.

use super::proposals::{OPEN, shown};
use crate::decide::{self, Done};
use crate::proposals::{self, Proposal, State};
use crate::{batch, kinds};
use area::api::AreaBook;
use askama::Template;
use authz::Action;
use axum::extract::Path;
use host::{Ctx, Failure, Page};
use people::api::{Fact, Person, words};
use store::Audit;
use ui::{Field, Form, FormData, PageError, Shell};

struct Change {
    fact: String,
    owner: String,
    then: Option<String>,
    now: String,
    new: String,
}

#[derive(Template)]
#[template(path = "pages/proposal.html")]
struct ProposalPage {
    shell: Shell,
    form: Form,
    one: Proposal,
    who: String,
    place: String,
    person: String,
    version: i64,
    kind: String,
    department: String,
    no: String,
    changes: Vec<Change>,
    clue: bool,
    says: Option<String>,
    decided_by: String,
    may_accept: bool,
    may_send: Option<String>,
    may_refuse: bool,
}

impl ProposalPage {
    fn why(&self) -> Field {
        self.form.field(
            Field::lines("why", "不采纳的理由")
                .hint("采纳不用填；不采纳必填，如入户见到本人、同名不同人")
                .maxlength(200),
        )
    }
}

/// `GET /matching/proposals/{proposal}`
pub(crate) async fn get(ctx: Ctx, Path(code): Path<String>) -> Page {
    let (one, person) = open(&ctx, &code).await?;
    ctx.log_reads(&[Audit::new("person.read")
        .person(&person.key.shard, &person.key.id)
        .with("kind", one.kind.as_str())])
        .await?;
    Ok(ui::page_no_store(
        page(&ctx, one, &person, Form::default()).await?,
    ))
}

/// The hit and its person, for somebody who sees such lists and may read them.
async fn open(ctx: &Ctx, code: &str) -> Result<(Proposal, Person), Failure> {
    let not_found = || PageError::not_found().link("比对结果", "/matching/proposals");
    let one = proposals::find(&ctx.app.store, code)
        .await?
        .filter(|one| one.of().is_some_and(|kind| kind.seen_by(ctx.actor().role)))
        .ok_or_else(not_found)?;
    let person = decide::person_of(&ctx.app.store, &one)
        .await?
        .ok_or_else(not_found)?;
    let person = people::api::open(ctx, &person.key.id, Action::ReadPerson).await?;
    Ok((one, person))
}

async fn page(
    ctx: &Ctx,
    one: Proposal,
    person: &Person,
    form: Form,
) -> Result<ProposalPage, Failure> {
    let (store, actor) = (&ctx.app.store, ctx.actor());
    let book = ctx.app.part::<AreaBook>()?;
    let open = one.state == State::Open;
    let decided = one.decided_by.clone().unwrap_or_default();
    let names = org::api::Names::of(store, [decided.as_str()]).await?;
    let of = batch::find(store, &one.batch).await?;
    let kind = one.of();
    let changes = one.said.iter().map(|said| {
        let now = person.facts.get(said.fact);
        Change {
            fact: said.fact.def().zh.to_owned(),
            owner: said.fact.def().owner.join("、"),
            then: (now != said.present.as_ref())
                .then(|| shown(&book, said.fact, said.present.as_ref())),
            now: shown(&book, said.fact, now),
            new: shown(&book, said.fact, Some(&said.value)),
        }
    });
    let owners: Vec<&str> = one
        .said
        .first()
        .map_or_else(Vec::new, |said| said.fact.def().owner.to_vec());
    Ok(ProposalPage {
        shell: super::under(ctx, batch::Purpose::List, &person.name).crumb("比对结果", OPEN),
        form,
        who: person.name.clone(),
        place: words::area(&book, person, Fact::RESIDENCE_AREA),
        person: format!("/people/{}", person.key.id),
        version: person.version,
        kind: kind.map(kinds::Kind::zh).unwrap_or_default(),
        department: kind.map_or_else(String::new, |kind| kind.department.clone()),
        no: of.map(|batch| batch.no).unwrap_or_default(),
        changes: changes.collect(),
        clue: kind.is_some_and(|kind| kind.clue.is_some()),
        says: batch::said(store, &one.code).await?,
        decided_by: names.name(&decided),
        may_accept: open && decide::may_accept(&actor, &one, person),
        may_send: (open && decide::may_send(actor.role, &one)).then(|| owners.join("、")),
        may_refuse: open && refuses(ctx, &one),
        one,
    })
}

/// Whoever made the list or answers it may say that a hit is wrong.
fn refuses(ctx: &Ctx, one: &Proposal) -> bool {
    let role = ctx.actor().role;
    kinds::makes(role) || one.of().is_some_and(|kind| kind.is_department(role))
}

/// `POST /matching/proposals/{proposal}/acceptance`
pub(crate) async fn accept(ctx: Ctx, Path(code): Path<String>, data: FormData) -> Page {
    let (one, _person) = open(&ctx, &code).await?;
    let form = Form::from(data);
    // Without a version nothing was looked at: refused like a stale one.
    let version = form.data.get("version").parse().unwrap_or(-1);
    let done = decide::accept(&ctx, &one, Some(version)).await?;
    let text = if one.said.is_empty() {
        "已记为处理过。"
    } else {
        "已采纳并登记，资格和名单已重新计算。"
    };
    answer(&ctx, &one, done, text)
}

/// `POST /matching/proposals/{proposal}/refusal`
pub(crate) async fn refuse(ctx: Ctx, Path(code): Path<String>, data: FormData) -> Page {
    let (one, person) = open(&ctx, &code).await?;
    if !refuses(&ctx, &one) {
        let text = "由生成名单的单位处理。";
        return Err(PageError::refused("民政部门").text(text).into());
    }
    let mut form = Form::from(data);
    let Some(why) = form.required("why", "不采纳要写明理由") else {
        return Ok(ui::page_422(page(&ctx, one, &person, form).await?));
    };
    let done = decide::refuse(&ctx, &one, &why).await?;
    answer(&ctx, &one, done, "已记为不采纳，登记没有改变。")
}

/// `POST /matching/proposals/{proposal}/forwarding`
pub(crate) async fn send(ctx: Ctx, Path(code): Path<String>) -> Page {
    let (one, person) = open(&ctx, &code).await?;
    if !decide::may_send(ctx.actor().role, &one) {
        let text = "这条结果不能转给别的单位。";
        return Err(PageError::bad_request(text).into());
    }
    let done = decide::send(&ctx, &one, &person).await?;
    answer(
        &ctx,
        &one,
        done,
        "已转登记单位核对；答复以前档案上显示「有异议」。",
    )
}

fn answer(ctx: &Ctx, one: &Proposal, done: Done, text: &str) -> Page {
    let to = if one.suspect {
        "/matching/proposals?state=open&suspect=1"
    } else {
        OPEN
    };
    let why = match done {
        Done::Yes => return Ok(ctx.saved(to, text)),
        Done::Late => "这条结果刚刚已有人处理。",
        Done::Stale => "档案刚被别人改动，请打开看最新的情况再决定。",
        Done::Asked => "这项信息已经有一件更正申请在等答复，不用重复提出。",
    };
    Err(PageError::bad_request(why)
        .title("已有变化")
        .with_status(axum::http::StatusCode::CONFLICT)
        .link("看这条结果", &format!("/matching/proposals/{}", one.code))
        .into())
}
