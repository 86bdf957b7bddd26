//! `GET /tasks`: all items of the loop that the reader sees, with colour by rule and counts that lead to lists.

use super::look::{Everything, Look, Tab};
use crate::book;
use crate::colour::{Colour, RULE};
use crate::model::{Item, ItemKind, State};
use crate::month;
use askama::Template;
use axum::extract::RawQuery;
use host::{Ctx, Page};
use std::collections::BTreeSet;
use ui::{Choice, ListQuery, ListSpec, Pager, Shell, Tile, Total};

const PATH: &str = "/tasks";
const SPEC: ListSpec =
    ListSpec::filtered(&["kind", "year", "executor", "colour", "measure", "mine"]);
/// No executor has a part yet.
const UNSPLIT: &str = "unsplit";
/// Taken out of the plan.
const WITHDRAWN: &str = "withdrawn";

struct PartLine {
    name: String,
    pill: &'static str,
    zh: &'static str,
}

struct Row {
    href: String,
    title: String,
    kind: &'static str,
    year: i32,
    no: String,
    goals: String,
    pill: &'static str,
    zh: &'static str,
    parts: Vec<PartLine>,
    due: String,
    lead: String,
}

#[derive(Template)]
#[template(path = "pages/list.html")]
struct ListPage {
    shell: Shell,
    tabs: Vec<Tab>,
    query: ListQuery,
    kinds: Vec<Choice>,
    years: Vec<Choice>,
    executors: Vec<Choice>,
    colours: Vec<Choice>,
    tiles: Vec<Tile>,
    rows: Vec<Row>,
    pager: Pager,
    rule: Vec<&'static str>,
    may_take: bool,
    any: bool,
    today: String,
}

impl ListPage {
    fn chosen(&self, key: &str) -> &str {
        self.query.filter(key).unwrap_or_default()
    }

    fn mine(&self) -> bool {
        self.query.filter("mine").is_some()
    }
}

/// `GET /tasks`
pub(crate) async fn get(ctx: Ctx, RawQuery(raw): RawQuery) -> Page {
    let query = ListQuery::of(raw.as_deref(), &SPEC)?;
    query.allowed("kind", |key| ItemKind::from_key(key).is_some())?;
    query.allowed("year", |key| key.parse::<i32>().is_ok())?;
    query.allowed("mine", |key| key == "1")?;
    query.allowed("colour", |key| {
        Colour::from_key(key).is_some() || key == UNSPLIT || key == WITHDRAWN
    })?;
    let look = Look::of(&ctx)?;
    let all = look.everything(&ctx).await?;
    let executors = executors(&look, &all);
    query.allowed("executor", |key| {
        executors.iter().any(|choice| choice.value == key)
    })?;
    let letters = book::letters(&ctx.app.store, &look.seen, None).await?;
    let open = letters
        .iter()
        .filter(|letter| letter.state.waits_for_reply())
        .count();
    let stood: Vec<(&Item, Stood)> = all
        .items
        .iter()
        .map(|item| (item, stood(&look, &all, item, query.filter("executor"))))
        .collect();
    let kept: Vec<&(&Item, Stood)> = stood
        .iter()
        .filter(|(item, stood)| keeps(&query, &look, &all, item, stood))
        .collect();
    let total = kept.len();
    let rows = kept
        .iter()
        .skip(query.offset() as usize)
        .take(query.size as usize)
        .map(|(item, stood)| row(item, stood))
        .collect();
    let mut years: Vec<i32> = all.items.iter().map(|item| item.year).collect();
    years.sort_unstable_by(|a, b| b.cmp(a));
    years.dedup();
    Ok(ui::page_no_store(ListPage {
        shell: ctx.shell("督办事项"),
        tabs: look.tabs(PATH),
        kinds: ItemKind::ALL
            .iter()
            .map(|kind| Choice::new(kind.key(), kind.zh()))
            .collect(),
        years: years
            .iter()
            .map(|year| Choice::new(year.to_string(), format!("{year}年")))
            .collect(),
        colours: Colour::ALL
            .iter()
            .map(|colour| Choice::new(colour.key(), colour.zh()))
            .chain([
                Choice::new(UNSPLIT, "未分解"),
                Choice::new(WITHDRAWN, "规划已撤销"),
            ])
            .collect(),
        executors,
        tiles: tiles(&look, &all, &stood, open),
        rows,
        pager: Pager::new(PATH, &query, Total::Exact(total as u64), None, None),
        rule: RULE.to_vec(),
        may_take: look.seen.leads_any(),
        any: !all.items.is_empty(),
        today: look.today.zh(),
        query,
    }))
}

/// How an item and its parts stand.
struct Stood {
    colour: Option<Colour>,
    parts: Vec<(String, String, Colour)>,
}

fn stood(look: &Look, all: &Everything, item: &Item, executor: Option<&str>) -> Stood {
    let parts: Vec<(String, String, Colour)> = all
        .parts_of(item)
        .iter()
        .filter(|part| executor.is_none_or(|key| part.executor == key))
        .map(|part| {
            let status = all.status(item, part, look.today);
            (
                part.executor.clone(),
                part.executor_name.clone(),
                status.colour,
            )
        })
        .collect();
    Stood {
        colour: parts.iter().map(|(_, _, colour)| *colour).min(),
        parts,
    }
}

fn keeps(query: &ListQuery, look: &Look, all: &Everything, item: &Item, stood: &Stood) -> bool {
    let is = |key: &str, fits: &dyn Fn(&str) -> bool| query.filter(key).is_none_or(fits);
    is("kind", &|key| item.kind.key() == key)
        && is("year", &|year| item.year.to_string() == year)
        && is("executor", &|_| !stood.parts.is_empty())
        && is("measure", &|id| item.goals.iter().any(|g| g.measure == id))
        && is("mine", &|_| {
            look.seen.leads(item.lead_role)
                || all
                    .parts_of(item)
                    .iter()
                    .any(|part| look.seen.acts_for(&part.executor, item.lead_role))
        })
        && match query.filter("colour") {
            None => true,
            Some(WITHDRAWN) => item.withdrawn,
            Some(UNSPLIT) => stood.parts.is_empty() && !item.withdrawn,
            Some(key) => !item.withdrawn && stood.colour == Colour::from_key(key),
        }
}

fn row(item: &Item, stood: &Stood) -> Row {
    let (pill, zh) = match stood.colour {
        _ if item.withdrawn => ("no", "规划已撤销"),
        None => ("no", "未分解"),
        Some(colour) => (colour.pill(), colour.zh()),
    };
    Row {
        href: format!("/tasks/items/{}", item.id),
        title: item.title.clone(),
        kind: item.kind.zh(),
        year: item.year,
        no: item.no.clone(),
        goals: item
            .goals
            .iter()
            .map(|goal| format!("{} {}", goal.name, goal.says))
            .collect::<Vec<_>>()
            .join("；"),
        pill,
        zh,
        parts: stood
            .parts
            .iter()
            .map(|(_, name, colour)| PartLine {
                name: name.clone(),
                pill: colour.pill(),
                zh: colour.zh(),
            })
            .collect(),
        due: item.due.to_string(),
        lead: item.lead_office.clone(),
    }
}

fn executors(look: &Look, all: &Everything) -> Vec<Choice> {
    let known: BTreeSet<(&str, &str)> = all
        .parts
        .values()
        .flatten()
        .map(|part| (part.executor.as_str(), part.executor_name.as_str()))
        .collect();
    let mut out: Vec<Choice> = look
        .seen
        .bodies
        .iter()
        .map(|(key, name)| Choice::new(key, name))
        .collect();
    for (key, name) in known {
        if !out.iter().any(|choice| choice.value == key) {
            out.push(Choice::new(key, name));
        }
    }
    out
}

fn tiles(look: &Look, all: &Everything, stood: &[(&Item, Stood)], open: usize) -> Vec<Tile> {
    let count = |colour: Option<Colour>| {
        stood
            .iter()
            .filter(|(item, stood)| !item.withdrawn && stood.colour == colour)
            .count()
    };
    let tile = |label: &str, n: usize, href: String, tone: &str| {
        let tile = ui::tile(label, n).unit("项").href(href);
        if n > 0 { tile.tone(tone) } else { tile }
    };
    let mut out: Vec<Tile> = Colour::ALL
        .iter()
        .map(|colour| {
            let tone = match colour {
                Colour::Red => "danger",
                Colour::Yellow => "warn",
                Colour::Green => "",
                Colour::Done => "ok",
            };
            let href = format!("{PATH}?colour={}", colour.key());
            tile(colour.zh(), count(Some(*colour)), href, tone)
        })
        .collect();
    let unsplit = count(None);
    if unsplit > 0 && look.seen.whole {
        out.push(tile(
            "未分解",
            unsplit,
            format!("{PATH}?colour={UNSPLIT}"),
            "warn",
        ));
    }
    out.push(tile(
        "督办未回",
        open,
        "/tasks/letters?state=open".to_owned(),
        "danger",
    ));
    let (mut waits, mut submitted) = (0, 0);
    for (item, _) in stood.iter().filter(|(item, _)| !item.withdrawn) {
        for part in all.parts_of(item) {
            let reports = all.reports_of(part);
            let done = || all.status(item, part, look.today).colour == Colour::Done;
            waits += usize::from(month::waits(part, reports, look.today) && !done());
            submitted += reports
                .iter()
                .filter(|report| report.state == State::Submitted)
                .count();
        }
    }
    let href = if look.seen.whole { PATH } else { "/tasks/mine" };
    out.push(tile("本月进展未报", waits, href.to_owned(), "warn"));
    if look.seen.leads_any() {
        out.push(tile(
            "进展待核",
            submitted,
            "/tasks/review".to_owned(),
            "warn",
        ));
    }
    out
}
