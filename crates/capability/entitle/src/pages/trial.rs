//! One trial: how far it is, or what came out, by item, area and condition (rows C02, C03). Counts only.

use super::trials::{TRIALS, may_try, named, state, title};
use super::words;
use crate::trial::outcome::{Cell, ConditionOutcome, ItemOutcome, Outcome};
use crate::trial::sums::{AreaSum, View};
use crate::trial::{State, Trial, store as rows};
use area::api::AreaBook;
use askama::Template;
use axum::extract::Path;
use host::{Ctx, Page};
use kernel::Fen;
use rules::folder::Unit;
use store::{Audit, StoreError};
use ui::{Details, PageError, Pill, Shell, Tile, grouped, pill, tile};

#[derive(Template)]
#[template(path = "pages/trial.html")]
struct TrialPage {
    shell: Shell,
    id: String,
    version: String,
    state: Pill,
    open: bool,
    failed: bool,
    /// The draft can be tried again.
    may: bool,
    progress: String,
    head: Details,
    found: Option<Found>,
}

struct Found {
    tiles: Vec<Tile>,
    items: Vec<ItemRow>,
    same: usize,
    total: ItemRow,
    /// 行政区划 and 管理区划.
    trees: [Tree; 2],
    area_total: AreaRow,
    causes: Vec<Cause>,
    whole: bool,
    limits: Vec<String>,
}

struct ItemRow {
    no: String,
    name: String,
    mark: Option<Pill>,
    note: String,
    before: String,
    gained: String,
    lost: String,
    changed: String,
    after: String,
    year_before: String,
    year_after: String,
    more: String,
}

struct Tree {
    key: &'static str,
    title: &'static str,
    note: &'static str,
    rows: Vec<AreaRow>,
}

struct AreaRow {
    name: String,
    confirm: bool,
    gained: String,
    lost: String,
    changed: String,
    year_before: String,
    year_after: String,
    more: String,
}

pub(crate) struct Cause {
    pub(crate) item: String,
    pub(crate) says: String,
    pub(crate) gained: String,
    pub(crate) lost: String,
    pub(crate) other: String,
    pub(crate) alone: String,
}

/// `GET /trials/{id}`
pub(crate) async fn get(ctx: Ctx, Path(id): Path<String>) -> Page {
    let trial = rows::get(&ctx.app.store, &id).await?;
    let trial = trial.ok_or_else(PageError::not_found)?;
    if let Some(change) = trial.question.change.clone() {
        return super::what_if_result::page(&ctx, &trial, &change).await;
    }
    let names = named(&ctx).await?;
    let book = words::areas(&ctx)?;
    let asked = &trial.question;
    let itself = asked.version == asked.base;
    let head = Details::default()
        .row_with(
            "测算的清单",
            title(&names, &asked.version),
            format!("按{}", asked.day.zh()),
        )
        .row_with(
            "与它比",
            if itself {
                "同一个清单".to_owned()
            } else {
                title(&names, &asked.base)
            },
            format!("按{}", asked.base_day.zh()),
        )
        .row(
            "测算时间",
            trial.ended_at.unwrap_or(trial.asked_at).minute(),
        );
    let found = match &trial.result {
        Some(json) => {
            let outcome: Outcome = serde_json::from_str(json)
                .map_err(|error| StoreError::Other(format!("entitle_trial {id}: {error}")))?;
            let scope = ctx.scope();
            let view = View::new(&outcome, &book, &scope);
            if !view.anything() {
                let (office, text) = if let Some(key) = &outcome.within {
                    let name = body_name(&book, key);
                    let text =
                        format!("这是{name}的清单，只算了那里的人，您的范围里没有可看的数。");
                    (name, text)
                } else {
                    let text = "测算结果按县（市、区）看，您的范围里没有可看的数。";
                    ("市民政局".to_owned(), text.to_owned())
                };
                return Err(PageError::refused(&office).text(text).into());
            }
            ctx.log_reads(&[Audit::new("trial.read").subject(&trial.id)])
                .await?;
            Some(found(&trial, &outcome, &view, &book))
        }
        None => None,
    };
    Ok(ui::page(TrialPage {
        shell: ctx
            .shell("测算结果")
            .crumb("服务清单", "/list")
            .crumb("政策测算", TRIALS),
        version: asked.version.clone(),
        state: state(trial.state),
        open: trial.state.open(),
        failed: trial.state == State::Failed,
        may: names
            .get(&asked.version)
            .is_some_and(|version| may_try(&ctx, version)),
        progress: trial.progress(),
        head,
        found,
        id,
    }))
}

fn body_name(book: &AreaBook, key: &str) -> String {
    book.executor(key)
        .map_or_else(|| key.to_owned(), |body| body.name.clone())
}

fn found(trial: &Trial, outcome: &Outcome, view: &View<'_>, book: &AreaBook) -> Found {
    let all = view.all();
    let cells = outcome.items.iter().map(|item| (item, view.item(item)));
    let (different, same): (Vec<_>, Vec<_>) =
        cells.partition(|(item, cell)| item.before != item.after || cell.differs());
    let causes = if view.whole {
        causes(outcome)
    } else {
        Vec::new()
    };
    Found {
        tiles: tiles(outcome, &all, view.whole),
        items: different
            .iter()
            .map(|(item, cell)| item_row(item, cell))
            .collect(),
        same: same.len(),
        total: row("", "全部项目合计（人次）", &all, true),
        trees: [
            Tree {
                key: "counties",
                title: "按行政区划",
                note: "管委会的乡镇计入所在县（市、区）",
                rows: view.counties().iter().map(area_row).collect(),
            },
            Tree {
                key: "bodies",
                title: "按管理区划",
                note: "管委会的乡镇单独计，县（市、区）不含它们",
                rows: view.bodies().iter().map(area_row).collect(),
            },
        ],
        area_total: area_row(&AreaSum {
            name: "合计".to_owned(),
            cell: all,
            confirm: false,
        }),
        causes,
        whole: view.whole,
        limits: limits(trial, outcome, &all, book),
    }
}

fn tiles(outcome: &Outcome, all: &Cell, whole: bool) -> Vec<Tile> {
    let year = all.year_more();
    let label = match year.signum() {
        1 => "全年资金增加",
        -1 => "全年资金减少",
        _ => "全年资金变化",
    };
    let money = tile(label, Fen(year.saturating_abs()))
        .unit("元")
        .note(format!(
            "{} 元 → {} 元",
            Fen(all.year_before),
            Fen(all.year_after)
        ));
    if whole {
        let once = "每人只计一次";
        return vec![
            tile("新增", grouped(outcome.gained)).unit("人").note(once),
            tile("减少", grouped(outcome.lost)).unit("人").note(once),
            tile("金额或档次有变", grouped(outcome.changed))
                .unit("人")
                .note(once),
            money,
        ];
    }
    let times = "本地区，一人两项计两次";
    vec![
        tile("新增", grouped(all.gained)).unit("人次").note(times),
        tile("减少", grouped(all.lost)).unit("人次").note(times),
        tile("金额或档次有变", grouped(all.changed()))
            .unit("人次")
            .note(times),
        money,
    ]
}

fn item_row(item: &ItemOutcome, cell: &Cell) -> ItemRow {
    let paid = |side: &crate::trial::outcome::SideOutcome| side.amount;
    let yearly = |side: &crate::trial::outcome::SideOutcome| {
        let unit = Unit::ALL.iter().find(|unit| unit.key() == side.unit);
        unit.is_some_and(|unit| engine::diff::per_year(*unit).is_some())
    };
    let sides = || [&item.before, &item.after].into_iter().flatten();
    let priced = sides().any(|side| paid(side) && yearly(side));
    let mut row = row(&item.no.to_string(), &item.name, cell, priced);
    row.mark = match (&item.before, &item.after) {
        (None, Some(_)) => Some(pill("info", "新增项目")),
        (Some(_), None) => Some(pill("warn", "取消项目")),
        _ => None,
    };
    row.note = notes(item, cell);
    row
}

/// What the columns do not say of an item.
fn notes(item: &ItemOutcome, cell: &Cell) -> String {
    let mut notes = Vec::new();
    if let Some(side) = item.after.as_ref().or(item.before.as_ref()) {
        notes.push(format!("按{}", side.basis));
        if side.household {
            notes.push("按户享受，这里按人计".to_owned());
        }
        let once = Unit::ALL.iter().find(|unit| unit.key() == side.unit);
        let once = once.filter(|unit| engine::diff::per_year(**unit).is_none());
        if let Some(unit) = once.filter(|_| side.amount && cell.fen_before + cell.fen_after > 0) {
            notes.push(format!(
                "每人{}合计 {} 元 → {} 元，不计入全年",
                if *unit == Unit::Once {
                    "一次".to_owned()
                } else {
                    format!("一{}", unit.zh())
                },
                Fen(cell.fen_before),
                Fen(cell.fen_after)
            ));
        }
    }
    if let (Some(before), Some(after)) = (&item.before, &item.after)
        && before.basis != after.basis
    {
        notes.push(format!("原按{}", before.basis));
    }
    for (count, words) in [
        (cell.raised, "金额增加"),
        (cell.lowered, "金额减少"),
        (cell.priced, "标准已定"),
        (cell.unpriced, "标准转未定"),
    ] {
        if count > 0 {
            notes.push(format!("{words} {} 人", grouped(count)));
        }
    }
    let step = |step: &Option<String>| match step.as_deref() {
        None => "没有档次".to_owned(),
        Some("") => "档次待核实".to_owned(),
        Some(step) => step.to_owned(),
    };
    // Steps are counted for the whole place; the reader of a part sees how many changed there.
    if cell.tiers > 0 && cell.tiers == item.tiers.iter().map(|tier| tier.people).sum::<u64>() {
        for tier in &item.tiers {
            let (before, after) = (step(&tier.before), step(&tier.after));
            notes.push(format!("{before} → {after} {} 人", grouped(tier.people)));
        }
    } else if cell.tiers > 0 {
        notes.push(format!("档次改变 {} 人", grouped(cell.tiers)));
    }
    if cell.unknown_before != cell.unknown_after {
        notes.push(format!(
            "待核实 {} → {}",
            grouped(cell.unknown_before),
            grouped(cell.unknown_after)
        ));
    }
    notes.join("；")
}

fn row(no: &str, name: &str, cell: &Cell, priced: bool) -> ItemRow {
    let money = |fen: i64| {
        if priced {
            Fen(fen).to_string()
        } else {
            "—".to_owned()
        }
    };
    ItemRow {
        no: no.to_owned(),
        name: name.to_owned(),
        mark: None,
        note: String::new(),
        before: grouped(cell.before),
        gained: signed("+", cell.gained),
        lost: signed("−", cell.lost),
        changed: grouped(cell.changed()),
        after: grouped(cell.after),
        year_before: money(cell.year_before),
        year_after: money(cell.year_after),
        more: if priced {
            more(cell.year_more())
        } else {
            "—".to_owned()
        },
    }
}

fn area_row(sum: &AreaSum) -> AreaRow {
    let cell = &sum.cell;
    AreaRow {
        name: sum.name.clone(),
        confirm: sum.confirm,
        gained: signed("+", cell.gained),
        lost: signed("−", cell.lost),
        changed: grouped(cell.changed()),
        year_before: Fen(cell.year_before).to_string(),
        year_after: Fen(cell.year_after).to_string(),
        more: more(cell.year_more()),
    }
}

pub(crate) fn signed(sign: &str, count: u64) -> String {
    if count == 0 {
        "0".to_owned()
    } else {
        format!("{sign}{}", grouped(count))
    }
}

pub(crate) fn more(fen: i64) -> String {
    let sign = if fen > 0 { "+" } else { "" };
    format!("{sign}{}", Fen(fen))
}

pub(crate) fn causes(outcome: &Outcome) -> Vec<Cause> {
    let each = outcome.items.iter();
    let each = each.flat_map(|item| item.conditions.iter().map(move |found| (item, found)));
    each.map(|(item, found)| Cause {
        item: format!("{}. {}", item.no, item.name),
        says: says(found),
        gained: grouped(found.gained),
        lost: grouped(found.lost),
        other: grouped(found.other),
        alone: grouped(found.alone),
    })
    .collect()
}

fn says(found: &ConditionOutcome) -> String {
    match (&found.before, &found.after) {
        (Some(before), Some(after)) if before == after => format!("“{after}”"),
        (Some(before), Some(after)) => format!("“{before}” → “{after}”"),
        (Some(before), None) => format!("“{before}”（取消）"),
        (None, Some(after)) => format!("“{after}”（新增）"),
        (None, None) => String::new(),
    }
}

/// What the figures do not know, in words.
fn limits(trial: &Trial, outcome: &Outcome, all: &Cell, book: &AreaBook) -> Vec<String> {
    let mut limits = vec![
        format!(
            "用了 {} 人的档案：{}的情况，按{}为止的登记。年龄按测算的那天算，别的情况按这天不变。",
            grouped(outcome.people),
            outcome.facts_of.zh(),
            outcome.known().minute()
        ),
        format!(
            "缺事实、待核实的没有算进符合：原来 {} 人次，测算后 {} 人次；补齐以后人数和资金还会变。",
            grouped(all.unknown_before),
            grouped(all.unknown_after)
        ),
        "全年资金按符合条件的人全部享受计（每月12次、每季4次），不是实际发放数；一次性、按餐、按次的不计入全年。".to_owned(),
        "同一个人符合几项就计几人次；几项不能同时享受的，这里没有扣减。".to_owned(),
    ];
    if let Some(key) = &outcome.within {
        limits.push(format!(
            "这是{}的清单，只算按各项口径（户籍地或常住地）归它的人；别处的人和钱不在里面。",
            body_name(book, key)
        ));
    }
    if all.unpriced_before + all.unpriced_after > 0 {
        limits.push(format!(
            "标准未定的没有计入资金：原来 {} 人次，测算后 {} 人次。",
            grouped(all.unpriced_before),
            grouped(all.unpriced_after)
        ));
    }
    if outcome.overlay {
        limits.push("部分标准是演示值。".to_owned());
    }
    if trial.question.version == trial.question.base {
        limits.push("两边是同一个清单，变化只来自年龄和参数的生效日期。".to_owned());
    }
    limits
}
