//! What other capabilities use.

pub use crate::gateway::SmsHttp;
pub use crate::kinds::{Kind, programme_words};
pub use crate::say::{JOB, Pace, Said, due, say};
pub use crate::send::{SmsOutbox, Turn, send};
