//! Rows that come and go, drafts that are thrown away or taken back.

use crate::edits::*;
use crate::forms::{form, post};
use crate::{folder, fresh, get, holds, lacks, page, published, router};
use axum::http::StatusCode;
use plan::api::working;

/// Rows A02, A06: a new row gets an id of its own; a removed one shows as removed; a draft that is thrown
/// away leaves the published plan as it was. Also for a place without a list.
#[tokio::test]
async fn rows_come_and_go_and_a_draft_is_thrown_away() {
    for db in fresh().await {
        published(&db.store, &folder("suizhou")).await;
        published(&db.store, &folder("shaoyang")).await;
        let router = router(&db.store).await;
        let path = "/plan/new?kind=task&place=shaoyang";
        let document = folder("shaoyang")["plan.toml"]
            .lines()
            .find_map(|line| {
                line.strip_prefix("number = \"")?
                    .split('"')
                    .next()
                    .map(str::to_owned)
            })
            .unwrap();
        let mut new = typed(&router, path, &[]).await;
        for (name, value) in [
            ("name", "开展探访"),
            ("list", "附件2"),
            ("year", "2024"),
            ("due", "2024年12月31日"),
            ("with", "市民政局\n各县市区政府"),
            ("measure", "visit_rate"),
            ("f0_role", "task"),
            ("f0_op", ">="),
            ("f0_value", "95"),
            ("f0_unit", "%"),
            ("f0_year", "2024"),
            ("document", document.as_str()),
            ("section", "附件2第5项"),
            ("quote", "探访率达到95%以上"),
            ("says", "补录一项"),
        ] {
            new.set(name, value);
        }
        let (status, to) = post(&router, path, EDITOR, &new).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{to}");
        assert!(
            to.starts_with("/plan/rows/n_") && to.ends_with("?place=shaoyang&draft=1"),
            "{to}"
        );
        holds(&page(&router, &to).await, &["开展探访", "≥95%"]);
        let id = to
            .trim_start_matches("/plan/rows/")
            .split('?')
            .next()
            .unwrap();
        let removed = folder("shaoyang");
        let first = figures::load(&removed).unwrap().rows[0].id.clone();
        let (_, html) = get(
            &router,
            &format!("/plan/rows/{first}/edit?place=shaoyang"),
            Some(EDITOR),
        )
        .await;
        let mut gone = form(&html, "edit-removal");
        gone.set("removal_says", "重复录入");
        let path = format!("/plan/rows/{first}/removal?place=shaoyang&draft=1");
        assert_eq!(
            post(&router, &path, EDITOR, &gone).await.0,
            StatusCode::SEE_OTHER
        );
        let (_, shown) = get(
            &router,
            "/plan/changes?place=shaoyang&draft=1",
            Some(SECOND),
        )
        .await;
        holds(
            &shown,
            &[
                "新增",
                "删去",
                "开展探访",
                "：重复录入",
                "新增「开展探访」：补录一项",
                id,
            ],
        );
        let before = folder("shaoyang");
        for (name, text) in &files(&db.store, "shaoyang").await {
            assert_eq!(
                before[name] == *text,
                !["tasks.toml", "indicators.toml"].contains(&name.as_str()),
                "{name}"
            );
        }
        let draft = form(&shown, "change-discard");
        let (status, to) = post(
            &router,
            "/plan/changes/discard?place=shaoyang",
            EDITOR,
            &draft,
        )
        .await;
        assert_eq!(
            (status, to.as_str()),
            (StatusCode::SEE_OTHER, "/plan/changes?place=shaoyang")
        );
        holds(&page(&router, &to).await, &["没有改动"]);
        assert_eq!(files(&db.store, "shaoyang").await, before);
        assert_eq!(
            get(
                &router,
                &format!("/plan/rows/{id}?place=shaoyang&draft=1"),
                Some(EDITOR)
            )
            .await
            .0,
            StatusCode::NOT_FOUND
        );
        let (status, _) = post(
            &router,
            "/plan/changes/discard?place=shaoyang",
            EDITOR,
            &draft,
        )
        .await;
        assert_eq!(status, StatusCode::CONFLICT);
        db.close().await.unwrap();
    }
}

/// Row A02, invariant 2: taking a change back takes the draft back, and a value that was published before
/// can be published again.
#[tokio::test]
async fn a_change_can_be_taken_back() {
    for db in fresh().await {
        published(&db.store, &folder("suizhou")).await;
        let router = router(&db.store).await;
        let save = async |note: &str, says: &str| {
            let edit = typed(&router, EDIT, &[("note", note), ("says", says)]).await;
            let (status, to) = post(&router, EDIT, EDITOR, &edit).await;
            assert_eq!(status, StatusCode::SEE_OTHER, "{to}");
        };
        let original = typed(&router, EDIT, &[]).await.get("note").to_owned();
        save("第一步", "一").await;
        save("第二步", "二").await;
        save("第一步", "退回一步").await;
        let (_, shown) = get(&router, DRAFT, Some(SECOND)).await;
        holds(&shown, &["第一步", "：一<"]);
        lacks(&shown, &["：二<"]);
        save(&original, "全部退回").await;
        holds(&page(&router, "/plan/changes").await, &["没有改动"]);
        assert_eq!(files(&db.store, "suizhou").await, folder("suizhou"));

        for (note, says) in [("第三步", "三"), (original.as_str(), "又改回原来的")] {
            save(note, says).await;
            looked_at(&db.store, "suizhou").await;
            let (_, shown) = get(&router, DRAFT, Some(SECOND)).await;
            let approve = form(&shown, "change-step");
            let (status, to) = post(&router, "/plan/changes/publication", SECOND, &approve).await;
            assert_eq!(status, StatusCode::SEE_OTHER, "{to}");
        }
        let now = files(&db.store, "suizhou").await;
        holds(
            &now["indicators.toml"],
            &["\n# 2025-06-30 修改「护理型养老床位占比」：又改回原来的\n"],
        );
        assert_eq!(
            working(&db.store, "suizhou")
                .await
                .unwrap()
                .unwrap()
                .publication
                .unwrap()
                .no,
            3
        );
        db.close().await.unwrap();
    }
}
