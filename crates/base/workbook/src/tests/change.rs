//! What an officer changes becomes exactly that change (rows A01, A11; invariant 2).

use super::{Put, files, opened};
use crate::read;
use figures::diff::{Became, diff};
use figures::edit::{Change, apply};
use figures::{Book, Figure, Op, Per, Role};
use rules::Files;

/// Row, field, before and after.
type Field = (String, &'static str, String, String);

/// The changes applied to the folder, and what they differ in: row, field, before and after.
fn applied(place: &str, changes: &[Change]) -> (Files, Book, Vec<Field>) {
    let before = files(place);
    let after = apply(&before, changes).unwrap();
    let (old, new) = (
        figures::load(&before).unwrap(),
        figures::load(&after).unwrap(),
    );
    let fields = diff(&old, &new)
        .into_iter()
        .flat_map(|row| {
            row.fields
                .into_iter()
                .map(move |field| (row.id.clone(), field.field, field.before, field.after))
        })
        .collect();
    (after, new, fields)
}

fn figure(book: &Book, id: &str, role: Role) -> Figure {
    book.row(id).unwrap().of_role(role).next().unwrap().clone()
}

/// One changed value is one changed row, with nothing else different.
#[test]
fn one_value_is_one_change() {
    for (put, printed) in [
        (Put::from("4500"), "4500"),
        (Put::from("４５００"), "4500"),
        (Put::Number(4500.0), "4500"),
        (Put::Number(4500.5), "4500.5"),
        (Put::from("4500.50"), "4500.50"),
    ] {
        let (_, mut editor) = opened("suizhou");
        editor.set("数值", "a_t1_beds", "数值", put.clone());
        let (book, _) = opened("suizhou");
        let changes = read(&editor.bytes(), &book).unwrap();
        let [Change::Put(row)] = changes.as_slice() else {
            panic!("{put:?}: {changes:?}");
        };
        assert_eq!(row.id, "a_t1_beds");
        let mut expected = book.row("a_t1_beds").unwrap().clone();
        expected.figures[0].printed = printed.to_owned();
        let (after, new, fields) = applied("suizhou", &changes);
        assert_eq!(new.row("a_t1_beds").unwrap().figures[0].printed, printed);
        assert_eq!(fields.len(), 1, "{fields:?}");
        assert_eq!(fields[0].1, "数值");
        let (before, after_words) = (&fields[0].2, &fields[0].3);
        assert_eq!(&before.replacen("590", printed, 1), after_words);
        // Every other file keeps its bytes.
        let changed: Vec<String> = files("suizhou")
            .into_iter()
            .filter(|(name, text)| after[name] != *text)
            .map(|f| f.0)
            .collect();
        assert_eq!(changed, ["capacity.toml"]);
    }
}

/// Every editable cell of a row and of a figure arrives where it belongs.
#[test]
fn cells_arrive_where_they_belong() {
    for (sheet, id, head, text, field, after) in [
        (
            "重点任务",
            "b_2023_05",
            "名称",
            "探访关爱",
            "名称",
            "探访关爱",
        ),
        ("重点任务", "b_2023_05", "领域", "综合", "领域", "综合"),
        (
            "重点任务",
            "b_2023_05",
            "期限",
            "2023年11月30日",
            "期限",
            "2023年11月30日",
        ),
        (
            "重点任务",
            "b_2023_05",
            "责任单位",
            "市民政局、各县、市、区政府和管委会",
            "责任单位",
            "市民政局、各县、市、区政府和管委会",
        ),
        ("重点任务", "b_2023_05", "年度", "2024", "年度", "2024"),
        (
            "标准与政策",
            "a_s_bed_grant",
            "口径说明",
            "按月",
            "口径说明",
            "按月",
        ),
        ("指标", "a_t2_05", "属性", "约束性", "指标属性", "约束性"),
        ("指标", "a_t2_05", "无基数", "√", "无基数", "是"),
    ] {
        let (book, mut editor) = opened("suizhou");
        assert!(book.row(id).is_some(), "no row {id}");
        editor.set(sheet, id, head, text);
        let changes = read(&editor.bytes(), &book).unwrap();
        assert_eq!(changes.len(), 1, "{head}");
        let (_, _, fields) = applied("suizhou", &changes);
        assert_eq!(fields.len(), 1, "{fields:?}");
        assert_eq!((fields[0].1, fields[0].3.as_str()), (field, after));
    }
}

/// A date cell of Excel's own is a deadline.
#[test]
fn dates_of_excel_are_days() {
    let (book, mut editor) = opened("suizhou");
    editor.set("重点任务", "b_2023_05", "期限", Put::Date(2024, 6, 30));
    let changes = read(&editor.bytes(), &book).unwrap();
    let (_, new, _) = applied("suizhou", &changes);
    assert_eq!(
        new.row("b_2023_05").unwrap().due.unwrap().to_string(),
        "2024-06-30"
    );
}

/// Words of a figure: sign, range, period, flags, measure by its name alone.
#[test]
fn figures_are_read_with_all_their_words() {
    let (book, mut editor) = opened("suizhou");
    for (head, text) in [
        ("作用", "目标"),
        ("数值", "2.0"),
        ("上限", "2.5"),
        ("比较符", "以上"),
        ("单位", "万张"),
        ("年份", ""),
        ("起", "2021"),
        ("止", "2025年"),
        ("新增量", "是"),
        ("含改建", "√"),
        ("每年", "否"),
        ("按每个", "每个村"),
        ("类别", "公办"),
        ("估计数", "是"),
        ("原文用字", "二点零"),
        ("引文", "2021|590|1270"),
        ("口径", "普惠养老床位数"),
        ("区划", "421303"),
        ("口径说明", "含在建"),
    ] {
        editor.set("数值", "a_t1_beds", head, text);
    }
    let changes = read(&editor.bytes(), &book).unwrap();
    let (_, new, _) = applied("suizhou", &changes);
    let figure = figure(&new, "a_t1_beds", Role::Target);
    assert_eq!(
        (figure.printed.as_str(), figure.op, figure.per),
        ("2.0", Op::AtLeast, Some(Per::Village))
    );
    assert_eq!(
        figure.upto.as_ref().map(|upto| upto.0.as_str()),
        Some("2.5")
    );
    assert_eq!(
        figure.unit.as_ref().map(|unit| unit.printed.as_str()),
        Some("万张")
    );
    assert_eq!(
        (figure.year, figure.from, figure.until),
        (None, Some(2021), Some(2025))
    );
    assert!(figure.flow && figure.mixed && figure.estimate && !figure.each_year);
    assert_eq!(figure.class.as_deref(), Some("公办"));
    assert_eq!(figure.says.as_deref(), Some("二点零"));
    assert_eq!(figure.measure, "inclusive_beds");
    assert_eq!(figure.area.unwrap().prefix(), "421303");
    assert_eq!(figure.note.as_deref(), Some("含在建"));
}

/// A new row without an id gets one that stays; its figures name it by its name.
#[test]
fn a_new_row_gets_an_id_that_stays() {
    let (book, mut editor) = opened("suizhou");
    editor.add(
        "指标",
        &[
            ("领域", "养老"),
            ("名称", "乡镇敬老院改造率"),
            ("责任单位", "市民政局"),
            ("口径", "care_beds"),
            ("文件", &book.head.documents[0].number),
            ("章节", "二（一）"),
            ("引文", "改造率达到80%"),
        ],
    );
    editor.add(
        "数值",
        &[
            ("行编号", "乡镇敬老院改造率"),
            ("作用", "目标"),
            ("数值", "80"),
            ("单位", "%"),
            ("年份", "2025"),
        ],
    );
    let changes = read(&editor.bytes(), &book).unwrap();
    let [Change::Put(row)] = changes.as_slice() else {
        panic!("{changes:?}");
    };
    assert!(row.id.starts_with("n_"), "{}", row.id);
    let (after, new, _) = applied("suizhou", &changes);
    assert_eq!(diff(&book, &new)[0].became, Became::Added);
    assert_eq!(figure(&new, &row.id, Role::Target).zh(), "80%");
    // Imported once more over its own result, it changes nothing.
    assert_eq!(
        read(&editor.bytes(), &figures::load(&after).unwrap()),
        Ok(vec![])
    );
}

/// Rows gone from a sheet that is there go; figures gone go alone.
#[test]
fn what_is_gone_goes() {
    let (book, mut editor) = opened("suizhou");
    editor.remove("供给计划", "a_t1_beds");
    editor.remove("数值", "a_t1_beds");
    assert_eq!(
        read(&editor.bytes(), &book),
        Ok(vec![Change::Remove("a_t1_beds".into())])
    );
    let (book, mut editor) = opened("suizhou");
    editor.remove_nth("数值", "a_t1_beds", 1);
    let changes = read(&editor.bytes(), &book).unwrap();
    let (_, new, _) = applied("suizhou", &changes);
    let years: Vec<_> = new
        .row("a_t1_beds")
        .unwrap()
        .figures
        .iter()
        .map(|figure| figure.year)
        .collect();
    assert_eq!(
        years,
        [Some(2021), Some(2023), Some(2024), Some(2025), None]
    );
}

/// Without the sheet 数值 the figures follow their row to another measure.
#[test]
fn figures_follow_their_row_to_another_measure() {
    let (book, mut editor) = opened("suizhou");
    editor.remove_sheet("数值");
    editor.set("供给计划", "a_t1_beds", "口径", "market_beds");
    let changes = read(&editor.bytes(), &book).unwrap();
    let (_, new, _) = applied("suizhou", &changes);
    assert!(
        new.row("a_t1_beds")
            .unwrap()
            .figures
            .iter()
            .all(|figure| figure.measure == "market_beds")
    );
}
