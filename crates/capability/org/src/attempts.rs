//! Wrong tries and the lock after them. Kept by keyed digest of the login typed, whether or not such an
//! account exists, so that nobody can tell the two apart.

use crate::settings::OrgSettings;
use kernel::Instant;
use store::{Reads, Row, StoreResult, Tx, values};

/// Until when this login is locked, if it is.
pub(crate) async fn locked(
    reads: &impl Reads,
    digest: &str,
    now: Instant,
    settings: &OrgSettings,
) -> StoreResult<Option<Instant>> {
    let sql = "SELECT failed_count, locked_until, last_at FROM org_attempt WHERE login_digest = $1";
    let row = reads.one(sql, values![digest]).await?;
    row.map_or(Ok(None), |row| lock_in(&row, now, settings))
}

/// A lock that reaches further than a lock can is from before the clock went back (a demo's day starts
/// over at midnight): it no longer counts.
fn lock_in(row: &Row, now: Instant, settings: &OrgSettings) -> StoreResult<Option<Instant>> {
    let until = row.opt_instant("locked_until")?;
    Ok(until.filter(|until| now < *until && *until <= now.plus_seconds(settings.lock_seconds)))
}

/// Takes the row of this login for this transaction and says until when it is locked. Parallel tries
/// wait here, so no more than the allowed number is counted before the lock.
pub(crate) async fn take(
    tx: &mut Tx,
    digest: &str,
    settings: &OrgSettings,
) -> StoreResult<Option<Instant>> {
    let now = tx.at();
    tx.run(
        "INSERT INTO org_attempt (login_digest, failed_count, last_at) VALUES ($1, 0, $2) \
         ON CONFLICT (login_digest) DO UPDATE SET login_digest = excluded.login_digest",
        values![digest, now.micros()],
    )
    .await?;
    locked(tx, digest, now, settings).await
}

/// Counts a wrong try; returns until when the login is locked now, if it is.
pub(crate) async fn count(
    tx: &mut Tx,
    digest: &str,
    settings: &OrgSettings,
) -> StoreResult<Option<Instant>> {
    let now = tx.at();
    let sql = "SELECT failed_count, locked_until, last_at FROM org_attempt WHERE login_digest = $1";
    let before = match tx.one(sql, values![digest]).await? {
        // After a lock, and after a quiet time as long as a lock, counting starts over.
        Some(row) => {
            let quiet = now.micros() - row.int("last_at")? > settings.lock_seconds * 1_000_000;
            let over = row.opt_int("locked_until")?.is_some();
            if quiet || over {
                0
            } else {
                row.int("failed_count")?
            }
        }
        None => 0,
    };
    let failed = before + 1;
    let until = (failed >= settings.most_attempts).then(|| now.plus_seconds(settings.lock_seconds));
    tx.run(
        "UPDATE org_attempt SET failed_count = $1, locked_until = $2, last_at = $3 WHERE login_digest = $4",
        values![failed, until.map(Instant::micros), now.micros(), digest],
    )
    .await?;
    Ok(until)
}

/// Forgets the wrong tries of a login that got in, or was reset.
pub(crate) async fn forget(tx: &mut Tx, digest: &str) -> StoreResult<()> {
    tx.run(
        "DELETE FROM org_attempt WHERE login_digest = $1",
        values![digest],
    )
    .await?;
    Ok(())
}

/// Forgets tries so old that they count for nothing.
pub(crate) async fn forget_old(tx: &mut Tx, settings: &OrgSettings) -> StoreResult<()> {
    let old = tx.at().plus_seconds(-2 * settings.lock_seconds).micros();
    tx.run("DELETE FROM org_attempt WHERE last_at < $1", values![old])
        .await?;
    Ok(())
}

/// «11:20» on the day itself, otherwise with the day.
pub(crate) fn until_words(until: Instant, now: Instant) -> String {
    let text = until.minute();
    match text.split_once(' ') {
        Some((_, time)) if until.day() == now.day() => time.to_owned(),
        _ => text,
    }
}
