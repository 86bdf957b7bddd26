//! Terms as data.

use crate::Terms;

const SUIZHOU: &str = include_str!("../../../../../payments/suizhou/terms.toml");

/// Invariant 1: the shipped terms read, each with its clause.
#[test]
fn the_shipped_terms_read() {
    let terms = Terms::parse(SUIZHOU).unwrap_or_else(|problems| panic!("{problems:?}"));
    assert!(terms.programmes.iter().all(|one| !one.clause.is_empty()));
    let senior = terms.of("senior_allowance").unwrap();
    assert_eq!(
        senior.says(),
        "符合次月起发，不再符合的次月停发，调标次月执行"
    );
    assert_eq!(senior.shares_say(), "市级 20%，县级 80%");
}

/// Invariant 4: a word that is not known, shares above the whole, a missing layout are refused, all at once.
#[test]
fn bad_terms_are_refused_by_name() {
    for (from, to, says) in [
        ("first = \"next\"", "first = \"soon\"", "不认识的词"),
        (
            "shares = { city = 2000 }",
            "shares = { city = 10001 }",
            "分担比例",
        ),
        ("layout = \"card-bar\"", "layout = \"card-none\"", "没有写"),
        ("separator = \"|\"\n", "", "没有写分隔符"),
        (
            "months_back = 36",
            "months_back = 36\nmonths_forward = 1",
            "months_forward",
        ),
        ("pay_day = 10", "pay_day = 31", "1 到 28"),
    ] {
        let problems = Terms::parse(&SUIZHOU.replacen(from, to, 1)).unwrap_err();
        assert!(
            problems.iter().any(|problem| problem.contains(says)),
            "{says}: {problems:?}"
        );
    }
}
