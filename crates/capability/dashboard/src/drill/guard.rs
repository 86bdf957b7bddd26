//! Which counts of a figure may be shown to those who see no lists, consistently on every page
//! (product.md 42).

use super::figure::Figure;
use super::numbers::Numbers;
use super::spot::{self, Depth, Spot, Tree};
use crate::suppress::{self, Cell};
use area::api::AreaBook;
use std::collections::BTreeMap;
use store::{Reads, StoreResult};

/// The cells of counties, bodies and towns.
pub(crate) struct Guard {
    cells: BTreeMap<String, Cell>,
    /// Both trees are shown; else only the 管理区划, so that the difference between them says nothing.
    pub(crate) counties: bool,
}

/// The key of what is registered in a place and no further down.
fn rest_key(spot: &Spot) -> String {
    format!("rest:{}", spot.key)
}

impl Guard {
    /// Works it out for a figure.
    pub(crate) async fn of(
        reads: &impl Reads,
        book: &AreaBook,
        figure: &Figure,
    ) -> StoreResult<Self> {
        let Some(city) = spot::city(book) else {
            return Ok(Self {
                cells: BTreeMap::new(),
                counties: false,
            });
        };
        let bodies = spot::children(book, &city, Tree::Bodies);
        let counties = spot::children(book, &city, Tree::Counties);
        let towns: Vec<Spot> = counties
            .iter()
            .flat_map(|county| spot::children(book, county, Tree::Counties))
            .collect();
        let all: Vec<&Spot> = std::iter::once(&city)
            .chain(&bodies)
            .chain(&counties)
            .chain(&towns)
            .collect();
        let numbers = Numbers::load(reads, figure, &all).await?;
        let mut counts: BTreeMap<String, i64> = all
            .iter()
            .map(|spot| (spot.key.clone(), numbers.of(spot)))
            .collect();
        let mut break_down = |whole: &Spot, tree: Tree| -> Vec<String> {
            let mut keys: Vec<String> = spot::children(book, whole, tree)
                .into_iter()
                .map(|spot| spot.key)
                .collect();
            let of = |key: &String| counts.get(key).copied().unwrap_or(0);
            let rest = of(&whole.key) - keys.iter().map(of).sum::<i64>();
            // The city's rest differs between the trees.
            let key = format!("{}{}", rest_key(whole), tree.key());
            counts.insert(key.clone(), rest);
            keys.push(key);
            keys
        };
        let top = break_down(&city, Tree::Bodies);
        let of_bodies: Vec<Vec<String>> = bodies
            .iter()
            .map(|body| break_down(body, Tree::Bodies))
            .collect();
        let by_county = break_down(&city, Tree::Counties);
        let of_counties: Vec<Vec<String>> = counties
            .iter()
            .map(|county| break_down(county, Tree::Counties))
            .collect();
        let open = |cells: &BTreeMap<String, Cell>, key: &String| {
            cells.get(key).is_some_and(|cell| cell.is_open())
        };
        // The bodies first; where one of them is left out, counties would give it away.
        let upper = suppress::consistent(&counts, std::slice::from_ref(&top));
        let by_counties = suppress::consistent(&counts, std::slice::from_ref(&by_county));
        let both = top.iter().all(|key| open(&upper, key))
            && by_county.iter().all(|key| open(&by_counties, key));
        let mut breakdowns = vec![top];
        breakdowns.extend(of_bodies);
        if both {
            breakdowns.push(by_county);
            breakdowns.extend(of_counties);
        }
        Ok(Self {
            cells: suppress::consistent(&counts, &breakdowns),
            counties: both,
        })
    }

    /// How a county, body or town is shown; the whole place is always shown.
    pub(crate) fn cell(&self, spot: &Spot, n: i64) -> Cell {
        if spot.depth == Depth::City {
            return suppress::one(n);
        }
        if !self.counties && spot::tree_of(spot) == Some(Tree::Counties) {
            return Cell::Hidden;
        }
        self.cells
            .get(&spot.key)
            .copied()
            .unwrap_or_else(|| suppress::one(n))
    }

    /// How the rest of a place is shown.
    fn rest(&self, spot: &Spot, tree: Tree, n: i64) -> Cell {
        let key = format!("{}{}", rest_key(spot), tree.key());
        self.cells
            .get(&key)
            .copied()
            .unwrap_or_else(|| suppress::one(n))
    }

    /// The cells of an opened place: its rows, then its rest.
    pub(crate) fn cells(
        &self,
        place: &Spot,
        tree: Tree,
        rows: &[(Spot, i64)],
        rest: i64,
    ) -> (Vec<Cell>, Cell) {
        if place.depth == Depth::Town {
            let mut counts: Vec<i64> = rows.iter().map(|(_, n)| *n).collect();
            counts.push(rest);
            let mut cells = suppress::rows(&counts, &[]);
            let last = cells.pop().unwrap_or(Cell::Hidden);
            return (cells, last);
        }
        let cells = rows.iter().map(|(spot, n)| self.cell(spot, *n)).collect();
        (cells, self.rest(place, tree, rest))
    }

    /// A place may be opened: it and what lies above it are shown.
    pub(crate) fn opens(&self, book: &AreaBook, place: &Spot, tree: Tree) -> bool {
        let shown = |spot: &Spot| {
            spot.depth == Depth::City
                || (self.counties || spot::tree_of(spot) != Some(Tree::Counties))
                    && self.cells.get(&spot.key).is_none_or(|cell| cell.is_open())
        };
        shown(place)
            && spot::above(book, place, tree).iter().all(&shown)
            // A village is a row of its town, never opened by those who see no lists.
            && place.depth != Depth::Village
    }
}
