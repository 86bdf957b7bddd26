//! 比对结果: what departments say, with the old and the new value; the department's own people take many at once.

use crate::decide::{self, Done};
use crate::kinds;
use crate::proposals::{self, Proposal, State, Which};
use area::api::AreaBook;
use askama::Template;
use axum::extract::RawQuery;
use host::{Ctx, Failure, Page};
use people::api::{Fact, Person, words};
use serde_json::json;
use std::collections::BTreeMap;
use store::Audit;
use ui::{
    Choice, Column, Form, FormData, ListQuery, ListSpec, PageError, Pager, Shell, Table, Total,
};

/// What waits to be decided.
pub(super) const OPEN: &str = "/matching/proposals?state=open";

const SPEC: ListSpec = ListSpec::filtered(&["state", "kind", "suspect", "batch"]);

struct Line {
    code: String,
    who: String,
    place: String,
    kind: String,
    source: String,
    changes: Vec<(String, String, String)>,
    clue: String,
    since: String,
    state: State,
    bulk: bool,
}

#[derive(Template)]
#[template(path = "pages/proposals.html")]
struct ProposalsPage {
    shell: Shell,
    query: ListQuery,
    states: Vec<Choice>,
    kinds: Vec<Choice>,
    suspects: Vec<Choice>,
    table: Table,
    rows: Vec<Line>,
    pager: Pager,
    bulk: bool,
    /// Nothing is asked but what waits.
    only_open: bool,
}

/// 「2025-06-30」, 「是」, nothing known.
pub(super) fn shown(book: &AreaBook, fact: Fact, value: Option<&rules::facts::Value>) -> String {
    value.map_or_else(
        || "未知".to_owned(),
        |value| words::value(book, fact, value),
    )
}

/// `GET /matching/proposals`
pub(crate) async fn get(ctx: Ctx, RawQuery(raw): RawQuery) -> Page {
    let query = ListQuery::of(raw.as_deref(), &SPEC)?;
    query.allowed("state", |key| State::from_key(key).is_some())?;
    query.allowed("kind", |key| kinds::of(key).is_some())?;
    query.allowed("suspect", |key| ["0", "1"].contains(&key))?;
    let which = Which {
        state: query.filter("state").and_then(State::from_key),
        kind: query.filter("kind").map(str::to_owned),
        batch: query.filter("batch").map(str::to_owned),
        suspect: query.filter("suspect").map(|key| key == "1"),
    };
    let (store, actor) = (&ctx.app.store, ctx.actor());
    let total = proposals::count(store, &actor, &which).await?;
    let page = (query.offset() as i64, i64::from(query.size));
    let found = proposals::page(store, &actor, &which, page).await?;
    let people = people(&ctx, &found).await?;
    let book = ctx.app.part::<AreaBook>()?;
    let mut rows = Vec::with_capacity(found.len());
    for one in found {
        let clue = crate::batch::said(store, &one.code).await?;
        rows.push(line(&ctx, &book, one, &people, clue));
    }
    let title = if which.suspect == Some(true) {
        "疑似去世"
    } else {
        "比对结果"
    };
    let bulk = rows.iter().any(|row| row.bulk);
    let columns = [
        Column::new(if bulk { "选" } else { "对象" }),
        Column::new(if bulk { "对象" } else { "部门结果" }),
        Column::new(if bulk {
            "部门结果"
        } else {
            "登记 → 部门结果"
        }),
        Column::new(if bulk {
            "登记 → 部门结果"
        } else {
            "自何时起"
        }),
        Column::new(if bulk { "自何时起" } else { "状态" }),
        Column::new(if bulk { "状态" } else { "办理" }),
        Column::new("办理"),
    ];
    let columns = &columns[..if bulk { 7 } else { 6 }];
    Ok(ui::page_no_store(ProposalsPage {
        shell: super::under(&ctx, crate::batch::Purpose::List, title),
        states: State::ALL
            .iter()
            .map(|state| Choice::new(state.key(), state.zh()))
            .collect(),
        kinds: kinds::all()
            .iter()
            .filter(|kind| kind.seen_by(actor.role))
            .map(|kind| Choice::new(kind.key.as_str(), kind.zh()))
            .collect(),
        suspects: vec![Choice::new("1", "疑似去世"), Choice::new("0", "其他")],
        table: Table::new(title, columns, "/matching/proposals", &query),
        pager: Pager::new(
            "/matching/proposals",
            &query,
            Total::Exact(total.unsigned_abs()),
            None,
            None,
        ),
        rows,
        bulk,
        only_open: which.state.is_none_or(|state| state == State::Open)
            && which.kind.is_none()
            && which.batch.is_none()
            && which.suspect.is_none(),
        query,
    }))
}

/// The people of these proposals within the asker's scope, logged.
async fn people(ctx: &Ctx, found: &[Proposal]) -> Result<BTreeMap<String, Person>, Failure> {
    let ids: Vec<String> = found.iter().map(|one| one.key.id.clone()).collect();
    let people = people::api::of_ids(&ctx.app.store, &ctx.scope(), ids.clone()).await?;
    ctx.log_reads(&[Audit::new("person.list")
        .with("list", "matching.proposals")
        .with("count", found.len() as i64)
        .with("keys", json!(ids))])
        .await?;
    Ok(people
        .into_iter()
        .map(|person| (person.key.id.clone(), person))
        .collect())
}

fn line(
    ctx: &Ctx,
    book: &AreaBook,
    one: Proposal,
    people: &BTreeMap<String, Person>,
    clue: Option<String>,
) -> Line {
    let actor = ctx.actor();
    let person = people.get(&one.key.id);
    let kind = one.of();
    let open = one.state == State::Open;
    let may = person.is_some_and(|person| decide::may_accept(&actor, &one, person));
    Line {
        who: person.map_or_else(
            || "（档案已合并）".to_owned(),
            |person| super::name(actor.role, &person.name),
        ),
        place: person
            .map(|person| words::area(book, person, Fact::RESIDENCE_AREA))
            .unwrap_or_default(),
        kind: kind.map(kinds::Kind::zh).unwrap_or_default(),
        source: format!("数据截至 {}", one.source_day),
        changes: one
            .said
            .iter()
            .map(|said| {
                let now = match (open, person) {
                    (true, Some(person)) => person.facts.get(said.fact),
                    _ => said.present.as_ref(),
                };
                (
                    said.fact.def().zh.to_owned(),
                    shown(book, said.fact, now),
                    shown(book, said.fact, Some(&said.value)),
                )
            })
            .collect(),
        clue: if kind.is_some_and(|kind| kind.clue.is_some()) && one.state != State::Refused {
            clue.unwrap_or_default()
        } else {
            String::new()
        },
        since: one.since.to_string(),
        state: one.state,
        bulk: open && may && decide::in_bulk(actor.role, &one),
        code: one.code,
    }
}

/// `POST /matching/proposals/acceptance`: the ticked ones, each in a transaction of its own.
pub(crate) async fn accept(ctx: Ctx, data: FormData) -> Page {
    let form = Form::from(data);
    let codes: Vec<String> = form.data.all("proposal").map(str::to_owned).collect();
    let to = OPEN;
    if codes.is_empty() {
        return Ok(ctx.redirect_with(to, "warn", "没有选中任何一条。"));
    }
    let (mut taken, mut left) = (0, 0);
    for code in codes
        .iter()
        .take(ui::list::PAGE_SIZES.iter().copied().max().unwrap_or(100) as usize)
    {
        let Some(one) = proposals::find(&ctx.app.store, code).await? else {
            left += 1;
            continue;
        };
        if !decide::in_bulk(ctx.actor().role, &one) {
            let text = "只有登记这些信息的部门可以批量采纳。";
            return Err(PageError::refused("登记单位").text(text).into());
        }
        match decide::accept(&ctx, &one, None).await? {
            Done::Yes => taken += 1,
            Done::Late | Done::Stale | Done::Asked => left += 1,
        }
    }
    let text = if left == 0 {
        format!("已采纳 {taken} 条，资格和名单已重新计算。")
    } else {
        format!("已采纳 {taken} 条；{left} 条已有人处理，或档案刚有变化，请逐条核对。")
    };
    Ok(ctx.redirect_with(to, if left == 0 { "ok" } else { "warn" }, &text))
}
