//! Names and words with a fixed meaning.

use super::Sex;
use super::clean::{brief, clean, given, is_nothing, no_result};
use super::decimal::numeral;
use crate::{Cell, Wrong};
use std::borrow::Cow;
use std::ops::RangeInclusive;

/// Any text, cleaned; at most `most` characters (`text.long`).
pub fn text(cell: Cell<'_>, most: usize) -> Result<Option<String>, Wrong> {
    no_result(cell)?;
    let Some(text) = seen(cell) else {
        return Ok(None);
    };
    let count = text.chars().count();
    if count > most {
        return Err(Wrong::new(
            "text.long",
            format!("内容有 {count} 字，最多 {most} 字"),
            "请写得短些",
        ));
    }
    Ok(Some(text.into_owned()))
}

/// What is seen in a cell, cleaned, Chinese signs kept.
fn seen(cell: Cell<'_>) -> Option<Cow<'_, str>> {
    let text = match cell {
        Cell::Empty | Cell::Error(_) | Cell::NoResult => return None,
        Cell::Text(text) => clean(text),
        cell => cell.shown(),
    };
    (!text.is_empty()).then_some(text)
}

/// 是 or 否: 是/否, 有/无, 对/错, 1/0, √/×, Y/N, true/false. Refuses with `yes_no.unreadable`.
pub fn yes_no(cell: Cell<'_>) -> Result<Option<bool>, Wrong> {
    no_result(cell)?;
    if let Cell::Bool(value) = cell {
        return Ok(Some(value));
    }
    let Some(text) = seen(cell) else {
        return Ok(None);
    };
    let lower = text.to_lowercase();
    match lower.as_str() {
        "是" | "有" | "对" | "1" | "√" | "✓" | "✔" | "☑" | "y" | "yes" | "true" | "t" | "属于"
        | "享受" => Ok(Some(true)),
        "否" | "无" | "错" | "0" | "×" | "✗" | "✘" | "x" | "n" | "no" | "false" | "f" | "不是"
        | "没有" | "不属于" | "未享受" | "非" => Ok(Some(false)),
        other if is_nothing(other) => Ok(None),
        _ => Err(Wrong::new(
            "yes_no.unreadable",
            format!("「{}」看不出是“是”还是“否”", brief(&text)),
            "请写“是”或“否”",
        )),
    }
}

/// 男 or 女: 男/女, 男性/女性, 1/2 (GB/T 2261.1), M/F. Refuses with `sex.unreadable`.
pub fn sex(cell: Cell<'_>) -> Result<Option<Sex>, Wrong> {
    no_result(cell)?;
    let Some(text) = given(cell) else {
        return Ok(None);
    };
    match text.to_lowercase().as_str() {
        "男" | "男性" | "1" | "01" | "m" | "male" | "1男" | "1-男" => Ok(Some(Sex::Male)),
        "女" | "女性" | "2" | "02" | "f" | "female" | "2女" | "2-女" => Ok(Some(Sex::Female)),
        _ => Err(Wrong::new(
            "sex.unreadable",
            format!("「{}」不是性别", brief(&text)),
            "请写“男”或“女”",
        )),
    }
}

/// Surnames of two characters, as far as they are met.
const LONG_SURNAMES: &[&str] = &[
    "欧阳", "上官", "司马", "诸葛", "皇甫", "尉迟", "公孙", "慕容", "令狐", "司徒", "夏侯", "东方",
    "独孤", "南宫", "长孙", "宇文", "司空", "轩辕", "端木", "百里", "呼延", "东郭", "闻人", "西门",
    "公羊", "第五",
];

/// A person's name: spaces inside a name dropped (张　三), the point of minority names kept as `·`.
/// Refuses digits and signs (`name.character`), lost characters (`name.lost`), two names in one cell
/// (`name.several`) and more than 50 characters (`name.long`).
pub fn name(cell: Cell<'_>) -> Result<Option<String>, Wrong> {
    no_result(cell)?;
    let Some(text) = seen(cell).filter(|text| !is_nothing(text)) else {
        return Ok(None);
    };
    if text.contains(['?', '？', '\u{FFFD}', '□', '■']) {
        return Err(Wrong::new(
            "name.lost",
            format!("姓名「{}」里有字丢失了，多半是生僻字", brief(&text)),
            "请对照证件补上这个字",
        ));
    }
    let mut out = String::with_capacity(text.len());
    let parts: Vec<&str> = text.split_whitespace().collect();
    let is_han = text.chars().all(|c| han(c) || c.is_whitespace());
    if is_han {
        let two_names = match parts.as_slice() {
            [_] => false,
            [first, ..] if LONG_SURNAMES.contains(first) => false,
            all => all.iter().filter(|part| part.chars().count() >= 2).count() >= 2,
        };
        if two_names || parts.concat().chars().count() > 6 {
            return Err(Wrong::new(
                "name.several",
                format!("「{}」像是不止一个人的姓名", brief(&text)),
                "一行只写一个人，姓名中间不要加空格",
            ));
        }
        out = parts.concat();
    } else {
        for sign in parts.join(" ").chars() {
            match sign {
                '·' | '•' | '・' | '‧' | '∙' | '．' | '.' | '▪' | '●' | '｡' | '。' =>
                {
                    out.push('·');
                }
                '\'' | '-' | ' ' => out.push(sign),
                _ if han(sign) || (sign.is_alphabetic() && sign.is_ascii()) => out.push(sign),
                _ => {
                    return Err(Wrong::new(
                        "name.character",
                        format!("姓名「{}」里有不该有的字或符号", brief(&text)),
                        "姓名只写证件上的名字，数字和备注写到别的列",
                    ));
                }
            }
        }
        // Spaces beside the point and between characters are only there for looks.
        while let Some(at) = out.find("· ").or_else(|| out.find(" ·")) {
            out.replace_range(at..at + "· ".len(), "·");
        }
    }
    if out.chars().count() > 50 || !out.chars().any(char::is_alphabetic) {
        return Err(Wrong::new(
            "name.long",
            format!("「{}」不像姓名", brief(&text)),
            "姓名只写证件上的名字",
        ));
    }
    Ok(Some(out))
}

/// Chinese characters, the private ones that stand for rare characters included.
fn han(sign: char) -> bool {
    matches!(sign,
        '\u{3400}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{323AF}'
        | '\u{E000}'..='\u{F8FF}' | '〇' | '々' | '\u{2E80}'..='\u{2FDF}')
}

/// A grade within a range: `一级`, `1级`, `壹级`, `Ⅰ`, `1`, `肢体二级`. Refuses with `grade.unreadable`,
/// `grade.range`.
pub fn grade(cell: Cell<'_>, within: RangeInclusive<u8>) -> Result<Option<u8>, Wrong> {
    no_result(cell)?;
    let Some(text) = given(cell) else {
        return Ok(None);
    };
    let bare = text.trim_end_matches("残疾").trim();
    let bare = bare.strip_suffix(['级', '等']).unwrap_or(bare).trim();
    let bare = bare.trim_start_matches('第');
    let last: String = bare.chars().last().map(String::from).unwrap_or_default();
    let number = roman(bare).or_else(|| numeral(bare)).or_else(|| {
        (bare != text)
            .then(|| numeral(&last).or_else(|| roman(&last)))
            .flatten()
    });
    let Some(number) = number.and_then(|number| u8::try_from(number).ok()) else {
        return Err(Wrong::new(
            "grade.unreadable",
            format!("「{}」不是等级", brief(&text)),
            format!("请写“{}级”到“{}级”", within.start(), within.end()),
        ));
    };
    if !within.contains(&number) {
        return Err(Wrong::new(
            "grade.range",
            format!(
                "没有「{}」，只有 {} 至 {} 级",
                brief(&text),
                within.start(),
                within.end()
            ),
            "请核对证件上的等级",
        ));
    }
    Ok(Some(number))
}

fn roman(text: &str) -> Option<u32> {
    Some(match text {
        "Ⅰ" | "I" => 1,
        "Ⅱ" | "II" => 2,
        "Ⅲ" | "III" => 3,
        "Ⅳ" | "IV" => 4,
        "Ⅴ" | "V" => 5,
        "Ⅵ" | "VI" => 6,
        _ => return None,
    })
}
