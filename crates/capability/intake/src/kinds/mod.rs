//! One file for each kind of list.

mod death;
mod disability;
mod facts;
mod family;
mod merit;
mod moves;
mod pension;
mod persons;
mod receipts;
mod relief;

use crate::kind::Kind;

/// All kinds, in the order they are offered.
pub(crate) fn all() -> Vec<Kind> {
    let mut out = vec![persons::kind()];
    out.extend(relief::kinds());
    out.push(disability::kind());
    out.extend(pension::kinds());
    out.push(merit::kind());
    out.extend(family::kinds());
    out.extend([
        receipts::kind(),
        death::kind(),
        moves::kind(),
        facts::kind(),
    ]);
    out
}
