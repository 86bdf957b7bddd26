//! 消息: made with what they tell of, sent once by a way that reaches people, read by the family.

use crate::place::{City, cities};
use axum::http::StatusCode;
use message::api::{Kind, Said, SmsOutbox, Turn, say};
use store::{Audit, Reads, values};

async fn tell(city: &City, name: &str, kind: Kind) {
    let person = city.person(name).await;
    let mut tx = city
        .store
        .begin(&authz::Actor::system("test"), None)
        .await
        .unwrap();
    let said = Said::new(&person, kind, "高龄津贴", "50.00 元，请查收。", None);
    say(&mut tx, vec![said]).await.unwrap();
    tx.audit(Audit::new("test"));
    tx.commit().await.unwrap();
}

/// Sends what waits; what the night tells of by itself is no part of these tests.
async fn sent(city: &City) {
    let outbox = SmsOutbox::Off;
    while message::api::send(&city.store, &outbox).await.unwrap() != Turn::Done {}
}

async fn states(city: &City) -> Vec<(String, String)> {
    let sql = "SELECT kind, state FROM message_message ORDER BY made_at, code";
    let rows = city.store.all(sql, vec![]).await.unwrap();
    rows.iter()
        .map(|row| (row.text("kind").unwrap(), row.text("state").unwrap()))
        .collect()
}

/// Row C33; invariants 8 and 10: without text messages a family reads it inside and everybody else gets paper; a kind
/// that the family does not want is not sent, one that the law asks for is; paper is printed once; nobody outside reads it.
#[tokio::test]
async fn nobody_is_left_untold() {
    for city in cities().await {
        let sql = "DELETE FROM message_message";
        let mut tx = city
            .store
            .begin(&authz::Actor::system("test"), None)
            .await
            .unwrap();
        tx.run(sql, values![]).await.unwrap();
        tx.audit(Audit::new("test"));
        tx.commit().await.unwrap();
        let family = city.door("demo-08-family").await;
        let mother = city.person("王念慈").await;
        let off = format!("/family/messages/{}", mother.key.id);
        let saved = city
            .post(&off, &[("off", "accepted"), ("off", "decided")], &family)
            .await;
        assert_eq!(saved.status, StatusCode::SEE_OTHER);
        for kind in [Kind::Paid, Kind::Accepted, Kind::Decided] {
            tell(&city, "王念慈", kind).await;
        }
        let sql = "SELECT name FROM people_person WHERE shard = $1 AND id <> $2 AND alive ORDER BY id LIMIT 1";
        let row = city
            .store
            .one(
                sql,
                values![mother.key.shard.as_str(), mother.key.id.as_str()],
            )
            .await
            .unwrap()
            .unwrap();
        tell(&city, &row.text("name").unwrap(), Kind::Stopping).await;
        sent(&city).await;
        let expect = [
            ("paid", "inside"),
            ("accepted", "off"),
            ("decided", "inside"),
            ("stopping", "paper"),
        ]
        .map(|(kind, state)| (kind.to_owned(), state.to_owned()));
        assert_eq!(states(&city).await, expect, "{}", city.name);
        let page = city.get("/family/messages", &family).await.body;
        assert!(page.contains("50.00 元，请查收"), "{page}");
        let officer = city.door("demo-03-county").await;
        let list = city.get("/messages", &officer).await;
        assert_eq!(list.status, StatusCode::OK);
        assert!(list.body.contains("打印告知单 1"), "{}", list.body);
        let printed = city.post("/messages/papers", &[], &officer).await;
        assert_eq!(printed.status, StatusCode::OK);
        assert_eq!(printed.header("content-type"), "application/pdf");
        let again = city.post("/messages/papers", &[], &officer).await;
        assert_eq!(again.status, StatusCode::SEE_OTHER, "nothing is left");
        assert!(
            states(&city)
                .await
                .contains(&("stopping".to_owned(), "printed".to_owned()))
        );
        let code = "SELECT code FROM message_message ORDER BY code LIMIT 1";
        let code = city.store.one(code, vec![]).await.unwrap().unwrap();
        let paper = format!("/messages/{}/paper.pdf", code.text("code").unwrap());
        let stranger = city.door("demo-02-town").await;
        assert_eq!(
            city.get(&paper, &stranger).await.status,
            StatusCode::NOT_FOUND
        );
        city.close().await;
    }
}

/// Row C33; invariant 9: with a gateway a message is one line of one file, by telephone; the same piece again is the
/// same file.
#[tokio::test]
async fn a_text_message_is_a_line_for_the_gateway() {
    for city in cities().await {
        let folder =
            std::env::temp_dir().join(format!("laoyou-sms-{}-{}", city.name, std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let sql =
            "SELECT name FROM people_person WHERE phone IS NOT NULL AND alive ORDER BY id LIMIT 1";
        let row = city.store.one(sql, vec![]).await.unwrap().unwrap();
        let name = row.text("name").unwrap();
        let outbox = SmsOutbox::Folder(folder.clone());
        tell(&city, &name, Kind::Returned).await;
        let sent = message::api::send(&city.store, &outbox).await.unwrap();
        assert_eq!(sent, Turn::Done, "nothing more waits");
        let files: Vec<_> = std::fs::read_dir(&folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        assert_eq!(files.len(), 1, "{files:?}");
        let text = std::fs::read_to_string(&files[0]).unwrap();
        let line: Vec<&str> = text
            .lines()
            .find(|line| line.contains("没有到账"))
            .unwrap()
            .split('\t')
            .collect();
        assert_eq!((line.len(), line[0].len()), (3, 11), "{text}");
        assert!(line[1].starts_with(&name));
        std::fs::remove_dir_all(&folder).unwrap();
        city.close().await;
    }
}
