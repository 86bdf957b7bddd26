//! Plan folders on every database: drafts, publishing, identity, immutability, demo values, pages.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod county;
mod drafting;
mod figures;
mod folders;
mod life;
mod list_pages;
mod pages;
mod schema;

use authz::Actor;
use plan::api::{VersionId, acknowledge_finding, check, load, publish, version};
use rules::Files;
use store::testing::{TestDb, databases};
use store::{Reads, Store};

async fn fresh() -> Vec<TestDb> {
    let mut migrations = store::migrations();
    for capability in [area::capability(), org::capability(), plan::capability()] {
        migrations.extend(capability.migrations);
    }
    databases(&migrations).await.unwrap()
}

async fn loaded(store: &Store, files: &Files, by: &str) -> VersionId {
    let mut tx = store.begin(&Actor::system("test"), None).await.unwrap();
    let id = load(&mut tx, files, by).await.unwrap();
    tx.commit().await.unwrap();
    id
}

async fn published(store: &Store, files: &Files) -> VersionId {
    let id = loaded(store, files, "zhang").await;
    let mut tx = store.begin(&Actor::system("test"), None).await.unwrap();
    let slug = version(&tx, &id).await.unwrap().unwrap().slug;
    for finding in check(files, None).open() {
        acknowledge_finding(&mut tx, &slug, finding, "原文如此")
            .await
            .unwrap();
    }
    publish(&mut tx, &id, "zhang", "li").await.unwrap();
    tx.commit().await.unwrap();
    id
}

async fn count(store: &Store, from: &str) -> i64 {
    store
        .number(
            &format!("SELECT CAST(count(*) AS BIGINT) AS n FROM {from}"),
            vec![],
        )
        .await
        .unwrap()
}
