//! `GET /periods`: month-ends, the last night, open alarms.

use super::{area, name, short, state, subject};
use crate::book::{self, Kind};
use area::api::AreaBook;
use askama::Template;
use axum::extract::RawQuery;
use host::{Ctx, Page};
use plan::api::PlanBook;
use ui::{ListQuery, ListSpec, PageError, Shell};

const SPEC: ListSpec = ListSpec {
    filters: &[],
    sorts: &[],
    default_sort: "",
    default_desc: false,
};

struct Row {
    href: String,
    name: String,
    day: String,
    known: String,
    people: String,
    digest: String,
    version: i64,
    moved: usize,
}

struct AlarmRow {
    day: String,
    people: i64,
    keys: Vec<String>,
    counts: i64,
    cells: Vec<String>,
}

#[derive(Template)]
#[template(path = "pages/list.html")]
struct PeriodsPage {
    shell: Shell,
    rows: Vec<Row>,
    night: Option<Row>,
    alarms: Vec<AlarmRow>,
    may_open: bool,
}

fn row(snapshot: &book::Snapshot) -> Row {
    Row {
        href: format!("/periods/{}", snapshot.number),
        name: name(snapshot),
        day: snapshot.day.zh(),
        known: snapshot.known_at.minute(),
        people: ui::grouped(snapshot.people as u64),
        digest: short(&snapshot.digest),
        version: snapshot.version,
        moved: snapshot.differs.len(),
    }
}

/// Answers the page.
pub(crate) async fn get(ctx: Ctx, RawQuery(raw): RawQuery) -> Page {
    ListQuery::parse(raw.as_deref(), &SPEC)
        .map_err(|error| PageError::bad_request(error.to_string()))?;
    let (areas, plans) = (ctx.app.part::<AreaBook>()?, ctx.app.part::<PlanBook>()?);
    let list = plans.in_force(ctx.today());
    let all = book::all(&ctx.app.store).await?;
    let alarms = book::open_alarms(&ctx.app.store).await?;
    // Keys lead to a person's page; they are shown only to whom lists of people are.
    let may_open = authz::Action::ReadLists.allowed_to(ctx.actor().role)
        && ctx.actor().role == authz::Role::CityCivil;
    Ok(ui::page(PeriodsPage {
        shell: ctx.shell("月度定版"),
        rows: all
            .iter()
            .filter(|s| s.kind == Kind::MonthEnd)
            .map(row)
            .collect(),
        night: all.iter().find(|s| s.kind == Kind::Nightly).map(row),
        alarms: alarms
            .into_iter()
            .map(|alarm| AlarmRow {
                day: alarm.day.zh(),
                people: alarm.people,
                keys: alarm.keys,
                counts: alarm.counts,
                cells: alarm
                    .cells
                    .iter()
                    .map(|m| {
                        format!(
                            "{} · {} · {}：现有 {}，重算 {}",
                            area(&m.area, &areas),
                            subject(&m.subject, list.as_deref()),
                            state(&m.state),
                            m.before,
                            m.after
                        )
                    })
                    .collect(),
            })
            .collect(),
        may_open,
    }))
}
