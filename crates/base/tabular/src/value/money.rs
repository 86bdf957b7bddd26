//! Amounts, exact to the fen.

use super::clean::{brief, given, no_result};
use super::decimal::{Decimal, NotWhole, without_separators};
use crate::{Cell, Wrong};
use kernel::Fen;

/// In what an amount without a unit of its own is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Unit {
    /// 元
    #[default]
    Yuan,
    /// 万元
    TenThousand,
    /// 分
    Fen,
}

impl Unit {
    /// The unit a heading names in brackets: 「金额（万元）」; 元 where it names none.
    pub fn of_heading(heading: &str) -> Self {
        let plain: String = heading.chars().filter(|c| !c.is_whitespace()).collect();
        let named = |word: &str| {
            [("(", ")"), ("（", "）"), ("：", ""), (":", ""), ("/", "")]
                .iter()
                .any(|(open, close)| plain.contains(&format!("{open}{word}{close}")))
        };
        if named("万元") || named("单位:万元") || named("单位：万元") {
            Self::TenThousand
        } else if named("分") {
            Self::Fen
        } else {
            Self::Yuan
        }
    }

    /// Powers of ten to the fen.
    const fn to_fen(self) -> i32 {
        match self {
            Self::Yuan => 2,
            Self::TenThousand => 6,
            Self::Fen => 0,
        }
    }
}

/// The largest amount believed, in fen: a hundred thousand million yuan.
const MOST: i64 = 10_000_000_000_000;

/// An amount: `1,200.50`, `１２００元`, `1.2万元`, `¥300`, `300元/月`. Refuses more than two decimals of a
/// yuan (`fen.decimals`), what is no amount (`fen.unreadable`) and what is too large (`fen.range`).
pub fn fen(cell: Cell<'_>, unit: Unit) -> Result<Option<Fen>, Wrong> {
    no_result(cell)?;
    let unreadable = |text: &str| {
        Wrong::new(
            "fen.unreadable",
            format!("「{}」不是金额", brief(text)),
            "请只写数字，例如 1200.50",
        )
    };
    let (number, unit, shown) = match cell {
        Cell::Number(digits) => (Decimal::of_excel(digits), unit, digits.to_owned()),
        Cell::Date { .. } | Cell::Bool(_) => return Err(unreadable(&cell.shown())),
        cell => {
            let Some(text) = given(cell) else {
                return Ok(None);
            };
            let (number, own) = split(&text);
            (number, own.unwrap_or(unit), text.into_owned())
        }
    };
    let number = number.ok_or_else(|| unreadable(&shown))?;
    match number.scaled(unit.to_fen()) {
        Some(Ok(fen)) if fen.abs() <= MOST => Ok(Some(Fen(fen))),
        Some(Err(NotWhole)) => Err(Wrong::new(
            "fen.decimals",
            format!("「{}」精确到了分以下", brief(&shown)),
            "金额最多两位小数（元），请核对",
        )),
        Some(Ok(_)) | None => Err(Wrong::new(
            "fen.range",
            format!("「{}」大得不正常", brief(&shown)),
            "请核对金额和单位（元还是万元）",
        )),
    }
}

/// The number and the unit it names.
fn split(text: &str) -> (Option<Decimal>, Option<Unit>) {
    let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let text = text
        .trim_start_matches("人民币")
        .trim_start_matches(['¥', '￥', '$']);
    let text = text
        .split_once("/月")
        .or_else(|| text.split_once("/年"))
        .filter(|(_, rest)| rest.is_empty() || *rest == "人")
        .map_or(text, |(before, _)| before);
    let text = text.strip_suffix('整').unwrap_or(text);
    let units = [
        ("万元", Unit::TenThousand),
        ("万", Unit::TenThousand),
        ("元", Unit::Yuan),
        ("圆", Unit::Yuan),
        ("分", Unit::Fen),
    ];
    let found = units
        .iter()
        .find_map(|(word, unit)| Some((text.strip_suffix(word)?, *unit)));
    let (text, unit) = found.map_or((text, None), |(text, unit)| (text, Some(unit)));
    // (1,200.00) is how bookkeepers write less than nothing.
    let negative = text
        .strip_prefix('(')
        .and_then(|inner| inner.strip_suffix(')'));
    let text = negative.map_or(text.to_owned(), |inner| format!("-{inner}"));
    (
        without_separators(&text).and_then(|plain| Decimal::parse(&plain)),
        unit,
    )
}
