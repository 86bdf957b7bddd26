//! Filling empty tables: indexes are taken down and built again when everything is in.
//!
//! An index that grows with random keys costs a page read and write for each row and ends up nine tenths full; built
//! once, it is sorted and full.

use crate::{Backend, Reads, Store, StoreResult, Tx};
use authz::Actor;

/// Indexes that were taken down, as the statements that build them.
#[derive(Debug)]
#[must_use = "the indexes are gone until `Store::build_indexes` builds them again"]
pub struct TakenDown(Vec<String>);

impl Store {
    /// Takes down the indexes of these tables, except those of their keys. For tables that nobody else writes
    /// meanwhile: what a unique index forbids is found when it is built again.
    pub async fn take_down_indexes(
        &self,
        actor: &Actor,
        tables: &[&str],
    ) -> StoreResult<TakenDown> {
        let mut tx = self.begin(actor, None).await?;
        let mut statements = Vec::new();
        for table in tables {
            statements.extend(drop_indexes(&mut tx, table).await?);
        }
        end(tx, "indexes.down", statements.len()).await?;
        Ok(TakenDown(statements))
    }

    /// Builds them again.
    pub async fn build_indexes(&self, actor: &Actor, indexes: TakenDown) -> StoreResult<()> {
        for statement in &indexes.0 {
            let mut tx = self.begin(actor, None).await?;
            tx.run(statement, vec![]).await?;
            end(tx, "indexes.built", 1).await?;
        }
        // What was loaded at once is known to the planner before its own rounds come by; small tables it would
        // never visit.
        match self.backend() {
            Backend::Postgres => self.plain("ANALYZE").await,
            Backend::Sqlite => Ok(()),
        }
    }

    /// Lets PostgreSQL look at tables that many rows were just written to: its own rounds come by a minute later, and a
    /// statement planned before them takes hundreds of thousands of rows for one. SQLite plans by its indexes alone.
    pub async fn look_at_tables(&self, tables: &[&str]) -> StoreResult<()> {
        match self.backend() {
            Backend::Postgres => self.plain(&format!("ANALYZE {}", tables.join(", "))).await,
            Backend::Sqlite => Ok(()),
        }
    }
}

/// Drops the indexes of a table, except those of its keys; returns the statements that build them.
pub(crate) async fn drop_indexes(tx: &mut Tx, table: &str) -> StoreResult<Vec<String>> {
    let sql = match tx.dialect() {
        Backend::Sqlite => {
            "SELECT name, sql AS made FROM sqlite_master WHERE type = 'index' AND tbl_name = $1 AND sql IS NOT NULL ORDER BY name"
        }
        Backend::Postgres => {
            "SELECT i.indexname AS name, i.indexdef AS made FROM pg_indexes i WHERE i.schemaname = current_schema() \
             AND i.tablename = $1 AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conname = i.indexname) ORDER BY i.indexname"
        }
    };
    let mut statements = Vec::new();
    for row in tx.all(sql, vec![table.into()]).await? {
        statements.push(row.text("made")?);
        let name = row.text("name")?;
        tx.run(&format!("DROP INDEX {name}"), vec![]).await?;
    }
    Ok(statements)
}

async fn end(mut tx: Tx, action: &'static str, indexes: usize) -> StoreResult<()> {
    tx.forget_written();
    tx.audit(crate::Audit::new(action).with("indexes", indexes as i64));
    tx.commit().await
}
