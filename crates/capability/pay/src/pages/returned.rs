//! 退回重发: what came back, why, what to do, and from where it is sent again.

use super::{names, offices, programme_zh, programmes, yuan};
use crate::{accounts, again};
use area::api::AreaBook;
use askama::Template;
use authz::Action;
use axum::extract::RawQuery;
use host::{Ctx, Page, PersonKey};
use people::api::Person;
use std::collections::BTreeMap;
use store::Audit;
use ui::{Column, ListQuery, ListSpec, Pager, Shell, Table, Tile, Total};

const SPEC: ListSpec = ListSpec::filtered(&[]);

struct Line {
    name: String,
    href: String,
    area: String,
    programme: String,
    month: String,
    money: String,
    why: &'static str,
    remedy: &'static str,
    tail: String,
    renewed: bool,
    account: String,
    run: String,
}

#[derive(Template)]
#[template(path = "pages/returned.html")]
struct ReturnedPage {
    shell: Shell,
    table: Table,
    tiles: Vec<Tile>,
    rows: Vec<Line>,
    pager: Pager,
    may_account: bool,
}

/// `GET /payments/returned`
pub(crate) async fn get(ctx: Ctx, RawQuery(raw): RawQuery) -> Page {
    let query = ListQuery::of(raw.as_deref(), &SPEC)?;
    let (store, mine) = (&ctx.app.store, offices(&ctx)?);
    let role = ctx.actor().role;
    let (total, fen) = again::sum(store, &mine, None).await?;
    let (skip, most) = (query.offset() as i64, i64::from(query.size));
    // Leaders and the bank see how many, not who.
    let list = if matches!(role, authz::Role::Leader | authz::Role::Bank) {
        Vec::new()
    } else {
        again::page(store, &mine, None, skip, most).await?
    };
    let keys: Vec<PersonKey> = list.iter().map(|one| one.key.clone()).collect();
    let ids: Vec<String> = keys.iter().map(|key| key.id.clone()).collect();
    let people: BTreeMap<String, Person> = people::api::of_ids(store, &ctx.scope(), ids.clone())
        .await?
        .into_iter()
        .map(|person| (person.key.id.clone(), person))
        .collect();
    ctx.log_reads(&[Audit::new("person.list")
        .with("list", "returned")
        .with("count", total)
        .with("keys", serde_json::json!(ids))])
        .await?;
    let accounts = accounts::of_many(store, &keys).await?;
    let (book, known) = (ctx.app.part::<AreaBook>()?, programmes(&ctx)?);
    let full = names(role);
    let mut rows = Vec::with_capacity(list.len());
    for one in list {
        let person = people.get(&one.key.id);
        let tail = match accounts.get(&one.key.id) {
            Some(account) => account.tail(store)?,
            None => String::new(),
        };
        rows.push(Line {
            name: person.map_or_else(String::new, |person| {
                if full {
                    person.name.clone()
                } else {
                    ui::mask::name(&person.name)
                }
            }),
            href: if full {
                format!("/people/{}?tab=payments", one.key.id)
            } else {
                String::new()
            },
            area: person
                .and_then(|person| person.subject().hukou)
                .map_or_else(String::new, |code| book.short_name(&code)),
            programme: programme_zh(&known, &one.programme),
            month: one.month.zh(),
            money: yuan(one.fen),
            why: one.outcome.zh(),
            remedy: one.outcome.remedy(),
            tail,
            renewed: one.renewed,
            account: format!("/people/{}/account", one.key.id),
            run: format!("/payments/{}", one.run),
        });
    }
    let columns = [
        Column::new("姓名"),
        Column::new("待遇"),
        Column::new("月份"),
        Column::number("金额（元）"),
        Column::new("退回原因"),
        Column::new("卡号后四位"),
        Column::end("办理"),
    ];
    Ok(ui::page_no_store(ReturnedPage {
        shell: ctx.shell("退回重发"),
        table: Table::new("退回重发", &columns, "/payments/returned", &query),
        tiles: vec![
            ui::tile("退回未重发", ui::text::grouped(total.unsigned_abs())).unit("笔"),
            ui::tile("金额", yuan(fen)).unit("元"),
        ],
        rows,
        pager: Pager::new(
            "/payments/returned",
            &query,
            Total::Exact(total.unsigned_abs()),
            None,
            None,
        ),
        may_account: Action::KeepAccount.allowed_to(role),
    }))
}
