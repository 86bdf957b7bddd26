//! Workbooks through the pages, the whole plan on paper, and doors that are shut.

use crate::edits::{DRAFT, EDIT, EDITOR, SECOND, audited, typed};
use crate::forms::{form, post, upload};
use crate::{folder, fresh, get, holds, lacks, page, published, router};
use authz::Role;
use axum::http::StatusCode;

/// Rows A01, A02, A06; invariant 2: the workbook without a change changes nothing; a changed one is shown
/// row by row before it becomes a draft; what is no workbook is refused in words.
#[tokio::test]
async fn a_workbook_goes_out_and_comes_back() {
    for db in fresh().await {
        published(&db.store, &folder("suizhou")).await;
        let router = router(&db.store).await;
        let book = figures::load(&folder("suizhou")).unwrap();
        let (status, _) = get(&router, "/plan/import", Some(EDITOR)).await;
        assert_eq!(status, StatusCode::OK);
        let exported = workbook::write(&book).unwrap();
        let (status, same) = upload(&router, "/plan/import", EDITOR, &exported).await;
        assert_eq!(status, StatusCode::OK, "{same}");
        holds(&same, &["没有改动"]);

        let mut other = book.clone();
        other.rows.retain(|row| row.id != "a_t2_05");
        let row = other
            .rows
            .iter_mut()
            .find(|row| row.id == "a_t2_06")
            .unwrap();
        row.figures[1].printed = "61.5".into();
        row.figures[1].value = figures::Num::parse("61.5").unwrap();
        let bytes = workbook::write(&other).unwrap();
        let (status, shown) = upload(&router, "/plan/import", EDITOR, &bytes).await;
        assert_eq!(status, StatusCode::OK, "{shown}");
        holds(&shown, &["目标 2025年 61.5%", "删去", "修改"]);
        assert_eq!(
            audited(&db.store, "plan.edit").await,
            0,
            "a preview writes nothing"
        );
        let mut commit = form(&shown, "form-page");
        let (status, asked) = post(&router, "/plan/import/commit", EDITOR, &commit).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        holds(&asked, &["请用一句话说明"]);
        // Somebody edits another row between preview and saving: it stays.
        let edit = typed(
            &router,
            "/plan/rows/a_t2_01/edit",
            &[("note", "别人的"), ("says", "别人改")],
        )
        .await;
        assert_eq!(
            post(&router, "/plan/rows/a_t2_01/edit", SECOND, &edit)
                .await
                .0,
            StatusCode::SEE_OTHER
        );
        commit.set("says", "按表格改");
        let (status, told) = post(&router, "/plan/import/commit", EDITOR, &commit).await;
        assert_eq!(status, StatusCode::CONFLICT);
        holds(&told, &["这份规划又被改过", "按表格改"]);
        lacks(&told, &["别人也改过"]);
        let (status, to) = post(
            &router,
            "/plan/import/commit",
            EDITOR,
            &form(&told, "form-page"),
        )
        .await;
        assert_eq!(
            (status, to.as_str()),
            (StatusCode::SEE_OTHER, "/plan/changes?draft=1"),
            "{to}"
        );
        let (_, draft) = get(&router, DRAFT, Some(SECOND)).await;
        holds(&draft, &["别人的", "61.5%", "按表格改"]);

        for bytes in [&b"PK\x03\x04 nothing"[..], b"\xff\xfe text", b""] {
            let (status, refused) = upload(&router, "/plan/import", EDITOR, bytes).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
            holds(&refused, &["Excel"]);
        }
        let foreign = workbook::write(&figures::load(&folder("shaoyang")).unwrap()).unwrap();
        let (status, refused) = upload(&router, "/plan/import", EDITOR, &foreign).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        holds(&refused, &["shaoyang"]);
        let (status, _) = upload(&router, "/plan/import", EDITOR, &vec![0; 9 * 1024 * 1024]).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        db.close().await.unwrap();
    }
}

/// Rows A01 and A02: the whole plan on paper; unknown filters and other roles are refused.
#[tokio::test]
async fn the_whole_plan_prints_and_doors_are_shut() {
    for db in fresh().await {
        published(&db.store, &folder("suizhou")).await;
        let router = router(&db.store).await;
        let print = page(&router, "/plan/print").await;
        holds(
            &print,
            &[
                "随政发〔2022〕28号 表2",
                "2024年 ",
                "“十四五”养老床位年度建设计划",
                "口径差异",
                "原文如此",
                "摘要值",
            ],
        );
        for path in [
            "/plan/changes?x=1",
            "/plan/new?kind=other",
            "/plan/print?kind=task",
            "/plan/import?a=b",
        ] {
            assert_eq!(
                get(&router, path, Some(EDITOR)).await.0,
                StatusCode::BAD_REQUEST,
                "{path}"
            );
        }
        assert_eq!(
            get(&router, "/plan/rows/none/edit", Some(EDITOR)).await.0,
            StatusCode::NOT_FOUND
        );
        assert_eq!(
            get(&router, "/plan/changes?place=nowhere", Some(EDITOR))
                .await
                .0,
            StatusCode::NOT_FOUND
        );
        let county = ("wu", Role::CountyCivil);
        for path in [EDIT, "/plan/new?kind=task", "/plan/import"] {
            assert_eq!(
                get(&router, path, Some(county)).await.0,
                StatusCode::FORBIDDEN,
                "{path}"
            );
        }
        let (status, shown) = get(&router, "/plan/changes", Some(county)).await;
        assert_eq!(status, StatusCode::OK);
        lacks(&shown, &["/plan/import"]);
        for kind in ["indicator", "task", "table", "project", "standard"] {
            let (status, _) = get(&router, &format!("/plan/new?kind={kind}"), Some(EDITOR)).await;
            assert_eq!(status, StatusCode::OK, "{kind}");
        }
        db.close().await.unwrap();
    }
}
