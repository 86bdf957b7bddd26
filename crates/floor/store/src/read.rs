//! Reading: the same three calls on the pool and inside a transaction.

use crate::{Backend, Store, StoreError, StoreResult, many::anonymous, pool::dialect};
use sea_orm::{ConnectionTrait, QueryResult, Statement, TryGetable, Value};

/// Anything that can be asked: the [`Store`] (committed data) or a [`crate::Tx`] (its own writes too).
pub trait Reads: Send + Sync {
    #[doc(hidden)]
    type Connection: ConnectionTrait + Send + Sync;
    #[doc(hidden)]
    fn connection(&self) -> StoreResult<&Self::Connection>;
    /// Which database this is.
    fn dialect(&self) -> Backend;

    /// All rows. Placeholders are `$1`, `$2` … on both databases.
    fn all(
        &self,
        sql: &str,
        values: Vec<Value>,
    ) -> impl Future<Output = StoreResult<Vec<Row>>> + Send {
        let text = anonymous(self.dialect(), sql, values.len());
        let statement = Statement::from_sql_and_values(dialect(self.dialect()), &*text, values);
        async move {
            Ok(self
                .connection()?
                .query_all_raw(statement)
                .await?
                .into_iter()
                .map(Row)
                .collect())
        }
    }

    /// The first row, if any.
    fn one(
        &self,
        sql: &str,
        values: Vec<Value>,
    ) -> impl Future<Output = StoreResult<Option<Row>>> + Send {
        let text = anonymous(self.dialect(), sql, values.len());
        let statement = Statement::from_sql_and_values(dialect(self.dialect()), &*text, values);
        async move { Ok(self.connection()?.query_one_raw(statement).await?.map(Row)) }
    }

    /// A count or sum named `n` (cast to BIGINT in the statement); 0 where there is no row.
    fn number(
        &self,
        sql: &str,
        values: Vec<Value>,
    ) -> impl Future<Output = StoreResult<i64>> + Send {
        async move {
            match self.one(sql, values).await? {
                Some(row) => Ok(row.opt_int("n")?.unwrap_or(0)),
                None => Ok(0),
            }
        }
    }
}

impl Reads for Store {
    type Connection = sea_orm::DatabaseConnection;
    fn connection(&self) -> StoreResult<&Self::Connection> {
        Ok(&self.0.reader)
    }
    fn dialect(&self) -> Backend {
        self.0.backend
    }
}

/// One row; getters name the column when it does not hold what they expect.
///
/// Column types of this product: TEXT, BIGINT ([`Row::int`]), INTEGER for days ([`Row::opt_day`]),
/// BOOLEAN ([`Row::opt_flag`]).
#[derive(Debug)]
pub struct Row(QueryResult);

impl Row {
    fn get<T: TryGetable>(&self, column: &str) -> StoreResult<T> {
        self.0
            .try_get("", column)
            .map_err(|error| StoreError::BadColumn {
                column: column.to_owned(),
                what: error.to_string(),
            })
    }

    /// A text.
    pub fn text(&self, column: &str) -> StoreResult<String> {
        self.get(column)
    }

    /// A text or null.
    pub fn opt_text(&self, column: &str) -> StoreResult<Option<String>> {
        self.get(column)
    }

    /// A BIGINT.
    pub fn int(&self, column: &str) -> StoreResult<i64> {
        self.get(column)
    }

    /// A BIGINT or null.
    pub fn opt_int(&self, column: &str) -> StoreResult<Option<i64>> {
        self.get(column)
    }

    /// A BOOLEAN or null.
    pub fn opt_flag(&self, column: &str) -> StoreResult<Option<bool>> {
        self.get(column)
    }

    /// A BOOLEAN.
    pub fn flag(&self, column: &str) -> StoreResult<bool> {
        self.get(column)
    }

    /// A day kept as INTEGER `yyyymmdd`, or null.
    pub fn opt_day(&self, column: &str) -> StoreResult<Option<kernel::Day>> {
        let number: Option<i32> = self.get(column)?;
        number
            .map(|number| {
                kernel::Day::from_number(number).ok_or_else(|| StoreError::BadColumn {
                    column: column.to_owned(),
                    what: format!("{number} is not a day"),
                })
            })
            .transpose()
    }

    /// A day.
    pub fn day(&self, column: &str) -> StoreResult<kernel::Day> {
        self.opt_day(column)?.ok_or_else(|| StoreError::BadColumn {
            column: column.to_owned(),
            what: "null".to_owned(),
        })
    }

    /// A moment kept as BIGINT microseconds, or null.
    pub fn opt_instant(&self, column: &str) -> StoreResult<Option<kernel::Instant>> {
        Ok(self.opt_int(column)?.map(kernel::Instant::from_micros))
    }

    /// A moment.
    pub fn instant(&self, column: &str) -> StoreResult<kernel::Instant> {
        Ok(kernel::Instant::from_micros(self.int(column)?))
    }

    /// An area code, or null.
    pub fn opt_area(&self, column: &str) -> StoreResult<Option<kernel::AreaCode>> {
        self.opt_text(column)?
            .map(|text| {
                text.parse().map_err(
                    |error: kernel::area_code::NotAnArea| StoreError::BadColumn {
                        column: column.to_owned(),
                        what: error.to_string(),
                    },
                )
            })
            .transpose()
    }
}
