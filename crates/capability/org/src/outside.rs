//! Signing in by another system: what it says of who came is proved before it comes here ([`crate::api`]); here it
//! becomes a session of an account that exists already, or of nobody.

use crate::accounts::{login_digest, role_of};
use crate::factor;
use crate::pages::local::local_path;
use crate::pages::sign_in::{answer, begin_as, too_fast_words};
use crate::part::Org;
use crate::sessions;
use crate::slow;
use authz::Role;
use axum::response::Response;
use host::Ctx;
use store::{Audit, Reads, StoreResult, values};

/// `step` of a session that another system began and vouched for with a second factor.
const BY_OUTSIDE: &str = "outside";

/// Who came, as the other system proved it.
#[derive(Debug, Clone, Copy)]
pub struct Outside<'a> {
    /// The login of an account here.
    pub login: &'a str,
    /// The other system asked for a second factor and says so.
    pub strong: bool,
    /// Where they wanted to go.
    pub next: &'a str,
}

/// What became of it.
#[derive(Debug)]
pub enum OutsideAnswer {
    /// A session, complete or waiting for the code of the second factor; the answer leads on.
    In(Box<Response>),
    /// No session; the words say why.
    Refused(String),
}

/// Signs in whoever another system vouches for. No account is made: one that is missing or stopped is refused with the
/// same words. A second factor that is set up here is asked for, and the three administrators must set one up, unless
/// the other system says that it asked for one.
pub async fn sign_in_outside(ctx: &Ctx, outside: Outside<'_>) -> StoreResult<OutsideAnswer> {
    let org = ctx.app.part::<Org>()?;
    if let Some(wait) = slow::sign_in(ctx, &org).await? {
        return Ok(OutsideAnswer::Refused(too_fast_words(wait)));
    }
    let store = &ctx.app.store;
    let sql = "SELECT id, name, role, disabled FROM org_account WHERE login = $1";
    let login = outside.login.trim().to_lowercase();
    let known = match store.one(sql, values![login.as_str()]).await? {
        Some(row) if !row.flag("disabled")? => {
            Some((row.text("id")?, row.text("name")?, role_of(&row)?))
        }
        _ => None,
    };
    let Some((id, name, role)) = known.filter(|(_, _, role)| *role != Role::System) else {
        let digest = login_digest(store, &login);
        refused_outside(ctx, Some(&digest), "no_account").await?;
        return Ok(OutsideAnswer::Refused(
            "这个身份在老幼通没有可用的账号，请找本单位的系统管理员开通".to_owned(),
        ));
    };
    let next = local_path(outside.next)
        .filter(|next| !next.starts_with("/sign-"))
        .unwrap_or_default();
    let mut tx = begin_as(ctx, &id, &name, role).await?;
    if let Some(old) = ctx.session() {
        sessions::end(&mut tx, &old.id).await?;
        org.cache().forget_account(&old.actor.id);
    }
    let response = if !outside.strong && factor::has(&tx, &id).await? {
        let token = sessions::start(&mut tx, &id, Some(sessions::CODE_DUE), &org.settings).await?;
        tx.audit(Audit::new("sign_in.code_due").subject(&id));
        let to = format!("/sign-in/code?next={}", ui::query_encode(next));
        let mut response = ui::redirect(&to);
        sessions::set(&mut response, sessions::cookie(&token, &org.settings));
        response
    } else {
        let step = if outside.strong {
            BY_OUTSIDE
        } else {
            sessions::BY_PASSWORD
        };
        let token = sessions::start(&mut tx, &id, Some(step), &org.settings).await?;
        tx.audit(
            Audit::new("sign_in")
                .subject(&id)
                .with("by", "oidc")
                .with("strong", outside.strong),
        );
        answer(next, role, &token, &org.settings)
    };
    tx.commit().await?;
    Ok(OutsideAnswer::In(Box::new(response)))
}

/// Puts into the log that another system's word was not taken, and why.
pub async fn refused_outside(ctx: &Ctx, subject: Option<&str>, why: &str) -> StoreResult<()> {
    let mut tx = begin_as(ctx, "system:sign-in", "系统", Role::System).await?;
    let mut entry = Audit::new("sign_in.failed")
        .with("why", why)
        .with("by", "oidc");
    if let Some(subject) = subject {
        entry = entry.subject(subject);
    }
    tx.audit(entry);
    tx.commit().await
}
