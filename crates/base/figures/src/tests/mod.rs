//! Tests of the figures.

mod clean;
mod complete;
mod conflicts;
mod edit;
mod folder;
mod hostile;
mod matrix;
mod places;
mod planted;
mod prints;
mod sources;
