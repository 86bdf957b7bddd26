//! A family's question about the log reaches the auditor and comes back answered. Row M05.

use crate::place::{PASSWORD, places};
use authz::{Actor, Role, Scope};
use axum::http::StatusCode;
use org::api::{NewQuestion, ask_question, questions_about};
use store::Audit;
use store::audit_log::{self, Span};

/// Row M05: asked once for a row, answered once; the texts are sealed and stand in no log; only the auditor reads them.
#[tokio::test]
async fn a_question_is_asked_once_and_answered_once() {
    for place in places(false).await {
        let town = place.account("zhangmin", Role::TownWorker, vec![]).await;
        let daughter = place.account("daughter", Role::Family, vec![]).await;
        place.account("logs", Role::AuditAdmin, vec![]).await;
        let actor = |id: &str, role| Actor {
            id: id.to_owned(),
            name: "测".into(),
            role,
            scope: Scope::Nowhere,
            scope_name: String::new(),
        };
        let looked = [Audit::new("person.read").person("421303", "mother")];
        let store = &place.store;
        store
            .log_reads(&actor(&town, Role::TownWorker), None, &looked)
            .await
            .unwrap();
        let span = Span {
            from: kernel::Instant::from_micros(0),
            until: kernel::Instant::from_micros(i64::MAX),
            after: None,
        };
        let (rows, more) = audit_log::about_person(store, "mother", &span, 50)
            .await
            .unwrap();
        assert_eq!((rows.len(), more), (1, false));
        let new = NewQuestion {
            audit_row: &rows[0].row.id,
            shard: "421303",
            person: "mother",
            kind: "stranger",
            said: Some("我母亲没有办事"),
        };
        for first in [true, false] {
            let family = actor(&daughter, Role::Family);
            let mut tx = store.begin(&family, None).await.unwrap();
            assert_eq!(ask_question(&mut tx, &new).await.unwrap(), first);
            tx.commit().await.unwrap();
        }
        let logs = place.sign_in("logs", PASSWORD).await.token();
        let page = place.get("/system/questions", &logs).await;
        assert!(page.body.contains("我母亲没有办事") && page.body.contains("测zhangmin"));
        assert!(page.body.contains("不知道这是谁、为什么看") && page.body.contains("查阅人员"));
        let id = page.between("action=\"/system/questions/", "/answer");
        let path = format!("/system/questions/{id}/answer");
        let empty = place.post(&path, &[("answer", " ")], &logs).await;
        assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
        let answer = [("answer", "入户走访前查看，合规")];
        assert_eq!(
            place.post(&path, &answer, &logs).await.to,
            "/system/questions"
        );
        assert_eq!(
            place.post(&path, &answer, &logs).await.status,
            StatusCode::CONFLICT
        );
        let asked = questions_about(store, "mother", &daughter).await.unwrap();
        assert_eq!(
            asked[0].answer.as_deref(),
            Some("入户走访前查看，合规"),
            "{}",
            place.name
        );
        assert!(
            questions_about(store, "mother", &town)
                .await
                .unwrap()
                .is_empty()
        );
        for text in [
            place.log_text().await,
            place.texts_of("org_question", "said").await,
            place.texts_of("org_question", "answer").await,
        ] {
            assert!(!text.contains("母亲") && !text.contains("走访"), "{text}");
        }
        place.close().await;
    }
}
