//! 领导驾驶舱: `GET /dashboard`; with `screen=1` the same for a wall of 1920×1080.
//!
//! Rows A03, A07–A10; product.md 7, 8, 42, 43 and screen 1. Counts only: no names, no figure without date.

use super::dashboard_view::{Half, View, view};
use super::money::{Live, Money, live};
use crate::board::{Board, DAY, KNOWN};
use crate::places::{self, Place};
use crate::standing::rule;
use askama::Template;
use axum::extract::RawQuery;
use host::{Ctx, Page};
use plan::api::lay_acknowledgements;
use ui::{Choice, ListQuery, ListSpec, Shell};

const SPEC: ListSpec = ListSpec::filtered(&["half", "area", "screen", DAY, KNOWN]);

/// What both forms of the page draw.
pub(crate) struct Face {
    view: View,
    live: Option<Live>,
    query: ListQuery,
    half: Half,
    place: Place,
    whole: bool,
    areas: Vec<Choice>,
    period: String,
    /// The plan is past its period.
    over: bool,
    findings: usize,
    acknowledged: usize,
    rules: Vec<String>,
    order: &'static str,
    as_of: String,
}

impl Face {
    /// The same page with one filter changed; empty takes it away.
    fn with(&self, key: &str, value: &str) -> String {
        let mut out = String::from("/dashboard");
        let mut join = '?';
        for wanted in ["half", "area", "screen", DAY, KNOWN] {
            let held = if wanted == key {
                value
            } else {
                self.query.filter(wanted).unwrap_or_default()
            };
            if !held.is_empty() {
                out.push_str(&format!("{join}{wanted}={}", ui::query_encode(held)));
                join = '&';
            }
        }
        out
    }

    /// 一页纸 with the same filters.
    fn paper(&self, ending: &str) -> String {
        let page = self.with("screen", "");
        page.replacen("/dashboard", &format!("/dashboard/paper.{ending}"), 1)
    }

    fn chosen(&self, key: &str) -> &str {
        self.query.filter(key).unwrap_or_default()
    }

    fn old(&self) -> bool {
        self.half == Half::Old
    }
}

#[derive(Template)]
#[template(path = "pages/dashboard.html")]
struct DashboardPage {
    shell: Shell,
    face: Face,
}

#[derive(Template)]
#[template(path = "pages/dashboard_screen.html")]
struct ScreenPage {
    shell: Shell,
    face: Face,
}

/// `GET /dashboard`
pub(crate) async fn get(ctx: Ctx, RawQuery(raw): RawQuery) -> Page {
    let query = ListQuery::of(raw.as_deref(), &SPEC)?;
    query.allowed("half", |value| value == "old" || value == "young")?;
    query.allowed("screen", |value| value == "1")?;
    let board = Board::of(&ctx, Some(&query)).await?;
    let place = board.place(query.filter("area"))?;
    // 卫健 looks at children first.
    let health = matches!(
        ctx.actor().role,
        authz::Role::CityHealth | authz::Role::CountyHealth
    );
    let half = match query.filter("half") {
        Some("young") => Half::Young,
        None if health => Half::Young,
        _ => Half::Old,
    };
    let mut findings = board.shelved.findings.clone();
    lay_acknowledgements(&ctx.app.store, &board.shelved.version.slug, &mut findings).await?;
    let open = findings.iter().filter(|f| f.acknowledged.is_none()).count();
    let end = board.period_end();
    let over = end.is_some_and(|end| board.today > end);
    let screen = query.filter("screen").is_some();
    let as_of = query
        .filter(KNOWN)
        .map_or_else(String::new, |day| format!("按 {day} 当时掌握的情况"));
    let live = if half == Half::Old {
        let money = Money::of(&ctx).await?;
        Some(live(&ctx, &board, &money, &place, screen).await?)
    } else {
        None
    };
    let face = Face {
        live,
        view: view(&board, half, &place, screen),
        whole: place.key == board.whole.key,
        half,
        place,
        areas: board
            .bodies
            .iter()
            .map(|body| Choice::new(&body.key, &body.name))
            .chain(
                places::counties(&board.areas)
                    .iter()
                    .map(|county| Choice::new(&county.key, format!("{}（行政区划）", county.name))),
            )
            .collect(),
        period: end.map_or_else(String::new, kernel::Day::zh),
        over,
        findings: open,
        acknowledged: findings.len() - open,
        rules: rule(),
        order: crate::aim::RULE,
        as_of,
        query,
    };
    let title = format!("{}「一老一小」", board.whole.name);
    if screen {
        return Ok(ui::page_no_store(ScreenPage {
            shell: ctx.shell(title),
            face,
        }));
    }
    Ok(ui::page_no_store(DashboardPage {
        shell: ctx.shell(title),
        face,
    }))
}
