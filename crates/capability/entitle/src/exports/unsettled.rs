//! The people for whom one fact is missing.

use super::{area_words, areas, back, chunk, counted, head, in_force, plain, query, refused};
use crate::pages::unsettled::missing_words;
use crate::standing::bit;
use crate::store::answers::Wanted;
use area::api::AreaBook;
use host::export::{
    Cell, CountOf, ExportAsk, ExportChunk, ExportColumn, ExportHead, ExportRow, HeadOf, RowsOf,
    Secret,
};
use host::{App, AppState};
use rules::FactId;
use rules::folder::AreaBasis;
use std::sync::Arc;
use store::StoreResult;
use ui::{ListSpec, PageError};

const SPEC: ListSpec = plain(&["fact", "area"]);

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

fn wanted(app: &App, ask: &ExportAsk) -> Result<(Wanted, FactId), PageError> {
    let query = query(ask, &SPEC)?;
    let fact = query
        .filter("fact")
        .and_then(rules::facts::find)
        .ok_or_else(PageError::not_found)?;
    let published = in_force(app, ask)?;
    let wanted = Wanted {
        state: "missing",
        bit: 1 << (fact.index() % 64),
        high: fact.index() >= 64,
        basis: AreaBasis::Residence,
        areas: areas(ask, &published, query.filter("area"))?,
        skip: 0,
        most: 0,
    };
    Ok((wanted, fact))
}

fn of(app: &App, ask: &ExportAsk) -> Result<ExportHead, PageError> {
    let query = query(ask, &SPEC)?;
    let (_, fact) = wanted(app, ask)?;
    Ok(ExportHead {
        columns: vec![
            ExportColumn::text("姓名", 10).secret(Secret::Name),
            ExportColumn::text("年龄", 9),
            ExportColumn::text("常住地", 28),
            ExportColumn::text("等着判断的项目", 40),
            ExportColumn::text("还缺别的", 28),
        ],
        filters: area_words(app, &query)?,
        ..head(
            format!("缺「{}」的人员", fact.def().zh),
            "按常住地",
            back(&format!("/unsettled/{}", fact.name()), &query, "fact"),
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
    let (wanted, fact) = wanted(&app, &ask).map_err(refused)?;
    let published = in_force(&app, &ask).map_err(refused)?;
    let (people, next) = chunk(&app, &ask, wanted, from.as_deref(), most).await?;
    let book = app.part::<AreaBook>()?;
    let rows = people.iter().map(|(person, answered)| {
        let waiting: Vec<&str> = published
            .list
            .items()
            .iter()
            .filter(|item| answered.standing.unknown & bit(item.service.no) != 0)
            .map(|item| item.service.name.as_str())
            .collect();
        ExportRow {
            subject: Some(person.key.clone()),
            cells: vec![
                Cell::text(person.name.clone()),
                Cell::text(people::api::words::age(&person.facts, ask.today)),
                Cell::text(people::api::words::area(
                    &book,
                    person,
                    FactId::RESIDENCE_AREA,
                )),
                Cell::text(waiting.join("、")),
                Cell::text(missing_words(
                    answered.standing.missing & !(1 << fact.index()),
                )),
            ],
        }
    });
    Ok(ExportChunk {
        rows: rows.collect(),
        next,
    })
}
