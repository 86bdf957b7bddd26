//! A voucher, an institution that takes it, a use; their rows.

use host::PersonKey;
use kernel::{Day, Fen, Instant};
use ledger::Month;
use store::{Reads, Row, StoreError, StoreResult, Tx, values};

/// A voucher.
#[derive(Debug, Clone)]
#[expect(clippy::struct_field_names, reason = "its key is named as its column")]
pub(crate) struct Voucher {
    pub(crate) voucher: String,
    pub(crate) code: String,
    pub(crate) run: String,
    pub(crate) key: PersonKey,
    pub(crate) programme: String,
    pub(crate) office: String,
    pub(crate) month: Month,
    /// The last day it is good for.
    pub(crate) until: Day,
    pub(crate) fen: i64,
    /// What was used of each purse, in the order of [`ledger::Level::ALL`].
    pub(crate) used: [i64; 4],
    pub(crate) live: bool,
}

impl Voucher {
    /// What is left of it.
    pub(crate) fn left(&self) -> Fen {
        Fen(self.fen - self.used.iter().sum::<i64>())
    }

    /// Whether it is good on a day.
    pub(crate) fn good(&self, day: Day) -> bool {
        self.live && day <= self.until
    }
}

const VOUCHER: &str = "v.voucher, v.code, v.run, v.shard, v.id, v.programme, v.office, CAST(v.month AS BIGINT) AS month, v.until_day, \
     v.fen, v.central, v.province, v.city, v.county, v.state";

fn purses(row: &Row) -> StoreResult<[i64; 4]> {
    Ok([
        row.int("central")?,
        row.int("province")?,
        row.int("city")?,
        row.int("county")?,
    ])
}

pub(crate) fn month_of(row: &Row) -> StoreResult<Month> {
    let number = row.int("month")?;
    let month = i32::try_from(number).ok().and_then(Month::from_number);
    month.ok_or_else(|| StoreError::BadColumn {
        column: "month".to_owned(),
        what: number.to_string(),
    })
}

fn voucher_of(row: &Row) -> StoreResult<Voucher> {
    Ok(Voucher {
        voucher: row.text("voucher")?,
        code: row.text("code")?,
        run: row.text("run")?,
        key: PersonKey {
            shard: row.text("shard")?,
            id: row.text("id")?,
        },
        programme: row.text("programme")?,
        office: row.text("office")?,
        month: month_of(row)?,
        until: row.day("until_day")?,
        fen: row.int("fen")?,
        used: purses(row)?,
        live: row.text("state")? == "live",
    })
}

/// The voucher of a code; nobody else changes it until the transaction ends.
pub(crate) async fn held_by_code(tx: &Tx, code: &str) -> StoreResult<Option<Voucher>> {
    let lock = tx.for_update_of("v");
    let sql = format!("SELECT {VOUCHER} FROM voucher_voucher v WHERE v.code = $1{lock}");
    tx.one(&sql, values![code])
        .await?
        .as_ref()
        .map(voucher_of)
        .transpose()
}

/// The voucher of this key, held.
pub(crate) async fn held(tx: &Tx, voucher: &str) -> StoreResult<Voucher> {
    let lock = tx.for_update_of("v");
    let sql = format!("SELECT {VOUCHER} FROM voucher_voucher v WHERE v.voucher = $1{lock}");
    let row = tx.one(&sql, values![voucher]).await?;
    let row = row.ok_or_else(|| StoreError::Other(format!("voucher_voucher lacks {voucher}")))?;
    voucher_of(&row)
}

/// The voucher of a code, to look at.
pub(crate) async fn by_code(reads: &impl Reads, code: &str) -> StoreResult<Option<Voucher>> {
    let sql = format!("SELECT {VOUCHER} FROM voucher_voucher v WHERE v.code = $1");
    let row = reads.one(&sql, values![code]).await?;
    row.as_ref().map(voucher_of).transpose()
}

/// A person's vouchers, the latest first.
pub(crate) async fn of_person(reads: &impl Reads, key: &PersonKey) -> StoreResult<Vec<Voucher>> {
    let sql = format!(
        "SELECT {VOUCHER} FROM voucher_voucher v WHERE v.shard = $1 AND v.id = $2 ORDER BY v.month DESC, v.programme LIMIT 24"
    );
    let rows = reads
        .all(&sql, values![key.shard.as_str(), key.id.as_str()])
        .await?;
    rows.iter().map(voucher_of).collect()
}

/// Writes what is used of a voucher.
pub(crate) async fn set_used(tx: &mut Tx, voucher: &str, used: [i64; 4]) -> StoreResult<()> {
    let [central, province, city, county] = used;
    tx.run(
        "UPDATE voucher_voucher SET central = $1, province = $2, city = $3, county = $4 WHERE voucher = $5",
        values![central, province, city, county, voucher],
    )
    .await?;
    Ok(())
}

/// 定点机构.
#[derive(Debug, Clone)]
#[expect(clippy::struct_field_names, reason = "its key is named as its column")]
pub(crate) struct Place {
    pub(crate) place: String,
    pub(crate) office: String,
    pub(crate) name: String,
    pub(crate) credit_code: String,
    /// Programme and scope.
    pub(crate) scopes: Vec<(String, String)>,
    pub(crate) bank: String,
    pub(crate) bank_account: String,
    pub(crate) account: String,
    pub(crate) from: Day,
    pub(crate) until: Option<Day>,
}

impl Place {
    /// Whether vouchers are taken there on a day.
    pub(crate) fn open(&self, day: Day) -> bool {
        self.from <= day && self.until.is_none_or(|until| day < until)
    }

    /// Whether a service of a programme is had there for a voucher.
    pub(crate) fn takes(&self, programme: &str, scope: &str) -> bool {
        self.scopes
            .iter()
            .any(|(known, key)| known == programme && key == scope)
    }
}

const PLACE: &str = "p.place, p.office, p.name, p.credit_code, p.scopes, p.bank, p.bank_account, p.account, p.from_day, p.until_day";

fn place_of(row: &Row) -> StoreResult<Place> {
    let scopes = row.text("scopes")?;
    Ok(Place {
        place: row.text("place")?,
        office: row.text("office")?,
        name: row.text("name")?,
        credit_code: row.text("credit_code")?,
        scopes: scopes
            .lines()
            .filter_map(|line| line.split_once('/'))
            .map(|(programme, scope)| (programme.to_owned(), scope.to_owned()))
            .collect(),
        bank: row.text("bank")?,
        bank_account: row.text("bank_account")?,
        account: row.text("account")?,
        from: row.day("from_day")?,
        until: row.opt_day("until_day")?,
    })
}

/// The institutions of these offices, by name.
pub(crate) async fn places(reads: &impl Reads, offices: &[String]) -> StoreResult<Vec<Place>> {
    let mut sql = store::Sql::new(&format!(
        "SELECT {PLACE} FROM voucher_place p WHERE p.office IN (''"
    ));
    for office in offices {
        sql.push(", ").bind(office.as_str());
    }
    sql.push(") ORDER BY p.office, p.name");
    let (text, values) = sql.parts();
    let rows = reads.all(&text, values).await?;
    rows.iter().map(place_of).collect()
}

/// The institution an account works for, the latest where there are several.
pub(crate) async fn place_of_account(
    reads: &impl Reads,
    account: &str,
    day: Day,
) -> StoreResult<Option<Place>> {
    let sql = format!(
        "SELECT {PLACE} FROM voucher_place p WHERE p.account = $1 AND p.from_day <= $2 \
         ORDER BY CASE WHEN p.until_day IS NULL THEN 0 ELSE 1 END, p.from_day DESC, p.place DESC LIMIT 1"
    );
    let row = reads.one(&sql, values![account, day.number()]).await?;
    row.as_ref().map(place_of).transpose()
}

/// A use of a voucher.
#[derive(Debug, Clone)]
pub(crate) struct Use {
    pub(crate) key: String,
    pub(crate) voucher: String,
    pub(crate) place: String,
    pub(crate) scope: String,
    pub(crate) bill: i64,
    pub(crate) fen: i64,
    pub(crate) parts: [i64; 4],
    pub(crate) at: Instant,
    pub(crate) settlement: Option<String>,
    pub(crate) undone: bool,
}

const USE: &str = "u.use_key, u.voucher, u.place, u.scope, u.bill, u.fen, u.central, u.province, u.city, u.county, u.at, \
     u.settlement, u.undone_at";

fn use_of(row: &Row) -> StoreResult<Use> {
    Ok(Use {
        key: row.text("use_key")?,
        voucher: row.text("voucher")?,
        place: row.text("place")?,
        scope: row.text("scope")?,
        bill: row.int("bill")?,
        fen: row.int("fen")?,
        parts: purses(row)?,
        at: row.instant("at")?,
        settlement: row.opt_text("settlement")?,
        undone: row.opt_int("undone_at")?.is_some(),
    })
}

/// A use, if there is one of this key.
pub(crate) async fn find_use(reads: &impl Reads, key: &str) -> StoreResult<Option<Use>> {
    let sql = format!("SELECT {USE} FROM voucher_use u WHERE u.use_key = $1");
    let row = reads.one(&sql, values![key]).await?;
    row.as_ref().map(use_of).transpose()
}

/// The use a form made, if it came before.
pub(crate) async fn use_of_form(
    reads: &impl Reads,
    place: &str,
    form: &str,
) -> StoreResult<Option<Use>> {
    let sql = format!("SELECT {USE} FROM voucher_use u WHERE u.place = $1 AND u.form = $2");
    let row = reads.one(&sql, values![place, form]).await?;
    row.as_ref().map(use_of).transpose()
}

/// The uses of these vouchers, the latest first.
pub(crate) async fn uses_of(reads: &impl Reads, vouchers: &[&str]) -> StoreResult<Vec<Use>> {
    let mut sql = store::Sql::new(&format!(
        "SELECT {USE} FROM voucher_use u WHERE u.voucher IN (''"
    ));
    for voucher in vouchers {
        sql.push(", ").bind(*voucher);
    }
    sql.push(") ORDER BY u.at DESC, u.use_key");
    let (text, values) = sql.parts();
    let rows = reads.all(&text, values).await?;
    rows.iter().map(use_of).collect()
}

/// What an institution took, the latest first.
pub(crate) async fn uses_at(reads: &impl Reads, place: &str, most: i64) -> StoreResult<Vec<Use>> {
    let sql = format!(
        "SELECT {USE} FROM voucher_use u WHERE u.place = $1 ORDER BY u.at DESC, u.use_key LIMIT $2"
    );
    let rows = reads.all(&sql, values![place, most]).await?;
    rows.iter().map(use_of).collect()
}
