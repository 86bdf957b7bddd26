//! `GET/POST /password`: a new password; the other sessions of the account end.

use crate::accounts::login_digest;
use crate::attempts;
use crate::part::Org;
use crate::password::{PasswordHash, SHORTEST, objection};
use crate::scope::home;
use crate::sessions;
use askama::Template;
use host::{Ctx, Page, Session};
use store::{Audit, Reads, StoreResult, values};
use ui::{Field, Form, FormData, PageError, Shell};

#[derive(Template)]
#[template(path = "pages/change_password.html")]
struct PasswordPage {
    shell: Shell,
    form: Form,
    forced: bool,
    login: String,
    has_password: bool,
    back: &'static str,
}

impl PasswordPage {
    /// A password field is never filled again, only told what is wrong.
    fn field(&self, name: &str, label: &str, token: &str) -> Field {
        Field {
            error: self.form.errors.of(name).unwrap_or_default().to_owned(),
            ..Field::password(name, label)
                .required()
                .autocomplete(token)
                .maxlength(256)
        }
    }

    fn current(&self) -> Field {
        let label = if self.forced {
            "现在的密码（首次登录用的密码）"
        } else {
            "现在的密码"
        };
        self.field("current", label, "current-password")
    }

    fn fresh(&self) -> Field {
        let hint = format!("至少 {SHORTEST} 个字符，可以用一句好记的话");
        self.field("new", "新密码", "new-password").hint(hint)
    }

    fn again(&self) -> Field {
        self.field("again", "再输一遍新密码", "new-password")
    }
}

struct Secret {
    login: String,
    hash: Option<PasswordHash>,
}

async fn secret_of(ctx: &Ctx, session: &Session) -> StoreResult<Option<Secret>> {
    let sql = "SELECT login, password_hash FROM org_account WHERE id = $1";
    let row = ctx
        .app
        .store
        .one(sql, values![session.actor.id.clone()])
        .await?;
    let Some(row) = row else { return Ok(None) };
    let hash = row.opt_text("password_hash")?.map(PasswordHash::stored);
    Ok(Some(Secret {
        login: row.text("login")?,
        hash,
    }))
}

fn page(ctx: &Ctx, session: &Session, secret: &Secret, form: Form) -> PasswordPage {
    let forced = session.must_change_password;
    let mut shell = ctx.shell(if forced {
        "请先设置自己的密码"
    } else {
        "修改密码"
    });
    if forced {
        shell.menu.clear();
    }
    PasswordPage {
        shell,
        form,
        forced,
        login: secret.login.clone(),
        has_password: secret.hash.is_some(),
        back: home(session.actor.role),
    }
}

pub(crate) async fn get(ctx: Ctx) -> Page {
    let session = ctx.session().ok_or_else(PageError::signed_out)?;
    let secret = secret_of(&ctx, session)
        .await?
        .ok_or_else(PageError::signed_out)?;
    Ok(ui::page_no_store(page(
        &ctx,
        session,
        &secret,
        Form::default(),
    )))
}

pub(crate) async fn post(ctx: Ctx, data: FormData) -> Page {
    let session = ctx.session().ok_or_else(PageError::signed_out)?;
    let secret = secret_of(&ctx, session)
        .await?
        .ok_or_else(PageError::signed_out)?;
    let org = ctx.app.part::<Org>()?;
    let mut form = Form::from(data);
    let current = form.required("current", "请填写现在的密码");
    let new = form.required("new", "请填写新密码");
    let again = form.required("again", "请再输一遍新密码");
    if let Some(new) = &new {
        if let Some(why) = objection(new, &secret.login) {
            form.errors.add("new", why);
        } else if current.as_ref() == Some(new) {
            form.errors.add("new", "新密码不能与现在的密码相同");
        }
        if again.as_ref().is_some_and(|again| again != new) {
            form.errors.add("again", "两次输入的新密码不一样");
        }
    }
    if let (false, Some(current)) = (form.has_errors(), current)
        && let Some(wrong) = refuse_current(&ctx, &org, &secret, current).await?
    {
        form.errors.add("current", wrong);
    }
    let (false, Some(new)) = (form.has_errors(), new) else {
        return Ok(ui::page_422(page(&ctx, session, &secret, form)));
    };
    let hash = org.hash(new).await?;
    let account = session.actor.id.as_str();
    let mut tx = ctx.begin().await?;
    let sql = "UPDATE org_account SET password_hash = $1, must_change = $2, password_changed_at = $3 WHERE id = $4";
    let at = tx.at().micros();
    tx.run(sql, values![hash.as_str(), false, at, account])
        .await?;
    let ended = sessions::end_others(&mut tx, account, &session.id).await?;
    tx.audit(
        Audit::new("password.change")
            .subject(account)
            .with("ended_sessions", ended),
    );
    tx.commit().await?;
    org.cache().forget_account(account);
    Ok(ctx.redirect_with(
        home(session.actor.role),
        "ok",
        "密码已修改，其他地方的登录已退出。",
    ))
}

/// Says why the present password does not fit. Wrong tries count as at sign-in: a screen left open is
/// no way to guess.
async fn refuse_current(
    ctx: &Ctx,
    org: &Org,
    secret: &Secret,
    current: String,
) -> StoreResult<Option<String>> {
    let digest = login_digest(&ctx.app.store, &secret.login);
    let now = ctx.app.clock().now();
    let words = |until| {
        format!(
            "输错次数过多，{} 以后再试",
            attempts::until_words(until, now)
        )
    };
    if let Some(until) = attempts::locked(&ctx.app.store, &digest, now, &org.settings).await? {
        return Ok(Some(words(until)));
    }
    if org.fits(secret.hash.clone(), current).await? {
        return Ok(None);
    }
    let mut tx = ctx.begin().await?;
    attempts::take(&mut tx, &digest, &org.settings).await?;
    let until = attempts::count(&mut tx, &digest, &org.settings).await?;
    tx.audit(Audit::new("password.refused").subject(&ctx.actor().id));
    tx.commit().await?;
    Ok(Some(
        until.map_or_else(|| "现在的密码不对".to_owned(), words),
    ))
}
