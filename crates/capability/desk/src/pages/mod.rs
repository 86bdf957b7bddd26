//! Pages of the desk.

pub(crate) mod desk;
pub(crate) mod failed;
pub(crate) mod notices;
