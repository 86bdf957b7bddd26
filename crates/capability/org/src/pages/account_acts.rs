//! `POST /system/accounts/{id}/disable | enable | reset | factor-off`: what an administrator does to an account.

use crate::accounts::{Account, account, login_digest};
use crate::attempts;
use crate::factor;
use crate::pages::new_account::FirstCodePage;
use crate::part::Org;
use crate::password::first_code;
use crate::sessions;
use authz::Role;
use axum::extract::Path;
use axum::http::StatusCode;
use host::{Ctx, Failure, Page};
use store::{Audit, Reads, StoreResult, Tx, values};
use ui::PageError;

const LIST: &str = "/system/accounts";

pub(crate) async fn disable(ctx: Ctx, Path(id): Path<String>) -> Page {
    let account = other_account(&ctx, &id).await?;
    let mut tx = ctx.begin().await?;
    if account.role == Role::SystemAdmin && active_admins(&mut tx).await? <= 1 {
        let text = "这是最后一个可登录的系统管理员，停用之后没有人能管理账号。";
        let error = PageError::bad_request(text)
            .title("不能停用")
            .with_status(StatusCode::CONFLICT);
        return Err(error.link("回账号列表", LIST).into());
    }
    tx.run(
        "UPDATE org_account SET disabled = $1 WHERE id = $2",
        values![true, id.as_str()],
    )
    .await?;
    let ended = sessions::end_others(&mut tx, &id, "").await?;
    tx.audit(
        Audit::new("account.disable")
            .subject(&id)
            .with("ended_sessions", ended),
    );
    tx.commit().await?;
    ctx.app.part::<Org>()?.cache().forget_account(&id);
    Ok(ctx.redirect_with(LIST, "ok", &format!("“{}”的账号已停用。", account.name)))
}

pub(crate) async fn enable(ctx: Ctx, Path(id): Path<String>) -> Page {
    let account = other_account(&ctx, &id).await?;
    let mut tx = ctx.begin().await?;
    tx.run(
        "UPDATE org_account SET disabled = $1 WHERE id = $2",
        values![false, id.as_str()],
    )
    .await?;
    attempts::forget(&mut tx, &login_digest(&ctx.app.store, &account.login)).await?;
    tx.audit(Audit::new("account.enable").subject(&id));
    tx.commit().await?;
    Ok(ctx.redirect_with(LIST, "ok", &format!("“{}”的账号已启用。", account.name)))
}

/// A new first code; the old password, every session and the lock are gone. The code is shown once.
pub(crate) async fn reset(ctx: Ctx, Path(id): Path<String>) -> Page {
    let account = other_account(&ctx, &id).await?;
    let org = ctx.app.part::<Org>()?;
    let code = first_code()?;
    let hash = org.hash(code.clone()).await?;
    let mut tx = ctx.begin().await?;
    let sql = "UPDATE org_account SET password_hash = $1, must_change = $2, password_changed_at = $3 WHERE id = $4";
    let at = tx.at().micros();
    tx.run(sql, values![hash.as_str(), true, at, id.as_str()])
        .await?;
    let ended = sessions::end_others(&mut tx, &id, "").await?;
    attempts::forget(&mut tx, &login_digest(&ctx.app.store, &account.login)).await?;
    tx.audit(
        Audit::new("account.reset")
            .subject(&id)
            .with("ended_sessions", ended),
    );
    tx.commit().await?;
    org.cache().forget_account(&id);
    Ok(FirstCodePage::answer(&ctx, "密码已重置", &account, code)?)
}

/// Takes the second factor of somebody who lost the phone; they sign in with the password and set up another one.
pub(crate) async fn factor_off(ctx: Ctx, Path(id): Path<String>) -> Page {
    let account = other_account(&ctx, &id).await?;
    let mut tx = ctx.begin().await?;
    let had = factor::take_away(&mut tx, &id).await?;
    let ended = sessions::end_others(&mut tx, &id, "").await?;
    tx.audit(
        Audit::new("factor.reset")
            .subject(&id)
            .with("ended_sessions", ended),
    );
    tx.commit().await?;
    ctx.app.part::<Org>()?.cache().forget_account(&id);
    let text = if had {
        format!("“{}”的动态码已取消，下次登录后重新设置。", account.name)
    } else {
        format!("“{}”没有设置动态码。", account.name)
    };
    Ok(ctx.redirect_with(LIST, "ok", &text))
}

/// The account, which is not the administrator's own.
async fn other_account(ctx: &Ctx, id: &str) -> Result<Account, Failure> {
    if ctx.actor().id == id {
        let text = "不能停用或重置自己的账号；自己的密码在“修改密码”里改。";
        let error = PageError::bad_request(text)
            .title("不能办理")
            .with_status(StatusCode::CONFLICT);
        return Err(error.link("回账号列表", LIST).into());
    }
    let found = account(&ctx.app.store, id).await?;
    Ok(found.ok_or_else(PageError::not_found)?)
}

/// Takes the rows of all system administrators first, so that two of them cannot disable each other at
/// the same moment.
async fn active_admins(tx: &mut Tx) -> StoreResult<i64> {
    let take = "UPDATE org_account SET role = role WHERE role = $1";
    tx.run(take, values![Role::SystemAdmin.key()]).await?;
    let sql =
        "SELECT CAST(count(*) AS BIGINT) AS n FROM org_account WHERE role = $1 AND disabled = $2";
    tx.number(sql, values![Role::SystemAdmin.key(), false])
        .await
}
