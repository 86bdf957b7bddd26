//! 导出台账 over the demo city: every list as a workbook, row for row what the pages show.

use crate::place::{City, cities};
use axum::http::StatusCode;
use calamine::{Data, Reader, Xlsx};
use files::Files;
use kernel::AreaCode;
use laoyou::work;
use std::collections::BTreeSet;
use std::io::Cursor;
use store::{Reads, values};

/// Names in the first column of all pages of a list, in order.
async fn shown(city: &City, cookie: &str, path: &str) -> Vec<String> {
    let sign = if path.contains('?') { '&' } else { '?' };
    let mut names = Vec::new();
    for page in 1.. {
        let answer = city
            .get(&format!("{path}{sign}size=100&page={page}"), cookie)
            .await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        let found: Vec<String> = answer
            .body
            .split("class=\"cell-main\"><a href=\"")
            .skip(1)
            .map(|rest| {
                let name = rest.split_once('>').unwrap().1;
                name.split_once('<').unwrap().0.to_owned()
            })
            .collect();
        names.extend(found.iter().cloned());
        if found.len() < 100 {
            break;
        }
    }
    names
}

/// The export behind the action of a list page; gives its id.
async fn exported(city: &City, cookie: &str, path: &str) -> String {
    let page = city.get(path, cookie).await.body;
    let offered = page.split_once("href=\"/exports/new?list=");
    assert!(offered.is_some(), "{path} offers no export");
    let href = offered.unwrap().1;
    let href = href.split_once('"').unwrap().0.replace("&#38;", "&");
    let href = href.replace("&amp;", "&");
    let (list, query) = href.split_once('&').unwrap_or((&href, ""));
    let form = city.get(&format!("/exports/new?list={href}"), cookie).await;
    assert_eq!(form.status, StatusCode::OK, "{href}: {}", form.body);
    let form = [("list", list), ("query", query), ("reason", "verify")];
    let answer = city.post("/exports", &form, cookie).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{path}");
    let mut day = Some(city.app.clock().today());
    while work::turn(&city.app, &mut day).await.unwrap() {}
    let file = city.get(&format!("{}/file", answer.to), cookie).await;
    assert_eq!(file.status, StatusCode::OK, "{path}");
    answer.to.rsplit('/').next().unwrap().to_owned()
}

/// The data rows of an export's only sheet.
async fn rows(city: &City, id: &str) -> Vec<Vec<String>> {
    let sql = "SELECT file FROM export_run WHERE id = $1";
    let row = city.store.one(sql, values![id]).await.unwrap().unwrap();
    let files = city.app.part::<Files>().unwrap();
    let kept = files
        .find(&city.store, &row.text("file").unwrap())
        .await
        .unwrap()
        .unwrap();
    let bytes = files.open(city.store.keys(), &kept).unwrap();
    let bytes = bytes.whole().unwrap();
    let mut book: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(bytes)).unwrap();
    let sheet = book.worksheet_range("台账").unwrap();
    let all: Vec<Vec<String>> = sheet
        .rows()
        .map(|row| row.iter().map(Data::to_string).collect())
        .collect();
    all[3..all.len() - 1].to_vec()
}

/// People whose keys the log names for an export.
async fn logged(city: &City, id: &str) -> BTreeSet<String> {
    let sql = "SELECT detail FROM audit_row WHERE action = 'export.rows' AND subject = $1";
    let mut keys = BTreeSet::new();
    for row in city.store.all(sql, values![id]).await.unwrap() {
        let detail = row.text("detail").unwrap();
        let (_, list) = detail.split_once("\"keys\":[").unwrap();
        let list = list.split_once(']').unwrap().0;
        keys.extend(list.split(',').map(|key| key.trim_matches('"').to_owned()));
    }
    keys.remove("");
    keys
}

/// Rows K01, M03; invariant 10: the workbook of a list is the list: same rows, same order, same filters; a
/// county officer's file holds nobody of another county; no identity number stands in it in full; the log
/// names each person.
#[tokio::test]
async fn a_workbook_is_the_list_that_was_asked_for() {
    for city in cities().await {
        let cookie = city.door("demo-03-county").await;
        let county: AreaCode = "421321".parse().unwrap();
        let mut some = 0;
        for path in [
            "/people",
            "/people?group=alone&age=80",
            "/people?sort=age&desc=0&area=421321100",
            "/children",
            "/list/1/people",
            "/list/17/people?state=unknown",
            "/list/17/people?state=no",
            "/owed",
            "/owed?sort=found&age=80",
            "/owed?kind=undue",
            "/unsettled/living",
        ] {
            let wanted = shown(&city, &cookie, path).await;
            let id = exported(&city, &cookie, path).await;
            let rows = rows(&city, &id).await;
            let names: Vec<String> = rows.iter().map(|row| row[0].clone()).collect();
            assert_eq!(names, wanted, "{} {path}", city.name);
            some += usize::from(!wanted.is_empty());
            let keys = logged(&city, &id).await;
            assert_eq!(keys.is_empty(), wanted.is_empty(), "{path}");
            for key in &keys {
                let person = city.person_of(key).await.subject();
                let areas = [person.hukou, person.residence];
                let here = |code: &AreaCode| county.contains(code);
                assert!(areas.iter().flatten().any(here), "{path}: {areas:?}");
            }
            for cell in rows.iter().flatten() {
                let digits = cell.chars().filter(char::is_ascii_digit).count();
                assert!(digits < 15 || cell.contains('*'), "{path}: {cell}");
            }
        }
        assert!(some >= 7, "only {some} lists hold anybody");
        city.close().await;
    }
}

/// Row M03; invariant 4: who may not export sees no action; a search's hits are not exported; an unknown
/// filter or an area outside of the scope makes no export.
#[tokio::test]
async fn what_may_not_be_exported() {
    for city in cities().await {
        let visitor = city.door("demo-07-visitor").await;
        let page = city.get("/people", &visitor).await;
        assert!(!page.body.contains("导出台账"));
        let refused = city.get("/exports", &visitor).await.status;
        assert_eq!(refused, StatusCode::FORBIDDEN);
        let county = city.door("demo-03-county").await;
        for (ask, status) in [
            ("people.elders&found=abc", StatusCode::BAD_REQUEST),
            ("people.elders&colour=red", StatusCode::BAD_REQUEST),
            ("entitle.owed&area=421381", StatusCode::FORBIDDEN),
            ("entitle.item_people&no=17&state=x", StatusCode::BAD_REQUEST),
            ("entitle.item_people&no=99", StatusCode::NOT_FOUND),
        ] {
            let answer = city.get(&format!("/exports/new?list={ask}"), &county).await;
            assert_eq!(answer.status, status, "{ask}");
        }
        city.close().await;
    }
}
