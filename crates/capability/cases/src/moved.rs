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
    let open = format!("SELECT c.id FROM cases_case c WHERE c.state IN {OPEN} AND c.id IN");
    let keys = host::among(&*tx, keys, &open).await?;
    for person in people::api::of_keys(&*tx, &keys).await? {
        let subject = person.subject();
        let office = subject
            .hukou
            .and_then(|code| book.executor_of(&code).map(|one| one.key.clone()));
        let sql = format!(
            "UPDATE cases_case SET hukou_area = $1, residence_area = $2, office = coalesce($3, office) \
             WHERE shard = $4 AND id = $5 AND state IN {OPEN}"
        );
        tx.run(
            &sql,
            values![
                subject.hukou.map(|code| code.to_string()),
                subject.residence.map(|code| code.to_string()),
                office,
                person.key.shard.as_str(),
                person.key.id.as_str(),
            ],
        )
        .await?;
    }
    Ok(())
}
