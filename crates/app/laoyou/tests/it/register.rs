//! Nobody is registered twice, whoever asks and however fast.

use crate::place::{Answer, City, cities};
use axum::http::StatusCode;
use rules::FactId;
use store::{Reads, values};

/// A number of area 429900 with its check digit.
fn number(born: &str, serial: u32) -> String {
    let digits = format!("429900{born}{serial:03}");
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = digits
        .chars()
        .zip(weights)
        .map(|(c, w)| c.to_digit(10).unwrap() * w)
        .sum();
    let check = ["1", "0", "X", "9", "8", "7", "6", "5", "4", "3", "2"][(sum % 11) as usize];
    format!("{digits}{check}")
}

async fn register(city: &City, fields: &[(&str, &str)], cookie: &str) -> Answer {
    let her = city.person("王念慈").await;
    let home = her.area(FactId::RESIDENCE_AREA).unwrap().to_string();
    let mut form = vec![
        ("name", "测新人"),
        ("residence_area", home.as_str()),
        ("hukou_area", home.as_str()),
    ];
    for (name, value) in fields {
        form.retain(|(known, _)| known != name);
        form.push((name, value));
    }
    city.post("/people/new", &form, cookie).await
}

/// Rows B02, B01; invariant 11: a wrong check digit and other slips are told at their field, and what was typed stays.
#[tokio::test]
async fn slips_are_told_at_their_field() {
    for city in cities().await {
        let worker = city.door("demo-01-town").await;
        let good = number("19500101", 997);
        let last = if good.ends_with('1') { "2" } else { "1" };
        let wrong = format!("{}{last}", &good[..17]);
        for (fields, says) in [
            (vec![("id_number", wrong.as_str())], "校验"),
            (vec![("id_number", "12345")], "18"),
            (
                vec![("id_number", good.as_str()), ("name", "")],
                "请填写姓名",
            ),
            (
                vec![("id_number", good.as_str()), ("birth_date", "1950-01-02")],
                "不一样",
            ),
            (
                vec![("id_number", good.as_str()), ("residence_area", "")],
                "请选择常住地",
            ),
            (
                vec![("id_number", good.as_str()), ("phone", "12ab")],
                "7 至 12 位",
            ),
            (vec![], "没有身份证号时请填写出生日期"),
            (vec![("birth_date", "1950-01-01")], "请选择性别"),
            (
                vec![("birth_date", "2025-07-01"), ("sex", "male")],
                "不能晚于今天",
            ),
            (
                vec![
                    ("id_number", good.as_str()),
                    ("residence_area", "421381100001"),
                    ("hukou_area", "421381100001"),
                ],
                "不在您的管辖范围",
            ),
        ] {
            let answer = register(&city, &fields, &worker).await;
            assert_eq!(
                answer.status,
                StatusCode::UNPROCESSABLE_ENTITY,
                "{fields:?}"
            );
            assert!(answer.body.contains(says), "{fields:?}: {says}");
            if !fields.iter().any(|(name, _)| *name == "name") {
                assert!(answer.body.contains("测新人"), "{fields:?}");
            }
        }
        let made = city
            .count("SELECT CAST(count(*) AS BIGINT) AS n FROM people_person WHERE name = '测新人'")
            .await;
        assert_eq!(made, 0, "{}", city.name);
        city.close().await;
    }
}

/// Rows B02, M03; invariants 7 and 10: a number that is registered is refused: with a link in scope, with the office and without
/// a name outside.
#[tokio::test]
async fn a_known_number_is_linked_in_scope_and_nameless_outside() {
    for city in cities().await {
        let her = city.person("王念慈").await;
        let number = people::api::open_secret(&city.store, "id_number", her.id_number.as_ref())
            .unwrap()
            .unwrap();
        let page = format!("/people/{}", her.key.id);
        let worker = city.door("demo-01-town").await;
        for typed in [number.clone(), format!(" {number} ")] {
            let twin = register(&city, &[("id_number", &typed)], &worker).await;
            assert_eq!(
                twin.status,
                StatusCode::UNPROCESSABLE_ENTITY,
                "{}",
                city.name
            );
            assert!(twin.body.contains(&page) && twin.body.contains("王念慈"));
        }
        let other = city.door("demo-02-town").await;
        let place = [
            ("id_number", number.as_str()),
            ("residence_area", "421381100001"),
            ("hukou_area", "421381100001"),
        ];
        let hidden = register(&city, &place, &other).await;
        assert_eq!(hidden.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(hidden.body.contains("已经建档") && hidden.body.contains("唐县镇"));
        assert!(
            !hidden.body.contains("王念慈") && !hidden.body.contains(&her.key.id),
            "{}",
            city.name
        );
        city.close().await;
    }
}

/// Rows B02, M03; invariant 7; engineering.md 3: one number from two pages at once is registered once, on both databases.
#[tokio::test]
async fn of_two_registrations_at_once_exactly_one_wins() {
    for city in cities().await {
        let (worker, officer) = (
            city.door("demo-01-town").await,
            city.door("demo-03-county").await,
        );
        for serial in 900..905 {
            let number = number("19440404", serial);
            let form = [("id_number", number.as_str())];
            let (a, b) = tokio::join!(
                register(&city, &form, &worker),
                register(&city, &form, &officer)
            );
            let mut seen = [a.status, b.status];
            seen.sort();
            assert_eq!(
                seen,
                [StatusCode::SEE_OTHER, StatusCode::UNPROCESSABLE_ENTITY],
                "{}",
                city.name
            );
            let index = city.store.keys().blind_short("id_number", &number, 20);
            let sql = "SELECT CAST(count(*) AS BIGINT) AS n FROM people_person WHERE id_number_index = $1";
            assert_eq!(city.store.number(sql, values![index]).await.unwrap(), 1);
            let winner = if a.status == StatusCode::SEE_OTHER {
                &a
            } else {
                &b
            };
            let loser = if a.status == StatusCode::SEE_OTHER {
                &b
            } else {
                &a
            };
            assert!(
                loser.body.contains(&winner.to),
                "the loser is shown the record"
            );
            assert_eq!(city.get(&winner.to, &worker).await.status, StatusCode::OK);
        }
        let differ = entitle::api::differences(&city.store, &city.published())
            .await
            .unwrap();
        assert!(differ.is_empty());
        city.close().await;
    }
}

/// Rows B02, B09, C05; invariants 3 and 11: without a number a person is registered under a provisional one, is found at once and
/// has answers at once.
#[tokio::test]
async fn without_a_number_there_is_a_provisional_one_and_answers_at_once() {
    for city in cities().await {
        let worker = city.door("demo-01-town").await;
        let form = [
            ("birth_date", "1935-05-05"),
            ("sex", "female"),
            ("phone", "16000000001"),
        ];
        let done = register(&city, &form, &worker).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
        let page = city.get(&done.to, &worker).await;
        assert!(
            page.body.contains("临421321-") && page.body.contains("90周岁"),
            "{}",
            city.name
        );
        let found = city
            .post("/people/search", &[("q", "测新人")], &worker)
            .await;
        assert_eq!(found.to, done.to);
        let by_phone = city
            .post("/people/search", &[("q", "16000000001")], &worker)
            .await;
        assert_eq!(by_phone.to, done.to);
        let id = done.to.trim_start_matches("/people/");
        let sql = "SELECT yes AS n FROM entitle_answer WHERE id = $1";
        let yes = city.store.number(sql, values![id]).await.unwrap();
        assert_ne!(yes & 0b100, 0, "高龄津贴 is a yes");
        assert!(city.get("/owed?size=100", &worker).await.body.contains(id));
        // A second person of that name and day is another person only when the clerk has looked at the first.
        let alike = register(&city, &form, &worker).await;
        assert_eq!(alike.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(alike.body.contains("疑似重复") && alike.body.contains(&done.to));
        let (_, rest) = alike.body.split_once("name=\"other\" value=\"").unwrap();
        let (mark, _) = rest.split_once('"').unwrap();
        let mut looked = form.to_vec();
        looked.push(("other", mark));
        let again = register(&city, &looked, &worker).await;
        assert!(again.status == StatusCode::SEE_OTHER && again.to != done.to);
        city.close().await;
    }
}
