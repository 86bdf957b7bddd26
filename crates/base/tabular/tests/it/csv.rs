//! CSV and TSV in every dress.

use crate::{all, detect, detect_as, gbk, rows_after};
use tabular::{Choice, Encoding, Kind};

const PLAIN: &str =
    "姓名,身份证号,备注\r\n张三,11010519491231002X,好\r\n李四,440524188001010014,\r\n";

fn utf16(text: &str, big: bool) -> Vec<u8> {
    let units = std::iter::once(0xFEFF).chain(text.encode_utf16());
    units
        .flat_map(|unit| {
            if big {
                unit.to_be_bytes()
            } else {
                unit.to_le_bytes()
            }
        })
        .collect()
}

fn style(kind: &Kind) -> (Encoding, bool, char) {
    match kind {
        Kind::Csv {
            encoding,
            mark,
            delimiter,
        } => (*encoding, *mark, *delimiter),
        // No CSV is separated by this.
        Kind::Xlsx { .. } => (Encoding::Utf8, false, '?'),
    }
}

/// M04, B01: encoding and separator are found from the content, whatever they are.
#[test]
fn every_encoding_and_separator_is_found() {
    let rows = [
        "2: 张三|11010519491231002X|好",
        "3: 李四|440524188001010014|",
    ];
    let marked = |text: &str| [b"\xEF\xBB\xBF", text.as_bytes()].concat();
    for delimiter in [',', ';', '\t', '|'] {
        let text = PLAIN.replace(',', &delimiter.to_string());
        for (bytes, encoding, mark) in [
            (text.as_bytes().to_vec(), Encoding::Utf8, false),
            (marked(&text), Encoding::Utf8, true),
            (gbk(&text), Encoding::Gb18030, false),
            (utf16(&text, false), Encoding::Utf16Le, true),
            (utf16(&text, true), Encoding::Utf16Be, true),
            (
                text.replace("\r\n", "\n").into_bytes(),
                Encoding::Utf8,
                false,
            ),
            (gbk(&text.replace("\r\n", "\r")), Encoding::Gb18030, false),
        ] {
            let (found, read, _) = all(&bytes);
            assert_eq!(style(&found.kind), (encoding, mark, delimiter), "{text}");
            assert_eq!(read, rows, "{encoding:?} {delimiter:?}");
            assert_eq!(found.header, ["姓名", "身份证号", "备注"]);
        }
    }
}

/// M04: what decides the encoding may stand far behind the beginning.
#[test]
fn the_encoding_is_decided_over_the_whole_file() {
    let mut text = "name,id,note\n".to_owned();
    for number in 0..400_000 {
        text.push_str(&format!("p{number},{number},ok\n"));
    }
    text.push_str("张三,1,");
    let mut bytes = gbk(&text);
    bytes.extend(gbk("二级\n"));
    let found = detect(&bytes).unwrap();
    assert_eq!(style(&found.kind).0, Encoding::Gb18030);
    let (rows, _) = rows_after(&bytes, &found, None).unwrap();
    assert_eq!(rows.last().unwrap(), "400002: 张三|1|二级");
    assert!(
        (350_000..450_000).contains(&found.rows_about),
        "{}",
        found.rows_about
    );
}

/// A `|` can be the second byte of a GBK character and separates nothing there.
#[test]
fn a_bar_inside_a_character_is_no_separator() {
    // 眧 is 0xB1 0x7C in GBK.
    let mut bytes = gbk("姓名|证号|备注\r\n李四|2|\"a|b\"\r\n张");
    bytes.extend([0xB1, 0x7C]);
    bytes.extend(gbk("|1|\"x\"\r\n"));
    let (found, rows, _) = all(&bytes);
    assert_eq!(style(&found.kind).2, '|');
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[0], "2: 李四|2|a|b");
    assert!(
        rows[1].starts_with("3: 张") && rows[1].ends_with("|1|x"),
        "{rows:?}"
    );
    assert_eq!(rows[1].matches('|').count(), 2);
}

/// B01, M04: titles above, sums and signatures below, headings repeated on each page.
#[test]
fn titles_sums_and_signatures_are_no_rows() {
    let text = "某某县低保对象花名册,,,\n单位：某某县民政局,,,2024年6月\n序号,姓名,金额,备注\n\
                1,张三,100,\n2,李四,200,\n小计,,300,\n序号,姓名,金额,备注\n3,王五,50,\n,,,\n合 计,,350,\n\
                制表人：赵六,,审核：钱七,\n";
    let (found, rows, notes) = all(text.as_bytes());
    assert_eq!((found.header_line, found.header_rows), (3, 1));
    assert_eq!(
        found.titles,
        ["某某县低保对象花名册", "单位：某某县民政局 2024年6月"]
    );
    assert_eq!(rows, ["4: 1|张三|100|", "5: 2|李四|200|", "8: 3|王五|50|"]);
    let footers: Vec<u64> = notes.footers.iter().map(|(line, _)| *line).collect();
    assert_eq!(footers, [6, 10, 11]);
    assert_eq!(notes.repeated, [7]);
    assert_eq!(notes.blank, 1);
}

/// Two rows of headings are joined: 监护人 over 姓名 and 电话.
#[test]
fn grouped_headings_are_joined() {
    let text = "序号,老人姓名,监护人,,备注\n,,姓名,电话,\n1,张三,张四,13800000000,\n2,李三,李四,13800000001,\n";
    let (found, rows, _) = all(text.as_bytes());
    assert_eq!(
        found.header,
        ["序号", "老人姓名", "监护人姓名", "监护人电话", "备注"]
    );
    assert_eq!(
        (found.header_line, found.header_rows, rows.len()),
        (1, 2, 2)
    );
    assert_eq!(rows[0], "3: 1|张三|张四|13800000000|");
}

/// A person may say where the headings are.
#[test]
fn the_line_of_the_headings_can_be_given() {
    let text = "甲,乙\n丙,丁\n戊,己\n";
    assert_eq!(detect(text.as_bytes()).unwrap_err().code, "file.no_header");
    let choice = Choice {
        header_line: Some(2),
        ..Choice::default()
    };
    let found = detect_as(text.as_bytes(), &choice).unwrap();
    assert_eq!(
        (found.header_line, found.header.join("")),
        (2, "丙丁".to_owned())
    );
}

/// M04: quotes, newlines in cells, quotes in quotes.
#[test]
fn quoted_cells_are_read_as_they_were_meant() {
    let text = "姓名,地址,备注\n张三,\"东城,1号\n2楼\",\"他说\"\"好\"\"\"\n李四,\"\",\" x \"\n王\"五,a\"b,=\"0123\"\n";
    let (_, rows, notes) = all(text.as_bytes());
    assert_eq!(
        rows,
        [
            "2: 张三|东城,1号\n2楼|他说\"好\"",
            "4: 李四|| x ",
            "5: 王\"五|a\"b|=\"0123\"",
        ]
    );
    assert_eq!(notes.blank, 0);
}

/// Issue 5.8: a quote that does not close costs its own line and no other.
#[test]
fn an_unclosed_quote_costs_one_row() {
    let head = "姓名,地址,备注\n";
    let good = |number: usize| format!("p{number},\"a{number}\",b\n");
    let mut text = head.to_owned();
    for number in 2..1000 {
        text.push_str(&if number == 500 {
            "p500,\"东城,b\n".to_owned()
        } else {
            good(number)
        });
    }
    text.push_str("最后,\"没有关上,c");
    let (_, rows, _) = all(text.as_bytes());
    let refused: Vec<&String> = rows.iter().filter(|row| row.contains('!')).collect();
    assert_eq!(refused, ["500! row.quotes", "1000! row.quotes"]);
    assert_eq!(rows.len(), 999);
    // Two broken quotes that meet on different lines swallow nothing either.
    let text = format!("{head}a,b,\"c\nd,e,f\ng,h,\"i\nj,k,l\n");
    let (_, rows, _) = all(text.as_bytes());
    assert_eq!(
        rows,
        ["2! row.quotes", "3: d|e|f", "4! row.quotes", "5: j|k|l"]
    );
}

/// Issue 5.8: a row that is too short or too long is refused by its line, the file goes on.
#[test]
fn ragged_rows_are_refused_by_line() {
    let text = "姓名,证号,备注,,\n张三,1\n李四,2,x\n王五,3,y,,,\n赵六,4,z,,,多了\n钱七,5,w,,\n";
    let (found, rows, _) = all(text.as_bytes());
    assert_eq!(found.header.len(), 3);
    assert_eq!(
        rows,
        [
            "2! row.short",
            "3: 李四|2|x",
            "4: 王五|3|y",
            "5! row.long",
            "6: 钱七|5|w"
        ]
    );
}

/// Issue 5.8: malformed bytes and NULs are told with their line.
#[test]
fn bytes_that_are_no_characters_are_told() {
    let mut bytes = gbk("姓名,证号\n张三,1\n");
    bytes.extend([b'a', 0xFF, 0xFF, b',', b'2', b'\n']);
    bytes.extend(gbk("李四,3\n"));
    bytes.extend(b"x\0y,4\n");
    bytes.extend(gbk("王五,5\n"));
    let (found, rows, notes) = all(&bytes);
    assert_eq!(
        rows,
        [
            "2: 张三|1",
            "3! row.bytes",
            "4: 李四|3",
            "5! row.nul",
            "6: 王五|5"
        ]
    );
    assert_eq!((notes.bad_bytes, notes.bad_lines), (1, vec![3]));
    assert_eq!(found.notes[0].code, "bad_bytes");
}

/// Issue 5.8: a cell of 40,000 characters and a line without end are refused, the rest is read.
#[test]
fn cells_and_lines_have_limits() {
    let long = "长".repeat(40_000);
    let endless = "x".repeat(6 * 1024 * 1024);
    let text = format!("姓名,证号\n张三,{long}\n李四,2\n{endless}\n王五,3\n");
    let (_, rows, _) = all(text.as_bytes());
    assert_eq!(
        rows,
        [
            "2! row.cell_long",
            "3: 李四|2",
            "4! row.too_long",
            "5: 王五|3"
        ]
    );
    let wide = format!("姓名{}\n张三{}\n", ",列".repeat(600), ",1".repeat(600));
    assert!(
        ["file.columns", "file.no_header"].contains(&detect(wide.as_bytes()).unwrap_err().code)
    );
}

/// Issue 5.1: after a kill reading goes on with the next row, in every encoding.
#[test]
fn reading_goes_on_where_it_stopped() {
    let mut text = "姓名,证号,备注\n".to_owned();
    for number in 0..500 {
        text.push_str(&match number % 50 {
            7 => format!("人{number},{number},\"两\n行\"\n"),
            9 => format!("人{number}\n"),
            _ => format!("𠮷人{number},{number},好\n"),
        });
    }
    for bytes in [
        text.clone().into_bytes(),
        gbk(&text),
        utf16(&text, false),
        utf16(&text, true),
    ] {
        let found = detect(&bytes).unwrap();
        let (whole, _) = rows_after(&bytes, &found, None).unwrap();
        assert_eq!(whole.len(), 500);
        for stop in [0, 1, 8, 9, 250, 499] {
            let source = Box::new(std::io::Cursor::new(bytes.clone()));
            let mut rows = tabular::open_in(source, &found, None).unwrap();
            for _ in 0..stop {
                assert!(rows.next().unwrap().is_some());
            }
            let kept = serde_json::to_string(&rows.position()).unwrap();
            let at = serde_json::from_str(&kept).unwrap();
            let (rest, _) = rows_after(&bytes, &found, Some(at)).unwrap();
            assert_eq!(rest, whole[stop..], "after {stop}");
        }
    }
}

/// What is no table is refused with what to do instead.
#[test]
fn what_is_no_table_is_refused() {
    for (bytes, code) in [
        (b"".as_slice(), "file.empty"),
        (b" \r\n \n", "file.empty"),
        (b",,,\n,,\n", "file.empty"),
        (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 rest", "file.xls"),
        (b"<html><table><tr>", "file.xls"),
        (b"%PDF-1.7 ...", "file.unknown"),
        (b"\x1F\x8B\x08 ...", "file.unknown"),
        (b"PK\x03\x04 not a zip at all", "file.broken"),
        (b"\x00\x01\x02\x03\x04\x05\x06\x00\x01", "file.unknown"),
    ] {
        let wrong = detect(bytes).unwrap_err();
        assert_eq!(wrong.code, code, "{bytes:?}: {wrong}");
        assert!(!wrong.fix.is_empty());
    }
    let mut locked = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".to_vec();
    locked.extend("EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes));
    assert_eq!(detect(&locked).unwrap_err().code, "file.encrypted");
    // A list of one column is a table.
    let (_, rows, _) = all("身份证号\n11010519491231002X\n".as_bytes());
    assert_eq!(rows, ["2: 11010519491231002X"]);
    // Excel's own word for the separator.
    let (found, rows, _) = all("sep=;\n姓名;金额\n张三;1,5\n".as_bytes());
    assert_eq!(
        (found.header_line, rows),
        (2, vec!["3: 张三|1,5".to_owned()])
    );
}
