//! `GET/POST /sign-in`: by login and password, or in a demo through a door.

use crate::accounts::{login_digest, role_of};
use crate::attempts;
use crate::factor;
use crate::pages::doors::{Doors, doors};
use crate::pages::local::local_path;
use crate::part::Org;
use crate::password::PasswordHash;
use crate::scope::home;
use crate::sessions;
use crate::settings::OrgSettings;
use crate::slow;
use askama::Template;
use authz::{Actor, Role, Scope};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use host::{Ctx, Page};
use kernel::Instant;
use store::{Audit, Reads, StoreResult, Tx, values};
use ui::{Field, Form, FormData, Shell};

#[derive(Template)]
#[template(path = "pages/sign_in.html")]
struct SignInPage {
    shell: Shell,
    form: Form,
    next: String,
    doors: Doors,
    signed_in: String,
    /// Words and address of another system to sign in through.
    outside: Option<(String, String)>,
}

impl SignInPage {
    fn login(&self) -> Field {
        self.form.field(
            Field::text("login", "账号")
                .required()
                .autocomplete("username")
                .maxlength(64),
        )
    }

    fn password(&self) -> Field {
        Field {
            error: self
                .form
                .errors
                .of("password")
                .unwrap_or_default()
                .to_owned(),
            ..Field::password("password", "密码")
                .required()
                .maxlength(256)
        }
    }

    fn has_doors(&self) -> bool {
        !self.doors.ready.is_empty() || !self.doors.coming.is_empty()
    }
}

async fn page(ctx: &Ctx, form: Form, next: String) -> StoreResult<SignInPage> {
    let signed_in = ctx
        .session()
        .map(|s| format!("{}（{}）", s.actor.name, s.actor.role.zh()));
    let outside = ctx.app.part::<Org>()?.settings.outside.clone();
    let outside =
        outside.map(|(words, to)| (words, format!("{to}?next={}", ui::query_encode(&next))));
    Ok(SignInPage {
        shell: ctx.shell("登录"),
        outside,
        form,
        next,
        doors: doors(ctx).await?,
        signed_in: signed_in.unwrap_or_default(),
    })
}

pub(crate) async fn get(ctx: Ctx) -> Page {
    let query = ctx.path().split_once('?').map_or("", |(_, query)| query);
    let next = ui::list::query_pairs(query)
        .into_iter()
        .find(|(key, _)| key == "next");
    let next = next
        .and_then(|(_, value)| local_path(&value).map(str::to_owned))
        .unwrap_or_default();
    Ok(ui::page_no_store(page(&ctx, Form::default(), next).await?))
}

pub(crate) async fn post(ctx: Ctx, data: FormData) -> Page {
    let org = ctx.app.part::<Org>()?;
    let next = next_of(&data);
    let mut form = Form::from(data);
    let login = form.required("login", "请填写账号");
    let password = form.required("password", "请填写密码");
    if let Some(wait) = slow::sign_in(&ctx, &org).await? {
        form.errors.add("login", too_fast_words(wait));
        return Ok(too_fast(ui::page_422(page(&ctx, form, next).await?), wait));
    }
    if let (Some(login), Some(password)) = (login, password) {
        match try_sign_in(&ctx, &org, &login, password).await? {
            Outcome::In(role, token) => return Ok(answer(&next, role, &token, &org.settings)),
            Outcome::CodeDue(token) => {
                let to = format!("/sign-in/code?next={}", ui::query_encode(&next));
                let mut response = ui::redirect(&to);
                sessions::set(&mut response, sessions::cookie(&token, &org.settings));
                return Ok(response);
            }
            Outcome::Wrong => {
                let (most, minutes) = (org.settings.most_attempts, org.settings.lock_seconds / 60);
                let text = format!("账号或密码不对。连续输错 {most} 次，该账号锁定 {minutes} 分钟");
                form.errors.add("password", text);
            }
            Outcome::Locked(until) => {
                let until = attempts::until_words(until, ctx.app.clock().now());
                form.errors.add(
                    "login",
                    format!("输错次数过多，该账号已锁定，{until} 以后再试"),
                );
            }
            Outcome::Disabled => form.errors.add("login", "账号已停用，请联系系统管理员"),
        }
    }
    Ok(ui::page_422(page(&ctx, form, next).await?))
}

/// From one address came more tries than people make.
pub(crate) fn too_fast(mut response: Response, wait: i64) -> Response {
    *response.status_mut() = StatusCode::TOO_MANY_REQUESTS;
    response
        .headers_mut()
        .insert(header::RETRY_AFTER, HeaderValue::from(wait.max(1)));
    response
}

/// What is said then.
pub(crate) fn too_fast_words(wait: i64) -> String {
    format!("从这个网络地址登录得太频繁，请过 {} 秒再试", wait.max(1))
}

enum Outcome {
    In(Role, String),
    /// The password fits; the second factor is still due.
    CodeDue(String),
    Wrong,
    Locked(Instant),
    Disabled,
}

/// The same steps whether or not the login exists: one hash, one transaction, one row about the try.
async fn try_sign_in(ctx: &Ctx, org: &Org, login: &str, password: String) -> StoreResult<Outcome> {
    let store = &ctx.app.store;
    let digest = login_digest(store, login);
    let sql = "SELECT id, name, role, password_hash, disabled FROM org_account WHERE login = $1";
    let account = store.one(sql, values![login.to_lowercase()]).await?;
    let hash = match &account {
        Some(row) => row.opt_text("password_hash")?.map(PasswordHash::stored),
        None => None,
    };
    let locked = attempts::locked(store, &digest, ctx.app.clock().now(), &org.settings).await?;
    let fits = locked.is_none() && org.fits(hash, password).await?;
    let known = match (&account, fits) {
        (Some(row), true) => Some((
            row.text("id")?,
            row.text("name")?,
            role_of(row)?,
            row.flag("disabled")?,
        )),
        _ => None,
    };
    let mut tx = match &known {
        Some((id, name, role, _)) => begin_as(ctx, id, name, *role).await?,
        None => begin_as(ctx, "system:sign-in", "系统", Role::System).await?,
    };
    let locked = attempts::take(&mut tx, &digest, &org.settings).await?;
    let failed = |why: &str| {
        Audit::new("sign_in.failed")
            .subject(&digest)
            .with("why", why)
    };
    let outcome = match (locked, known) {
        (Some(until), _) => {
            tx.audit(failed("locked"));
            Outcome::Locked(until)
        }
        (None, Some((_, _, _, true))) => {
            tx.audit(failed("disabled"));
            Outcome::Disabled
        }
        (None, Some((id, _, role, false))) => {
            attempts::forget(&mut tx, &digest).await?;
            if let Some(old) = ctx.session() {
                sessions::end(&mut tx, &old.id).await?;
                org.cache().forget_account(&old.actor.id);
            }
            if factor::has(&tx, &id).await? {
                let token =
                    sessions::start(&mut tx, &id, Some(sessions::CODE_DUE), &org.settings).await?;
                tx.audit(Audit::new("sign_in.code_due").subject(&id));
                Outcome::CodeDue(token)
            } else {
                let by = Some(sessions::BY_PASSWORD);
                let token = sessions::start(&mut tx, &id, by, &org.settings).await?;
                tx.audit(Audit::new("sign_in").subject(&id).with("by", "password"));
                Outcome::In(role, token)
            }
        }
        (None, None) => {
            tx.audit(failed("wrong"));
            match attempts::count(&mut tx, &digest, &org.settings).await? {
                Some(until) => Outcome::Locked(until),
                None => Outcome::Wrong,
            }
        }
    };
    tx.commit().await?;
    Ok(outcome)
}

/// A transaction in the name of somebody who is not signed in yet.
pub(crate) async fn begin_as(ctx: &Ctx, id: &str, name: &str, role: Role) -> StoreResult<Tx> {
    let actor = Actor {
        id: id.to_owned(),
        name: name.to_owned(),
        role,
        scope: Scope::Nowhere,
        scope_name: String::new(),
    };
    ctx.app.store.begin(&actor, None).await
}

/// Where the form wants to go on to, if that is a path of this installation.
pub(crate) fn next_of(data: &FormData) -> String {
    let next = local_path(data.get("next")).unwrap_or_default();
    if next.starts_with("/sign-") {
        String::new()
    } else {
        next.to_owned()
    }
}

/// Signed in: cookie, and on to where the reader wanted to go or to the role's first page.
pub(crate) fn answer(next: &str, role: Role, token: &str, settings: &OrgSettings) -> Response {
    let mut response = ui::redirect(if matches!(next, "" | "/") {
        home(role)
    } else {
        next
    });
    sessions::set(&mut response, sessions::cookie(token, settings));
    response
}
