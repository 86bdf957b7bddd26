//! Charts: escaped, labelled, and never a number that is none.

use super::*;

fn year(label: &str, values: &[Option<f64>]) -> Year {
    Year {
        label: label.into(),
        values: values
            .iter()
            .map(|v| v.map(|v| Datum::new(v, "值")))
            .collect(),
    }
}

fn place(label: &str, now: Option<f64>, goals: &[f64]) -> Line {
    let datum = |v: f64| Datum::new(v, v.to_string());
    Line {
        label: label.into(),
        now: now.map(datum),
        goals: goals.iter().copied().map(datum).collect(),
    }
}

/// Rows A04, A12: words of a plan stand in a chart as words, never as markup.
#[test]
fn words_are_escaped() {
    let says = "2021年<b>590</b> & \"1270\"";
    let parts = [("<script>'".to_owned(), Datum::new(1.0, "a&b"))];
    for chart in [
        by_year(
            says,
            &["<i>", "b"],
            &[year("<u>", &[Some(1.0), Some(2.0)])],
            false,
        ),
        structure(says, &parts),
        comparison(says, &[place("<u>", Some(1.0), &[2.0])], None),
    ] {
        let chart = chart.to_string();
        for markup in ["<b>", "<u>", "<i>", "<script>"] {
            assert!(!chart.contains(markup), "{chart}");
        }
        let label = "aria-label=\"2021年&lt;b&gt;590&lt;/b&gt; &amp; &quot;1270&quot;\"";
        assert!(
            chart.contains(label) && chart.contains("role=\"img\""),
            "{chart}"
        );
    }
}

/// No data, zeros and broken numbers draw something valid.
#[test]
fn nothing_is_never_nan() {
    let none: [Year; 0] = [];
    for chart in [
        by_year("空", &[], &none, false),
        by_year("空", &["a"], &[year("2021", &[None])], true),
        by_year(
            "空",
            &["a"],
            &[year("2021", &[Some(f64::NAN)]), year("2022", &[Some(3.0)])],
            true,
        ),
        by_year("空", &["a"], &[year("2021", &[Some(f64::INFINITY)])], false),
        structure("空", &[]),
        structure("空", &[("a".into(), Datum::new(0.0, "0"))]),
        comparison("空", &[], None),
        comparison("空", &[place("甲", None, &[])], Some(100.0)),
        comparison("空", &[place("甲", Some(0.0), &[])], None),
    ] {
        let chart = chart.to_string();
        assert!(!chart.contains("NaN") && !chart.contains("inf"), "{chart}");
        assert!(
            chart.starts_with("<svg") && chart.ends_with("</svg>"),
            "{chart}"
        );
    }
}

/// Bars are as long as their values, and a place without a figure says so.
#[test]
fn lengths_follow_values() {
    let years = [year("2021", &[Some(50.0)]), year("2022", &[Some(100.0)])];
    let chart = by_year("两年", &["床位"], &years, false).to_string();
    assert!(
        chart.contains("height=\"86\"") && chart.contains("height=\"172\""),
        "{chart}"
    );
    let lines = [
        place("甲市", Some(50.0), &[100.0]),
        place("乙市", None, &[]),
    ];
    let chart = comparison("比较", &lines, Some(100.0)).to_string();
    assert!(
        chart.contains("width=\"176\"") && chart.contains(">50 → 100<"),
        "{chart}"
    );
    assert!(chart.contains("未列"), "{chart}");
    let two = comparison(
        "两个目标",
        &[place("甲市", Some(65.2), &[80.0, 60.0])],
        Some(100.0),
    );
    assert!(two.to_string().contains(">65.2 → 80、60<"), "{two}");
}

/// Neighbouring series differ without colour.
#[test]
fn series_differ_in_stripes() {
    let parts: Vec<(String, Datum)> = ["公办", "普惠", "市场化"]
        .iter()
        .map(|n| ((*n).to_owned(), Datum::new(1.0, "33.3%")))
        .collect();
    let chart = structure("结构", &parts).to_string();
    assert_eq!(
        chart.matches("class=\"stripe\"").count(),
        4,
        "bar and key of two series: {chart}"
    );
}
