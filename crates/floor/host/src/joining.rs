//! Two files become one person: what each capability keeps under the key of the file that gives way is led to the file
//! that stays, and back where that is undone, without anybody knowing all of it.

use crate::app::{App, Boxed, PersonKey};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::sync::Arc;
use store::{Reads, Sql, StoreError, StoreResult, Tx, Value};

/// Leads what is kept of `from` to `to`; returns what it takes to lead it back.
pub type Join = Arc<
    dyn for<'a> Fn(
            &'a App,
            &'a mut Tx,
            &'a PersonKey,
            &'a PersonKey,
        ) -> Boxed<'a, StoreResult<Json>>
        + Send
        + Sync,
>;
/// Leads it back from `to` to `from`, by what [`Join`] returned.
pub type Part = Arc<
    dyn for<'a> Fn(&'a mut Tx, &'a PersonKey, &'a PersonKey, Json) -> Boxed<'a, StoreResult<()>>
        + Send
        + Sync,
>;

/// A capability's part in making one person of two files. The transaction's areas follow afterwards, with the change of
/// facts; the caller audits.
#[derive(Clone)]
pub struct Joining {
    /// Names what it led in the journal of a merge; never changed.
    pub name: &'static str,
    /// What it leads, as pages say it: 「能力评估」.
    pub title: &'static str,
    /// There.
    pub join: Join,
    /// And back.
    pub part: Part,
    /// How many matters there were, by what [`Join`] returned.
    pub count: fn(&Json) -> usize,
}

impl std::fmt::Debug for Joining {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Joining({})", self.name)
    }
}

/// A table of matters, each of one person.
#[derive(Debug, Clone, Copy)]
pub struct Matters {
    /// Its name.
    pub table: &'static str,
    /// The column that names a matter.
    pub key: &'static str,
    /// The column that names the person, beside `shard`.
    pub person: &'static str,
    /// Which rows are led, as a condition over the table's columns.
    pub which: &'static str,
    /// Where somebody has only one of a sort open at a time.
    pub once: Option<Once>,
}

/// What a person has only one of at a time: where both files have it, that of the file that gives way is ended.
#[derive(Debug, Clone, Copy)]
pub struct Once {
    /// Columns, texts, in which two are of one sort.
    pub same: &'static [&'static str],
    /// Whether it is open, as a condition over the table's columns.
    pub open: &'static str,
    /// What its column `state` says once it is ended.
    pub ended: &'static str,
}

/// What was led.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Led {
    keys: Vec<String>,
    /// With the state they had.
    ended: Vec<(String, String)>,
}

impl Joining {
    /// Of tables whose rows only have to bear another person's key.
    pub fn of(name: &'static str, title: &'static str, tables: &'static [Matters]) -> Self {
        Self {
            name,
            title,
            join: Arc::new(move |_app, tx, from, to| Box::pin(lead(tx, tables, from, to))),
            part: Arc::new(move |tx, from, to, led| Box::pin(lead_back(tx, tables, from, to, led))),
            count: led,
        }
    }
}

/// How many matters [`lead`] led, by what it returned.
pub fn led(led: &Json) -> usize {
    let tables = led.as_object().into_iter().flatten();
    tables
        .filter_map(|(_, table)| table.get("keys")?.as_array())
        .map(Vec::len)
        .sum()
}

/// Leads the rows of these tables on.
pub async fn lead(
    tx: &mut Tx,
    tables: &[Matters],
    from: &PersonKey,
    to: &PersonKey,
) -> StoreResult<Json> {
    let mut out: BTreeMap<&str, Led> = BTreeMap::new();
    for matters in tables {
        let mut led = Led::default();
        if let Some(once) = matters.once {
            led.ended = matters.end_doubles(tx, once, from, to).await?;
        }
        led.keys = matters.keys(tx, from).await?;
        matters.give(tx, &led.keys, to).await?;
        if !led.keys.is_empty() {
            out.insert(matters.table, led);
        }
    }
    serde_json::to_value(out).map_err(|error| StoreError::Other(error.to_string()))
}

/// Leads them back, those that are still there.
pub async fn lead_back(
    tx: &mut Tx,
    tables: &[Matters],
    from: &PersonKey,
    to: &PersonKey,
    led: Json,
) -> StoreResult<()> {
    let mut led: BTreeMap<String, Led> =
        serde_json::from_value(led).map_err(|error| StoreError::Other(error.to_string()))?;
    for matters in tables {
        let Some(led) = led.remove(matters.table) else {
            continue;
        };
        let here = matters.keys(tx, to).await?;
        let back: Vec<String> = led
            .keys
            .into_iter()
            .filter(|key| here.contains(key))
            .collect();
        matters.give(tx, &back, from).await?;
        let Some(once) = matters.once else { continue };
        for (key, state) in led.ended {
            let sql = format!(
                "UPDATE {} SET state = $1 WHERE {} = $2 AND state = $3",
                matters.table, matters.key
            );
            let values = store::values![state, key, once.ended];
            tx.run(&sql, values).await?;
        }
    }
    Ok(())
}

impl Matters {
    async fn keys(&self, tx: &Tx, of: &PersonKey) -> StoreResult<Vec<String>> {
        let sql = format!(
            "SELECT {key} AS key FROM {} WHERE shard = $1 AND {} = $2 AND {} ORDER BY {key}",
            self.table,
            self.person,
            self.which,
            key = self.key,
        );
        let rows = tx
            .all(&sql, store::values![of.shard.as_str(), of.id.as_str()])
            .await?;
        rows.iter().map(|row| row.text("key")).collect()
    }

    async fn give(&self, tx: &mut Tx, keys: &[String], to: &PersonKey) -> StoreResult<()> {
        for part in keys.chunks(500) {
            let mut sql = Sql::new("UPDATE ");
            sql.push(self.table)
                .push(" SET shard = ")
                .bind(to.shard.as_str());
            sql.push(", ")
                .push(self.person)
                .push(" = ")
                .bind(to.id.as_str());
            sql.push(" WHERE ").push(self.key).push(" IN (");
            for (place, key) in part.iter().enumerate() {
                sql.push(if place == 0 { "" } else { ", " })
                    .bind(key.as_str());
            }
            sql.push(")");
            let (text, values) = sql.parts();
            tx.run(&text, values).await?;
        }
        Ok(())
    }

    /// The open matters of somebody with their state, by their sort.
    async fn open(
        &self,
        tx: &Tx,
        once: Once,
        of: &PersonKey,
    ) -> StoreResult<BTreeMap<Vec<String>, (String, String)>> {
        let columns = [&["state"], once.same].concat().join(", ");
        let sql = format!(
            "SELECT {} AS key, {columns} FROM {} WHERE shard = $1 AND {} = $2 AND {}",
            self.key, self.table, self.person, once.open
        );
        let rows = tx
            .all(&sql, store::values![of.shard.as_str(), of.id.as_str()])
            .await?;
        let mut out = BTreeMap::new();
        for row in &rows {
            let sort = once.same.iter().map(|name| row.text(name));
            let sort: Vec<String> = sort.collect::<StoreResult<_>>()?;
            out.insert(sort, (row.text("key")?, row.text("state")?));
        }
        Ok(out)
    }

    /// Ends what both have open.
    async fn end_doubles(
        &self,
        tx: &mut Tx,
        once: Once,
        from: &PersonKey,
        to: &PersonKey,
    ) -> StoreResult<Vec<(String, String)>> {
        let stays = self.open(tx, once, to).await?;
        let mut out = Vec::new();
        for (sort, (key, state)) in self.open(tx, once, from).await? {
            if !stays.contains_key(&sort) {
                continue;
            }
            let sql = format!(
                "UPDATE {} SET state = $1 WHERE {} = $2",
                self.table, self.key
            );
            let values: Vec<Value> = store::values![once.ended, key.as_str()];
            tx.run(&sql, values).await?;
            out.push((key, state));
        }
        Ok(out)
    }
}
