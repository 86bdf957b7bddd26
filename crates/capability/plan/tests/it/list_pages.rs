//! The forms that change a list: an example, a county's list, a value; and what the public sees of versions.

use crate::folders::{changed, small};
use crate::pages::{CITY, get, holds, router, send};
use crate::{count, fresh, loaded, published};
use authz::Role;
use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};

const OTHER: (&str, Role) = ("chen", Role::CityCivil);

async fn form(
    router: &Router,
    path: &str,
    fields: &[(&str, &str)],
    who: (&str, Role),
) -> (StatusCode, String) {
    let body: Vec<String> = fields
        .iter()
        .map(|(name, value)| format!("{name}={}", ui::query_encode(value)))
        .collect();
    let request = Request::post(path)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(body.join("&")));
    send(router, request.unwrap(), Some(who)).await
}

/// Row C01; invariant 4: an officer adds an example on the web; one that fails is kept and stops publishing, one that
/// passes does not; whoever added it is not the second person.
#[tokio::test]
async fn an_officer_adds_examples_and_a_failing_one_stops_publishing() {
    for db in fresh().await {
        published(&db.store, &small()).await;
        let router = router(&db.store).await;
        let (_, page) = get(&router, "/list/cases", Some(CITY)).await;
        holds(&page, &["/list/cases/new"]);
        let (status, page) = get(&router, "/list/cases/new?no=1", Some(CITY)).await;
        assert_eq!(status, StatusCode::OK);
        holds(
            &page,
            &["第1项 高龄津贴", "80周岁及以上", "f_alive", "f_birth_date"],
        );
        let version = page.split_once("name=\"version\" value=\"").unwrap().1;
        let version = version.split_once('"').unwrap().0.to_owned();
        let case = |says, birth, expect, amount, version| {
            [
                ("version", version),
                ("no", "1"),
                ("says", says),
                ("as_of", "2025-06-30"),
                ("f_alive", "true"),
                ("f_birth_date", birth),
                ("expect", expect),
                ("amount", amount),
            ]
        };
        let post = async |fields: &[(&str, &str)], who| {
            form(&router, "/list/cases/new", fields, who).await
        };
        // Nothing typed is lost.
        let bad = case("七十九岁", "1946-06-30", "no", "一百", version.as_str());
        let (status, page) = post(&bad, CITY).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        holds(&page, &["七十九岁", "金额写成元", "一百"]);
        let wrong = case(
            "八十五岁\"不符合\"",
            "1940-06-30",
            "no",
            "",
            version.as_str(),
        );
        let (status, to) = post(&wrong, CITY).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{to}");
        let draft = to
            .split_once("version=")
            .unwrap()
            .1
            .split_once('&')
            .unwrap()
            .0
            .to_owned();
        let (_, page) = get(&router, &to, Some(CITY)).await;
        holds(&page, &["八十五岁", "不通过", "应为不符合，得到符合"]);
        let act = format!("/list/versions/{draft}/publication");
        let (status, page) = form(&router, &act, &[], OTHER).await;
        assert_eq!(status, StatusCode::CONFLICT);
        holds(&page, &["1 个样例不通过"]);
        // The form of the replaced version is stale.
        let right = case("八十五岁符合", "1940-06-30", "yes", "50", version.as_str());
        let (status, _) = post(&right, CITY).await;
        assert_eq!(status, StatusCode::CONFLICT);
        assert_eq!(
            count(&db.store, "plan_version WHERE status = 'published'").await,
            1
        );
        // A draft of its own with an example that passes, the amount assumed.
        let mut tx = db
            .store
            .begin(&authz::Actor::system("test"), None)
            .await
            .unwrap();
        plan::api::discard(&mut tx, &plan::api::VersionId(draft))
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let (status, to) = post(&right, CITY).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{to}");
        let draft = to
            .split_once("version=")
            .unwrap()
            .1
            .split_once('&')
            .unwrap()
            .0
            .to_owned();
        let act = format!("/list/versions/{draft}/publication");
        let (status, _) = form(&router, &act, &[], CITY).await;
        assert_eq!(
            status,
            StatusCode::FORBIDDEN,
            "who added it is a first person"
        );
        let (status, _) = form(&router, &act, &[], OTHER).await;
        assert_eq!(status, StatusCode::SEE_OTHER);
        assert_eq!(
            count(&db.store, "plan_version WHERE status = 'published'").await,
            2
        );
        let (status, _) = get(
            &router,
            "/list/cases/new",
            Some(("wang", Role::CountyCivil)),
        )
        .await;
        assert_eq!(status, StatusCode::FORBIDDEN);
    }
}

/// Rows C01, C02: a county's list is begun as a copy of the city's, raised on the web, compared, published by another,
/// shown to the public beside the city's; every version says what it changed.
#[tokio::test]
async fn a_county_list_is_made_on_the_web() {
    for db in fresh().await {
        let valued = changed(
            "params.toml",
            "values = []",
            "values = [ { from = \"2023-06-01\", fen = 5000 } ]",
        );
        let valued = {
            let mut files = valued;
            let cases = files.get_mut("services.cases.toml").unwrap();
            *cases = cases.replace("params = { \"高龄津贴\" = 5000 }\n", "");
            files.insert("areas.toml".into(), AREAS.into());
            files
        };
        published(&db.store, &valued).await;
        let router = router(&db.store).await;
        let (status, page) = get(&router, "/list/counties/new", Some(CITY)).await;
        assert_eq!(status, StatusCode::OK);
        holds(&page, &["测试县", "某管委会"]);
        let (status, _) = form(
            &router,
            "/list/counties/new",
            &[("county", ""), ("from", "")],
            CITY,
        )
        .await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        let new = [("county", "421321"), ("from", "2023-07-01")];
        let (status, one) = form(&router, "/list/counties/new", &new, CITY).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{one}");
        let (_, page) = get(&router, &one, Some(CITY)).await;
        holds(
            &page,
            &[
                "测试县：与市级清单对照",
                "与市级清单相同",
                "测试县基本养老服务清单",
            ],
        );
        let id = one.rsplit('/').next().unwrap().to_owned();
        let raise = |fen, version| {
            [
                ("version", version),
                ("name", "高龄津贴"),
                ("value", fen),
                ("from", "2023-07-01"),
                ("urban", ""),
            ]
        };
        let (status, lower) = form(
            &router,
            "/list/params/value",
            &raise("40", id.as_str()),
            CITY,
        )
        .await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{lower}");
        let (_, page) = get(&router, &lower, Some(CITY)).await;
        holds(
            &page,
            &[
                "低于市级标准",
                "50.00 元",
                "40.00 元",
                "原文没有写标准",
                "不能发布",
            ],
        );
        let id = lower.rsplit('/').next().unwrap().to_owned();
        let (status, higher) = form(
            &router,
            "/list/params/value",
            &raise("60", id.as_str()),
            CITY,
        )
        .await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{higher}");
        let (_, page) = get(&router, &higher, Some(OTHER)).await;
        holds(&page, &["标准提高", "60.00 元", "还没有提请发布"]);
        let (status, why) = form(&router, &format!("{higher}/publication"), &[], OTHER).await;
        assert_eq!(status, StatusCode::CONFLICT, "{why}");
        let (status, why) = form(&router, &format!("{higher}/request"), &[], CITY).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{why}");
        let (_, page) = get(&router, &higher, Some(OTHER)).await;
        holds(&page, &["标准提高", "60.00 元", "批准发布"]);
        let (status, why) = form(&router, &format!("{higher}/publication"), &[], OTHER).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{why}");
        let (_, page) = get(&router, "/list/public?county=421321", None).await;
        holds(&page, &["测试县基本养老服务清单", "市级清单"]);
        let (_, page) = get(&router, "/list/public", None).await;
        holds(
            &page,
            &["测试市基本养老服务清单", "测试县", "/list/public/history"],
        );
        let (status, _) = get(&router, "/list/public?county=421303", None).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        // The city's next list says what it changed.
        let mut next = valued.clone();
        let services = next.get_mut("services.toml").unwrap();
        *services = services
            .replace("age >= 80", "age >= 75")
            .replace("says = \"80周岁", "says = \"75周岁");
        let id = loaded(&db.store, &next, "zhang").await;
        let (_, page) = get(&router, &format!("/list/versions/{id}"), Some(CITY)).await;
        holds(&page, &["的差别", "75周岁及以上", "80周岁及以上"]);
        let (status, _) = form(
            &router,
            &format!("/list/versions/{id}/publication"),
            &[],
            OTHER,
        )
        .await;
        assert_eq!(status, StatusCode::SEE_OTHER);
        let (_, page) = get(&router, "/list/public/history", None).await;
        holds(
            &page,
            &["第一份", "看与上一版的差别", "测试县基本养老服务清单"],
        );
        let href = page.split_once("/list/public/history?digest=").unwrap().1;
        let href = href.split_once(['#', '"', '&']).unwrap().0;
        let (status, page) = get(
            &router,
            &format!("/list/public/history?digest={href}"),
            None,
        )
        .await;
        assert_eq!(status, StatusCode::OK);
        holds(&page, &["75周岁及以上", "80周岁及以上"]);
    }
}

pub(crate) const AREAS: &str = r#"source = { basis = "测试" }
[[county]]
code = "421321"
name = "测试县"
[[county.town]]
code = "421321102"
name = "某镇"
villages = [ ["001", "某村"] ]
[[management]]
code = "M01"
name = "某管委会"
towns = ["421321102"]
source = { basis = "测试" }
"#;
