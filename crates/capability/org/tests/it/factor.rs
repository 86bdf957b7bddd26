//! The second factor: set up by its owner, asked for at every sign-in, forced for the three administrators, taken away
//! by another administrator. Row M03.

use crate::place::{PASSWORD, Place, places, places_with};
use authz::Role;
use axum::http::StatusCode;
use hmac::{Hmac, KeyInit, Mac};
use kernel::Clock;
use org::api::OrgSettings;

/// What a phone shows: computed here from the standard, not with the code under test.
fn phone(secret: &str, now: kernel::Instant) -> String {
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let mut bits = String::new();
    for letter in secret.chars() {
        bits += &format!("{:05b}", alphabet.find(letter).unwrap());
    }
    let key: Vec<u8> = bits
        .as_bytes()
        .chunks_exact(8)
        .map(|byte| u8::from_str_radix(std::str::from_utf8(byte).unwrap(), 2).unwrap())
        .collect();
    let mut mac = Hmac::<sha1::Sha1>::new_from_slice(&key).unwrap();
    mac.update(&(now.micros() / 30_000_000).to_be_bytes());
    let digest = mac.finalize().into_bytes();
    let at = usize::from(digest[19] & 15);
    let four = u32::from_be_bytes(digest[at..at + 4].try_into().unwrap());
    format!("{:06}", (four & 0x7fff_ffff) % 1_000_000)
}

/// Sets the factor up for a signed-in account; its secret and its recovery codes.
async fn set_up(place: &Place, token: &str) -> (String, Vec<String>) {
    let page = place.get("/security/factor", token).await;
    assert_eq!(page.status, StatusCode::OK, "{}", place.name);
    assert!(page.body.contains("<svg role=\"img\""));
    let secret: String = page
        .between("手工输入密钥：", "</b>")
        .rsplit('>')
        .next()
        .unwrap()
        .chars()
        .filter(|c| !c.is_whitespace())
        .collect();
    let offer = page.between("name=\"offer\" value=\"", "\"");
    let wrong = [("offer", offer.as_str()), ("code", "000000")];
    let wrong = place.post("/security/factor", &wrong, token).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(
        wrong.between("name=\"offer\" value=\"", "\""),
        offer,
        "the picture stays the one that was scanned"
    );
    let code = phone(&secret, place.clock.now());
    let right = [("offer", offer.as_str()), ("code", code.as_str())];
    let done = place.post("/security/factor", &right, token).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.body);
    let codes = done.between("id=\"recovery\"", "</ul>");
    let codes: Vec<String> = codes
        .split("</b>")
        .filter_map(|part| part.rsplit_once('>').map(|(_, code)| code.to_owned()))
        .filter(|code| code.len() == 11)
        .collect();
    assert_eq!(codes.len(), 8);
    (secret, codes)
}

/// Row M03: with the password alone nobody is in; a code opens once; a recovery code opens once; the database and the
/// log hold neither secret nor codes.
#[tokio::test]
async fn a_code_opens_once_and_the_password_alone_opens_nothing() {
    for place in places(false).await {
        let id = place.account("zhangmin", Role::TownWorker, vec![]).await;
        let token = place.sign_in("zhangmin", PASSWORD).await.token();
        let (secret, codes) = set_up(&place, &token).await;
        let half = place.sign_in("zhangmin", PASSWORD).await;
        assert_eq!(half.to, "/sign-in/code?next=", "{}", place.name);
        let half = half.token();
        for closed in ["/coming", "/security", "/password"] {
            assert_eq!(
                place.get(closed, &half).await.to,
                "/sign-in/code",
                "{closed}"
            );
        }
        // The code that set it up is spent; the next step's is not.
        let spent = phone(&secret, place.clock.now());
        let refused = place
            .post("/sign-in/code", &[("code", &spent)], &half)
            .await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        place.clock.pass(30);
        let code = phone(&secret, place.clock.now());
        let first = place.post("/sign-in/code", &[("code", &code)], &half).await;
        assert_eq!(
            (first.status, first.to.as_str()),
            (StatusCode::SEE_OTHER, "/")
        );
        assert_ne!(first.token(), half, "a new session, not the half one");
        assert_eq!(
            place.get("/coming", &first.token()).await.status,
            StatusCode::OK
        );
        assert!(
            place
                .get("/coming", &half)
                .await
                .to
                .starts_with("/sign-in?")
        );
        let other = place.sign_in("zhangmin", PASSWORD).await.token();
        let again = place
            .post("/sign-in/code", &[("code", &code)], &other)
            .await;
        assert_eq!(
            again.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "seen over a shoulder"
        );
        let typed = codes[0].to_uppercase().replace('-', " ");
        let spare = place
            .post("/sign-in/code", &[("code", &typed)], &other)
            .await;
        assert_eq!(spare.to, "/");
        let third = place.sign_in("zhangmin", PASSWORD).await.token();
        let spare = place
            .post("/sign-in/code", &[("code", &codes[0])], &third)
            .await;
        assert_eq!(spare.status, StatusCode::UNPROCESSABLE_ENTITY);
        let log = place.log_text().await;
        assert!(log.contains(&id) && !log.contains(&secret) && !log.contains(&codes[1]));
        assert!(
            !place
                .texts_of("org_factor", "secret")
                .await
                .contains(&secret)
        );
        assert!(
            !place
                .texts_of("org_recovery", "digest")
                .await
                .contains(&codes[1])
        );
        place.close().await;
    }
}

/// Row M03: wrong codes lock, and signing in anew with the right password does not begin the count again.
#[tokio::test]
async fn wrong_codes_lock_across_sign_ins() {
    for place in places(false).await {
        place.account("zhangmin", Role::TownWorker, vec![]).await;
        let token = place.sign_in("zhangmin", PASSWORD).await.token();
        let (secret, _) = set_up(&place, &token).await;
        place.clock.pass(60);
        for _ in 0..5 {
            let half = place.sign_in("zhangmin", PASSWORD).await.token();
            place
                .post("/sign-in/code", &[("code", "000000")], &half)
                .await;
        }
        let half = place.sign_in("zhangmin", PASSWORD).await.token();
        let code = phone(&secret, place.clock.now());
        let locked = place.post("/sign-in/code", &[("code", &code)], &half).await;
        assert_eq!(locked.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(locked.body.contains("以后再试"), "{}", place.name);
        place.clock.pass(15 * 60);
        let half = place.sign_in("zhangmin", PASSWORD).await.token();
        let code = phone(&secret, place.clock.now());
        assert_eq!(
            place
                .post("/sign-in/code", &[("code", &code)], &half)
                .await
                .to,
            "/"
        );
        place.close().await;
    }
}

/// Row M03: the three administrators do nothing before they have a second factor; another administrator takes a lost one
/// away, nobody their own; a demo's door is exempt.
#[tokio::test]
async fn administrators_must_have_one_and_another_resets_it() {
    let forced = OrgSettings {
        force_factor: true,
        ..OrgSettings::default()
    };
    for place in places_with(true, forced).await {
        let first = place
            .account("first-admin", Role::SystemAdmin, vec![])
            .await;
        let second = place
            .account("second-admin", Role::SystemAdmin, vec![])
            .await;
        place.account("zhangmin", Role::TownWorker, vec![]).await;
        let town = place.sign_in("zhangmin", PASSWORD).await.token();
        assert_eq!(place.get("/coming", &town).await.status, StatusCode::OK);
        let mut tokens = Vec::new();
        for login in ["first-admin", "second-admin"] {
            let token = place.sign_in(login, PASSWORD).await.token();
            let to = place.get("/system/accounts", &token).await.to;
            assert_eq!(to, "/security/factor", "{login}");
            set_up(&place, &token).await;
            assert_eq!(
                place.get("/system/accounts", &token).await.status,
                StatusCode::OK
            );
            tokens.push(token);
        }
        let own = format!("/system/accounts/{second}/factor-off");
        assert_eq!(
            place.post(&own, &[], &tokens[1]).await.status,
            StatusCode::CONFLICT
        );
        assert_eq!(
            place.post(&own, &[], &tokens[0]).await.status,
            StatusCode::SEE_OTHER
        );
        assert!(
            place
                .get("/system/accounts", &tokens[1])
                .await
                .to
                .starts_with("/sign-in")
        );
        let again = place.sign_in("second-admin", PASSWORD).await;
        assert_eq!(
            place.get("/system/accounts", &again.token()).await.to,
            "/security/factor"
        );
        assert_eq!(place.logged("factor.reset").await, 1);
        let door = place
            .post("/demo/sign-in", &[("account", &first)], "")
            .await
            .token();
        assert_eq!(
            place.get("/system/accounts", &door).await.status,
            StatusCode::OK
        );
        place.close().await;
    }
}

/// Row M03: 我的登录 shows every place, and the others end at once.
#[tokio::test]
async fn other_sign_ins_are_seen_and_ended() {
    for place in places(false).await {
        place.account("zhangmin", Role::TownWorker, vec![]).await;
        let (one, two) = (
            place.sign_in("zhangmin", PASSWORD).await.token(),
            place.sign_in("zhangmin", PASSWORD).await.token(),
        );
        let page = place.get("/security", &one).await.body;
        assert_eq!(
            (
                page.matches("这一处").count(),
                page.matches("另一处").count()
            ),
            (1, 1)
        );
        place.post("/security/end-others", &[], &one).await;
        assert_eq!(place.get("/coming", &one).await.status, StatusCode::OK);
        assert!(
            place.get("/coming", &two).await.to.starts_with("/sign-in"),
            "{}",
            place.name
        );
        place.close().await;
    }
}
