//! Conflicts of the real plans on pages: both values with their quotes, acknowledged with a reason.

use crate::{PLANNER, folder, fresh, get, holds, lacks, page, published, router, send};
use authz::Role;
use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use store::Reads;
use store::testing::TestDb;

const CITY: (&str, Role) = ("zhao", Role::CityCivil);
/// Two goals of one document for one rate.
const TEKUN: &str = "/plan/findings/differ%3Atekun_disabled_rate%3Agoal%3A2025";
/// A share that the additions do not lead to: minor, so publishing leaves it open.
const MINOR: &str = "/plan/findings/share_path%3Apublic_bed_share";

async fn post(
    router: &Router,
    path: &str,
    pairs: &[(&str, &str)],
    who: (&str, Role),
) -> (StatusCode, String) {
    let body: Vec<String> = pairs
        .iter()
        .map(|(name, value)| format!("{name}={}", ui::query_encode(value)))
        .collect();
    let request = Request::post(path)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from(body.join("&")))
        .unwrap();
    send(router, request, Some(who)).await
}

/// The fingerprint that a page's form carries.
fn print_of(page: &str) -> String {
    let field = "name=\"print\" value=\"";
    holds(page, &[field]);
    let from = page.split(field).nth(1).unwrap();
    from.split('"').next().unwrap().to_owned()
}

async fn acts(db: &TestDb, action: &str) -> i64 {
    let sql =
        format!("SELECT CAST(count(*) AS BIGINT) AS n FROM audit_row WHERE action = '{action}'");
    db.store.number(&sql, vec![]).await.unwrap()
}

/// Rows A21, A53; invariant 2: what the documents say differently is listed, serious first, between
/// documents and within one, with who acknowledged it.
#[tokio::test]
async fn conflicts_are_listed() {
    for db in fresh().await {
        published(&db.store, &folder("suizhou")).await;
        published(&db.store, &folder("xianning")).await;
        let router = router(&db.store).await;
        let list = page(&router, "/plan/findings").await;
        holds(
            &list,
            &[
                "文件之间",
                "同一文件内",
                "严重",
                "一般",
                "提示",
                "已确认",
                "特殊困难老年人月探访率",
                "97.3%",
                "任务值低于基数",
                "3 处原文",
                "data-drawer",
                TEKUN,
                "2030 加上计划新增 8250张为 10280",
                "data-print",
            ],
        );
        let (serious, minor) = (
            list.find("托位数：现有 2030"),
            list.find("托育机构数：现有 109"),
        );
        assert!(serious < minor, "serious first");
        let open = page(&router, "/plan/findings?state=open&severity=serious").await;
        holds(&open, &["没有符合条件的口径差异", "全部口径差异"]);
        let seen = page(&router, "/plan/findings?state=acknowledged").await;
        holds(&seen, &["系统", "符合条件 6 处"]);
        let childcare = page(
            &router,
            "/plan/findings?domain=%E6%89%98%E8%82%B2&kind=share_path",
        )
        .await;
        holds(&childcare, &["普惠性托位占比", "符合条件 1 处"]);
        lacks(&childcare, &["月探访率"]);
        // Another place keeps its address.
        let other = page(&router, "/plan/findings?place=xianning").await;
        holds(
            &other,
            &["36.4张", "39.6", "附件有名无文", "place=xianning"],
        );
        for (path, named) in [
            ("/plan/findings?sevrity=serious", "sevrity"),
            ("/plan/findings?severity=x", "severity"),
            ("/plan/findings?kind=x", "kind"),
            ("/plan/findings?state=x", "state"),
            ("/plan/capacity?kind=x", "kind"),
            ("/plan/capacity?domain=x", "domain"),
            ("/plan/standards?kind=x", "kind"),
            ("/plan/standards?year=x", "year"),
            ("/plan/findings/x?kind=y", "kind"),
        ] {
            let (status, page) = get(&router, path, Some(PLANNER)).await;
            assert_eq!(status, StatusCode::BAD_REQUEST, "{path}");
            holds(&page, &[named]);
        }
        db.close().await.unwrap();
    }
}

/// Rows A21, A53; invariant 2: both values stand side by side with document, section and quote; every
/// finding of every place draws.
#[tokio::test]
async fn both_places_stand_side_by_side() {
    for db in fresh().await {
        for slug in ["suizhou", "xianning", "chongxin", "shaoyang"] {
            published(&db.store, &folder(slug)).await;
        }
        let router = router(&db.store).await;
        let both = page(&router, TEKUN).await;
        holds(
            &both,
            &[
                "2025年 80%",
                "2025年 ≥60%",
                "15|失能特困人员集中供养率|65.2%|80%",
                "生活不能自理特困人员集中供养率达到 60% 以上",
                "一（二）表2",
                "二（一）1（1）",
                "/plan/rows/a_t2_15",
                "/plan/rows/a_g_tekun_disabled",
                "请发文单位明确以哪一处为准",
            ],
        );
        for slug in ["suizhou", "xianning", "chongxin", "shaoyang"] {
            let book = figures::load(&folder(slug)).unwrap();
            for finding in figures::check(&book, None) {
                let path = format!(
                    "/plan/findings/{}?place={slug}",
                    ui::query_encode(&finding.id)
                );
                let drawn = page(&router, &path).await;
                assert_eq!(
                    drawn.matches("<blockquote").count(),
                    finding.places.len(),
                    "{path}"
                );
            }
        }
        let (status, lost) = get(&router, "/plan/findings/differ%3Anone", Some(PLANNER)).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        holds(&lost, &["没有这处口径差异"]);
        db.close().await.unwrap();
    }
}

/// Rows A21, A53; invariant 2: an acknowledgement needs a reason and the right role, stands with name
/// and day, is audited, and can be taken back; nothing typed is lost.
#[tokio::test]
async fn a_finding_is_acknowledged_with_a_reason() {
    for db in fresh().await {
        published(&db.store, &folder("suizhou")).await;
        let router = router(&db.store).await;
        let (acknowledgement, withdrawal) = (
            format!("{MINOR}/acknowledgement"),
            format!("{MINOR}/withdrawal"),
        );
        let before = acts(&db, "plan.acknowledge").await;
        let open = page(&router, MINOR).await;
        holds(&open, &["确认理由", &acknowledgement]);
        let print = print_of(&open);

        let (status, empty) = post(
            &router,
            &acknowledgement,
            &[("print", &print), ("reason", " ")],
            CITY,
        )
        .await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        holds(&empty, &["请填写确认理由"]);
        let long = "长".repeat(501);
        let (status, kept) = post(
            &router,
            &acknowledgement,
            &[("print", &print), ("reason", &long)],
            CITY,
        )
        .await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        holds(&kept, &[&long, "最多 500 个字"]);
        let reason = [("print", print.as_str()), ("reason", "已请<发文单位>明确")];
        for role in [Role::Leader, Role::CountyCivil] {
            let (status, refused) = post(&router, &acknowledgement, &reason, ("qian", role)).await;
            assert_eq!(status, StatusCode::FORBIDDEN);
            holds(&refused, &["没有这项权限"]);
            let (_, shown) = get(&router, MINOR, Some(("qian", role))).await;
            holds(&shown, &["由「", "确认"]);
            lacks(&shown, &[&acknowledgement]);
        }
        assert_eq!(acts(&db, "plan.acknowledge").await, before);

        let (status, to) = post(&router, &acknowledgement, &reason, CITY).await;
        assert_eq!((status, to.as_str()), (StatusCode::SEE_OTHER, MINOR));
        assert_eq!(acts(&db, "plan.acknowledge").await, before + 1);
        let seen = page(&router, MINOR).await;
        holds(
            &seen,
            &[
                "已请&#60;发文单位&#62;明确",
                "zhao的姓名",
                "撤回确认",
                &withdrawal,
                "15.3%",
                "20%",
            ],
        );
        lacks(&seen, &[&acknowledgement]);
        holds(
            &page(&router, "/plan/findings?state=acknowledged").await,
            &["zhao的姓名"],
        );

        // Somebody who still has the open page is told, with what they wrote.
        let late = [("print", print.as_str()), ("reason", "另一个理由")];
        let (status, seen) = post(&router, &acknowledgement, &late, PLANNER).await;
        assert_eq!(status, StatusCode::CONFLICT);
        holds(&seen, &["已经有人确认", "另一个理由", "zhao的姓名"]);

        let (status, _) = post(
            &router,
            &withdrawal,
            &[("print", &print)],
            ("qian", Role::Leader),
        )
        .await;
        assert_eq!(status, StatusCode::FORBIDDEN);
        let (status, to) = post(&router, &withdrawal, &[("print", &print)], CITY).await;
        assert_eq!((status, to.as_str()), (StatusCode::SEE_OTHER, MINOR));
        assert_eq!(acts(&db, "plan.acknowledge.withdraw").await, 1);
        let open = page(&router, MINOR).await;
        holds(&open, &[&acknowledgement]);
        lacks(&open, &["撤回确认"]);
        db.close().await.unwrap();
    }
}

/// Invariant 2: values that moved after the page was opened are shown again, and the reason stays.
#[tokio::test]
async fn moved_values_are_looked_at_again() {
    for db in fresh().await {
        let mut files = folder("suizhou");
        published(&db.store, &files).await;
        let old = print_of(&page(&router(&db.store).await, MINOR).await);
        for name in ["indicators.toml", "standards.toml"] {
            let text = files.get_mut(name).unwrap();
            *text = text
                .replace("value = \"17252\"", "value = \"17253\"")
                .replace("|17252|", "|17253|");
        }
        published(&db.store, &files).await;
        let router = router(&db.store).await;
        let path = format!("{MINOR}/acknowledgement");
        let typed = [("print", old.as_str()), ("reason", "我写的理由")];
        let (status, shown) = post(&router, &path, &typed, CITY).await;
        assert_eq!(status, StatusCode::CONFLICT);
        holds(&shown, &["数值变了", "我写的理由", "17253"]);
        let new = print_of(&shown);
        assert_ne!(new, old);
        let (status, _) = post(&router, &format!("{MINOR}/withdrawal"), &typed, CITY).await;
        assert_eq!(status, StatusCode::CONFLICT);
        let again = [("print", new.as_str()), ("reason", "我写的理由")];
        assert_eq!(
            post(&router, &path, &again, CITY).await.0,
            StatusCode::SEE_OTHER
        );
        db.close().await.unwrap();
    }
}
