//! Compares batches, item by item, and counts who is only on one side.

use super::Half;
use super::counties::{Counties, UNKNOWN};
use super::counts::{ConditionCounts, Counts, ItemCounts};
use super::join::Before;
use super::kept::{Amounts, Kept, rows};
use super::pairs::ItemPair;
use super::prepared::{Prepared, Rows, prepare};
use super::result::People;
use super::tiers::Tiers;
use crate::mask::{Mask, ones, valid, words};
use crate::run::BatchAnswers;
use rules::Truth;
use rules::folder::AreaBasis;
use std::sync::atomic::{AtomicU64, Ordering};

/// Compares batches.
pub(super) struct Compare<'a> {
    pairs: Vec<Prepared>,
    counties: &'a Counties,
}

impl<'a> Compare<'a> {
    pub(super) fn new(
        before: &Half<'_>,
        after: &Half<'_>,
        pairs: &[ItemPair],
        counties: &'a Counties,
    ) -> Self {
        let one_file = before.snapshot.path == after.snapshot.path;
        let pairs = pairs
            .iter()
            .map(|pair| prepare(before, after, pair, one_file));
        Self {
            pairs: pairs.collect(),
            counties,
        }
    }

    /// Nothing counted yet.
    pub(super) fn nothing(&self) -> Counts {
        let items = self.pairs.iter().map(|pair| ItemCounts {
            cells: Vec::new(),
            conditions: vec![ConditionCounts::default(); pair.conditions.len()],
            tiers: vec![0; pair.tiers.as_ref().map_or(0, Tiers::cells)],
        });
        Counts {
            items: items.collect(),
            both: 0,
            arrived: 0,
            left: 0,
            people: People::default(),
            keys: Vec::new(),
        }
    }

    /// Counts the people of a batch of the second side.
    pub(super) fn batch(
        &self,
        counts: &mut Counts,
        before: &Before<'_>,
        answers: &BatchAnswers<'_>,
    ) {
        let worker = answers.worker;
        let of_place = self.counties.of(&worker.sums.places.codes);
        let both = before.both(answers.rows);
        let hukou = rows(&of_place, worker.areas(AreaBasis::Hukou));
        let residence = rows(&of_place, worker.areas(AreaBasis::Residence));
        let asked = self.counties.asked();
        let asks = |counties: &[u32]| asks(answers.rows, asked.as_deref(), counties);
        let batch = Rows {
            answers,
            before,
            asks: [asks(&hukou), asks(&residence)],
            both,
            hukou,
            residence,
        };
        let both: u32 = batch.both.iter().map(|word| word.count_ones()).sum();
        counts.both += u64::from(both);
        counts.arrived += (answers.rows as u64).saturating_sub(both.into());
        let [first, second] = &batch.asks;
        let either = first.iter().zip(second).zip(&batch.both);
        let either = either.map(|((first, second), both)| (first | second) & both);
        counts.people.asked += either.map(|word| u64::from(word.count_ones())).sum::<u64>();
        let mut first_says = Mask::default();
        let mut touched = Touched::over(batch.both.len());
        for (pair, counts) in self.pairs.iter().zip(&mut counts.items) {
            let Some(second) = pair.after else {
                // Dropped: whoever was entitled is not any more.
                if let Some(first) = pair.before {
                    before.mask(first.mask, answers.rows, &batch.both, &mut first_says);
                    touched.note(&batch.mine(first.basis), Some(&first_says), None);
                }
                continue;
            };
            let now = worker.masks.get(second.answer);
            let fens = answers.items.get(second.item).map(Vec::as_slice);
            let amounts = Amounts::of(now, fens.unwrap_or_default());
            let mine = batch.mine(second.basis);
            for (at, (asks, both)) in batch.asks(second.basis).iter().zip(&batch.both).enumerate() {
                for row in ones(&[valid(at, answers.rows) & asks & !both]).map(|row| at * 64 + row)
                {
                    let truth = now.truth(row);
                    let fen = holds(truth).and_then(|()| amounts.get(now, row));
                    counts.at(batch.county(second.basis, row), |cell| {
                        cell.arrived.count(truth, second.amount, fen);
                    });
                }
            }
            if let Some(first) = pair.before {
                before.mask(first.mask, answers.rows, &batch.both, &mut first_says);
                let sides = (&first_says, now, &amounts);
                pair.compare(
                    counts,
                    (&batch, mine.as_slice()),
                    (first, second),
                    sides,
                    &mut touched.changed,
                );
                touched.note(&mine, Some(&first_says), Some(now));
            } else {
                touched.note(&mine, None, Some(now));
            }
        }
        counts.people.add(touched.people());
    }

    /// Counts those of a batch of the first side who were not met on the second.
    pub(super) fn left(&self, counts: &mut Counts, kept: &Kept, met: &[AtomicU64]) {
        let asked = self.counties.asked();
        for (at, met) in met.iter().enumerate() {
            let left = valid(at, kept.rows) & !met.load(Ordering::Relaxed);
            counts.left += u64::from(left.count_ones());
            for row in ones(&[left]).map(|row| at * 64 + row) {
                for (pair, counts) in self.pairs.iter().zip(&mut counts.items) {
                    let Some(first) = pair.before else { continue };
                    let truth = kept.truth(first.mask, row);
                    let fen = holds(truth).and_then(|()| kept.fen(first.item, first.mask, row));
                    let county = kept.counties(first.basis).get(row).copied();
                    let county = county.unwrap_or(UNKNOWN);
                    if of(asked.as_deref(), county) {
                        counts.at(county, |cell| {
                            cell.left.count(truth, first.amount, fen);
                        });
                    }
                }
            }
        }
    }
}

/// Whether people of a county by number are compared.
fn of(asked: Option<&[bool]>, county: u32) -> bool {
    asked.is_none_or(|asked| asked.get(county as usize).copied().unwrap_or(false))
}

/// Those of a batch who are compared, by the county of each.
fn asks(rows: usize, asked: Option<&[bool]>, counties: &[u32]) -> Vec<u64> {
    let mut out: Vec<u64> = (0..words(rows)).map(|at| valid(at, rows)).collect();
    if asked.is_some() {
        for (row, county) in counties.iter().enumerate() {
            if let Some(word) = out.get_mut(row / 64).filter(|_| !of(asked, *county)) {
                *word &= !(1 << (row % 64));
            }
        }
    }
    out
}

/// Who of a batch gains, loses or gets something else of any item, a bit a person.
struct Touched {
    gained: Vec<u64>,
    lost: Vec<u64>,
    changed: Vec<u64>,
}

impl Touched {
    fn over(words: usize) -> Self {
        Self {
            gained: vec![0; words],
            lost: vec![0; words],
            changed: vec![0; words],
        }
    }

    /// Notes an item's answers on both sides; nobody is entitled where there is no such item.
    fn note(&mut self, both: &[u64], then: Option<&Mask>, now: Option<&Mask>) {
        let word = |mask: Option<&Mask>, at: usize| mask.and_then(|mask| mask.yes.get(at).copied());
        let notes = self.gained.iter_mut().zip(&mut self.lost).zip(both);
        for (at, ((gained, lost), both)) in notes.enumerate() {
            let (then, now) = (word(then, at).unwrap_or(0), word(now, at).unwrap_or(0));
            *gained |= both & now & !then;
            *lost |= both & then & !now;
        }
    }

    fn people(&self) -> People {
        let count = |bits: &[u64]| bits.iter().map(|word| u64::from(word.count_ones())).sum();
        People {
            gained: count(&self.gained),
            lost: count(&self.lost),
            changed: count(&self.changed),
            asked: 0,
        }
    }
}

fn holds(truth: Truth) -> Option<()> {
    (truth == Truth::True).then_some(())
}
