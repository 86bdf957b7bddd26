//! A value of a parameter as somebody types it: amounts in yuan.

use kernel::Fen;
use rules::folder::{ParamUnit, ParamValue};

/// The value, where it reads.
pub fn value_typed(unit: ParamUnit, text: &str) -> Option<ParamValue> {
    let text = text.trim();
    match unit {
        ParamUnit::Fen => Fen::from_yuan(text).map(|fen| ParamValue::Int(fen.0)),
        ParamUnit::Percent | ParamUnit::Level | ParamUnit::Age => {
            let digits = text.trim_end_matches(['%', '岁', '周', '级']);
            let number = digits.parse().ok().filter(|number| *number >= 0);
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

/// What to say at the field where it does not read.
pub const fn how_to_type(unit: ParamUnit) -> &'static str {
    match unit {
        ParamUnit::Fen => "金额写成元，最多两位小数，例如 120.50",
        ParamUnit::Flag => "写“是”或“否”",
        ParamUnit::Word => "请写文字",
        ParamUnit::Percent | ParamUnit::Level | ParamUnit::Age => "写整数，例如 75",
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
        assert_eq!(value_typed(ParamUnit::Level, "-1"), None);
        let yes = value_typed(ParamUnit::Flag, "是");
        assert_eq!(yes, Some(ParamValue::Flag(true)));
    }
}
