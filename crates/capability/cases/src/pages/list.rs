//! 申请审批: cases by state and deadline, what is to be done now in every row.

use super::{countdown, loaded, whole};
use crate::acts;
use crate::delegation::{self, Window};
use crate::machine::State;
use crate::procedures::{Kind, Procedures};
use crate::store::{self as rows, Asked};
use area::api::AreaBook;
use askama::Template;
use authz::{Action, Role};
use axum::extract::RawQuery;
use host::{Ctx, Page};
use kernel::Day;
use pay::api::{programme_zh, programmes};
use std::collections::BTreeMap;
use store::Audit;
use ui::{Choice, Column, ListQuery, ListSpec, Pager, Shell, Table, Total};

const SPEC: ListSpec = ListSpec::filtered(&["box", "programme", "state"]);

/// Lists are counted up to here: a page waits for nobody to count a hundred thousand.
const CAP: u64 = 10_000;

/// Tabs: key and name.
const BOXES: &[(&str, &str)] = &[
    ("mine", "等我办"),
    ("late", "超期"),
    ("open", "在办"),
    ("all", "全部"),
];

struct Line {
    code: String,
    href: String,
    name: String,
    area: String,
    programme: String,
    number: String,
    submitted: String,
    left: String,
    tone: &'static str,
    next: String,
    state: State,
    pick: bool,
}

#[derive(Template)]
#[template(path = "pages/list.html")]
struct ListPage {
    shell: Shell,
    table: Table,
    rows: Vec<Line>,
    pager: Pager,
    query: ListQuery,
    tabs: Vec<(&'static str, &'static str, String)>,
    chosen: String,
    programmes: Vec<Choice>,
    states: Vec<Choice>,
    bulk: bool,
    decides: bool,
    may_apply: bool,
}

/// The states in which the next step is this role's.
pub(crate) fn own_states(role: Role) -> Vec<State> {
    match role {
        Role::TownWorker => vec![State::Submitted, State::Checking],
        Role::CountyCivil => vec![State::Deciding, State::Appealing],
        Role::DepartmentData => vec![State::Checking],
        Role::Visitor => vec![State::Supplement],
        _ => Vec::new(),
    }
}

/// What a tab shows to this role; of what is checked only its own steps wait for it, a county decides its own,
/// and a town what was handed to it.
pub(crate) fn asked(
    role: Role,
    tab: &str,
    procedures: &Procedures,
    offices: &[String],
    handed: &[Window],
) -> Asked {
    let states = match tab {
        "mine" => own_states(role),
        "open" | "late" => State::ALL
            .into_iter()
            .filter(|state| state.open() && *state != State::Draft)
            .collect(),
        _ => Vec::new(),
    };
    let mine = tab == "mine";
    let steps = procedures.procedures.iter().flat_map(|one| {
        let own = one
            .steps
            .iter()
            .filter(|step| step.kind == Kind::Check && step.role() == Some(role));
        own.map(|step| (one.programme.clone(), step.id.clone()))
    });
    Asked {
        states,
        late: tab == "late",
        steps: if mine { steps.collect() } else { Vec::new() },
        office: match offices {
            [only] if mine && role == Role::CountyCivil => Some(only.clone()),
            _ => None,
        },
        with: if mine && role == Role::TownWorker {
            handed.to_vec()
        } else {
            Vec::new()
        },
        without: if mine && role == Role::CountyCivil {
            handed.to_vec()
        } else {
            Vec::new()
        },
        ..Asked::default()
    }
}

/// `GET /cases`
pub(crate) async fn get(ctx: Ctx, RawQuery(raw): RawQuery) -> Page {
    let query = ListQuery::of(raw.as_deref(), &SPEC)?;
    let role = ctx.actor().role;
    let boxes: Vec<&(&str, &str)> = BOXES
        .iter()
        .filter(|(key, _)| *key != "mine" || !own_states(role).is_empty())
        .collect();
    query.allowed("box", |key| boxes.iter().any(|(known, _)| *known == key))?;
    query.allowed("state", |key| State::from_key(key).is_some())?;
    let first = boxes.first().map_or("all", |(key, _)| *key);
    let chosen = query.filter("box").unwrap_or(first).to_owned();
    let (store, scope, today) = (&ctx.app.store, ctx.scope(), ctx.today());
    let procedures = loaded(&ctx).await?;
    let offices = super::offices(&ctx)?;
    let handed = delegation::windows(store, &procedures.procedures).await?;
    let own = |tab: &str| asked(role, tab, &procedures.procedures, &offices, &handed);
    let mut tabs = Vec::new();
    for (key, title) in boxes {
        let n = if *key == "all" {
            0
        } else {
            rows::count_to(store, &scope, &own(key), today, CAP).await?
        };
        let n = match n {
            0 => String::new(),
            n if n > CAP => format!("{}+", ui::text::grouped(CAP)),
            n => n.to_string(),
        };
        tabs.push((*key, *title, n));
    }
    let mut asked = own(&chosen);
    asked.programme = query.filter("programme").map(str::to_owned);
    if let Some(state) = query.filter("state").and_then(State::from_key) {
        asked.states = vec![state];
    }
    let total = rows::count_to(store, &scope, &asked, today, CAP).await?;
    let (skip, most) = (query.offset() as i64, i64::from(query.size));
    let list = rows::page(store, &scope, &asked, today, skip, most).await?;
    let ids: Vec<String> = list.iter().map(|case| case.key.id.clone()).collect();
    let people: BTreeMap<String, people::api::Person> =
        people::api::of_ids(store, &scope, ids.clone())
            .await?
            .into_iter()
            .map(|person| (person.key.id.clone(), person))
            .collect();
    ctx.log_reads(&[Audit::new("person.list")
        .with("list", "cases")
        .with("count", total as i64)
        .with("keys", serde_json::json!(ids))])
        .await?;
    let (areas, known) = (ctx.app.part::<AreaBook>()?, programmes(&ctx)?);
    let bulk = role == Role::CountyCivil;
    let lines: Vec<Line> = list
        .iter()
        .map(|case| {
            let procedure = procedures.procedures.of(&case.programme);
            let (left, tone) =
                procedure.map_or((String::new(), ""), |one| countdown(case, one, today));
            let state = procedure.map_or(case.standing.state, |one| {
                case.standing.on(one, today).state
            });
            let name = people
                .get(&case.key.id)
                .map_or_else(String::new, |person| person.name.clone());
            Line {
                code: case.code.clone(),
                href: format!("/cases/{}", case.code),
                name: if whole(role) {
                    name
                } else {
                    ui::mask::name(&name)
                },
                area: areas.short_name(&case.handled),
                programme: programme_zh(&known, &case.programme),
                number: case.number(),
                submitted: case.submitted.map(Day::zh).unwrap_or_default(),
                left,
                tone,
                next: procedure.map_or_else(String::new, |one| acts::next_zh(one, case, today)),
                state,
                pick: bulk && state == State::Deciding,
            }
        })
        .collect();
    let mut columns = vec![
        Column::new("申请人"),
        Column::new("事项"),
        Column::new("提交"),
        Column::new("期限"),
        Column::new("现在要做什么"),
        Column::new("状态"),
    ];
    if bulk {
        columns.insert(0, Column::new("选"));
    }
    Ok(ui::page_no_store(ListPage {
        shell: ctx.shell("申请审批"),
        table: Table::new("申请审批", &columns, "/cases", &query),
        pager: Pager::new("/cases", &query, Total::capped(total, CAP), None, None),
        decides: lines.iter().any(|line| line.pick),
        rows: lines,
        tabs,
        chosen,
        programmes: procedures
            .procedures
            .procedures
            .iter()
            .map(|one| Choice::new(one.programme.clone(), programme_zh(&known, &one.programme)))
            .collect(),
        states: State::ALL
            .into_iter()
            .filter(|state| *state != State::Draft)
            .map(|state| Choice::new(state.key(), state.zh()))
            .collect(),
        bulk,
        may_apply: Action::Apply.allowed_to(role),
        query,
    }))
}
