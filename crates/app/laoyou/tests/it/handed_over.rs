//! Work that accounts own passes on in every capability, and comes back. Rows M03, M05.

use crate::place::{City, cities};
use authz::Actor;
use std::collections::BTreeMap;
use store::{Reads, values};

async fn account(city: &City, login: &str) -> Actor {
    let sql = "SELECT id, name FROM org_account WHERE login = $1";
    let row = city.store.one(sql, values![login]).await.unwrap().unwrap();
    Actor {
        id: row.text("id").unwrap(),
        name: row.text("name").unwrap(),
        role: authz::Role::CountyCivil,
        scope: authz::Scope::Areas(vec!["421303".parse().unwrap()]),
        scope_name: "曾都区".into(),
    }
}

/// An import that waits for its columns, a request that waits for an answer, a pair that was put off.
async fn plant(city: &City, leaver: &Actor) {
    let folder = std::env::temp_dir().join(format!("laoyou-handover-{}", city.name));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("低保.csv");
    std::fs::write(&path, "姓名,身份证号\n甲乙,110105194912310021\n").unwrap();
    intake::api::begin(&city.app, leaver, "dibao", &path)
        .await
        .unwrap();
    let her = city.person("王念慈").await.key;
    let mut tx = city.store.begin(leaver, None).await.unwrap();
    tx.run(
        "INSERT INTO quality_request (request, shard, id, fact, since, basis, state, asked_at, asked_by, asked_role) \
         VALUES ('q1', $1, $2, 'living', 20250101, 'visit', 'open', 1, $3, 'county_civil')",
        values![her.shard, her.id.as_str(), leaver.id.as_str()],
    )
    .await
    .unwrap();
    tx.run(
        "INSERT INTO identity_pair (id, a, b, score, evidence, state, source, found_at, digest, version, decided_by) \
         VALUES ('pair-of-two', $1, 'x', 80, '', 'held', 'search', 1, '', 1, $2)",
        values![her.id, leaver.id.as_str()],
    )
    .await
    .unwrap();
    tx.audit(store::Audit::new("test"));
    tx.commit().await.unwrap();
}

/// What an account owns, by kind of work.
async fn owned(city: &City, who: &Actor) -> BTreeMap<&'static str, usize> {
    let mut out = BTreeMap::new();
    for kind in &city.app.handovers {
        let items = (kind.owned_by)(&city.store, &who.id).await.unwrap();
        assert!(
            items.iter().all(|item| !item.title.contains("王念慈")),
            "no name: {items:?}"
        );
        let counted = (kind.owners)(&city.store).await.unwrap();
        let count = counted.iter().find(|(id, _)| *id == who.id);
        assert_eq!(
            count.map_or(0, |(_, n)| *n as usize),
            items.len(),
            "{}",
            kind.key
        );
        if !items.is_empty() {
            out.insert(kind.key, items.len());
        }
    }
    out
}

/// Rows M03, M05: correction requests, doubtful pairs and unfinished imports pass to the successor with their files and come
/// back; who asked stays who asked; work of somebody who can no longer sign in is nobody's and counted so.
#[tokio::test]
async fn work_of_every_kind_passes_on_and_comes_back() {
    for city in cities().await {
        let leaver = account(&city, "demo-03-county").await;
        let successor = account(&city, "demo-04-body").await;
        let (had, before) = (owned(&city, &leaver).await, owned(&city, &successor).await);
        plant(&city, &leaver).await;
        let mine = owned(&city, &leaver).await;
        for kind in ["identity", "intake", "quality"] {
            assert_eq!(mine.get(kind), Some(&1), "{kind} on {}", city.name);
        }
        let mut passed = BTreeMap::new();
        let mut tx = city
            .store
            .begin(&Actor::system("test"), None)
            .await
            .unwrap();
        for kind in &city.app.handovers {
            let keys = (kind.pass_on)(&mut tx, &leaver.id, &successor.id, None)
                .await
                .unwrap();
            passed.insert(kind.key, keys);
        }
        tx.audit(store::Audit::new("test"));
        tx.commit().await.unwrap();
        assert!(owned(&city, &leaver).await.is_empty(), "{}", city.name);
        let theirs = owned(&city, &successor).await;
        for kind in ["identity", "intake", "quality"] {
            assert_eq!(theirs.get(kind), Some(&1), "{kind} on {}", city.name);
        }
        let asked = "SELECT count(*) AS n FROM quality_request WHERE asked_by = $1";
        let of = values![leaver.id.as_str()];
        assert_eq!(city.store.number(asked, of).await.unwrap(), 1);
        let files = "SELECT count(*) AS n FROM file WHERE owner = $1";
        let of = values![successor.id.as_str()];
        assert_eq!(city.store.number(files, of).await.unwrap(), 1);
        let mut tx = city
            .store
            .begin(&Actor::system("test"), None)
            .await
            .unwrap();
        for kind in &city.app.handovers {
            let keys = passed.get(kind.key).unwrap();
            (kind.pass_on)(&mut tx, &successor.id, &leaver.id, Some(keys))
                .await
                .unwrap();
        }
        tx.audit(store::Audit::new("test"));
        tx.commit().await.unwrap();
        assert_eq!(owned(&city, &successor).await, before, "{}", city.name);
        let back = owned(&city, &leaver).await;
        assert_eq!(back.len(), had.len() + 3, "{}: {back:?}", city.name);
        let mut tx = city
            .store
            .begin(&Actor::system("test"), None)
            .await
            .unwrap();
        tx.run(
            "UPDATE org_account SET disabled = $1 WHERE id = $2",
            values![true, leaver.id.as_str()],
        )
        .await
        .unwrap();
        tx.audit(store::Audit::new("test"));
        tx.commit().await.unwrap();
        let office = city.door("demo-05-city").await;
        let page = city.get("/ownerless", &office).await.body;
        assert!(page.contains("王建国"), "{}: {page}", city.name);
        assert!(city.get("/", &office).await.body.contains("无人负责"));
        city.close().await;
    }
}
