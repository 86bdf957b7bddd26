//! Drill-down over the real router: every total is the sum of its rows and the rows of the list behind it.

use crate::place::{City, cities};
use axum::http::StatusCode;
use std::collections::BTreeSet;

/// A drill page: its total, its rows, where they lead, their lists.
struct Opened {
    total: i64,
    rows: Vec<i64>,
    down: Vec<(i64, String)>,
    lists: Vec<(i64, String)>,
}

fn number(text: &str) -> i64 {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    digits.parse().unwrap_or(0)
}

fn attribute(text: &str, before: &str) -> Option<String> {
    let rest = text.split(before).nth(1)?;
    Some(
        rest.split('"')
            .next()?
            .replace("&#38;", "&")
            .replace("&amp;", "&"),
    )
}

fn read(page: &str) -> Opened {
    let total = page.split("data-total>").nth(1).unwrap();
    // What the screen shows, not what paper shows.
    let total = total.split("</p>").next().unwrap();
    let shown = total.split("<span class=\"no-print\">").nth(1);
    let shown = shown.map_or_else(
        || total.split('<').next().unwrap(),
        |rest| rest.split('<').next().unwrap(),
    );
    let mut opened = Opened {
        total: number(shown),
        rows: Vec::new(),
        down: Vec::new(),
        lists: Vec::new(),
    };
    for row in page.split("<tr data-n=\"").skip(1) {
        let n: i64 = row.split('"').next().unwrap().parse().unwrap();
        let row = row.split("</tr>").next().unwrap();
        opened.rows.push(n);
        if n == 0 {
            continue;
        }
        let list = row
            .split("data-label=\"名单\"")
            .nth(1)
            .and_then(|cell| attribute(cell, "href=\""));
        match attribute(row, "<a href=\"/dashboard/drill") {
            Some(rest) => opened.down.push((n, format!("/dashboard/drill{rest}"))),
            // Only villages have no further page.
            None => opened.lists.extend(list.map(|list| (n, list))),
        }
    }
    opened
}

/// Walks a figure from the city to its villages; the lists behind the villages are handed back.
async fn walk(city: &City, who: &str, start: String) -> Vec<(i64, String)> {
    let mut lists = Vec::new();
    let mut waiting = vec![(start, None)];
    while let Some((path, wanted)) = waiting.pop() {
        let page = city.get(&path, who).await;
        assert_eq!(page.status, StatusCode::OK, "{path} on {}", city.name);
        let opened = read(&page.body);
        let sum: i64 = opened.rows.iter().sum();
        if !opened.rows.is_empty() {
            assert_eq!(opened.total, sum, "{path} on {}", city.name);
        }
        if let Some(n) = wanted {
            assert_eq!(opened.total, n, "{path} on {}", city.name);
        }
        for (n, href) in opened.down {
            waiting.push((href, Some(n)));
        }
        lists.extend(opened.lists);
    }
    lists
}

/// Rows A20, C01; issue 4 item 2, product.md 42, invariant 8: in both trees every total is the sum of its rows
/// down to villages, and a village's number is the length of the list behind it.
#[tokio::test]
async fn every_total_is_the_sum_of_its_drill_down() {
    for city in cities().await {
        let officer = city.door("demo-05-city").await;
        let mut walked = 0;
        let states = ["yes", "receiving", "owed", "undue", "unknown", "ask"];
        let items = [3, 10, 17, 20, 28];
        let figures = [
            "elders_60",
            "elders_80",
            "children_under_3",
            "residents",
            "owed",
            "undue",
            "unknown",
        ]
        .map(str::to_owned)
        .into_iter()
        .chain(
            items
                .iter()
                .flat_map(|no| states.map(|state| format!("item-{no}-{state}"))),
        );
        for figure in figures {
            let mut villages = Vec::new();
            for tree in ["counties", "bodies"] {
                let start = format!("/dashboard/drill?figure={figure}&tree={tree}");
                villages.push(walk(&city, &officer, start).await);
            }
            let trees: Vec<BTreeSet<_>> = villages
                .iter()
                .map(|lists| lists.iter().cloned().collect())
                .collect();
            assert_eq!(
                trees[0], trees[1],
                "both trees end at the same villages: {figure}"
            );
            // 待核实 is grouped by the fact that is missing, it is no list of people.
            for (n, list) in villages[0].iter().filter(|_| figure != "unknown").take(12) {
                let page = city.get(list, &officer).await;
                assert_eq!(page.status, StatusCode::OK, "{list}");
                assert!(
                    page.body.contains(&format!("共 {n} 条")),
                    "{figure}: {n} in {list} on {}",
                    city.name
                );
                walked += 1;
            }
        }
        assert!(walked > 40, "{walked}");
        city.close().await;
    }
}

/// Product.md 42, invariant 10: a leader sees counts to the village, small ones suppressed, and no list; an
/// officer of another place is told whom to ask; unknown filters are named.
#[tokio::test]
async fn leaders_stop_at_counts_and_officers_at_their_scope() {
    for city in cities().await {
        let leader = city.door("demo-09-leader").await;
        let page = city.get("/dashboard/drill?figure=elders_60", &leader).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(!page.body.contains("/people?") && !page.body.contains("data-n="));
        let page = city
            .get(
                "/dashboard/drill?figure=elders_80&area=421303001000",
                &leader,
            )
            .await;
        let few = ["&#60;5", "&lt;5", "不单列", "不再往下展开"];
        assert!(
            few.iter().any(|words| page.body.contains(words)),
            "{}",
            page.body
        );
        let town = city.door("demo-01-town").await;
        let page = city.get("/dashboard/drill?area=421381000000", &town).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN);
        for (path, word) in [
            ("/dashboard/drill?figure=none", "figure"),
            ("/dashboard/drill?area=1", "area"),
            ("/dashboard/drill?tree=oak", "tree"),
            ("/dashboard/map?figure=none", "figure"),
            ("/dashboard/tasks?state=none", "state"),
            ("/dashboard/money?colour=red", "colour"),
        ] {
            let page = city.get(path, &leader).await;
            assert_eq!(page.status, StatusCode::BAD_REQUEST, "{path}");
            assert!(page.body.contains(word), "{path}");
        }
        city.close().await;
    }
}

/// Rows A07, A20; product.md 6 and 27: money, map, tasks and the letter of a red light are alive, name nobody and
/// never show 0 for what was never loaded.
#[tokio::test]
async fn the_other_halves_of_the_dashboard_are_alive() {
    for city in cities().await {
        let leader = city.door("demo-09-leader").await;
        let board = city.get("/dashboard", &leader).await.body;
        let letter = board.split("href=\"/tasks/letters/new?").nth(1).unwrap();
        let letter = letter.split('"').next().unwrap().replace("&amp;", "&");
        let letter = city
            .get(&format!("/tasks/letters/new?{letter}"), &leader)
            .await;
        assert_eq!(letter.status, StatusCode::OK);
        for words in ["发督办单", "单上写的事实", "由牵头单位签发", "红："] {
            assert!(letter.body.contains(words), "{words}");
        }
        for (path, words) in [
            ("/dashboard/money", "未接入"),
            ("/dashboard/safety", "未接入"),
            ("/dashboard/map", "示意图"),
            ("/dashboard/tasks?year=2023", "21 项"),
            ("/dashboard/owed_people", "按户籍地"),
        ] {
            let page = city.get(path, &leader).await;
            assert_eq!(page.status, StatusCode::OK, "{path}");
            assert!(page.body.contains(words), "{path}: {words}");
        }
        city.close().await;
    }
}
