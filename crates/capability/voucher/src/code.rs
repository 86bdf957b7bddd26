//! 券号: 15 digits nobody can guess and one that checks them, so that a slip of the finger is told at once.

use store::{StoreResult, secure_random};

/// How many digits.
pub(crate) const DIGITS: usize = 16;

/// The digit that checks others (Luhn).
fn check_digit(digits: &str) -> u32 {
    let sum: u32 = digits
        .chars()
        .rev()
        .filter_map(|digit| digit.to_digit(10))
        .enumerate()
        .map(|(at, digit)| match at % 2 {
            0 if digit > 4 => digit * 2 - 9,
            0 => digit * 2,
            _ => digit,
        })
        .sum();
    (10 - sum % 10) % 10
}

/// A code of these random bytes.
pub(crate) fn of_bytes(bytes: [u8; 8]) -> String {
    let number = u64::from_be_bytes(bytes) % 1_000_000_000_000_000;
    let digits = format!("{number:015}");
    let check = check_digit(&digits);
    format!("{digits}{check}")
}

/// A new code.
pub(crate) fn new() -> StoreResult<String> {
    Ok(of_bytes(secure_random::bytes::<8>()?))
}

/// A code as somebody types it, with or without spaces; `Err` says what is wrong.
pub(crate) fn typed(text: &str) -> Result<String, &'static str> {
    let digits: String = text
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '-')
        .collect();
    if digits.len() != DIGITS || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err("券号是 16 位数字，印在券上，也可以在家属页面看到");
    }
    let (body, check) = digits.split_at(DIGITS - 1);
    if check_digit(body).to_string() != check {
        return Err("券号有一位不对，请对照券再输一遍");
    }
    Ok(digits)
}

/// In fours, as it is printed.
pub(crate) fn shown(code: &str) -> String {
    let mut out = String::with_capacity(DIGITS + 3);
    for (at, digit) in code.chars().enumerate() {
        if at > 0 && at % 4 == 0 {
            out.push(' ');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Row C28: every code reads back, and every slip of one digit and every swap of two neighbours is told.
    #[test]
    fn slips_of_the_finger_are_told() {
        for seed in 0..200_u64 {
            let code = of_bytes((seed.wrapping_mul(0x9E37_79B9_7F4A_7C15)).to_be_bytes());
            assert_eq!(typed(&shown(&code)), Ok(code.clone()));
            let digits: Vec<char> = code.chars().collect();
            for at in 0..DIGITS {
                let mut slip = digits.clone();
                slip[at] = char::from_digit((slip[at].to_digit(10).unwrap() + 1) % 10, 10).unwrap();
                assert!(typed(&slip.iter().collect::<String>()).is_err());
            }
        }
        assert!(typed("").is_err() && typed("1234").is_err() && typed("一二三四").is_err());
    }
}
