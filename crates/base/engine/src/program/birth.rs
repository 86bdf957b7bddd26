//! Ages and months against a number as a span of birth dates: one comparison, 29 February exact.

use kernel::Day;
use rules::Op;

/// The asked day, and the day ages are counted on (`List::age_day`).
#[derive(Debug, Clone, Copy)]
pub(crate) struct Dates {
    pub(crate) as_of: Day,
    pub(crate) age_day: i32,
}

impl Dates {
    /// 周岁 of somebody born on `yyyymmdd`.
    pub(crate) fn age(self, birth: i64) -> i64 {
        (i64::from(self.age_day) - birth).div_euclid(10_000)
    }

    /// 月龄 of somebody born on `yyyymmdd`.
    pub(crate) fn months(self, birth: i64) -> i64 {
        let day = |number: i64| (number / 10_000 * 12 + number / 100 % 100, number % 100);
        let ((now, today), (then, of_month)) = (day(self.as_of.number().into()), day(birth));
        now - then - i64::from(today < of_month)
    }

    /// The last birth date at which somebody is `years` old.
    pub(super) fn born_by_age(self, years: i64) -> i64 {
        i64::from(self.age_day).saturating_sub(years.saturating_mul(10_000))
    }

    /// The last birth date at which somebody is `months` months old.
    pub(super) fn born_by_months(self, months: i64) -> i64 {
        let now = i64::from(self.as_of.year()) * 12 + i64::from(self.as_of.month());
        let month = now.saturating_sub(months).saturating_sub(1);
        let (year, month) = (month.div_euclid(12), month.rem_euclid(12) + 1);
        year.saturating_mul(10_000)
            .saturating_add(month * 100 + i64::from(self.as_of.day()))
    }
}

/// A span of whole numbers, both ends included, or all but that span.
pub(super) struct Span {
    pub(super) from: i64,
    pub(super) until: i64,
    pub(super) outside: bool,
}

impl Span {
    const fn of(from: i64, until: i64) -> Self {
        Self {
            from,
            until,
            outside: false,
        }
    }

    /// The values that compare so with `number`.
    pub(super) const fn compared(op: Op, number: i64) -> Self {
        match op {
            Op::Equal => Self::of(number, number),
            Op::NotEqual => Self {
                from: number,
                until: number,
                outside: true,
            },
            Op::Less => Self::of(i64::MIN, number.saturating_sub(1)),
            Op::LessOrEqual => Self::of(i64::MIN, number),
            Op::Greater => Self::of(number.saturating_add(1), i64::MAX),
            Op::GreaterOrEqual => Self::of(number, i64::MAX),
        }
    }

    /// The birth dates whose age (or months) compares so with `number`; `born_by` gives the last
    /// birth date that reaches a number.
    pub(super) fn born(op: Op, number: i64, born_by: impl Fn(i64) -> i64) -> Self {
        let (reached, next) = (born_by(number), born_by(number.saturating_add(1)));
        match op {
            Op::GreaterOrEqual => Self::of(i64::MIN, reached),
            Op::Greater => Self::of(i64::MIN, next),
            Op::Less => Self::of(reached.saturating_add(1), i64::MAX),
            Op::LessOrEqual => Self::of(next.saturating_add(1), i64::MAX),
            Op::Equal => Self::of(next.saturating_add(1), reached),
            Op::NotEqual => Self {
                from: next.saturating_add(1),
                until: reached,
                outside: true,
            },
        }
    }
}

/// The comparison with its sides changed.
pub(super) const fn mirrored(op: Op) -> Op {
    match op {
        Op::Less => Op::Greater,
        Op::LessOrEqual => Op::GreaterOrEqual,
        Op::Greater => Op::Less,
        Op::GreaterOrEqual => Op::LessOrEqual,
        Op::Equal | Op::NotEqual => op,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPS: [Op; 6] = [
        Op::Equal,
        Op::NotEqual,
        Op::Less,
        Op::LessOrEqual,
        Op::Greater,
        Op::GreaterOrEqual,
    ];

    /// Row C03; kernel::Day: a span of birth dates says what the age itself says, on every day.
    #[test]
    fn spans_agree_with_ages_on_every_day() {
        for as_of in [
            "2025-02-28",
            "2024-02-29",
            "2025-06-30",
            "2025-12-31",
            "2025-01-01",
        ] {
            let as_of: Day = as_of.parse().unwrap();
            let dates = Dates {
                as_of,
                age_day: as_of.number(),
            };
            let mut birth: Day = "2019-12-25".parse().unwrap();
            while birth.number() < 20260110 {
                let born = i64::from(birth.number());
                let (age, months) = (dates.age(born), dates.months(born));
                assert_eq!(age, i64::from(birth.age_on(as_of)));
                assert_eq!(months, i64::from(birth.months_on(as_of)));
                for op in OPS {
                    for number in [-1, 0, 1, 3, 12, 36, 62] {
                        let says = |span: &Span, holds| {
                            let inside = (span.from..=span.until).contains(&born);
                            assert_eq!(inside != span.outside, holds, "{birth} {op:?} {number}");
                        };
                        let age = op.holds(age.cmp(&number));
                        says(&Span::born(op, number, |n| dates.born_by_age(n)), age);
                        let months = op.holds(months.cmp(&number));
                        says(&Span::born(op, number, |n| dates.born_by_months(n)), months);
                        says(&Span::compared(op, born), op.holds(born.cmp(&born)));
                    }
                }
                birth = birth.plus_days(1);
            }
        }
    }
}
