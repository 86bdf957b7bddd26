//! A few facts about the installation itself, in the database: made by the demo, its date, its place.

use crate::{Reads, Store, StoreResult, Tx, values};

impl Store {
    /// The value of an installation setting.
    pub async fn setting(&self, name: &str) -> StoreResult<Option<String>> {
        let row = self
            .one("SELECT value FROM setting WHERE name = $1", values![name])
            .await?;
        row.map(|row| row.text("value")).transpose()
    }
}

impl Tx {
    /// The value of an installation setting as this transaction sees it.
    pub async fn setting(&self, name: &str) -> StoreResult<Option<String>> {
        let row = self
            .one("SELECT value FROM setting WHERE name = $1", values![name])
            .await?;
        row.map(|row| row.text("value")).transpose()
    }

    /// Sets an installation setting.
    pub async fn set_setting(&mut self, name: &str, value: &str) -> StoreResult<()> {
        self.run(
            "INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            values![name, value],
        )
        .await?;
        Ok(())
    }

    /// Takes an installation setting away.
    pub async fn unset_setting(&mut self, name: &str) -> StoreResult<()> {
        self.run("DELETE FROM setting WHERE name = $1", values![name])
            .await?;
        Ok(())
    }
}
