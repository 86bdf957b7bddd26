//! The words of the register: acts of recording, rolls, and what they add up to on a day.

mod record;
mod resolve;
mod roll;

pub use record::{Record, Set};
pub(crate) use record::{decode_sets, encode_sets};
pub use resolve::{Known, Resolved, leaver, resolve};
pub use roll::{Roll, RollBook};
