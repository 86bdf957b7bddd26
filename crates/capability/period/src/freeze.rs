//! Month-ends: everybody walked once over their records, for one month or for many (engineering.md 31).

use crate::book::{self, Kind, New};
use crate::counts::{Counts, Who};
use crate::files;
use crate::nightly::{Night, others, place, temporary};
use crate::take::{stored, write_all};
use crate::walk::{Chunk, Wanted, Work, everybody};
use authz::Actor;
use entitle::api::walk::{self, AnswersFile, Stood};
use entitle::api::{Connected, Receipt};
use host::SnapshotAsk;
use kernel::{Day, Instant};
use people::api::{PeopleFile, Record, RollBook, pseudonym, resolve};
use plan::api::Published;
use rules::{FactId, Facts, Value};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use store::{Keys, Store, StoreResult};

/// A day that is asked about, and what was known then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Ask {
    day: Day,
    known: Instant,
}

/// Where a walk over everybody goes: counts, and the person-level files of the last month.
struct Walked {
    counts: Counts,
    people: Vec<i64>,
    files: Option<(PeopleFile, AnswersFile)>,
}

/// The month-end of a day, as known now: a first version, or a further one where late facts have moved
/// roll-ups. `None` where nothing has moved or nobody is on the register.
pub async fn month_end(night: &Night<'_>, day: Day) -> StoreResult<Option<i64>> {
    let store = night.store;
    let known = store.clock().now();
    let dir = match &night.settings.directory {
        Some(directory) => directory.join(format!("{day}.{}", known.micros())),
        None => temporary(store),
    };
    let found = frozen(night, &[Ask { day, known }], Some(&dir)).await?;
    let number = found.first().copied().flatten();
    if number.is_none() || night.settings.directory.is_none() {
        let all = book::all(store).await?;
        let place = |stored: &String| files::place(night.settings.directory.as_deref(), stored);
        if all
            .iter()
            .all(|s| s.directory.as_ref().map(place).as_ref() != Some(&dir))
        {
            files::remove(&dir)?;
        }
    }
    Ok(number)
}

/// The last days of the `months` months before today's, each as known at its end; the register is walked
/// once. Person-level files only of the last.
pub async fn freeze_past(night: &Night<'_>, months: i32) -> StoreResult<Vec<i64>> {
    let (today, now) = (night.store.clock().today(), night.store.clock().now());
    let mut asks: Vec<Ask> = Vec::new();
    for back in (0..months).rev() {
        let first = today.first_of_month().plus_months(-back);
        let day = first.plus_days(-1);
        if book::latest(night.store, Kind::MonthEnd, day)
            .await?
            .is_none()
        {
            asks.push(Ask {
                day,
                known: Instant::at(first, 0).plus_seconds(-1).min(now),
            });
        }
    }
    let Some(last) = asks.last() else {
        return Ok(Vec::new());
    };
    let dir = night.settings.directory.as_ref();
    let dir = dir.map(|directory| directory.join(format!("{}.{}", last.day, last.known.micros())));
    let found = frozen(night, &asks, dir.as_deref()).await?;
    Ok(found.into_iter().flatten().collect())
}

async fn frozen(
    night: &Night<'_>,
    asks: &[Ask],
    dir: Option<&Path>,
) -> StoreResult<Vec<Option<i64>>> {
    let (store, mut written) = (night.store, Vec::new());
    let last = asks.last().zip(dir).map(|(ask, dir)| SnapshotAsk {
        dir: dir.to_owned(),
        as_of: ask.day,
        known_at: ask.known,
        place: place(night.areas),
    });
    if let Some(ask) = &last {
        files::make(&ask.dir)?;
    }
    let lists: Vec<_> = asks
        .iter()
        .map(|ask| night.plans.in_force(ask.day))
        .collect();
    let walked = walk_all(night, asks, &lists, last.as_ref(), &mut written).await?;
    if let Some(ask) = &last {
        written.extend(write_all(store, &others(night.tables), ask).await?);
    }
    let mut out = Vec::new();
    let mut tx = store.begin(&Actor::system("period"), None).await?;
    for (month, ask) in asks.iter().enumerate() {
        let people = walked.people.get(month).copied().unwrap_or(0);
        let files = last
            .as_ref()
            .filter(|last| last.as_of == ask.day && night.settings.directory.is_some());
        let new = New {
            kind: Kind::MonthEnd,
            day: ask.day,
            known_at: ask.known,
            directory: files.map(|last| last.dir.display().to_string()),
            files: if files.is_some() {
                written.clone()
            } else {
                Vec::new()
            },
            plan_digest: lists
                .get(month)
                .cloned()
                .flatten()
                .map(|list| list.digest.clone()),
            people,
            rollups: walked.counts.rollups(month, night.areas),
        };
        let before = book::latest(&tx, Kind::MonthEnd, ask.day).await?;
        let same = before.is_some_and(|before| new.says_as(&before));
        out.push(if people == 0 || same {
            None
        } else {
            Some(book::insert(&mut tx, new).await?)
        });
    }
    if out.iter().all(Option::is_none) {
        tx.rollback().await?;
    } else {
        tx.commit().await?;
    }
    Ok(out)
}

async fn walk_all(
    night: &Night<'_>,
    asks: &[Ask],
    lists: &[Option<Arc<Published>>],
    last: Option<&SnapshotAsk>,
    written: &mut Vec<files::StoredFile>,
) -> StoreResult<Walked> {
    let store = night.store;
    let whole = walk::connected(store).await?;
    let past = Past {
        asks: asks.to_vec(),
        lists: lists.to_vec(),
        rolls: people::api::roll_book(store).await?,
        connected: months_of(&whole, asks),
        whole,
        keys: store.keys().clone(),
        keep: last.is_some(),
        now: current(night, asks).await?,
    };
    let files = match last {
        Some(ask) => {
            let digest = lists.last().cloned().flatten();
            let digest = digest.as_ref().map_or("", |list| list.digest.as_str());
            Some((
                PeopleFile::kept(&ask.dir, ask)?,
                AnswersFile::create(&ask.dir, ask, digest)?,
            ))
        }
        None => None,
    };
    let sink = Walked {
        counts: Counts::new(asks.len()),
        people: vec![0; asks.len()],
        files,
    };
    let wanted = Wanted {
        known: store.clock().now(),
        answers: past.now.is_some(),
    };
    let mut walked = everybody(store, past, sink, wanted).await?;
    if let Some(((people, answers), ask)) = walked.files.take().zip(last) {
        written.push(stored(&ask.dir, people.finish()?)?);
        written.push(stored(&ask.dir, answers.finish()?)?);
    }
    Ok(walked)
}

/// Today, where many months are walked and everybody's stored answer is of today's list: most have not moved
/// for months, so that nothing needs to be worked out again.
async fn current(night: &Night<'_>, asks: &[Ask]) -> StoreResult<Option<(Ask, String)>> {
    let (store, day) = (night.store, night.store.clock().today());
    let Some(list) = night.plans.in_force(day).filter(|_| asks.len() > 1) else {
        return Ok(None);
    };
    let stale = entitle::api::is_outdated(store, &list).await? || walk::is_due(store, day).await?;
    let known = store.clock().now();
    Ok((!stale).then(|| (Ask { day, known }, list.digest.clone())))
}

fn months_of(connected: &Connected, asks: &[Ask]) -> Vec<Connected> {
    asks.iter()
        .map(|ask| connected.as_of(ask.day, ask.known))
        .collect()
}

struct Past {
    asks: Vec<Ask>,
    lists: Vec<Option<Arc<Published>>>,
    rolls: RollBook,
    /// Which programmes were connected, month by month as known then.
    connected: Vec<Connected>,
    /// The same as known today.
    whole: Connected,
    keys: Keys,
    /// Whether the last month's facts and answers are written down.
    keep: bool,
    /// Today and its list, where the stored answers are up to date and may be used.
    now: Option<(Ask, String)>,
}

/// What came of a part.
struct Done {
    counts: Counts,
    people: Vec<i64>,
    rows: Vec<(String, Facts, Stood)>,
}

impl Work for Past {
    type Done = Done;
    type Sink = Walked;

    fn work(&self, chunk: Chunk) -> Done {
        let mut done = Done {
            counts: Counts::new(self.asks.len()),
            people: vec![0; self.asks.len()],
            rows: Vec::new(),
        };
        for (key, records) in &chunk.people {
            let place = chunk.answers.binary_search_by(|answer| answer.key.cmp(key));
            let stored = place.ok().and_then(|place| chunk.answers.get(place));
            let stored = stored.map(|answer| &answer.stood);
            let end = self.person(chunk.receipts.of(key), records, stored, &mut done);
            if let Some((facts, stood)) = end.filter(|_| self.keep) {
                done.rows
                    .push((pseudonym(&self.keys, &key.id), facts, stood));
            }
        }
        done
    }

    fn take(&self, sink: &mut Walked, done: Done) -> StoreResult<()> {
        sink.counts.absorb(done.counts);
        for (all, some) in sink.people.iter_mut().zip(done.people) {
            *all += some;
        }
        if let Some((people, answers)) = &mut sink.files {
            for (person, facts, stood) in &done.rows {
                people.push_as(person, facts)?;
                answers.push(person, stood)?;
            }
        }
        Ok(())
    }
}

/// Months in a row in which somebody's facts and answers were the same.
struct Held {
    months: Range<usize>,
    ask: Ask,
    facts: Facts,
    stood: Stood,
    turn: Option<Day>,
    /// How many receipts were known: they only grow.
    paid: usize,
}

impl Past {
    /// Counts somebody in every month; what did not change is not worked out again. Gives the last
    /// month's facts and answers.
    fn person(
        &self,
        all: &[Receipt],
        records: &[Record],
        stored: Option<&Stood>,
        done: &mut Done,
    ) -> Option<(Facts, Stood)> {
        let mut before: Option<Held> = None;
        let none = Connected::default();
        for (month, ask) in self.asks.iter().enumerate() {
            if !records.iter().any(|record| record.recorded <= ask.known) {
                continue;
            }
            if let Some(count) = done.people.get_mut(month) {
                *count += 1;
            }
            let known = |receipt: &&Receipt| receipt.recorded <= ask.known;
            let paid = all.iter().filter(known).count();
            let resolved = || resolve(records, &self.rolls, ask.day, ask.known).facts;
            let fresh = match &before {
                Some(held) if !self.moves(records, &held.facts, held.ask, *ask) => None,
                Some(held) => Some(resolved()).filter(|facts| *facts != held.facts),
                None => Some(resolved()),
            };
            let same_list = month > 0
                && self.digest(month) == self.digest(month - 1)
                && self.connected.get(month) == self.connected.get(month - 1);
            if let Some(held) = &mut before
                && fresh.is_none()
                && same_list
                && held.turn.is_none_or(|turn| turn > ask.day)
                && held.paid == paid
            {
                held.ask = *ask;
                held.months.end = month + 1;
                continue;
            }
            let facts = match (fresh, before.take()) {
                (Some(facts), held) => {
                    self.count(held.as_ref(), done);
                    facts
                }
                (None, Some(held)) => {
                    self.count(Some(&held), done);
                    held.facts
                }
                (None, None) => resolved(),
            };
            let (stood, turn) = match self.lists.get(month).and_then(Option::as_ref) {
                Some(list) => {
                    let receipts: Vec<Receipt> = all.iter().filter(known).cloned().collect();
                    let turn = walk::next_turn(&list.list, &facts, &receipts, ask.day);
                    let whole = paid == all.len();
                    let stood =
                        stored.filter(|_| whole && self.still(month, records, &facts, *ask, turn));
                    let stood = stood.cloned().unwrap_or_else(|| {
                        let connected = self.connected.get(month).unwrap_or(&none);
                        walk::answer(&list.list, &facts, &receipts, connected, ask.day)
                    });
                    (stood, turn)
                }
                None => (Stood::default(), None),
            };
            before = Some(Held {
                months: month..month + 1,
                ask: *ask,
                facts,
                stood,
                turn,
                paid,
            });
        }
        self.count(before.as_ref(), done);
        let last = self.asks.last()?;
        before
            .filter(|held| held.ask == *last)
            .map(|held| (held.facts, held.stood))
    }

    fn digest(&self, month: usize) -> Option<&str> {
        let list = self.lists.get(month).and_then(Option::as_ref);
        list.map(|list| list.digest.as_str())
    }

    /// Whether what is stored of somebody today was already so in a month: nothing of theirs has moved since.
    fn still(
        &self,
        month: usize,
        records: &[Record],
        facts: &Facts,
        ask: Ask,
        turn: Option<Day>,
    ) -> bool {
        self.now.as_ref().is_some_and(|(now, digest)| {
            turn.is_none_or(|turn| turn > now.day)
                && self.digest(month) == Some(digest.as_str())
                && self.connected.get(month) == Some(&self.whole)
                && !self.moves(records, facts, ask, *now)
        })
    }

    fn count(&self, held: Option<&Held>, done: &mut Done) {
        let Some(held) = held else { return };
        let who = Who::of(&held.facts);
        for month in held.months.clone() {
            if let Some(ask) = self.asks.get(month) {
                done.counts.person(&who, month, ask.day);
            }
        }
        let list = self.lists.get(held.months.start).and_then(Option::as_ref);
        if let Some(list) = list {
            let months = held.months.clone();
            done.counts.answers(&list.list, &who, &held.stood, months);
        }
    }

    /// Whether somebody's facts may differ between two months: a record was made, taken back, began or
    /// ended, or a complete roll of their 户籍 did.
    fn moves(&self, records: &[Record], facts: &Facts, from: Ask, to: Ask) -> bool {
        let known = |at: Instant| from.known < at && at <= to.known;
        let began = |day: Day| from.day < day && day <= to.day;
        let record = records.iter().any(|record| {
            known(record.recorded)
                || record.withdrawn.is_some_and(known)
                || record
                    .sets
                    .iter()
                    .any(|set| began(set.since) || set.until.is_some_and(began))
        });
        let hukou = match facts.get(FactId::HUKOU_AREA) {
            Some(Value::Area(code)) => Some(*code),
            _ => None,
        };
        record
            || self.rolls.facts().any(|fact| {
                // A roll says something new only to whom nothing is known of its fact; one that was taken
                // back may leave everybody of its area without.
                self.rolls.of(fact).iter().any(|roll| {
                    let speaks = hukou.is_none_or(|code| roll.area.contains(&code));
                    let fresh =
                        facts.get(fact).is_none() && (known(roll.recorded) || began(roll.day));
                    speaks && (fresh || roll.withdrawn.is_some_and(known))
                })
            })
    }
}

/// As [`verify_in`], where the files were written.
pub async fn verify(store: &Store) -> StoreResult<Vec<(book::Snapshot, Vec<String>)>> {
    verify_in(store, None).await
}

/// Looks whether stored files (in the present directory of snapshots) and roll-ups are what they were: a line
/// for each snapshot, and what is wrong with it.
pub async fn verify_in(
    store: &Store,
    directory: Option<&Path>,
) -> StoreResult<Vec<(book::Snapshot, Vec<String>)>> {
    let mut out = Vec::new();
    for snapshot in book::all(store).await? {
        let mut wrong = Vec::new();
        if let Some(dir) = &snapshot.directory {
            for file in &snapshot.files {
                match files::digest(&files::place(directory, dir).join(&file.file)) {
                    Ok(digest) if digest == file.digest => {}
                    Ok(_) => wrong.push(format!("{} 被改过", file.file)),
                    Err(error) => wrong.push(format!("{} 读不了：{error}", file.file)),
                }
            }
        }
        let rows = book::rollups(store, snapshot.number, None).await?;
        let (content, villages) = book::content(
            rows.iter().filter_map(|row| {
                Some((
                    row.area.as_str(),
                    row.subject.as_str(),
                    book::state(&row.state)?,
                    (row.people, row.fen),
                ))
            }),
            Some(&snapshot.villages),
        );
        if content != snapshot.content || villages != snapshot.villages {
            wrong.push("汇总数被改过".to_owned());
        }
        if book::digest(&snapshot.files, &snapshot.content) != snapshot.digest {
            wrong.push("摘要与内容不符".to_owned());
        }
        out.push((snapshot, wrong));
    }
    Ok(out)
}
