//! Workbooks.

use crate::{all, detect, detect_as, rows_after};
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook, Worksheet};
use std::io::{Cursor, Write};
use tabular::{Cell, Choice, Kind, Step, value};

pub(crate) fn book(fill: impl FnOnce(&mut Worksheet)) -> Vec<u8> {
    let mut workbook = Workbook::new();
    fill(workbook.add_worksheet());
    workbook.save_to_buffer().unwrap()
}

/// A package of the given parts, with what every workbook has.
fn package(sheet: &str, more: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    let fixed = [
        ("[Content_Types].xml", "<Types/>"),
        (
            "xl/workbook.xml",
            "<workbook xmlns:r=\"r\"><workbookPr date1904=\"1\"/><sheets><sheet name=\"一\" r:id=\"r1\"/></sheets></workbook>",
        ),
        (
            "xl/_rels/workbook.xml.rels",
            "<Relationships><Relationship Id=\"r1\" Target=\"worksheets/sheet1.xml\"/></Relationships>",
        ),
        ("xl/worksheets/sheet1.xml", sheet),
    ];
    for (name, text) in fixed.iter().chain(more) {
        zip.start_file(*name, options).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn sheet(rows: &str) -> String {
    format!("<worksheet><sheetData>{rows}</sheetData></worksheet>")
}

fn inline(at: &str, text: &str) -> String {
    format!("<c r=\"{at}\" t=\"inlineStr\"><is><t>{text}</t></is></c>")
}

fn head() -> String {
    format!(
        "<row r=\"1\">{}{}</row>",
        inline("A1", "姓名"),
        inline("B1", "日期")
    )
}

/// B01, M04: a workbook as Excel writes it: texts, numbers with all their digits, days, truth, formulas.
#[test]
fn cells_hold_what_excel_holds() {
    let day = Format::new().set_num_format("yyyy\"年\"m\"月\"d\"日\"");
    let bytes = book(|sheet| {
        for (at, title) in ["姓名", "证号", "出生日期", "是否独居", "金额", "备注"]
            .iter()
            .enumerate()
        {
            sheet.write(0, at as u16, *title).unwrap();
        }
        sheet.write(1, 0, "张　三").unwrap();
        sheet.write(1, 1, 421303195001011234_u64 as f64).unwrap();
        let born = ExcelDateTime::from_ymd(1950, 1, 1).unwrap();
        sheet.write_with_format(1, 2, &born, &day).unwrap();
        sheet.write(1, 3, true).unwrap();
        sheet
            .write_formula(1, 4, Formula::new("=100.1*3").set_result("300.3"))
            .unwrap();
        sheet.write(3, 0, "李四 & <五>").unwrap();
        sheet.write(3, 1, "11010519491231002x").unwrap();
        sheet.write(3, 4, 0.1 + 0.2).unwrap();
    });
    let found = detect(&bytes).unwrap();
    let today = kernel::Day::from_ymd(2025, 1, 1).unwrap();
    let mut rows = tabular::open_in(Box::new(Cursor::new(bytes)), &found, None).unwrap();
    let Some(Step::Row(row)) = rows.next().unwrap() else {
        panic!("a row");
    };
    assert_eq!((row.line, row.len()), (2, 6));
    assert_eq!(value::name(row.cell(0)).unwrap().as_deref(), Some("张三"));
    assert!(matches!(row.cell(1), Cell::Number(_)));
    assert_eq!(
        value::identity(row.cell(1), today).unwrap_err().code,
        "identity.digits_lost"
    );
    assert_eq!(
        value::day(row.cell(2)).unwrap().unwrap().to_string(),
        "1950-01-01"
    );
    assert_eq!(row.cell(2).shown(), "1950-01-01");
    assert_eq!(value::yes_no(row.cell(3)), Ok(Some(true)));
    assert_eq!(
        value::fen(row.cell(4), value::Unit::Yuan)
            .unwrap()
            .unwrap()
            .0,
        30030
    );
    let Some(Step::Row(row)) = rows.next().unwrap() else {
        panic!("a row");
    };
    assert_eq!((row.line, row.cell(0)), (4, Cell::Text("李四 & <五>")));
    assert!(value::identity(row.cell(1), today).unwrap().is_some());
    assert_eq!(
        value::fen(row.cell(4), value::Unit::Yuan)
            .unwrap()
            .unwrap()
            .0,
        30
    );
    assert!(rows.next().unwrap().is_none());
}

/// M04: the first sheet with data is taken, others and hidden ones are named, any can be chosen.
#[test]
fn the_sheet_with_data_is_found() {
    let mut workbook = Workbook::new();
    workbook.add_worksheet().set_name("封面").unwrap();
    let hidden = workbook.add_worksheet();
    hidden.set_name("旧数据").unwrap().set_hidden(true);
    hidden.write(0, 0, "姓名").unwrap();
    hidden.write(1, 0, "旧人").unwrap();
    let data = workbook.add_worksheet();
    data.set_name("名单").unwrap();
    data.merge_range(0, 0, 0, 1, "某某县高龄津贴花名册", &Format::new())
        .unwrap();
    for (row, pair) in [["姓名", "金额"], ["张三", "100"], ["合计", "100"]]
        .iter()
        .enumerate()
    {
        for (column, text) in pair.iter().enumerate() {
            data.write(row as u32 + 1, column as u16, *text).unwrap();
        }
    }
    let bytes = workbook.save_to_buffer().unwrap();
    let (found, rows, notes) = all(&bytes);
    let Kind::Xlsx { sheets, sheet } = &found.kind else {
        panic!("a workbook");
    };
    assert_eq!((sheets.len(), *sheet), (3, 2));
    assert!(!sheets[0].has_data && sheets[1].hidden);
    assert_eq!(
        (found.header_line, found.titles.clone()),
        (2, vec!["某某县高龄津贴花名册".to_owned()])
    );
    assert_eq!(rows, ["3: 张三|100"]);
    assert_eq!(notes.footers.len(), 1);
    assert!(found.notes.iter().any(|note| note.says.contains("旧数据")));
    let choice = Choice {
        sheet: Some("旧数据".to_owned()),
        ..Choice::default()
    };
    let found = detect_as(&bytes, &choice).unwrap();
    assert_eq!(rows_after(&bytes, &found, None).unwrap().0, ["2: 旧人"]);
}

/// Days since 1904, error cells, formulas without a result, shared texts with runs and phonetics, rows
/// and cells without numbers, texts with escaped signs.
#[test]
fn odd_workbooks_are_read() {
    let styles = "<styleSheet><numFmts><numFmt numFmtId=\"200\" formatCode=\"yyyy/m/d;@\"/></numFmts>\
                  <cellStyleXfs><xf numFmtId=\"0\"/></cellStyleXfs>\
                  <cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"200\"/></cellXfs></styleSheet>";
    let strings = "<sst><si><t>张三</t></si><si><r><t>李</t></r><r><t xml:space=\"preserve\"> 四</t></r>\
                   <rPh sb=\"0\" eb=\"1\"><t>li</t></rPh></si><si/><si><t>a_x000A_b&amp;&#x4E00;</t></si></sst>";
    let rows = format!(
        "{}<row><c t=\"s\"><v>0</v></c><c s=\"1\"><v>1.5</v></c></row>\
         <row r=\"5\"><c r=\"A5\" t=\"s\"><v>1</v></c><c r=\"B5\" t=\"e\"><v>#N/A</v></c></row>\
         <row><c t=\"s\"><v>3</v></c><c><f>A1</f></c></row><row r=\"7\"/><row r=\"8\"><c r=\"A8\" t=\"s\"><v>2</v></c></row>\
         <row r=\"9\"><c r=\"A9\" t=\"b\"><v>1</v></c><c r=\"ZZ9\"><v>1</v></c></row>",
        head()
    );
    let bytes = package(
        &sheet(&rows),
        &[("xl/styles.xml", styles), ("xl/sharedStrings.xml", strings)],
    );
    let (_, rows, notes) = all(&bytes);
    assert_eq!(
        rows,
        ["2: 张三|1904-01-02", "5: 李 四|", "6: a\nb&一|", "9: TRUE|"]
    );
    assert_eq!((notes.errors, notes.error_lines), (1, vec![5]));
    let found = detect(&bytes).unwrap();
    let mut rows = tabular::open_in(Box::new(Cursor::new(bytes)), &found, None).unwrap();
    rows.next().unwrap();
    rows.next().unwrap();
    let Some(Step::Row(row)) = rows.next().unwrap() else {
        panic!("a row");
    };
    assert_eq!(value::day(row.cell(1)).unwrap_err().code, "cell.no_result");
}

/// Issue 5.1: an XLSX goes on after a row too.
#[test]
fn a_sheet_goes_on_where_it_stopped() {
    let bytes = book(|sheet| {
        sheet.write(0, 0, "姓名").unwrap();
        for row in 1..200 {
            sheet.write(row, 0, format!("人{row}")).unwrap();
        }
    });
    let found = detect(&bytes).unwrap();
    let (whole, _) = rows_after(&bytes, &found, None).unwrap();
    let mut rows = tabular::open_in(Box::new(Cursor::new(bytes.clone())), &found, None).unwrap();
    for _ in 0..77 {
        rows.next().unwrap();
    }
    let (rest, _) = rows_after(&bytes, &found, Some(rows.position())).unwrap();
    assert_eq!(rest, whole[77..]);
}

/// Issue 5.8: a zip bomb, a broken package, a shared text that is not there: clear words, no memory.
#[test]
fn hostile_workbooks_are_refused() {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    zip.start_file("[Content_Types].xml", options).unwrap();
    zip.start_file("xl/workbook.xml", options).unwrap();
    let zeros = vec![b' '; 1024 * 1024];
    for _ in 0..100 {
        zip.write_all(&zeros).unwrap();
    }
    let bomb = zip.finish().unwrap().into_inner();
    assert_eq!(detect(&bomb).unwrap_err().code, "file.bomb");
    let good = package(&sheet(&head()), &[]);
    assert!(detect(&good).is_ok());
    let cut = &good[..good.len() / 2];
    assert_eq!(detect(cut).unwrap_err().code, "file.broken");
    for rows in [
        "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>9</v></c></row>",
        "<row r=\"2\"></row><row r=\"1\"></row>",
        "<row r=\"9999999\"></row>",
        "<row r=\"1\"><c r=\"A1\">",
        &format!(
            "<row r=\"1\"><c r=\"A1\" x=\"{}\"/></row>",
            "y".repeat(2_000_000)
        ),
        &"<a>".repeat(1000),
        "<row r=\"1\"></c></row>",
    ] {
        let wrong = detect(&package(&sheet(rows), &[])).unwrap_err();
        assert_eq!(wrong.code, "file.broken", "{rows:.60}");
    }
    let ods = {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        zip.start_file("mimetype", options).unwrap();
        zip.finish().unwrap().into_inner()
    };
    assert_eq!(detect(&ods).unwrap_err().code, "file.unknown");
    // An entity declared to grow is not grown.
    let laughs = "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;\">]>".to_owned()
        + &sheet(&format!(
            "{}<row r=\"2\">{}{}</row>",
            head(),
            inline("A2", "&b;"),
            inline("B2", "x")
        ));
    let (_, rows, _) = all(&package(&laughs, &[]));
    assert_eq!(rows, ["2: &b;|x"]);
}

/// A cell longer than Excel allows and a row of nothing but text are refused by line.
#[test]
fn long_cells_are_refused_by_line() {
    let long = "长".repeat(40_000);
    let rows = format!(
        "{}<row r=\"2\">{}</row><row r=\"3\">{}</row>",
        head(),
        inline("A2", &long),
        inline("A3", "李四")
    );
    let (_, rows, _) = all(&package(&sheet(&rows), &[]));
    assert_eq!(rows, ["2! row.cell_long", "3: 李四|"]);
}
