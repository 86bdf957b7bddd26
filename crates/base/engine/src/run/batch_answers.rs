//! The answers of a batch, as a sink sees them.

use super::worker::Worker;
use arrow::array::{Array, StringArray};
use rules::Truth;

/// The answers of the people of a batch.
pub struct BatchAnswers<'a> {
    /// The row group.
    pub row_group: usize,
    /// The place of its first person in the row group.
    pub first_row: usize,
    /// Whether its last person is the last of the row group.
    pub last: bool,
    pub(crate) rows: usize,
    /// Where the keys were asked for.
    pub(crate) people: Option<&'a StringArray>,
    /// The amounts of those entitled, by item.
    pub(crate) items: Vec<Vec<Option<i64>>>,
    pub(crate) worker: &'a Worker<'a>,
}

impl BatchAnswers<'_> {
    /// How many people.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The key of a person.
    pub fn person(&self, row: usize) -> &str {
        self.people
            .filter(|people| row < people.len())
            .map_or("", |people| people.value(row))
    }

    /// The answer of an item, by its number, for a person.
    pub fn truth(&self, no: u16, row: usize) -> Truth {
        let item = usize::from(no).checked_sub(1);
        let item = item.and_then(|place| self.worker.program.items.get(place));
        item.map_or(Truth::Unknown, |item| {
            self.worker.masks.get(item.answer).truth(row)
        })
    }

    /// Every answer that is not no, person by person and item by item: place of the person, number
    /// of the item, the answer, and the amount where it is yes and known.
    pub fn each(&self, mut give: impl FnMut(usize, u16, Truth, Option<i64>)) {
        let items: Vec<_> = self.worker.program.items.iter().zip(&self.items).collect();
        let mut fens: Vec<_> = items.iter().map(|(_, fens)| fens.iter()).collect();
        for row in 0..self.rows() {
            for ((item, _), fens) in items.iter().zip(&mut fens) {
                match self.worker.masks.get(item.answer).truth(row) {
                    Truth::True => {
                        let fen = fens.next().copied().flatten();
                        give(row, item.no, Truth::True, fen);
                    }
                    Truth::Unknown => give(row, item.no, Truth::Unknown, None),
                    Truth::False => {}
                }
            }
        }
    }
}
