//! `GET /periods/{id}`: roll-ups of one snapshot by county and by body; every total is the sum of its rows. Whoever
//! answers for a part sees that part and the city's total (invariant 10).

use super::{area, name, state, subject};
use crate::book::{self, Rollup};
use crate::counts::{ELSEWHERE, MEASURES, STATES};
use area::api::AreaBook;
use askama::Template;
use authz::Scope;
use axum::extract::Path;
use host::{Ctx, Page};
use kernel::{AreaCode, Fen};
use plan::api::{PlanBook, Published};
use std::collections::{BTreeMap, BTreeSet};
use ui::{PageError, Shell};

struct Line {
    what: String,
    state: &'static str,
    cells: Vec<String>,
    total: String,
    fen: String,
}

struct Table {
    title: &'static str,
    heads: Vec<String>,
    lines: Vec<Line>,
}

struct MovedRow {
    area: String,
    what: String,
    state: &'static str,
    before: i64,
    after: i64,
}

#[derive(Template)]
#[template(path = "pages/one.html")]
struct PeriodPage {
    shell: Shell,
    day: String,
    known: String,
    people: String,
    version: i64,
    digest: String,
    content: String,
    files: Vec<crate::files::StoredFile>,
    kept: bool,
    tables: Vec<Table>,
    moved: Vec<MovedRow>,
    whole: bool,
}

/// Answers the page.
pub(crate) async fn get(ctx: Ctx, Path(id): Path<String>) -> Page {
    let lacking = || PageError::not_found().text("没有这一期定版。");
    let number: i64 = id.parse().map_err(|_no_number| lacking())?;
    let store = &ctx.app.store;
    let snapshot = book::one(store, number).await?.ok_or_else(lacking)?;
    let (areas, plans) = (ctx.app.part::<AreaBook>()?, ctx.app.part::<PlanBook>()?);
    let list = snapshot
        .plan_digest
        .as_deref()
        .and_then(|digest| plans.by_digest(digest));
    let root = areas
        .root()
        .map(|root| root.code.to_string())
        .unwrap_or_default();
    let seen = Seen::of(&ctx.scope(), &areas);
    let asked: Vec<&str> = seen.keys().chain([root.as_str(), ELSEWHERE]).collect();
    let rows = book::rollups(store, number, Some(&asked)).await?;
    let table = |title, keys: &[String]| {
        let look = Look {
            root: &root,
            areas: &areas,
            list: list.as_deref(),
            whole: seen.whole,
        };
        table(title, keys, &rows, &look)
    };
    let mut tables = vec![table("按行政区划", &seen.areas)];
    if !seen.bodies.is_empty() {
        tables.push(table("按管理区划", &seen.bodies));
    }
    let shown = |area: &str| area == root || seen.keys().any(|key| key == area);
    let moved = snapshot
        .differs
        .iter()
        .filter(|m| seen.whole || shown(&m.area))
        .map(|m| MovedRow {
            area: area(&m.area, &areas),
            what: subject(&m.subject, list.as_deref()),
            state: state(&m.state),
            before: m.before,
            after: m.after,
        });
    Ok(ui::page(PeriodPage {
        shell: ctx.shell(name(&snapshot)).crumb("月度定版", "/periods"),
        day: snapshot.day.zh(),
        known: snapshot.known_at.minute(),
        people: ui::grouped(snapshot.people as u64),
        version: snapshot.version,
        kept: snapshot.directory.is_some(),
        tables,
        whole: seen.whole,
        moved: moved.collect(),
        digest: snapshot.digest,
        content: snapshot.content,
        files: snapshot.files,
    }))
}

/// Which parts somebody sees.
struct Seen {
    areas: Vec<String>,
    bodies: Vec<String>,
    /// The whole city.
    whole: bool,
}

impl Seen {
    fn of(scope: &Scope, book: &AreaBook) -> Self {
        let whole = book
            .root()
            .is_some_and(|root| scope.admits_area(&root.code));
        let counties = book.counties().into_iter().map(|county| county.code);
        let areas: Vec<AreaCode> = match scope {
            Scope::Areas(areas) if !whole => areas.clone(),
            _ => counties.filter(|code| scope.admits_area(code)).collect(),
        };
        let bodies = book.executors().iter().filter(|body| {
            let parts = book.executor_scope(&body.key);
            whole || (!parts.is_empty() && parts.iter().all(|part| scope.admits_area(part)))
        });
        Self {
            areas: areas.iter().map(AreaCode::to_string).collect(),
            bodies: bodies.map(|body| format!("E:{}", body.key)).collect(),
            whole,
        }
    }

    fn keys(&self) -> impl Iterator<Item = &str> {
        self.areas.iter().chain(&self.bodies).map(String::as_str)
    }
}

/// How a table is told.
struct Look<'a> {
    root: &'a str,
    areas: &'a AreaBook,
    list: Option<&'a Published>,
    whole: bool,
}

/// Parts beside each other, then what lies in no part, then everything. Of a part of the city there is nothing
/// between the parts and everything.
fn table(title: &'static str, keys: &[String], rows: &[Rollup], look: &Look<'_>) -> Table {
    let (root, areas, list) = (look.root, look.areas, look.list);
    let mut cells: BTreeMap<(&str, &str, &str), (i64, i64)> = BTreeMap::new();
    // In the order of measures, items and states, as they are told everywhere.
    let mut lines: BTreeSet<(u16, usize, usize, &str, &str)> = BTreeSet::new();
    let measure = |subject: &str| MEASURES.iter().position(|(id, ..)| *id == subject);
    let place = |state: &str| STATES.iter().position(|other| *other == state);
    for row in rows {
        cells.insert((&row.subject, &row.state, &row.area), (row.people, row.fen));
        if row.area == root || row.area == ELSEWHERE {
            let no = row
                .subject
                .strip_prefix("item:")
                .and_then(|no| no.parse().ok());
            lines.insert((
                no.unwrap_or(0),
                measure(&row.subject).unwrap_or(0),
                place(&row.state).unwrap_or(0),
                &row.subject,
                &row.state,
            ));
        }
    }
    let mut heads: Vec<String> = keys.iter().map(|key| area(key, areas)).collect();
    if look.whole {
        heads.push("未细分".to_owned());
        heads.push("辖区外或不明".to_owned());
    }
    let shown = |n: i64| ui::grouped(n.max(0) as u64);
    let lines = lines.into_iter().map(|(.., what, word)| {
        let of = |key: &str| cells.get(&(what, word, key)).copied().unwrap_or_default();
        let parts: Vec<(i64, i64)> = keys.iter().map(|key| of(key)).collect();
        let inside: (i64, i64) = parts
            .iter()
            .fold((0, 0), |sum, part| (sum.0 + part.0, sum.1 + part.1));
        let (whole, elsewhere) = (of(root), of(ELSEWHERE));
        let mut numbers: Vec<String> = parts.iter().map(|part| shown(part.0)).collect();
        if look.whole {
            numbers.push(shown(whole.0 - inside.0));
            numbers.push(shown(elsewhere.0));
        }
        let fen = whole.1 + elsewhere.1;
        Line {
            what: subject(what, list),
            state: state(word),
            cells: numbers,
            total: shown(whole.0 + elsewhere.0),
            fen: if fen > 0 {
                Fen(fen).to_string()
            } else {
                String::new()
            },
        }
    });
    Table {
        title,
        lines: lines.collect(),
        heads,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use area::api::{AreaRow, Tree};

    /// Invariant 10: a county's officer sees the county and not its neighbour.
    #[test]
    fn a_county_sees_itself() {
        let row = |code: &str, name: &str| AreaRow {
            code: code.parse().unwrap(),
            name: name.into(),
        };
        let book = AreaBook::of_tree(&Tree {
            areas: vec![
                row("421300", "随州市"),
                row("421303", "曾都区"),
                row("421381", "广水市"),
            ],
            management: Vec::new(),
        });
        let county = Scope::Areas(vec!["421303".parse().unwrap()]);
        let seen = Seen::of(&county, &book);
        assert_eq!(seen.areas, ["421303000000"]);
        assert_eq!(seen.bodies, ["E:421303000000"]);
        assert!(!seen.whole);
        let city = Scope::Areas(vec!["421300".parse().unwrap()]);
        let seen = Seen::of(&city, &book);
        assert!(seen.whole);
        assert_eq!(seen.areas, ["421303000000", "421381000000"]);
        assert_eq!(Seen::of(&Scope::Nowhere, &book).keys().count(), 0);
    }
}
