//! Conditions as typed: what they ask, or the line and the remedy.

use super::{folder, service, when};
use crate::{amount_typed, condition_typed};

/// Rows C01, C02; invariant 4: what is typed is read as a folder's row is; a problem names its own line and what to
/// write, and an unknown fact the nearest known one.
#[test]
fn a_typed_condition_is_read_or_says_where_and_how() {
    let folder = folder(&[service(1, &when("true"), "")]);
    let good = condition_typed(&folder, 2, "age >= 75\n  and (dibao or tekun)").unwrap();
    let names: Vec<_> = good.facts.iter().map(|fact| fact.name()).collect();
    assert!(
        names.contains(&"birth_date") && names.contains(&"dibao"),
        "{names:?}"
    );
    let asks = condition_typed(&folder, 2, "entitled(1) and age >= param('无值')").unwrap();
    assert_eq!(
        (asks.items, asks.params),
        (vec![1], vec!["无值".to_owned()])
    );
    for (text, line, what, remedy) in [
        (
            "ages >= 75",
            1,
            "没有 ages",
            "是不是 age（由 birth_date 推算）",
        ),
        ("age >= 75\nand dibaoo", 2, "没有 dibaoo", "是不是 dibao"),
        ("age >= 75\nand zzzzzzzz", 2, "没有 zzzzzzzz", "事实词典"),
        ("age >=", 1, "没有写完", "SQL"),
        ("age >= 75 and\n(dibao))", 2, ")", "一处只写一个表达式"),
        ("age + 1", 1, "不是是否", "写成比较"),
        ("dibao is null", 1, "is", "待核实"),
        ("entitled(2)", 1, "不是前面的项目", "编号更小"),
        ("age >= param('没有')", 1, "没有参数", "params.toml"),
        ("", 1, "没有写完", "SQL"),
    ] {
        let problem = condition_typed(&folder, 2, text).unwrap_err();
        assert_eq!(problem.line, line, "{text}: {problem}");
        assert!(problem.what.contains(what), "{text}: {problem}");
        assert!(problem.remedy.contains(remedy), "{text}: {problem}");
        assert!(!problem.what.contains("sql parser"), "{text}: {problem}");
    }
}

/// Row C01; invariant 6: an amount is whole fen.
#[test]
fn a_typed_amount_is_whole_fen() {
    let folder = folder(&[service(1, &when("true"), "")]);
    let good = amount_typed(&folder, 2, "case when age >= 90 then 20000 else 5000 end");
    assert_eq!(good.unwrap().facts.len(), 1);
    for text in ["50.5", "age >= 80", "'五十'"] {
        assert!(amount_typed(&folder, 2, text).is_err(), "{text}");
    }
}
