//! The only door of cases for the app: loading procedures.

pub use crate::book::{in_force as procedures, load as load_procedures};
