//! The pages: every step without scripts, what is wrong with what was typed, what may not be uploaded.

use crate::place::{BOUNDARY, COUNTY, gbk, places, row};
use axum::http::StatusCode;

/// Rows B01, B14; issue 5.1: upload, columns, preview, commit, result and taking back through the pages alone.
#[tokio::test]
async fn the_wizard_leads_through_all_steps() {
    for place in places(12).await {
        let (status, page) = place.get(&COUNTY, "/intake/new").await;
        assert_eq!(status, StatusCode::OK);
        assert!(page.contains("低保") && page.contains("模板"));
        let (status, _, bytes) = place
            .send(
                &COUNTY,
                "GET",
                "/intake/templates/dibao",
                "text/plain",
                Vec::new(),
            )
            .await;
        assert_eq!(status, StatusCode::OK);
        assert!(bytes.starts_with(b"PK"));
        let text = format!("对象,号码\n{}\n{}\n", row(0), row(1));
        let (status, to) = place
            .upload(&COUNTY, "dibao", "名单.csv", &gbk(&text))
            .await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{to}");
        let (_, page) = place.get(&COUNTY, &to).await;
        assert!(
            page.contains("GBK") && page.contains("每一列是什么"),
            "{page}"
        );
        let form = "source=6月名册&day=2025-06-01&complete=no&area=&c0=name&c1=";
        let (status, page) = place.post(&COUNTY, &format!("{to}/mapping"), form).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            page.contains("没有找到「身份证号」这一列") && page.contains("6月名册"),
            "{page}"
        );
        let form = "source=6月名册&day=2025-06-01&complete=no&area=&c0=name&c1=id_number";
        let (status, page) = place.post(&COUNTY, &format!("{to}/mapping"), form).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
        place.work().await;
        let (_, page) = place.get(&COUNTY, &to).await;
        assert!(page.contains("提交 2 人的变化"), "{page}");
        assert!(!page.contains(&row(0)), "samples are masked");
        place.post(&COUNTY, &format!("{to}/commit"), "").await;
        place.work().await;
        let (_, page) = place.get(&COUNTY, &to).await;
        assert!(
            page.contains("已完成") && page.contains("撤销整批"),
            "{page}"
        );
        place.post(&COUNTY, &format!("{to}/withdrawal"), "").await;
        place.work().await;
        let (_, page) = place.get(&COUNTY, "/intake").await;
        assert!(
            page.contains("已撤销") && page.contains("6月名册"),
            "{page}"
        );
        // The same headings of the same source are known the next time.
        let text = format!("对象,号码\n{}\n", row(2));
        let id = {
            let (_, to) = place
                .upload(&COUNTY, "dibao", "名单.csv", &gbk(&text))
                .await;
            let id = to.rsplit('/').next().unwrap().to_owned();
            let said = intake::api::Said {
                source: "6月名册".into(),
                complete: false,
                area: None,
                day: crate::place::day("2025-06-01"),
                columns: None,
            };
            intake::api::say(&place.app, &crate::place::actor(&COUNTY), &id, said)
                .await
                .unwrap();
            place.work().await;
            id
        };
        assert_eq!(place.counts(&id).await[1], 1);
        place.close().await;
    }
}

/// Issue 5.1: the template itself can be read: its headings are known, its example means nobody.
#[tokio::test]
async fn a_template_is_read_as_it_was_given_out() {
    for place in places(1).await {
        for kind in ["dibao", "disability", "merit", "death"] {
            let path = format!("/intake/templates/{kind}");
            let (_, _, bytes) = place
                .send(&COUNTY, "GET", &path, "text/plain", Vec::new())
                .await;
            let id = place.check(&COUNTY, kind, &bytes, None).await;
            assert_eq!(place.counts(&id).await, [0, 0, 0, 0, 1], "{kind}");
        }
        place.close().await;
    }
}

/// Issue 5.8: an empty file, no table, a workbook that unpacks without end, and a file that is too large are refused
/// with what to do; nothing is kept.
#[tokio::test]
async fn what_is_no_list_is_refused() {
    for place in places(1).await {
        for bytes in [
            &b""[..],
            b"\x00\x01\x02\x03\x00\x00",
            b"PK\x03\x04 not a workbook",
        ] {
            let (status, page) = place.upload(&COUNTY, "dibao", "x.xlsx", bytes).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{page}");
        }
        let (status, page) = place.upload(&COUNTY, "dibao", "x.xlsx", &bomb()).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{page}");
        let large = vec![b'a'; 9_000_000];
        let (status, page) = place.upload(&COUNTY, "dibao", "x.csv", &large).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            page.contains("文件超过") && page.contains("分成几份"),
            "{page}"
        );
        let (status, _) = place
            .upload(&COUNTY, "special_family", "x.csv", b"a,b\n1,2\n")
            .await;
        assert_eq!(
            status,
            StatusCode::SEE_OTHER,
            "民政 may enter what 卫健 hands over"
        );
        let of = format!("multipart/form-data; boundary={BOUNDARY}");
        let (status, ..) = place
            .send(&COUNTY, "POST", "/intake", &of, b"--nothing".to_vec())
            .await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        place.close().await;
    }
}

/// A workbook whose sheet is a gigabyte of nothing.
fn bomb() -> Vec<u8> {
    use std::io::Write;
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default()
        .compression_method(zip::CompressionMethod::Deflated);
    for (name, text) in [
        (
            "[Content_Types].xml",
            "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"/>",
        ),
        (
            "xl/workbook.xml",
            "<workbook xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheets><sheet name=\"a\" sheetId=\"1\"/></sheets></workbook>",
        ),
    ] {
        zip.start_file(name, options).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.start_file("xl/worksheets/sheet1.xml", options).unwrap();
    let nothing = vec![b' '; 1 << 20];
    for _ in 0..300 {
        zip.write_all(&nothing).unwrap();
    }
    zip.finish().unwrap().into_inner()
}
