//! Migrations: SQL texts owned by a capability, the same on both databases, run once and never
//! changed after they have landed (engineering.md 20; `xtask tidy` keeps their digests).

use crate::secret::sm3_hex;
use crate::{Reads, Store, StoreError, StoreResult, values};

/// One step of the schema.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// Unique and ordered within its owner: `0001_people`.
    pub id: &'static str,
    /// The capability whose tables these are.
    pub owner: &'static str,
    /// Statements ended by `;` at the end of a line. What stands in `/*sqlite … */` only SQLite reads: where
    /// a table is kept (`WITHOUT ROWID`), never what it means.
    pub sql: &'static str,
}

impl Migration {
    /// Its name in the database: `people/0001_people`.
    pub fn key(&self) -> String {
        format!("{}/{}", self.owner, self.id)
    }

    /// The digest of its text, as kept in the database.
    pub fn digest(&self) -> String {
        sm3_hex(self.sql.as_bytes())
    }
}

impl Store {
    /// Runs what is missing, in the order given; refuses a database of a newer version.
    pub async fn migrate(&self, migrations: &[Migration]) -> StoreResult<usize> {
        let mut tx = self.begin(&authz::Actor::system("migrate"), None).await?;
        tx.run(
            "CREATE TABLE IF NOT EXISTS schema_migration (id TEXT NOT NULL PRIMARY KEY, digest TEXT NOT NULL, at BIGINT NOT NULL)",
            vec![],
        )
        .await?;
        let mut done: std::collections::BTreeMap<String, String> =
            std::collections::BTreeMap::new();
        for row in tx
            .all("SELECT id, digest FROM schema_migration", vec![])
            .await?
        {
            done.insert(row.text("id")?, row.text("digest")?);
        }
        let mut ran = 0;
        for migration in migrations {
            let digest = migration.digest();
            match done.remove(&migration.key()) {
                Some(known) if known == digest => {}
                Some(_) => return Err(StoreError::ChangedMigration(migration.key())),
                None => {
                    for statement in statements(&for_backend(migration.sql, self.backend())) {
                        tx.run(&statement, vec![]).await.map_err(|error| {
                            StoreError::Other(format!("migration {}: {error}", migration.key()))
                        })?;
                    }
                    let at = self.clock().now().micros();
                    tx.run(
                        "INSERT INTO schema_migration (id, digest, at) VALUES ($1, $2, $3)",
                        values![migration.key(), digest, at],
                    )
                    .await?;
                    ran += 1;
                }
            }
        }
        if let Some((unknown, _)) = done.into_iter().next() {
            if let Some(archive) = unknown.strip_prefix(crate::load::MARK) {
                return Err(StoreError::HalfRestored(archive.to_owned()));
            }
            return Err(StoreError::Newer(unknown));
        }
        tx.forget_written();
        tx.commit().await?;
        Ok(ran)
    }

    /// How many migrations have not run yet; an error for a newer or changed schema, as [`Store::migrate`] would say.
    pub async fn schema_state(&self, migrations: &[Migration]) -> StoreResult<usize> {
        let applied = crate::catalogue::applied(self).await?;
        for (id, digest) in &applied {
            match migrations.iter().find(|migration| migration.key() == *id) {
                Some(migration) if migration.digest() == *digest => {}
                Some(_) => return Err(StoreError::ChangedMigration(id.clone())),
                None => return Err(StoreError::Newer(id.clone())),
            }
        }
        Ok(migrations.len().saturating_sub(applied.len()))
    }

    /// Whether every migration has run (for readiness).
    pub async fn is_migrated(&self, migrations: &[Migration]) -> StoreResult<bool> {
        let rows = self.all("SELECT id FROM schema_migration", vec![]).await?;
        let mut ran = std::collections::BTreeSet::new();
        for row in &rows {
            ran.insert(row.text("id")?);
        }
        // A database that is being filled has one row more, whichever schema it has so far.
        Ok(ran.len() == migrations.len() && migrations.iter().all(|one| ran.contains(&one.key())))
    }
}

/// The tables these migrations leave behind, sorted.
pub fn tables_of(migrations: &[Migration]) -> Vec<String> {
    let mut tables = std::collections::BTreeSet::new();
    for statement in migrations.iter().flat_map(|one| statements(one.sql)) {
        let words: Vec<&str> = statement.split([' ', '\n', '(']).collect();
        match words.as_slice() {
            ["CREATE", "TABLE", "IF", "NOT", "EXISTS", table, ..]
            | ["CREATE", "TABLE", table, ..] => {
                tables.insert((*table).to_owned());
            }
            ["DROP", "TABLE", table, ..] => {
                tables.remove(*table);
            }
            ["ALTER", "TABLE", from, "RENAME", "TO", to, ..] => {
                tables.remove(*from);
                tables.insert((*to).to_owned());
            }
            _ => {}
        }
    }
    tables.into_iter().collect()
}

/// The text as this database reads it.
fn for_backend(sql: &str, backend: crate::Backend) -> std::borrow::Cow<'_, str> {
    match backend {
        crate::Backend::Postgres => sql.into(),
        crate::Backend::Sqlite => {
            let mut parts = sql.split("/*sqlite ");
            let mut out = parts.next().unwrap_or("").to_owned();
            for part in parts {
                out.push_str(&part.replacen("*/", "", 1));
            }
            out.into()
        }
    }
}

fn statements(sql: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut current = String::new();
    for line in sql
        .lines()
        .filter(|line| !line.trim_start().starts_with("--"))
    {
        current.push_str(line);
        current.push('\n');
        if line.trim_end().ends_with(';') {
            out.push(current.trim().trim_end_matches(';').to_owned());
            current.clear();
        }
    }
    if !current.trim().is_empty() {
        out.push(current);
    }
    out
}
