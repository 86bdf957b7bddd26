//! Receipts and which programmes are connected.

use crate::connected::{Connected, PaidHere};
use crate::standing::Receipt;
use host::PersonKey;
use std::collections::{BTreeMap, BTreeSet};
use store::{Reads, Row, StoreResult, Tx, values};

fn receipt_of(row: &Row) -> StoreResult<Receipt> {
    Ok(Receipt {
        programme: row.text("programme")?,
        from: row.day("from_day")?,
        until: row.opt_day("until_day")?,
        fen: row.int("fen")?,
        payer: row.text("payer")?,
        source: row.text("source")?,
        recorded: row.instant("recorded_at")?,
    })
}

const READ: &str = "SELECT r.id, r.programme, r.from_day, r.until_day, r.fen, p.payer, p.source, r.recorded_at FROM entitle_receipt r \
     JOIN entitle_payer p ON p.no = r.payer";

/// The receipts of one person, latest first.
pub(crate) async fn of(reads: &impl Reads, key: &PersonKey) -> StoreResult<Vec<Receipt>> {
    let rows = reads
        .all(
            &format!(
                "{READ} WHERE r.shard = $1 AND r.id = $2 ORDER BY r.from_day DESC, r.programme"
            ),
            values![key.shard.as_str(), key.id.as_str()],
        )
        .await?;
    rows.iter().map(receipt_of).collect()
}

/// The receipts of these people, by person id.
pub(crate) async fn of_many(
    reads: &impl Reads,
    keys: &[PersonKey],
) -> StoreResult<BTreeMap<String, Vec<Receipt>>> {
    let mut out: BTreeMap<String, Vec<Receipt>> = BTreeMap::new();
    let mut sql = store::Sql::new(&format!("{READ} WHERE "));
    sql.append(&super::of_keys("r.", keys))
        .push(" ORDER BY r.from_day DESC, r.programme");
    let (text, values) = sql.parts();
    for row in reads.all(&text, values).await? {
        out.entry(row.text("id")?)
            .or_default()
            .push(receipt_of(&row)?);
    }
    Ok(out)
}

/// Programmes whose roll was ever loaded, and what is paid here.
pub(crate) async fn connected(reads: &impl Reads) -> StoreResult<Connected> {
    let rolls = reads
        .all("SELECT programme FROM entitle_roll", vec![])
        .await?;
    let rolls: BTreeSet<String> = rolls
        .iter()
        .map(|row| row.text("programme"))
        .collect::<StoreResult<_>>()?;
    let sql = "SELECT programme, area, from_day, recorded_at FROM entitle_paid_here ORDER BY programme, area";
    let paid = reads.all(sql, vec![]).await?;
    let paid = paid.iter().map(|row| {
        Ok(PaidHere {
            programme: row.text("programme")?,
            area: row
                .opt_area("area")?
                .ok_or_else(|| store::StoreError::BadColumn {
                    column: "entitle_paid_here.area".to_owned(),
                    what: String::new(),
                })?,
            from: row.day("from_day")?,
            recorded: row.instant("recorded_at")?,
        })
    });
    Ok(Connected::new(rolls, paid.collect::<StoreResult<_>>()?))
}

/// Notes that a programme is paid here in an area; whether that is new.
pub(crate) async fn paid_here(
    tx: &mut Tx,
    programme: &str,
    area: &kernel::AreaCode,
    from: kernel::Day,
) -> StoreResult<bool> {
    let at = tx.at().micros();
    let done = tx
        .run(
            "INSERT INTO entitle_paid_here (programme, area, from_day, recorded_at) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (programme, area) DO NOTHING",
            values![programme, area.to_string(), from.number(), at],
        )
        .await?;
    Ok(done > 0)
}

/// Beside a transaction that wrote receipts: who was registered in it may receive something, too.
pub(crate) struct Written;

/// Loads a roll of what is in payment. Each row is a person and what they receive.
pub(crate) async fn insert(tx: &mut Tx, rows: &[(PersonKey, Receipt)]) -> StoreResult<()> {
    if !rows.is_empty() {
        tx.keep(Written);
    }
    let mut out = Vec::with_capacity(rows.len());
    let mut payers: BTreeMap<(&str, &str), i64> = BTreeMap::new();
    for (key, receipt) in rows {
        let words = (receipt.payer.as_str(), receipt.source.as_str());
        let known = payers.get(&words).copied();
        let payer = if let Some(no) = known {
            no
        } else {
            let both = [("payer", words.0), ("source", words.1)];
            let no = super::number_of(tx, "entitle_payer", "no", &both).await?;
            payers.insert(words, no);
            no
        };
        out.push(values![
            key.shard.as_str(),
            key.id.as_str(),
            receipt.programme.as_str(),
            receipt.from.number(),
            receipt.recorded.micros(),
            receipt.until.map(kernel::Day::number),
            receipt.fen,
            payer,
        ]);
    }
    tx.insert_many(
        "entitle_receipt",
        &[
            "shard",
            "id",
            "programme",
            "from_day",
            "recorded_at",
            "until_day",
            "fen",
            "payer",
        ],
        out,
    )
    .await
}

/// Gives the receipts of a file another key: aside and back.
pub(crate) async fn rename(tx: &mut Tx, from: &PersonKey, to: &PersonKey) -> StoreResult<()> {
    tx.run(
        "UPDATE entitle_receipt SET shard = $1 WHERE shard = $2 AND id = $3",
        values![to.shard.as_str(), from.shard.as_str(), from.id.as_str()],
    )
    .await?;
    Ok(())
}

/// Takes out one receipt that had been added from another file.
pub(crate) async fn remove_one(
    tx: &mut Tx,
    key: &PersonKey,
    programme: &str,
    from: i32,
    recorded: i64,
) -> StoreResult<()> {
    tx.run(
        "DELETE FROM entitle_receipt WHERE shard = $1 AND id = $2 AND programme = $3 AND from_day = $4 AND recorded_at = $5",
        values![key.shard.as_str(), key.id.as_str(), programme, from, recorded],
    )
    .await?;
    Ok(())
}

/// Marks a programme as connected.
pub(crate) async fn connect(
    tx: &mut Tx,
    programme: &str,
    source: &str,
    people: i64,
) -> StoreResult<()> {
    let at = tx.at().micros();
    tx.run(
        "INSERT INTO entitle_roll (programme, loaded_at, source, people) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (programme) DO UPDATE SET loaded_at = excluded.loaded_at, source = excluded.source, people = excluded.people",
        values![programme, at, source, people],
    )
    .await?;
    Ok(())
}

/// Writes the end of one receipt.
pub(crate) async fn set_until(
    tx: &mut Tx,
    key: &PersonKey,
    programme: &str,
    (from, recorded): (i32, i64),
    until: Option<i32>,
) -> StoreResult<()> {
    tx.run(
        "UPDATE entitle_receipt SET until_day = $1 WHERE shard = $2 AND id = $3 AND programme = $4 AND from_day = $5 \
         AND recorded_at = $6",
        values![
            until,
            key.shard.as_str(),
            key.id.as_str(),
            programme,
            from,
            recorded,
        ],
    )
    .await?;
    Ok(())
}

/// Somebody who receives something on a day, with where they are registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receiving {
    /// Key.
    pub key: PersonKey,
    /// 户籍地.
    pub hukou: Option<kernel::AreaCode>,
    /// Fen per cycle.
    pub fen: i64,
}

/// Who receives of a programme on a day, in key order behind a key; whoever receives twice stands there twice, and
/// never at the end of one page and the beginning of the next.
pub(crate) async fn receiving(
    reads: &impl Reads,
    programme: &str,
    on: kernel::Day,
    after: Option<&PersonKey>,
    most: i64,
) -> StoreResult<Vec<Receiving>> {
    let mut sql = store::Sql::new(
        "SELECT r.shard, r.id, r.fen, a.hukou_area FROM entitle_receipt r \
         JOIN entitle_answer a ON a.shard = r.shard AND a.id = r.id WHERE r.programme = ",
    );
    sql.bind(programme)
        .push(" AND r.from_day <= ")
        .bind(on.number());
    sql.push(" AND (r.until_day IS NULL OR r.until_day > ")
        .bind(on.number())
        .push(")");
    if let Some(key) = after {
        sql.push(" AND (r.shard, r.id) > (")
            .bind(key.shard.as_str());
        sql.push(", ").bind(key.id.as_str()).push(")");
    }
    sql.push(" ORDER BY r.shard, r.id LIMIT ").bind(most);
    let (text, values) = sql.parts();
    let rows = reads.all(&text, values).await?;
    let mut out: Vec<Receiving> = rows
        .iter()
        .map(|row| {
            Ok(Receiving {
                key: PersonKey {
                    shard: row.text("shard")?,
                    id: row.text("id")?,
                },
                hukou: row.opt_area("hukou_area")?,
                fen: row.int("fen")?,
            })
        })
        .collect::<StoreResult<_>>()?;
    let last = out.last().map(|one| one.key.clone());
    if out.len() as i64 == most && out.first().map(|one| &one.key) != last.as_ref() {
        out.retain(|one| Some(&one.key) != last.as_ref());
    }
    Ok(out)
}

/// People whose receipts stand on a source.
pub(crate) async fn paid_by(
    reads: &impl Reads,
    source: &str,
    most: i64,
) -> StoreResult<Vec<PersonKey>> {
    let rows = reads
        .all(
            "SELECT DISTINCT r.shard, r.id FROM entitle_receipt r WHERE r.payer IN \
             (SELECT p.no FROM entitle_payer p WHERE p.source = $1) ORDER BY r.shard, r.id LIMIT $2",
            values![source, most],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(PersonKey {
                shard: row.text("shard")?,
                id: row.text("id")?,
            })
        })
        .collect()
}

/// Removes receipts of these people that stand on a source.
pub(crate) async fn remove(tx: &mut Tx, keys: &[PersonKey], source: &str) -> StoreResult<()> {
    let mut sql = store::Sql::new(
        "DELETE FROM entitle_receipt WHERE payer IN (SELECT p.no FROM entitle_payer p WHERE p.source = ",
    );
    sql.bind(source)
        .push(") AND ")
        .append(&super::of_keys("", keys));
    let (text, values) = sql.parts();
    tx.run(&text, values).await?;
    Ok(())
}

/// Forgets the rolls of programmes that nobody receives or received by a roll; what is paid here says nothing of others.
pub(crate) async fn disconnect_unpaid(tx: &mut Tx) -> StoreResult<bool> {
    let done = tx.run(
        "DELETE FROM entitle_roll WHERE NOT EXISTS (SELECT 1 FROM entitle_receipt r JOIN entitle_payer p ON p.no = r.payer \
         WHERE r.programme = entitle_roll.programme AND p.source <> $1)",
        values![crate::api::PAID_HERE],
    )
    .await?;
    Ok(done > 0)
}

/// The receipts of a programme in a shard that are in force on a day or later, behind a person.
pub(crate) async fn after(
    reads: &impl Reads,
    programme: &str,
    shard: &str,
    after: &str,
    day: kernel::Day,
    most: i64,
) -> StoreResult<Vec<crate::api::Received>> {
    let sql = "SELECT r.shard, r.id, r.from_day, r.until_day, r.fen, r.recorded_at, p.source, a.hukou_area, a.residence_area \
         FROM entitle_receipt r JOIN entitle_payer p ON p.no = r.payer LEFT JOIN entitle_answer a ON a.shard = r.shard \
         AND a.id = r.id WHERE r.shard = $1 AND r.id > $2 AND r.programme = $3 AND (r.until_day IS NULL OR r.until_day > $4) \
         ORDER BY r.id, r.from_day LIMIT $5";
    let values = values![shard, after, programme, day.number(), most];
    let rows = reads.all(sql, values).await?;
    rows.iter()
        .map(|row| {
            Ok(crate::api::Received {
                key: PersonKey {
                    shard: row.text("shard")?,
                    id: row.text("id")?,
                },
                hukou: row.opt_area("hukou_area")?,
                residence: row.opt_area("residence_area")?,
                from: row.day("from_day")?,
                until: row.opt_day("until_day")?,
                fen: row.int("fen")?,
                source: row.text("source")?,
                recorded: row.instant("recorded_at")?,
            })
        })
        .collect()
}
