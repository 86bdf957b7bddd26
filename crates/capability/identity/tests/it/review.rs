//! Reviewing: what is shown to whom, decisions that stay quiet, two counties that must agree.

use crate::place::{GUANGSHUI, Place, SUI, ZENGDU, key, new, number, places};
use axum::http::StatusCode;
use rules::Value;
use store::Audit;

const VILLAGE: &str = "421303001001";
const SUI_VILLAGE: &str = "421321101001";

async fn across(place: &Place) -> String {
    let mut first = new(1, "王秀兰", "1940-03-05", VILLAGE);
    first.number = Some(number("19400305", 202));
    let mut second = new(2, "王秀兰", "1940-03-05", SUI_VILLAGE);
    second.facts = vec![("dibao", Value::Bool(true))];
    place.register(&[first, second]).await;
    place.search().await;
    format!("/duplicates/{}", place.pair(1, 2).await.unwrap().0)
}

/// Rows B01, M03; invariant 10: of a pair across two counties each office sees its own file, and of the other only that there is
/// one and whom to ask; both must agree before it is one.
#[tokio::test]
async fn two_counties_agree_before_their_files_become_one() {
    for place in places().await {
        let page = across(&place).await;
        let (status, body) = place.get(ZENGDU, &page).await;
        assert_eq!(status, StatusCode::OK);
        assert!(body.contains("随县民政局"), "{body}");
        assert!(!body.contains("低保") && !body.contains(&key(2).id) && !body.contains("姓名相同"));
        let (status, body) = place.get(ZENGDU, "/duplicates").await;
        assert_eq!(status, StatusCode::OK);
        assert!(body.contains("不在您的管辖范围") && !body.contains(&key(2).id));
        assert_eq!(place.get(GUANGSHUI, &page).await.0, StatusCode::FORBIDDEN);
        let (_, body) = place.get(GUANGSHUI, "/duplicates").await;
        assert!(body.contains("没有需要核对的疑似重复"));
        // Neither merges alone.
        let (status, _) = place.merge(SUI, (1, 2), &[("keep", "a")]).await;
        assert_eq!(status, StatusCode::FORBIDDEN);
        let version = place.pair(1, 2).await.unwrap().3.to_string();
        let form = [("agree", "1"), ("version", version.as_str())];
        let path = format!("{page}/agreement");
        assert_eq!(
            place.send(ZENGDU, "POST", &path, &form).await.0,
            StatusCode::SEE_OTHER
        );
        assert_eq!(
            place.send(ZENGDU, "POST", &path, &form).await.0,
            StatusCode::CONFLICT
        );
        let (status, _) = place.merge(ZENGDU, (1, 2), &[("keep", "a")]).await;
        assert_eq!(
            status,
            StatusCode::FORBIDDEN,
            "who agreed still waits for the other"
        );
        // The other office sees both now, and makes them one.
        let (_, body) = place.get(SUI, &page).await;
        assert!(
            body.contains(&key(1).id) && body.contains("姓名相同"),
            "{body}"
        );
        let (_, body) = place.get(SUI, "/duplicates?agreed=1").await;
        assert!(body.contains("一方已同意合并"));
        let (status, _) = place
            .merge(
                SUI,
                (1, 2),
                &[
                    ("keep", "a"),
                    ("f_hukou_area", "a"),
                    ("f_residence_area", "b"),
                ],
            )
            .await;
        assert_eq!(status, StatusCode::SEE_OTHER);
        let one = people::api::person(&place.store, &key(1).id)
            .await
            .unwrap()
            .unwrap();
        assert!(one.lives_apart(), "户籍 of the one, 常住 of the other");
        place.tallies_are_right().await;
        place.close().await;
    }
}

/// Rows B01, B02: two people stay two, quietly, until what is compared of one of them changes; a second officer is told.
#[tokio::test]
async fn told_apart_stays_quiet_until_something_changes() {
    for place in places().await {
        let mut first = new(1, "王秀兰", "1940-03-05", VILLAGE);
        first.number = Some(number("19400305", 202));
        place
            .register(&[first, new(2, "王秀兰", "1940-03-05", VILLAGE)])
            .await;
        place.search().await;
        let (id, score, state, version) = place.pair(1, 2).await.unwrap();
        assert_eq!((score, state.as_str()), (90, "open"));
        let path = format!("/duplicates/{id}/decision");
        let version = version.to_string();
        let missing = [("state", "not_same"), ("version", version.as_str())];
        let (status, _, body) = place.send(ZENGDU, "POST", &path, &missing).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(body.contains("请选择依据"));
        let form = [
            ("state", "not_same"),
            ("reason", "visit"),
            ("note", "村里有两位"),
            ("version", version.as_str()),
        ];
        assert_eq!(
            place.send(ZENGDU, "POST", &path, &form).await.0,
            StatusCode::SEE_OTHER
        );
        assert_eq!(
            place.send(ZENGDU, "POST", &path, &form).await.0,
            StatusCode::CONFLICT
        );
        place.search().await;
        assert_eq!(
            place.pair(1, 2).await.unwrap().2,
            "not_same",
            "a search does not wake it"
        );
        let (_, body) = place.get(ZENGDU, &format!("/duplicates/{id}")).await;
        assert!(
            body.contains("入户核实，是两个人") && body.contains("村里有两位"),
            "{body}"
        );
        // Something that is not compared changes nothing; a phone does.
        let mut tx = place
            .store
            .begin(&crate::place::actor(), None)
            .await
            .unwrap();
        place.app.facts_changed(&mut tx, &[key(2)]).await.unwrap();
        tx.audit(Audit::new("test"));
        tx.commit().await.unwrap();
        assert_eq!(place.pair(1, 2).await.unwrap().2, "not_same");
        let mut tx = place
            .store
            .begin(&crate::place::actor(), None)
            .await
            .unwrap();
        let mut own = people::api::own(&tx, &key(2)).await.unwrap().unwrap();
        let field = people::api::OwnField::Phone;
        let mut phone = own.remove(&field).unwrap();
        phone.insert("phone_index".into(), Some("00".into()));
        people::api::write_own(&mut tx, &key(2), field, &phone)
            .await
            .unwrap();
        place.app.facts_changed(&mut tx, &[key(2)]).await.unwrap();
        tx.audit(Audit::new("test"));
        tx.commit().await.unwrap();
        assert_eq!(place.pair(1, 2).await.unwrap().2, "open");
        place.close().await;
    }
}
