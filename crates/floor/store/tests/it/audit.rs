//! Nothing is written without a row of the log, and the log cannot be changed unseen.

use crate::place::{Place, actor, places};
use store::{Audit, Reads, StoreError, values};

async fn write(place: &Place, id: i64) {
    let mut tx = place.store.begin(&actor(), Some("request")).await.unwrap();
    let sql = "INSERT INTO note (id, word) VALUES ($1, $2)";
    tx.run(sql, values![id, "x"]).await.unwrap();
    tx.audit(Audit::new("note.write").subject(&id.to_string()));
    tx.commit().await.unwrap();
}

/// Changes the log behind the floor's back, as somebody with the database file could.
async fn tamper(place: &Place, sql: &str) {
    let mut tx = place.store.begin(&actor(), None).await.unwrap();
    tx.run(sql, vec![]).await.unwrap();
    tx.audit(Audit::new("tamper"));
    tx.commit().await.unwrap();
}

/// Row M05; invariant 10: a commit without a row of the log is refused, and nothing of it is written.
#[tokio::test]
async fn a_write_without_an_audit_row_is_refused_and_leaves_nothing() {
    for place in places().await {
        let mut tx = place.store.begin(&actor(), None).await.unwrap();
        tx.run("INSERT INTO note (id, word) VALUES (1, 'a')", vec![])
            .await
            .unwrap();
        let refused = tx.commit().await.unwrap_err();
        assert!(
            matches!(&refused, StoreError::Unaudited(what) if what == "INSERT INTO note"),
            "{refused}"
        );
        let mut tx = place.store.begin(&actor(), None).await.unwrap();
        tx.insert_many("note", &["id"], vec![values![2_i64]])
            .await
            .unwrap();
        drop(tx);
        assert_eq!(
            (place.count("note").await, place.count("audit_row").await),
            (0, 0),
            "{}",
            place.name
        );
        // Reading alone needs no row, and a failed transaction gives the gate back.
        let tx = place.store.begin(&actor(), None).await.unwrap();
        assert_eq!(
            tx.all("SELECT id FROM note", vec![]).await.unwrap().len(),
            0
        );
        tx.commit().await.unwrap();
        write(&place, 3).await;
        assert_eq!(
            (place.count("note").await, place.count("audit_row").await),
            (1, 1),
            "{}",
            place.name
        );
        place.close().await;
    }
}

/// Row M05; invariant 10: the sealed log verifies; a changed or deleted row, a changed moment and a
/// removed link are each named.
#[tokio::test]
async fn a_changed_or_deleted_row_of_the_log_is_named() {
    for (damage, finds) in [
        (
            "UPDATE audit_row SET subject = 'other' WHERE subject = '4'",
            "was changed",
        ),
        (
            "UPDATE audit_row SET at = at + 1 WHERE subject = '4'",
            "was changed",
        ),
        (
            "UPDATE audit_row SET request = NULL WHERE subject = '4'",
            "was changed",
        ),
        ("DELETE FROM audit_row WHERE subject = '4'", "is gone"),
        ("DELETE FROM audit_seal WHERE seq = 4", "lacks number 4"),
    ] {
        for place in places().await {
            for id in 1..=6 {
                write(&place, id).await;
                place.clock.pass(1);
            }
            assert_eq!(
                place.store.verify_audit().await.unwrap(),
                Ok(0),
                "nothing sealed yet"
            );
            assert_eq!(place.store.seal_audit().await.unwrap(), 6);
            assert_eq!(place.store.seal_audit().await.unwrap(), 0);
            write(&place, 7).await;
            assert_eq!(place.store.seal_audit().await.unwrap(), 1);
            assert_eq!(
                place.store.verify_audit().await.unwrap(),
                Ok(7),
                "{}",
                place.name
            );
            let sql = "SELECT id FROM audit_row WHERE subject = '4'";
            let id = place
                .store
                .one(sql, vec![])
                .await
                .unwrap()
                .unwrap()
                .text("id")
                .unwrap();
            tamper(&place, damage).await;
            let says = place.store.verify_audit().await.unwrap().unwrap_err();
            assert!(says.contains(finds), "{damage}: {says}");
            if finds != "lacks number 4" {
                assert!(says.contains(&id) && says.contains("number 4"), "{says}");
            }
            place.close().await;
        }
    }
}

/// Row M03; invariant 10; engineering.md 14: reads are logged together and each is in the database
/// before its page may go out.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn concurrent_reads_are_each_durable_before_the_answer() {
    for place in places().await {
        let mut tasks = tokio::task::JoinSet::new();
        for reader in 0..20 {
            let store = place.store.clone();
            tasks.spawn(async move {
                for round in 0..5 {
                    let subject = format!("{reader}-{round}");
                    let entry = Audit::new("person.read").subject(&subject);
                    store.log_reads(&actor(), None, &[entry]).await.unwrap();
                    let sql =
                        "SELECT CAST(count(*) AS BIGINT) AS n FROM audit_row WHERE subject = $1";
                    let seen = store.number(sql, values![subject.as_str()]).await.unwrap();
                    assert_eq!(seen, 1, "{subject}");
                }
            });
        }
        while let Some(done) = tasks.join_next().await {
            done.unwrap();
        }
        assert_eq!(place.count("audit_row").await, 100, "{}", place.name);
        place.store.log_reads(&actor(), None, &[]).await.unwrap();
        assert_eq!(place.store.seal_audit().await.unwrap(), 100);
        place.close().await;
    }
}
