//! `POST /sign-out`: ends this session.

use crate::part::Org;
use crate::sessions;
use host::{Ctx, Page};
use store::Audit;

pub(crate) async fn post(ctx: Ctx) -> Page {
    let org = ctx.app.part::<Org>()?;
    if let Some(session) = ctx.session() {
        let mut tx = ctx.begin().await?;
        sessions::end(&mut tx, &session.id).await?;
        tx.audit(Audit::new("sign_out").subject(&session.actor.id));
        tx.commit().await?;
        org.cache().forget_account(&session.actor.id);
    }
    let mut response = ctx.redirect_with("/sign-in", "ok", "已退出登录。");
    sessions::set(&mut response, sessions::no_cookie(&org.settings));
    Ok(response)
}
