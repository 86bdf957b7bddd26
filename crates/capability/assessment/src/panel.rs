//! 能力评估 on a person's page: what is valid, what is under way, what was before.

use crate::book;
use crate::model::{KINDS, State, zh};
use askama::Template;
use authz::{Action, Role};
use host::{Ctx, PersonView};
use store::{StoreError, StoreResult};

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
    may_ask: bool,
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
    Panel {
        id: view.key.id.clone(),
        lines,
        may_ask: Action::AskAssessment.allowed_to(role),
        may_recognise: Action::DispatchAssessment.allowed_to(role),
    }
    .render()
    .map_err(|error| StoreError::Other(error.to_string()))
}
