//! What is received and what is open, by programme and place of 户籍: for figures, one pass each.

use crate::api::Sum;
use kernel::Day;
use store::{Reads, StoreResult, values};

/// Receipts that cover the day, and open findings.
pub(crate) async fn all(reads: &impl Reads, day: Day) -> StoreResult<Vec<Sum>> {
    let received = "SELECT 'receiving' AS state, r.programme AS programme, a.hukou_area AS area, \
        CAST(count(DISTINCT r.id) AS BIGINT) AS people, CAST(sum(r.fen) AS BIGINT) AS fen, \
        CAST(0 AS BIGINT) AS unpriced \
        FROM entitle_receipt r LEFT JOIN entitle_answer a ON a.shard = r.shard AND a.id = r.id \
        WHERE r.from_day <= $1 AND (r.until_day IS NULL OR r.until_day > $1) \
        GROUP BY r.programme, a.hukou_area ORDER BY r.programme, a.hukou_area";
    let open = "SELECT f.kind AS state, f.programme AS programme, f.hukou_area AS area, \
        CAST(count(*) AS BIGINT) AS people, CAST(coalesce(sum(f.fen), 0) AS BIGINT) AS fen, \
        CAST(sum(CASE WHEN f.fen IS NULL THEN 1 ELSE 0 END) AS BIGINT) AS unpriced \
        FROM entitle_finding f WHERE f.closed_on IS NULL \
        GROUP BY f.kind, f.programme, f.hukou_area ORDER BY f.kind, f.programme, f.hukou_area";
    let mut out = Vec::new();
    for rows in [
        reads.all(received, values![day.number()]).await?,
        reads.all(open, vec![]).await?,
    ] {
        for row in &rows {
            out.push(Sum {
                state: row.text("state")?,
                programme: row.text("programme")?,
                area: row.opt_area("area")?,
                people: row.int("people")?,
                fen: row.int("fen")?,
                unpriced: row.int("unpriced")?,
            });
        }
    }
    Ok(out)
}
