//! Acts of recording and events of a person.

use crate::api::PersonKey;
use crate::model::{Record, decode_sets};
use kernel::{AreaCode, Day, Instant};
use store::{Reads, StoreResult, values};

/// All acts of recording of one person, in order.
pub(crate) async fn records(reads: &impl Reads, key: &PersonKey) -> StoreResult<Vec<Record>> {
    let rows = reads
        .all(
            "SELECT seq, recorded_at, source, recorded_by, sets, reason, withdrawn_at FROM people_record \
             WHERE shard = $1 AND person = $2 ORDER BY seq",
            values![key.shard.as_str(), key.id.as_str()],
        )
        .await?;
    rows.iter().map(record_of).collect()
}

/// Reads one row of people_record.
pub(crate) fn record_of(row: &store::Row) -> StoreResult<Record> {
    Ok(Record {
        seq: row.int("seq")?,
        recorded: row.instant("recorded_at")?,
        source: row.text("source")?,
        by: row.text("recorded_by")?,
        sets: decode_sets(&row.text("sets")?)?,
        reason: row.opt_text("reason")?,
        withdrawn: row.opt_instant("withdrawn_at")?,
    })
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
