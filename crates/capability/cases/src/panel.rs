//! 办件 on a person's page: cases with where they stand, and the door to apply in their name.

use crate::{acts, book, store as rows};
use askama::Template;
use authz::Action;
use host::{Ctx, PersonView};
use kernel::Day;
use store::StoreResult;

struct Line {
    href: String,
    title: String,
    number: String,
    state: crate::machine::State,
    next: String,
    day: String,
}

#[derive(Template)]
#[template(path = "panel.html")]
struct Panel {
    lines: Vec<Line>,
    apply: String,
}

pub(crate) async fn render(ctx: &Ctx, view: &PersonView) -> StoreResult<String> {
    let (store, today) = (&ctx.app.store, ctx.today());
    let mut lines = Vec::new();
    for case in rows::of_person(store, &view.key).await? {
        let procedure = book::procedure_for(store, &case).await?;
        lines.push(Line {
            href: format!("/cases/{}", case.code),
            title: procedure.title.clone(),
            number: case.number(),
            state: case.standing.on(&procedure, today).state,
            next: acts::next_zh(&procedure, &case, today),
            day: case.submitted.map(Day::zh).unwrap_or_default(),
        });
    }
    let may = Action::Apply.allowed_to(ctx.actor().role) && view.now;
    Panel {
        lines,
        apply: if may {
            format!("/apply/{}", view.key.id)
        } else {
            String::new()
        },
    }
    .render()
    .map_err(|error| store::StoreError::Other(error.to_string()))
}
