//! 育儿假: the days a parent has, year by year of the child, from the figures of the plan. Pure.

use kernel::Day;

/// The days of one year of the child.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Year {
    /// First day on which it can be taken.
    pub from: Day,
    /// Last day.
    pub to: Day,
    /// Days for each parent.
    pub days: i32,
}

/// The years from the day behind the mother's 产假 to the child's birthday `until_age`: each year of the child that is
/// touched has its whole days. Empty where nothing is left.
pub fn years(birth: Day, leave_ends: Day, until_age: i32, days: i32) -> Vec<Year> {
    let start = leave_ends.plus_days(1).max(birth);
    (0..until_age)
        .map(|age| Year {
            from: birth.plus_years(age).max(start),
            to: birth.plus_years(age + 1).plus_days(-1),
            days,
        })
        .filter(|year| year.from <= year.to)
        .collect()
}
