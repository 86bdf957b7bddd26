//! 用券明细 of a month, and the county's taking back of a use that was recorded wrongly.

use super::month_typed;
use crate::{model, spend};
use askama::Template;
use authz::Role;
use axum::extract::{Path, RawQuery};
use host::{Ctx, Page, PersonKey};
use kernel::{Fen, Instant};
use ledger::Month;
use people::api::Person;
use std::collections::BTreeMap;
use store::{Audit, Reads, Row, Sql, StoreResult};
use ui::{Column, FormData, ListQuery, ListSpec, PageError, Pager, Shell, Table, Total};

const SPEC: ListSpec = ListSpec::filtered(&["month"]);

struct Line {
    key: String,
    href: String,
    who: String,
    place: String,
    when: String,
    bill: String,
    pays: String,
    own: String,
    undone: Option<String>,
    settled: bool,
}

#[derive(Template)]
#[template(path = "pages/uses.html")]
struct UsesPage {
    shell: Shell,
    zh: String,
    months: Vec<(String, String)>,
    month: String,
    table: Table,
    lines: Vec<Line>,
    pager: Pager,
    county: bool,
}

fn conditions(offices: &[String], month: Month) -> Sql {
    let mut sql = Sql::new(
        " FROM voucher_use u JOIN voucher_voucher v ON v.voucher = u.voucher JOIN voucher_place p ON p.place = u.place \
         WHERE u.day >= ",
    );
    sql.bind(month.first().number()).push(" AND u.day <= ");
    sql.bind(month.last().number()).push(" AND v.office IN (''");
    for office in offices {
        sql.push(", ").bind(office.as_str());
    }
    sql.push(")");
    sql
}

fn key_of(row: &Row) -> StoreResult<PersonKey> {
    Ok(PersonKey {
        shard: row.text("shard")?,
        id: row.text("id")?,
    })
}

/// `GET /vouchers/uses`
pub(crate) async fn get(ctx: Ctx, RawQuery(raw): RawQuery) -> Page {
    let query = ListQuery::of(raw.as_deref(), &SPEC)?;
    let this = Month::of(ctx.today());
    let month = match query.filter("month") {
        Some(text) => month_typed(text)?,
        None => this,
    };
    let (store, role) = (&ctx.app.store, ctx.actor().role);
    let offices = pay::api::offices_of(&ctx)?;
    let mut count = Sql::new("SELECT CAST(count(*) AS BIGINT) AS n");
    count.append(&conditions(&offices, month));
    let (text, values) = count.parts();
    let total = store.number(&text, values).await?;
    let mut sql = Sql::new(
        "SELECT u.use_key, v.shard, v.id, p.name, u.at, u.bill, u.fen, u.settlement, u.undone_why",
    );
    sql.append(&conditions(&offices, month))
        .push(" ORDER BY u.at DESC, u.use_key LIMIT ")
        .bind(i64::from(query.size))
        .push(" OFFSET ")
        .bind(query.offset() as i64);
    let (text, values) = sql.parts();
    let rows = store.all(&text, values).await?;
    let keys: Vec<PersonKey> = rows.iter().map(key_of).collect::<StoreResult<_>>()?;
    let people: BTreeMap<String, Person> = people::api::of_keys(store, &keys)
        .await?
        .into_iter()
        .map(|person| (person.key.id.clone(), person))
        .collect();
    let ids: Vec<&str> = keys.iter().map(|key| key.id.as_str()).collect();
    ctx.log_reads(&[Audit::new("person.list")
        .with("list", "vouchers")
        .with("count", total)
        .with("keys", serde_json::json!(ids))])
        .await?;
    let full = matches!(role, Role::CityCivil | Role::CountyCivil);
    let lines = rows
        .iter()
        .map(|row| line(row, &people, full))
        .collect::<StoreResult<_>>()?;
    let columns = [
        Column::new("持券人"),
        Column::new("机构"),
        Column::new("时间"),
        Column::number("账单（元）"),
        Column::number("券付（元）"),
        Column::number("本人付（元）"),
        Column::new("状态"),
    ];
    Ok(ui::page_no_store(UsesPage {
        shell: ctx.shell("用券明细").crumb("消费券", "/vouchers"),
        zh: month.zh(),
        months: (0..6)
            .map(|back| this.plus(-back))
            .map(|one| (one.to_string(), one.zh()))
            .collect(),
        month: month.to_string(),
        table: Table::new("用券明细", &columns, "/vouchers/uses", &query),
        pager: Pager::new(
            "/vouchers/uses",
            &query,
            Total::Exact(total.unsigned_abs()),
            None,
            None,
        ),
        lines,
        county: role == Role::CountyCivil,
    }))
}

fn line(row: &Row, people: &BTreeMap<String, Person>, full: bool) -> StoreResult<Line> {
    let id = row.text("id")?;
    let name = people.get(&id).map_or("", |person| person.name.as_str());
    let (bill, fen) = (row.int("bill")?, row.int("fen")?);
    let at: Instant = row.instant("at")?;
    Ok(Line {
        key: row.text("use_key")?,
        href: if full {
            format!("/people/{id}")
        } else {
            String::new()
        },
        who: if full {
            name.to_owned()
        } else {
            ui::mask::name(name)
        },
        place: row.text("name")?,
        when: at.minute(),
        bill: Fen(bill).to_string(),
        pays: Fen(fen).to_string(),
        own: Fen(bill - fen).to_string(),
        undone: row.opt_text("undone_why")?,
        settled: row.opt_text("settlement")?.is_some(),
    })
}

/// `POST /vouchers/uses/{key}/undo`
pub(crate) async fn undo(ctx: Ctx, Path(key): Path<String>, data: FormData) -> Page {
    if ctx.actor().role != Role::CountyCivil {
        return Err(PageError::refused("县民政局").into());
    }
    let store = &ctx.app.store;
    let found = model::find_use(store, &key)
        .await?
        .ok_or_else(PageError::not_found)?;
    let mine = model::places(store, &pay::api::offices_of(&ctx)?).await?;
    if !mine.iter().any(|place| place.place == found.place) {
        return Err(PageError::not_found().into());
    }
    let back = format!("/vouchers/uses?month={}", Month::of(found.at.day()));
    let why = data.get("why").trim().to_owned();
    if why.is_empty() {
        return Ok(ctx.redirect_with(&back, "warn", "撤销用券要写原因，没有撤销。"));
    }
    Ok(
        match spend::undo(store, &ctx.actor(), &found, &why).await? {
            Ok(()) => ctx.redirect_with(&back, "ok", "已撤销这笔用券。"),
            Err(words) => ctx.redirect_with(&back, "warn", &format!("{words}。")),
        },
    )
}
