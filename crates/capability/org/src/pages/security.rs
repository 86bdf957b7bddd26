//! 登录安全: the second factor and the places where one is signed in. `GET /security`, `GET/POST /security/factor`,
//! `POST /security/factor/off`, `POST /security/end-others`.

use crate::attempts;
use crate::factor::{self, Tried};
use crate::part::Org;
use crate::sessions::{self, Listed};
use crate::totp;
use askama::Template;
use host::{Ctx, Failure, Page, Session};
use store::{Audit, Reads, StoreResult, values};
use ui::{Field, Form, FormData, PageError, Shell};

const PATH: &str = "/security";

#[derive(Template)]
#[template(path = "pages/security.html")]
struct SecurityPage {
    shell: Shell,
    form: Form,
    has_password: bool,
    factor: bool,
    forced: bool,
    left: i64,
    sessions: Vec<Listed>,
}

impl SecurityPage {
    fn code(&self) -> Field {
        code_field(&self.form)
    }

    fn others(&self) -> bool {
        self.sessions.iter().any(|one| !one.here)
    }
}

fn code_field(form: &Form) -> Field {
    let field = Field::text("code", "动态码")
        .required()
        .autocomplete("one-time-code")
        .inputmode("numeric")
        .width("short")
        .maxlength(16);
    Field {
        error: form.errors.of("code").unwrap_or_default().to_owned(),
        ..field
    }
}

fn me(ctx: &Ctx) -> Result<&Session, Failure> {
    Ok(ctx.session().ok_or_else(PageError::signed_out)?)
}

async fn login_of(ctx: &Ctx, account: &str) -> StoreResult<(String, bool)> {
    let sql = "SELECT login, password_hash FROM org_account WHERE id = $1";
    match ctx.app.store.one(sql, values![account]).await? {
        Some(row) => Ok((row.text("login")?, row.opt_text("password_hash")?.is_some())),
        None => Ok((String::new(), false)),
    }
}

async fn page(ctx: &Ctx, form: Form) -> Result<SecurityPage, Failure> {
    let (session, store) = (me(ctx)?, &ctx.app.store);
    let account = session.actor.id.as_str();
    let org = ctx.app.part::<Org>()?;
    Ok(SecurityPage {
        shell: ctx.shell("登录安全"),
        form,
        has_password: login_of(ctx, account).await?.1,
        factor: factor::has(store, account).await?,
        forced: org.settings.force_factor && factor::must_have(session.actor.role),
        left: factor::codes_left(store, account).await?,
        sessions: sessions::of_account(store, account, &session.id, ctx.app.clock().now()).await?,
    })
}

pub(crate) async fn get(ctx: Ctx) -> Page {
    Ok(ui::page_no_store(page(&ctx, Form::default()).await?))
}

/// Ends every other session of the account.
pub(crate) async fn end_others(ctx: Ctx) -> Page {
    let session = me(&ctx)?;
    let account = session.actor.id.as_str();
    let mut tx = ctx.begin().await?;
    let ended = sessions::end_others(&mut tx, account, &session.id).await?;
    tx.audit(
        Audit::new("session.end_others")
            .subject(account)
            .with("ended_sessions", ended),
    );
    tx.commit().await?;
    ctx.app.part::<Org>()?.cache().forget_account(account);
    Ok(ctx.redirect_with(PATH, "ok", &format!("已退出其他 {ended} 处登录。")))
}

#[derive(Template)]
#[template(path = "pages/factor.html")]
struct FactorPage {
    shell: Shell,
    form: Form,
    picture: String,
    secret: String,
    offer: String,
    forced: bool,
}

impl FactorPage {
    fn code(&self) -> Field {
        code_field(&self.form).hint("扫码之后，把手机上显示的 6 位数字填在这里")
    }
}

async fn factor_page(
    ctx: &Ctx,
    secret: &[u8],
    offer: String,
    form: Form,
) -> Result<FactorPage, Failure> {
    let session = me(ctx)?;
    let org = ctx.app.part::<Org>()?;
    let (login, _) = login_of(ctx, &session.actor.id).await?;
    let address = totp::address(&ctx.app.place, &login, secret);
    let forced = org.settings.force_factor
        && factor::must_have(session.actor.role)
        && !factor::has(&ctx.app.store, &session.actor.id).await?;
    let mut shell = ctx.shell(if forced {
        "请先设置动态码"
    } else {
        "设置动态码"
    });
    if forced {
        shell.menu.clear();
    } else {
        shell = shell.crumb("登录安全", PATH);
    }
    let text = totp::base32(secret);
    let letters: Vec<char> = text.chars().collect();
    Ok(FactorPage {
        shell,
        form,
        picture: totp::picture(&address).unwrap_or_default(),
        secret: letters
            .chunks(4)
            .map(|four| four.iter().collect::<String>())
            .collect::<Vec<_>>()
            .join(" "),
        offer,
        forced,
    })
}

pub(crate) async fn factor(ctx: Ctx) -> Page {
    let (secret, offer) = factor::offer(&ctx.app.store, &me(&ctx)?.actor.id)?;
    let page = factor_page(&ctx, &secret, offer, Form::default()).await?;
    Ok(ui::page_no_store(page))
}

#[derive(Template)]
#[template(path = "pages/recovery.html")]
struct RecoveryPage {
    shell: Shell,
    login: String,
    codes: Vec<String>,
}

/// The code of the new secret was typed: from now on it is asked for.
pub(crate) async fn set_up(ctx: Ctx, data: FormData) -> Page {
    let session = me(&ctx)?;
    let (store, account) = (&ctx.app.store, session.actor.id.as_str());
    let (login, has_password) = login_of(&ctx, account).await?;
    if !has_password {
        let text = "这个账号不用密码登录，不需要动态码。";
        return Err(PageError::bad_request(text)
            .title("不需要动态码")
            .link("登录安全", PATH)
            .into());
    }
    if factor::has(store, account).await? {
        let text = "已经设置了动态码。换手机请先取消，再重新设置。";
        return Err(PageError::bad_request(text)
            .title("已经设置")
            .with_status(axum::http::StatusCode::CONFLICT)
            .link("登录安全", PATH)
            .into());
    }
    let mut form = Form::from(data);
    let offer = form.data.get("offer").to_owned();
    let Some(secret) = factor::offered(store, account, &offer) else {
        return Ok(ctx.redirect_with("/security/factor", "warn", "二维码已失效，请重新扫码。"));
    };
    let typed = form.required("code", "请填写手机上的 6 位数字");
    let step = typed
        .as_deref()
        .and_then(|typed| totp::fits(&secret, typed, ctx.app.clock().now(), 0));
    let Some(step) = step else {
        if typed.is_some() {
            form.errors.add(
                "code",
                "和手机上的数字对不上。请核对手机时间是否准确，再输最新的 6 位数字",
            );
        }
        return Ok(ui::page_422(factor_page(&ctx, &secret, offer, form).await?));
    };
    let mut tx = ctx.begin().await?;
    let codes = factor::set_up(&mut tx, account, &secret, step).await?;
    sessions::end_others(&mut tx, account, &session.id).await?;
    tx.commit().await?;
    ctx.app.part::<Org>()?.cache().forget_account(account);
    Ok(ui::page_no_store(RecoveryPage {
        shell: ctx.shell("动态码已设置").crumb("登录安全", PATH),
        login,
        codes,
    }))
}

/// Takes it away, with a last code; not for those who must have one.
pub(crate) async fn off(ctx: Ctx, data: FormData) -> Page {
    let session = me(&ctx)?;
    let account = session.actor.id.as_str();
    let org = ctx.app.part::<Org>()?;
    let mut form = Form::from(data);
    let Some(typed) = form.required("code", "请填写动态码或备用码") else {
        return Ok(ui::page_422(page(&ctx, form).await?));
    };
    let mut tx = ctx.begin().await?;
    match factor::attempt(&mut tx, account, &typed, &org.settings).await? {
        Tried::Code | Tried::Recovery => {}
        Tried::Wrong => {
            tx.commit().await?;
            form.errors.add("code", "动态码不对或已经用过");
            return Ok(ui::page_422(page(&ctx, form).await?));
        }
        Tried::Locked(until) => {
            tx.commit().await?;
            let until = attempts::until_words(until, ctx.app.clock().now());
            form.errors
                .add("code", format!("输错次数过多，{until} 以后再试"));
            return Ok(ui::page_422(page(&ctx, form).await?));
        }
    }
    factor::take_away(&mut tx, account).await?;
    tx.audit(Audit::new("factor.off").subject(account));
    tx.commit().await?;
    org.cache().forget_account(account);
    Ok(ctx.redirect_with(PATH, "ok", "动态码已取消。"))
}
