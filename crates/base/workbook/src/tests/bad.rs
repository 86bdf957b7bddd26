//! What cannot be used is told with sheet, line and column, all at once (row A01, invariant 2).

use super::{Editor, Put, opened};
use crate::read;

type Edit = fn(&mut Editor);

/// An edit, the cell it is about, and words of what is told: sheet, row's id, n-th line, column.
const BAD: &[(Edit, &str, &str, usize, &str, &str)] = &[
    (
        |e| e.set(V, BEDS, "数值", "1,075"),
        V,
        BEDS,
        0,
        "数值",
        "1,075",
    ),
    (
        |e| e.set(V, BEDS, "数值", "590张"),
        V,
        BEDS,
        0,
        "数值",
        "590张",
    ),
    (
        |e| e.set(V, BEDS, "数值", "≥590"),
        V,
        BEDS,
        0,
        "数值",
        "≥590",
    ),
    (
        |e| e.set(V, BEDS, "数值", "-590"),
        V,
        BEDS,
        0,
        "数值",
        "-590",
    ),
    (
        |e| e.set(V, BEDS, "数值", ""),
        V,
        BEDS,
        0,
        "数值",
        "缺少「数值」",
    ),
    (
        |e| e.set(V, BEDS, "数值", Put::Number(0.1 + 0.2)),
        V,
        BEDS,
        0,
        "数值",
        "0.30000000000000004",
    ),
    (
        |e| e.set(V, BEDS, "数值", Put::Percent(0.6)),
        V,
        BEDS,
        0,
        "数值",
        "百分比格式",
    ),
    (
        |e| e.set(V, BEDS, "上限", "100"),
        V,
        BEDS,
        0,
        "上限",
        "上限小于数值",
    ),
    (
        |e| e.set(V, BEDS, "作用", "指标"),
        V,
        BEDS,
        0,
        "作用",
        "没有「指标」这个词",
    ),
    (
        |e| e.set(V, BEDS, "比较符", "约"),
        V,
        BEDS,
        0,
        "比较符",
        "没有「约」这个符号",
    ),
    (
        |e| e.set(V, BEDS, "年份", "二〇二五"),
        V,
        BEDS,
        0,
        "年份",
        "二〇二五",
    ),
    (
        |e| e.set(V, BEDS, "年份", "25"),
        V,
        BEDS,
        0,
        "年份",
        "1949 到 2100",
    ),
    (
        |e| e.set_nth(V, BEDS, 5, "止", "2020"),
        V,
        BEDS,
        5,
        "止",
        "止早于起",
    ),
    (
        |e| e.set(V, BEDS, "新增量", "大概"),
        V,
        BEDS,
        0,
        "新增量",
        "不能是「大概」",
    ),
    (
        |e| e.set(V, BEDS, "按每个", "每户"),
        V,
        BEDS,
        0,
        "按每个",
        "每户",
    ),
    (
        |e| e.set(V, BEDS, "口径", "床位"),
        V,
        BEDS,
        0,
        "口径",
        "没有口径「床位」",
    ),
    (
        |e| e.set(V, BEDS, "区划", "随州"),
        V,
        BEDS,
        0,
        "区划",
        "随州",
    ),
    (
        |e| e.set(V, BEDS, "行编号", "a_t1_bed"),
        V,
        "a_t1_bed",
        0,
        "行编号",
        "没有编号「a_t1_bed」",
    ),
    (
        |e| e.set(T, BEDS, "领域", "养护"),
        T,
        BEDS,
        0,
        "领域",
        "没有「养护」这个词",
    ),
    (
        |e| e.set(T, BEDS, "名称", ""),
        T,
        BEDS,
        0,
        "名称",
        "缺少「名称」",
    ),
    (
        |e| e.set(T, BEDS, "分项方式", "按月"),
        T,
        BEDS,
        0,
        "分项方式",
        "按年度、按类别",
    ),
    (
        |e| e.set(T, BEDS, "口径", "nothing"),
        T,
        BEDS,
        0,
        "口径",
        "没有口径「nothing」",
    ),
    (
        |e| e.set(T, BEDS, "文件", "随政发〔2022〕99号"),
        T,
        BEDS,
        0,
        "文件",
        "没有文件",
    ),
    (
        |e| e.set(T, BEDS, "引文", ""),
        T,
        BEDS,
        0,
        "引文",
        "缺少「引文」",
    ),
    (|e| e.repeat(T, BEDS), T, BEDS, 1, "编号", "出现两次"),
    (
        |e| e.set("重点任务", TASK, "期限", "2023年底"),
        "重点任务",
        TASK,
        0,
        "期限",
        "不是日期",
    ),
    (
        |e| e.set("指标", "a_t2_05", "序号", "五"),
        "指标",
        "a_t2_05",
        0,
        "序号",
        "不能是「五」",
    ),
    (
        |e| e.set("指标", "a_t2_05", "属性", "指导性"),
        "指标",
        "a_t2_05",
        0,
        "属性",
        "约束性、预期性",
    ),
    (
        |e| e.set(T, "a_t1_places", "编号", "床位表"),
        T,
        "床位表",
        0,
        "编号",
        "不能用",
    ),
    (
        |e| e.set(T, "a_t1_places", "编号", TASK),
        T,
        TASK,
        0,
        "编号",
        "是「重点任务」的一项",
    ),
];

const V: &str = "数值";
const T: &str = "供给计划";
const BEDS: &str = "a_t1_beds";
const TASK: &str = "b_2023_05";

/// Each bad cell is told where it stands, and nothing else is.
#[test]
fn bad_cells_are_told_where_they_stand() {
    for (edit, sheet, id, nth, column, words) in BAD {
        let (book, mut editor) = opened("suizhou");
        edit(&mut editor);
        let row = editor.row(sheet, id, *nth);
        let problems = read(&editor.bytes(), &book).expect_err(words);
        // An id that is gone takes its figures with it: they are told too.
        let here: Vec<_> = problems.iter().filter(|p| p.sheet == *sheet).collect();
        assert_eq!(here.len(), 1, "{problems:#?}");
        assert_eq!(
            (here[0].row, here[0].column.as_str()),
            (row, *column),
            "{}",
            here[0]
        );
        let said = here[0].to_string();
        assert!(said.contains(words), "{said} has no {words}");
        assert!(
            said.starts_with(&format!("{sheet} 第{row}行 {column}：")),
            "{said}"
        );
        assert!(!here[0].remedy.is_empty());
    }
}

/// All problems of a file are told together.
#[test]
fn all_problems_are_told_at_once() {
    let (book, mut editor) = opened("suizhou");
    editor.set(V, BEDS, "数值", "许多");
    editor.set(V, BEDS, "年份", "去年");
    editor.set(T, BEDS, "领域", "老");
    editor.set("重点任务", TASK, "期限", "年底");
    let told: Vec<String> = read(&editor.bytes(), &book)
        .unwrap_err()
        .iter()
        .map(|p| p.column.clone())
        .collect();
    assert_eq!(told, ["期限", "领域", "数值", "年份"]);
}

/// Headings and sheets that are not known, and lost ones that are needed.
#[test]
fn headings_and_sheets_are_checked() {
    for (edit, words) in [
        (
            (|e| e.rename_head(T, "引文", "原文")) as Edit,
            "供给计划 第1行 原文：没有这一列",
        ),
        (
            |e| e.rename_head(T, "引文", "章节"),
            "供给计划 第1行 章节：这一列有两个",
        ),
        (
            |e| e.remove_column(T, "编号"),
            "供给计划 第1行 编号：缺少这些列",
        ),
        (
            |e| e.remove_column(V, "单位"),
            "数值 第1行 单位：缺少这些列",
        ),
        (|e| e.rename_sheet(T, "供给"), "供给：不认识这张工作表"),
        (|e| e.remove(T, BEDS), "没有编号「a_t1_beds」的一行"),
    ] {
        let (book, mut editor) = opened("suizhou");
        edit(&mut editor);
        let problems = read(&editor.bytes(), &book).expect_err(words);
        assert_eq!(problems.len(), 1, "{problems:#?}");
        assert!(problems[0].to_string().contains(words), "{}", problems[0]);
    }
}

/// A new row says what it lacks; its figures are not told as unknown as well.
#[test]
fn a_new_row_says_what_it_lacks() {
    let (book, mut editor) = opened("suizhou");
    editor.add("指标", &[("名称", "新指标"), ("领域", "养老")]);
    editor.add(V, &[("行编号", "新指标"), ("作用", "目标"), ("数值", "1")]);
    let told: Vec<String> = read(&editor.bytes(), &book)
        .unwrap_err()
        .iter()
        .map(|p| p.what.clone())
        .collect();
    assert_eq!(told, ["缺少「文件」", "缺少「章节」", "缺少「引文」"]);
}
