//! 机构结算: what institutions took up to the end of a month is drawn up by the county and paid by finance, once.

use crate::model::{Place, month_of};
use authz::{Actor, Role};
use kernel::{Day, Instant};
use ledger::{Event, Kind, Month};
use pay::api::{owed_on, post_voucher};
use std::collections::BTreeMap;
use store::{Audit, Reads, Row, Sql, Store, StoreResult, values};

/// A settlement.
#[derive(Debug, Clone)]
#[expect(clippy::struct_field_names, reason = "its key is named as its column")]
pub(crate) struct Settlement {
    pub(crate) settlement: String,
    pub(crate) office: String,
    pub(crate) place: String,
    pub(crate) month: Month,
    pub(crate) no: i64,
    pub(crate) uses: i64,
    pub(crate) fen: i64,
    pub(crate) paid: bool,
    pub(crate) drawn_by: String,
    pub(crate) drawn_name: String,
    pub(crate) paid_name: Option<String>,
    pub(crate) paid_at: Option<Instant>,
    pub(crate) document: Option<String>,
}

const COLUMNS: &str = "s.settlement, s.office, s.place, CAST(s.month AS BIGINT) AS month, s.no, s.uses, s.fen, s.state, s.drawn_by, \
     s.drawn_name, s.paid_name, s.paid_at, s.document";

fn of_row(row: &Row) -> StoreResult<Settlement> {
    Ok(Settlement {
        settlement: row.text("settlement")?,
        office: row.text("office")?,
        place: row.text("place")?,
        month: month_of(row)?,
        no: row.int("no")?,
        uses: row.int("uses")?,
        fen: row.int("fen")?,
        paid: row.text("state")? == "paid",
        drawn_by: row.text("drawn_by")?,
        drawn_name: row.text("drawn_name")?,
        paid_name: row.opt_text("paid_name")?,
        paid_at: row.opt_instant("paid_at")?,
        document: row.opt_text("document")?,
    })
}

/// The settlements of these offices, the latest first.
pub(crate) async fn list(
    reads: &impl Reads,
    offices: &[String],
    most: i64,
) -> StoreResult<Vec<Settlement>> {
    let mut sql = Sql::new(&format!(
        "SELECT {COLUMNS} FROM voucher_settlement s WHERE s.office IN (''"
    ));
    for office in offices {
        sql.push(", ").bind(office.as_str());
    }
    sql.push(") ORDER BY s.month DESC, s.drawn_at DESC, s.settlement LIMIT ")
        .bind(most);
    let (text, values) = sql.parts();
    let rows = reads.all(&text, values).await?;
    rows.iter().map(of_row).collect()
}

/// The settlements of one institution, the latest first.
pub(crate) async fn of_place(reads: &impl Reads, place: &str) -> StoreResult<Vec<Settlement>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM voucher_settlement s WHERE s.place = $1 ORDER BY s.month DESC, s.no DESC LIMIT 24"
    );
    let rows = reads.all(&sql, values![place]).await?;
    rows.iter().map(of_row).collect()
}

/// The settlement of this key.
pub(crate) async fn find(reads: &impl Reads, key: &str) -> StoreResult<Option<Settlement>> {
    let sql = format!("SELECT {COLUMNS} FROM voucher_settlement s WHERE s.settlement = $1");
    let row = reads.one(&sql, values![key]).await?;
    row.as_ref().map(of_row).transpose()
}

/// What each institution took to the end of a month and is in no settlement yet: uses and fen.
pub(crate) async fn waiting(
    reads: &impl Reads,
    until: Day,
) -> StoreResult<BTreeMap<String, (i64, i64)>> {
    let sql = "SELECT place, CAST(count(*) AS BIGINT) AS n, CAST(sum(fen) AS BIGINT) AS fen FROM voucher_use \
         WHERE settlement IS NULL AND undone_at IS NULL AND day <= $1 GROUP BY place";
    let rows = reads.all(sql, values![until.number()]).await?;
    rows.iter()
        .map(|row| Ok((row.text("place")?, (row.int("n")?, row.int("fen")?))))
        .collect()
}

/// Draws up what an institution is owed to the end of a month; `None` where that is nothing.
pub(crate) async fn draw(
    store: &Store,
    who: &Actor,
    place: &Place,
    month: Month,
) -> StoreResult<Option<String>> {
    let mut tx = store.begin(who, None).await?;
    let lock = tx.for_update_of("p");
    let held = format!("SELECT p.place FROM voucher_place p WHERE p.place = $1{lock}");
    tx.all(&held, values![place.place.as_str()]).await?;
    let key = tx.store().new_id();
    // A use that is taken back in the same moment is in it or is taken back, not both.
    let taken = tx
        .run(
            "UPDATE voucher_use SET settlement = $1 WHERE place = $2 AND settlement IS NULL AND undone_at IS NULL AND day <= $3",
            values![key.as_str(), place.place.as_str(), month.last().number()],
        )
        .await?;
    if taken == 0 {
        tx.rollback().await?;
        return Ok(None);
    }
    let sum = "SELECT CAST(sum(fen) AS BIGINT) AS n FROM voucher_use WHERE settlement = $1";
    let fen = tx.number(sum, values![key.as_str()]).await?;
    let no = "SELECT max(no) + 1 AS n FROM voucher_settlement WHERE place = $1 AND month = $2";
    let no = tx
        .number(no, values![place.place.as_str(), month.number()])
        .await?
        .max(1);
    let at = tx.at().micros();
    tx.run(
        "INSERT INTO voucher_settlement (settlement, office, place, month, no, uses, fen, state, drawn_by, drawn_name, drawn_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, 'drawn', $8, $9, $10)",
        values![
            key.as_str(),
            place.office.as_str(),
            place.place.as_str(),
            month.number(),
            no,
            i64::try_from(taken).unwrap_or(i64::MAX),
            fen,
            who.id.as_str(),
            who.name.as_str(),
            at,
        ],
    )
    .await?;
    tx.audit(
        Audit::new("voucher.settlement")
            .subject(&key)
            .with("fen", fen),
    );
    tx.commit().await?;
    Ok(Some(key))
}

/// Marks a settlement as paid and posts it, batch by batch; by finance and not by whoever drew it up.
pub(crate) async fn pay(
    store: &Store,
    who: &Actor,
    key: &str,
    document: &str,
) -> StoreResult<Result<(), &'static str>> {
    let mut tx = store.begin(who, None).await?;
    let lock = tx.for_update_of("s");
    let sql = format!("SELECT {COLUMNS} FROM voucher_settlement s WHERE s.settlement = $1{lock}");
    let row = tx.one(&sql, values![key]).await?;
    let held = row.as_ref().map(of_row).transpose()?;
    let refused = match &held {
        None => Some("没有这张结算单"),
        Some(held) if held.paid => Some("这张结算单已经付过，没有再付"),
        Some(_) if who.role != Role::Finance => Some("付款由财政办理"),
        Some(held) if held.drawn_by == who.id => Some("制单和付款不能是同一人"),
        Some(_) => None,
    };
    if let Some(words) = refused {
        tx.rollback().await?;
        return Ok(Err(words));
    }
    let sql = "SELECT v.run AS run, CAST(sum(u.central) AS BIGINT) AS central, CAST(sum(u.province) AS BIGINT) AS province, \
         CAST(sum(u.city) AS BIGINT) AS city, CAST(sum(u.county) AS BIGINT) AS county FROM voucher_use u \
         JOIN voucher_voucher v ON v.voucher = u.voucher WHERE u.settlement = $1 GROUP BY v.run ORDER BY v.run";
    for row in tx.all(sql, values![key]).await? {
        let parts = [
            row.int("central")?,
            row.int("province")?,
            row.int("city")?,
            row.int("county")?,
        ];
        post_voucher(&mut tx, &row.text("run")?, Event::Settled, key, parts).await?;
    }
    let at = tx.at().micros();
    tx.run(
        "UPDATE voucher_settlement SET state = 'paid', paid_by = $1, paid_name = $2, paid_at = $3, document = $4 WHERE settlement = $5",
        values![who.id.as_str(), who.name.as_str(), at, document, key],
    )
    .await?;
    tx.audit(
        Audit::new("voucher.paid")
            .subject(key)
            .with("document", document),
    );
    tx.commit().await?;
    Ok(Ok(()))
}

/// What the book and the vouchers say differently for an office: account, book, rows. Empty when all is well.
pub async fn reconcile(reads: &impl Reads, office: &str) -> StoreResult<Vec<(Kind, i64, i64)>> {
    let live = "SELECT CAST(coalesce(sum(fen - central - province - city - county), 0) AS BIGINT) AS n FROM voucher_voucher \
         WHERE office = $1 AND state = 'live'";
    let owed = "SELECT CAST(coalesce(sum(u.fen), 0) AS BIGINT) AS n FROM voucher_use u JOIN voucher_voucher v ON v.voucher = u.voucher \
         LEFT JOIN voucher_settlement s ON s.settlement = u.settlement WHERE v.office = $1 AND u.undone_at IS NULL \
         AND coalesce(s.state, 'drawn') = 'drawn'";
    let mut out = Vec::new();
    for (kind, sql) in [(Kind::Voucher, live), (Kind::Merchant, owed)] {
        let book = owed_on(reads, office, kind).await?;
        let rows = reads.number(sql, values![office]).await?;
        if book != rows {
            out.push((kind, book, rows));
        }
    }
    Ok(out)
}
