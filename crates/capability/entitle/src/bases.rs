//! Which area counted each item under lists that somebody may still be answered from: a county's own items come
//! and go, and the numbers behind the city's are other items then (invariant 8).

use crate::tally::{self, Bases};
use plan::api::{PlanBook, Published};
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use store::{Reads, StoreResult};

/// Bases by the digest of a list: published lists never change, so neither do these.
static KNOWN: LazyLock<Mutex<BTreeMap<String, Arc<Bases>>>> = LazyLock::new(Mutex::default);

/// The bases of every list among these digests that is not the one in force. Only between a publication and
/// everybody's new answers is there any; a digest that nobody knows any more is left out.
pub(crate) async fn of<'a>(
    reads: &impl Reads,
    published: &Published,
    digests: impl Iterator<Item = &'a str>,
) -> StoreResult<BTreeMap<String, Arc<Bases>>> {
    let known = || KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let mut found: BTreeMap<String, Arc<Bases>> = BTreeMap::new();
    let mut book = None;
    for digest in digests {
        if digest == published.digest || found.contains_key(digest) {
            continue;
        }
        let kept = known().get(digest).cloned();
        let bases = if let Some(bases) = kept {
            bases
        } else {
            let book = match &book {
                Some(book) => book,
                None => book.insert(PlanBook::load(reads).await?),
            };
            let Some(list) = book.by_digest(digest) else {
                continue;
            };
            let bases = Arc::new(tally::bases(&list.list));
            known().insert(digest.to_owned(), Arc::clone(&bases));
            bases
        };
        found.insert(digest.to_owned(), bases);
    }
    Ok(found)
}
