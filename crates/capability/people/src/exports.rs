//! 老年人 and 婴幼儿 as workbooks: the filters, order and columns of the pages (rows K01, M03).

use crate::api::{self, Filter, Group, NameIndex, Person};
use crate::pages::list::{self, BANDS, SPEC};
use crate::pages::words;
use area::api::AreaBook;
use host::export::{
    Cell, ColumnKind, ExportAsk, ExportChunk, ExportColumn, ExportCount, ExportHead, ExportRow,
    ExportSpec, Secret, Walk,
};
use host::{App, AppState};
use kernel::Day;
use rules::facts::{FactId, Value};
use std::future::ready;
use std::sync::Arc;
use store::{StoreError, StoreResult};
use ui::{ListQuery, PageError};

/// The lists of the register.
pub(crate) fn exports() -> Vec<ExportSpec> {
    vec![
        spec("people.elders", "老年人台账", true),
        spec("people.children", "婴幼儿台账", false),
    ]
}

fn spec(key: &'static str, title: &'static str, elders: bool) -> ExportSpec {
    ExportSpec {
        key,
        title,
        action: authz::Action::ReadLists,
        head: Arc::new(move |app, ask| head(app, ask, elders)),
        count: Arc::new(move |app, ask| Box::pin(ready(count(&app, &ask, elders)))),
        rows: Arc::new(move |app, ask, from, most| Box::pin(rows(app, ask, elders, from, most))),
    }
}

fn read(ask: &ExportAsk, elders: bool) -> Result<(ListQuery, Filter), PageError> {
    let query = ListQuery::parse(Some(&ask.query), &SPEC)
        .map_err(|error| PageError::bad_request(error.to_string()))?;
    if query.filter("found").is_some() {
        return Err(PageError::bad_request("查人结果不能导出，请用筛选条件。"));
    }
    let filter = list::filter_of(&query, elders, ask.today)?;
    Ok((query, filter))
}

fn filter(ask: &ExportAsk, elders: bool) -> StoreResult<Filter> {
    read(ask, elders)
        .map(|(_, filter)| filter)
        .map_err(|error| StoreError::Other(format!("{error:?}")))
}

fn head(app: &App, ask: &ExportAsk, elders: bool) -> Result<ExportHead, PageError> {
    let (query, _) = read(ask, elders)?;
    let book = app
        .part::<AreaBook>()
        .map_err(|_no_book| PageError::not_found())?;
    let filters = query.filters.iter().map(|(key, value)| {
        let (label, words) = match key.as_str() {
            "area" => (
                "区划",
                value
                    .parse()
                    .map_or_else(|_| value.clone(), |code| book.full_name(&code)),
            ),
            "age" => {
                let band = BANDS.iter().find(|band| band.0 == value);
                (
                    "年龄",
                    band.map_or(value.as_str(), |band| band.1).to_owned(),
                )
            }
            "sex" => ("性别", if value == "male" { "男" } else { "女" }.to_owned()),
            "group" => (
                "类别",
                Group::from_key(value).map_or("", Group::zh).to_owned(),
            ),
            "basis" => ("口径", "只看常住".to_owned()),
            "dead" => ("状态", "已去世".to_owned()),
            other => (other, value.clone()),
        };
        (label.to_owned(), words)
    });
    let kept = ask.query.as_str();
    let path = if elders { "/people" } else { "/children" };
    Ok(ExportHead {
        title: if elders { "老年人" } else { "婴幼儿" }.to_owned(),
        basis: "户籍或常住在管辖范围".to_owned(),
        back: if kept.is_empty() {
            path.to_owned()
        } else {
            format!("{path}?{kept}")
        },
        columns: vec![
            ExportColumn::text("姓名", 10).secret(Secret::Name),
            ExportColumn::text("证件号码", 20).secret(Secret::Number),
            ExportColumn::text("性别", 6),
            ExportColumn::of("出生日期", ColumnKind::Date, 12),
            ExportColumn::text("年龄", 9),
            ExportColumn::text("户籍地", 28),
            ExportColumn::text("常住地", 28),
            ExportColumn::text("人户分离", 9),
            ExportColumn::text("居住状况", 12),
            ExportColumn::text("类别", 32),
        ],
        filters: filters.collect(),
        codes: query.filters.clone(),
    })
}

fn count(app: &App, ask: &ExportAsk, elders: bool) -> StoreResult<ExportCount> {
    let filter = filter(ask, elders)?;
    let index = app.part::<NameIndex>()?;
    Ok(ExportCount {
        rows: api::number(&index, &ask.who.scope, &filter),
        exact: true,
    })
}

/// By the columns in memory, where the ten-thousandth page costs no more than the first.
async fn rows(
    app: AppState,
    ask: ExportAsk,
    elders: bool,
    from: Option<String>,
    most: i64,
) -> StoreResult<ExportChunk> {
    let mut filter = filter(&ask, elders)?;
    let index = app.part::<NameIndex>()?;
    let mut walk = Walk::of(from.as_deref(), most)?;
    let (people, next) = loop {
        (filter.skip, filter.most) = (walk.skip(), walk.most());
        let page = api::look(&index, &app.store, &ask.who.scope, &filter).await?;
        if let Some(taken) = walk.take(page.people, |person: &Person| person.key.id.as_str())? {
            break taken;
        }
    };
    let book = app.part::<AreaBook>()?;
    let rows = people
        .iter()
        .map(|person| row(&app, &book, person, ask.today))
        .collect::<StoreResult<_>>()?;
    Ok(ExportChunk { rows, next })
}

fn birth(person: &Person) -> Option<Day> {
    match person.facts.get(FactId::BIRTH_DATE) {
        Some(Value::Day(day)) => Some(*day),
        _ => None,
    }
}

fn row(app: &App, book: &AreaBook, person: &Person, today: Day) -> StoreResult<ExportRow> {
    let number = api::open_secret(&app.store, "id_number", person.id_number.as_ref())?;
    let number = match (number, &person.provisional) {
        (Some(number), _) => words::masked(&number),
        (None, Some(provisional)) => provisional.clone(),
        (None, None) => String::new(),
    };
    Ok(ExportRow {
        subject: Some(person.key.clone()),
        cells: vec![
            Cell::text(person.name.clone()),
            Cell::text(number),
            Cell::text(words::sex(&person.facts)),
            Cell::day(birth(person)),
            Cell::text(words::age(&person.facts, today)),
            Cell::text(words::area(book, person, FactId::HUKOU_AREA)),
            Cell::text(words::area(book, person, FactId::RESIDENCE_AREA)),
            Cell::text(if person.lives_apart() { "是" } else { "" }),
            Cell::text(words::living(&person.facts)),
            Cell::text(list::tags(person, today).join("、")),
        ],
    })
}
