//! Runs a list over a snapshot: workers take row groups, evaluate nodes, add up by area.

mod answers;
mod batch;
mod batch_answers;
mod eval;
mod places;
mod select;
mod tally;
mod totals;
mod worker;

pub use answers::{ANSWERS_VERSION, write_answers};
pub use batch_answers::BatchAnswers;
pub use totals::{ItemTotals, Tally, Totals};

use crate::program::{Program, lower};
use crate::snapshot::Snapshot;
use crate::{Error, snapshot};
pub(crate) use eval::Masks;
use kernel::Day;
use rules::List;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
pub(crate) use tally::{Cell, Sums};
pub(crate) use totals::totals;
pub(crate) use worker::{Reading, Worker};

/// The rows of a batch: what stays in the nearest caches.
const BATCH: usize = 32_768;

/// Takes the answers of each batch. Batches of one row group come in order, row groups in any order
/// and from several threads.
pub type Sink<'a> = dyn Fn(&BatchAnswers<'_>) -> Result<(), Error> + Sync + 'a;

/// The answers of a whole list over a snapshot on a day, added up by area. The number of threads
/// changes nothing in the result (invariant 12).
pub fn run(list: &List, path: &Path, as_of: Day, threads: usize) -> Result<Totals, Error> {
    let (snapshot, program) = (snapshot::open(path)?, lower(list, as_of)?);
    let reading = Reading::sums(&program);
    over(&snapshot, &program, &reading, threads, None)
}

/// As [`run`], and every answer of every person goes to the sink.
pub fn run_with(
    list: &List,
    path: &Path,
    as_of: Day,
    threads: usize,
    sink: &Sink<'_>,
) -> Result<Totals, Error> {
    let (snapshot, program) = (snapshot::open(path)?, lower(list, as_of)?);
    let reading = Reading::answers(&program);
    over(&snapshot, &program, &reading, threads, Some(sink))
}

/// Takes the batches of one worker, in order.
pub(crate) type Take<'a> = dyn FnMut(&BatchAnswers<'_>) -> Result<(), Error> + 'a;

fn over(
    snapshot: &Snapshot,
    program: &Program,
    reading: &Reading,
    threads: usize,
    sink: Option<&Sink<'_>>,
) -> Result<Totals, Error> {
    let workers = each_group(
        snapshot.row_groups(),
        threads,
        || Worker::new(snapshot, program, reading),
        |worker, group| match sink {
            Some(sink) => worker.row_group(group, Some(&mut |answers| sink(answers))),
            None => worker.row_group(group, None),
        },
    )?;
    let sums = workers.iter().map(|worker| &worker.sums);
    totals(snapshot, program, &added(program, sums))
}

/// What several workers have counted.
pub(crate) fn added<'a>(program: &Program, parts: impl Iterator<Item = &'a Sums>) -> Sums {
    let mut sums = Sums::new(program.items.len());
    for part in parts {
        sums.add(part);
    }
    sums
}

/// Gives each row group to one of several workers; the first error stops all of them.
pub(crate) fn each_group<T: Send>(
    groups: usize,
    threads: usize,
    start: impl Fn() -> Result<T, Error> + Sync,
    take: impl Fn(&mut T, usize) -> Result<(), Error> + Sync,
) -> Result<Vec<T>, Error> {
    let (next, stopped) = (AtomicUsize::new(0), AtomicBool::new(false));
    let work = || -> Result<T, Error> {
        let mut worker = start()?;
        while !stopped.load(Ordering::Relaxed) {
            let group = next.fetch_add(1, Ordering::Relaxed);
            if group >= groups {
                break;
            }
            take(&mut worker, group).inspect_err(|_| stopped.store(true, Ordering::Relaxed))?;
        }
        Ok(worker)
    };
    let threads = threads.clamp(1, groups.max(1));
    let found: Vec<Result<T, Error>> = std::thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
        let mut found = vec![work()];
        found.extend(
            others
                .into_iter()
                .map(|o| o.join().unwrap_or(Err(Error::Worker))),
        );
        found
    });
    found.into_iter().collect()
}
