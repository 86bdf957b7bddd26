//! 育儿假, year by year.

use crate::place::{actor, day, places};
use authz::Role;
use pay::leave::{Year, years};

/// Row C31: from the day behind the mother's leave to the third birthday, whole days for every year that is touched;
/// born on 29 February the year turns on 1 March or 28 February and no day is counted twice.
#[test]
fn the_years_touch_and_do_not_overlap() {
    let year = |from: &str, to: &str| Year {
        from: day(from),
        to: day(to),
        days: 15,
    };
    assert_eq!(
        years(day("2024-03-01"), day("2024-08-31"), 3, 15),
        [
            year("2024-09-01", "2025-02-28"),
            year("2025-03-01", "2026-02-28"),
            year("2026-03-01", "2027-02-28"),
        ]
    );
    assert_eq!(
        years(day("2024-03-01"), day("2025-06-01"), 3, 15).len(),
        2,
        "the first year passed in leave"
    );
    assert_eq!(years(day("2024-03-01"), day("2027-02-28"), 3, 15), []);
    let leap = years(day("2024-02-29"), day("2024-07-01"), 3, 15);
    assert_eq!(leap.len(), 3);
    for pair in leap.windows(2) {
        assert_eq!(pair[0].to.plus_days(1), pair[1].from);
    }
}

/// Row C31; invariant 1: days and age come from the plan's clause, for anybody who asks; nothing else is offered.
#[tokio::test]
async fn the_page_counts_with_the_figures_of_the_plan() {
    for place in places().await {
        let who = actor("anybody", Role::Leader);
        let (status, page) = place
            .get(
                &who,
                "/leave?class=%E7%94%9F%E8%82%B2%E4%BA%8C%E5%AD%A9&birth=2024-03-01&end=2024-08-31",
            )
            .await;
        assert_eq!(status, 200, "{page}");
        assert!(
            page.contains("2027年2月28日") && page.contains(">45<"),
            "{page}"
        );
        let (status, _) = place.get(&who, "/leave?class=x").await;
        assert_eq!(status, 400);
        place.close().await;
    }
}
