//! Numbers as a page shows them.

use figures::{Num, Unit};

/// A value in base units in the unit it is shown in: two decimals at the most, thousands grouped.
pub fn number(value: Num, unit: &Unit) -> String {
    let value = value.over(unit.times).unwrap_or(value).round(2);
    let text = value.to_string();
    let (sign, digits) = text
        .strip_prefix('-')
        .map_or(("", text.as_str()), |digits| ("−", digits));
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let whole = whole.parse().map_or_else(|_| whole.to_owned(), ui::grouped);
    let dot = if part.is_empty() { "" } else { "." };
    format!("{sign}{whole}{dot}{part}")
}

/// With its unit.
pub fn with_unit(value: Num, unit: &Unit) -> String {
    format!("{}{}", number(value, unit), unit.printed)
}

/// A change with its sign.
pub(crate) fn change(value: Num, unit: &Unit) -> String {
    let text = number(value, unit);
    if value > Num::ZERO {
        format!("+{text}")
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_in_their_unit() {
        let beds = Unit::parse("张");
        assert_eq!(number(Num::whole(23129), &beds), "23,129");
        assert_eq!(change(Num::whole(5) - Num::whole(1206), &beds), "−1,201");
        let money = Unit::parse("亿元");
        let value = Num::parse("23.3").unwrap_or_default() * money.times;
        assert_eq!(with_unit(value, &money), "23.3亿元");
    }
}
