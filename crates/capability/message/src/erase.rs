//! What is taken out here of a person whose time is over: what was said to them.

use host::{Erasing, Erasure};
use std::sync::Arc;
use store::{StoreResult, Tx, values};

/// The part of this capability.
pub(crate) fn erasure() -> Erasure {
    Erasure {
        key: "message",
        what: "发给本人和家属的消息",
        before: None,
        erase: Arc::new(|_app, tx, people| Box::pin(erase(tx, people))),
    }
}

async fn erase(tx: &mut Tx, people: &[Erasing]) -> StoreResult<()> {
    for id in people.iter().flat_map(Erasing::ids) {
        tx.run("DELETE FROM message_message WHERE id = $1", values![id])
            .await?;
        tx.run("DELETE FROM message_off WHERE id = $1", values![id])
            .await?;
    }
    Ok(())
}
