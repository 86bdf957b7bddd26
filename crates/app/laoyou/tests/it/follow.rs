//! 跟进: what is owed and not received is worked on until it is settled, and speaks again when its time comes.

use crate::place::{City, cities};
use axum::http::StatusCode;
use store::{Reads, values};

async fn owed(city: &City, person: &str) -> (String, i64) {
    let sql = "SELECT f.finding, (SELECT CAST(count(*) AS BIGINT) FROM entitle_follow s WHERE s.finding = f.finding) AS steps \
         FROM entitle_finding f WHERE f.id = $1 AND f.programme = 'senior_allowance' AND f.closed_on IS NULL";
    let row = city.store.one(sql, values![person]).await.unwrap().unwrap();
    (row.text("finding").unwrap(), row.int("steps").unwrap())
}

/// Row B14; invariants 5, 10 and 11: a finding is taken up, put off with a reason and a day, leaves the list and comes
/// back that day; giving up needs a signed paper; two who write at once do not overwrite each other; a visitor cannot
/// settle; what happened stays, by whom and when.
#[tokio::test]
async fn a_finding_is_followed_until_it_is_settled() {
    for city in cities().await {
        let her = city.person("王念慈").await;
        let (town, visitor) = (
            city.door("demo-01-town").await,
            city.door("demo-07-visitor").await,
        );
        let (finding, steps) = owed(&city, &her.key.id).await;
        assert_eq!(steps, 0);
        let page = format!("/owed/{finding}");
        let listed = async |query: &str| {
            city.get(&format!("/owed{query}"), &town)
                .await
                .body
                .contains(&page)
        };
        assert!(listed("").await && listed("?state=open").await);
        assert!(!listed("?state=contacted").await);

        // A visitor says that she was told, and cannot settle.
        let told = [
            ("state", "contacted"),
            ("says", "已上门告知"),
            ("seen", "0"),
        ];
        let done = city.post(&page, &told, &visitor).await;
        assert_eq!(
            (done.status, done.to.as_str()),
            (StatusCode::SEE_OTHER, page.as_str())
        );
        assert!(listed("").await && listed("?state=contacted").await);
        let beyond = [("state", "deferred"), ("says", "等等看"), ("seen", "1")];
        let refused = city.post(&page, &beyond, &visitor).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);

        // What is wrong is said at its field, and what was typed stays.
        for (form, says) in [
            (
                vec![
                    ("state", "deferred"),
                    ("seen", "1"),
                    ("until", "2025-08-01"),
                ],
                "请写明原因",
            ),
            (
                vec![
                    ("state", "deferred"),
                    ("seen", "1"),
                    ("says", "住院"),
                    ("until", "2025-06-30"),
                ],
                "日期应在明天以后",
            ),
            (
                vec![("state", "waived"), ("seen", "1"), ("says", "不想要")],
                "须上传本人签字的材料",
            ),
            (
                vec![
                    ("state", "contacted"),
                    ("seen", "1"),
                    ("until", "2025-08-01"),
                ],
                "这种情况不用填日期",
            ),
        ] {
            let wrong = city.post(&page, &form, &town).await;
            assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{says}");
            assert!(wrong.body.contains(says), "{says}");
        }

        // Put off until a day; whoever had the page of before is told and loses nothing.
        let off = [
            ("state", "deferred"),
            ("seen", "1"),
            ("says", "人在外地住院，回来再办"),
            ("until", "2025-08-01"),
        ];
        assert_eq!(
            city.post(&page, &off, &town).await.status,
            StatusCode::SEE_OTHER
        );
        let late = [("state", "in_hand"), ("seen", "1"), ("says", "帮她申请")];
        let stale = city.post(&page, &late, &visitor).await;
        assert_eq!(stale.status, StatusCode::CONFLICT);
        assert!(stale.body.contains("帮她申请") && stale.body.contains("回来再办"));
        assert!(!listed("").await && listed("?state=deferred").await);
        assert!(listed("?state=quiet").await && listed("?state=all").await);
        let months = city.get("/owed/months", &town).await;
        assert_eq!(months.status, StatusCode::OK);
        assert!(months.body.contains("平均天数"));

        // Its amount changes: it is open again, and all that was written is still there.
        let mut tx = city
            .store
            .begin(&authz::Actor::system("test"), None)
            .await
            .unwrap();
        tx.run(
            "UPDATE entitle_finding SET fen = 1 WHERE finding = $1",
            values![finding.as_str()],
        )
        .await
        .unwrap();
        tx.audit(store::Audit::new("test"));
        tx.commit().await.unwrap();
        entitle::api::everyone(&city.store, &city.published(), false, |_| {})
            .await
            .unwrap();
        assert!(listed("").await && listed("?state=open").await);
        let shown = city.get(&page, &town).await.body;
        for words in ["已上门告知", "回来再办", "已联系", "暂缓"] {
            assert!(shown.contains(words), "{words}");
        }

        // Put off once more: on its day it is on the list by itself.
        let again = [
            ("state", "deferred"),
            ("seen", "2"),
            ("says", "还在住院"),
            ("until", "2025-07-02"),
        ];
        assert_eq!(
            city.post(&page, &again, &town).await.status,
            StatusCode::SEE_OTHER
        );
        assert!(!listed("").await);
        city.clock.pass_days(2);
        let town = city.door("demo-01-town").await;
        let listed = city.get("/owed", &town).await.body.contains(&page);
        assert!(listed);
        city.close().await;
    }
}
