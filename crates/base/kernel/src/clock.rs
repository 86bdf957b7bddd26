//! The clock is an input (invariant 12). Everything asks a [`Clock`]; SQL never asks for the time.

use crate::{Day, Instant};

/// Where the time comes from.
pub trait Clock: Send + Sync {
    /// The present moment.
    fn now(&self) -> Instant;
    /// The Asia/Shanghai day of [`Clock::now`].
    fn today(&self) -> Day {
        self.now().day()
    }
}

/// The machine's clock: the only place that reads it.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that reads the machine's clock"
    )]
    fn now(&self) -> Instant {
        Instant::from_micros(jiff::Timestamp::now().as_microsecond())
    }
}

/// A clock that stands still, for tests and for replaying.
#[derive(Debug, Clone, Copy)]
pub struct FixedClock(pub Instant);

impl Clock for FixedClock {
    fn now(&self) -> Instant {
        self.0
    }
}

/// A demo's clock: it lives on the demo day for ever. It starts at 09:00 at the machine's pace and grows
/// slower without end, so that it never goes back, whenever the demo is opened again: what is recorded
/// later is later.
#[derive(Debug, Clone, Copy)]
pub struct DemoClock {
    /// The day the demo lives on.
    pub today: Day,
    /// When it was made, by the machine's clock.
    pub made: Instant,
}

impl DemoClock {
    /// The demo's moment at a moment of the machine.
    pub fn at(&self, system: Instant) -> Instant {
        const HOURS_LEFT: i128 = 14 * 3600 * 1_000_000;
        let elapsed = i128::from((system.micros() - self.made.micros()).max(0));
        let passed = HOURS_LEFT * elapsed / (HOURS_LEFT + elapsed);
        let passed = i64::try_from(passed).unwrap_or(0);
        Instant::from_micros(Instant::at(self.today, 9 * 3600).micros() + passed)
    }
}

impl Clock for DemoClock {
    fn now(&self) -> Instant {
        self.at(SystemClock.now())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Invariant 12; product.md 7: the demo keeps its date and its clock never goes back.
    #[test]
    fn the_demo_stays_on_its_day_and_never_goes_back() {
        let today = Day::from_ymd(2025, 6, 30).unwrap();
        let made = Instant::from_micros(1_800_000_000_000_000);
        let clock = DemoClock { today, made };
        assert_eq!(clock.at(made).minute(), "2025-06-30 09:00");
        let mut last = clock.at(made.plus_seconds(-5));
        for hours in [0, 1, 6, 14, 30, 24 * 30, 24 * 365 * 5] {
            let now = clock.at(made.plus_seconds(hours * 3600 + 60));
            assert!(now > last, "{hours} hours: {now} after {last}");
            assert_eq!(now.day(), today);
            last = now;
        }
    }
}
