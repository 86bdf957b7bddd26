//! Pages of this capability.

pub(crate) mod band;
pub(crate) mod decide;
pub(crate) mod ending;
pub(crate) mod home;
pub(crate) mod merged;
pub(crate) mod number;
pub(crate) mod pair;
pub(crate) mod queue;
pub(crate) mod tie;
