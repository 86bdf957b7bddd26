//! Tests of the figures.

mod clean;
mod edit;
mod folder;
mod places;
mod planted;
mod prints;
mod sources;
