//! Pages of messages.

pub(crate) mod family;
pub(crate) mod list;
pub(crate) mod papers;
