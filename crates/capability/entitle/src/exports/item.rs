//! The people of one item in one state, oldest first.

use super::{area_words, areas, back, chunk, counted, head, in_force, plain, query, refused};
use crate::pages::item_people::{STATES, basis_fact, tags};
use crate::pages::words;
use crate::standing::bit;
use crate::store::answers::Wanted;
use area::api::AreaBook;
use host::export::{
    Cell, ColumnKind, CountOf, ExportAsk, ExportChunk, ExportColumn, ExportHead, ExportRow, HeadOf,
    RowsOf, Secret,
};
use host::{App, AppState};
use kernel::Fen;
use std::sync::Arc;
use store::{StoreError, StoreResult};
use ui::{ListSpec, PageError};

const SPEC: ListSpec = plain(&["no", "state", "area"]);

/// Head, count and rows.
pub(super) fn source() -> (HeadOf, CountOf, RowsOf) {
    (
        Arc::new(of),
        Arc::new(|app, ask| {
            Box::pin(async move {
                let (wanted, _) = wanted(&app, &ask).map_err(refused)?;
                counted(&app, &ask, &wanted).await
            })
        }),
        Arc::new(|app, ask, from, most| Box::pin(rows(app, ask, from, most))),
    )
}

/// What the list asks for, and the item's number.
fn wanted(app: &App, ask: &ExportAsk) -> Result<(Wanted, u16), PageError> {
    let query = query(ask, &SPEC)?;
    let published = in_force(app, ask)?;
    let no = query.filter("no").and_then(|no| no.parse::<u16>().ok());
    let item = no
        .and_then(|no| published.list.item(no))
        .ok_or_else(PageError::not_found)?;
    let asked = query.filter("state").unwrap_or("yes");
    let (state, _) = STATES
        .iter()
        .find(|(key, _)| *key == asked)
        .ok_or_else(|| PageError::bad_request("没有这种状态"))?;
    let wanted = Wanted {
        state,
        bit: bit(item.service.no),
        high: false,
        basis: item.service.area_basis,
        areas: areas(ask, &published, query.filter("area"))?,
        skip: 0,
        most: 0,
    };
    Ok((wanted, item.service.no))
}

fn of(app: &App, ask: &ExportAsk) -> Result<ExportHead, PageError> {
    let query = query(ask, &SPEC)?;
    let (wanted, no) = wanted(app, ask)?;
    let published = in_force(app, ask)?;
    let item = published.list.item(no).ok_or_else(PageError::not_found)?;
    let state = STATES
        .iter()
        .find(|(key, _)| *key == wanted.state)
        .map_or("", |(_, words)| words);
    let basis = words::basis_zh(wanted.basis);
    Ok(ExportHead {
        columns: vec![
            ExportColumn::text("姓名", 10).secret(Secret::Name),
            ExportColumn::text("年龄", 9),
            ExportColumn::text(basis, 28),
            ExportColumn::text("人户分离", 9),
            ExportColumn::text("居住状况", 12),
            ExportColumn::text("类别", 32),
            ExportColumn::of("标准（元）", ColumnKind::Money, 12),
            ExportColumn::text("周期", 8),
        ],
        filters: area_words(app, &query)?,
        ..head(
            format!("{} {}：{state}", no, item.service.name),
            &format!("按{basis}"),
            back(&format!("/list/{no}/people"), &query, "no"),
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
    let (wanted, no) = wanted(&app, &ask).map_err(refused)?;
    let published = in_force(&app, &ask).map_err(refused)?;
    let gone = || StoreError::Other(format!("item {no} is gone"));
    let item = published.list.item(no).ok_or_else(gone)?;
    let basis = basis_fact(wanted.basis);
    let (people, next) = chunk(&app, &ask, wanted, from.as_deref(), most).await?;
    let book = app.part::<AreaBook>()?;
    let rows = people.iter().map(|(person, answered)| {
        let fen = answered.standing.amounts.get(&no).map(|fen| Fen(*fen));
        ExportRow {
            subject: Some(person.key.clone()),
            cells: vec![
                Cell::text(person.name.clone()),
                Cell::text(people::api::words::age(&person.facts, ask.today)),
                Cell::text(people::api::words::area(&book, person, basis)),
                Cell::text(if person.lives_apart() { "是" } else { "" }),
                Cell::text(people::api::words::living(&person.facts)),
                Cell::text(tags(person, ask.today).join("、")),
                Cell::money(fen),
                Cell::text(fen.map_or("", |_| words::unit_zh(item.service.benefit.unit))),
            ],
        }
    });
    Ok(ExportChunk {
        rows: rows.collect(),
        next,
    })
}
