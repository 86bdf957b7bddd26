//! The life of a version: loaded, refused, published, frozen; demo values beside it.

use crate::folders::{OVERLAY, changed, place, small, suizhou};
use crate::{count, fresh, loaded, published};
use authz::Actor;
use kernel::Day;
use plan::api::{
    LoadError, PlanBook, PublishError, Status, VersionId, check, export, load, param_rows, publish,
    set_overlay, show_json, version,
};
use rules::folder::ParamValue;
use rules::{Facts, Files, Value, facts};
use store::{Reads, Store, values};

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

async fn try_publish(
    store: &Store,
    id: &VersionId,
    by: &str,
    approved_by: &str,
) -> Result<(), PublishError> {
    let mut tx = store.begin(&Actor::system("test"), None).await.unwrap();
    let done = publish(&mut tx, id, by, approved_by).await;
    match done {
        Ok(()) => tx.commit().await.unwrap(),
        Err(_) => tx.rollback().await.unwrap(),
    }
    done
}

/// All there is about versions, as one text to compare.
async fn everything(store: &Store) -> String {
    let mut out = String::new();
    let versions = "SELECT id, digest, status, loaded_by, published_by, approved_by, list_name FROM plan_version ORDER BY id";
    for row in store.all(versions, vec![]).await.unwrap() {
        for column in [
            "id",
            "digest",
            "status",
            "loaded_by",
            "published_by",
            "approved_by",
            "list_name",
        ] {
            out.push_str(row.opt_text(column).unwrap().as_deref().unwrap_or("-"));
            out.push('\n');
        }
    }
    for row in store
        .all(
            "SELECT version, name, text FROM plan_file ORDER BY version, name",
            vec![],
        )
        .await
        .unwrap()
    {
        out.push_str(&format!(
            "{} {} {}\n",
            row.text("version").unwrap(),
            row.text("name").unwrap(),
            row.text("text").unwrap()
        ));
    }
    out
}

/// Rows C01, C02, A01: a folder becomes a draft, a second person makes it the version in force.
#[tokio::test]
async fn a_draft_is_published_by_a_second_person() {
    for db in fresh().await {
        let id = loaded(&db.store, &small(), "zhang").await;
        let draft = version(&db.store, &id).await.unwrap().unwrap();
        assert_eq!(
            (draft.status(), draft.loaded_by.as_str()),
            (Status::Draft, "zhang")
        );
        let book = PlanBook::load(&db.store).await.unwrap();
        assert!(
            book.in_force(day("2025-06-30")).is_none(),
            "a draft answers nobody"
        );
        for (by, approved_by) in [
            ("zhang", "zhang"),
            ("li", "zhang"),
            ("li", "li"),
            ("li", ""),
            ("", "li"),
            ("li", " li "),
        ] {
            let refused = try_publish(&db.store, &id, by, approved_by)
                .await
                .unwrap_err();
            assert!(
                matches!(refused, PublishError::SecondPerson),
                "{by} {approved_by}: {refused}"
            );
        }
        try_publish(&db.store, &id, "zhang", "li").await.unwrap();
        book.reload(&db.store).await.unwrap();
        let version = book.in_force(day("2025-06-30")).unwrap();
        assert_eq!(
            (version.published_by.as_str(), version.approved_by.as_str()),
            ("zhang", "li")
        );
        assert_eq!(
            (version.digest.as_str(), version.list.digest()),
            (draft.digest.as_str(), draft.digest.as_str())
        );
        assert!(
            !version.overlay
                && book.by_digest(&draft.digest).is_some()
                && book.by_digest("x").is_none()
        );
        assert!(
            book.in_force(day("2023-05-31")).is_none()
                && book.in_force(day("2023-06-01")).is_some()
        );
        assert_eq!(
            count(&db.store, "audit_row WHERE action = 'plan.load'").await,
            1
        );
        assert_eq!(
            count(&db.store, "audit_row WHERE action = 'plan.publish'").await,
            1
        );
        assert_eq!(
            count(&db.store, "outbox WHERE topic = 'plan.published'").await,
            1
        );
        db.close().await.unwrap();
    }
}

/// Loading the same folder again gives the same id and writes nothing, also when it is published.
#[tokio::test]
async fn the_same_folder_again_changes_nothing() {
    for db in fresh().await {
        let id = loaded(&db.store, &small(), "zhang").await;
        assert_eq!(loaded(&db.store, &small(), "wang").await, id);
        try_publish(&db.store, &id, "zhang", "li").await.unwrap();
        let before = everything(&db.store).await;
        assert_eq!(loaded(&db.store, &small(), "wang").await, id);
        assert_eq!(everything(&db.store).await, before);
        assert_eq!(
            count(&db.store, "audit_row WHERE action = 'plan.load'").await,
            1
        );
        db.close().await.unwrap();
    }
}

/// Invariant 4 (fail closed): an unknown fact, a type error or a failing example never gets published;
/// what does not read at all is not even a draft.
#[tokio::test]
async fn what_does_not_compile_or_pass_is_refused() {
    let unknown_fact = changed("services.toml", "age >= 80", "aeg >= 80");
    let wrong_type = changed("services.toml", "age >= 80", "age >= 'a'");
    let failing = changed("services.cases.toml", "fen = 5000\n", "fen = 6000\n");
    let unreadable = changed("services.toml", "access = ", "acces = ");
    for db in fresh().await {
        for files in [&unknown_fact, &wrong_type] {
            let id = loaded(&db.store, files, "zhang").await;
            match try_publish(&db.store, &id, "zhang", "li").await {
                Err(PublishError::Problems(problems)) => {
                    assert_eq!(problems[0].file, "services.toml");
                    assert!(
                        problems[0].line > 1 && !problems[0].remedy.is_empty(),
                        "{problems:?}"
                    );
                }
                other => panic!("{other:?}"),
            }
        }
        let id = loaded(&db.store, &failing, "zhang").await;
        match try_publish(&db.store, &id, "zhang", "li").await {
            Err(PublishError::Failing(cases)) => {
                assert_eq!((cases.len(), cases[0].says.as_str()), (1, "满80周岁"));
            }
            other => panic!("{other:?}"),
        }
        let mut tx = db.store.begin(&Actor::system("test"), None).await.unwrap();
        let refused = load(&mut tx, &unreadable, "zhang").await.unwrap_err();
        assert!(!refused.problems().is_empty(), "{refused}");
        tx.rollback().await.unwrap();
        let nowhere = try_publish(&db.store, &VersionId("x".into()), "zhang", "li").await;
        assert!(matches!(nowhere, Err(PublishError::NotFound)));
        assert_eq!(
            count(&db.store, "plan_version WHERE status = 'published'").await,
            0
        );
        assert!(PlanBook::load(&db.store).await.unwrap().all().is_empty());
        db.close().await.unwrap();
    }
}

/// Row C02: a later list is in force from its day; an earlier one comes too late; a corrected one of
/// the same day counts instead of the first; another place is refused.
#[tokio::test]
async fn a_later_list_takes_over_on_its_day() {
    let later = changed("services.toml", "2023-06-01", "2025-07-01");
    let earlier = changed("services.toml", "2023-06-01", "2022-01-01");
    let corrected = changed(
        "services.toml",
        "80周岁及以上老年人",
        "80周岁及以上的老年人",
    );
    let elsewhere = changed("plan.toml", "ceshi", "linshi");
    for db in fresh().await {
        let first = published(&db.store, &small()).await;
        let second = published(&db.store, &corrected).await;
        let third = published(&db.store, &later).await;
        let book = PlanBook::load(&db.store).await.unwrap();
        let on = |text: &str| book.in_force(day(text)).map(|version| version.id.clone());
        assert_eq!(on("2025-06-30"), Some(second));
        assert_eq!(on("2025-07-01"), Some(third));
        assert!(
            book.by_id(&first).is_some(),
            "old answers still find their list"
        );
        let id = loaded(&db.store, &earlier, "zhang").await;
        assert!(matches!(
            try_publish(&db.store, &id, "zhang", "li").await,
            Err(PublishError::Older { .. })
        ));
        let id = loaded(&db.store, &elsewhere, "zhang").await;
        assert!(
            matches!(try_publish(&db.store, &id, "zhang", "li").await, Err(PublishError::OtherPlace(slug)) if slug == "ceshi")
        );
        db.close().await.unwrap();
    }
}

/// engineering.md 6; invariants 1 and 13: folder → database → folder is the identity, byte for byte.
#[tokio::test]
async fn a_folder_comes_back_as_it_went_in() {
    let mut odd = small();
    odd.insert(
        "README.md".into(),
        "第一行\r\n没有换行的末行\t '\"\\ 😀".into(),
    );
    odd.insert(
        "params.toml".into(),
        odd.get("params.toml").unwrap().replace('\n', "\r\n"),
    );
    for db in fresh().await {
        for files in [
            &suizhou(),
            &place("xianning"),
            &place("chongxin"),
            &place("shaoyang"),
            &small(),
            &odd,
        ] {
            let id = loaded(&db.store, files, "zhang").await;
            assert_eq!(
                &export(&db.store, &id).await.unwrap().unwrap(),
                files,
                "{}",
                db.name
            );
        }
        assert_eq!(
            export(&db.store, &VersionId("x".into())).await.unwrap(),
            None
        );
        let mut tx = db.store.begin(&Actor::system("test"), None).await.unwrap();
        let nul: Files = small()
            .into_iter()
            .map(|(name, text)| (name, format!("{text}\n# \0")))
            .collect();
        assert!(matches!(
            load(&mut tx, &nul, "zhang").await,
            Err(LoadError::Problems { .. })
        ));
        tx.rollback().await.unwrap();
        db.close().await.unwrap();
    }
}

/// Row C01: a published version never changes; one changed behind our back is not answered from.
#[tokio::test]
async fn a_published_version_never_changes() {
    for db in fresh().await {
        let id = published(&db.store, &small()).await;
        let before = everything(&db.store).await;
        assert!(matches!(
            try_publish(&db.store, &id, "wang", "zhao").await,
            Err(PublishError::AlreadyPublished)
        ));
        loaded(&db.store, &small(), "wang").await;
        assert_eq!(everything(&db.store).await, before);
        for sql in [
            "UPDATE plan_version SET status = 'draft' WHERE id = $1",
            "UPDATE plan_version SET approved_by = published_by WHERE id = $1",
            "UPDATE plan_version SET approved_by = NULL WHERE id = $1",
            "DELETE FROM plan_version WHERE id = $1",
        ] {
            let mut tx = db.store.begin(&Actor::system("test"), None).await.unwrap();
            assert!(tx.run(sql, values![id.as_str()]).await.is_err(), "{sql}");
            tx.rollback().await.unwrap();
        }
        let mut tx = db.store.begin(&Actor::system("test"), None).await.unwrap();
        let sql = "UPDATE plan_file SET text = $1 WHERE version = $2 AND name = 'params.toml'";
        tx.run(sql, values!["# 换成别的\n", id.as_str()])
            .await
            .unwrap();
        tx.audit(store::Audit::new("test"));
        tx.commit().await.unwrap();
        assert!(PlanBook::load(&db.store).await.is_err());
        db.close().await.unwrap();
    }
}

/// Invariant 1: demo values stand beside the plan, are marked, change no digest, and fit or are refused.
#[tokio::test]
async fn demo_values_lie_over_the_parameters() {
    let mut person = Facts::default();
    for (name, value) in [
        ("alive", Value::Bool(true)),
        ("birth_date", Value::Day(day("1940-01-01"))),
    ] {
        person.set(facts::find(name).unwrap(), Some(value));
    }
    for db in fresh().await {
        published(&db.store, &small()).await;
        let book = PlanBook::load(&db.store).await.unwrap();
        let plain = book.in_force(day("2025-06-30")).unwrap();
        assert_eq!(plain.list.answer(&person, day("2025-06-30"))[0].fen, None);
        assert!(
            param_rows(&plain.folder, &plain.list, day("2025-06-30"))[0]
                .values
                .is_empty()
        );

        let mut tx = db.store.begin(&Actor::system("test"), None).await.unwrap();
        let wrong_type = OVERLAY.replace("fen = 8000", "word = \"a\"");
        for bad in [
            OVERLAY.replace("高龄", "低龄"),
            "x = 1".to_owned(),
            wrong_type,
        ] {
            assert!(
                !set_overlay(&mut tx, "ceshi", &bad)
                    .await
                    .unwrap_err()
                    .problems()
                    .is_empty(),
                "{bad}"
            );
        }
        set_overlay(&mut tx, "ceshi", OVERLAY).await.unwrap();
        set_overlay(&mut tx, "ceshi", OVERLAY).await.unwrap();
        tx.commit().await.unwrap();
        book.reload(&db.store).await.unwrap();
        let demo = book.in_force(day("2025-06-30")).unwrap();
        assert!(demo.overlay && demo.list.overlay_digest().is_some());
        assert_eq!(demo.digest, plain.digest);
        assert_eq!(
            demo.list.answer(&person, day("2025-06-30"))[0].fen,
            Some(8000)
        );
        let rows = param_rows(&demo.folder, &demo.list, day("2025-06-30"));
        assert!(rows[0].demo && rows[0].values[0].in_force);
        assert_eq!(
            (&rows[0].values[0].value, rows[0].values[0].zh.as_str()),
            (&ParamValue::Int(8000), "80.00 元")
        );
        book.reload(&db.store).await.unwrap();
        let again = book.in_force(day("2025-06-30")).unwrap();
        assert!(
            std::sync::Arc::ptr_eq(&demo, &again),
            "what did not change is not compiled again"
        );
        db.close().await.unwrap();
    }
}

/// `laoyou plan show` and `plan check`: complete, in a fixed order, the same every time.
#[test]
fn a_folder_is_shown_and_checked_without_a_database() {
    let shown = show_json(&suizhou()).unwrap();
    let keys: Vec<&String> = shown.as_object().unwrap().keys().collect();
    assert_eq!(
        keys,
        [
            "format",
            "digest",
            "plan",
            "list",
            "services",
            "cases",
            "programmes",
            "params",
            "areas",
            "measures",
            "indicators",
            "tasks",
            "tables",
            "projects",
            "standards",
            "acknowledged",
            "findings"
        ]
    );
    assert_eq!(shown["services"].as_array().unwrap().len(), 28);
    assert_eq!(shown["services"][2]["name"], "高龄津贴");
    assert_eq!(
        show_json(&suizhou()).unwrap().to_string(),
        shown.to_string()
    );
    let found = check(&suizhou(), None);
    assert!(
        found.problems.is_empty() && found.cases.len() >= 28 && found.digest.is_some(),
        "{:?}",
        found.failing()
    );
    assert!(found.failing().is_empty() && !found.open().is_empty() && !found.clean());
    let broken = check(&changed("services.toml", "age >= 80", "aeg >= 80"), None);
    assert!(!broken.clean() && broken.problems.len() == 1 && broken.cases.is_empty());
    assert!(show_json(&Files::new()).is_err() && !check(&Files::new(), None).clean());
}
