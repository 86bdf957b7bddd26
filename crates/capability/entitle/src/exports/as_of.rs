//! The people of a list as of a day, as known at a moment: those whose area then lies in the asker's scope. Whoever
//! the asker may not see any more has no name.

use super::{back, head, plain, query, refused};
use crate::as_of::{AsOf, Then, list_of, some, store as rows};
use crate::pages::words;
use area::api::AreaBook;
use host::export::{
    Cell, ColumnKind, CountOf, ExportAsk, ExportChunk, ExportColumn, ExportCount, ExportHead,
    ExportRow, HeadOf, RowsOf, Secret,
};
use host::{App, AppState, PersonKey};
use kernel::{Day, Fen, Instant};
use plan::api::{PlanBook, Published};
use rules::{FactId, ItemAnswer, Truth, Value};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::{StoreError, StoreResult};
use ui::{ListSpec, PageError};

const SPEC: ListSpec = plain(&["as_of", "day", "known", "no", "answer"]);
/// Walks over people without a row in one turn at most.
const WALKS: usize = 20;

/// Head, count and rows.
pub(super) fn source() -> (HeadOf, CountOf, RowsOf) {
    (
        Arc::new(of),
        Arc::new(|app, ask| Box::pin(count(app, ask))),
        Arc::new(|app, ask, from, most| Box::pin(chunk(app, ask, from, most))),
    )
}

fn of(app: &App, ask: &ExportAsk) -> Result<ExportHead, PageError> {
    let query = query(ask, &SPEC)?;
    let day: Option<Day> = query.filter("day").and_then(|text| text.parse().ok());
    let known = query
        .filter("known")
        .and_then(|text| text.parse::<i64>().ok());
    let (Some(day), Some(known)) = (day, known) else {
        return Err(PageError::bad_request("没有写按哪一天、按什么时候掌握的。"));
    };
    let book = app.part::<PlanBook>().map_err(super::broken)?;
    let published = book.in_force(day).ok_or_else(PageError::not_found)?;
    let item = query.filter("no").and_then(|no| no.parse::<u16>().ok());
    let item = item.and_then(|no| published.list.item(no));
    let what = item.map_or_else(
        || "全部项目".to_owned(),
        |item| format!("{} {}", item.service.no, item.service.name),
    );
    let known = Instant::from_micros(known);
    Ok(ExportHead {
        columns: vec![
            ExportColumn::text("姓名", 10).secret(Secret::Name),
            ExportColumn::of("出生日期", ColumnKind::Date, 12),
            ExportColumn::text("项目", 24),
            ExportColumn::text("结论", 10),
            ExportColumn::text("当时所在区划", 28),
            ExportColumn::of("标准（元）", ColumnKind::Money, 12),
            ExportColumn::text("周期", 8),
        ],
        filters: vec![
            ("按".to_owned(), day.zh()),
            ("当时掌握到".to_owned(), known.minute()),
        ],
        ..head(
            format!("{what}：按{}", day.zh()),
            "按各项的户籍地或常住地，按当时的区划",
            back("/list/as-of", &query, "as_of"),
            &query,
        )
    })
}

async fn asked(app: &AppState, ask: &ExportAsk) -> StoreResult<(AsOf, Arc<Published>)> {
    let query = query(ask, &SPEC).map_err(refused)?;
    let gone = || StoreError::Other("no such question".to_owned());
    let id = query.filter("as_of").ok_or_else(gone)?;
    let asked = rows::get(&app.store, id).await?.ok_or_else(gone)?;
    let published = list_of(&*app.part::<PlanBook>()?, &asked)?;
    Ok((asked, published))
}

/// As many as were counted in the towns of the scope.
async fn count(app: AppState, ask: ExportAsk) -> StoreResult<ExportCount> {
    let (asked, _) = asked(&app, &ask).await?;
    let json = asked.result.unwrap_or_default();
    let counts: crate::as_of::Counts = serde_json::from_str(&json)
        .map_err(|error| StoreError::Other(format!("entitle_as_of: {error}")))?;
    let mut sum = 0;
    for towns in counts.items.values() {
        for (town, count) in towns {
            let inside = match town.parse() {
                Ok(code) => ask.who.scope.admits_area(&code),
                Err(_) => ask.who.scope == authz::Scope::Everywhere,
            };
            if inside {
                sum += count.yes + count.unknown;
            }
        }
    }
    Ok(ExportCount {
        rows: i64::try_from(sum).unwrap_or(i64::MAX),
        exact: true,
    })
}

async fn chunk(
    app: AppState,
    ask: ExportAsk,
    from: Option<String>,
    most: i64,
) -> StoreResult<ExportChunk> {
    let (asked, published) = asked(&app, &ask).await?;
    let rolls = people::api::roll_book(&app.store).await?;
    let mut last = from.as_deref().and_then(key_of);
    let mut found: Vec<(Then, ItemAnswer)> = Vec::new();
    let mut ended = false;
    for _ in 0..WALKS {
        let (people, next) = some(&app.store, &asked, &published, &rolls, last.as_ref()).await?;
        ended = next.is_none();
        last = next.or(last);
        for then in people {
            found.extend(inside(&ask, &published, then));
        }
        if ended || found.len() as i64 >= most {
            break;
        }
    }
    let ids: Vec<String> = found.iter().map(|(then, _)| then.key.id.clone()).collect();
    let mut names = BTreeMap::new();
    for ids in ids.chunks(1000) {
        for person in people::api::of_ids(&app.store, &ask.who.scope, ids.to_vec()).await? {
            names.insert(person.key.id.clone(), person.name);
        }
    }
    let areas = app.part::<AreaBook>()?;
    let rows = found
        .iter()
        .map(|(then, answer)| row(&areas, &published, then, answer, names.get(&then.key.id)));
    Ok(ExportChunk {
        rows: rows.collect(),
        next: last
            .filter(|_| !ended)
            .map(|key| format!("{}|{}", key.shard, key.id)),
    })
}

fn key_of(cursor: &str) -> Option<PersonKey> {
    let (shard, id) = cursor.split_once('|')?;
    Some(PersonKey {
        shard: shard.to_owned(),
        id: id.to_owned(),
    })
}

/// The answers of somebody that count in the scope: each where its item counts her.
fn inside(ask: &ExportAsk, published: &Published, then: Then) -> Vec<(Then, ItemAnswer)> {
    let scope = &ask.who.scope;
    let counts = |answer: &&ItemAnswer| {
        let item = published.list.item(answer.no);
        let area = item.and_then(|item| then.area(item.service.area_basis));
        answer.answer != Truth::False
            && area.map_or(*scope == authz::Scope::Everywhere, |area| {
                scope.admits_area(&area)
            })
    };
    let answers: Vec<ItemAnswer> = then.answers.iter().filter(counts).cloned().collect();
    let each = answers.into_iter().map(|answer| {
        let then = Then {
            key: then.key.clone(),
            facts: then.facts.clone(),
            answers: Vec::new(),
        };
        (then, answer)
    });
    each.collect()
}

fn row(
    areas: &AreaBook,
    published: &Published,
    then: &Then,
    answer: &ItemAnswer,
    name: Option<&String>,
) -> ExportRow {
    let item = published.list.item(answer.no);
    let area = item.and_then(|item| then.area(item.service.area_basis));
    let birth = match then.facts.get(FactId::BIRTH_DATE) {
        Some(Value::Day(day)) => Cell::Day(day.number()),
        _ => Cell::Empty,
    };
    let fen = answer.fen.map(Fen);
    ExportRow {
        subject: Some(then.key.clone()),
        cells: vec![
            Cell::text(name.map_or("不在现在的范围里", String::as_str)),
            birth,
            Cell::text(item.map_or_else(String::new, |item| {
                format!("{} {}", item.service.no, item.service.name)
            })),
            Cell::text(match answer.answer {
                Truth::True => "符合",
                _ => "待核实",
            }),
            Cell::text(area.map_or_else(|| "不明".to_owned(), |area| areas.full_name(&area))),
            Cell::money(fen),
            Cell::text(match (fen, item) {
                (Some(_), Some(item)) => words::unit_zh(item.service.benefit.unit),
                _ => "",
            }),
        ],
    }
}
