//! What a file looks like by its first bytes.

use crate::Wrong;

/// What it may be.
pub(crate) enum Looks {
    /// A package that may be a workbook.
    Zip,
    /// A text.
    Text,
}

/// Tells apart, and refuses what cannot be read.
pub(crate) fn sniff(head: &[u8]) -> Result<Looks, Wrong> {
    if head.iter().all(u8::is_ascii_whitespace) {
        return Err(Wrong::new("file.empty", "文件是空的", "请核对后重新上传"));
    }
    if head.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]) {
        let word: Vec<u8> = "EncryptedPackage"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        if memchr::memmem::find(head, &word).is_some() {
            return Err(encrypted());
        }
        return Err(Wrong::new(
            "file.xls",
            "这是旧版 Excel 文件（.xls 或 .et），不能直接读",
            "请用 Excel 或 WPS 打开，另存为 xlsx 或 csv 再上传；有打开密码的先取消密码",
        ));
    }
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        return Ok(Looks::Zip);
    }
    if head.starts_with(b"%PDF")
        || head.starts_with(b"\x89PNG")
        || head.starts_with(&[0xFF, 0xD8, 0xFF])
    {
        return Err(unknown("这是 PDF 或图片，不是表格"));
    }
    if head.starts_with(b"Rar!")
        || head.starts_with(b"7z\xBC\xAF")
        || head.starts_with(&[0x1F, 0x8B])
    {
        return Err(unknown("这是压缩包，不是表格"));
    }
    let begin = head.get(..head.len().min(4096)).unwrap_or(head);
    let begin = String::from_utf8_lossy(begin).to_ascii_lowercase();
    let begin = begin.trim_start_matches(['\u{FEFF}', ' ', '\r', '\n', '\t']);
    if [
        "<html",
        "<!doctype html",
        "<table",
        "<meta",
        "<?xml",
        "<workbook",
    ]
    .iter()
    .any(|tag| begin.starts_with(tag))
    {
        return Err(Wrong::new(
            "file.xls",
            "这是网页或 XML 格式的表格（有的系统导出的 .xls 就是这样），不能直接读",
            "请用 Excel 或 WPS 打开，另存为 xlsx 或 csv 再上传",
        ));
    }
    Ok(Looks::Text)
}

/// Refuses a file full of zeros and control signs, which is no text.
pub(crate) fn no_binary(head: &[u8]) -> Result<(), Wrong> {
    let odd = head
        .iter()
        .filter(|b| matches!(b, 0..=8 | 0x0E..=0x19 | 0x1B..=0x1F | 0x7F))
        .count();
    if odd * 20 > head.len() {
        return Err(unknown("这个文件不是表格"));
    }
    Ok(())
}

/// A workbook with a password.
pub(crate) fn encrypted() -> Wrong {
    Wrong::new(
        "file.encrypted",
        "这个 Excel 文件设了打开密码",
        "请取消密码，另存后再上传",
    )
}

fn unknown(says: &'static str) -> Wrong {
    Wrong::new("file.unknown", says, "请上传 xlsx 或 csv 文件")
}
