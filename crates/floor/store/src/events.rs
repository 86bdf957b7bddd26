//! What other processes wrote, by the outbox: a process that keeps something in memory asks from time to time.

use crate::{Reads, Store, StoreResult, Tx, values};
use kernel::Instant;

impl Store {
    /// Ids and moments of a topic's events written at or after a moment, in order.
    pub async fn events(&self, topic: &str, since: Instant) -> StoreResult<Vec<(String, Instant)>> {
        let sql = "SELECT id, at FROM outbox WHERE topic = $1 AND at >= $2 ORDER BY id";
        let rows = self.all(sql, values![topic, since.micros()]).await?;
        rows.iter()
            .map(|row| Ok((row.text("id")?, row.instant("at")?)))
            .collect()
    }

    /// What these events say: keys, never names.
    pub async fn payloads(&self, ids: &[&str]) -> StoreResult<Vec<String>> {
        let values = ids.iter().map(|id| (*id).into()).collect();
        let places = crate::places(self.backend(), ids.len());
        let sql = format!("SELECT payload FROM outbox WHERE id IN ({places}) ORDER BY id");
        let rows = self.all(&sql, values).await?;
        rows.iter().map(|row| row.text("payload")).collect()
    }
}

impl Tx {
    /// Forgets events of a topic that everybody has heard by now; returns how many. The caller audits.
    pub async fn forget_events(&mut self, topic: &str, before: Instant) -> StoreResult<u64> {
        self.run(
            "DELETE FROM outbox WHERE topic = $1 AND at < $2",
            values![topic, before.micros()],
        )
        .await
    }
}
