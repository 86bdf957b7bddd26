//! Files of one person: found, reviewed, made one, taken apart, on both databases.

mod count;
mod known;
mod look;
mod merge;
mod number;
mod place;
mod review;
mod ties;
