//! What can go wrong between us and the database; bad data names table, column and row.

/// Result of the floor.
pub type StoreResult<T> = Result<T, StoreError>;

/// A failure of the database floor.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database refused or was not there.
    #[error("database: {0}")]
    Database(#[from] sea_orm::DbErr),
    /// A unique rule refused the row: somebody else has it already.
    #[error("already exists: {0}")]
    Duplicate(String),
    /// A column holds something the code cannot read.
    #[error("column {column}: {what}")]
    BadColumn {
        /// Column as named in the statement.
        column: String,
        /// What was found.
        what: String,
    },
    /// A sealed value does not open with the keys at hand.
    #[error("secret of {field}: {what}")]
    Secret {
        /// The field.
        field: String,
        /// Why.
        what: String,
    },
    /// A transaction was about to commit without an audit row.
    #[error("a write to {0} without an audit row")]
    Unaudited(String),
    /// The database was made by a newer version.
    #[error("the database knows migration {0}, this version does not: use a newer laoyou")]
    Newer(String),
    /// The database is half of an archive: filling it was cut short.
    #[error(
        "the database was being restored from archive {0} and this was cut short: run laoyou restore with the same archive again"
    )]
    HalfRestored(String),
    /// A landed migration was changed.
    #[error("migration {0} differs from the one that made this database")]
    ChangedMigration(String),
    /// Anything else, said plainly.
    #[error("{0}")]
    Other(String),
}

impl StoreError {
    /// Whether a unique rule refused the row.
    pub fn is_duplicate(&self) -> bool {
        match self {
            Self::Duplicate(_) => true,
            Self::Database(error) => {
                matches!(
                    error.sql_err(),
                    Some(sea_orm::SqlErr::UniqueConstraintViolation(_))
                )
            }
            _ => false,
        }
    }

    /// Whether trying the whole transaction again may help (busy, serialization failure).
    pub fn is_retryable(&self) -> bool {
        let Self::Database(error) = self else {
            return false;
        };
        let text = error.to_string();
        ["40001", "40P01", "database is locked", "SQLITE_BUSY"]
            .iter()
            .any(|sign| text.contains(sign))
    }
}
