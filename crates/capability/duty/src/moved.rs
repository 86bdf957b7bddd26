//! Open cases follow a person who moves: both areas see them.

use host::{FactsChanged, PersonKey};
use std::sync::Arc;
use store::{StoreResult, Tx};

/// The hook; the app wires it.
pub fn on_facts_changed() -> FactsChanged {
    Arc::new(|tx, keys| Box::pin(follow(tx, keys)))
}

async fn follow(tx: &mut Tx, keys: &[PersonKey]) -> StoreResult<()> {
    people::api::follow(tx, keys, "duty_case", "state = 'open'").await?;
    Ok(())
}
