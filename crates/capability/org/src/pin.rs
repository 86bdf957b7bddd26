//! PINs of village accounts: six digits that nobody guesses first.

use kernel::Day;

/// What is wrong with a PIN, in words for the form; `None` when it will do.
pub(crate) fn objection(pin: &str, phone: &str) -> Option<&'static str> {
    if pin.len() != 6 || !pin.bytes().all(|b| b.is_ascii_digit()) {
        return Some("PIN 是 6 位数字");
    }
    if runs(pin) || repeats(pin) {
        return Some("这个 PIN 太容易猜到，请不要用连号或重复的数字");
    }
    if is_date(pin) {
        return Some("请不要用生日一样的数字");
    }
    if phone.ends_with(pin) {
        return Some("请不要用自己电话的后六位");
    }
    None
}

/// 123456, 654321, 135790: one step all the way.
fn runs(pin: &str) -> bool {
    let digits: Vec<i32> = pin.bytes().map(|b| i32::from(b - b'0')).collect();
    let steps: Vec<i32> = digits
        .windows(2)
        .filter_map(|two| match two {
            [a, b] => Some((b - a).rem_euclid(10)),
            _ => None,
        })
        .collect();
    steps.windows(2).all(|two| two.first() == two.last())
}

/// 121212, 123123, 112233, and whatever has two digits or fewer.
fn repeats(pin: &str) -> bool {
    let mut few: Vec<u8> = pin.bytes().collect();
    let pairs = few.chunks(2).all(|two| matches!(two, [a, b] if a == b));
    few.sort_unstable();
    few.dedup();
    let half = pin.get(..3) == pin.get(3..);
    few.len() <= 2 || half || pairs
}

/// 850412, 198504, 120485: a day, or a year and month, as people write them.
fn is_date(pin: &str) -> bool {
    let part = |from: usize, until: usize| -> i32 {
        pin.get(from..until)
            .and_then(|text| text.parse().ok())
            .unwrap_or(-1)
    };
    let (a, b, c) = (part(0, 2), part(2, 4), part(4, 6));
    let day = |year: i32, month: i32, day: i32| {
        [1900 + year, 2000 + year]
            .into_iter()
            .any(|year| Day::from_ymd(year, month, day).is_some())
    };
    let year_month = (1920..=2029).contains(&part(0, 4)) && (1..=12).contains(&c);
    let month_year = (1..=12).contains(&a) && (1920..=2029).contains(&part(2, 6));
    day(a, b, c) || day(c, b, a) || year_month || month_year
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Row M03: what is tried first is refused, with a reason; what is not passes.
    #[test]
    fn weak_pins_are_refused() {
        for weak in [
            "12345",
            "1234567",
            "12345a",
            "１２３４５６",
            "123456",
            "654321",
            "111111",
            "135791",
            "121212",
            "123123",
            "112233",
            "000000",
            "787878",
            "850412",
            "120485",
            "198504",
            "041985",
            "200101",
        ] {
            assert!(objection(weak, "19900001234").is_some(), "{weak}");
        }
        for good in ["739264", "805913", "462098"] {
            assert_eq!(objection(good, "19900001234"), None, "{good}");
        }
        assert!(objection("805913", "19912805913").is_some());
    }
}
