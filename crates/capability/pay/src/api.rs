//! The only door of payment for other capabilities: adopting rolls, grants decided elsewhere, terms, batches, replay.

pub use crate::adopt::roll as adopt_roll;
pub use crate::dates::{CutOff, next as cut_offs};
pub use crate::decided::{Decided, Told, grant as grant_decided, reasons};
pub use crate::demo::{Demo, grants as demo_grants, make as demo};
pub use crate::grants::{Held, New as NewGrant, of_person as grants_of_person};
pub use crate::proofs::{CHANNELS, Channel, Proof, channel_of, prove};
pub use crate::replay::{Replayed, one as replay, runs_of};
pub use crate::terms::load as load_terms;
