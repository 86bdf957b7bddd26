//! 填报: the measures of the own plan's targets with the last value of one's own area.
//!
//! Rows A03, A18, A22–A52: who has to report sees what is missing first.

use super::bits::{Shown, choices};
use crate::board::Board;
use crate::computed;
use crate::places;
use crate::standing::PARAMETERS;
use askama::Template;
use axum::extract::RawQuery;
use figures::{DOMAINS, Unit};
use host::{Ctx, Page};
use ui::{Choice, ListQuery, ListSpec, PageError, Shell};

const SPEC: ListSpec = ListSpec::filtered(&["area", "domain", "state", "q"]);
const STATES: [(&str, &str); 3] = [
    ("none", "没有填报"),
    ("stale", "该更新了"),
    ("fresh", "已填报"),
];

struct Line {
    id: String,
    name: String,
    domain: String,
    goal: String,
    when: String,
    who: String,
    last: Option<Shown>,
    state: &'static str,
    words: &'static str,
    pill: &'static str,
}

struct Ready {
    name: &'static str,
    href: String,
    formula: &'static str,
    last: Option<Shown>,
}

#[derive(Template)]
#[template(path = "pages/reports.html")]
struct ReportsPage {
    shell: Shell,
    query: ListQuery,
    area: String,
    area_name: String,
    areas: Vec<Choice>,
    domains: Vec<Choice>,
    states: Vec<Choice>,
    stale: i32,
    lines: Vec<Line>,
    all: usize,
    missing: usize,
    computed: Vec<Ready>,
    /// May open the figure's own page.
    reads: bool,
}

impl ReportsPage {
    fn chosen(&self, key: &str) -> &str {
        self.query.filter(key).unwrap_or_default()
    }
}

/// `GET /reports`
pub(crate) async fn get(ctx: Ctx, RawQuery(raw): RawQuery) -> Page {
    let query = ListQuery::of(raw.as_deref(), &SPEC)?;
    query.allowed("domain", |value| DOMAINS.contains(&value))?;
    query.allowed("state", |value| STATES.iter().any(|(key, _)| *key == value))?;
    let board = Board::of(&ctx, None).await?;
    let mine = places::reportable(&board.areas, &ctx.scope());
    let place = match query.filter("area") {
        None => mine.first(),
        Some(key) => Some(
            mine.iter()
                .find(|place| place.key == key)
                .ok_or_else(|| PageError::refused("市民政局"))?,
        ),
    }
    .ok_or_else(|| {
        PageError::refused("市民政局")
            .text("您的管辖范围不是一个完整的县（市、区）、管委会或全市，不能填报。")
    })?;
    let lines: Vec<Line> = board
        .targets
        .iter()
        .filter_map(|target| line(&board, target, &place.key))
        .collect();
    let (all, missing) = (
        lines.len(),
        lines.iter().filter(|line| line.state == "none").count(),
    );
    let keeps = |line: &Line| {
        let is = |key: &str, value: &str| query.filter(key).is_none_or(|wanted| wanted == value);
        is("domain", &line.domain)
            && is("state", line.state)
            && query
                .filter("q")
                .is_none_or(|words| line.name.contains(words))
    };
    Ok(ui::page_no_store(ReportsPage {
        shell: ctx.shell("填报").crumb("统计报表", "/reports"),
        area: place.key.clone(),
        area_name: place.name.clone(),
        areas: mine
            .iter()
            .map(|place| Choice::new(&place.key, &place.name))
            .collect(),
        domains: DOMAINS
            .iter()
            .map(|name| Choice::new(*name, *name))
            .collect(),
        states: choices(&STATES),
        stale: PARAMETERS.stale_months,
        computed: computed::ALL
            .iter()
            .map(|figure| Ready {
                name: figure.name,
                href: format!("/dashboard/{}", figure.id),
                formula: figure.formula,
                last: board
                    .last(figure.id, &place.key)
                    .map(|value| Shown::of(value, &Unit::parse(figure.unit), String::new())),
            })
            .collect(),
        lines: lines.into_iter().filter(keeps).collect(),
        all,
        missing,
        reads: authz::Action::ReadCounts.allowed_to(ctx.actor().role),
        query,
    }))
}

fn line(board: &Board, target: &crate::aim::Target, area: &str) -> Option<Line> {
    let aim = target.leading()?;
    let last = board.last(&target.measure.id, area);
    let (state, words, pill) = match last {
        None => ("none", "没有填报", "unknown"),
        Some(value) if value.day.plus_months(PARAMETERS.stale_months) < board.today => {
            ("stale", "该更新了", "warn")
        }
        Some(_) => ("fresh", "已填报", "ok"),
    };
    Some(Line {
        id: target.measure.id.clone(),
        name: target.name().to_owned(),
        domain: target.measure.domain.clone(),
        goal: aim.says.clone(),
        when: aim.when.clone(),
        who: aim.departments.join("、"),
        last: last.map(|value| Shown::of(value, &target.unit, String::new())),
        state,
        words,
        pill,
    })
}

/// `POST /reports/computation`
pub(crate) async fn compute(ctx: Ctx) -> Page {
    let areas = ctx.app.part::<area::api::AreaBook>()?;
    let list = ctx.app.part::<plan::api::PlanBook>()?.in_force(ctx.today());
    let changed = computed::refresh(&ctx.app.store, &areas, list.as_deref(), &ctx.actor()).await?;
    let words = if changed == 0 {
        "重算完成，没有变化。".to_owned()
    } else {
        format!("重算完成，{changed} 个数有变化。")
    };
    Ok(ctx.redirect_with("/reports", "ok", &words))
}
