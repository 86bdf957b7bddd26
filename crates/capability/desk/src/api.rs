//! The only door for other capabilities: working days, until a dated calendar of holidays exists.

pub use crate::workdays::{between as workdays_between, plus as plus_workdays};
