//! `GET` and `POST /tasks/take`: a year's dated tasks of the published plan are taken over into the loop.

use super::look::{Look, Tab};
use crate::book;
use crate::plan_goals::{dated, years};
use crate::take::{Step, compare, counts, take};
use askama::Template;
use axum::extract::RawQuery;
use host::{Ctx, Failure, Page};
use plan::api::{PlanBook, Shelved};
use std::sync::Arc;
use ui::{FormData, ListQuery, ListSpec, PageError, Shell};

const SPEC: ListSpec = ListSpec::filtered(&["year"]);

struct YearLine {
    year: i32,
    href: String,
    all: usize,
    counts: [usize; 3],
    here: bool,
}

#[derive(Template)]
#[template(path = "pages/take.html")]
struct TakePage {
    shell: Shell,
    tabs: Vec<Tab>,
    years: Vec<YearLine>,
    year: i32,
    version: String,
    plan: String,
    steps: Vec<Step>,
    counts: [usize; 3],
}

fn own(ctx: &Ctx) -> Result<Arc<Shelved>, Failure> {
    let places = ctx.app.part::<PlanBook>()?.places();
    places.first().cloned().ok_or_else(|| {
        PageError::not_found()
            .text("还没有发布本地的规划，没有年度任务可以纳入。")
            .link("看督办事项", "/tasks")
            .into()
    })
}

/// `GET /tasks/take`
pub(crate) async fn get(ctx: Ctx, RawQuery(raw): RawQuery) -> Page {
    let query = ListQuery::of(raw.as_deref(), &SPEC)?;
    let look = Look::of(&ctx)?;
    let plan = own(&ctx)?;
    let known = years(&plan.book);
    let latest = known.last().copied().unwrap_or_default();
    let year = match query.filter("year") {
        None => known
            .iter()
            .copied()
            .find(|year| *year == look.today.year())
            .unwrap_or(latest),
        Some(text) => text
            .parse()
            .ok()
            .filter(|year| known.contains(year))
            .ok_or_else(|| PageError::bad_request(format!("规划里没有「{text}」年的年度任务。")))?,
    };
    let mut lines = Vec::new();
    let mut shown = Vec::new();
    for each in known {
        let items = book::of_plan(&ctx.app.store, &plan.version.slug, each).await?;
        let steps = compare(dated(&plan.book, &look.areas, each), &items);
        lines.push(YearLine {
            year: each,
            href: format!("/tasks/take?year={each}"),
            all: steps.len(),
            counts: counts(&steps),
            here: each == year,
        });
        if each == year {
            shown = steps;
        }
    }
    let documents: Vec<&str> = plan
        .book
        .head
        .documents
        .iter()
        .map(|document| document.number.as_str())
        .collect();
    Ok(ui::page_no_store(TakePage {
        shell: look.shell(&ctx, "从规划纳入"),
        tabs: look.tabs("/tasks"),
        years: lines,
        year,
        version: plan.version.id.to_string(),
        plan: format!("{} {}", plan.book.head.place, documents.join("、")),
        counts: counts(&shown),
        steps: shown,
    }))
}

/// `POST /tasks/take`
pub(crate) async fn post(ctx: Ctx, data: FormData) -> Page {
    let look = Look::of(&ctx)?;
    if !look.seen.leads_any() {
        return Err(PageError::refused(&format!("{}民政局", look.place)).into());
    }
    let plan = own(&ctx)?;
    let year: i32 = data
        .get("year")
        .parse()
        .ok()
        .filter(|year| years(&plan.book).contains(year))
        .ok_or_else(|| PageError::bad_request("规划里没有这一年的年度任务。"))?;
    let to = format!("/tasks/take?year={year}");
    if data.get("version") != plan.version.id.as_str() {
        return Err(PageError::stale(&to)
            .text("您打开页面之后，规划发布了新的版本。请看新版本有什么不同再纳入。")
            .into());
    }
    let mut tx = ctx.begin().await?;
    let [added, changed, removed] = take(&mut tx, &plan, &look.areas, year).await?;
    if added + changed + removed == 0 {
        tx.rollback().await?;
        return Ok(ctx.redirect_with(&to, "ok", "都已纳入，没有变化。"));
    }
    tx.commit().await?;
    let words = format!("已纳入：新增 {added} 项，变更 {changed} 项，撤销 {removed} 项。");
    Ok(ctx.saved(&format!("/tasks?year={year}&kind=plan"), &words))
}

impl TakePage {
    fn nothing(&self) -> bool {
        self.counts == [0; 3]
    }
}
