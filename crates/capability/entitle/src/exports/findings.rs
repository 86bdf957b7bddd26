//! Open findings: 应享未享 or 不应享仍享.

use super::{area_words, areas, back, head, in_force, persons, query, refused};
use crate::api::cause_zh;
use crate::pages::owed::{SPEC, bounds, followed, grounds};
use crate::pages::words;
use crate::store::findings::{self, Finding, FindingFilter};
use area::api::AreaBook;
use host::export::{
    Cell, ColumnKind, CountOf, ExportAsk, ExportChunk, ExportColumn, ExportCount, ExportHead,
    ExportRow, HeadOf, RowsOf, Secret, Walk,
};
use host::{App, AppState};
use kernel::Fen;
use rules::FactId;
use std::sync::Arc;
use store::StoreResult;
use ui::PageError;

/// Head, count and rows.
pub(super) fn source() -> (HeadOf, CountOf, RowsOf) {
    (
        Arc::new(of),
        Arc::new(|app, ask| {
            Box::pin(async move {
                let filter = filter(&app, &ask).map_err(refused)?;
                let (rows, _) = findings::sum(&app.store, &ask.who.scope, &filter).await?;
                Ok(ExportCount { rows, exact: true })
            })
        }),
        Arc::new(|app, ask, from, most| Box::pin(rows(app, ask, from, most))),
    )
}

fn filter(app: &App, ask: &ExportAsk) -> Result<FindingFilter, PageError> {
    let query = query(ask, &SPEC)?;
    let published = in_force(app, ask)?;
    let kind = match query.filter("kind").unwrap_or("owed") {
        "owed" => "owed",
        "undue" => "undue",
        _ => return Err(PageError::bad_request("没有这种名单")),
    };
    let (age, days) = bounds(&query)?;
    Ok(FindingFilter {
        kind,
        programme: query.filter("programme").map(str::to_owned),
        areas: areas(ask, &published, query.filter("area"))?,
        born_until: age.map(|age| ask.today.plus_years(-age)),
        found_from: days.map(|days| ask.today.plus_days(-days)),
        followed: followed(&query, ask.today)?,
        newest_first: query.sort == "found",
        skip: 0,
        most: 0,
    })
}

fn of(app: &App, ask: &ExportAsk) -> Result<ExportHead, PageError> {
    let query = query(ask, &SPEC)?;
    let filter = filter(app, ask)?;
    let published = in_force(app, ask)?;
    let owed = filter.kind == "owed";
    let mut filters = area_words(app, &query)?;
    if let Some(id) = &filter.programme {
        let name = words::programme(&published, id).0;
        filters.push(("项目".to_owned(), name.to_owned()));
    }
    if let Some(age) = query.filter("age") {
        filters.push(("年龄".to_owned(), format!("{age}周岁及以上")));
    }
    if let Some(days) = query.filter("found") {
        filters.push(("首次发现".to_owned(), format!("近 {days} 天")));
    }
    if let Some(key) = query.filter("state") {
        let words = match key {
            "quiet" => "已了结",
            "all" => "全部",
            key => crate::follow::FollowState::of(key).map_or("", |state| state.zh()),
        };
        filters.push(("跟进".to_owned(), words.to_owned()));
    }
    let since = if owed {
        "自何时符合"
    } else {
        "自何时不符合"
    };
    Ok(ExportHead {
        columns: vec![
            ExportColumn::text("姓名", 10).secret(Secret::Name),
            ExportColumn::text("年龄", 9),
            ExportColumn::text("户籍地", 28),
            ExportColumn::text("人户分离", 9),
            ExportColumn::text("项目", 20),
            ExportColumn::of("金额（元）", ColumnKind::Money, 12),
            ExportColumn::text("周期", 8),
            ExportColumn::of(since, ColumnKind::Date, 12),
            ExportColumn::of("首次发现", ColumnKind::Date, 12),
            ExportColumn::text("依据", 36),
            ExportColumn::text("可能原因", 20),
            ExportColumn::text("跟进", 10),
        ],
        filters,
        ..head(
            if owed {
                "应享未享"
            } else {
                "不应享仍享"
            }
            .to_owned(),
            "按户籍地",
            back("/owed", &query, ""),
            &query,
        )
    })
}

async fn rows(
    app: AppState,
    ask: ExportAsk,
    from: Option<String>,
    most: i64,
) -> StoreResult<ExportChunk> {
    let mut filter = filter(&app, &ask).map_err(refused)?;
    let published = in_force(&app, &ask).map_err(refused)?;
    let mut walk = Walk::of(from.as_deref(), most)?;
    let (page, next) = loop {
        (filter.skip, filter.most) = (walk.skip(), walk.most());
        let page = findings::page(&app.store, &ask.who.scope, &filter).await?;
        if let Some(taken) = walk.take(page, |finding: &Finding| finding.finding.as_str())? {
            break taken;
        }
    };
    let mut ids: Vec<String> = page.iter().map(|finding| finding.key.id.clone()).collect();
    ids.sort();
    ids.dedup();
    let persons = persons(&app, &ask, ids).await?;
    let book = app.part::<AreaBook>()?;
    let rows = page.iter().filter_map(|finding| {
        let person = persons.get(&finding.key.id)?;
        let (programme, cycle) = words::programme(&published, &finding.programme);
        Some(ExportRow {
            subject: Some(person.key.clone()),
            cells: vec![
                Cell::text(person.name.clone()),
                Cell::text(people::api::words::age(&person.facts, ask.today)),
                Cell::text(people::api::words::area(&book, person, FactId::HUKOU_AREA)),
                Cell::text(if person.lives_apart() { "是" } else { "" }),
                Cell::text(programme),
                finding.fen.map_or_else(
                    || Cell::text("标准待确认"),
                    |fen| Cell::money(Some(Fen(fen))),
                ),
                Cell::text(cycle),
                Cell::day(Some(finding.since)),
                Cell::day(Some(finding.first_found)),
                Cell::text(grounds(&published, finding.item)),
                Cell::text(cause_zh(&finding.cause)),
                Cell::text(finding.state_on(ask.today).zh()),
            ],
        })
    });
    Ok(ExportChunk {
        rows: rows.collect(),
        next,
    })
}
