//! A scale with a hole is refused by name.

use crate::Scheme;
use crate::shipped::TEXTS;

fn told(text: &str) -> String {
    Scheme::parse(text).unwrap_err().join("\n")
}

/// Takes one thing out of a scale, or writes it wrong; the complaint names it (invariant 4).
#[test]
fn a_hole_is_named() {
    let [national, six, long_care, _, old] = TEXTS;
    let cases: [(&str, &str, &str, &str); 18] = [
        (
            national,
            "from = 66\n",
            "from = 67\n",
            "总分 66 分不在任何等级里",
        ),
        (national, "to = 89\n", "to = 90\n", "总分 90 分同时在"),
        (national, "from = 46\nto = 65\n", "", "等级 2 没有写 from"),
        (national, "level = 3\n", "level = 5\n", "等级应从 0 起"),
        (national, "words = \"G5\"", "words = \"G6\"", "「G6」没有写"),
        (
            national,
            "\"听力正常\",",
            "\"\",",
            "「B.4.2」的 2 分没有说法",
        ),
        (
            national,
            "id = \"B.1.2\"",
            "id = \"B.1.1\"",
            "「B.1.1」写了不止一次",
        ),
        (
            national,
            "flag = \"coma\"",
            "flag = \"comma\"",
            "「comma」没有写",
        ),
        (
            national,
            "to = 4\nclause",
            "to = 5\nclause",
            "「coma」的等级没有写",
        ),
        (national, "at_least = 2\n", "", "「risk_events_30d」要写"),
        (national, "at_most = 1", "at_most = 0", "raise"),
        (
            national,
            "version = \"2022-12-30\"",
            "version = \"2022\"",
            "version",
        ),
        (
            national,
            "valid_months = 12",
            "valid_month = 12",
            "valid_month",
        ),
        (
            six,
            "from = 3\nto = 5",
            "from = 3\nto = 4",
            "总分 5 分不在任何等级里",
        ),
        (long_care, "[2, 2, 2, 3],\n", "", "组合表应有 4 行"),
        (long_care, "[3, 3, 4, 5]", "[3, 3, 4, 6]", "等级 6 没有写"),
        (
            long_care,
            "from = 45\nto = 60",
            "from = 50\nto = 60",
            "A 45 分不在",
        ),
        (old, "id = \"D\"", "id = \"C\"", "「C」写了不止一次"),
    ];
    for (text, good, bad, wanted) in cases {
        let broken = text.replacen(good, bad, 1);
        assert_ne!(text, broken, "{good}");
        let told = told(&broken);
        assert!(told.contains(wanted), "{good} -> {bad}: {told}");
    }
}

/// The complaint carries the name of the scale.
#[test]
fn the_scale_is_named() {
    let broken = TEXTS[0].replacen("from = 30\n", "from = 31\n", 1);
    assert!(told(&broken).contains("「gbt-42195-2022」"));
}
