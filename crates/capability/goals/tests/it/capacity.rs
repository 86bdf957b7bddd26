//! Capacity and standards of the real plans.

use crate::{folder, fresh, holds, lacks, page, published, router};

/// Rows A04, A12: yearly tables with what has come together so far, classes with shares, one table
/// stated twice shown once with both quotes, named projects.
#[tokio::test]
async fn capacity_adds_up() {
    for db in fresh().await {
        for slug in ["suizhou", "xianning", "chongxin", "shaoyang"] {
            published(&db.store, &folder(slug)).await;
        }
        let router = router(&db.store).await;
        let own = page(&router, "/plan/capacity").await;
        holds(
            &own,
            &[
                "年度计划",
                "分类结构",
                "重大项目",
                "590个",
                "2935",
                "49.9%",
                "5877个",
                "8250个",
                "✓ 分项之和等于合计",
                "48.7%",
                "另一处写「兜底」",
                "文件里写了 2 处",
                "其中公办养老2861个",
                "对应兜底养老床位 2861 张",
                "银杏养老健康谷",
                "/plan/rows/a_t1_beds",
                "role=\"img\" aria-label=\"养老床位数（个）：2021年 590个",
            ],
        );
        assert_eq!(
            own.matches("<svg class=\"plan-chart\"").count(),
            3,
            "one for both years' tables, two by class"
        );
        lacks(&own, &["NaN", "≠"]);
        let places = page(&router, "/plan/capacity?domain=%E6%89%98%E8%82%B2").await;
        holds(&places, &["8250个", "当年计划", "以前年度累计"]);
        lacks(&places, &["5877", "银杏"]);
        let county = page(&router, "/plan/capacity?place=chongxin").await;
        holds(
            &county,
            &[
                "460万元",
                "31张",
                "1300平方米",
                "改扩建",
                "未列",
                "place=chongxin",
            ],
        );
        let without = page(&router, "/plan/capacity?place=xianning").await;
        holds(
            &without,
            &["重大项目清单》，正文之后没有内容", "empty_annex"],
        );
        db.close().await.unwrap();
    }
}

/// Invariant 2: a table that does not add up says so, with both numbers, and leads to its finding.
#[tokio::test]
async fn a_wrong_total_is_shown() {
    for db in fresh().await {
        let mut files = folder("suizhou");
        let text = files.get_mut("capacity.toml").unwrap();
        *text = text.replace(
            "year = 2021, flow = true, value = \"590\"",
            "year = 2021, flow = true, value = \"591\"",
        );
        published(&db.store, &files).await;
        let own = page(&router(&db.store).await, "/plan/capacity").await;
        holds(
            &own,
            &[
                "≠ 分项之和 5878，合计写 5877个",
                "/plan/findings/sum%3Aa_t1_beds",
            ],
        );
        db.close().await.unwrap();
    }
}

/// Row A05: standards by kind with value, year, department and place; policies with their sentence.
#[tokio::test]
async fn standards_stand_by_kind() {
    for db in fresh().await {
        published(&db.store, &folder("suizhou")).await;
        published(&db.store, &folder("shaoyang")).await;
        let router = router(&db.store).await;
        let list = page(&router, "/plan/standards").await;
        assert_eq!(list.matches("data-label=\"名称\"").count(), 69);
        holds(
            &list,
            &[
                "标准 <span class=\"muted\">28 条",
                "≤80%",
                "≤70%",
                "2025年",
                "市发改委",
                "data-drawer",
            ],
        );
        let prices = page(&router, "/plan/standards?kind=%E4%BB%B7%E6%A0%BC").await;
        assert_eq!(prices.matches("data-label=\"名称\"").count(), 4);
        holds(&prices, &["符合条件 4 条，共 69 条", "居民生活价格"]);
        let other = page(
            &router,
            "/plan/standards?place=shaoyang&q=%E5%A4%87%E6%A1%88",
        )
        .await;
        holds(
            &other,
            &["托育机构备案一次性补贴", "2万元", "place=shaoyang"],
        );
        let none = page(&router, "/plan/standards?q=%E6%97%A0%E6%AD%A4%E5%8F%A5").await;
        holds(&none, &["没有符合条件的标准和政策"]);
        db.close().await.unwrap();
    }
}
