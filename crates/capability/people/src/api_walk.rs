//! Doors for work that walks everyone: snapshots, month-ends, the nightly check.

pub use crate::store::walk::{Part, Reach, Walked};

use crate::model::Record;
use crate::store::walk as sql;
use host::PersonKey;
use store::{Keys, Reads, StoreResult};

/// The parts in which everyone is walked, in the order of keys.
pub async fn walk_parts(reads: &impl Reads) -> StoreResult<Vec<Part>> {
    sql::parts(reads).await
}

/// Current facts of the people of a part, in key order; no names, no secrets.
pub async fn walk_facts(reads: &impl Reads, part: &Part) -> StoreResult<Vec<Walked>> {
    sql::facts(reads, part).await
}

/// All acts of recording of the people of a part, in key order, without sources and reasons: enough for
/// [`crate::api::resolve`].
pub async fn walk_records(
    reads: &impl Reads,
    part: &Part,
) -> StoreResult<Vec<(PersonKey, Vec<Record>)>> {
    sql::records(reads, part).await
}

/// How the people of a part can be reached, in key order: whether there is a number and a phone, not which.
pub async fn walk_reach(reads: &impl Reads, part: &Part) -> StoreResult<Vec<(PersonKey, Reach)>> {
    sql::reach(reads, part).await
}

/// Hexadecimal digits of a pseudonym: 80 bits. That two of a country's 1.4 billion people share one has odds of one in a million.
const PSEUDONYM: usize = 20;

/// The pseudonym that stands for a person in every snapshot of this installation (engineering.md 13).
pub fn pseudonym(keys: &Keys, id: &str) -> String {
    keys.blind_short("snapshot", id, PSEUDONYM)
}
