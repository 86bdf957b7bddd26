//! One moment of the whole database, read while others write.

use crate::catalogue::Table;
use crate::pool::dialect;
use crate::{Backend, Reads, Store, StoreResult, Value, catalogue, cells, values};
use sea_orm::{
    AccessMode, ConnectionTrait, DatabaseTransaction, IsolationLevel, QueryResult,
    SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait,
};

/// Rows of one piece.
const AT_ONCE: usize = 1_000;

/// A read transaction: everything read through it is of one moment. Writers go on; on SQLite their journal grows until
/// it ends.
pub struct Still {
    transaction: DatabaseTransaction,
    backend: Backend,
}

impl std::fmt::Debug for Still {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Still({:?})", self.backend)
    }
}

impl Store {
    /// Holds the present moment still for reading.
    pub async fn still(&self) -> StoreResult<Still> {
        let backend = self.backend();
        let options = match backend {
            Backend::Sqlite => TransactionOptions {
                sqlite_transaction_mode: Some(SqliteTransactionMode::Deferred),
                ..TransactionOptions::default()
            },
            Backend::Postgres => TransactionOptions {
                isolation_level: Some(IsolationLevel::RepeatableRead),
                access_mode: Some(AccessMode::ReadOnly),
                ..TransactionOptions::default()
            },
        };
        let transaction = self.0.reader.begin_with_options(options).await?;
        let still = Still {
            transaction,
            backend,
        };
        // The moment is that of the first read.
        catalogue::applied(&still).await?;
        Ok(still)
    }
}

impl Still {
    /// Hands every row of a table on as it is encoded ([`cells`]), in the database's order; a piece of the table is in
    /// memory at a time.
    pub async fn each(
        &self,
        table: &Table,
        mut take: impl FnMut(&[u8]) -> StoreResult<()>,
    ) -> StoreResult<()> {
        let mut walk = Walk::begin(self, table).await?;
        let mut row = Vec::new();
        loop {
            let rows = self.query(walk.statement()).await?;
            for found in &rows {
                row.clear();
                cells::encode(found, &table.columns, self.backend, &mut row)?;
                take(&row)?;
            }
            match rows.last() {
                Some(last) if rows.len() >= AT_ONCE => walk.go_on(table, last, &row)?,
                _ => break,
            }
        }
        walk.end(self).await
    }

    async fn query(&self, statement: Statement) -> StoreResult<Vec<QueryResult>> {
        Ok(self.transaction.query_all_raw(statement).await?)
    }

    async fn plain(&self, sql: &str) -> StoreResult<()> {
        self.transaction.execute_unprepared(sql).await?;
        Ok(())
    }

    /// Number of rows and digest of a table.
    pub async fn content(&self, table: &Table) -> StoreResult<cells::Content> {
        let mut content = cells::Content::default();
        self.each(table, |row| {
            content.add(row);
            Ok(())
        })
        .await?;
        Ok(content)
    }

    /// Lets go of the moment.
    pub async fn end(self) -> StoreResult<()> {
        Ok(self.transaction.rollback().await?)
    }
}

/// A way through a table, piece by piece, without sorting it.
enum Walk {
    /// PostgreSQL: a cursor of this name.
    Cursor(String),
    /// SQLite: columns and table, and the row number behind which to go on.
    Numbers(String, i64),
    /// SQLite, a table without row numbers: columns and table, its key, and the key behind which to go on.
    Keys(String, Vec<String>, Vec<Value>),
}

impl Walk {
    async fn begin(still: &Still, table: &Table) -> StoreResult<Self> {
        let names: Vec<&str> = table.columns.iter().map(|c| c.name.as_str()).collect();
        let (columns, name) = (names.join(", "), &table.name);
        if still.backend == Backend::Postgres {
            // A name of its own: what a cursor gives is remembered by the text that asks for it.
            let cursor = format!("walk_{name}");
            still
                .plain(&format!(
                    "DECLARE {cursor} NO SCROLL CURSOR FOR SELECT {columns} FROM {name}"
                ))
                .await?;
            return Ok(Self::Cursor(cursor));
        }
        let listed = "SELECT CAST(wr AS BIGINT) AS n FROM pragma_table_list WHERE name = $1";
        if still.number(listed, values![name.as_str()]).await? == 0 {
            return Ok(Self::Numbers(
                format!("SELECT {columns}, rowid FROM {name}"),
                i64::MIN,
            ));
        }
        let sql = "SELECT name FROM pragma_table_info($1) WHERE pk > 0 ORDER BY pk";
        let rows = still.all(sql, values![name.as_str()]).await?;
        let key = rows
            .iter()
            .map(|row| row.text("name"))
            .collect::<StoreResult<_>>()?;
        Ok(Self::Keys(
            format!("SELECT {columns} FROM {name}"),
            key,
            Vec::new(),
        ))
    }

    /// Asks for the next piece.
    fn statement(&self) -> Statement {
        match self {
            Self::Cursor(name) => Statement::from_string(
                dialect(Backend::Postgres),
                format!("FETCH FORWARD {AT_ONCE} FROM {name}"),
            ),
            Self::Numbers(select, behind) => Statement::from_sql_and_values(
                dialect(Backend::Sqlite),
                format!("{select} WHERE rowid > $1 ORDER BY rowid LIMIT {AT_ONCE}"),
                values![*behind],
            ),
            Self::Keys(select, key, behind) => {
                let key = key.join(", ");
                let places: Vec<String> = (1..=behind.len()).map(|n| format!("${n}")).collect();
                let from = if behind.is_empty() {
                    String::new()
                } else {
                    format!(" WHERE ({key}) > ({})", places.join(", "))
                };
                Statement::from_sql_and_values(
                    dialect(Backend::Sqlite),
                    format!("{select}{from} ORDER BY {key} LIMIT {AT_ONCE}"),
                    behind.clone(),
                )
            }
        }
    }

    /// Goes behind the last row of a piece.
    fn go_on(&mut self, table: &Table, last: &QueryResult, encoded: &[u8]) -> StoreResult<()> {
        match self {
            Self::Cursor(_) => {}
            Self::Numbers(_, behind) => *behind = last.try_get_by_index(table.columns.len())?,
            Self::Keys(_, key, behind) => {
                let Some((_, values)) = cells::Rows::new(encoded, &table.columns).next_row()?
                else {
                    return Ok(());
                };
                let value = |name: &String| {
                    let at = table
                        .columns
                        .iter()
                        .position(|column| column.name == *name)?;
                    values.get(at).cloned()
                };
                *behind = key.iter().filter_map(value).collect();
            }
        }
        Ok(())
    }

    async fn end(self, still: &Still) -> StoreResult<()> {
        match self {
            Self::Cursor(name) => still.plain(&format!("CLOSE {name}")).await,
            Self::Numbers(..) | Self::Keys(..) => Ok(()),
        }
    }
}

impl Reads for Still {
    type Connection = DatabaseTransaction;
    fn connection(&self) -> StoreResult<&Self::Connection> {
        Ok(&self.transaction)
    }
    fn dialect(&self) -> Backend {
        self.backend
    }
}
