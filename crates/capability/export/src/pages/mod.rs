//! Pages of exports: the form, the record of one, the file, all of one's own.

pub(crate) mod all;
pub(crate) mod ask;
pub(crate) mod file;
pub(crate) mod one;
