//! Open matters follow a person who moves: the areas in their rows decide who sees them.

use crate::api::{Person, of_keys};
use host::PersonKey;
use store::{StoreResult, Tx, values};

/// Brings the rows of a table that are open to where their people are now; returns these people. The table has `shard`,
/// `id` (the person's), `hukou_area` and `residence_area`; `open` is a condition over its columns, as in
/// `state = 'open'`.
pub async fn follow(
    tx: &mut Tx,
    keys: &[PersonKey],
    table: &str,
    open: &str,
) -> StoreResult<Vec<Person>> {
    let find = format!("SELECT id FROM {table} WHERE {open} AND id IN");
    let keys = host::among(&*tx, keys, &find).await?;
    let people = of_keys(&*tx, &keys).await?;
    let sql = format!(
        "UPDATE {table} SET hukou_area = $1, residence_area = $2 WHERE shard = $3 AND id = $4 AND {open}"
    );
    for person in &people {
        let subject = person.subject();
        tx.run(
            &sql,
            values![
                subject.hukou.map(|code| code.to_string()),
                subject.residence.map(|code| code.to_string()),
                person.key.shard.as_str(),
                person.key.id.as_str(),
            ],
        )
        .await?;
    }
    Ok(people)
}
