//! Records that a national system has or should have: 待报, 已报, 回执, 退回, by scope.

use crate::batch::bad;
use crate::mapped::mapped;
use crate::systems::{self, System};
use area::api::AreaBook;
use authz::Scope;
use kernel::Day;
use people::api::{Person, PersonKey};
use std::collections::BTreeMap;
use store::{Reads, Row, Sql, StoreResult, Tx, Value, scope_condition, values};

/// Where a record stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum State {
    /// 待报.
    Waiting,
    /// 已报: in a file that was made.
    Reported,
    /// 回执: the system took it.
    Received,
    /// 退回: the system refused it, with its reason.
    Returned,
    /// 不再属于: reported once, belongs to the system no longer.
    Ended,
}

impl State {
    pub(crate) const ALL: [Self; 5] = [
        Self::Waiting,
        Self::Reported,
        Self::Received,
        Self::Returned,
        Self::Ended,
    ];

    pub(crate) const fn key(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Reported => "reported",
            Self::Received => "received",
            Self::Returned => "returned",
            Self::Ended => "ended",
        }
    }

    pub(crate) const fn zh(self) -> &'static str {
        match self {
            Self::Waiting => "待报",
            Self::Reported => "已报",
            Self::Received => "回执",
            Self::Returned => "退回",
            Self::Ended => "不再属于",
        }
    }

    pub(crate) const fn pill(self) -> &'static str {
        match self {
            Self::Waiting => "warn",
            Self::Reported => "info",
            Self::Received => "yes",
            Self::Returned => "no",
            Self::Ended => "plain",
        }
    }

    /// How many of them is looked at first.
    pub(crate) const fn tone(self) -> &'static str {
        match self {
            Self::Returned => "danger",
            _ => "",
        }
    }

    /// The state of this key.
    pub(crate) fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.key() == key)
    }
}

/// A record.
#[derive(Debug, Clone)]
pub(crate) struct Record {
    pub(crate) system: String,
    pub(crate) key: PersonKey,
    pub(crate) state: State,
    /// Keyed digest of the row as it would be reported now.
    pub(crate) digest: String,
    /// Places of required columns without a value.
    pub(crate) missing: String,
    /// Keyed digest of the row as it was reported.
    pub(crate) told: Option<String>,
    pub(crate) batch: Option<String>,
    hukou: Option<String>,
    residence: Option<String>,
}

const COLUMNS: &str = "r.system, r.shard, r.id, r.state, r.digest, r.missing, r.told, r.batch, r.hukou_area, r.residence_area";

fn of_row(row: &Row) -> StoreResult<Record> {
    let state = row.text("state")?;
    Ok(Record {
        system: row.text("system")?,
        key: PersonKey {
            shard: row.text("shard")?,
            id: row.text("id")?,
        },
        state: State::from_key(&state).ok_or_else(|| bad("state", &state))?,
        digest: row.text("digest")?,
        missing: row.text("missing")?,
        told: row.opt_text("told")?,
        batch: row.opt_text("batch")?,
        hukou: row.opt_text("hukou_area")?,
        residence: row.opt_text("residence_area")?,
    })
}

impl Record {
    /// Its primary key, as a walk remembers it.
    pub(crate) fn place(&self) -> Vec<String> {
        vec![
            self.system.clone(),
            self.key.shard.clone(),
            self.key.id.clone(),
        ]
    }
}

/// The records behind a primary key, in its order, held until the transaction ends.
pub(crate) async fn next_records(
    tx: &mut Tx,
    after: Option<&[String]>,
    most: i64,
) -> StoreResult<Vec<Record>> {
    let mut sql = Sql::new(&format!("SELECT {COLUMNS} FROM exchange_record r"));
    if let Some([system, shard, id]) = after {
        sql.push(" WHERE (r.system, r.shard, r.id) > (")
            .bind(system.as_str())
            .push(", ")
            .bind(shard.as_str())
            .push(", ")
            .bind(id.as_str())
            .push(")");
    }
    let ending = tx.for_update_of("r");
    sql.push(" ORDER BY r.system, r.shard, r.id LIMIT ")
        .bind(most)
        .push(&ending);
    let (text, values) = sql.parts();
    tx.all(&text, values).await?.iter().map(of_row).collect()
}

/// Writes digests of the same rows under another key.
pub(crate) async fn set_digests(
    tx: &mut Tx,
    record: &Record,
    digest: Option<&String>,
    told: Option<&String>,
) -> StoreResult<()> {
    let sql = "UPDATE exchange_record SET digest = $1, told = $2 WHERE system = $3 AND shard = $4 AND id = $5";
    let values = values![
        digest.unwrap_or(&record.digest).as_str(),
        told.or(record.told.as_ref()).cloned(),
        record.system.as_str(),
        record.key.shard.as_str(),
        record.key.id.as_str(),
    ];
    tx.run(sql, values).await?;
    Ok(())
}

/// The subject under which the reason of a return stands.
pub(crate) fn words_of(system: &str, id: &str) -> String {
    format!("{system}/{id}")
}

/// Which records a list shows.
#[derive(Debug, Clone, Default)]
pub(crate) struct Which {
    pub(crate) state: Option<State>,
    /// Only those that lack (true) or have (false) every required value.
    pub(crate) missing: Option<bool>,
    pub(crate) area: Option<kernel::AreaCode>,
}

fn conditions(system: &System, scope: &Scope, which: &Which) -> Sql {
    let mut sql = Sql::new(" FROM exchange_record r WHERE r.system = ");
    sql.bind(system.key.as_str()).push(" AND ");
    sql.append(&scope_condition(scope, "r"));
    if let Some(state) = which.state {
        sql.push(" AND r.state = ").bind(state.key());
    }
    if let Some(missing) = which.missing {
        sql.push(if missing {
            " AND r.missing <> ''"
        } else {
            " AND r.missing = ''"
        });
    }
    if let Some(area) = which.area {
        sql.push(" AND ")
            .append(&scope_condition(&Scope::Areas(vec![area]), "r"));
    }
    sql
}

/// How many there are.
pub(crate) async fn count(
    reads: &impl Reads,
    system: &System,
    scope: &Scope,
    which: &Which,
) -> StoreResult<i64> {
    let mut sql = Sql::new("SELECT CAST(count(*) AS BIGINT) AS n");
    sql.append(&conditions(system, scope, which));
    let (text, values) = sql.parts();
    reads.number(&text, values).await
}

/// A page of them, in key order.
pub(crate) async fn page(
    reads: &impl Reads,
    system: &System,
    scope: &Scope,
    which: &Which,
    (skip, most): (i64, i64),
) -> StoreResult<Vec<Record>> {
    let mut sql = Sql::new(&format!("SELECT {COLUMNS}"));
    sql.append(&conditions(system, scope, which));
    sql.push(" ORDER BY r.shard, r.id LIMIT ").bind(most);
    sql.push(" OFFSET ").bind(skip);
    let (text, values) = sql.parts();
    let rows = reads.all(&text, values).await?;
    rows.iter().map(of_row).collect()
}

/// Records that wait and lack nothing, in key order behind a key.
pub(crate) async fn waiting(
    reads: &impl Reads,
    system: &System,
    scope: &Scope,
    after: Option<&PersonKey>,
    most: i64,
) -> StoreResult<Vec<PersonKey>> {
    let which = Which {
        state: Some(State::Waiting),
        missing: Some(false),
        area: None,
    };
    let mut sql = Sql::new(&format!("SELECT {COLUMNS}"));
    sql.append(&conditions(system, scope, &which));
    behind(&mut sql, after, most);
    let (text, values) = sql.parts();
    let rows = reads.all(&text, values).await?;
    rows.iter()
        .map(|row| Ok(of_row(row)?.key))
        .collect::<StoreResult<_>>()
}

fn behind(sql: &mut Sql, after: Option<&PersonKey>, most: i64) {
    if let Some(key) = after {
        sql.push(" AND (r.shard > ").bind(key.shard.as_str());
        sql.push(" OR (r.shard = ").bind(key.shard.as_str());
        sql.push(" AND r.id > ").bind(key.id.as_str()).push("))");
    }
    sql.push(" ORDER BY r.shard, r.id LIMIT ").bind(most);
}

/// All records of a scope, in key order behind a key.
pub(crate) async fn after(
    reads: &impl Reads,
    system: &System,
    scope: &Scope,
    key: Option<&PersonKey>,
    most: i64,
) -> StoreResult<Vec<Record>> {
    let mut sql = Sql::new(&format!("SELECT {COLUMNS}"));
    sql.append(&conditions(system, scope, &Which::default()));
    behind(&mut sql, key, most);
    let (text, values) = sql.parts();
    let rows = reads.all(&text, values).await?;
    rows.iter().map(of_row).collect()
}

/// Counts by area (county, or the first nine digits below one) and state within a scope. A record counts in the area
/// of its 户籍, or of 常住 where the 户籍 lies outside the scope.
pub(crate) async fn counts(
    reads: &impl Reads,
    system: &System,
    scope: &Scope,
) -> StoreResult<BTreeMap<(String, State), i64>> {
    let mut inside = Sql::new("CASE WHEN ");
    let hukou = match scope {
        Scope::Areas(areas) => {
            let mut sql = Sql::new("(1 = 0");
            for (from, until) in kernel::area_code::ranges(areas) {
                sql.push(" OR (r.hukou_area >= ").bind(from);
                sql.push(" AND r.hukou_area < ").bind(until).push(")");
            }
            sql.push(")");
            sql
        }
        _ => Sql::new("(1 = 1)"),
    };
    inside.append(&hukou);
    inside.push(" THEN substr(r.hukou_area, 1, 6) ELSE substr(r.residence_area, 1, 6) END");
    let mut sql = Sql::new("SELECT area, state, CAST(count(*) AS BIGINT) AS n FROM (SELECT ");
    sql.append(&inside);
    sql.push(" AS area, r.state AS state");
    sql.append(&conditions(system, scope, &Which::default()));
    sql.push(") AS counted GROUP BY area, state");
    let (text, values) = sql.parts();
    let mut out = BTreeMap::new();
    for row in reads.all(&text, values).await? {
        let state = row.text("state")?;
        let state = State::from_key(&state).ok_or_else(|| bad("state", &state))?;
        let area = row.opt_text("area")?.unwrap_or_default();
        *out.entry((area, state)).or_insert(0) += row.int("n")?;
    }
    Ok(out)
}

/// People asked for in one statement.
const AT_ONCE: usize = 500;

/// The records of these people.
pub(crate) async fn among(
    reads: &impl Reads,
    system: Option<&System>,
    people: &[PersonKey],
) -> StoreResult<Vec<Record>> {
    let mut out = Vec::new();
    for part in people.chunks(AT_ONCE) {
        let mut sql = Sql::new(&format!(
            "SELECT {COLUMNS} FROM exchange_record r WHERE r.id IN (''"
        ));
        for key in part {
            sql.push(", ").bind(key.id.as_str());
        }
        sql.push(")");
        if let Some(system) = system {
            sql.push(" AND r.system = ").bind(system.key.as_str());
        }
        let (text, values) = sql.parts();
        for row in reads.all(&text, values).await? {
            out.push(of_row(&row)?);
        }
    }
    Ok(out)
}

/// The record of somebody in a system.
pub(crate) async fn find(
    reads: &impl Reads,
    system: &System,
    id: &str,
) -> StoreResult<Option<Record>> {
    let sql = format!("SELECT {COLUMNS} FROM exchange_record r WHERE r.system = $1 AND r.id = $2");
    let row = reads.one(&sql, values![system.key.as_str(), id]).await?;
    row.as_ref().map(of_row).transpose()
}

/// What looking at people came to.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Moved {
    /// Records that came to be.
    pub(crate) new: i64,
    /// Records that changed.
    pub(crate) changed: i64,
}

/// Brings the records of a system to what is known of these people now: new ones wait, those whose row differs from
/// what was reported wait again, those who belong no longer end. With `new` only, people without a record get one.
pub(crate) async fn look(
    tx: &mut Tx,
    book: &AreaBook,
    system: &System,
    people: &[Person],
    known: &BTreeMap<String, Record>,
    (today, add): (Day, bool),
) -> StoreResult<Moved> {
    let mut moved = Moved::default();
    let mut fresh: Vec<Vec<Value>> = Vec::new();
    let (at, store) = (tx.at().micros(), tx.store().clone());
    for person in people {
        let belongs = system.takes(&person.facts, today);
        let subject = person.subject();
        let hukou = subject.hukou.map(|code| code.to_string());
        let residence = subject.residence.map(|code| code.to_string());
        let Some(record) = known.get(&person.key.id) else {
            if belongs && add {
                let row = mapped(&store, book, system, person, today)?;
                fresh.push(values![
                    system.key.as_str(),
                    person.key.shard.as_str(),
                    person.key.id.as_str(),
                    hukou,
                    residence,
                    State::Waiting.key(),
                    row.digest(store.keys(), system),
                    row.missing_text(),
                    at,
                ]);
                moved.new += 1;
            }
            continue;
        };
        let place = values![
            system.key.as_str(),
            person.key.shard.as_str(),
            person.key.id.as_str()
        ];
        if !belongs {
            if record.told.is_none() {
                let sql =
                    "DELETE FROM exchange_record WHERE system = $1 AND shard = $2 AND id = $3";
                tx.run(sql, place).await?;
                moved.changed += 1;
            } else if record.state != State::Ended {
                let sql = "UPDATE exchange_record SET state = 'ended' WHERE system = $1 AND shard = $2 AND id = $3";
                tx.run(sql, place).await?;
                moved.changed += 1;
            }
            continue;
        }
        let row = mapped(&store, book, system, person, today)?;
        let (digest, missing) = (row.digest(store.keys(), system), row.missing_text());
        let differs = record.told.as_deref() != Some(digest.as_str());
        let state = match record.state {
            State::Reported | State::Received | State::Ended if differs => State::Waiting,
            // Back again, and nothing changed: as it was reported.
            State::Ended => State::Reported,
            // What the system refused is tried again once something about it is different.
            State::Returned if digest != record.digest => State::Waiting,
            state => state,
        };
        let moves = record.hukou != hukou || record.residence != residence;
        if state == record.state && digest == record.digest && missing == record.missing && !moves {
            continue;
        }
        let sql = "UPDATE exchange_record SET state = $1, digest = $2, missing = $3, hukou_area = $4, \
             residence_area = $5, at = $6 WHERE system = $7 AND shard = $8 AND id = $9";
        let mut values = values![state.key(), digest, missing, hukou, residence, at];
        values.extend(place);
        tx.run(sql, values).await?;
        moved.changed += 1;
    }
    let columns = [
        "system",
        "shard",
        "id",
        "hukou_area",
        "residence_area",
        "state",
        "digest",
        "missing",
        "at",
    ];
    tx.insert_many_ending(
        "exchange_record",
        &columns,
        fresh,
        " ON CONFLICT (system, shard, id) DO NOTHING",
    )
    .await?;
    Ok(moved)
}

/// The records of a file that was made are reported; whose row changed meanwhile waits on.
pub(crate) async fn reported(tx: &mut Tx, system: &str, batch: &str) -> StoreResult<()> {
    let at = tx.at().micros();
    let line =
        "SELECT l.digest FROM exchange_line l WHERE l.batch = $1 AND l.id = exchange_record.id";
    let sql = format!(
        "UPDATE exchange_record SET told = ({line}), batch = $1, at = $2, \
         state = CASE WHEN digest = ({line}) THEN 'reported' ELSE 'waiting' END \
         WHERE system = $3 AND id IN (SELECT m.id FROM exchange_line m WHERE m.batch = $1)"
    );
    tx.run(&sql, values![batch, at, system]).await?;
    Ok(())
}

/// What a receipt says of a record of this file: taken or refused. False where it had moved on already.
pub(crate) async fn receipt(
    tx: &mut Tx,
    system: &str,
    batch: &str,
    key: &PersonKey,
    taken: bool,
) -> StoreResult<bool> {
    let at = tx.at().micros();
    let state = if taken {
        State::Received
    } else {
        State::Returned
    };
    let sql = "UPDATE exchange_record SET state = $1, at = $2 \
         WHERE system = $3 AND batch = $4 AND shard = $5 AND id = $6 AND state = 'reported'";
    let values = values![
        state.key(),
        at,
        system,
        batch,
        key.shard.as_str(),
        key.id.as_str()
    ];
    Ok(tx.run(sql, values).await? == 1)
}

/// An officer has mended what the system refused: it waits again. False where it is not returned.
pub(crate) async fn again(tx: &mut Tx, system: &System, key: &PersonKey) -> StoreResult<bool> {
    let sql = "UPDATE exchange_record SET state = 'waiting' \
         WHERE system = $1 AND shard = $2 AND id = $3 AND state = 'returned'";
    let values = values![system.key.as_str(), key.shard.as_str(), key.id.as_str()];
    Ok(tx.run(sql, values).await? == 1)
}

/// How many records of the systems this role reports to were returned, within a scope.
pub(crate) async fn returned(
    reads: &impl Reads,
    role: authz::Role,
    scope: &Scope,
) -> StoreResult<i64> {
    let which = Which {
        state: Some(State::Returned),
        ..Which::default()
    };
    let mut sum = 0;
    for system in systems::all().iter().filter(|system| system.seen_by(role)) {
        sum += count(reads, system, scope, &which).await?;
    }
    Ok(sum)
}
