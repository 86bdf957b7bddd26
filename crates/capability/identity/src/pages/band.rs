//! Above a person's tabs: pairs that wait, files that were merged into this one, a number that is missing.

use crate::store::{merges, pairs};
use askama::Template;
use authz::Action;
use host::{Ctx, PersonView};
use store::{StoreError, StoreResult};

#[derive(Template)]
#[template(path = "pages/band.html")]
struct Band {
    pairs: Vec<String>,
    merges: Vec<(String, String)>,
    number: Option<String>,
    home: String,
}

/// Draws it for those who keep the register; nobody else.
pub(crate) async fn render(ctx: &Ctx, view: &PersonView) -> StoreResult<String> {
    if !Action::RegisterPerson.allowed_to(ctx.actor().role) {
        return Ok(String::new());
    }
    let (store, id) = (&ctx.app.store, &view.key.id);
    let waiting = pairs::of_people(store, std::slice::from_ref(id)).await?;
    let merged = merges::into(store, id).await?;
    let person = people::api::person(store, id).await?;
    let number = person.is_some_and(|person| person.id_number.is_none());
    let band = Band {
        pairs: waiting
            .into_iter()
            .filter(|pair| pair.state == pairs::State::Open)
            .map(|pair| format!("/duplicates/{}", pair.id))
            .collect(),
        merges: merged
            .into_iter()
            .filter(|merge| merge.undone.is_none())
            .map(|merge| (format!("/merges/{}", merge.id), merge.at.day().zh()))
            .collect(),
        home: format!("/people/{id}/home"),
        number: number.then(|| format!("/people/{id}/number")),
    };
    band.render()
        .map_err(|error| StoreError::Other(error.to_string()))
}
