//! What happened to an item, in words: the timeline is written in the transaction of the act itself.

use store::{StoreResult, Tx, values};

/// One line of a timeline.
#[derive(Debug, Clone)]
pub(crate) struct Line<'a> {
    pub(crate) item: &'a str,
    /// Whose part; empty for the whole item.
    pub(crate) executor: &'a str,
    /// What, in a few words.
    pub(crate) act: &'a str,
    /// One line more.
    pub(crate) says: &'a str,
    /// Empty, `ok`, `warn` or `danger`.
    pub(crate) tone: &'a str,
}

/// Writes it in the name of the transaction's actor.
pub(crate) async fn add(tx: &mut Tx, line: &Line<'_>) -> StoreResult<()> {
    let (id, at) = (tx.store().new_id(), tx.at().micros());
    let (actor, name) = (tx.actor().id.clone(), tx.actor().name.clone());
    tx.run(
        "INSERT INTO tasks_event (id, item, executor, at, actor, actor_name, act, says, tone) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        values![
            id,
            line.item,
            line.executor,
            at,
            actor,
            name,
            line.act,
            line.says,
            line.tone
        ],
    )
    .await?;
    Ok(())
}
