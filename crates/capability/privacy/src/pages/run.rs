//! One list of what is due: counts by rule and county, the oldest; a second person approves it, a job erases.

use crate::due;
use crate::job;
use crate::store::runs::{self, Run};
use crate::store::{holds, purposes};
use area::api::AreaBook;
use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use host::{Ctx, Failure, Page};
use kernel::Day;
use kernel::area_code::Level;
use serde_json::json;
use std::collections::BTreeMap;
use store::Audit;
use ui::{Field, Form, FormData, PageError, Shell};

struct Line {
    rule: String,
    term: String,
    place: String,
    number: i64,
    oldest: Day,
}

struct Fate {
    pill: &'static str,
    state: &'static str,
    why: String,
    number: i64,
}

#[derive(Template)]
#[template(path = "pages/run.html")]
struct RunPage {
    shell: Shell,
    form: Form,
    run: Run,
    mine: bool,
    rows: Vec<Line>,
    total: i64,
    settled: i64,
    share: i64,
    fates: Vec<Fate>,
    holds: usize,
    backup: Option<String>,
}

impl RunPage {
    fn agreed(&self) -> Field {
        self.form
            .field(Field::tick("agreed", "已核对种类、数量和依据，同意删除").required())
    }
}

async fn found(ctx: &Ctx, id: &str) -> Result<Run, Failure> {
    let run = runs::find(&ctx.app.store, id).await?;
    Ok(run.ok_or_else(|| PageError::not_found().link("回保存期限与删除", "/retention"))?)
}

/// `GET /retention/{id}`
pub(crate) async fn get(ctx: Ctx, Path(id): Path<String>) -> Page {
    let run = found(&ctx, &id).await?;
    Ok(ui::page_no_store(page(&ctx, run, Form::default()).await?))
}

/// `POST /retention/{id}/approval`
pub(crate) async fn approve(ctx: Ctx, Path(id): Path<String>, data: FormData) -> Page {
    let run = found(&ctx, &id).await?;
    let mut form = Form::from(data);
    if run.made_by == ctx.actor().id {
        form.errors
            .add_form("要由另一个人批准：试算的人不能批准自己的清单");
    } else if !form.ticked("agreed") {
        form.errors.add("agreed", "请先核对，再勾选");
    }
    if form.has_errors() {
        return Ok(ui::page_422(page(&ctx, run, form).await?));
    }
    let mut tx = ctx.begin().await?;
    if !runs::step(&mut tx, &id, "ready", "approved").await? {
        tx.rollback().await?;
        return Err(stale(&id));
    }
    runs::approved(&mut tx, &id).await?;
    let (payload, at) = (json!({ "run": id }).to_string(), tx.at());
    let key = format!("{}:{id}", job::KIND);
    tx.enqueue(job::KIND, &payload, Some(&key), at).await?;
    tx.audit(Audit::new("erasure.approve").subject(&id));
    tx.commit().await?;
    Ok(ctx.redirect_with(
        &format!("/retention/{id}"),
        "ok",
        "已批准，正在删除，可以离开本页。",
    ))
}

/// `POST /retention/{id}/cancellation`
pub(crate) async fn cancel(ctx: Ctx, Path(id): Path<String>) -> Page {
    found(&ctx, &id).await?;
    let mut tx = ctx.begin().await?;
    if !runs::step(&mut tx, &id, "ready", "cancelled").await? {
        tx.rollback().await?;
        return Err(stale(&id));
    }
    tx.audit(Audit::new("erasure.cancel").subject(&id));
    tx.commit().await?;
    Ok(ctx.saved("/retention", "清单已取消，什么也没有删。"))
}

fn stale(id: &str) -> Failure {
    PageError::bad_request("这份清单刚刚已经批准、办完或取消。请看现在的状态。")
        .title("已有变化")
        .with_status(StatusCode::CONFLICT)
        .link("看这份清单", &format!("/retention/{id}"))
        .into()
}

const FATES: &[(&str, &str, &str)] = &[
    ("erased", "ok", "已删除"),
    ("held", "warn", "法律保全，没有删"),
    ("waiting", "unknown", "暂缓，下次再试算"),
    ("skipped", "plain", "情况已变，没有删"),
    ("todo", "info", "还没有删"),
];

async fn page(ctx: &Ctx, run: Run, form: Form) -> Result<RunPage, Failure> {
    let store = &ctx.app.store;
    let book = ctx.app.part::<AreaBook>()?;
    let rules = purposes::rules(store).await?;
    let counts = runs::counts(store, &run.id).await?;
    let mut lines: BTreeMap<(usize, String), Line> = BTreeMap::new();
    let mut fates: BTreeMap<(&str, String), i64> = BTreeMap::new();
    for count in &counts {
        let at = rules.iter().position(|rule| rule.key == count.rule);
        let rule = at.and_then(|at| rules.get(at));
        let place = count.area.map_or_else(
            || "没有地区".to_owned(),
            |code| book.full_name(&code.up_to(Level::County)),
        );
        let line = lines
            .entry((at.unwrap_or(usize::MAX), place.clone()))
            .or_insert_with(|| Line {
                rule: rule
                    .and_then(|rule| due::kind(&ctx.app, &rule.kind))
                    .map_or_else(|| count.rule.clone(), |kind| kind.title.to_owned()),
                term: rule.map(purposes::Rule::term).unwrap_or_default(),
                place,
                number: 0,
                oldest: count.oldest,
            });
        line.number += count.number;
        line.oldest = line.oldest.min(count.oldest);
        let why = count.why.clone().unwrap_or_default();
        *fates.entry((&count.state, why)).or_default() += count.number;
    }
    let total: i64 = counts.iter().map(|count| count.number).sum();
    let left: i64 = counts
        .iter()
        .filter(|count| count.state == "todo")
        .map(|count| count.number)
        .sum();
    let settled = total - left;
    Ok(RunPage {
        shell: ctx
            .shell(format!("{}的删除清单", run.day.zh()))
            .crumb("保存期限与删除", "/retention"),
        mine: run.made_by == ctx.actor().id,
        rows: lines.into_values().collect(),
        total,
        settled,
        share: if total > 0 { settled * 100 / total } else { 0 },
        fates: if run.state == "ready" {
            Vec::new()
        } else {
            fates
                .into_iter()
                .map(|((state, why), number)| {
                    let (pill, words) = FATES
                        .iter()
                        .find(|fate| fate.0 == state)
                        .map_or(("plain", ""), |fate| (fate.1, fate.2));
                    Fate {
                        pill,
                        state: words,
                        why,
                        number,
                    }
                })
                .collect()
        },
        holds: holds::open(store).await?.len(),
        backup: rules
            .iter()
            .find(|rule| rule.key == "backup")
            .map(purposes::Rule::term),
        run,
        form,
    })
}
