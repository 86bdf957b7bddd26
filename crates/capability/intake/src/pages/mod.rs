//! The pages of the wizard.

pub(crate) mod acts;
pub(crate) mod all;
pub(crate) mod bad;
pub(crate) mod mapping;
pub(crate) mod new;
pub(crate) mod one;
pub(crate) mod reading;
pub(crate) mod template;

use crate::acts::Refusal;
use crate::batch::{self, Batch};
use host::{Ctx, Failure};
use ui::PageError;

/// An import that the asker may look at.
pub(crate) async fn open(ctx: &Ctx, id: &str) -> Result<Batch, Failure> {
    let actor = ctx.actor();
    batch::find(&ctx.app.store, id)
        .await?
        .filter(|batch| batch.seen_by(&actor))
        .ok_or_else(|| PageError::not_found().link("导入记录", "/intake").into())
}

/// The words of a refusal; a fault of database or disk is a fault.
pub(crate) fn words(refusal: Refusal) -> Result<String, Failure> {
    match refusal {
        Refusal::Says(text) => Ok(text),
        Refusal::Store(error) => Err(error.into()),
    }
}
