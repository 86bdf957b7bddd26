//! 能力评估: what waits, by step; what ends soon.

use crate::book::{self, Tab};
use crate::look::by_assignment;
use crate::model::{KINDS, State, zh};
use crate::whose;
use area::api::AreaBook;
use askama::Template;
use authz::{Action, Role};
use axum::extract::RawQuery;
use host::{Ctx, Page};
use people::api::{Fact, words};
use std::collections::BTreeMap;
use store::Audit;
use ui::{Column, ListQuery, ListSpec, PageError, Pager, Shell, Table, Total};

const SPEC: ListSpec = ListSpec::filtered(&["tab"]);

struct Line {
    href: String,
    who: String,
    place: String,
    scheme: &'static str,
    kind: &'static str,
    state: State,
    due: String,
    late: bool,
    level: String,
    act: &'static str,
}

#[derive(Template)]
#[template(path = "pages/list.html")]
struct ListPage {
    shell: Shell,
    table: Table,
    tabs: Vec<(&'static str, &'static str, i64)>,
    chosen: String,
    rows: Vec<Line>,
    pager: Pager,
    county: bool,
    money: bool,
    admissions: bool,
    /// The reader opens no records and finds whom to ask for here.
    finds: bool,
}

/// The tabs of a role: key, words, what they hold.
fn tabs(ctx: &Ctx) -> Vec<(&'static str, &'static str, Tab)> {
    let all = [
        ("asked", "待派单", Tab::In(State::Asked)),
        ("sent", "待评估", Tab::In(State::Sent)),
        ("signing", "待会签", Tab::In(State::Signing)),
        ("review", "待复核", Tab::In(State::Review)),
        ("objected", "有异议", Tab::Objected),
        ("due", "到期", Tab::Due(ctx.today())),
        ("done", "已出结论", Tab::In(State::Done)),
        ("all", "全部", Tab::All),
    ];
    let role = ctx.actor().role;
    all.into_iter()
        .filter(|(key, _, _)| match role {
            Role::Assessor => matches!(*key, "sent" | "signing" | "done"),
            Role::AssessmentBody => !matches!(*key, "asked" | "objected" | "due"),
            _ => true,
        })
        .collect()
}

/// `GET /assessments`
pub(crate) async fn get(ctx: Ctx, RawQuery(raw): RawQuery) -> Page {
    let query = ListQuery::of(raw.as_deref(), &SPEC)?;
    let (store, actor, today) = (&ctx.app.store, ctx.actor(), ctx.today());
    let all = tabs(&ctx);
    let mut counted = Vec::new();
    for (key, title, tab) in &all {
        counted.push((*key, *title, book::count(store, &actor, *tab).await?));
    }
    let first = counted.iter().find(|(_, _, n)| *n > 0).or(counted.first());
    let chosen = query
        .filter("tab")
        .or(first.map(|(key, _, _)| *key))
        .unwrap_or("all")
        .to_owned();
    let (_, _, tab) = all
        .iter()
        .find(|(key, _, _)| *key == chosen)
        .ok_or_else(|| PageError::bad_request(format!("没有「{chosen}」这一栏")))?;
    let (skip, most) = (query.offset() as i64, i64::from(query.size));
    let list = book::list(store, &actor, *tab, skip, most).await?;
    let total = counted.iter().find(|(key, _, _)| *key == chosen);
    let total = total.map_or(0, |(_, _, n)| *n);
    let keys: Vec<_> = list.iter().map(|one| one.request.key.clone()).collect();
    let people: BTreeMap<String, _> = people::api::of_keys(store, &keys)
        .await?
        .into_iter()
        .map(|person| (person.key.id.clone(), person))
        .collect();
    let ids: Vec<&str> = keys.iter().map(|key| key.id.as_str()).collect();
    ctx.log_reads(&[Audit::new("person.list")
        .with("list", "assessments")
        .with("count", total)
        .with("keys", serde_json::json!(ids))])
        .await?;
    let book = ctx.app.part::<AreaBook>()?;
    let rows = list
        .into_iter()
        .map(|one| {
            let person = people.get(&one.request.key.id);
            let state = one.request.state;
            let waits = !matches!(state, State::Done | State::Withdrawn);
            let due = if waits {
                Some(one.request.due)
            } else {
                one.valid_until
            };
            let act = match (state, actor.role) {
                (State::Asked, Role::CountyCivil | Role::CountyHealth) => "派单",
                (State::Sent, Role::Assessor) => "评估",
                (State::Signing, Role::Assessor) => "会签",
                (State::Review, Role::CountyCivil | Role::CountyHealth) => "复核",
                _ => "打开",
            };
            Line {
                href: one.request.href(),
                who: person.map_or_else(|| "（档案已删除）".to_owned(), |p| p.name.clone()),
                place: person
                    .map(|p| words::area(&book, p, Fact::RESIDENCE_AREA))
                    .unwrap_or_default(),
                scheme: &one.request.scheme.name,
                kind: zh(KINDS, &one.request.kind),
                state,
                late: due.is_some_and(|day| day < today),
                due: due.map_or_else(String::new, |day| day.to_string()),
                level: one
                    .level
                    .filter(|_| state == State::Done || state == State::Review)
                    .map_or_else(String::new, |level| {
                        one.request.scheme.level_name(level).to_owned()
                    }),
                act,
            }
        })
        .collect();
    let due_word = if matches!(tab, Tab::Due(_) | Tab::In(State::Done)) {
        "有效期至"
    } else {
        "办理期限"
    };
    let columns = [
        Column::new("对象"),
        Column::new("量表"),
        Column::new("类型"),
        Column::new("结论"),
        Column::new(due_word),
        Column::new("状态"),
        Column::end("办理"),
    ];
    Ok(ui::page_no_store(ListPage {
        shell: ctx.shell("能力评估"),
        table: Table::new("能力评估", &columns, "/assessments", &query),
        tabs: counted,
        chosen,
        rows,
        pager: Pager::new(
            "/assessments",
            &query,
            Total::Exact(total.unsigned_abs()),
            None,
            None,
        ),
        county: whose::keeps_bodies(&ctx).is_ok(),
        money: whose::keeps_bodies(&ctx).is_ok() || by_assignment(actor.role),
        finds: Action::AskAssessment.allowed_to(actor.role)
            && !Action::ReadPerson.allowed_to(actor.role),
        admissions: !by_assignment(actor.role),
    }))
}
