//! The only door of cases for the app: loading procedures, the demo.

pub use crate::book::{Loaded, in_force as procedures, load as load_procedures};
pub use crate::demo::{Hands, demo};
pub use crate::papers::PaperWords;
