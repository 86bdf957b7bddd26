//! One request: what is registered, what is proposed, what was answered; the owner decides here.

use super::basis_zh;
use crate::requests::{self, Request, State};
use area::api::AreaBook;
use askama::Template;
use authz::{Action, Decision, decide};
use axum::extract::Path;
use host::{Ctx, Failure, Page};
use people::api::{Person, words};
use store::Audit;
use ui::{Field, Form, PageError, Shell};

#[derive(Template)]
#[template(path = "pages/one.html")]
struct OnePage {
    shell: Shell,
    form: Form,
    request: Request,
    who: String,
    person: String,
    present: String,
    then: String,
    proposed: String,
    basis: &'static str,
    owner: String,
    asked_by: String,
    asked_role: &'static str,
    decided_by: String,
    says: Option<String>,
    answer: Option<String>,
    may_decide: bool,
    may_withdraw: bool,
    held_by: Option<String>,
}

impl OnePage {
    fn answer_field(&self) -> Field {
        self.form.field(
            Field::lines("answer", "答复")
                .hint("采纳可不填；不采纳必须说明理由，提出人会看到")
                .maxlength(200),
        )
    }
}

/// `GET /corrections/{request}`
pub(crate) async fn get(ctx: Ctx, Path(id): Path<String>) -> Page {
    let (request, person) = open(&ctx, &id).await?;
    ctx.log_reads(&[Audit::new("person.read")
        .person(&person.key.shard, &person.key.id)
        .with("fact", request.fact.name())])
        .await?;
    Ok(ui::page_no_store(
        page(&ctx, request, &person, Form::default()).await?,
    ))
}

/// The request and its person, for somebody who may read them.
pub(super) async fn open(ctx: &Ctx, id: &str) -> Result<(Request, Person), Failure> {
    let request = requests::find(&ctx.app.store, id)
        .await?
        .ok_or_else(PageError::not_found)?;
    let person = people::api::open(ctx, &request.key.id, Action::ReadPerson).await?;
    Ok((request, person))
}

pub(super) async fn page(
    ctx: &Ctx,
    request: Request,
    person: &Person,
    form: Form,
) -> Result<impl Template + use<>, Failure> {
    let store = &ctx.app.store;
    let book = ctx.app.part::<AreaBook>()?;
    let (fact, actor) = (request.fact, ctx.actor());
    let text = |value: Option<&rules::facts::Value>, nothing: &str| {
        value.map_or_else(
            || nothing.to_owned(),
            |value| words::value(&book, fact, value),
        )
    };
    let decided = request.decided_by.clone().unwrap_or_default();
    let holder = request.holder.as_deref().unwrap_or_default();
    let who = [request.asked_by.as_str(), decided.as_str(), holder];
    let names = org::api::Names::of(store, who).await?;
    let (says, answer) = requests::words(store, &request.code).await?;
    let owners = Action::CorrectFact {
        offices: fact.def().owner,
    };
    let open = request.state == State::Open;
    Ok(OnePage {
        shell: ctx
            .shell(format!("更正申请 · {}", fact.def().zh))
            .crumb("人员档案", "/people")
            .crumb("更正申请", "/corrections"),
        form,
        who: person.name.clone(),
        person: format!("/people/{}?tab=facts", person.key.id),
        present: text(person.facts.get(fact), "未知"),
        then: text(request.present.as_ref(), "未知"),
        proposed: text(request.value.as_ref(), "不清楚"),
        basis: basis_zh(&request.basis),
        owner: fact.def().owner.join("、"),
        asked_by: names.name(&request.asked_by),
        asked_role: authz::Role::from_key(&request.asked_role).map_or("", authz::Role::zh),
        decided_by: names.name(&decided),
        says,
        answer,
        may_decide: open && decide(&actor, owners, &person.subject()) == Decision::Allow,
        may_withdraw: open && request.followed_by(&actor.id),
        held_by: request.holder.as_deref().map(|who| names.name(who)),
        request,
    })
}
