//! Open cases follow a person who moves: both areas see them, and the body of the new 户籍 decides.

use area::api::AreaBook;
use host::{FactsChanged, PersonKey};
use std::collections::BTreeSet;
use std::sync::Arc;
use store::{Reads, Sql, StoreResult, Tx, values};

/// People that one statement asks about.
const AT_ONCE: usize = 500;

/// The hook; the app wires it.
pub fn on_facts_changed(book: Arc<AreaBook>) -> FactsChanged {
    Arc::new(move |tx, keys| {
        let book = Arc::clone(&book);
        Box::pin(async move { follow(tx, &book, keys).await })
    })
}

async fn follow(tx: &mut Tx, book: &AreaBook, keys: &[PersonKey]) -> StoreResult<()> {
    // One look for all of them: an import changes hundreds at once, and hardly anybody has an open case.
    let mut open: BTreeSet<String> = BTreeSet::new();
    for part in keys.chunks(AT_ONCE) {
        let mut sql = Sql::new(
            "SELECT c.id FROM cases_case c WHERE c.state IN ('draft', 'submitted', 'supplement', 'checking', 'publicity', \
             'deciding', 'appealing') AND c.id IN (''",
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
        let office = subject
            .hukou
            .and_then(|code| book.executor_of(&code).map(|one| one.key.clone()));
        tx.run(
            "UPDATE cases_case SET hukou_area = $1, residence_area = $2, office = coalesce($3, office) \
             WHERE shard = $4 AND id = $5 AND state IN ('draft', 'submitted', 'supplement', 'checking', 'publicity', \
             'deciding', 'appealing')",
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
