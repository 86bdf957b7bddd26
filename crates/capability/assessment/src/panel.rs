//! 能力评估 on a person's page: what is valid, what is under way, what was before.

use crate::admission;
use crate::admission::model::State as Admitting;
use crate::admission::order;
use crate::admission::terms::terms;
use crate::book;
use crate::model::{KINDS, State, zh};
use askama::Template;
use authz::{Action, Role};
use host::{Ctx, PersonView};
use store::{StoreError, StoreResult};

/// An admission to a public home.
struct Wish {
    href: String,
    day: String,
    class: String,
    grade: String,
    state: Admitting,
}

struct Line {
    href: String,
    scheme: &'static str,
    kind: &'static str,
    level: String,
    until: String,
    over: bool,
    day: String,
    state: State,
}

#[derive(Template)]
#[template(path = "panel.html")]
struct Panel {
    id: String,
    lines: Vec<Line>,
    wishes: Vec<Wish>,
    may_ask: bool,
    grown: bool,
    may_recognise: bool,
}

pub(crate) async fn render(ctx: &Ctx, view: &PersonView) -> StoreResult<String> {
    let role = ctx.actor().role;
    if !Action::ReadAssessment.allowed_to(role) {
        return Ok(String::new());
    }
    let all = book::of_person(&ctx.app.store, &view.key).await?;
    let lines = all
        .into_iter()
        .map(|one| {
            let (request, until) = (one.request, one.valid_until);
            let shown = role != Role::Family || request.state == State::Done;
            Line {
                href: request.href(),
                scheme: &request.scheme.name,
                kind: zh(KINDS, &request.kind),
                level: one
                    .level
                    .filter(|_| shown)
                    .map_or_else(String::new, |level| {
                        request.scheme.level_name(level).to_owned()
                    }),
                over: until.is_some_and(|until| until <= view.on),
                until: until.map_or_else(String::new, |until| until.plus_days(-1).zh()),
                day: request.asked_at.day().zh(),
                state: request.state,
            }
        })
        .collect();
    let asked = admission::book::of_person(&ctx.app.store, &view.key).await?;
    let wishes = order::with_people(&ctx.app.store, asked, ctx.today())
        .await?
        .into_iter()
        .map(|one| Wish {
            href: one.admission.href(),
            day: one.admission.asked_at.day().zh(),
            class: if one.admission.state.is_open() {
                one.standing.zh()
            } else {
                String::new()
            },
            grade: one
                .admission
                .level
                .map_or_else(String::new, |level| terms().grade(level).to_owned()),
            state: one.admission.state,
        })
        .collect();
    let person = people::api::person(&ctx.app.store, &view.key.id).await?;
    let grown = person.is_some_and(|person| order::is_grown(&person, ctx.today()));
    Panel {
        id: view.key.id.clone(),
        lines,
        wishes,
        grown,
        may_ask: Action::AskAssessment.allowed_to(role),
        may_recognise: Action::DispatchAssessment.allowed_to(role),
    }
    .render()
    .map_err(|error| StoreError::Other(error.to_string()))
}
