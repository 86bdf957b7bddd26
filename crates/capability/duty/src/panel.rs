//! 赡养抚养 on a person's page: what is open, and where to begin.

use crate::book;
use crate::model::{KINDS, zh};
use askama::Template;
use authz::Action;
use host::{Ctx, PersonView};
use store::{StoreError, StoreResult};

#[derive(Template)]
#[template(path = "panel.html")]
struct Panel {
    lines: Vec<(String, &'static str, String, bool)>,
}

/// The open cases; nothing where there are none and for whoever has no part in it.
pub(crate) async fn render(ctx: &Ctx, view: &PersonView) -> StoreResult<String> {
    if !view.now || !Action::ReportEvent.allowed_to(ctx.actor().role) {
        return Ok(String::new());
    }
    let open = book::of_person(&ctx.app.store, &view.key).await?;
    if open.is_empty() {
        return Ok(String::new());
    }
    let today = ctx.today();
    let lines = open
        .into_iter()
        .map(|case| {
            let href = format!("/duties/{}", case.code);
            (
                href,
                zh(KINDS, &case.kind),
                case.next.zh(),
                case.next <= today,
            )
        })
        .collect();
    Panel { lines }
        .render()
        .map_err(|error| StoreError::Other(error.to_string()))
}
