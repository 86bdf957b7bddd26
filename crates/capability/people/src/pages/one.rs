//! Opening one person: found, decided, or refused with the office to ask.

use crate::api::{self, Person};
use area::api::AreaBook;
use authz::{Action, Decision, decide};
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
pub(crate) async fn open(ctx: &Ctx, id: &str, action: Action) -> Result<Person, Failure> {
    let person = api::person(&ctx.app.store, id)
        .await?
        .ok_or_else(PageError::not_found)?;
    admit(ctx, &person, action).await?;
    Ok(person)
}

/// The same inside a transaction, so that what is decided is what is written.
pub(crate) async fn open_in(
    ctx: &Ctx,
    reads: &impl Reads,
    id: &str,
    action: Action,
) -> Result<Person, Failure> {
    let person = api::person(reads, id)
        .await?
        .ok_or_else(PageError::not_found)?;
    let ask = book(ctx)?.office_to_ask(&person.subject());
    ctx.decide(action, &person.subject(), &ask)?;
    Ok(person)
}

async fn admit(ctx: &Ctx, person: &Person, action: Action) -> Result<(), Failure> {
    let subject = person.subject();
    let ask = book(ctx)?.office_to_ask(&subject);
    if decide(&ctx.actor(), action, &subject) != Decision::Allow {
        let refusal = store::Audit::new("person.refused").person(&person.key.shard, &person.key.id);
        ctx.log_reads(&[refusal]).await?;
    }
    ctx.decide(action, &subject, &ask)?;
    if !api::may_see_child(ctx, person).await? {
        let refusal = store::Audit::new("person.refused").person(&person.key.shard, &person.key.id);
        ctx.log_reads(&[refusal]).await?;
        return Err(PageError::refused(&ask)
            .text(format!(
                "孩子的档案只有登记在册、在有效期内的监护人可以查看，可向{ask}登记监护关系。"
            ))
            .into());
    }
    Ok(())
}
