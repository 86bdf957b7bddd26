//! 公办机构入住评估: before somebody enters a public home they are assessed; class, level and care grade follow.
//!
//! Row B12; invariants 1, 3, 5, 11. 严格落实: an admission is `assessed` by a confirmed result of the scale and by nothing
//! else ([`acts::assessed`], [`acts::ask`] where one is valid), the table refuses `assessed` and `admitted` without one,
//! and no page leads into `admitted`: that is for whoever keeps beds (row E03), from `assessed` only. A valid result is
//! recognised and nobody is assessed twice. The class is asked of the facts of the day whenever the order is shown; what
//! it was when the result came stays with the admission.

pub(crate) mod acts;
pub(crate) mod book;
pub(crate) mod follow;
pub(crate) mod look;
pub(crate) mod model;
pub(crate) mod order;
pub(crate) mod standing;
pub(crate) mod terms;
