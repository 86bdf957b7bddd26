//! A provisional number and the one of the papers that comes later.

use crate::place::{Place, SUI, ZENGDU, key, new, number, places};
use axum::http::StatusCode;

const VILLAGE: &str = "421303001001";

async fn give(
    place: &Place,
    who: crate::place::Who,
    id: usize,
    typed: &str,
) -> (StatusCode, String, String) {
    let person = people::api::person(&place.store, &key(id).id)
        .await
        .unwrap()
        .unwrap();
    let version = person.version.to_string();
    let path = format!("/people/{}/number", key(id).id);
    let form = [("id_number", typed), ("version", version.as_str())];
    place.send(who, "POST", &path, &form).await
}

/// Rows B01, B02: a child without a number gets it later; its history and its 临时编号 stay, slips are told, a number that is
/// another file's opens both side by side.
#[tokio::test]
async fn a_number_comes_later_and_history_stays() {
    for place in places().await {
        let good = number("20250618", 222);
        let mut twin = new(2, "王小双", "2025-06-18", VILLAGE);
        twin.number = Some(number("20250618", 242));
        place
            .register(&[new(1, "王大双", "2025-06-18", VILLAGE), twin])
            .await;
        let before = people::api::records(&place.store, &key(1)).await.unwrap();
        let last = if good.ends_with('1') { "2" } else { "1" };
        for (typed, says) in [
            (String::new(), "请填写身份证号"),
            (format!("{}{last}", &good[..17]), "校验"),
            (number("20250619", 222), "不一样"),
            (number("20250618", 211), "性别和档案不一样"),
        ] {
            let (status, _, body) = give(&place, ZENGDU, 1, &typed).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{typed}");
            assert!(body.contains(says), "{says}");
        }
        let (status, to, _) = give(&place, ZENGDU, 1, &number("20250618", 242)).await;
        assert_eq!(status, StatusCode::SEE_OTHER);
        assert!(to.starts_with("/duplicates/"), "{to}");
        let (_, body) = place.get(ZENGDU, &to).await;
        assert!(body.contains("王大双") && body.contains("王小双"), "{body}");
        let (status, to, _) = give(&place, ZENGDU, 1, &good).await;
        assert_eq!(
            (status, to),
            (StatusCode::SEE_OTHER, format!("/people/{}", key(1).id))
        );
        assert_eq!(
            people::api::records(&place.store, &key(1)).await.unwrap(),
            before
        );
        for typed in ["临421303-00000001", good.as_str()] {
            let (_, to, _) = place
                .send(ZENGDU, "POST", "/people/search", &[("q", typed)])
                .await;
            assert_eq!(to, format!("/people/{}", key(1).id), "{typed}");
        }
        // Once there, it is not given again.
        assert_eq!(give(&place, ZENGDU, 1, &good).await.0, StatusCode::CONFLICT);
        place.close().await;
    }
}

/// Rows B01, B02; invariant 7: two counties give one number to two files at once: exactly one does, the other is led to both.
#[tokio::test]
async fn of_two_counties_exactly_one_gives_a_number() {
    for place in places().await {
        place
            .register(&[
                new(1, "王秀兰", "1940-03-05", VILLAGE),
                new(2, "王秀兰", "1940-03-05", "421321101001"),
            ])
            .await;
        let typed = number("19400305", 202);
        let (one, two) = tokio::join!(
            give(&place, ZENGDU, 1, &typed),
            give(&place, SUI, 2, &typed)
        );
        assert_eq!(
            (one.0, two.0),
            (StatusCode::SEE_OTHER, StatusCode::SEE_OTHER)
        );
        let led = [&one.1, &two.1]
            .into_iter()
            .filter(|to| to.starts_with("/duplicates/"))
            .count();
        assert_eq!(led, 1, "{one:?} {two:?}");
        let have = "SELECT count(*) AS n FROM people_person WHERE id_number_index IS NOT NULL";
        assert_eq!(place.number_of(have).await, 1);
        assert_eq!(place.pair(1, 2).await.unwrap().2, "open");
        place.close().await;
    }
}
