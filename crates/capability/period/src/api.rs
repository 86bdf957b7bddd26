//! The only door for other capabilities, commands and the app.

pub use crate::book::{Alarm, Kind, Moved, Rollup, Snapshot};
pub use crate::files::{PeriodSettings, StoredFile};
pub use crate::freeze::{freeze_past, month_end as freeze, verify, verify_in};
pub use crate::nightly::{Night, NightResult, nightly, run as run_night};
pub use crate::take::write_all;

use kernel::Day;
use store::{Reads, StoreResult};

/// Kind of the nightly job.
pub const NIGHTLY: &str = "period.nightly";

/// All snapshots, latest day first.
pub async fn snapshots(reads: &impl Reads) -> StoreResult<Vec<Snapshot>> {
    crate::book::all(reads).await
}

/// Names, in the directory of snapshots, of the directories that hold person-level files.
pub async fn directories(reads: &impl Reads) -> StoreResult<Vec<std::path::PathBuf>> {
    let stored = crate::book::directories(reads).await?;
    let name = |stored: &String| Some(std::path::Path::new(stored).file_name()?.into());
    Ok(stored.iter().filter_map(name).collect())
}

/// The latest frozen month-end on or before a day: «6月定版».
pub async fn latest_month_end(reads: &impl Reads, until: Day) -> StoreResult<Option<Snapshot>> {
    crate::book::month_end(reads, until).await
}

/// Roll-ups of a snapshot; with an area (a 12-digit code, or `E:` and a body's key) only its.
pub async fn rollups(
    reads: &impl Reads,
    snapshot: i64,
    area: Option<&str>,
) -> StoreResult<Vec<Rollup>> {
    let area = area.as_ref().map(std::slice::from_ref);
    crate::book::rollups(reads, snapshot, area).await
}

/// People of a subject and state in an area at each month-end up to a day, oldest first, of the latest
/// version each: change since last month, trends. A month-end without the row has 0.
pub async fn series(
    reads: &impl Reads,
    area: &str,
    subject: &str,
    state: &str,
    until: Day,
) -> StoreResult<Vec<(Day, i64)>> {
    // Latest day first, of each day the latest version first: that one counts.
    let mut out: Vec<(Day, i64)> = Vec::new();
    for snapshot in crate::book::all(reads).await? {
        let told = out.last().is_some_and(|last| last.0 == snapshot.day);
        if snapshot.kind != Kind::MonthEnd || snapshot.day > until || told {
            continue;
        }
        let rows = crate::book::rollups(reads, snapshot.number, Some(&[area])).await?;
        let row = rows
            .iter()
            .find(|row| row.subject == subject && row.state == state);
        out.push((snapshot.day, row.map_or(0, |row| row.people)));
    }
    out.reverse();
    Ok(out)
}

/// Alarms of the nightly check that are open.
pub async fn open_alarms(reads: &impl Reads) -> StoreResult<Vec<Alarm>> {
    crate::book::open_alarms(reads).await
}
