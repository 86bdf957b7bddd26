//! An item on both sides: words of rows first, then only the people for whom something is another.

use super::Half;
use super::cells::Cell;
use super::counties::UNKNOWN;
use super::counts::ItemCounts;
use super::join::Before;
use super::kept::Amounts;
use super::pairs::ItemPair;
use super::tiers::Tiers;
use super::years::per_year;
use crate::mask::{Mask, ones};
use crate::program::NodeId;
use crate::run::BatchAnswers;
use rules::Truth;
use rules::folder::AreaBasis;

/// An item on the first side.
#[derive(Clone, Copy)]
pub(super) struct First {
    pub(super) item: usize,
    /// The place of its answer among the masks that are kept.
    pub(super) mask: usize,
    pub(super) basis: AreaBasis,
    pub(super) amount: bool,
}

/// An item on the second side.
#[derive(Clone, Copy)]
pub(super) struct Second {
    pub(super) item: usize,
    pub(super) answer: NodeId,
    pub(super) basis: AreaBasis,
    pub(super) amount: bool,
}

/// A pair with everything looked up.
pub(super) struct Prepared {
    pub(super) before: Option<First>,
    pub(super) after: Option<Second>,
    pub(super) conditions: Vec<(Option<usize>, Option<NodeId>)>,
    /// The steps of the benefit, where either side has some.
    pub(super) tiers: Option<Tiers>,
    pub(super) same_unit: bool,
    /// What amounts are multiplied with to be compared; `None` where the units cannot be.
    pub(super) times: Option<(i64, i64)>,
    /// Whether somebody may be counted in another area.
    pub(super) moves: bool,
}

/// A batch of the second side.
pub(super) struct Rows<'a> {
    pub(super) answers: &'a BatchAnswers<'a>,
    pub(super) before: &'a Before<'a>,
    /// Those who are on both sides.
    pub(super) both: Vec<u64>,
    /// Those who are compared, on the basis of 户籍地 and of 常住地.
    pub(super) asks: [Vec<u64>; 2],
    pub(super) hukou: Vec<u32>,
    pub(super) residence: Vec<u32>,
}

impl Rows<'_> {
    /// Those who are compared by an item on this basis.
    pub(super) fn asks(&self, basis: AreaBasis) -> &[u64] {
        let [hukou, residence] = &self.asks;
        match basis {
            AreaBasis::Hukou => hukou,
            AreaBasis::Residence | AreaBasis::Facility => residence,
        }
    }

    /// Those of them who are on both sides.
    pub(super) fn mine(&self, basis: AreaBasis) -> Vec<u64> {
        let words = self.asks(basis).iter().zip(&self.both);
        words.map(|(asks, both)| asks & both).collect()
    }

    pub(super) fn county(&self, basis: AreaBasis, row: usize) -> u32 {
        let counties = match basis {
            AreaBasis::Hukou => &self.hukou,
            AreaBasis::Residence | AreaBasis::Facility => &self.residence,
        };
        counties.get(row).copied().unwrap_or(UNKNOWN)
    }

    fn county_before(&self, basis: AreaBasis, row: usize) -> u32 {
        let found = self.before.at(row);
        let found = found.and_then(|(kept, at)| kept.counties(basis).get(at).copied());
        found.unwrap_or(UNKNOWN)
    }

    fn fen_before(&self, first: First, row: usize) -> Option<i64> {
        let (kept, at) = self.before.at(row)?;
        kept.fen(first.item, first.mask, at)
    }
}

pub(super) fn prepare(
    before: &Half<'_>,
    after: &Half<'_>,
    pair: &ItemPair,
    one_file: bool,
) -> Prepared {
    let mask = |node: &NodeId| before.nodes.binary_search(node).ok();
    let item = |half: &Half<'_>, place: Option<usize>| half.list.items().get(place?).cloned();
    let old = pair
        .before
        .and_then(|place| Some((place, before.program.items.get(place)?)));
    let new = pair
        .after
        .and_then(|place| Some((place, after.program.items.get(place)?)));
    let conditions = pair.conditions.iter().map(|(first, second)| {
        let first = first.and_then(|at| old?.1.conditions.get(at));
        let second = second.and_then(|at| new?.1.conditions.get(at));
        (first.and_then(mask), second.copied())
    });
    let conditions = conditions.collect();
    let tiers = Tiers::of((before, pair.before), (after, pair.after));
    let units = item(before, pair.before).zip(item(after, pair.after));
    let units = units.map(|(old, new)| (old.service.benefit.unit, new.service.benefit.unit));
    let same_unit = units.is_none_or(|(old, new)| old == new);
    let before = old.and_then(|(place, item)| {
        Some(First {
            item: place,
            mask: mask(&item.answer)?,
            basis: item.basis,
            amount: item.amount.is_some(),
        })
    });
    let after = new.map(|(place, item)| Second {
        item: place,
        answer: item.answer,
        basis: item.basis,
        amount: item.amount.is_some(),
    });
    let hukou = |basis| basis == AreaBasis::Hukou;
    let bases = before.zip(after);
    Prepared {
        before,
        after,
        conditions,
        tiers,
        same_unit,
        times: if same_unit {
            Some((1, 1))
        } else {
            units.and_then(|(old, new)| per_year(old).zip(per_year(new)))
        },
        moves: !one_file || bases.is_some_and(|(a, b)| hukou(a.basis) != hukou(b.basis)),
    }
}

impl Prepared {
    pub(super) fn compare(
        &self,
        counts: &mut ItemCounts,
        (batch, mine): (&Rows<'_>, &[u64]),
        (first, second): (First, Second),
        (then, now, amounts): (&Mask, &Mask, &Amounts),
        touched: &mut [u64],
    ) {
        let then_words = then.yes.iter().zip(&then.no);
        let now_words = now.yes.iter().zip(&now.no);
        let words = then_words.zip(now_words).zip(mine);
        for (at, (((yes, no), (now_yes, now_no)), both)) in words.enumerate() {
            let changed = both & ((yes ^ now_yes) | (no ^ now_no));
            for row in ones(&[changed]).map(|row| at * 64 + row) {
                let truths = (then.truth(row), now.truth(row));
                counts.at(batch.county(second.basis, row), |cell| {
                    cell.changes.count(truths.0, truths.1);
                    if truths.1 == Truth::True {
                        cell.fen_gained += i128::from(amounts.get(now, row).unwrap_or(0));
                    }
                    if truths.0 == Truth::True {
                        cell.fen_lost += i128::from(batch.fen_before(first, row).unwrap_or(0));
                    }
                });
                self.conditions(counts, batch, row, truths);
            }
            if first.amount || second.amount {
                for row in ones(&[both & yes & now_yes]).map(|row| at * 64 + row) {
                    let fens = (batch.fen_before(first, row), amounts.get(now, row));
                    if fens.0 != fens.1 || !self.same_unit {
                        let county = batch.county(second.basis, row);
                        counts.at(county, |cell| self.amounts(cell, fens));
                        if let Some(touched) = touched.get_mut(at) {
                            *touched |= 1 << (row % 64);
                        }
                    }
                }
            }
            if let Some(tiers) = &self.tiers {
                for row in ones(&[both & yes & now_yes]).map(|row| at * 64 + row) {
                    let Some((kept, place)) = batch.before.at(row) else {
                        continue;
                    };
                    let masks = &batch.answers.worker.masks;
                    let (from, to) = tiers.states(kept, place, masks, row);
                    if from == to {
                        continue;
                    }
                    let county = batch.county(second.basis, row);
                    counts.at(county, |cell| cell.tier_changed += 1);
                    if let Some(count) = counts.tiers.get_mut(tiers.cell(from, to)) {
                        *count += 1;
                    }
                    if let Some(touched) = touched.get_mut(at) {
                        *touched |= 1 << (row % 64);
                    }
                }
            }
            if self.moves {
                for row in ones(&[both & yes]).map(|row| at * 64 + row) {
                    let from = batch.county_before(first.basis, row);
                    let to = batch.county(second.basis, row);
                    if from != to {
                        let fen = i128::from(batch.fen_before(first, row).unwrap_or(0));
                        counts.at(from, |cell| moved(&mut cell.moved_out, fen));
                        counts.at(to, |cell| moved(&mut cell.moved_in, fen));
                    }
                }
            }
        }
    }

    /// Counts the conditions of the item that are another for somebody whose answer is.
    fn conditions(
        &self,
        counts: &mut ItemCounts,
        batch: &Rows<'_>,
        row: usize,
        (from, to): (Truth, Truth),
    ) {
        let (mut only, mut changed) = (None, 0);
        let pairs = self.conditions.iter().zip(&mut counts.conditions);
        for (at, ((first, second), count)) in pairs.enumerate() {
            // Where there is no such condition, nobody is kept out by it.
            let then = first.map_or(Truth::True, |mask| {
                let found = batch.before.at(row);
                found.map_or(Truth::Unknown, |(kept, at)| kept.truth(mask, at))
            });
            let masks = &batch.answers.worker.masks;
            let now = second.map_or(Truth::True, |node| masks.get(node).truth(row));
            if then != now {
                count.changes.count(from, to);
                changed += 1;
                only = Some(at);
            }
        }
        let only = only.filter(|_| changed == 1);
        if let Some(count) = only.and_then(|at| counts.conditions.get_mut(at)) {
            count.alone.count(from, to);
        }
    }

    /// Counts the amounts of somebody who is entitled on both sides.
    fn amounts(&self, cell: &mut Cell, (then, now): (Option<i64>, Option<i64>)) {
        match (then, now) {
            (Some(then), Some(now)) => {
                let (a, b) = self.times.unwrap_or((0, 0));
                let times = |fen: i64, times: i64| i128::from(fen) * i128::from(times);
                match times(then, a).cmp(&times(now, b)) {
                    std::cmp::Ordering::Less => cell.raised += 1,
                    std::cmp::Ordering::Greater => cell.lowered += 1,
                    std::cmp::Ordering::Equal => {}
                }
            }
            (None, Some(_)) => cell.amount_known += 1,
            (Some(_), None) => cell.amount_unknown += 1,
            (None, None) => {}
        }
        if self.same_unit {
            cell.fen_changed += i128::from(now.unwrap_or(0)) - i128::from(then.unwrap_or(0));
        }
    }
}

fn moved((people, sum): &mut (u64, i128), fen: i128) {
    *people += 1;
    *sum += fen;
}
