//! Doors for rolls of what is in payment that come from outside, and are taken back.

use crate::standing::Receipt;
use crate::store::receipts as sql;
pub use crate::store::receipts::Receiving;
use host::PersonKey;
use kernel::Day;
use std::collections::BTreeMap;
use store::{Reads, StoreResult, Tx};

/// What these people receive or received, by person id.
pub async fn receipts_of(
    reads: &impl Reads,
    keys: &[PersonKey],
) -> StoreResult<BTreeMap<String, Vec<Receipt>>> {
    let mut out = BTreeMap::new();
    for keys in keys.chunks(500) {
        out.extend(sql::of_many(reads, keys).await?);
    }
    Ok(out)
}

/// Who receives of a programme on a day, in key order behind a key; some more may follow until a page is empty.
pub async fn receiving(
    reads: &impl Reads,
    programme: &str,
    on: Day,
    after: Option<&PersonKey>,
    most: i64,
) -> StoreResult<Vec<Receiving>> {
    sql::receiving(reads, programme, on, after, most).await
}

/// Ends receipts: the first day each is no longer received. The caller audits and runs the hooks.
pub async fn end_receipts(
    tx: &mut Tx,
    ended: &[(PersonKey, Receipt, Option<Day>)],
) -> StoreResult<()> {
    for (key, receipt, until) in ended {
        let which = (receipt.from.number(), receipt.recorded.micros());
        let until = until.map(Day::number);
        set_until(tx, key, &receipt.programme, which, until).await?;
    }
    Ok(())
}

/// Writes the end of one receipt, named by its first day (`yyyymmdd`) and when it was recorded (microseconds).
pub async fn set_until(
    tx: &mut Tx,
    key: &PersonKey,
    programme: &str,
    which: (i32, i64),
    until: Option<i32>,
) -> StoreResult<()> {
    sql::set_until(tx, key, programme, which, until).await
}

/// People whose receipts stand on this source, at most so many.
pub async fn paid_by(reads: &impl Reads, source: &str, most: i64) -> StoreResult<Vec<PersonKey>> {
    sql::paid_by(reads, source, most).await
}

/// Removes the receipts of these people that stand on this source; the roll was taken back.
pub async fn remove_receipts(tx: &mut Tx, keys: &[PersonKey], source: &str) -> StoreResult<()> {
    for keys in keys.chunks(500) {
        sql::remove(tx, keys, source).await?;
    }
    Ok(())
}

/// Programmes without any receipt are connected no longer: nothing is known of who receives them; whether
/// there were any.
pub async fn disconnect_unpaid(tx: &mut Tx) -> StoreResult<bool> {
    sql::disconnect_unpaid(tx).await
}

/// The source of receipts of people who are paid by this system.
pub const PAID_HERE: &str = "本系统发放";

/// A programme was paid by this system in these areas, first for the month of `from`: from now on it is connected there,
/// so that whoever is entitled and not paid is 应享未享 and not 未接入. Where that is new, everybody is answered anew.
/// The caller audits.
pub async fn paid_here(
    tx: &mut Tx,
    programme: &str,
    areas: &[kernel::AreaCode],
    from: Day,
) -> StoreResult<()> {
    let before = sql::connected(&*tx).await?;
    // Of a month paid ahead nothing can be missing before it begins, but answers are of today.
    let from = from.min(tx.at().day());
    let mut turned = false;
    for area in areas {
        let known = before.covers(programme, Some(*area));
        turned |= sql::paid_here(tx, programme, area, from).await? && !known;
    }
    if turned {
        let (kind, now) = ("entitle.everyone", tx.at());
        tx.enqueue(kind, "{}", Some(kind), now).await?;
    }
    Ok(())
}

/// Adds receipts of people who are paid by this system. The caller audits and runs the hooks.
pub async fn add_receipts(tx: &mut Tx, rows: &[(PersonKey, Receipt)]) -> StoreResult<()> {
    sql::insert(tx, rows).await
}

/// A receipt with where its person is registered and lives.
#[derive(Debug, Clone)]
pub struct Received {
    /// Whose.
    pub key: PersonKey,
    /// 户籍地.
    pub hukou: Option<kernel::AreaCode>,
    /// 常住地.
    pub residence: Option<kernel::AreaCode>,
    /// First day.
    pub from: Day,
    /// First day it is no longer received.
    pub until: Option<Day>,
    /// Fen per cycle.
    pub fen: i64,
    /// The roll it stands on.
    pub source: String,
    /// When it was recorded.
    pub recorded: kernel::Instant,
}

/// The receipts of a programme in one shard that are in force on `day` or later, behind a person, in key order.
pub async fn receipts_after(
    reads: &impl Reads,
    programme: &str,
    shard: &str,
    after: &str,
    day: Day,
    most: i64,
) -> StoreResult<Vec<Received>> {
    sql::after(reads, programme, shard, after, day, most).await
}
