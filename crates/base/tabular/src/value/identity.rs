//! Identity numbers, and those that a spreadsheet has spoilt.

use super::clean::{given, narrow, no_result};
use crate::{Cell, Wrong};
use kernel::id_number::IdNumberError;
use kernel::{Day, IdNumber};

/// An 18-digit identity number whose check digit holds; spaces, quotes and a small `x` are forgiven.
/// Refuses with `identity.digits_lost` (Excel kept only 15 digits), `identity.masked` (stars),
/// `identity.old_form`, `identity.length`, `identity.character`, `identity.birth`, `identity.future`,
/// `identity.check`.
pub fn identity(cell: Cell<'_>, today: Day) -> Result<Option<IdNumber>, Wrong> {
    no_result(cell)?;
    let text = match cell {
        // Stars alone mean nothing elsewhere, here they hide a number.
        Cell::Text(text) => narrow(text),
        cell => match given(cell) {
            Some(text) => text,
            None => return Ok(None),
        },
    };
    let plain: String = text
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '\'' | '"' | '“' | '”' | '‘' | '’' | '`'))
        .map(|c| match c {
            'x' | '×' | '✕' | 'х' | 'Х' | 'χ' | 'Χ' => 'X',
            _ => c,
        })
        .collect();
    if plain.len() < 4 && super::clean::is_nothing(&plain) {
        return Ok(None);
    }
    if is_scientific(&plain) {
        return Err(lost());
    }
    if let Cell::Number(_) = cell {
        // 15 digits are all that a number of Excel holds.
        match plain.len() {
            15 => return Err(of(IdNumberError::OldForm)),
            16..=19 => return Err(lost()),
            _ => {}
        }
    }
    if plain.chars().filter(|c| *c == '*').count() >= 2 {
        return Err(Wrong::new(
            "identity.masked",
            "证号被星号遮住了，不是完整的号码",
            "请用没有遮盖的原表导入",
        ));
    }
    match IdNumber::parse(&plain, today) {
        Ok(number) => Ok(Some(number)),
        Err(IdNumberError::Check) if plain.ends_with("000") => Err(lost()),
        Err(error) => Err(of(error)),
    }
}

/// `4.21303E+17`.
fn is_scientific(text: &str) -> bool {
    let upper = text.to_ascii_uppercase();
    let Some((number, exponent)) = upper.split_once('E') else {
        return false;
    };
    let exponent = exponent.trim_start_matches('+');
    !number.is_empty()
        && number.bytes().all(|b| b.is_ascii_digit() || b == b'.')
        && !exponent.is_empty()
        && exponent.bytes().all(|b| b.is_ascii_digit())
}

fn lost() -> Wrong {
    Wrong::new(
        "identity.digits_lost",
        "证号末几位已丢失（Excel 把它当成了数字，只留下前 15 位）",
        "请把该列设为文本后重新导出",
    )
}

fn of(error: IdNumberError) -> Wrong {
    let (code, says, fix) = match error {
        IdNumberError::Length => (
            "identity.length",
            "身份证号不是 18 位",
            "请对照证件，看是漏了还是多了",
        ),
        IdNumberError::OldForm => (
            "identity.old_form",
            "这是 15 位旧证号",
            "请填现在的 18 位证号，不能自行推算",
        ),
        IdNumberError::Character => (
            "identity.character",
            "身份证号里有数字和 X 以外的字",
            "请对照证件改正，备注写到别的列",
        ),
        IdNumberError::Birth => (
            "identity.birth",
            "身份证号第 7 至 14 位不是有效的出生日期",
            "请对照证件逐位核对",
        ),
        IdNumberError::Future => (
            "identity.future",
            "身份证号里的出生日期晚于今天",
            "请对照证件逐位核对",
        ),
        IdNumberError::Check => (
            "identity.check",
            "身份证号校验位不对，有一位或几位写错了",
            "请对照证件逐位核对",
        ),
    };
    Wrong::new(code, says, fix)
}
