//! Nothing is written without a row of the log, and the log cannot be changed unseen.

use crate::place::{Place, actor, places};
use kernel::Instant;
use store::audit_log::{Span, about_person};
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
            let says = place
                .store
                .verify_audit()
                .await
                .unwrap()
                .unwrap_err()
                .to_string();
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

/// Row M05; invariant 10: heads that were kept outside show a tail that was cut off with its links, and a chain that was written anew from a changed row on;
/// the chain alone shows neither. A walk may begin behind any link.
#[tokio::test]
async fn heads_kept_outside_show_a_cut_tail_and_a_chain_written_anew() {
    use store::audit_chain::{compare, heads_of, heads_text};
    for place in places().await {
        let store = &place.store;
        for id in 1..=6 {
            write(&place, id).await;
            place.clock.pass(12 * 3600);
        }
        store.seal_audit().await.unwrap();
        let walk = store.walk_audit(0).await.unwrap();
        assert_eq!((walk.rows, walk.broken.is_none()), (6, true));
        assert!(walk.heads.len() >= 3);
        let heads = heads_of(&heads_text(&walk.heads)).unwrap();
        assert_eq!(heads, walk.heads);
        assert!(heads_of("2025-06-30\t1\tshort").is_err());
        assert_eq!(compare(store, &heads, walk.rows).await.unwrap(), None);
        let part = store.walk_audit(3).await.unwrap();
        assert_eq!((part.rows, part.broken), (6, None));
        let day = place.store.clock().now().plus_seconds(-24 * 3600);
        assert_eq!(store.audit_link_before(day).await.unwrap(), 4);
        assert_eq!(
            store
                .unsealed_before(place.store.clock().now())
                .await
                .unwrap(),
            0
        );
        // The last row goes, with its link.
        tamper(&place, "DELETE FROM audit_seal WHERE seq = 6").await;
        tamper(&place, "DELETE FROM audit_row WHERE subject = '6'").await;
        assert_eq!(store.verify_audit().await.unwrap(), Ok(5), "{}", place.name);
        let says = compare(store, &heads, 5)
            .await
            .unwrap()
            .unwrap()
            .to_string();
        assert!(
            says.contains("ends at number 5") && says.contains("removed"),
            "{says}"
        );
        // A row is changed and everything is chained again.
        tamper(&place, "DELETE FROM audit_seal").await;
        tamper(
            &place,
            "UPDATE audit_row SET actor = 'other' WHERE subject = '2'",
        )
        .await;
        store.seal_audit().await.unwrap();
        let rows = store.verify_audit().await.unwrap().unwrap();
        let says = compare(store, &heads, rows)
            .await
            .unwrap()
            .unwrap()
            .to_string();
        assert!(says.contains("written anew"), "{says}");
        place.close().await;
    }
}

/// Rows M03, M05; invariant 10: who was on a list is found by person, with the rows about them, in order, page by page and
/// only within the span; a list that names somebody twice shows them once.
#[tokio::test]
async fn who_was_on_a_list_is_found_by_person() {
    for place in places().await {
        let store = &place.store;
        let list = |keys: &[&str]| Audit::new("person.list").with("keys", keys.to_vec());
        let read = |who: &str| Audit::new("person.read").person("421303", who);
        for entries in [
            vec![read("p1"), list(&["p1", "p2", "p1"])],
            vec![read("p2")],
            vec![list(&["p3", "p1"])],
        ] {
            store.log_reads(&actor(), None, &entries).await.unwrap();
        }
        let mut tx = store.begin(&actor(), None).await.unwrap();
        tx.audit(list(&["p1"]).subject("run"));
        tx.commit().await.unwrap();
        let span = |from: i64, until: i64| Span {
            from: Instant::from_micros(from),
            until: Instant::from_micros(until),
            after: None,
        };
        let all = span(0, i64::MAX);
        let (rows, more) = about_person(store, "p1", &all, 50).await.unwrap();
        assert_eq!((rows.len(), more), (4, false), "{}", place.name);
        assert_eq!(rows.iter().filter(|row| row.listed).count(), 3);
        assert!(
            rows.windows(2)
                .all(|two| (two[0].row.at, &two[0].row.id) > (two[1].row.at, &two[1].row.id))
        );
        let mut paged: Vec<String> = Vec::new();
        loop {
            let key = paged.last().cloned();
            let next = Span {
                after: key.as_deref(),
                ..all
            };
            let (page, more) = about_person(store, "p1", &next, 1).await.unwrap();
            paged.extend(page.iter().map(|row| row.row.key()));
            if !more {
                break;
            }
        }
        let whole: Vec<String> = rows.iter().map(|row| row.row.key()).collect();
        assert_eq!(paged, whole, "{}", place.name);
        let at = rows[0].row.at.micros();
        let nothing = about_person(store, "p1", &span(at + 1, i64::MAX), 50)
            .await
            .unwrap();
        assert!(nothing.0.is_empty());
        assert_eq!(
            about_person(store, "p4", &all, 50).await.unwrap().0.len(),
            0
        );
        place.close().await;
    }
}
