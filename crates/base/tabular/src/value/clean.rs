//! Forgiving what nobody sees: full-width forms, odd spaces, apostrophes.

use super::decimal::Decimal;
use super::serial;
use crate::Cell;
use std::borrow::Cow;

/// A text with full-width digits and letters as ASCII, without spaces around, without a leading
/// apostrophe or `="…"` (which keep Excel from computing), without invisible characters.
pub fn clean(text: &str) -> Cow<'_, str> {
    let plain = text.bytes().all(|b| (b' '..0x7F).contains(&b))
        || !text
            .chars()
            .any(|c| is_wide(c) || is_hidden(c) || is_odd_space(c));
    let text = if plain {
        Cow::Borrowed(text)
    } else {
        let kept = text.chars().filter(|c| !is_hidden(*c));
        Cow::Owned(
            kept.map(|c| if is_wide(c) { narrowed(c) } else { spaced(c) })
                .collect(),
        )
    };
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(bare(text)),
        Cow::Owned(text) => Cow::Owned(bare(&text).to_owned()),
    }
}

/// The same with full-width signs (，．／：％) as ASCII too: for numbers, days and codes.
pub(crate) fn narrow(text: &str) -> Cow<'_, str> {
    let clean = clean(text);
    if clean.chars().any(|c| matches!(c, '！'..='～')) {
        Cow::Owned(clean.chars().map(narrowed).collect())
    } else {
        clean
    }
}

fn is_wide(c: char) -> bool {
    matches!(c, '０'..='９' | 'Ａ'..='Ｚ' | 'ａ'..='ｚ')
}

fn narrowed(c: char) -> char {
    match c {
        '！'..='～' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        _ => spaced(c),
    }
}

fn is_hidden(c: char) -> bool {
    matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}' | '\u{FEFF}' | '\u{AD}')
}

fn is_odd_space(c: char) -> bool {
    matches!(
        c,
        '\u{3000}' | '\u{A0}' | '\u{2002}'..='\u{200A}' | '\u{202F}'
    )
}

fn spaced(c: char) -> char {
    if is_odd_space(c) { ' ' } else { c }
}

fn bare(text: &str) -> &str {
    let text = text.trim();
    let text = text
        .strip_prefix("=\"")
        .and_then(|inner| inner.strip_suffix('"'))
        .unwrap_or(text);
    text.trim_start_matches(['\'', '`', '‘', '’']).trim()
}

/// What people write for nothing.
pub(crate) fn is_nothing(text: &str) -> bool {
    text.is_empty()
        || matches!(
            text,
            "无" | "/" | "\\" | "空" | "不详" | "未知" | "N/A" | "n/a" | "NULL" | "null"
        )
        || text
            .chars()
            .all(|c| matches!(c, '-' | '—' | '－' | '_' | '–' | '*'))
}

/// What a person sees in a cell; nothing for an error.
pub fn shown(cell: Cell<'_>) -> Cow<'_, str> {
    match cell {
        Cell::Date { serial, since_1904 } => match serial::day(serial, since_1904) {
            Some(day) => Cow::Owned(day.to_string()),
            None => Cow::Borrowed(serial),
        },
        Cell::Number(digits) => match Decimal::of_excel(digits) {
            Some(number) if digits.contains(['E', 'e']) || digits.len() > 15 => {
                Cow::Owned(number.to_string())
            }
            _ => Cow::Borrowed(digits),
        },
        Cell::Error(_) => Cow::Borrowed(""),
        cell => Cow::Borrowed(cell.raw()),
    }
}

/// The text of a cell in narrow form; `None` for nothing.
pub(crate) fn given(cell: Cell<'_>) -> Option<Cow<'_, str>> {
    let text = match cell {
        Cell::Empty | Cell::Error(_) | Cell::NoResult => return None,
        Cell::Text(text) => narrow(text),
        cell => shown(cell),
    };
    (!is_nothing(&text)).then_some(text)
}

/// A formula whose result the file does not hold is told, never read as nothing.
pub(crate) fn no_result(cell: Cell<'_>) -> Result<(), crate::Wrong> {
    match cell {
        Cell::NoResult => Err(crate::Wrong::new(
            "cell.no_result",
            "这一格是公式，文件里没有算出的结果",
            "请用 Excel 打开后保存，或把公式粘贴成数值",
        )),
        _ => Ok(()),
    }
}

/// A text cut for showing in a sentence.
pub(crate) fn brief(text: &str) -> String {
    let mut out: String = text.chars().take(24).collect();
    if text.chars().nth(24).is_some() {
        out.push('…');
    }
    out
}
