//! Places side by side, and the documents of one place.

use crate::{PLANNER, folder, fresh, get, holds, lacks, page, published, router};
use axum::http::StatusCode;

const BEDS: &str = "theme=%E6%9C%BA%E6%9E%84%E4%B8%8E%E5%BA%8A%E4%BD%8D";

/// The card of a measure.
fn card<'a>(page: &'a str, name: &str) -> &'a str {
    let title = format!("<h3 class=\"card-title\">{name}</h3>");
    holds(page, &[&title]);
    let from = page.split(&title).nth(1).unwrap();
    from.split("<h3 ").next().unwrap()
}

/// Rows A05, A53: rates of places side by side with year and row; numbers of things apart, as they
/// cannot be compared; what a place does not say is said.
#[tokio::test]
async fn places_stand_side_by_side() {
    for db in fresh().await {
        for slug in ["suizhou", "xianning", "chongxin", "shaoyang"] {
            published(&db.store, &folder(slug)).await;
        }
        let router = router(&db.store).await;
        let all = page(&router, "/plan/compare").await;
        let beds = card(&all, "每千名老年人养老床位数");
        holds(
            beds,
            &[
                "36.4张",
                ">45<",
                "40.3",
                "2025年",
                "2020年",
                "未列",
                "/plan/rows/a_t2_05\"",
                "/plan/rows/x_s_beds_per_1000?place=xianning",
                "role=\"img\"",
                "aria-label=\"每千名老年人养老床位数：随州市 现有 40.3，目标 45（2025年）；崇信县未列；邵阳市未列；咸宁市 现有 36.4张（2020年）。\"",
            ],
        );
        holds(
            &all,
            &["数量，不能直接比大小", "基本医疗保险参保率", "托位数"],
        );
        lacks(&all, &["NaN"]);
        // Additions of a year are no level.
        holds(&all, &["新增 5877个"]);

        let two = page(
            &router,
            &format!("/plan/compare?with=suizhou&with=xianning&{BEDS}"),
        )
        .await;
        holds(&two, &["每千名老年人养老床位数", "养老机构数", "105家"]);
        lacks(&two, &["崇信县未列", "基本医疗保险参保率"]);
        let one = page(&router, "/plan/compare?with=suizhou").await;
        holds(&one, &["至少选两个地方"]);
        for (path, named) in [
            ("/plan/compare?with=nowhere", "nowhere"),
            ("/plan/compare?mode=x", "mode"),
            ("/plan/compare?domain=x", "domain"),
            ("/plan/compare?a=1", "a"),
        ] {
            let (status, page) = get(&router, path, Some(PLANNER)).await;
            assert_eq!(status, StatusCode::BAD_REQUEST, "{path}");
            holds(&page, &[named]);
        }
        db.close().await.unwrap();
    }
}

/// Rows A05, A53; invariant 2: two documents of one place keep their own values.
#[tokio::test]
async fn documents_stand_side_by_side() {
    for db in fresh().await {
        published(&db.store, &folder("suizhou")).await;
        published(&db.store, &folder("chongxin")).await;
        let router = router(&db.store).await;
        let both = page(&router, "/plan/compare?mode=documents&place=suizhou").await;
        let visits = card(&both, "特殊困难老年人月探访率");
        holds(
            visits,
            &[
                "随政办发〔2023〕16号",
                "随政发〔2022〕28号",
                "97.3%",
                "≥90%",
                "≥100%",
            ],
        );
        holds(&both, &["≥2万张", "23129", "原文为“全市养老床位总数”"]);
        let county = page(&router, "/plan/compare?mode=documents&place=chongxin").await;
        holds(
            &county,
            &["崇信县只有一份文件", "看随州市", "mode=documents"],
        );
        db.close().await.unwrap();
    }
}
