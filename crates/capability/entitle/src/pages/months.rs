//! 发现、已解决、平均天数 by month and town, for one kind of findings.

use crate::follow::{self, Month};
use area::api::AreaBook;
use askama::Template;
use axum::extract::RawQuery;
use host::{Ctx, Page};
use kernel::Day;
use store::Audit;
use ui::{Choice, ListQuery, ListSpec, PageError, Shell, Tile};

const SPEC: ListSpec = ListSpec::filtered(&["kind", "month"]);
/// Months that can be looked back on.
const MONTHS: i32 = 13;

struct Row {
    town: String,
    found: String,
    settled: String,
    average: String,
    open: String,
    href: String,
}

#[derive(Template)]
#[template(path = "pages/months.html")]
struct MonthsPage {
    shell: Shell,
    query: ListQuery,
    kind: &'static str,
    months: Vec<Choice>,
    month: String,
    tiles: Vec<Tile>,
    rows: Vec<Row>,
}

/// `GET /owed/months`
pub(crate) async fn get(ctx: Ctx, RawQuery(raw): RawQuery) -> Page {
    let query = ListQuery::of(raw.as_deref(), &SPEC)?;
    let kind = match query.filter("kind").unwrap_or("owed") {
        "owed" => "owed",
        "undue" => "undue",
        _ => return Err(PageError::bad_request("没有这种名单").into()),
    };
    let today = ctx.today();
    let this = today.first_of_month();
    let firsts: Vec<Day> = (0..MONTHS).map(|back| this.plus_months(-back)).collect();
    let key = |first: &Day| {
        let text = first.to_string();
        text.get(..7).unwrap_or(&text).to_owned()
    };
    let first = match query.filter("month") {
        None => this,
        Some(text) => *firsts
            .iter()
            .find(|first| key(first) == text)
            .ok_or_else(|| PageError::bad_request("只能看近 13 个月，如 2025-06"))?,
    };
    let last = first.plus_months(1).plus_days(-1).min(today);
    let by_town = follow::by_town(&ctx.app.store, &ctx.scope(), kind, (first, last)).await?;
    ctx.log_reads(&[Audit::new("list.findings.month")
        .with("kind", kind)
        .with("month", key(&first))])
        .await?;
    let book = ctx.app.part::<AreaBook>()?;
    let all = by_town
        .values()
        .fold(Month::default(), |sum, one| sum.and(*one));
    let count = |n: i64| ui::grouped(n.unsigned_abs());
    let base = if kind == "owed" {
        "/owed?area="
    } else {
        "/owed?kind=undue&area="
    };
    // What is left to do comes first.
    let mut towns: Vec<_> = by_town.into_iter().collect();
    towns.sort_by(|(a, one), (b, other)| other.open.cmp(&one.open).then(a.cmp(b)));
    let rows = towns
        .into_iter()
        .map(|(code, month)| Row {
            town: book.short_name(&code),
            found: count(month.found),
            settled: count(month.settled),
            average: month.average().unwrap_or_else(|| "—".to_owned()),
            open: count(month.open),
            href: format!("{base}{code}"),
        })
        .collect();
    let title = if kind == "owed" {
        "应享未享按月统计"
    } else {
        "不应享仍享按月统计"
    };
    Ok(ui::page(MonthsPage {
        shell: ctx.shell(title).crumb("服务清单", "/list").crumb(
            if kind == "owed" {
                "应享未享"
            } else {
                "不应享仍享"
            },
            if kind == "owed" {
                "/owed"
            } else {
                "/owed?kind=undue"
            },
        ),
        kind,
        months: firsts
            .iter()
            .skip(1)
            .map(|first| Choice::new(key(first), key(first)))
            .collect(),
        month: key(&first),
        tiles: vec![
            ui::tile("本月发现", count(all.found)),
            ui::tile("本月已解决", count(all.settled)).note("已发放或已停发、情况变了、已了结"),
            ui::tile("平均天数", all.average().unwrap_or_else(|| "—".to_owned()))
                .unit("天")
                .note("从首次发现到解决"),
            ui::tile("月末还有", count(all.open)),
        ],
        rows,
        query,
    }))
}
