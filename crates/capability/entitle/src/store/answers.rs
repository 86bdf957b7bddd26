//! Current answers: one row a person.

use crate::standing::{Places, Standing};
use authz::Scope;
use host::PersonKey;
use kernel::{AreaCode, Day, Instant};
use rules::folder::AreaBasis;
use std::collections::BTreeMap;
use store::{Reads, Row, Sql, StoreResult, Tx, Value, scope_condition, values};

/// A stored answer row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answered {
    /// Where the person stood.
    pub standing: Standing,
    /// Where they were counted.
    pub places: Places,
    /// The day it answers for.
    pub as_of: Day,
    /// The list it came from.
    pub digest: String,
    /// When it was written.
    pub written: Instant,
}

const COLUMNS: &[&str] = &[
    "shard",
    "id",
    "hukou_area",
    "residence_area",
    "birth_date",
    "household",
    "list",
    "as_of",
    "yes",
    "unknown",
    "ask",
    "receiving",
    "owed",
    "undue",
    "missing_low",
    "missing_high",
    "amounts",
    "next_change",
    "answered_at",
];

/// What to write for a person.
pub(crate) struct AnswerRow<'a> {
    pub(crate) key: &'a PersonKey,
    pub(crate) places: Places,
    pub(crate) birth: Option<Day>,
    pub(crate) household: Option<&'a str>,
    pub(crate) standing: &'a Standing,
    pub(crate) digest: &'a str,
    pub(crate) as_of: Day,
    pub(crate) next_change: Option<Day>,
}

/// The values of a row; `list` is the number of its digest.
pub(crate) fn values_of(row: &AnswerRow<'_>, list: i64, at: i64) -> Vec<Value> {
    let standing = row.standing;
    let amounts: Vec<String> = standing
        .amounts
        .iter()
        .map(|(no, fen)| format!("{no}:{fen}"))
        .collect();
    values![
        row.key.shard.as_str(),
        row.key.id.as_str(),
        row.places.hukou.map(|code| code.to_string()),
        row.places.residence.map(|code| code.to_string()),
        row.birth.map(Day::number),
        row.household.map(str::to_owned),
        list,
        row.as_of.number(),
        standing.yes as i64,
        standing.unknown as i64,
        standing.ask as i64,
        standing.receiving as i64,
        standing.owed as i64,
        standing.undue as i64,
        standing.missing as u64 as i64,
        (standing.missing >> 64) as u64 as i64,
        amounts.join(","),
        row.next_change.map(Day::number),
        at,
    ]
}

/// Writes rows in bulk, in the place of those that stand there.
pub(crate) async fn put(tx: &mut Tx, rows: &[AnswerRow<'_>], fresh: bool) -> StoreResult<()> {
    let mut values = Vec::with_capacity(rows.len());
    let mut list: Option<(&str, i64)> = None;
    for row in rows {
        let no = match list {
            Some((digest, no)) if digest == row.digest => no,
            _ => list_no(tx, row.digest).await?,
        };
        list = Some((row.digest, no));
        values.push(values_of(row, no, tx.at().micros()));
    }
    if fresh {
        return insert_rows(tx, values).await;
    }
    let mut ending = String::from(" ON CONFLICT (shard, id) DO UPDATE SET ");
    for (place, column) in COLUMNS.iter().skip(2).enumerate() {
        ending.push_str(if place == 0 { "" } else { ", " });
        ending.push_str(&format!("{column} = excluded.{column}"));
    }
    tx.insert_many_ending("entitle_answer", COLUMNS, values, &ending)
        .await
}

/// Inserts rows of [`values_of`].
pub(crate) async fn insert_rows(tx: &mut Tx, rows: Vec<Vec<Value>>) -> StoreResult<()> {
    tx.insert_many("entitle_answer", COLUMNS, rows).await
}

/// The number of a list's digest: it stands once, not in every row.
pub(crate) async fn list_no(tx: &mut Tx, digest: &str) -> StoreResult<i64> {
    super::number_of(tx, "entitle_list", "no", &[("digest", digest)]).await
}

/// Removes the rows of these people, before they are written anew.
pub(crate) async fn remove(tx: &mut Tx, keys: &[PersonKey]) -> StoreResult<()> {
    let mut sql = Sql::new("DELETE FROM entitle_answer WHERE ");
    sql.append(&super::of_keys("", keys));
    let (text, values) = sql.parts();
    tx.run(&text, values).await?;
    Ok(())
}

fn answered_of(row: &Row) -> StoreResult<Answered> {
    let mut amounts = BTreeMap::new();
    for pair in row
        .text("amounts")?
        .split(',')
        .filter(|pair| !pair.is_empty())
    {
        if let Some((no, fen)) = pair.split_once(':')
            && let (Ok(no), Ok(fen)) = (no.parse(), fen.parse())
        {
            amounts.insert(no, fen);
        }
    }
    let mask = |column: &str| row.int(column).map(|bits| bits as u64);
    let missing = u128::from(mask("missing_low")?) | (u128::from(mask("missing_high")?) << 64);
    Ok(Answered {
        standing: Standing {
            yes: mask("yes")?,
            unknown: mask("unknown")?,
            ask: mask("ask")?,
            receiving: mask("receiving")?,
            owed: mask("owed")?,
            undue: mask("undue")?,
            missing,
            amounts,
            found: Vec::new(),
        },
        places: Places {
            hukou: row.opt_area("hukou_area")?,
            residence: row.opt_area("residence_area")?,
        },
        as_of: row.day("as_of")?,
        digest: row.text("digest")?,
        written: row.instant("answered_at")?,
    })
}

const READ: &str = "SELECT a.id, a.hukou_area, a.residence_area, a.as_of, l.digest, a.yes, a.unknown, a.ask, a.receiving, a.owed, \
     a.undue, a.missing_low, a.missing_high, a.amounts, a.answered_at FROM entitle_answer a JOIN entitle_list l ON l.no = a.list";

/// The stored answers of these people, by id.
pub(crate) async fn of_many(
    reads: &impl Reads,
    keys: &[PersonKey],
) -> StoreResult<BTreeMap<String, Answered>> {
    let mut out = BTreeMap::new();
    let mut sql = Sql::new(&format!("{READ} WHERE "));
    sql.append(&super::of_keys("a.", keys));
    let (text, values) = sql.parts();
    for row in reads.all(&text, values).await? {
        out.insert(row.text("id")?, answered_of(&row)?);
    }
    Ok(out)
}

/// When these people were answered, by id; who never was is not there.
pub(crate) async fn answered_at(
    reads: &impl Reads,
    keys: &[PersonKey],
) -> StoreResult<BTreeMap<String, Instant>> {
    let mut out = BTreeMap::new();
    if keys.is_empty() {
        return Ok(out);
    }
    let mut sql = Sql::new("SELECT a.id, a.answered_at FROM entitle_answer a WHERE ");
    sql.append(&super::of_keys("a.", keys));
    let (text, values) = sql.parts();
    for row in reads.all(&text, values).await? {
        out.insert(row.text("id")?, row.instant("answered_at")?);
    }
    Ok(out)
}

/// Which people a list of one state wants.
#[derive(Debug, Clone)]
pub(crate) struct Wanted {
    /// Column of the state: one of [`crate::tally::STATES`], or `no`, or `missing`.
    pub state: &'static str,
    /// The bit of item or fact.
    pub bit: u64,
    /// For `missing`: whether the bit stands in the upper half.
    pub high: bool,
    /// Where the item counts.
    pub basis: AreaBasis,
    /// Only there; empty for no restriction.
    pub areas: Vec<AreaCode>,
    /// Rows to leave out.
    pub skip: i64,
    /// Rows at the most.
    pub most: i64,
}

fn wanted(scope: &Scope, wanted: &Wanted) -> Sql {
    let mut sql = Sql::new(" WHERE ");
    sql.append(&scope_condition(scope, "a"));
    let column = match wanted.state {
        "missing" if wanted.high => "missing_high",
        "missing" => "missing_low",
        other => other,
    };
    if wanted.state == "no" {
        sql.push(" AND ((a.yes | a.unknown | a.ask) & ")
            .bind(wanted.bit as i64)
            .push(") = 0");
    } else {
        sql.push(" AND (a.")
            .push(column)
            .push(" & ")
            .bind(wanted.bit as i64)
            .push(") <> 0");
    }
    let column = match wanted.basis {
        // People are counted by a missing fact where they live, or where they are registered.
        _ if wanted.state == "missing" => "coalesce(a.residence_area, a.hukou_area)",
        AreaBasis::Hukou => "a.hukou_area",
        AreaBasis::Residence | AreaBasis::Facility => "a.residence_area",
    };
    sql.append(&super::in_areas(column, &wanted.areas));
    sql
}

/// Ids of one page, oldest first, with their answers.
pub(crate) async fn page(
    reads: &impl Reads,
    scope: &Scope,
    filter: &Wanted,
) -> StoreResult<Vec<(String, Answered)>> {
    let mut sql = Sql::new(READ);
    sql.append(&wanted(scope, filter))
        .push(" ORDER BY a.birth_date, a.id LIMIT ")
        .bind(filter.most);
    sql.push(" OFFSET ").bind(filter.skip);
    let (text, values) = sql.parts();
    reads
        .all(&text, values)
        .await?
        .iter()
        .map(|row| Ok((row.text("id")?, answered_of(row)?)))
        .collect()
}

/// How many there are, counted up to 10,001.
pub(crate) async fn count(reads: &impl Reads, scope: &Scope, filter: &Wanted) -> StoreResult<i64> {
    let mut sql = Sql::new("SELECT count(*) AS n FROM (SELECT 1 AS one FROM entitle_answer a");
    sql.append(&wanted(scope, filter))
        .push(" LIMIT 10001) AS counted");
    let (text, values) = sql.parts();
    reads.number(&text, values).await
}

/// Distinct households with an item's yes in an area (items counted by 户).
pub(crate) async fn households(
    reads: &impl Reads,
    bit: u64,
    basis: AreaBasis,
    areas: &[AreaCode],
) -> StoreResult<i64> {
    let column = match basis {
        AreaBasis::Hukou => "a.hukou_area",
        AreaBasis::Residence | AreaBasis::Facility => "a.residence_area",
    };
    let mut sql = Sql::new(
        "SELECT count(DISTINCT coalesce(a.household, a.id)) AS n FROM entitle_answer a WHERE (a.yes & ",
    );
    sql.bind(bit as i64)
        .push(") <> 0")
        .append(&super::in_areas(column, areas));
    let (text, values) = sql.parts();
    reads.number(&text, values).await
}

/// People whose answers may have changed by `today` only because days passed, in key order behind a key: the
/// night walks everybody once.
pub(crate) async fn due(
    reads: &impl Reads,
    today: Day,
    after: Option<&PersonKey>,
    most: i64,
) -> StoreResult<Vec<PersonKey>> {
    let mut sql = Sql::new("SELECT a.shard, a.id FROM entitle_answer a WHERE a.next_change <= ");
    sql.bind(today.number())
        .push(" AND a.as_of < ")
        .bind(today.number());
    if let Some(key) = after {
        sql.push(" AND (a.shard > ").bind(key.shard.as_str());
        sql.push(" OR (a.shard = ").bind(key.shard.as_str());
        sql.push(" AND a.id > ").bind(key.id.as_str()).push("))");
    }
    sql.push(" ORDER BY a.shard, a.id LIMIT ").bind(most);
    let (text, values) = sql.parts();
    let rows = reads.all(&text, values).await?;
    rows.iter()
        .map(|row| {
            Ok(PersonKey {
                shard: row.text("shard")?,
                id: row.text("id")?,
            })
        })
        .collect()
}
