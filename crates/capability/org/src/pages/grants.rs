//! 权限: `GET /system/grants`, `GET/POST /system/grants/{id}`, `POST /system/grants/{id}/{no}/end`. Accounts are opened
//! by the system administrator; where they may look is said here, by somebody else.

use crate::accounts::{
    Account, Grant, GrantKind, Wanted, account, account_names, page_of_accounts,
};
use crate::grants::{self, Held, MANDATE_DAYS, needs_mandate};
use crate::part::Org;
use area::api::AreaBook;
use askama::Template;
use authz::Role;
use axum::extract::Path;
use host::{Ctx, Failure, Page};
use kernel::Day;
use std::collections::BTreeMap;
use std::sync::Arc;
use ui::{
    AREA_SOURCE, Choice, Column, Field, Form, FormData, ListQuery, ListSpec, PageError, Pager,
    Pill, Shell, Table, Total, pill,
};

const PATH: &str = "/system/grants";
const SPEC: ListSpec = ListSpec {
    filters: &["role"],
    sorts: &[],
    default_sort: "",
    default_desc: false,
};

#[derive(Template)]
#[template(path = "pages/grants.html")]
struct GrantsPage {
    shell: Shell,
    query: ListQuery,
    roles: Vec<Choice>,
    table: Table,
    rows: Vec<Line>,
    pager: Pager,
}

struct Line {
    href: String,
    name: String,
    login: String,
    role: &'static str,
    scope: String,
    disabled: bool,
}

/// Roles that look at places; 三员 look nowhere, families at their own people.
fn granted_roles() -> impl Iterator<Item = Role> {
    Role::people().filter(|role| {
        !matches!(
            role,
            Role::SystemAdmin | Role::SecurityAdmin | Role::AuditAdmin | Role::Family
        )
    })
}

pub(crate) async fn get(ctx: Ctx) -> Page {
    let raw = ctx.path().split_once('?').map(|(_, query)| query);
    let query = ListQuery::parse(raw, &SPEC).map_err(PageError::from)?;
    let role = query.filter("role");
    if role.is_some_and(|role| Role::from_key(role).is_none()) {
        return Err(PageError::bad_request("没有这个角色。").into());
    }
    let wanted = Wanted {
        role,
        state: None,
        now: ctx.app.clock().now().micros(),
    };
    let (accounts, total) =
        page_of_accounts(&ctx.app.store, wanted, query.offset(), query.size).await?;
    let book = ctx.app.part::<AreaBook>()?;
    let line = |account: &Account| Line {
        href: format!("{PATH}/{}", account.id),
        name: account.name.clone(),
        login: account.login.clone(),
        role: account.role.zh(),
        scope: account.scope(&book, ctx.today()).1,
        disabled: account.disabled,
    };
    let columns = ["姓名", "账号", "角色", "管辖范围"].map(Column::new);
    Ok(ui::page_no_store(GrantsPage {
        shell: ctx.shell("权限"),
        rows: accounts.iter().map(line).collect(),
        roles: granted_roles()
            .map(|role| Choice::new(role.key(), role.zh()))
            .collect(),
        table: Table::new("权限", &columns, PATH, &query),
        pager: Pager::new(PATH, &query, Total::Exact(total), None, None),
        query,
    }))
}

#[derive(Template)]
#[template(path = "pages/grant.html")]
struct GrantPage {
    shell: Shell,
    form: Form,
    id: String,
    role: Role,
    login: String,
    own: bool,
    book: Arc<AreaBook>,
    grants: Vec<Row>,
}

struct Row {
    id: String,
    place: String,
    from: String,
    until: String,
    mandate: String,
    by: String,
    state: Pill,
    running: bool,
}

impl GrantPage {
    fn fits(&self) -> bool {
        granted_roles().any(|role| role == self.role)
    }

    fn mandated(&self) -> bool {
        needs_mandate(self.role)
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
        self.form.field(
            Field::select("executor", "县（市、区）或管委会", choices)
                .blank(whole)
                .width("medium"),
        )
    }

    fn area(&self) -> Field {
        let root = self
            .book
            .root()
            .map_or_else(String::new, |root| root.code.to_string());
        self.form.field(
            Field::area("area", "乡镇、街道或村（社区）", AREA_SOURCE, &root)
                .hint("不选就是上面的整个范围"),
        )
    }

    fn from(&self) -> Field {
        self.form.field(Field::date("from", "从").required())
    }

    fn until(&self) -> Field {
        let field = Field::date("until", "到（不含）");
        self.form.field(if self.mandated() {
            field
                .required()
                .hint(format!("审计、纪检最多 {MANDATE_DAYS} 天"))
        } else {
            field.hint("不填就一直有效")
        })
    }

    fn mandate(&self) -> Field {
        let field = Field::text("mandate", "依据文号")
            .maxlength(40)
            .width("medium");
        self.form.field(if self.mandated() {
            field
                .required()
                .hint("如 随审〔2025〕6号；他看的每一份档案都会记上")
        } else {
            field
        })
    }
}

async fn page(ctx: &Ctx, account: Account, form: Form) -> Result<GrantPage, Failure> {
    let (store, book) = (&ctx.app.store, ctx.app.part::<AreaBook>()?);
    let held = grants::of_account(store, &account.id).await?;
    let ids: Vec<String> = held.iter().filter_map(|one| one.by.clone()).collect();
    let names = account_names(store, &ids).await?;
    let today = ctx.today();
    Ok(GrantPage {
        shell: ctx
            .shell(format!("{}的权限", account.name))
            .crumb("权限", PATH),
        form,
        role: account.role,
        login: account.login,
        own: ctx.actor().id == account.id,
        grants: held
            .iter()
            .map(|one| row(one, account.role, &book, &names, today))
            .collect(),
        id: account.id,
        book,
    })
}

fn row(
    held: &Held,
    role: Role,
    book: &AreaBook,
    names: &BTreeMap<String, String>,
    today: Day,
) -> Row {
    let grant = &held.grant;
    let place = match grant.kind {
        GrantKind::Area => grant
            .code
            .parse()
            .map_or_else(|_bad| grant.code.clone(), |code| book.full_name(&code)),
        GrantKind::Management => book
            .executor(&grant.code)
            .map_or_else(|| grant.code.clone(), |body| body.name.clone()),
        GrantKind::Person => "一位家人".to_owned(),
    };
    let counts = !grants::counted(role, vec![grant.clone()], today).is_empty();
    let ended = grant.until.is_some_and(|until| until <= today);
    Row {
        id: held.id.clone(),
        place,
        from: grant.from.to_string(),
        until: grant.until.map(|day| day.to_string()).unwrap_or_default(),
        mandate: grant.mandate.clone().unwrap_or_default(),
        by: held
            .by
            .as_ref()
            .and_then(|id| names.get(id).cloned())
            .unwrap_or_default(),
        state: match (ended, today < grant.from, counts) {
            (true, _, _) => pill("stopped", "已到期"),
            (_, true, _) => pill("info", "尚未开始"),
            (_, _, true) => pill("ok", "有效"),
            _ => pill("warn", "缺文号或期限，不生效"),
        },
        running: !ended,
    }
}

async fn found(ctx: &Ctx, id: &str) -> Result<Account, Failure> {
    let found = account(&ctx.app.store, id).await?;
    Ok(found.ok_or_else(PageError::not_found)?)
}

pub(crate) async fn one(ctx: Ctx, Path(id): Path<String>) -> Page {
    let account = found(&ctx, &id).await?;
    let form = Form::filled([("from", ctx.today().to_string())]);
    Ok(ui::page_no_store(page(&ctx, account, form).await?))
}

pub(crate) async fn post(ctx: Ctx, Path(id): Path<String>, data: FormData) -> Page {
    let account = found(&ctx, &id).await?;
    let book = ctx.app.part::<AreaBook>()?;
    if !granted_roles().any(|role| role == account.role) {
        let text = format!("「{}」没有管辖范围，不用授权。", account.role.zh());
        return Err(PageError::bad_request(text).title("不用授权").into());
    }
    let mut form = Form::from(data);
    let grant = typed(&ctx, &book, account.role, &mut form);
    let (Some(grant), false) = (grant, form.has_errors()) else {
        return Ok(ui::page_422(page(&ctx, account, form).await?));
    };
    let mut tx = ctx.begin().await?;
    grants::add(&mut tx, &id, &grant).await?;
    tx.commit().await?;
    ctx.app.part::<Org>()?.cache().forget_account(&id);
    let to = format!("{PATH}/{id}");
    Ok(ctx.redirect_with(&to, "ok", "已授权，下一次点击就生效。"))
}

/// The grant that was typed, with messages where it does not fit.
fn typed(ctx: &Ctx, book: &AreaBook, role: Role, form: &mut Form) -> Option<Grant> {
    let from = form.day("from");
    if from.is_none() && form.errors.of("from").is_none() {
        form.errors.add("from", "请填写从哪天起");
    }
    let until = form.day("until");
    let mandate = form.text("mandate");
    if needs_mandate(role) {
        if until.is_none() && form.errors.of("until").is_none() {
            form.errors.add("until", "请填写到哪天为止");
        }
        if mandate.is_none() {
            form.errors.add("mandate", "请填写依据文号");
        }
    }
    if mandate
        .as_ref()
        .is_some_and(|text| text.chars().count() > 40)
    {
        form.errors.add("mandate", "文号最多 40 个字");
    }
    let executor = form.text("executor");
    let body = executor.as_deref().map(|key| book.executor(key));
    if body == Some(None) {
        form.errors.add("executor", "没有这个县（市、区）或管委会");
    }
    let area = form
        .text("area")
        .map(|text| match book.find_by_name(&text).as_slice() {
            [one] if one.ended.is_none() => Some(one.code),
            _ => None,
        });
    if area == Some(None) {
        form.errors.add("area", "没有找到这个区划，请从列表里选");
    }
    let (area, body) = (area.flatten(), body.flatten());
    if let (Some(area), Some(body)) = (area, body)
        && !body.areas.iter().any(|covered| covered.contains(&area))
    {
        form.errors
            .add("area", format!("不在{}的管辖范围内", body.name));
    }
    let from = from?;
    if let Some(until) = until {
        if until <= from {
            form.errors.add("until", "要晚于开始的那天");
        } else if until <= ctx.today() {
            form.errors.add("until", "这一天已经过去了");
        } else if needs_mandate(role) && from.days_until(until) > MANDATE_DAYS {
            form.errors
                .add("until", format!("审计、纪检最多授权 {MANDATE_DAYS} 天"));
        }
    }
    let grant = match (area, body, book.root()) {
        (Some(area), _, _) => Grant::area(&area, from),
        (None, Some(body), _) => Grant::management(&body.key, from),
        (None, None, Some(root)) => Grant::area(&root.code, from),
        (None, None, None) => return None,
    };
    Some(Grant {
        until,
        mandate,
        ..grant
    })
}

pub(crate) async fn end(ctx: Ctx, Path((id, grant)): Path<(String, String)>) -> Page {
    let account = found(&ctx, &id).await?;
    let to = format!("{PATH}/{id}");
    let mut tx = ctx.begin().await?;
    if !grants::end(&mut tx, &id, &grant).await? {
        tx.rollback().await?;
        return Err(PageError::stale(&to).into());
    }
    tx.commit().await?;
    ctx.app.part::<Org>()?.cache().forget_account(&id);
    let text = format!("已收回“{}”的这项权限，下一次点击就生效。", account.name);
    Ok(ctx.redirect_with(&to, "ok", &text))
}
