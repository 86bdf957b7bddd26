//! The bodies an officer decides for, and which of them this time: asked for only where there are several.

use super::offices;
use crate::bulk;
use area::api::AreaBook;
use authz::Role;
use host::{Ctx, Failure};
use pay::api::office_zh;
use store::StoreResult;
use ui::{Choice, Field, Form, PageError};

/// The bodies the asker decides for: nobody else does but a county; others hear so in these words.
pub(crate) fn own(ctx: &Ctx, others: &str) -> Result<Vec<String>, Failure> {
    let own = offices(ctx)?;
    if ctx.actor().role == Role::CountyCivil && !own.is_empty() {
        return Ok(own);
    }
    Err(PageError::refused("县级民政部门").text(others).into())
}

/// Bodies to choose from.
pub(crate) fn choices(book: &AreaBook, own: &[String]) -> Vec<Choice> {
    own.iter()
        .map(|key| Choice::new(key.clone(), office_zh(book, key)))
        .collect()
}

/// The field that asks for one of them.
pub(crate) fn field(label: &str, choices: Vec<Choice>) -> Field {
    Field::select("office", label, choices)
        .required()
        .blank("请选择")
}

/// The one that was chosen; the only one where nothing was asked.
pub(crate) fn chosen(form: &mut Form, own: &[String], message: &str) -> Option<String> {
    match own {
        [only] if !form.data.has("office") => Some(only.clone()),
        more => {
            let more: Vec<&str> = more.iter().map(String::as_str).collect();
            form.one_of("office", &more, message)
        }
    }
}

/// The one the asker decided many for last, the first of them otherwise.
pub(crate) async fn last(ctx: &Ctx, own: &[String]) -> StoreResult<String> {
    let me = ctx.actor().id;
    let past = bulk::last(&ctx.app.store, own, 20).await?;
    let mine = past.into_iter().find(|one| one.made_by == me);
    Ok(mine
        .map(|one| one.office)
        .or_else(|| own.first().cloned())
        .unwrap_or_default())
}
