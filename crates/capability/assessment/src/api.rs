//! The only door for other capabilities and the app.

pub use crate::demo::{Demo, demo};
