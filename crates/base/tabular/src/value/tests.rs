//! Every way to write a value that offices use, and every way that must not be guessed.

use super::*;
use crate::Cell;
use kernel::Day;
use proptest::prelude::*;

fn day_of(text: &str) -> Result<Option<String>, &'static str> {
    let read = day(Cell::Text(text));
    read.map(|day| day.map(|day| day.to_string()))
        .map_err(|wrong| wrong.code)
}

/// B01, B06: a day in every way offices write it.
#[test]
fn days_are_read_in_a_dozen_ways() {
    for text in [
        "2024-01-05",
        "2024/1/5",
        "2024.1.5",
        "2024.01.05",
        "20240105",
        "2024年1月5日",
        "2024年01月05号",
        "２０２４－０１－０５",
        "２０２４年１月５日",
        "二〇二四年一月五日",
        "二零二四年一月五日",
        "二O二四年一月五日",
        " 2024-1-5 ",
        "'2024-01-05",
        "2024-01-05 00:00:00",
        "2024/1/5 0:00",
        "2024-01-05T08:30:00Z",
        "20240105083000",
        "2024、1、5",
        "2024 1 5",
        "2024年1月5日 星期五",
        "45296",
        "=\"2024-01-05\"",
    ] {
        assert_eq!(day_of(text), Ok(Some("2024-01-05".to_owned())), "{text}");
    }
    assert_eq!(day_of("25/1/2024"), Ok(Some("2024-01-25".to_owned())));
    assert_eq!(day_of("1/25/2024"), Ok(Some("2024-01-25".to_owned())));
    assert_eq!(day_of("5/5/2024"), Ok(Some("2024-05-05".to_owned())));
    assert_eq!(
        day_of("一九四九年十二月三十一日"),
        Ok(Some("1949-12-31".to_owned()))
    );
    assert_eq!(
        day_of("一九四九年十月廿一日"),
        Ok(Some("1949-10-21".to_owned()))
    );
    for text in ["", "　", "无", "-", "——", "/", "NULL"] {
        assert_eq!(day_of(text), Ok(None), "{text}");
    }
}

/// B01, B06: what can be read in two ways, or is no day, is refused with the reason.
#[test]
fn days_are_never_guessed() {
    for (text, code) in [
        ("24-1-5", "day.ambiguous"),
        ("240105", "day.ambiguous"),
        ("490101", "day.ambiguous"),
        ("1/5/2024", "day.ambiguous"),
        ("05.01.2024", "day.ambiguous"),
        ("24年1月5日", "day.ambiguous"),
        ("2024-02-30", "day.no_such"),
        ("2023年2月29日", "day.no_such"),
        ("20241301", "day.no_such"),
        ("0024-01-05", "day.no_such"),
        ("2024年1月", "day.only_month"),
        ("2024-01", "day.only_month"),
        ("202401", "day.only_month"),
        ("二〇二四年一月", "day.only_month"),
        ("2024年", "day.only_year"),
        ("1949", "day.only_year"),
        ("农历2024年正月初五", "day.lunar"),
        ("1949年腊月初八", "day.lunar"),
        ("阴历1949.8.15", "day.lunar"),
        ("昨天", "day.unreadable"),
        ("民国38年1月5日", "day.unreadable"),
        ("2024-1-", "day.only_month"),
        ("13/13/2024", "day.unreadable"),
        ("123", "day.unreadable"),
        ("99999999999", "day.unreadable"),
        ("2024年一二月三日", "day.unreadable"),
    ] {
        let wrong = day(Cell::Text(text)).unwrap_err();
        assert_eq!(wrong.code, code, "{text}: {wrong}");
        assert!(!wrong.says.is_empty() && !wrong.fix.is_empty());
    }
    assert_eq!(
        day(Cell::Text("2024-02-30")).unwrap_err().says,
        "2024年2月没有30日"
    );
}

/// B01: days as Excel counts them, in both calendars.
#[test]
fn days_of_excel() {
    let of = |serial, since_1904| day(Cell::Date { serial, since_1904 });
    let is = |text: &str| Ok(Some(text.parse::<Day>().unwrap()));
    assert_eq!(of("45296", false), is("2024-01-05"));
    assert_eq!(of("45296.75", false), is("2024-01-05"));
    assert_eq!(of("1", false), is("1900-01-01"));
    assert_eq!(of("59", false), is("1900-02-28"));
    assert_eq!(of("61", false), is("1900-03-01"));
    assert_eq!(of("0", true), is("1904-01-01"));
    assert_eq!(of("43834", true), is("2024-01-05"));
    for serial in ["60", "0", "-1", "2958466", "99999999999999", "x", ""] {
        assert_eq!(
            of(serial, false).unwrap_err().code,
            "day.no_such",
            "{serial}"
        );
    }
    assert_eq!(day(Cell::Number("20240105")), is("2024-01-05"));
    assert_eq!(day(Cell::Number("45296")), is("2024-01-05"));
    assert_eq!(day(Cell::NoResult).unwrap_err().code, "cell.no_result");
    assert_eq!(day(Cell::Error("#N/A")), Ok(None));
}

/// B14: months, which amounts begin and end with.
#[test]
fn months_are_read() {
    for text in [
        "2024-01",
        "202401",
        "2024年1月",
        "2024/1",
        "2024.01",
        "2024年1月份",
        "2024-01-31",
        "二〇二四年一月",
    ] {
        let first = month(Cell::Text(text)).unwrap().unwrap();
        assert_eq!(first.to_string(), "2024-01-01", "{text}");
    }
    for (text, code) in [
        ("2024", "month.unreadable"),
        ("2024-13", "month.unreadable"),
        ("一月", "month.unreadable"),
        ("24-1", "month.unreadable"),
        ("1/5/2024", "day.ambiguous"),
    ] {
        assert_eq!(month(Cell::Text(text)).unwrap_err().code, code, "{text}");
    }
}

/// B01, issue 5.1: a number that lost digits is refused and said so; what only looks odd is forgiven.
#[test]
fn identity_numbers_that_lost_digits_are_refused() {
    let today = Day::from_ymd(2025, 6, 30).unwrap();
    for text in [
        "11010519491231002X",
        "11010519491231002x",
        "１１０１０５１９４９１２３１００２Ｘ",
        " 110105 19491231 002X ",
        "'11010519491231002X",
        "\"11010519491231002X\"",
        "=\"11010519491231002X\"",
        "11010519491231002×",
        "11010519491231002X\t",
        "\u{FEFF}11010519491231002X",
    ] {
        let read = identity(Cell::Text(text), today).unwrap().unwrap();
        assert_eq!(read.reveal(), "11010519491231002X", "{text}");
    }
    for (cell, code) in [
        (Cell::Text("4.21303E+17"), "identity.digits_lost"),
        (Cell::Text("4.21303195001011E+17"), "identity.digits_lost"),
        (Cell::Text("4.21303E17"), "identity.digits_lost"),
        (Cell::Text("421303195001011000"), "identity.digits_lost"),
        (
            Cell::Number("4.2130319500101101E+17"),
            "identity.digits_lost",
        ),
        (Cell::Number("421303195001011234"), "identity.digits_lost"),
        (Cell::Number("440524188001010014"), "identity.digits_lost"),
        (Cell::Number("110105491231002"), "identity.old_form"),
        (Cell::Text("110105491231002"), "identity.old_form"),
        (Cell::Text("1101051949123100"), "identity.length"),
        (Cell::Number("12345"), "identity.length"),
        (Cell::Text("110105194912310021"), "identity.check"),
        (Cell::Text("11010519491331002X"), "identity.birth"),
        (Cell::Text("11010520491231002X"), "identity.future"),
        (Cell::Text("1101051949123100AX"), "identity.character"),
        (Cell::Text("110105********002X"), "identity.masked"),
        (Cell::NoResult, "cell.no_result"),
    ] {
        let wrong = identity(cell, today).unwrap_err();
        assert_eq!(wrong.code, code, "{cell:?}");
        assert!(
            !wrong.to_string().contains("19491231"),
            "the number stays out of the words"
        );
    }
    let lost = identity(Cell::Text("4.21303E+17"), today).unwrap_err();
    assert!(lost.says.starts_with("证号末几位已丢失"));
    assert_eq!(lost.fix, "请把该列设为文本后重新导出");
    for text in ["", "无", "-", "　"] {
        assert!(
            identity(Cell::Text(text), today).unwrap().is_none(),
            "{text}"
        );
    }
}

/// B04: yes and no, in signs and words.
#[test]
fn yes_and_no() {
    for (text, is) in [
        ("是", Some(true)),
        ("有", Some(true)),
        ("√", Some(true)),
        ("１", Some(true)),
        ("Ｙ", Some(true)),
        ("TRUE", Some(true)),
        ("否", Some(false)),
        ("无", Some(false)),
        ("×", Some(false)),
        ("0", Some(false)),
        ("no", Some(false)),
        ("", None),
        ("—", None),
    ] {
        assert_eq!(yes_no(Cell::Text(text)), Ok(is), "{text}");
    }
    assert_eq!(yes_no(Cell::Bool(false)), Ok(Some(false)));
    assert_eq!(yes_no(Cell::Number("1")), Ok(Some(true)));
    assert_eq!(
        yes_no(Cell::Text("可能")).unwrap_err().code,
        "yes_no.unreadable"
    );
}

/// B01: sex in words and codes.
#[test]
fn sex_in_words_and_codes() {
    for (text, is) in [
        ("男", Sex::Male),
        (" 女 ", Sex::Female),
        ("1", Sex::Male),
        ("２", Sex::Female),
        ("女性", Sex::Female),
    ] {
        assert_eq!(sex(Cell::Text(text)), Ok(Some(is)), "{text}");
    }
    assert_eq!(sex(Cell::Text("3")).unwrap_err().code, "sex.unreadable");
    assert_eq!(sex(Cell::Text("")), Ok(None));
}

/// B14: amounts exact to the fen, whatever unit and separators they come in.
#[test]
fn amounts_are_exact() {
    let yuan = |text| {
        fen(Cell::Text(text), Unit::Yuan)
            .map(|f| f.map(|f| f.0))
            .map_err(|w| w.code)
    };
    for (text, is) in [
        ("1200", 120_000),
        ("1,200.50", 120_050),
        ("１，２００．５０", 120_050),
        ("¥300", 30_000),
        ("￥300.00元", 30_000),
        ("300元/月", 30_000),
        ("1.2万元", 1_200_000),
        ("0.000001万元", 1),
        ("50分", 50),
        ("-12.30", -1230),
        ("(1,200.00)", -120_000),
        ("0", 0),
        (".5", 50),
        ("1.2E3", 120_000),
        ("12.3400", 1234),
        ("人民币1200元整", 120_000),
    ] {
        assert_eq!(yuan(text), Ok(Some(is)), "{text}");
    }
    for (text, code) in [
        ("0.001", "fen.decimals"),
        ("1,2,00", "fen.unreadable"),
        ("约300", "fen.unreadable"),
        ("3百", "fen.unreadable"),
        ("1e400", "fen.range"),
        ("1e401", "fen.unreadable"),
        ("99999999999999", "fen.range"),
        ("1..2", "fen.unreadable"),
        ("300元400元", "fen.unreadable"),
    ] {
        assert_eq!(yuan(text), Err(code), "{text}");
    }
    assert_eq!(yuan("无"), Ok(None));
    assert_eq!(
        fen(Cell::Text("1.5"), Unit::TenThousand)
            .unwrap()
            .unwrap()
            .0,
        1_500_000
    );
    assert_eq!(
        fen(Cell::Number("0.30000000000000004"), Unit::Yuan)
            .unwrap()
            .unwrap()
            .0,
        30
    );
    assert_eq!(
        fen(Cell::Number("1234.5599999999999"), Unit::Yuan)
            .unwrap()
            .unwrap()
            .0,
        123_456
    );
    assert_eq!(Unit::of_heading("金额（万元）"), Unit::TenThousand);
    assert_eq!(Unit::of_heading("发放标准(元/月)"), Unit::Yuan);
}

/// B01: whole numbers and telephone numbers.
#[test]
fn numbers_and_phones() {
    let whole = |text| integer(Cell::Text(text)).map_err(|wrong| wrong.code);
    for (text, is) in [
        ("12", 12),
        ("１，２００", 1200),
        ("12.0", 12),
        ("3人", 3),
        ("十二", 12),
        ("-5", -5),
    ] {
        assert_eq!(whole(text), Ok(Some(is)), "{text}");
    }
    for (text, code) in [
        ("1.5", "integer.fraction"),
        ("多", "integer.unreadable"),
        ("1e300", "integer.range"),
        ("O", "integer.unreadable"),
    ] {
        assert_eq!(whole(text), Err(code), "{text}");
    }
    let call = |text| phone(Cell::Text(text)).map_err(|wrong| wrong.code);
    for (text, is) in [
        ("13800138000", "13800138000"),
        ("138 0013 8000", "13800138000"),
        ("+86-138-0013-8000", "13800138000"),
        ("8613800138000", "13800138000"),
        ("１３８００１３８０００", "13800138000"),
        ("(0722)3312345", "0722-3312345"),
        ("0722-3312345", "0722-3312345"),
        ("01012345678", "010-12345678"),
        ("3312345", "3312345"),
    ] {
        assert_eq!(call(text), Ok(Some(is.to_owned())), "{text}");
    }
    assert_eq!(
        phone(Cell::Number("1.3800138E10")),
        Ok(Some("13800138000".to_owned()))
    );
    assert_eq!(call("13800138000/13900139000"), Err("phone.several"));
    for text in ["1380013800", "138001380001", "电话", "12345", "23800138000"] {
        assert_eq!(call(text), Err("phone.unreadable"), "{text}");
    }
}

/// B01: names as on the card, whatever spaces and points they were typed with.
#[test]
fn names_are_read_as_on_the_card() {
    let read = |text| name(Cell::Text(text)).map_err(|wrong| wrong.code);
    for (text, is) in [
        ("张　三", "张三"),
        (" 张 三 ", "张三"),
        ("欧阳 娜娜", "欧阳娜娜"),
        ("张 三丰", "张三丰"),
        ("买买提·艾力", "买买提·艾力"),
        ("买买提•艾力", "买买提·艾力"),
        ("买买提 . 艾力", "买买提·艾力"),
        ("𠮷田", "𠮷田"),
        ("〇", "〇"),
    ] {
        let expected = if is == "〇" {
            Ok(Some("〇".to_owned()))
        } else {
            Ok(Some(is.to_owned()))
        };
        assert_eq!(read(text), expected, "{text}");
    }
    for (text, code) in [
        ("张三1", "name.character"),
        ("张三(已故)", "name.character"),
        ("张?", "name.lost"),
        ("李\u{FFFD}", "name.lost"),
        ("张三 李四", "name.several"),
        ("张三、李四", "name.character"),
        ("··", "name.long"),
    ] {
        assert_eq!(read(text), Err(code), "{text}");
    }
    assert_eq!(read("无"), Ok(None));
}

/// B04: grades in all numerals, within their range.
#[test]
fn grades_in_all_numerals() {
    for text in [
        "二级",
        "2级",
        "贰级",
        "Ⅱ级",
        "II",
        "2",
        "２",
        "第二级",
        "肢体二级",
        "二等",
    ] {
        assert_eq!(grade(Cell::Text(text), 1..=4), Ok(Some(2)), "{text}");
    }
    assert_eq!(grade(Cell::Number("2"), 1..=4), Ok(Some(2)));
    assert_eq!(
        grade(Cell::Text("五级"), 1..=4).unwrap_err().code,
        "grade.range"
    );
    assert_eq!(
        grade(Cell::Text("重度"), 1..=4).unwrap_err().code,
        "grade.unreadable"
    );
    assert_eq!(
        text(Cell::Text(" 东城（一）　"), 10),
        Ok(Some("东城（一）".to_owned()))
    );
    assert_eq!(text(Cell::Text("长长长"), 2).unwrap_err().code, "text.long");
}

proptest! {
    /// Issue 5.8: no cell makes any of them panic, and a day that is read is the day that was written.
    #[test]
    fn any_cell_is_read_or_refused(given in "\\PC{0,24}", digits in "[-+.,0-9eE ]{0,24}") {
        let today = Day::from_ymd(2025, 1, 1).unwrap();
        for text in [given.as_str(), digits.as_str()] {
            for cell in [Cell::Text(text), Cell::Number(text), Cell::Date { serial: text, since_1904: true }] {
                let _read = (day(cell), month(cell), identity(cell, today).is_ok(), yes_no(cell), sex(cell));
                let _read = (integer(cell), phone(cell), fen(cell, Unit::TenThousand), name(cell));
                let _read = (grade(cell, 1..=4), shown(cell), super::text(cell, 5));
            }
        }
    }

    /// B01: a day reads back from every way to write it.
    #[test]
    fn a_day_reads_back(year in 1900..2100_i32, month in 1..=12_i32, date in 1..=28_i32) {
        let expected = Day::from_ymd(year, month, date).unwrap();
        for text in [
            expected.to_string(),
            expected.zh(),
            expected.number().to_string(),
            format!("{year}/{month}/{date}"),
            format!("{year}.{month}.{date}"),
        ] {
            prop_assert_eq!(day(Cell::Text(&text)), Ok(Some(expected)), "{}", text);
        }
    }
}
