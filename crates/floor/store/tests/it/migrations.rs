//! The schema moves forward only, and never by a changed text.

use crate::place::{NOTES, migrations, places};
use store::{Migration, StoreError};

/// Invariant 13; engineering.md 20: migrating again does nothing; a changed text and a schema newer
/// than this program are refused.
#[tokio::test]
async fn migrating_again_changed_and_newer() {
    for place in places().await {
        let store = &place.store;
        assert_eq!(
            store.migrate(&migrations()).await.unwrap(),
            0,
            "{}",
            place.name
        );
        assert!(store.is_migrated(&migrations()).await.unwrap());
        let mut changed = migrations();
        changed.pop();
        changed.push(Migration {
            sql: "CREATE TABLE note (id BIGINT);\n",
            ..NOTES
        });
        let refused = store.migrate(&changed).await.unwrap_err();
        assert!(
            matches!(&refused, StoreError::ChangedMigration(key) if key == "test/0001_note"),
            "{refused}"
        );
        let older = store.migrate(&store::migrations()).await.unwrap_err();
        assert!(
            matches!(&older, StoreError::Newer(key) if key == "test/0001_note"),
            "{older}"
        );
        // A step that fails leaves nothing of itself behind.
        let mut broken = migrations();
        broken.push(Migration {
            id: "0002_broken",
            owner: "test",
            sql: "CREATE TABLE half (id BIGINT);\nCREATE TABLE note (id BIGINT);\n",
        });
        let error = store.migrate(&broken).await.unwrap_err().to_string();
        assert!(error.contains("test/0002_broken"), "{error}");
        assert!(store.is_migrated(&migrations()).await.unwrap());
        let mut more = migrations();
        more.push(Migration {
            id: "0002_half",
            owner: "test",
            sql: "-- A comment; with a semicolon.\nCREATE TABLE half (\n  id BIGINT\n);\nCREATE INDEX half_id ON half (id);\n",
        });
        assert_eq!(store.migrate(&more).await.unwrap(), 1);
        assert_eq!(place.count("half").await, 0);
        place.close().await;
    }
}
