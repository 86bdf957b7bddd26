//! Pages of 赡养抚养督促.

pub(crate) mod acts;
pub(crate) mod letter;
pub(crate) mod list;
pub(crate) mod new;
pub(crate) mod one;

use crate::book;
use crate::model::{Case, Words};
use authz::Action;
use host::{Ctx, Failure};
use people::api::Person;
use ui::{Choice, PageError};

/// Choices of words.
pub(crate) fn choices(words: Words) -> Vec<Choice> {
    words
        .iter()
        .map(|(key, zh)| Choice::new(*key, *zh))
        .collect()
}

/// Keys of words.
pub(crate) fn keys(words: Words) -> Vec<&'static str> {
    words.iter().map(|(key, _)| *key).collect()
}

/// The case and its person, for whoever may do `action` to the person.
pub(crate) async fn open(ctx: &Ctx, code: &str, action: Action) -> Result<(Case, Person), Failure> {
    let case = book::find(&ctx.app.store, code)
        .await?
        .ok_or_else(PageError::not_found)?;
    let person = people::api::open(ctx, &case.key.id, action).await?;
    Ok((case, person))
}
