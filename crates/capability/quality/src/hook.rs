//! When facts of a person change: open requests that now agree with the register are settled, areas follow.

use crate::requests::{self, State};
use host::{FactsChanged, PersonKey};
use rules::facts::Value;
use std::sync::Arc;
use store::{Audit, StoreResult, Tx};

/// The hook the app wires.
pub fn on_facts_changed() -> FactsChanged {
    Arc::new(|tx, people| Box::pin(changed(tx, people)))
}

async fn changed(tx: &mut Tx, people: &[PersonKey]) -> StoreResult<()> {
    // One look for all of them: an import changes hundreds at once, and hardly anybody's facts are disputed.
    let open = requests::open_among(&*tx, people).await?;
    let keys: Vec<PersonKey> = open.keys().cloned().collect();
    let moved = people::api::follow(tx, &keys, "quality_request", "state = 'open'").await?;
    for (key, open) in open {
        let Some(person) = moved.iter().find(|person| person.key == key) else {
            continue;
        };
        for request in open {
            if agrees(person.facts.get(request.fact), request.value.as_ref())
                && requests::settle(tx, &request.code, State::Settled, "system", None).await?
            {
                tx.audit(
                    Audit::new("correction.settled")
                        .person(&key.shard, &key.id)
                        .with("fact", request.fact.name()),
                );
            }
        }
    }
    Ok(())
}

/// Whether the register says what was proposed.
fn agrees(now: Option<&Value>, proposed: Option<&Value>) -> bool {
    now == proposed
}
