//! 接口令牌: which systems may read and write, as whom, until when; made and revoked here.

use crate::tokens::{self, LONGEST};
use area::api::AreaBook;
use askama::Template;
use authz::Role;
use axum::extract::Path;
use host::{Ctx, Failure, Page};
use kernel::Day;
use ui::{Choice, Field, Form, FormData, PageError, Shell};

struct Line {
    id: String,
    partner: String,
    account: String,
    scope: String,
    made: String,
    until: Day,
    state: (&'static str, &'static str),
    live: bool,
}

#[derive(Template)]
#[template(path = "pages/tokens.html")]
struct TokensPage {
    shell: Shell,
    form: Form,
    accounts: Vec<Choice>,
    rows: Vec<Line>,
    secret: Option<String>,
}

impl TokensPage {
    fn partner(&self) -> Field {
        self.form.field(
            Field::text("partner", "对方系统")
                .required()
                .hint("如：县残联业务系统")
                .maxlength(40),
        )
    }

    fn account(&self) -> Field {
        self.form.field(
            Field::select("account", "以哪个账号的职责和范围", self.accounts.clone())
                .required()
                .blank("请选择")
                .hint("先为对方系统开一个专用账号；停用账号，令牌随之失效"),
        )
    }

    fn until(&self) -> Field {
        self.form.field(
            Field::date("until", "有效期至")
                .required()
                .hint("最长一年，到期换新"),
        )
    }
}

/// Roles whose account a system may act as.
const ROLES: &[Role] = &[
    Role::CityCivil,
    Role::CountyCivil,
    Role::TownWorker,
    Role::DepartmentData,
    Role::CityHealth,
    Role::CountyHealth,
];

/// `GET /system/tokens`
pub(crate) async fn get(ctx: Ctx) -> Page {
    let page = page(&ctx, Form::default(), None).await?;
    Ok(ui::page_no_store(page))
}

/// `POST /system/tokens`: makes one; the secret is shown once.
pub(crate) async fn post(ctx: Ctx, data: FormData) -> Page {
    let mut form = Form::from(data);
    let partner = form.required("partner", "请填写对方系统的名称");
    let account = form.required("account", "请选择账号");
    let until = form
        .required("until", "请填写有效期")
        .and_then(|_| form.day("until"));
    let today = ctx.today();
    if until.is_some_and(|day| day < today || day > today.plus_days(LONGEST)) {
        form.errors.add("until", "有效期从今天起，最长一年");
    }
    let known = org::api::accounts(&ctx.app.store).await?;
    let fits = |id: &str| {
        known
            .iter()
            .any(|one| one.id == id && !one.disabled && ROLES.contains(&one.role))
    };
    if account.as_deref().is_some_and(|id| !fits(id)) {
        form.errors.add("account", "这个账号不能用于接口，请另选");
    }
    let (Some(partner), Some(account), Some(until), false) =
        (partner, account, until, form.has_errors())
    else {
        return Ok(ui::page_422(page(&ctx, form, None).await?));
    };
    let mut tx = ctx.begin().await?;
    let secret = tokens::make(&mut tx, &ctx.actor().id, &account, &partner, until).await?;
    tx.commit().await?;
    Ok(ui::page_no_store(
        page(&ctx, Form::default(), Some(secret)).await?,
    ))
}

/// `POST /system/tokens/{id}/revocation`
pub(crate) async fn revoke(ctx: Ctx, Path(id): Path<String>) -> Page {
    let mut tx = ctx.begin().await?;
    let done = tokens::revoke(&mut tx, &id).await?;
    if !done {
        tx.rollback().await?;
        return Err(PageError::not_found().into());
    }
    tx.commit().await?;
    Ok(ctx.redirect_with("/system/tokens", "ok", "令牌已停用，马上生效。"))
}

async fn page(ctx: &Ctx, form: Form, secret: Option<String>) -> Result<TokensPage, Failure> {
    let store = &ctx.app.store;
    let (book, today) = (ctx.app.part::<AreaBook>()?, ctx.today());
    let accounts = org::api::accounts(store).await?;
    let rows = tokens::all(store)
        .await?
        .into_iter()
        .map(|token| {
            let account = accounts.iter().find(|one| one.id == token.account);
            let live = token.good(today) && account.is_some_and(|one| !one.disabled);
            Line {
                state: match (token.revoked, live) {
                    (Some(_), _) => ("no", "已停用"),
                    (None, true) => ("yes", "有效"),
                    (None, false) if token.until < today => ("warn", "已过期"),
                    (None, false) => ("no", "账号已停用"),
                },
                live,
                made: token.created.minute(),
                until: token.until,
                scope: account
                    .map(|one| one.scope(&book, today).1)
                    .unwrap_or_default(),
                account: account.map_or_else(
                    || token.account.clone(),
                    |one| format!("{}（{}）", one.name, one.role.zh()),
                ),
                partner: token.partner,
                id: token.id,
            }
        })
        .collect();
    Ok(TokensPage {
        shell: ctx.shell("接口令牌").crumb("系统管理", "/system/accounts"),
        form,
        accounts: accounts
            .iter()
            .filter(|one| !one.disabled && ROLES.contains(&one.role))
            .map(|one| {
                Choice::new(
                    one.id.clone(),
                    format!("{} · {}（{}）", one.login, one.name, one.role.zh()),
                )
            })
            .collect(),
        rows,
        secret,
    })
}
