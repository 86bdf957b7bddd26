//! The sheet 说明: what the workbook is and how to fill it in.

use crate::columns::{ABOUT, FINDINGS, MEASURES, ROWS, VALUES};
use figures::{Book, Op, Role};
use rust_xlsxwriter::{Color, Format, FormatAlign, Worksheet, XlsxError};

/// The label before the plan's short name.
pub(crate) const PLAN: &str = "计划标识";
/// The label before the digest of the version.
pub(crate) const DIGEST: &str = "版本摘要";

/// Lines above the documents.
const ABOVE: usize = 6;

/// First and last line of the documents as Excel counts them; the last is before the first where there are none.
pub(crate) fn document_lines(book: &Book) -> (usize, usize) {
    (ABOVE + 1, ABOVE + book.head.documents.len())
}

/// One line: its cells and whether it is a heading.
type Line = (bool, Vec<String>);

fn line(cells: &[&str]) -> Line {
    (false, cells.iter().map(ToString::to_string).collect())
}

fn heading(cells: &[&str]) -> Line {
    (true, cells.iter().map(ToString::to_string).collect())
}

pub(crate) fn sheet(out: &mut Worksheet, book: &Book) -> Result<(), XlsxError> {
    out.set_name(ABOUT)?;
    let plain = Format::new()
        .set_num_format("@")
        .set_text_wrap()
        .set_align(FormatAlign::Top);
    let bold = plain
        .clone()
        .set_bold()
        .set_background_color(Color::RGB(0x00E8_F0EC));
    let title = Format::new().set_bold().set_font_size(16);
    for (column, width) in [(0, 26.0), (1, 60.0), (2, 24.0), (3, 14.0), (4, 24.0)] {
        out.set_column_width(column, width)?;
    }
    for (row, (is_heading, cells)) in lines(book).iter().enumerate() {
        for (column, cell) in cells
            .iter()
            .enumerate()
            .filter(|(_, cell)| !cell.is_empty())
        {
            let format = match (row, is_heading) {
                (0, _) => &title,
                (_, true) => &bold,
                (_, false) => &plain,
            };
            out.write_string_with_format(row as u32, column as u16, cell, format)?;
        }
    }
    out.set_landscape()
        .set_paper_size(9)
        .set_print_fit_to_pages(1, 0);
    Ok(())
}

fn lines(book: &Book) -> Vec<Line> {
    let head = &book.head;
    let mut out = vec![
        line(&[&format!("{}养老托育规划数据", head.place)]),
        line(&["地区", &format!("{}（{}）", head.place, head.area.prefix())]),
        line(&[PLAN, &head.slug]),
        line(&[DIGEST, &book.digest]),
        line(&[]),
        heading(&["文件", "标题", "制定单位", "印发日期", "规划期"]),
    ];
    debug_assert_eq!(out.len(), ABOVE);
    for document in &head.documents {
        let issued = document
            .issued_on
            .map_or_else(|| "未印发".to_owned(), kernel::Day::zh);
        let period = document.from.zip(document.until);
        let period = period
            .map(|(from, until)| format!("{}–{}年", from.year(), until.year()))
            .unwrap_or_default();
        out.push(line(&[
            &document.number,
            &document.title,
            &document.issuer,
            &issued,
            &period,
        ]));
    }
    out.push(line(&[]));
    out.push(heading(&["怎么填"]));
    for (sheet, how) in how() {
        out.push(line(&[&sheet, &how]));
    }
    out.push(line(&[]));
    out.push(heading(&["作用", "意思"]));
    for (role, _, word) in Role::ALL {
        out.push(line(&[word, role_says(role)]));
    }
    out.push(line(&[]));
    out.push(heading(&["比较符", "意思"]));
    out.push(line(&["（空）", "达到，正好这个数"]));
    for (op, says) in [
        (Op::AtLeast, "以上、不低于、至少"),
        (Op::Above, "超过、高于"),
        (Op::AtMost, "以内、不高于、不超过"),
        (Op::Below, "低于"),
    ] {
        out.push(line(&[op.sign(), says]));
    }
    out
}

fn how() -> Vec<(String, String)> {
    let rows = ROWS.map(|sheet| sheet.name).join("、");
    let values = VALUES.name;
    let pairs: [(&str, String); 12] = [
        (
            "工作表",
            format!(
                "{rows} 各写一项一行；每一项的数写在「{values}」，一个数一行，用「行编号」对上。"
            ),
        ),
        (
            "改一个数",
            format!(
                "在「{values}」里直接改。照原文写，如 4.50 不要写成 4.5；单位写在「单位」，以上、以内写在「比较符」。"
            ),
        ),
        (
            "加一项",
            format!(
                "在相应工作表末尾加一行，「编号」留空；它的数在「{values}」加行，「行编号」写这一项的名称。"
            ),
        ),
        (
            "删一项",
            format!("删去整行，同时删去「{values}」里它的数。整张工作表删去的，那一类原样不动。"),
        ),
        (
            "必填",
            "深色表头的列必填。灰色表头的列只供查看，导入时不看。".to_owned(),
        ),
        (
            "编号",
            "已有的编号不要改：口径差异和链接都靠它。".to_owned(),
        ),
        (
            "口径",
            format!(
                "从下拉框里选，全部在「{MEASURES}」。一项的数口径都一样的，只写在这一项上，「{values}」里留空。"
            ),
        ),
        ("责任单位", "照原文次序，用顿号隔开。".to_owned()),
        (
            "引文",
            format!(
                "原文短句，数字要在里面。「{values}」里的引文与该项相同的留空；原文写“百分之百”“全部”的，把这几个字写进「原文用字」。"
            ),
        ),
        (
            "新增量",
            "这一年或这一期新增的填“是”；到年底一共有多少的留空。改建也算在内的，再填「含改建」。"
                .to_owned(),
        ),
        (
            "期限",
            "写成 2025-12-31；原文怎么说写在「期限原文」。".to_owned(),
        ),
        (FINDINGS, "下载时的检查结果，只供查看。".to_owned()),
    ];
    pairs
        .into_iter()
        .map(|(what, how)| (what.to_owned(), how))
        .collect()
}

const fn role_says(role: Role) -> &'static str {
    match role {
        Role::Baseline => "规划前已有的数（基数）",
        Role::Target => "规划要达到的数",
        Role::Task => "某一年度任务里的数",
        Role::Part => "表里的一行",
        Role::Total => "表里的合计",
        Role::Standard => "要遵守的标准、配比",
        Role::Limit => "不得突破的数，如价格上限",
        Role::Amount => "资金",
        Role::Status => "正文里说的现状",
        Role::Forecast => "预测数",
    }
}
