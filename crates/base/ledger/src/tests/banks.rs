//! Files for the bank and its answers.

use super::{day, fen, month};
use crate::Terms;
use crate::bank::{
    Charset, Form, Head, Layout, Line, Maker, Outcome, SentRow, TooLong, Trouble, made_answer,
    match_answer, read_answer,
};

const SUIZHOU: &str = include_str!("../../../../../payments/suizhou/terms.toml");

fn layout(id: &str) -> Layout {
    Terms::parse(SUIZHOU).unwrap().layout(id).unwrap().clone()
}

fn head(count: u64, total: i64) -> Head {
    Head {
        batch: "GLJT-421321-202506-1".into(),
        programme: "高龄津贴".into(),
        month: month("2025-06"),
        payer: "随县财政局".into(),
        date: day("2025-07-08"),
        count,
        total: fen(total),
    }
}

fn line(no: u64, name: &str, amount: i64) -> Line {
    Line {
        no,
        name: name.into(),
        id_number: "429900194001011230".into(),
        account: format!("99999900000000{no:05}"),
        bank: "演示农商行".into(),
        fen: fen(amount),
        ..Line::default()
    }
}

fn file(layout: &Layout) -> Result<Vec<u8>, TooLong> {
    let mut maker = Maker::new(layout, head(2, 15000))?;
    maker.add(&line(1, "王秀英", 5000))?;
    let mut bytes = maker.drain();
    maker.add(&line(2, "李𠮷·买买提", 10000))?;
    bytes.extend(maker.finish()?);
    Ok(bytes)
}

/// Row C03; invariant 12: the same rows give the same bytes in every layout.
#[test]
fn the_same_rows_give_the_same_bytes() {
    for id in ["card-bar", "card-fixed", "card-xlsx"] {
        let mut layout = layout(id);
        layout.charset = Charset::Utf8;
        assert_eq!(file(&layout).unwrap(), file(&layout).unwrap(), "{id}");
    }
    let mut bar = layout("card-bar");
    bar.charset = Charset::Utf8;
    let text = String::from_utf8(file(&bar).unwrap()).unwrap();
    let lines: Vec<&str> = text.split("\r\n").collect();
    assert_eq!(
        lines[0],
        "H|GLJT-421321-202506-1|高龄津贴|202506|2|15000|随县财政局|20250708"
    );
    assert_eq!(
        lines[1],
        "1|王秀英|429900194001011230|9999990000000000001|5000|202506"
    );
    assert_eq!(lines[3], "T|2|15000");
}

/// Row C03: what does not fit, cannot be written or breaks the line is refused by its field and row.
#[test]
fn what_does_not_fit_is_refused_by_name() {
    // 𠮷 does not exist in GBK.
    let bar = layout("card-bar");
    let refused = file(&bar).unwrap_err();
    assert!(
        matches!(&refused, TooLong::Charset { line: 2, title, .. } if title == "户名"),
        "{refused}"
    );
    let mut maker = Maker::new(&bar, head(1, 1)).unwrap();
    let long = maker.add(&line(1, &"王".repeat(31), 1)).unwrap_err();
    assert_eq!(
        long,
        TooLong::Width {
            line: 1,
            title: "户名".into(),
            have: 62,
            most: 60
        }
    );
    let parts = maker.add(&line(2, "王|五", 1)).unwrap_err();
    assert!(matches!(parts, TooLong::Separator { line: 2, .. }));
    let xlsx = layout("card-xlsx");
    let mut sheet = Maker::new(&xlsx, head(1, 1)).unwrap();
    assert!(matches!(
        sheet.add(&line(1, &"王".repeat(21), 1)),
        Err(TooLong::Width { most: 20, .. })
    ));
    let mut fixed = layout("card-fixed");
    fixed.charset = Charset::Utf8;
    let mut maker = Maker::new(&fixed, head(2, 2)).unwrap();
    maker.add(&line(1, "王五", 1)).unwrap();
    assert!(matches!(
        maker.finish(),
        Err(TooLong::Totals {
            count: 1,
            wanted: 2,
            ..
        })
    ));
}

fn answer(rows: &[(u64, i64, &str)], count: u64, total: i64) -> Vec<u8> {
    let mut text =
        format!("H|GLJT-421321-202506-1|高龄津贴|202506|{count}|{total}|随县财政局|20250708\r\n");
    for (no, amount, code) in rows {
        text.push_str(&format!(
            "{no}|99999900000000{no:05}|{amount}|{code}|说明\r\n"
        ));
    }
    text.push_str(&format!("T|{count}|{total}\r\n"));
    encoding_rs::GBK.encode(&text).0.into_owned()
}

fn sent() -> Vec<SentRow> {
    (1..=3)
        .map(|no| SentRow {
            no,
            fen: fen(5000),
            account: format!("99999900000000{no:05}"),
        })
        .collect()
}

fn matched(bytes: &[u8]) -> Result<crate::bank::Matched, Vec<Trouble>> {
    let read = read_answer(&layout("card-bar"), bytes)?;
    match_answer("GLJT-421321-202506-1", &sent(), &read)
}

/// Row C03: paid and failed by reason; a code nobody listed is «other», never paid.
#[test]
fn an_answer_is_paid_or_failed_by_reason() {
    let got = matched(&answer(&[(1, 5000, "0000"), (3, 5000, "1003")], 2, 10000)).unwrap();
    assert_eq!(
        (got.paid.len(), got.failed.len(), got.open),
        (1, 1, vec![2])
    );
    assert_eq!(got.failed[0].outcome, Outcome::AccountClosed);
    let got = matched(&answer(&[(1, 5000, "7777")], 1, 5000)).unwrap();
    assert_eq!(got.failed[0].outcome, Outcome::Other);
}

/// Row C03: unknown rows, doubled rows, other amounts and wrong totals are all named, and nothing is taken over.
#[test]
fn a_wrong_answer_is_refused_with_everything_that_is_wrong() {
    let bad = matched(&answer(
        &[
            (1, 5000, "0000"),
            (1, 5000, "0000"),
            (2, 4000, "0000"),
            (9, 5000, "0000"),
        ],
        5,
        99,
    ))
    .unwrap_err();
    let told: Vec<String> = bad.iter().map(ToString::to_string).collect();
    let told = told.join("\n");
    for words in [
        "序号 1 在文件里出现了不止一次",
        "序号 9 不在这个批次里",
        "序号 2 金额 40.00 元",
        "写明 5 笔",
        "写明合计 0.99 元",
    ] {
        assert!(told.contains(words), "{words} in {told}");
    }
    let other = read_answer(&layout("card-bar"), &answer(&[(1, 5000, "0000")], 1, 5000)).unwrap();
    assert!(matches!(
        match_answer("B-2", &sent(), &other).unwrap_err()[0],
        Trouble::Batch { .. }
    ));
    for bytes in [
        b"1|2|3\r\n".to_vec(),
        vec![0xff; 40],
        b"H|x\r\n\r\n1|a|b|c|d\r\nT|1|1\r\n".to_vec(),
    ] {
        assert!(matched(&bytes).is_err(), "{bytes:?}");
    }
    assert_eq!(layout("card-fixed").form, Form::Fixed);
}

/// Row C03: a workbook that the bank filled in is read by its headings.
#[test]
fn a_workbook_answer_is_read_by_its_headings() {
    let layout = layout("card-xlsx");
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (row, cells) in [
        ["序号", "账号", "金额（元）", "结果", "说明"],
        ["1", "9999990000000000001", "50.00", "成功", ""],
        ["2", "9999990000000000002", "50.00", "户名不符", "姓名不同"],
    ]
    .into_iter()
    .enumerate()
    {
        for (column, cell) in cells.into_iter().enumerate() {
            sheet.write_string(row as u32, column as u16, cell).unwrap();
        }
    }
    let read = read_answer(&layout, &book.save_to_buffer().unwrap()).unwrap();
    let got = match_answer("x", &sent(), &read).unwrap();
    assert_eq!(
        (got.paid.len(), got.failed[0].outcome),
        (1, Outcome::NameDiffers)
    );
    assert!(read_answer(&layout, b"not a workbook").is_err());
}

/// Row C03: what the bank answers in any shipped layout is read again as it was meant.
#[test]
fn an_answer_in_every_layout_comes_back() {
    for id in ["card-bar", "card-fixed", "card-xlsx"] {
        let layout = layout(id);
        let good = layout.codes[0].code.clone();
        let lines: Vec<Line> = (1..=3)
            .map(|no| Line {
                result: if no == 2 {
                    layout.codes[1].code.clone()
                } else {
                    good.clone()
                },
                ..line(no, "王五", 5000)
            })
            .collect();
        let bytes = made_answer(&layout, head(3, 15000), &lines).unwrap();
        let read = read_answer(&layout, &bytes).unwrap_or_else(|wrong| panic!("{id}: {wrong:?}"));
        let got = match_answer("GLJT-421321-202506-1", &sent(), &read).unwrap();
        assert_eq!((got.paid.len(), got.failed.len()), (2, 1), "{id}");
        assert_eq!(got.failed[0].outcome, Outcome::NameDiffers, "{id}");
    }
}
