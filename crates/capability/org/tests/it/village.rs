//! Village accounts: opened by the town for its own villages, bound to one phone, by number and PIN. Row M03.

use crate::place::{Answer, PASSWORD, Place, code, day, places};
use authz::Role;
use axum::http::StatusCode;
use org::api::Grant;

const PHONE: &str = "19900001234";
const PIN: &str = "739264";

async fn town(place: &Place, login: &str, area: &str) -> String {
    let grants = vec![Grant::area(&code(area), day("2024-01-01"))];
    place.account(login, Role::TownWorker, grants).await;
    place.sign_in(login, PASSWORD).await.token()
}

async fn open(place: &Place, token: &str, phone: &str, village: &str) -> Answer {
    let form = [("name", "周小燕"), ("phone", phone), ("village", village)];
    place.post("/village-accounts/new", &form, token).await
}

fn first_code(answer: &Answer) -> String {
    let code = answer.between("id=\"first-code\">", "<");
    assert_eq!(code.len(), 9, "{code}");
    code
}

async fn bind(place: &Place, code: &str, pin: &str) -> Answer {
    let form = [
        ("phone", PHONE),
        ("code", code),
        ("pin", pin),
        ("again", pin),
    ];
    place
        .post_from("/sign-in/phone/first", &form, "", None)
        .await
}

async fn by_pin(place: &Place, pin: &str, device: &str) -> Answer {
    let form = [("phone", PHONE), ("pin", pin)];
    let cookies = format!("laoyou_device={device}");
    place
        .post_from("/sign-in/phone", &form, &cookies, None)
        .await
}

/// Row M03: from the town's code to signing in on the bound phone, and on no other; the number stands nowhere in clear.
#[tokio::test]
async fn one_phone_is_bound_by_the_towns_code() {
    for place in places(false).await {
        let token = town(&place, "zhangmin", "421303106").await;
        let opened = open(&place, &token, "199-0000 1234", "421303106200").await;
        assert_eq!(opened.status, StatusCode::OK, "{}", opened.body);
        let code = first_code(&opened);
        let twice = open(&place, &token, PHONE, "421303106200").await;
        assert_eq!(twice.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(twice.body.contains("已经开通过"));
        // Before it is bound a PIN opens nothing, and a weak one is not taken.
        assert_eq!(
            by_pin(&place, PIN, "").await.status,
            StatusCode::UNPROCESSABLE_ENTITY
        );
        let weak = bind(&place, &code, "123456").await;
        assert!(weak.body.contains("容易猜到"), "{}", place.name);
        let bound = bind(&place, &code, PIN).await;
        assert_eq!(
            (bound.status, bound.to.as_str()),
            (StatusCode::SEE_OTHER, "/")
        );
        let device = bound.cookie("laoyou_device").unwrap();
        let page = place.get("/coming", &bound.token()).await.body;
        assert!(page.contains("周小燕") && page.contains("龙头湾村"));
        let spent = bind(&place, &code, "805913").await;
        assert_eq!(
            spent.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "a code binds once"
        );
        assert_eq!(by_pin(&place, PIN, &device).await.to, "/");
        let elsewhere = by_pin(&place, PIN, &"0".repeat(64)).await;
        let unknown = place
            .post_from(
                "/sign-in/phone",
                &[("phone", "19900009999"), ("pin", PIN)],
                "",
                None,
            )
            .await;
        assert!(elsewhere.body.contains("这部手机没有绑定"));
        assert_eq!(
            elsewhere.body.replace(PHONE, "19900009999"),
            unknown.body,
            "{}",
            place.name
        );
        for text in [
            place.log_text().await,
            place.texts_of("org_village", "phone").await,
            place.texts_of("org_village", "phone_digest").await,
            place.texts_of("org_account", "login").await,
        ] {
            assert!(!text.contains(PHONE), "{text}");
        }
        assert!(
            !place
                .texts_of("org_device", "token_digest")
                .await
                .contains(&device)
        );
        place.close().await;
    }
}

/// Row M03: wrong PINs lock, the town's reset ends phone, PIN, sessions and lock, and another code binds another phone.
#[tokio::test]
async fn the_town_resets_a_lost_phone() {
    for place in places(false).await {
        let token = town(&place, "zhangmin", "421303106").await;
        let code = first_code(&open(&place, &token, PHONE, "421303106200").await);
        let bound = bind(&place, &code, PIN).await;
        let device = bound.cookie("laoyou_device").unwrap();
        for _ in 0..5 {
            by_pin(&place, "805913", &device).await;
        }
        let locked = by_pin(&place, PIN, &device).await;
        assert!(locked.body.contains("以后再试"), "{}", place.name);
        let id = place
            .texts_of("org_village", "account")
            .await
            .trim()
            .to_owned();
        let reset = place
            .post(&format!("/village-accounts/{id}/code"), &[], &token)
            .await;
        let fresh = first_code(&reset);
        assert!(
            place
                .get("/coming", &bound.token())
                .await
                .to
                .starts_with("/sign-in")
        );
        assert_eq!(
            by_pin(&place, PIN, &device).await.status,
            StatusCode::UNPROCESSABLE_ENTITY
        );
        assert_eq!(
            bind(&place, &code, PIN).await.status,
            StatusCode::UNPROCESSABLE_ENTITY
        );
        let other = bind(&place, &fresh, "805913")
            .await
            .cookie("laoyou_device")
            .unwrap();
        assert_eq!(by_pin(&place, "805913", &other).await.to, "/");
        assert_eq!(
            by_pin(&place, "805913", &device).await.status,
            StatusCode::UNPROCESSABLE_ENTITY
        );
        // A code that nobody used runs out.
        let late = place
            .post(&format!("/village-accounts/{id}/code"), &[], &token)
            .await;
        place.clock.pass(7 * 86_400 + 1);
        assert_eq!(
            bind(&place, &first_code(&late), PIN).await.status,
            StatusCode::UNPROCESSABLE_ENTITY
        );
        place.close().await;
    }
}

/// Row M03; invariant 10: a town opens and resets accounts of its own villages only.
#[tokio::test]
async fn a_town_reaches_its_own_villages_only() {
    for place in places(false).await {
        let own = town(&place, "zhangmin", "421303106").await;
        let other = town(&place, "zhaolixin", "421381101").await;
        let foreign = open(&place, &other, PHONE, "421303106200").await;
        assert_eq!(foreign.status, StatusCode::UNPROCESSABLE_ENTITY);
        open(&place, &own, PHONE, "421303106200").await;
        let id = place
            .texts_of("org_village", "account")
            .await
            .trim()
            .to_owned();
        assert!(
            place
                .get("/village-accounts", &own)
                .await
                .body
                .contains("199****1234")
        );
        let page = place.get("/village-accounts", &other).await.body;
        assert!(
            !page.contains("199****1234") && !page.contains(&id),
            "{}",
            place.name
        );
        for act in ["code", "disable", "enable"] {
            let path = format!("/village-accounts/{id}/{act}");
            assert_eq!(
                place.post(&path, &[], &other).await.status,
                StatusCode::NOT_FOUND
            );
        }
        let visitor = place.account("visitor", Role::Visitor, vec![]).await;
        assert!(!visitor.is_empty());
        let token = place.sign_in("visitor", PASSWORD).await.token();
        assert_eq!(
            place.get("/village-accounts", &token).await.status,
            StatusCode::FORBIDDEN
        );
        place.close().await;
    }
}
