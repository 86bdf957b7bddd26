//! What the register blanks of a person whose time is over, and whose time that is.

use super::alias::{aside, leading_to};
use super::person::BY_ID;
use crate::api::PersonKey;
use host::{DueAsk, DueRecord, ERASED, Erasing, blank_texts};
use kernel::AreaCode;
use store::{Keys, Reads, Row, Sealed, StoreResult, Tx, values};

/// Columns that may call somebody, of a file that is theirs or gave way to it.
const CALLED: &str = "name, provisional, id_number, phone";

/// What a row may be called by: name, and numbers opened.
fn called(row: &Row, keys: &Keys, out: &mut Erasing) -> StoreResult<()> {
    let name = row.text("name")?;
    if name != ERASED && !out.names.contains(&name) {
        out.names.push(name);
    }
    out.numbers.extend(row.opt_text("provisional")?);
    for column in ["id_number", "phone"] {
        if let Some(sealed) = row.opt_text(column)? {
            out.numbers.push(keys.open(column, &Sealed(sealed))?);
        }
    }
    Ok(())
}

/// Whoever is to be erased, with all that texts may call them by; `None` where there is no such person.
pub(crate) async fn erasing(
    reads: &impl Reads,
    keys: &Keys,
    id: &str,
) -> StoreResult<Option<Erasing>> {
    let sql = format!(
        "SELECT p.shard, p.name, p.provisional, p.id_number, p.phone {BY_ID} WHERE p.id = $1"
    );
    let Some(row) = reads.one(&sql, values![id]).await? else {
        return Ok(None);
    };
    let mut out = Erasing {
        keys: vec![PersonKey {
            shard: row.text("shard")?,
            id: id.to_owned(),
        }],
        names: Vec::new(),
        numbers: Vec::new(),
    };
    called(&row, keys, &mut out)?;
    for alias in leading_to(reads, id).await? {
        let sql = format!("SELECT {CALLED} FROM people_alias WHERE shard = $1 AND id = $2");
        let key = values![alias.key.shard.as_str(), alias.key.id.as_str()];
        if let Some(row) = reads.one(&sql, key).await? {
            called(&row, keys, &mut out)?;
        }
        out.keys.push(alias.key);
    }
    out.numbers.sort();
    out.numbers.dedup();
    Ok(Some(out))
}

/// Columns of a file that are blanked; the name says that it was.
const BLANK: &str = "provisional = NULL, id_number = NULL, id_number_index = NULL, id_last_four_index = NULL, phone = NULL, \
     phone_index = NULL, address = NULL, contact_name = NULL, contact_phone = NULL, contact_relation = NULL, \
     household = NULL, relation = NULL";

/// Blanks these people's files, remarks and ties to others. Facts, their history and events stay under the key.
pub(crate) async fn erase(tx: &mut Tx, people: &[Erasing]) -> StoreResult<()> {
    let at = tx.at().micros();
    for person in people {
        for key in &person.keys {
            let row = values![ERASED, at, key.shard.as_str(), key.id.as_str()];
            for table in ["people_person", "people_alias"] {
                let sql = format!(
                    "UPDATE {table} SET name = $1, {BLANK}, changed_at = $2, version = version + 1 WHERE shard = $3 AND id = $4"
                );
                tx.run(&sql, row.clone()).await?;
            }
            let aside = aside(key);
            for shard in [&key.shard, &aside.shard] {
                let of_theirs = values![shard.as_str(), key.id.as_str()];
                tx.run(
                    "DELETE FROM people_remark WHERE shard = $1 AND person = $2",
                    of_theirs.clone(),
                )
                .await?;
                tx.run(
                    "DELETE FROM people_ward WHERE shard = $1 AND child = $2",
                    of_theirs,
                )
                .await?;
            }
            tx.run(
                "DELETE FROM people_ward WHERE guardian = $1",
                values![key.id.as_str()],
            )
            .await?;
        }
    }
    origins(tx, people).await?;
    blank_texts(tx, people, "people_remark", &["remark"]).await?;
    Ok(())
}

/// Sources that name a file by its 临时编号: two of them must not become one.
async fn origins(tx: &mut Tx, people: &[Erasing]) -> StoreResult<()> {
    for person in people {
        for word in person.words() {
            let sql = "SELECT code, source FROM people_origin WHERE source LIKE $1";
            for row in tx.all(sql, values![format!("%{word}%")]).await? {
                let (code, source) = (row.int("code")?, row.text("source")?);
                if let Some(blank) = person.blank(&source) {
                    tx.run(
                        "UPDATE people_origin SET source = $1 WHERE code = $2",
                        values![format!("{blank}#{code}"), code],
                    )
                    .await?;
                }
            }
        }
    }
    Ok(())
}

/// How an event makes somebody's file due.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Ended {
    /// By death.
    Dead,
    /// By moving away for good.
    Left,
}

/// People whose file ended before a day and was not erased yet.
pub(crate) async fn due(
    reads: &impl Reads,
    ended: Ended,
    ask: &DueAsk,
) -> StoreResult<Vec<DueRecord>> {
    let (column, and) = match ended {
        Ended::Dead => ("dead_on", "p.alive = $3"),
        // Whoever died later is due by that.
        Ended::Left => ("moved_out_on", "(p.alive IS NULL OR p.alive <> $3)"),
    };
    let (from, only) = match &ask.only {
        Some(_) => (BY_ID, " AND p.id = $4"),
        None => ("FROM people_person p", ""),
    };
    let sql = format!(
        "SELECT p.shard, p.id, p.residence_area, p.hukou_area, p.{column} AS ended {from} \
         WHERE p.{column} < $1 AND p.name <> $2 AND {and}{only} ORDER BY p.shard, p.id"
    );
    let mut asked = values![ask.before.number(), ERASED, false];
    asked.extend(ask.only.as_deref().map(store::Value::from));
    let rows = reads.all(&sql, asked).await?;
    rows.iter()
        .map(|row| {
            let id = row.text("id")?;
            let area: Option<AreaCode> = match row.opt_area("residence_area")? {
                Some(area) => Some(area),
                None => row.opt_area("hukou_area")?,
            };
            Ok(DueRecord {
                person: Some(PersonKey {
                    shard: row.text("shard")?,
                    id: id.clone(),
                }),
                id,
                area,
                day: row.day("ended")?,
            })
        })
        .collect()
}
