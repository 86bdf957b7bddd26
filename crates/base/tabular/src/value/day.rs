//! Days, in a dozen ways to write them.

use super::clean::{brief, given, no_result};
use super::decimal::{digit, numeral};
use super::serial;
use crate::{Cell, Wrong};
use kernel::Day;

const LIKE: &str = "请写成 2024-01-05 的样子";

/// A day: `2024-01-05`, `2024/1/5`, `2024.1.5`, `20240105`, `2024年1月5日`, `二〇二四年一月五日`, a day of
/// Excel (also as a bare number 10000–73050), `2024-01-05 00:00:00`. Refuses what can be read in two
/// ways (`day.ambiguous`), what does not exist (`day.no_such`), 农历 (`day.lunar`), a month without a
/// day (`day.only_month`), a year (`day.only_year`) and all else (`day.unreadable`).
pub fn day(cell: Cell<'_>) -> Result<Option<Day>, Wrong> {
    no_result(cell)?;
    if let Cell::Date { serial, since_1904 } = cell {
        return serial::day(serial, since_1904)
            .map(Some)
            .ok_or_else(|| no_such(serial));
    }
    let Some(text) = given(cell) else {
        return Ok(None);
    };
    read(&text, &text).map(Some)
}

/// A month, given as its first day: `2024-01`, `202401`, `2024年1月`, `2024/1`, or a whole day in it.
/// Refuses with `month.unreadable`, or as [`day`] does.
pub fn month(cell: Cell<'_>) -> Result<Option<Day>, Wrong> {
    no_result(cell)?;
    if !matches!(cell, Cell::Date { .. }) {
        let Some(text) = given(cell) else {
            return Ok(None);
        };
        if let Some((year, month)) = year_and_month(&text) {
            let first = Day::from_ymd(year, month, 1);
            return first.map(Some).ok_or_else(|| {
                Wrong::new(
                    "month.unreadable",
                    format!("「{}」不是年月", brief(&text)),
                    "请写成 2024-01 的样子",
                )
            });
        }
    }
    match day(cell) {
        Err(wrong) if wrong.code == "day.unreadable" || wrong.code == "day.only_year" => {
            Err(Wrong::new(
                "month.unreadable",
                wrong.says.replace("日期", "年月"),
                "请写成 2024-01 的样子",
            ))
        }
        other => Ok(other?.map(Day::first_of_month)),
    }
}

/// `2024-01`, `202401`, `2024年1月`.
fn year_and_month(text: &str) -> Option<(i32, i32)> {
    let text = text.trim();
    let parts = match text.split_once('年') {
        Some((year, month)) => (
            year,
            month
                .trim()
                .strip_suffix("月份")
                .or_else(|| month.trim().strip_suffix('月'))?,
        ),
        None if text.len() == 6 && text.bytes().all(|b| b.is_ascii_digit()) => text.split_at(4),
        None => text.split_once(['-', '/', '.'])?,
    };
    let year = year(parts.0.trim())?;
    let month = numeral(parts.1.trim()).filter(|month| *month < 100)?;
    Some((year, i32::try_from(month).ok()?))
}

/// A year of four digits, in either numerals.
fn year(text: &str) -> Option<i32> {
    if text.chars().count() != 4 {
        return None;
    }
    text.chars()
        .try_fold(0, |year, sign| Some(year * 10 + year_digit(sign)? as i32))
}

/// A letter O is typed for 〇 now and then.
fn year_digit(sign: char) -> Option<u32> {
    match sign {
        'O' | 'o' => Some(0),
        sign => digit(sign),
    }
}

fn read(text: &str, whole: &str) -> Result<Day, Wrong> {
    if is_lunar(text) {
        return Err(Wrong::new(
            "day.lunar",
            format!("「{}」是农历日期", brief(whole)),
            "请查万年历换成公历，写成 2024-01-05 的样子",
        ));
    }
    let text = without_time(text);
    if text.contains('年') {
        return chinese(text, whole);
    }
    if text.bytes().all(|b| b.is_ascii_digit()) && !text.is_empty() {
        return digits(text, whole);
    }
    if let Some(before) = text
        .strip_suffix(".0")
        .filter(|t| t.len() == 8 || t.len() == 5)
    {
        return digits(before, whole);
    }
    let parts: Vec<&str> = text
        .split(['-', '/', '.', '\\', '、', '—', '–', ' '])
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .collect();
    if parts
        .iter()
        .any(|part| !part.bytes().all(|b| b.is_ascii_digit()) || part.len() > 4)
    {
        return Err(unreadable(whole));
    }
    let number = |part: &str| part.parse::<i32>().unwrap_or(0);
    match parts.as_slice() {
        [y, m, d] if y.len() == 4 && m.len() <= 2 && d.len() <= 2 => {
            make(number(y), number(m), number(d), whole)
        }
        [a, b, y] if y.len() == 4 && a.len() <= 2 && b.len() <= 2 => {
            let (first, second) = (number(a), number(b));
            match (first > 12, second > 12) {
                (true, false) => make(number(y), second, first, whole),
                (false, true) => make(number(y), first, second, whole),
                (false, false) if first == second => make(number(y), first, second, whole),
                (false, false) => Err(ambiguous(whole, "分不清哪个是月、哪个是日")),
                (true, true) => Err(unreadable(whole)),
            }
        }
        [a, b, c] if a.len() <= 2 && b.len() <= 2 && c.len() <= 2 => {
            Err(ambiguous(whole, "年份只有两位，分不清是哪一年"))
        }
        [y, m] if y.len() == 4 && m.len() <= 2 => Err(only_month(whole)),
        _ => Err(unreadable(whole)),
    }
}

fn digits(text: &str, whole: &str) -> Result<Day, Wrong> {
    let number = |from: usize, to: usize| {
        text.get(from..to)
            .and_then(|part| part.parse::<i32>().ok())
            .unwrap_or(0)
    };
    match text.len() {
        8 => make(number(0, 4), number(4, 6), number(6, 8), whole),
        14 if number(8, 10) < 24 && number(10, 12) < 60 && number(12, 14) < 61 => {
            make(number(0, 4), number(4, 6), number(6, 8), whole)
        }
        6 if matches!(number(0, 2), 19 | 20) && (1..=12).contains(&number(4, 6)) => {
            Err(only_month(whole))
        }
        6 => Err(ambiguous(whole, "年份只有两位，分不清是哪一年")),
        5 if (10_000..=73_050).contains(&number(0, 5)) => {
            serial::day(text, false).ok_or_else(|| unreadable(whole))
        }
        4 if matches!(number(0, 2), 18..=21) => Err(only_year(whole)),
        _ => Err(unreadable(whole)),
    }
}

/// `2024年1月5日`, `二〇二四年一月五日`.
fn chinese(text: &str, whole: &str) -> Result<Day, Wrong> {
    let (before, rest) = text.split_once('年').ok_or_else(|| unreadable(whole))?;
    let before = before.trim().trim_start_matches("公元");
    let year = match year(before) {
        Some(year) => year,
        None if before.chars().count() == 2 && before.chars().all(|c| digit(c).is_some()) => {
            return Err(ambiguous(whole, "年份只有两位，分不清是哪一年"));
        }
        None => return Err(unreadable(whole)),
    };
    let rest = rest.trim();
    if rest.is_empty() {
        return Err(only_year(whole));
    }
    let (month, rest) = rest.split_once('月').ok_or_else(|| unreadable(whole))?;
    let rest = rest.trim();
    if rest.is_empty() || rest == "份" {
        return Err(only_month(whole));
    }
    let day = rest.trim_end_matches(['日', '号', '生']).trim();
    match (numeral(month.trim()), numeral(day)) {
        (Some(month), Some(day)) => make(year, month as i32, day as i32, whole),
        _ => Err(unreadable(whole)),
    }
}

fn make(year: i32, month: i32, day: i32, whole: &str) -> Result<Day, Wrong> {
    if !(1800..=9999).contains(&year) {
        return Err(no_such(whole));
    }
    Day::from_ymd(year, month, day).ok_or_else(|| {
        if (1..=12).contains(&month) && (29..=31).contains(&day) {
            Wrong::new(
                "day.no_such",
                format!("{year}年{month}月没有{day}日"),
                "请核对证件，改成实际的日期",
            )
        } else {
            no_such(whole)
        }
    })
}

/// Cuts a time of day or a day of the week off the end.
fn without_time(text: &str) -> &str {
    let text = text.trim();
    let text = text
        .split_once("星期")
        .map_or(text, |(before, _)| before)
        .trim();
    let at = text.find(['T', ' ']).filter(|at| {
        let time = text.get(*at + 1..).unwrap_or("").trim();
        time.contains(':')
            && time.chars().all(|c| {
                c.is_ascii_digit()
                    || matches!(
                        c,
                        ':' | '.' | '+' | 'Z' | '上' | '下' | '午' | ' ' | 'A' | 'P' | 'M'
                    )
            })
    });
    at.and_then(|at| text.get(..at)).unwrap_or(text).trim()
}

fn is_lunar(text: &str) -> bool {
    ["农历", "阴历", "旧历", "正月", "腊月", "冬月", "闰"]
        .iter()
        .any(|word| text.contains(word))
        || text.contains("月初") && !text.ends_with("月初")
        || text.contains("(农)")
}

fn unreadable(whole: &str) -> Wrong {
    Wrong::new(
        "day.unreadable",
        format!("「{}」不是认得出的日期", brief(whole)),
        LIKE,
    )
}

fn no_such(whole: &str) -> Wrong {
    Wrong::new(
        "day.no_such",
        format!("没有「{}」这一天", brief(whole)),
        "请核对后写成 2024-01-05 的样子",
    )
}

fn ambiguous(whole: &str, why: &str) -> Wrong {
    Wrong::new(
        "day.ambiguous",
        format!("「{}」{why}", brief(whole)),
        "请写出四位年份，按年-月-日写成 2024-01-05 的样子",
    )
}

fn only_month(whole: &str) -> Wrong {
    Wrong::new(
        "day.only_month",
        format!("「{}」只有年月，没有日", brief(whole)),
        "请补上日，写成 2024-01-05 的样子",
    )
}

fn only_year(whole: &str) -> Wrong {
    Wrong::new(
        "day.only_year",
        format!("「{}」只有年份", brief(whole)),
        "请补上月和日，写成 2024-01-05 的样子",
    )
}
