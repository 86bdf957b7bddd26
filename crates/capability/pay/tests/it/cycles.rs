//! What is paid once, or by the quarter, half-year and year.

use crate::place::{Place, SENIOR, place_of, templates_of};
use crate::stacking::{drawn, granted, lines};

async fn months_of(place: &Place, months: &[&str]) -> Vec<Vec<(i64, i64)>> {
    let mut out = Vec::new();
    for month in months {
        place.on(&format!("{month}-25"));
        let run = drawn(place, SENIOR, month).await;
        out.push(lines(place, &run).await);
    }
    out
}

/// Row C33; invariants 6 and 9: what is paid once is due in the first month and never again.
#[tokio::test]
async fn paid_once() {
    for template in templates_of("once").await {
        let place = place_of(&template).await;
        place.people(&[(1, "1940-05-05")], false).await;
        granted(&place, SENIOR, "2024-12-10", 5_000).await;
        let got = months_of(&place, &["2025-01", "2025-02", "2025-03"]).await;
        assert_eq!(
            got,
            [vec![(202_501, 5_000)], vec![], vec![]],
            "{}",
            place.db.name
        );
        place.close().await;
    }
}

/// Row C33; invariants 6 and 9: a quarter is paid in its last month, a third for each month that was due in it.
#[tokio::test]
async fn paid_by_the_quarter() {
    // 80 long before; and 80 on 10 February, due from March on.
    for (born, first) in [("1940-05-05", 5_000), ("1945-02-10", 1_667)] {
        for template in templates_of("quarter").await {
            let place = place_of(&template).await;
            place.people(&[(1, born)], false).await;
            granted(&place, SENIOR, "2024-12-10", 5_000).await;
            let months = [
                "2025-01", "2025-02", "2025-03", "2025-04", "2025-05", "2025-06",
            ];
            let got = months_of(&place, &months).await;
            let (march, june) = (vec![(202_503, first)], vec![(202_506, 5_000)]);
            let none = Vec::new;
            assert_eq!(
                got,
                [none(), none(), march, none(), none(), june],
                "{born} on {}",
                place.db.name
            );
            place.close().await;
        }
    }
}
