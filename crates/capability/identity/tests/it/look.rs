//! Looking: before somebody is registered, and over everybody by a job.

use crate::place::{SUI, ZENGDU, key, new, number, person, places};
use axum::http::StatusCode;
use rules::Value;
use store::Reads;

const VILLAGE: &str = "421303001001";

fn form<'a>(name: &'a str, birth: &'a str, village: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("name", name),
        ("birth_date", birth),
        ("sex", "female"),
        ("hukou_area", village),
        ("residence_area", village),
    ]
}

/// Rows B01, B02, M03: whoever registers somebody who is there already is warned with everything typed still there; out of scope
/// only the office is named; who says it is somebody else is believed, and the pair waits for a review.
#[tokio::test]
async fn a_near_duplicate_is_shown_before_it_is_saved() {
    for place in places().await {
        let mut known = new(1, "王秀兰", "1940-03-05", VILLAGE);
        known.number = Some(number("19400305", 202));
        place.register(&[known]).await;
        let typed = form("王秀蘭", "1940-05-03", VILLAGE);
        let (status, _, body) = place.send(ZENGDU, "POST", "/people/new", &typed).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            body.contains("疑似重复") && body.contains("月和日写反") && body.contains("王秀蘭"),
            "{body}"
        );
        assert!(body.contains(&format!("/people/{}", key(1).id)));
        let (_, _, there) = place
            .send(
                SUI,
                "POST",
                "/people/new",
                &form("王秀兰", "1940-03-05", "421321101001"),
            )
            .await;
        assert!(
            there.contains("曾都区民政局") && !there.contains(&key(1).id),
            "{there}"
        );
        let mark = body.split("name=\"other\" value=\"").nth(1).unwrap();
        let mark = mark.split('"').next().unwrap();
        let mut again = typed.clone();
        again.push(("other", mark));
        let (status, to, _) = place.send(ZENGDU, "POST", "/people/new", &again).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{to}");
        assert_eq!(
            place
                .number_of("SELECT count(*) AS n FROM people_person")
                .await,
            2
        );
        let waiting =
            "SELECT count(*) AS n FROM identity_pair WHERE state = 'open' AND source = 'register'";
        assert_eq!(place.number_of(waiting).await, 1);
        // Somebody else is registered without a question.
        let (status, ..) = place
            .send(
                ZENGDU,
                "POST",
                "/people/new",
                &form("赵春花", "1951-09-17", VILLAGE),
            )
            .await;
        assert_eq!(status, StatusCode::SEE_OTHER);
        place.close().await;
    }
}

/// Rows B01, B02: imports ask the same question of somebody who is not there yet.
#[tokio::test]
async fn candidates_are_the_same_for_imports() {
    for place in places().await {
        place
            .register(&[
                new(1, "王秀兰", "1940-03-05", VILLAGE),
                new(2, "王秀兰", "1966-11-21", VILLAGE),
                new(3, "王秀岚", "1940-03-05", VILLAGE),
            ])
            .await;
        let asked = person(&new(9, "王秀兰", "1940-03-05", VILLAGE));
        let found = identity::api::candidates_for(&place.app, &place.store, &asked)
            .await
            .unwrap();
        let ids: Vec<&str> = found.iter().map(|one| one.person.key.id.as_str()).collect();
        assert_eq!(ids, [key(1).id.as_str(), key(3).id.as_str()]);
        assert!(found[0].score > found[1].score && found[1].score >= identity::api::LISTED);
        assert!(found[1].words.contains(&"姓名同音".to_owned()));
        place.close().await;
    }
}

/// Rows B01, B02, B08: a search over everybody finds the pairs, tells twins as twins, finds nothing twice, and goes on after a
/// kill where it was.
#[tokio::test]
async fn a_search_finds_every_kind_of_pair_once() {
    for place in places().await {
        let mut people = vec![
            new(1, "王秀兰", "1940-03-05", VILLAGE),
            new(2, "王秀蘭", "1940-03-05", "421321101001"),
            new(3, "李桂英", "1938-01-01", VILLAGE),
            new(4, "李桂英", "1938-07-19", VILLAGE),
            new(5, "欧阳春花", "1945-02-11", VILLAGE),
            new(6, "春花欧阳", "1945-02-11", VILLAGE),
            new(7, "陈大双", "2025-06-18", VILLAGE),
            new(8, "陈小双", "2025-06-18", VILLAGE),
            new(11, "赵一", "1950-05-05", VILLAGE),
            new(12, "钱二", "1950-05-05", VILLAGE),
        ];
        for twin in &mut people[6..8] {
            twin.household = Some("h9");
        }
        let mut numbered = new(13, "赵一", "1950-05-05", "421381100001");
        numbered.number = Some(number("19500505", 202));
        numbered.facts = vec![("dibao", Value::Bool(false))];
        people.push(numbered);
        place.register(&people).await;
        let now = place.store.clock().now();
        let kind = identity::api::SEARCH;
        place
            .store
            .enqueue(&crate::place::actor(), kind, "{}", Some(kind), now)
            .await
            .unwrap();
        assert!(place.turn().await, "one kind of key");
        // Killed in the next turn: claimed, and nothing said.
        let lost = place.store.claim_job().await.unwrap().unwrap();
        assert_eq!(lost.done_units, 1);
        place.store.release_job(&lost).await.unwrap();
        while place.turn().await {}
        let sql = "SELECT a, b, evidence FROM identity_pair ORDER BY a, b";
        let rows = place.store.all(sql, vec![]).await.unwrap();
        let end = |text: String| text[text.len() - 2..].parse::<usize>().unwrap();
        let found: Vec<(usize, usize)> = rows
            .iter()
            .map(|row| (end(row.text("a").unwrap()), end(row.text("b").unwrap())))
            .collect();
        assert_eq!(found, [(1, 2), (3, 4), (5, 6), (7, 8), (11, 13)]);
        assert!(rows[3].text("evidence").unwrap().contains("t1"), "twins");
        let (_, body) = place.get(ZENGDU, "/duplicates").await;
        assert!(body.contains("陈大双") && body.contains("双胞胎"), "{body}");
        place.search().await;
        assert_eq!(
            place
                .number_of("SELECT count(*) AS n FROM identity_pair")
                .await,
            5
        );
        let merged = "SELECT count(*) AS n FROM identity_merge";
        assert_eq!(
            place.number_of(merged).await,
            0,
            "nothing is merged by a search"
        );
        place.close().await;
    }
}
