//! Quiet hours: nothing goes out between nine in the evening and eight in the morning.

use kernel::Instant;

const FROM_HOUR: i64 = 21;
const UNTIL_HOUR: i64 = 8;

/// When something said at this moment may go out.
pub(crate) fn not_before(at: Instant) -> Instant {
    let day = at.day();
    let into = at.micros() - Instant::at(day, 0).micros();
    let hour = into / 3_600_000_000;
    if hour >= FROM_HOUR {
        return Instant::at(day.plus_days(1), UNTIL_HOUR * 3600);
    }
    if hour < UNTIL_HOUR {
        return Instant::at(day, UNTIL_HOUR * 3600);
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Day;

    /// Row C33; product rule 39: what is said at night goes out in the morning.
    #[test]
    fn the_night_is_quiet() {
        let day = Day::from_ymd(2025, 6, 30).unwrap();
        let at = |day: Day, hour: i64, minute: i64| Instant::at(day, hour * 3600 + minute * 60);
        let morning = at(day, 8, 0);
        for (said, out) in [
            (at(day, 0, 0), morning),
            (at(day, 7, 59), morning),
            (at(day, 8, 0), morning),
            (at(day, 20, 59), at(day, 20, 59)),
            (at(day, 21, 0), at(day.plus_days(1), 8, 0)),
            (at(day, 23, 59), at(day.plus_days(1), 8, 0)),
        ] {
            assert_eq!(not_before(said), out, "{}", said.minute());
        }
    }
}
