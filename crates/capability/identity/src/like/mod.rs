//! How much two files look like one person: names, births, places, numbers. Pure.
//!
//! Nothing is merged by a score: it only puts a pair before somebody who decides.

mod birth;
mod evidence;
mod name;
mod score;
#[cfg(test)]
mod tests;

pub(crate) use birth::near as near_births;
pub(crate) use evidence::{Evidence, decode, encode};
pub(crate) use name::Folded;
pub(crate) use score::{LISTED, Profile, Score, likeness, score, words};
