//! 村级账号: `GET /village-accounts` for the town, `GET/POST …/new`, `POST …/{id}/code | disable | enable`.

use crate::attempts;
use crate::part::Org;
use crate::sessions;
use crate::village::{self, NewVillage, Village, check_phone, first_code, plain_code};
use area::api::AreaBook;
use askama::Template;
use authz::Scope;
use axum::extract::Path;
use axum::response::Response;
use host::{Ctx, Failure, Page};
use kernel::AreaCode;
use kernel::Instant;
use kernel::area_code::Level;
use std::sync::Arc;
use store::{Audit, StoreError, values};
use ui::{Choice, Field, Form, FormData, PageError, Pill, Shell, pill};

const PATH: &str = "/village-accounts";

#[derive(Template)]
#[template(path = "pages/village_accounts.html")]
struct VillagePage {
    shell: Shell,
    rows: Vec<Line>,
}

struct Line {
    id: String,
    name: String,
    area: String,
    phone: String,
    state: Pill,
    last: String,
    disabled: bool,
    ask_code: String,
    ask_disable: String,
}

pub(crate) async fn get(ctx: Ctx) -> Page {
    let book = ctx.app.part::<AreaBook>()?;
    let now = ctx.app.clock().now();
    let found = village::in_scope(&ctx.app.store, &ctx.scope(), None).await?;
    ctx.log_reads(&[Audit::new("village.list").with("shown", found.len())])
        .await?;
    let line = |one: &Village| Line {
        area: book.short_name(&one.area),
        phone: masked(&one.phone),
        state: state_of(one, now),
        last: one.last_sign_in_at.map(Instant::minute).unwrap_or_default(),
        ask_code: format!(
            "给“{}”一个新的首次登录码？他的 PIN 和绑定的手机立即失效。",
            one.name
        ),
        ask_disable: format!("停用“{}”的账号？他的登录会立即退出。", one.name),
        id: one.account.clone(),
        name: one.name.clone(),
        disabled: one.disabled,
    };
    Ok(ui::page_no_store(VillagePage {
        shell: ctx.shell("村级账号"),
        rows: found.iter().map(line).collect(),
    }))
}

fn state_of(one: &Village, now: Instant) -> Pill {
    match (one.disabled, one.bound_at, one.code_until) {
        (true, _, _) => pill("stopped", "已停用"),
        (false, Some(_), _) if one.has_pin => pill("ok", "手机已绑定"),
        (false, _, Some(until)) if now < until => pill("warn", "等待首次登录"),
        _ => pill("warn", "登录码已过期"),
    }
}

/// «199****1234».
fn masked(phone: &str) -> String {
    match (phone.get(..3), phone.get(7..)) {
        (Some(head), Some(tail)) => format!("{head}****{tail}"),
        _ => String::new(),
    }
}

#[derive(Template)]
#[template(path = "pages/village_new.html")]
struct NewPage {
    shell: Shell,
    form: Form,
    villages: Vec<(String, String)>,
}

impl NewPage {
    fn name(&self) -> Field {
        self.form.field(
            Field::text("name", "姓名")
                .required()
                .width("medium")
                .maxlength(20),
        )
    }

    fn phone(&self) -> Field {
        self.form.field(
            Field::phone("phone", "手机号")
                .required()
                .hint("本人登录时使用，加密保存"),
        )
    }

    fn village(&self) -> Field {
        let choices = self
            .villages
            .iter()
            .map(|(code, name)| Choice::new(code.clone(), name.clone()))
            .collect();
        self.form.field(
            Field::select("village", "村（社区）", choices)
                .required()
                .blank("请选择")
                .width("medium"),
        )
    }
}

/// Villages of the asker's own scope.
fn villages(book: &AreaBook, scope: &Scope) -> Vec<(String, String)> {
    let Scope::Areas(areas) = scope else {
        return Vec::new();
    };
    let mut out: Vec<(String, String)> = Vec::new();
    for area in areas {
        let codes = if area.level() == Level::Village {
            book.area(area).into_iter().collect()
        } else {
            book.villages(area)
        };
        out.extend(
            codes
                .into_iter()
                .filter(|village| village.ended.is_none())
                .map(|village| (village.code.to_string(), book.short_name(&village.code))),
        );
    }
    out
}

fn new_page(ctx: &Ctx, book: &AreaBook, form: Form) -> NewPage {
    NewPage {
        shell: ctx.shell("开通村级账号").crumb("村级账号", PATH),
        form,
        villages: villages(book, &ctx.scope()),
    }
}

pub(crate) async fn new(ctx: Ctx) -> Page {
    let book = ctx.app.part::<AreaBook>()?;
    Ok(ui::page(new_page(&ctx, &book, Form::default())))
}

pub(crate) async fn post(ctx: Ctx, data: FormData) -> Page {
    let book = ctx.app.part::<AreaBook>()?;
    let mut form = Form::from(data);
    let name = form.required("name", "请填写姓名");
    let phone = form
        .required("phone", "请填写手机号")
        .and_then(|text| check_phone(&text));
    if phone.is_none() && form.errors.of("phone").is_none() {
        form.errors.add("phone", "手机号是 11 位数字");
    }
    let own = villages(&book, &ctx.scope());
    let area: Option<AreaCode> = form
        .text("village")
        .filter(|code| own.iter().any(|(known, _)| known == code))
        .and_then(|code| code.parse().ok());
    if area.is_none() {
        form.errors.add("village", "请选择本乡镇的村（社区）");
    }
    let (Some(name), Some(phone), Some(area), false) = (name, phone, area, form.has_errors())
    else {
        return Ok(ui::page_422(new_page(&ctx, &book, form)));
    };
    let code = first_code()?;
    let hash = ctx.app.part::<Org>()?.hash(plain_code(&code)).await?;
    let mut tx = ctx.begin().await?;
    let opened = NewVillage {
        name: name.clone(),
        phone: &phone,
        area,
        code: &hash,
        today: ctx.today(),
    };
    match village::open(&mut tx, opened).await {
        Ok(_) => tx.commit().await?,
        Err(StoreError::Duplicate(_)) => {
            tx.rollback().await?;
            form.errors.add(
                "phone",
                "这个手机号已经开通过村级账号；换村或重置，请在账号列表办理",
            );
            return Ok(ui::page_422(new_page(&ctx, &book, form)));
        }
        Err(error) => return Err(error.into()),
    }
    Ok(code_page(
        &ctx,
        &book,
        "村级账号已开通",
        &name,
        &phone,
        &area,
        code,
    ))
}

#[derive(Template)]
#[template(path = "pages/village_code.html")]
struct CodePage {
    shell: Shell,
    name: String,
    phone: String,
    area: String,
    code: String,
    until: String,
}

fn code_page(
    ctx: &Ctx,
    book: &AreaBook,
    title: &str,
    name: &str,
    phone: &str,
    area: &AreaCode,
    code: String,
) -> Response {
    ui::page_no_store(CodePage {
        shell: ctx.shell(title).crumb("村级账号", PATH),
        name: name.to_owned(),
        phone: masked(phone),
        area: book.full_name(area),
        code,
        until: ctx.today().plus_days(7).zh(),
    })
}

/// The account, if its village lies in the asker's scope.
async fn own(ctx: &Ctx, id: &str) -> Result<Village, Failure> {
    let found = village::in_scope(&ctx.app.store, &ctx.scope(), Some(id)).await?;
    Ok(found.into_iter().next().ok_or_else(PageError::not_found)?)
}

pub(crate) async fn code(ctx: Ctx, Path(id): Path<String>) -> Page {
    let one = own(&ctx, &id).await?;
    let (org, book): (Arc<Org>, Arc<AreaBook>) = (ctx.app.part()?, ctx.app.part()?);
    let code = first_code()?;
    let hash = org.hash(plain_code(&code)).await?;
    let mut tx = ctx.begin().await?;
    village::new_code(&mut tx, &id, &hash).await?;
    sessions::end_others(&mut tx, &id, "").await?;
    let tries = ctx.app.store.keys().blind("phone_login", &one.phone);
    attempts::forget(&mut tx, &tries).await?;
    tx.commit().await?;
    org.cache().forget_account(&id);
    let title = "新的首次登录码";
    Ok(code_page(
        &ctx, &book, title, &one.name, &one.phone, &one.area, code,
    ))
}

pub(crate) async fn disable(ctx: Ctx, Path(id): Path<String>) -> Page {
    set_disabled(&ctx, &id, true).await
}

pub(crate) async fn enable(ctx: Ctx, Path(id): Path<String>) -> Page {
    set_disabled(&ctx, &id, false).await
}

async fn set_disabled(ctx: &Ctx, id: &str, disabled: bool) -> Page {
    let one = own(ctx, id).await?;
    let mut tx = ctx.begin().await?;
    tx.run(
        "UPDATE org_account SET disabled = $1 WHERE id = $2",
        values![disabled, id],
    )
    .await?;
    let ended = sessions::end_others(&mut tx, id, "").await?;
    let action = if disabled {
        "account.disable"
    } else {
        "account.enable"
    };
    tx.audit(Audit::new(action).subject(id).with("ended_sessions", ended));
    tx.commit().await?;
    ctx.app.part::<Org>()?.cache().forget_account(id);
    let word = if disabled { "停用" } else { "启用" };
    Ok(ctx.redirect_with(PATH, "ok", &format!("“{}”的账号已{word}。", one.name)))
}
