//! 督办单 and 通报: numbers without gaps, replies, closing, ranks that two persons publish.

use crate::place::{
    CITY, COUNTY, LEADER, OTHER, SECOND, Who, actor, answer, get, places, post, router, split,
    taken, upload, value,
};
use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use std::collections::BTreeSet;
use store::{Reads, values};

const TITLE: &str = "特殊困难老年人居家适老化改造";

async fn issue(router: &Router, part: &str) -> (StatusCode, String) {
    let id = part.rsplit('/').next().unwrap();
    let form = [
        ("assignment", id),
        ("office", "曾都区人民政府"),
        ("person", "民政局局长 钱主任"),
        ("demand", "请书面答复"),
        ("days", "5"),
    ];
    post(router, &CITY, "/tasks/letters", &form).await
}

/// Rows A06, A14; invariants 10, 11: a 督办单 is issued with a number and a deadline by working days, answered by its
/// executor, sent back and closed by the office that issued it, each with its reason.
#[tokio::test]
async fn a_letter_is_answered_and_closed() {
    for db in places().await {
        let router = router(&db.store).await;
        taken(&router, "2025").await;
        let (item, [part, _]) = split(&router, TITLE, ["300", "200"]).await;
        let id = part.rsplit('/').next().unwrap().to_owned();
        let (_, page) = get(
            &router,
            &CITY,
            &format!("/tasks/letters/new?assignment={id}"),
        )
        .await;
        assert!(
            page.contains("目标 300户") && page.contains("曾都区人民政府"),
            "{page}"
        );
        let (_, page) = get(
            &router,
            &LEADER,
            &format!("/tasks/letters/new?assignment={id}"),
        )
        .await;
        assert!(
            page.contains("由牵头单位签发")
                && !page.contains("<form method=\"post\" action=\"/tasks/letters\""),
            "{page}"
        );
        let bad = [
            ("assignment", id.as_str()),
            ("office", ""),
            ("demand", "请答复"),
            ("days", "0"),
        ];
        let (status, page) = post(&router, &CITY, "/tasks/letters", &bad).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            page.contains("请写承办单位") && page.contains("1 到 60"),
            "{page}"
        );
        let (status, letter) = issue(&router, &part).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{letter}");
        // Monday 30 June and five working days.
        let (_, page) = get(&router, &COUNTY, &letter).await;
        for words in [
            "〔2025〕督 1 号",
            "2025年7月7日",
            "曾都区人民政府",
            "未答复",
        ] {
            assert!(page.contains(words), "{words}: {page}");
        }
        for (name, begins) in [
            ("letter.pdf", b"%PDF-".as_slice()),
            ("letter.docx", b"PK\x03\x04"),
        ] {
            // A build without the typesetter offers no PDF.
            if name == "letter.pdf" && !page.contains(name) {
                continue;
            }
            let ask = Request::get(format!("{letter}/{name}"));
            let ask = ask.body(Body::empty()).unwrap();
            let (status, _, file) = answer(&router, &COUNTY, ask).await;
            assert_eq!(status, StatusCode::OK, "{name}");
            assert!(file.starts_with(begins), "{name}");
        }
        assert_eq!(get(&router, &OTHER, &letter).await.0, StatusCode::NOT_FOUND);
        let reply = format!("{letter}/reply");
        let verdict = format!("{letter}/verdict");
        let seen = value(&page, "seen");
        let says = [("seen", seen.as_str()), ("says", "七月补齐")];
        assert_eq!(
            upload(&router, &OTHER, &reply, &says, None).await.0,
            StatusCode::NOT_FOUND
        );
        assert_eq!(
            upload(&router, &CITY, &reply, &says, None).await.0,
            StatusCode::FORBIDDEN
        );
        assert_eq!(
            upload(&router, &COUNTY, &reply, &says, None).await.0,
            StatusCode::SEE_OTHER
        );
        let (status, page) = upload(&router, &COUNTY, &reply, &says, None).await;
        assert_eq!(status, StatusCode::CONFLICT);
        assert!(page.contains("七月补齐"), "{page}");
        let (_, page) = get(&router, &CITY, &letter).await;
        let seen = value(&page, "seen");
        let close = |reason: &'static str, act: &'static str, seen: &str| {
            vec![
                ("seen".to_owned(), seen.to_owned()),
                ("reason".to_owned(), reason.to_owned()),
                ("act".to_owned(), act.to_owned()),
            ]
        };
        let form = close("", "close", &seen);
        let (status, page) = post(&router, &CITY, &verdict, &crate::place::pairs(&form)).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.contains("请写销号或退回的理由"), "{page}");
        for who in [&COUNTY, &LEADER] {
            let form = close("好", "close", &seen);
            let (status, _) = post(&router, who, &verdict, &crate::place::pairs(&form)).await;
            assert_eq!(status, StatusCode::FORBIDDEN);
        }
        let form = close("没有写措施", "return", &seen);
        assert_eq!(
            post(&router, &CITY, &verdict, &crate::place::pairs(&form))
                .await
                .0,
            StatusCode::SEE_OTHER
        );
        let (_, page) = get(&router, &COUNTY, &letter).await;
        assert!(page.contains("没有写措施"), "{page}");
        let seen = value(&page, "seen");
        let says = [("seen", seen.as_str()), ("says", "措施三条")];
        upload(
            &router,
            &COUNTY,
            &reply,
            &says,
            Some(("a.png", b"\x89PNG\r\n\x1a\n")),
        )
        .await;
        let (_, page) = get(&router, &SECOND, &letter).await;
        let seen = value(&page, "seen");
        let form = close("措施落实", "close", &seen);
        assert_eq!(
            post(&router, &SECOND, &verdict, &crate::place::pairs(&form))
                .await
                .0,
            StatusCode::SEE_OTHER
        );
        assert_eq!(
            post(&router, &CITY, &verdict, &crate::place::pairs(&form))
                .await
                .0,
            StatusCode::CONFLICT
        );
        // The letter as a file, for those who see it.
        let file = |who: &'static Who| {
            let request = Request::get(format!("{letter}/letter.docx"));
            answer(&router, who, request.body(Body::empty()).unwrap())
        };
        let (status, _, bytes) = file(&COUNTY).await;
        assert_eq!(status, StatusCode::OK);
        assert!(bytes.starts_with(b"PK"));
        assert_eq!(file(&OTHER).await.0, StatusCode::NOT_FOUND);
        let (_, page) = get(&router, &LEADER, &item).await;
        for words in ["已销号", "销号〔2025〕督 1 号", "措施落实", "没有写措施"] {
            assert!(page.contains(words), "{words}: {page}");
        }
        db.close().await.unwrap();
    }
}

/// Row A06: of letters issued at once each gets its own number, one that was taken back leaves no gap.
#[tokio::test]
async fn numbers_have_no_gaps() {
    for db in places().await {
        let router = router(&db.store).await;
        taken(&router, "2025").await;
        let (_, [part, _]) = split(&router, TITLE, ["300", "200"]).await;
        issue(&router, &part).await;
        // Somebody begins a letter and it is taken back.
        let mut tx = db.store.begin(&actor(&CITY), None).await.unwrap();
        tx.run(
            "UPDATE tasks_number SET last = last + 1 WHERE year = $1",
            values![2025_i64],
        )
        .await
        .unwrap();
        tx.rollback().await.unwrap();
        let one = || issue(&router, &part);
        let all = tokio::join!(one(), one(), one(), one(), one(), one());
        for (status, to) in [all.0, all.1, all.2, all.3, all.4, all.5] {
            assert_eq!(status, StatusCode::SEE_OTHER, "{to}");
        }
        let rows = db
            .store
            .all("SELECT no FROM tasks_letter ORDER BY no", vec![])
            .await
            .unwrap();
        let numbers: BTreeSet<i64> = rows.iter().map(|row| row.int("no").unwrap()).collect();
        assert_eq!(numbers, (1..=7).collect());
        db.close().await.unwrap();
    }
}

/// Rows A14, A16: a month's 通报 is drawn up by one, published by another, frozen; a correction is a new version with
/// its reason, and the old one stays.
#[tokio::test]
async fn a_bulletin_is_published_by_two_and_frozen() {
    for db in places().await {
        let router = router(&db.store).await;
        taken(&router, "2025").await;
        let (_, [part, _]) = split(&router, TITLE, ["300", "200"]).await;
        let path = "/tasks/bulletins/2025-06";
        let (_, page) = get(&router, &CITY, path).await;
        assert!(
            page.contains("曾都区") && page.contains("还没有拟稿"),
            "{page}"
        );
        assert_eq!(get(&router, &COUNTY, path).await.0, StatusCode::NOT_FOUND);
        let seen = value(&page, "seen");
        assert_eq!(
            post(&router, &LEADER, path, &[("seen", seen.as_str())])
                .await
                .0,
            StatusCode::FORBIDDEN
        );
        assert_eq!(
            post(&router, &CITY, path, &[("seen", seen.as_str())])
                .await
                .0,
            StatusCode::SEE_OTHER
        );
        assert_eq!(
            post(&router, &SECOND, path, &[("seen", seen.as_str())])
                .await
                .0,
            StatusCode::CONFLICT
        );
        let (_, page) = get(&router, &CITY, path).await;
        let digest = value(&page, "digest");
        let publication = format!("{path}/publication");
        let form = [("digest", digest.as_str())];
        assert_eq!(
            post(&router, &CITY, &publication, &form).await.0,
            StatusCode::FORBIDDEN,
            "a second person"
        );
        assert_eq!(
            get(&router, &COUNTY, path).await.0,
            StatusCode::NOT_FOUND,
            "a draft is nobody's to read"
        );
        assert_eq!(
            post(&router, &SECOND, &publication, &form).await.0,
            StatusCode::SEE_OTHER
        );
        let (status, before) = get(&router, &COUNTY, path).await;
        assert_eq!(status, StatusCode::OK);
        assert!(before.contains("随县"), "a rank names everybody: {before}");
        // A letter later changes what counts, not what was published.
        issue(&router, &part).await;
        let (_, after) = get(&router, &COUNTY, path).await;
        let table = |page: &str| {
            page.split("<tbody>")
                .nth(1)
                .unwrap()
                .split("</tbody>")
                .next()
                .unwrap()
                .to_owned()
        };
        assert_eq!(table(&before), table(&after));
        let (_, page) = get(&router, &CITY, path).await;
        let seen = value(&page, "seen");
        let (status, page) = post(&router, &CITY, path, &[("seen", seen.as_str())]).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.contains("请写更正原因"), "{page}");
        let form = [("seen", seen.as_str()), ("reason", "漏计督办单")];
        assert_eq!(
            post(&router, &CITY, path, &form).await.0,
            StatusCode::SEE_OTHER
        );
        let (_, page) = get(&router, &SECOND, path).await;
        let digest = value(&page, "digest");
        post(
            &router,
            &SECOND,
            &publication,
            &[("digest", digest.as_str())],
        )
        .await;
        let (_, now) = get(&router, &COUNTY, path).await;
        assert!(
            now.contains("第 2 版") && now.contains("漏计督办单"),
            "{now}"
        );
        assert_ne!(table(&before), table(&now));
        let (_, first) = get(&router, &COUNTY, &format!("{path}?version=1")).await;
        assert_eq!(table(&before), table(&first));
        db.close().await.unwrap();
    }
}
