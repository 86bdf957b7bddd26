//! 公民身份号码 (GB 11643-1999): 6 area digits, 8 birth digits, 3 order digits (odd male), 1 check.

use crate::{AreaCode, Day};

/// A number whose check digit and birth date hold. Never printed by `Debug`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IdNumber(String);

/// Why a text is not an identity number; the texts are shown to the user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdNumberError {
    /// Not 18 characters.
    #[error("身份证号应为 18 位，请核对是否漏输或多输")]
    Length,
    /// 15 digits: the form before 1999.
    #[error("这是 15 位旧号码，请录入 18 位身份证号")]
    OldForm,
    /// Something other than digits and a closing X.
    #[error("身份证号只能是数字，最后一位可以是 X")]
    Character,
    /// Digits 7–14 are no day.
    #[error("身份证号第 7 至 14 位不是有效的出生日期")]
    Birth,
    /// The birth day lies after the asked day.
    #[error("身份证号中的出生日期晚于今天")]
    Future,
    /// The last character does not follow from the others.
    #[error("身份证号校验位不对，请对照证件逐位核对")]
    Check,
}

const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECKS: [char; 11] = ['1', '0', 'X', '9', '8', '7', '6', '5', '4', '3', '2'];

impl IdNumber {
    /// Reads a number typed or imported; spaces around it and a small `x` are forgiven.
    pub fn parse(text: &str, today: Day) -> Result<Self, IdNumberError> {
        let text: String = text.trim().to_uppercase();
        if text.len() == 15 && text.bytes().all(|b| b.is_ascii_digit()) {
            return Err(IdNumberError::OldForm);
        }
        if text.chars().count() != 18 {
            return Err(IdNumberError::Length);
        }
        let (body, last) = text.split_at_checked(17).ok_or(IdNumberError::Character)?;
        if !body.bytes().all(|b| b.is_ascii_digit())
            || !last.chars().all(|c| c.is_ascii_digit() || c == 'X')
        {
            return Err(IdNumberError::Character);
        }
        let birth = body
            .get(6..14)
            .and_then(|t| t.parse().ok())
            .and_then(Day::from_number);
        let birth = birth.ok_or(IdNumberError::Birth)?;
        if birth > today {
            return Err(IdNumberError::Future);
        }
        if check_digit(body).is_none_or(|check| !last.starts_with(check)) {
            return Err(IdNumberError::Check);
        }
        Ok(Self(text))
    }

    /// All 18 characters: handle as a secret.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// The last four characters.
    pub fn last_four(&self) -> &str {
        self.0.get(14..).unwrap_or("")
    }

    /// The birth day in digits 7–14.
    pub fn birth_date(&self) -> Option<Day> {
        self.0
            .get(6..14)
            .and_then(|t| t.parse().ok())
            .and_then(Day::from_number)
    }

    /// Whether digit 17 says male.
    pub fn is_male(&self) -> bool {
        self.0
            .as_bytes()
            .get(16)
            .is_some_and(|d| (d - b'0') % 2 == 1)
    }

    /// The county code of first registration (may since have been dissolved).
    pub fn area(&self) -> Option<AreaCode> {
        self.0.get(..6).and_then(|t| t.parse().ok())
    }
}

impl std::fmt::Debug for IdNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("IdNumber(***)")
    }
}

/// The 18th character that follows from the first 17 digits.
pub fn check_digit(body: &str) -> Option<char> {
    if body.len() != 17 {
        return None;
    }
    let mut sum = 0;
    for (digit, weight) in body.chars().zip(WEIGHTS) {
        sum += digit.to_digit(10)? * weight;
    }
    CHECKS.get((sum % 11) as usize).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_checked_and_each_refusal_says_why() {
        let today = Day::from_ymd(2025, 6, 30).unwrap();
        let check = |text: &str| IdNumber::parse(text, today).map(|n| n.reveal().to_owned());
        assert_eq!(check("11010519491231002X"), Ok("11010519491231002X".into()));
        assert_eq!(
            check(" 44052418800101001 4").unwrap_err(),
            IdNumberError::Length
        );
        assert_eq!(check("440524188001010014"), Ok("440524188001010014".into()));
        assert_eq!(check("11010519491231002x"), Ok("11010519491231002X".into()));
        for (text, error) in [
            ("110105194912310021", IdNumberError::Check),
            ("110105491231002", IdNumberError::OldForm),
            ("1101051949123100", IdNumberError::Length),
            ("11010519491331002X", IdNumberError::Birth),
            ("11010520491231002X", IdNumberError::Future),
            ("1101051949123100AX", IdNumberError::Character),
            ("一1010519491231002X", IdNumberError::Character),
        ] {
            assert_eq!(check(text).unwrap_err(), error, "{text}");
        }
    }
}
