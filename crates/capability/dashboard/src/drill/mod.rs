//! Drill-down: city → county or body → town → village, each total the sum of its rows.
//!
//! Rows A20, C01; product.md 42, invariants 8 and 10. [`figure`] says what can be opened and which list of
//! people stands behind it; [`spot`] walks both trees; [`numbers`] adds up; [`guard`] keeps small counts.

pub(crate) mod figure;
pub(crate) mod guard;
pub(crate) mod numbers;
pub(crate) mod spot;

use area::api::AreaBook;
use figure::Figure;
use numbers::Numbers;
use spot::{Spot, Tree};
use store::{Reads, StoreResult};

/// A place with its rows.
pub(crate) struct Opened {
    /// What all rows come to.
    pub(crate) total: i64,
    /// The areas directly inside.
    pub(crate) rows: Vec<(Spot, i64)>,
    /// Registered here, but no further down.
    pub(crate) rest: i64,
}

/// Opens a figure at a place.
pub(crate) async fn open(
    reads: &impl Reads,
    book: &AreaBook,
    figure: &Figure,
    place: &Spot,
    tree: Tree,
) -> StoreResult<Opened> {
    let inside = spot::children(book, place, tree);
    let mut spots: Vec<&Spot> = vec![place];
    spots.extend(&inside);
    let numbers = Numbers::load(reads, figure, &spots).await?;
    let total = numbers.of(place);
    let rows: Vec<(Spot, i64)> = inside
        .into_iter()
        .map(|spot| {
            let n = numbers.of(&spot);
            (spot, n)
        })
        .collect();
    let rest = if rows.is_empty() {
        0
    } else {
        total - rows.iter().map(|(_, n)| n).sum::<i64>()
    };
    Ok(Opened { total, rows, rest })
}
