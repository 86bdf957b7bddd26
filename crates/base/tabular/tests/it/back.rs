//! Refused rows go back in the layout they came in, and come in again.

use crate::xlsx::book;
use crate::{all, detect, gbk, rows_after, scratch};
use rust_xlsxwriter::{ExcelDateTime, Format};
use std::io::Cursor;
use tabular::back::{Returned, like_a_formula, write};
use tabular::headers::{ColumnSpec, map};
use tabular::template::{is_example, template};
use tabular::{Step, Wrong};

fn returned(lines: &[u64]) -> impl Iterator<Item = Returned> {
    let wrong = || Wrong::new("x", "证号不对", "请核对");
    let all: Vec<Returned> = lines
        .iter()
        .map(|line| Returned {
            line: *line,
            wrongs: vec![wrong(), Wrong::new("y", "没有姓名", "请核对")],
        })
        .collect();
    all.into_iter()
}

fn back(bytes: &[u8], lines: &[u64]) -> Vec<u8> {
    let found = detect(bytes).unwrap();
    let mut out = Cursor::new(Vec::new());
    let source = Box::new(Cursor::new(bytes.to_vec()));
    let folder = scratch("back");
    let rows = write(source, &found, returned(lines), &mut out, &folder).unwrap();
    assert_eq!(rows as usize, lines.len());
    out.into_inner()
}

/// Issue 5.1, M04: titles, headings, order, encoding and separator stay; two columns are added.
#[test]
fn a_csv_goes_back_as_it_came() {
    let text = "某县花名册;;\r\n姓名;证号;备注\r\n张三;1;好\r\n李四;2;\"一;二\"\r\n王五;3\r\n赵六;4;=cmd()\r\n钱七;5;-12.5\r\n";
    for bytes in [
        gbk(text),
        text.as_bytes().to_vec(),
        [b"\xEF\xBB\xBF", text.as_bytes()].concat(),
    ] {
        let out = back(&bytes, &[4, 5, 6, 7]);
        assert_eq!(
            out.starts_with(b"\xEF\xBB\xBF"),
            bytes.starts_with(b"\xEF\xBB\xBF")
        );
        let (found, rows, _) = all(&out);
        assert_eq!(found.kind, detect(&bytes).unwrap().kind);
        assert_eq!(found.titles, ["某县花名册"]);
        assert_eq!(
            found.header,
            ["姓名", "证号", "备注", "未导入原因", "怎么改"]
        );
        let why = "证号不对；没有姓名|请核对";
        assert_eq!(
            rows,
            [
                format!("3: 李四|2|一;二|{why}"),
                format!("4: 王五|3||{why}"),
                format!("5: 赵六|4|'=cmd()|{why}"),
                format!("6: 钱七|5|-12.5|{why}"),
            ]
        );
    }
}

/// Issue 5.8: formulas are made harmless; numbers below zero stay numbers.
#[test]
fn formulas_are_told_from_numbers() {
    for text in [
        "=1+1", "+cmd", "@x", "-a", "\t=1", "\r=1", "＝1", "-1+1", "+86 138",
    ] {
        assert!(like_a_formula(text), "{text:?}");
    }
    for text in ["-1", "-1,200.50", "+3", "张三", "1=1", "", "a@b"] {
        assert!(!like_a_formula(text), "{text:?}");
    }
}

/// M04: an XLSX goes back with numbers as numbers, days as days and texts as texts.
#[test]
fn a_workbook_goes_back_as_it_came() {
    let day = Format::new().set_num_format("yyyy-mm-dd");
    let bytes = book(|sheet| {
        sheet.write(0, 0, "某县花名册").unwrap();
        for (at, title) in ["姓名", "证号", "出生日期", "金额"].iter().enumerate() {
            sheet.write(2, at as u16, *title).unwrap();
        }
        for row in 3..8 {
            sheet.write(row, 0, format!("=人{row}")).unwrap();
            sheet.write(row, 1, "11010519491231002X").unwrap();
            let born = ExcelDateTime::from_ymd(1949, 12, row as u8).unwrap();
            sheet.write_with_format(row, 2, &born, &day).unwrap();
            sheet.write(row, 3, -100.5).unwrap();
        }
    });
    let out = back(&bytes, &[5, 7]);
    let (found, rows, _) = all(&out);
    assert_eq!(
        (found.header_line, found.titles),
        (3, vec!["某县花名册".to_owned()])
    );
    let why = "证号不对；没有姓名|请核对";
    assert_eq!(
        rows,
        [
            format!("4: =人4|11010519491231002X|1949-12-04|-100.5|{why}"),
            format!("5: =人6|11010519491231002X|1949-12-06|-100.5|{why}"),
        ]
    );
    assert_eq!(out, back(&bytes, &[5, 7]));
}

const SPECS: &[ColumnSpec] = &[
    ColumnSpec {
        key: "name",
        title: "姓名",
        aliases: &[],
        required: true,
        example: "张三",
        hint: "证件上的姓名",
    },
    ColumnSpec {
        key: "id_number",
        title: "身份证号",
        aliases: &[],
        required: true,
        example: "11010519491231002X",
        hint: "18 位",
    },
    ColumnSpec {
        key: "note",
        title: "备注",
        aliases: &[],
        required: false,
        example: "",
        hint: "",
    },
];

/// M04: the template reads back with every column known and its example row known as such.
#[test]
fn a_template_reads_back() {
    let bytes = template("老年人", SPECS).unwrap();
    assert_eq!(bytes, template("老年人", SPECS).unwrap());
    let found = detect(&bytes).unwrap();
    let mapping = map(&found.header, SPECS, None);
    assert_eq!(mapping.columns.len(), 3);
    assert!(mapping.unknown.is_empty() && mapping.missing.is_empty());
    let mut rows = tabular::open_in(Box::new(Cursor::new(bytes.clone())), &found, None).unwrap();
    let Some(Step::Row(row)) = rows.next().unwrap() else {
        panic!("a row");
    };
    assert!(is_example(&row, &mapping, SPECS));
    assert_eq!(rows_after(&bytes, &found, None).unwrap().0.len(), 1);
}
