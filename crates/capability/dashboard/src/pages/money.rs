//! 资金 and 安全: `GET /dashboard/money`, `GET /dashboard/safety`; and what the first page says of 民生.
//!
//! Rows A20, C01; product.md 6 and screen 1, invariant 9: a programme without a roll shows 未接入, never 0.

use crate::board::Board;
use crate::drill::figure;
use crate::drill::guard::Guard;
use crate::drill::spot;
use crate::places::Place;
use crate::rollup::{self, Amount, Leaves};
use crate::suppress::{self, Cell};
use askama::Template;
use authz::Action;
use axum::extract::RawQuery;
use entitle::api::Connected;
use host::{Ctx, Failure, Page};
use kernel::{Day, Fen};
use plan::api::{PlanBook, Published};
use rules::folder::Cycle;
use std::sync::Arc;
use ui::{Choice, ListQuery, ListSpec, Shell};

const SPEC: ListSpec = ListSpec::filtered(&["area"]);
const MOST: usize = 5;

/// People and fen; `None` where the programme is not connected.
pub(crate) struct Shown {
    pub(crate) people: String,
    pub(crate) fen: String,
}

struct Row {
    name: String,
    cycle: &'static str,
    connected: bool,
    receiving: Shown,
    owed: Shown,
    undue: Shown,
    href: String,
}

/// Programmes and sums of a place.
pub(crate) struct Money {
    list: Option<Arc<Published>>,
    leaves: Leaves,
    known: Connected,
    /// The day they were counted for.
    pub(crate) day: Option<Day>,
}

impl Money {
    /// Reads them.
    pub(crate) async fn of(ctx: &Ctx) -> Result<Self, Failure> {
        let store = &ctx.app.store;
        Ok(Self {
            list: ctx.app.part::<PlanBook>()?.in_force(ctx.today()),
            leaves: rollup::money(store).await?,
            known: entitle::api::connected(store).await?,
            day: rollup::computed_on(store).await?,
        })
    }

    fn sum(&self, state: &str, programme: &str, place: &Place) -> Amount {
        let wanted = rollup::of_programme(state, programme);
        let mine = self.leaves.iter().filter(|((of, _), _)| *of == wanted);
        rollup::inside(mine.map(|((_, area), amount)| (area, amount)), &place.areas)
    }

    fn all(&self, state: &str, place: &Place) -> Amount {
        let mut out = Amount::default();
        for programme in self.known.programmes() {
            out.add(self.sum(state, programme, place));
        }
        out
    }

    fn rows(&self, place: &Place, lists: bool) -> Vec<Row> {
        let programmes = self.list.iter().flat_map(|list| list.list.programmes());
        let mut rows: Vec<Row> = programmes
            .map(|one| {
                let (id, programme) = (&one.programme.id, &one.programme);
                let show = |state| shown(self.sum(state, id, place), lists);
                Row {
                    name: programme.name.clone(),
                    cycle: cycle(programme.cycle),
                    connected: self.known.within(id, &place.areas),
                    receiving: show("receiving"),
                    owed: show("owed"),
                    undue: show("undue"),
                    href: programme.fulfils.first().map_or_else(String::new, |no| {
                        figure::href(&figure::item_key(*no, "receiving"), &place.key, "")
                    }),
                }
            })
            .collect();
        rows.sort_by_key(|row| !row.connected);
        rows
    }
}

const fn cycle(cycle: Cycle) -> &'static str {
    match cycle {
        Cycle::Month => "月",
        Cycle::Quarter => "季",
        Cycle::HalfYear => "半年",
        Cycle::Year => "年",
        Cycle::Once => "次",
    }
}

fn shown(amount: Amount, lists: bool) -> Shown {
    let cell = if lists {
        Cell::Number(amount.people)
    } else {
        suppress::one(amount.people)
    };
    of_cell(amount, cell)
}

/// The whole place, then the bodies; what one body hides is not said by the others.
fn by_body(money: &Money, board: &Board, lists: bool) -> Vec<(String, Shown, Shown, Shown)> {
    let state = |state: &str| -> Vec<Shown> {
        let bodies: Vec<Amount> = board
            .bodies
            .iter()
            .map(|body| money.all(state, body))
            .collect();
        let whole = money.all(state, &board.whole);
        let mut counts: Vec<i64> = bodies.iter().map(|amount| amount.people).collect();
        // What is registered to no body is a row of its own here too.
        counts.push(whole.people - counts.iter().sum::<i64>());
        let cells = suppress::rows(&counts, &[]);
        std::iter::once(shown(whole, lists))
            .chain(bodies.into_iter().zip(cells).map(|(amount, cell)| {
                let cell = if lists {
                    Cell::Number(amount.people)
                } else {
                    cell
                };
                of_cell(amount, cell)
            }))
            .collect()
    };
    let names = std::iter::once(&board.whole).chain(&board.bodies);
    names
        .zip(state("receiving"))
        .zip(state("owed"))
        .zip(state("undue"))
        .map(|(((place, receiving), owed), undue)| (place.name.clone(), receiving, owed, undue))
        .collect()
}

fn of_cell(amount: Amount, cell: Cell) -> Shown {
    Shown {
        people: cell.text(),
        // What one person gets would say who it is.
        fen: if cell.is_open() {
            Fen(amount.fen).to_string()
        } else {
            "—".to_owned()
        },
    }
}

/// 应享未享 of the first page: the programmes with most, and who is to be settled.
pub(crate) struct Live {
    /// Address, name, people, fen.
    pub(crate) owed: Vec<(String, String, String, String)>,
    /// Programmes with a roll, and all.
    pub(crate) connected: (usize, usize),
    /// 待核实 people.
    pub(crate) unknown: String,
    pub(crate) unknown_href: String,
    pub(crate) day: String,
}

/// Reads it; `wall` for print and projection.
pub(crate) async fn live(
    ctx: &Ctx,
    board: &Board,
    money: &Money,
    place: &Place,
    wall: bool,
) -> Result<Live, Failure> {
    let lists = !wall && Action::ReadLists.allowed_to(ctx.actor().role);
    let store = &ctx.app.store;
    let programmes: Vec<_> = money
        .list
        .iter()
        .flat_map(|list| list.list.programmes())
        .map(|one| &one.programme)
        .collect();
    let mut most: Vec<_> = programmes
        .iter()
        .map(|one| (*one, money.sum("owed", &one.id, place)))
        .filter(|(_, amount)| amount.people > 0)
        .collect();
    most.sort_by_key(|(one, amount)| (std::cmp::Reverse(amount.people), one.id.clone()));
    let area = if place.key == board.whole.key {
        ""
    } else {
        place.key.as_str()
    };
    let spot = spot::of(&board.areas, &place.key);
    let mut owed = Vec::new();
    for (one, amount) in most.into_iter().take(MOST) {
        let key = one.fulfils.first().map(|no| figure::item_key(*no, "owed"));
        let known = key
            .as_deref()
            .and_then(|key| figure::of(key, money.list.as_deref()));
        let cell = match (&known, &spot) {
            _ if lists => Cell::Number(amount.people),
            (Some(figure), Some(spot)) => Guard::of(store, &board.areas, figure)
                .await?
                .cell(spot, amount.people),
            _ => suppress::one(amount.people),
        };
        owed.push((
            key.map_or_else(String::new, |key| figure::href(&key, area, "")),
            one.name.clone(),
            cell.text(),
            if cell.is_open() {
                format!("{} 元/{}", Fen(amount.fen), cycle(one.cycle))
            } else {
                "—".to_owned()
            },
        ));
    }
    let counts = entitle::api::counts(store, &place.areas).await?;
    let unknown = counts.get(&(0, "unknown".to_owned())).copied().unwrap_or(0);
    let cell = if lists {
        Cell::Number(unknown)
    } else {
        suppress::one(unknown)
    };
    let named = programmes
        .iter()
        .filter(|one| money.known.within(&one.id, &place.areas));
    Ok(Live {
        owed,
        connected: (named.count(), programmes.len()),
        unknown: cell.text(),
        unknown_href: figure::href("unknown", area, ""),
        day: money.day.map_or_else(String::new, Day::zh),
    })
}

#[derive(Template)]
#[template(path = "pages/money.html")]
struct MoneyPage {
    shell: Shell,
    query: ListQuery,
    areas: Vec<Choice>,
    place: Place,
    area: String,
    rows: Vec<Row>,
    bodies: Vec<(String, Shown, Shown, Shown)>,
    any: bool,
    day: String,
    rule: String,
    lists: bool,
}

fn choices(board: &Board) -> Vec<Choice> {
    board
        .bodies
        .iter()
        .map(|body| Choice::new(&body.key, &body.name))
        .collect()
}

/// `GET /dashboard/money`
pub(crate) async fn get(ctx: Ctx, RawQuery(raw): RawQuery) -> Page {
    let query = ListQuery::of(raw.as_deref(), &SPEC)?;
    let board = Board::of(&ctx, None).await?;
    let place = board.place(query.filter("area"))?;
    let lists = Action::ReadLists.allowed_to(ctx.actor().role);
    let money = Money::of(&ctx).await?;
    let bodies = by_body(&money, &board, lists);
    Ok(ui::page_no_store(MoneyPage {
        shell: shell(&ctx, &board),
        areas: choices(&board),
        rows: money.rows(&place, lists),
        bodies,
        any: !money.known.is_empty(),
        day: money.day.map_or_else(|| "还没有计算".to_owned(), Day::zh),
        rule: suppress::rule(),
        lists,
        area: query.filter("area").unwrap_or_default().to_owned(),
        place,
        query,
    }))
}

fn shell(ctx: &Ctx, board: &Board) -> Shell {
    ctx.shell(format!("{}「一老一小」", board.whole.name))
        .path("/dashboard")
        .mark_active()
        .path(ctx.path().to_owned())
}

#[derive(Template)]
#[template(path = "pages/safety.html")]
struct SafetyPage {
    shell: Shell,
    area: String,
    place: Place,
}

/// `GET /dashboard/safety`
pub(crate) async fn safety(ctx: Ctx, RawQuery(raw): RawQuery) -> Page {
    let query = ListQuery::of(raw.as_deref(), &SPEC)?;
    let board = Board::of(&ctx, None).await?;
    Ok(ui::page_no_store(SafetyPage {
        shell: shell(&ctx, &board),
        area: query.filter("area").unwrap_or_default().to_owned(),
        place: board.place(query.filter("area"))?,
    }))
}
