//! What is taken out here of a person whose time is over: the words of steps about them and of texts that call them by
//! name. The signed paper is a file with its own end.

use host::{Erasing, Erasure, blank_texts};
use std::sync::Arc;
use store::{StoreResult, Tx, values};

/// The part of this capability.
pub(crate) fn erasure() -> Erasure {
    Erasure {
        key: "entitle",
        what: "应享未享、不应享仍享跟进时写的话",
        before: None,
        erase: Arc::new(|_app, tx, people| Box::pin(erase(tx, people))),
    }
}

async fn erase(tx: &mut Tx, people: &[Erasing]) -> StoreResult<()> {
    for id in people.iter().flat_map(Erasing::ids) {
        tx.run(
            "UPDATE entitle_follow_words SET says = '' WHERE finding IN \
             (SELECT f.finding FROM entitle_finding f WHERE f.id = $1)",
            values![id],
        )
        .await?;
    }
    blank_texts(tx, people, "entitle_follow_words", &["says"]).await?;
    Ok(())
}
