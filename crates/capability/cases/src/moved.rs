//! Open cases follow a person who moves: both areas see them, and the body of the new 户籍 decides.

use area::api::AreaBook;
use host::{FactsChanged, PersonKey};
use std::sync::Arc;
use store::{StoreResult, Tx, values};

/// States of a case that has not ended.
const OPEN: &str =
    "('draft', 'submitted', 'supplement', 'checking', 'publicity', 'deciding', 'appealing')";

/// The hook; the app wires it.
pub fn on_facts_changed(book: Arc<AreaBook>) -> FactsChanged {
    Arc::new(move |tx, keys| {
        let book = Arc::clone(&book);
        Box::pin(async move { follow(tx, &book, keys).await })
    })
}

async fn follow(tx: &mut Tx, book: &AreaBook, keys: &[PersonKey]) -> StoreResult<()> {
    let open = format!("state IN {OPEN}");
    for person in people::api::follow(tx, keys, "cases_case", &open).await? {
        let hukou = person.subject().hukou;
        let Some(body) = hukou.and_then(|code| book.executor_of(&code)) else {
            continue;
        };
        tx.run(
            &format!("UPDATE cases_case SET office = $1 WHERE shard = $2 AND id = $3 AND {open}"),
            values![
                body.key.as_str(),
                person.key.shard.as_str(),
                person.key.id.as_str(),
            ],
        )
        .await?;
    }
    Ok(())
}
