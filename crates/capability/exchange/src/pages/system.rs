//! One national system: its records within the asker's scope, what each lacks or why it came back, and what to do.

use super::system;
use crate::batch;
use crate::gather;
use crate::mapped::missing_of;
use crate::records::{self, Record, State, Which};
use crate::systems::System;
use area::api::AreaBook;
use askama::Template;
use authz::{Action, Scope};
use axum::extract::{Path, RawQuery};
use host::{Ctx, Page};
use people::api::{Fact, Person, area_choices, words};
use serde_json::json;
use std::collections::BTreeMap;
use store::Audit;
use ui::{Choice, Column, ListQuery, ListSpec, PageError, Pager, Shell, Table, Total};

const SPEC: ListSpec = ListSpec::filtered(&["state", "missing", "area"]);

struct Line {
    id: String,
    href: Option<String>,
    who: String,
    place: String,
    state: State,
    /// What is wrong, and what to do about it.
    wrong: Vec<(String, String)>,
    file: Option<(String, String)>,
    again: bool,
}

#[derive(Template)]
#[template(path = "pages/system.html")]
struct SystemPage {
    shell: Shell,
    system: &'static System,
    path: String,
    who: String,
    query: ListQuery,
    states: Vec<Choice>,
    missings: Vec<Choice>,
    areas: Vec<Choice>,
    waiting: i64,
    lacking: i64,
    looked: String,
    /// Nobody has looked who belongs.
    never: bool,
    filtered: bool,
    table: Table,
    rows: Vec<Line>,
    pager: Pager,
}

/// `GET /reporting/systems/{system}`
pub(crate) async fn get(ctx: Ctx, Path(key): Path<String>, RawQuery(raw): RawQuery) -> Page {
    let system = system(&ctx, &key)?;
    if system.later.is_some() {
        return Ok(ui::redirect(&format!("/reporting/systems/{key}/mapping")));
    }
    let query = ListQuery::of(raw.as_deref(), &SPEC)?;
    query.allowed("state", |key| State::from_key(key).is_some())?;
    query.allowed("missing", |key| ["0", "1"].contains(&key))?;
    let area = match query.filter("area") {
        None => None,
        Some(text) => Some(
            text.parse()
                .map_err(|error: kernel::area_code::NotAnArea| {
                    PageError::bad_request(error.to_string())
                })?,
        ),
    };
    let which = Which {
        state: query.filter("state").and_then(State::from_key),
        missing: query.filter("missing").map(|key| key == "1"),
        area,
    };
    let (store, scope, role) = (&ctx.app.store, ctx.scope(), ctx.actor().role);
    let total = records::count(store, system, &scope, &which).await?;
    let page = (query.offset() as i64, i64::from(query.size));
    let found = records::page(store, system, &scope, &which, page).await?;
    let ids: Vec<String> = found.iter().map(|record| record.key.id.clone()).collect();
    let people: BTreeMap<String, Person> = people::api::of_ids(store, &scope, ids.clone())
        .await?
        .into_iter()
        .map(|person| (person.key.id.clone(), person))
        .collect();
    ctx.log_reads(&[Audit::new("person.list")
        .with("list", "reporting.records")
        .with("kind", system.key.as_str())
        .with("count", found.len() as i64)
        .with("keys", json!(ids))])
        .await?;
    let book = ctx.app.part::<AreaBook>()?;
    let mut rows = Vec::with_capacity(found.len());
    for record in found {
        let words = records::words_of(&system.key, &record.key.id);
        let why = batch::said(store, &words).await?;
        let file = match &record.batch {
            Some(id) => batch::find(store, id).await?,
            None => None,
        };
        let person = people.get(&record.key.id);
        rows.push(Line {
            href: Action::ReadPerson
                .allowed_to(role)
                .then(|| format!("/people/{}", record.key.id)),
            who: person.map_or_else(
                || "（档案已合并）".to_owned(),
                |person| super::name(role, &person.name),
            ),
            place: person
                .map(|person| words::area(&book, person, Fact::HUKOU_AREA))
                .unwrap_or_default(),
            state: record.state,
            wrong: wrong(system, &record, why),
            file: file.map(|file| (file.no, format!("/reporting/files/{}", file.id))),
            again: record.state == State::Returned && record.missing.is_empty(),
            id: record.key.id,
        });
    }
    let path = format!("/reporting/systems/{key}");
    let columns = [
        Column::new("对象"),
        Column::new("户籍地"),
        Column::new("状态"),
        Column::new("问题和办法"),
        Column::new("文件"),
        Column::new("办理"),
    ];
    let waits = |missing| Which {
        state: Some(State::Waiting),
        missing: Some(missing),
        area: None,
    };
    let looked = gather::looked_at(store, system).await?;
    let mine = looked
        .into_iter()
        .filter(|(area, _)| {
            area.parse()
                .is_ok_and(|area| scope.admits_area(&area) || inside(&scope, &area))
        })
        .filter_map(|(_, at)| at)
        .max();
    Ok(ui::page_no_store(SystemPage {
        shell: ctx.shell(system.title.clone()).crumb("上报", "/reporting"),
        who: system.who_zh(),
        states: State::ALL
            .iter()
            .map(|state| Choice::new(state.key(), state.zh()))
            .collect(),
        missings: vec![Choice::new("1", "缺必填项"), Choice::new("0", "可以上报")],
        areas: area_choices(&ctx, &book, query.filter("area")),
        waiting: records::count(store, system, &scope, &waits(false)).await?,
        lacking: records::count(store, system, &scope, &waits(true)).await?,
        never: mine.is_none(),
        filtered: which.state.is_some() || which.missing.is_some() || which.area.is_some(),
        looked: mine.map_or_else(
            || "还没有核对过".to_owned(),
            |at| format!("{} 核对", at.minute()),
        ),
        table: Table::new(&system.title, &columns, &path, &query),
        pager: Pager::new(
            &path,
            &query,
            Total::Exact(total.unsigned_abs()),
            None,
            None,
        ),
        path,
        system,
        rows,
        query,
    }))
}

/// Whether this area holds all of a scope.
fn inside(scope: &Scope, area: &kernel::AreaCode) -> bool {
    matches!(scope, Scope::Areas(areas) if areas.iter().all(|own| area.contains(own)))
}

/// What a record lacks, or why it came back, each with what to do.
fn wrong(system: &System, record: &Record, why: Option<String>) -> Vec<(String, String)> {
    let mut out: Vec<(String, String)> = missing_of(system, &record.missing)
        .into_iter()
        .map(|column| (format!("缺「{}」", column.title), column.remedy()))
        .collect();
    match record.state {
        State::Returned => out.push((
            format!("退回：{}", why.unwrap_or_default()),
            "改正后自动变为待报；不用改的点“重新上报”".to_owned(),
        )),
        State::Ended => out.push((
            "不再属于这个系统的对象".to_owned(),
            "请在上级系统里注销或标注".to_owned(),
        )),
        State::Waiting if record.told.is_some() && out.is_empty() => {
            out.push(("上报后有变化".to_owned(), "下次生成文件时一起报".to_owned()));
        }
        _ => {}
    }
    out
}

/// `POST /reporting/systems/{system}/look`: who belongs to it is looked up now, and every night from now on.
pub(crate) async fn look(ctx: Ctx, Path(key): Path<String>) -> Page {
    let system = system(&ctx, &key)?;
    let to = format!("/reporting/systems/{key}");
    let areas = match ctx.scope() {
        Scope::Areas(areas) if system.later.is_none() => areas,
        _ => return Ok(ctx.redirect_with(&to, "warn", "没有可以核对的地区。")),
    };
    let mut tx = ctx.begin().await?;
    for area in &areas {
        gather::ask(&mut tx, system, *area).await?;
    }
    tx.audit(
        Audit::new("reporting.look")
            .subject(&system.key)
            .with("count", areas.len() as i64),
    );
    tx.commit().await?;
    Ok(ctx.redirect_with(&to, "ok", "正在核对对象，稍后刷新；以后每天夜里自动核对。"))
}

/// `POST /reporting/systems/{system}/records/{person}/again`
pub(crate) async fn again(ctx: Ctx, Path((key, id)): Path<(String, String)>) -> Page {
    let system = system(&ctx, &key)?;
    let person = people::api::open(&ctx, &id, Action::ReadPerson).await?;
    let to = format!("/reporting/systems/{key}?state=returned");
    let mut tx = ctx.begin().await?;
    let record = records::find(&tx, system, &id).await?;
    let ready = record.is_some_and(|record| record.missing.is_empty());
    if !ready || !records::again(&mut tx, system, &person.key).await? {
        tx.rollback().await?;
        return Ok(ctx.redirect_with(&to, "warn", "这个人已经不是退回状态，或还缺必填项。"));
    }
    tx.audit(
        Audit::new("reporting.again")
            .person(&person.key.shard, &person.key.id)
            .with("kind", system.key.as_str()),
    );
    tx.commit().await?;
    Ok(ctx.redirect_with(&to, "ok", "已变为待报，下次生成文件时一起报。"))
}
