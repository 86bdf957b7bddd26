//! A write: one transaction that ends with an audit row, or not at all.

use crate::audit::{self, Audit};
use crate::gate::Passed;
use crate::many::anonymous;
use crate::pool::dialect;
use crate::rowset;
use crate::{Backend, Reads, Store, StoreError, StoreResult};
use authz::Actor;
use kernel::Instant;
use sea_orm::{
    ConnectionTrait, DatabaseTransaction, SqliteTransactionMode, Statement, TransactionOptions,
    TransactionTrait, Value,
};
use std::any::{Any, TypeId};
use std::collections::HashMap;

/// SQLite allows 32,766 values a statement, PostgreSQL 65,535.
const VALUES_PER_STATEMENT: usize = 30_000;
/// Rows of one statement.
const MOST_ROWS: usize = 512;

/// Rows from which the number of rows of a statement is a power of two.
const FEW_ROWS: usize = 32;

/// Rows of the next statement: a power of two, so that the same few texts come again and are compiled once; the last few
/// rows are one statement of their own.
fn rows_at_once(left: usize, most: usize) -> usize {
    if left < FEW_ROWS.min(most) {
        return left;
    }
    1 << left.min(most).max(1).ilog2()
}

/// A running write transaction; rolled back when dropped.
pub struct Tx {
    transaction: Option<DatabaseTransaction>,
    store: Store,
    actor: Actor,
    request: Option<String>,
    at: Instant,
    audits: Vec<Audit>,
    written: Option<String>,
    kept: HashMap<TypeId, Box<dyn Any + Send + Sync>>,
    _gate: Option<Passed>,
}

impl std::fmt::Debug for Tx {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Tx({} at {})", self.actor.id, self.at)
    }
}

pub(crate) async fn begin(store: &Store, actor: &Actor, request: Option<&str>) -> StoreResult<Tx> {
    let gate = match store.backend() {
        Backend::Sqlite => Some(store.0.gate.pass().await),
        Backend::Postgres => None,
    };
    let options = TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
    };
    let transaction = store.0.writer.begin_with_options(options).await?;
    Ok(Tx {
        transaction: Some(transaction),
        store: store.clone(),
        actor: actor.clone(),
        request: request.map(str::to_owned),
        at: store.clock().now(),
        audits: Vec::new(),
        written: None,
        kept: HashMap::new(),
        _gate: gate,
    })
}

impl Tx {
    /// The moment this transaction records.
    pub fn at(&self) -> Instant {
        self.at
    }

    /// Who writes.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// The database this transaction belongs to (for ids and keys).
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Runs a statement; returns how many rows it touched. A unique rule's refusal is
    /// [`StoreError::Duplicate`].
    pub async fn run(&mut self, sql: &str, values: Vec<Value>) -> StoreResult<u64> {
        let text = anonymous(self.dialect(), sql, values.len());
        let statement = Statement::from_sql_and_values(dialect(self.dialect()), &*text, values);
        let result = self.connection()?.execute_raw(statement).await;
        let done = result.map_err(|error| {
            let error = StoreError::from(error);
            if error.is_duplicate() {
                StoreError::Duplicate(error.to_string())
            } else {
                error
            }
        })?;
        if self.written.is_none() {
            self.written = Some(sql.split_whitespace().take(3).collect::<Vec<_>>().join(" "));
        }
        Ok(done.rows_affected())
    }

    /// The end of a SELECT whose rows of the table under `alias` this transaction is going to write: nobody
    /// else changes them until it ends. SQLite's gate has seen to that already.
    pub fn for_update_of(&self, alias: &str) -> String {
        match self.dialect() {
            Backend::Sqlite => String::new(),
            Backend::Postgres => format!(" FOR UPDATE OF {alias}"),
        }
    }

    /// Inserts many rows, as few statements as the database allows.
    pub async fn insert_many(
        &mut self,
        table: &str,
        columns: &[&str],
        rows: Vec<Vec<Value>>,
    ) -> StoreResult<()> {
        self.insert_many_ending(table, columns, rows, "").await
    }

    /// As [`Tx::insert_many`], with what to do where a row is already there: ` ON CONFLICT …`.
    pub async fn insert_many_ending(
        &mut self,
        table: &str,
        columns: &[&str],
        rows: Vec<Vec<Value>>,
        ending: &str,
    ) -> StoreResult<()> {
        if self.dialect() == Backend::Postgres
            && let Some(texts) = rowset::texts(columns, &rows)
        {
            let sql = rowset::sql(table, columns) + ending;
            for text in texts {
                self.run(&sql, vec![Value::from(text)]).await?;
            }
            return Ok(());
        }
        let most = (VALUES_PER_STATEMENT / columns.len().max(1)).clamp(1, MOST_ROWS);
        let mut rows = rows.into_iter();
        while rows.len() > 0 {
            let count = rows_at_once(rows.len(), most);
            let chunk: Vec<Vec<Value>> = rows.by_ref().take(count).collect();
            let sql = insert_sql(self.dialect(), table, columns, count) + ending;
            self.run(&sql, chunk.into_iter().flatten().collect())
                .await?;
        }
        Ok(())
    }

    /// Says in the log what this transaction does; written with it.
    pub fn audit(&mut self, entry: Audit) {
        self.audits.push(entry);
    }

    /// Puts an event into the outbox, in this transaction; returns its id. The payload holds keys, never names.
    pub async fn emit(&mut self, topic: &str, payload: &serde_json::Value) -> StoreResult<String> {
        let (id, at) = (self.store.new_id(), self.at.micros());
        self.run(
            "INSERT INTO outbox (id, at, topic, payload) VALUES ($1, $2, $3, $4)",
            crate::values![id.as_str(), at, topic, payload.to_string()],
        )
        .await?;
        Ok(id)
    }

    /// Keeps something beside the transaction until it ends, in the place of what was kept of this type: rows as they
    /// were just written, so that a hook need not read them again. Whoever writes them otherwise takes it out first.
    pub fn keep<T: Any + Send + Sync>(&mut self, what: T) {
        self.kept.insert(TypeId::of::<T>(), Box::new(what));
    }

    /// What was kept of this type.
    pub fn kept<T: Any + Send + Sync>(&self) -> Option<&T> {
        let what = self.kept.get(&TypeId::of::<T>())?;
        what.downcast_ref()
    }

    /// Takes out what was kept of this type.
    pub fn take<T: Any + Send + Sync>(&mut self) -> Option<T> {
        let what = self.kept.remove(&TypeId::of::<T>())?;
        what.downcast().ok().map(|what| *what)
    }

    pub(crate) fn forget_written(&mut self) {
        self.written = None;
    }

    /// Commits what is the log itself, the schema or rows of an archive, which brings its own log.
    pub(crate) async fn commit_unlogged(mut self) -> StoreResult<()> {
        self.forget_written();
        self.commit().await
    }

    /// Commits. Refused when something was written and nothing audited (row M05).
    pub async fn commit(mut self) -> StoreResult<()> {
        if let Some(written) = &self.written
            && self.audits.is_empty()
        {
            return Err(StoreError::Unaudited(written.clone()));
        }
        let audits = std::mem::take(&mut self.audits);
        let rows = audit::rows(
            &self.store,
            self.at,
            &self.actor,
            self.request.as_deref(),
            &audits,
        );
        let seen = audit::seen(&rows, &audits);
        self.insert_many("audit_row", audit::COLUMNS, rows).await?;
        self.insert_many("audit_seen", audit::SEEN_COLUMNS, seen)
            .await?;
        if let Some(transaction) = self.transaction.take() {
            transaction.commit().await?;
        }
        if let Some(journal) = &self.store.0.journal {
            journal.look();
        }
        Ok(())
    }

    /// Takes everything back.
    pub async fn rollback(mut self) -> StoreResult<()> {
        if let Some(transaction) = self.transaction.take() {
            transaction.rollback().await?;
        }
        Ok(())
    }
}

impl Reads for Tx {
    type Connection = DatabaseTransaction;
    fn connection(&self) -> StoreResult<&Self::Connection> {
        self.transaction
            .as_ref()
            .ok_or_else(|| StoreError::Other("the transaction has ended".to_owned()))
    }
    fn dialect(&self) -> Backend {
        self.store.backend()
    }
}

/// `$1` is a *named* parameter to SQLite, and naming thousands of them costs quadratic time: a bulk
/// insert uses the anonymous `?` there.
fn insert_sql(backend: Backend, table: &str, columns: &[&str], rows: usize) -> String {
    let mut sql = format!("INSERT INTO {table} ({}) VALUES ", columns.join(", "));
    let mut place = 0;
    for row in 0..rows {
        sql.push_str(if row == 0 { "(" } else { ", (" });
        for column in 0..columns.len() {
            place += 1;
            if column > 0 {
                sql.push_str(", ");
            }
            match backend {
                Backend::Sqlite => sql.push('?'),
                Backend::Postgres => sql.push_str(&format!("${place}")),
            }
        }
        sql.push(')');
    }
    sql
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Many rows are written by few statements of few sizes, none too large.
    #[test]
    fn rows_are_written_by_powers_of_two() {
        let parts = |rows: usize, most: usize| {
            let (mut left, mut out) = (rows, Vec::new());
            while left > 0 {
                let count = rows_at_once(left, most);
                out.push(count);
                left -= count;
            }
            out
        };
        assert_eq!(parts(187, 512), [128, 32, 27]);
        assert_eq!(parts(1, 512), [1]);
        assert_eq!(parts(900, 389), [256, 256, 256, 128, 4]);
        assert_eq!(parts(31, 20), [16, 15]);
        assert_eq!(parts(3, 1), [1, 1, 1]);
    }
}
