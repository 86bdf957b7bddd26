//! A value of a parameter as somebody types it: amounts in yuan.

use kernel::Fen;
use rules::folder::{ParamUnit, ParamValue};

/// The value, where it reads.
pub fn value_typed(unit: ParamUnit, text: &str) -> Option<ParamValue> {
    let text = text.trim();
    match unit {
        ParamUnit::Fen => {
            let fen = Fen::from_yuan(text).map(|fen| fen.0);
            fen.filter(|fen| *fen <= most(unit)).map(ParamValue::Int)
        }
        ParamUnit::Percent | ParamUnit::Level | ParamUnit::Age => {
            let digits = text.trim_end_matches(['%', '岁', '周', '级']);
            let number = digits.parse().ok();
            let number = number.filter(|number| (0..=most(unit)).contains(number));
            number.map(ParamValue::Int)
        }
        ParamUnit::Flag => match text {
            "是" | "true" => Some(ParamValue::Flag(true)),
            "否" | "false" => Some(ParamValue::Flag(false)),
            _ => None,
        },
        ParamUnit::Word => Some(ParamValue::Word(text.to_owned())).filter(|_| !text.is_empty()),
    }
}

/// The most that is no slip of the keyboard: a hundred million yuan, ten times as much, 150 years, level 20.
const fn most(unit: ParamUnit) -> i64 {
    match unit {
        ParamUnit::Fen => 10_000_000_000,
        ParamUnit::Percent => 1_000,
        ParamUnit::Age => 150,
        ParamUnit::Level => 20,
        ParamUnit::Flag | ParamUnit::Word => 0,
    }
}

/// What to say at the field where it does not read.
pub const fn how_to_type(unit: ParamUnit) -> &'static str {
    match unit {
        ParamUnit::Fen => "金额写成元，最多两位小数，不超过 1 亿元，例如 120.50",
        ParamUnit::Flag => "写“是”或“否”",
        ParamUnit::Word => "请写文字",
        ParamUnit::Percent => "写 0 到 1000 的整数，例如 75",
        ParamUnit::Age => "写 0 到 150 的整数，例如 75",
        ParamUnit::Level => "写 0 到 20 的整数，例如 2",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Invariant 6: what is typed in yuan is whole fen, or it is refused.
    #[test]
    fn yuan_become_fen_or_are_refused() {
        for (text, wanted) in [
            ("120", Some(12_000)),
            ("120.5", Some(12_050)),
            ("1,200.05 ", Some(120_005)),
            ("80元", Some(8_000)),
            ("0", Some(0)),
            ("120.555", None),
            ("-1", None),
            ("", None),
            (".5", None),
            ("一百", None),
        ] {
            let typed = value_typed(ParamUnit::Fen, text);
            assert_eq!(typed, wanted.map(ParamValue::Int), "{text}");
        }
        let age = value_typed(ParamUnit::Age, "75周岁");
        assert_eq!(age, Some(ParamValue::Int(75)));
        for (unit, text) in [
            (ParamUnit::Level, "-1"),
            (ParamUnit::Level, "21"),
            (ParamUnit::Age, "800"),
            (ParamUnit::Percent, "10000"),
            (ParamUnit::Fen, "100000000.01"),
        ] {
            assert_eq!(value_typed(unit, text), None, "{text}");
        }
        let yes = value_typed(ParamUnit::Flag, "是");
        assert_eq!(yes, Some(ParamValue::Flag(true)));
    }
}
