//! 消息记录: what was told to whom and by which way; what waits on paper is printed here.

use crate::book::{self, Asked, STATES};
use crate::kinds::Kind;
use area::api::AreaBook;
use askama::Template;
use authz::Role;
use axum::extract::RawQuery;
use host::{Ctx, Page};
use people::api::Person;
use rules::FactId;
use std::collections::BTreeMap;
use store::Audit;
use ui::{Choice, Column, ListQuery, ListSpec, Pager, Shell, Table, Total};

const SPEC: ListSpec = ListSpec::filtered(&["kind", "state"]);

struct Line {
    href: String,
    name: String,
    area: String,
    kind: &'static str,
    said: String,
    when: String,
    state: &'static str,
    tone: &'static str,
    why: String,
    paper: Option<String>,
}

#[derive(Template)]
#[template(path = "pages/list.html")]
struct ListPage {
    shell: Shell,
    query: ListQuery,
    kinds: Vec<Choice>,
    states: Vec<Choice>,
    table: Table,
    rows: Vec<Line>,
    pager: Pager,
    papers: i64,
    prints: bool,
}

impl ListPage {
    /// Whether paper waits for whoever prints it.
    const fn waits(&self) -> bool {
        self.prints && self.papers > 0
    }
}

/// `GET /messages`
pub(crate) async fn get(ctx: Ctx, RawQuery(raw): RawQuery) -> Page {
    let query = ListQuery::of(raw.as_deref(), &SPEC)?;
    query.allowed("kind", |key| Kind::of(key).is_some())?;
    query.allowed("state", |key| {
        STATES.iter().any(|(known, ..)| *known == key)
    })?;
    let (store, scope) = (&ctx.app.store, ctx.scope());
    let asked = Asked {
        kind: query.filter("kind").map(str::to_owned),
        state: query.filter("state").map(str::to_owned),
        ..Asked::default()
    };
    let count = book::count(store, &scope, &asked).await?;
    let waiting = Asked {
        to_print: true,
        ..Asked::default()
    };
    let papers = book::count(store, &scope, &waiting).await?;
    let page = book::page(
        store,
        &scope,
        &asked,
        query.offset() as i64,
        i64::from(query.size),
    )
    .await?;
    let ids: Vec<String> = page.iter().map(|one| one.key.id.clone()).collect();
    let people: BTreeMap<String, Person> = people::api::of_ids(store, &scope, ids.clone())
        .await?
        .into_iter()
        .map(|person| (person.key.id.clone(), person))
        .collect();
    ctx.log_reads(&[Audit::new("person.list")
        .with("list", "messages")
        .with("count", count)
        .with("keys", serde_json::json!(ids))])
        .await?;
    let areas = ctx.app.part::<AreaBook>()?;
    let masked = ctx.actor().role == Role::InspectorDiscipline;
    let rows = page
        .into_iter()
        .filter_map(|one| {
            let person = people.get(&one.key.id)?;
            let (state, tone) = one.state_zh();
            let shown = if masked {
                ui::mask::name(&person.name)
            } else {
                person.name.clone()
            };
            Some(Line {
                href: format!("/people/{}", person.key.id),
                area: people::api::words::area(&areas, person, FactId::HUKOU_AREA),
                kind: one.kind_zh(),
                said: one.said.replace(&person.name, &shown),
                when: one.made.minute(),
                paper: matches!(
                    one.state.as_str(),
                    "paper" | "refused" | "printed" | "inside"
                )
                .then(|| format!("/messages/{}/paper", one.code)),
                why: one.why.unwrap_or_default(),
                name: shown,
                state,
                tone,
            })
        })
        .collect();
    let columns = [
        Column::new("姓名"),
        Column::new("种类"),
        Column::new("内容"),
        Column::new("时间"),
        Column::new("怎样告知"),
        Column::end("告知单"),
    ];
    Ok(ui::page_no_store(ListPage {
        shell: ctx.shell("消息记录"),
        kinds: Kind::ALL
            .iter()
            .map(|kind| Choice::new(kind.key(), kind.zh()))
            .collect(),
        states: STATES
            .iter()
            .map(|(key, name, _)| Choice::new(*key, *name))
            .collect(),
        table: Table::new("消息记录", &columns, "/messages", &query),
        pager: Pager::new(
            "/messages",
            &query,
            Total::Exact(count.unsigned_abs()),
            None,
            None,
        ),
        rows,
        papers,
        prints: !masked,
        query,
    }))
}
