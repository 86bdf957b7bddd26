//! `GET/POST /system/accounts/new`: opens an account and shows its first code once.

use crate::accounts::{Account, Grant, NewAccount, account, check_login, create_account};
use crate::part::Org;
use crate::password::first_code;
use area::api::AreaBook;
use askama::Template;
use authz::Role;
use axum::response::Response;
use host::{Ctx, Page};
use kernel::AreaCode;
use kernel::area_code::Level;
use std::sync::Arc;
use store::{Reads, StoreError, StoreResult, values};
use ui::{AREA_SOURCE, Choice, Field, Form, FormData, Shell};

#[derive(Template)]
#[template(path = "pages/new_account.html")]
struct NewAccountPage {
    shell: Shell,
    form: Form,
    book: Arc<AreaBook>,
}

impl NewAccountPage {
    fn name(&self) -> Field {
        self.form.field(
            Field::text("name", "姓名")
                .required()
                .width("medium")
                .maxlength(20),
        )
    }

    fn login(&self) -> Field {
        let field = Field::text("login", "账号")
            .required()
            .width("medium")
            .maxlength(32);
        self.form
            .field(field.hint("小写字母、数字或 . _ -，3 至 32 位；开通后不能改"))
    }

    fn role(&self) -> Field {
        let choices = roles()
            .map(|role| Choice::new(role.key(), role.zh()))
            .collect();
        let field = Field::select("role", "角色", choices)
            .required()
            .blank("请选择")
            .width("medium");
        self.form
            .field(field.hint("一个账号只有一个角色；审计、纪检的范围由安全管理员另行授予"))
    }

    fn executor(&self) -> Field {
        let bodies = self.book.executors().iter();
        let choices = bodies
            .map(|body| Choice::new(body.key.clone(), body.name.clone()))
            .collect();
        let whole = self.book.root().map_or_else(
            || "全市".to_owned(),
            |root| format!("全市（{}）", root.name),
        );
        let field = Field::select("executor", "县（市、区）或管委会", choices)
            .blank(whole)
            .width("medium");
        self.form
            .field(field.hint("县级民政、卫健必须选；管委会所辖乡镇归管委会，不归所在县"))
    }

    fn area(&self) -> Field {
        let root = self
            .book
            .root()
            .map_or_else(String::new, |root| root.code.to_string());
        let field = Field::area("area", "乡镇、街道或村（社区）", AREA_SOURCE, &root);
        self.form
            .field(field.hint("乡镇民政办选到乡镇，村级、探访员选到村；其他角色可以不选"))
    }
}

/// Roles that an administrator gives out; families get theirs where they are registered.
fn roles() -> impl Iterator<Item = Role> {
    Role::people().filter(|role| *role != Role::Family)
}

/// A first code, shown once and never again.
#[derive(Template)]
#[template(path = "pages/first_code.html")]
pub(crate) struct FirstCodePage {
    shell: Shell,
    name: String,
    login: String,
    role: &'static str,
    scope: String,
    code: String,
}

impl FirstCodePage {
    pub(crate) fn answer(
        ctx: &Ctx,
        title: &str,
        account: &Account,
        code: String,
    ) -> StoreResult<Response> {
        let book = ctx.app.part::<AreaBook>()?;
        Ok(ui::page_no_store(Self {
            shell: ctx.shell(title).crumb("账号", "/system/accounts"),
            name: account.name.clone(),
            login: account.login.clone(),
            role: account.role.zh(),
            scope: account.scope(&book, ctx.today()).1,
            code,
        }))
    }
}

fn page(ctx: &Ctx, form: Form) -> StoreResult<NewAccountPage> {
    let shell = ctx.shell("开通账号").crumb("账号", "/system/accounts");
    Ok(NewAccountPage {
        shell,
        form,
        book: ctx.app.part::<AreaBook>()?,
    })
}

pub(crate) async fn get(ctx: Ctx) -> Page {
    Ok(ui::page(page(&ctx, Form::default())?))
}

pub(crate) async fn post(ctx: Ctx, data: FormData) -> Page {
    let mut form = Form::from(data);
    let book = ctx.app.part::<AreaBook>()?;
    let name = form.required("name", "请填写姓名");
    let login = form
        .required("login", "请填写账号")
        .and_then(|login| match check_login(&login) {
            Ok(login) => Some(login),
            Err(why) => {
                form.errors.add("login", why);
                None
            }
        });
    let role = roles().find(|role| role.key() == form.data.get("role"));
    if role.is_none() {
        form.errors.add("role", "请选择角色");
    }
    let grants = role
        .map(|role| grants(&ctx, &book, role, &mut form))
        .unwrap_or_default();
    if let Some(login) = &login {
        let taken = ctx.app.store.one(
            "SELECT id FROM org_account WHERE login = $1",
            values![login.as_str()],
        );
        if taken.await?.is_some() {
            form.errors.add("login", TAKEN);
        }
    }
    let (false, Some(name), Some(login), Some(role)) = (form.has_errors(), name, login, role)
    else {
        return Ok(ui::page_422(page(&ctx, form)?));
    };
    let code = first_code()?;
    let password = Some(ctx.app.part::<Org>()?.hash(code.clone()).await?);
    let mut tx = ctx.begin().await?;
    let id = match create_account(
        &mut tx,
        NewAccount {
            login,
            name,
            role,
            password,
            grants,
        },
    )
    .await
    {
        Ok(id) => id,
        Err(StoreError::Duplicate(_)) => {
            tx.rollback().await?;
            form.errors.add("login", TAKEN);
            return Ok(ui::page_422(page(&ctx, form)?));
        }
        Err(error) => return Err(error.into()),
    };
    tx.commit().await?;
    let made = account(&ctx.app.store, &id).await?;
    let made = made.ok_or_else(|| StoreError::Other(format!("account {id} is gone")))?;
    Ok(FirstCodePage::answer(&ctx, "账号已开通", &made, code)?)
}

const TAKEN: &str = "这个账号已经有人用了，请换一个";

/// What the role may be granted, from the two fields; adds messages where they do not fit the role.
fn grants(ctx: &Ctx, book: &AreaBook, role: Role, form: &mut Form) -> Vec<Grant> {
    let today = ctx.today();
    if matches!(
        role,
        Role::SystemAdmin | Role::SecurityAdmin | Role::AuditAdmin | Role::InspectorDiscipline
    ) {
        // Auditors and inspectors look under an order and for a time: the security administrator grants it.
        return Vec::new();
    }
    let (key, text) = (form.text("executor"), form.text("area"));
    let executor = key.as_deref().map(|key| book.executor(key));
    if executor == Some(None) {
        form.errors.add("executor", "没有这个县（市、区）或管委会");
    }
    let area = text
        .as_deref()
        .map(|text| match book.find_by_name(text).as_slice() {
            [one] if one.ended.is_none() => Some(one.code),
            _ => None,
        });
    if area == Some(None) {
        form.errors.add(
            "area",
            "没有找到这个区划，请写 9 或 12 位代码，或“万店镇龙头湾村”这样的名称",
        );
    }
    let area: Option<AreaCode> = area.flatten();
    let level = area.map(|code| code.level());
    match role {
        Role::TownWorker if level != Some(Level::Town) && form.errors.of("area").is_none() => {
            form.errors.add("area", "乡镇民政办要选到乡镇、街道");
        }
        Role::Visitor if level != Some(Level::Village) && form.errors.of("area").is_none() => {
            form.errors.add("area", "村级、探访员要选到村（社区）");
        }
        Role::CountyCivil | Role::CountyHealth if executor.is_none() => {
            form.errors.add("executor", "请选择县（市、区）或管委会");
        }
        _ => {}
    }
    if let (Some(area), Some(Some(executor))) = (area, executor)
        && !executor.areas.iter().any(|covered| covered.contains(&area))
    {
        form.errors
            .add("area", format!("不在{}的管辖范围内", executor.name));
    }
    match (role, area, executor.flatten(), book.root()) {
        (Role::CityCivil | Role::CityHealth | Role::Planner, _, _, Some(root)) => {
            vec![Grant::area(&root.code, today)]
        }
        (Role::CountyCivil | Role::CountyHealth, _, Some(executor), _) => {
            vec![Grant::management(&executor.key, today)]
        }
        (_, Some(area), _, _) => vec![Grant::area(&area, today)],
        (_, None, Some(executor), _) => vec![Grant::management(&executor.key, today)],
        (_, None, None, Some(root)) => vec![Grant::area(&root.code, today)],
        _ => Vec::new(),
    }
}
