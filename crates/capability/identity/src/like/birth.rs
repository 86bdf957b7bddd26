//! Days of birth: as they are mistaken for one another.

use super::evidence::Evidence;
use kernel::Day;

/// A day by the lunar calendar stands so many days before the same numbers of the solar one, at least and at most.
const LUNAR: std::ops::RangeInclusive<i32> = 17..=54;

/// What two days say of their being one person's; `None` where one is not known.
pub(crate) fn like(a: Option<u32>, b: Option<u32>) -> Option<Evidence> {
    let (a, b) = (a?, b?);
    let first = |day: u32| day % 10_000 == 101;
    if a == b {
        return Some(if first(a) {
            Evidence::BirthFirst
        } else {
            Evidence::BirthSame
        });
    }
    if swapped(a) == b {
        return Some(Evidence::BirthSwapped);
    }
    if a / 10_000 == b / 10_000 && (first(a) || first(b)) {
        return Some(Evidence::BirthUncertain);
    }
    if digits_apart(a, b) == 1 {
        return Some(Evidence::BirthDigit);
    }
    if a % 10_000 == b % 10_000 && (a / 10_000).abs_diff(b / 10_000) == 1 {
        return Some(Evidence::BirthYear);
    }
    let day = |number: u32| Day::from_number(i32::try_from(number).ok()?);
    match (day(a), day(b)) {
        // A lunar month has thirty days at the most, so the earlier one may be lunar.
        (Some(a), Some(b)) => {
            let earlier = a.min(b).number() % 100;
            let apart = a.days_until(b).abs();
            if earlier <= 30 && LUNAR.contains(&apart) {
                Some(Evidence::BirthLunar)
            } else {
                Some(Evidence::BirthOther)
            }
        }
        _ => Some(Evidence::BirthOther),
    }
}

/// Month and day the other way round.
fn swapped(day: u32) -> u32 {
    day / 10_000 * 10_000 + day % 100 * 100 + day / 100 % 100
}

fn digits_apart(mut a: u32, mut b: u32) -> u32 {
    let mut apart = 0;
    while a > 0 || b > 0 {
        apart += u32::from(a % 10 != b % 10);
        (a, b) = (a / 10, b / 10);
    }
    apart
}

/// Every day that may be mistaken for this one, itself too, in rising order: where somebody who may be the same is
/// looked for. `u32::MAX` stands for those whose day is not known.
pub(crate) fn near(day: u32) -> Vec<u32> {
    let mut out = vec![day, swapped(day), day / 10_000 * 10_000 + 101, u32::MAX];
    if let Some(year) = day.checked_sub(10_000) {
        out.extend([year, day + 10_000]);
    }
    let mut place = 1;
    for _ in 0..8 {
        let digit = day / place % 10;
        out.extend((0..10).map(|other| day - digit * place + other * place));
        place *= 10;
    }
    let known = i32::try_from(day).ok().and_then(Day::from_number);
    if let Some(known) = known {
        for apart in LUNAR {
            out.extend(
                [known.plus_days(apart), known.plus_days(-apart)]
                    .map(|day| u32::try_from(day.number()).unwrap_or(u32::MAX)),
            );
        }
    }
    let real = |day: &u32| {
        *day == u32::MAX || i32::try_from(*day).is_ok_and(|day| Day::from_number(day).is_some())
    };
    out.retain(real);
    if day % 10_000 == 101 {
        // Only the year is known: anybody born in it.
        let year = day / 10_000 * 10_000;
        out.extend((101..=1231).map(|rest| year + rest).filter(real));
    }
    out.sort_unstable();
    out.dedup();
    out
}
