//! Grants begin from what is in payment: everybody on the roll of a programme gets the grant the roll says they have.

use crate::grants::{self, New};
use area::api::AreaBook;
use authz::Actor;
use entitle::api::Received;
use kernel::Day;
use std::collections::BTreeMap;
use store::{Store, StoreResult};

/// People in one transaction.
const AT_ONCE: i64 = 2_000;

/// Takes over everybody who is on the roll of a programme in force on `day` or later; who has a grant keeps it. Gives how
/// many were read.
pub async fn roll(
    store: &Store,
    book: &AreaBook,
    who: &Actor,
    programme: &str,
    digest: &str,
    day: Day,
) -> StoreResult<usize> {
    let mut people = 0;
    for shard in people::api::shards(store).await? {
        let mut after = String::new();
        loop {
            let rows = entitle::api::receipts_after(store, programme, &shard, &after, day, AT_ONCE)
                .await?;
            let full = rows.len() as i64 == AT_ONCE;
            let mut by_person: BTreeMap<String, Vec<Received>> = BTreeMap::new();
            for row in rows {
                by_person.entry(row.key.id.clone()).or_default().push(row);
            }
            if full && by_person.len() > 1 {
                by_person.pop_last();
            }
            let Some(last) = by_person.keys().next_back().cloned() else {
                break;
            };
            let new: Vec<New> = by_person
                .into_values()
                .filter_map(|receipts| of_receipts(book, programme, digest, day, receipts))
                .collect();
            people += new.len();
            let mut tx = store.begin(who, None).await?;
            grants::adopt(&mut tx, new).await?;
            tx.commit().await?;
            if !full {
                break;
            }
            after = last;
        }
    }
    Ok(people)
}

/// One grant of a person's receipts: from the first of those that touch, with the amount of the one in force.
fn of_receipts(
    book: &AreaBook,
    programme: &str,
    digest: &str,
    day: Day,
    receipts: Vec<Received>,
) -> Option<New> {
    let first = receipts.first()?.clone();
    let fen = receipts
        .iter()
        .rev()
        .find(|one| one.from <= day)
        .map_or(first.fen, |one| one.fen);
    let source = receipts
        .last()
        .map_or_else(String::new, |one| one.source.clone());
    let area = first.hukou?;
    let office = book.executor_of(&area)?.key.clone();
    Some(New {
        key: first.key,
        programme: programme.to_owned(),
        office,
        area: Some(area),
        hukou: first.hukou,
        residence: first.residence,
        // A roll says from which month it was paid; the right began the month before, as its rule wants.
        from: first.from.plus_days(-1),
        fen,
        origin: "roll",
        reasons: source,
        digest: digest.to_owned(),
        recorded: first.recorded,
    })
}
