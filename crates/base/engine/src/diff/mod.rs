//! Compares the answers of a whole list between two days, two versions of the list or two snapshots
//! (rows C02, C03): who gains, who loses, what it costs, and by which condition.
//!
//! The same file on both sides is compared row by row, a row group at a time. Two files are joined by
//! the person's key: what the first says is kept as bitmaps while the second is read.

mod cells;
mod count;
mod counties;
mod counts;
mod index;
mod join;
mod kept;
mod pairs;
mod prepared;
mod result;
mod tiers;
mod years;

pub use cells::{AreaDiff, Changes, Moved};
pub use result::{ConditionDiff, Diff, DiffItem, DiffSide, ItemDiff, People};
pub use tiers::{TierChange, TierState};
pub use years::{Cost, Money, Years, per_year};

use crate::program::{NodeId, Program, lower};
use crate::run::{Sums, Worker, added, each_group, totals};
use crate::snapshot::Snapshot;
use crate::{Error, snapshot};
use count::Compare;
use counties::Counties;
use counts::Counts;
use index::Index;
use join::Before;
use kept::Kept;
use kernel::{AreaCode, Day};
use pairs::ItemPair;
use rules::List;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// One side of a comparison.
#[derive(Debug, Clone, Copy)]
pub struct Side<'a> {
    /// The list.
    pub list: &'a List,
    /// The people.
    pub snapshot: &'a Path,
    /// The day that is asked about.
    pub as_of: Day,
}

/// A side that is ready to be asked.
struct Half<'a> {
    list: &'a List,
    as_of: Day,
    snapshot: Snapshot,
    program: Program,
    /// Every condition and answer, in order, each once.
    nodes: Vec<NodeId>,
}

impl<'a> Half<'a> {
    fn of(side: &Side<'a>) -> Result<Self, Error> {
        let (snapshot, program) = (
            snapshot::open(side.snapshot)?,
            lower(side.list, side.as_of)?,
        );
        let items = program.items.iter();
        let mut nodes: Vec<NodeId> = items
            .flat_map(|item| {
                item.conditions
                    .iter()
                    .chain(&item.tiers)
                    .chain([&item.answer])
            })
            .copied()
            .collect();
        nodes.sort_unstable();
        nodes.dedup();
        Ok(Self {
            list: side.list,
            as_of: side.as_of,
            snapshot,
            program,
            nodes,
        })
    }

    fn reading(&self, people: bool) -> crate::run::Reading {
        crate::run::Reading::with(&self.program, &self.nodes, people)
    }
}

/// Everything two sides are compared with, and what they have counted.
struct Found {
    before: Sums,
    after: Sums,
    counts: Counts,
}

/// The answers of a whole list on two sides, compared. The number of threads changes nothing in the
/// result (invariant 12).
pub fn diff(before: &Side<'_>, after: &Side<'_>, threads: usize) -> Result<Diff, Error> {
    diff_apart(before, after, threads, &[])
}

/// As [`diff`], and the people of these towns are counted for themselves instead of in their county:
/// so counties and bodies that run some of their towns (invariant 8) can both be added up.
pub fn diff_apart(
    before: &Side<'_>,
    after: &Side<'_>,
    threads: usize,
    apart: &[AreaCode],
) -> Result<Diff, Error> {
    diff_within(before, after, threads, apart, None)
}

/// As [`diff_apart`], of those only whom an item counts in one of these counties or towns apart: a list that decides for
/// a county is compared over its people. An item asks on its own basis; everybody else is in no count but
/// [`DiffSide::people`].
pub fn diff_within(
    before: &Side<'_>,
    after: &Side<'_>,
    threads: usize,
    apart: &[AreaCode],
    within: Option<&[AreaCode]>,
) -> Result<Diff, Error> {
    let same = same_file(before.snapshot, after.snapshot)?;
    let (before, after) = (Half::of(before)?, Half::of(after)?);
    let place = &before.snapshot.meta().place;
    if *place != after.snapshot.meta().place {
        let what = format!("这是另一个地方的快照，前一份是「{place}」的，不能相比");
        return Err(Error::content(&after.snapshot.path, what));
    }
    let pairs = pairs::items(before.list, after.list);
    let counties = Counties::with(apart, within);
    let found = if same {
        aligned(&before, &after, &pairs, &counties, threads)?
    } else {
        keyed(&before, &after, &pairs, &counties, threads)?
    };
    let totals = (
        totals(&before.snapshot, &before.program, &found.before)?,
        totals(&after.snapshot, &after.program, &found.after)?,
    );
    result::diff((&before, &after), &pairs, totals, &counties, found.counts)
}

fn same_file(before: &Path, after: &Path) -> Result<bool, Error> {
    let real = |path: &Path| std::fs::canonicalize(path).map_err(Error::file(path));
    Ok(real(before)? == real(after)?)
}

/// One file: both sides of a row group are asked one after the other.
fn aligned(
    before: &Half<'_>,
    after: &Half<'_>,
    pairs: &[ItemPair],
    counties: &Counties,
    threads: usize,
) -> Result<Found, Error> {
    let (first, second) = (before.reading(false), after.reading(false));
    let compare = Compare::new(before, after, pairs, counties);
    let start = || {
        let first = Worker::new(&before.snapshot, &before.program, &first)?;
        let second = Worker::new(&after.snapshot, &after.program, &second)?;
        Ok((first, second, compare.nothing()))
    };
    let take = |(first, second, counts): &mut (Worker<'_>, Worker<'_>, Counts), group| {
        let mut kept: Vec<Kept> = Vec::new();
        first.row_group(
            group,
            Some(&mut |answers| {
                kept.push(Kept::of(answers, &before.nodes, counties));
                Ok(())
            }),
        )?;
        let mut batches = kept.iter();
        second.row_group(
            group,
            Some(&mut |answers| {
                let kept = batches.next().filter(|kept| kept.rows == answers.rows);
                let kept = kept.ok_or(Error::Worker)?;
                compare.batch(counts, &Before::Aligned(kept), answers);
                Ok(())
            }),
        )
    };
    let workers = each_group(before.snapshot.row_groups(), threads, start, take)?;
    let mut counts = compare.nothing();
    for (_, _, part) in &workers {
        counts.add(part);
    }
    Ok(Found {
        before: added(
            &before.program,
            workers.iter().map(|(first, ..)| &first.sums),
        ),
        after: added(
            &after.program,
            workers.iter().map(|(_, second, _)| &second.sums),
        ),
        counts,
    })
}

/// Two files: the first is kept, the second looks its people up.
fn keyed(
    before: &Half<'_>,
    after: &Half<'_>,
    pairs: &[ItemPair],
    counties: &Counties,
    threads: usize,
) -> Result<Found, Error> {
    let (first, second) = (before.reading(true), after.reading(true));
    let all: Mutex<Vec<(usize, Kept)>> = Mutex::new(Vec::new());
    let workers = each_group(
        before.snapshot.row_groups(),
        threads,
        || Worker::new(&before.snapshot, &before.program, &first),
        |worker, group| {
            worker.row_group(
                group,
                Some(&mut |answers| {
                    let kept = Kept::of(answers, &before.nodes, counties);
                    let mut all = all.lock().unwrap_or_else(PoisonError::into_inner);
                    all.push((group, kept));
                    Ok(())
                }),
            )
        },
    )?;
    let sums = added(&before.program, workers.iter().map(|worker| &worker.sums));
    drop(workers);
    let mut kept = all.into_inner().unwrap_or_else(PoisonError::into_inner);
    kept.sort_by_key(|(group, kept)| (*group, kept.first_row));
    let kept: Vec<Kept> = kept.into_iter().map(|(_, kept)| kept).collect();
    let index = Index::of(&kept, &before.snapshot)?;
    let compare = Compare::new(before, after, pairs, counties);
    let workers = each_group(
        after.snapshot.row_groups(),
        threads,
        || {
            let worker = Worker::new(&after.snapshot, &after.program, &second)?;
            Ok((worker, compare.nothing()))
        },
        |(worker, counts): &mut (Worker<'_>, Counts), group| {
            worker.row_group(
                group,
                Some(&mut |answers| {
                    let slots = index.find(answers, &after.snapshot)?;
                    counts.arrived(answers, &slots);
                    let before = Before::Found(&kept, &slots);
                    compare.batch(counts, &before, answers);
                    Ok(())
                }),
            )
        },
    )?;
    let mut counts = compare.nothing();
    for (_, part) in &workers {
        counts.add(part);
    }
    let after_sums = added(
        &after.program,
        workers.iter().map(|(worker, _)| &worker.sums),
    );
    drop(workers);
    counts.arrived_once(&after.snapshot)?;
    for (kept, met) in kept.iter().zip(&index.met) {
        compare.left(&mut counts, kept, met);
    }
    Ok(Found {
        before: sums,
        after: after_sums,
        counts,
    })
}
