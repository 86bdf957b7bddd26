//! 个人信息 on a person's page: what their data is used for, what was consented to, and the ways on.

use crate::pages::state::{self, Stood};
use askama::Template;
use authz::{Action, Role};
use host::{Ctx, PersonView};
use store::{StoreError, StoreResult};

#[derive(Template)]
#[template(path = "panel.html")]
struct Panel {
    id: String,
    asked: Vec<Stood>,
    others: Vec<Stood>,
    may_record: bool,
    held: bool,
    may_hold: bool,
}

pub(crate) async fn render(ctx: &Ctx, view: &PersonView) -> StoreResult<String> {
    let store = &ctx.app.store;
    let all = state::all(store, &view.key, view.on).await?;
    let (asked, others) = all.into_iter().partition(|one| one.asks);
    let held = match people::api::person(store, &view.key.id).await? {
        Some(person) => crate::duty::held(store, &person).await?,
        None => false,
    };
    let role = ctx.actor().role;
    Panel {
        id: view.key.id.clone(),
        asked,
        others,
        may_record: Action::RegisterPerson.allowed_to(role) || role == Role::Family,
        held,
        may_hold: Action::Erase.allowed_to(role) && !held,
    }
    .render()
    .map_err(|error| StoreError::Other(error.to_string()))
}
