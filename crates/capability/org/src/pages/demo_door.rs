//! `POST /demo/sign-in`: signs in as a demo account at once; only in a demo (engineering.md 19).

use crate::accounts;
use crate::pages::sign_in::{answer, begin_as, next_of};
use crate::part::Org;
use crate::sessions;
use host::{Ctx, Page};
use store::Audit;
use ui::{FormData, PageError};

pub(crate) async fn post(ctx: Ctx, data: FormData) -> Page {
    if ctx.app.demo.is_none() {
        return Err(PageError::not_found().into());
    }
    let account = accounts::account(&ctx.app.store, data.get("account")).await?;
    let Some(account) = account.filter(|account| !account.disabled) else {
        return Err(PageError::not_found().into());
    };
    let org = ctx.app.part::<Org>()?;
    let mut tx = begin_as(&ctx, &account.id, &account.name, account.role).await?;
    if let Some(old) = ctx.session() {
        sessions::end(&mut tx, &old.id).await?;
        org.cache().forget_account(&old.actor.id);
    }
    let token = sessions::start(&mut tx, &account.id, None, &org.settings).await?;
    tx.audit(
        Audit::new("sign_in")
            .subject(&account.id)
            .with("by", "demo"),
    );
    tx.commit().await?;
    Ok(answer(&next_of(&data), account.role, &token, &org.settings))
}
