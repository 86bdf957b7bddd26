//! One import: the step it stands at, what was found, what may be done next.

use super::mapping::{self, MappingForm};
use crate::acts;
use crate::batch::{Batch, State};
use crate::report::{Counts, Report};
use area::api::AreaBook;
use askama::Template;
use axum::extract::Path;
use host::{Ctx, Failure, Page};
use kernel::AreaCode;
use rules::facts::find;
use std::collections::BTreeMap;
use ui::{Form, Shell};

/// A group of samples.
pub(crate) struct Shown {
    title: &'static str,
    rows: Vec<ShownRow>,
}

/// A sample.
pub(crate) struct ShownRow {
    line: u64,
    who: String,
    number: String,
    area: String,
    says: String,
}

/// Counts of an area.
pub(crate) struct AreaLine {
    name: String,
    counts: Counts,
    county: bool,
}

/// What a complete list ends.
pub(crate) struct EndLine {
    fact: String,
    listed: String,
    before: String,
    settled: String,
    left: String,
    samples: Vec<ShownRow>,
}

#[derive(Template)]
#[template(path = "pages/one.html")]
pub(crate) struct OnePage {
    shell: Shell,
    batch: Batch,
    step: i32,
    mine: bool,
    mapping: Option<MappingForm>,
    counts: Counts,
    checked: bool,
    shown: Vec<Shown>,
    areas: Vec<AreaLine>,
    reasons: Vec<(String, String)>,
    ends: Vec<EndLine>,
    notes: Vec<String>,
    share: i64,
    area: String,
    may_approve: bool,
    may_withdraw: bool,
    may_go_on: bool,
    undoing: bool,
}

/// The topmost area, for pickers.
pub(crate) fn root(ctx: &Ctx) -> Result<String, Failure> {
    let book = ctx.app.part::<AreaBook>()?;
    Ok(book
        .root()
        .map(|area| area.code.to_string())
        .unwrap_or_default())
}

/// `GET /intake/{id}`
pub(crate) async fn get(ctx: Ctx, Path(id): Path<String>) -> Page {
    let batch = super::open(&ctx, &id).await?;
    Ok(ui::page_no_store(page(&ctx, batch, None).await?))
}

/// The page of an import, with what was typed where something is wrong with it.
pub(crate) async fn page(ctx: &Ctx, batch: Batch, typed: Option<Form>) -> Result<OnePage, Failure> {
    let book = ctx.app.part::<AreaBook>()?;
    let actor = ctx.actor();
    let mut batch = batch;
    if acts::is_stuck(&ctx.app, &batch).await? {
        batch.state = State::Failed;
        batch.error = Some(acts::STUCK.to_owned());
    }
    let mine = batch.owner.id == actor.id;
    let report = match &batch.report {
        Some(text) => Report::open(ctx.app.store.keys(), text)?,
        None => Report::default(),
    };
    let undoing = batch.phase.starts_with("undo");
    let step = match batch.state {
        State::Mapping => 2,
        State::Checking | State::Checked => 3,
        State::Failed | State::Cancelled if batch.report.is_none() => 3,
        State::Committing | State::Paused | State::Failed => 4,
        State::Done | State::Withdrawing | State::Withdrawn | State::Cancelled => 5,
    };
    let mapping = if mine && (batch.state == State::Mapping || typed.is_some()) {
        Some(mapping::form(ctx, &batch, typed).await?)
    } else {
        None
    };
    let share = if batch.todo > 0 {
        (batch.done * 100 / batch.todo).clamp(0, 100)
    } else {
        0
    };
    let title = if batch.source.is_empty() {
        format!("导入{}", batch.kind.title)
    } else {
        batch.source.clone()
    };
    Ok(OnePage {
        shell: ctx
            .shell(title)
            .crumb("人员档案", "/people")
            .crumb("数据导入", "/intake"),
        step,
        mine,
        mapping,
        counts: report.counts,
        checked: batch.report.is_some() && batch.state != State::Mapping,
        shown: shown(&book, &report),
        areas: areas(&book, &report),
        reasons: reasons(&report),
        ends: ends(&book, &report),
        notes: report.notes,
        share,
        area: batch
            .area
            .map_or_else(|| "不限".to_owned(), |code| book.full_name(&code)),
        may_approve: !mine && batch.state == State::Checked && batch.approved_name.is_none(),
        may_withdraw: mine
            && batch.raw_gone.is_none()
            && (matches!(batch.state, State::Done | State::Paused)
                || batch.state == State::Failed && batch.done > 0 && !batch.phase.is_empty()),
        may_go_on: mine
            && !undoing
            && (batch.state == State::Paused
                || batch.state == State::Failed && !batch.phase.is_empty()),
        undoing,
        batch,
    })
}

fn row(book: &AreaBook, sample: &crate::report::Sample) -> ShownRow {
    let area = sample.area.as_deref().and_then(|text| text.parse().ok());
    ShownRow {
        line: sample.line,
        who: sample.name.clone(),
        number: sample.number.clone(),
        area: area.map_or_else(String::new, |code: AreaCode| book.short_name(&code)),
        says: sample.says.clone(),
    }
}

fn shown(book: &AreaBook, report: &Report) -> Vec<Shown> {
    [
        ("new", "新增"),
        ("changed", "变更"),
        ("conflict", "冲突，留待人工核对"),
        ("refused", "不能导入"),
    ]
    .into_iter()
    .filter_map(|(key, title)| {
        let samples = report.samples.get(key)?;
        Some(Shown {
            title,
            rows: samples.iter().map(|sample| row(book, sample)).collect(),
        })
    })
    .collect()
}

/// Counties with their towns below.
fn areas(book: &AreaBook, report: &Report) -> Vec<AreaLine> {
    let mut counties: BTreeMap<String, (Counts, Vec<AreaLine>)> = BTreeMap::new();
    let mut none = Counts::default();
    for (code, counts) in &report.areas {
        let Ok(code) = code.parse::<AreaCode>() else {
            none = *counts;
            continue;
        };
        let county = code.up_to(kernel::area_code::Level::County);
        let entry = counties.entry(county.to_string()).or_default();
        sum(&mut entry.0, counts);
        entry.1.push(AreaLine {
            name: book.short_name(&code),
            counts: *counts,
            county: false,
        });
    }
    let mut out = Vec::new();
    for (code, (counts, towns)) in counties {
        let name = code
            .parse::<AreaCode>()
            .map_or(code, |code| book.full_name(&code));
        out.push(AreaLine {
            name,
            counts,
            county: true,
        });
        out.extend(towns);
    }
    if none.all() > 0 {
        out.push(AreaLine {
            name: "没有对上人的行".to_owned(),
            counts: none,
            county: true,
        });
    }
    out
}

fn sum(all: &mut Counts, one: &Counts) {
    all.new += one.new;
    all.changed += one.changed;
    all.same += one.same;
    all.conflict += one.conflict;
    all.refused += one.refused;
}

fn reasons(report: &Report) -> Vec<(String, String)> {
    let mut rows: Vec<&(String, i64)> = report.reasons.values().collect();
    rows.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    rows.into_iter()
        .map(|(says, n)| (says.clone(), ui::grouped(n.unsigned_abs())))
        .collect()
}

fn ends(book: &AreaBook, report: &Report) -> Vec<EndLine> {
    let number = |n: i64| ui::grouped(n.unsigned_abs());
    report
        .ends
        .iter()
        .map(|ends| EndLine {
            fact: match &ends.programme {
                Some(name) => name.clone(),
                None => find(&ends.fact).map_or_else(String::new, |fact| fact.def().zh.to_owned()),
            },
            listed: number(ends.listed),
            before: ends.before.map_or_else(|| "—".to_owned(), number),
            settled: match ends.programme {
                Some(_) => "—".to_owned(),
                None => number(ends.settled),
            },
            left: number(ends.left),
            samples: ends
                .samples
                .iter()
                .map(|sample| row(book, sample))
                .collect(),
        })
        .collect()
}
