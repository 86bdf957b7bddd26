//! Which tables a database has, and what their columns hold: the same answer on both databases.

use crate::{Backend, Reads, StoreError, StoreResult, values};

/// The table of what has been migrated; it belongs to the schema, not to the content.
pub(crate) const SCHEMA: &str = "schema_migration";

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// TEXT.
    Text,
    /// BIGINT.
    Int,
    /// INTEGER, of four bytes on PostgreSQL.
    Small,
    /// BOOLEAN.
    Flag,
    /// DOUBLE PRECISION.
    Real,
    /// Bytes.
    Bytes,
}

impl Kind {
    /// Its stable name.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Int => "bigint",
            Self::Small => "integer",
            Self::Flag => "boolean",
            Self::Real => "real",
            Self::Bytes => "bytes",
        }
    }

    /// The kind of this name, as [`Kind::key`] or as a database calls it.
    pub fn of(name: &str) -> Option<Self> {
        Some(match name.to_ascii_lowercase().as_str() {
            "text" | "character varying" | "varchar" => Self::Text,
            "bigint" => Self::Int,
            "integer" => Self::Small,
            "boolean" => Self::Flag,
            "real" | "double precision" => Self::Real,
            "bytes" | "bytea" | "blob" => Self::Bytes,
            _ => return None,
        })
    }
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub kind: Kind,
}

/// A table with its columns in the order of their names, so that it is described alike however it came about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// Its columns.
    pub columns: Vec<Column>,
}

/// Names of all tables with content, sorted: without that of the schema and the database's own.
pub async fn table_names(reads: &impl Reads) -> StoreResult<Vec<String>> {
    let sql = match reads.dialect() {
        Backend::Sqlite => {
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
        }
        Backend::Postgres => {
            "SELECT CAST(tablename AS TEXT) AS name FROM pg_tables WHERE schemaname = current_schema()"
        }
    };
    let mut names = Vec::new();
    for row in reads.all(sql, vec![]).await? {
        names.push(row.text("name")?);
    }
    names.retain(|name| name != SCHEMA);
    names.sort_unstable();
    Ok(names)
}

/// A table's columns; an error for a column of a kind this product does not use.
pub async fn table(reads: &impl Reads, name: &str) -> StoreResult<Table> {
    let sql = match reads.dialect() {
        Backend::Sqlite => "SELECT name, type AS kind FROM pragma_table_info($1)",
        Backend::Postgres => {
            "SELECT CAST(column_name AS TEXT) AS name, CAST(data_type AS TEXT) AS kind FROM information_schema.columns \
             WHERE table_schema = current_schema() AND table_name = $1"
        }
    };
    let mut columns = Vec::new();
    for row in reads.all(sql, values![name]).await? {
        let (column, kind) = (row.text("name")?, row.text("kind")?);
        let kind = Kind::of(&kind).ok_or_else(|| StoreError::BadColumn {
            column: format!("{name}.{column}"),
            what: format!("a column of type {kind} cannot be archived"),
        })?;
        columns.push(Column { name: column, kind });
    }
    if columns.is_empty() {
        return Err(StoreError::Other(format!("there is no table {name}")));
    }
    columns.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(Table {
        name: name.to_owned(),
        columns,
    })
}

/// The migrations this database has run, with their digests, sorted by name; empty before the first.
pub async fn applied(reads: &impl Reads) -> StoreResult<Vec<(String, String)>> {
    let there = match reads.dialect() {
        Backend::Sqlite => "SELECT count(*) AS n FROM sqlite_master WHERE name = $1",
        Backend::Postgres => {
            "SELECT count(*) AS n FROM pg_tables WHERE schemaname = current_schema() AND tablename = $1"
        }
    };
    if reads.number(there, values![SCHEMA]).await? == 0 {
        return Ok(Vec::new());
    }
    let sql = format!("SELECT id, digest FROM {SCHEMA} ORDER BY id");
    let rows = reads.all(&sql, vec![]).await?;
    rows.iter()
        .map(|row| Ok((row.text("id")?, row.text("digest")?)))
        .collect()
}
