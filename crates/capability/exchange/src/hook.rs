//! When facts of a person change: what a department proposed and the register now says is settled; what was reported
//! and is different now waits again.

use crate::{proposals, records, systems};
use area::api::AreaBook;
use host::{FactsChanged, PersonKey};
use people::api::{Person, of_keys};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use store::{Audit, StoreResult, Tx};

/// The hook the app wires.
pub fn on_facts_changed(book: Arc<AreaBook>) -> FactsChanged {
    Arc::new(move |tx, people| {
        let book = Arc::clone(&book);
        Box::pin(async move { changed(tx, people, &book).await })
    })
}

async fn changed(tx: &mut Tx, people: &[PersonKey], book: &AreaBook) -> StoreResult<()> {
    // One look for all of them: an import changes hundreds at once, and hardly anybody is on either.
    let open = proposals::open_among(&*tx, people).await?;
    let known = records::among(&*tx, None, people).await?;
    if open.is_empty() && known.is_empty() {
        return Ok(());
    }
    let mut keys: BTreeSet<PersonKey> = open.iter().map(|one| one.key.clone()).collect();
    keys.extend(known.iter().map(|record| record.key.clone()));
    let keys: Vec<PersonKey> = keys.into_iter().collect();
    let persons = of_keys(&*tx, &keys).await?;
    let by_id: BTreeMap<&str, &Person> = persons
        .iter()
        .map(|person| (person.key.id.as_str(), person))
        .collect();
    let today = tx.at().day();
    for one in open {
        let Some(person) = by_id.get(one.key.id.as_str()) else {
            continue;
        };
        proposals::moved(tx, &one, person).await?;
        if one.is_so(person)
            && proposals::settle(tx, &one.code, proposals::State::Settled, "system").await?
        {
            tx.audit(
                Audit::new("matching.settled")
                    .person(&one.key.shard, &one.key.id)
                    .with("kind", one.kind.as_str()),
            );
        }
    }
    for system in systems::all() {
        let own: BTreeMap<String, records::Record> = known
            .iter()
            .filter(|record| record.system == system.key)
            .map(|record| (record.key.id.clone(), record.clone()))
            .collect();
        let people: Vec<Person> = persons
            .iter()
            .filter(|person| own.contains_key(&person.key.id))
            .cloned()
            .collect();
        if !people.is_empty() {
            records::look(tx, book, system, &people, &own, (today, false)).await?;
        }
    }
    Ok(())
}
