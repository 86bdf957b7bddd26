//! Files that are refused as a whole (row A01, invariant 2).

use super::opened;
use crate::read;

/// Files that are no workbook, another plan's, or too large.
#[test]
fn wrong_files_are_refused() {
    let (suizhou, editor) = opened("suizhou");
    let (xianning, _) = opened("xianning");
    let told = |bytes: &[u8], book| {
        read(bytes, book)
            .expect_err("refused")
            .iter()
            .map(ToString::to_string)
            .collect::<String>()
    };
    assert!(told(&editor.bytes(), &xianning).contains("不是咸宁市的"));
    assert!(told(b"not a workbook", &suizhou).contains("不是可以打开的 Excel 文件"));
    assert!(told(&vec![0; crate::MOST_BYTES + 1], &suizhou).contains("10 MB"));
    let mut only = editor;
    for sheet in ["指标", "重点任务", "供给计划", "项目", "标准与政策", "数值"] {
        only.remove_sheet(sheet);
    }
    assert!(told(&only.bytes(), &suizhou).contains("任何一张工作表"));
}

/// A cell far away is refused without taking memory for all that lies between.
#[test]
fn a_cell_far_away_is_refused() {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet().set_name("指标").unwrap();
    sheet.write_string(0, 0, "编号").unwrap();
    sheet.write_string(1_048_575, 16_383, "x").unwrap();
    let (base, _) = opened("xianning");
    let problems = read(&book.save_to_buffer().unwrap(), &base).unwrap_err();
    assert!(
        problems[0].to_string().contains("表太大"),
        "{}",
        problems[0]
    );
}
