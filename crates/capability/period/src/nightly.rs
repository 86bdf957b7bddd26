//! `period.nightly`: freezes a month that has ended, takes today's snapshot, checks everybody's answers.

use crate::book::{self, Alarm, Kind, Moved, New};
use crate::check::{self, Everyone};
use crate::counts::Counts;
use crate::files::{self, PeriodSettings};
use crate::freeze;
use crate::take::{stored, write_all};
use crate::walk::{Wanted, everybody};
use area::api::AreaBook;
use authz::Actor;
use entitle::api::walk::{self, AnswersFile};
use host::{SnapshotAsk, SnapshotTable};
use people::api::{PeopleFile, PersonKey, pseudonym};
use plan::api::PlanBook;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use store::{Store, StoreError, StoreResult};

/// What a run needs.
pub struct Night<'a> {
    /// The database.
    pub store: &'a Store,
    /// All tables of a snapshot.
    pub tables: &'a [SnapshotTable],
    /// Where files lie.
    pub settings: &'a PeriodSettings,
    /// Both area trees.
    pub areas: &'a AreaBook,
    /// Published lists.
    pub plans: &'a PlanBook,
}

/// How a night went.
#[derive(Debug)]
pub struct NightResult {
    /// The snapshot's number; the one of before where nothing has changed.
    pub snapshot: i64,
    /// People on it.
    pub people: i64,
    /// What differs; `None` is as it should be.
    pub alarm: Option<Alarm>,
    /// Answers were not ready to be compared (another list, or the day's recomputation is not done).
    pub not_ready: bool,
}

/// Takes today's snapshot and checks it. Twice on a day changes nothing unless the register has.
pub async fn nightly(night: &Night<'_>) -> StoreResult<NightResult> {
    let (store, today) = (night.store, night.store.clock().today());
    let published = night.plans.in_force(today);
    let not_ready = match &published {
        Some(published) => {
            entitle::api::is_outdated(store, published).await? || walk::is_due(store, today).await?
        }
        None => false,
    };
    let now = store.clock().now();
    let (dir, kept) = match &night.settings.directory {
        Some(directory) => (
            directory.join(format!("nightly-{today}.{}", now.micros())),
            true,
        ),
        None => (temporary(store), false),
    };
    let ask = SnapshotAsk {
        dir: dir.clone(),
        as_of: today,
        known_at: now,
        place: place(night.areas),
    };
    files::make(&dir)?;
    let before = check::tally_of(walk::tally(store).await?, night.areas);
    let digest = published.as_ref().map_or("", |list| list.digest.as_str());
    let sink = check::Night::new(
        PeopleFile::create(&dir, &ask)?,
        AnswersFile::create(&dir, &ask, digest)?,
    );
    let everyone = Everyone {
        keys: store.keys().clone(),
        rolls: people::api::roll_book(store).await?,
        connected: walk::connected(store).await?,
        list: published.clone(),
        compare: published.is_some() && !not_ready,
        day: today,
        known: now,
    };
    let wanted = Wanted {
        known: now,
        answers: true,
    };
    let mut walked = everybody(store, everyone, sink, wanted).await?;
    let after = check::tally_of(walk::tally(store).await?, night.areas);
    let rollups = walked.counts.rollups(0, night.areas);
    walked.counts = Counts::new(1);
    let (people, suspects) = (walked.count, std::mem::take(&mut walked.differ));
    let (list, at, compare) = (published.clone(), dir.clone(), !not_ready);
    let (mut files, engine) = tokio::task::spawn_blocking(move || -> StoreResult<_> {
        let (files, lines) = walked.finish()?;
        let differ = match &list {
            Some(list) if compare => check::engine_differs(&at, list, &lines, today)?,
            _ => BTreeSet::new(),
        };
        let files: StoreResult<Vec<_>> = files.into_iter().map(|file| stored(&at, file)).collect();
        Ok((files?, differ))
    })
    .await
    .map_err(|error| StoreError::Other(error.to_string()))??;
    files.extend(write_all(store, &others(night.tables), &ask).await?);
    let mut alarm = None;
    if let Some(published) = published.as_ref().filter(|_| compare) {
        let keys = confirmed(store, published, suspects, engine).await?;
        let mut cells: BTreeMap<_, i64> = BTreeMap::new();
        for ((area, subject, state), sum) in &rollups {
            if subject.starts_with("item:") && !area.starts_with(['E', '-']) {
                cells.insert((area.clone(), subject.clone(), (*state).to_owned()), sum.0);
            }
        }
        let moved = moved(&before, &after, &cells);
        if !keys.is_empty() || !moved.is_empty() {
            alarm = Some(Alarm {
                day: today,
                found: now,
                people: keys.len() as i64,
                keys: keys.into_iter().take(20).collect(),
                counts: moved.len() as i64,
                cells: moved.into_iter().take(20).collect(),
            });
        }
    }
    let new = New {
        kind: Kind::Nightly,
        day: today,
        known_at: now,
        directory: kept.then(|| dir.display().to_string()),
        files: if kept { files } else { Vec::new() },
        plan_digest: published.map(|published| published.digest.clone()),
        people,
        rollups,
    };
    let same = book::latest(store, Kind::Nightly, today).await?;
    let same = same.filter(|same| new.says_as(same) && (!kept || same.directory.is_some()));
    let unused = !kept
        || same
            .as_ref()
            .is_some_and(|same| same.directory != new.directory);
    let mut tx = store.begin(&Actor::system("nightly"), None).await?;
    let snapshot = match same {
        Some(same) => same.number,
        None => book::insert(&mut tx, new).await?,
    };
    if compare {
        book::alarm(&mut tx, alarm.as_ref()).await?;
    } else {
        tx.audit(store::Audit::new("period.check").with("ready", "no"));
    }
    tx.commit().await?;
    if unused {
        files::remove(&dir)?;
    }
    if let Some(alarm) = &alarm {
        tracing::error!(
            people = alarm.people,
            counts = alarm.counts,
            keys = alarm.keys.join(","),
            "the nightly check found a difference"
        );
    }
    thin(night).await?;
    Ok(NightResult {
        snapshot,
        people,
        alarm,
        not_ready,
    })
}

/// The tables that the walk over everybody does not write itself.
pub(crate) fn others(tables: &[SnapshotTable]) -> Vec<SnapshotTable> {
    let rest = tables
        .iter()
        .filter(|table| !matches!(table.name, "people" | "answers"));
    rest.cloned().collect()
}

/// Everything of a night: the month-end first, where one is due.
pub async fn run(night: &Night<'_>) -> StoreResult<NightResult> {
    let ended = night.store.clock().today().first_of_month().plus_days(-1);
    if book::latest(night.store, Kind::MonthEnd, ended)
        .await?
        .is_none()
    {
        freeze::month_end(night, ended).await?;
    }
    nightly(night).await
}

pub(crate) fn place(areas: &AreaBook) -> String {
    areas
        .root()
        .map_or_else(String::new, |root| root.name.clone())
}

pub(crate) fn temporary(store: &Store) -> PathBuf {
    std::env::temp_dir().join(format!("laoyou-period-{}", store.new_id()))
}

/// Ids of those who really differ. Whom the walk found is looked at again, because somebody may have been
/// corrected between two statements; of very many only the first are, the others are believed. Whom only the
/// engine found had the same facts and the same stored answers in both programs: they disagree, which no
/// second look takes away.
async fn confirmed(
    store: &Store,
    published: &Arc<plan::api::Published>,
    suspects: Vec<PersonKey>,
    engine: BTreeSet<u64>,
) -> StoreResult<Vec<String>> {
    let keys: BTreeSet<PersonKey> = suspects.into_iter().collect();
    let mut out = Vec::new();
    let found: BTreeSet<u64> = keys
        .iter()
        .map(|key| check::number(&pseudonym(store.keys(), &key.id)))
        .collect();
    let engine: BTreeSet<u64> = engine.difference(&found).copied().collect();
    if !engine.is_empty() {
        for part in people::api::walk_parts(store).await? {
            for answer in walk::answers(store, &part).await? {
                if engine.contains(&check::number(&pseudonym(store.keys(), &answer.key.id))) {
                    out.push(answer.key.id);
                }
            }
        }
    }
    for (place, key) in keys.into_iter().enumerate() {
        let today = store.clock().today();
        if place >= 1000 || walk::differs(store, published, &key, today).await? {
            out.push(key.id);
        }
    }
    out.sort_unstable();
    out.dedup();
    Ok(out)
}

/// Kept counts that are not what was counted; one that moved meanwhile is not held against anybody.
fn moved(before: &check::Tally, after: &check::Tally, counted: &check::Tally) -> Vec<Moved> {
    let keys: BTreeSet<_> = before
        .keys()
        .chain(after.keys())
        .chain(counted.keys())
        .collect();
    let of = |tally: &check::Tally, key| tally.get(key).copied().unwrap_or(0);
    keys.into_iter()
        .filter(|key| of(before, key) == of(after, key) && of(after, key) != of(counted, key))
        .map(|key| Moved {
            area: key.0.clone(),
            subject: key.1.clone(),
            state: key.2.clone(),
            before: of(after, key),
            after: of(counted, key),
        })
        .collect()
}

/// Removes person-level files and village counts of all but the last nights; month-ends stay. A directory
/// that was left behind by an earlier snapshot of the same night goes too.
async fn thin(night: &Night<'_>) -> StoreResult<()> {
    let all = book::all(night.store).await?;
    let mut nights: BTreeMap<kernel::Day, Vec<&book::Snapshot>> = BTreeMap::new();
    for snapshot in all.iter().filter(|s| s.kind == Kind::Nightly) {
        nights.entry(snapshot.day).or_default().push(snapshot);
    }
    let old = nights.into_iter().rev().skip(night.settings.nights);
    for snapshot in old.flat_map(|(_, snapshots)| snapshots) {
        if let Some(dir) = &snapshot.directory {
            files::remove(&files::place(night.settings.directory.as_deref(), dir))?;
            let mut tx = night.store.begin(&Actor::system("nightly"), None).await?;
            book::thin(&mut tx, snapshot.number).await?;
            tx.commit().await?;
        }
    }
    let Some(directory) = &night.settings.directory else {
        return Ok(());
    };
    let kept = book::all(night.store).await?;
    let kept: BTreeSet<PathBuf> = kept
        .into_iter()
        .filter_map(|snapshot| Some(files::place(Some(directory), &snapshot.directory?)))
        .collect();
    for path in files::nightly(directory)? {
        if !kept.contains(&path) {
            files::remove(&path)?;
        }
    }
    Ok(())
}
