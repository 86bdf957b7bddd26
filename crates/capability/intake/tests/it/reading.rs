//! A file that was read otherwise than it was meant: said in the second step, without uploading it again; files that are
//! too large, and a full disk.

use crate::place::{CHIEF, COUNTY, actor, gbk, places, row};
use axum::http::StatusCode;
use std::io::Write;

/// A workbook of these sheets, rows of texts.
fn workbook(sheets: &[(&str, &[&[&str]])]) -> Vec<u8> {
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let package = "http://schemas.openxmlformats.org/package/2006/relationships";
    let (mut names, mut links) = (String::new(), String::new());
    for (at, (name, _)) in sheets.iter().enumerate() {
        let at = at + 1;
        names.push_str(&format!(
            "<sheet name=\"{name}\" sheetId=\"{at}\" r:id=\"rId{at}\"/>"
        ));
        links.push_str(&format!(
            "<Relationship Id=\"rId{at}\" Type=\"{rel}/worksheet\" Target=\"worksheets/sheet{at}.xml\"/>"
        ));
    }
    let mut parts = vec![
        (
            "[Content_Types].xml".to_owned(),
            "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"/>"
                .to_owned(),
        ),
        (
            "xl/workbook.xml".to_owned(),
            format!(
                "<workbook xmlns=\"{main}\" xmlns:r=\"{rel}\"><sheets>{names}</sheets></workbook>"
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels".to_owned(),
            format!("<Relationships xmlns=\"{package}\">{links}</Relationships>"),
        ),
    ];
    for (at, (_, rows)) in sheets.iter().enumerate() {
        let cell = |cell: &&str| format!("<c t=\"inlineStr\"><is><t>{cell}</t></is></c>");
        let row = |(at, cells): (usize, &&[&str])| {
            let cells = cells.iter().map(cell).collect::<Vec<_>>().concat();
            format!("<row r=\"{}\">{cells}</row>", at + 1)
        };
        let rows = rows
            .iter()
            .enumerate()
            .map(row)
            .collect::<Vec<_>>()
            .concat();
        parts.push((
            format!("xl/worksheets/sheet{}.xml", at + 1),
            format!("<worksheet xmlns=\"{main}\"><sheetData>{rows}</sheetData></worksheet>"),
        ));
    }
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in parts {
        zip.start_file(name, zip::write::SimpleFileOptions::default())
            .unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// Rows B01, B14; issue 5.1: another sheet is chosen without uploading the file again; what was typed stays, the columns
/// are found anew; a sheet without headings is refused and nothing is lost.
#[tokio::test]
async fn another_sheet_is_read_without_another_upload() {
    for place in places(10).await {
        let person = row(1);
        let (name, number) = person.split_once(',').unwrap();
        let bytes = workbook(&[
            ("说明", &[&["姓名", "联系电话"], &["填表人", "13900000000"]]),
            (
                "名册",
                &[&["西城街道名册"], &["姓名", "身份证号"], &[name, number]],
            ),
            ("空", &[]),
        ]);
        let (status, to) = place.upload(&COUNTY, "dibao", "名单.xlsx", &bytes).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{to}");
        let (_, page) = place.get(&COUNTY, &to).await;
        assert!(page.contains("读工作表“说明”"), "{page}");
        let typed = "source=6月名册&day=2025-06-01&complete=no&area=421303&c0=name&c1=";
        let again = async |more: &str| {
            let form = format!("{typed}&{more}");
            place.post(&COUNTY, &format!("{to}/reading"), &form).await
        };
        let (status, page) = again("sheet=2&header_line=").await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            page.contains("没有内容") && page.contains("6月名册"),
            "{page}"
        );
        let (status, page) = again("sheet=1&header_line=1").await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
        let (_, page) = place.get(&COUNTY, &to).await;
        for words in ["读工作表“名册”", "表头在第 2 行", "6月名册", "421303"] {
            assert!(page.contains(words), "{words}: {page}");
        }
        let form = "source=6月名册&day=2025-06-01&complete=no&area=&c0=name&c1=id_number";
        let (status, page) = place.post(&COUNTY, &format!("{to}/mapping"), form).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
        place.work().await;
        let id = to.rsplit('/').next().unwrap();
        assert_eq!(place.counts(id).await, [0, 1, 0, 0, 0]);
        let (status, _) = again("sheet=0").await;
        assert_eq!(
            status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "it is checked already"
        );
        assert_eq!(place.counts(id).await, [0, 1, 0, 0, 0]);
        place.close().await;
    }
}

/// Issue 5.8: a file of two gigabytes is refused while it is taken in, not read into memory; nothing of it stays.
#[tokio::test]
async fn two_gigabytes_are_refused() {
    for place in places(1).await {
        std::fs::create_dir_all(&place.folder).unwrap();
        let path = place.folder.join("large.csv");
        let file = std::fs::File::create(&path).unwrap();
        file.set_len(2 << 30).unwrap();
        let refused = intake::api::begin(&place.app, &actor(&CHIEF), "people", &path).await;
        assert!(refused.is_err());
        assert_eq!(place.audits("intake.upload").await, 0);
        place.close().await;
    }
}

/// Issue 5.8: where the disk is full while a list is committed, nothing half stands in the register; with room again it
/// goes on from where it stood and ends as if nothing had been.
#[tokio::test]
async fn a_full_disk_stops_a_commit_and_loses_nothing() {
    for place in places(300).await {
        let mut text = "姓名,身份证号,户籍地,常住地,详细地址\n".to_owned();
        for n in 0..300 {
            let address = "很长的地址".repeat(20);
            text.push_str(&format!("{},421303106201,421303106200,{address}\n", row(n)));
        }
        let id = place.check(&CHIEF, "people", &gbk(&text), None).await;
        let before = place.facts().await;
        if place.store.backend() != store::Backend::Sqlite {
            // The same refusal cannot be provoked from here; the code path is one.
            place.close().await;
            continue;
        }
        intake::api::commit(&place.app, &actor(&CHIEF), &id)
            .await
            .unwrap();
        let limit = async |pages: i64| {
            let mut tx = place.store.begin(&actor(&CHIEF), None).await.unwrap();
            tx.run(&format!("PRAGMA max_page_count = {pages}"), vec![])
                .await
                .unwrap();
            tx.rollback().await.unwrap();
        };
        let sql = "SELECT page_count AS n FROM pragma_page_count()";
        let pages = store::Reads::number(&place.store, sql, vec![])
            .await
            .unwrap();
        let job = place.store.claim_job().await.unwrap().unwrap();
        limit(pages).await;
        let jobs = intake::capability().jobs;
        let spec = jobs.iter().find(|spec| spec.kind == job.kind).unwrap();
        let ended = (spec.run)(std::sync::Arc::clone(&place.app), job.clone()).await;
        limit(1 << 30).await;
        assert!(ended.is_err(), "there was room enough");
        assert_eq!(place.facts().await, before, "nothing half stands there");
        place.store.finish_job(&job, ended).await.unwrap();
        let shown = intake::api::look(&place.app, &id).await.unwrap();
        if !shown.busy {
            intake::api::commit(&place.app, &actor(&CHIEF), &id)
                .await
                .unwrap();
        }
        let mut tx = place.store.begin(&actor(&CHIEF), None).await.unwrap();
        tx.run("UPDATE job SET run_at = 0 WHERE state = 'ready'", vec![])
            .await
            .unwrap();
        tx.audit(store::Audit::new("test"));
        tx.commit().await.unwrap();
        place.work().await;
        let shown = intake::api::look(&place.app, &id).await.unwrap();
        assert_eq!((shown.state, shown.error), ("已完成", None));
        assert_ne!(place.facts().await, before);
        place.consistent().await;
        place.close().await;
    }
}
