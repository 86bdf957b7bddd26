//! Money that arrives once, on every database, with the real plan and terms of 随州.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod alive;
mod budgets;
mod connected;
mod cycles;
mod demo;
mod interleaved;
mod joined;
mod killed;
mod late;
mod leave;
mod month;
mod place;
mod remind;
mod speed;
mod stacking;
mod web;
