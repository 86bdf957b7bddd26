//! The only door for other capabilities and the app.

pub use crate::admission::order::{Waiting, waiting};
pub use crate::demo::{Demo, demo};
