//! Acts of recording and events of a person.

use crate::api::PersonKey;
use crate::model::{HistoryRow, Record, unpack};
use kernel::{AreaCode, Day, Instant};
use std::collections::HashMap;
use store::{Reads, Row, StoreError, StoreResult, Tx, values};

/// What [`history_of`] reads, and where it stands.
pub(crate) const READ: &str =
    "h.seq, h.recorded_at, h.origin, h.sets, h.reason, h.withdrawn_at FROM people_history h";

/// All acts of recording of one person, in order.
pub(crate) async fn records(reads: &impl Reads, key: &PersonKey) -> StoreResult<Vec<Record>> {
    let rows = reads
        .all(
            &format!("SELECT {READ} WHERE h.shard = $1 AND h.person = $2 ORDER BY h.seq"),
            values![key.shard.as_str(), key.id.as_str()],
        )
        .await?;
    let origins = origins(reads).await?;
    let mut out = Vec::new();
    for row in &rows {
        out.extend(unpack(history_of(row)?, |code| origins.words(code))?);
    }
    Ok(out)
}

pub(crate) fn history_of(row: &Row) -> StoreResult<HistoryRow> {
    Ok(HistoryRow {
        seq: row.int("seq")?,
        recorded: row.instant("recorded_at")?,
        origin: row.int("origin")?,
        sets: row.text("sets")?,
        reason: row.opt_text("reason")?,
        withdrawn: row.opt_instant("withdrawn_at")?,
    })
}

/// Sources with who recorded, by code.
#[derive(Debug, Clone, Default)]
pub(crate) struct Origins {
    words: HashMap<i64, (String, String)>,
    codes: HashMap<(String, String), i64>,
}

impl Origins {
    fn add(&mut self, code: i64, words: (String, String)) {
        self.codes.insert(words.clone(), code);
        self.words.insert(code, words);
    }

    pub(super) fn words(&self, code: i64) -> StoreResult<(String, String)> {
        let missing = || StoreError::Other(format!("people_origin lacks {code}"));
        self.words.get(&code).cloned().ok_or_else(missing)
    }

    /// The code of a record's origin; [`Origins::learn`] has seen to it that there is one.
    pub(crate) fn code(&self, record: &Record) -> StoreResult<i64> {
        let words = (record.source.clone(), record.by.clone());
        let missing = || StoreError::Other(format!("people_origin lacks {}", record.source));
        self.codes.get(&words).copied().ok_or_else(missing)
    }

    /// Gives the next codes to origins that have none yet, without asking the database: only while nobody else
    /// writes to the register. Returns what [`add_origins`] has to write.
    pub(crate) fn learn_here<'a>(
        &mut self,
        records: impl Iterator<Item = &'a Record>,
    ) -> Vec<(i64, (String, String))> {
        let mut new = Vec::new();
        for record in records {
            let words = (record.source.clone(), record.by.clone());
            if !self.codes.contains_key(&words) {
                let code = self.words.keys().max().copied().unwrap_or(0) + 1;
                self.add(code, words.clone());
                new.push((code, words));
            }
        }
        new
    }

    /// Gives codes to origins that have none yet.
    pub(crate) async fn learn(
        &mut self,
        tx: &mut Tx,
        records: impl Iterator<Item = &Record>,
    ) -> StoreResult<()> {
        let mut new: Vec<(String, String)> = Vec::new();
        for record in records {
            let words = (record.source.clone(), record.by.clone());
            if !self.codes.contains_key(&words) && !new.contains(&words) {
                new.push(words);
            }
        }
        for words in new {
            let code = new_code(tx, &words).await?;
            self.add(code, words);
        }
        Ok(())
    }
}

/// All origins; there are as many as offices and rolls, not as people.
pub(crate) async fn origins(reads: &impl Reads) -> StoreResult<Origins> {
    let mut out = Origins::default();
    let rows = reads
        .all(
            "SELECT code, source, recorded_by FROM people_origin",
            vec![],
        )
        .await?;
    for row in &rows {
        out.add(
            row.int("code")?,
            (row.text("source")?, row.text("recorded_by")?),
        );
    }
    Ok(out)
}

/// Writes origins with the codes that [`Origins::learn_here`] gave them.
pub(crate) async fn add_origins(tx: &mut Tx, new: Vec<(i64, (String, String))>) -> StoreResult<()> {
    let rows = new
        .into_iter()
        .map(|(code, (source, by))| values![code, source, by])
        .collect();
    tx.insert_many("people_origin", &["code", "source", "recorded_by"], rows)
        .await
}

/// The code of an origin that is told for the first time. Somebody else may tell it, or another one, at the same
/// moment: then their code stands and the next one is tried.
async fn new_code(tx: &mut Tx, (source, by): &(String, String)) -> StoreResult<i64> {
    for _attempt in 0..20 {
        tx.run(
            "INSERT INTO people_origin (code, source, recorded_by) \
             SELECT coalesce(max(code), 0) + 1, $1, $2 FROM people_origin WHERE 1 = 1 ON CONFLICT DO NOTHING",
            values![source.as_str(), by.as_str()],
        )
        .await?;
        let row = tx
            .one(
                "SELECT code FROM people_origin WHERE source = $1 AND recorded_by = $2",
                values![source.as_str(), by.as_str()],
            )
            .await?;
        if let Some(row) = row {
            return row.int("code");
        }
    }
    Err(StoreError::Other(format!("no code for {source}")))
}

/// Takes back an act of recording that stands in a row of its own; false where it is gone already.
pub(crate) async fn withdraw(tx: &mut Tx, key: &PersonKey, seq: i64) -> StoreResult<bool> {
    let at = tx.at().micros();
    let done = tx
        .run(
            "UPDATE people_history SET withdrawn_at = $1 WHERE shard = $2 AND person = $3 AND seq = $4 AND withdrawn_at IS NULL",
            values![at, key.shard.as_str(), key.id.as_str(), seq],
        )
        .await?;
    Ok(done == 1)
}

/// A death or a move as it was reported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// `death`, `move_in`, `move_out`, `move`.
    pub kind: String,
    /// The day it happened.
    pub day: Day,
    /// From where.
    pub from: Option<AreaCode>,
    /// To where.
    pub to: Option<AreaCode>,
    /// When it was recorded.
    pub recorded: Instant,
    /// Who recorded it.
    pub by: String,
}

/// The events of one person, latest first.
pub(crate) async fn events(reads: &impl Reads, key: &PersonKey) -> StoreResult<Vec<Event>> {
    let rows = reads
        .all(
            "SELECT kind, day, from_area, to_area, recorded_at, recorded_by FROM people_event \
             WHERE shard = $1 AND person = $2 ORDER BY day DESC, id DESC",
            values![key.shard.as_str(), key.id.as_str()],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Event {
                kind: row.text("kind")?,
                day: row.day("day")?,
                from: row.opt_area("from_area")?,
                to: row.opt_area("to_area")?,
                recorded: row.instant("recorded_at")?,
                by: row.text("recorded_by")?,
            })
        })
        .collect()
}
