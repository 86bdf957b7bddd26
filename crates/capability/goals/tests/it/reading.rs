//! Lists and rows of the real plans: figures as printed, filters, quotes, who may read.

use crate::{PLANNER, folder, fresh, get, holds, lacks, page, published, router};
use authz::Role;
use axum::http::StatusCode;

/// The table row of a page that holds a word.
pub(crate) fn table_row<'a>(page: &'a str, word: &str) -> &'a str {
    page.split("<tr").find(|row| row.contains(word)).unwrap()
}

fn rows(page: &str, label: &str) -> usize {
    page.matches(&format!("data-label=\"{label}\"")).count()
}

/// Row A02: every indicator with baseline, target, what is missing and what disagrees, by theme.
#[tokio::test]
async fn indicators_stand_as_printed() {
    for db in fresh().await {
        published(&db.store, &folder("suizhou")).await;
        published(&db.store, &folder("shaoyang")).await;
        let router = router(&db.store).await;
        let list = page(&router, "/plan/indicators").await;
        holds(
            &list,
            &[
                "机构与床位",
                "居家与社区",
                "托育服务",
                "随政发〔2022〕28号",
                "data-print",
            ],
        );
        assert_eq!(rows(&list, "指标"), 72);
        let nursing = table_row(&list, "护理型养老床位占比");
        holds(
            nursing,
            &[
                "/plan/rows/a_t2_06",
                "data-drawer",
                "表2 第6项",
                "45.5%",
                "未注明年份",
                "60%",
                "2025年",
                "+14.5个百分点",
            ],
        );
        let beds = table_row(&list, "/plan/rows/a_t2_02");
        holds(beds, &["17252", "23129", "+5,877", "/plan/"]);
        holds(
            table_row(&list, "特殊困难老年人月探访率"),
            &[
                "97.3%",
                "+2.7个百分点",
                "严重 1处，已确认",
                "/plan/findings/below_baseline",
            ],
        );
        // The other document's goal of the same measure shows the way through its dated tasks.
        let own = page(&router, "/plan/indicators?document=%E9%9A%8F%E6%94%BF%E5%8A%9E%E5%8F%91%E3%80%942023%E3%80%9516%E5%8F%B7").await;
        holds(&own, &["→ 2025年", "2023年 ≥90% → 2024年 ≥95% → 2025年"]);
        lacks(&own, &["表2 第6项"]);

        let other = page(&router, "/plan/indicators?place=shaoyang").await;
        assert_eq!(rows(&other, "指标"), 70);
        holds(
            &other,
            &[
                "约束性",
                "估计数",
                "原表印“-”",
                "&#62;95%",
                "place=shaoyang",
            ],
        );
        let binding = page(
            &router,
            "/plan/indicators?place=shaoyang&nature=%E7%BA%A6%E6%9D%9F%E6%80%A7",
        )
        .await;
        assert_eq!(rows(&binding, "指标"), 4);
        holds(&binding, &["符合条件 4 项，共 70 项"]);
        db.close().await.unwrap();
    }
}

/// Rows A02 and A06: filters keep what they name and refuse what they do not know.
#[tokio::test]
async fn filters_work_and_unknown_ones_are_refused() {
    for db in fresh().await {
        published(&db.store, &folder("suizhou")).await;
        let router = router(&db.store).await;
        for (path, label, count) in [
            (
                "/plan/indicators?domain=%E6%89%98%E8%82%B2&baseline=undated",
                "指标",
                13,
            ),
            ("/plan/indicators?q=%E6%8A%A4%E7%90%86%E5%9E%8B", "指标", 2),
            ("/plan/indicators?year=none", "指标", 1),
            ("/plan/tasks?year=2023", "工作", 21),
            ("/plan/tasks?year=2024", "工作", 11),
            ("/plan/tasks?year=2025", "工作", 11),
            ("/plan/tasks?year=2023&due=past", "工作", 21),
            ("/plan/tasks?year=2025&due=this_year", "工作", 11),
            ("/plan/tasks?year=2025&due=past", "工作", 0),
        ] {
            assert_eq!(rows(&page(&router, path).await, label), count, "{path}");
        }
        // A department is found in every spelling of the documents.
        let civil = page(&router, "/plan/tasks?department=%E5%90%84%E5%8E%BF%E5%B8%82%E5%8C%BA%E6%94%BF%E5%BA%9C%E5%8F%8A%E7%AE%A1%E5%A7%94%E4%BC%9A").await;
        holds(
            &civil,
            &["各县、市、区政府和管委会", "各县市区政府及管委会"],
        );
        let none = page(&router, "/plan/tasks?department=%E6%B2%A1%E6%9C%89").await;
        holds(&none, &["没有符合条件的任务", "没有", "清空"]);
        for (path, named) in [
            ("/plan/indicators?aera=1", "aera"),
            ("/plan/tasks?nature=x", "nature"),
            ("/plan/documents?q=x", "q"),
            ("/plan/rows/a_t2_01?year=2025", "year"),
            ("/plan/indicators?nature=x", "nature"),
            ("/plan/indicators?domain=x", "domain"),
            ("/plan/indicators?baseline=x", "baseline"),
            ("/plan/indicators?conflict=2", "conflict"),
            ("/plan/tasks?year=x", "year"),
            ("/plan/tasks?due=x", "due"),
            ("/plan/tasks?draft=2", "draft"),
        ] {
            let (status, page) = get(&router, path, Some(PLANNER)).await;
            assert_eq!(status, StatusCode::BAD_REQUEST, "{path}");
            holds(&page, &[named]);
        }
        let (status, _) = get(&router, "/plan/tasks?place=nowhere", Some(PLANNER)).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        db.close().await.unwrap();
    }
}

/// Rows A06, A07, A11: 43 dated tasks by year with deadline and executors, and the text's measures.
#[tokio::test]
async fn tasks_stand_by_year() {
    for db in fresh().await {
        published(&db.store, &folder("suizhou")).await;
        let mut ended = folder("chongxin");
        let head = ended.get_mut("plan.toml").unwrap();
        *head = head.replace("until = \"2025-12-31\"", "until = \"2024-12-31\"");
        published(&db.store, &ended).await;
        let router = router(&db.store).await;
        let list = page(&router, "/plan/tasks").await;
        assert_eq!(rows(&list, "工作"), 97);
        holds(
            &list,
            &[
                "<span>2023年</span> <b>21</b> 项",
                "<span>2024年</span> <b>11</b> 项",
                "<span>2025年</span> <b>11</b> 项",
                "无期限",
            ],
        );
        holds(
            &list,
            &["附件2（2023年）", "提升基本养老服务", "二、重点任务"],
        );
        let visit = table_row(&list, "/plan/rows/b_2023_05");
        holds(
            visit,
            &[
                "建立特殊困难老年人探访关爱制度",
                "月探访率达到90%以上",
                "≥90%",
                "2023年底前",
                "已过 547 天",
                "县市区及管委会",
            ],
        );
        holds(table_row(&list, "/plan/rows/b_2025_01"), &["还有 184 天"]);
        lacks(&list, &["规划期已到"]);
        let county = page(&router, "/plan/tasks?place=chongxin").await;
        assert_eq!(rows(&county, "工作"), 20);
        holds(&county, &["规划期已到（2024年12月31日），以下为规划要求。"]);
        db.close().await.unwrap();
    }
}

/// Row A02: a figure opens its row with the words it stands in, its path and what others say.
#[tokio::test]
async fn a_figure_opens_its_quote() {
    for db in fresh().await {
        for slug in ["suizhou", "xianning", "shaoyang"] {
            published(&db.store, &folder(slug)).await;
        }
        let router = router(&db.store).await;
        let row = page(&router, "/plan/rows/a_t2_06").await;
        holds(
            &row,
            &[
                "护理型养老床位占比",
                "<mark>45.5</mark>%|<mark>60</mark>%",
                "随政发〔2022〕28号",
                "一（二）表2",
                "未注明年份",
                "role=\"img\"",
                "用表格看",
                "其他地方的数",
                "邵阳市",
                "咸宁市",
                "place=shaoyang",
                "/plan/rows/a_t2_06/edit",
            ],
        );
        let visit = page(&router, "/plan/rows/a_t2_10").await;
        holds(
            &visit,
            &[
                "口径差异",
                "严重",
                "/plan/findings/",
                "随州市的其他数",
                "b_2023_05",
                "≥90%",
            ],
        );
        let task = page(&router, "/plan/rows/b_2023_05").await;
        holds(
            &task,
            &[
                "月探访率达到<mark>90</mark>%以上",
                "2023年任务",
                "执行到县市区及管委会",
                "2023年12月31日，已过 547 天",
            ],
        );
        let table = page(&router, "/plan/rows/a_t1_beds").await;
        holds(&table, &["分年度", "新增量", "590", "path-bar", "各年新增"]);
        // Every row of every kind draws, here and elsewhere.
        for (slug, place) in [
            ("suizhou", ""),
            ("xianning", "?place=xianning"),
            ("shaoyang", "?place=shaoyang"),
        ] {
            for row in figures::load(&folder(slug)).unwrap().rows {
                let drawn = page(&router, &format!("/plan/rows/{}{place}", row.id)).await;
                holds(&drawn, &["<blockquote", "》"]);
                lacks(&drawn, &["NaN", "inf\""]);
            }
        }
        // Only the own place is changed, and only by roles that may.
        lacks(
            &page(&router, "/plan/rows/s_a_01?place=shaoyang").await,
            &["/edit"],
        );
        let (_, read_only) = get(&router, "/plan/rows/a_t2_06", Some(("zhou", Role::Leader))).await;
        lacks(&read_only, &["/edit"]);
        let (status, lost) = get(&router, "/plan/rows/none", Some(PLANNER)).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        holds(&lost, &["没有这一行"]);
        db.close().await.unwrap();
    }
}
