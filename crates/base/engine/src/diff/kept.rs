//! What the first side says of the people of a batch, kept until the second is asked.

use super::counties::Counties;
use crate::mask::Mask;
use crate::program::NodeId;
use crate::run::BatchAnswers;
use arrow::array::StringArray;
use rules::Truth;
use rules::folder::AreaBasis;

/// A batch: two bits a person for each answer and condition, the amounts, the counties.
pub(super) struct Kept {
    pub(super) first_row: usize,
    pub(super) rows: usize,
    /// One for each of the half's nodes.
    masks: Vec<Mask>,
    /// One for each item.
    amounts: Vec<Amounts>,
    hukou: Vec<u32>,
    residence: Vec<u32>,
    pub(super) people: Option<StringArray>,
}

impl Kept {
    pub(super) fn of(answers: &BatchAnswers<'_>, nodes: &[NodeId], counties: &Counties) -> Self {
        let worker = answers.worker;
        let of_place = counties.of(&worker.sums.places.codes);
        let counties = |basis| rows(&of_place, worker.areas(basis));
        let items = worker.program.items.iter().zip(&answers.items);
        Self {
            first_row: answers.first_row,
            rows: answers.rows,
            masks: nodes
                .iter()
                .map(|id| worker.masks.get(*id).clone())
                .collect(),
            amounts: items
                .map(|(item, fens)| Amounts::of(worker.masks.get(item.answer), fens))
                .collect(),
            hukou: counties(AreaBasis::Hukou),
            residence: counties(AreaBasis::Residence),
            people: answers.people.cloned(),
        }
    }

    /// The mask of the node at this place among the half's nodes.
    pub(super) fn mask(&self, place: usize) -> Option<&Mask> {
        self.masks.get(place)
    }

    pub(super) fn truth(&self, place: usize, row: usize) -> Truth {
        self.mask(place)
            .map_or(Truth::Unknown, |mask| mask.truth(row))
    }

    /// The amount of an item for somebody who is entitled.
    pub(super) fn fen(&self, item: usize, mask: usize, row: usize) -> Option<i64> {
        self.amounts.get(item)?.get(self.mask(mask)?, row)
    }

    /// The counties by this basis.
    pub(super) fn counties(&self, basis: AreaBasis) -> &[u32] {
        match basis {
            AreaBasis::Hukou => &self.hukou,
            AreaBasis::Residence | AreaBasis::Facility => &self.residence,
        }
    }
}

/// The county of each row.
pub(super) fn rows(of_place: &[u32], places: &[u32]) -> Vec<u32> {
    let county = |place: &u32| of_place.get(*place as usize).copied();
    places
        .iter()
        .map(|place| county(place).unwrap_or(super::counties::UNKNOWN))
        .collect()
}

/// The amounts of those entitled, found by row.
pub(super) enum Amounts {
    /// Everybody's, or nobody's.
    Same(Option<i64>),
    /// In the order of the rows that are true, and how many of them stand before each word.
    Each(Vec<Option<i64>>, Vec<u32>),
}

impl Amounts {
    pub(super) fn of(mask: &Mask, fens: &[Option<i64>]) -> Self {
        let first = fens.first().copied().flatten();
        if fens.iter().all(|fen| *fen == first) {
            return Self::Same(first);
        }
        let mut before = 0;
        let counts = mask.yes.iter().map(|word| {
            let here = before;
            before += word.count_ones();
            here
        });
        Self::Each(fens.to_vec(), counts.collect())
    }

    pub(super) fn get(&self, mask: &Mask, row: usize) -> Option<i64> {
        match self {
            Self::Same(fen) => *fen,
            Self::Each(fens, before) => {
                let word = mask.yes.get(row / 64)?;
                let below = word & ((1 << (row % 64)) - 1);
                let at = before.get(row / 64)? + below.count_ones();
                fens.get(at as usize).copied().flatten()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Invariant 6: an amount is found at the row of the person it belongs to.
    #[test]
    fn amounts_are_found_by_row() {
        let mut mask = Mask::default();
        mask.reset(200);
        let rows: Vec<usize> = (0..200).filter(|row| row % 3 == 1 || *row == 63).collect();
        for row in &rows {
            mask.yes[row / 64] |= 1 << (row % 64);
        }
        let fens: Vec<Option<i64>> = rows
            .iter()
            .map(|row| (row % 2 == 0).then_some(*row as i64))
            .collect();
        let amounts = Amounts::of(&mask, &fens);
        for (row, fen) in rows.iter().zip(&fens) {
            assert_eq!(amounts.get(&mask, *row), *fen, "{row}");
        }
        assert_eq!(Amounts::of(&mask, &[Some(5); 9]).get(&mask, 63), Some(5));
        assert_eq!(Amounts::of(&mask, &[]).get(&mask, 63), None);
    }
}
