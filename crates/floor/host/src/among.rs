//! Of people whose facts changed, those about whom a capability has something open: an import changes hundreds at once, and
//! hardly anybody has.

use crate::app::PersonKey;
use std::collections::BTreeSet;
use store::{Reads, Sql, StoreResult};

/// People that one statement asks about.
const AT_ONCE: usize = 500;

/// Those of these people whom a statement finds: it selects `id` and ends where the list of ids begins, as in
/// `SELECT q.id FROM duty_case q WHERE q.state = 'open' AND q.id IN`.
pub async fn among(
    reads: &impl Reads,
    keys: &[PersonKey],
    statement: &str,
) -> StoreResult<Vec<PersonKey>> {
    let mut found: BTreeSet<String> = BTreeSet::new();
    for part in keys.chunks(AT_ONCE) {
        let mut sql = Sql::new(statement);
        sql.push(" (''");
        for key in part {
            sql.push(", ").bind(key.id.as_str());
        }
        sql.push(")");
        let (text, values) = sql.parts();
        for row in reads.all(&text, values).await? {
            found.insert(row.text("id")?);
        }
    }
    let there = keys.iter().filter(|key| found.contains(&key.id));
    Ok(there.cloned().collect())
}
