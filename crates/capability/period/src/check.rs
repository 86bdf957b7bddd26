//! The nightly check. Everybody's facts are resolved anew from their records, so that a stale row of current
//! facts is found too, and written to the snapshot. Then, by two programs that must agree (engineering.md 7):
//! where each stands is worked out one by one and compared with all that is stored of them; the engine answers
//! everybody from the snapshot's file. Counts are compared with the kept tallies.

use crate::counts::{Counts, Who};
use crate::walk::{Chunk, Work};
use area::api::AreaBook;
use entitle::api::Connected;
use entitle::api::walk::{self, AnswersFile, Stood};
use kernel::{AreaCode, Day, Instant};
use people::api::{PEOPLE_FILE, PeopleFile, PersonKey, RollBook, pseudonym, resolve};
use plan::api::Published;
use rules::{Facts, Truth};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use store::{Keys, StoreError, StoreResult};

/// Somebody's answers in two numbers: the beginning of the pseudonym, and entitled items, open items and
/// amounts mixed.
type Line = (u64, u64);

/// Everybody of a night.
pub(crate) struct Everyone {
    pub(crate) keys: Keys,
    pub(crate) rolls: RollBook,
    pub(crate) connected: Connected,
    pub(crate) list: Option<Arc<Published>>,
    /// Whether stored answers are to be compared: they come from this list and are up to date.
    pub(crate) compare: bool,
    pub(crate) day: Day,
    pub(crate) known: Instant,
}

/// What the walk leaves.
pub(crate) struct Night {
    pub(crate) people: PeopleFile,
    pub(crate) answers: AnswersFile,
    pub(crate) counts: Counts,
    pub(crate) count: i64,
    /// Who differs.
    pub(crate) differ: Vec<PersonKey>,
    lines: Vec<Line>,
}

impl Night {
    pub(crate) fn new(people: PeopleFile, answers: AnswersFile) -> Self {
        Self {
            people,
            answers,
            counts: Counts::new(1),
            count: 0,
            differ: Vec::new(),
            lines: Vec::new(),
        }
    }

    /// The files in their places; and how everybody stands, for [`engine_differs`].
    pub(crate) fn finish(self) -> StoreResult<(Vec<host::SnapshotFile>, Lines)> {
        let files = vec![self.people.finish()?, self.answers.finish()?];
        let mut lines = self.lines;
        lines.sort_unstable();
        Ok((files, Lines(lines)))
    }
}

/// Stored answers in few numbers.
pub(crate) struct Lines(Vec<Line>);

/// What came of a part.
pub(crate) struct Part {
    rows: Vec<(String, Facts, Stood)>,
    counts: Counts,
    differ: Vec<PersonKey>,
}

impl Work for Everyone {
    type Done = Part;
    type Sink = Night;

    fn work(&self, chunk: Chunk) -> Part {
        let mut part = Part {
            rows: Vec::with_capacity(chunk.people.len()),
            counts: Counts::new(1),
            differ: Vec::new(),
        };
        let mut stored = chunk.answers.into_iter().peekable();
        for (key, records) in chunk.people {
            // Answers of somebody who has no records.
            while let Some(answer) = stored.next_if(|answer| answer.key < key) {
                part.differ.push(answer.key);
            }
            let theirs = stored.next_if(|answer| answer.key == key);
            let facts = resolve(&records, &self.rolls, self.day, self.known).facts;
            if self.compare
                && let Some(list) = &self.list
            {
                let receipts = chunk.receipts.of(&key);
                let fresh = walk::answer(&list.list, &facts, receipts, &self.connected, self.day);
                if theirs.as_ref().is_none_or(|answer| answer.stood != fresh) {
                    part.differ.push(key.clone());
                }
            }
            let stood = theirs.map(|answer| answer.stood).unwrap_or_default();
            let who = Who::of(&facts);
            part.counts.person(&who, 0, self.day);
            if let Some(list) = &self.list {
                part.counts.answers(&list.list, &who, &stood, 0..1);
            }
            part.rows
                .push((pseudonym(&self.keys, &key.id), facts, stood));
        }
        part.differ.extend(stored.map(|answer| answer.key));
        part
    }

    fn take(&self, sink: &mut Night, part: Part) -> StoreResult<()> {
        for (person, facts, stood) in &part.rows {
            sink.people.push_as(person, facts)?;
            sink.answers.push(person, stood)?;
            if let Some(line) = line(person, stood) {
                sink.lines.push(line);
            }
        }
        sink.count += part.rows.len() as i64;
        sink.counts.absorb(part.counts);
        sink.differ.extend(part.differ);
        Ok(())
    }
}

/// The beginning of a pseudonym; one that is no number counts as 0 and is found as a difference.
pub(crate) fn number(person: &str) -> u64 {
    let digits = person.get(..16).unwrap_or(person);
    u64::from_str_radix(digits, 16).unwrap_or(0)
}

/// Differs for other answers; amounts are summed up, so that the order of items does not matter.
const fn mixed(yes: u64, open: u64, amounts: u64) -> u64 {
    let mut all = yes.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ amounts;
    all = (all ^ (all >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    all ^ open.wrapping_mul(0x94d0_49bb_1331_11eb)
}

const fn amount(no: u16, fen: i64) -> u64 {
    (fen as u64 ^ ((no as u64) << 48)).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

fn line(person: &str, stood: &Stood) -> Option<Line> {
    let sum = |sum: u64, (no, fen): &(u16, i64)| sum.wrapping_add(amount(*no, *fen));
    let amounts = stood.amounts.iter().fold(0, sum);
    let open = stood.unknown | stood.ask;
    (stood.yes | open | amounts != 0).then(|| (number(person), mixed(stood.yes, open, amounts)))
}

/// Beginnings of the pseudonyms of those whose stored answers are not what the engine says of the file.
pub(crate) fn engine_differs(
    dir: &Path,
    published: &Published,
    lines: &Lines,
    day: Day,
) -> StoreResult<BTreeSet<u64>> {
    let failed = |error: engine::Error| StoreError::Other(format!("夜间核对：{error}"));
    let seen = Mutex::new((vec![false; lines.0.len()], BTreeSet::new()));
    engine::run_with(
        &published.list,
        &dir.join(PEOPLE_FILE),
        day,
        2,
        &|answers| {
            let mut fresh: Vec<(u64, u64, u64, u64)> = Vec::new();
            let mut at = usize::MAX;
            answers.each(|row, no, truth, fen| {
                if row != at {
                    at = row;
                    fresh.push((number(answers.person(row)), 0, 0, 0));
                }
                let Some(one) = fresh.last_mut() else { return };
                let bit = 1_u64 << (no.clamp(1, 63) - 1);
                match truth {
                    Truth::True => one.1 |= bit,
                    Truth::Unknown => one.2 |= bit,
                    Truth::False => {}
                }
                if let Some(fen) = fen {
                    one.3 = one.3.wrapping_add(amount(no, fen));
                }
            });
            let mut guard = seen.lock().unwrap_or_else(PoisonError::into_inner);
            let (seen, differ) = &mut *guard;
            for (person, yes, open, amounts) in fresh {
                if yes | open | amounts == 0 {
                    continue;
                }
                let place = lines.0.binary_search(&(person, mixed(yes, open, amounts)));
                match place.ok().and_then(|place| seen.get_mut(place)) {
                    Some(seen) => *seen = true,
                    None => {
                        differ.insert(person);
                    }
                }
            }
            Ok(())
        },
    )
    .map_err(failed)?;
    let (seen, mut differ) = seen.into_inner().unwrap_or_else(PoisonError::into_inner);
    let missed = lines.0.iter().zip(seen).filter(|(_, seen)| !seen);
    differ.extend(missed.map(|(line, _)| line.0));
    Ok(differ)
}

/// Counts kept by area, item and state.
pub(crate) type Tally = BTreeMap<(String, String, String), i64>;

/// The kept tallies of the place's own areas.
pub(crate) fn tally_of(rows: Vec<(AreaCode, u16, String, i64)>, book: &AreaBook) -> Tally {
    rows.into_iter()
        .filter(|(area, ..)| book.is_local(area))
        .map(|(area, item, state, people)| {
            ((area.to_string(), format!("item:{item}"), state), people)
        })
        .collect()
}
