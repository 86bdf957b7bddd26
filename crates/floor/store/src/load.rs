//! Filling a database from an archive: rows as they were, the log among them, so no row of the log is added.
//!
//! While it is being filled the database carries a mark among its migrations: it counts as not migrated, and `migrate`
//! says why. Nobody else uses it meanwhile.

use crate::catalogue::{SCHEMA, Table};
use crate::{Backend, Reads, Store, StoreError, StoreResult, Value, bulk, values};
use authz::Actor;
use sea_orm::ConnectionTrait;

/// Begins the mark of a database that is being filled.
pub(crate) const MARK: &str = "restore/";

/// What was taken down for filling, as the statements that put it up again.
#[derive(Debug)]
#[must_use = "the database lacks indexes until `Store::finish_load` puts them up again"]
pub struct Stripped(Vec<String>);

fn actor() -> Actor {
    Actor::system("restore")
}

impl Store {
    /// Whether this table has no row.
    pub async fn is_empty(&self, table: &str) -> StoreResult<bool> {
        let sql = format!(
            "SELECT CAST(count(*) AS BIGINT) AS n FROM (SELECT 1 AS x FROM {table} LIMIT 1) few"
        );
        Ok(self.number(&sql, vec![]).await? == 0)
    }

    /// The archive that this database is being filled from, if it is.
    pub async fn load_mark(&self) -> StoreResult<Option<String>> {
        let applied = crate::catalogue::applied(self).await?;
        let mut marks = applied.iter().filter_map(|(id, _)| id.strip_prefix(MARK));
        Ok(marks.next().map(str::to_owned))
    }

    /// Drops these tables and what is known of migrations. Only for a database without content, or one whose filling
    /// was cut short.
    pub async fn drop_tables(&self, tables: &[String]) -> StoreResult<()> {
        let cascade = match self.backend() {
            Backend::Sqlite => "",
            Backend::Postgres => " CASCADE",
        };
        let mut tx = self.begin(&actor(), None).await?;
        for table in tables.iter().map(String::as_str).chain([SCHEMA]) {
            tx.run(&format!("DROP TABLE IF EXISTS {table}{cascade}"), vec![])
                .await?;
        }
        // The log went with them.
        tx.commit_unlogged().await
    }

    /// Marks the migrated, empty database as being filled from this archive, and takes down indexes and foreign keys.
    pub async fn begin_load(&self, archive: &str, tables: &[Table]) -> StoreResult<Stripped> {
        let mut tx = self.begin(&actor(), None).await?;
        let at = tx.at().micros();
        tx.run(
            &format!("INSERT INTO {SCHEMA} (id, digest, at) VALUES ($1, '', $2)"),
            values![format!("{MARK}{archive}"), at],
        )
        .await?;
        let mut again = Vec::new();
        for table in tables {
            again.extend(bulk::drop_indexes(&mut tx, &table.name).await?);
        }
        if self.backend() == Backend::Postgres {
            let sql = "SELECT CAST(conname AS TEXT) AS name, CAST(conrelid::regclass AS TEXT) AS owner, pg_get_constraintdef(oid) AS made \
                 FROM pg_constraint WHERE contype = 'f' AND connamespace = current_schema()::regnamespace ORDER BY conname";
            for row in tx.all(sql, vec![]).await? {
                let (name, owner) = (row.text("name")?, row.text("owner")?);
                let made = row.text("made")?;
                again.push(format!("ALTER TABLE {owner} ADD CONSTRAINT {name} {made}"));
                tx.run(
                    &format!("ALTER TABLE {owner} DROP CONSTRAINT {name}"),
                    vec![],
                )
                .await?;
            }
        }
        tx.commit_unlogged().await?;
        if self.backend() == Backend::Sqlite {
            self.plain("PRAGMA foreign_keys = OFF").await?;
        }
        Ok(Stripped(again))
    }

    /// Adds rows, their values in the order of the table's columns.
    pub async fn load_rows(&self, table: &Table, rows: Vec<Vec<Value>>) -> StoreResult<()> {
        let columns: Vec<&str> = table.columns.iter().map(|c| c.name.as_str()).collect();
        let mut tx = self.begin(&actor(), None).await?;
        tx.insert_many(&table.name, &columns, rows).await?;
        tx.commit_unlogged().await
    }

    /// Puts up again what was taken down, and checks what it forbids.
    pub async fn finish_load(&self, stripped: Stripped) -> StoreResult<()> {
        for statement in &stripped.0 {
            let mut tx = self.begin(&actor(), None).await?;
            tx.run(statement, vec![]).await?;
            tx.commit_unlogged().await?;
        }
        match self.backend() {
            Backend::Sqlite => {
                let broken = self.one("PRAGMA foreign_key_check", vec![]).await?;
                if let Some(row) = broken {
                    return Err(StoreError::Other(format!(
                        "a row of {} speaks of a row of {} that is not there",
                        row.text("table")?,
                        row.text("parent")?
                    )));
                }
                self.plain("PRAGMA foreign_keys = ON").await
            }
            Backend::Postgres => self.plain("ANALYZE").await,
        }
    }

    /// Takes the mark away: the content was found to be that of the archive.
    pub async fn end_load(&self, archive: &str) -> StoreResult<()> {
        let mut tx = self.begin(&actor(), None).await?;
        tx.run(
            &format!("DELETE FROM {SCHEMA} WHERE id = $1"),
            values![format!("{MARK}{archive}")],
        )
        .await?;
        tx.commit_unlogged().await
    }

    pub(crate) async fn plain(&self, sql: &str) -> StoreResult<()> {
        self.0.writer.execute_unprepared(sql).await?;
        Ok(())
    }
}
