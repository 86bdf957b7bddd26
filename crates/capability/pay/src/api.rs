//! The only door of payment for other capabilities: adopting rolls, grants decided elsewhere, terms, batches, replay.

pub use crate::adopt::roll as adopt_roll;
pub use crate::dates::{CutOff, next as cut_offs};
pub use crate::decided::{Decided, Told, grant as grant_decided, reasons};
pub use crate::demo::{Demo, grants as demo_grants, make as demo, vouchers as demo_vouchers};
pub use crate::grants::{Held, New as NewGrant, of_person as grants_of_person};
pub use crate::pages::run_acts::words as refusal_words;
pub use crate::pages::{office_zh, offices as offices_of, programme_zh, programmes};
pub use crate::proofs::{CHANNELS, Channel, Proof, channel_of, prove};
pub use crate::replay::{Replayed, one as replay, runs_of};
pub use crate::steps::Refusal;
pub use crate::terms::load as load_terms;
pub use crate::told::words as message_words;
pub use crate::vouchers::{
    Batch as VoucherBatch, Open, find as voucher_batch, give_out, in_force as voucher_terms,
    owed_on, post as post_voucher, standing,
};
