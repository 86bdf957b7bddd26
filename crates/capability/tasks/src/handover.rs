//! 工作移交: parts whose 责任人 has an account go to whoever takes the work over; the timeline keeps who had them.

use crate::book;
use crate::colour::Colour;
use crate::events::{self, Line};
use crate::model::{Assignment, Item};
use crate::seen::Seen;
use crate::status::{Facts, status};
use area::api::AreaBook;
use authz::Actor;
use host::handover::{Handover, OwnedItem, log_passed};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::{Store, StoreResult, Tx, values};

/// The kind of work.
pub(crate) fn handover() -> Handover {
    Handover {
        key: "tasks",
        title: "督办任务",
        owned_by: Arc::new(|store, account| Box::pin(owned_by(store, account))),
        pass_on: Arc::new(|tx, from, to, keys| Box::pin(pass_on(tx, from, to, keys))),
        owners: Arc::new(|store| Box::pin(owners(store))),
    }
}

/// Parts with an account that are not finished, each with its item.
async fn open(store: &Store) -> StoreResult<Vec<(Assignment, Item)>> {
    let areas = AreaBook::load(store).await?;
    let everybody = Seen::of(&Actor::system("handover"), &areas);
    let today = store.clock().today();
    let items = book::items(store, &everybody).await?;
    let reports = book::reports(store, &everybody, None).await?;
    let root = areas
        .root()
        .map_or_else(String::new, |root| root.code.to_string());
    let facts = Facts::of(store, &items, &root, today).await?;
    let mut out = Vec::new();
    for part in book::parts(store, &everybody, None).await? {
        let item = items.iter().find(|item| item.id == part.item);
        let Some(item) = item.filter(|item| !item.withdrawn && part.account.is_some()) else {
            continue;
        };
        let own = reports.get(&part.id).map_or(&[][..], Vec::as_slice);
        if status(item, &part, own, &facts, today).colour != Colour::Done {
            out.push((part, item.clone()));
        }
    }
    Ok(out)
}

async fn owned_by(store: &Store, account: &str) -> StoreResult<Vec<OwnedItem>> {
    let all = open(store).await?;
    let mine = all
        .into_iter()
        .filter(|(part, _)| part.account.as_deref() == Some(account));
    Ok(mine
        .map(|(part, item)| OwnedItem {
            id: part.id,
            title: format!("{}（{}）", item.title, part.executor_name),
        })
        .collect())
}

async fn owners(store: &Store) -> StoreResult<Vec<(String, i64)>> {
    let mut counts: BTreeMap<String, i64> = BTreeMap::new();
    for (part, _) in open(store).await? {
        if let Some(account) = part.account {
            *counts.entry(account).or_default() += 1;
        }
    }
    Ok(counts.into_iter().collect())
}

async fn pass_on(
    tx: &mut Tx,
    from: &str,
    to: &str,
    keys: Option<&[String]>,
) -> StoreResult<Vec<String>> {
    let store = tx.store().clone();
    let ids = [to.to_owned()];
    let names = org::api::account_names(&store, &ids).await?;
    let Some(name) = names.get(to) else {
        return Ok(Vec::new());
    };
    let mut passed = Vec::new();
    for (part, _) in open(&store).await? {
        let asked = keys.is_none_or(|keys| keys.contains(&part.id));
        if !asked || part.account.as_deref() != Some(from) {
            continue;
        }
        let moved = tx
            .run(
                "UPDATE tasks_assignment SET account = $1, person = $2, version = version + 1 \
                 WHERE id = $3 AND account = $4",
                values![to, name.as_str(), part.id.as_str(), from],
            )
            .await?;
        if moved == 0 {
            continue;
        }
        let says = format!("{} → {name}", part.person);
        let line = Line {
            item: &part.item,
            executor: &part.executor,
            act: "责任人移交",
            says: &says,
            tone: "",
        };
        events::add(tx, &line).await?;
        passed.push(part.id);
    }
    log_passed(tx, "task.pass", from, to, &passed);
    Ok(passed)
}
