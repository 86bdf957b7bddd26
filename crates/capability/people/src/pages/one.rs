//! Opening one person: found, decided, or refused with the office to ask.

use crate::api::{self, Person};
use area::api::AreaBook;
use authz::Action;
use host::{Ctx, Failure};
use std::sync::Arc;
use store::Reads;
use ui::PageError;

/// The book of areas.
pub(crate) fn book(ctx: &Ctx) -> Result<Arc<AreaBook>, Failure> {
    Ok(ctx.app.part::<AreaBook>()?)
}

/// The person of this id, if the asker may do `action` to them. A refusal is logged too: somebody who
/// tries doors is seen.
pub async fn open(ctx: &Ctx, id: &str, action: Action) -> Result<Person, Failure> {
    let person = found(&ctx.app.store, id).await?;
    let may = match may(ctx, &person, action) {
        Ok(()) => guarded(ctx, &person).await,
        refused => refused,
    };
    if may.is_err() {
        let refusal = store::Audit::new("person.refused").person(&person.key.shard, &person.key.id);
        ctx.log_reads(&[refusal]).await?;
    }
    may.map(|()| person)
}

/// The same inside a transaction, so that what is decided is what is written.
pub async fn open_in(
    ctx: &Ctx,
    reads: &impl Reads,
    id: &str,
    action: Action,
) -> Result<Person, Failure> {
    let person = found(reads, id).await?;
    may(ctx, &person, action)?;
    Ok(person)
}

async fn found(reads: &impl Reads, id: &str) -> Result<Person, Failure> {
    Ok(api::person(reads, id)
        .await?
        .ok_or_else(PageError::not_found)?)
}

fn may(ctx: &Ctx, person: &Person, action: Action) -> Result<(), Failure> {
    let subject = person.subject();
    ctx.decide(action, &subject, &book(ctx)?.office_to_ask(&subject))
}

/// A child's record is for its guardians.
async fn guarded(ctx: &Ctx, person: &Person) -> Result<(), Failure> {
    if api::may_see_child(ctx, person).await? {
        return Ok(());
    }
    let ask = book(ctx)?.office_to_ask(&person.subject());
    let text =
        format!("孩子的档案只有登记在册、在有效期内的监护人可以查看，可向{ask}登记监护关系。");
    Err(PageError::refused(&ask).text(text).into())
}
