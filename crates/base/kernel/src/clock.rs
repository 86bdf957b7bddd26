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

/// A demo's clock: always the demo day, at the machine's time of day.
#[derive(Debug, Clone, Copy)]
pub struct DemoClock {
    /// The day the demo lives on.
    pub today: Day,
}

impl Clock for DemoClock {
    fn now(&self) -> Instant {
        let system = SystemClock.now();
        let of_day = system.micros() - Instant::at(system.day(), 0).micros();
        Instant::from_micros(Instant::at(self.today, 0).micros() + of_day)
    }
}
