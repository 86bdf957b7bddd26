//! 卫健 has the form of small children, 民政 the scales of elders.

use crate::place::{COUNTY, HEALTH, OTHER, TOWN, Who, places};
use authz::Role;
use axum::http::StatusCode;

const CHILD: &str = "/people/child/assessments";
const FORM: &str = "婴幼儿照护需求评估表";

fn form(scheme: &str) -> [(&str, &str); 4] {
    [
        ("scheme", scheme),
        ("kind", "first"),
        ("origin", "department"),
        ("says", "白天没有人带"),
    ]
}

/// Rows B11, M02; invariant 10: the county's health officer finds a child by name, sees the child's form and starts it; an
/// elder is not found there and not opened; an officer of civil affairs does not start it and reads who does; a town does
/// either.
#[tokio::test]
async fn the_childs_form_is_the_health_offices() {
    for place in places().await {
        let (_, page) = place.get(&HEALTH, "/assessments").await;
        assert!(page.contains("登记婴幼儿需求"), "{page}");
        for (name, link) in [("何小宝", true), ("何秀英", false), ("无此人", false)] {
            let (status, page) = place
                .post(&HEALTH, "/assessments/child", &[("q", name)])
                .await;
            assert_eq!(status, StatusCode::OK, "{page}");
            assert_eq!(page.contains("/assessments/new"), link, "{name}: {page}");
        }
        let long = "宝".repeat(10_000);
        for typed in ["", &long] {
            let (status, page) = place
                .post(&HEALTH, "/assessments/child", &[("q", typed)])
                .await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(page.contains(typed));
        }
        let far = Who(Role::CountyHealth, "421303", "luo");
        for (who, path, status, child, elder) in [
            (&HEALTH, CHILD, StatusCode::OK, true, false),
            (&COUNTY, CHILD, StatusCode::OK, false, true),
            (&TOWN, CHILD, StatusCode::OK, true, true),
            (&far, CHILD, StatusCode::FORBIDDEN, false, false),
            (
                &HEALTH,
                "/people/elder/assessments",
                StatusCode::FORBIDDEN,
                false,
                false,
            ),
        ] {
            let (got, page) = place.get(who, &format!("{path}/new")).await;
            assert_eq!(got, status, "{path} as {}: {page}", who.2);
            let offers = |id: &str| page.contains(&format!("value=\"{id}\""));
            assert_eq!(offers("child-need-2025"), child, "{}: {page}", who.2);
            assert_eq!(offers("gbt-42195-2022"), elder, "{}: {page}", who.2);
        }
        let (_, page) = place.get(&COUNTY, &format!("{CHILD}/new")).await;
        assert!(page.contains("由县卫健登记"), "{page}");
        for (who, scheme) in [(&COUNTY, "child-need-2025"), (&HEALTH, "gbt-42195-2022")] {
            let (status, page) = place.post(who, CHILD, &form(scheme)).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{page}");
            assert!(page.contains("白天没有人带"), "{page}");
        }
        let to = place.done(&HEALTH, CHILD, &form("child-need-2025")).await;
        assert_eq!(to, "/assessments");
        place.close().await;
    }
}

/// Rows B11, M02; invariant 10: each office has its own in the list and handles it; the other reads who does; bodies and fees
/// stay with civil affairs.
#[tokio::test]
async fn each_office_lists_and_handles_its_own() {
    for place in places().await {
        place.done(&TOWN, CHILD, &form("child-need-2025")).await;
        let child = place.newest().await;
        let elder = form("gbt-42195-2022");
        place.done(&TOWN, "/people/elder/assessments", &elder).await;
        let other = place.newest().await;
        let city = Who(Role::CityHealth, "4213", "wu");
        let civil = Who(Role::CityCivil, "4213", "hu");
        for (who, one, two) in [
            (&HEALTH, true, false),
            (&city, true, false),
            (&COUNTY, false, true),
            (&civil, false, true),
            (&TOWN, true, true),
            (&OTHER, false, false),
        ] {
            let (status, page) = place.get(who, "/assessments?tab=asked").await;
            assert_eq!(status, StatusCode::OK, "{page}");
            for (request, there) in [(&child, one), (&other, two)] {
                assert_eq!(page.contains(request.as_str()), there, "{}: {page}", who.2);
            }
        }
        let open = async |who: &Who, request: &str, rest: &str| {
            let path = format!("/assessments/{request}{rest}");
            place.get(who, &path).await
        };
        for (who, request, rest, expect) in [
            (&HEALTH, &child, "", StatusCode::OK),
            (&HEALTH, &child, "/dispatch", StatusCode::OK),
            (&HEALTH, &other, "", StatusCode::FORBIDDEN),
            (&HEALTH, &other, "/dispatch", StatusCode::FORBIDDEN),
            (&COUNTY, &child, "", StatusCode::OK),
            (&COUNTY, &child, "/dispatch", StatusCode::FORBIDDEN),
            (&COUNTY, &other, "/dispatch", StatusCode::OK),
        ] {
            let (status, page) = open(who, request, rest).await;
            assert_eq!(status, expect, "{}{rest}: {page}", who.2);
        }
        let (_, page) = open(&COUNTY, &child, "/dispatch").await;
        assert!(
            page.contains(FORM) && page.contains("由县卫健办理"),
            "{page}"
        );
        let two = [
            ("body", "b1"),
            ("assessor1", "shen"),
            ("assessor2", "tao"),
            ("version", "1"),
        ];
        let path = format!("/assessments/{child}/dispatch");
        let (status, _) = place.post(&COUNTY, &path, &two).await;
        assert_eq!(status, StatusCode::FORBIDDEN);
        place.done(&HEALTH, &path, &two).await;
        let (status, page) = place.get(&HEALTH, "/assessments/bodies").await;
        assert_eq!(status, StatusCode::FORBIDDEN);
        assert!(page.contains("由县民政登记和结算"), "{page}");
        place.close().await;
    }
}
