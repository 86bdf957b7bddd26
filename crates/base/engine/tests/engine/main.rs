//! The columnar engine against the evaluator of the rules crate, and the snapshot it reads.

#[cfg(test)]
mod agrees;
#[cfg(test)]
mod cases;
#[cfg(test)]
mod common;
#[cfg(test)]
mod differences;
#[cfg(test)]
mod language;
#[cfg(test)]
mod oracle;
#[cfg(test)]
mod query;
#[cfg(test)]
mod snapshots;
