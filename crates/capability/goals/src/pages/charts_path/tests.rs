//! Pictures as text.

use super::*;

fn point(year: Option<i32>, value: f64, series: usize) -> Point {
    Point {
        year,
        value,
        label: format!("{value}<%"),
        goal: year.is_some(),
        series,
    }
}

/// Row A11: years in order, the baseline without a year first, each value beside its mark.
#[test]
fn a_path_is_drawn() {
    let points = [
        point(Some(2025), 100.0, 0),
        point(None, 50.0, 0),
        point(Some(2023), 75.0, 0),
        point(Some(2023), 75.0, 1),
    ];
    let svg = lines("探访率", &points).to_string();
    for part in [
        "role=\"img\"",
        "aria-label=\"探访率\"",
        ">现有<",
        ">2023<",
        ">2025<",
        "d=\"M44.0 93.0L134.7 59.5L316.0 26.0\"",
        "path-state",
        "50&#60;%",
    ] {
        assert!(svg.contains(part), "{part} is not in\n{svg}");
    }
    assert!(!svg.contains("NaN") && !svg.contains("<%"));
}

/// Values close together are drawn apart and say so; bars never are.
#[test]
fn close_values_are_drawn_apart() {
    let points = [point(Some(2023), 90.0, 0), point(Some(2025), 100.0, 0)];
    assert!(lines("x", &points).cut() && !bars("x", &points).cut());
    assert!(
        !lines(
            "x",
            &[point(Some(2023), 40.0, 0), point(Some(2025), 100.0, 0)]
        )
        .cut()
    );
}

/// One year, and nothing at all, draw without dividing by nothing.
#[test]
fn little_to_draw() {
    for points in [
        vec![],
        vec![point(Some(2025), 0.0, 9)],
        vec![point(None, 3.0, 0)],
    ] {
        for svg in [
            lines("x", &points).to_string(),
            bars("x", &points).to_string(),
        ] {
            assert!(
                svg.contains("<svg") && !svg.contains("NaN") && !svg.contains("inf"),
                "{svg}"
            );
        }
    }
}
