//! Editing plans on pages: draft, comparison, the second person, two people at once, workbooks.

use crate::forms::{Typed, form, post};
use crate::{PLANNER, folder, fresh, get, holds, lacks, page, published, router};
use authz::{Actor, Role};
use axum::http::StatusCode;
use plan::api::{PlanBook, acknowledge_finding, export, lay_acknowledgements, versions, working};
use rules::Files;
use store::{Reads, Store};

pub(crate) const EDITOR: (&str, Role) = ("zhao", Role::CityCivil);
pub(crate) const SECOND: (&str, Role) = ("qian", Role::CityCivil);
pub(crate) const EDIT: &str = "/plan/rows/a_t2_06/edit";
pub(crate) const DRAFT: &str = "/plan/changes?draft=1";

/// The files of the working version of a place.
pub(crate) async fn files(store: &Store, slug: &str) -> Files {
    let now = working(store, slug).await.unwrap().unwrap();
    export(store, &now.id).await.unwrap().unwrap()
}

pub(crate) async fn audited(store: &Store, action: &str) -> i64 {
    let sql =
        format!("SELECT CAST(count(*) AS BIGINT) AS n FROM audit_row WHERE action = '{action}'");
    store.number(&sql, vec![]).await.unwrap()
}

/// Acknowledges what is still open in the draft.
pub(crate) async fn looked_at(store: &Store, slug: &str) {
    let mut check = plan::api::check(&files(store, slug).await, None);
    let mut tx = store.begin(&Actor::system("test"), None).await.unwrap();
    lay_acknowledgements(&tx, slug, &mut check.findings)
        .await
        .unwrap();
    for finding in check.open() {
        acknowledge_finding(&mut tx, slug, finding, "改后看过")
            .await
            .unwrap();
    }
    tx.commit().await.unwrap();
}

/// The edit form of a row with other values typed into it.
pub(crate) async fn typed(router: &axum::Router, path: &str, values: &[(&str, &str)]) -> Typed {
    let (status, html) = get(router, path, Some(EDITOR)).await;
    assert_eq!(status, StatusCode::OK, "{path}\n{html}");
    let mut typed = form(&html, "edit-form");
    for (name, value) in values {
        typed.set(name, value);
    }
    typed
}

/// Rows A01, A02; invariants 2 and 4: an edit is a draft with who and why; the comparison shows old and
/// new; who edited cannot approve; a second person publishes and the page shows the new value. Files that
/// were not edited keep their bytes; the list goes on answering from the new version.
#[tokio::test]
async fn an_edit_is_published_by_a_second_person() {
    for db in fresh().await {
        let before = folder("suizhou");
        published(&db.store, &before).await;
        let router = router(&db.store).await;
        let first = versions(&db.store).await.unwrap()[0].clone();
        let (_, empty) = get(&router, "/plan/changes", Some(EDITOR)).await;
        holds(&empty, &["没有改动", "/plan/print", "/plan/plan.xlsx"]);
        lacks(&empty, &["/plan/changes/publication"]);

        let change = [
            ("f1_value", "61.5"),
            ("quote", "6|护理型养老床位占比|45.5%|61.5%"),
            ("says", "按更正件改目标"),
        ];
        let edit = typed(&router, EDIT, &change).await;
        let (status, to) = post(&router, EDIT, EDITOR, &edit).await;
        assert_eq!(
            (status, to.as_str()),
            (StatusCode::SEE_OTHER, "/plan/rows/a_t2_06?draft=1"),
            "{to}"
        );
        assert_eq!(audited(&db.store, "plan.edit").await, 1);
        let after = files(&db.store, "suizhou").await;
        for (name, text) in &before {
            assert_eq!(after[name] == *text, name != "indicators.toml", "{name}");
        }
        holds(
            &page(&router, "/plan/rows/a_t2_06?draft=1").await,
            &["61.5%"],
        );
        lacks(&page(&router, "/plan/rows/a_t2_06").await, &["61.5%"]);

        let (_, shown) = get(&router, DRAFT, Some(SECOND)).await;
        holds(
            &shown,
            &[
                "护理型养老床位占比",
                "目标 2025年 60%",
                "目标 2025年 61.5%",
                "按更正件改目标",
                "zhao",
            ],
        );
        lacks(&shown, &["现有 45.5%"]);
        let (_, own) = get(&router, DRAFT, Some(EDITOR)).await;
        lacks(&own, &["/plan/changes/publication"]);
        // A serious conflict that moved must be looked at before anybody can publish.
        let draft = form(&shown, "change-discard");
        let (status, refused) =
            post(&router, "/plan/changes/publication?draft=1", SECOND, &draft).await;
        if status == StatusCode::CONFLICT {
            holds(
                &refused,
                &[
                    "严重的口径差异没有确认",
                    "/plan/findings?severity=serious&#38;draft=1",
                ],
            );
        }
        looked_at(&db.store, "suizhou").await;
        let (_, own) = get(&router, DRAFT, Some(EDITOR)).await;
        holds(&own, &["您改过这份草稿，不能自己批准", "另一位「市民政」"]);
        let (status, refused) =
            post(&router, "/plan/changes/publication?draft=1", EDITOR, &draft).await;
        assert_eq!(status, StatusCode::FORBIDDEN);
        holds(&refused, &["须由另一人批准", "「市民政」"]);
        let (_, others) = get(&router, DRAFT, Some(PLANNER)).await;
        holds(&others, &["登录后批准发布"]);
        assert_eq!(
            post(&router, "/plan/changes/publication", PLANNER, &draft)
                .await
                .0,
            StatusCode::FORBIDDEN
        );

        let (_, shown) = get(&router, DRAFT, Some(SECOND)).await;
        let approve = form(&shown, "change-step");
        let (status, to) = post(
            &router,
            "/plan/changes/publication?draft=1",
            SECOND,
            &approve,
        )
        .await;
        assert_eq!(
            (status, to.as_str()),
            (StatusCode::SEE_OTHER, "/plan/changes"),
            "{to}"
        );
        holds(&page(&router, "/plan/rows/a_t2_06").await, &["61.5%"]);
        holds(&page(&router, "/plan/changes").await, &["没有改动"]);
        let now = working(&db.store, "suizhou").await.unwrap().unwrap();
        let publication = now.publication.unwrap();
        assert_eq!(
            (
                publication.no,
                publication.by.as_str(),
                publication.approved_by.as_str()
            ),
            (2, "zhao", "qian")
        );
        assert_eq!(publication.in_force_from, first.list_version);
        let book = PlanBook::load(&db.store).await.unwrap();
        let in_force = book.in_force("2025-06-30".parse().unwrap()).unwrap();
        assert_eq!(
            (in_force.id.clone(), in_force.digest.clone()),
            (now.id, now.digest)
        );
        assert_eq!(in_force.folder.services.len(), 28);
        // A second press finds nothing to publish.
        let (status, again) = post(&router, "/plan/changes/publication", SECOND, &approve).await;
        assert_eq!(status, StatusCode::CONFLICT);
        holds(&again, &["草稿已有变动"]);
        db.close().await.unwrap();
    }
}

/// Row A02: nobody approves what they have not seen, and everybody who edited is a first person.
#[tokio::test]
async fn everybody_who_edited_is_a_first_person() {
    for db in fresh().await {
        published(&db.store, &folder("suizhou")).await;
        let router = router(&db.store).await;
        let one = typed(&router, EDIT, &[("note", "甲的说明"), ("says", "甲改")]).await;
        assert_eq!(
            post(&router, EDIT, EDITOR, &one).await.0,
            StatusCode::SEE_OTHER
        );
        let (_, seen) = get(&router, DRAFT, Some(SECOND)).await;
        let seen = form(&seen, "change-discard");
        let two = typed(&router, EDIT, &[("note", "乙的说明"), ("says", "乙改")]).await;
        assert_eq!(
            post(&router, EDIT, ("sun", Role::CityHealth), &two).await.0,
            StatusCode::SEE_OTHER
        );
        let (status, _) = post(&router, "/plan/changes/publication", SECOND, &seen).await;
        assert_eq!(
            status,
            StatusCode::CONFLICT,
            "the draft that was seen is not the draft any more"
        );
        looked_at(&db.store, "suizhou").await;
        let (_, now) = get(&router, DRAFT, Some(EDITOR)).await;
        holds(&now, &["甲改", "乙改", "您改过这份草稿"]);
        let now = form(&now, "change-discard");
        let (status, _) = post(&router, "/plan/changes/publication", EDITOR, &now).await;
        assert_eq!(status, StatusCode::FORBIDDEN);
        let (status, _) = post(&router, "/plan/changes/publication", SECOND, &now).await;
        assert_eq!(status, StatusCode::SEE_OTHER);
        db.close().await.unwrap();
    }
}

/// Row A02: what is wrong stands at its field and nothing typed is lost (422).
#[tokio::test]
async fn nothing_typed_is_lost() {
    for db in fresh().await {
        published(&db.store, &folder("suizhou")).await;
        let router = router(&db.store).await;
        let edit = typed(
            &router,
            EDIT,
            &[
                ("name", ""),
                ("f0_value", "45,5"),
                ("f1_year", "25"),
                ("f2_unit", "张"),
                ("f2_role", "status"),
                ("f1_measure", "没有这个口径"),
                ("note", "一段<b>说明</b>"),
                ("lead", "市民政局\r\n市卫健委"),
                ("due", "不是日期"),
            ],
        )
        .await;
        let (status, again) = post(&router, EDIT, EDITOR, &edit).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        holds(
            &again,
            &[
                "请填写名称",
                "照原文写数字，如 4.50",
                "年份写四位数字",
                "口径表里没有这一项",
                "请用一句话说明改了什么",
                "href=\"#f-f0_value\"",
            ],
        );
        let mut kept = form(&again, "edit-form");
        for (name, value) in &edit.0 {
            if name != "due" {
                assert_eq!(
                    kept.get(name).replace('\r', ""),
                    value.replace('\r', ""),
                    "{name}"
                );
            }
        }
        assert_eq!(audited(&db.store, "plan.edit").await, 0);
        // Nothing changed is said, not stored.
        kept = typed(&router, EDIT, &[("says", "没有改什么")]).await;
        let (status, same) = post(&router, EDIT, EDITOR, &kept).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        holds(&same, &["没有改动：各栏和原来一样", "没有改什么"]);
        db.close().await.unwrap();
    }
}

/// Row A02: two people at once — the second is told who and what, keeps everything typed, gets the newest
/// of what was not touched, and can save on it (409).
#[tokio::test]
async fn two_people_at_once_lose_nothing() {
    for db in fresh().await {
        published(&db.store, &folder("suizhou")).await;
        let router = router(&db.store).await;
        let mine = typed(&router, EDIT, &[("f1_value", "62"), ("says", "我改目标")]).await;
        let other = typed(
            &router,
            EDIT,
            &[
                ("lead", "市民政局"),
                ("note", "别人的说明"),
                ("says", "别人补牵头"),
            ],
        )
        .await;
        assert_eq!(
            post(&router, EDIT, SECOND, &other).await.0,
            StatusCode::SEE_OTHER
        );
        let (status, told) = post(&router, EDIT, EDITOR, &mine).await;
        assert_eq!(status, StatusCode::CONFLICT);
        holds(
            &told,
            &[
                "这份规划被改过",
                "qian 修改「护理型养老床位占比」：别人补牵头",
                "这一行也变了",
                "别人的说明",
                "在最新内容上保存",
            ],
        );
        let again = form(&told, "edit-form");
        assert_eq!(
            (
                again.get("f1_value"),
                again.get("says"),
                again.get("lead"),
                again.get("note")
            ),
            ("62", "我改目标", "市民政局", "别人的说明")
        );
        assert_eq!(
            post(&router, EDIT, EDITOR, &again).await.0,
            StatusCode::SEE_OTHER
        );
        holds(
            &page(&router, "/plan/rows/a_t2_06?draft=1").await,
            &["62%", "别人的说明"],
        );

        // Another row moved: this one is as it was.
        let mine = typed(
            &router,
            "/plan/rows/a_t2_05/edit",
            &[("note", "我的"), ("says", "我改")],
        )
        .await;
        let other = typed(&router, EDIT, &[("note", "又一次"), ("says", "别人再改")]).await;
        assert_eq!(
            post(&router, EDIT, SECOND, &other).await.0,
            StatusCode::SEE_OTHER
        );
        let (status, told) = post(&router, "/plan/rows/a_t2_05/edit", EDITOR, &mine).await;
        assert_eq!(status, StatusCode::CONFLICT);
        holds(&told, &["这一行没有变"]);

        // Somebody took the row out.
        let mine = form(&told, "edit-form");
        let (_, html) = get(&router, "/plan/rows/a_t2_05/edit", Some(SECOND)).await;
        let mut gone = form(&html, "edit-removal");
        assert_eq!(
            post(&router, "/plan/rows/a_t2_05/removal", SECOND, &gone)
                .await
                .0,
            StatusCode::UNPROCESSABLE_ENTITY
        );
        gone.set("removal_says", "原文没有这一项");
        let (status, to) = post(&router, "/plan/rows/a_t2_05/removal", SECOND, &gone).await;
        assert_eq!(
            (status, to.as_str()),
            (StatusCode::SEE_OTHER, "/plan/changes?draft=1")
        );
        let (status, told) = post(&router, "/plan/rows/a_t2_05/edit", EDITOR, &mine).await;
        assert_eq!(status, StatusCode::CONFLICT);
        holds(&told, &["这一行已经被删去", "我的"]);
        let again = form(&told, "edit-form");
        assert_eq!(
            post(&router, "/plan/rows/a_t2_05/edit", EDITOR, &again)
                .await
                .0,
            StatusCode::SEE_OTHER
        );
        db.close().await.unwrap();
    }
}
