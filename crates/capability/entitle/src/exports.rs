//! 项目名单, 应享未享, 待核实 as workbooks: the filters, order and columns of the pages (rows K01, M03).

mod as_of;
mod findings;
mod item;
mod unsettled;

use crate::columns::{self, Listed};
use crate::store::answers::{Answered, Wanted};
use area::api::AreaBook;
use authz::{Action, Scope};
use host::App;
use host::export::{CountOf, ExportAsk, ExportCount, ExportHead, ExportSpec, HeadOf, RowsOf, Walk};
use kernel::AreaCode;
use people::api::Person;
use plan::api::{PlanBook, Published};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::{StoreError, StoreResult};
use ui::{ListQuery, ListSpec, PageError, Total};

/// The lists of entitlement.
pub(crate) fn exports() -> Vec<ExportSpec> {
    let spec = |key, title, (head, count, rows): (HeadOf, CountOf, RowsOf)| ExportSpec {
        key,
        title,
        action: Action::ReadLists,
        head,
        count,
        rows,
    };
    vec![
        spec("entitle.item_people", "服务项目名单", item::source()),
        spec("entitle.owed", "应享未享台账", findings::source()),
        spec("entitle.unsettled", "待核实名单", unsettled::source()),
        spec("entitle.as_of", "历史名单", as_of::source()),
    ]
}

/// A list's own order.
const fn plain(filters: &'static [&'static str]) -> ListSpec {
    ListSpec {
        filters,
        sorts: &[],
        default_sort: "",
        default_desc: false,
    }
}

fn query(ask: &ExportAsk, spec: &ListSpec) -> Result<ListQuery, PageError> {
    ListQuery::parse(Some(&ask.query), spec)
        .map_err(|error| PageError::bad_request(error.to_string()))
}

fn broken(error: StoreError) -> PageError {
    tracing::error!(%error, "an export could not be read");
    PageError::not_found()
}

fn refused(error: PageError) -> StoreError {
    StoreError::Other(format!("not a list: {error:?}"))
}

fn in_force(app: &App, ask: &ExportAsk) -> Result<Arc<Published>, PageError> {
    let book = app.part::<PlanBook>().map_err(broken)?;
    book.in_force(ask.today).ok_or_else(PageError::not_found)
}

/// The areas whose people are listed: one chosen inside the scope, or the scope itself.
fn areas(
    ask: &ExportAsk,
    published: &Published,
    chosen: Option<&str>,
) -> Result<Vec<AreaCode>, PageError> {
    let scope = &ask.who.scope;
    if let Some(text) = chosen {
        let code: AreaCode = text
            .parse()
            .map_err(|error: kernel::area_code::NotAnArea| {
                PageError::bad_request(error.to_string())
            })?;
        if !scope.admits_area(&code) {
            return Err(PageError::refused("当地民政局"));
        }
        return Ok(vec![code]);
    }
    Ok(match scope {
        Scope::Areas(areas) => areas.clone(),
        Scope::Everywhere => vec![published.list.area()],
        Scope::Nowhere | Scope::People(_) => Vec::new(),
    })
}

/// 「区划：曾都区」.
fn area_words(app: &App, query: &ListQuery) -> Result<Vec<(String, String)>, PageError> {
    let book = app.part::<AreaBook>().map_err(broken)?;
    let name = |text: &str| {
        text.parse()
            .map_or_else(|_| text.to_owned(), |code| book.full_name(&code))
    };
    let chosen = query
        .filter("area")
        .map(|text| ("区划".to_owned(), name(text)));
    Ok(chosen.into_iter().collect())
}

/// How long a list by answers is.
async fn counted(app: &App, ask: &ExportAsk, wanted: &Wanted) -> StoreResult<ExportCount> {
    let Listed { total, .. } = columns::look(app, &ask.who.scope, wanted).await?;
    Ok(match total {
        Total::Exact(rows) => ExportCount {
            rows: rows as i64,
            exact: true,
        },
        Total::Over(rows) => ExportCount {
            rows: rows as i64,
            exact: false,
        },
    })
}

/// The next rows of a list by answers: people with where they stand, and the cursor behind them.
async fn chunk(
    app: &App,
    ask: &ExportAsk,
    mut wanted: Wanted,
    from: Option<&str>,
    most: i64,
) -> StoreResult<(Vec<(Person, Answered)>, Option<String>)> {
    let mut walk = Walk::of(from, most)?;
    let (page, next) = loop {
        (wanted.skip, wanted.most) = (walk.skip(), walk.most());
        let page = columns::look(app, &ask.who.scope, &wanted).await?.page;
        if let Some(taken) = walk.take(page, |row: &(String, Answered)| row.0.as_str())? {
            break taken;
        }
    };
    let ids = page.iter().map(|(id, _)| id.clone()).collect();
    let mut persons = persons(app, ask, ids).await?;
    let people = page
        .into_iter()
        .filter_map(|(id, answered)| Some((persons.remove(&id)?, answered)));
    Ok((people.collect(), next))
}

/// People by id, within the scope.
async fn persons(
    app: &App,
    ask: &ExportAsk,
    ids: Vec<String>,
) -> StoreResult<BTreeMap<String, Person>> {
    let found = people::api::of_ids(&app.store, &ask.who.scope, ids).await?;
    Ok(found
        .into_iter()
        .map(|person| (person.key.id.clone(), person))
        .collect())
}

/// Key and code of every filter, for the log.
fn codes(query: &ListQuery) -> Vec<(String, String)> {
    query.filters.clone()
}

/// A head with what all have in common.
fn head(title: String, basis: &str, back: String, query: &ListQuery) -> ExportHead {
    ExportHead {
        title,
        basis: basis.to_owned(),
        back,
        columns: Vec::new(),
        filters: Vec::new(),
        codes: codes(query),
    }
}

/// A list's address with its filters, without those that stand in its path.
fn back(path: &str, query: &ListQuery, in_path: &str) -> String {
    let kept = query
        .filters
        .iter()
        .filter(|(name, _)| name != in_path)
        .map(|(name, value)| format!("{name}={}", ui::query_encode(value)));
    let kept: Vec<String> = kept.collect();
    if kept.is_empty() {
        path.to_owned()
    } else {
        format!("{path}?{}", kept.join("&"))
    }
}
