//! Days as plain numbers, so that two million people need no date library in the inner loop.

use kernel::{Day, Instant};

/// Days from 1900-01-01 to the epoch of [`Instant`].
const TO_EPOCH: i64 = 25_567;

/// The days the city knows, and the demo date.
#[derive(Debug)]
pub(crate) struct Calendar {
    days: Vec<Day>,
    /// The demo date.
    pub(crate) today: i32,
    /// The first day of the past: 13 months before.
    pub(crate) start: i32,
    /// The year, month and day of the demo date.
    pub(crate) ymd: (i32, i32, i32),
}

/// The number of a date: days since 1900-01-01.
pub(crate) fn number(year: i32, month: i32, day: i32) -> i32 {
    let shifted = if month <= 2 { year - 1 } else { year };
    let era_year = shifted - 1600;
    let month_from_march = (month + 9) % 12;
    let of_year = (153 * month_from_march + 2) / 5 + day - 1;
    era_year * 365 + era_year / 4 - era_year / 100 + era_year / 400 + of_year - 109_513
}

pub(crate) fn number_of(day: Day) -> i32 {
    number(day.year(), day.month(), day.day())
}

impl Calendar {
    pub(crate) fn new(today: Day) -> Self {
        let last = number_of(today) + 800;
        let mut days = Vec::with_capacity(last.max(0) as usize);
        for year in 1900..=today.year() + 2 {
            for month in 1..=12 {
                let length = number(year, month + 1, 1) - number(year, month, 1);
                let length = if month == 12 { 31 } else { length };
                for day in 1..=length {
                    days.push(Day::from_ymd(year, month, day).unwrap_or(today));
                }
            }
        }
        let start = number_of(today.plus_months(-13));
        Self {
            days,
            today: number_of(today),
            start,
            ymd: (today.year(), today.month(), today.day()),
        }
    }

    /// The day of a number (stops at the ends of the calendar).
    pub(crate) fn day(&self, number: i32) -> Day {
        let last = self.days.len().saturating_sub(1);
        let at = (number.max(0) as usize).min(last);
        self.days[at]
    }

    /// Shanghai midnight of the day, plus seconds.
    pub(crate) fn at(number: i32, seconds: i64) -> Instant {
        let days = i64::from(number) - TO_EPOCH;
        Instant::from_micros((days * 86_400 - 8 * 3600 + seconds) * 1_000_000)
    }

    /// The end of the demo date: nothing is recorded later.
    pub(crate) fn now(&self) -> Instant {
        Self::at(self.today, 18 * 3600)
    }

    /// First day of the demo month, `back` months earlier.
    pub(crate) fn month(&self, back: i32) -> i32 {
        first_of(self.ymd.0, self.ymd.1 - back)
    }

    /// First day of the month after the month of this day, `months` later.
    pub(crate) fn next_month(&self, number: i32, months: i32) -> i32 {
        let day = self.day(number);
        first_of(day.year(), day.month() + 1 + months)
    }

    /// The day somebody born on `birth` turns `age` (29 February: 1 March).
    pub(crate) fn birthday(&self, birth: i32, age: i32) -> i32 {
        let day = self.day(birth);
        number(day.year() + age, day.month(), day.day())
    }

    /// The latest birth day of somebody who is `age` years old today.
    pub(crate) fn latest_birth(&self, age: i32) -> i32 {
        let (year, month, day) = self.ymd;
        let day = if (month, day) == (2, 29)
            && number(year - age, 3, 1) - number(year - age, 2, 28) == 1
        {
            28
        } else {
            day
        };
        number(year - age, month, day)
    }
}

/// The first day of a month; months below 1 and above 12 run into other years.
fn first_of(year: i32, month: i32) -> i32 {
    let months = year * 12 + month - 1;
    number(months.div_euclid(12), months.rem_euclid(12) + 1, 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The plain numbers agree with the kernel's days.
    #[test]
    fn numbers_are_days() {
        let today: Day = "2025-06-30".parse().unwrap();
        let calendar = Calendar::new(today);
        for text in [
            "1900-01-01",
            "1924-02-29",
            "2000-02-29",
            "2024-12-31",
            "2025-06-30",
        ] {
            let day: Day = text.parse().unwrap();
            let n = number_of(day);
            assert_eq!(calendar.day(n), day);
            assert_eq!(Calendar::at(n, 3600), Instant::at(day, 3600));
        }
        assert_eq!(calendar.day(calendar.start).to_string(), "2024-05-30");
        assert_eq!(calendar.day(calendar.month(12)).to_string(), "2024-06-01");
        assert_eq!(
            calendar
                .day(calendar.next_month(calendar.today, 6))
                .to_string(),
            "2026-01-01"
        );
        let birth = calendar.latest_birth(84);
        assert_eq!(calendar.day(birth).age_on(today), 84);
        assert_eq!(calendar.day(birth - 364).age_on(today), 84);
        let leap = Calendar::new("2024-02-29".parse().unwrap());
        assert_eq!(leap.day(leap.latest_birth(83)).to_string(), "1941-02-28");
    }
}
