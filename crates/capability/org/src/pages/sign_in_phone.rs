//! `GET/POST /sign-in/phone`: village accounts by phone number and PIN on their bound phone;
//! `GET/POST /sign-in/phone/first`: binding a phone with the code the town gave.

use crate::attempts;
use crate::pages::sign_in::{answer, begin_as, too_fast, too_fast_words};
use crate::part::Org;
use crate::password::PasswordHash;
use crate::pin::objection;
use crate::sessions;
use crate::slow;
use crate::village::{self, Secrets, check_phone, plain_code};
use askama::Template;
use authz::Role;
use axum::http::{HeaderMap, HeaderValue};
use host::{Ctx, Page};
use store::secret::sm3_hex;
use store::{Audit, StoreResult};
use ui::{Field, Form, FormData, Shell};

/// Name of the cookie that says which phone this is.
const DEVICE: &str = "laoyou_device";

#[derive(Template)]
#[template(path = "pages/sign_in_phone.html")]
struct PhonePage {
    shell: Shell,
    form: Form,
    first: bool,
}

impl PhonePage {
    fn phone(&self) -> Field {
        self.form.field(
            Field::phone("phone", "手机号")
                .required()
                .autocomplete("username"),
        )
    }

    fn secret(&self, name: &str, label: &str, token: &str) -> Field {
        Field {
            error: self.form.errors.of(name).unwrap_or_default().to_owned(),
            ..Field::password(name, label)
                .required()
                .inputmode("numeric")
                .autocomplete(token)
                .maxlength(12)
        }
    }

    fn pin(&self) -> Field {
        let (label, token) = if self.first {
            ("自己定一个 6 位数字 PIN", "new-password")
        } else {
            ("PIN（6 位数字）", "current-password")
        };
        let field = self.secret("pin", label, token);
        if self.first {
            field.hint("不要用生日、连号和重复的数字")
        } else {
            field
        }
    }

    fn again(&self) -> Field {
        self.secret("again", "再输一遍 PIN", "new-password")
    }

    fn code(&self) -> Field {
        self.form.field(
            Field::text("code", "首次登录码")
                .required()
                .inputmode("numeric")
                .autocomplete("one-time-code")
                .maxlength(12)
                .hint("乡镇民政办给的 8 位数字，7 天内有效，只能用一次"),
        )
    }
}

fn page(ctx: &Ctx, form: Form, first: bool) -> PhonePage {
    let title = if first {
        "绑定这部手机"
    } else {
        "村级登录"
    };
    PhonePage {
        shell: ctx.shell(title),
        form,
        first,
    }
}

pub(crate) async fn get(ctx: Ctx) -> Page {
    Ok(ui::page_no_store(page(&ctx, Form::default(), false)))
}

pub(crate) async fn get_first(ctx: Ctx) -> Page {
    Ok(ui::page_no_store(page(&ctx, Form::default(), true)))
}

/// What a try needs: the phone, and what is stored of it.
struct Try {
    digest: String,
    secrets: Option<Secrets>,
}

async fn try_of(ctx: &Ctx, phone: &str) -> StoreResult<Try> {
    let store = &ctx.app.store;
    let now = ctx.app.clock().now();
    Ok(Try {
        digest: store.keys().blind("phone_login", phone),
        secrets: village::secrets(store, store, phone, now).await?,
    })
}

/// The same words whatever does not fit: nobody learns which phone numbers have an account.
async fn refuse(
    ctx: &Ctx,
    org: &Org,
    tried: &Try,
    words: &str,
    form: &mut Form,
) -> StoreResult<()> {
    let mut tx = begin_as(ctx, "system:sign-in", "系统", Role::System).await?;
    attempts::take(&mut tx, &tried.digest, &org.settings).await?;
    let until = attempts::count(&mut tx, &tried.digest, &org.settings).await?;
    tx.audit(
        Audit::new("sign_in.failed")
            .subject(&tried.digest)
            .with("why", "phone"),
    );
    tx.commit().await?;
    match until {
        Some(until) => form.errors.add("phone", locked_words(ctx, until)),
        None => form.errors.add("pin", words),
    }
    Ok(())
}

fn locked_words(ctx: &Ctx, until: kernel::Instant) -> String {
    format!(
        "输错次数过多，已锁定，{} 以后再试；也可以请乡镇民政办重置",
        attempts::until_words(until, ctx.app.clock().now())
    )
}

/// Whether the number is locked now; says so at the field.
async fn is_locked(ctx: &Ctx, org: &Org, tried: &Try, form: &mut Form) -> StoreResult<bool> {
    let now = ctx.app.clock().now();
    let until = attempts::locked(&ctx.app.store, &tried.digest, now, &org.settings).await?;
    if let Some(until) = until {
        form.errors.add("phone", locked_words(ctx, until));
    }
    Ok(until.is_some())
}

const WRONG: &str = "手机号或 PIN 不对，或这部手机没有绑定。换了手机，请向乡镇民政办要首次登录码";

pub(crate) async fn post(ctx: Ctx, headers: HeaderMap, data: FormData) -> Page {
    let org = ctx.app.part::<Org>()?;
    let mut form = Form::from(data);
    let phone = phone_of(&mut form);
    let pin = form.required("pin", "请填写 PIN");
    let (Some(phone), Some(pin)) = (phone, pin) else {
        return Ok(ui::page_422(page(&ctx, form, false)));
    };
    if let Some(wait) = slow::sign_in(&ctx, &org).await? {
        form.errors.add("phone", too_fast_words(wait));
        return Ok(too_fast(ui::page_422(page(&ctx, form, false)), wait));
    }
    let tried = try_of(&ctx, &phone).await?;
    if is_locked(&ctx, &org, &tried, &mut form).await? {
        return Ok(ui::page_422(page(&ctx, form, false)));
    }
    let stored = tried.secrets.as_ref().and_then(|known| known.pin.clone());
    let fits = org.fits(stored, pin).await?;
    let here = host::ctx::cookie(&headers, DEVICE).map(|token| sm3_hex(token.as_bytes()));
    let known = tried
        .secrets
        .as_ref()
        .filter(|known| fits && !known.disabled && known.device.is_some() && known.device == here);
    let Some(known) = known else {
        refuse(&ctx, &org, &tried, WRONG, &mut form).await?;
        return Ok(ui::page_422(page(&ctx, form, false)));
    };
    let mut tx = begin_as(&ctx, &known.account, &known.name, Role::Visitor).await?;
    if let Some(until) = attempts::take(&mut tx, &tried.digest, &org.settings).await? {
        tx.rollback().await?;
        form.errors.add("phone", locked_words(&ctx, until));
        return Ok(ui::page_422(page(&ctx, form, false)));
    }
    attempts::forget(&mut tx, &tried.digest).await?;
    end_old(&ctx, &org, &mut tx).await?;
    let token = sessions::start(&mut tx, &known.account, None, &org.settings).await?;
    tx.audit(
        Audit::new("sign_in")
            .subject(&known.account)
            .with("by", "pin"),
    );
    tx.commit().await?;
    Ok(answer("", Role::Visitor, &token, &org.settings))
}

async fn end_old(ctx: &Ctx, org: &Org, tx: &mut store::Tx) -> StoreResult<()> {
    if let Some(old) = ctx.session() {
        sessions::end(tx, &old.id).await?;
        org.cache().forget_account(&old.actor.id);
    }
    Ok(())
}

fn phone_of(form: &mut Form) -> Option<String> {
    let text = form.required("phone", "请填写手机号")?;
    let phone = check_phone(&text);
    if phone.is_none() {
        form.errors.add("phone", "手机号是 11 位数字");
    }
    phone
}

const WRONG_CODE: &str = "手机号或首次登录码不对，或登录码已经用过、过期。请向乡镇民政办重新要一个";

pub(crate) async fn post_first(ctx: Ctx, data: FormData) -> Page {
    let org = ctx.app.part::<Org>()?;
    let mut form = Form::from(data);
    let phone = phone_of(&mut form);
    let code = form.required("code", "请填写首次登录码");
    let pin = form.required("pin", "请定一个 PIN");
    let again = form.required("again", "请再输一遍 PIN");
    if let (Some(pin), Some(phone)) = (&pin, &phone)
        && let Some(why) = objection(pin, phone)
    {
        form.errors.add("pin", why);
    }
    if pin.is_some() && again.is_some() && pin != again {
        form.errors.add("again", "两次输入的 PIN 不一样");
    }
    let (Some(phone), Some(code), Some(pin), false) = (phone, code, pin, form.has_errors()) else {
        return Ok(ui::page_422(page(&ctx, form, true)));
    };
    if let Some(wait) = slow::sign_in(&ctx, &org).await? {
        form.errors.add("phone", too_fast_words(wait));
        return Ok(too_fast(ui::page_422(page(&ctx, form, true)), wait));
    }
    let tried = try_of(&ctx, &phone).await?;
    if is_locked(&ctx, &org, &tried, &mut form).await? {
        return Ok(ui::page_422(page(&ctx, form, true)));
    }
    let stored: Option<PasswordHash> = tried.secrets.as_ref().and_then(|known| known.code.clone());
    let fits = org.fits(stored.clone(), plain_code(&code)).await?;
    let known = tried
        .secrets
        .as_ref()
        .filter(|known| fits && !known.disabled)
        .zip(stored);
    let Some((known, stored)) = known else {
        refuse(&ctx, &org, &tried, WRONG_CODE, &mut form).await?;
        return Ok(ui::page_422(page(&ctx, form, true)));
    };
    let hash = org.hash(pin).await?;
    let mut tx = begin_as(&ctx, &known.account, &known.name, Role::Visitor).await?;
    let Some(device) = village::bind(&mut tx, &known.account, &stored, &hash).await? else {
        tx.rollback().await?;
        refuse(&ctx, &org, &tried, WRONG_CODE, &mut form).await?;
        return Ok(ui::page_422(page(&ctx, form, true)));
    };
    attempts::forget(&mut tx, &tried.digest).await?;
    end_old(&ctx, &org, &mut tx).await?;
    sessions::end_others(&mut tx, &known.account, "").await?;
    let token = sessions::start(&mut tx, &known.account, None, &org.settings).await?;
    tx.audit(
        Audit::new("sign_in")
            .subject(&known.account)
            .with("by", "first_code"),
    );
    tx.commit().await?;
    org.cache().forget_account(&known.account);
    let mut response = answer("", Role::Visitor, &token, &org.settings);
    let secure = if org.settings.secure_cookie {
        "; Secure"
    } else {
        ""
    };
    let cookie = format!(
        "{DEVICE}={device}; Path=/sign-in; HttpOnly; SameSite=Lax; Max-Age=31536000{secure}"
    );
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        sessions::set(&mut response, cookie);
    }
    Ok(response)
}
