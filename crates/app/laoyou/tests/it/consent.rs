//! Consents and requests to erase, as offices and families use them. Rows B03, M05; invariants 4, 10.

use crate::place::{City, cities};
use axum::http::StatusCode;
use host::PersonKey;
use store::Reads;

async fn mother(city: &City) -> PersonKey {
    city.person("王念慈").await.key
}

async fn may(city: &City, key: &PersonKey, purpose: &str) -> Result<bool, String> {
    let today = city.clock_today();
    let said = privacy::api::may_use(&city.store, key, purpose, today)
        .await
        .unwrap();
    said.map(|basis| basis.consent.is_some())
        .map_err(|refused| refused.why)
}

/// Row B03; invariant 4: what rests on a duty may be, with its article; what rests on consent only while it holds; what
/// nobody registered never.
#[tokio::test]
async fn a_use_asks_on_what_it_rests() {
    for city in cities().await {
        let her = mother(&city).await;
        assert_eq!(may(&city, &her, "benefit").await, Ok(false));
        assert!(
            may(&city, &her, "health")
                .await
                .unwrap_err()
                .contains("没有同意")
        );
        assert!(
            may(&city, &her, "advertising")
                .await
                .unwrap_err()
                .contains("没有登记")
        );
        let today = city.clock_today();
        let mut tx = city
            .store
            .begin(&authz::Actor::system("test"), None)
            .await
            .unwrap();
        privacy::api::give(&mut tx, &her, "health", today.plus_days(1))
            .await
            .unwrap();
        assert!(
            privacy::api::give(&mut tx, &her, "benefit", today)
                .await
                .is_err()
        );
        tx.commit().await.unwrap();
        assert!(
            may(&city, &her, "health")
                .await
                .unwrap_err()
                .contains("才生效")
        );
        city.clock.pass_days(1);
        assert_eq!(may(&city, &her, "health").await, Ok(true));
        city.close().await;
    }
}

/// Rows B03, M05; invariant 10: an office writes a consent down with its paper, nothing typed is lost; the daughter
/// takes it back without a reason and the use stops the same moment; both stand in the history and in the read log.
#[tokio::test]
async fn a_daughter_takes_a_consent_back() {
    for city in cities().await {
        let her = mother(&city).await;
        let worker = city.door("demo-01-town").await;
        let page = format!("/people/{}/consents", her.id);
        let bare = city
            .post(
                &page,
                &[("purpose", "health"), ("note", "当面念过")],
                &worker,
            )
            .await;
        assert_eq!(bare.status, StatusCode::UNPROCESSABLE_ENTITY);
        for words in ["请选择谁同意", "请选择怎样表示的", "当面念过"] {
            assert!(bare.body.contains(words), "{words}");
        }
        let from = city.clock_today().to_string();
        let mut form = vec![
            ("purpose", "health"),
            ("by_kind", "self"),
            ("channel", "paper"),
            ("from", from.as_str()),
        ];
        let paper = city.post(&page, &form, &worker).await;
        assert!(paper.body.contains("要存同意书"), "a paper is kept");
        form[2] = ("channel", "counter");
        form[1] = ("by_kind", "proxy");
        form.push(("by_name", "路人"));
        let unknown = city.post(&page, &form, &worker).await;
        assert!(
            unknown.body.contains("没有登记过有效的代办人"),
            "{}",
            unknown.body
        );
        form[1] = ("by_kind", "self");
        let given = city.post(&page, &form, &worker).await;
        assert_eq!(given.status, StatusCode::SEE_OTHER, "{}", given.body);
        assert_eq!(may(&city, &her, "health").await, Ok(true));
        let family = city.door("demo-08-family").await;
        let cards = city.get("/family/consents", &family).await.body;
        assert!(
            cards.contains("健康档案") && cards.contains("撤回同意"),
            "{cards}"
        );
        let own = city
            .post(&page, &[("purpose", "research"), ("from", &from)], &family)
            .await;
        assert!(
            own.body.contains("不能代为同意"),
            "a daughter without a paper does not consent"
        );
        let back = format!("{page}/withdrawal");
        let done = city.post(&back, &[("purpose", "health")], &family).await;
        assert_eq!(done.to, "/family/consents");
        assert!(
            may(&city, &her, "health")
                .await
                .unwrap_err()
                .contains("撤回")
        );
        let again = city.post(&back, &[("purpose", "health")], &family).await;
        assert_eq!(again.status, StatusCode::SEE_OTHER);
        let tab = city
            .get(&format!("/people/{}?tab=privacy", her.id), &worker)
            .await
            .body;
        assert!(
            tab.contains("已撤回") && tab.contains("同意和撤回的记录"),
            "{tab}"
        );
        let log = city
            .get(&format!("/family/{}/reads", her.id), &family)
            .await
            .body;
        assert!(log.contains("登记同意") && log.contains("撤回同意"));
        let stranger = city.door("demo-02-town").await;
        assert_eq!(
            city.get(&page, &stranger).await.status,
            StatusCode::FORBIDDEN
        );
        let events = "SELECT count(*) AS n FROM outbox WHERE topic = 'consent.withdrawn'";
        assert_eq!(city.count(events).await, 1);
        city.close().await;
    }
}

/// Row B03; invariant 4: a consent to being looked after by the family, taken back, ends what the daughter sees at once,
/// on her open page too; what is asked about small children is not offered about an elder.
#[tokio::test]
async fn sight_ends_with_the_consent_to_it() {
    for city in cities().await {
        let her = mother(&city).await;
        let worker = city.door("demo-01-town").await;
        let page = format!("/people/{}/consents", her.id);
        let form = city.get(&page, &worker).await.body;
        assert!(form.contains("家属代为查看") && !form.contains("婴幼儿照护服务"));
        let from = city.clock_today().to_string();
        let mut given = vec![
            ("purpose", "child"),
            ("by_kind", "self"),
            ("channel", "counter"),
            ("from", from.as_str()),
        ];
        let child = city.post(&page, &given, &worker).await;
        assert_eq!(child.status, StatusCode::UNPROCESSABLE_ENTITY);
        given[0] = ("purpose", "family");
        let done = city.post(&page, &given, &worker).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
        let family = city.door("demo-08-family").await;
        let reads = format!("/family/{}/reads", her.id);
        assert_eq!(city.get(&reads, &family).await.status, StatusCode::OK);
        let back = format!("{page}/withdrawal");
        let done = city.post(&back, &[("purpose", "family")], &family).await;
        assert_eq!(done.to, "/family");
        assert!(!city.get("/family", &family).await.body.contains("王念慈"));
        assert_ne!(city.get(&reads, &family).await.status, StatusCode::OK);
        let log = "SELECT count(*) AS n FROM audit_row WHERE action = 'privacy.sight_ended'";
        assert_eq!(city.count(log).await, 1);
        city.close().await;
    }
}

/// Rows M03, M05: a request to erase somebody who lives here is answered with the duties that stand against it and
/// cannot be granted; the answer stands on the daughter's page.
#[tokio::test]
async fn a_request_is_answered_in_words() {
    for city in cities().await {
        let her = mother(&city).await;
        let family = city.door("demo-08-family").await;
        let ask = format!("/people/{}/erasure", her.id);
        let page = city.get(&ask, &family).await.body;
        assert!(page.contains("在本地登记生活"), "{page}");
        let filed = city.post(&ask, &[("said", "不想再保存")], &family).await;
        assert_eq!(filed.to, "/family/consents");
        let twice = city.post(&ask, &[("said", "不想再保存")], &family).await;
        assert_eq!(twice.status, StatusCode::CONFLICT);
        let worker = city.door("demo-01-town").await;
        let list = city.get("/privacy/requests", &worker).await.body;
        let rest = list.split("/privacy/requests/").nth(1).unwrap();
        let one = format!("/privacy/requests/{}", rest.split('"').next().unwrap());
        assert!(city.get(&one, &worker).await.body.contains("不想再保存"));
        let answer = format!("{one}/answer");
        let grant = [("verdict", "grant"), ("answer", "可以")];
        let refused = city.post(&answer, &grant, &worker).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.body.contains("现在不能同意删除"));
        let stranger = city.door("demo-02-town").await;
        assert_eq!(
            city.post(&answer, &grant, &stranger).await.status,
            StatusCode::FORBIDDEN
        );
        let refuse = [
            ("verdict", "refuse"),
            ("answer", "还在本地生活，档案要继续保存"),
        ];
        assert_eq!(
            city.post(&answer, &refuse, &worker).await.to,
            "/privacy/requests"
        );
        assert_eq!(
            city.post(&answer, &refuse, &worker).await.status,
            StatusCode::CONFLICT
        );
        let seen = city.get(&one, &family).await.body;
        assert!(
            seen.contains("还在本地生活") && !seen.contains("张敏"),
            "{seen}"
        );
        let sealed = "SELECT count(*) AS n FROM privacy_request WHERE said LIKE '%保存%' OR answer LIKE '%保存%'";
        assert_eq!(
            city.store.number(sealed, vec![]).await.unwrap(),
            0,
            "sealed"
        );
        city.close().await;
    }
}

/// Row B03: purposes are told to everybody who works with the data; what awaits local confirmation says so until
/// somebody of the office confirms it.
#[tokio::test]
async fn a_basis_is_confirmed_by_the_office() {
    for city in cities().await {
        let worker = city.door("demo-01-town").await;
        let page = city.get("/privacy", &worker).await.body;
        assert!(
            page.contains("待当地确认")
                && page.contains("第三十四条")
                && !page.contains("/confirmation")
        );
        let confirm = "/privacy/purposes/visit/confirmation";
        assert_eq!(
            city.post(confirm, &[], &worker).await.status,
            StatusCode::FORBIDDEN
        );
        let office = city.door("demo-05-city").await;
        assert_eq!(city.post(confirm, &[], &office).await.to, "/privacy");
        let page = city.get("/privacy", &office).await.body;
        assert!(page.contains("李规划") && page.contains("确认"));
        city.close().await;
    }
}
