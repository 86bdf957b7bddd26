//! Whole numbers and telephone numbers.

use super::clean::{brief, given, no_result};
use super::decimal::{Decimal, NotWhole, numeral, without_separators};
use crate::{Cell, Wrong};

/// A whole number: `12`, `１，２００`, `12.0`, `12人`, `十二`. Refuses with `integer.unreadable`,
/// `integer.fraction`, `integer.range`.
pub fn integer(cell: Cell<'_>) -> Result<Option<i64>, Wrong> {
    no_result(cell)?;
    let unreadable = |text: &str| {
        Wrong::new(
            "integer.unreadable",
            format!("「{}」不是整数", brief(text)),
            "请只写数字，例如 12",
        )
    };
    let (number, shown) = match cell {
        Cell::Number(digits) => (Decimal::of_excel(digits), digits.to_owned()),
        Cell::Date { .. } | Cell::Bool(_) => return Err(unreadable(&cell.shown())),
        cell => {
            let Some(text) = given(cell) else {
                return Ok(None);
            };
            let bare = text
                .trim_end_matches(['人', '岁', '个', '户', '次', '天', '口', '名'])
                .trim();
            let number = without_separators(bare).and_then(|plain| Decimal::parse(&plain));
            let number = number.or_else(|| Decimal::parse(&numeral(bare)?.to_string()));
            (number, text.into_owned())
        }
    };
    match number.ok_or_else(|| unreadable(&shown))?.scaled(0) {
        Some(Ok(number)) => Ok(Some(number)),
        Some(Err(NotWhole)) => Err(Wrong::new(
            "integer.fraction",
            format!("「{}」不是整数，带有小数", brief(&shown)),
            "请写整数",
        )),
        None => Err(Wrong::new(
            "integer.range",
            format!("「{}」大得不正常", brief(&shown)),
            "请核对这个数",
        )),
    }
}

/// A telephone number as digits with at most one `-`: a mobile number of 11 digits (`+86` dropped) or a
/// fixed line with its area code or without. Refuses with `phone.unreadable`, `phone.several`.
pub fn phone(cell: Cell<'_>) -> Result<Option<String>, Wrong> {
    no_result(cell)?;
    let Some(text) = given(cell) else {
        return Ok(None);
    };
    let parts: Vec<&str> = text
        .split(['/', '、', ',', ';', '，', '；', '或', '\n', '\r'])
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .collect();
    if parts.len() > 1 && parts.iter().all(|part| number(part).is_some()) {
        return Err(Wrong::new(
            "phone.several",
            format!("这一格里有 {} 个电话", parts.len()),
            "请只留一个常用的，其余写到备注",
        ));
    }
    match number(&text) {
        Some(number) => Ok(Some(number)),
        None => Err(Wrong::new(
            "phone.unreadable",
            format!("「{}」不是电话号码", brief(&text)),
            "手机号应为 11 位，座机请带区号，例如 0722-3312345",
        )),
    }
}

fn number(text: &str) -> Option<String> {
    let plain: String = text
        .chars()
        .filter(|c| {
            !c.is_whitespace() && !matches!(c, '-' | '—' | '–' | '(' | ')' | '（' | '）' | '.')
        })
        .collect();
    let digits = plain.strip_prefix("+86").unwrap_or(&plain);
    let digits = digits.strip_prefix("0086").unwrap_or(digits);
    let digits = match digits.strip_prefix("86") {
        Some(rest) if rest.len() == 11 => rest,
        _ => digits,
    };
    if !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let bytes = digits.as_bytes();
    match (bytes, bytes.len()) {
        ([b'0', b'1'..=b'2', ..], 10 | 11) => {
            Some(format!("{}-{}", digits.get(..3)?, digits.get(3..)?))
        }
        ([b'0', b'3'..=b'9', ..], 11 | 12) => {
            Some(format!("{}-{}", digits.get(..4)?, digits.get(4..)?))
        }
        ([b'1', b'3'..=b'9', ..], 11)
        | ([b'1'..=b'9', ..], 7 | 8)
        | ([b'4', b'0', b'0', ..], 10) => Some(digits.to_owned()),
        _ => None,
    }
}
