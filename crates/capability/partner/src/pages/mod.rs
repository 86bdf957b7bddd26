//! Pages of tokens.

pub(crate) mod tokens;
