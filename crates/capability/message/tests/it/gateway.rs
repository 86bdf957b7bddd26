//! A gateway on this machine that counts, refuses, breaks down and comes back.

use crate::place::{Place, places};
use axum::Json;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use message::api::{SmsHttp, SmsOutbox, Turn, send};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

/// What the gateway has seen.
#[derive(Default)]
struct Seen {
    /// Codes it was asked about, as often as it was.
    asked: Vec<String>,
    /// Codes that it took and sent.
    took: BTreeSet<String>,
    /// What the last request looked like.
    last: Option<(serde_json::Value, String)>,
    /// How often it still breaks down.
    broken: usize,
    /// Telephones it refuses.
    refused: BTreeSet<String>,
    /// It takes the message and its answer is lost.
    lost: usize,
}

type Shared = Arc<Mutex<Seen>>;

async fn answer(
    State(seen): State<Shared>,
    headers: HeaderMap,
    Json(body): Json<serde_json::Value>,
) -> (StatusCode, &'static str) {
    let mut seen = seen.lock().unwrap();
    let code = body["id"].as_str().unwrap().to_owned();
    let token = headers["authorization"].to_str().unwrap().to_owned();
    assert_eq!(headers["idempotency-key"].to_str().unwrap(), code);
    seen.asked.push(code.clone());
    let refused = seen.refused.contains(body["phone"].as_str().unwrap());
    seen.last = Some((body, token));
    if seen.broken > 0 {
        seen.broken -= 1;
        return (StatusCode::SERVICE_UNAVAILABLE, "维护中");
    }
    if refused {
        return (StatusCode::UNPROCESSABLE_ENTITY, "空号");
    }
    // A code that it knows is not sent again.
    seen.took.insert(code);
    if seen.lost > 0 {
        seen.lost -= 1;
        return (StatusCode::BAD_GATEWAY, "");
    }
    (StatusCode::OK, "")
}

/// A gateway that listens, and the way there.
async fn gateway() -> (Shared, SmsOutbox, tokio::task::JoinSet<()>) {
    let seen = Shared::default();
    let router = Router::new()
        .route("/send", post(answer))
        .with_state(Arc::clone(&seen));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/send", listener.local_addr().unwrap());
    let mut server = tokio::task::JoinSet::new();
    server.spawn(async move { axum::serve(listener, router).await.unwrap() });
    let templates = BTreeMap::from([("paid".to_owned(), "SMS_7".to_owned())]);
    let http = SmsHttp::new(&url, "secret".into(), "随州民政".into(), templates).unwrap();
    (seen, SmsOutbox::Http(Arc::new(http)), server)
}

async fn turn(place: &Place, outbox: &SmsOutbox) -> Turn {
    send(&place.store, outbox).await.unwrap()
}

/// Row C33, invariant 9; product rule 39: a gateway that fails twice and then accepts has sent once; the pause grows, the
/// reason is kept, the token goes with every request and code, number, words, sign and template in it.
#[tokio::test]
async fn fails_twice_then_accepts() {
    for place in places(1).await {
        let (seen, outbox, _server) = gateway().await;
        seen.lock().unwrap().broken = 2;
        place.tell(1..=1).await;
        let down = Turn::Down("网关回答 503：维护中".into());
        assert_eq!(turn(&place, &outbox).await, down);
        assert_eq!(turn(&place, &outbox).await, Turn::Done, "not at once");
        assert_eq!(place.why("waiting").await.unwrap(), "网关回答 503：维护中");
        place.later(31);
        assert_eq!(turn(&place, &outbox).await, down);
        place.later(31);
        assert_eq!(turn(&place, &outbox).await, Turn::Done, "twice as long now");
        place.later(31);
        assert_eq!(turn(&place, &outbox).await, Turn::Done);
        assert_eq!(
            (place.number("sms").await, place.number("waiting").await),
            (1, 0)
        );
        assert_eq!(place.why("sms").await, None);
        {
            let seen = seen.lock().unwrap();
            assert_eq!((seen.asked.len(), seen.took.len()), (3, 1));
            let (body, token) = seen.last.clone().unwrap();
            assert_eq!(token, "Bearer secret");
            assert_eq!(body["phone"], "13800000001");
            assert_eq!(body["sign"], "随州民政");
            assert_eq!(body["template"], "SMS_7");
            assert_eq!(body["text"], "测000001的高龄津贴已发放。50.00 元。");
        }
        place.close().await;
    }
}

/// Row C33; product rule 39: whom the gateway refuses is named with its reason and waits for paper; the others are sent.
#[tokio::test]
async fn who_is_refused_gets_paper() {
    for place in places(70).await {
        let (seen, outbox, _server) = gateway().await;
        seen.lock().unwrap().refused.insert("13800000005".into());
        place.tell(1..=70).await;
        assert_eq!(turn(&place, &outbox).await, Turn::More);
        assert_eq!(turn(&place, &outbox).await, Turn::Done);
        assert_eq!(place.number("refused").await, 1);
        assert_eq!(place.why("refused").await.unwrap(), "网关回答 422：空号");
        assert_eq!(place.number("sms").await, 69);
        assert_eq!(seen.lock().unwrap().asked.len(), 70, "each once");
        place.close().await;
    }
}

/// Row C33, invariant 9: an answer that is lost is asked for again under the same code, and nothing is sent twice; one that
/// is not heard for days goes on paper; at night nothing goes out.
#[tokio::test]
async fn nothing_is_sent_twice_or_at_night() {
    for place in places(20).await {
        let (seen, outbox, _server) = gateway().await;
        seen.lock().unwrap().lost = 3;
        place.tell(1..=20).await;
        assert_eq!(
            turn(&place, &outbox).await,
            Turn::Done,
            "the others were answered"
        );
        assert_eq!(place.number("waiting").await, 3);
        place.later(31);
        assert_eq!(turn(&place, &outbox).await, Turn::Done);
        assert_eq!(place.number("sms").await, 20);
        {
            let seen = seen.lock().unwrap();
            assert_eq!((seen.asked.len(), seen.took.len()), (23, 20));
        }
        place.tell(1..=1).await;
        place.later(12 * 3600 + 60);
        assert_eq!(turn(&place, &outbox).await, Turn::Done);
        assert_eq!(
            place.number("waiting").await,
            1,
            "after nine in the evening"
        );
        seen.lock().unwrap().broken = usize::MAX;
        place.later((3 * 24 + 12) * 3600);
        assert!(matches!(turn(&place, &outbox).await, Turn::Down(_)));
        assert_eq!(place.number("refused").await, 1, "{}", place.db_name());
        place.close().await;
    }
}

/// Row C33: a gateway that is away is no fault of a message: nothing is lost, and only some are asked about.
#[tokio::test]
async fn a_gateway_that_is_away() {
    for place in places(40).await {
        let http = SmsHttp::new(
            "http://127.0.0.1:9/send",
            String::new(),
            String::new(),
            BTreeMap::new(),
        )
        .unwrap();
        let outbox = SmsOutbox::Http(Arc::new(http));
        place.tell(1..=40).await;
        let Turn::Down(why) = turn(&place, &outbox).await else {
            unreachable!("nobody answers")
        };
        assert!(why.contains("网关连不上"), "{why}");
        assert_eq!(place.number("waiting").await, 40);
        place.close().await;
    }
}
