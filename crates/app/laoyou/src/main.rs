//! Composition: the one binary.
fn main() {}
