//! `GET /system/accounts`: who may sign in, as what, where, and since when not.

use crate::accounts::{Account, Wanted, page_of_accounts};
use area::api::AreaBook;
use askama::Template;
use authz::Role;
use host::{Ctx, Page};
use kernel::Instant;
use ui::{Choice, Column, ListQuery, ListSpec, PageError, Pager, Pill, Shell, Table, Total, pill};

const PATH: &str = "/system/accounts";

const SPEC: ListSpec = ListSpec {
    filters: &["role", "state"],
    sorts: &[],
    default_sort: "",
    default_desc: false,
};

/// Filter values and their words.
const STATES: &[(&str, &str)] = &[
    ("active", "可登录"),
    ("fresh", "未改初始密码"),
    ("locked", "已锁定"),
    ("disabled", "已停用"),
];

#[derive(Template)]
#[template(path = "pages/account_list.html")]
struct AccountListPage {
    shell: Shell,
    query: ListQuery,
    roles: Vec<Choice>,
    states: Vec<Choice>,
    table: Table,
    rows: Vec<AccountRow>,
    pager: Pager,
}

struct AccountRow {
    id: String,
    name: String,
    login: String,
    role: &'static str,
    scope: String,
    state: Pill,
    last_sign_in: String,
    disabled: bool,
    me: bool,
    ask_disable: String,
    ask_reset: String,
    factor: bool,
    ask_factor: String,
}

pub(crate) async fn get(ctx: Ctx) -> Page {
    let raw = ctx.path().split_once('?').map(|(_, query)| query);
    let query = ListQuery::parse(raw, &SPEC).map_err(PageError::from)?;
    let (role, state) = (query.filter("role"), query.filter("state"));
    let bad = |key: &str, value: &str| {
        PageError::bad_request(format!("查询条件「{key}」不能是「{value}」。"))
    };
    if let Some(role) = role.filter(|role| Role::from_key(role).is_none()) {
        return Err(bad("role", role).into());
    }
    if let Some(state) = state.filter(|state| STATES.iter().all(|(key, _)| key != state)) {
        return Err(bad("state", state).into());
    }
    let now = ctx.app.clock().now();
    let wanted = Wanted {
        role,
        state,
        now: now.micros(),
    };
    let (accounts, total) =
        page_of_accounts(&ctx.app.store, wanted, query.offset(), query.size).await?;
    let (book, me) = (ctx.app.part::<AreaBook>()?, ctx.actor().id);
    let row = |account: &Account| AccountRow {
        scope: account.scope(&book, ctx.today()).1,
        state: state_of(account, now, ctx.app.demo.is_some()),
        last_sign_in: account
            .last_sign_in_at
            .map(Instant::minute)
            .unwrap_or_default(),
        me: account.id == me,
        ask_disable: format!(
            "停用“{}”（{}）？他的登录会立即退出。",
            account.name, account.login
        ),
        ask_reset: format!(
            "重置“{}”（{}）的密码？旧密码立即失效，会给出一个新的首次登录密码。",
            account.name, account.login
        ),
        factor: account.has_factor,
        ask_factor: format!(
            "取消“{}”（{}）的动态码？请先当面核实是本人。他的登录会立即退出。",
            account.name, account.login
        ),
        id: account.id.clone(),
        name: account.name.clone(),
        login: account.login.clone(),
        role: account.role.zh(),
        disabled: account.disabled,
    };
    let words = ["姓名", "账号", "角色", "管辖范围", "状态", "最近登录"];
    let mut columns = words.map(Column::new).to_vec();
    columns.push(Column::number("办理"));
    Ok(ui::page_no_store(AccountListPage {
        shell: ctx.shell("账号"),
        rows: accounts.iter().map(row).collect(),
        roles: Role::people()
            .map(|role| Choice::new(role.key(), role.zh()))
            .collect(),
        states: STATES
            .iter()
            .map(|(key, words)| Choice::new(*key, *words))
            .collect(),
        table: Table::new("账号", &columns, PATH, &query),
        pager: Pager::new(PATH, &query, Total::Exact(total), None, None),
        query,
    }))
}

fn state_of(account: &Account, now: Instant, demo: bool) -> Pill {
    if account.disabled {
        pill("stopped", "已停用")
    } else if account.locked_until.is_some_and(|until| until > now) {
        pill("danger", "已锁定")
    } else if !account.has_password {
        if demo {
            pill("info", "演示入口")
        } else {
            pill("warn", "未设密码")
        }
    } else if account.must_change {
        pill("warn", "未改初始密码")
    } else {
        pill("ok", "可登录")
    }
}
