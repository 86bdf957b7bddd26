//! Open admissions follow a person who moves: both areas see them.

use host::{FactsChanged, PersonKey};
use std::sync::Arc;
use store::{StoreResult, Tx, values};

/// The hook; the app wires it.
pub fn on_facts_changed() -> FactsChanged {
    Arc::new(|tx, keys| Box::pin(follow(tx, keys)))
}

async fn follow(tx: &mut Tx, keys: &[PersonKey]) -> StoreResult<()> {
    let open = "SELECT a.id FROM assessment_admission a WHERE a.state IN ('asked', 'assessed') AND a.id IN";
    let keys = host::among(&*tx, keys, open).await?;
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
