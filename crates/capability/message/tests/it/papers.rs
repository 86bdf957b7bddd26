//! Papers of messages, from the list that links them.

use crate::place::{Place, places};
use area::api::AreaBook;
use authz::{Actor, Role, Scope};
use axum::Router;
use axum::http::StatusCode;
use host::{App, AppState, testing};
use message::api::{SmsOutbox, Turn, send};
use std::sync::Arc;

async fn router(place: &Place) -> Router {
    let areas = Arc::new(AreaBook::load(&place.store).await.unwrap());
    let app = App::new(place.store.clone(), "随州市", None).with_part(areas);
    let app: AppState = Arc::new(app);
    message::capability().routes.router().with_state(app)
}

async fn get(router: &Router, county: &str, path: &str) -> (StatusCode, Vec<u8>) {
    let actor = Actor {
        id: "town".into(),
        name: "town的姓名".into(),
        role: Role::TownWorker,
        scope: Scope::Areas(vec![county.parse().unwrap()]),
        scope_name: county.into(),
    };
    let answer = testing::get(router, &actor, path).await;
    (answer.status, answer.bytes)
}

/// Rows C33, K03; product rule 39, invariant 10: the list links a paper as PDF and as Word, which says what was told;
/// outside nobody finds it.
#[tokio::test]
async fn a_paper_is_there_in_word() {
    for place in places(1).await {
        place.tell(1..=1).await;
        let turn = send(&place.store, &SmsOutbox::Off).await.unwrap();
        assert_eq!(turn, Turn::Done);
        let router = router(&place).await;
        let (status, page) = get(&router, "421321", "/messages").await;
        let page = String::from_utf8(page).unwrap();
        assert_eq!(status, StatusCode::OK, "{page}");
        assert!(page.contains("下载 Word"), "{page}");
        let links = |ending: &str| {
            let all = page.split("href=\"").map(|part| part.split('"').next());
            let mut all = all.flatten().filter(|href| href.ends_with(ending));
            all.next().unwrap().to_owned()
        };
        assert!(links("/paper.pdf").starts_with("/messages/"));
        let word = links("/paper.docx");
        let (status, bytes) = get(&router, "421321", &word).await;
        assert_eq!(status, StatusCode::OK);
        let text = docs::testing::words(&bytes).unwrap();
        for says in ["告知单", "测000001", "50.00 元", "送到谁手里"] {
            assert!(text.contains(says), "{says}: {text}");
        }
        let (status, _) = get(&router, "421381", &word).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        drop(router);
        place.close().await;
    }
}
