//! Pages of the desk.

pub(crate) mod desk;
