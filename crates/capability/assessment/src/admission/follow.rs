//! Open admissions follow a person who moves: both areas see them.

use host::{FactsChanged, PersonKey};
use std::collections::BTreeSet;
use std::sync::Arc;
use store::{Reads, Sql, StoreResult, Tx, values};

/// People that one statement asks about.
const AT_ONCE: usize = 500;

/// The hook; the app wires it.
pub fn on_facts_changed() -> FactsChanged {
    Arc::new(|tx, keys| Box::pin(follow(tx, keys)))
}

async fn follow(tx: &mut Tx, keys: &[PersonKey]) -> StoreResult<()> {
    let mut open: BTreeSet<String> = BTreeSet::new();
    for part in keys.chunks(AT_ONCE) {
        let mut sql = Sql::new(
            "SELECT a.id FROM assessment_admission a WHERE a.state IN ('asked', 'assessed') AND a.id IN (''",
        );
        for key in part {
            sql.push(", ").bind(key.id.as_str());
        }
        sql.push(")");
        let (text, values) = sql.parts();
        for row in tx.all(&text, values).await? {
            open.insert(row.text("id")?);
        }
    }
    let keys: Vec<PersonKey> = keys
        .iter()
        .filter(|key| open.contains(&key.id))
        .cloned()
        .collect();
    for person in people::api::of_keys(&*tx, &keys).await? {
        let subject = person.subject();
        tx.run(
            "UPDATE assessment_admission SET hukou_area = $1, residence_area = $2 \
             WHERE shard = $3 AND id = $4 AND state IN ('asked', 'assessed')",
            values![
                subject.hukou.map(|code| code.to_string()),
                subject.residence.map(|code| code.to_string()),
                person.key.shard.as_str(),
                person.key.id.as_str(),
            ],
        )
        .await?;
    }
    Ok(())
}
