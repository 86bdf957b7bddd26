//! Accounts that people are paid into: sealed, found by a keyed digest, shown by their last four digits. A change is a
//! new number with who confirmed it; the old one stays with what was paid into it.

use crate::bankfile::ACCOUNT;
use host::PersonKey;
use std::collections::HashMap;
use store::rekey::{BlindColumn, Held, KeyColumn, SealedTable, whole};
use store::{Audit, Reads, Row, Sealed, Sql, Store, StoreResult, Tx, values};

/// How many digits the digest of a number has.
const INDEX_DIGITS: usize = 32;

/// Where numbers stand, for the turning to another key.
pub(crate) static SEALED: SealedTable = SealedTable {
    table: "pay_account",
    key: &[
        KeyColumn::Text("shard"),
        KeyColumn::Text("id"),
        KeyColumn::Number("no"),
    ],
    holds: &[Held::Sealed {
        column: "number",
        field: ACCOUNT,
        blinds: &[BlindColumn {
            column: "number_index",
            field: ACCOUNT,
            digits: INDEX_DIGITS,
            of: whole,
        }],
    }],
};

/// Kinds of accounts: key and name.
pub const KINDS: &[(&str, &str)] = &[
    ("social_card", "社会保障卡"),
    ("other_card", "其他银行卡（写明原因）"),
    ("guardian", "监护人或代领人账户"),
    ("body", "机构对公账户"),
];

/// The name of a kind.
pub fn kind_zh(kind: &str) -> &'static str {
    KINDS
        .iter()
        .find(|(key, _)| *key == kind)
        .map_or("其他", |(_, name)| *name)
}

/// An account.
#[derive(Debug, Clone)]
pub struct Account {
    /// Number within the person.
    pub no: i64,
    /// Its kind.
    pub kind: String,
    /// 开户行.
    pub bank: String,
    /// Whose name is on it, where it is not the person's.
    pub holder: Option<String>,
    /// Sealed number.
    pub number: Sealed,
    /// Who confirmed it: `person`, `village`.
    pub confirmed: String,
}

impl Account {
    /// The last four digits.
    pub fn tail(&self, store: &Store) -> StoreResult<String> {
        let number = store.keys().open(ACCOUNT, &self.number)?;
        let from = number.len().saturating_sub(4);
        Ok(number.get(from..).unwrap_or_default().to_owned())
    }
}

/// A new account.
#[derive(Debug, Clone)]
pub struct New {
    /// Whose.
    pub key: PersonKey,
    /// Its kind.
    pub kind: String,
    /// 开户行.
    pub bank: String,
    /// Whose name is on it, where it is not the person's.
    pub holder: Option<String>,
    /// The number.
    pub number: String,
    /// Who confirmed it.
    pub confirmed: String,
}

/// What is wrong with a number, in Chinese; cards carry a check digit (Luhn).
pub fn number_problem(number: &str, card: bool) -> Option<&'static str> {
    let digits: Vec<u32> = number
        .chars()
        .filter_map(|sign| sign.to_digit(10))
        .collect();
    if digits.len() != number.chars().count() || !(8..=32).contains(&digits.len()) {
        return Some("账号应为 8 到 32 位数字");
    }
    if !card {
        return None;
    }
    if !(16..=19).contains(&digits.len()) {
        return Some("卡号应为 16 到 19 位数字");
    }
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, digit)| match place % 2 {
            0 => *digit,
            _ if *digit > 4 => digit * 2 - 9,
            _ => digit * 2,
        })
        .sum();
    (!sum.is_multiple_of(10)).then_some("卡号的校验位不对，请对照卡面重新输入")
}

/// Registers an account; the one before is no longer in use.
pub async fn set(tx: &mut Tx, new: &New) -> StoreResult<()> {
    let key = || values![new.key.shard.as_str(), new.key.id.as_str()];
    let sql = "SELECT max(no) + 1 AS n FROM pay_account WHERE shard = $1 AND id = $2";
    let no = tx.number(sql, key()).await?.max(1);
    let mut old = key();
    old.push(false.into());
    tx.run(
        "UPDATE pay_account SET live = $3 WHERE shard = $1 AND id = $2 AND live",
        old,
    )
    .await?;
    insert(tx, std::slice::from_ref(new), no).await?;
    tx.audit(Audit::new("pay.account").person(&new.key.shard, &new.key.id));
    Ok(())
}

/// Writes accounts of people who have none.
pub async fn insert(tx: &mut Tx, new: &[New], no: i64) -> StoreResult<()> {
    let (by, at) = (tx.actor().id.clone(), tx.at().micros());
    let mut rows = Vec::with_capacity(new.len());
    for one in new {
        let sealed = tx.store().keys().seal(ACCOUNT, &one.number)?;
        rows.push(values![
            one.key.shard.as_str(),
            one.key.id.as_str(),
            no,
            one.kind.as_str(),
            one.bank.as_str(),
            one.holder.clone(),
            sealed.0,
            tx.store().keys().blind(ACCOUNT, &one.number),
            true,
            one.confirmed.as_str(),
            by.as_str(),
            at,
        ]);
    }
    tx.insert_many(
        "pay_account",
        &[
            "shard",
            "id",
            "no",
            "kind",
            "bank",
            "holder",
            "number",
            "number_index",
            "live",
            "confirmed",
            "recorded_by",
            "recorded_at",
        ],
        rows,
    )
    .await
}

/// Gives somebody without an account in use the one of another file of theirs; its number, where it was given.
pub(crate) async fn give(
    tx: &mut Tx,
    from: &PersonKey,
    to: &PersonKey,
) -> StoreResult<Option<i64>> {
    let live = "SELECT CAST(count(*) AS BIGINT) AS n FROM pay_account WHERE live AND shard = $1 AND id = $2";
    let key = || values![to.shard.as_str(), to.id.as_str()];
    if tx.number(live, key()).await? > 0 {
        return Ok(None);
    }
    let next = "SELECT max(no) + 1 AS n FROM pay_account WHERE shard = $1 AND id = $2";
    let no = tx.number(next, key()).await?.max(1);
    let mut values = key();
    values.extend(values![no, from.shard.as_str(), from.id.as_str()]);
    let given = tx
        .run(
            "INSERT INTO pay_account (shard, id, no, kind, bank, holder, number, number_index, live, confirmed, recorded_by, \
             recorded_at) SELECT $1, $2, CAST($3 AS BIGINT), kind, bank, holder, number, number_index, live, confirmed, recorded_by, recorded_at \
             FROM pay_account WHERE live AND shard = $4 AND id = $5",
            values,
        )
        .await?;
    Ok((given == 1).then_some(no))
}

/// Takes an account that was given out of use.
pub(crate) async fn take_back(tx: &mut Tx, of: &PersonKey, no: Option<i64>) -> StoreResult<()> {
    let Some(no) = no else { return Ok(()) };
    let values = values![false, of.shard.as_str(), of.id.as_str(), no];
    tx.run(
        "UPDATE pay_account SET live = $1 WHERE shard = $2 AND id = $3 AND no = $4 AND live",
        values,
    )
    .await?;
    Ok(())
}

fn of_row(row: &Row) -> StoreResult<Account> {
    Ok(Account {
        no: row.int("no")?,
        kind: row.text("kind")?,
        bank: row.text("bank")?,
        holder: row.opt_text("holder")?,
        number: Sealed(row.text("number")?),
        confirmed: row.text("confirmed")?,
    })
}

/// The accounts of one person, the one in use first.
pub async fn of_person(reads: &impl Reads, key: &PersonKey) -> StoreResult<Vec<Account>> {
    let sql = "SELECT no, kind, bank, holder, number, confirmed FROM pay_account WHERE shard = $1 AND id = $2 ORDER BY no DESC";
    let rows = reads
        .all(sql, values![key.shard.as_str(), key.id.as_str()])
        .await?;
    rows.iter().map(of_row).collect()
}

/// The accounts in use of these people, by person.
pub(crate) async fn of_many(
    reads: &impl Reads,
    keys: &[PersonKey],
) -> StoreResult<HashMap<String, Account>> {
    let mut out = HashMap::new();
    for keys in keys.chunks(400) {
        let mut sql = Sql::new(
            "SELECT id, no, kind, bank, holder, number, confirmed FROM pay_account WHERE live AND (1 = 0",
        );
        for key in keys {
            sql.push(" OR (shard = ").bind(key.shard.as_str());
            sql.push(" AND id = ").bind(key.id.as_str()).push(")");
        }
        sql.push(")");
        let (text, values) = sql.parts();
        for row in &reads.all(&text, values).await? {
            out.insert(row.text("id")?, of_row(row)?);
        }
    }
    Ok(out)
}
