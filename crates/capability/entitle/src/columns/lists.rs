//! Lists of an item and a state: from the columns where the app has them, from the database where not.

use super::AnswerColumns;
use crate::store::answer_walk::Bits;
use crate::store::answers::{self, Answered, Wanted};
use authz::Scope;
use host::App;
use kernel::AreaCode;
use people::api::{Basis, Look, Looked, NameIndex};
use rules::folder::AreaBasis;
use store::{Store, StoreResult};
use ui::Total;

/// A page of a list and how long it is.
#[derive(Debug)]
pub(crate) struct Listed {
    pub(crate) total: Total,
    /// Oldest first, with their answers.
    pub(crate) page: Vec<(String, Answered)>,
}

/// One page of whom `wanted` asks for, within a scope.
pub(crate) async fn look(app: &App, scope: &Scope, wanted: &Wanted) -> StoreResult<Listed> {
    let store = &app.store;
    let (Ok(columns), Ok(names)) = (app.part::<AnswerColumns>(), app.part::<NameIndex>()) else {
        let counted = answers::count(store, scope, wanted).await?;
        return Ok(Listed {
            total: Total::capped(counted as u64, 10_000),
            page: answers::page(store, scope, wanted).await?,
        });
    };
    columns.settle(store, &names).await?;
    read(store, columns.look(&names, scope, wanted)).await
}

/// Whoever has an open answer that misses one of these facts (by dictionary place), by where they live: born by a
/// day, oldest first.
pub(crate) async fn missing_any(app: &App, look: &Look<'_>, facts: u128) -> StoreResult<Listed> {
    let (columns, names) = (app.part::<AnswerColumns>()?, app.part::<NameIndex>()?);
    columns.settle(&app.store, &names).await?;
    let marks = columns.having(|bits| bits.unknown != 0 && bits.missing() & facts != 0);
    let looked = names.look(&Look {
        marks: Some(&marks),
        ..*look
    });
    read(&app.store, looked).await
}

/// The answers of a page.
async fn read(store: &Store, looked: Looked) -> StoreResult<Listed> {
    let keys = crate::store::keys_of(store, &looked.ids).await?;
    let mut known = answers::of_many(store, &keys).await?;
    Ok(Listed {
        total: Total::Exact(looked.total),
        page: looked
            .ids
            .into_iter()
            .filter_map(|id| known.remove(&id).map(|answered| (id, answered)))
            .collect(),
    })
}

/// Distinct households with an item's yes in an area (items counted by 户).
pub(crate) async fn households(
    app: &App,
    bit: u64,
    basis: AreaBasis,
    areas: &[AreaCode],
) -> StoreResult<i64> {
    let (Ok(columns), Ok(names)) = (app.part::<AnswerColumns>(), app.part::<NameIndex>()) else {
        return answers::households(&app.store, bit, basis, areas).await;
    };
    columns.settle(&app.store, &names).await?;
    Ok(columns.households(&names, bit, basis, areas) as i64)
}

impl AnswerColumns {
    pub(super) fn look(&self, names: &NameIndex, scope: &Scope, wanted: &Wanted) -> Looked {
        let marks = self.having(|bits| has(bits, wanted));
        names.look(&Look {
            areas: &wanted.areas,
            basis: match wanted.state {
                "missing" => Basis::Home,
                _ => basis_of(wanted.basis),
            },
            marks: Some(&marks),
            skip: usize::try_from(wanted.skip).unwrap_or(0),
            most: usize::try_from(wanted.most).unwrap_or(0),
            ..Look::within(scope)
        })
    }

    pub(super) fn households(
        &self,
        names: &NameIndex,
        bit: u64,
        basis: AreaBasis,
        areas: &[AreaCode],
    ) -> u64 {
        let marks = self.having(|bits| bits.yes & bit != 0);
        names.households(&Look {
            areas,
            basis: basis_of(basis),
            marks: Some(&marks),
            ..Look::within(&Scope::Everywhere)
        })
    }
}

const fn basis_of(basis: AreaBasis) -> Basis {
    match basis {
        AreaBasis::Hukou => Basis::Hukou,
        AreaBasis::Residence | AreaBasis::Facility => Basis::Residence,
    }
}

fn has(bits: &Bits, wanted: &Wanted) -> bool {
    let bit = wanted.bit;
    match wanted.state {
        "no" => (bits.yes | bits.unknown | bits.ask) & bit == 0,
        "missing" if wanted.high => bits.missing_high & bit != 0,
        "missing" => bits.missing_low & bit != 0,
        "yes" => bits.yes & bit != 0,
        "unknown" => bits.unknown & bit != 0,
        "ask" => bits.ask & bit != 0,
        "receiving" => bits.receiving & bit != 0,
        "owed" => bits.owed & bit != 0,
        "undue" => bits.undue & bit != 0,
        _ => false,
    }
}
