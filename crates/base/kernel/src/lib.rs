//! The words every room shares: days, instants, money, area codes, identity numbers, ids, clock.
//!
//! Pure: no input or output, no randomness of its own, no wall clock (the one system clock stands in
//! [`clock`] and is handed in by the app).

pub mod area_code;
pub mod clock;
pub mod day;
pub mod id;
pub mod id_number;
pub mod instant;
pub mod money;

pub use area_code::AreaCode;
pub use clock::{Clock, DemoClock, FixedClock, SystemClock};
pub use day::Day;
pub use id::{
    IdSource, SeededIds, SystemIds, base32_of, number_of_base32, text_of_uuid, uuid_of_text,
};
pub use id_number::IdNumber;
pub use instant::Instant;
pub use money::Fen;
