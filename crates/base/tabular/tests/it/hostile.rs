//! Arbitrary bytes: never a panic, never much memory; and what is written reads back.

use crate::{detect, rows_after, scratch};
use proptest::prelude::*;
use std::io::{Cursor, Write};
use tabular::back::{Returned, write};
use tabular::{Detected, Encoding, Kind};

/// Reads to the end, whatever it is.
fn read(bytes: &[u8]) {
    let Ok(found) = detect(bytes) else {
        return;
    };
    if let Ok((rows, _)) = rows_after(bytes, &found, None) {
        let lines = bytes.iter().filter(|b| matches!(b, b'\n' | b'\r')).count() + 1;
        let most = match found.kind {
            Kind::Csv { .. } => lines,
            Kind::Xlsx { .. } => usize::MAX,
        };
        assert!(rows.len() <= most);
    }
    for sign in [0, 1] {
        let returned = (1..2000).map(|line| Returned {
            line: line * (1 + sign),
            wrongs: Vec::new(),
        });
        let source = Box::new(Cursor::new(bytes.to_vec()));
        let out = Cursor::new(Vec::new());
        let written = write(source, &found, returned, out, &scratch("hostile"));
        assert!(written.is_ok() || matches!(found.kind, Kind::Xlsx { .. }));
    }
}

/// Pieces that tables are made of.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        Just(b",".to_vec()),
        Just(b"\"".to_vec()),
        Just(b"\"\"".to_vec()),
        Just(b"\n".to_vec()),
        Just(b"\r\n".to_vec()),
        Just(b"\r".to_vec()),
        Just(b"\t".to_vec()),
        Just(b"|".to_vec()),
        Just(b";".to_vec()),
        Just(b"\0".to_vec()),
        Just("姓名,身份证号\n".as_bytes().to_vec()),
        Just(vec![0xD5, 0xC5, 0xB1, 0x7C]),
        Just(vec![0x81, 0x30, 0x81, 0x30]),
        Just(vec![0xFF, 0xFE]),
        Just("合计".as_bytes().to_vec()),
        proptest::collection::vec(any::<u8>(), 0..8),
        "[a-z0-9=+@-]{0,6}".prop_map(String::into_bytes),
    ]
}

/// Pieces that sheets are made of.
fn markup() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("<row>".to_owned()),
        Just("</row>".to_owned()),
        Just("<row r=\"3\">".to_owned()),
        Just("<c t=\"s\"><v>0</v></c>".to_owned()),
        Just("<c t=\"inlineStr\"><is><t>姓名</t></is></c>".to_owned()),
        Just("<c r=\"B2\" s=\"1\"><v>45000</v></c>".to_owned()),
        Just("<c r=\"ZZZ1\" t=\"b\"><v>1</v></c>".to_owned()),
        Just("</sheetData>".to_owned()),
        Just("&amp;&#x41;&bad;".to_owned()),
        "<c r=\"[A-C][1-9]\" t=\"(n|e|str|d|q)\"><v>[0-9eE.#A-Z_x-]{0,12}</v></c>",
        "[<>&\"a-z/= ]{0,10}",
    ]
}

fn workbook(sheet: &str) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options =
        zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, text) in [
        ("[Content_Types].xml", "<Types/>"),
        (
            "xl/workbook.xml",
            "<workbook><sheets><sheet name=\"一\" r:id=\"r1\"/></sheets></workbook>",
        ),
        (
            "xl/_rels/workbook.xml.rels",
            "<Relationships><Relationship Id=\"r1\" Target=\"worksheets/sheet1.xml\"/></Relationships>",
        ),
        ("xl/sharedStrings.xml", "<sst><si><t>张三</t></si></sst>"),
        ("xl/worksheets/sheet1.xml", sheet),
    ] {
        zip.start_file(name, options).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn cell() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z张王·,;|\t\"' \n=+@0-9-]{0,8}",
        "[\u{4e00}-\u{9fa5}]{1,4}",
        "[0-9]{1,18}",
    ]
}

proptest! {
    /// Issue 5.8: arbitrary bytes are read or refused.
    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        read(&bytes);
    }

    /// Issue 5.8: so are texts of the pieces that tables are made of.
    #[test]
    fn any_text_is_read_or_refused(pieces in proptest::collection::vec(piece(), 0..60)) {
        read(&pieces.concat());
    }

    /// Issue 5.8: so are sheets of the pieces that sheets are made of.
    #[test]
    fn any_sheet_is_read_or_refused(pieces in proptest::collection::vec(markup(), 0..30)) {
        read(&workbook(&format!("<worksheet><sheetData>{}", pieces.concat())));
    }

    /// Issue 5.8: so is a workbook with a few bytes changed.
    #[test]
    fn a_changed_workbook_is_read_or_refused(
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)
    ) {
        let mut bytes = workbook("<worksheet><sheetData><row><c t=\"s\"><v>0</v></c></row></sheetData></worksheet>");
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        read(&bytes);
    }

    /// M04: what is written reads back the same, in every encoding and with every separator.
    #[test]
    fn what_is_written_reads_back(
        rows in proptest::collection::vec(proptest::collection::vec(cell(), 3), 1..12),
        encoding in prop_oneof![Just(Encoding::Utf8), Just(Encoding::Gb18030), Just(Encoding::Utf16Le)],
        delimiter in prop_oneof![Just(','), Just('\t'), Just(';'), Just('|')],
    ) {
        // A file in the writer's own style, with one line for each row.
        let mut text = format!("姓名{delimiter}证号{delimiter}备注\r\n");
        for row in &rows {
            let cells: Vec<String> =
                row.iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\""))).collect();
            text.push_str(&cells.join(&delimiter.to_string()));
            text.push_str("\r\n");
        }
        let bytes = match encoding {
            Encoding::Gb18030 => crate::gbk(&text),
            Encoding::Utf16Le | Encoding::Utf16Be => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            Encoding::Utf8 => text.into_bytes(),
        };
        let found = Detected {
            kind: Kind::Csv { encoding, mark: false, delimiter },
            header_line: 1,
            header: ["姓名", "证号", "备注"].map(str::to_owned).to_vec(),
            titles: Vec::new(),
            header_rows: 1,
            bytes: bytes.len() as u64,
            rows_about: rows.len() as u64,
            notes: Vec::new(),
        };
        let strip = |rows: Vec<String>| -> Vec<String> {
            rows.iter().map(|row| row.split_once(": ").unwrap().1.to_owned()).collect()
        };
        let (first, _) = rows_after(&bytes, &found, None).unwrap();
        let lines = (2..10_000).map(|line| Returned { line, wrongs: Vec::new() });
        let mut out = Cursor::new(Vec::new());
        write(Box::new(Cursor::new(bytes)), &found, lines, &mut out, &scratch("same")).unwrap();
        let wider = Detected {
            header: ["姓名", "证号", "备注", "未导入原因", "怎么改"].map(str::to_owned).to_vec(),
            ..found
        };
        let (second, _) = rows_after(&out.into_inner(), &wider, None).unwrap();
        let expected: Vec<String> = strip(first);
        let got: Vec<String> = strip(second)
            .iter()
            .map(|row| row.strip_suffix("||").unwrap().to_owned())
            .collect();
        let guarded = |row: &String| {
            row.split('|').map(|cell| cell.strip_prefix('\'').unwrap_or(cell)).collect::<Vec<_>>().join("|")
        };
        let plain = |rows: &[String]| rows.iter().map(guarded).collect::<Vec<_>>();
        prop_assert_eq!(plain(&got), plain(&expected));
    }
}
