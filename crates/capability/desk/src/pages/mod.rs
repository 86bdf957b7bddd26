//! Pages of the desk.

pub(crate) mod desk;
pub(crate) mod notices;
