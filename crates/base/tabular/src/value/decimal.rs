//! Decimal numbers, exact.

use std::fmt;

/// `digits × 10^places`, exact; at most 30 digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Decimal {
    negative: bool,
    digits: u128,
    places: i32,
}

impl Decimal {
    /// Reads `-1200.50`, `4.2E+17`; no separators.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (negative, text) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (number, exponent) = match text.split_once(['E', 'e']) {
            Some((number, exponent)) => (number, small(exponent)?),
            None => (text, 0),
        };
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        if whole.is_empty() && fraction.is_empty() {
            return None;
        }
        let mut digits = 0_u128;
        for byte in whole.bytes().chain(fraction.bytes()) {
            if !byte.is_ascii_digit() || digits >= 10_u128.pow(30) {
                return None;
            }
            digits = digits * 10 + u128::from(byte - b'0');
        }
        let places = exponent - i32::try_from(fraction.len()).ok()?;
        Some(
            Self {
                negative,
                digits,
                places,
            }
            .trimmed(),
        )
    }

    /// Reads what Excel stores and rounds it to the 15 digits that Excel shows (0.30000000000000004 is
    /// 0.3).
    pub(crate) fn of_excel(text: &str) -> Option<Self> {
        let mut number = Self::parse(text.trim())?;
        while number.digits >= 10_u128.pow(15) {
            let up = u128::from(number.digits % 10 >= 5 && number.digits < 10_u128.pow(16));
            number.digits = number.digits / 10 + up;
            number.places += 1;
        }
        Some(number.trimmed())
    }

    fn trimmed(mut self) -> Self {
        if self.digits == 0 {
            self.places = 0;
        }
        while self.digits != 0 && self.digits.is_multiple_of(10) {
            self.digits /= 10;
            self.places += 1;
        }
        self
    }

    /// The number times `10^shift` as a whole number: `Err` where it is none, `None` where too large.
    pub(crate) fn scaled(self, shift: i32) -> Option<Result<i64, NotWhole>> {
        let places = self.places.checked_add(shift)?;
        if self.digits == 0 {
            return Some(Ok(0));
        }
        if places < 0 {
            return Some(Err(NotWhole));
        }
        let factor = 10_u128.checked_pow(u32::try_from(places).ok()?)?;
        let all = i64::try_from(self.digits.checked_mul(factor)?).ok()?;
        Some(Ok(if self.negative { -all } else { all }))
    }
}

/// The number has a fraction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NotWhole;

fn small(text: &str) -> Option<i32> {
    text.parse::<i32>()
        .ok()
        .filter(|exponent| exponent.abs() <= 400)
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.negative { "-" } else { "" };
        let digits = self.digits.to_string();
        if self.places >= 0 {
            return write!(
                f,
                "{sign}{digits}{}",
                "0".repeat(self.places.min(400) as usize)
            );
        }
        let after = self.places.unsigned_abs() as usize;
        let padded = format!("{digits:0>width$}", width = after + 1);
        let (whole, fraction) = padded.split_at(padded.len() - after);
        write!(f, "{sign}{whole}.{fraction}")
    }
}

/// A number without separators of thousands; `None` where they stand at odd places.
pub(crate) fn without_separators(text: &str) -> Option<String> {
    if !text.contains([',', '，']) {
        return Some(text.to_owned());
    }
    let (whole, fraction) = match text.find('.') {
        Some(at) => text.split_at(at),
        None => (text, ""),
    };
    let mut groups = whole.split([',', '，']);
    let first = groups.next()?.trim_start_matches(['-', '+']);
    let good = (1..=3).contains(&first.len())
        && groups.all(|g| g.len() == 3 && g.bytes().all(|b| b.is_ascii_digit()));
    good.then(|| whole.replace([',', '，'], "") + fraction)
}

/// A number in Chinese numerals below 100 (二十九, 廿一), or `None`.
pub(crate) fn numeral(text: &str) -> Option<u32> {
    if let Ok(number) = text.parse::<u32>() {
        return (text.len() <= 4 && text.bytes().all(|b| b.is_ascii_digit())).then_some(number);
    }
    let (mut sum, mut last) = (0, None);
    for sign in text.chars() {
        match sign {
            '十' | '拾' => {
                sum += last.take().unwrap_or(1) * 10;
            }
            '廿' => sum += 20,
            '卅' => sum += 30,
            _ => {
                if last.is_some() {
                    return None;
                }
                last = Some(digit(sign)?);
            }
        }
    }
    (!text.is_empty()).then_some(sum + last.unwrap_or(0))
}

/// A Chinese digit.
pub(crate) fn digit(sign: char) -> Option<u32> {
    Some(match sign {
        '〇' | '零' | '○' | '◯' => 0,
        '一' | '壹' => 1,
        '二' | '贰' | '两' => 2,
        '三' | '叁' => 3,
        '四' | '肆' => 4,
        '五' | '伍' => 5,
        '六' | '陆' => 6,
        '七' | '柒' => 7,
        '八' | '捌' => 8,
        '九' | '玖' => 9,
        _ => return sign.to_digit(10),
    })
}
