//! 公办机构入住评估: who asked to enter a public home, in order; one use case, one file.

pub(crate) mod again;
pub(crate) mod ask;
pub(crate) mod list;
pub(crate) mod one;
pub(crate) mod paper;
pub(crate) mod withdraw;
