//! The registry: which snapshots were taken, their roll-ups, and alarms. All SQL stands here.

use crate::counts::{Key, STATES, Sum};
use crate::files::{StoredFile, from_json, to_json};
use kernel::{Day, Instant};
use serde_json::json;
use std::collections::BTreeMap;
use store::{Audit, Reads, Row, StoreResult, Tx, secret::sm3_hex, values};

/// Taken each night, or frozen at the end of a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// 夜间.
    Nightly,
    /// 月度定版.
    MonthEnd,
}

impl Kind {
    /// Its word in the table.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Nightly => "nightly",
            Self::MonthEnd => "month_end",
        }
    }
}

/// A snapshot as the registry knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// Its number.
    pub number: i64,
    /// Nightly or month-end.
    pub kind: Kind,
    /// The day it is of (统计截止日).
    pub day: Day,
    /// From 1; a later one stands beside the earlier, not in its place.
    pub version: i64,
    /// The moment up to which recordings count.
    pub known_at: Instant,
    /// Where its person-level files lie, while they are kept.
    pub directory: Option<String>,
    /// Its files.
    pub files: Vec<StoredFile>,
    /// SM3 over the roll-ups.
    pub content: String,
    /// SM3 over the roll-ups of villages, which are not kept of old nights.
    pub villages: String,
    /// SM3 over the files' digests and the roll-ups.
    pub digest: String,
    /// The service list its answers come from.
    pub plan_digest: Option<String>,
    /// People on the register then.
    pub people: i64,
    /// The version before it.
    pub supersedes: Option<i64>,
    /// What moved against that version: area, subject, state, before, after (people).
    pub differs: Vec<Moved>,
}

/// A roll-up that moved between two versions of a month-end, or two month-ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// Area key.
    pub area: String,
    /// Measure or `item:3`.
    pub subject: String,
    /// Basis or state.
    pub state: String,
    /// People before.
    pub before: i64,
    /// People after.
    pub after: i64,
}

/// A roll-up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rollup {
    /// Area code, `E:` and a body's key, or `-`.
    pub area: String,
    /// Measure or `item:3`.
    pub subject: String,
    /// `residence`, `hukou`; `yes`, `unknown`, `ask`, `receiving`, `owed`, `undue`.
    pub state: String,
    /// People.
    pub people: i64,
    /// Fen a cycle, of `yes` and `owed`.
    pub fen: i64,
}

/// An alarm of the nightly check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alarm {
    /// The day.
    pub day: Day,
    /// When it was found.
    pub found: Instant,
    /// How many people's answers differ.
    pub people: i64,
    /// Keys of at most 20 of them; no names.
    pub keys: Vec<String>,
    /// How many counts differ.
    pub counts: i64,
    /// At most 20 of them.
    pub cells: Vec<Moved>,
}

const COLUMNS: &str = "snapshot, kind, day, version, known_at, directory, files, content, villages, digest, plan_digest, people, supersedes, differs";

fn of_row(row: &Row) -> StoreResult<Snapshot> {
    Ok(Snapshot {
        number: row.int("snapshot")?,
        kind: if row.text("kind")? == "nightly" {
            Kind::Nightly
        } else {
            Kind::MonthEnd
        },
        day: row.day("day")?,
        version: row.int("version")?,
        known_at: row.instant("known_at")?,
        directory: row.opt_text("directory")?,
        files: from_json(&row.text("files")?)?,
        content: row.text("content")?,
        villages: row.text("villages")?,
        digest: row.text("digest")?,
        plan_digest: row.opt_text("plan_digest")?,
        people: row.int("people")?,
        supersedes: row.opt_int("supersedes")?,
        differs: moved_of(&row.text("differs")?),
    })
}

fn moved_json(moved: &[Moved]) -> String {
    let row = |m: &Moved| json!([m.area, m.subject, m.state, m.before, m.after]);
    serde_json::Value::Array(moved.iter().map(row).collect()).to_string()
}

fn moved_of(text: &str) -> Vec<Moved> {
    let rows: Vec<(String, String, String, i64, i64)> =
        serde_json::from_str(text).unwrap_or_default();
    let one = |(area, subject, state, before, after)| Moved {
        area,
        subject,
        state,
        before,
        after,
    };
    rows.into_iter().map(one).collect()
}

/// All snapshots, latest day first, latest version first.
pub(crate) async fn all(reads: &impl Reads) -> StoreResult<Vec<Snapshot>> {
    let sql =
        format!("SELECT {COLUMNS} FROM period_snapshot ORDER BY day DESC, kind, version DESC");
    reads.all(&sql, vec![]).await?.iter().map(of_row).collect()
}

/// Where person-level files were written, each place once.
pub(crate) async fn directories(reads: &impl Reads) -> StoreResult<Vec<String>> {
    let sql = "SELECT DISTINCT directory FROM period_snapshot WHERE directory IS NOT NULL ORDER BY directory";
    let rows = reads.all(sql, vec![]).await?;
    rows.iter().map(|row| row.text("directory")).collect()
}

/// The snapshot of this number.
pub(crate) async fn one(reads: &impl Reads, number: i64) -> StoreResult<Option<Snapshot>> {
    let sql = format!("SELECT {COLUMNS} FROM period_snapshot WHERE snapshot = $1");
    reads
        .one(&sql, values![number])
        .await?
        .as_ref()
        .map(of_row)
        .transpose()
}

/// The latest version of a day.
pub(crate) async fn latest(
    reads: &impl Reads,
    kind: Kind,
    day: Day,
) -> StoreResult<Option<Snapshot>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM period_snapshot WHERE kind = $1 AND day = $2 ORDER BY version DESC LIMIT 1"
    );
    let row = reads.one(&sql, values![kind.key(), day.number()]).await?;
    row.as_ref().map(of_row).transpose()
}

/// The latest month-end on or before a day, its latest version.
pub(crate) async fn month_end(reads: &impl Reads, until: Day) -> StoreResult<Option<Snapshot>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM period_snapshot WHERE kind = 'month_end' AND day <= $1 ORDER BY day DESC, version DESC LIMIT 1"
    );
    let row = reads.one(&sql, values![until.number()]).await?;
    row.as_ref().map(of_row).transpose()
}

/// Roll-ups of a snapshot; with areas only theirs.
pub(crate) async fn rollups(
    reads: &impl Reads,
    number: i64,
    areas: Option<&[&str]>,
) -> StoreResult<Vec<Rollup>> {
    let mut sql = store::Sql::new("SELECT area, cells FROM period_rollup WHERE snapshot = ");
    sql.bind(number);
    if let Some(areas) = areas {
        sql.push(" AND area IN (NULL");
        for area in areas {
            sql.push(", ").bind(*area);
        }
        sql.push(")");
    }
    let (text, values) = sql.parts();
    let mut out = Vec::new();
    for row in reads.all(&text, values).await? {
        let area = row.text("area")?;
        cells_of(&area, &row.text("cells")?, &mut out)?;
    }
    out.sort_by(|a, b| (&a.area, &a.subject, &a.state).cmp(&(&b.area, &b.subject, &b.state)));
    Ok(out)
}

fn cells_of(area: &str, cells: &str, out: &mut Vec<Rollup>) -> StoreResult<()> {
    for line in cells.lines() {
        let mut parts = line.split('|');
        let mut next = || parts.next().unwrap_or_default();
        let (subject, state, people, fen) = (next(), next(), next(), next());
        let number = |text: &str| {
            text.parse::<i64>()
                .map_err(|_no_number| store::StoreError::BadColumn {
                    column: "period_rollup.cells".to_owned(),
                    what: line.to_owned(),
                })
        };
        out.push(Rollup {
            area: area.to_owned(),
            subject: subject.to_owned(),
            state: state.to_owned(),
            people: number(people)?,
            fen: number(fen)?,
        });
    }
    Ok(())
}

/// Whether an area key is a village of the 行政区划.
fn is_village(area: &str) -> bool {
    !area.starts_with(['E', '-']) && !area.ends_with("000")
}

/// The digests of roll-ups: of everything, and of villages alone. Of a snapshot that no longer has its villages
/// the latter is `kept`.
pub(crate) fn content<'a>(
    rows: impl Iterator<Item = (&'a str, &'a str, &'a str, Sum)>,
    kept: Option<&str>,
) -> (String, String) {
    let (mut villages, mut lines) = (Vec::new(), Vec::new());
    for (area, subject, state, sum) in rows {
        let line = format!("{area}|{subject}|{state}|{}|{}", sum.0, sum.1);
        if is_village(area) {
            villages.push(line);
        } else {
            lines.push(line);
        }
    }
    lines.sort_unstable();
    villages.sort_unstable();
    let villages = match kept.filter(|_| villages.is_empty()) {
        Some(kept) => kept.to_owned(),
        None => sm3_hex(villages.join("\n").as_bytes()),
    };
    lines.push(villages.clone());
    (sm3_hex(lines.join("\n").as_bytes()), villages)
}

/// The digest of a snapshot.
pub(crate) fn digest(files: &[StoredFile], content: &str) -> String {
    let files = files
        .iter()
        .map(|file| format!("{} {}\n", file.file, file.digest));
    sm3_hex(format!("{}{content}", files.collect::<String>()).as_bytes())
}

/// What to put into the registry.
pub(crate) struct New {
    pub(crate) kind: Kind,
    pub(crate) day: Day,
    pub(crate) known_at: Instant,
    pub(crate) directory: Option<String>,
    pub(crate) files: Vec<StoredFile>,
    pub(crate) plan_digest: Option<String>,
    pub(crate) people: i64,
    pub(crate) rollups: BTreeMap<Key, Sum>,
}

impl New {
    fn content(&self) -> (String, String) {
        let rows = self.rollups.iter();
        let row = |((area, subject, state), sum): (&'_ Key, &Sum)| {
            (area.clone(), subject.clone(), *state, *sum)
        };
        let rows: Vec<_> = rows.map(row).collect();
        let rows = rows.iter();
        content(
            rows.map(|(area, subject, state, sum)| (area.as_str(), subject.as_str(), *state, *sum)),
            None,
        )
    }

    /// Whether an earlier version says the same.
    pub(crate) fn says_as(&self, other: &Snapshot) -> bool {
        self.content().0 == other.content && self.people == other.people
    }
}

/// Puts a snapshot into the registry; a new version where the day has one already. Gives its number.
pub(crate) async fn insert(tx: &mut Tx, new: New) -> StoreResult<i64> {
    let number = tx
        .number(
            "SELECT CAST(coalesce(max(snapshot), 0) AS BIGINT) AS n FROM period_snapshot",
            vec![],
        )
        .await?
        + 1;
    let before = latest(tx, new.kind, new.day).await?;
    let differs = match &before {
        Some(before) => differences(&rollups(tx, before.number, None).await?, &new.rollups),
        None => Vec::new(),
    };
    let ((content, villages), at) = (new.content(), tx.at().micros());
    // A later snapshot of one night takes the place of the earlier one's files.
    let before_night = before
        .as_ref()
        .filter(|before| new.kind == Kind::Nightly && before.directory.is_some())
        .map(|before| before.number);
    let version = before.as_ref().map_or(1, |before| before.version + 1);
    let digest = digest(&new.files, &content);
    let thinned = new.kind == Kind::Nightly && new.directory.is_none();
    tx.run(
        &format!("INSERT INTO period_snapshot ({COLUMNS}, taken_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)"),
        values![
            number,
            new.kind.key(),
            new.day.number(),
            version,
            new.known_at.micros(),
            new.directory,
            to_json(&new.files),
            content,
            villages,
            digest.as_str(),
            new.plan_digest,
            new.people,
            before.map(|before| before.number),
            moved_json(&differs),
            at,
        ],
    )
    .await?;
    let mut areas: BTreeMap<String, String> = BTreeMap::new();
    for ((area, subject, state), (people, fen)) in new.rollups {
        if thinned && is_village(&area) {
            continue;
        }
        let cells = areas.entry(area).or_default();
        cells.push_str(&format!("{subject}|{state}|{people}|{fen}\n"));
    }
    let rows = areas.into_iter();
    tx.insert_many(
        "period_rollup",
        &["snapshot", "area", "cells"],
        rows.map(|(area, cells)| values![number, area, cells])
            .collect(),
    )
    .await?;
    if let Some(before) = before_night {
        thin(tx, before).await?;
    }
    tx.audit(
        Audit::new("period.snapshot")
            .subject(&number.to_string())
            .with("kind", new.kind.key())
            .with("day", new.day.number())
            .with("version", version)
            .with("digest", digest),
    );
    Ok(number)
}

/// Roll-ups of towns and above that moved, at most 200, the largest first.
fn differences(before: &[Rollup], after: &BTreeMap<Key, Sum>) -> Vec<Moved> {
    let mut cells: BTreeMap<(String, String, String), (i64, i64)> = BTreeMap::new();
    for row in before {
        let key = (row.area.clone(), row.subject.clone(), row.state.clone());
        cells.entry(key).or_default().0 = row.people;
    }
    for ((area, subject, state), sum) in after {
        let key = (area.clone(), subject.clone(), (*state).to_owned());
        cells.entry(key).or_default().1 = sum.0;
    }
    let mut out: Vec<Moved> = cells
        .into_iter()
        .filter(|((area, ..), (before, after))| before != after && !is_village(area))
        .map(|((area, subject, state), (before, after))| Moved {
            area,
            subject,
            state,
            before,
            after,
        })
        .collect();
    out.sort_by_key(|moved| std::cmp::Reverse((moved.after - moved.before).abs()));
    out.truncate(200);
    out
}

/// Forgets where the files of a nightly snapshot lay, and its villages: what is kept for ever is small.
pub(crate) async fn thin(tx: &mut Tx, number: i64) -> StoreResult<()> {
    tx.run(
        "UPDATE period_snapshot SET directory = NULL WHERE snapshot = $1",
        values![number],
    )
    .await?;
    tx.run(
        "DELETE FROM period_rollup WHERE snapshot = $1 AND area NOT LIKE '%000' AND area NOT LIKE 'E:%' AND area <> '-'",
        values![number],
    )
    .await?;
    tx.audit(Audit::new("period.thin").subject(&number.to_string()));
    Ok(())
}

/// Raises an alarm, or closes the open ones where nothing differs any more.
pub(crate) async fn alarm(tx: &mut Tx, found: Option<&Alarm>) -> StoreResult<()> {
    let at = tx.at().micros();
    let closed = tx
        .run(
            "UPDATE period_alarm SET closed_at = $1 WHERE closed_at IS NULL",
            values![at],
        )
        .await?;
    tx.audit(
        Audit::new("period.check")
            .with("people", found.map_or(0, |a| a.people))
            .with("closed", closed as i64),
    );
    let Some(found) = found else { return Ok(()) };
    let id = tx.store().new_id();
    tx.run(
        "INSERT INTO period_alarm (alarm, day, found_at, people, people_keys, counts, cells, closed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, NULL)",
        values![
            id,
            found.day.number(),
            at,
            found.people,
            found.keys.join(","),
            found.counts,
            moved_json(&found.cells)
        ],
    )
    .await?;
    Ok(())
}

/// Alarms that are open.
pub(crate) async fn open_alarms(reads: &impl Reads) -> StoreResult<Vec<Alarm>> {
    let sql = "SELECT day, found_at, people, people_keys, counts, cells FROM period_alarm WHERE closed_at IS NULL ORDER BY found_at DESC, alarm";
    let mut out = Vec::new();
    for row in reads.all(sql, vec![]).await? {
        let keys = row.text("people_keys")?;
        out.push(Alarm {
            day: row.day("day")?,
            found: row.instant("found_at")?,
            people: row.int("people")?,
            keys: keys
                .split(',')
                .filter(|key| !key.is_empty())
                .map(str::to_owned)
                .collect(),
            counts: row.int("counts")?,
            cells: moved_of(&row.text("cells")?),
        });
    }
    Ok(out)
}

/// The state of a word.
pub(crate) fn state(word: &str) -> Option<&'static str> {
    STATES.iter().copied().find(|state| *state == word)
}
