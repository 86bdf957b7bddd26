//! The only door of vouchers for other capabilities.

pub use crate::EXPIRE;
pub use crate::demo::{Demo, make as demo};
pub use crate::issue::expire;
pub use crate::settle::reconcile;
