//! The words of the register: acts of recording, rolls, and what they add up to on a day.

mod compact;
mod record;
mod resolve;
mod roll;

pub(crate) use compact::{HistoryRow, pack, unpack};
pub use record::{Record, Set};
pub use resolve::{Known, Resolved, leaver, resolve};
pub use roll::{Roll, RollBook};
