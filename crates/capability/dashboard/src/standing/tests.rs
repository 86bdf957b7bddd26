//! The rule as a table.

use super::*;

fn day(text: &str) -> Day {
    text.parse()
        .unwrap_or_else(|_| Day::from_ymd(1900, 1, 1).unwrap())
}

fn num(text: &str) -> Num {
    text.strip_prefix('-').map_or_else(
        || Num::parse(text).unwrap(),
        |t| Num::ZERO - Num::parse(t).unwrap(),
    )
}

/// 40 → 60 over five years.
fn goal() -> Goal {
    Goal {
        need: num("60"),
        strict: false,
        down: false,
        start: day("2021-01-01"),
        due: day("2025-12-31"),
        baseline: Some(num("40")),
        steps: vec![],
        flow: false,
        each_year: false,
        max: Some(num("100")),
    }
}

fn values(list: &[(&str, &str)]) -> Vec<Point> {
    list.iter()
        .map(|(on, value)| Point {
            day: day(on),
            value: num(value),
        })
        .collect()
}

fn lit(goal: &Goal, list: &[(&str, &str)], today: &str) -> (Light, String) {
    let standing = stand(goal, &values(list), day(today));
    (standing.light, standing.why)
}

/// Row A03: green, yellow, red, grey, by the stated rule; product.md 7: both sides of the end of the period.
#[test]
fn the_light_follows_the_rule() {
    type Case<'a> = (&'a [(&'a str, &'a str)], &'a str, Light, &'a str);
    let cases: &[Case<'_>] = &[
        (&[], "2025-06-30", Light::Grey, "还没有填报"),
        (
            &[("2025-06-30", "60")],
            "2025-06-30",
            Light::Green,
            "已达到目标",
        ),
        // The path wants 57.99 on 30 June 2025; the whole way is 20, a tenth of it 2.
        (
            &[("2025-06-30", "58")],
            "2025-06-30",
            Light::Green,
            "不低于应到进度",
        ),
        (
            &[("2025-06-30", "57")],
            "2025-06-30",
            Light::Yellow,
            "略落后应到进度",
        ),
        (
            &[("2025-06-30", "55.9")],
            "2025-06-30",
            Light::Red,
            "落后应到进度",
        ),
        (
            &[("2024-11-30", "58")],
            "2025-06-30",
            Light::Yellow,
            "没有新的数",
        ),
        // Stale does not hide red.
        (
            &[("2024-11-30", "50")],
            "2025-06-30",
            Light::Red,
            "落后应到进度",
        ),
        // The last day still counts; the day after does not.
        (
            &[("2025-12-31", "59.9")],
            "2025-12-31",
            Light::Yellow,
            "略落后",
        ),
        (
            &[("2025-12-31", "59.9")],
            "2026-01-01",
            Light::Red,
            "已过期限",
        ),
        (
            &[("2025-12-31", "60")],
            "2026-12-01",
            Light::Green,
            "已达到目标",
        ),
        // What is not known yet does not count.
        (
            &[("2025-07-01", "60")],
            "2025-06-30",
            Light::Grey,
            "还没有填报",
        ),
    ];
    for (list, today, light, why) in cases {
        let (was, says) = lit(&goal(), list, today);
        assert_eq!(was, *light, "{list:?} on {today}: {says}");
        assert!(says.contains(why), "{list:?} on {today}: {says}");
    }
}

/// Row A03: 不高于 gets better downwards, 超过 is not met by the number itself.
#[test]
fn direction_and_comparator() {
    let down = Goal {
        need: num("10"),
        down: true,
        baseline: Some(num("20")),
        ..goal()
    };
    assert_eq!(
        lit(&down, &[("2025-06-30", "9")], "2025-06-30").0,
        Light::Green
    );
    assert_eq!(
        lit(&down, &[("2025-06-30", "19")], "2025-06-30").0,
        Light::Red
    );
    let above = Goal {
        strict: true,
        ..goal()
    };
    let standing = stand(&above, &values(&[("2025-06-30", "60")]), day("2026-01-01"));
    assert!(!standing.met && standing.light == Light::Red);
}

/// Rows A04, A08–A10: dated values bend the path; without baseline and steps there is none.
#[test]
fn the_path_goes_through_dated_tasks() {
    let mut stepped = goal();
    stepped.steps = vec![
        (day("2023-12-31"), num("42")),
        (day("2024-12-31"), num("50")),
    ];
    for (goal, today, wants) in [
        (&stepped, "2023-12-31", Some("42")),
        (&stepped, "2024-12-31", Some("50")),
        (&stepped, "2025-12-31", Some("60")),
        (&stepped, "2027-01-01", Some("60")),
        (&stepped, "2020-06-01", Some("40")),
        (
            &Goal {
                baseline: None,
                ..stepped.clone()
            },
            "2023-06-01",
            None,
        ),
        (
            &Goal {
                baseline: None,
                ..goal()
            },
            "2025-06-01",
            None,
        ),
        // A baseline better than the goal asks for no more than the goal.
        (
            &Goal {
                baseline: Some(num("97")),
                ..goal()
            },
            "2023-06-01",
            Some("60"),
        ),
    ] {
        assert_eq!(stand(goal, &[], day(today)).path, wants.map(num), "{today}");
    }
    let blind = Goal {
        baseline: None,
        ..goal()
    };
    assert_eq!(
        lit(&blind, &[("2025-06-30", "59")], "2025-06-30").0,
        Light::Yellow
    );
}

/// Row A39, A41: what is done in a year adds up over the period; a yearly goal begins anew.
#[test]
fn flows_add_up_and_yearly_goals_begin_anew() {
    let flow = Goal {
        need: num("3000"),
        start: day("2023-01-01"),
        baseline: Some(Num::ZERO),
        flow: true,
        max: None,
        ..goal()
    };
    let done = values(&[
        ("2022-12-31", "700"),
        ("2023-06-30", "400"),
        ("2023-12-31", "961"),
        ("2024-12-31", "900"),
        ("2025-06-30", "500"),
    ]);
    let standing = stand(&flow, &done, day("2025-06-30"));
    assert_eq!(standing.now.unwrap().value, num("2361"));
    assert_eq!(standing.gap, Some(num("639")));
    let yearly = Goal {
        need: num("600"),
        each_year: true,
        ..flow
    };
    let standing = stand(&yearly, &done, day("2025-06-30"));
    assert_eq!(standing.now.unwrap().value, num("500"));
    assert_eq!(standing.due, day("2025-12-31"));
    assert_eq!(standing.light, Light::Green);
    assert_eq!(
        lit(&yearly, &[("2024-12-31", "900")], "2025-06-30").0,
        Light::Grey
    );
}

/// Row A03: the change is against the last month, the forecast a line through the last values.
#[test]
fn change_and_forecast() {
    let list = [
        ("2025-04-30", "50"),
        ("2025-05-31", "52"),
        ("2025-06-30", "54"),
    ];
    let standing = stand(&goal(), &values(&list), day("2025-06-30"));
    assert_eq!(standing.change, Some((num("2"), day("2025-05-31"))));
    // 4 in 61 days, 184 days to go.
    assert_eq!(standing.forecast.map(|n| n.round(2)), Some(num("66.07")));
    assert_eq!(standing.reaches, Some(true));
    for (list, today) in [
        (&list[..1], "2025-06-30"),
        (
            &[("2025-06-20", "50"), ("2025-06-30", "54")][..],
            "2025-06-30",
        ),
        (&list[..], "2025-12-31"),
    ] {
        assert_eq!(stand(&goal(), &values(list), day(today)).forecast, None);
    }
    // Never above what is possible.
    let steep = [("2025-05-31", "60"), ("2025-06-30", "95")];
    let standing = stand(&goal(), &values(&steep), day("2025-06-30"));
    assert_eq!(standing.forecast, Some(num("100")));
}

/// The page says every parameter of the rule.
#[test]
fn the_rule_names_its_parameters() {
    let words = rule().join("");
    for number in [
        PARAMETERS.near_percent.to_string(),
        PARAMETERS.stale_months.to_string(),
        PARAMETERS.forecast_points.to_string(),
    ] {
        assert!(words.contains(&format!(" {number}")), "{number}");
    }
}
