//! Days as Excel counts them.

use kernel::Day;

/// The last day Excel knows, 9999-12-31.
const LAST: i32 = 2_958_465;

/// The day of a serial number; the time of day is dropped. `None` before the calendar's beginning, after
/// its end, and for 29 February 1900, which Excel counts and which never was.
pub(crate) fn day(serial: &str, since_1904: bool) -> Option<Day> {
    let whole = serial.split('.').next().unwrap_or("");
    let number: i32 = whole.parse().ok().filter(|n| (0..=LAST).contains(n))?;
    if since_1904 {
        return Day::from_ymd(1904, 1, 1).map(|first| first.plus_days(number));
    }
    match number {
        0 | 60 => None,
        1..=59 => Day::from_ymd(1899, 12, 31).map(|first| first.plus_days(number)),
        _ => Day::from_ymd(1899, 12, 30).map(|first| first.plus_days(number)),
    }
}
