//! Documents and departments of the real plans, and who may read them.

use crate::reading::table_row;
use crate::{PLANNER, folder, fresh, get, holds, page, published, router};
use authz::Role;
use axum::http::StatusCode;

/// Rows A01 and M02: documents of all places side by side, and the directory of departments.
#[tokio::test]
async fn documents_and_departments() {
    for db in fresh().await {
        for slug in ["suizhou", "xianning", "chongxin", "shaoyang"] {
            published(&db.store, &folder(slug)).await;
        }
        let router = router(&db.store).await;
        let list = page(&router, "/plan/documents").await;
        holds(
            &list,
            &[
                "5 份文件",
                "随政发〔2022〕28号",
                "崇政办发〔2021〕109号",
                "邵市政办发〔2023〕19号",
                "随政办发〔2023〕16号",
                "2022年9月22日",
                "县级",
            ],
        );
        holds(
            table_row(&list, "送审稿"),
            &[
                "咸宁市",
                "没有印发",
                "有名无文",
                "重大项目清单",
                "指标 <b>39</b>",
            ],
        );
        holds(
            table_row(&list, "随政办发〔2023〕16号"),
            &["已录入", "2023年1月—2025年12月"],
        );
        holds(
            table_row(&list, "市民政局"),
            &[
                "养老工作主责",
                "参加",
                "/plan/tasks?department=%E5%B8%82%E6%B0%91%E6%94%BF%E5%B1%80",
            ],
        );
        holds(table_row(&list, "市国资委"), &["国资"]);
        let other = page(&router, "/plan/documents?place=chongxin").await;
        holds(&other, &["崇信县的责任部门", "/plan/tasks?department="]);
        db.close().await.unwrap();
    }
}

/// Row A01: roles without the right to read plans are refused; an empty installation says what to do.
#[tokio::test]
async fn who_may_read() {
    for db in fresh().await {
        let router = router(&db.store).await;
        for path in [
            "/plan/indicators",
            "/plan/tasks",
            "/plan/documents",
            "/plan/rows/a_t2_06",
        ] {
            assert_eq!(get(&router, path, None).await.0, StatusCode::SEE_OTHER);
            for role in [Role::SystemAdmin, Role::SecurityAdmin, Role::AuditAdmin] {
                assert_eq!(
                    get(&router, path, Some(("a", role))).await.0,
                    StatusCode::FORBIDDEN,
                    "{path}"
                );
            }
            let (status, empty) = get(&router, path, Some(PLANNER)).await;
            assert_eq!(status, StatusCode::NOT_FOUND);
            holds(&empty, &["还没有发布"]);
        }
        db.close().await.unwrap();
    }
}
