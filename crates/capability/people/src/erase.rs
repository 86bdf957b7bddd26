//! The register's part in erasing: whose time is over, what they may be called by, what is blanked.

use crate::names::NameIndex;
use crate::store::erase::{self, Ended};
use authz::Scope;
use host::{App, Blanks, Erasing, Erasure, RecordKind};
use std::sync::Arc;
use store::{Reads, StoreResult};

/// What the register blanks.
pub(crate) fn erasure() -> Erasure {
    Erasure {
        key: "people",
        what: "姓名、证号、电话、住址、联系人、家庭和监护关系、更正说明",
        before: None,
        erase: Arc::new(|_app, tx, people| Box::pin(erase::erase(tx, people))),
    }
}

/// Records of the register that rules can speak of.
pub(crate) fn kinds() -> Vec<RecordKind> {
    vec![
        RecordKind {
            key: "people.dead",
            title: "已去世人员的档案",
            event: "去世",
            due: Arc::new(|store, ask| Box::pin(erase::due(store, Ended::Dead, ask))),
            blanks: Blanks::Person,
        },
        RecordKind {
            key: "people.left",
            title: "已迁出人员的档案",
            event: "迁出",
            due: Arc::new(|store, ask| Box::pin(erase::due(store, Ended::Left, ask))),
            blanks: Blanks::Person,
        },
    ]
}

/// Those of these people who are to be erased, with what free texts may call them by. A name counts only where nobody
/// else of the register and no account bears it.
pub async fn erasing(app: &App, reads: &impl Reads, ids: &[String]) -> StoreResult<Vec<Erasing>> {
    let index = app.part::<NameIndex>()?;
    let accounts = org::api::accounts(&app.store).await?;
    let mut out = Vec::new();
    for id in ids {
        let Some(mut person) = erase::erasing(reads, app.store.keys(), id).await? else {
            continue;
        };
        person.names.retain(|name| {
            let found = index.find(&Scope::Everywhere, name, 2);
            name.chars().count() > 1
                && found.iter().all(|found| found == id)
                && !accounts.iter().any(|account| account.name == *name)
        });
        out.push(person);
    }
    Ok(out)
}

/// Tells the columns in memory that these people were erased, after the commit.
pub async fn erased(app: &App, ids: &[String]) -> StoreResult<()> {
    app.part::<NameIndex>()?.reread(&app.store, ids).await
}
