//! One use case, one file with its template beside it.

pub(crate) mod bulletin;
pub(crate) mod bulletins;
pub(crate) mod file;
pub(crate) mod item;
pub(crate) mod letter;
pub(crate) mod letter_new;
pub(crate) mod letter_paper;
pub(crate) mod letters;
pub(crate) mod list;
mod look;
pub(crate) mod mine;
pub(crate) mod new_item;
pub(crate) mod report;
mod report_form;
pub(crate) mod review;
pub(crate) mod split;
pub(crate) mod take;
